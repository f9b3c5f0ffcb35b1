package place

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the places that a unit answers for: they go to the unit that follows.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{{Code: "place.answers", Label: "place.holds", By: org.ByUnit, Order: 60, Count: countOfUnit, List: listOfUnit, Hand: s.hand, Spread: org.SpreadBy("place", placeIDs)}}
}

func placeIDs(ctx context.Context, rd sqldb.Reader, unit org.ID) ([]org.ID, error) {
	list, err := ofUnitAfter(ctx, rd, unit, 0, org.CountMost)
	ids := make([]org.ID, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	return ids, err
}

func listOfUnit(ctx context.Context, rd sqldb.Reader, unit, after org.ID, limit int) ([]org.Held, error) {
	list, err := ofUnitAfter(ctx, rd, unit, after, limit)
	out := make([]org.Held, len(list))
	for i, p := range list {
		out[i] = org.Held{Key: p.ID, Title: p.Name.In(ctx), Note: p.Code, Href: link(p.Code)}
	}
	return out, err
}

func (s *Service) hand(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	list, err := ofUnitAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return out, err
	}
	for _, p := range list {
		to := h.Target("place", p.ID)
		if err := handTo(ctx, tx, p.ID, to); err != nil {
			return out, err
		}
		out.Moved, out.Next = out.Moved+1, p.ID
		if err := s.events.Emit(ctx, tx, WasSaved{p.ID, p.Code, p.Name.In(ctx), to, false}); err != nil {
			return out, err
		}
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	return out, nil
}
