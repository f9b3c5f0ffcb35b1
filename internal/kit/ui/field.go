package ui

import (
	"context"
	"sort"
	"strconv"

	"github.com/a-h/templ"
)

func withType(p FieldProps, kind string) FieldProps {
	p.Type = kind
	return p
}

func textRows(p FieldProps) int {
	if p.Rows > 0 {
		return p.Rows
	}
	return 3
}

// inputAttrs are the attributes that every kind of input may have. Required
// fields are marked for screen readers; the room checks them, all at once.
func inputAttrs(ctx context.Context, p FieldProps) templ.OrderedAttributes {
	var a templ.OrderedAttributes
	add := func(ok bool, key string, value any) {
		if ok {
			a = append(a, templ.KeyValue[string, any]{Key: key, Value: value})
		}
	}
	add(p.Error != "", "aria-invalid", "true")
	add(describedBy(ctx, p) != "", "aria-describedby", describedBy(ctx, p))
	add(p.Required, "required", true)
	add(p.Disabled, "disabled", true)
	add(p.ReadOnly, "readonly", true)
	add(p.Placeholder != "" && len(p.Options) == 0, "placeholder", p.Placeholder)
	add(p.InputMode != "", "inputmode", p.InputMode)
	add(p.Autocomplete != "", "autocomplete", p.Autocomplete)
	add(p.Min != "", "min", p.Min)
	add(p.Max != "", "max", p.Max)
	add(p.MaxLength > 0, "maxlength", strconv.Itoa(p.MaxLength))
	add(p.Accept != "", "accept", p.Accept)
	add(p.Autofocus, "autofocus", true)
	return a
}

func fieldsetAttrs(ctx context.Context, p FieldProps) templ.OrderedAttributes {
	if describedBy(ctx, p) == "" {
		return nil
	}
	return templ.OrderedAttributes{{Key: "aria-describedby", Value: describedBy(ctx, p)}}
}

func durationAttrs(ctx context.Context, p DurationProps) templ.OrderedAttributes {
	return inputAttrs(ctx, FieldProps{Name: p.Name, Error: p.Error, Hint: p.Hint, Required: p.Required})
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func columnClass(c Column) string {
	width := ""
	if c.Width != "" {
		width = "w-" + c.Width
	}
	return classes(when(c.Numeric, "num"), width)
}
