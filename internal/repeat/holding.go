package repeat

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the templates that people keep, which go on in the name of whoever takes over, and those of units, which go
// along with what becomes of the unit. A confidential one is not named to anybody.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{s.holds("repeat.owned", org.ByPerson, 55, "owner"), s.holds("repeat.unit", org.ByUnit, 75, "unit")}
}

func (s *Service) holds(code string, by org.Keeper, order int, column string) org.Holding {
	return org.Holding{Code: code, Label: "repeat.holds", By: by, Order: order,
		Count: func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
			return countHeld(ctx, rd, column, keeper)
		},
		List: func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
			list, err := held(ctx, rd, column, keeper, after, limit)
			out := make([]org.Held, len(list))
			for i, t := range list {
				if out[i] = (org.Held{Key: t.ID, Hidden: true}); !t.Confidential {
					title, err := s.Heading(ctx, t)
					if err != nil {
						return nil, err
					}
					out[i] = org.Held{Key: t.ID, Title: title, Note: t.Ref() + " · " + t.words(ctx), Href: link(t.Number)}
				}
			}
			return out, err
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := held(ctx, tx, column, h.From, h.After, h.Limit)
			for _, x := range list {
				out.Next = x.ID
				t, err := lock(ctx, tx, x.Number)
				if err != nil {
					return out, err
				}
				if column == "owner" {
					t.Owner = h.To
				} else {
					t.Unit = h.Target("person", t.Owner)
				}
				t.Revision++
				if err := updateTemplate(ctx, tx, t); err != nil {
					return out, err
				}
				if err := s.events.Emit(ctx, tx, WasSucceeded{about(t), h.From}); err != nil {
					return out, err
				}
				out.Moved++
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, err
		}}
}
