package ui

import (
	"context"
	"errors"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// ErrorsOf turns the error of a use case into the sentences of its form, in
// the reader's language. Labels name the fields in the summary; without one
// the sentence itself stands there. An error of another kind gives no Errors.
func ErrorsOf(ctx context.Context, err error, labels map[string]string) Errors {
	var f *fault.Error
	if !errors.As(err, &f) {
		return Errors{}
	}
	var e Errors
	for _, field := range f.Fields {
		e.add(ctx, FieldError{Name: field.Name, Label: labels[field.Name], Text: lang.T(ctx, field.Sentence(), pairs(field.Args)...)})
	}
	if len(e.Fields) == 0 {
		e.Form = lang.T(ctx, f.Key, pairs(f.Args)...)
	}
	return e
}

// add keeps one entry for each field; what else is wrong with it follows in the same sentence.
func (e *Errors) add(ctx context.Context, next FieldError) {
	for i := range e.Fields {
		if f := &e.Fields[i]; f.Name == next.Name {
			f.Text += lang.T(ctx, "ui.semicolon") + next.Text
			return
		}
	}
	e.Fields = append(e.Fields, next)
}

// maxSaid is how much of what somebody typed a sentence repeats, in characters.
const maxSaid = 60

func pairs(args map[string]any) []any {
	out := make([]any, 0, 2*len(args))
	for k, v := range args {
		if text, ok := v.(string); ok {
			v = clip(text)
		}
		out = append(out, k, v)
	}
	return out
}

// clip ends a long text with an ellipsis.
func clip(text string) string {
	if utf8.RuneCountInString(text) <= maxSaid {
		return text
	}
	return string([]rune(text)[:maxSaid]) + "…"
}
