package request

import (
	"context"
	"slices"

	"neike/internal/catalog"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
)

// answerColumns are the fields of the service that a list is narrowed to, which its file shows behind the columns that every file has:
// none when it is narrowed to none. Sensitive ones are left out, as in the list.
func answerColumns(services *catalog.Snapshot, code string) []form.Field {
	x, ok := services.ByCode(code)
	if !ok {
		return nil
	}
	var out []form.Field
	for _, f := range x.Form.Fields {
		if !f.Sensitive {
			out = append(out, f)
		}
	}
	return out
}

// answerCells are the answers of requests by the columns: one query for all of them, and one for the people named.
func (s *Service) answerCells(ctx context.Context, columns []form.Field, rows []Line) (map[ID][]any, error) {
	if len(columns) == 0 || len(rows) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(rows))
	for i, l := range rows {
		ids[i] = l.ID
	}
	of := form.Form{Fields: columns}
	values := make(map[ID]form.Values, len(rows))
	called := map[string]string{}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		answered, err := answersOf(ctx, rd, ids)
		if err != nil {
			return err
		}
		var people []string
		for _, r := range answered {
			v, err := form.ParseValues(r.Fields)
			if err != nil {
				return err
			}
			values[r.ID] = v
			people = append(people, of.Coded(form.Person, v)...)
			for _, code := range of.Coded(form.Department, v) {
				if u, ok := tree.ByCode(code); ok {
					called[code] = u.Name.In(ctx)
				}
			}
		}
		slices.Sort(people)
		named, err := peopleByNo(ctx, rd, slices.Compact(people))
		for no, p := range named {
			called[no] = p.Plain(ctx)
		}
		return err
	})
	out := make(map[ID][]any, len(rows))
	for id, v := range values {
		for _, f := range columns {
			out[id] = append(out[id], f.Cell(ctx, called, v))
		}
	}
	return out, err
}
