package form

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"neike/internal/kit/lang"
)

// Sample counts a formula with made-up answers, for whoever writes it: "单价 100.00，数量 3 → 300.00". path is that of the field,
// "total" or "items.cost"; "" when there is no such formula.
func (f Form) Sample(ctx context.Context, path string) string {
	top := &answers{values: Values{}}
	for i, x := range f.Fields {
		top.fields = f.Fields[:i]
		if x.Key == path {
			return x.sample(ctx, top)
		}
		rows := []Values{{}, {}}
		for n := range rows {
			row := &answers{values: rows[n], around: top}
			for k, c := range x.Fields {
				row.fields = x.Fields[:k]
				if x.Key+"."+c.Key == path {
					return c.sample(ctx, row)
				}
				c.pretend(row, n)
			}
		}
		if x.Type == Table {
			top.values[x.Key] = rows
			continue
		}
		x.pretend(top, i%2)
	}
	return ""
}

// pretend answers a field.
func (f Field) pretend(a *answers, nth int) {
	var v any
	switch f.Type {
	case Number:
		v = json.Number([]string{"3", "2"}[nth])
	case Currency:
		v = []string{"100.00", "50.50"}[nth]
	case Percent:
		v = json.Number("6")
	case Rating:
		v = json.Number("4")
	case Date:
		v = []string{"2026-01-05", "2026-01-09"}[nth]
	case Checkbox:
		v = true
	case Formula:
		v = f.count(a)
	}
	if v != nil {
		a.values[f.Key] = v
	}
}

func (f Field) sample(ctx context.Context, a *answers) string {
	n, bad := compiled(f.Formula)
	if f.Type != Formula || bad != nil {
		return ""
	}
	var said, seen []string
	n.each(func(x node) {
		if x.Op != "f" && x.Op != "c" || slices.Contains(seen, x.Text) {
			return
		}
		seen = append(seen, x.Text)
		table, column, inTable := strings.Cut(x.Text, ".")
		field, value := a.find(table)
		if !inTable {
			if value != nil && field.Type != Table {
				said = append(said, field.Label.In(ctx)+" "+field.text(ctx, value))
			}
			return
		}
		c, _ := field.Column(column)
		var cells []string
		for _, row := range (Values{"": value}).Rows("") {
			cells = append(cells, c.text(ctx, row[column]))
		}
		said = append(said, c.Label.In(ctx)+" "+strings.Join(cells, " / "))
	})
	result := (Values{"": f.count(a)}).String("")
	if result == "" {
		return ""
	}
	return lang.T(ctx, "form.sample", "given", strings.Join(said, lang.T(ctx, "form.comma")), "result", f.figure(result))
}

func (n node) each(do func(node)) {
	do(n)
	for _, x := range n.Args {
		x.each(do)
	}
}
