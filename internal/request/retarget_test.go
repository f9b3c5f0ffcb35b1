package request

import (
	"context"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// An open request that a new standard led into another calendar follows that calendar's later versions, and no longer those
// of the one it left.
func TestAnOpenRequestFollowsTheCalendarItWasLedInto(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-24T16:00:00+08:00") // a Tuesday
		dbtest.Clock(h.db).Set(start)
		must(t, h.Calendar.Prepare(h.ctx))
		day := calendar.Hours{{"00:00", "24:00"}}
		line := calendar.Input{Code: "line", Hours: calendar.Week{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day, Sat: day, Sun: day}}
		line.Name.Zh = "产线"
		_, err := h.Calendar.Publish(h.ctx, line)
		must(t, err)
		first, second := h.open("3002"), h.open("3003")

		h.later(time.Minute)
		s, err := h.Catalog.Visible(h.ctx, "finance.advance")
		must(t, err)
		std := s.Standard
		std.Completion, std.CompletionCalendar = calendar.Duration{Value: 48, Unit: calendar.WorkingHours}, "line"
		_, err = h.Catalog.SetStandardFor(h.as("2001"), "finance.advance", std, 0, catalog.OpenFromStart)
		must(t, err)
		h.settle()
		led, err := h.ByNumber(h.as("2002"), first.Number)
		must(t, err)
		if !led.Due.Equal(start.Add(48 * time.Hour)) {
			t.Fatalf("led into the line's calendar it is due %s", led.Due)
		}
		rows := h.clocks(first.ID)
		if c := rows[clock.Completion]; c.Calendar != "line" || c.Version != 1 {
			t.Errorf("the row counts in %s version %d", c.Calendar, c.Version)
		}

		h.later(time.Minute)
		line.Holidays = []calendar.Day{{Date: "2026-11-26"}} // a Thursday
		line.Replaces = 1
		plan, err := h.Calendar.PlanCalendar(h.ctx, line)
		must(t, err)
		if plan.Moves.Moved != 2 || plan.Moves.Earlier+plan.Moves.Late != 0 {
			t.Errorf("the plan says %+v", plan.Moves)
		}
		_, err = h.Calendar.Publish(h.ctx, line)
		must(t, err)
		h.later(time.Minute)
		_, err = h.Take(h.as("2002"), second.Number, When{}) // before the job has told anybody
		must(t, err)
		h.settle()
		for _, was := range []Request{first, second} {
			v, err := h.ByNumber(h.as("2002"), was.Number)
			must(t, err)
			moves := dues(v)
			if len(moves) != 1 {
				t.Fatalf("%s: %d due events", was.Ref(), len(moves))
			}
			e := moves[0]
			if want := start.Add(72 * time.Hour); !v.Due.Equal(want) || !e.DueTo.Equal(want) || !e.DueFrom.Equal(led.Due) || e.Terms.Calendar != "line" || e.Terms.Version != 2 {
				t.Errorf("%s is due %s by %+v", was.Ref(), v.Due, e)
			}
		}
		h.sound()

		_, err = h.Calendar.Publish(h.ctx, withHoliday(t, "2026-11-25")) // the calendar that they left
		must(t, err)
		h.later(time.Minute)
		h.settle()
		v, err := h.ByNumber(h.as("2002"), first.Number)
		must(t, err)
		if moves := dues(v); len(moves) != 2 || moves[1].Why != clock.FirstResponse || !v.Due.Equal(start.Add(72*time.Hour)) {
			t.Errorf("the calendar that it left moves more than the response: %s, %+v", v.Due, moves)
		}
		h.sound()

		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update clock set calendar = 'default', version = 1, due_at = due_at + 1 where subject = $1 and kind = 'completion' and scope = 'customer'", first.ID)
			return err
		}))
		report, err := h.Clock.Check(h.ctx, nil)
		must(t, err)
		if report.Wrong != 1 || report.Examples[0].Subject.ID != first.ID {
			t.Errorf("doctor says %+v", report)
		}
		_, err = h.Clock.Replay(h.ctx, nil)
		must(t, err)
		h.sound()
		if c := h.clocks(first.ID)[clock.Completion]; c.Calendar != "line" || c.Version != 2 {
			t.Errorf("replayed it counts in %s version %d", c.Calendar, c.Version)
		}
	})
}

// withHoliday is the company's calendar with a day off.
func withHoliday(t *testing.T, date string) calendar.Input {
	in, ok := calendar.BuiltIn(calendar.Default)
	if !ok {
		t.Fatal("no default")
	}
	in.Holidays, in.Replaces = append(in.Holidays, calendar.Day{Date: date}), 1
	return in
}

// clocks are the rows of the customer's clocks by kind.
func (h house) clocks(id ID) map[string]clock.Row {
	h.t.Helper()
	out := map[string]clock.Row{}
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := clock.Rows(ctx, rd, clock.Subject{Kind: Kind, ID: id})
		for _, r := range rows {
			if r.Scope == clock.Customer {
				out[r.Kind] = r
			}
		}
		return err
	}))
	return out
}
