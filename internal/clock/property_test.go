package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"neike/internal/calendar"
)

// anyMarks is a random life of a request: verbs in any order, also senseless ones, between 1 September and 30 October.
func anyMarks(t *rapid.T) []Mark {
	m := asked()
	m.At = at("09-01 08:00").Add(time.Duration(rapid.Int64Range(0, 3*24*3600*1000).Draw(t, "start")) * time.Millisecond)
	units := []calendar.Unit{calendar.WorkingHours, calendar.WorkdaysEOD, calendar.WorkdaysSameTime, calendar.WorkdaysLength, calendar.ElapsedHours}
	target := func() calendar.Duration {
		return calendar.Duration{Value: rapid.IntRange(1, 12).Draw(t, "value"), Unit: rapid.SampledFrom(units).Draw(t, "unit")}
	}
	m.Completion, m.Response, m.Next = target(), target(), target()
	marks := []Mark{m}
	kinds := []string{Respond, Pause, Resume, Deliver, Return, Accept, Reopen, Cancel, Hop, Retarget, Agree, Pause, Resume, Deliver, Return, Word, Word, Respond}
	for range rapid.IntRange(0, 12).Draw(t, "marks") {
		last := marks[len(marks)-1].At
		m := Mark{At: last.Add(time.Duration(rapid.Int64Range(0, 4*24*3600*1000).Draw(t, "gap")) * time.Millisecond), Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		switch m.Kind {
		case Hop:
			m.Unit, m.Calendar, m.Version = rapid.Int64Range(1, 3).Draw(t, "unit"), rapid.SampledFrom([]string{"default", "plant-3shift"}).Draw(t, "calendar"), 1
		case Agree:
			m.Due = m.At.Add(time.Duration(rapid.Int64Range(0, 6*24*3600*1000).Draw(t, "agreed")) * time.Millisecond)
		case Retarget:
			m.Completion, m.Next, m.Policy = target(), target(), rapid.SampledFrom([]string{Carry, Restart, FromStart}).Draw(t, "policy")
		}
		marks = append(marks, m)
	}
	return marks
}

func TestIntervalsTileAndAddUp(t *testing.T) {
	tables := company(t)
	rapid.Check(t, func(t *rapid.T) {
		marks := anyMarks(t)
		now := marks[len(marks)-1].At.Add(time.Duration(rapid.Int64Range(0, 9*24*3600*1000).Draw(t, "later")) * time.Millisecond)
		lines, err := Explain(tables, marks, now)
		if err != nil {
			t.Fatal(err)
		}
		states, err := Replay(tables, marks, now)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range lines {
			if line.State != states[i] {
				t.Fatalf("explain and replay differ: %+v, %+v", line.State, states[i])
			}
			sums := map[string]int64{}
			for k, in := range line.Intervals {
				sums[in.Kind] += in.Seconds
				if !in.From.Before(in.To) || k > 0 && !line.Intervals[k-1].To.Equal(in.From) {
					t.Fatalf("a hole or an overlap at %s: %+v", in.From, line.Intervals)
				}
			}
			if sums[calendar.Counted] != line.ElapsedSeconds() || sums[calendar.Paused] != line.PausedSeconds() {
				t.Fatalf("%s %s: counted %d, elapsed %d; paused %d, %d", line.Scope, line.Kind,
					sums[calendar.Counted], line.ElapsedSeconds(), sums[calendar.Paused], line.PausedSeconds())
			}
			end := milli(now)
			if line.Over() {
				end = line.EndedAt
			}
			if n := len(line.Intervals); n > 0 && !line.Intervals[0].From.Equal(line.StartedAt) {
				t.Fatalf("begins at %s, not at %s", line.Intervals[0].From, line.StartedAt)
			}
			if n := len(line.Intervals); n > 0 && !line.Intervals[n-1].To.Equal(end) {
				t.Fatalf("ends at %s, not at %s", line.Intervals[n-1].To, end)
			}
		}
	})
}

// A clock without changes of target is met exactly when what it counted fits into its budget, whatever the pauses.
func TestTheDueTimeIsTheEndOfTheBudget(t *testing.T) {
	tables := company(t)
	rapid.Check(t, func(t *rapid.T) {
		var marks []Mark
		for _, m := range anyMarks(t) {
			if m.Kind != Retarget && m.Kind != Cancel {
				marks = append(marks, m)
			}
		}
		now := marks[len(marks)-1].At.Add(time.Duration(rapid.Int64Range(0, 9*24*3600*1000).Draw(t, "later")) * time.Millisecond)
		states, err := Replay(tables, marks, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range states[:2] {
			if over := s.Elapsed > s.Budget; over && s.State != Breached {
				t.Fatalf("counted %s of %s and reads %s: %+v", s.Elapsed, s.Budget, s.State, s)
			}
			if s.State == Breached && s.Elapsed < s.Budget {
				t.Fatalf("breached after %s of %s: %+v", s.Elapsed, s.Budget, s)
			}
		}
	})
}

func TestABreachNeverGoesAway(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tables, t := published(t, r), r
		marks := led(r, anyMarks(r))
		was := map[[2]string]time.Time{}
		for n := 1; n <= len(marks); n++ {
			if marks[n-1].Kind == Retarget && marks[n-1].Policy != Carry {
				return
			}
			states, err := Replay(tables, marks[:n], marks[n-1].At)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range states[:2] {
				key := [2]string{s.Scope, s.Kind}
				if before, ok := was[key]; ok && !s.BreachedAt.Equal(before) {
					t.Fatalf("breached at %s, then at %s after %s", before, s.BreachedAt, marks[n-1].Kind)
				}
				if !s.BreachedAt.IsZero() {
					was[key] = s.BreachedAt
				}
			}
		}
	})
}

func BenchmarkReplay(b *testing.B) {
	tables := company(b)
	marks := []Mark{asked(), do(Respond, "09-30 09:12"), do(Pause, "09-30 16:20"), do(Resume, "10-08 09:40"), do(Deliver, "10-09 09:00"), do(Accept, "10-09 10:00")}
	now := at("10-10 10:00")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Replay(tables, marks, now); err != nil {
			b.Fatal(err)
		}
	}
}
