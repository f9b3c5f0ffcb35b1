package notice_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/mail/mailtest"
	"neike/internal/request"
)

// standard changes the standard of finance.advance.
func (h *tested) standard(change func(*catalog.Standard)) {
	h.T.Helper()
	s, err := h.Catalog.Visible(h.System(), "finance.advance")
	if err != nil {
		h.T.Fatal(err)
	}
	std := s.Standard
	change(&std)
	if _, err := h.Catalog.SetStandard(h.As("2001"), "finance.advance", std, 0); err != nil {
		h.T.Fatal(err)
	}
}

// climb lets the clocks' jobs look at what is used, and what they find be told.
func (h *tested) climb(at time.Time) {
	h.T.Helper()
	h.clock.set(at)
	for _, look := range []func() error{func() error { return h.Clock.Steps(h.System()) }, func() error { return h.Clock.Breach(h.System()) }} {
		if err := look(); err != nil {
			h.T.Fatal(err)
		}
	}
	h.catch()
	h.catch()
}

// late says whether somebody was mailed that a request is late.
func (h *tested) late(no string, r request.Request) bool {
	return slices.ContainsFunc(h.letters(no), func(m mailtest.Mail) bool {
		return strings.Contains(m.Header("Subject")+m.Text(), r.Ref()) && strings.Contains(m.Header("Subject")+m.Text(), "超")
	})
}

// A time that counts day and night runs out at night. Who is told of it hears it in the morning of the standard's calendar,
// at once when the request is urgent, and at once where that calendar works at night.
func TestAtNightTheLadderWaitsForTheMorningOfTheStandardsCalendar(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		ten := calendar.Duration{Value: 10, Unit: calendar.ElapsedHours}
		h.standard(func(s *catalog.Standard) { s.Completion = ten })
		four := monday.Add(6 * time.Hour) // in the afternoon: due at two in the night
		h.clock.set(four)
		usual := h.ask("夜里到期")
		ask := request.Ask{Service: "finance.advance", Title: "紧急的", Urgent: "明早开工", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}}
		urgent, err := h.Request.Open(h.As("3002"), ask)
		h.must(urgent, err)
		week := calendar.Hours{{"00:00", "24:00"}}
		always := calendar.Input{Code: "line", Hours: calendar.Week{Mon: week, Tue: week, Wed: week, Thu: week, Fri: week, Sat: week, Sun: week}}
		always.Name.Zh = "产线"
		if _, err := h.Calendar.Publish(h.System(), always); err != nil {
			t.Fatal(err)
		}
		h.standard(func(s *catalog.Standard) { s.CompletionCalendar = "line" })
		line := h.ask("产线日夜都有人")
		for _, r := range []request.Request{usual, urgent, line} {
			h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
		}
		h.later(10 * time.Minute)
		h.climb(four.Add(10*time.Hour + time.Minute))
		h.later(5 * time.Minute)
		if h.late("2002", usual) {
			t.Error("told at night")
		}
		if !h.late("2002", urgent) || !h.late("2002", line) {
			t.Errorf("what is urgent, and the line that works at night, wait: %q", h.mailed("2002"))
		}
		h.climb(monday.AddDate(0, 0, 1).Add(-50 * time.Minute)) // ten past nine
		h.later(5 * time.Minute)
		if !h.late("2002", usual) {
			t.Errorf("not told in the morning: %q", h.mailed("2002"))
		}
	})
}
