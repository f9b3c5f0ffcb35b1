package request

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
)

// talkedWord is one of the customer some hours after its request was opened, and after how many hours it was answered; 0: not.
type talkedWord struct{ at, answered float64 }

// conversations are what customers say after the first response, and when it is answered. The fifth is withdrawn 20 hours
// after the word.
var conversations = [][]talkedWord{
	{{1, 1}, {3, 2}, {6, 5}},     // 1, 2 and 5 hours
	{{1, 4}, {10, 4.5}},          // exactly 4, and more
	{{1, 0}, {2, 0}, {2.5, 3.5}}, // three words are one turn: answered 5 hours after the first
	{{1, 3}, {600, 0}},           // the second is said after the span
	{{2, 0}},
	{},
}

// byHand counts what of the conversations is answered later than within some hours, and how many count at all.
func byHand(hours float64) (n, late int64) {
	for _, took := range []float64{1, 2, 5, 4, 4.5, 5, 3} {
		if n++; took > hours {
			late++
		}
	}
	if hours < 20 { // withdrawn when it was late already; otherwise nobody has to answer it any more
		n, late = n+1, late+1
	}
	return n, late
}

// talked imports the conversations as requests of finance.advance, one a minute, each answered for the first time after
// six minutes.
func (h house) talked(start time.Time) []Request {
	h.t.Helper()
	ctx := h.importing("1001")
	var out []Request
	for i, words := range conversations {
		opened := start.Add(time.Duration(i) * time.Minute)
		after := func(hours float64) time.Time { return opened.Add(time.Duration(hours * float64(time.Hour))) }
		ask := advance()
		ask.OpenedAt, ask.By = opened, "3002"
		r, err := h.Open(ctx, ask)
		must(h.t, err)
		say := func(hours float64, by string) {
			h.t.Helper()
			r, err = h.Message(ctx, r.Number, "话", nil, When{At: after(hours), By: by})
			must(h.t, err)
		}
		say(0.05, "3002") // waits for the first response: no turn
		say(0.1, "2002")
		for _, w := range words {
			say(w.at, "3002")
			if w.answered != 0 {
				say(w.at+w.answered, "2002")
			}
		}
		if i == 4 {
			r, err = h.Withdraw(ctx, r.Number, When{At: after(22), By: "3002"})
			must(h.t, err)
		}
		out = append(out, r)
	}
	return out
}

func hoursLong(n int) calendar.Duration {
	return calendar.Duration{Value: n, Unit: calendar.ElapsedHours}
}

func TestADryRunOfFurtherAnswers(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-09-07T09:00:00+08:00")
		dbtest.Clock(h.db).Set(start.AddDate(0, 0, -7))
		must(t, h.Calendar.Prepare(h.ctx))
		h.standard(func(s *catalog.Standard) { s.Completion, s.CompletionTarget = hoursLong(2000), 0.8 })
		dbtest.Clock(h.db).Set(start.AddDate(0, 1, 0))
		h.talked(start)
		try := func(start time.Time, next calendar.Duration) (catalog.Trial, *catalog.TrialNext) {
			t.Helper()
			s, err := h.Catalog.Visible(h.ctx, "finance.advance")
			must(t, err)
			std := s.Standard
			if std.NextResponse, std.NextResponseTarget = next, 0.9; next.IsZero() {
				std.NextResponseTarget = 0
			}
			x, err := h.Catalog.Try(h.as("2001"), "finance.advance", std, start.AddDate(0, 0, -1), start.AddDate(0, 0, 14))
			must(t, err)
			if x.Result == nil {
				t.Fatalf("not finished: %+v", x)
			}
			return x, x.Result.Next
		}
		if _, next := try(start, calendar.Duration{}); next != nil {
			t.Errorf("nothing is promised, and tried: %+v", next)
		}
		for _, hours := range []int{1, 2, 4, 5, 24} {
			n, late := byHand(float64(hours))
			_, got := try(start, hoursLong(hours))
			if got == nil || got.Was.N() != 0 || got.Would.N() != n || got.Would.Breached != late || got.Worse != late || got.Better != 0 {
				t.Errorf("a promise of %d hours: %+v, by hand %d of %d late", hours, got, late, n)
			}
		}

		h.standard(func(s *catalog.Standard) { s.NextResponse, s.NextResponseTarget = hoursLong(4), 0.9 })
		start = h.db.Now().Add(24 * time.Hour)
		dbtest.Clock(h.db).Set(start.AddDate(0, 1, 0))
		list := h.talked(start)
		must(t, h.Clock.Breach(h.ctx))
		h.sound()
		n, late := byHand(4)
		span := Span{start.AddDate(0, 0, -1), start.AddDate(0, 0, 14)}
		if rows, err := h.Attained(h.as("1001"), Cohort{By: ByService, Clock: clock.NextResponse, Span: span}); err != nil || len(rows) != 1 || rows[0].Met != n-late || rows[0].Breached != late {
			t.Errorf("the report says %+v, %v", rows, err)
		}
		for _, hours := range []int{2, 4, 24} {
			n2, late2 := byHand(float64(hours))
			_, got := try(start, hoursLong(hours))
			if got.Was.N() != n || got.Was.Breached != late || got.Would.N() != n2 || got.Would.Breached != late2 || got.Worse != max(0, late2-late) || got.Better != max(0, late-late2) {
				t.Errorf("%d hours instead of 4: %+v, by hand %d of %d late", hours, got, late2, n2)
			}
		}
		if _, got := try(start, calendar.Duration{}); got == nil || got.Was.N() != n || got.Would.N() != 0 || got.Better != late {
			t.Errorf("no longer promised: %+v", got)
		}

		trial, got := try(start, hoursLong(2))
		seen := 0
		for after := (catalog.TrialPlace{}); ; {
			page, err := (trials{h.Service}).CasesOf(h.as("2001"), trial, catalog.TrialList{Turns: true, After: after, Limit: 1})
			must(t, err)
			for _, x := range page.Items {
				seen++
				if x.Said.IsZero() || !x.Due.Equal(x.Said.Add(4*time.Hour)) || !x.Would.Equal(x.Said.Add(2*time.Hour)) || x.Ref != list[1].Ref() && x.Ref != list[3].Ref() {
					t.Errorf("%+v", x)
				}
			}
			if after = page.Next; after == (catalog.TrialPlace{}) {
				break
			}
		}
		if int64(seen) != got.Worse || seen != 2 { // those of 3 and of 4 hours
			t.Errorf("%d on the list of %d", seen, got.Worse)
		}
		page, err := (trials{h.Service}).CasesOf(h.as("2101"), trial, catalog.TrialList{Turns: true, Limit: 9})
		must(t, err)
		if len(page.Items) != 0 || page.Hidden != 2 {
			t.Errorf("a stranger sees %+v", page)
		}
		h.showsTrial(trial, list[1])
	})
}

// showsTrial looks at the pages and the API of a dry run whose standard answers within two hours what four were given to.
func (h house) showsTrial(trial catalog.Trial, late Request) {
	h.t.Helper()
	d := h.open4()
	h.Catalog.Mount(d.mux)
	id := strconv.FormatInt(trial.ID, 10)
	const base = "/services/finance.advance/standard/"
	card := d.page(d.get("2001", base+"dry-run?trial="+id), 200)
	text := strings.Join(strings.Fields(card.Find("#dry-run").Text()), " ")
	for _, want := range []string{"实际情况（现行：4 小时", "照此执行（2 小时", "2 次答复会超期"} {
		if !strings.Contains(text, want) {
			h.t.Errorf("the card does not say %q: %s", want, text)
		}
	}
	if rows := card.Find("#dry-run-next + .nk-table-wrap tbody tr, #dry-run-next ~ * tbody tr"); rows.Length() != 2 {
		h.t.Errorf("%d rows", rows.Length())
	}
	href, _ := card.Find(`#dry-run a[href*="clock=next_response"]`).Attr("href")
	cases := d.page(d.get("2001", href), 200)
	if cases.Find("tbody tr").Length() != 2 || !strings.Contains(cases.Find("tbody").Text(), late.Ref()) || cases.Find("thead th").Length() != 5 {
		h.t.Errorf("the list says %s", cases.Find("table").Text())
	}
	api := "/api/v1/services/finance.advance/standard/dry-run"
	if body := d.get("2001", api+"?id="+id).Body.String(); !strings.Contains(body, `"next_response":{"was":{"met":4,"breached":4`) || !strings.Contains(body, `"worse":2}`) {
		h.t.Error(body)
	}
	first := d.get("2001", api+"/cases?clock=next_response&limit=1&id="+id).Body.String()
	if !strings.Contains(first, `"turn":1`) || !strings.Contains(first, `"said_at"`) || !strings.Contains(first, `"next_cursor":"`) {
		h.t.Error(first)
	}
	if w := d.get("2001", api+"/cases?clock=yours&id="+id); w.Code != 422 {
		h.t.Errorf("a clock there is not: %d", w.Code)
	}
	if w := d.get("2001", href+"&cursor=no"); w.Code != 422 {
		h.t.Errorf("a cursor there is not: %d", w.Code)
	}
}
