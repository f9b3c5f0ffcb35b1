package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestExplainTilesAndAddsUp(t *testing.T) {
	eachCalendar(t, func(t *testing.T, in Input, table *Table) {
		at := instant(in.Zone)
		rapid.Check(t, func(t *rapid.T) {
			a, b := at.Draw(t, "a"), at.Draw(t, "length")%(40*dayMS)
			from, to := time.UnixMilli(a).UTC(), time.UnixMilli(a+b).UTC()
			list, err := table.Explain(from, to)
			if err != nil {
				t.Fatal(err)
			}
			elapsed, _ := table.ElapsedMS(a, a+b)
			end, seconds := from, int64(0)
			for i, in := range list {
				if !in.From.Equal(end) || !in.From.Before(in.To) {
					t.Fatalf("a hole at %s: %v", end, in)
				}
				if i > 0 && list[i-1].Kind == in.Kind && list[i-1].Reason == in.Reason {
					t.Fatalf("neighbours alike at %s", in.From)
				}
				if end = in.To; in.Kind == Counted {
					seconds += in.Seconds
				}
			}
			if b > 0 && !end.Equal(to) || seconds != elapsed/1000 {
				t.Fatalf("until %s, want %s; %d s counted, want %d", end, to, seconds, elapsed/1000)
			}
			counted := int64(0)
			for _, day := range table.ByDay(list) {
				for _, in := range day.Intervals {
					if in.Kind == Counted {
						counted += in.To.Sub(in.From).Milliseconds()
					}
					if first := DateOf(in.From.In(table.loc)); first != day.Date {
						t.Fatalf("%s stands under %s", in.From, day.Date)
					}
				}
			}
			if counted != elapsed {
				t.Fatalf("by day %d ms are counted, want %d", counted, elapsed)
			}
		})
	})
}

// The mockup's request: asked on Tuesday 16:40 before the National Day week, 24 working hours.
func TestTheWeekOfTheNationalDay(t *testing.T) {
	in, _ := BuiltIn(Default)
	table := compiled(t, in, 2026, 2027)
	d, err := table.Deadline(moment(t, "2026-09-29T16:40:00+08:00"), Duration{24, WorkingHours})
	if err != nil {
		t.Fatal(err)
	}
	ctx := inWords(t, "zh")
	var lines []string
	for _, day := range table.ByDay(d.Intervals) {
		name := day.Date.String()[5:]
		if day.Last != day.Date {
			name += "–" + day.Last.String()[5:]
		}
		for _, in := range day.Intervals {
			lines = append(lines, fmt.Sprintf("%s %s–%s %s%s %s", name, in.From.In(table.loc).Format("15:04"), in.To.In(table.loc).Format("15:04"), in.Kind[:3], in.Reason.In(ctx), hoursMinutes(in.Seconds)))
		}
	}
	want := `09-29 16:40–18:00 cou 1:20
09-29 18:00–00:00 off夜间 6:00
09-30 08:30–12:00 cou 3:30
09-30 12:00–13:30 off午休 1:30
09-30 13:30–18:00 cou 4:30
09-30 18:00–00:00 off夜间 6:00
10-01–10-07 00:00–00:00 hol国庆节 168:00
10-08 08:30–12:00 cou 3:30
10-08 12:00–13:30 off午休 1:30
10-08 13:30–18:00 cou 4:30
10-08 18:00–00:00 off夜间 6:00
10-09 08:30–12:00 cou 3:30
10-09 12:00–13:30 off午休 1:30
10-09 13:30–16:40 cou 3:10`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What a reader adds up is the sum that stands below, in seconds as in minutes.
func TestWhatADayShowsAddsUp(t *testing.T) {
	table := compiled(t, office("Asia/Shanghai"), 2026, 2026)
	from, _ := table.Explain(moment(t, "2026-09-14T09:12:44.7+08:00"), moment(t, "2026-09-14T10:00:10.2+08:00"))
	rest, _ := table.Explain(moment(t, "2026-09-14T10:00:10.2+08:00"), moment(t, "2026-09-16T15:20:31.9+08:00"))
	for i := range rest { // as if something had cut it into pieces of 40 s
		if in := rest[i]; in.Kind == Counted {
			for range 20 {
				cut := in.From.Add(40*time.Second + 600*time.Millisecond)
				from = append(from, Interval{From: in.From, To: cut, Kind: Counted})
				in.From = cut
			}
			rest[i] = in
		}
		from = append(from, rest[i])
	}
	seconds, minutes, exact := int64(0), int64(0), time.Duration(0)
	for _, day := range table.ByDay(from) {
		for _, in := range day.Intervals {
			if in.Kind == Counted {
				seconds, minutes, exact = seconds+in.Seconds, minutes+in.Minutes, exact+in.To.Sub(in.From)
			}
		}
	}
	if seconds != int64(exact.Seconds()) || hoursMinutes(60*minutes) != hoursMinutes(seconds) {
		t.Errorf("the rows add up to %d s and %d min, the sum is %s", seconds, minutes, exact)
	}
}

func TestUnits(t *testing.T) {
	in, _ := BuiltIn(Default)
	table := compiled(t, in, 2026, 2027)
	cases := []struct {
		name  string
		start string
		d     Duration
		due   string
	}{
		{"elapsed hours run through the night", "09-29 16:40", Duration{24, ElapsedHours}, "09-30 16:40"},
		{"elapsed minutes", "09-30 17:50", Duration{30, ElapsedMinutes}, "09-30 18:20"},
		{"working hours wait for the holiday", "09-29 16:40", Duration{24, WorkingHours}, "10-09 16:40"},
		{"working minutes pass lunch", "09-29 11:45", Duration{30, WorkingMinutes}, "09-29 13:45"},
		{"a budget that ends at closing is due at closing", "09-29 17:00", Duration{1, WorkingHours}, "09-29 18:00"},
		{"three workdays, until closing", "09-29 16:40", Duration{3, WorkdaysEOD}, "10-09 18:00"},
		{"submitted at closing is the next workday", "09-29 18:00", Duration{1, WorkdaysEOD}, "10-08 18:00"},
		{"submitted on a closed day is the next workday", "10-03 10:00", Duration{0, WorkdaysEOD}, "10-08 18:00"},
		{"before opening is that day", "09-29 07:00", Duration{0, WorkdaysEOD}, "09-29 18:00"},
		{"a make-up Saturday is a workday", "10-09 10:00", Duration{1, WorkdaysEOD}, "10-10 18:00"},
		{"the same time three workdays later", "09-29 16:40", Duration{3, WorkdaysSameTime}, "10-09 16:40"},
		{"submitted at lunch counts from its end", "09-29 12:30", Duration{1, WorkdaysSameTime}, "09-30 13:30"},
		{"three standard days", "09-29 16:40", Duration{3, WorkdaysLength}, "10-09 16:40"},
	}
	at := func(s string) time.Time { return moment(t, "2026-"+strings.Replace(s, " ", "T", 1)+":00+08:00") }
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			due, err := table.Due(at(c.start), c.d)
			if err != nil || !due.Equal(at(c.due)) {
				t.Fatalf("due %s, want %s (%v)", due.In(table.loc), c.due, err)
			}
			budget, err := table.Budget(at(c.start), c.d)
			if got, _ := table.For(c.d).Elapsed(at(c.start), due); err != nil || got != budget {
				t.Errorf("the budget is %s, elapsed until due %s", budget, got)
			}
		})
	}
}

func TestSameTimeFitsTheHoursOfTheDay(t *testing.T) {
	in := office("Asia/Shanghai")
	in.Hours.Tue = hours("10:00", "11:00", "15:00", "16:00")
	table := compiled(t, in, 2026, 2026)
	for start, want := range map[string]string{
		"2026-09-28T09:00:00+08:00": "2026-09-29T10:00:00+08:00", // before the first opening
		"2026-09-28T11:30:00+08:00": "2026-09-29T15:00:00+08:00", // in a break: the next opening
		"2026-09-28T17:00:00+08:00": "2026-09-29T16:00:00+08:00", // after the last opening: its close
		"2026-09-28T10:30:00+08:00": "2026-09-29T10:30:00+08:00",
	} {
		if due, err := table.Due(moment(t, start), Duration{1, WorkdaysSameTime}); err != nil || !due.Equal(moment(t, want)) {
			t.Errorf("%s: %s, want %s (%v)", start, due.In(table.loc), want, err)
		}
	}
}
