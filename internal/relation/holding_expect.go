package relation

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// expectHoldings are the expectations of units: what is expected of one that ends is expected of the unit that follows it, where
// its services go; what it expects, the unit that follows it expects. The history of each says where it came from.
func (s *Service) expectHoldings() []org.Holding {
	return []org.Holding{
		s.holdsExpectations("relation.expected", "relation.holds-expected", 80, Provider),
		s.holdsExpectations("relation.expecting", "relation.holds-expecting", 81, Customer),
	}
}

func (s *Service) holdsExpectations(code, label string, order int, side Side) org.Holding {
	var spread func(context.Context, sqldb.Reader, org.Handing) (map[org.ID]int, error)
	if side == Provider { // they go where the services go that they are about
		spread = org.SpreadBy("service", expectedServices)
	}
	return org.Holding{Code: code, Label: label, By: org.ByUnit, Order: order, Spread: spread,
		Count: func(ctx context.Context, rd sqldb.Reader, unit org.ID) (int, error) {
			return countExpected(ctx, rd, side, unit)
		},
		List: func(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
			list, err := expectedOf(ctx, rd, side, unit, after, limit)
			if err != nil {
				return nil, err
			}
			tree, err := s.org.Tree(ctx)
			if err != nil {
				return nil, err
			}
			may := s.rightsOf(ctx, tree)
			out := make([]org.Held, len(list))
			for i, x := range list {
				provider, _ := tree.ByID(x.provider)
				customer, _ := tree.ByID(x.customer)
				can, err := may(provider, customer)
				if err != nil {
					return nil, err
				}
				if out[i] = (org.Held{Key: x.ID, Hidden: true}); can.see {
					out[i] = org.Held{Key: x.ID, Title: brief(x.Text), Note: provider.Name.In(ctx) + " → " + customer.Name.In(ctx), Href: expectHref(x.ID)}
				}
			}
			return out, nil
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := expectedOf(ctx, tx, side, h.From, h.After, h.Limit)
			if err != nil {
				return out, err
			}
			for _, x := range list {
				if err := s.moveExpectation(ctx, tx, x, side, h); err != nil {
					return out, err
				}
				out.Next, out.Moved = x.ID, out.Moved+1
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, nil
		}}
}

// moveExpectation puts an expectation onto the edge of the unit that follows.
func (s *Service) moveExpectation(ctx context.Context, tx *sqldb.Tx, x Expectation, side Side, h org.Handing) error {
	to := h.To
	if side == Provider && x.Service != 0 {
		to = h.Target("service", x.Service)
	}
	provider, customer := to, x.customer
	if side == Customer {
		provider, customer = x.provider, to
	}
	e, err := wordEdge(ctx, tx, provider, customer)
	if err != nil {
		return err
	}
	tx.OnCommit(s.store.forget)
	x.Edge, x.provider, x.customer = e.ID, provider, customer
	if provider == customer { // both became one: nobody expects it of another any more
		x.kept = ExpectWithdrawn
	}
	x.Version++
	if err := updateExpectation(ctx, tx, x); err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	was, _ := tree.ByID(h.From)
	if err := noteExpectation(ctx, tx, x, "moved", 0, was.Name.For(s.org.Company(ctx).Locale)); err != nil {
		return err
	}
	if err := s.oweAnswer(ctx, tx, x); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, ExpectationHasMoved{s.about(ctx, x)})
}
