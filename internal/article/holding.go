package article

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the articles in somebody's hands, and those of a unit: they go to whoever follows. Retired ones stay where they
// were.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{
		s.holding("article.owned", "article.holds-owned", org.ByPerson, 52, "owner", func(ctx context.Context, tx *sqldb.Tx, a *Article, to int64) error {
			a.Owner = to
			for _, verb := range []string{todoCheck, todoDoubt} {
				if err := s.Todo.Move(ctx, tx, subject(a.ID), verb, access.Person(to)); err != nil {
					return err
				}
			}
			return nil
		}),
		s.holding("article.units", "article.holds-units", org.ByUnit, 52, "unit", func(_ context.Context, _ *sqldb.Tx, a *Article, to int64) error {
			a.moved(to)
			return nil
		}),
	}
}

func (s *Service) holding(code, label string, by org.Keeper, order int, column string, give func(context.Context, *sqldb.Tx, *Article, int64) error) org.Holding {
	return org.Holding{Code: code, Label: label, By: by, Order: order,
		Count: func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
			return countHeld(ctx, rd, column, keeper)
		},
		List: func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
			list, err := heldBy(ctx, rd, column, keeper, after, limit)
			out := make([]org.Held, len(list))
			for i, a := range list {
				out[i] = org.Held{Key: a.ID, Title: a.Title.In(ctx), Note: a.Ref(), Href: link(a.Number)}
			}
			return out, err
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := heldBy(ctx, tx, column, h.From, h.After, h.Limit)
			if err != nil {
				return out, err
			}
			for _, a := range list {
				out.Next, out.Moved = a.ID, out.Moved+1
				if err := give(ctx, tx, &a, h.To); err != nil {
					return out, err
				}
				if err := s.settle(ctx, tx, &a, WasHandedOn{about(a)}); err != nil {
					return out, err
				}
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, nil
		},
	}
}
