package request

import (
	"context"
	"encoding/json"
	"maps"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// TestWhatGoesAlongIsOnePieceOfWork: it is in the hands of the unit and of a person once, and takes no place of a limit.
func TestWhatGoesAlongIsOnePieceOfWork(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent := h.as("2002")
		a, b, c := h.open("3002"), h.open("3003"), h.open("4001")
		for _, n := range []int64{a.Number, b.Number} {
			must(t, second(h.Take(agent, n, When{})))
		}
		has := func(want int) {
			t.Helper()
			p := h.personID(t, "2002")
			must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
				mine, err := handsOfPeople(ctx, rd, a.Unit, []int64{p})
				must(t, err)
				told, err := handsUpTo(ctx, rd, a.Unit, []int64{p, h.personID(t, "2003")})
				must(t, err)
				any, err := inHands(ctx, rd, []int64{p})
				if mine[p] != want || any[p] != want || told[p] != want || len(told) != 2 {
					t.Errorf("in the hands of 2002: %d, for rules %d, told %v, want %d", mine[p], any[p], told, want)
				}
				return err
			}))
		}
		has(2)
		must(t, second(h.Merge(agent, b.Number, a.Ref(), "", When{})))
		must(t, second(h.Merge(agent, c.Number, a.Ref(), "", When{})))
		has(1)
		if l := h.loadNow("finance.advance"); l.Open != 1 || l.Waiting != 0 {
			t.Errorf("two go along with one: %+v", l)
		}
		h.loadTrue()
		h.bounded("finance.advance", 2, catalog.FullRefuse)
		d := h.open("3002")
		fails(t, second(h.Open(h.as("3003"), advance())), fault.Invalid, "")
		must(t, second(h.Unmerge(agent, c.Number, When{})))
		if l := h.loadNow("finance.advance"); l.Open != 3 || l.Waiting != 2 {
			t.Errorf("one goes on by itself: %+v", l)
		}
		must(t, second(h.Withdraw(h.as("3002"), d.Number, When{})))
		must(t, second(h.Deliver(agent, a.Number, "好了", nil, When{})))
		has(0)
		if l := h.loadNow("finance.advance"); l.Open != 1 || l.Waiting != 1 {
			t.Errorf("delivered together: %+v", l)
		}
		must(t, second(h.Return(h.as("3003"), b.Number, "不对", When{})))
		if l := h.loadNow("finance.advance"); l.Open != 2 {
			t.Errorf("one was sent back: %+v", l)
		}
		h.loadTrue()
	})
}

// TestEachOfWhatGoesAlongCountsForItsCustomer: in the report of its edge by its own due time, and the report says how many.
func TestEachOfWhatGoesAlongCountsForItsCustomer(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent := h.as("2002")
		b := h.open("4001")
		h.later(60 * 24 * time.Hour)
		a := h.open("3002")
		must(t, second(h.Merge(agent, b.Number, a.Ref(), "", When{})))
		must(t, second(h.Take(agent, a.Number, When{})))
		must(t, second(h.Deliver(agent, a.Number, "好了", nil, When{})))
		span := Span{b.OpenedAt, a.OpenedAt.AddDate(0, 1, 0)}
		rows, err := h.Attained(h.as("1001"), Cohort{By: ByEdge, Clock: "completion", Span: span})
		must(t, err)
		got := map[int64]Attainment{}
		for _, x := range rows {
			got[x.Key] = x
		}
		if x := got[a.Edge]; len(rows) != 2 || x.Met+x.Pending != 1 || x.Breached != 0 || x.Along != 0 {
			t.Errorf("the one that was worked on: %+v", x)
		}
		if x := got[b.Edge]; x.Met != 0 || x.Breached != 1 || x.Along != 1 {
			t.Errorf("the one that went along, late for its customer: %+v", x)
		}
		h.prove(t)
	})
}

// TestTheLadderOfOnePieceOfWork: whoever works on it is told of each step once, of the request that reaches it first; the
// other customer's heads hear of their own.
func TestTheLadderOfOnePieceOfWork(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-24T09:00:00+08:00")
		dbtest.Clock(h.db).Set(start.AddDate(0, 0, -1))
		must(t, h.Calendar.Prepare(h.ctx))
		h.standard(func(s *catalog.Standard) { s.Completion = calendar.Duration{Value: 10, Unit: calendar.ElapsedHours} })
		dbtest.Clock(h.db).Set(start)
		b := h.open("4001") // the earlier one goes along
		h.later(time.Hour)
		a := h.open("3002")
		must(t, second(h.Take(h.as("2003"), b.Number, When{})))
		must(t, second(h.Take(h.as("2002"), a.Number, When{})))
		must(t, second(h.Merge(h.as("2002"), b.Number, a.Ref(), "", When{})))
		h.later(4*time.Hour + time.Minute)
		h.tick()
		h.later(time.Hour)
		h.tick()
		if one, other := h.steps(b.ID), h.steps(a.ID); !same(one, map[int][]string{50: {"2002 assignee"}}) || len(other) != 0 {
			t.Errorf("half of the time: %v, %v", one, other)
		}
		h.later(5 * time.Hour)
		h.tick()
		if !h.presses("2001", b.ID) {
			t.Error("the head is not to see that it moves")
		}
		h.later(time.Hour)
		h.tick()
		if h.presses("2001", a.ID) {
			t.Error("the head is pressed twice for one piece of work")
		}
		h.later(6 * time.Hour)
		h.tick()
		one, other := h.steps(b.ID), h.steps(a.ID)
		if !same(map[int][]string{150: other[150]}, map[int][]string{150: {"3001 head"}}) {
			t.Errorf("one and a half of the time: %v, then %v", one, other)
		}
		must(t, second(h.Message(h.as("2002"), b.Number, "在等银行", nil, When{})))
		if h.presses("2001", b.ID) {
			t.Error("its customer was told, and the head still owes it")
		}
		h.sound()
	})
}

// TestTheReportListsWhatGoesAlongOnce: of three requests of which two go along with one, that of another customer is a case of
// its own, late once; the one that the same customer asked twice is left out, and said to be. The list behind each number
// holds exactly those, none twice.
func TestTheReportListsWhatGoesAlongOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		agent := h.as("2002")
		late := h.open("4001")
		h.later(60 * 24 * time.Hour)
		lead, again := h.open("3002"), h.open("3002")
		for _, r := range []Request{late, again} {
			must(t, second(h.Merge(agent, r.Number, lead.Ref(), "", When{})))
		}
		must(t, second(h.Take(agent, lead.Number, When{})))
		must(t, second(h.Deliver(agent, lead.Number, "好了", nil, When{})))
		must(t, second(h.Accept(h.as("3002"), lead.Number, When{})))
		must(t, second(h.Accept(h.as("4001"), late.Number, When{})))
		span := "&from=" + late.OpenedAt.Format(time.DateOnly) + "&to=" + lead.OpenedAt.AddDate(0, 2, 0).Format(time.DateOnly)
		for by, rows := range map[string]int{ByService: 1, ByUnit: 1, ByEdge: 2} {
			var report struct {
				Items []struct {
					Met, Breached, N, Along, Excluded, Duplicates int64
					List, Breaches                                string
				}
			}
			w := d.get("1001", "/api/v1/reports/attainment?by="+by+span)
			must(t, json.Unmarshal(w.Body.Bytes(), &report))
			if len(report.Items) != rows {
				t.Fatalf("%s: %s", by, w.Body)
			}
			var n, breached, along, left int64
			seen := map[string]int{}
			for _, row := range report.Items {
				n, breached, along, left = n+row.N, breached+row.Breached, along+row.Along, left+row.Excluded
				if row.Excluded != row.Duplicates {
					t.Errorf("%s: of %d left out %d are duplicates", by, row.Excluded, row.Duplicates)
				}
				for path, want := range map[string]int64{row.List: row.N + row.Excluded, row.Breaches: row.Breached, row.List + "&outcome=excluded": row.Excluded,
					row.List + "&merged=duplicate": row.Duplicates} {
					var list struct{ Items []struct{ Number string } }
					must(t, json.Unmarshal(d.get("1001", path+"&limit=200").Body.Bytes(), &list))
					if int64(len(list.Items)) != want {
						t.Errorf("%s: the report says %d, %s lists %d", by, want, path, len(list.Items))
					}
					for _, x := range list.Items {
						if path == row.List {
							seen[x.Number]++
						}
					}
				}
			}
			if n != 2 || breached != 1 || along != 1 || left != 1 || !maps.Equal(seen, map[string]int{lead.Ref(): 1, again.Ref(): 1, late.Ref(): 1}) {
				t.Errorf("%s: n %d, late %d, along %d, left out %d, listed %v", by, n, breached, along, left, seen)
			}
		}
		h.prove(t)
	})
}
