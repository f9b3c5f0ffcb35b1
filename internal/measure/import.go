package measure

import (
	"context"
	"strconv"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Imports are the kinds of files that this room takes in: values of all measures of the company's own.
func (s *Service) Imports() []importer.Kind {
	col := func(name, zh, en string, aliases ...string) importer.Column {
		return importer.Column{Name: name, Label: lang.Text{Zh: zh, En: en}, Aliases: aliases, Hint: "measure.import." + name, Narrow: name != "note"}
	}
	code, month := col("measure", "指标编码", "Measure code", "指标"), col("month", "月份", "Month", "月")
	code.Required, month.Required = true, true
	return []importer.Kind{{
		Name: "measure-values", Title: lang.Text{Zh: "指标数值", En: "Values of measures"}, Place: "/measures",
		Lead: lang.Text{Zh: "外部客户满意度、准时发货率、废品率等公司自己统计的指标", En: "what the company counts itself: external satisfaction, shipping on time, scrap"},
		Columns: []importer.Column{code, col("unit", "部门编码", "Unit code", "部门", "单位编码"), month, col("hits", "符合件数", "Hits", "分子"),
			col("n", "总件数", "Cases", "总数", "分母"), col("value", "数值", "Value", "值"), col("note", "说明", "Note", "备注")},
		Check: func(context.Context) (importer.Checker, error) {
			return &checker{s: s, seen: map[string]int{}}, nil
		},
		Apply: s.applyRows,
	}}
}

// checker judges a file; it keeps which months were said already.
type checker struct {
	s    *Service
	seen map[string]int // line by measure, unit and month
}

// Rows judges a batch of rows.
func (c *checker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	list, err := c.s.planRows(ctx, rd, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Verdict, len(rows))
	for i, row := range rows {
		p := list[i]
		out[i] = importer.Verdict{Line: row.Line, Key: row.Get("measure") + " " + row.Get("unit") + " " + row.Get("month"), Plan: importer.Create}
		switch p.Plan {
		case Changed:
			out[i].Plan = importer.Update
			out[i].Changes = changesOf(p.Was, p.Now)
		case Same:
			out[i].Plan = importer.Unchanged
		}
		for _, f := range p.Bad.All() {
			out[i].Problems = append(out[i].Problems, importer.Wrong(row.Line, f.Name, f.Key, fault.Flat(f.Args)...))
		}
		key := row.Get("measure") + "\t" + row.Get("unit") + "\t" + MonthText(max(p.Entry.Month, 0))
		if line, twice := c.seen[key]; twice && p.Bad.Len() == 0 {
			out[i].Problems = append(out[i].Problems, importer.Wrong(row.Line, "month", "measure.twice-in-file", "line", line))
		}
		c.seen[key] = row.Line
	}
	return out, nil
}

// End has nothing to add: rows do not depend on each other.
func (c *checker) End(context.Context, sqldb.Reader) (importer.Conclusion, error) {
	return importer.Conclusion{}, nil
}

func changesOf(was, now Value) []importer.Change {
	var out []importer.Change
	for _, x := range []struct{ name, was, now string }{
		{"hits", strconv.FormatInt(was.Hits, 10), strconv.FormatInt(now.Hits, 10)}, {"n", strconv.FormatInt(was.N, 10), strconv.FormatInt(now.N, 10)},
		{"value", strconv.FormatFloat(was.Amount, 'f', -1, 64), strconv.FormatFloat(now.Amount, 'f', -1, 64)}, {"note", was.Note, now.Note}} {
		if x.was != x.now {
			out = append(out, importer.Change{Column: x.name, Old: x.was, New: x.now})
		}
	}
	return out
}

// planRows judges rows, each by its measure, in the order of the file.
func (s *Service) planRows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]Planned, error) {
	known, err := allOwn(ctx, rd)
	if err != nil {
		return nil, err
	}
	own := map[string]Own{}
	for _, o := range known {
		own[o.Code] = o
	}
	out := make([]Planned, len(rows))
	entries, places := map[string][]Entry{}, map[string][]int{}
	for i, row := range rows {
		var bad fault.Fields
		code := row.Get("measure")
		o, ok := own[code]
		e := Typed{row.Get("unit"), row.Get("month"), row.Get("hits"), row.Get("n"), row.Get("value"), row.Get("note")}.entry(&bad)
		switch {
		case !ok:
			bad.Add("measure", "measure.unknown", "value", code)
		case o.Retired():
			bad.Add("measure", "measure.retired-no-values")
		}
		if out[i] = (Planned{Entry: e, Bad: bad}); bad.Len() == 0 {
			entries[code], places[code] = append(entries[code], e), append(places[code], i)
		}
	}
	for code, list := range entries {
		planned, err := s.plan(ctx, rd, own[code], list)
		if err != nil {
			return nil, err
		}
		for k, p := range planned.Rows {
			out[places[code][k]] = p
		}
	}
	return out, nil
}

// applyRows takes one chunk in. It judges again: between the check and now a unit may have gone.
func (s *Service) applyRows(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var count importer.Count
	list, err := s.planRows(ctx, tx, rows)
	if err != nil {
		return count, err
	}
	known, err := allOwn(ctx, tx)
	if err != nil {
		return count, err
	}
	for _, o := range known {
		var entries []Entry
		for i, p := range list {
			if p.Bad.Len() > 0 {
				x := p.Bad.All()[0]
				return count, fault.New(fault.Conflict, x.Key, fault.Flat(x.Args)...)
			}
			if rows[i].Get("measure") == o.Code {
				entries = append(entries, p.Entry)
			}
		}
		if len(entries) == 0 {
			continue
		}
		done, err := s.record(ctx, tx, o, entries)
		if err != nil {
			return count, err
		}
		count.Created, count.Updated, count.Unchanged = count.Created+done.Fresh, count.Updated+done.Changed, count.Unchanged+done.Same
	}
	return count, nil
}
