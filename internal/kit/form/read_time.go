package form

import (
	"regexp"
	"strings"
	"time"

	"neike/internal/kit/lang"
)

var (
	datePattern  = regexp.MustCompile(`^(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?$`)
	dateDigits   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	monthPattern = regexp.MustCompile(`^(\d{4})(?:-|/|\.|年)(\d{1,2})月?$`)
	monthDigits  = regexp.MustCompile(`^(\d{4})(\d{2})$`)
	timePattern  = regexp.MustCompile(`^(\d{1,2})[:：](\d{2})(?::(\d{2})(?:\.\d+)?)?$`)
)

const (
	firstYear = 1900
	lastYear  = 2200
)

func number(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

// dateOf reads a calendar day in the ways people write it.
func dateOf(s, kind string) (time.Time, *bad) {
	s = strings.ReplaceAll(lang.Narrow(s), " ", "")
	m := datePattern.FindStringSubmatch(s)
	if m == nil {
		m = dateDigits.FindStringSubmatch(s)
	}
	if m == nil {
		return time.Time{}, wrong("form."+kind, "given", clip(s, 40))
	}
	y, mo, d := number(m[1]), number(m[2]), number(m[3])
	t := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != mo || t.Day() != d || y < firstYear || y > lastYear {
		return time.Time{}, wrong("form.date-unreal", "given", clip(s, 40))
	}
	return t, nil
}

func readDate(s string) (any, *bad) {
	t, bad := dateOf(s, "date")
	if bad != nil {
		return nil, bad
	}
	return t.Format(time.DateOnly), nil
}

func readMonth(s string) (any, *bad) {
	s = strings.ReplaceAll(lang.Narrow(s), " ", "")
	m := monthPattern.FindStringSubmatch(s)
	if m == nil {
		m = monthDigits.FindStringSubmatch(s)
	}
	if m == nil {
		return nil, wrong("form.month", "given", clip(s, 40))
	}
	y, mo := number(m[1]), number(m[2])
	if mo < 1 || mo > 12 || y < firstYear || y > lastYear {
		return nil, wrong("form.date-unreal", "given", clip(s, 40))
	}
	return time.Date(y, time.Month(mo), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), nil
}

// readDateTime reads an instant: RFC 3339, or a local date and time in the reader's zone.
func readDateTime(s string, zone *time.Location) (any, *bad) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		if t = t.UTC(); t.Year() < firstYear || t.Year() > lastYear {
			return nil, wrong("form.date-unreal", "given", clip(s, 40))
		}
		return t.Truncate(time.Second).Format(time.RFC3339), nil
	}
	s = lang.Narrow(s)
	cut := strings.LastIndexAny(s, " T日")
	if cut < 0 {
		return nil, wrong("form.datetime", "given", clip(s, 40))
	}
	clock := strings.TrimLeft(s[cut:], " T日")
	day, bad := dateOf(strings.TrimSuffix(s[:cut], "T"), "datetime")
	if bad != nil {
		return nil, bad
	}
	m := timePattern.FindStringSubmatch(clock)
	if m == nil || number(m[1]) > 23 || number(m[2]) > 59 || number(m[3]) > 59 {
		return nil, wrong("form.datetime", "given", clip(s, 40))
	}
	t := time.Date(day.Year(), day.Month(), day.Day(), number(m[1]), number(m[2]), number(m[3]), 0, zone)
	return t.UTC().Format(time.RFC3339), nil
}
