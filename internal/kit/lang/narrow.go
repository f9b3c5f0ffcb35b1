package lang

import (
	"strings"
	"unicode"
)

// Narrow turns what an input method or a telephone made of numbers and names back into plain signs: full-width digits,
// letters and marks (０１２ＡＢ＠), every kind of space and dash. Signs that cannot be seen are left out.
func Narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Pd, r), r == '−':
			return '-'
		}
		return r
	}, text)
}
