package notice_test

import (
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/request"
)

// told counts the notices of a kind that somebody got about a request.
func (h *tested) told(no, kind string, r request.Request) (n int) {
	h.T.Helper()
	page, err := h.Notice.List(h.As(no), false, paging)
	if err != nil {
		h.T.Fatal(err)
	}
	for _, e := range page.Items {
		if e.Kind == kind && e.Subject.ID == r.ID {
			n++
		}
	}
	return n
}

// An answer to what the customer said next is told of when it is due soon, and when it is late, turn by turn: to whoever has
// the request, and to those who may take it when nobody has.
func TestAnAnswerThatIsOwedIsToldOf(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		four := calendar.Duration{Value: 4, Unit: calendar.WorkingHours}
		h.standard(func(s *catalog.Standard) { s.NextResponse, s.NextResponseTarget = four, 0.9 })
		h.later(time.Minute)
		mine, free := h.ask("有人办"), h.ask("没人办")
		h.must(h.Request.Take(h.As("2002"), mine.Number, request.When{}))
		for _, r := range []request.Request{mine, free} {
			h.must(h.Request.Message(h.As("2002"), r.Number, "收到", nil, request.When{}))
		}
		h.later(time.Minute)
		say := func() (due time.Time) {
			t.Helper()
			for _, r := range []request.Request{mine, free} {
				x, err := h.Request.Message(h.As("3002"), r.Number, "还差什么", nil, request.When{})
				h.must(x, err)
				due = x.ReplyDue
			}
			return due
		}
		nearing := func(due time.Time, before, after int) {
			t.Helper()
			if n := h.told("2002", "request.due-soon", mine); n != before {
				t.Errorf("due soon was told %d times too early", n)
			}
			h.later(due.Add(-30 * time.Minute).Sub(h.clock.Now()))
			if n := h.told("2002", "request.due-soon", mine); n != after {
				t.Errorf("due soon was told %d times, not %d", n, after)
			}
		}
		due := say()
		nearing(due, 0, 1)
		if h.told("2002", "request.breached", mine)+h.told("2002", "request.breached", free) != 0 {
			t.Error("told to be late before it is")
		}
		h.climb(due.Add(time.Minute))
		h.climb(due.Add(2 * time.Minute))
		if a, b := h.told("2002", "request.breached", mine), h.told("2002", "request.breached", free); a != 1 || b != 1 {
			t.Errorf("late was told %d and %d times", a, b)
		}
		if n := h.told("3002", "request.breached", mine); n != 0 {
			t.Errorf("its customer was told %d times", n)
		}
		for _, r := range []request.Request{mine, free} {
			h.must(h.Request.Message(h.As("2002"), r.Number, "不差了", nil, request.When{}))
		}
		h.later(time.Minute)
		due = say()
		h.climb(due.Add(time.Minute))
		if a := h.told("2002", "request.breached", mine); a != 2 {
			t.Errorf("late was told %d times of two turns", a)
		}
	})
}

// Where the ladder counts for a further clock its steps are told, each once, and the notice names the clock; that it is late is
// not told twice. Where it does not, only that is told, as ever.
func TestStepsOfFurtherClocksAreToldOnce(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		four := calendar.Duration{Value: 4, Unit: calendar.WorkingHours}
		h.standard(func(s *catalog.Standard) { s.NextResponse, s.NextResponseTarget = four, 0.9 })
		l := catalog.UsualLadder
		l.Next = true
		if _, err := h.Catalog.SetLadder(h.As("2001"), "finance.advance", l, 0); err != nil {
			t.Fatal(err)
		}
		h.later(time.Minute)
		r := h.ask("按步提醒")
		h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
		h.must(h.Request.Message(h.As("2002"), r.Number, "收到", nil, request.When{}))
		h.later(time.Minute)
		x, err := h.Request.Message(h.As("3002"), r.Number, "还差什么", nil, request.When{})
		h.must(x, err)
		h.climb(x.ReplyDue.Add(-110 * time.Minute))
		if n := h.told("2002", "request.used", r); n != 1 {
			t.Errorf("the half was told %d times", n)
		}
		h.climb(x.ReplyDue.Add(time.Minute))
		h.climb(x.ReplyDue.Add(2 * time.Minute))
		if a, b := h.told("2002", "request.breached", r), h.told("2001", "request.breached", r); a != 1 || b != 1 {
			t.Errorf("late was told %d and %d times", a, b)
		}
		page, err := h.Notice.List(h.As("2002"), false, paging)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			if want := map[string]string{"request.used": "后续答复已用时限的 50%", "request.breached": "后续答复已超过时限"}[e.Kind]; want != "" && e.Text != want {
				t.Errorf("%s says %q", e.Kind, e.Text)
			}
		}
	})
}
