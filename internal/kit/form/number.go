package form

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An autonumber is a text with the parts of the day and a counter: "BX-{yyyy}-{0000}" becomes BX-2026-0042. Its series is what
// stands before the counter, so that a year in it begins anew.
var (
	counterPattern = regexp.MustCompile(`\{(0{1,9})\}`)
	numberPattern  = regexp.MustCompile(`^[\p{L}\p{N} ._/#-]*(?:\{(?:yyyy|yy|mm|dd|0{1,9})\}[\p{L}\p{N} ._/#-]*)+$`)
)

// checkNumber says whether a pattern has exactly one counter, and nothing that it does not know.
func checkNumber(pattern string) bool {
	return len(pattern) <= 60 && numberPattern.MatchString(pattern) && len(counterPattern.FindAllString(pattern, -1)) == 1
}

// Numbered gives the autonumbers that the answers have not got yet. It is called in the transaction that stores them: next counts
// on the series of a field, from 1, each number once. local is the moment in the company's zone.
func (f Form) Numbered(v Values, local time.Time, next func(series string) (int64, error)) error {
	for _, x := range f.Fields {
		if x.Type != AutoNumber || v[x.Key] != nil {
			continue
		}
		pattern := strings.NewReplacer("{yyyy}", local.Format("2006"), "{yy}", local.Format("06"), "{mm}", local.Format("01"), "{dd}", local.Format("02")).Replace(x.Number)
		n, err := next(x.Key + ":" + pattern)
		if err != nil {
			return fmt.Errorf("number field %s: %w", x.Key, err)
		}
		v[x.Key] = counterPattern.ReplaceAllStringFunc(pattern, func(zeros string) string {
			digits := strconv.FormatInt(n, 10)
			return strings.Repeat("0", max(0, len(zeros)-2-len(digits))) + digits
		})
	}
	return nil
}

// Numbers says whether the form has autonumbers.
func (f Form) Numbers() bool {
	for _, x := range f.Fields {
		if x.Type == AutoNumber {
			return true
		}
	}
	return false
}
