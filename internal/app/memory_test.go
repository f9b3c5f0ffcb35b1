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
		{60 << 20, 150 << 20},
		{1 << 30, 5 << 29},
	} {
		if got := limitFor(c.live); got != c.want {
			t.Errorf("%d MB live: limit %d MB, want %d", c.live>>20, got>>20, c.want>>20)
		}
	}
}

func TestEveryCollectionIsNoticed(t *testing.T) {
	seen := make(chan struct{}, 64)
	afterEach(func() { seen <- struct{}{} })
	for i := range 4 { // the first is at once
		select {
		case <-seen:
		case <-time.After(10 * time.Second):
			t.Fatalf("collection %d was not noticed", i)
		}
		runtime.GC()
	}
}
