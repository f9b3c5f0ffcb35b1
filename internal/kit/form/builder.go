package form

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// BuilderProps is one condition that is put together by clicking. It stands inside a ui.Form; each of its buttons sends the form with
// "build" = NAME:WHAT, and the page answers with the same form and Sketch.Do(WHAT): so it works without a script.
type BuilderProps struct {
	Name   string // of the inputs, see Posted
	Title  string // "什么时候显示"
	Sketch Sketch
	Before []Field // what the rules may look at
	Always bool    // a condition that always holds may be chosen
	Errors ui.Errors

	PeopleSource, UnitSource string            // pickers, as of InputsProps
	Called                   map[string]string // people and units that are chosen already, by code; see Called
}

// Built takes the builder and what it is to do out of the value of its button; ok says whether a button of a builder was pressed.
func Built(button string) (name, do string, ok bool) {
	return strings.Cut(button, ":")
}

// Called is what people and units that a sketch names are called.
func (s Sketch) Called(ctx context.Context, find Resolve, before []Field) (map[string]string, error) {
	out := map[string]string{}
	rules := slices.Clone(s.Rules)
	for _, r := range s.Rules {
		rules = append(rules, r.Rules...)
	}
	for _, r := range rules {
		i := slices.IndexFunc(before, func(x Field) bool { return x.Key == r.Field })
		if i < 0 || before[i].Type != Person && before[i].Type != Department {
			continue
		}
		for _, code := range r.typed() {
			refs, err := before[i].refs(ctx, find, code)
			if err != nil {
				return nil, err
			}
			for _, ref := range refs {
				if ref.Code == code {
					out[code] = ref.label()
				}
			}
		}
	}
	return out, nil
}

// typed are the values one by one: a picker of several sends them with commas.
func (r SketchRule) typed() []string {
	var out []string
	for _, v := range r.Values {
		for _, x := range strings.Split(v, ",") {
			if x = strings.TrimSpace(x); x != "" {
				out = append(out, x)
			}
		}
	}
	return out
}

// ruleLine is a rule as the builder draws it.
type ruleLine struct {
	BuilderProps
	SketchRule
	at    string // path of its inputs: "visible[1][0]"
	place string // for its buttons: "1.0"
	field Field  // the zero Field until one is chosen
}

func (p BuilderProps) lines(rules []SketchRule, at, place string) []ruleLine {
	var out []ruleLine
	for n, r := range rules {
		i := slices.IndexFunc(p.Before, func(x Field) bool { return x.Key == r.Field })
		l := ruleLine{BuilderProps: p, SketchRule: r, at: at + "[" + strconv.Itoa(n) + "]", place: place + strconv.Itoa(n)}
		if i >= 0 {
			l.field = p.Before[i]
			if !slices.Contains(l.field.operators(), l.Op) {
				l.Op = l.field.operators()[0]
			}
		}
		out = append(out, l)
	}
	return out
}

func (p BuilderProps) top() []ruleLine         { return p.lines(p.Sketch.Rules, p.Name, "") }
func (l ruleLine) inner() []ruleLine           { return l.lines(l.SketchRule.Rules, l.at, l.place+".") }
func (p BuilderProps) button(do string) string { return p.Name + ":" + do }

// said is the condition so far in words, "" while it has no rule that says something.
func (p BuilderProps) said(ctx context.Context) string {
	s := p.Sketch.Trimmed()
	c := s.Condition(p.Before)
	if bad := (Form{Fields: p.Before}).CheckCondition(c); c == nil || bad.Len() > 0 {
		return ""
	}
	return Form{Fields: p.Before}.Words(ctx, c)
}

func (p BuilderProps) match(ctx context.Context, at, label, match string, always bool) ui.FieldProps {
	u := ui.FieldProps{Name: at + ".match", Label: label}
	list := Matches
	if always {
		list = append([]string{MatchAlways}, list...)
		u.Attrs = redraw
	}
	for _, m := range list {
		u.Options = append(u.Options, ui.Option{Value: m, Text: lang.T(ctx, "form.match."+m), Selected: m == match})
	}
	return u
}

// redraw marks inputs on which others depend: the script presses the builder's button when they change.
var redraw = templ.Attributes{"data-redraw": true}

func (l ruleLine) fields(ctx context.Context) ui.FieldProps {
	u := ui.FieldProps{Name: l.at + ".field", Label: lang.T(ctx, "form.rule.field"), Error: l.Errors.At(l.at + ".field"), Attrs: redraw}
	var list []ui.Option
	for _, x := range l.Before {
		if !slices.ContainsFunc(list, func(o ui.Option) bool { return o.Value == x.Key }) {
			list = append(list, ui.Option{Value: x.Key, Text: x.Label.In(ctx)})
		}
	}
	u.Options = choose(ctx, list, l.Field)
	return u
}

func (l ruleLine) ops(ctx context.Context) ui.FieldProps {
	u := ui.FieldProps{Name: l.at + ".op", Label: lang.T(ctx, "form.rule.op"), Error: l.Errors.At(l.at + ".op"), Attrs: redraw}
	for _, o := range l.field.operators() {
		u.Options = append(u.Options, ui.Option{Value: string(o), Text: lang.T(ctx, "form.rule."+string(o)), Selected: o == l.Op})
	}
	return u
}

// value is the input for what the answer is compared with; options are chosen, days and months have their own inputs.
func (l ruleLine) value(ctx context.Context) ui.FieldProps {
	u := ui.FieldProps{Name: l.at + ".value", Label: lang.T(ctx, "form.rule.value"), Error: l.Errors.At(l.at + ".value"), Value: strings.Join(l.Values, ", ")}
	switch l.field.as() {
	case Checkbox:
		for _, v := range []string{"true", "false"} {
			u.Options = append(u.Options, ui.Option{Value: v, Text: lang.T(ctx, "form.ticked."+v), Selected: slices.Contains(l.Values, v)})
		}
	case SingleSelect, MultiSelect, Cascade:
		u.Options = l.field.nodes(ctx, l.field.Options, "", "", l.Values)
		if !l.several() {
			u.Options = choose(ctx, u.Options, first(l.Values))
		}
	case Number, Currency, Percent, Rating:
		u.InputMode = "decimal"
	case Date:
		u.Type = "date"
	case Month:
		u.Type, u.Placeholder = "month", "2026-10"
	case Person, Department:
		u.Source, u.Multiple = l.UnitSource, l.several()
		if l.field.Type == Person {
			u.Source = l.PeopleSource
		}
		u.Value = strings.Join(l.typed(), ",")
		for _, v := range l.typed() {
			text := l.Called[v]
			if text == "" {
				text = v
			}
			u.Options = append(u.Options, ui.Option{Value: v, Text: text, Selected: true})
		}
	}
	if l.several() && !l.field.Type.Selects() && u.Source == "" {
		u.Hint = lang.T(ctx, "form.rule.commas")
	}
	return u
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (l ruleLine) several() bool  { return l.Op == In || l.Op == NotIn }
func (l ruleLine) wordless() bool { return l.field.Key == "" || l.Op == Filled || l.Op == Empty }

// nodes are all options of a select as they may be compared with; of a cascade also those that have others below them.
func (f Field) nodes(ctx context.Context, options []Option, way, name string, taken []string) []ui.Option {
	var out []ui.Option
	for _, o := range options {
		code, text := way+o.Code, name+o.Label.In(ctx)
		out = append(out, ui.Option{Value: code, Text: text, Selected: slices.Contains(taken, code)})
		out = append(out, f.nodes(ctx, o.Options, code+"/", text+" / ", taken)...)
	}
	return out
}
