package calendar

import (
	"context"
	"time"

	"neike/internal/kit/lang"
)

// Kinds of intervals. The first three come from a calendar, the others from a clock.
const (
	Counted   = "counted"
	OffHours  = "off_hours"
	Holiday   = "holiday"
	Paused    = "paused"
	Delivered = "delivered"
	OtherUnit = "other_unit"
	Restarted = "restarted" // before the target was set anew
)

// Reason says why an interval counts or does not: a message key of this room ("calendar.reason.night") and, for a named
// day, its name. The zero reason says nothing: ordinary hours.
type Reason struct {
	Key  string
	Name lang.Text
}

// In is the reason in the reader's language: 夜间, 国庆节, 国庆节调休上班.
func (r Reason) In(ctx context.Context) string {
	if r.Key == "" {
		return ""
	}
	if r.Name.Empty() {
		return lang.T(ctx, r.Key)
	}
	return lang.T(ctx, r.Key+"-named", "name", r.Name.In(ctx))
}

// Keys of reasons.
const (
	Night     = "calendar.reason.night"
	Lunch     = "calendar.reason.lunch"
	Break     = "calendar.reason.break"
	OffShift  = "calendar.reason.off-shift"
	Weekend   = "calendar.reason.weekend"
	ClosedDay = "calendar.reason.closed-day"
	RestDay   = "calendar.reason.rest-day"
	FestiveAt = "calendar.reason.holiday"
	MakeupDay = "calendar.reason.makeup"
	OwnHours  = "calendar.reason.special"
)

// Interval is a stretch of time with one kind and one reason. From and To are exact to the millisecond; Seconds are
// whole, and rounded so that those of the counted intervals of one list add up to the whole seconds counted.
type Interval struct {
	From, To time.Time
	Kind     string
	Seconds  int64
	Reason   Reason
	Minutes  int64 // of ByDay: whole ones, rounded so that those of one kind add up to the rounded sum, as a reader checks it
}

// Explain tiles [a, b) without a hole: what counts, what does not, and why. Neighbours alike are one interval, so that
// a week of closed days is one. Instants outside the covered years are an error.
func (t *Table) Explain(a, b time.Time) ([]Interval, error) {
	from, to := a.UnixMilli(), b.UnixMilli()
	if t.always {
		return WithSeconds(tiling(nil).add(from, to, Counted, Reason{})), nil
	}
	if !t.covers(min(from, to), max(from, to)) {
		return nil, t.outside
	}
	var list tiling
	for i := t.day(from); i < len(t.days)-1 && t.days[i].start < to; i++ {
		list = t.explainDay(list, i, from, to)
	}
	return WithSeconds(list), nil
}

func (t *Table) explainDay(list tiling, i int, from, to int64) tiling {
	d, next := &t.days[i], t.days[i+1].start
	p := &t.plans[d.plan]
	clip := func(a, b int64, kind string, why Reason) {
		list = list.add(max(a, from), min(b, to), kind, why)
	}
	if d.n == 0 {
		kind, why := closedReason(p)
		clip(d.start, next, kind, why)
		return list
	}
	at := d.start
	for k, s := range t.segs[d.seg : d.seg+int32(d.n)] {
		open, shut := d.start+int64(s.from), d.start+int64(s.to)
		why := Reason{Key: Night}
		if k > 0 {
			why = t.gapReason(at, open)
		}
		clip(at, open, OffHours, why)
		clip(open, shut, Counted, openReason(p))
		at = shut
	}
	clip(at, next, OffHours, Reason{Key: Night})
	return list
}

func closedReason(p *plan) (string, Reason) {
	switch p.sort {
	case holidayDay:
		return Holiday, Reason{FestiveAt, p.name}
	case weekendDay:
		return OffHours, Reason{Key: Weekend}
	case restDay:
		return OffHours, Reason{Key: RestDay}
	}
	return OffHours, Reason{Key: ClosedDay}
}

func openReason(p *plan) Reason {
	switch p.sort {
	case makeupDay:
		return Reason{MakeupDay, p.name}
	case specialDay:
		return Reason{OwnHours, p.name}
	}
	return Reason{}
}

// gapReason names the pause between two openings of a day: lunch around noon, a break if it is short.
func (t *Table) gapReason(from, to int64) Reason {
	const hour = 3600 * 1000
	length, begins := to-from, (t.wall(from)%dayMS+dayMS)%dayMS
	switch {
	case length > 3*hour:
		return Reason{Key: OffShift}
	case begins >= 10*hour+hour/2 && begins+length <= 15*hour:
		return Reason{Key: Lunch}
	}
	return Reason{Key: Break}
}

// tiling is a list of intervals in order, without holes.
type tiling []Interval

// add appends [from, to) in ms; what continues the last interval extends it.
func (l tiling) add(from, to int64, kind string, why Reason) tiling {
	if to <= from {
		return l
	}
	a, b := time.UnixMilli(from).UTC(), time.UnixMilli(to).UTC()
	if n := len(l); n > 0 && l[n-1].Kind == kind && l[n-1].Reason == why && l[n-1].To.Equal(a) {
		l[n-1].To = b
		return l
	}
	return append(l, Interval{From: a, To: b, Kind: kind, Reason: why})
}

// WithSeconds fills in the whole seconds of a list, of each kind so that they add up: an interval gets what the sum of
// its kind grows by.
func WithSeconds(list []Interval) []Interval {
	sums := map[string]int64{}
	for i := range list {
		before := sums[list[i].Kind]
		after := before + list[i].To.Sub(list[i].From).Milliseconds()
		sums[list[i].Kind] = after
		list[i].Seconds = after/1000 - before/1000
	}
	return list
}

// DayIntervals is the part of a list that lies on one local day.
type DayIntervals struct {
	Date, Last Date // Last is later than Date for a run of whole days with one interval
	Name       Reason
	Intervals  []Interval
}

// ByDay cuts a list at local midnights and groups it by civil day. A single interval over whole days stays whole (Date
// to Last). The night before a day's first opening is left out, as the evening before has told it.
func (t *Table) ByDay(list []Interval) []DayIntervals {
	var days []DayIntervals
	for _, in := range list {
		for from := in.From; from.Before(in.To); {
			date := DateOf(from.In(t.loc))
			to := midnightAfter(from.In(t.loc), 0)
			if in.To.Before(to) {
				to = in.To
			}
			piece := in
			piece.From, piece.To = from, to
			days = t.put(days, date, piece)
			from = to
		}
	}
	sums := map[string]int64{}
	for i := range days {
		days[i].Name = t.dayName(days[i].Date)
		for k := range days[i].Intervals {
			in := &days[i].Intervals[k]
			before := sums[in.Kind]
			after := before + in.To.Sub(in.From).Milliseconds()
			sums[in.Kind] = after
			in.Seconds = after/1000 - before/1000
			in.Minutes = roundedMinutes(after/1000) - roundedMinutes(before/1000)
		}
	}
	return days
}

func roundedMinutes(seconds int64) int64 { return (seconds + 30) / 60 }

func (t *Table) put(days []DayIntervals, date Date, piece Interval) []DayIntervals {
	n := len(days)
	if n > 0 && days[n-1].Last == date {
		days[n-1].Intervals = append(days[n-1].Intervals, piece)
		return days
	}
	whole := piece.To.Equal(midnightAfter(piece.From.In(t.loc), 0)) && t.startsDay(piece.From)
	if whole && n > 0 && len(days[n-1].Intervals) == 1 && days[n-1].Last == date-1 {
		last := &days[n-1].Intervals[0]
		if last.Kind == piece.Kind && last.Reason == piece.Reason && last.To.Equal(piece.From) && t.startsDay(last.From) && piece.Kind != Counted {
			last.To, days[n-1].Last = piece.To, date
			return days
		}
	}
	if piece.Kind == OffHours && piece.Reason.Key == Night && t.startsDay(piece.From) && !whole {
		return days
	}
	return append(days, DayIntervals{Date: date, Last: date, Intervals: []Interval{piece}})
}

func (t *Table) startsDay(at time.Time) bool {
	d := DateOf(at.In(t.loc))
	return midnightAfter(at.In(t.loc), -1).Equal(at) && d == DateOf(at.In(t.loc))
}

// dayName says what is special about a covered day: a holiday, a make-up workday, hours of its own.
func (t *Table) dayName(d Date) Reason {
	i := int(d - t.first)
	if t.always || i < 0 || i >= len(t.days)-1 {
		return Reason{}
	}
	p := &t.plans[t.days[i].plan]
	if p.sort == holidayDay {
		return Reason{FestiveAt, p.name}
	}
	return openReason(p)
}
