package relation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/stat"
	"neike/internal/org"
)

// Few is the number of cases below which a fact is not judged; Thin the number below which a screen shows counts and
// no hue, whatever the interval says.
const (
	Few  = 5
	Thin = 10
)

// Period is a range of local days, both ends in it, as numbers: 20260701 to 20260930.
type Period struct{ From, To int64 }

// monthOf is the month of a local time: 202611.
func monthOf(t time.Time) int64 { return DayOf(t) / 100 }

// dateOf is midnight UTC of a day number, for counting with.
func dateOf(day int64) time.Time {
	return time.Date(int(day/10000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, time.UTC)
}

// nextMonth is the month n months later; n may be negative.
func nextMonth(month int64, n int) int64 {
	i := month/100*12 + month%100 - 1 + int64(n)
	return i/12*100 + i%12 + 1
}

// monthsIn is how many months lie from one to another, both in it; below 1: none.
func monthsIn(from, to int64) int64 { return to/100*12 + to%100 - from/100*12 - from%100 + 1 }

// monthsFrom lists the months from one to another, both in it.
func monthsFrom(from, to int64) (months []int64) {
	for m := from; m <= to; m = nextMonth(m, 1) {
		months = append(months, m)
	}
	return months
}

// lastDay is the last day of a month.
func lastDay(month int64) int64 {
	return DayOf(dateOf(nextMonth(month, 1)*100+1).AddDate(0, 0, -1))
}

// MonthsPeriod is n whole months from the month first on.
func MonthsPeriod(first int64, n int) Period {
	return Period{first*100 + 1, lastDay(nextMonth(first, n-1))}
}

// split divides the period into whole months and the days before and after them.
func (p Period) split() (months []int64, rest []Period) {
	if p.To < p.From {
		return nil, nil
	}
	first, last := p.From/100, p.To/100
	if p.From%100 != 1 {
		end := min(p.To, lastDay(first))
		rest = append(rest, Period{p.From, end})
		first = nextMonth(first, 1)
		if end == p.To {
			return nil, rest
		}
	}
	if p.To != lastDay(last) {
		if first <= last {
			rest = append(rest, Period{last*100 + 1, p.To})
		}
		last = nextMonth(last, -1)
	}
	for m := first; m <= last; m = nextMonth(m, 1) {
		months = append(months, m)
	}
	return months, rest
}

// Begin is the first moment of the period in a zone; End the first moment after it.
func (p Period) Begin(zone *time.Location) time.Time { return startOf(p.From, zone) }

// End is the first moment after the period in a zone.
func (p Period) End(zone *time.Location) time.Time {
	return startOf(DayOf(dateOf(p.To).AddDate(0, 0, 1)), zone)
}

func startOf(day int64, zone *time.Location) time.Time {
	return time.Date(int(day/10000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, zone)
}

// Before is the period of the same length that ends where this one begins: whole months before whole months, otherwise
// as many days.
func (p Period) Before() Period {
	if months, rest := p.split(); len(rest) == 0 && len(months) > 0 {
		return MonthsPeriod(nextMonth(months[0], -len(months)), len(months))
	}
	from, to := dateOf(p.From), dateOf(p.To)
	days := int(to.Sub(from).Hours()/24) + 1
	return Period{DayOf(from.AddDate(0, 0, -days)), DayOf(from.AddDate(0, 0, -1))}
}

// ParsePeriod reads "2026-11", "2026-Q4" or "2026"; ok is false for anything else.
func ParsePeriod(text string) (p Period, ok bool) {
	year, rest, _ := strings.Cut(text, "-")
	y, err := strconv.ParseInt(year, 10, 64)
	if err != nil || y < 1970 || y > 2200 {
		return Period{}, false
	}
	if rest == "" {
		return MonthsPeriod(y*100+1, 12), len(text) == 4
	}
	if q, isQuarter := strings.CutPrefix(rest, "Q"); isQuarter {
		n, err := strconv.ParseInt(q, 10, 64)
		return MonthsPeriod(y*100+n*3-2, 3), err == nil && n >= 1 && n <= 4
	}
	m, err := strconv.ParseInt(rest, 10, 64)
	if err != nil || m < 1 || m > 12 {
		return Period{}, false
	}
	return MonthsPeriod(y*100+m, 1), true
}

// Code is the period as ParsePeriod reads it; "" for a range that is no month, quarter or year.
func (p Period) Code() string {
	months, rest := p.split()
	if len(rest) > 0 || len(months) == 0 {
		return ""
	}
	y, m := months[0]/100, months[0]%100
	switch {
	case len(months) == 1:
		return fmt.Sprintf("%04d-%02d", y, m)
	case len(months) == 3 && m%3 == 1:
		return fmt.Sprintf("%04d-Q%d", y, m/3+1)
	case len(months) == 12 && m == 1:
		return fmt.Sprintf("%04d", y)
	}
	return ""
}

// CurrentPeriod is what a page shows when nothing was chosen: this quarter, or the last one during the first month of
// a quarter, when this one has little to say.
func CurrentPeriod(today time.Time) Period {
	m := monthOf(today)
	first := m/100*100 + (m%100-1)/3*3 + 1
	if m == first {
		first = nextMonth(first, -3)
	}
	return MonthsPeriod(first, 3)
}

// The measures of an edge.
const (
	Attainment = "attainment" // in time: met / (met + breached), by due date
	RightFirst = "right_first_time"
	Volume     = "requests"
)

// Measure is a share of cases, judged twice: as a fact and as a signal.
type Measure struct {
	Hits, N int64   // hits of n cases; n 0: nothing to say
	Target  float64 // agreed share
	Fact    string  // "met", "missed", "few" (n < 5), "" (n = 0)
	Low     float64 // Wilson interval, 95 %
	High    float64
	Capable string // "meets", "misses", "undetermined", "" (n = 0)
	Change  string // against the period before: "better", "worse", "cannot_tell", "" (either n = 0)
	WasHits int64  // what Change compares with
	WasN    int64
}

// Value is the share. Only for n > 0.
func (m Measure) Value() float64 { return float64(m.Hits) / float64(m.N) }

// judge makes the measure of hits among n cases.
func judge(hits, n int64, target float64) Measure {
	m := Measure{Hits: hits, N: n, Target: target}
	if n <= 0 {
		m.Hits, m.N = 0, 0
		return m
	}
	hits = min(max(hits, 0), n) // corrections that crossed a period's end must not make a share of 120 %
	m.Hits = hits
	m.Low, m.High = stat.Wilson(hits, n)
	switch {
	case n < Few:
		m.Fact = "few"
	case m.Value() >= target:
		m.Fact = "met"
	default:
		m.Fact = "missed"
	}
	switch {
	case m.Low >= target:
		m.Capable = "meets"
	case m.High < target:
		m.Capable = "misses"
	default:
		m.Capable = "undetermined"
	}
	return m
}

// compared adds what changed since before (Newcombe's interval of the difference, methods §6.5). Of fewer than Thin cases on either side
// nobody can tell: a single case would make the difference.
func (m Measure) compared(before Measure) Measure {
	if m.N == 0 || before.N == 0 {
		return m
	}
	m.WasHits, m.WasN = before.Hits, before.N
	low, high := stat.Newcombe(m.Hits, m.N, before.Hits, before.N)
	switch {
	case m.N < Thin || before.N < Thin:
		m.Change = "cannot_tell"
	case low > 0:
		m.Change = "better"
	case high < 0:
		m.Change = "worse"
	default:
		m.Change = "cannot_tell"
	}
	return m
}

// Figures is what an edge shows for a period.
type Figures struct {
	Delta
	InTime Measure
	Right  Measure
}

// figures judges the counters.
func figures(d Delta, t Target) Figures {
	return Figures{Delta: d, InTime: judge(d.Met, d.Met+d.Breached, t.Attainment), Right: judge(d.RightFirst, d.Accepted, t.RightFirst)}
}

// measure is the one asked for; ok is false for volume.
func (f Figures) measure(name string) (Measure, bool) {
	switch name {
	case Attainment:
		return f.InTime, true
	case RightFirst:
		return f.Right, true
	}
	return Measure{}, false
}

// heat is the shade of a cell: hue only for a signal of at least Thin cases, three steps below the target, two above.
func heat(m Measure) string {
	switch {
	case m.N == 0:
		return "none"
	case m.N < Thin:
		return "few"
	case m.Capable == "meets" && m.Value()-m.Target >= 0.7*(1-m.Target):
		return "hi2"
	case m.Capable == "meets":
		return "hi1"
	case m.Capable != "misses":
		return ""
	case m.Target-m.Value() > 0.15:
		return "lo3"
	case m.Target-m.Value() > 0.10:
		return "lo2"
	default:
		return "lo1"
	}
}

// sight is which numbers an actor may see at a level.
type sight struct {
	all   bool
	units map[org.ID]bool
}

// see decides about the numbers of provider → customer. That the edge exists everybody may see.
func (v sight) see(provider, customer org.ID) bool {
	return v.all || v.units[provider] || v.units[customer]
}

// sightOf is what the actor may see: everything for quality and executives of the company, and for all when the company
// opened its numbers; otherwise the own units and the department each of them belongs to; for a head, and for a quality
// office or an executive of a unit, what is below too.
func sightOf(a actor.Actor, tree *org.Tree, open bool) sight {
	if open && a.Known() || a.System || a.Has("quality") || a.Has("executive") {
		return sight{all: true}
	}
	v := sight{units: map[org.ID]bool{}}
	own := func(unit org.ID) {
		v.units[unit] = true
		if u, ok := tree.ByID(tree.At(org.Department, unit)); ok && u.Level == org.Department {
			v.units[u.ID] = true
		}
	}
	if a.Unit != 0 {
		own(a.Unit)
	}
	for _, g := range a.Groups {
		switch g.Role {
		case "member", "agent":
			own(g.ID)
		case "head", "quality", "executive":
			for _, id := range tree.Descendants(g.ID) {
				v.units[id] = true
			}
		}
	}
	return v
}

// levels lists what the matrix can be rolled up to, from the top.
var levels = []string{org.Entity, org.Site, org.Department, org.Team}

func validLevel(level string) bool { return slices.Contains(levels, level) }
