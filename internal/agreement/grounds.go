package agreement

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/org"
	"neike/internal/relation"
)

// groundsOffered is what a provider can point to when a customer expects something: what is in force between the two.
func (s *Service) groundsOffered(ctx context.Context, provider, customer org.ID) ([]relation.Ground, error) {
	b, err := s.booked(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	a, v, ok := b.between(tree, provider, customer, s.db.Now(), s.Org.Company(ctx).Location())
	if !ok || !s.sees(ctx, a) {
		return nil, nil
	}
	return []relation.Ground{s.ground(ctx, tree, a, v)}, nil
}

// groundsHeld are the agreements in force, by id.
func (s *Service) groundsHeld(ctx context.Context, ids []int64) (map[int64]relation.Ground, error) {
	b, err := s.booked(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[ID]signed{}
	for _, x := range b.of {
		byID[x.ID] = x
	}
	out := map[int64]relation.Ground{}
	for _, id := range ids {
		x := byID[id]
		v, ok := x.at(s.db.Now(), s.Org.Company(ctx).Location())
		switch {
		case !ok:
		case s.sees(ctx, x.Agreement):
			out[id] = s.ground(ctx, tree, x.Agreement, v)
		default:
			out[id] = relation.Ground{ID: id, Version: int64(v.N), Hidden: true}
		}
	}
	return out, nil
}

// ground is what is in force as something to point to: another version promises something else.
func (s *Service) ground(ctx context.Context, tree *org.Tree, a Agreement, v Version) relation.Ground {
	name := a.Ref() + " " + title(ctx, tree, a)
	return relation.Ground{ID: a.ID, Code: a.Ref(), Version: int64(v.N), Title: lang.Text{Zh: name, En: name}, Note: span(ctx, v), Href: link(a.Number)}
}
