package delivery

import (
	"context"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/search"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// Exactly is the delivery of a number, when the actor may see it.
func (s *Service) Exactly(ctx context.Context, number int64) (l Line, ok bool, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		d, _, err := s.one(ctx, rd, number)
		if err != nil {
			return err
		}
		lines, err := s.named(ctx, rd, []Delivery{d})
		if err == nil {
			l, ok = lines[0], true
		}
		return err
	})
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return l, false, nil
	}
	return l, ok, err
}

// Seen lists those of the deliveries that the actor may see.
func (s *Service) Seen(ctx context.Context, ids []int64) (out []Line, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := byIDs(ctx, rd, ids)
		if err != nil {
			return err
		}
		seen, err := s.among(ctx, rd, list)
		if err != nil {
			return err
		}
		var mine []Delivery
		for _, d := range list {
			if seen[d.ID] {
				mine = append(mine, d)
			}
		}
		out, err = s.named(ctx, rd, mine)
		return err
	})
	return out, err
}

// Findable is where the search index gets deliveries from: a delivery is found by its number, its title, the names of its
// service and units, and its number in the system that told of it.
func (s *Service) Findable() search.Source {
	return search.Source{Kind: Kind, Few: true, Events: []string{WasOpened{}.EventKind(), HasFollowed{}.EventKind()}, Load: s.documents, IDs: idsAfter}
}

func (s *Service) documents(ctx context.Context, rd sqldb.Reader, ids []int64) ([]search.Doc, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	list, err := byIDs(ctx, rd, ids)
	docs := make([]search.Doc, 0, len(list))
	for _, d := range list {
		parts := []string{d.External}
		for _, id := range []int64{d.Provider, d.Customer} {
			u, _ := tree.ByID(id)
			parts = append(parts, u.Name.Zh, u.Name.En)
		}
		if sv, ok := snap.ByID(d.Service); ok {
			parts = append(parts, sv.Name.Zh, sv.Name.En)
		}
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		docs = append(docs, search.Doc{Kind: Kind, ID: d.ID, Title: d.Title, Ref: d.Ref(), Link: link(d.Number), Body: strings.Join(parts, "\n"), Rank: d.OpenedAt.UnixMilli()})
	}
	return docs, err
}

// Tag is a state as lists show it.
func (s State) Tag(ctx context.Context) ui.TagProps { return stateTag(ctx, s) }
