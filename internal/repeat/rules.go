package repeat

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
)

// opensAt is the hour at which a date opens its request.
const opensAt = "08:00"

// placeholder is what a title says of the date: {月}.
var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

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
		if fn, ok := placeholders[strings.TrimSpace(found[1:len(found)-1])]; ok {
			return fn(d)
		}
		return found
	})
}

// later is an answer to a date field that follows the day on which it is asked: {workday+5}, {工作日+5}.
var later = regexp.MustCompile(`^\{(?:workday|工作日)\+(\d{1,3})\}$`)

// maxLater is how many workdays such an answer may lie behind that day.
const maxLater = 250

// laterBy is how many workdays behind the day of asking an answer lies; ok says whether it is of that kind.
func laterBy(answer any) (n int, ok bool) {
	text, _ := answer.(string)
	m := later.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n <= maxLater
}

// laterText writes such an answer; what was typed is kept as it is, to be shown again.
func laterText(n string) string { return "{workday+" + n + "}" }

// workdaysAfter is the n-th workday after a day; of 0 the day itself.
func workdaysAfter(c calendar.Days, d calendar.Date, n int) calendar.Date {
	for last := d + calendar.Date(4*n+60); n > 0 && d < last; {
		if d++; c.Workday(d) {
			n--
		}
	}
	return d
}

// day is what an answer may say of: the date that a template names, and the day on which it is asked, in a calendar.
type day struct {
	planned, asked calendar.Date
	table          calendar.Days
}

// filledAnswers puts a date into the texts among the answers, and days into those that follow the day of asking.
func filledAnswers(f form.Form, answers map[string]any, d day) map[string]any {
	out := maps.Clone(answers)
	for _, x := range f.Fields {
		text, ok := out[x.Key].(string)
		switch n, follows := laterBy(text); {
		case !ok:
		case x.Type == form.Text || x.Type == form.LongText:
			out[x.Key] = filled(text, d.planned)
		case x.Type == form.Date && follows:
			out[x.Key] = workdaysAfter(d.table, d.asked, n).String()
		}
	}
	return out
}

// checkTitle adds what is wrong with the placeholders of a title.
func checkTitle(f *fault.Fields, text string) {
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if _, ok := placeholders[strings.TrimSpace(m[1])]; !ok {
			f.Add("title", "repeat.placeholder-unknown", "given", m[0])
			return
		}
	}
}

// Limits of what a template says.
const (
	maxLead = 60
	maxStep = 24
)

// checkPlan adds what is wrong with when a template repeats.
func checkPlan(f *fault.Fields, t Template) {
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
	if t.CatchUp != CatchAll && t.CatchUp != CatchLast {
		f.Add("catch_up", "repeat.catch-up-unknown")
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
