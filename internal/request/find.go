package request

import (
	"context"
	"slices"
	"strings"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/form"
	"neike/internal/kit/search"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// Findable is where the search index gets requests from: a request is found by its number, its title, the names of its
// service and units, its number in the system it came from, and the texts of its form. Words of the conversation are not
// in it: who reads those differs from who sees the request.
func (s *Service) Findable() search.Source {
	return search.Source{
		Kind:   Kind,
		Events: []string{WasOpened{}.EventKind(), WasAnswered{}.EventKind(), WasDeclined{}.EventKind()},
		Load:   s.documents,
		IDs:    idsAfter,
	}
}

func (s *Service) documents(ctx context.Context, rd sqldb.Reader, ids []int64) ([]search.Doc, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx) // once: where the index is written in the same database it may be read anew each time
	if err != nil {
		return nil, err
	}
	rows, err := findableByID(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	docs := make([]search.Doc, 0, len(rows))
	for _, r := range rows {
		body, err := bodyOf(snap, tree, r)
		if err != nil {
			return nil, err
		}
		docs = append(docs, search.Doc{Kind: Kind, ID: r.ID, Title: r.Title, Ref: r.Ref(), Link: link(r.Number), Body: body, Rank: r.OpenedAt.UnixMilli()})
	}
	return docs, nil
}

// bodyOf is what a request is found by beside title and number, in both languages.
func bodyOf(snap *catalog.Snapshot, tree *org.Tree, r Request) (string, error) {
	parts := []string{r.External}
	for _, id := range unique([]int64{r.Provider, r.Customer}) {
		u, _ := tree.ByID(id)
		parts = append(parts, u.Name.Zh, u.Name.En)
	}
	if service, ok := snap.ByID(r.Service); ok {
		parts = append(parts, service.Name.Zh, service.Name.En)
	}
	values, err := form.ParseValues(r.Fields)
	if err != nil {
		return "", err
	}
	parts = append(parts, formIn(snap, r).Searched(values)...)
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "\n"), nil
}

// Seen gives those of the requests that the actor may see, as a list shows them, in the order of ids.
func (s *Service) Seen(ctx context.Context, ids []int64) ([]Line, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	eye, _, err := s.eyeOf(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if rows, err = linesByID(ctx, rd, scope{eye: eye}, ids); err != nil {
			return err
		}
		if err := s.nameRows(ctx, rd, rows); err != nil {
			return err
		}
		rows, err = s.unveiled(ctx, rd, rows)
		return err
	})
	place := make(map[int64]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	sorting.By(rows, func(a, b Line) int { return place[a.ID] - place[b.ID] })
	return rows, err
}

// unveiled asks the law itself about confidential rows: a grant alone does not open those.
func (s *Service) unveiled(ctx context.Context, rd sqldb.Reader, rows []Line) ([]Line, error) {
	var secret []access.Record
	for _, l := range rows {
		if l.Confidential {
			secret = append(secret, access.Record{ID: l.ID, Confidential: true})
		}
	}
	seen, err := s.Access.Among(ctx, rd, "request.see", Kind, secret)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(l Line) bool { return l.Confidential && !seen[l.ID] }), nil
}

// Exactly is the request of that number, as a list shows it, when the actor may see it.
func (s *Service) Exactly(ctx context.Context, number int64) (Line, bool, error) {
	page, err := s.List(ctx, Filter{Q: Ref(number), Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return Line{}, false, err
	}
	rows, err := s.Seen(ctx, []int64{page.Items[0].ID})
	if err != nil || len(rows) == 0 {
		return Line{}, false, err
	}
	return rows[0], true, nil
}

// Tag is a state as lists show it.
func (s State) Tag(ctx context.Context) ui.TagProps { return stateTag(ctx, s) }
