package request

import (
	"context"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// standard is the standard of finance.advance with what a test changes.
func (h house) standard(change func(*catalog.Standard)) {
	h.t.Helper()
	s, err := h.Catalog.Visible(h.ctx, "finance.advance")
	must(h.t, err)
	std := s.Standard
	change(&std)
	_, err = h.Catalog.SetStandard(h.as("2001"), "finance.advance", std, 0)
	must(h.t, err)
}

func TestAStandardCountsInTheCalendarItNames(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-27T16:00:00+08:00") // a Friday
		dbtest.Clock(h.db).Set(start)
		must(t, h.Calendar.Prepare(h.ctx))
		week := calendar.Hours{{"00:00", "24:00"}}
		always := calendar.Input{Code: "line", Hours: calendar.Week{Mon: week, Tue: week, Wed: week, Thu: week, Fri: week, Sat: week, Sun: week}}
		always.Name.Zh = "产线"
		_, err := h.Calendar.Publish(h.ctx, always)
		must(t, err)
		six := calendar.Duration{Value: 6, Unit: calendar.WorkingHours}
		h.standard(func(s *catalog.Standard) {
			s.Response, s.Completion = six, six
			s.ResponseTarget, s.CompletionTarget = 0.9, 0.9
			s.CompletionCalendar = "line"
		})
		r := h.open("3002")
		if !r.Due.Equal(start.Add(6 * time.Hour)) {
			t.Errorf("done by %s", r.Due)
		}
		if monday := start.Add(66 * time.Hour); r.ResponseDue.Before(monday.Add(-8 * time.Hour)) {
			t.Errorf("the response is due %s, in the calendar of the unit it is Monday", r.ResponseDue)
		}
		s, err := h.Catalog.Visible(h.ctx, "finance.advance")
		must(t, err)
		p, err := h.Catalog.Promise(h.ctx, s, 0, start)
		must(t, err)
		if !p.Due.Equal(r.Due) || !p.Response.Equal(r.ResponseDue) || p.Calendar != "line" {
			t.Errorf("promised %+v, it became %s and %s", p, r.ResponseDue, r.Due)
		}
		h.later(time.Minute)
		always.Hours.Sat, always.Hours.Sun, always.Hours.Fri = calendar.Hours{}, calendar.Hours{}, calendar.Hours{{"00:00", "17:00"}}
		always.Replaces = 1
		_, err = h.Calendar.Publish(h.ctx, always)
		must(t, err)
		h.later(time.Minute)
		h.settle()
		v, err := h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		if monday := start.Add(61 * time.Hour); !v.Due.Equal(monday) {
			t.Errorf("a new version of its calendar moved it to %s, want %s", v.Due, monday)
		}
		if moves := dues(v); len(moves) != 1 || moves[0].Terms.Calendar != "line" || moves[0].Terms.Version != 2 {
			t.Errorf("%+v", moves)
		}
		_, err = h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		h.settle()
		h.sound()
	})
}

// history imports n requests of finance.advance, opened one working day after the other from a Monday at 9:00, each
// delivered and accepted after the given hours.
func (h house) past(start time.Time, hours ...int) []Request {
	h.t.Helper()
	ctx := h.importing("1001")
	var out []Request
	for i, n := range hours {
		at := start.Add(time.Duration(i) * time.Minute)
		ask := advance()
		ask.OpenedAt, ask.By = at, "3002"
		if i%2 == 1 {
			ask.By = "4001"
		}
		r, err := h.Open(ctx, ask)
		must(h.t, err)
		_, err = h.Take(ctx, r.Number, When{At: at.Add(time.Minute), By: "2002"})
		must(h.t, err)
		_, err = h.Deliver(ctx, r.Number, "好了", nil, When{At: at.Add(time.Duration(n) * time.Hour), By: "2002"})
		must(h.t, err)
		r, err = h.Accept(ctx, r.Number, When{At: at.Add(time.Duration(n)*time.Hour + time.Minute), By: ask.By})
		must(h.t, err)
		out = append(out, r)
	}
	return out
}

func TestADryRunSaysWhatWouldHaveBeen(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		now, _ := time.Parse(time.RFC3339, "2026-11-27T16:00:00+08:00")
		start, _ := time.Parse(time.RFC3339, "2026-09-07T09:00:00+08:00") // a Monday
		dbtest.Clock(h.db).Set(start.AddDate(0, 0, -7))
		must(t, h.Calendar.Prepare(h.ctx))
		elapsed := func(n int) calendar.Duration { return calendar.Duration{Value: n, Unit: calendar.ElapsedHours} }
		h.standard(func(s *catalog.Standard) { s.Completion, s.CompletionTarget = elapsed(10), 0.8 })
		dbtest.Clock(h.db).Set(now)
		list := h.past(start, 1, 2, 3, 4, 5, 6, 7, 8, 12, 20)
		open := h.open("3002")
		s, err := h.Catalog.Visible(h.ctx, "finance.advance")
		must(t, err)
		std := s.Standard
		std.Completion = elapsed(5)
		from, to := start.AddDate(0, -2, 0), start.AddDate(0, 1, 0)
		trial, err := h.Catalog.Try(h.as("2001"), "finance.advance", std, from, to)
		must(t, err)
		r := trial.Result
		if r == nil {
			t.Fatalf("not finished: %+v", trial)
		}
		if a, b := r.Completion.Was, r.Completion.Would; a.Met != 8 || a.Breached != 2 || b.Met != 5 || b.Breached != 5 || *a.Median != 5*3600 || *b.P90 != 12*3600 {
			t.Errorf("was %+v, would be %+v", a, b)
		}
		if r.Worse != 3 || r.Better != 0 || r.Open != 1 || r.Carry.Earlier != 1 || r.Carry.Late != 0 || len(r.Units) != 2 {
			t.Errorf("%+v", r)
		}
		if len(r.Enough) != 1 || r.Enough[0].Value != 8 || r.Enough[0].Met != 8 || r.Enough[0].Sure {
			t.Errorf("enough is %+v", r.Enough)
		}
		page, err := (trials{h.Service}).CasesOf(h.as("2001"), trial, catalog.TrialList{Limit: 2})
		must(t, err)
		if len(page.Items) != 2 || page.Next.Request == 0 || page.Items[0].Ref != list[5].Ref() || !page.Items[0].Would.Equal(list[5].OpenedAt.Add(5*time.Hour)) {
			t.Errorf("%+v", page)
		}
		page, err = (trials{h.Service}).CasesOf(h.as("2101"), trial, catalog.TrialList{Limit: 20})
		must(t, err)
		if len(page.Items) != 0 || page.Hidden != 3 {
			t.Errorf("a stranger sees %+v", page)
		}
		if _, err := h.Catalog.Try(h.as("2002"), "finance.advance", std, from, to); err == nil {
			t.Error("an agent may not set a standard, and tries one")
		}
		same, err := h.Catalog.Try(h.as("2001"), "finance.advance", s.Standard, from, to)
		must(t, err)
		if x := same.Result; x.Worse+x.Better != 0 || x.Completion.Was.Met != x.Completion.Would.Met || x.Carry != (catalog.TrialOpen{}) {
			t.Errorf("the same standard changes %+v", x)
		}

		_, err = h.Catalog.SetStandardFor(h.as("2001"), "finance.advance", std, 0, catalog.OpenCarry)
		must(t, err)
		h.later(time.Hour)
		h.settle()
		v, err := h.ByNumber(h.as("3002"), open.Number)
		must(t, err)
		if !v.Due.Equal(open.OpenedAt.Add(5 * time.Hour)) {
			t.Errorf("opened %s, now due %s", open.OpenedAt, v.Due)
		}
		if last := v.Log[len(v.Log)-1]; last.Kind != VerbRetarget || !last.DueFrom.Equal(open.Due) || !last.DueTo.Equal(v.Due) {
			t.Errorf("%+v", last)
		}
		must(t, h.retarget(h.ctx, retarget{Service: s.ID, Version: s.Version + 1, Policy: catalog.OpenCarry})) // again
		again, err := h.ByNumber(h.as("3002"), open.Number)
		must(t, err)
		if again.Events != v.Events {
			t.Error("told twice")
		}
		h.sound()
	})
}

func TestALargeDryRunIsAJobThatMayBeCutOff(t *testing.T) {
	h := quick(t)
	start, _ := time.Parse(time.RFC3339, "2026-09-07T09:00:00+08:00")
	dbtest.Clock(h.db).Set(start.AddDate(0, 0, -7))
	must(t, h.Calendar.Prepare(h.ctx))
	dbtest.Clock(h.db).Set(start.AddDate(0, 1, 0))
	h.past(start, 1, 100, 200)
	s, err := h.Catalog.Visible(h.ctx, "finance.advance")
	must(t, err)
	x := catalog.Trial{ID: h.db.NewID(), Service: s.ID, Standard: s.Standard, At: h.db.Now(), From: start.AddDate(0, -1, 0), To: start.AddDate(0, 2, 0), Total: 3}
	must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := insertTrial(ctx, tx, x, 1); err != nil {
			return err
		}
		return insertCases(ctx, tx, x.ID, []changed{{id: 7, side: 1}}) // what a run that was cut off has left
	}))
	must(t, h.runTrial(h.ctx, x.ID))
	must(t, h.runTrial(h.ctx, x.ID))
	page, err := (trials{h.Service}).CasesOf(h.as("2001"), x, catalog.TrialList{Better: true, Limit: 9})
	must(t, err)
	if len(page.Items)+page.Hidden != 0 {
		t.Errorf("left over: %+v", page)
	}
	done, err := trials{h.Service}.TrialOf(h.ctx, s.ID, x.ID)
	must(t, err)
	if done.Result == nil || done.Result.Completion.Was.N() != 3 {
		t.Errorf("%+v", done)
	}
	if _, err := (trials{h.Service}).TrialOf(h.ctx, s.ID+1, x.ID); err == nil {
		t.Error("it is found under another service")
	}
	h.later(31 * 24 * time.Hour)
	must(t, h.forgetTrials(h.ctx))
	if _, err := (trials{h.Service}).TrialOf(h.ctx, s.ID, x.ID); err == nil {
		t.Error("it is kept for ever")
	}
}
