package support

import (
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/fault"
)

// Limits of a case.
const (
	maxText  = 4000 // characters
	maxWords = 1000
)

// checkText is the text without the space around it, and what is wrong with it.
func checkText(f *fault.Fields, text string) string {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 {
		f.Add("text", "support.need-text")
	} else if n > maxText {
		f.Add("text", "form.too-long", "max", maxText, "count", n)
	}
	return text
}

// eraseAt is when a case goes of which the last that happened was at t.
func eraseAt(t time.Time, days int) time.Time { return t.AddDate(0, 0, days) }
