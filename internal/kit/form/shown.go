package form

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

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
	p := ui.Pair{Term: f.Label.In(ctx), Text: f.text(ctx, v[f.Key])}
	switch f.Type {
	case LongText:
		p.Value = lines(p.Text)
	case EmailURL:
		if p.Href = p.Text; !strings.Contains(p.Text, "://") {
			p.Href = "mailto:" + p.Text
		}
	case Person:
		return p, called(ctx, find.People, &p)
	case Department:
		return p, called(ctx, find.Units, &p)
	case Relation:
		return p, called(ctx, find.Of[f.Of], &p)
	case Attachment:
		return f.shownFiles(ctx, find, v.List(f.Key))
	case Table:
		return f.shownTable(ctx, find, v.Rows(f.Key))
	}
	return p, nil
}

// text is an answer in words, for reading and for exports; people, units and records by their codes.
func (f Field) text(ctx context.Context, value any) string {
	text := (Values{"": value}).String("")
	switch f.as() {
	case Currency, Number:
		return f.figure(text)
	case Percent:
		return f.figure(text)
	case Date:
		if t, err := time.ParseInLocation(time.DateOnly, text, lang.Zone(ctx)); err == nil {
			return lang.Date(ctx, t)
		}
	case DateTime:
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return lang.DateTime(ctx, t)
		}
	case SingleSelect, Cascade:
		return f.labels(ctx, []string{text})
	case MultiSelect:
		list, _ := value.([]string)
		return f.labels(ctx, list)
	case Checkbox:
		return lang.T(ctx, "form.ticked.true")
	case Rating:
		return lang.T(ctx, "form.stars", "n", text, "max", f.stars())
	}
	return text
}

// figure is a number as people read it.
func (f Field) figure(text string) string {
	switch {
	case text == "":
		return ""
	case f.as() == Percent:
		return text + "%"
	case f.as() == Currency:
		return grouped(text)
	}
	return text
}

// Text is an answer in one line for a list: masked when it is sensitive, rows of a table and files as their number.
func (f Field) Text(ctx context.Context, v Values) string {
	value, answered := v[f.Key]
	switch {
	case !answered:
		return ""
	case f.Sensitive:
		return "••••"
	case f.Type == Table:
		return lang.T(ctx, "form.rows-count", "count", len(v.Rows(f.Key)))
	case f.Type == Attachment:
		return lang.T(ctx, "form.files-count", "count", len(v.List(f.Key)))
	}
	return strings.Join(strings.Fields(f.text(ctx, value)), " ")
}

// sheet is a table of answers as it is read.
type sheet struct {
	name  string
	heads []head
	rows  [][]ui.Pair
	sums  []string // by column, "" of those without
}

type head struct {
	text    string
	numeric bool
}

// shownTable is a table: as a table, and in Text line by line for exports.
func (f Field) shownTable(ctx context.Context, find Resolve, rows []Values) (ui.Pair, error) {
	p := ui.Pair{Term: f.Label.In(ctx), Wide: true}
	s := sheet{name: p.Term}
	for _, c := range f.Fields {
		s.heads = append(s.heads, head{c.Label.In(ctx), c.Type.numeric()})
		sum, _ := f.sumOf(c, rows)
		s.sums = append(s.sums, sum)
	}
	var written []string
	for _, row := range rows {
		cells := make([]ui.Pair, 0, len(f.Fields))
		line := make([]string, 0, len(f.Fields))
		for _, c := range f.Fields {
			cell := ui.Pair{Term: c.Label.In(ctx)}
			if _, answered := row[c.Key]; answered {
				var err error
				if cell, err = c.shown(ctx, find, row); err != nil {
					return p, err
				}
				line = append(line, cell.Term+" "+cell.Text)
			}
			cells = append(cells, cell)
		}
		s.rows = append(s.rows, cells)
		written = append(written, strings.Join(line, lang.T(ctx, "form.comma")))
	}
	p.Text, p.Value = strings.Join(written, "\n"), shownSheet(s)
	return p, nil
}

// sumOf is the sum of a column as it is read; ok is false of a column that has none.
func (f Field) sumOf(c Field, rows []Values) (text string, ok bool) {
	if !c.Sum {
		return "", false
	}
	n := node{Op: "c", Text: f.Key + "." + c.Key}
	total := fold("sum", n.cells(&answers{fields: []Field{f}, values: Values{f.Key: rows}}))
	decimals := maxDecimals
	if c.as() == Currency {
		decimals = 2
	}
	if c.as() == Percent {
		total.Mul(total, big.NewRat(100, 1))
	}
	text = rounded(total, decimals)
	if c.as() != Currency {
		text = plain(text)
	}
	return c.figure(text), true
}

func (s sheet) summed() bool {
	return slices.ContainsFunc(s.sums, func(x string) bool { return x != "" })
}

func (f Field) labels(ctx context.Context, codes []string) string {
	names := make([]string, 0, len(codes))
	for _, code := range codes {
		path := f.path(code)
		if len(path) == 0 {
			names = append(names, code)
			continue
		}
		names = append(names, offer{labels: path}.label(ctx))
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
	said := make([]string, 0, len(ids))
	for _, id := range ids {
		r, ok := byID[id]
		said = append(said, cmp.Or(r.Name, id))
		if !ok {
			files = append(files, ui.FileProps{Name: id, Bad: true})
			continue
		}
		files = append(files, ui.FileProps{Name: r.Name, Size: r.Detail, Href: r.Link})
	}
	p.Text, p.Value = strings.Join(said, ", "), chips(files)
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
