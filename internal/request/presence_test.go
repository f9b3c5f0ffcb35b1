package request

import (
	"testing"
	"time"
)

func TestWhoIsHere(t *testing.T) {
	t.Parallel()
	var p presence
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	if !p.note(1, 7, false, at) {
		t.Error("who comes is no news")
	}
	if p.note(1, 7, false, at.Add(20*time.Second)) {
		t.Error("who stays is news")
	}
	if !p.note(1, 8, true, at.Add(21*time.Second)) || p.note(1, 8, true, at.Add(25*time.Second)) {
		t.Error("who begins to write is news, once")
	}
	for _, c := range []struct {
		name            string
		request         ID
		me              int64
		after           time.Duration
		writing, looked int
	}{
		{"one writes, one looks", 1, 9, 26 * time.Second, 1, 1},
		{"nobody is told of themselves", 1, 8, 26 * time.Second, 0, 1},
		{"whoever stops writing looks", 1, 7, 41 * time.Second, 0, 1},
		{"whoever said nothing for a while has gone", 1, 9, 66 * time.Second, 0, 1},
		{"and then all", 1, 9, 2 * time.Minute, 0, 0},
		{"elsewhere is nobody", 2, 9, 26 * time.Second, 0, 0},
	} {
		writing, looking := p.others(c.request, c.me, at.Add(c.after))
		if len(writing) != c.writing || len(looking) != c.looked {
			t.Errorf("%s: %v write, %v look", c.name, writing, looking)
		}
	}
}
