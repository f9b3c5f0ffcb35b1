package org

import (
	"cmp"
	"context"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// inWords turns a forecast into a table and sentences; bad are those that stand in the way.
func (s *Service) inWords(ctx context.Context, c Change, f Forecast) (*ui.DryRunProps, []string, []string, error) {
	var words, bad []string
	say := func(r Remark) {
		text := lang.T(ctx, r.Key, r.Args...)
		if r.Bad {
			bad = append(bad, text)
		} else {
			words = append(words, text)
		}
	}
	for _, r := range f.Remarks {
		say(r)
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	var ids []ID
	for _, st := range f.Stages {
		ids = append(ids, st.To)
	}
	names, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (map[ID]Person, error) { return s.Names(ctx, rd, ids) })
	if err != nil {
		return nil, nil, nil, err
	}
	dry := &ui.DryRunProps{Title: lang.T(ctx, "org.forecast")}
	for i, st := range f.Stages {
		for _, r := range f.Of[i] {
			say(r)
		}
		if st.Total == 0 {
			continue
		}
		h, _ := s.holding(st.Holding)
		row := ui.DryRunRow{Line: lang.Number(ctx, st.Total), Column: lang.T(ctx, h.Label), Kind: "change"}
		switch {
		case h.Ends:
			row.Content, row.Kind = lang.T(ctx, "org.forecast-ends"), "skip"
			dry.Skip += st.Total
		case c.Units():
			row.Content = tree.FullName(ctx, st.From) + " → " + s.wherePartsGo(ctx, tree, c, st)
			dry.Change += st.Total
		default:
			row.Content = lang.T(ctx, "org.forecast-goes", "name", NameOf(ctx, names[st.To]))
			dry.Change += st.Total
		}
		dry.Rows = append(dry.Rows, row)
	}
	if c.Kind == Move || c.Kind == Rename {
		if err := s.alteration(ctx, tree, c, dry); err != nil {
			return nil, nil, nil, err
		}
	}
	for range bad {
		dry.Errors++
	}
	dry.Create = len(c.Plan.Made)
	return dry, words, bad, nil
}

func (s *Service) unitName(ctx context.Context, tree *Tree, c Change, id ID) string {
	for _, u := range c.Plan.Made {
		if u.ID == id {
			return u.Name.In(ctx)
		}
	}
	return tree.FullName(ctx, id)
}

// wherePartsGo says which units get what a unit held; of a split, how much each.
func (s *Service) wherePartsGo(ctx context.Context, tree *Tree, c Change, st Stage) string {
	if len(st.Parts) == 0 {
		return s.unitName(ctx, tree, c, st.To)
	}
	var out []string
	for _, x := range c.Plan.Into {
		if n := st.Parts[x.Unit]; n > 0 {
			out = append(out, s.unitName(ctx, tree, c, x.Unit)+" "+lang.Number(ctx, n))
		}
	}
	return strings.Join(out, lang.T(ctx, "org.comma"))
}

// alteration adds to a forecast what moving or renaming a unit changes: nothing that it holds, but what it is called and
// where it and everything below it stands.
func (s *Service) alteration(ctx context.Context, tree *Tree, c Change, dry *ui.DryRunProps) error {
	u, _ := tree.ByID(c.Plan.From[0])
	row := func(key, was, next string) {
		if was != next {
			none := lang.T(ctx, "org.no-name")
			dry.Rows = append(dry.Rows, ui.DryRunRow{Line: "1", Column: lang.T(ctx, key), Kind: "change", Content: cmp.Or(was, none) + " → " + cmp.Or(next, none)})
		}
	}
	if c.Kind == Rename {
		row("org.field-name-zh", u.Name.Zh, c.Plan.Name.Zh)
		row("org.field-title-en", u.Name.En, c.Plan.Name.En)
		row("org.field-short-zh", u.Short.Zh, c.Plan.Short.Zh)
		row("org.field-short-en", u.Short.En, c.Plan.Short.En)
		return nil
	}
	row("org.forecast-under", tree.FullName(ctx, u.Parent), tree.FullName(ctx, c.Plan.Parent))
	counts, err := read(ctx, s.db, s.memberCounts)
	if err != nil {
		return err
	}
	units, people := 0, 0
	for _, id := range tree.Descendants(u.ID) {
		if x, _ := tree.ByID(id); x.Valid(s.now()) {
			units, people = units+1, people+counts[id]
		}
	}
	with := func(key string, n int) {
		if n > 0 {
			dry.Rows = append(dry.Rows, ui.DryRunRow{Line: lang.Number(ctx, n), Column: lang.T(ctx, key), Kind: "change", Content: lang.T(ctx, "org.forecast-with", "name", u.Name.In(ctx))})
		}
	}
	with("org.forecast-with-units", units-1)
	with("org.forecast-with-people", people)
	return nil
}
