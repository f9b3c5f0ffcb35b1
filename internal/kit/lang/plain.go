package lang

import (
	"strings"
	"unicode"
)

// Plain leaves out of what somebody wrote the signs that no column holds (NUL) or that turn round the words beside it on a
// page (the overrides, embeddings and isolates of writing direction; Arabic and Hebrew are read right without them). Where
// nothing of the rest can be seen, nothing is left: a name of zero-width signs is no name.
func Plain(text string) string {
	if strings.ContainsFunc(text, dropped) {
		text = strings.Map(func(r rune) rune {
			if dropped(r) {
				return -1
			}
			return r
		}, text)
	}
	if strings.ContainsFunc(text, seen) {
		return text
	}
	return ""
}

// PlainAlready says that Plain would find nothing to do, wherever the text is cut.
func PlainAlready(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return dropped(r) || r > unicode.MaxASCII && !seen(r) })
}

func dropped(r rune) bool {
	return r == 0 || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func seen(r rune) bool {
	return r > ' ' && r < unicode.MaxASCII || r > unicode.MaxASCII && !unicode.In(r, unicode.White_Space, unicode.Cf, unicode.Cc, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) && r != '\u2800'
}
