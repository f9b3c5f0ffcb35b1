package todo

import (
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
)

func TestUrgency(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, zone)
	for _, c := range []struct {
		name string
		due  time.Time
		left time.Duration
		want string
	}{
		{"what has no due time never presses", time.Time{}, 0, ""},
		{"a minute past is late", now.Add(-time.Minute), time.Minute, "late"},
		{"at the very moment it is not late", now, 0, "soon"},
		{"an hour of work left today is soon", now.Add(time.Hour), time.Hour, "soon"},
		{"three hours of work left today is not", now.Add(3 * time.Hour), 3 * time.Hour, ""},
		{"tomorrow morning is not soon, however little work lies between", now.Add(23 * time.Hour), time.Hour, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := urgency(c.due, now, c.left, zone); got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestUnitsOf(t *testing.T) {
	got := unitsOf(actor.Actor{Person: 1, Groups: []actor.Group{{ID: 7, Role: "member"}, {ID: 7, Role: "agent"}, {ID: 8, Role: "head"}, {ID: 9, Role: "owner"}, {ID: 9, Role: "secretary"}}})
	want := []access.Holder{{Kind: "unit", ID: 7}, {Kind: "unit", ID: 7, Role: "agent"}, {Kind: "unit", ID: 8}, {Kind: "unit", ID: 8, Role: "head"}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %v, want %v", i, got[i], want[i])
		}
	}
}
