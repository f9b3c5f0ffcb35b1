package request

import (
	"fmt"
	"slices"
	"strings"

	"neike/internal/kit/form"
)

// ranged says whether answers of a field have a from and a to.
func ranged(f form.Field) bool {
	return slices.Contains([]form.Type{form.Number, form.Currency, form.Percent, form.Rating, form.Formula, form.Date, form.DateTime, form.Month}, f.Type)
}

// begun says whether a filter by the field finds what begins with its text.
func begun(f form.Field) bool {
	return slices.Contains([]form.Type{form.Text, form.AutoNumber, form.EmailURL, form.Phone}, f.Type)
}

// indexable says whether lists filter by the field.
func indexable(f form.Field) bool { return f.Indexed && f.Type.Indexable() && !f.Sensitive }

// indexed are the fields of a form that lists filter and sort by.
func indexed(f form.Form) []form.Field {
	var out []form.Field
	for _, x := range f.Fields {
		if indexable(x) {
			out = append(out, x)
		}
	}
	return out
}

// entriesOf gives the answers of a form the way lists compare them, by field: texts whose order is the order of what they
// mean. A field without an answer has the one entry "", which stands before all others.
func entriesOf(f form.Form, v form.Values) map[string][]string {
	out := map[string][]string{}
	for _, e := range form.Indexed(f, v) {
		if text := ordered(e); !slices.Contains(out[e.Key], text) {
			out[e.Key] = append(out[e.Key], text)
		}
	}
	for _, x := range indexed(f) {
		if len(out[x.Key]) == 0 {
			out[x.Key] = []string{""}
		}
		slices.Sort(out[x.Key])
	}
	return out
}

// ordered writes an entry as a text; numbers in the order of numbers, the negative ones first.
func ordered(e form.Entry) string {
	if e.IsNumber {
		return fmt.Sprintf("%016x", uint64(e.Number)^1<<63) //nolint:gosec // the order of the bits is what is wanted
	}
	return e.Text
}

// fieldFilter is a condition on one indexed field. Its values are entries.
type fieldFilter struct {
	field    form.Field
	is       []string // any of these
	prefix   string   // of a text: begins with
	min, max string   // both inclusive; "" none
}

// cond is the condition in SQL on the row f of request_field, without the key.
func (x fieldFilter) cond() (string, []any) {
	var parts []string
	var args []any
	if len(x.is) > 0 {
		for _, v := range x.is {
			args = append(args, v)
		}
		parts = append(parts, "f.value in ("+marksFor(len(x.is))+")")
	}
	if x.prefix != "" {
		parts, args = append(parts, "f.value >= ? and f.value < ?"), append(args, x.prefix, x.prefix+"\U0010ffff")
	}
	if x.min != "" {
		parts, args = append(parts, "f.value >= ?"), append(args, x.min)
	}
	if x.max != "" {
		parts, args = append(parts, "f.value <= ?"), append(args, x.max)
		if x.min == "" {
			parts, args = append(parts, "f.value > ?"), append(args, "") // no answer is not less than any
		}
	}
	return strings.Join(parts, " and "), args
}
