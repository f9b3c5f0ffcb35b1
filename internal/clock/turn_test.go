package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"neike/internal/calendar"
	"neike/internal/kit/dbtest"
)

// answered is the request of asked, whose further words are answered within 4 working hours, with its first response.
func answered(more ...Mark) []Mark {
	open := asked()
	open.Next = hoursOf(4)
	return append([]Mark{open, do(Respond, "09-29 17:00")}, more...)
}

// A working day is 8:30–12:00 and 13:30–18:00 here; the National Day week ends with 7 October.
func TestTurns(t *testing.T) {
	type turn struct{ began, due, ended, state string }
	hop := func(when string, unit int64) Mark {
		return Mark{At: at(when), Kind: Hop, Unit: unit, Calendar: "plant-3shift", Version: 1}
	}
	retarget := func(when string, hours int, policy string, in In) Mark {
		return Mark{At: at(when), Kind: Retarget, Next: hoursOf(hours), Policy: policy, ResponseIn: in}
	}
	noTarget := asked()
	early := asked()
	early.Next = hoursOf(4)
	cases := []struct {
		name  string
		marks []Mark
		now   string
		want  []turn
	}{
		{"nothing is said", answered(), "09-30 10:00", nil},
		{"nothing is promised", []Mark{noTarget, do(Respond, "09-29 17:00"), do(Word, "09-30 09:00")}, "09-30 10:00", nil},
		{"a word before the first response waits for that one", []Mark{early, do(Word, "09-29 16:50"), do(Respond, "09-29 17:00")}, "09-30 10:00", nil},
		{"a word after it", answered(do(Word, "09-30 09:00")), "09-30 10:00", []turn{{"09-30 09:00", "09-30 14:30", "", Running}}},
		{"two in a row are one", answered(do(Word, "09-30 09:00"), do(Word, "09-30 11:00")), "09-30 11:30", []turn{{"09-30 09:00", "09-30 14:30", "", Running}}},
		{"answered at the due instant is in time", answered(do(Word, "09-30 09:00"), do(Respond, "09-30 14:30")), "09-30 16:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 14:30", Met}}},
		{"a second later is not", answered(do(Word, "09-30 09:00"), Mark{At: at("09-30 14:30").Add(time.Second), Kind: Respond}), "09-30 16:00", []turn{{"09-30 09:00", "09-30 14:30", "+", Breached}}},
		{"after the close of the day the next one counts, over the holidays", answered(do(Word, "09-30 17:30")), "10-08 09:00", []turn{{"09-30 17:30", "10-08 12:00", "", Running}}},
		{"written at night, answered at night", answered(do(Word, "09-30 20:00"), do(Respond, "09-30 21:00")), "10-08 09:00", []turn{{"09-30 20:00", "10-08 14:00", "09-30 21:00", Met}}},
		{"each turn anew", answered(do(Word, "09-30 09:00"), do(Respond, "09-30 10:00"), do(Word, "09-30 10:30")), "09-30 11:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 10:00", Met}, {"09-30 10:30", "09-30 16:00", "", Running}}},
		{"a question answers", answered(do(Word, "09-30 09:00"), do(Pause, "09-30 10:00")), "10-09 10:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 10:00", Met}}},
		{"the answer to a question is a word", answered(do(Pause, "09-30 09:00"), do(Resume, "09-30 10:00"), do(Word, "09-30 10:00")), "09-30 11:00", []turn{{"09-30 10:00", "09-30 15:30", "", Running}}},
		{"a pause does not stop it", answered(do(Pause, "09-30 08:40"), do(Word, "09-30 09:00")), "09-30 15:00", []turn{{"09-30 09:00", "09-30 14:30", "", Breached}}},
		{"a message ends it during a pause", answered(do(Pause, "09-30 08:40"), do(Word, "09-30 09:00"), do(Respond, "09-30 10:00")), "09-30 15:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 10:00", Met}}},
		{"a hand-over in between goes on", answered(do(Word, "09-30 09:00"), hop("09-30 10:00", it), do(Respond, "09-30 11:00")), "09-30 15:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 11:00", Met}}},
		{"in the calendar it began with, whoever has it", answered(hop("09-29 17:30", it), do(Word, "09-30 17:30")), "10-02 10:00", []turn{{"09-30 17:30", "10-08 12:00", "", Running}}},
		{"a delivery answers it", answered(do(Word, "09-30 09:00"), do(Deliver, "09-30 10:00")), "09-30 15:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 10:00", Met}}},
		{"a word about what is delivered wants an answer", answered(do(Deliver, "09-30 08:40"), do(Word, "09-30 09:00")), "09-30 15:00", []turn{{"09-30 09:00", "09-30 14:30", "", Breached}}},
		{"a return is a word", answered(do(Deliver, "09-30 08:40"), do(Return, "09-30 09:00"), do(Word, "09-30 09:00")), "09-30 10:00", []turn{{"09-30 09:00", "09-30 14:30", "", Running}}},
		{"acceptance makes it moot", answered(do(Deliver, "09-30 08:40"), do(Word, "09-30 09:00"), do(Accept, "09-30 10:00")), "09-30 15:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 10:00", Cancelled}}},
		{"so does a withdrawal", answered(do(Word, "09-30 09:00"), do(Cancel, "09-30 10:00")), "09-30 15:00", []turn{{"09-30 09:00", "09-30 14:30", "09-30 10:00", Cancelled}}},
		{"what was late by then stays late", answered(do(Word, "09-30 09:00"), do(Cancel, "09-30 15:00")), "09-30 15:10", []turn{{"09-30 09:00", "09-30 14:30", "09-30 15:00", Breached}}},
		{"what is said when all is over waits for nobody", answered(do(Deliver, "09-30 08:40"), do(Accept, "09-30 09:00"), do(Word, "09-30 10:00")), "09-30 15:00", nil},
		{"taken up again", answered(do(Deliver, "09-30 08:40"), do(Accept, "09-30 09:00"), do(Reopen, "09-30 10:00"), do(Word, "09-30 10:00")), "09-30 11:00", []turn{{"09-30 10:00", "09-30 15:30", "", Running}}},
		{"a shorter target under way", answered(do(Word, "09-30 09:00"), retarget("09-30 10:00", 2, Carry, In{})), "09-30 10:30", []turn{{"09-30 09:00", "09-30 11:00", "", Running}}},
		{"a new target holds for what is said later", answered(retarget("09-30 08:40", 2, Carry, In{}), do(Word, "09-30 09:00")), "09-30 10:30", []turn{{"09-30 09:00", "09-30 11:00", "", Running}}},
		{"a target that came late holds from then on", []Mark{noTarget, do(Respond, "09-29 17:00"), retarget("09-30 08:40", 2, Carry, In{}), do(Word, "09-30 09:00")}, "09-30 10:30", []turn{{"09-30 09:00", "09-30 11:00", "", Running}}},
		{"into another calendar", answered(retarget("09-30 08:40", 4, Carry, In{"plant-3shift", 1}), do(Word, "09-30 17:30")), "09-30 18:00", []turn{{"09-30 17:30", "09-30 21:30", "", Running}}},
		{"and back", answered(retarget("09-30 08:40", 4, Carry, In{"plant-3shift", 1}), do(Word, "09-30 09:00"), retarget("09-30 09:00", 4, FromStart, In{})), "09-30 09:30", []turn{{"09-30 09:00", "09-30 14:30", "", Running}}},
	}
	tables := company(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list, err := Turns(tables, c.marks, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != len(c.want) {
				t.Fatalf("%d turns: %+v", len(list), list)
			}
			for i, want := range c.want {
				s := list[i]
				ended := want.ended == "" && s.EndedAt.IsZero() || want.ended == "+" && !s.EndedAt.IsZero() || len(want.ended) > 1 && s.EndedAt.Equal(at(want.ended))
				if s.Kind != NextResponse || s.Scope != Customer || s.Turn != i+1 || !s.StartedAt.Equal(at(want.began)) || !s.DueAt.Equal(at(want.due)) || !ended || s.State != want.state {
					t.Errorf("turn %d began %s, due %s, ended %s, is %s; want %+v", s.Turn, s.StartedAt, s.DueAt, s.EndedAt, s.State, want)
				}
			}
			states, err := Replay(tables, c.marks, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			if last := states[len(states)-1]; len(list) > 0 && last != list[len(list)-1] || len(list) == 0 && last.Kind == NextResponse {
				t.Errorf("the last state is %+v", last)
			}
		})
	}
}

// A turn that runs follows a new version of its calendar; one that begins later counts in it from its beginning.
func TestTurnsFollowTheirCalendar(t *testing.T) {
	tables := company(t)
	tables.later = map[string][]calendar.Publication{}
	tables.republished(t, "default", "10-13 12:00", dayOff("2026-10-14"))
	for _, c := range []struct{ word, due string }{{"10-13 11:00", "10-13 16:30"}, {"10-13 16:00", "10-15 10:30"}} {
		list, err := Turns(tables, answered(do(Word, c.word)), at("10-13 17:00"))
		if err != nil {
			t.Fatal(err)
		}
		if s := list[0]; !s.DueAt.Equal(at(c.due)) || s.Version != 2 {
			t.Errorf("a word of %s is due %s in version %d, want %s", c.word, s.DueAt, s.Version, c.due)
		}
	}
}

// However a life goes: turns follow each other without overlapping, none begins before the first response, only the last
// may run, and a subject that is over owes no answer.
func TestTurnsFollowEachOther(t *testing.T) {
	tables := company(t)
	rapid.Check(t, func(t *rapid.T) {
		marks := anyMarks(t)
		now := marks[len(marks)-1].At.Add(time.Duration(rapid.Int64Range(0, 9*24*3600*1000).Draw(t, "later")) * time.Millisecond)
		states, err := Replay(tables, marks, now)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Turns(tables, marks, now)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range list {
			switch {
			case s.Turn != i+1, s.Paused != 0, s.StartedAt.Before(states[0].EndedAt), states[0].EndedAt.IsZero():
				t.Fatalf("turn %d of %+v", i+1, list)
			case i > 0 && (list[i-1].EndedAt.IsZero() || s.StartedAt.Before(list[i-1].EndedAt)):
				t.Fatalf("overlap: %+v", list)
			case !s.Over() && states[1].Over():
				t.Fatalf("an answer is owed when all is over: %+v", s)
			}
		}
		lines, err := ExplainTurns(tables, marks, now)
		if err != nil || len(lines) != len(list) {
			t.Fatalf("%d of %d turns explained: %v", len(lines), len(list), err)
		}
		for i, l := range lines {
			seconds, at := int64(0), l.StartedAt
			for _, in := range l.Intervals {
				if !in.From.Equal(at) {
					t.Fatalf("a hole at %s in %+v", at, l)
				}
				if at = in.To; in.Kind == calendar.Counted {
					seconds += in.Seconds
				}
			}
			if l.State != list[i] || seconds != l.ElapsedSeconds() {
				t.Fatalf("turn %d: %d seconds in %+v, counted %d", i+1, seconds, l.Intervals, l.ElapsedSeconds())
			}
		}
		if n := len(list); n > 0 && states[len(states)-1] != list[n-1] {
			t.Fatalf("the last turn is %+v, its clock %+v", list[n-1], states[len(states)-1])
		}
	})
}

// Every turn that is late is announced, once; the row is that of the last turn.
func TestEachLateTurnIsAnnouncedOnce(t *testing.T) {
	each(t, func(r room) {
		for _, m := range answered(do(Word, "09-30 09:00")) {
			r.mark(1, m)
		}
		late := func(when string, want int) {
			r.t.Helper()
			dbtest.Clock(r.db).Set(at(when))
			r.breach()
			r.breach()
			n := 0
			for _, e := range *r.breaches {
				if e.Kind == NextResponse {
					n++
				}
			}
			if n != want {
				r.t.Fatalf("at %s: %d turns announced, want %d: %+v", when, n, want, *r.breaches)
			}
			if report := r.check(); report.Wrong != 0 {
				r.t.Fatalf("at %s: %+v", when, report)
			}
		}
		late("09-30 14:30", 0)
		late("09-30 14:31", 1)
		r.mark(1, do(Word, "09-30 14:40")) // the same turn
		late("09-30 14:41", 1)
		r.mark(1, do(Respond, "09-30 15:00"))
		late("09-30 15:01", 1)
		r.mark(1, do(Word, "09-30 15:10"))
		late("09-30 16:00", 1)
		if row := r.rows(1)["customer next_response"]; row.State.State != Running || !row.DueAt.Equal(at("10-08 09:40")) || !row.BreachedAt.IsZero() {
			r.t.Fatalf("%+v", row)
		}
		late("10-08 09:41", 2)
		r.mark(1, do(Respond, "10-08 10:00"))
		r.mark(1, do(Word, "10-08 10:10"))
		r.mark(1, do(Respond, "10-08 10:20"))
		late("10-08 18:00", 2)
		if row := r.rows(1)["customer next_response"]; row.State.State != Met {
			r.t.Fatalf("%+v", row)
		}
	})
}
