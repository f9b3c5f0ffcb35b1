package catalog

import (
	"context"
	"net/url"

	"neike/internal/org"
	"neike/internal/relation"
)

// standardsOffered lists the standards that a provider can point to when it answers an expectation: those of the live services
// of the unit and of the units below it that the reader may see.
func (c *Catalog) standardsOffered(ctx context.Context, provider, _ org.ID) ([]relation.Ground, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []relation.Ground
	for _, unit := range tree.Descendants(provider) {
		for _, s := range snap.Of(unit) {
			if s.State == Live && c.sees(ctx, s) {
				out = append(out, ground(ctx, s))
			}
		}
	}
	return out, nil
}

// servicesOffered lists the services on offer that the reader may see, for the pictures of the map.
func (c *Catalog) servicesOffered(ctx context.Context) ([]relation.Offered, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []relation.Offered
	for _, s := range snap.All() {
		if s.State == Live && c.sees(ctx, s) {
			out = append(out, relation.Offered{Code: s.Code, Title: s.Name, Provider: s.Unit})
		}
	}
	return out, nil
}

// standardsHeld gives the standards of live services by id.
func (c *Catalog) standardsHeld(ctx context.Context, ids []int64) (map[int64]relation.Ground, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := map[int64]relation.Ground{}
	for _, id := range ids {
		s, known := snap.ByID(id)
		switch {
		case !known || s.State != Live:
		case c.sees(ctx, s):
			out[id] = ground(ctx, s)
		default:
			out[id] = relation.Ground{ID: id, Version: int64(s.promised()), Hidden: true}
		}
	}
	return out, nil
}

// ground is the standard of a service as something to point to.
func ground(ctx context.Context, s *Service) relation.Ground {
	g := relation.Ground{ID: s.ID, Code: s.Code, Version: int64(s.promised()), Title: s.Name, Href: "/services/" + url.PathEscape(s.Code)}
	if !s.Standard.Completion.IsZero() {
		g.Note = s.Standard.Completion.Label(ctx)
	}
	return g
}

// promised is the number of the version from which the standard is as it is now: a new form alone promises nothing new, nor does
// it when a head confirms starting values.
func (s *Service) promised() int {
	n := s.Version
	for n > 1 {
		before, known := s.Numbered(n - 1)
		if !known || !sameStandard(before.Standard, s.Standard) {
			break
		}
		n--
	}
	return n
}
