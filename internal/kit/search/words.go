package search

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what is indexed of one document: PostgreSQL has no positions above 16 383.
const (
	maxTokens = 8000 // per part
	maxWord   = 64   // runes of one word; the rest is cut off
)

// fold makes spellings equal: NFKC (full-width letters, compatibility forms) and lower case.
func fold(text string) string { return strings.ToLower(norm.NFKC.String(text)) }

// dense says whether a script writes without spaces, so that words are found by pairs of characters.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

// run is a piece of text: a word, or characters of a dense script.
type run struct {
	text  []rune
	dense bool
}

// runs cuts folded text at everything that is neither letter nor digit, and where the manner of writing changes. The letters
// before a number belong to it, with or without a hyphen: R-1024, IT-2026-0042.
func runs(text string) []run {
	text = fold(text)
	var list []run
	var current run
	end := func() {
		if len(current.text) > 0 {
			list = append(list, current)
		}
		current = run{}
	}
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			if r != '-' || !beforeNumber(current.text, text[i+1:]) {
				end()
			}
			continue
		}
		if d := dense(r); d != current.dense || len(current.text) == 0 {
			end()
			current.dense = d
		}
		current.text = append(current.text, r)
	}
	end()
	return list
}

// beforeNumber says whether a word, a hyphen and the rest are a number as people write it: one to three letters, then digits.
func beforeNumber(word []rune, rest string) bool {
	return 0 < len(word) && len(word) <= 3 && rest != "" && '0' <= rest[0] && rest[0] <= '9' &&
		!slices.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' })
}

// tokens is what is indexed of a text: words whole, and of a number with letters before it the number by itself, and the
// letters if they say anything; of a dense run each pair of neighbours, and its last character, so that every character begins
// some token and can be found by prefix.
func tokens(text string) []string {
	var list []string
	for _, run := range runs(text) {
		if !run.dense {
			word := string(run.text[:min(len(run.text), maxWord)])
			list = append(list, word)
			if letters := strings.TrimRight(word, "0123456789"); len(letters) < len(word) && 0 < len(letters) && len(letters) <= 3 {
				if list = append(list, word[len(letters):]); len(letters) > 1 {
					list = append(list, letters)
				}
			}
		} else {
			for i := range run.text {
				list = append(list, string(run.text[i:min(i+2, len(run.text))]))
			}
		}
		if len(list) >= maxTokens {
			return list[:maxTokens]
		}
	}
	return list
}

// phrase is one thing a query looks for: tokens that follow each other; the last may be only a beginning.
type phrase struct {
	tokens []string
	prefix bool
}

// shortWord is up to how many letters or digits a word stands for itself alone: of two letters, most documents of a large
// company hold some word that begins with them, and to merge where those stand takes half a second.
const shortWord = 2

// phrases is what a query looks for; a document must have all of them. A word, unless it is a short one, and a single
// character match what begins with them, several characters match as they stand.
func phrases(query string) []phrase {
	var list []phrase
	for _, run := range runs(query) {
		if len(list) == maxPhrases {
			break
		}
		if !run.dense || len(run.text) == 1 {
			list = append(list, phrase{[]string{string(run.text[:min(len(run.text), maxWord)])}, run.dense || len(run.text) > shortWord})
			continue
		}
		pairs := make([]string, 0, len(run.text)-1)
		for i := range min(len(run.text)-1, maxWord) {
			pairs = append(pairs, string(run.text[i:i+2]))
		}
		list = append(list, phrase{pairs, false})
	}
	return list
}

// ofKind is the token that every document of a kind holds of which there are few. No text holds it: it begins with a character
// for private use, which is neither letter nor digit.
func ofKind(kind string) string { return "\ue000" + kind }

const maxPhrases = 12 // of one query; the rest is not looked at

// matchText is a query in the language of FTS5. Tokens hold letters, digits and marks only: nothing to escape.
func matchText(list []phrase) string {
	parts := make([]string, len(list))
	for i, p := range list {
		parts[i] = `"` + strings.Join(p.tokens, " ") + `"`
		if p.prefix {
			parts[i] += " *"
		}
	}
	return strings.Join(parts, " AND ")
}

// tsquery is the same query in the language of PostgreSQL.
func tsquery(list []phrase) string {
	parts := make([]string, len(list))
	for i, p := range list {
		parts[i] = "('" + strings.Join(p.tokens, "' <-> '") + "'"
		if p.prefix {
			parts[i] += ":*"
		}
		parts[i] += ")"
	}
	return strings.Join(parts, " & ")
}

// tsvector is a document in the language of PostgreSQL. A gap in the positions keeps phrases within a part.
func tsvector(title, body []string) string {
	var b strings.Builder
	position := 0
	for _, part := range [][]string{title, body} {
		for _, token := range part {
			position++
			b.WriteByte('\'')
			b.WriteString(token)
			b.WriteString("':")
			b.WriteString(strconv.Itoa(position))
			b.WriteByte(' ')
		}
		position++
	}
	return b.String()
}
