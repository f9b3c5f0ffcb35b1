package calendar

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// typed is a calendar as people type it: hours of a weekday as 08:30–12:00, 13:30–18:00, days as lines.
type typed struct {
	Code      string              `form:"code"`
	NameZh    string              `form:"name_zh"`
	NameEn    string              `form:"name_en"`
	Zone      string              `form:"zone"`
	From      string              `form:"valid_from"`
	Hours     map[string][]string `form:"hours"`
	Statutory string              `form:"statutory"` // cn, cn-no-makeup or nothing
	Holidays  string              `form:"holidays"`  // 2026-12-31 公司年会 / Annual meeting
	Special   string              `form:"special"`   // 2026-12-31 [调休] 公司年会 09:00–12:00
	Base      string              `form:"base"`
	Pattern   string              `form:"pattern"`
	Weeks     string              `form:"weeks"`  // one week a line: 周一–周五 08:30–12:00; 周六 08:30–12:00
	Cycle     string              `form:"cycle"`  // one day a line
	Anchor    string              `form:"anchor"` // a day of the first week, the first day of the cycle
	Shutdowns string              `form:"shutdowns"`
	Standard  string              `form:"standard_day"`
	Replaces  int                 `form:"replaces"`
	Do        string              `form:"do"`
}

const noMakeup = "-no-makeup"

// written lays a calendar out in the form.
func written(ctx context.Context, in Input) typed {
	t := typed{Code: in.Code, NameZh: in.Name.Zh, NameEn: in.Name.En, Zone: in.Zone, From: in.ValidFrom, Statutory: in.Statutory, Hours: map[string][]string{}}
	for i, day := range weekdays {
		t.Hours[day] = []string{hoursText(*in.Hours.at(i))}
	}
	if in.Statutory != "" && in.StatutoryMakeup != nil && !*in.StatutoryMakeup {
		t.Statutory += noMakeup
	}
	if s := in.StandardDaySeconds; s > 0 {
		t.Standard = strconv.FormatFloat(float64(s)/3600, 'f', -1, 64)
	}
	t.Holidays, t.Special = lines(ctx, in.Holidays), lines(ctx, in.Special)
	t.Base, t.Pattern, t.Anchor = in.Base, patternOf(in), in.Anchor
	for i, w := range in.Weeks {
		if i > 0 {
			t.Weeks += "\n"
		}
		t.Weeks += weekLine(ctx, w)
	}
	t.Cycle, t.Shutdowns = cycleText(ctx, in.Cycle), stretchLines(ctx, in.Shutdowns)
	return t
}

// at is the openings of a weekday, Sunday first.
func (w *Week) at(day int) *Hours {
	return [7]*Hours{&w.Sun, &w.Mon, &w.Tue, &w.Wed, &w.Thu, &w.Fri, &w.Sat}[day]
}

func hoursText(h Hours) string {
	var parts []string
	for _, pair := range h {
		parts = append(parts, strings.Join(pair, "–"))
	}
	return strings.Join(parts, ", ")
}

// lines writes days, one a line, in the order of the calendar.
func lines(ctx context.Context, days []Day) string {
	var out []string
	for _, d := range days {
		words := []string{d.Date}
		if d.Makeup {
			words = append(words, lang.T(ctx, "calendar.form.makeup"))
		}
		switch {
		case d.Name.Zh != "" && d.Name.En != "" && d.Name.Zh != d.Name.En:
			words = append(words, d.Name.Zh+" / "+d.Name.En)
		default:
			words = append(words, d.Name.In(ctx))
		}
		if d.Hours != nil {
			words = append(words, hoursText(*d.Hours))
		}
		out = append(out, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// input reads the form back. What cannot be read stays as it is, so that check finds it with everything else.
func (t typed) input(f *fault.Fields) Input {
	in := Input{Code: t.Code, Name: lang.Text{Zh: t.NameZh, En: t.NameEn}, Zone: t.Zone, ValidFrom: t.From, Replaces: t.Replaces, Base: t.Base}
	t.readPattern(f, &in)
	in.Shutdowns = readStretches(t.Shutdowns)
	if t.Statutory == noStatutory {
		in.Statutory = noStatutory
	} else if country, plain := strings.CutSuffix(t.Statutory, noMakeup); country != "" {
		in.Statutory, in.StatutoryMakeup = country, new(bool)
		*in.StatutoryMakeup = !plain
	}
	if t.Standard != "" {
		hours, err := strconv.ParseFloat(t.Standard, 64)
		if err != nil || hours < 0 || hours > 24 {
			f.Add("standard_day", "calendar.standard-day-out-of-range")
		} else {
			in.StandardDaySeconds = int(hours*3600 + 0.5)
		}
	}
	in.Holidays, in.Special = readLines(t.Holidays), readLines(t.Special)
	return in
}

// readPattern reads the hours of the pattern that is chosen; what stands in the fields of the others does not count.
func (t typed) readPattern(f *fault.Fields, in *Input) {
	switch t.Pattern {
	case patternWeeks:
		in.Anchor = t.Anchor
		for _, line := range strings.Split(t.Weeks, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				in.Weeks = append(in.Weeks, readWeek(line))
			}
		}
		if len(in.Weeks) == 0 {
			f.Add("weeks", "calendar.weeks-out-of-range", "most", strconv.Itoa(maxWeeks))
		}
	case patternCycle:
		in.Anchor, in.Cycle = t.Anchor, readCycle(t.Cycle)
		if len(in.Cycle) == 0 {
			f.Add("cycle", "calendar.cycle-out-of-range", "most", strconv.Itoa(maxCycle))
		}
	case patternBase:
		if t.Base == "" {
			f.Add("base", "calendar.form.base-missing")
		}
	default:
		for i, day := range weekdays {
			if text := t.Hours[day]; len(text) > 0 {
				*in.Hours.at(i) = readHours(text[0])
			}
		}
	}
}

var (
	opening  = regexp.MustCompile(`(\d{1,2}:\d{2})\s*[-–—~～至]\s*(\d{1,2}:\d{2})`)
	leftover = regexp.MustCompile(`\d:|:\d`)
	widths   = strings.NewReplacer("：", ":", "，", ",", "、", ",", "；", ",", ";", ",")
)

// readHours reads 08:30–12:00, 13:30–18:00; what is no opening becomes one that check refuses.
func readHours(text string) Hours {
	text = widths.Replace(text)
	var out Hours
	for _, m := range opening.FindAllStringSubmatch(text, -1) {
		out = append(out, []string{padded(m[1]), padded(m[2])})
	}
	if rest := strings.Trim(opening.ReplaceAllString(text, ""), ", \t"); rest != "" {
		out = append(out, []string{rest})
	}
	return out
}

func padded(clock string) string {
	if len(clock) == 4 {
		return "0" + clock
	}
	return clock
}

// makeupWords mark a day as a make-up workday, in both languages.
var makeupWords = []string{"调休", "make-up", "makeup"}

// readLines reads days: date, name in one or both languages, hours. Empty lines are nothing.
func readLines(text string) []Day {
	var out []Day
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		date, rest, _ := strings.Cut(strings.ReplaceAll(line, "\u3000", " "), " ")
		d := Day{Date: date}
		plain := widths.Replace(rest)
		if at := opening.FindStringIndex(plain); at != nil || leftover.MatchString(plain) {
			start := 0
			if at != nil {
				start = at[0]
			} else {
				start = max(0, strings.LastIndex(plain, " ")+1)
			}
			hours := readHours(plain[start:])
			d.Hours, rest = &hours, plain[:start]
		}
		rest = strings.TrimSpace(rest)
		for _, word := range makeupWords {
			if after, ok := strings.CutPrefix(rest, word); ok && (after == "" || after[0] == ' ') {
				d.Makeup, rest = true, strings.TrimSpace(after)
			}
		}
		zh, en, both := strings.Cut(rest, " / ")
		if d.Name = (lang.Text{Zh: strings.TrimSpace(zh)}); both {
			d.Name.En = strings.TrimSpace(en)
		}
		out = append(out, d)
	}
	return out
}

// errorsOf puts what check says beside the fields of the form: a wrong line is named by its number.
func (t typed) errorsOf(ctx context.Context, fields []fault.Field) ui.Errors {
	var out fault.Fields
	for _, x := range fields {
		at := strings.Split(x.Name, ".")
		key, args := x.Key, fault.Flat(x.Args)
		if key == "calendar.opening-malformed" {
			key = "calendar.form.opening-malformed"
		}
		switch {
		case len(at) > 1 && slices.Contains([]string{"holidays", "special", "weeks", "cycle", "shutdowns"}, at[0]):
			n, _ := strconv.Atoi(at[1])
			out.Add(at[0], "calendar.form.line", "line", n+1, "text", lang.T(ctx, key, args...))
		case len(at) > 2 && at[0] == "hours":
			out.Add("hours."+at[1], key, args...)
		case x.Name == "hours":
			out.Add("hours.mon", key, args...)
		case x.Name == "standard_day_seconds":
			out.Add("standard_day", key, args...)
		default:
			out.Add(x.Name, key, args...)
		}
	}
	labels := map[string]string{}
	for _, x := range out.All() {
		if day, ok := strings.CutPrefix(x.Name, "hours."); ok {
			labels[x.Name] = lang.T(ctx, "calendar.weekday."+day)
		} else {
			labels[x.Name] = lang.T(ctx, "calendar.form."+strings.ReplaceAll(x.Name, "_", "-"))
		}
	}
	return ui.ErrorsOf(ctx, out.Err(), labels)
}
