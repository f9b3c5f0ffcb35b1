package request

import (
	"context"
	"slices"

	"neike/internal/catalog"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// answerRows adds the answers that the list shows as columns: one query for all of them, and one for the people named.
func (s *Service) answerRows(ctx context.Context, rd sqldb.Reader, sc scope, rows []Line) error {
	if len(sc.columns) == 0 || len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	for i, l := range rows {
		ids[i] = l.ID
	}
	answered, err := answersOf(ctx, rd, ids)
	if err != nil {
		return err
	}
	values := make(map[ID]form.Values, len(answered))
	var people []string
	for _, r := range answered {
		if values[r.ID], err = form.ParseValues(r.Fields); err != nil {
			return err
		}
		for _, f := range sc.columns {
			if no := values[r.ID].String(f.Key); f.Type == form.Person && no != "" && !slices.Contains(people, no) {
				people = append(people, no)
			}
		}
	}
	named, err := peopleByNo(ctx, rd, people)
	if err != nil {
		return err
	}
	find := form.Resolve{Units: s.findUnits, People: func(_ context.Context, no string) ([]form.Ref, error) {
		p, ok := named[no]
		if !ok {
			return nil, nil
		}
		return []form.Ref{{Code: no, Name: p.Plain(ctx)}}, nil
	}}
	for i := range rows {
		if rows[i].Answers, err = shownColumns(ctx, find, sc.columns, values[rows[i].ID]); err != nil {
			return err
		}
		rows[i].Given = map[string]any{}
		for _, f := range sc.columns {
			if given, ok := values[rows[i].ID][f.Key]; ok {
				rows[i].Given[f.Key] = given
			}
		}
	}
	return nil
}

// shownColumns are the answers of one request, a pair for each column; a field without an answer has an empty one.
func shownColumns(ctx context.Context, find form.Resolve, columns []form.Field, v form.Values) ([]ui.Pair, error) {
	out := make([]ui.Pair, len(columns))
	for i, f := range columns {
		out[i] = ui.Pair{Term: f.Label.In(ctx)}
		f.Required = false
		pairs, err := form.Form{Fields: []form.Field{f}}.Shown(ctx, find, v)
		if err != nil {
			return nil, err
		}
		if len(pairs) > 0 {
			out[i] = pairs[0]
		}
	}
	return out, nil
}

// fieldFilters are the inputs of the filter bar for the fields that the services share: a select of options, or from and
// to, or a text.
func fieldFilters(ctx context.Context, fields []form.Field, asked map[string][]string) (selects []ui.Filter, inputs []ui.FilterInput) {
	one := func(name string) string {
		if list := asked[name]; len(list) > 0 {
			return list[0]
		}
		return ""
	}
	for _, f := range fields {
		name, label := fieldPrefix+f.Key, f.Label.In(ctx)
		typed := one(f.Key)
		switch {
		case ranged(f):
			kind, mode := "text", "decimal"
			switch f.Type {
			case form.Date, form.DateTime:
				kind, mode = "date", ""
			case form.Month:
				kind, mode = "month", ""
			}
			for _, end := range []string{"min", "max"} {
				inputs = append(inputs, ui.FilterInput{Name: name + "." + end, Label: lang.T(ctx, "request.field-"+end, "label", label), Type: kind, Mode: mode, Value: one(f.Key + "." + end)})
			}
		case len(f.Options) > 0:
			choice := ui.Filter{Name: name, Label: label, Options: []ui.Option{{Text: lang.T(ctx, "request.filter.any")}}, On: typed != ""}
			for _, o := range f.Options {
				choice.Options = append(choice.Options, ui.Option{Value: o.Code, Text: o.Label.In(ctx), Selected: o.Code == typed})
			}
			selects = append(selects, choice)
		case f.Type == form.Checkbox:
			selects = append(selects, ui.Filter{Name: name, Label: label, On: typed != "", Options: []ui.Option{{Text: lang.T(ctx, "request.filter.any")},
				{Value: "true", Text: lang.T(ctx, "request.field-yes"), Selected: typed == "true"}, {Value: "false", Text: lang.T(ctx, "request.field-no"), Selected: typed == "false"}}})
		default:
			inputs = append(inputs, ui.FilterInput{Name: name, Label: label, Type: "text", Value: typed})
		}
	}
	return selects, inputs
}

// offerFields puts into the filter bar the indexed fields of the service chosen, or in the queue those that all services
// of the reader's units share, and makes columns of those that are shown.
func (s *Service) offerFields(ctx context.Context, v *listView, in asking, snap *catalog.Snapshot) {
	sc := scope{}
	if x, ok := snap.ByCode(in.Service); ok {
		sc.service = x.ID
	} else if v.Path != "/queue" {
		return
	}
	services, err := s.fieldServices(ctx, sc)
	if err != nil {
		return // the list works without these filters
	}
	fields := fieldsOffered(services)
	if len(fields) == 0 {
		return
	}
	selects, inputs := fieldFilters(ctx, fields, in.fields())
	v.Filter.Filters, v.Filter.Inputs = append(v.Filter.Filters, selects...), inputs
	v.Filter.Checks = &ui.FilterChecks{Name: "columns", Label: lang.T(ctx, "request.columns")}
	if in.Sort != "" {
		v.Filter.Hidden["sort"], v.Unsorted = in.Sort, in.href(v.Path, "sort", "")
	}
	for _, f := range fields {
		shown := slices.Contains(in.Columns, f.Key)
		v.Filter.Checks.Options = append(v.Filter.Checks.Options, ui.Option{Value: f.Key, Text: f.Label.In(ctx), Selected: shown})
	}
	for _, key := range in.Columns {
		i := slices.IndexFunc(fields, func(f form.Field) bool { return f.Key == key })
		if i < 0 {
			continue
		}
		column := ui.Column{Label: fields[i].Label.In(ctx)}
		if fields[i].Type.Sortable() {
			up := fieldPrefix + key
			column.SortHref = in.href(v.Path, "sort", up)
			switch in.Sort {
			case up:
				column.Sorted, column.SortHref = "ascending", in.href(v.Path, "sort", "-"+up)
			case "-" + up:
				column.Sorted = "descending"
			}
		}
		v.Columns = append(v.Columns, column)
	}
}
