package form

import (
	"context"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/lang"
)

// Cell is the answer of a field as one cell of a file: a number where it is one, a moment in the reader's zone, otherwise text; nil
// when there is none. People, units and related records are written with their codes, behind the names given by code. The rows of a
// table are lines, files are counted, and a sensitive answer is never written.
func (f Field) Cell(ctx context.Context, called map[string]string, v Values) any {
	if f.Sensitive || v[f.Key] == nil {
		return nil
	}
	text := v.String(f.Key)
	switch f.as() {
	case Number, Currency, Percent, Rating:
		if n, err := strconv.ParseFloat(text, 64); err == nil && len(text) <= 16 { // more digits than a number of a sheet holds stay a text
			return n
		}
		return text
	case DateTime:
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			return at.In(lang.Zone(ctx))
		}
	case SingleSelect, Cascade:
		return f.labels(ctx, []string{text})
	case MultiSelect:
		return f.labels(ctx, v.List(f.Key))
	case Checkbox:
		return lang.T(ctx, "form.ticked.true")
	case Attachment:
		return len(v.List(f.Key))
	case Person, Department:
		if name := called[text]; name != "" {
			return name + " " + text
		}
	case Table:
		return f.cellRows(ctx, called, v.Rows(f.Key))
	}
	return text
}

func (f Field) cellRows(ctx context.Context, called map[string]string, rows []Values) string {
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		var cells []string
		for _, c := range f.Fields {
			said := ""
			switch x := c.Cell(ctx, called, row).(type) {
			case string:
				said = x
			case float64:
				said = row.String(c.Key)
			case int:
				said = strconv.Itoa(x)
			case time.Time:
				said = lang.DateTime(ctx, x)
			}
			if said != "" {
				cells = append(cells, c.Label.In(ctx)+" "+said)
			}
		}
		lines = append(lines, strings.Join(cells, lang.T(ctx, "ui.semicolon")))
	}
	return strings.Join(lines, "\n")
}

// Coded lists what the answers name by code, of one type: the 工号 of people, the codes of units; those in rows too.
func (f Form) Coded(t Type, v Values) []string { return coded(f.Fields, t, v) }

func coded(fields []Field, t Type, v Values) []string {
	var out []string
	for _, x := range fields {
		switch {
		case x.Type == t && v.String(x.Key) != "":
			out = append(out, v.String(x.Key))
		case x.Type == Table:
			for _, row := range v.Rows(x.Key) {
				out = append(out, coded(x.Fields, t, row)...)
			}
		}
	}
	return out
}
