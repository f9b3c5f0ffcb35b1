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
	Turn     *Turn              // instead of Week
	Holidays map[Date]lang.Text // closed all day; the name may be empty
	Special  map[Date]Special   // hours of their own, go before Holidays
	// Statutory days of a country, below Holidays and Special: a date that the company names is the company's.
	Statutory *Statutory
	// StandardDay is the length of a workday for workdays_length; 0 is the longest ordinary weekday.
	StandardDay time.Duration
	// Official names years whose days are settled whatever Statutory says of them.
	Official map[int]bool
	// Ranges are shutdowns and seasons. A single date goes before them; among them a shutdown goes before a stretch that
	// is worked.
	Ranges []Range
	// Under is the base, whose days hold where there is none of the own.
	Under *Rules

	unset unset
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
	restDay                   // a day of rest in the turn of shifts
	holidayDay
)

// plan is what the rules say of one date.
type plan struct {
	sort  daySort
	spans []Span
	name  lang.Text
}

// on decides a date: the company's special date, its holiday, its shutdown or worked stretch; then those of the base; then
// the statutory make-up workday, the statutory holiday, the hours of the pattern. Seasonal hours change what is worked.
func (r *Rules) on(d Date) plan {
	for own := r; own != nil; own = own.Under {
		if p, ok := own.named(d, r); ok {
			return p
		}
	}
	p := r.unnamed(d)
	if len(p.spans) == 0 {
		return p
	}
	for own := r; own != nil; own = own.Under {
		if season := own.within(d, HoursRange); season != nil {
			p.spans = season.Hours
			if p.sort == openDay {
				p.sort, p.name = specialDay, season.Name
			}
			break
		}
	}
	return p
}

// named is what the days of r say of a date; hours that they leave open are those of the pattern of all.
func (r *Rules) named(d Date, all *Rules) (plan, bool) {
	if s, ok := r.Special[d]; ok {
		return all.special(d, s), true
	}
	if name, ok := r.Holidays[d]; ok {
		return plan{sort: holidayDay, name: name}, true
	}
	if len(r.Ranges) == 0 {
		return plan{}, false
	}
	switch x := r.within(d, ClosedRange, WorkingRange); {
	case x == nil:
		return plan{}, false
	case x.Kind == ClosedRange:
		return plan{sort: holidayDay, name: x.Name}, true
	default:
		return all.special(d, Special{Name: x.Name, Hours: x.Hours}), true
	}
}

// unnamed is what the country and the pattern say of a date. A make-up workday that the pattern works anyway keeps its
// hours; one that it does not has the standard hours.
func (r *Rules) unnamed(d Date) plan {
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
	switch spans := r.hoursOn(d); {
	case len(spans) > 0:
		return plan{sort: openDay, spans: spans}
	case r.Turn != nil && !r.Turn.Weeks:
		return plan{sort: restDay}
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
		if p.spans = r.hoursOn(d); len(p.spans) == 0 {
			p.spans = r.standardHours()
		}
	}
	if len(p.spans) == 0 {
		p.sort = holidayDay
	}
	return p
}

// follows decides whether a version may be published after another one, nil for none. Only a version that replaces all
// may be in another zone: days of two zones do not fit together.
func (e *edition) follows(last *edition, replaces int) error {
	number := 0
	if last != nil {
		number = last.Number
	}
	if replaces != 0 && replaces != number {
		return fault.New(fault.Conflict, "calendar.published-meanwhile", "code", e.Code)
	}
	if last == nil || e.From == Always || e.Rules.Zone == last.Rules.Zone {
		return nil
	}
	var f fault.Fields
	f.Add("zone", "calendar.zone-differs", "zone", last.Rules.Zone)
	return f.Err()
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
