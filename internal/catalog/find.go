package catalog

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// searchKeys is all text by which a service is found, in small letters: its names, what people call it, its code, its descriptions, and the
// pinyin of its name, whole ("feiyongbaoxiao") and as initials ("fybx").
func searchKeys(s *Service) string {
	full, initials := Spell(s.Name.Zh)
	var called []string
	for _, w := range s.Words {
		whole, short := Spell(w)
		called = append(called, w, whole, short)
	}
	return strings.ToLower(strings.Join([]string{s.Name.Zh, s.Name.En, s.Code, full, initials, s.Description.Zh, s.Description.En, strings.Join(called, "\n")}, "\n"))
}

var plain = pinyin.NewArgs()

// Spell gives the pinyin, whole and as initials, of the Han characters and leaves letters and digits as they are.
func Spell(text string) (full, initials string) {
	var f, i strings.Builder
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			if readings := pinyin.SinglePinyin(r, plain); len(readings) > 0 {
				f.WriteString(readings[0])
				i.WriteString(readings[0][:1])
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			f.WriteRune(r)
			i.WriteRune(r)
		}
	}
	return f.String(), i.String()
}
