package todo

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are what people and units owe. What is owed about a request goes along with the request; here is the rest.
// Invitations go to nobody.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{
		{Code: "todo.owed", Label: "todo.holds-owed", By: org.ByPerson, Order: 60, Count: countOwed(ofPerson), List: s.listOwed(ofPerson), Hand: s.handOwed(ofPerson, access.Person)},
		{Code: "todo.invitations", Label: "todo.holds-invitations", By: org.ByPerson, Order: 87, Ends: true, Count: countOwed(ofInvited), List: s.listOwed(ofInvited), Hand: s.endOwed},
		{Code: "todo.unit", Label: "todo.holds-unit", By: org.ByUnit, Order: 80, Count: countOwed(ofUnit), List: s.listOwed(ofUnit), Hand: s.handOwed(ofUnit, access.Unit)},
	}
}

func countOwed(w string) func(context.Context, sqldb.Reader, ID) (int, error) {
	return func(ctx context.Context, rd sqldb.Reader, keeper ID) (int, error) { return countBy(ctx, rd, w, keeper) }
}

// listOwed names entries by number and verb: their titles may be confidential.
func (s *Service) listOwed(w string) func(context.Context, sqldb.Reader, ID, ID, int) ([]org.Held, error) {
	return func(ctx context.Context, rd sqldb.Reader, keeper, after ID, limit int) ([]org.Held, error) {
		list, err := owedAfter(ctx, rd, w, keeper, after, limit)
		out := make([]org.Held, len(list))
		for i, e := range list {
			out[i] = org.Held{Key: e.ID, Title: e.Ref + " · " + lang.T(ctx, s.Verb(e.Verb).Label), Note: lang.Date(ctx, e.Since), Href: e.Link}
		}
		return out, err
	}
}

func (s *Service) handOwed(w string, holder func(ID) access.Holder) func(context.Context, *sqldb.Tx, org.Handing) (org.Handed, error) {
	return func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
		var out org.Handed
		list, err := owedAfter(ctx, tx, w, h.From, h.After, h.Limit)
		if err != nil {
			return out, err
		}
		for _, e := range list {
			to := holder(h.To)
			to.Role = e.Holder.Role
			if err := moveOne(ctx, tx, e, to); err != nil {
				return out, err
			}
			out.Moved, out.Next = out.Moved+1, e.ID
		}
		if len(list) < h.Limit {
			out.Next = 0
		}
		return out, nil
	}
}

func (s *Service) endOwed(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	n, err := removeInvitations(ctx, tx, h.From)
	return org.Handed{Moved: int(n)}, err
}
