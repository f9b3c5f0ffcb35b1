package house

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// TestWhoSaysNothingIsToldBeforeTheHouseAccepts: the reminder reaches the customer, and is over when the house has accepted.
func TestWhoSaysNothingIsToldBeforeTheHouseAccepts(t *testing.T) {
	var ahead atomic.Int64
	start := time.Date(2026, 11, 9, 2, 0, 0, 0, time.UTC) // a Monday, at ten in Shanghai
	now := func() time.Time { return start.Add(time.Duration(ahead.Load())) }
	moving(t, now, func(t *testing.T, h *House) {
		ahead.Store(0)
		assigned(t, h) // 1003 is delivered to 3002
		told := map[string]int{}
		for range 12 {
			if err := h.Request.AcceptSilent(h.System()); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"request.acceptance-nears", "request.accepted-by-house"} {
				if slices.Contains(h.told(t, "3002"), kind) {
					told[kind]++
				}
			}
			ahead.Add(int64(24 * time.Hour))
		}
		if n := told["request.acceptance-nears"]; n == 0 {
			t.Errorf("nobody was told that the house will accept: %v", told)
		}
		if told["request.accepted-by-house"] == 0 || told["request.acceptance-nears"]+told["request.accepted-by-house"] > 12 {
			t.Errorf("the house accepted, and on %v of 12 days one was told", told)
		}
	})
}
