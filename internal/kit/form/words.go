package form

import (
	"context"
	"strings"

	"neike/internal/kit/lang"
)

// words says when a field is asked, for readers without scripts and in a preview: "当类别是住宿时填写".
func (d drawing) words(ctx context.Context, f Field) string {
	var said []string
	for _, x := range [...]struct {
		key string
		c   *Condition
	}{{"form.when.asked", f.VisibleIf}, {"form.when.required", f.RequiredIf}, {"form.when.locked", f.ReadOnlyIf}} {
		if x.c == nil {
			continue
		}
		if when := d.Form.Words(ctx, x.c); when != "" {
			said = append(said, lang.T(ctx, x.key, "when", when))
		}
	}
	return strings.Join(said, " ")
}

// Words is a condition in the reader's language, "" of one that always holds.
func (f Form) Words(ctx context.Context, c *Condition) string {
	if c == nil {
		return ""
	}
	list, glue := c.All, "form.when.and"
	if len(c.Any) > 0 {
		list, glue = c.Any, "form.when.or"
	}
	var said []string
	for _, r := range list {
		if r.Field == "" {
			said = append(said, lang.T(ctx, "form.when.group", "when", f.Words(ctx, r.group())))
			continue
		}
		said = append(said, f.ruleWords(ctx, r))
	}
	when := strings.Join(said, lang.T(ctx, glue))
	if c.Not {
		return lang.T(ctx, "form.when.not", "when", when)
	}
	return when
}

func (f Form) ruleWords(ctx context.Context, r Rule) string {
	x := f.named(r.Field)
	values := make([]string, 0, len(r.Value))
	for _, v := range r.Value {
		values = append(values, x.ValueWords(ctx, v))
	}
	if x.Type == Checkbox {
		return lang.T(ctx, "form.op.ticked", "field", x.Label.In(ctx), "value", strings.Join(values, ""))
	}
	return lang.T(ctx, "form.op."+string(r.Op), "field", x.Label.In(ctx), "value", strings.Join(values, lang.T(ctx, "form.when.or")))
}

// named is the field of a key, in the form or in one of its tables.
func (f Form) named(key string) Field {
	if x, ok := f.Field(key); ok {
		return x
	}
	for _, t := range f.Fields {
		if x, ok := t.Column(key); ok {
			return x
		}
	}
	return Field{Key: key, Label: lang.Text{Zh: key, En: key}}
}

// ValueWords is a canonical value in the reader's words: the label of an option, an amount as it is read.
func (f Field) ValueWords(ctx context.Context, v string) string {
	switch {
	case f.Type == Checkbox:
		return lang.T(ctx, "form.ticked."+v)
	case f.Type.Selects():
		return f.labels(ctx, []string{v})
	case f.as() == Currency:
		return grouped(v)
	case f.as() == Percent:
		return v + "%"
	}
	return v
}
