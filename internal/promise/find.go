package promise

import (
	"context"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/search"
	"neike/internal/kit/sqldb"
)

// Findable is where the search index gets promises from: one is found by its number, its words, and the names of its units.
func (s *Service) Findable() search.Source {
	return search.Source{Kind: Kind, Few: true, Events: []string{WasMade{}.EventKind(), HasFollowed{}.EventKind()}, Load: s.documents, IDs: idsAfter}
}

func (s *Service) documents(ctx context.Context, rd sqldb.Reader, ids []int64) ([]search.Doc, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, err := byIDs(ctx, rd, ids)
	docs := make([]search.Doc, 0, len(list))
	for _, p := range list {
		var parts []string
		for _, id := range []int64{p.GiverUnit, p.ReceiverUnit} {
			u, _ := tree.ByID(id)
			parts = append(parts, u.Name.Zh, u.Name.En)
		}
		parts = slices.DeleteFunc(parts, func(x string) bool { return x == "" })
		body := ""
		for _, x := range parts {
			body += x + "\n"
		}
		docs = append(docs, search.Doc{Kind: Kind, ID: p.ID, Title: p.What, Ref: p.Ref(), Link: link(p.Number), Body: body, Rank: p.MadeAt.UnixMilli()})
	}
	return docs, err
}

// AccessKind is how the access pages find a promise: by its number.
func (s *Service) AccessKind() access.Kind {
	return access.Kind{Name: Kind, Example: "P-1042", Find: func(ctx context.Context, rd sqldb.Reader, text string) (access.Found, error) {
		if len(text) < 2 || text[0] != 'P' && text[0] != 'p' {
			return access.Found{}, fault.ErrNotFound
		}
		number, err := ParseRef(text)
		if err != nil {
			return access.Found{}, fault.ErrNotFound
		}
		p, err := byNumber(ctx, rd, number)
		return access.Found{Subject: subject(p.ID), Ref: Ref(number), Href: link(number), Title: p.What, Confidential: p.Confidential}, err
	}}
}
