package calendar

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"neike/internal/kit/lang"
)

// Patterns of the form.
const (
	patternWeek  = "week"
	patternWeeks = "weeks"
	patternCycle = "cycle"
	patternBase  = "base"
)

// patternOf says which pattern an input has.
func patternOf(in Input) string {
	switch {
	case len(in.Weeks) > 0:
		return patternWeeks
	case len(in.Cycle) > 0:
		return patternCycle
	case in.Base != "" && !in.Hours.set():
		return patternBase
	}
	return patternWeek
}

// weekLine writes a week on one line: 周一–周五 08:30–12:00, 13:30–17:30; 周六 08:30–12:00.
func weekLine(ctx context.Context, w Week) string {
	var parts []string
	for i := 0; i < 7; {
		text := hoursText(*w.at((i + 1) % 7))
		j := i
		for j+1 < 7 && hoursText(*w.at((j + 2) % 7)) == text {
			j++
		}
		if text != "" {
			days := lang.T(ctx, "calendar.weekday."+weekdays[(i+1)%7])
			if j > i {
				days += "–" + lang.T(ctx, "calendar.weekday."+weekdays[(j+1)%7])
			}
			parts = append(parts, days+" "+text)
		}
		i = j + 1
	}
	if len(parts) == 0 {
		return lang.T(ctx, "calendar.form.rest")
	}
	return strings.Join(parts, "; ")
}

// restWords say that nothing is worked.
var restWords = []string{"休", "休息", "轮休", "off", "rest", "-", "—"}

func isRest(text string) bool {
	for _, w := range restWords {
		if strings.EqualFold(strings.TrimSpace(text), w) {
			return true
		}
	}
	return false
}

var (
	dayWord  = regexp.MustCompile(`(?i)(?:周|星期|礼拜)([一二三四五六日天])|\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*`)
	dayRange = regexp.MustCompile(`^\s*(?:[-–—~～至到]|to)\s*$`)
	dayNames = map[string]int{"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 0, "天": 0,
		"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 0}
)

// readWeek reads a week on one line. What cannot be read becomes an opening that check refuses.
func readWeek(text string) Week {
	var w Week
	if isRest(text) {
		return w
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '；' }) {
		at := opening.FindStringIndex(strings.ReplaceAll(part, "：", ":"))
		days, hours := part, ""
		if at != nil {
			plain := strings.ReplaceAll(part, "：", ":")
			days, hours = plain[:at[0]], plain[at[0]:]
		}
		list := readDays(days)
		if len(list) == 0 || hours == "" {
			w.Mon = append(w.Mon, []string{strings.TrimSpace(part)})
			continue
		}
		for _, day := range list {
			at := w.at(day)
			*at = append(*at, readHours(hours)...)
		}
	}
	return w
}

// readDays reads 周一–周五, 周一、周三 and Mon–Fri as days of the week, Sunday 0.
func readDays(text string) []int {
	var out []int
	found := dayWord.FindAllStringSubmatchIndex(text, -1)
	for i, m := range found {
		name := ""
		if m[2] >= 0 {
			name = text[m[2]:m[3]]
		} else {
			name = strings.ToLower(text[m[4]:m[5]])
		}
		day := dayNames[name]
		if i > 0 && dayRange.MatchString(text[found[i-1][1]:m[0]]) {
			for d := (out[len(out)-1] + 1) % 7; d != day; d = (d + 1) % 7 {
				out = append(out, d)
			}
		}
		out = append(out, day)
	}
	return out
}

// readCycle reads the days of a rota, one a line: 早班 08:00–16:00, 休. Words before the hours are for people.
func readCycle(text string) []Hours {
	var out []Hours
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		times := 1
		if m := manyTimes.FindStringSubmatch(line); m != nil {
			times, _ = strconv.Atoi(m[1])
			line = strings.TrimSpace(manyTimes.ReplaceAllString(line, ""))
		}
		hours := Hours{}
		plain := widths.Replace(line)
		at := opening.FindStringIndex(plain)
		switch {
		case at != nil:
			hours = readHours(plain[at[0]:])
		case !isRest(line):
			hours = Hours{{line}}
		}
		for range min(max(times, 1), maxCycle+1) {
			out = append(out, hours)
		}
	}
	return out
}

// manyTimes is ×2 at the end of a line: two days alike.
var manyTimes = regexp.MustCompile(`\s*[×xX*]\s*(\d{1,2})\s*$`)

// cycleText writes a rota, days alike in a row on one line.
func cycleText(ctx context.Context, cycle []Hours) string {
	var out []string
	for i := 0; i < len(cycle); {
		text := hoursText(cycle[i])
		n := 1
		for i+n < len(cycle) && hoursText(cycle[i+n]) == text {
			n++
		}
		i += n
		if text == "" {
			text = lang.T(ctx, "calendar.form.rest")
		}
		if n > 1 {
			text += " ×" + strconv.Itoa(n)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// Words that mark what a stretch does, in both languages.
var (
	workingWords = []string{"加班", "照常上班", "working"}
	stretchDates = regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2})\s*(?:[-–—~～至到]|to|\s)\s*(\d{4}-\d{1,2}-\d{1,2})`)
)

// stretchLines writes stretches, one a line.
func stretchLines(ctx context.Context, list []Stretch) string {
	var out []string
	for _, x := range list {
		words := []string{x.From + " – " + x.To}
		if x.Kind == WorkingRange {
			words = append(words, lang.T(ctx, "calendar.form.working"))
		}
		if x.Name.Zh != "" && x.Name.En != "" && x.Name.Zh != x.Name.En {
			words = append(words, x.Name.Zh+" / "+x.Name.En)
		} else if name := x.Name.In(ctx); name != "" {
			words = append(words, name)
		}
		if x.Hours != nil && len(*x.Hours) > 0 {
			words = append(words, hoursText(*x.Hours))
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "\n")
}

// readStretches reads stretches: 2027-07-19 – 2027-08-01 暑期停产; with hours they are seasonal hours, after 加班 every day
// of them is worked.
func readStretches(text string) []Stretch {
	var out []Stretch
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.ReplaceAll(line, "\u3000", " "))
		if line == "" {
			continue
		}
		x := Stretch{Kind: ClosedRange}
		rest := line
		if m := stretchDates.FindStringSubmatchIndex(line); m != nil {
			x.From, x.To, rest = normalDate(line[m[2]:m[3]]), normalDate(line[m[4]:m[5]]), line[m[1]:]
		} else {
			x.From, rest, _ = strings.Cut(line, " ")
			x.To = x.From
		}
		days := readLines("2000-01-01 " + strings.TrimSpace(rest))
		if len(days) == 1 {
			x.Name, x.Hours = days[0].Name, days[0].Hours
		}
		for _, word := range workingWords {
			if after, ok := strings.CutPrefix(x.Name.Zh, word); ok {
				x.Kind, x.Name.Zh = WorkingRange, strings.TrimSpace(after)
			}
		}
		if x.Kind == ClosedRange && x.Hours != nil {
			x.Kind = HoursRange
		}
		out = append(out, x)
	}
	return out
}
