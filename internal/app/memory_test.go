package app

import (
	"runtime"
	"testing"
	"time"
)

func TestMemoryLimitLeavesRoom(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int64
	}{
		{0, spare},
		{15 << 20, spare},
		{32 << 20, spare},
		{60 << 20, 120 << 20},
		{1 << 30, 2 << 30},
	} {
		if got := limitFor(c.live); got != c.want {
			t.Errorf("%d MB live: limit %d MB, want %d", c.live>>20, got>>20, c.want>>20)
		}
	}
}

func TestCollectionsAreNoticed(t *testing.T) {
	seen := make(chan struct{}, 64)
	afterEach(func() { seen <- struct{}{} })
	for i, end := 0, time.After(30*time.Second); i < 4; { // the first is at once
		select {
		case <-seen:
			i++
		case <-end:
			t.Fatalf("collection %d was not noticed", i)
		case <-time.After(time.Millisecond):
			runtime.GC() // what was made during one collection is found by the next
		}
	}
}
