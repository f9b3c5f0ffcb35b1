package phrase

import (
	"regexp"
	"slices"
	"strings"

	"neike/internal/kit/lang"
)

// Placeholders lists what a text may ask for.
var Placeholders = []string{"asker", "number", "due", "me", "service"}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// unknownIn is the first placeholder of a text that nobody fills; "": none.
func unknownIn(text string) string {
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(Placeholders, m[1]) {
			return m[0]
		}
	}
	return ""
}

// Fill puts values where a text asks for them. What is not known stays as it was typed.
func Fill(text string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		if v := values[m[1:len(m)-1]]; v != "" {
			return v
		}
		return m
	})
}

// In is the text of a phrase in a language, or in the other one where it has none.
func (p Phrase) In(locale string) string {
	if text := p.Text.For(locale); text != "" {
		return text
	}
	return p.Text.For(other(locale))
}

func other(locale string) string {
	if locale == "en" {
		return "zh"
	}
	return "en"
}

// fits says whether the name, its pinyin or its initials hold the query.
func (p Phrase) fits(query string) bool {
	q := strings.ToLower(strings.TrimSpace(query))
	return q == "" || strings.Contains(strings.ToLower(p.Name), q) || slices.ContainsFunc(strings.Fields(p.Keys), func(k string) bool { return strings.Contains(k, q) })
}

// rank orders what fits: what begins so before what holds it, then what is used most.
func (p Phrase) rank(query string) int {
	q := strings.ToLower(strings.TrimSpace(query))
	used := -int(min(p.Used, 1_000_000))
	if q != "" && !strings.HasPrefix(strings.ToLower(p.Name), q) && !slices.ContainsFunc(strings.Fields(p.Keys), func(k string) bool { return strings.HasPrefix(k, q) }) {
		used += 2_000_000
	}
	return used
}

// words is a lang.Text of both.
func words(zh, en string) lang.Text { return lang.Text{Zh: zh, En: en} }
