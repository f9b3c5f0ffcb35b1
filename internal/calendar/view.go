package calendar

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// IntervalDays draws a list of intervals by local day for ui.Intervals, and gives the sum of what counts: "24:00".
func IntervalDays(ctx context.Context, t *Table, list []Interval) (days []ui.IntervalDay, sum string) {
	var counted int64
	for _, d := range t.ByDay(list) {
		day := ui.IntervalDay{Label: dayLabel(ctx, d)}
		for _, in := range d.Intervals {
			if in.Kind == Counted {
				counted += in.To.Sub(in.From).Milliseconds()
			}
			day.Rows = append(day.Rows, intervalRow(ctx, t, d, in))
		}
		days = append(days, day)
	}
	return days, hoursMinutes(counted / 1000)
}

// dayLabel is 10月10日 周六（国庆节调休，上班）, and 10月1日 周四–10月7日 周三 for a run of days.
func dayLabel(ctx context.Context, d DayIntervals) string {
	label := lang.ShortDate(ctx, noon(ctx, d.Date))
	if d.Last != d.Date {
		return label + "–" + lang.ShortDate(ctx, noon(ctx, d.Last))
	}
	if name := d.Name.In(ctx); name != "" {
		label = lang.T(ctx, "calendar.day-named", "day", label, "name", name)
	}
	return label
}

// noon of a date where the reader is, for showing the date.
func noon(ctx context.Context, d Date) time.Time {
	day := d.Time()
	return time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, lang.Zone(ctx))
}

func intervalRow(ctx context.Context, t *Table, d DayIntervals, in Interval) ui.IntervalRow {
	row := ui.IntervalRow{Reason: in.Reason.In(ctx), Kind: in.Kind, Amount: lang.T(ctx, "calendar.kind."+in.Kind)}
	from, to := in.From.In(t.loc), in.To.In(t.loc)
	row.Span = from.Format("15:04") + "–" + strings.Replace(to.Format("15:04"), "00:00", "24:00", 1)
	if d.Last != d.Date || t.startsDay(in.From) && t.startsDay(in.To) {
		row.Span = lang.T(ctx, "calendar.all-day")
	}
	switch in.Kind {
	case Counted:
		row.Amount = hoursMinutes(60 * in.Minutes)
	case Paused, Delivered, OtherUnit, Restarted:
		row.Kind = Paused
		row.Amount += " " + hoursMinutes(60*in.Minutes)
	}
	return row
}

// hoursMinutes is 7:36, minutes rounded.
func hoursMinutes(seconds int64) string {
	minutes := roundedMinutes(seconds)
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}

// summary of the hours: 周一–周五 08:30–12:00, 13:30–18:00; of a pattern every week or day of it.
func summary(ctx context.Context, r *Rules) string {
	t := r.Turn
	switch {
	case t == nil:
		return weekSummary(ctx, func(day int) []Span { return r.Week[day] })
	case t.Weeks:
		var parts []string
		for i := 0; i < len(t.Days); i += 7 {
			week := t.Days[i : i+7]
			parts = append(parts, lang.T(ctx, "calendar.turn-week", "number", i/7+1, "hours", weekSummary(ctx, func(day int) []Span { return week[(day+6)%7] })))
		}
		return lang.T(ctx, "calendar.turn-weeks", "count", len(t.Days)/7, "weeks", strings.Join(parts, lang.T(ctx, "calendar.list-separator")))
	}
	var parts []string
	for i := 0; i < len(t.Days); {
		n := 1
		for i+n < len(t.Days) && equalSpans(t.Days[i], t.Days[i+n]) {
			n++
		}
		text := spansText(t.Days[i])
		if text == "" {
			text = lang.T(ctx, "calendar.form.rest")
		}
		if n > 1 {
			text += " ×" + strconv.Itoa(n)
		}
		parts = append(parts, text)
		i += n
	}
	return lang.T(ctx, "calendar.turn-days", "count", len(t.Days), "days", strings.Join(parts, lang.T(ctx, "calendar.list-separator")))
}

// weekSummary joins neighbouring days with the same hours; on gives those of a day, Sunday 0.
func weekSummary(ctx context.Context, on func(day int) []Span) string {
	var parts []string
	for i := 0; i < 7; {
		spans := on((i + 1) % 7)
		j := i
		for j+1 < 7 && equalSpans(on((j+2)%7), spans) {
			j++
		}
		if len(spans) > 0 {
			days := lang.T(ctx, "calendar.weekday."+weekdays[(i+1)%7])
			if j > i {
				days += "–" + lang.T(ctx, "calendar.weekday."+weekdays[(j+1)%7])
			}
			parts = append(parts, days+" "+spansText(spans))
		}
		i = j + 1
	}
	return strings.Join(parts, lang.T(ctx, "calendar.list-separator"))
}

// spansText is 08:30–12:00, 13:30–18:00; openings that touch are one.
func spansText(spans []Span) string {
	var texts []string
	for i := 0; i < len(spans); i++ {
		open := spans[i].Open
		for i+1 < len(spans) && spans[i+1].Open == spans[i].Close {
			i++
		}
		texts = append(texts, clockOf(open)+"–"+clockOf(spans[i].Close))
	}
	return strings.Join(texts, ", ")
}

// monthView is a month as a table of weeks from Monday on.
type monthView struct {
	Title, Prev, Next string
	PrevHref          string
	NextHref          string
	Weekdays          []string
	Weeks             [][]dayView
	Workdays          int
	Provisional       bool
	Named             []string // days with a name or hours of their own, for the phone: 1–7 国庆节
}

type dayView struct {
	Number int // 0: not of this month
	Text   string
	Open   bool
	Tone   string
	Title  string
}

func (t *Table) month(ctx context.Context, year int, month time.Month, href func(month string) string) monthView {
	first := NewDate(year, month, 1)
	last := NewDate(year, month+1, 1) - 1
	v := monthView{Title: monthTitle(ctx, first), Provisional: t.Provisional(time.UnixMilli(t.startOf(first)), time.UnixMilli(t.startOf(last)))}
	if first > t.first {
		v.PrevHref, v.Prev = href((first - 1).String()[:7]), monthTitle(ctx, first-1)
	}
	if int(last+1-t.first) < len(t.days)-1 {
		v.NextHref, v.Next = href((last + 1).String()[:7]), monthTitle(ctx, last+1)
	}
	for i := range 7 {
		v.Weekdays = append(v.Weekdays, lang.T(ctx, "calendar.weekday."+weekdays[(i+1)%7]))
	}
	lead := (int(first.Weekday()) + 6) % 7
	week := make([]dayView, lead)
	var run namedRun
	for d := first; d <= last; d++ {
		day := t.dayView(ctx, d)
		week = append(week, day)
		v.Named = run.next(v.Named, day)
		if t.Workday(d) {
			v.Workdays++
		}
		if len(week) == 7 {
			v.Weeks, week = append(v.Weeks, week), nil
		}
	}
	v.Named = run.next(v.Named, dayView{})
	if len(week) > 0 {
		v.Weeks = append(v.Weeks, append(week, make([]dayView, 7-len(week))...))
	}
	return v
}

// namedRun joins neighbouring days of one name.
type namedRun struct {
	first, last int
	text        string
}

// next takes a day and gives the list with the run before it, when that has ended.
func (r *namedRun) next(list []string, d dayView) []string {
	text := ""
	if d.Tone != "" {
		if text = d.Text; d.Tone == "warn" {
			text = strings.TrimSpace(d.Title)
		}
	}
	if text != "" && text == r.text {
		r.last = d.Number
		return list
	}
	if r.text != "" {
		days := strconv.Itoa(r.first)
		if r.last > r.first {
			days += "–" + strconv.Itoa(r.last)
		}
		list = append(list, days+" "+r.text)
	}
	*r = namedRun{d.Number, d.Number, text}
	return list
}

func monthTitle(ctx context.Context, d Date) string {
	month := d.Time().Month()
	name := month.String()
	if lang.Locale(ctx) == "zh" {
		name = strconv.Itoa(int(month))
	}
	return lang.T(ctx, "calendar.month", "year", strconv.Itoa(d.Year()), "month", name)
}

func (t *Table) dayView(ctx context.Context, d Date) dayView {
	i := int(d - t.first)
	p := &t.plans[t.days[i].plan]
	v := dayView{Number: d.Time().Day(), Open: t.days[i].n > 0}
	if v.Open {
		v.Text = hoursMinutes((t.days[i+1].worked - t.days[i].worked) / 1000)
		v.Title = spansText(p.spans)
	} else {
		_, why := closedReason(p)
		v.Text = why.In(ctx)
	}
	switch p.sort {
	case holidayDay:
		v.Tone = "line"
	case makeupDay:
		v.Tone, v.Text = "warn", lang.T(ctx, "calendar.makeup-short", "hours", v.Text)
		v.Title = openReason(p).In(ctx) + " " + v.Title
	case specialDay:
		v.Tone = "warn"
		v.Title = openReason(p).In(ctx) + " " + v.Title
	}
	return v
}
