package calendar

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Schedule is a rhythm on a calendar: the last workday of every month. The zero value has no dates.
type Schedule struct {
	Every string `json:"every"` // day, week, month, quarter, year; "": no dates
	On    string `json:"on"`    // workdays, every_day; mon … sun; "workday N", "workday -N", "day N", "day -1"
	Month int    `json:"month"` // of a quarter (1–3) or year (1–12), in which it falls; 0: counted over the whole of it
	At    string `json:"at"`    // "HH:MM" by the clock of the calendar
	Shift string `json:"shift"` // what a named day or weekday does that is closed: before, after, keep
}

// What a closed day does to a due date.
const (
	Before = "before" // the last workday before it
	After  = "after"  // the first workday after it
	Keep   = "keep"   // nothing: it is due on a day off
)

// Everys, Weekdays and Shifts list what a schedule may say.
var (
	Everys   = []string{"day", "week", "month", "quarter", "year"}
	Weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	Shifts   = []string{Before, After, Keep}
)

var (
	onPattern = regexp.MustCompile(`^(workday|day) (-?[1-9][0-9]{0,2})$`)
	atPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
)

// Occurrence is one due date of a schedule.
type Occurrence struct {
	Slot    string // the period it is for; one date each
	Planned Date   // the day that the schedule names
	Date    Date   // the day on which it is due
	At      time.Time
}

// Moved says whether a closed day moved it.
func (o Occurrence) Moved() bool { return o.Planned != o.Date }

// Days is what a schedule asks of a calendar.
type Days interface {
	Workday(d Date) bool
	Location() *time.Location
}

// Check adds what is wrong with the schedule: every, on, at, shift, month.
func (s Schedule) Check(f *fault.Fields) {
	if s.Every == "" {
		return
	}
	if !slices.Contains(Everys, s.Every) {
		f.Add("every", "calendar.schedule.every-unknown")
		return
	}
	if !s.onFits() {
		f.Add("on", "calendar.schedule.on-unknown", "value", s.On)
	}
	if !atPattern.MatchString(s.At) {
		f.Add("at", "calendar.schedule.time-unknown", "value", s.At)
	}
	if s.Shift != "" && !slices.Contains(Shifts, s.Shift) {
		f.Add("shift", "calendar.schedule.shift-unknown")
	}
	if most := map[string]int{"quarter": 3, "year": 12}[s.Every]; s.Month < 0 || s.Month > most {
		f.Add("month", "calendar.schedule.month-unknown", "most", most)
	}
}

func (s Schedule) onFits() bool {
	switch s.Every {
	case "day":
		return s.On == "workdays" || s.On == "every_day"
	case "week":
		return slices.Contains(Weekdays, s.On)
	}
	sort, n, ok := s.nth()
	most := map[string]int{"workday": 27, "day": 31}[sort]
	if s.Month == 0 && sort == "workday" {
		most = map[string]int{"month": 27, "quarter": 70, "year": 260}[s.Every]
	}
	return ok && n <= most && (n > 0 || sort == "workday" && -n <= most || n == -1)
}

// nth reads "workday 3" and "day -1".
func (s Schedule) nth() (sort string, n int, ok bool) {
	m := onPattern.FindStringSubmatch(s.On)
	if m == nil {
		return "", 0, false
	}
	n, err := strconv.Atoi(m[2])
	return m[1], n, err == nil
}

// period is one stretch of the schedule that has one due date.
type period struct {
	slot        string
	first, next Date // [first, next)
}

// periodOf is the period that a day lies in.
func (s Schedule) periodOf(d Date) period {
	t := d.Time()
	y, m := t.Year(), t.Month()
	switch s.Every {
	case "day":
		return period{d.String(), d, d + 1}
	case "week":
		monday := d - Date((int(d.Weekday())+6)%7)
		year, week := monday.Time().ISOWeek()
		return period{fmt.Sprintf("%d-W%02d", year, week), monday, monday + 7}
	case "quarter":
		q := (int(m) - 1) / 3
		return period{fmt.Sprintf("%d-Q%d", y, q+1), NewDate(y, time.Month(q*3+1), 1), NewDate(y, time.Month(q*3+4), 1)}
	case "year":
		return period{strconv.Itoa(y), NewDate(y, 1, 1), NewDate(y+1, 1, 1)}
	}
	return period{fmt.Sprintf("%d-%02d", y, int(m)), NewDate(y, m, 1), NewDate(y, m+1, 1)}
}

// farthestMoved is how many days a closed day may move a due date; longer closings leave it where it is.
const farthestMoved = 31

// in gives the due date of a period; ok is false when it has none: a closed day of a schedule of workdays, a fourth workday
// of a week of three.
func (s Schedule) in(c Days, p period) (o Occurrence, ok bool) {
	o = Occurrence{Slot: p.slot}
	switch s.Every {
	case "day":
		if o.Planned, o.Date = p.first, p.first; s.On == "workdays" && !c.Workday(p.first) {
			return o, false
		}
	case "week":
		o.Planned = p.first + Date(slices.Index(Weekdays, s.On))
		o.Date = s.shifted(c, o.Planned)
	default:
		first, next := p.first, p.next
		if s.Month > 0 && s.Every != "month" {
			t := first.Time()
			first = NewDate(t.Year(), t.Month()+time.Month(s.Month-1), 1)
			next = NewDate(t.Year(), t.Month()+time.Month(s.Month), 1)
		}
		sort, n, _ := s.nth()
		if sort == "workday" {
			o.Planned, ok = nthWorkday(c, first, next, n)
			if o.Date = o.Planned; !ok {
				return o, false
			}
			break
		}
		if t := first.Time(); s.Month == 0 && n > 0 { // the day of the first month of a quarter or year
			next = NewDate(t.Year(), t.Month()+1, 1)
		}
		o.Planned = next - 1
		if n > 0 {
			o.Planned = min(first+Date(n-1), next-1)
		}
		o.Date = s.shifted(c, o.Planned)
	}
	o.At = Moment(o.Date, s.At, c.Location())
	return o, true
}

// shifted moves a closed day by the schedule's rule.
func (s Schedule) shifted(c Days, d Date) Date {
	step := Date(-1)
	switch s.Shift {
	case Keep:
		return d
	case After:
		step = 1
	}
	for i, at := 0, d; i <= farthestMoved; i, at = i+1, at+step {
		if c.Workday(at) {
			return at
		}
	}
	return d
}

// nthWorkday is the n-th workday of [first, next), from its end for a negative n.
func nthWorkday(c Days, first, next Date, n int) (Date, bool) {
	d, step := first, Date(1)
	if n < 0 {
		d, step, n = next-1, -1, -n
	}
	for ; d >= first && d < next; d += step {
		if c.Workday(d) {
			if n--; n == 0 {
				return d, true
			}
		}
	}
	return 0, false
}

// Moment is a time of day, "HH:MM", on a civil day.
func Moment(d Date, at string, loc *time.Location) time.Time {
	t := d.Time()
	hour, _ := strconv.Atoi(at[:2]) // checked when it was written
	minute, _ := strconv.Atoi(at[3:])
	return time.Date(t.Year(), t.Month(), t.Day(), hour, minute, 0, 0, loc).UTC()
}

// horizon bounds the search for due dates: calendars do not reach farther.
const horizon = 800

// Between lists the dates whose moment is after from, in order, at most limit, up to the last day until (0: no end).
func (s Schedule) Between(c Days, from time.Time, until Date, limit int) []Occurrence {
	return s.Stepped(c, 1, 0, from, until, limit)
}

// Stepped is Between of every step-th period alone, counted from the one that the day since lies in: every second week.
func (s Schedule) Stepped(c Days, step int, since Date, from time.Time, until Date, limit int) []Occurrence {
	var out []Occurrence
	if s.Every == "" {
		return nil
	}
	begin := DateOf(from.In(c.Location())) - farthestMoved
	for p := s.periodOf(begin); len(out) < limit && p.first < begin+horizon; p = s.periodOf(p.next) {
		if step > 1 && (s.index(p.first)-s.index(since))%step != 0 {
			continue
		}
		o, ok := s.in(c, p)
		if !ok || !o.At.After(from) {
			continue
		}
		if until != 0 && o.Date > until {
			break
		}
		out = append(out, o)
	}
	return out
}

// index counts the periods of the schedule up to the one that a day lies in.
func (s Schedule) index(d Date) int {
	t := d.Time()
	switch s.Every {
	case "day":
		return int(d)
	case "week":
		monday := d - Date((int(d.Weekday())+6)%7)
		return int(monday-NewDate(2001, 1, 1)) / 7 // a Monday
	case "month":
		return t.Year()*12 + int(t.Month())
	case "quarter":
		return t.Year()*4 + (int(t.Month())-1)/3
	}
	return t.Year()
}

// Ahead is the beginning of the day that many workdays before a date.
func Ahead(c Days, o Occurrence, lead int) time.Time {
	d := o.Date
	for i := 0; lead > 0 && i < 200; i++ {
		if d--; c.Workday(d) {
			lead--
		}
	}
	t := d.Time()
	at := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, c.Location()).UTC()
	return at
}

// Words is the schedule in the reader's language; empty without dates.
func (s Schedule) Words(ctx context.Context) string {
	if s.Every == "" {
		return ""
	}
	var on string
	switch s.Every {
	case "day":
		on = lang.T(ctx, "calendar.schedule.day-"+s.On)
	case "week":
		on = lang.T(ctx, "calendar.schedule.week", "day", lang.T(ctx, "calendar.schedule.weekday-"+s.On))
	default:
		sort, n, _ := s.nth()
		key := "calendar.schedule." + sort
		if n < 0 {
			key, n = key+"-last", -n
			if n == 1 {
				key += "-one"
			}
		}
		in := lang.T(ctx, "calendar.schedule."+s.Every)
		if s.Month > 0 && s.Every != "month" {
			in = lang.T(ctx, "calendar.schedule."+s.Every+"-month", "month", s.Month)
		}
		on = lang.T(ctx, key, "n", n, "in", in)
	}
	text := lang.T(ctx, "calendar.schedule.at", "on", on, "at", s.At)
	if s.shifts() {
		text += lang.T(ctx, "calendar.schedule.shift-"+s.Shift)
	}
	return text
}

// shifts says whether the rule for closed days means anything for the schedule.
func (s Schedule) shifts() bool {
	sort, _, _ := s.nth()
	return s.Shift != "" && (s.Every == "week" || sort == "day")
}

// Slot is the date of the period that a slot names; around is a moment near it.
func (s Schedule) Slot(c Days, slot string, around time.Time) (Occurrence, bool) {
	if s.Every == "" {
		return Occurrence{}, false
	}
	d := DateOf(around.In(c.Location())) - farthestMoved
	for p := s.periodOf(d); p.first <= d+2*farthestMoved; p = s.periodOf(p.next) {
		if p.slot == slot {
			return s.in(c, p)
		}
	}
	return Occurrence{}, false
}
