package clock

import (
	"testing"

	"neike/internal/kit/dbtest"
)

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
			if hop := states[2]; hop.Step != 0 || !hop.StepAt.IsZero() {
				t.Errorf("%s of %s has steps", hop.Kind, hop.Scope)
			}
		})
	}
}

// The first response and each turn of what the customer says have steps of their own, in the calendar that they count in.
func TestFurtherClocksHaveSteps(t *testing.T) {
	open := asked()
	open.Response, open.Next = hoursOf(4), hoursOf(4) // from Tuesday 16:40: the half at 9:10, due 11:10
	tables := company(t)
	for _, c := range []struct {
		name  string
		clock int // in the order of the states
		marks []Mark
		now   string
		step  int
		next  string
	}{
		{"before half of the first response", 0, []Mark{open}, "09-30 09:09", 0, "09-30 09:10"},
		{"at half of it", 0, []Mark{open}, "09-30 09:10", 50, "09-30 10:10"},
		{"a response ends them", 0, []Mark{open, do(Respond, "09-30 09:00")}, "09-30 11:00", 0, ""},
		{"half of a turn", 3, answered(do(Word, "09-30 09:00")), "09-30 11:00", 50, "09-30 12:00"},
		{"one and a half of a turn", 3, answered(do(Word, "09-30 09:00")), "09-30 16:30", 150, ""},
		{"an answer ends them", 3, answered(do(Word, "09-30 09:00"), do(Respond, "09-30 11:10")), "09-30 16:30", 50, ""},
		{"the next turn begins anew", 3, answered(do(Word, "09-30 09:00"), do(Respond, "09-30 11:10"), do(Word, "09-30 14:00")), "09-30 15:00", 0, "09-30 16:00"},
		{"a pause does not stop them", 3, answered(do(Pause, "09-30 08:40"), do(Word, "09-30 09:00")), "09-30 11:00", 50, "09-30 12:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			states, err := Replay(tables, c.marks, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			s := states[c.clock]
			if s.Step != c.step || (c.next == "") != s.StepAt.IsZero() || c.next != "" && !s.StepAt.Equal(at(c.next)) {
				t.Errorf("%s: %d %% are told, the next comes %s; want %d and %q", s.Kind, s.Step, s.StepAt, c.step, c.next)
			}
		})
	}
}

// Each share is announced once for each clock, and anew in each turn.
func TestEachStepIsAnnouncedOnce(t *testing.T) {
	each(t, func(r room) {
		open := asked()
		open.Response, open.Next = hoursOf(4), hoursOf(4)
		r.mark(1, open)
		steps := func(when string, want ...WasUsed) {
			r.t.Helper()
			dbtest.Clock(r.db).Set(at(when))
			for range 2 {
				if err := r.Steps(r.ctx); err != nil {
					r.t.Fatal(err)
				}
			}
			got := *r.uses
			*r.uses = nil
			if len(got) != len(want) {
				r.t.Fatalf("at %s: announced %+v, want %+v", when, got, want)
			}
			for i, w := range want {
				if g := got[i]; g.Kind != w.Kind || g.Turn != w.Turn || g.Percent != w.Percent {
					r.t.Errorf("at %s: announced %+v, want %+v", when, g, w)
				}
			}
			if report := r.check(); report.Wrong != 0 {
				r.t.Fatalf("at %s: %+v", when, report)
			}
		}
		steps("09-30 09:09")
		steps("09-30 09:11", WasUsed{Kind: FirstResponse, Percent: 50})
		r.mark(1, do(Respond, "09-30 09:20"))
		steps("09-30 11:00")
		r.mark(1, do(Word, "09-30 14:00"))
		steps("09-30 17:01", WasUsed{Kind: NextResponse, Turn: 1, Percent: 75})
		r.mark(1, do(Respond, "09-30 17:05"))
		r.mark(1, do(Word, "09-30 17:10"))
		steps("10-08 09:41", WasUsed{Kind: NextResponse, Turn: 2, Percent: 50})
		steps("10-08 11:11", WasUsed{Kind: NextResponse, Turn: 2, Percent: 75}, WasUsed{Kind: Completion, Percent: 50})
	})
}
