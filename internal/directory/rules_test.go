package directory_test

import (
	"testing"

	"neike/internal/directory"
)

func TestWhenStoppingPeopleWaitsForAPerson(t *testing.T) {
	for _, c := range []struct {
		what            string
		leaving, linked int
		percent         int
		whole, wants    bool
	}{
		{"nobody leaves, of a part", 0, 100, 5, false, false},
		{"one leaves, of a part", 1, 100, 5, false, true},
		{"a handful of many", 5, 20, 5, true, false},
		{"more than a handful", 6, 20, 5, true, true},
		{"as many as the share allows", 50, 1000, 5, true, false},
		{"one more than that", 51, 1000, 5, true, true},
		{"a third of a small company", 2, 6, 5, true, false},
		{"more than a third of it", 3, 6, 5, true, true},
		{"all of it, though they are few", 4, 4, 5, true, true},
		{"all of it, when all may", 4, 4, 100, true, false},
	} {
		if got := directory.NeedsHuman(c.leaving, c.linked, c.percent, c.whole); got != c.wants {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
