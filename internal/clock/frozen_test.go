package clock

import (
	"testing"
	"time"

	"neike/internal/calendar"
)

// twoVersions is a calendar and its next version.
type twoVersions struct {
	old, now *calendar.Table
	at       time.Time
}

func (v twoVersions) Table(_ string, version int) (*calendar.Table, error) {
	if version == 1 {
		return v.old, nil
	}
	return v.now, nil
}

func (v twoVersions) Later(_ string, version int) []calendar.Publication {
	if version >= 2 {
		return nil
	}
	return []calendar.Publication{{Version: 2, At: v.at}}
}

// A clock that waits for the customer is not late by a new version, whatever due time it shows.
func TestAPausedClockIsNotLateByANewVersion(t *testing.T) {
	week := calendar.Hours{{"09:00", "17:00"}}
	in := calendar.Input{Code: "x", Zone: "UTC", Hours: calendar.Week{Mon: week, Tue: week, Wed: week, Thu: week, Fri: week}}
	old, err := in.Compile(2026, 2027)
	if err != nil {
		t.Fatal(err)
	}
	in.Hours.Sun = week
	now, err := in.Compile(2026, 2027)
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		m, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	// opened Friday noon, 8 hours: due Monday noon; paused Friday 14:00; published a week later
	tables := twoVersions{old, now, at("2026-11-27T10:00:00Z")}
	marks := []Mark{{At: at("2026-11-20T12:00:00Z"), Kind: Open, Unit: 1, Calendar: "x", Version: 1, Completion: calendar.Duration{Value: 8, Unit: calendar.WorkingHours}},
		{At: at("2026-11-20T14:00:00Z"), Kind: Pause}}
	states, err := Replay(tables, marks, at("2026-11-28T00:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if s := states[1]; s.State != Paused || s.ByChange {
		t.Errorf("waiting, it is %s, by change %v", s.State, s.ByChange)
	}
	resumed := append(marks, Mark{At: at("2026-12-01T09:00:00Z"), Kind: Resume})
	if states, err = Replay(tables, resumed, at("2026-12-01T10:00:00Z")); err != nil {
		t.Fatal(err)
	}
	if s := states[1]; s.State != Running || s.ByChange || !s.DueAt.Equal(at("2026-12-01T15:00:00Z")) {
		t.Errorf("gone on, it is %s and due %s", s.State, s.DueAt)
	}
	running, err := Replay(tables, marks[:1], at("2026-11-22T14:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if s := running[1]; s.State != Running {
		t.Errorf("before the publication it is %s", s.State)
	}
}
