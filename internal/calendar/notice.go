package calendar

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
)

// Notice is what a country says of the days of a year: days off and make-up workdays. Those around New Year may lie in
// the year before or after.
type Notice struct {
	Country  string
	Year     int
	Official bool
	Source   string // where it was taken from: a name of a file, an address
	Days     []NoticeDay
}

// NoticeDay is a day off or a make-up workday.
type NoticeDay struct {
	Date Date   `json:"date"`
	Name string `json:"name"` // 国庆节, or the code of the festival
	Off  bool   `json:"off,omitempty"`
}

// line is a day as it stands in a text, before anything is checked.
type line struct {
	n          int // of the line, or of the entry of a list
	date, name string
	off, known bool // known: the text says which of the two it is
	year       int  // of the notice, 0 when the text does not say
}

// readNotices reads the days of years out of a text: holiday-cn JSON (one document, several after one another, or a
// list), CSV (date, name, off or work) or ICS. year is the one that is meant, 0 for all that are in it; of another year's
// days only those of this year's notice are taken. What is wrong is added to f under "text", each line by its number.
func readNotices(f *fault.Fields, text string, year int) []Notice {
	text = strings.TrimPrefix(strings.TrimSpace(text), "\ufeff")
	var lines []line
	var err error
	switch {
	case text == "":
		f.Add("text", "calendar.year.nothing")
		return nil
	case text[0] == '{' || text[0] == '[':
		lines, err = jsonLines(text)
	case strings.Contains(text[:min(len(text), 400)], "BEGIN:VCALENDAR"):
		lines = icsLines(text)
	default:
		lines, err = csvLines(text)
	}
	if err != nil {
		f.Add("text", "calendar.year.unreadable")
		return nil
	}
	out := gather(f, lines, year)
	if f.Len() == 0 && len(out) == 0 {
		f.Add("text", "calendar.year.no-days")
	}
	return out
}

// gather checks the lines and puts them to the year of their notice.
func gather(f *fault.Fields, lines []line, year int) []Notice {
	byYear := map[int]*Notice{}
	seen := map[Date]line{}
	for _, l := range lines {
		d, err := ParseDate(normalDate(l.date))
		if err != nil {
			f.Add("text", "calendar.year.line-date", "line", l.n, "date", l.date)
			continue
		}
		if !l.known {
			f.Add("text", "calendar.year.line-sort", "line", l.n, "date", l.date)
			continue
		}
		of := l.noticeYear(d)
		if year != 0 && of != year {
			continue
		}
		if of < FirstYear || of > LastYear || d < NewDate(of-1, 12, 1) || d > NewDate(of+1, 1, 31) {
			f.Add("text", "calendar.year.line-far", "line", l.n, "date", l.date, "year", strconv.Itoa(of))
			continue
		}
		if other, twice := seen[d]; twice {
			if other.off != l.off {
				f.Add("text", "calendar.year.line-both", "line", l.n, "date", d.String())
			}
			continue
		}
		seen[d] = l
		n := byYear[of]
		if n == nil {
			n = &Notice{Year: of}
			byYear[of] = n
		}
		n.Days = append(n.Days, NoticeDay{Date: d, Name: l.name, Off: l.off})
	}
	var out []Notice
	for _, n := range byYear {
		sorting.By(n.Days, func(a, b NoticeDay) int { return int(a.Date - b.Date) })
		out = append(out, *n)
	}
	sorting.By(out, func(a, b Notice) int { return a.Year - b.Year })
	return out
}

// noticeYear is the year whose notice says a day: as the text says, else that of the date; the days before New Year's
// Day are said by the notice of the year to come.
func (l line) noticeYear(d Date) int {
	if l.year != 0 {
		return l.year
	}
	year := d.Year()
	if d.Time().Month() == time.December && (strings.Contains(l.name, "元旦") || strings.Contains(strings.ToLower(l.name), "new year")) {
		year++
	}
	return year
}

// normalDate writes 2027/1/3, 20270103 and 2027年1月3日 as 2027-01-03.
func normalDate(text string) string {
	text = strings.TrimSuffix(strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-").Replace(strings.TrimSpace(text)), "日")
	if len(text) == 8 && !strings.Contains(text, "-") {
		return text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	parts := strings.Split(text, "-")
	for i := range parts {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	return strings.Join(parts, "-")
}

// jsonLines reads documents of holiday-cn: {"year": 2027, "days": [{"name": …, "date": …, "isOffDay": true}]}.
func jsonLines(text string) ([]line, error) {
	type document struct {
		Year int `json:"year"`
		Days []struct {
			Name  string `json:"name"`
			Date  string `json:"date"`
			IsOff *bool  `json:"isOffDay"`
		} `json:"days"`
	}
	var documents []document
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("holiday list: %w", err)
		}
		var several []document
		var one document
		switch {
		case json.Unmarshal(raw, &one) == nil:
			documents = append(documents, one)
		case json.Unmarshal(raw, &several) == nil:
			documents = append(documents, several...)
		default:
			return nil, errors.New("holiday list: neither a document nor a list of documents")
		}
	}
	var out []line
	for _, doc := range documents {
		for _, d := range doc.Days {
			l := line{n: len(out) + 1, date: d.Date, name: strings.TrimSpace(d.Name), year: doc.Year}
			if d.IsOff != nil {
				l.off, l.known = *d.IsOff, true
			}
			out = append(out, l)
		}
	}
	return out, nil
}

// csvLines reads date, name, sort in any order of the last two; a first line without a date is the head.
func csvLines(text string) ([]line, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.LazyQuotes = -1, true, true
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.Contains(first, "\t"):
		r.Comma = '\t'
	case strings.Contains(first, ";"):
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("holiday list: %w", err)
	}
	var out []line
	for i, row := range rows {
		l := line{n: i + 1, date: row[0]}
		for _, cell := range row[1:] {
			cell = strings.TrimSpace(cell)
			if off, known := sortOf(cell); known {
				l.off, l.known = off, true
			} else if l.name == "" {
				l.name = cell
			}
		}
		if _, err := ParseDate(normalDate(l.date)); err != nil && i == 0 {
			continue
		}
		out = append(out, l)
	}
	return out, nil
}

// sortOf reads which of the two a cell says.
func sortOf(cell string) (off, known bool) {
	switch strings.ToLower(cell) {
	case "休", "放假", "off", "holiday", "休息", "true", "假", "节假日", "1":
		return true, true
	case "班", "上班", "补班", "调休", "调休上班", "work", "workday", "false", "工作日", "0":
		return false, true
	}
	return false, false
}

// icsLines reads the days of an iCalendar: an event is a day off unless its summary speaks of work (补班, 上班, （班）).
func icsLines(text string) []line {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\n ", ""), "\n\t", "")
	var out []line
	var start, end, summary string
	for _, row := range strings.Split(text, "\n") {
		name, value, _ := strings.Cut(row, ":")
		name, _, _ = strings.Cut(strings.ToUpper(strings.TrimSpace(name)), ";")
		switch value = strings.TrimSpace(value); {
		case name == "BEGIN" && value == "VEVENT":
			start, end, summary = "", "", ""
		case name == "DTSTART":
			start = value[:min(len(value), 8)]
		case name == "DTEND":
			end = value[:min(len(value), 8)]
		case name == "SUMMARY":
			summary = strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, " ", `\\`, `\`).Replace(value)
		case name == "END" && value == "VEVENT":
			out = append(out, eventLines(len(out)+1, start, end, summary)...)
		}
	}
	return out
}

// eventLines are the days of an event; its end is not one of them.
func eventLines(n int, start, end, summary string) []line {
	work := strings.Contains(summary, "班") || strings.Contains(strings.ToLower(summary), "work")
	name := summary
	for _, word := range []string{"（休）", "（班）", "(休)", "(班)", "休假", "假期", "放假", "补班", "调休", "上班", "休", "班"} {
		name = strings.ReplaceAll(name, word, "")
	}
	l := line{n: n, date: start, name: strings.TrimSpace(name), off: !work, known: true}
	first, err1 := ParseDate(normalDate(start))
	last, err2 := ParseDate(normalDate(end))
	if err1 != nil || err2 != nil || last <= first || last-first > 40 {
		return []line{l}
	}
	var out []line
	for d := first; d < last; d++ {
		l.date = d.String()
		out = append(out, l)
		l.n++
	}
	return out
}
