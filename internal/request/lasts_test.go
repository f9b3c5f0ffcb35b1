package request

import (
	"testing"
	"time"
)

// TestOpenOnesCountInHowLongItTakes: what has ended alone would say one hour. What is open counts with what it has used,
// what was withdrawn until then, and a pause not at all.
func TestOpenOnesCountInHowLongItTakes(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, customer := h.as("2002"), h.as("3002")
		fast, gone, slow, paused, last := h.begun(), h.begun(), h.begun(), h.begun(), h.begun()
		done := func(r Request) {
			t.Helper()
			must(t, second(h.Deliver(agent, r.Number, "好了", nil, When{})))
			must(t, second(h.Accept(customer, r.Number, When{})))
		}
		report := func() Attainment {
			t.Helper()
			rows, err := h.Attained(h.as("1001"), ByService, "completion", Span{fast.OpenedAt, fast.OpenedAt.AddDate(0, 1, 0)})
			must(t, err)
			if len(rows) != 1 {
				t.Fatalf("%+v", rows)
			}
			return rows[0]
		}
		const hour, nine2 = 3600, 3*3600 + 1800 // from 09:00 to 14:00 without the break of noon
		h.later(time.Hour)
		done(fast)
		h.later(time.Hour)
		must(t, second(h.Cancel(customer, gone.Number, "不用了", When{})))
		h.later(time.Hour)
		done(slow)
		must(t, second(h.AskBack(agent, paused.Number, "哪一天？", nil, When{})))
		h.later(2 * time.Hour)

		a := report()
		if *a.Median != hour || *a.P90 != 3*hour {
			t.Errorf("of the ended: %d, %d", *a.Median, *a.P90)
		}
		if l := a.Lasts; l.N != 5 || l.Open != 2 || l.Withdrawn != 1 || l.Longest != nine2 || l.Median != nil || l.P90 != nil || l.Between[0] == nil || *l.Between[0] != hour || l.Between[1] != nil {
			t.Errorf("with the open: %+v", l)
		}
		done(last)
		if l := report().Lasts; l.Open != 1 || l.Median == nil || *l.Median != nine2 || l.P90 == nil || *l.P90 != nine2 {
			t.Errorf("when the last but one has ended: %+v", l)
		}
		rows, err := h.Attained(h.as("1001"), ByUnit, "first_response", Span{fast.OpenedAt, fast.OpenedAt.AddDate(0, 1, 0)})
		must(t, err)
		if len(rows) != 1 || rows[0].Lasts.N != 5 {
			t.Errorf("first response: %+v", rows)
		}
	})
}
