package repeat

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
)

// opensAt is the hour at which a date opens its request.
const opensAt = "08:00"

// placeholder is what a title says of the date: {月}, also in the braces that Chinese keyboards type.
var placeholder = regexp.MustCompile(`[{｛]([^{}｛｝]*)[}｝]`)

// valueOf is what a placeholder stands for, however its words are typed.
func valueOf(found string) (func(d calendar.Date) string, bool) {
	words := strings.Fields(strings.ToLower(strings.Trim(found, "{}｛｝")))
	fn, ok := placeholders[strings.Join(words, " ")]
	return fn, ok
}

// placeholders are the words that a title may hold, by both languages.
var placeholders = map[string]func(d calendar.Date) string{
	"年": year, "year": year, "月": month, "month": month, "上月": lastMonth, "last month": lastMonth,
	"季度": quarter, "quarter": quarter, "周": week, "week": week, "日期": calendar.Date.String, "date": calendar.Date.String,
}

func year(d calendar.Date) string  { return fmt.Sprint(d.Time().Year()) }
func month(d calendar.Date) string { return fmt.Sprint(int(d.Time().Month())) }
func lastMonth(d calendar.Date) string {
	t := d.Time()
	return fmt.Sprint(int(time.Date(t.Year(), t.Month()-1, 1, 0, 0, 0, 0, time.UTC).Month()))
}
func quarter(d calendar.Date) string { return fmt.Sprint((int(d.Time().Month())-1)/3 + 1) }
func week(d calendar.Date) string {
	_, n := d.Time().ISOWeek()
	return fmt.Sprint(n)
}

// filled puts a date into a text with placeholders: "{月} 月经营月报" of November is "11 月经营月报".
func filled(text string, d calendar.Date) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		if fn, ok := valueOf(found); ok {
			return fn(d)
		}
		return found
	})
}

// Answers may follow the moment of asking instead of being fixed: a date {workday+5}, a date with a time {workday+5 14:00}, a month
// {month-1}. Days count from the day on which it is asked; months from the month of the date, as those of the title do.
var (
	later     = regexp.MustCompile(`^\{(?:workday|工作日)\+(\d{1,3})(?: +([01]?\d|2[0-3]):([0-5]\d))?\}$`)
	monthsOff = regexp.MustCompile(`^\{(?:month|月)(?:([+-])(\d{1,2}))?\}$`)
)

// maxLater is how many workdays such an answer may lie behind that day, maxMonths how many months before or behind that month.
const (
	maxLater  = 250
	maxMonths = 12
)

// namedMonths are the months that have a name.
var namedMonths = map[string]int{"{上月}": -1, "{last month}": -1, "{本月}": 0, "{this month}": 0, "{下月}": 1, "{next month}": 1}

// following is what an answer says that follows the moment of asking.
type following struct {
	n  int    // workdays, or months
	at string // 14:00 of that day
}

// followed reads such an answer to a field of a type; ok says whether it is one.
func followed(kind form.Type, answer any) (w following, ok bool) {
	text, _ := answer.(string)
	text = strings.TrimSpace(text)
	if kind == form.Month {
		if n, named := namedMonths[text]; named {
			return following{n: n}, true
		}
		m := monthsOff.FindStringSubmatch(text)
		if m == nil {
			return w, false
		}
		n, _ := strconv.Atoi(m[1] + m[2]) // {month}: 0
		return following{n: n}, n >= -maxMonths && n <= maxMonths
	}
	m := later.FindStringSubmatch(text)
	if m == nil || (kind == form.DateTime) != (m[2] != "") || kind != form.Date && kind != form.DateTime {
		return w, false
	}
	w.n, _ = strconv.Atoi(m[1])
	if m[2] != "" {
		w.at = fmt.Sprintf("%02s:%s", m[2], m[3])
	}
	return w, w.n <= maxLater
}

// laterText and monthText write such answers; what was typed is kept as it is, to be shown again.
func laterText(n, at string) string { return strings.TrimSpace("{workday+"+n+" "+at) + "}" }
func monthText(n int) string {
	if n == 0 {
		return "{month}"
	}
	return fmt.Sprintf("{month%+d}", n)
}

// workdaysAfter is the n-th workday after a day; of 0 the day itself.
func workdaysAfter(c calendar.Days, d calendar.Date, n int) calendar.Date {
	for last := d + calendar.Date(4*n+60); n > 0 && d < last; {
		if d++; c.Workday(d) {
			n--
		}
	}
	return d
}

// monthAfter is the month that lies n months behind the one of a day: 2026-11.
func monthAfter(d calendar.Date, n int) string {
	t := d.Time()
	return time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

// day is what an answer may say of: the date that a template names, and the day on which it is asked, in a calendar.
type day struct {
	planned, asked calendar.Date
	table          calendar.Days
}

// says is what an answer that follows comes to.
func (d day) says(kind form.Type, w following) string {
	if kind == form.Month {
		return monthAfter(d.planned, w.n)
	}
	on := workdaysAfter(d.table, d.asked, w.n)
	if kind == form.DateTime {
		return calendar.Moment(on, w.at, d.table.Location()).Format(time.RFC3339)
	}
	return on.String()
}

// filledAnswers puts a date into the texts among the answers, and days and months into those that follow the moment of asking.
func filledAnswers(f form.Form, answers map[string]any, d day) map[string]any {
	out := maps.Clone(answers)
	for _, x := range f.Fields {
		text, ok := out[x.Key].(string)
		if !ok {
			continue
		}
		if x.Type == form.Text || x.Type == form.LongText {
			out[x.Key] = filled(text, d.planned)
		} else if w, follows := followed(x.Type, text); follows {
			out[x.Key] = d.says(x.Type, w)
		}
	}
	return out
}

// checkTitle adds what is wrong with the placeholders of a title: all that are unknown, and braces without their other one.
func checkTitle(f *fault.Fields, text string) {
	var unknown []string
	name := func(found string) {
		if !slices.Contains(unknown, found) {
			unknown = append(unknown, found)
		}
	}
	rest := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		if _, ok := valueOf(found); !ok {
			name(found)
		}
		return ""
	})
	for _, c := range rest {
		if strings.ContainsRune("{}｛｝", c) {
			name(string(c))
		}
	}
	if len(unknown) > 0 {
		f.Add("title", "repeat.placeholder-unknown", "given", strings.Join(unknown, ", "))
	}
}

// Limits of what a template says.
const (
	maxLead = 60
	maxStep = 24
)

// checkPlan adds what is wrong with when a template repeats.
func checkPlan(f *fault.Fields, t Template) {
	if t.CatchUp != CatchAll && t.CatchUp != CatchLast {
		f.Add("catch_up", "repeat.catch-up-unknown")
	}
	if !t.Repeats() {
		return
	}
	t.Schedule.Check(f)
	if t.Step < 1 || t.Step > maxStep || t.Step > 1 && t.Schedule.Every != "week" && t.Schedule.Every != "month" {
		f.Add("step", "repeat.step-range", "max", maxStep)
	}
	if t.Lead < 0 || t.Lead > maxLead {
		f.Add("lead", "repeat.lead-range", "max", maxLead)
	}
	if t.From == 0 {
		f.Add("from", "form.required")
	}
	if t.Until != 0 && t.Until < t.From {
		f.Add("until", "repeat.until-before-from")
	}
}

// after lists the dates of a template after a moment, in order, at most limit.
func (t Template) after(c calendar.Days, at time.Time, limit int) []calendar.Occurrence {
	begin := calendar.Moment(t.From, "00:00", c.Location()).Add(-time.Millisecond)
	if at.Before(begin) {
		at = begin
	}
	return t.Schedule.Stepped(c, t.Step, t.From, at, t.Until, limit)
}

// heading is the title with the date put in that it stands for: the next one, or else the last.
func (t Template) heading(c calendar.Days) string {
	if next := t.after(c, t.Through, 1); len(next) > 0 {
		return filled(t.Title, next[0].Planned)
	}
	return filled(t.Title, calendar.DateOf(t.Through.In(c.Location())))
}

// opening is when a date opens its request.
func (t Template) opening(c calendar.Days, o calendar.Occurrence) time.Time {
	midnight := calendar.Ahead(c, o, t.Lead)
	return calendar.Moment(calendar.DateOf(midnight.In(c.Location())), opensAt, c.Location())
}

// missed says whether a date is left out after a standstill: it has passed, one after it has passed too, and only the last
// one counts. next is the date after it.
func missed(catchUp string, o calendar.Occurrence, next []calendar.Occurrence, now time.Time) bool {
	return catchUp == CatchLast && !o.At.After(now) && len(next) > 0 && !next[0].At.After(now)
}
