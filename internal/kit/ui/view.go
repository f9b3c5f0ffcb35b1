package ui

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"neike/assets"
	"neike/internal/kit/lang"
)

// Icon is a drawing of the sprite, 18 px, in the colour of the text around it.
// Screen readers skip it: the word stands beside it.
func Icon(name string) templ.Component { return icon(name, "ic") }

// IconSmall is the same at 16 px.
func IconSmall(name string) templ.Component { return icon(name, "ic ic-s") }

// IconLarge is the same at 22 px.
func IconLarge(name string) templ.Component { return icon(name, "ic ic-l") }

type iconKey struct{ name, class string }

var icons sync.Map // iconKey → templ.Component

func icon(name, class string) templ.Component {
	key := iconKey{name, class}
	if c, ok := icons.Load(key); ok {
		return c.(templ.Component)
	}
	if !assets.HasIcon(name) && testing.Testing() {
		panic("ui: the sprite has no icon " + name)
	}
	text := `<svg class="` + class + `" aria-hidden="true"><use href="` + assets.URL("icons.svg") + "#" + templ.EscapeString(name) + `"></use></svg>`
	c := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	icons.Store(key, c)
	return c
}

// classes joins what is not empty.
func classes(names ...string) string {
	n := 0
	for _, s := range names {
		if s != "" {
			n += len(s) + 1
		}
	}
	var b strings.Builder
	b.Grow(n)
	for _, s := range names {
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}

func when(ok bool, s string) string {
	if ok {
		return s
	}
	return ""
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func tone(s string) string {
	if s == "" {
		return ""
	}
	return "is-" + s
}

// upTo99 is a count as a badge shows it.
func upTo99(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

func num(x float64) string {
	return strconv.FormatFloat(float64(int64(x*100+0.5))/100, 'f', -1, 64)
}

func pct(x float64) string { return num(x) + "%" }

// initials are what an avatar shows: the family name of a Chinese person, the
// first letters of others.
func initials(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return "?"
	}
	if unicode.Is(unicode.Han, first) {
		return string(first)
	}
	last := first
	if i := strings.LastIndexByte(name, ' '); i >= 0 && i+1 < len(name) {
		last, _ = utf8.DecodeRuneInString(name[i+1:])
		return string(unicode.ToUpper(first)) + string(unicode.ToUpper(last))
	}
	return string(unicode.ToUpper(first))
}

func avatarClass(p PersonProps) string {
	r, _ := utf8.DecodeRuneInString(p.Name)
	tone := ""
	if p.Tone > 1 {
		tone = "is-" + strconv.Itoa(p.Tone)
	}
	return classes("nk-av", when(p.Small, "nk-av-s"), when(r < 0x2e80, "is-latin"), tone)
}

func htmlLang(ctx context.Context) string {
	if lang.Locale(ctx) == "en" {
		return "en"
	}
	return "zh-CN"
}

// liveURL is the event stream of the page: the person's topic and its own.
func liveURL(c Chrome, topics []string) string {
	all := make([]string, 0, len(topics)+1)
	if c.LiveTopic != "" {
		all = append(all, c.LiveTopic)
	}
	all = append(all, topics...)
	return c.LiveHref + "?topics=" + url.QueryEscape(strings.Join(all, ","))
}

// heic is where the decoder of HEIC photographs is: the worker and the two files of its library.
var heic = strings.Join([]string{assets.URL("heic.js"), assets.URL("libheif.js"), assets.URL("libheif.wasm")}, " ")

// words are the sentences of the scripts. {name} is filled in by them.
func words(ctx context.Context) string {
	t := map[string]string{}
	for _, id := range [...]string{"undo", "close", "offline", "failed", "drafted", "restored", "held", "picked", "remove", "files-most", "photos"} {
		t[id] = lang.T(ctx, "ui.script-"+id)
	}
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // a map of strings
	}
	return `<script type="application/json" id="nk-words">` + string(b) + `</script>` // json.Marshal writes < as \u003c
}

// isOn says whether the page stands at the item, at one below it, or at a part of it: "settings-audit" of "settings".
func isOn(n NavItem, active string) bool {
	if isAt(n, active) {
		return true
	}
	for _, s := range n.Sub {
		if s.Key == active {
			return true
		}
	}
	return false
}

func isAt(n NavItem, active string) bool {
	return n.Key == active || len(n.Sub) == 0 && strings.HasPrefix(active, n.Key+"-")
}

// backTo is where the phone's arrow leads: one step up the crumbs.
func backTo(crumbs []Crumb) string {
	for i := len(crumbs) - 1; i >= 0; i-- {
		if crumbs[i].Href != "" {
			return crumbs[i].Href
		}
	}
	return ""
}

// topTitle is the short name in the phone's bar: R-1024 rather than its title.
func topTitle(p PageProps) string {
	if n := len(p.Crumbs); n > 0 && p.Crumbs[n-1].Href == "" {
		return p.Crumbs[n-1].Label
	}
	return p.Title
}

func heading(p PageProps) string { return or(p.Heading, p.Title) }

// apart is the key of what tells the fields of a dialog apart from those of the same name elsewhere on the page.
type apart struct{}

// setApart puts this before the names in the ids of all fields drawn with the context.
func setApart(ctx context.Context, by string) context.Context {
	return context.WithValue(ctx, apart{}, by+"-")
}

// besideID is the id of what belongs to a field: a letter, where the field stands, its name.
func besideID(ctx context.Context, letter, name string) string {
	by, _ := ctx.Value(apart{}).(string)
	return letter + by + name
}

// FieldID is the id of the field with this name: "f-" + name, and in a dialog, or a form that stands apart, "f-" + its id + "-" + name.
func FieldID(ctx context.Context, name string) string { return besideID(ctx, "f-", name) }

// inputID is the field's id, and another one for each of several with one name.
func inputID(ctx context.Context, p FieldProps) string {
	if p.Nth > 1 {
		return FieldID(ctx, p.Name) + "-" + strconv.Itoa(p.Nth)
	}
	return FieldID(ctx, p.Name)
}

// describedBy names the element that says more about a field, if there is one.
func describedBy(ctx context.Context, p FieldProps) string {
	switch {
	case p.Error != "":
		return besideID(ctx, "e-", p.Name)
	case p.Hint != "":
		return besideID(ctx, "h-", p.Name)
	}
	return ""
}

// groups splits options at each change of Group.
func groups(options []Option) [][]Option {
	var out [][]Option
	start := 0
	for i := 1; i <= len(options); i++ {
		if i == len(options) || options[i].Group != options[start].Group {
			out = append(out, options[start:i])
			start = i
		}
	}
	return out
}

// picked is what a picker holds: its value, or the options that are selected.
func picked(p FieldProps) string {
	if p.Value != "" {
		return p.Value
	}
	var values []string
	for _, o := range p.Options {
		if o.Selected && o.Value != "" {
			values = append(values, o.Value)
		}
	}
	return strings.Join(values, ",")
}

// known are the chosen options of a picker, so that it can show their names
// before it has asked anybody.
func known(options []Option) string {
	type item struct {
		Value string `json:"value"`
		Text  string `json:"text"`
	}
	items := make([]item, len(options))
	for i, o := range options {
		items[i] = item{o.Value, o.Text}
	}
	b, err := json.Marshal(items)
	if err != nil {
		panic(err) // strings only
	}
	return string(b)
}

// errorLinks are the sentences of the summary with a link to each field. Built
// by hand: Chinese has no space between them.
func errorLinks(ctx context.Context, fields []FieldError) templ.Component {
	var b strings.Builder
	said := map[string]bool{} // a sentence that is true of many fields is told once
	for _, f := range fields {
		id := FieldID(ctx, f.Name)
		name, there := nameOf(ctx, id)
		words := or(name, or(f.Label, f.Text))
		if !there && f.Label != "" { // there is no field that would say what is wrong
			words = f.Label + lang.T(ctx, "ui.colon") + f.Text
		}
		if words == f.Text && said[f.Text] {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(lang.T(ctx, "ui.comma"))
		}
		said[f.Text] = said[f.Text] || words == f.Text
		words = templ.EscapeString(words)
		if there {
			words = `<a href="#` + templ.EscapeString(id) + `">` + words + `</a>`
		}
		b.WriteString(words)
	}
	return templ.Raw(b.String())
}

// pieces cuts a message into text, mentions and links.
type piece struct{ text, kind, href string }

func pieces(s string) []piece {
	var out []piece
	plain := 0
	flush := func(to int) {
		if to > plain {
			out = append(out, piece{text: s[plain:to]})
		}
	}
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "@["):
			end := strings.IndexByte(s[i:], ']')
			if end < 0 || end > 80 {
				i += 2
				continue
			}
			flush(i)
			out = append(out, piece{text: "@" + s[i+2:i+end], kind: "mention"})
			i += end + 1
			plain = i
		case strings.HasPrefix(s[i:], "https://"), strings.HasPrefix(s[i:], "http://"):
			end := i
			for end < len(s) && s[end] > ' ' && s[end] < 0x7f && s[end] != '<' && s[end] != '"' {
				end++
			}
			for end > i && strings.IndexByte(".,;:!?)", s[end-1]) >= 0 {
				end--
			}
			flush(i)
			out = append(out, piece{text: s[i:end], kind: "link", href: s[i:end]})
			i, plain = end, end
		default:
			i++
		}
	}
	flush(len(s))
	return out
}
