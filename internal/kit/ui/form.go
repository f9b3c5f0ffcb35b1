package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
)

// FieldProps is one field of a form: label, hint, error and the input itself.
// Input, Textarea, Select, Checkbox, DateInput, Picker and File all take it
// and use what concerns them.
type FieldProps struct {
	Name     string // of the input; the id is FieldID
	Label    string
	Hint     string
	Error    string // a sentence; the field gets its edge and aria-invalid
	Value    string
	Required bool
	Optional bool // says 'optional' beside the label
	Disabled bool
	ReadOnly bool

	Placeholder  string
	Type         string // of Input: text (default), number, email, tel, password, search, url, time, datetime-local
	InputMode    string // decimal, numeric
	Autocomplete string
	Suffix       string // unit behind the input
	Min, Max     string
	MaxLength    int
	Big          bool // 44 px: sign-in
	Autofocus    bool
	LabelLink    *Crumb // small link at the right end of the label: 'forgotten?'

	Rows    int      // of Textarea, 3 by default
	Options []Option // of Select, RadioList, CheckList
	Checked bool     // of Checkbox

	Source   string // of Picker: JSON endpoint answering {items:[{value,text,note}]} to ?q=
	Multiple bool   // of Picker, File
	Nth      int    // of several with one name in a FieldSet: 1, 2, …; from the second on the label is for screen readers alone
	Accept   string // of File
	Files    []FileProps
	Draft    string // of Textarea: key of the draft when it is not the form's

	Attrs templ.Attributes
}

// Named is one of two fields for a name in two languages: that of the company's main language is needed, the other is optional.
func (p FieldProps) Named(ctx context.Context, locale string) FieldProps {
	p.Required = lang.Main(ctx) == locale
	p.Optional = !p.Required
	return p
}

// Choice is one card of RadioCards: a forced choice that prints what it means.
type Choice struct {
	Value   string
	Title   string
	Text    string
	Example string // at the right: what comes of it, "10月9日 周五 16:40"
	Note    string // under it: "比工作小时早 9 天"
	Checked bool
}

// ChoiceProps is a group of cards of which exactly one is chosen.
type ChoiceProps struct {
	Name, Label, Hint, Error string
	Required                 bool
	Choices                  []Choice
}

// DurationProps is a value with a forced unit: Name+".value", Name+".unit".
type DurationProps struct {
	Name, Label, Hint, Error string
	Value                    string
	Unit                     string // one of the seven units, or "" for not chosen yet
	Units                    []Option
	Required                 bool
}

// FormProps is a form. It sends itself once, keeps a draft, and works without JavaScript.
type FormProps struct {
	ID     string
	Action string
	Method string // "post" (default) or "get"
	Files  bool   // multipart
	Draft  string // key of the draft kept on this device; empty: no draft
	Swap   string // id of the element the answer replaces by htmx; empty: an ordinary post
	Plain  bool   // without the card
	Apart  bool   // one of several forms of a page with the same fields: the form's id tells them apart
	Attrs  templ.Attributes
}

// Errors are the sentences of a refused form by field name.
type Errors struct {
	Form   string // what concerns no single field
	Fields []FieldError
}

// FieldError is the sentence of one field.
type FieldError struct{ Name, Label, Text string }

// Sentence is all of it in a line, where no form stands: each sentence once, after the labels of what it is true of.
func (e Errors) Sentence(ctx context.Context) string {
	var said []string
	labels := map[string][]string{}
	for _, f := range e.Fields {
		if _, known := labels[f.Text]; !known {
			said = append(said, f.Text)
			labels[f.Text] = nil
		}
		if f.Label != "" {
			labels[f.Text] = append(labels[f.Text], f.Label)
		}
	}
	if len(said) == 0 {
		return e.Form
	}
	for i, text := range said {
		if of := labels[text]; len(of) > 0 {
			said[i] = strings.Join(of, lang.T(ctx, "ui.comma")) + lang.T(ctx, "ui.colon") + text
		}
	}
	return strings.Join(said, lang.T(ctx, "ui.semicolon"))
}

// At is the sentence of a field, or "".
func (e Errors) At(name string) string {
	for _, f := range e.Fields {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// Any says whether there is something to show.
func (e Errors) Any() bool { return e.Form != "" || len(e.Fields) > 0 }

// FileProps is a file chip.
type FileProps struct {
	Name  string
	Href  string
	Size  string
	Thumb string // where a small picture of it is; empty: it is shown by its name
	Bad   bool   // could not be read
	Input string // keeps an uploaded file in the form: name of a hidden input
	Value string // and its value
}

// StarsProps asks for 1 to 5, never preset.
type StarsProps struct {
	Name, Label, Error string
	Value              int // what the person has chosen before, 0 for none
	Required, Optional bool
	Disabled           bool
	Hint               string
	Low, High          string // words at the ends; empty: the usual ones
	Plain              bool   // no satisfaction is asked: the stars are only counted
}

// word is what a number of stars says.
func (p StarsProps) word(ctx context.Context, n int) string {
	if p.Plain {
		return lang.T(ctx, "ui.stars-count", "count", n)
	}
	return lang.T(ctx, "ui.stars-"+strconv.Itoa(n))
}

// DialogProps is a native dialog; its children are the body. Without
// JavaScript the same content is a page of its own at the opener's Href.
type DialogProps struct {
	ID      string
	Title   string
	Actions templ.Component
	Open    bool // shown at once (a form that came back with errors)
	Wide    bool
}

// ToastProps is said once and goes after 8 seconds.
type ToastProps struct {
	Text    string
	Icon    string
	UndoURL string // POST; empty: no undo
	Tone    string // "bad" stays until closed
}

// ExplainProps is the 'how is this computed' popover; its children are the words.
type ExplainProps struct {
	Label   string // accessible name, "办结准时率怎么算的"
	Title   string
	Formula string
	Facts   []Pair
	Links   []Crumb
}
