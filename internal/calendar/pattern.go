package calendar

import (
	"slices"
	"time"

	"neike/internal/kit/lang"
)

// Limits of patterns and stretches.
const (
	maxWeeks    = 8
	maxCycle    = 60
	maxStretchs = 200
)

// Turn is hours that repeat after so many days: n weeks (大小周), or the days of a shift rota (四班三运转). It goes on
// for ever in both directions from the anchor.
type Turn struct {
	Anchor Date     // a day that has Days[0]
	Days   [][]Span // an empty day is rest
	Weeks  bool     // whole weeks from Monday on: a day of rest is a weekend or a closed day, not a rest in turn
}

// at is the place of a date in the turn.
func (t *Turn) at(d Date) int {
	n := Date(len(t.Days))
	return int(((d-t.Anchor)%n + n) % n)
}

// What a Range does.
const (
	ClosedRange  = "closed"  // a shutdown: nothing is worked
	HoursRange   = "hours"   // days that are worked have these hours; closed ones stay closed
	WorkingRange = "working" // every day is worked, rest days and statutory days off too
)

// Range is a named stretch of days, both ends included.
type Range struct {
	From, To Date
	Kind     string
	Name     lang.Text
	Hours    []Span // HoursRange, WorkingRange; nil are the hours of the day, or the standard ones
}

// hoursOn is the hours that the pattern gives a date.
func (r *Rules) hoursOn(d Date) []Span {
	if r.Turn != nil {
		return r.Turn.Days[r.Turn.at(d)]
	}
	return r.Week[d.Weekday()]
}

// ordinary lists the days of the pattern, a week from Monday on.
func (r *Rules) ordinary() [][]Span {
	if r.Turn != nil {
		return r.Turn.Days
	}
	return append(slices.Clone(r.Week[1:]), r.Week[0])
}

// standardHours is the hours that most days of the pattern have; of equally many, those of the earliest.
func (r *Rules) standardHours() []Span {
	var best []Span
	most := 0
	days := r.ordinary()
	for _, spans := range days {
		if len(spans) == 0 {
			continue
		}
		n := 0
		for _, other := range days {
			if equalSpans(spans, other) {
				n++
			}
		}
		if n > most {
			best, most = spans, n
		}
	}
	return best
}

// standardDay is the length of a workday: as set, or the longest ordinary day.
func (r *Rules) standardDay() time.Duration {
	if r.StandardDay > 0 {
		return r.StandardDay
	}
	longest := 0
	for _, spans := range r.ordinary() {
		longest = max(longest, minutes(spans))
	}
	return time.Duration(longest) * time.Minute
}

// within finds the stretch of one of the kinds that holds a date; the first kind goes first.
func (r *Rules) within(d Date, kinds ...string) *Range {
	for _, kind := range kinds {
		for i := range r.Ranges {
			if x := &r.Ranges[i]; x.Kind == kind && x.From <= d && d <= x.To {
				return x
			}
		}
	}
	return nil
}

// over lays rules over those of a base: what r does not set is the base's, and r's own days go before the base's.
func (r Rules) over(base Rules) Rules {
	r.Under = &base
	if r.Zone == "" {
		r.Zone = base.Zone
	}
	if r.unset.hours {
		r.Week, r.Turn = base.Week, base.Turn
		if r.StandardDay == 0 {
			r.StandardDay = base.StandardDay
		}
	}
	if r.unset.statutory {
		r.Statutory = base.Statutory
		if r.Statutory != nil && r.unset.makeup != nil {
			own := *base.Statutory
			own.Makeup = *r.unset.makeup
			r.Statutory = &own
		}
	}
	official := map[int]bool{}
	for _, years := range []map[int]bool{base.Official, r.Official} {
		for y := range years {
			official[y] = true
		}
	}
	r.Official = official
	return r
}

// unset says what a calendar leaves to its base.
type unset struct {
	hours, statutory bool
	makeup           *bool // the switch for make-up workdays may be set without naming the country
}

// spill moves what a day's shift takes of the next day there: a night shift 22:00–06:00 is 22:00–24:00 of its day and
// 00:00–06:00 of the day after. The last day of a pattern spills into the first. It gives the index of every day on
// which two openings overlap, and the length of the longest day before the cut in minutes.
func spill(days [][]Span) (overlapping []int, longest int) {
	late := make([][]Span, len(days))
	for i, spans := range days {
		longest = max(longest, minutes(spans))
		for k := range spans {
			if spans[k].Close > dayMinutes {
				late[i] = append(late[i], Span{0, spans[k].Close - dayMinutes})
				spans[k].Close = dayMinutes
			}
		}
	}
	for i := range days {
		days[i] = append(days[i], late[(i+len(days)-1)%len(days)]...)
		sortSpans(days[i])
		for k := 1; k < len(days[i]); k++ {
			if days[i][k].Open < days[i][k-1].Close {
				overlapping = append(overlapping, i)
				break
			}
		}
	}
	return overlapping, longest
}

const dayMinutes = 24 * 60
