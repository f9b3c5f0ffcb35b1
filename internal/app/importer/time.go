package importer

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// layouts are the ways of writing a time that are tried on plain text: the year first, since
// nobody knows which of 03/04/2026 is the month.
var layouts = []string{"2006-1-2 15:4:5", "2006-1-2 15:4", "2006-1-2", "2006-1-2 3:4:5 PM", "2006-1-2 3:4 PM", "2006-1-2T15:4:5", "2006-1-2T15:4",
	"2006-1-2T15:4:5Z0700", "2006-1-2 15:4:5 Z0700", "2006-1-2 15:4:5Z07:00",
	"20060102", "20060102 15:4:5", "20060102 15:4", "20060102150405", "200601021504", "20060102 150405", "20060102 1504", "20060102T150405"}

// Time reads an instant as sheets and other systems write it: with its zone, or as a time of the zone given, a day alone being
// its first moment.
func Time(text string, zone *time.Location) (time.Time, bool) {
	if t, ok := TimeAs(time.RFC3339, text, zone); ok {
		return t, true
	}
	text = plainTime(text)
	for _, layout := range layouts {
		if t, ok := TimeAs(layout, text, zone); ok {
			return t, true
		}
	}
	return serial(text, zone)
}

// TimeAs reads an instant that is written as the layout says.
func TimeAs(layout, text string, zone *time.Location) (time.Time, bool) {
	t, err := time.ParseInLocation(layout, text, zone)
	return t.UTC().Truncate(time.Millisecond), err == nil
}

// serial reads the number that a sheet keeps for a day, with its clock as the fraction: what is left of a time whose cell lost its
// format. Days of this century only, so that a stray number is no time.
func serial(text string, zone *time.Location) (time.Time, bool) {
	if !serialNumber.MatchString(text) {
		return time.Time{}, false
	}
	days, err := strconv.ParseFloat(text, 64)
	if err != nil || days < 36526 || days >= 73051 {
		return time.Time{}, false
	}
	whole, part := math.Modf(days)
	seconds := int(math.Round(part * 24 * 3600))
	return time.Date(1899, 12, 30+int(whole), 0, 0, seconds, 0, zone).UTC(), true
}

var serialNumber = regexp.MustCompile(`^[0-9]{5}(\.[0-9]{1,15})?$`)

var signs = strings.NewReplacer("年", "-", "月", "-", "日", " ", "号", " ", "时", ":", "点", ":", "分", ":", "秒", "", "/", "-")

// plainTime writes 2026年3月2日 上午9时12分, 2026/3/2 9:12 and 2026.03.02 9:12 one way: 2026-3-2 9:12.
func plainTime(text string) string {
	half := ""
	for _, h := range [][2]string{{"上午", " AM"}, {"下午", " PM"}} {
		if before, after, found := strings.Cut(text, h[0]); found {
			text, half = before+" "+after, h[1]
		}
	}
	text = strings.TrimRight(strings.Join(strings.Fields(signs.Replace(text)), " "), ":")
	if date, clock, found := strings.Cut(text, " "); strings.Count(date, ".") == 2 {
		text = strings.ReplaceAll(date, ".", "-")
		if found {
			text += " " + clock
		}
	}
	return text + half
}
