package calendar

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// noStatutory says in an heir that no country's days hold, whatever the base says.
const noStatutory = "none"

// Stretch is days from one to another, both included.
type Stretch struct {
	From  string    `json:"from" example:"2027-07-19"`
	To    string    `json:"to" example:"2027-08-01"`
	Name  lang.Text `json:"name,omitzero"`
	Kind  string    `json:"kind,omitempty" enum:"closed,hours,working" doc:"closed (a shutdown, the default), hours (worked days have these hours) or working (every day is worked, days off too)"`
	Hours *Hours    `json:"hours,omitempty" doc:"hours: the openings; working: the openings, without them those of the day or the standard ones"`
}

type stretchWire Stretch

func (x *stretchWire) UnmarshalJSON(data []byte) error {
	type plain Stretch
	wire := struct {
		*plain
		Name words `json:"name"`
	}{plain: (*plain)(x)}
	err := json.Unmarshal(data, &wire)
	x.Name = lang.Text(wire.Name)
	return err
}

// set says whether any day has hours.
func (w *Week) set() bool {
	for day := range weekdays {
		if len(w.of(time.Weekday(day))) > 0 {
			return true
		}
	}
	return false
}

// checkPattern reads the hours: of one week, of several weeks in turn, or of the days of a cycle.
func (in *Input) checkPattern(f *fault.Fields, r *Rules) {
	given := 0
	for _, set := range []bool{in.Hours.set(), len(in.Weeks) > 0, len(in.Cycle) > 0} {
		if set {
			given++
		}
	}
	switch {
	case given > 1:
		f.Add("hours", "calendar.one-pattern")
	case len(in.Weeks) > 0:
		in.checkWeeks(f, r)
	case len(in.Cycle) > 0:
		in.checkCycle(f, r)
	case given == 0 && in.Base != "":
		r.unset.hours = true
		return
	default:
		in.checkWeek(f, r)
	}
	open := false
	for _, spans := range r.ordinary() {
		open = open || len(spans) > 0
	}
	if !open && f.Len() == 0 {
		f.Add("hours", "calendar.never-open")
	}
}

// weekFrom reads a week from Monday on.
func weekFrom(f *fault.Fields, name string, w *Week) [][]Span {
	days := make([][]Span, 7)
	for i := range days {
		day := (i + 1) % 7
		days[i] = checkHours(f, name+"."+weekdays[day], w.of(time.Weekday(day)), true)
	}
	return days
}

func (in *Input) checkWeek(f *fault.Fields, r *Rules) {
	days := weekFrom(f, "hours", &in.Hours)
	in.spill(f, r, days, func(i int) string { return "hours." + weekdays[(i+1)%7] })
	for i, spans := range days {
		r.Week[(i+1)%7] = spans
	}
}

func (in *Input) checkWeeks(f *fault.Fields, r *Rules) {
	if n := len(in.Weeks); n < 2 || n > maxWeeks {
		f.Add("weeks", "calendar.weeks-out-of-range", "most", strconv.Itoa(maxWeeks))
	}
	t := &Turn{Weeks: true}
	for i := range in.Weeks {
		t.Days = append(t.Days, weekFrom(f, "weeks."+strconv.Itoa(i), &in.Weeks[i])...)
	}
	in.spill(f, r, t.Days, func(i int) string { return fmt.Sprintf("weeks.%d.%s", i/7, weekdays[(i+1)%7]) })
	t.Anchor = in.anchor(f)
	t.Anchor -= Date((t.Anchor.Weekday() + 6) % 7)
	r.Turn = t
}

func (in *Input) checkCycle(f *fault.Fields, r *Rules) {
	if n := len(in.Cycle); n < 2 || n > maxCycle {
		f.Add("cycle", "calendar.cycle-out-of-range", "most", strconv.Itoa(maxCycle))
	}
	t := &Turn{}
	for i, hours := range in.Cycle {
		t.Days = append(t.Days, checkHours(f, "cycle."+strconv.Itoa(i), hours, true))
	}
	in.spill(f, r, t.Days, func(i int) string { return "cycle." + strconv.Itoa(i) })
	t.Anchor = in.anchor(f)
	r.Turn = t
}

// spill cuts night shifts at midnight. The standard day is the longest before the cut: twelve hours of a night shift
// are one day, not four and eight.
func (in *Input) spill(f *fault.Fields, r *Rules, days [][]Span, name func(i int) string) {
	over := false
	for _, spans := range days {
		for _, s := range spans {
			over = over || s.Close > dayMinutes
		}
	}
	if !over {
		return
	}
	overlapping, longest := spill(days)
	for _, i := range overlapping {
		f.Add(name(i), "calendar.openings-overlap")
	}
	r.StandardDay = time.Duration(longest) * time.Minute
}

// anchor is the day that a turn is counted from.
func (in *Input) anchor(f *fault.Fields) Date {
	if in.Anchor == "" {
		f.Add("anchor", "calendar.anchor-missing")
		return 0
	}
	return checkDate(f, "anchor", in.Anchor)
}

func (in *Input) checkStretches(f *fault.Fields, r *Rules) {
	if len(in.Shutdowns) > maxStretchs {
		f.Add("shutdowns", "calendar.too-many-stretches", "most", strconv.Itoa(maxStretchs))
		return
	}
	for i, x := range in.Shutdowns {
		name := "shutdowns." + strconv.Itoa(i)
		before := f.Len()
		out := Range{From: checkDate(f, name+".from", x.From), To: checkDate(f, name+".to", x.To), Kind: x.Kind, Name: x.Name}
		if f.Len() == before && out.To < out.From {
			f.Add(name+".to", "calendar.stretch-backwards", "from", x.From, "to", x.To)
		}
		if out.Kind == "" {
			out.Kind = ClosedRange
			if x.Hours != nil && len(*x.Hours) > 0 {
				out.Kind = HoursRange
			}
		}
		if out.Name.Empty() && out.Kind == ClosedRange {
			out.Name = lang.Text{Zh: "停产", En: "Shutdown"}
		}
		if x.Hours != nil {
			out.Hours = checkHours(f, name+".hours", *x.Hours, false)
		}
		switch {
		case out.Kind != ClosedRange && out.Kind != HoursRange && out.Kind != WorkingRange:
			f.Add(name+".kind", "calendar.stretch-kind-unknown", "kind", x.Kind)
		case out.Kind == HoursRange && len(out.Hours) == 0 && f.Len() == before:
			f.Add(name+".hours", "calendar.stretch-hours-missing")
		case out.Kind == ClosedRange && len(out.Hours) > 0:
			f.Add(name+".hours", "calendar.stretch-closed-hours")
		}
		for _, other := range r.Ranges {
			if f.Len() == before && other.Kind == out.Kind && other.From <= out.To && out.From <= other.To {
				f.Add(name+".from", "calendar.stretch-overlaps", "from", other.From.String(), "to", other.To.String())
				break
			}
		}
		r.Ranges = append(r.Ranges, out)
	}
}
