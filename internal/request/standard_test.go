package request

import (
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
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
		p, err := h.Catalog.Promise(h.ctx, s, start)
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
