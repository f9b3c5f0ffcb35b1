package calendar

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/lang"
)

// Sorts of a DayFact.
const (
	SortWork    = "work"
	SortMakeup  = "makeup"
	SortSpecial = "special"
	SortHoliday = "holiday"
	SortWeekend = "weekend"
	SortClosed  = "closed"
	SortRest    = "rest"
)

var sortNames = map[daySort]string{openDay: SortWork, makeupDay: SortMakeup, specialDay: SortSpecial, holidayDay: SortHoliday,
	weekendDay: SortWeekend, closedDay: SortClosed, restDay: SortRest}

// DayFact is what a calendar says of a civil day.
type DayFact struct {
	Date        Date
	Sort        string
	Name        lang.Text
	Hours       []Span // as the rules say; of a day on which clocks change Seconds are another
	Seconds     int64  // of open time
	Provisional bool
}

// Days lists the covered days from one to another, both included.
func (t *Table) Days(from, to Date) []DayFact {
	var out []DayFact
	for d := from; d <= to; d++ {
		p := t.planOn(d)
		if p == nil {
			continue
		}
		i := int(d - t.first)
		at := time.UnixMilli(t.days[i].start)
		out = append(out, DayFact{Date: d, Sort: sortNames[p.sort], Name: p.name, Hours: p.spans,
			Seconds: (t.days[i+1].worked - t.days[i].worked) / 1000, Provisional: t.Provisional(at, at)})
	}
	return out
}

// Run is days in a row that are off for one reason, or a make-up workday.
type Run struct {
	From, To    Date
	Work        bool
	Name        lang.Text
	Provisional bool
}

// Runs joins named days off and make-up workdays from a day on, within so many days. A weekend between days off of one
// name is not part of the run unless the list of days says so.
func (t *Table) Runs(from Date, days int) []Run {
	var out []Run
	for _, d := range t.Days(from, from+Date(days-1)) {
		if d.Sort != SortHoliday && d.Sort != SortMakeup {
			continue
		}
		r := Run{d.Date, d.Date, d.Sort == SortMakeup, d.Name, d.Provisional}
		if n := len(out); n > 0 && out[n-1].To == d.Date-1 && out[n-1].Work == r.Work && out[n-1].Name == r.Name {
			out[n-1].To = d.Date
			continue
		}
		out = append(out, r)
	}
	return out
}

// Now says whether the calendar is open at a moment, and when that ends; zero when it does not within the years covered.
func (t *Table) Now(at time.Time) (open bool, until time.Time) {
	ms := at.UnixMilli()
	if t.always || !t.covers(ms, ms) {
		return t.always, time.Time{}
	}
	next, err := t.AddMS(ms, 0)
	if err != nil {
		return false, time.Time{}
	}
	if next > ms {
		return false, time.UnixMilli(next).UTC()
	}
	for { // openings that touch are one: over midnight too
		i := t.day(next)
		d := &t.days[i]
		end := next
		for _, s := range t.segs[d.seg : d.seg+int32(d.n)] {
			if from, to := d.start+int64(s.from), d.start+int64(s.to); from <= end && end < to {
				end = to
			}
		}
		if end == next || end-ms > 400*dayMS || !t.covers(end, end) {
			return true, time.UnixMilli(end).UTC()
		}
		next = end
	}
}

// feed is the days off of a calendar as an iCalendar (RFC 5545), for calendar programs. stamp is when it was published.
func feed(ctx context.Context, code, name string, runs []Run, stamp time.Time) string {
	var b strings.Builder
	put := func(line string) { b.WriteString(folded(line)) }
	put("BEGIN:VCALENDAR")
	put("VERSION:2.0")
	put("PRODID:-//Neike//Calendar//EN")
	put("CALSCALE:GREGORIAN")
	put("METHOD:PUBLISH")
	put("X-WR-CALNAME:" + escaped(name))
	for _, r := range runs {
		sort := SortHoliday
		key := "calendar.feed.off"
		if r.Work {
			sort, key = SortMakeup, "calendar.feed.work"
		}
		summary := lang.T(ctx, key)
		if !r.Name.Empty() {
			summary = lang.T(ctx, key+"-named", "name", r.Name.In(ctx))
		}
		status := "CONFIRMED"
		if r.Provisional {
			summary, status = lang.T(ctx, "calendar.feed.expected", "what", summary), "TENTATIVE"
		}
		put("BEGIN:VEVENT")
		put("UID:" + code + "-" + r.From.String() + "-" + sort + "@neike")
		put("DTSTAMP:" + stamp.UTC().Format("20060102T150405Z"))
		put("DTSTART;VALUE=DATE:" + r.From.Time().Format("20060102"))
		put("DTEND;VALUE=DATE:" + (r.To + 1).Time().Format("20060102"))
		put("SUMMARY:" + escaped(summary))
		put("STATUS:" + status)
		put("TRANSP:TRANSPARENT")
		put("END:VEVENT")
	}
	put("END:VCALENDAR")
	return b.String()
}

// folded is a content line of at most 75 octets; what is longer goes on in lines that begin with a space. No character
// is cut in two.
func folded(line string) string {
	var b strings.Builder
	room := 75
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line, room = line[cut:], 74
	}
	return b.String() + line + "\r\n"
}

// escaped is a text value: backslashes, commas, semicolons and line ends are marked.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(text)
}
