package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/form"
	"neike/internal/kit/lang"
)

// The editor of a field is itself a form of kit/form: what a type can have is what it asks.

// words is a message as a label: the editor speaks the language of its reader alone.
func words(ctx context.Context, key string) lang.Text {
	return lang.Text{Zh: lang.T(ctx, key)}
}

// editor builds the questions about one field.
type editor struct {
	ctx context.Context
	f   form.Form
}

func (e *editor) ask(key string, kind form.Type, more ...func(*form.Field)) {
	x := form.Field{Key: key, Type: kind}
	for _, m := range more {
		m(&x)
	}
	if x.Label.Zh == "" {
		x.Label = words(e.ctx, "catalog.form-ask."+key)
	}
	e.f.Fields = append(e.f.Fields, x)
	s := &e.f.Sections[len(e.f.Sections)-1]
	s.Fields = append(s.Fields, key)
}

func (e *editor) part(key string) {
	e.f.Sections = append(e.f.Sections, form.Section{Key: key, Title: words(e.ctx, "catalog.form-part."+key), Columns: 2})
}

func (e *editor) hint(key string) func(*form.Field) {
	return func(x *form.Field) { x.Hint = words(e.ctx, key) }
}

func required(x *form.Field) { x.Required = true }

// needed makes a name needed in the company's main language.
func (e *editor) needed(locale string) func(*form.Field) {
	return func(x *form.Field) { x.Required = lang.Main(e.ctx) == locale }
}

func limited(most int) func(*form.Field) {
	return func(x *form.Field) { x.Max = strconv.Itoa(most) }
}

// chosen makes options of codes, their words under a key.
func (e *editor) chosen(under string, codes ...string) func(*form.Field) {
	return func(x *form.Field) {
		for _, c := range codes {
			x.Options = append(x.Options, form.Option{Code: c, Label: words(e.ctx, under+c)})
		}
	}
}

// place is where an edited field stands.
type place struct {
	path   string // "amount", "items.amount"; "" or "items." of a new one
	column bool
	before []form.Field
}

func placeOf(f form.Form, path string) place {
	return place{path: path, column: strings.Contains(path, "."), before: before(f, path)}
}

func (p place) isNew() bool { return p.path == "" || strings.HasSuffix(p.path, ".") }

// editorOf asks about a field of a type at its place.
func editorOf(ctx context.Context, kind form.Type, p place) form.Form {
	e := &editor{ctx: ctx}
	e.part("words")
	e.ask("label_zh", form.Text, e.needed("zh"), limited(form.MaxLabel))
	e.ask("label_en", form.Text, e.needed("en"), limited(form.MaxLabel))
	e.ask("hint_zh", form.Text, limited(form.MaxHint))
	e.ask("hint_en", form.Text, limited(form.MaxHint))
	if p.isNew() {
		e.ask("key", form.Text, e.hint("catalog.form-ask.key-hint"))
	}
	e.ofType(kind)
	e.part("rules")
	if kind.Asks() {
		e.ask("required", form.Checkbox)
	}
	e.bounds(kind)
	if p.column && slices.Contains([]form.Type{form.Number, form.Currency, form.Percent, form.Formula}, kind) {
		e.ask("sum", form.Checkbox)
	}
	e.ask("sensitive", form.Checkbox, e.hint("catalog.form-ask.sensitive-hint"))
	if kind.Indexable() && !p.column {
		e.ask("indexed", form.Checkbox, e.hint("catalog.form-ask.indexed-hint"))
	}
	return e.f
}

// ofType asks what only one type has.
func (e *editor) ofType(kind form.Type) {
	switch {
	case kind.Selects():
		e.part("options")
		e.ask("options", form.Table, required, func(x *form.Field) {
			x.Hint = words(e.ctx, "catalog.form-ask.options-hint")
			if kind == form.Cascade {
				x.Hint = words(e.ctx, "catalog.form-ask.ways-hint")
			}
			x.Fields = []form.Field{
				{Key: "zh", Type: form.Text, Label: words(e.ctx, "catalog.form-ask.option-zh"), Required: lang.Main(e.ctx) == "zh"},
				{Key: "en", Type: form.Text, Label: words(e.ctx, "catalog.form-ask.option-en"), Required: lang.Main(e.ctx) == "en"},
				{Key: "code", Type: form.Text, Label: words(e.ctx, "catalog.form-ask.option-code")},
				{Key: "inactive", Type: form.Checkbox, Label: words(e.ctx, "catalog.form-ask.option-inactive")},
			}
		})
	case kind == form.Formula:
		e.part("formula")
		e.ask("formula", form.LongText, required, e.hint("catalog.form-ask.formula-hint"))
		e.ask("as", form.SingleSelect, required, e.chosen("form.type.", "number", "currency", "percent"))
		e.ask("decimals", form.Number)
	case kind == form.AutoNumber:
		e.part("number")
		e.ask("number", form.Text, required, e.hint("catalog.form-ask.number-hint"))
	case kind == form.Relation:
		e.part("relation")
		e.ask("of", form.SingleSelect, required, e.chosen("catalog.form-of.", Related...))
	}
}

// bounds asks what a type can be bounded by.
func (e *editor) bounds(kind form.Type) {
	switch kind {
	case form.Text, form.LongText:
		e.limits("length")
		e.ask("pattern", form.Text, e.hint("catalog.form-ask.pattern-hint"))
		e.ask("pattern_zh", form.Text)
		e.ask("pattern_en", form.Text)
	case form.Number, form.Currency, form.Percent:
		e.limits("value")
	case form.Date, form.DateTime, form.Month:
		e.limits("day")
	case form.MultiSelect, form.Attachment, form.Table:
		e.limits("count")
	case form.Rating:
		e.ask("max", form.Text, func(x *form.Field) { x.Label = words(e.ctx, "catalog.form-ask.stars") })
	}
	switch kind {
	case form.Attachment:
		e.ask("accept", form.SingleSelect, e.chosen("catalog.form-accept.", "image"))
	case form.EmailURL:
		e.ask("accept", form.SingleSelect, e.chosen("catalog.form-accept.", "email", "url"))
	}
	if form.Defaultable(kind) {
		e.ask("default", form.Text, e.hint("catalog.form-ask.default-hint"))
	}
}

func (e *editor) limits(of string) {
	for _, key := range []string{"min", "max"} {
		e.ask(key, form.Text, func(x *form.Field) {
			x.Label, x.Hint = words(e.ctx, "catalog.form-ask."+key+"-"+of), words(e.ctx, "catalog.form-ask.range-"+of)
		})
	}
}

// sectionEditor asks about a section.
func sectionEditor(ctx context.Context) form.Form {
	e := &editor{ctx: ctx}
	e.part("words")
	e.ask("title_zh", form.Text, e.needed("zh"), limited(form.MaxLabel))
	e.ask("title_en", form.Text, e.needed("en"), limited(form.MaxLabel))
	e.ask("help_zh", form.Text, limited(form.MaxHint))
	e.ask("help_en", form.Text, limited(form.MaxHint))
	e.ask("columns", form.SingleSelect, e.chosen("catalog.form-columns.", "1", "2"))
	return e.f
}
