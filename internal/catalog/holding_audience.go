package catalog

import (
	"context"
	"slices"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func countAudiences(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	list, err := audiencesNaming(ctx, rd, unit)
	return len(list), err
}

func (c *Catalog) listAudiences(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
	codes, err := audiencesNaming(ctx, rd, unit)
	var out []org.Held
	for i, code := range codes {
		if ID(i+1) <= after || len(out) == limit {
			continue
		}
		s, err := byCode(ctx, rd, code)
		if err != nil {
			return nil, err
		}
		out = append(out, org.Held{Key: ID(i + 1), Title: s.Name.In(ctx), Note: s.Code, Href: "/services/" + s.Code})
	}
	return out, err
}

// handAudiences names the units that follow in place of the one before: whoever saw a service goes on seeing it.
func (c *Catalog) handAudiences(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	codes, err := audiencesNaming(ctx, tx, h.From)
	if err != nil {
		return org.Handed{}, err
	}
	for _, code := range codes {
		s, err := lock(ctx, tx, code)
		if err != nil {
			return org.Handed{}, err
		}
		next := Audience{In: followed(s.Audience.In, h), Out: followed(s.Audience.Out, h)}
		if err := c.setAudience(ctx, tx, s, next); err != nil {
			return org.Handed{}, err
		}
	}
	return org.Handed{Moved: len(codes)}, nil
}

func followed(list []Whom, h org.Handing) []Whom {
	var out []Whom
	add := func(w Whom) {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for _, w := range list {
		if w.Unit != h.From {
			add(w)
			continue
		}
		for _, to := range h.Shares {
			next := w
			next.Unit = to.Unit
			add(next)
		}
	}
	return out
}
