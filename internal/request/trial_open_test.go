package request

import (
	"strings"
	"testing"
	"time"

	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
)

// TestWhatAChangeOfTargetMoves: each clock by itself.
func TestWhatAChangeOfTargetMoves(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	at := func(hours int, state string) clock.State {
		return clock.State{DueAt: now.Add(time.Duration(hours) * time.Hour), State: state}
	}
	for _, c := range []struct {
		name        string
		is, becomes clock.State
		want        catalog.TrialMoved
	}{
		{"nothing changes", at(3, clock.Running), at(3, clock.Running), catalog.TrialMoved{}},
		{"it is due earlier", at(3, clock.Running), at(1, clock.Running), catalog.TrialMoved{Earlier: 1}},
		{"it is due later", at(3, clock.Running), at(5, clock.Running), catalog.TrialMoved{Later: 1}},
		{"it is late at once", at(3, clock.Running), at(-1, clock.Breached), catalog.TrialMoved{Earlier: 1, Late: 1}},
		{"it is due now", at(3, clock.Running), at(0, clock.Running), catalog.TrialMoved{Earlier: 1, Late: 1}},
		{"it was late before", at(-1, clock.Breached), at(-1, clock.Breached), catalog.TrialMoved{}},
		{"it was due at no time", clock.State{State: clock.Running}, at(2, clock.Running), catalog.TrialMoved{Earlier: 1}},
		{"there is no such clock", clock.State{}, clock.State{}, catalog.TrialMoved{}},
		{"no time is promised of it", clock.State{State: clock.Running}, clock.State{State: clock.Running}, catalog.TrialMoved{}},
	} {
		var got catalog.TrialMoved
		if countMoved(&got, c.is, c.becomes, now); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestADryRunTellsTheClocksOfOpenRequestsApart: what it says becomes of first responses, answers and completions is what
// becomes of them.
func TestADryRunTellsTheClocksOfOpenRequestsApart(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-24T09:00:00+08:00")
		dbtest.Clock(h.db).Set(start.AddDate(0, 0, -1))
		must(t, h.Calendar.Prepare(h.ctx))
		h.standard(func(s *catalog.Standard) {
			s.Response, s.Completion, s.NextResponse, s.NextResponseTarget = hoursLong(8), hoursLong(20), hoursLong(8), 0.9
		})
		dbtest.Clock(h.db).Set(start)
		answered := func(r Request) Request {
			must(t, second(h.Take(h.as("2002"), r.Number, When{})))
			must(t, second(h.Message(h.as("2002"), r.Number, "收到", nil, When{})))
			return r
		}
		old, waits, quiet := h.open("3002"), answered(h.open("3002")), answered(h.open("3003"))
		must(t, second(h.Message(h.as("3002"), waits.Number, "多久？", nil, When{})))
		h.later(3 * time.Hour)
		fresh := h.open("4001")
		late := answered(h.open("4001"))
		must(t, second(h.Message(h.as("4001"), late.Number, "多久？", nil, When{})))
		list := []Request{old, waits, quiet, fresh, late}

		s, err := h.Catalog.Visible(h.ctx, "finance.advance")
		must(t, err)
		std := s.Standard
		std.Response, std.Completion, std.NextResponse = hoursLong(2), hoursLong(30), hoursLong(1)
		trial, err := h.Catalog.Try(h.as("2001"), "finance.advance", std, start.AddDate(0, 0, -7), start.AddDate(0, 0, 7))
		must(t, err)
		o := trial.Result.Carry
		if want := (catalog.TrialOpen{TrialMoved: catalog.TrialMoved{Later: 5}, Response: catalog.TrialMoved{Earlier: 2, Late: 1}, Next: catalog.TrialMoved{Earlier: 2, Late: 1}}); o != want {
			t.Fatalf("the dry run says %+v, want %+v", o, want)
		}
		d := h.open4()
		h.Catalog.Mount(d.mux)
		page := d.page(d.get("2001", "/services/finance.advance/standard/dry-run?trial="+idText(trial.ID)), 200).Find("#dry-run").Text()
		if !strings.Contains(page, "首次响应 2 件提前到期，0 件推后，1 件会立即超期") || !strings.Contains(page, "客户在等的后续答复 2 次提前到期") {
			t.Errorf("the page says %q", page)
		}
		if w := d.get("2001", "/api/v1/services/finance.advance/standard/dry-run?id="+idText(trial.ID)); !strings.Contains(w.Body.String(), `"first_response":{"earlier":2,"later":0,"late":1}`) {
			t.Errorf("%s", w.Body)
		}

		before := map[ID]Request{}
		for _, r := range list {
			before[r.ID] = h.row(r.Number)
		}
		_, err = h.Catalog.SetStandardFor(h.as("2001"), "finance.advance", std, 0, catalog.OpenCarry)
		must(t, err)
		h.later(time.Second)
		h.settle()
		var got catalog.TrialOpen
		moved := func(to *catalog.TrialMoved, was, is time.Time, open bool) {
			switch {
			case is.Before(was):
				to.Earlier++
			case is.After(was):
				to.Later++
			}
			if open && !is.After(h.db.Now()) && !is.IsZero() {
				to.Late++
			}
		}
		for _, r := range list {
			a, b := before[r.ID], h.row(r.Number)
			moved(&got.TrialMoved, a.Due, b.Due, true)
			moved(&got.Response, a.ResponseDue, b.ResponseDue, b.RespondedAt.IsZero())
			moved(&got.Next, a.ReplyDue, b.ReplyDue, true)
		}
		if got != o {
			t.Errorf("said was %+v, it became %+v", o, got)
		}
		h.prove(t)
	})
}
