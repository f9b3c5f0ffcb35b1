package xlsx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// dateShown is a number that its format shows as a date: 2026-03-02, and 2026-03-02 09:12:44 when the format shows a
// time of day. A format is one of dates when the numbers that it shows are the parts of that very date.
func dateShown(shown string, number float64, mac bool) (string, bool) {
	const year10000 = 2958466
	if number < 1 || number >= year10000 {
		return "", false
	}
	exact, err := excelize.ExcelDateToTime(number, mac)
	if err != nil {
		return "", false
	}
	at := exact.Round(time.Second)
	parts := numbersIn(shown)
	take := func(n int) bool {
		i := slices.Index(parts, n)
		if i >= 0 {
			parts = slices.Delete(parts, i, i+1)
		}
		return i >= 0
	}
	named := strings.Contains(strings.ToLower(shown), strings.ToLower(at.Format("Jan")))
	if !(take(at.Year()) || take(at.Year()%100)) || !named && !take(int(at.Month())) || !take(at.Day()) {
		return "", false
	}
	clock := len(parts) > 0
	for _, t := range []time.Time{at, exact} {
		for _, n := range []int{t.Hour(), (t.Hour()+11)%12 + 1, t.Minute(), t.Second()} {
			take(n)
		}
	}
	switch {
	case len(parts) > 0:
		return "", false
	case clock:
		return at.Format(time.DateTime), true
	}
	return at.Format(time.DateOnly), true
}

// numbersIn lists the runs of digits of a text.
func numbersIn(text string) []int {
	var out []int
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.Atoi(run); err == nil {
			out = append(out, n)
		}
	}
	return out
}
