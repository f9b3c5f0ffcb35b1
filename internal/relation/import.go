package relation

import (
	"context"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Imports are the kinds of files that this room takes in: relations that are known on paper. A file speaks for no side: what it names is
// put to both sides as the question of the quality office, as if it had been asked by hand.
func (s *Service) Imports() []importer.Kind {
	col := func(name, zh, en string, aliases ...string) importer.Column {
		return importer.Column{Name: name, Label: lang.Text{Zh: zh, En: en}, Aliases: aliases, Hint: "relation.import." + name, Narrow: name != "note"}
	}
	provider, customer := col("provider", "服务方编码", "Provider code", "服务方", "供方"), col("customer", "客户编码", "Customer code", "客户")
	provider.Required, customer.Required = true, true
	return []importer.Kind{{
		Name: "relations", Title: lang.Text{Zh: "内部客户关系", En: "Relations"}, Place: "/relations/map",
		Lead:    lang.Text{Zh: "纸面上已有的关系：谁服务谁。导入后请双方负责人确认", En: "what is known on paper: who serves whom. The heads of both sides are asked to confirm"},
		Columns: []importer.Column{provider, customer, col("note", "说明", "Note", "备注")},
		Check: func(context.Context) (importer.Checker, error) {
			return &relationsChecker{s: s, seen: map[[2]org.ID]int{}}, nil
		},
		Apply: s.applyRelations,
	}}
}

// relationsChecker judges a file; it keeps which relations were named already.
type relationsChecker struct {
	s    *Service
	seen map[[2]org.ID]int // line
}

// askedRow is a row as it was understood.
type askedRow struct {
	pair [2]org.ID
	note string
	plan importer.Plan
	bad  fault.Fields
	kept Standing // what both sides ended stays so
}

// readRelations judges rows in the order of the file.
func (s *Service) readRelations(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]askedRow, error) {
	tree, err := org.TreeIn(ctx, rd)
	if err != nil {
		return nil, err
	}
	edges, err := allEdges(ctx, rd)
	if err != nil {
		return nil, err
	}
	have := make(map[[2]org.ID]edgeRow, len(edges))
	for _, e := range edges {
		have[[2]org.ID{e.Provider, e.Customer}] = e
	}
	out := make([]askedRow, len(rows))
	for i, row := range rows {
		x := &out[i]
		unit := func(name string) org.ID {
			code := row.Get(name)
			u, known := tree.ByCode(code)
			if code != "" && (!known || !u.Valid(rd.Instant())) {
				x.bad.Add(name, "relation.unknown-unit")
			}
			return u.ID
		}
		x.pair = [2]org.ID{unit("provider"), unit("customer")}
		if x.pair[0] == x.pair[1] && x.pair[0] != 0 {
			x.bad.Add("customer", "relation.word.itself")
		}
		x.note = strings.TrimSpace(row.Get("note"))
		if n := len([]rune(x.note)); n > noteLongest {
			x.bad.Add("note", "web.too-long", "most", noteLongest, "count", n)
		}
		e, known := have[x.pair]
		switch {
		case !known:
			x.plan = importer.Create
		case e.Standing == Unspoken:
			x.plan = importer.Update
		default:
			x.plan = importer.Unchanged
			if e.Standing == Ended {
				x.kept = Ended
			}
		}
	}
	return out, nil
}

// Rows judges a batch of rows.
func (c *relationsChecker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	list, err := c.s.readRelations(ctx, rd, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Verdict, len(rows))
	for i, row := range rows {
		x := list[i]
		v := importer.Verdict{Line: row.Line, Key: row.Get("provider") + " → " + row.Get("customer"), Plan: x.plan}
		for _, f := range x.bad.All() {
			v.Problems = append(v.Problems, importer.Wrong(row.Line, f.Name, f.Key, fault.Flat(f.Args)...))
		}
		if line, twice := c.seen[x.pair]; twice && x.bad.Len() == 0 {
			v.Problems = append(v.Problems, importer.Wrong(row.Line, "customer", "relation.import.twice", "line", line))
		}
		if x.bad.Len() == 0 {
			c.seen[x.pair] = row.Line
		}
		if x.plan == importer.Update {
			v.Changes = []importer.Change{{Column: "standing", Old: unspokenWord, New: string(Proposed)}}
		}
		if x.kept == Ended {
			v.Kept = append(v.Kept, importer.Wrong(row.Line, "customer", "relation.import.ended"))
		}
		out[i] = v
	}
	return out, nil
}

// End has nothing to add: rows do not depend on each other.
func (c *relationsChecker) End(context.Context, sqldb.Reader) (importer.Conclusion, error) {
	return importer.Conclusion{}, nil
}

// applyRelations takes one chunk in. It judges again: between the check and now somebody may have spoken, or a unit may have gone.
func (s *Service) applyRelations(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var count importer.Count
	list, err := s.readRelations(ctx, tx, rows)
	if err != nil {
		return count, err
	}
	for _, x := range list {
		if x.bad.Len() > 0 {
			f := x.bad.All()[0]
			return count, fault.New(fault.Conflict, f.Key, fault.Flat(f.Args)...)
		}
		if x.plan == importer.Unchanged {
			count.Unchanged++
			continue
		}
		if err := s.say(ctx, tx, actor.From(ctx), x.pair[0], x.pair[1], []Side{Office}, Saying{Says: Asks, Note: x.note}); err != nil {
			return count, err
		}
		if x.plan == importer.Create {
			count.Created++
		} else {
			count.Updated++
		}
	}
	return count, nil
}
