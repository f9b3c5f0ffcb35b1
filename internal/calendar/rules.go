package calendar

import (
	"sort"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Rules is what one version of a calendar says.
type Rules struct {
	Zone     string // IANA name
	Week     [7][]Span
	Holidays map[Date]lang.Text // closed all day; the name may be empty
	Special  map[Date]Special   // hours of their own, go before Holidays
	// Statutory days of a country, below Holidays and Special: a date that the company names is the company's.
	Statutory *Statutory
	// StandardDay is the length of a workday for workdays_length; 0 is the longest ordinary weekday.
	StandardDay time.Duration
	// Official names years whose days are settled whatever Statutory says of them.
	Official map[int]bool
}

// Span is one opening of a local day: minutes since midnight, half-open, 0 ≤ Open < Close ≤ 1440. A night shift is two.
type Span struct{ Open, Close int }

// Special is a date with hours of its own. Nil Hours are the standard weekday hours (a make-up workday); an empty list
// is closed.
type Special struct {
	Name   lang.Text
	Hours  []Span
	Makeup bool // shown as 调休上班
}

// Statutory is a country's list of days off and make-up workdays, as it was known when the version was published.
type Statutory struct {
	Code   string
	Makeup bool            // whether make-up workdays are worked; financial firms often do not
	Years  map[int]bool    // years in the list; true: official, false: provisional
	Off    map[Date]string // day → code of the festival
	Work   map[Date]string
	Names  map[string]lang.Text
}

// daySort is what sort of day a date is.
type daySort uint8

const (
	openDay    daySort = iota // hours of the weekday
	specialDay                // hours of its own
	makeupDay                 // a make-up workday
	weekendDay                // Saturday or Sunday without hours
	closedDay                 // another weekday without hours
	holidayDay
)

// plan is what the rules say of one date.
type plan struct {
	sort  daySort
	spans []Span
	name  lang.Text
}

// on decides a date: the company's special date, the company's holiday, the statutory make-up workday, the statutory
// holiday, the weekday.
func (r *Rules) on(d Date) plan {
	if s, ok := r.Special[d]; ok {
		return r.special(d, s)
	}
	if name, ok := r.Holidays[d]; ok {
		return plan{sort: holidayDay, name: name}
	}
	if s := r.Statutory; s != nil {
		if code, ok := s.Work[d]; ok && s.Makeup {
			return r.special(d, Special{Name: s.Names[code], Makeup: true})
		}
		if code, ok := s.Off[d]; ok {
			return plan{sort: holidayDay, name: s.Names[code]}
		}
	}
	return r.weekday(d)
}

func (r *Rules) weekday(d Date) plan {
	day := d.Weekday()
	switch spans := r.Week[day]; {
	case len(spans) > 0:
		return plan{sort: openDay, spans: spans}
	case day == time.Saturday || day == time.Sunday:
		return plan{sort: weekendDay}
	default:
		return plan{sort: closedDay}
	}
}

func (r *Rules) special(d Date, s Special) plan {
	p := plan{sort: specialDay, spans: s.Hours, name: s.Name}
	if s.Makeup {
		p.sort = makeupDay
	}
	if s.Hours == nil {
		if p.spans = r.Week[d.Weekday()]; len(p.spans) == 0 {
			p.spans = r.standardHours()
		}
	}
	if len(p.spans) == 0 {
		p.sort = holidayDay
	}
	return p
}

// follows decides whether a version may be published after another one. Only a version that replaces all may be in
// another zone: days of two zones do not fit together.
func (s *stored) follows(last stored, replaces int) error {
	if replaces != 0 && replaces != last.Number {
		return fault.New(fault.Conflict, "calendar.published-meanwhile", "code", s.Code)
	}
	if last.Number == 0 || s.From == Always || s.input.Zone == last.input.Zone {
		return nil
	}
	var f fault.Fields
	f.Add("zone", "calendar.zone-differs", "zone", last.input.Zone)
	return f.Err()
}

// standardHours is the hours that most weekdays have; of equally many, those of the earliest weekday from Monday on.
func (r *Rules) standardHours() []Span {
	var best []Span
	most := 0
	for i := 0; i < 7; i++ {
		spans := r.Week[(i+1)%7]
		if len(spans) == 0 {
			continue
		}
		n := 0
		for _, other := range r.Week {
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

// standardDay is the length of a workday: as set, or the longest ordinary weekday.
func (r *Rules) standardDay() time.Duration {
	if r.StandardDay > 0 {
		return r.StandardDay
	}
	longest := 0
	for _, spans := range r.Week {
		longest = max(longest, minutes(spans))
	}
	return time.Duration(longest) * time.Minute
}

// official says whether the days of a year are settled. A calendar without a statutory list is its own authority.
func (r *Rules) official(year int) bool {
	return r.Statutory == nil || r.Official[year] || r.Statutory.Years[year]
}

func minutes(spans []Span) int {
	n := 0
	for _, s := range spans {
		n += s.Close - s.Open
	}
	return n
}

func equalSpans(a, b []Span) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func sortSpans(spans []Span) {
	sort.Slice(spans, func(i, j int) bool { return spans[i].Open < spans[j].Open })
}
