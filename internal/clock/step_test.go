package clock

import "testing"

// TestStepsLieInTheTimeOfTheClock: 50, 75 and 150 % of the used time come where the clock counts, and never while it rests.
func TestStepsLieInTheTimeOfTheClock(t *testing.T) {
	// 24 working hours from Tuesday 16:40; a day has 8; due 10-09 16:40
	cases := []struct {
		name  string
		marks []Mark
		now   string
		step  int
		next  string // "" none
	}{
		{"half of it is used after 12 hours", []Mark{asked()}, "09-29 17:00", 0, "10-08 11:10"},
		{"a minute before half", []Mark{asked()}, "10-08 11:09", 0, "10-08 11:10"},
		{"at half the next is three quarters", []Mark{asked()}, "10-08 11:10", 50, "10-09 09:10"},
		{"three quarters, at night", []Mark{asked()}, "10-09 20:00", 75, "10-12 11:10"},
		{"one and a half is the last", []Mark{asked()}, "10-12 11:10", 150, ""},
		{"nothing comes while the customer is asked", []Mark{asked(), do(Pause, "09-30 09:00")}, "10-09 20:00", 0, ""},
		{"a pause moves it", []Mark{asked(), do(Pause, "09-30 09:00"), do(Resume, "09-30 10:00")}, "09-30 11:00", 0, "10-08 13:40"},
		{"nothing comes once it is delivered", []Mark{asked(), do(Deliver, "10-08 15:00")}, "10-09 20:00", 50, ""},
		{"nothing comes once it has ended", []Mark{asked(), do(Deliver, "10-08 15:00"), do(Accept, "10-08 16:00")}, "10-09 20:00", 50, ""},
	}
	tables := company(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			states, err := Replay(tables, c.marks, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			s := states[1]
			if s.Step != c.step || (c.next == "") != s.StepAt.IsZero() || c.next != "" && !s.StepAt.Equal(at(c.next)) {
				t.Errorf("%d %% are told, the next comes %s (used %.3f); want %d and %q", s.Step, s.StepAt, s.Used(), c.step, c.next)
			}
			for _, other := range []State{states[0], states[2]} {
				if other.Step != 0 || !other.StepAt.IsZero() {
					t.Errorf("%s of %s has steps", other.Kind, other.Scope)
				}
			}
		})
	}
}
