package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"neike/internal/calendar"
)

// republished gives a built-in calendar another version, published at a moment.
func (b book) republished(t testing.TB, code, when string, change func(in *calendar.Input)) {
	t.Helper()
	in, _ := calendar.BuiltIn(code)
	change(&in)
	table, err := in.Compile(2020, 2029)
	if err != nil {
		t.Fatal(err)
	}
	table.Code, table.Version = code, len(b.tables[code])+1
	b.tables[code] = append(b.tables[code], table)
	b.later[code] = append(b.later[code], calendar.Publication{Version: table.Version, At: at(when)})
}

// dayOff closes one day.
func dayOff(date string) func(*calendar.Input) {
	return func(in *calendar.Input) { in.Holidays = append(in.Holidays, calendar.Day{Date: date}) }
}

// The plant works day and night; the office of the request does not.
func TestAClockLedIntoAnotherCalendarFollowsThatOne(t *testing.T) {
	const office, plant = "default", "plant-3shift"
	into := func(when, code string, version, hours int, policy string) Mark {
		return Mark{At: at(when), Kind: Retarget, Completion: hoursOf(hours), Policy: policy, CompletionIn: In{code, version}}
	}
	type published struct {
		code, when string
		change     func(*calendar.Input)
	}
	plantOff := published{plant, "10-14 12:00", dayOff("2026-10-15")}
	start := asked()
	start.At = at("10-13 16:40") // a Tuesday
	cases := []struct {
		name     string
		later    []published
		marks    []Mark
		now      string
		state    string
		due      string
		calendar string
		version  int
		byChange bool
	}{
		{"nothing is published", nil, []Mark{into("10-14 08:30", plant, 1, 24, Restart)}, "10-14 13:00", Running, "10-15 08:30", plant, 1, false},
		{"a version published after the change moves it", []published{plantOff}, []Mark{into("10-14 08:30", plant, 1, 24, Restart)}, "10-14 13:00", Running, "10-16 08:30", plant, 2, false},
		{"not before it is published", []published{plantOff}, []Mark{into("10-14 08:30", plant, 1, 24, Restart)}, "10-14 11:59", Running, "10-15 08:30", plant, 1, false},
		{"one published before the change is known to it, whatever the mark says", []published{plantOff}, []Mark{into("10-14 13:00", plant, 1, 24, Restart)}, "10-14 14:00", Running, "10-16 13:00", plant, 2, false},
		{"the newest of two", []published{plantOff, {plant, "10-14 15:00", func(in *calendar.Input) { dayOff("2026-10-15")(in); dayOff("2026-10-16")(in) }}}, []Mark{into("10-14 08:30", plant, 1, 24, Restart)}, "10-14 16:00", Running, "10-17 08:30", plant, 3, false},
		{"what was used before the change stays as it was counted", []published{{office, "10-14 09:00", dayOff("2026-10-14")}}, []Mark{into("10-14 08:30", plant, 1, 24, Carry)}, "10-14 13:00", Running, "10-15 07:10", plant, 1, false},
		{"what was used before, and the rest in the version published since", []published{plantOff}, []Mark{into("10-14 08:30", plant, 1, 24, Carry)}, "10-14 13:00", Running, "10-16 07:10", plant, 2, false},
		{"the calendar that it left moves nothing any more", []published{{office, "10-14 12:00", dayOff("2026-10-15")}}, []Mark{into("10-14 08:30", plant, 1, 24, FromStart)}, "10-14 13:00", Running, "10-14 16:40", plant, 1, false},
		{"back in its own it follows its own", []published{{office, "10-15 12:00", dayOff("2026-10-16")}}, []Mark{into("10-14 08:30", plant, 1, 48, Carry), {At: at("10-14 10:30"), Kind: Retarget, Completion: hoursOf(24), Policy: Restart}}, "10-15 13:00", Running, "10-20 10:30", office, 2, false},
		{"a version that leaves nothing is late by the change", []published{{plant, "10-12 09:00", dayOff("2026-10-15")}, {plant, "10-15 12:00", func(*calendar.Input) {}}}, []Mark{into("10-14 08:30", plant, 2, 24, Restart)}, "10-15 13:00", Breached, "10-15 12:00", plant, 3, true},
		{"a clock that is breached follows nothing", []published{{plant, "10-15 12:00", dayOff("2026-10-15")}}, []Mark{into("10-14 08:30", plant, 1, 24, Restart)}, "10-15 13:00", Breached, "10-15 08:30", plant, 1, false},
		{"what was agreed on stays, whatever is published", []published{plantOff}, []Mark{into("10-14 08:30", plant, 1, 24, Restart), {At: at("10-14 09:00"), Kind: Agree, Due: at("10-17 10:00")}}, "10-14 13:00", Running, "10-17 10:00", plant, 2, false},
		{"a question and its answer count in the version that it follows", []published{plantOff}, []Mark{into("10-14 08:30", plant, 1, 24, Restart), do(Pause, "10-14 22:00"), do(Resume, "10-16 02:00")}, "10-16 03:00", Running, "10-16 12:30", plant, 2, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tables := company(t)
			tables.later = map[string][]calendar.Publication{}
			for _, p := range c.later {
				tables.republished(t, p.code, p.when, p.change)
			}
			states, err := Replay(tables, append([]Mark{start}, c.marks...), at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			s := states[1]
			if s.State != c.state || !s.DueAt.Equal(at(c.due)) || s.Calendar != c.calendar || s.Version != c.version || s.ByChange != c.byChange || s.Began != office {
				t.Errorf("%s, due %s, in %s version %d, by change %v", s.State, s.DueAt.In(tables.tables[office][0].Location()), s.Calendar, s.Version, s.ByChange)
			}
			if states[0].Calendar != office || states[2].Calendar != office {
				t.Errorf("response in %s, hop in %s", states[0].Calendar, states[2].Calendar)
			}
		})
	}
}

// published is a company whose calendars have random later versions.
func published(t testing.TB, r *rapid.T) book {
	tables := company(t)
	tables.later = map[string][]calendar.Publication{}
	for _, code := range []string{"default", "plant-3shift"} {
		when := at("09-02 00:00")
		for range rapid.IntRange(0, 3).Draw(r, "versions of "+code) {
			when = when.Add(time.Duration(rapid.Int64Range(1, 9*24*3600).Draw(r, "published after")) * time.Second)
			off := at("09-01 00:00").AddDate(0, 0, rapid.IntRange(0, 50).Draw(r, "day off")).Add(12 * time.Hour).Format("2006-01-02")
			in, _ := calendar.BuiltIn(code)
			dayOff(off)(&in)
			table, err := in.Compile(2026, 2027)
			if err != nil {
				r.Fatal(err)
			}
			table.Code, table.Version = code, len(tables.tables[code])+1
			tables.tables[code] = append(tables.tables[code], table)
			tables.later[code] = append(tables.later[code], calendar.Publication{Version: table.Version, At: when})
		}
	}
	return tables
}

// led names a calendar in every change of target.
func led(r *rapid.T, marks []Mark) []Mark {
	for i := range marks {
		if marks[i].Kind == Retarget {
			marks[i].CompletionIn = In{rapid.SampledFrom([]string{"default", "plant-3shift"}).Draw(r, "into"), 1}
		}
	}
	return marks
}

// Changed at its first moment into another calendar, a clock is the clock of a request that was asked for in that one.
func TestAClockChangedAtItsStartIsOneThatBeganSo(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tables := published(t, r)
		marks := led(r, anyMarks(r))
		now := marks[len(marks)-1].At.Add(time.Duration(rapid.Int64Range(0, 9*24*3600*1000).Draw(r, "later")) * time.Millisecond)
		policy := rapid.SampledFrom([]string{Carry, Restart, FromStart}).Draw(r, "policy at the start")
		there := marks[0]
		there.CompletionIn = In{"plant-3shift", 1}
		changed := append([]Mark{marks[0], {At: marks[0].At, Kind: Retarget, Completion: marks[0].Completion, Policy: policy, CompletionIn: In{"plant-3shift", 1}}}, marks[1:]...)
		a, err := Replay(tables, append([]Mark{there}, marks[1:]...), now)
		if err != nil {
			r.Fatal(err)
		}
		b, err := Replay(tables, changed, now)
		if err != nil {
			r.Fatal(err)
		}
		x, y := a[1], b[1]
		if !x.DueAt.Equal(y.DueAt) || x.State != y.State || x.Calendar != y.Calendar || x.Version != y.Version || x.Elapsed != y.Elapsed || x.ByChange != y.ByChange {
			r.Fatalf("begun so: %+v\nled there: %+v", x, y)
		}
	})
}

// What is published later changes nothing of what a clock read before.
func TestAPublicationChangesNothingBeforeIt(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tables := published(t, r)
		marks := led(r, anyMarks(r))
		now := marks[len(marks)-1].At.Add(time.Duration(rapid.Int64Range(0, 9*24*3600*1000).Draw(r, "later")) * time.Millisecond)
		known := book{tables: tables.tables, later: map[string][]calendar.Publication{}}
		for code, list := range tables.later {
			for _, p := range list {
				if !p.At.After(now) {
					known.later[code] = append(known.later[code], p)
				}
			}
		}
		a, err := Explain(tables, marks, now)
		if err != nil {
			r.Fatal(err)
		}
		b, err := Replay(known, marks, now)
		if err != nil {
			r.Fatal(err)
		}
		for i := range a {
			if a[i].State != b[i] {
				r.Fatalf("with what comes: %+v\nwithout: %+v", a[i].State, b[i])
			}
			var counted int64
			for _, in := range a[i].Intervals {
				if in.Kind == calendar.Counted {
					counted += in.Seconds
				}
			}
			if counted != b[i].ElapsedSeconds() {
				r.Fatalf("the intervals add up to %d, it counted %d", counted, b[i].ElapsedSeconds())
			}
		}
	})
}
