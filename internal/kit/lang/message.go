package lang

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// message is one text taken apart: forms by plural class; forms[Other] always exists.
type message struct {
	tag    language.Tag
	static string // the whole text, when there is nothing to fill in
	forms  map[plural.Form][]part
}

// part is a piece of text followed by an argument (name "" at the end).
type part struct{ text, name string }

func compile(tag language.Tag, m *i18n.Message) (*message, error) {
	c := &message{tag: tag, forms: map[plural.Form][]part{}}
	for form, text := range map[plural.Form]string{
		plural.Other: m.Other, plural.Zero: m.Zero, plural.One: m.One,
		plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many,
	} {
		if text == "" && form != plural.Other {
			continue
		}
		parts, err := take(text)
		if err != nil {
			return nil, err
		}
		c.forms[form] = parts
	}
	if other := c.forms[plural.Other]; len(c.forms) == 1 && len(other) == 1 && other[0].name == "" {
		c.static = other[0].text
	}
	return c, nil
}

// take splits "a {{.b}} c". Only names are understood: logic belongs in code.
func take(text string) ([]part, error) {
	var parts []part
	rest := text
	for {
		before, after, found := strings.Cut(rest, "{{")
		if !found {
			return append(parts, part{text: rest}), nil
		}
		inside, tail, closed := strings.Cut(after, "}}")
		name := strings.TrimPrefix(strings.TrimSpace(inside), ".")
		if !closed || name == "" || strings.ContainsAny(name, " .|()$\"") || !strings.HasPrefix(strings.TrimSpace(inside), ".") {
			return nil, fmt.Errorf("only {{.name}} is understood, got %q", text)
		}
		parts = append(parts, part{text: before, name: name})
		rest = tail
	}
}

func (m *message) empty() bool {
	other := m.forms[plural.Other]
	return len(other) == 1 && other[0].name == "" && strings.TrimSpace(other[0].text) == ""
}

// args lists the argument names over all forms but count, which a form may leave out ("one person").
func (m *message) args() []string {
	var names []string
	for _, parts := range m.forms {
		for _, p := range parts {
			if p.name != "" && p.name != "count" && !slices.Contains(names, p.name) {
				names = append(names, p.name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (m *message) fill(args []any) string {
	parts := m.forms[plural.Other]
	if len(m.forms) > 1 {
		if n, ok := count(args); ok {
			if chosen, ok := m.forms[plural.Cardinal.MatchPlural(m.tag, n, 0, 0, 0, 0)]; ok {
				parts = chosen
			}
		}
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
		if p.name != "" {
			b.WriteString(show(value(args, p.name)))
		}
	}
	return b.String()
}

func value(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

func count(args []any) (int, bool) {
	var n int64
	switch v := value(args, "count").(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case int32:
		n = int64(v)
	default:
		return 0, false
	}
	return int(max(n, -n) % 10_000_000), true
}

func show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case nil:
		return ""
	case fmt.Stringer:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

// T is the message in the reader's language, filled with args (name, value, name, value…). The plural
// form follows the argument "count". An id nobody wrote comes back as it is; in a test it panics.
func T(ctx context.Context, id string, args ...any) string {
	r := of(ctx)
	m, ok := r.words[id]
	if !ok {
		if r.book != nil && testing.Testing() {
			panic("lang: no message " + strconv.Quote(id) + " in " + r.locale)
		}
		return id
	}
	if m.static != "" {
		return m.static
	}
	return m.fill(args)
}

// Text is a name in both languages, as it stands in the database and in the API.
type Text struct {
	Zh string `json:"zh" yaml:"zh" toml:"zh" form:"zh" doc:"Chinese"`
	En string `json:"en" yaml:"en" toml:"en" form:"en" doc:"English"`
}

// In is the text in the reader's language; the other language when that one is empty.
func (t Text) In(ctx context.Context) string { return t.For(Locale(ctx)) }

// For is the text in the language named; the other language when that one is empty.
func (t Text) For(locale string) string {
	if locale == "en" && t.En != "" || t.Zh == "" {
		return t.En
	}
	return t.Zh
}

// Lacks is the language in which the text has no words and needs some: main, the company's main language. With "" either
// language will do, and what is empty lacks the first. "" when nothing is lacking.
func (t Text) Lacks(main string) string {
	zh, en := strings.TrimSpace(t.Zh) != "", strings.TrimSpace(t.En) != ""
	switch {
	case main == "en" && !en, main == "zh" && !zh:
		return main
	case main == "" && !zh && !en:
		return Locales[0]
	}
	return ""
}

// Empty says whether there is no text in either language.
func (t Text) Empty() bool { return t.Zh == "" && t.En == "" }
