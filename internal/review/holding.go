package review

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the reviews that somebody owes. Whoever takes over the work of a person cannot say for them whether a result
// was right: these go to the quality office, whoever receives the rest.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{{Code: "review.asked", Label: "review.holds", By: org.ByPerson, Order: 54,
		Count: func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
			return countAsked(ctx, rd, keeper, org.CountMost)
		},
		List: func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
			list, err := openAsked(ctx, rd, keeper, after, limit)
			out := make([]org.Held, len(list))
			for i, c := range list {
				out[i] = org.Held{Key: c.ID, Title: lang.T(ctx, "review.case-of", "ref", c.Ref()), Note: lang.T(ctx, "review.holds-note")}
			}
			return out, err
		},
		Hand: s.handOn,
	}}
}

func (s *Service) handOn(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	list, err := openAsked(ctx, tx, h.From, h.After, h.Limit)
	for _, c := range list {
		out.Next, out.Moved = c.ID, out.Moved+1
		c.First, c.Asker = ByQuality, 0
		if err := updateCase(ctx, tx, c); err != nil {
			return out, err
		}
		given, err := judgementsOf(ctx, tx, c.ID)
		if err != nil {
			return out, err
		}
		if _, err := s.owe(ctx, tx, c, given); err != nil {
			return out, err
		}
		if err := s.events.Emit(ctx, tx, WasSucceeded{about(c), h.From}); err != nil {
			return out, err
		}
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	return out, err
}
