package calendar

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

// patternCase is a calendar with what it must count.
type patternCase struct {
	Name   string  `json:"name"`
	Why    string  `json:"why"`
	Known  []Input `json:"calendars"` // in the order of publication; the last one's code is counted in
	Code   string  `json:"code"`      // counted in; the last one's
	Import string  `json:"import"`    // statutory days brought in after that
	Cases  []struct {
		Start   string   `json:"start"`
		Target  Duration `json:"target"`
		Due     string   `json:"due"`
		Seconds int64    `json:"seconds"`
		Day     string   `json:"day"` // or a day and how long it works
		Minutes int64    `json:"minutes"`
		Version int      `json:"version"` // of the calendar; 0 the newest
	} `json:"cases"`
}

func TestPatternCases(t *testing.T) {
	raw, err := os.ReadFile("testdata/patterns.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []patternCase
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		t.Run(c.Name, func(t *testing.T) {
			b := bookOf(t, c.Known...)
			if c.Import != "" {
				b = imported(t, b, c.Import)
			}
			code := cmp.Or(c.Code, c.Known[len(c.Known)-1].Code)
			for _, x := range c.Cases {
				table, err := b.Table(code, x.Version)
				if err != nil {
					t.Fatal(err)
				}
				if x.Day != "" {
					d, _ := ParseDate(x.Day)
					i := int(d - table.first)
					if got := (table.days[i+1].worked - table.days[i].worked) / 60_000; got != x.Minutes {
						t.Errorf("%s works %d minutes, want %d", x.Day, got, x.Minutes)
					}
					continue
				}
				start := moment(t, x.Start)
				due, err := table.Due(start, x.Target)
				if err != nil || !due.Equal(moment(t, x.Due)) {
					t.Errorf("%s + %v is due %s, want %s (%v)", x.Start, x.Target, due.In(table.loc).Format(time.RFC3339), x.Due, err)
				}
				if got, _ := table.For(x.Target).Elapsed(start, due); x.Seconds != 0 && got != time.Duration(x.Seconds)*time.Second {
					t.Errorf("%s + %v takes %s, want %d s", x.Start, x.Target, got, x.Seconds)
				}
			}
		})
	}
}

// bookOf publishes inputs one after another.
func bookOf(t testing.TB, list ...Input) *Book {
	t.Helper()
	countries, err := knownCountries(nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBook(nil, countries)
	if err != nil {
		t.Fatal(err)
	}
	for i, in := range list {
		if b, _, err = b.draft(in, time.UnixMilli(int64(i)*1000)); err != nil {
			t.Fatal(in.Code, err)
		}
	}
	return b
}

// imported is the book after an import.
func imported(t testing.TB, b *Book, text string) *Book {
	t.Helper()
	var f fault.Fields
	list := YearInput{Text: text}.read(&f)
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	plan, err := planYear(b, nil, list, time.UnixMilli(9_000_000))
	if err != nil {
		t.Fatal(err)
	}
	return plan.book
}

var manyZones = []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"}

// randomInput is a calendar with a pattern, days and stretches of all kinds.
func randomInput(r *rand.Rand) Input {
	in := Input{Code: "x", Zone: manyZones[r.IntN(len(manyZones))], Anchor: NewDate(2024, 1, 1+r.IntN(900)).String()}
	clock := func(m int) string { return clockOf(m) }
	shift := func() Hours {
		if r.IntN(3) == 0 {
			return nil
		}
		open := r.IntN(22) * 60
		if r.IntN(4) == 0 { // over midnight
			return Hours{{clock(18*60 + r.IntN(5*60)), clock(30 + r.IntN(6*60))}}
		}
		shut := open + 30 + r.IntN(24*60-open-30)
		mid := open + (shut-open)/2
		if r.IntN(2) == 0 && mid-open > 20 {
			return Hours{{clock(max(open, 8*60)), clock(max(shut, 8*60+30))}}
		}
		return Hours{{clock(max(7*60, open)), clock(max(shut, 7*60+1))}}
	}
	switch r.IntN(3) {
	case 0:
		for range 2 + r.IntN(7) {
			in.Weeks = append(in.Weeks, Week{Mon: shift(), Tue: shift(), Wed: Hours{{"09:00", "17:00"}}, Thu: shift(), Fri: shift(), Sat: shift(), Sun: shift()})
		}
	case 1:
		in.Cycle = append(in.Cycle, Hours{{"08:00", "17:00"}}, Hours{})
		for range r.IntN(12) {
			in.Cycle = append(in.Cycle, shift())
		}
	default:
		in.Hours = Week{Mon: shift(), Wed: Hours{{"09:00", "17:00"}}, Fri: shift(), Sun: shift()}
	}
	if r.IntN(2) == 0 {
		in.Statutory = "cn"
		makeup := r.IntN(2) == 0
		in.StatutoryMakeup = &makeup
	}
	at := NewDate(2024, 1, 1)
	for range r.IntN(5) {
		at += Date(20 + r.IntN(120))
		x := Stretch{From: at.String(), Kind: []string{ClosedRange, HoursRange, WorkingRange}[r.IntN(3)]}
		at += Date(r.IntN(20))
		x.To = at.String()
		if x.Kind == HoursRange {
			x.Hours = &Hours{{"07:00", "11:30"}, {"14:00", "16:00"}}
		}
		in.Shutdowns = append(in.Shutdowns, x)
	}
	return in
}

// TestElapsedIsWhatWasAdded holds over random patterns, rotas, shutdowns and zones: the time from a start to its due time
// is the time that was asked for, due times keep the order of starts, and what is explained adds up.
func TestElapsedIsWhatWasAdded(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 19))
	tried := 0
	for range 300 {
		in := randomInput(r)
		table, err := in.Compile(2023, 2030)
		if err != nil {
			continue // openings of neighbouring days that overlap are refused
		}
		tried++
		for range 40 {
			start := moment(t, "2024-01-05T00:00:00Z").Add(time.Duration(r.Int64N(4*365*24*3600*1000)) * time.Millisecond)
			d := time.Duration(1+r.Int64N(90*3600*1000)) * time.Millisecond
			due, err := table.Add(start, d)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := table.Elapsed(start, due); err != nil || got != d {
				t.Fatalf("%+v: %s + %s = %s, elapsed %s (%v)", in, start, d, due, got, err)
			}
			later, err := table.Add(start.Add(time.Duration(r.Int64N(1e10))), d)
			if err != nil || later.Before(due) {
				t.Fatalf("%+v: a later start is due earlier: %s, %s", in, due, later)
			}
			list, err := table.Explain(start, due)
			if err != nil {
				t.Fatal(err)
			}
			var counted time.Duration
			for i, x := range list {
				if i > 0 && !x.From.Equal(list[i-1].To) {
					t.Fatalf("a hole at %s", x.From)
				}
				if x.Kind == Counted {
					counted += x.To.Sub(x.From)
				}
			}
			if counted != d {
				t.Fatalf("%+v: explained %s of %s", in, counted, d)
			}
		}
	}
	if tried < 100 {
		t.Fatalf("only %d calendars were valid", tried)
	}
}

func TestAPatternIsCheckedAtOnce(t *testing.T) {
	var f fault.Fields
	in := Input{Code: "p", Zone: "Asia/Shanghai", Hours: Week{Mon: Hours{{"09:00", "17:00"}}}, Weeks: []Week{{}},
		Shutdowns: []Stretch{{From: "2027-08-01", To: "2027-07-01"}, {From: "x", To: "2027-07-01"}, {From: "2027-07-01", To: "2027-07-02", Kind: "hours"},
			{From: "2027-09-01", To: "2027-09-05"}, {From: "2027-09-05", To: "2027-09-09"}, {From: "2027-10-01", To: "2027-10-02", Kind: "maybe"}}}
	in.check(&f, embedded)
	want := map[string]string{"hours": "calendar.one-pattern", "shutdowns.0.to": "calendar.stretch-backwards", "shutdowns.1.from": "calendar.date-malformed",
		"shutdowns.2.hours": "calendar.stretch-hours-missing", "shutdowns.4.from": "calendar.stretch-overlaps", "shutdowns.5.kind": "calendar.stretch-kind-unknown"}
	got := map[string]string{}
	for _, x := range f.All() {
		got[x.Name] = x.Key
	}
	for name, key := range want {
		if got[name] != key {
			t.Errorf("%s: %q, want %q", name, got[name], key)
		}
	}
	f = fault.Fields{}
	in = Input{Code: "p", Zone: "Asia/Shanghai", Cycle: []Hours{{{"20:00", "08:00"}}, {{"07:00", "09:00"}}}}
	in.check(&f, embedded)
	got = map[string]string{}
	for _, x := range f.All() {
		got[x.Name] = x.Key
	}
	if got["anchor"] != "calendar.anchor-missing" || got["cycle.1"] != "calendar.openings-overlap" {
		t.Errorf("%v", got)
	}
}

func TestABaseMustBeThereAndNotStandOnItself(t *testing.T) {
	b := bookOf(t, Input{Code: "site", Base: Default})
	for _, in := range []Input{{Code: "x", Base: "moon"}, {Code: Default, Base: "site", Zone: "Asia/Shanghai"}, {Code: "y", Base: "y"}} {
		if _, _, err := b.draft(in, time.UnixMilli(5000)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s on %s: %v", in.Code, in.Base, err)
		}
	}
}

func BenchmarkCompilePattern(b *testing.B) {
	in, _ := BuiltIn(Default)
	week := in.Hours
	long := week
	long.Sat = week.Fri
	in.Hours, in.Weeks, in.Anchor = Week{}, []Week{long, week}, "2026-01-05"
	in.Shutdowns = []Stretch{{From: "2027-07-19", To: "2027-08-01"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Compile(2024, 2027); err != nil {
			b.Fatal(err)
		}
	}
}
