package form

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// InputsProps is what Inputs draws.
type InputsProps struct {
	Form   Form
	Raw    map[string]any // answers as they were typed, or canonical Values; nil: none yet
	Errors ui.Errors      // findings of Validate in words

	PeopleSource string                      // JSON endpoint of the picker of people
	UnitSource   string                      // JSON endpoint of the picker of units
	Units        []ui.Option                 // all units, when they are few enough for a plain select
	Chosen       map[string][]Ref            // by key: what a person, unit or file that is chosen already is called
	Preview      bool                        // nothing can be filled in: the form is only shown
	Draft        string                      // key under which long texts are kept on this device
	Attrs        map[string]templ.Attributes // by key: more attributes of the input
}

// row is one or two fields side by side.
type row []Field

// rows puts neighbouring short fields into pairs.
func (f Form) rows() []row {
	var out []row
	for _, x := range f.Fields {
		if n := len(out); n > 0 && x.short() && len(out[n-1]) == 1 && out[n-1][0].short() {
			out[n-1] = append(out[n-1], x)
			continue
		}
		out = append(out, row{x})
	}
	return out
}

func (f Field) short() bool {
	return f.Type != LongText && f.Type != Attachment && f.Type != MultiSelect
}

// props is the field for the components of ui.
func (p InputsProps) props(ctx context.Context, f Field) ui.FieldProps {
	u := ui.FieldProps{
		Name: f.Name(), Label: f.Label.In(ctx), Hint: f.Hint.In(ctx), Error: p.Errors.At(f.Name()),
		Required: f.Required, Optional: !f.Required, Disabled: p.Preview,
		Value: f.typed(ctx, p.Raw[f.Key]), Draft: p.Draft, Attrs: p.Attrs[f.Key],
	}
	switch f.Type {
	case LongText:
		u.Rows = 4
	case Number, Currency:
		u.InputMode = "decimal"
	case DateTime:
		u.Type = "datetime-local"
	case Month:
		u.Type, u.Placeholder = "month", "2026-10"
	case Phone:
		u.Type, u.Placeholder = "tel", lang.T(ctx, "form.phone-placeholder")
	case Person:
		u.Source, u.Placeholder = p.PeopleSource, lang.T(ctx, "form.person-placeholder")
		u.Options = p.chosen(f, u.Value)
	case Department:
		u.Source, u.Placeholder = p.UnitSource, lang.T(ctx, "form.department-placeholder")
		u.Options = p.chosen(f, u.Value)
		if len(p.Units) > 0 {
			u.Options, u.Placeholder = choose(ctx, p.Units, u.Value), ""
		}
	case Attachment:
		p.files(ctx, f, &u)
	case SingleSelect:
		u.Options = choose(ctx, f.options(ctx, nil), u.Value)
	case MultiSelect:
		u.Options = f.options(ctx, p.Raw[f.Key])
	}
	return u
}

// chosen is the answer as the one option of a picker.
func (p InputsProps) chosen(f Field, value string) []ui.Option {
	if value == "" {
		return nil
	}
	text := value
	for _, r := range p.Chosen[f.Key] {
		if r.Code == value {
			text = r.label()
		}
	}
	return []ui.Option{{Value: value, Text: text, Selected: true}}
}

func (r Ref) label() string {
	if r.Name == "" {
		return r.Code
	}
	return r.Name + " " + r.Code
}

// choose puts 'please choose' before options and selects one.
func choose(ctx context.Context, options []ui.Option, value string) []ui.Option {
	out := make([]ui.Option, 0, len(options)+1)
	out = append(out, ui.Option{Text: lang.T(ctx, "form.choose"), Selected: value == ""})
	for _, o := range options {
		o.Selected = value != "" && o.Value == value
		out = append(out, o)
	}
	return out
}

func (f Field) options(ctx context.Context, raw any) []ui.Option {
	taken := map[string]bool{}
	if raw != nil {
		list, _ := several(raw) // what cannot be read is not ticked
		for _, s := range list {
			taken[s] = true
		}
	}
	out := make([]ui.Option, 0, len(f.Options))
	for _, o := range f.Options {
		out = append(out, ui.Option{Value: o.Code, Text: o.Label.In(ctx), Selected: taken[o.Code]})
	}
	return out
}

func (p InputsProps) files(ctx context.Context, f Field, u *ui.FieldProps) {
	u.Multiple, u.Value = true, ""
	if u.Hint == "" {
		u.Hint = lang.T(ctx, "form.files-hint", "max", MaxFiles)
	}
	ids, _ := several(p.Raw[f.Key]) // what cannot be read is no file
	for _, id := range ids {
		file := ui.FileProps{Name: id, Input: f.Name(), Value: id, Bad: true}
		for _, r := range p.Chosen[f.Key] {
			if r.Code == id {
				file.Name, file.Size, file.Href, file.Bad = r.Name, r.Detail, r.Link, false
			}
		}
		u.Files = append(u.Files, file)
	}
}

// typed is the text that stands in an input: what was typed, or a canonical answer the way an input takes it.
func (f Field) typed(ctx context.Context, raw any) string {
	s, bad := scalar(raw)
	if bad != nil {
		return ""
	}
	if f.Type == DateTime {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			return t.In(lang.Zone(ctx)).Format("2006-01-02T15:04")
		}
	}
	return s
}

// Shown turns answers into terms with their values for reading, in the order of the form. A field without an answer is
// left out unless it was required.
func (f Form) Shown(ctx context.Context, find Resolve, v Values) ([]ui.Pair, error) {
	var pairs []ui.Pair
	for _, x := range f.Fields {
		if _, answered := v[x.Key]; !answered {
			if x.Required {
				pairs = append(pairs, ui.Pair{Term: x.Label.In(ctx), Text: lang.T(ctx, "form.none")})
			}
			continue
		}
		p, err := x.shown(ctx, find, v)
		if err != nil {
			return nil, fmt.Errorf("show field %s: %w", x.Key, err)
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func (f Field) shown(ctx context.Context, find Resolve, v Values) (ui.Pair, error) {
	p := ui.Pair{Term: f.Label.In(ctx), Text: v.String(f.Key)}
	switch f.Type {
	case LongText:
		p.Value = lines(p.Text)
	case Currency:
		p.Text = grouped(p.Text)
	case Date:
		if t, err := time.ParseInLocation(time.DateOnly, p.Text, lang.Zone(ctx)); err == nil {
			p.Text = lang.Date(ctx, t)
		}
	case DateTime:
		if t, err := time.Parse(time.RFC3339, p.Text); err == nil {
			p.Text = lang.DateTime(ctx, t)
		}
	case SingleSelect:
		p.Text = f.labels(ctx, []string{p.Text})
	case MultiSelect:
		p.Text = f.labels(ctx, v.List(f.Key))
	case Person:
		return p, called(ctx, find.People, &p)
	case Department:
		return p, called(ctx, find.Units, &p)
	case Attachment:
		return f.shownFiles(ctx, find, v.List(f.Key))
	}
	return p, nil
}

func (f Field) labels(ctx context.Context, codes []string) string {
	names := make([]string, 0, len(codes))
	for _, code := range codes {
		if o, ok := f.Option(code); ok {
			names = append(names, o.Label.In(ctx))
		} else {
			names = append(names, code)
		}
	}
	if lang.Locale(ctx) == "en" {
		return strings.Join(names, ", ")
	}
	return strings.Join(names, "、")
}

// called puts the name of a person or unit in place of its code.
func called(ctx context.Context, find func(context.Context, string) ([]Ref, error), p *ui.Pair) error {
	if find == nil {
		return nil
	}
	found, err := find(ctx, p.Text)
	if err != nil {
		return err
	}
	for _, r := range found {
		if r.Code == p.Text {
			p.Text, p.Href = r.label(), r.Link
		}
	}
	return nil
}

func (f Field) shownFiles(ctx context.Context, find Resolve, ids []string) (ui.Pair, error) {
	p := ui.Pair{Term: f.Label.In(ctx)}
	var found []Ref
	if find.Files != nil {
		var err error
		if found, err = find.Files(ctx, ids); err != nil {
			return p, err
		}
	}
	byID := map[string]Ref{}
	for _, r := range found {
		byID[r.Code] = r
	}
	files := make([]ui.FileProps, 0, len(ids))
	for _, id := range ids {
		r, ok := byID[id]
		if !ok {
			files = append(files, ui.FileProps{Name: id, Bad: true})
			continue
		}
		files = append(files, ui.FileProps{Name: r.Name, Size: r.Detail, Href: r.Link})
	}
	p.Value = chips(files)
	return p, nil
}

// grouped writes 38462.50 as 38,462.50.
func grouped(amount string) string {
	sign := ""
	if strings.HasPrefix(amount, "-") {
		sign, amount = "−", amount[1:]
	}
	whole, cents, _ := strings.Cut(amount, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if cents != "" {
		b.WriteString("." + cents)
	}
	return sign + b.String()
}

// Schema is the JSON Schema of the answers, for the documentation of an interface. Validate is the judge.
func (f Form) Schema(ctx context.Context) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for _, x := range f.Fields {
		properties[x.Key] = x.schema(ctx)
		if x.Required {
			required = append(required, x.Key)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func (f Field) schema(ctx context.Context) map[string]any {
	s := map[string]any{"type": "string", "title": f.Label.In(ctx)}
	if hint := f.Hint.In(ctx); hint != "" {
		s["description"] = hint
	}
	codes := make([]string, 0, len(f.Options))
	for _, o := range f.Options {
		codes = append(codes, o.Code)
	}
	switch f.Type {
	case Text:
		s["maxLength"] = MaxText
	case LongText:
		s["maxLength"] = MaxLongText
	case Number:
		s["type"], s["examples"] = "number", []any{json.Number("12.5")}
	case Currency:
		s["pattern"], s["examples"] = `^-?\d{1,12}\.\d{2}$`, []string{"38462.50"}
	case Date:
		s["format"], s["examples"] = "date", []string{"2026-10-14"}
	case DateTime:
		s["format"], s["examples"] = "date-time", []string{"2026-10-14T01:30:00Z"}
	case Month:
		s["pattern"], s["examples"] = `^\d{4}-\d{2}$`, []string{"2026-10"}
	case Phone:
		s["examples"] = []string{"13800138000"}
	case Person:
		s["examples"] = []string{"01023"}
	case Department:
		s["examples"] = []string{"finance"}
	case SingleSelect:
		s["enum"] = codes
	case MultiSelect:
		s["type"], s["uniqueItems"] = "array", true
		s["items"] = map[string]any{"type": "string", "enum": codes}
	case Attachment:
		s["type"], s["maxItems"] = "array", MaxFiles
		s["items"] = map[string]any{"type": "string"}
	}
	return s
}
