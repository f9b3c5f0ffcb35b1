package clock

import (
	"testing"
	"time"

	"neike/internal/calendar"
)

// at reads 09-29 16:40 of 2026 in Shanghai.
func at(s string) time.Time {
	loc, _ := time.LoadLocation("Asia/Shanghai")
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+s, loc)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// book is fixed calendars with their publications.
type book struct {
	tables map[string][]*calendar.Table // version n at n-1
	later  map[string][]calendar.Publication
}

func (b book) Table(code string, version int) (*calendar.Table, error) {
	list := b.tables[code]
	if version == 0 {
		version = len(list)
	}
	return list[version-1], nil
}

func (b book) Later(code string, version int) []calendar.Publication {
	var list []calendar.Publication
	for _, p := range b.later[code] {
		if p.Version > version {
			list = append(list, p)
		}
	}
	return list
}

func company(t testing.TB) book {
	t.Helper()
	var b book
	b.tables = map[string][]*calendar.Table{}
	for _, code := range []string{"default", "plant-3shift"} {
		in, ok := calendar.BuiltIn(code)
		if !ok {
			t.Fatal("no built-in calendar " + code)
		}
		table, err := in.Compile(2020, 2029)
		if err != nil {
			t.Fatal(err)
		}
		table.Code, table.Version = code, 1
		b.tables[code] = []*calendar.Table{table}
	}
	return b
}

func hoursOf(n int) calendar.Duration {
	return calendar.Duration{Value: n, Unit: calendar.WorkingHours}
}

const finance, it, projects = 1, 2, 3

// asked is a request of Tuesday 16:40 before the National Day week: answer in 4 working hours, done in 24.
func asked() Mark {
	return Mark{At: at("09-29 16:40"), Kind: Open, Unit: finance, Calendar: "default", Version: 1, Response: hoursOf(4), Completion: hoursOf(24)}
}

func do(kind, when string) Mark { return Mark{At: at(when), Kind: kind} }

func TestClocks(t *testing.T) {
	accepted := []Mark{asked(), do(Respond, "09-30 09:12"), do(Deliver, "10-09 15:00"), do(Accept, "10-10 09:00")}
	cases := []struct {
		name     string
		marks    []Mark
		now      string
		response string // state
		state    string // of completion
		due      string // of completion
		elapsed  string
		paused   string
	}{
		{"the due time skips nights, lunch and the holiday", []Mark{asked()}, "09-29 17:00", Running, Running, "10-09 16:40", "20m", "0s"},
		{"taking alone does not respond", []Mark{asked()}, "09-30 11:00", Running, Running, "10-09 16:40", "3h50m", "0s"},
		{"equality is met", []Mark{asked(), do(Respond, "09-30 11:10"), do(Deliver, "10-09 16:40"), do(Accept, "10-10 09:00")}, "10-20 09:00", Met, Met, "10-09 16:40", "24h", "0s"},
		{"a minute later is breached", []Mark{asked(), do(Respond, "09-30 11:11"), do(Deliver, "10-09 16:41"), do(Accept, "10-10 09:00")}, "10-20 09:00", Breached, Breached, "10-09 16:40", "24h1m", "0s"},
		{"a clock past its due time reads breached while it runs", []Mark{asked()}, "10-10 09:00", Breached, Breached, "10-09 16:40", "25h50m", "0s"},
		{"completion ends with the delivery that is accepted", accepted, "10-20 09:00", Met, Met, "10-09 16:40", "22h20m", "0s"},
		{"while delivered nothing counts", accepted[:3], "10-20 09:00", Met, Paused, "10-09 16:40", "22h20m", "0s"},
		{"between delivery and return nothing counts and the due time moves", []Mark{asked(), do(Deliver, "10-09 10:00"), do(Return, "10-09 15:00")}, "10-09 16:00", Breached, Running, "10-10 10:40", "19h50m", "0s"},
		{"asking back pauses and responds", []Mark{asked(), do(Pause, "09-30 16:20")}, "10-01 12:00", Breached, Paused, "10-09 16:40", "7h40m", "1h40m"},
		{"the answer moves the due time by the working time paused", []Mark{asked(), do(Respond, "09-30 09:12"), do(Pause, "09-30 16:20"), do(Resume, "10-08 09:40")}, "10-09 10:24", Met, Running, "10-10 10:00", "16h24m", "2h50m"},
		{"a second question in a pause changes nothing", []Mark{asked(), do(Respond, "09-30 09:12"), do(Pause, "09-30 16:20"), do(Pause, "09-30 17:00"), do(Resume, "10-08 09:40")}, "10-09 10:24", Met, Running, "10-10 10:00", "16h24m", "2h50m"},
		{"a pause outside working time changes nothing", []Mark{asked(), do(Respond, "09-30 09:12"), do(Pause, "09-30 18:00"), do(Resume, "10-08 08:30")}, "10-08 09:30", Met, Running, "10-09 16:40", "10h20m", "0s"},
		{"pausing never un-breaches", []Mark{asked(), do(Pause, "10-10 09:00"), do(Resume, "10-11 09:00")}, "10-12 09:00", Breached, Breached, "10-09 16:40", "26h20m", "7h30m"},
		{"delivering ends a pause", []Mark{asked(), do(Respond, "09-30 09:12"), do(Pause, "09-30 16:20"), do(Deliver, "10-08 09:40"), do(Return, "10-08 09:40")}, "10-09 10:24", Met, Running, "10-10 10:00", "16h24m", "2h50m"},
		{"reopening goes on in the same cycle", append(accepted[:4:4], do(Reopen, "10-12 15:00")), "10-12 16:00", Met, Running, "10-12 16:40", "23h20m", "0s"},
		{"a cancelled clock is neither met nor breached", []Mark{asked(), do(Cancel, "10-10 09:00")}, "10-20 09:00", Cancelled, Cancelled, "10-09 16:40", "25h50m", "0s"},
		{"what was met stays met when the rest is cancelled", []Mark{asked(), do(Respond, "09-30 09:00"), do(Cancel, "09-30 10:00")}, "10-20 09:00", Met, Cancelled, "10-09 16:40", "2h50m", "0s"},
	}
	tables := company(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			states, err := Replay(tables, c.marks, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			response, s := states[0], states[1]
			if response.State != c.response {
				t.Errorf("first response is %s, want %s (due %s)", response.State, c.response, response.DueAt)
			}
			if s.State != c.state || !s.DueAt.Equal(at(c.due)) || s.Elapsed.String() != normal(c.elapsed) || s.Paused.String() != normal(c.paused) {
				t.Errorf("completion is %s, due %s, elapsed %s, paused %s; want %s, %s, %s, %s",
					s.State, s.DueAt.In(tables.tables["default"][0].Location()), s.Elapsed, s.Paused, c.state, c.due, c.elapsed, c.paused)
			}
		})
	}
}

func normal(s string) string {
	d, err := time.ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return d.String()
}

func TestFirstResponseIsNeverPaused(t *testing.T) {
	// asked back at once: that is the response
	states, err := Replay(company(t), []Mark{asked(), do(Pause, "09-29 17:00"), do(Resume, "10-09 09:00")}, at("10-09 10:00"))
	if err != nil || states[0].State != Met || states[0].Paused != 0 || !states[0].DueAt.Equal(at("09-30 11:10")) {
		t.Fatal(states, err)
	}
}

func TestHops(t *testing.T) {
	hop := func(unit int64, when string, target int) Mark {
		m := Mark{At: at(when), Kind: Hop, Unit: unit, Calendar: "default", Version: 1}
		if target > 0 {
			m.Hop = hoursOf(target)
		}
		return m
	}
	marks := []Mark{asked(), do(Respond, "09-30 09:30"), hop(it, "09-30 09:30", 8), hop(finance, "09-30 15:00", 0), do(Deliver, "10-08 10:30"), do(Accept, "10-08 11:00")}
	lines, err := Explain(company(t), marks, at("10-09 09:00"))
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 4 {
		t.Fatalf("%d clocks, want first response, completion and two hops", len(lines))
	}
	first, second := lines[2], lines[3]
	if first.Scope != HopScope || first.Unit != finance || first.HasTarget() || !first.DueAt.IsZero() || first.State.State != Met || first.Elapsed != 7*time.Hour+20*time.Minute {
		t.Errorf("the first holder: %+v", first.State)
	}
	if !shows(first.Intervals, calendar.OtherUnit) {
		t.Error("the time at the other unit is not shown")
	}
	if second.Unit != it || second.State.State != Met || second.Elapsed != 4*time.Hour || !second.DueAt.Equal(at("10-08 09:30")) {
		t.Errorf("the second holder: %+v", second.State)
	}
	if lines[1].Elapsed != first.Elapsed+second.Elapsed {
		t.Error("the customer's clock runs on over the hops")
	}
}

func shows(list []calendar.Interval, kind string) bool {
	for _, in := range list {
		if in.Kind == kind {
			return true
		}
	}
	return false
}

func TestAHopRunsInItsUnitsCalendar(t *testing.T) {
	marks := []Mark{asked(), {At: at("09-29 17:00"), Kind: Hop, Unit: it, Calendar: "plant-3shift", Version: 1, Hop: hoursOf(8)}}
	states, err := Replay(company(t), marks, at("09-29 20:00"))
	if err != nil {
		t.Fatal(err)
	}
	if hop := states[3]; hop.Elapsed != 3*time.Hour || !hop.DueAt.Equal(at("09-30 01:00")) {
		t.Errorf("hop %+v", hop)
	}
	if states[1].Elapsed != 80*time.Minute || states[1].Calendar != "default" {
		t.Errorf("the customer's clock keeps its calendar: %+v", states[1])
	}
}

func TestMomentsOfTheCalendar(t *testing.T) {
	open := func(d calendar.Duration) Mark {
		m := asked()
		m.Completion = d
		return m
	}
	cases := []struct {
		name    string
		target  calendar.Duration
		marks   []Mark
		due     string
		seconds int64
	}{
		{"by the close of the second workday", calendar.Duration{Value: 2, Unit: calendar.WorkdaysEOD}, nil, "10-08 18:00", (80 + 480 + 480) * 60},
		{"a pause moves it by the working time paused", calendar.Duration{Value: 2, Unit: calendar.WorkdaysEOD}, []Mark{do(Pause, "09-30 16:20"), do(Resume, "10-08 09:40")}, "10-09 11:20", (80 + 480 + 480) * 60},
		{"a pause without working time leaves the moment", calendar.Duration{Value: 1, Unit: calendar.WorkdaysSameTime}, []Mark{do(Pause, "09-29 18:30"), do(Resume, "09-30 07:00")}, "09-30 16:40", 480 * 60},
		{"elapsed hours count nights, and pauses in them", calendar.Duration{Value: 24, Unit: calendar.ElapsedHours}, []Mark{do(Pause, "09-29 20:40"), do(Resume, "09-30 06:40")}, "10-01 02:40", 24 * 3600},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			states, err := Replay(company(t), append([]Mark{open(c.target)}, c.marks...), at("10-08 10:00"))
			if err != nil {
				t.Fatal(err)
			}
			if s := states[1]; !s.DueAt.Equal(at(c.due)) || s.TargetSeconds() != c.seconds {
				t.Errorf("due %s, target %d s; want %s, %d", s.DueAt, s.TargetSeconds(), c.due, c.seconds)
			}
		})
	}
}

func TestRetarget(t *testing.T) {
	to := func(when string, hours int, policy string) Mark {
		return Mark{At: at(when), Kind: Retarget, Completion: hoursOf(hours), Policy: policy}
	}
	cases := []struct {
		name     string
		marks    []Mark
		now      string
		due      string
		state    string
		byChange bool
	}{
		{"what is used is carried along", []Mark{to("09-30 10:40", 8, "")}, "09-30 11:00", "09-30 16:40", Running, false},
		{"restart begins anew", []Mark{to("09-30 10:40", 8, Restart)}, "09-30 11:00", "10-08 10:40", Running, false},
		{"from the start", []Mark{to("09-30 10:40", 8, FromStart)}, "09-30 11:00", "09-30 16:40", Running, false},
		{"a target that is used up is breached by the change", []Mark{to("09-30 16:00", 4, Carry)}, "09-30 17:00", "09-30 16:00", Breached, true},
		{"nothing left is not yet a breach", []Mark{to("09-30 14:40", 6, Carry)}, "09-30 14:40", "09-30 14:40", Running, false},
		{"nothing left in a pause lasts until work goes on", []Mark{do(Pause, "09-30 14:40"), to("09-30 14:50", 6, Carry), do(Resume, "10-08 20:00")}, "10-08 21:00", "10-09 08:30", Running, false},
		{"nothing left while the pause lasts", []Mark{do(Pause, "09-30 14:40"), to("09-30 14:50", 6, Carry)}, "10-08 21:00", "09-30 14:50", Paused, false},
		{"a breach before the change stays, with its due time", []Mark{to("10-10 09:00", 80, Carry)}, "10-10 10:00", "10-09 16:40", Breached, false},
		{"the pause before is not forgotten", []Mark{do(Pause, "09-30 08:40"), do(Resume, "09-30 10:40"), to("09-30 11:00", 8, Carry)}, "09-30 11:00", "10-08 09:10", Running, false},
		{"nor the pause after", []Mark{to("09-30 10:40", 8, Carry), do(Pause, "09-30 11:00"), do(Resume, "09-30 14:30")}, "09-30 14:30", "10-08 09:10", Running, false},
		{"nor the pause during", []Mark{do(Pause, "09-30 08:40"), to("09-30 09:40", 8, Carry), do(Resume, "09-30 10:40")}, "09-30 11:00", "10-08 09:10", Running, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			states, err := Replay(company(t), append([]Mark{asked()}, c.marks...), at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			if s := states[1]; !s.DueAt.Equal(at(c.due)) || s.State != c.state || s.ByChange != c.byChange {
				t.Errorf("%s, due %s, by change %v; want %s, %s, %v", s.State, s.DueAt, s.ByChange, c.state, at(c.due), c.byChange)
			}
		})
	}
}

func TestANewVersionOfTheCalendar(t *testing.T) {
	tables := company(t)
	in, _ := calendar.BuiltIn("default")
	publish := func(change func(in *calendar.Input)) {
		change(&in)
		table, err := in.Compile(2020, 2029)
		if err != nil {
			t.Fatal(err)
		}
		n := len(tables.tables["default"]) + 1
		table.Code, table.Version = "default", n
		tables.tables["default"] = append(tables.tables["default"], table)
	}
	publish(func(in *calendar.Input) { in.Holidays = []calendar.Day{{Date: "2026-10-09"}} })
	tables.later = map[string][]calendar.Publication{"default": {{Version: 2, At: at("09-30 09:00")}}}

	t.Run("an open clock follows it", func(t *testing.T) {
		states, _ := Replay(tables, []Mark{asked()}, at("09-30 10:00"))
		if s := states[1]; s.Version != 2 || !s.DueAt.Equal(at("10-10 16:40")) {
			t.Errorf("version %d, due %s", s.Version, s.DueAt)
		}
	})
	t.Run("not before it is published", func(t *testing.T) {
		states, _ := Replay(tables, []Mark{asked()}, at("09-30 08:59"))
		if s := states[1]; s.Version != 1 || !s.DueAt.Equal(at("10-09 16:40")) {
			t.Errorf("version %d, due %s", s.Version, s.DueAt)
		}
	})
	t.Run("a clock that has ended does not", func(t *testing.T) {
		states, _ := Replay(tables, []Mark{asked(), do(Respond, "09-30 08:40")}, at("10-09 10:00"))
		if states[0].Version != 1 {
			t.Errorf("version %d", states[0].Version)
		}
	})
	t.Run("a breach before stays with its due time", func(t *testing.T) {
		m := asked()
		m.Completion = hoursOf(1)
		states, _ := Replay(tables, []Mark{m}, at("10-09 10:00"))
		if s := states[1]; s.Version != 1 || s.State != Breached || !s.DueAt.Equal(at("09-29 17:40")) {
			t.Errorf("%+v", s)
		}
	})
	t.Run("a due time moved into the past is the moment of publication, by the change", func(t *testing.T) {
		publish(func(in *calendar.Input) {
			day := calendar.Hours{{"00:00", "24:00"}}
			in.Hours = calendar.Week{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day}
		})
		tables.later["default"] = []calendar.Publication{{Version: 3, At: at("10-08 12:00")}}
		m := asked()
		m.Completion = hoursOf(16)
		states, _ := Replay(tables, []Mark{m}, at("10-08 13:00"))
		if s := states[1]; s.Version != 3 || s.State != Breached || !s.ByChange || !s.DueAt.Equal(at("10-08 12:00")) {
			t.Errorf("%+v", s)
		}
	})
}

func TestAProvisionalDueTimeSaysSo(t *testing.T) {
	m := asked()
	m.Completion = calendar.Duration{Value: 70, Unit: calendar.WorkdaysEOD}
	states, err := Replay(company(t), []Mark{m}, at("09-30 10:00"))
	if err != nil || !states[1].Provisional || states[0].Provisional {
		t.Fatal(states, err)
	}
}
