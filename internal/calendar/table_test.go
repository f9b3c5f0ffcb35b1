package calendar

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func hours(pairs ...string) Hours {
	var h Hours
	for i := 0; i+1 < len(pairs); i += 2 {
		h = append(h, []string{pairs[i], pairs[i+1]})
	}
	return h
}

// weekdaysOf opens Monday to Friday.
func weekdaysOf(h Hours) Week { return Week{Mon: h, Tue: h, Wed: h, Thu: h, Fri: h} }

// everyDay opens all week.
func everyDay(h Hours) Week {
	w := weekdaysOf(h)
	w.Sat, w.Sun = h, h
	return w
}

func office(zone string) Input {
	return Input{Code: "office", Zone: zone, Hours: weekdaysOf(hours("08:30", "12:00", "13:30", "18:00"))}
}

// The zones whose clocks change at an hour that hurts: in the middle of the night, by half an hour, at midnight.
var zones = []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut", "Africa/Cairo"}

// calendarsIn are an office with breaks, a plant on shifts over midnight, day and night, and an odd one: openings of all
// lengths, a night shift on Sunday only, special dates.
func calendarsIn(zone string) map[string]Input {
	night := hours("00:00", "06:00", "14:00", "22:00", "22:00", "24:00")
	odd := Input{Code: "odd", Zone: zone, Hours: Week{
		Mon: hours("04:15", "09:30", "10:00", "11:45", "12:30", "17:00", "18:00", "23:59"),
		Wed: hours("00:00", "24:00"), Fri: hours("00:30", "00:45"), Sun: hours("22:00", "24:00"),
	}}
	half := hours("08:00", "12:00")
	odd.Special = []Day{{Date: "2025-03-29", Hours: &half}, {Date: "2025-10-04", Makeup: true}}
	odd.Holidays = []Day{{Date: "2025-04-07"}, {Date: "2025-03-29"}}
	return map[string]Input{
		"office": office(zone),
		"shifts": {Code: "shifts", Zone: zone, Hours: everyDay(night)},
		"always": {Code: "always", Zone: zone, Hours: everyDay(hours("00:00", "24:00"))},
		"odd":    odd,
	}
}

func eachCalendar(t *testing.T, fn func(t *testing.T, in Input, table *Table)) {
	for _, zone := range zones {
		for name, in := range calendarsIn(zone) {
			t.Run(zone+"/"+name, func(t *testing.T) { fn(t, in, compiled(t, in, 2024, 2027)) })
		}
	}
	t.Run("default", func(t *testing.T) {
		in, ok := BuiltIn(Default)
		if !ok {
			t.Fatal("no built-in calendar")
		}
		fn(t, in, compiled(t, in, 2024, 2027))
	})
}

// instants between 2024-01-03 and 2026-06 in ms, often near a change of clocks.
func instant(zone string) *rapid.Generator[int64] {
	loc, _ := time.LoadLocation(zone)
	changes := erasOf(loc, time.Date(2024, 1, 3, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).Unix())
	return rapid.Custom(func(t *rapid.T) int64 {
		if i := rapid.IntRange(0, len(changes)-1).Draw(t, "change"); i > 0 && rapid.Bool().Draw(t, "near") {
			return changes[i].from*1000 + rapid.Int64Range(-30*3600*1000, 30*3600*1000).Draw(t, "off")
		}
		return rapid.Int64Range(1704240000000, 1780272000000).Draw(t, "ms")
	})
}

func TestElapsedAfterAddIsTheDuration(t *testing.T) {
	eachCalendar(t, func(t *testing.T, in Input, table *Table) {
		at := instant(in.Zone)
		rapid.Check(t, func(t *rapid.T) {
			a, d := at.Draw(t, "a"), rapid.Int64Range(0, 60*24*3600*1000).Draw(t, "d")
			b, err := table.AddMS(a, d)
			if err != nil {
				t.Skip("beyond the covered years")
			}
			if got, err := table.ElapsedMS(a, b); err != nil || got != d || b < a {
				t.Fatalf("elapsed(a, add(a, %d)) = %d, %v", d, got, err)
			}
			if b > a {
				if got, _ := table.ElapsedMS(a, b-1); got != max(d-1, 0) && d > 0 {
					t.Fatalf("add is not the first such instant: a ms before it %d of %d are counted", got, d)
				}
			}
		})
	})
}

func TestElapsedIsAdditiveAndNeverFalls(t *testing.T) {
	eachCalendar(t, func(t *testing.T, in Input, table *Table) {
		at := instant(in.Zone)
		rapid.Check(t, func(t *rapid.T) {
			a, b, c := at.Draw(t, "a"), at.Draw(t, "b"), at.Draw(t, "c")
			a, b, c = min(a, b, c), max(min(a, b), min(b, c), min(a, c)), max(a, b, c)
			ab, _ := table.ElapsedMS(a, b)
			bc, _ := table.ElapsedMS(b, c)
			ac, _ := table.ElapsedMS(a, c)
			if ab < 0 || ab > b-a || ab+bc != ac {
				t.Fatalf("elapsed: %d + %d, together %d", ab, bc, ac)
			}
			if back, err := table.ElapsedMS(c, a); err != nil || back != 0 && c > a {
				t.Fatalf("backwards: %d, %v", back, err)
			}
		})
	})
}

// naive walks minute by minute and looks at the wall clock.
func naive(r *Rules, loc *time.Location, from, to time.Time) time.Duration {
	n := 0
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		wall := at.In(loc)
		minute := wall.Hour()*60 + wall.Minute()
		for _, s := range r.on(DateOf(wall)).spans {
			if s.Open <= minute && minute < s.Close {
				n++
			}
		}
	}
	return time.Duration(n) * time.Minute
}

// Openings of these calendars begin and end outside the hour that clocks repeat, so that the wall clock alone decides.
func TestElapsedIsWhatTheWallClockSays(t *testing.T) {
	eachCalendar(t, func(t *testing.T, in Input, table *Table) {
		if in.Code == "odd" && in.Zone != "Europe/Berlin" && in.Zone != "Asia/Shanghai" {
			return // its 00:30–00:45 and 22:00 meet folds at midnight
		}
		rules := rulesOf(t, in)
		loc := table.Location()
		for _, e := range erasOf(loc, 1704240000, 1780272000) {
			from := time.Date(2025, 9, 26, 3, 17, 0, 0, time.UTC)
			if e.from > farPast {
				from = time.Unix(e.from, 0).Add(-50 * time.Hour)
			}
			for k := range 8 {
				a := from.Add(time.Duration(k) * 7 * time.Hour)
				b := a.Add(time.Duration(40+13*k) * time.Hour)
				got, err := table.Elapsed(a, b)
				if want := naive(&rules, loc, a, b); err != nil || got != want {
					t.Fatalf("%s to %s: %s, want %s (%v)", a.In(loc), b.In(loc), got, want, err)
				}
			}
		}
	})
}

func rulesOf(t *testing.T, in Input) Rules {
	t.Helper()
	if in.Code == "" {
		in.Code = "test"
	}
	v := newFields()
	rules, _ := in.check(v, embedded)
	if err := v.Err(); err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestClockChanges(t *testing.T) {
	day := func(h Hours) Week { return everyDay(h) }
	cases := []struct {
		name     string
		zone     string
		hours    Hours
		from, to string
		want     time.Duration
	}{
		{"an opening in the gap begins where the gap ends", "Europe/Berlin", hours("02:30", "10:00"), "2025-03-30T00:00:00Z", "2025-03-30T12:00:00Z", 7 * time.Hour},
		{"a closing in the gap is where the gap ends", "Europe/Berlin", hours("00:00", "02:30"), "2025-03-29T23:00:00Z", "2025-03-30T12:00:00Z", 2 * time.Hour},
		{"an opening in the gap alone is nothing", "Europe/Berlin", hours("02:10", "02:50"), "2025-03-29T23:00:00Z", "2025-03-30T12:00:00Z", 0},
		{"an opening in the fold begins at its first occurrence", "Europe/Berlin", hours("02:30", "04:00"), "2025-10-25T22:00:00Z", "2025-10-26T12:00:00Z", 150 * time.Minute},
		{"a closing in the fold ends at its second occurrence", "Europe/Berlin", hours("01:00", "02:30"), "2025-10-25T22:00:00Z", "2025-10-26T12:00:00Z", 150 * time.Minute},
		{"what touches in the fold is not counted twice", "Europe/Berlin", hours("01:00", "02:30", "02:30", "04:00"), "2025-10-25T22:00:00Z", "2025-10-26T12:00:00Z", 4 * time.Hour},
		{"half an hour in Lord Howe", "Australia/Lord_Howe", hours("00:00", "24:00"), "2025-04-05T13:00:00Z", "2025-04-06T13:30:00Z", 24*time.Hour + 30*time.Minute},
		{"a day whose midnight does not exist has 23 hours", "America/Santiago", hours("00:00", "24:00"), "2025-09-07T04:00:00Z", "2025-09-08T03:00:00Z", 23 * time.Hour},
		{"its first opening begins where the gap ends", "America/Santiago", hours("00:30", "02:00"), "2025-09-07T00:00:00Z", "2025-09-07T12:00:00Z", time.Hour},
		{"Beirut", "Asia/Beirut", hours("00:00", "08:00"), "2025-03-29T20:00:00Z", "2025-03-30T12:00:00Z", 7 * time.Hour},
		{"Cairo", "Africa/Cairo", hours("00:00", "08:00"), "2025-04-24T20:00:00Z", "2025-04-25T12:00:00Z", 7 * time.Hour},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			table := compiled(t, Input{Zone: c.zone, Hours: day(c.hours)}, 2025, 2025)
			got, err := table.Elapsed(moment(t, c.from), moment(t, c.to))
			if err != nil || got != c.want {
				t.Fatalf("%s, want %s (%v)", got, c.want, err)
			}
		})
	}
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestADateThatNeverWas(t *testing.T) { // Samoa went from 29 to 31 December 2011
	table := compiled(t, Input{Zone: "Pacific/Apia", Hours: everyDay(hours("00:00", "24:00"))}, 2011, 2012)
	got, err := table.Elapsed(moment(t, "2011-12-29T10:00:00Z"), moment(t, "2012-01-02T10:00:00Z"))
	if err != nil || got != 96*time.Hour {
		t.Fatal(got, err)
	}
	if table.Workday(NewDate(2011, 12, 30)) {
		t.Error("30 December 2011 has no hour in Apia")
	}
}

func TestInstantsOutsideTheYearsAreAnError(t *testing.T) {
	table := compiled(t, office("Asia/Shanghai"), 2026, 2026)
	in, out := moment(t, "2026-06-01T00:00:00Z"), moment(t, "2027-01-05T00:00:00Z")
	if _, err := table.Elapsed(in, out); err == nil {
		t.Error("elapsed into an uncovered year gave an answer")
	}
	if _, err := table.Elapsed(out, in); err == nil {
		t.Error("elapsed backwards from an uncovered year gave an answer")
	}
	if _, err := table.Add(in, 5000*time.Hour); err == nil {
		t.Error("add into an uncovered year gave an answer")
	}
	if _, err := table.Add(out, 0); err == nil {
		t.Error("add from an uncovered year gave an answer")
	}
	if _, err := table.Due(moment(t, "2026-12-31T10:30:00Z"), Duration{1, WorkdaysEOD}); err == nil {
		t.Error("a workday in an uncovered year gave an answer")
	}
	if _, err := table.Explain(in, out); err == nil {
		t.Error("explain into an uncovered year gave an answer")
	}
}

func TestALaterVersionHoldsFromItsFirstDay(t *testing.T) {
	summer := rulesOf(t, office("Asia/Shanghai"))
	short := office("Asia/Shanghai")
	short.Hours = weekdaysOf(hours("09:00", "12:00"))
	table, err := CompileLayers([]Layer{{Always, summer}, {NewDate(2026, 6, 3), rulesOf(t, short)}}, 2026, 2026)
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]time.Duration{"2026-06-02": 8 * time.Hour, "2026-06-03": 3 * time.Hour} {
		a := moment(t, date+"T00:00:00+08:00")
		if got, err := table.Elapsed(a, a.Add(24*time.Hour)); err != nil || got != want {
			t.Errorf("%s: %s, want %s (%v)", date, got, want, err)
		}
	}
}

func TestPrecedence(t *testing.T) {
	in, _ := BuiltIn(Default)
	own := hours("10:00", "11:00")
	in.Special = []Day{{Date: "2026-10-02", Hours: &own}, {Date: "2026-12-25"}}
	in.Holidays = []Day{{Date: "2026-12-25"}, {Date: "2026-10-10"}}
	table := compiled(t, in, 2026, 2027)
	cases := []struct {
		name, date string
		want       time.Duration
	}{
		{"an ordinary weekday", "2026-09-29", 8 * time.Hour},
		{"a statutory holiday", "2026-10-01", 0},
		{"a special date goes before a statutory holiday", "2026-10-02", time.Hour},
		{"a make-up workday has the standard weekday hours", "2026-09-20", 8 * time.Hour},
		{"the company's holiday goes before a statutory make-up workday", "2026-10-10", 0},
		{"a special date without hours has the weekday's, before a holiday", "2026-12-25", 8 * time.Hour},
		{"an ordinary Sunday", "2026-11-22", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := moment(t, c.date+"T00:00:00+08:00")
			if got, err := table.Elapsed(a, a.Add(24*time.Hour)); err != nil || got != c.want {
				t.Fatalf("%s: %s, want %s (%v)", c.date, got, c.want, err)
			}
		})
	}
	no := false
	in.StatutoryMakeup, in.Holidays, in.Special = &no, nil, nil
	a := moment(t, "2026-09-20T00:00:00+08:00")
	if got, _ := compiled(t, in, 2026, 2027).Elapsed(a, a.Add(24*time.Hour)); got != 0 {
		t.Error("a company that does not follow 调休 works on a make-up Sunday")
	}
}

func TestProvisionalYears(t *testing.T) {
	in, _ := BuiltIn(Default)
	table := compiled(t, in, 2025, 2029)
	a := moment(t, "2026-12-30T09:00:00+08:00")
	for to, want := range map[string]bool{"2026-12-31T18:00:00+08:00": false, "2027-01-04T10:00:00+08:00": true, "2028-06-01T10:00:00+08:00": true} {
		if got := table.Provisional(a, moment(t, to)); got != want {
			t.Errorf("provisional until %s = %v", to, got)
		}
	}
	in.OfficialYears = []int{2027}
	if compiled(t, in, 2025, 2029).Provisional(a, moment(t, "2027-01-04T10:00:00+08:00")) {
		t.Error("2027 was declared official")
	}
	if compiled(t, office("Europe/Berlin"), 2025, 2029).Provisional(a, moment(t, "2028-01-04T10:00:00+08:00")) {
		t.Error("a calendar without statutory days is its own authority")
	}
}

func TestStatutoryDaysAgreeWithTheReference(t *testing.T) {
	in, _ := BuiltIn(Default)
	in.Hours = weekdaysOf(hours("09:00", "12:00", "13:00", "18:00"))
	ours := compiled(t, in, 2024, 2026)
	theirs := referenceTable(t, referenceInput{CalendarRef: "data-cn-calendar-2024-2026.json"})
	for d := NewDate(2024, 1, 1); d <= NewDate(2026, 12, 31); d++ {
		if ours.Workday(d) != theirs.Workday(d) {
			t.Errorf("%s: workday %v, reference %v", d, ours.Workday(d), theirs.Workday(d))
		}
	}
}

func TestCountingDoesNotAllocate(t *testing.T) {
	table := compiled(t, office("America/New_York"), 2020, 2027)
	a, b := moment(t, "2025-02-01T10:00:00Z"), moment(t, "2026-02-01T10:00:00Z")
	if n := testing.AllocsPerRun(100, func() {
		_, _ = table.Elapsed(a, b)
		_, _ = table.Add(a, 2000*time.Hour)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzAdd(f *testing.F) {
	f.Add(uint8(0), int64(1758870000000), int64(14400000), uint16(0x0812))
	f.Fuzz(func(t *testing.T, zone uint8, a, d int64, shape uint16) {
		open, length := int(shape>>8)%24, int(shape&0xff)%24+1
		in := Input{Zone: zones[int(zone)%len(zones)], Hours: everyDay(hours(clockOf(open*60), clockOf(min(open+length, 24)*60)))}
		table := compiled(t, in, 2025, 2026)
		a, d = 1735776000000+(a&0x7fffffffff)%(300*dayMS), (d&0x7fffffffff)%(100*dayMS)
		b, err := table.AddMS(a, d)
		if err != nil {
			return
		}
		if got, err := table.ElapsedMS(a, b); err != nil || got != d {
			t.Fatalf("elapsed(a, add(a, %d)) = %d, %v", d, got, err)
		}
	})
}

func benchTable(b *testing.B) *Table {
	in := calendarsIn("America/New_York")["odd"]
	in.Hours.Mon, in.Hours.Tue = hours("08:00", "10:00", "10:15", "12:00", "13:00", "15:00", "15:15", "17:00"), hours("08:00", "10:00", "10:15", "12:00", "13:00", "15:00", "15:15", "17:00")
	in.Hours.Thu = in.Hours.Mon
	in.Statutory = "cn"
	return compiled(b, in, 2020, 2027)
}

// starts are a thousand instants of 2020 to 2025 in no order, so that neither caches nor branches guess them.
func starts(b *testing.B) []int64 {
	list := make([]int64, 1024)
	for i := range list {
		list[i] = moment(b, "2020-01-02T00:00:00Z").UnixMilli() + int64(uint64(i)*0x9E3779B97F4A7C15>>20)%(5*365*dayMS)
	}
	return list
}

func BenchmarkElapsed(b *testing.B) {
	table := benchTable(b)
	from := starts(b)
	for _, span := range []struct {
		name string
		ms   int64
	}{{"3-days", 3 * dayMS}, {"a-year", 365 * dayMS}} {
		b.Run(span.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				a := from[i&1023]
				if _, err := table.ElapsedMS(a, a+span.ms); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	table := benchTable(b)
	from := starts(b)
	for _, h := range []int64{8, 2000} {
		b.Run(fmt.Sprintf("%d-hours", h), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := table.AddMS(from[i&1023], h*3600*1000); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	in, _ := BuiltIn(Default)
	for b.Loop() {
		if _, err := in.Compile(FirstYear, LastYear); err != nil {
			b.Fatal(err)
		}
	}
}
