package catalog

import (
	"go.yaml.in/yaml/v3"

	"neike/internal/kit/form"
)

// isList says whether a form is written as the bare list of its fields.
func isList(n node) bool { return n.y == nil || n.y.Kind == yaml.SequenceNode }

// formIn reads a form: a list of fields, or fields and sections.
func formIn(n node) form.Form {
	if isList(n) {
		return form.Form{Fields: fieldsIn(n)}
	}
	if !n.object("fields", "sections") {
		return form.Form{}
	}
	f := form.Form{Fields: fieldsIn(n.get("fields"))}
	for _, x := range n.get("sections").each() {
		if !x.object("key", "title", "help", "columns", "visible_if", "fields") {
			continue
		}
		s := form.Section{Key: x.get("key").must(), Title: x.get("title").words(), Help: x.get("help").words(), VisibleIf: conditionIn(x.get("visible_if"))}
		if c := x.get("columns"); c.y != nil {
			s.Columns = c.whole()
		}
		s.Fields = textsIn(x.get("fields"))
		f.Sections = append(f.Sections, s)
	}
	return f
}

func fieldsIn(n node) []form.Field {
	var out []form.Field
	for _, x := range n.each() {
		out = append(out, field(x))
	}
	return out
}

func field(n node) form.Field {
	if !n.object("key", "type", "label", "required", "hint", "options", "min", "max", "pattern", "pattern_text", "default", "sensitive", "indexed",
		"visible_if", "required_if", "read_only_if", "accept", "of", "formula", "as", "decimals", "number", "fields", "sum") {
		return form.Field{}
	}
	f := form.Field{
		Key: n.get("key").must(), Type: form.Type(n.get("type").must()), Label: n.get("label").words(),
		Required: n.get("required").truth(), Hint: n.get("hint").words(), Options: optionsIn(n.get("options")),
		Min: n.get("min").text(), Max: n.get("max").text(), Pattern: n.get("pattern").text(), PatternText: n.get("pattern_text").words(),
		Default: n.get("default").text(), Sensitive: n.get("sensitive").truth(), Indexed: n.get("indexed").truth(),
		VisibleIf: conditionIn(n.get("visible_if")), RequiredIf: conditionIn(n.get("required_if")), ReadOnlyIf: conditionIn(n.get("read_only_if")),
		Accept: n.get("accept").text(), Of: n.get("of").text(), Formula: n.get("formula").text(), As: form.Type(n.get("as").text()),
		Number: n.get("number").text(), Fields: fieldsIn(n.get("fields")), Sum: n.get("sum").truth(),
	}
	if d := n.get("decimals"); d.y != nil {
		places := d.whole()
		f.Decimals = &places
	}
	return f
}

func optionsIn(n node) []form.Option {
	var out []form.Option
	for _, o := range n.each() {
		if o.object("code", "label", "inactive", "options") {
			out = append(out, form.Option{Code: o.get("code").must(), Label: o.get("label").words(), Inactive: o.get("inactive").truth(), Options: optionsIn(o.get("options"))})
		}
	}
	return out
}

// conditionIn reads a condition, nil when there is none. "true" always holds.
func conditionIn(n node) *form.Condition {
	if n.y == nil {
		return nil
	}
	if n.y.Kind == yaml.ScalarNode && n.text() == "true" {
		return &form.Condition{}
	}
	if !n.object("all", "any", "not") {
		return nil
	}
	return &form.Condition{All: rulesIn(n.get("all")), Any: rulesIn(n.get("any")), Not: n.get("not").truth()}
}

func rulesIn(n node) []form.Rule {
	var out []form.Rule
	for _, x := range n.each() {
		if !x.object("field", "op", "value", "all", "any", "not") {
			continue
		}
		r := form.Rule{All: rulesIn(x.get("all")), Any: rulesIn(x.get("any")), Not: x.get("not").truth()}
		if len(r.All)+len(r.Any) == 0 {
			r.Field, r.Op = x.get("field").must(), form.Op(x.get("op").must())
			if v := x.get("value"); v.y != nil && v.y.Kind == yaml.ScalarNode {
				r.Value = form.Operand{v.text()}
			} else {
				r.Value = textsIn(v)
			}
		}
		out = append(out, r)
	}
	return out
}

func textsIn(n node) []string {
	var out []string
	for _, x := range n.each() {
		out = append(out, x.must())
	}
	return out
}
