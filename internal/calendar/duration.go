package calendar

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Unit says how a Duration counts.
type Unit = string

// The seven units. A standard never says only "days" or "hours".
const (
	ElapsedMinutes   Unit = "elapsed_minutes"    // 7×24
	ElapsedHours     Unit = "elapsed_hours"      // 7×24
	WorkingMinutes   Unit = "working_minutes"    // opening hours of the calendar
	WorkingHours     Unit = "working_hours"      // opening hours of the calendar
	WorkdaysEOD      Unit = "workdays_eod"       // close of the N-th workday after the day of submission
	WorkdaysSameTime Unit = "workdays_same_time" // the same time of day, N workdays later
	WorkdaysLength   Unit = "workdays_length"    // N × the standard day, counted as working time
)

// Units in the order in which a form offers them.
var Units = []Unit{WorkingHours, WorkingMinutes, WorkdaysEOD, WorkdaysSameTime, WorkdaysLength, ElapsedHours, ElapsedMinutes}

// largest value of each unit: about ten years.
var largest = map[Unit]int{
	ElapsedMinutes: 5_256_000, ElapsedHours: 87_600, WorkingMinutes: 1_500_000, WorkingHours: 25_000,
	WorkdaysEOD: 2_500, WorkdaysSameTime: 2_500, WorkdaysLength: 2_500,
}

// Duration is a target: a value and how it counts. The zero value is no target.
type Duration struct {
	Value int  `json:"value" doc:"How many" example:"6"`
	Unit  Unit `json:"unit" enum:"elapsed_minutes,elapsed_hours,working_minutes,working_hours,workdays_eod,workdays_same_time,workdays_length" doc:"How they count"`
}

// IsZero says whether there is no target at all.
func (d Duration) IsZero() bool { return d == Duration{} }

// Elapsing says whether the unit counts day and night.
func (d Duration) Elapsing() bool { return d.Unit == ElapsedMinutes || d.Unit == ElapsedHours }

// Validate adds what is wrong with the duration under the field's name. Only workdays_eod and workdays_same_time may
// be 0: the same day.
func (d Duration) Validate(f *fault.Fields, name string) {
	most, ok := largest[d.Unit]
	if !ok {
		f.Add(name+".unit", "calendar.unit-unknown", "unit", d.Unit)
		return
	}
	least := 1
	if d.Unit == WorkdaysEOD || d.Unit == WorkdaysSameTime {
		least = 0
	}
	if d.Value < least || d.Value > most {
		f.Add(name+".value", "calendar.value-out-of-range", "least", least, "most", most)
	}
}

// For is the table that the unit counts in: t itself, or 7×24 in t's zone for the elapsed units.
func (t *Table) For(d Duration) *Table {
	if d.Elapsing() {
		return t.even
	}
	return t
}

// Due is the moment by which a duration that begins at start is over, without pauses.
func (t *Table) Due(start time.Time, d Duration) (time.Time, error) {
	switch d.Unit {
	case ElapsedMinutes:
		return start.Add(time.Duration(d.Value) * time.Minute).UTC(), nil
	case ElapsedHours:
		return start.Add(time.Duration(d.Value) * time.Hour).UTC(), nil
	case WorkingMinutes:
		return t.Add(start, time.Duration(d.Value)*time.Minute)
	case WorkingHours:
		return t.Add(start, time.Duration(d.Value)*time.Hour)
	case WorkdaysLength:
		return t.Add(start, time.Duration(d.Value)*t.standard)
	case WorkdaysEOD:
		return t.closeOfWorkday(start, d.Value)
	case WorkdaysSameTime:
		return t.sameTime(start, d.Value)
	}
	return time.Time{}, fault.New(fault.Invalid, "calendar.unit-unknown", "unit", d.Unit)
}

// Budget is the time that a duration beginning at start allows, counted in For(d): for a target that ends at a moment
// of the calendar (workdays_eod, workdays_same_time) the open time from start to that moment.
func (t *Table) Budget(start time.Time, d Duration) (time.Duration, error) {
	due, err := t.Due(start, d)
	if err != nil {
		return 0, err
	}
	return t.For(d).Elapsed(start, due)
}

// Label is the duration in words: 4 工作小时, 2 个工作日（第 2 个工作日下班前）. No target is "".
func (d Duration) Label(ctx context.Context) string {
	if d.IsZero() {
		return ""
	}
	if d.Value == 0 {
		return lang.T(ctx, "calendar.duration."+d.Unit+".today")
	}
	return lang.T(ctx, "calendar.duration."+d.Unit, "count", d.Value)
}

// UnitLabel is the name of a unit in a form: 工作小时.
func UnitLabel(ctx context.Context, unit Unit) string { return lang.T(ctx, "calendar.unit."+unit) }
