package clock

import "testing"

// agree is a mark that both sides agreed on a date.
func agree(when, due string) Mark { return Mark{At: at(when), Kind: Agree, Due: at(due)} }

// TestAgreedDates states what a date that both sides agree on makes of the completion, and what it would be without.
func TestAgreedDates(t *testing.T) {
	begun := []Mark{asked(), do(Respond, "09-30 09:12")} // due 10-09 16:40
	with := func(more ...Mark) []Mark { return append(begun[:2:2], more...) }
	cases := []struct {
		name     string
		marks    []Mark
		now      string
		state    string
		due      string
		original string // "" none, else its state
		was      string // due without the agreement
	}{
		{"the agreed date is the due time, to the instant", with(agree("09-30 10:00", "10-12 15:00")), "10-10 09:00", Running, "10-12 15:00", Breached, "10-09 16:40"},
		{"delivered by the agreed date is met, and late by the original", with(agree("09-30 10:00", "10-12 15:00"), do(Deliver, "10-12 15:00"), do(Accept, "10-13 09:00")), "10-20 09:00", Met, "10-12 15:00", Breached, "10-09 16:40"},
		{"delivered by both is met by both", with(agree("09-30 10:00", "10-12 15:00"), do(Deliver, "10-09 10:00"), do(Accept, "10-09 11:00")), "10-20 09:00", Met, "10-12 15:00", Met, "10-09 16:40"},
		{"delivered after the agreed date is breached", with(agree("09-30 10:00", "10-12 15:00"), do(Deliver, "10-12 15:01"), do(Accept, "10-13 09:00")), "10-20 09:00", Breached, "10-12 15:00", Breached, "10-09 16:40"},
		{"an earlier date binds as well", with(agree("09-30 10:00", "09-30 17:00"), do(Deliver, "10-09 10:00"), do(Accept, "10-09 11:00")), "10-20 09:00", Breached, "09-30 17:00", Met, "10-09 16:40"},
		{"a date outside working time is that instant", with(agree("09-30 10:00", "10-18 21:00")), "10-10 09:00", Running, "10-18 21:00", Breached, "10-09 16:40"},
		{"the last of two holds", with(agree("09-30 10:00", "10-12 15:00"), agree("10-12 10:00", "10-14 09:00")), "10-13 09:00", Running, "10-14 09:00", Breached, "10-09 16:40"},
		{"a question after it moves it", with(agree("09-30 10:00", "10-12 15:00"), do(Pause, "10-12 09:00"), do(Resume, "10-12 10:00")), "10-12 11:00", Running, "10-12 16:00", Breached, "10-09 16:40"},
		{"agreed during a question, the rest of the question moves it", with(do(Pause, "09-30 10:00"), agree("09-30 11:00", "10-12 15:00"), do(Resume, "09-30 11:30")), "09-30 14:00", Running, "10-12 15:30", Running, "10-10 08:40"},
		{"while the question lasts the date is frozen", with(do(Pause, "09-30 10:00"), agree("09-30 11:00", "10-12 15:00")), "10-20 09:00", Paused, "10-12 15:00", Paused, "10-09 16:40"},
		{"nothing agreed makes a late clock punctual", with(agree("10-10 09:00", "10-12 15:00"), do(Deliver, "10-12 10:00"), do(Accept, "10-12 11:00")), "10-20 09:00", Breached, "10-09 16:40", "", ""},
		{"a date before the agreement is none", with(agree("09-30 10:00", "09-29 18:00")), "10-08 09:30", Running, "10-09 16:40", "", ""},
		{"no change of target moves what was agreed on", with(agree("09-30 10:00", "10-12 15:00"), Mark{At: at("10-08 10:00"), Kind: Retarget, Completion: hoursOf(8)}), "10-08 11:00", Running, "10-12 15:00", Breached, "10-08 10:00"},
	}
	tables := company(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			states, err := Replay(tables, c.marks, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			s := states[1]
			if s.State != c.state || !s.DueAt.Equal(at(c.due)) {
				t.Errorf("completion is %s, due %s; want %s, %s", s.State, s.DueAt, c.state, at(c.due))
			}
			if (c.was == "") != s.OriginalDue.IsZero() || c.was != "" && !s.OriginalDue.Equal(at(c.was)) {
				t.Errorf("without the agreement due %s, want %q", s.OriginalDue, c.was)
			}
			if s.OriginalState != c.original {
				t.Errorf("without the agreement %q, want %q", s.OriginalState, c.original)
			}
			if s.State == Met && s.Left() < 0 || s.State == Breached && c.was != "" && s.Left() >= 0 && s.Over() {
				t.Errorf("%s with %s left", s.State, s.Left())
			}
		})
	}
}

// TestADateAgreedOnGivesATarget: what had none may be late from then on.
func TestADateAgreedOnGivesATarget(t *testing.T) {
	open := asked()
	open.Completion = hoursOf(0)
	open.Completion.Unit = ""
	states, err := Replay(company(t), []Mark{open, agree("09-30 10:00", "10-12 15:00")}, at("10-13 09:00"))
	if err != nil {
		t.Fatal(err)
	}
	if s := states[1]; s.State != Breached || !s.HasTarget() || !s.DueAt.Equal(at("10-12 15:00")) {
		t.Errorf("%+v", s)
	}
}
