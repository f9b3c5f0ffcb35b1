package delivery

import (
	"context"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the open deliveries that people bring or take over and units owe or get, and the arrangements of both. What
// is closed stays as it was.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{
		s.holds("delivery.assigned", "delivery.holds-assigned", org.ByPerson, 50, byAssignee, s.succeed(ProviderSide)),
		s.holds("delivery.received", "delivery.holds-received", org.ByPerson, 51, byReceiver, s.succeed(CustomerSide)),
		s.holds("delivery.owed", "delivery.holds-owed", org.ByUnit, 70, byProvider, s.follow(ProviderSide)),
		s.holds("delivery.due", "delivery.holds-due", org.ByUnit, 71, byCustomer, s.follow(CustomerSide)),
		s.standings("delivery.standing-assignee", "delivery.holds-standing", org.ByPerson, 52, standingByAssignee, swapAssignee),
		s.standings("delivery.standing-receiver", "delivery.holds-standing-receiver", org.ByPerson, 53, standingByReceiver, swapReceiver),
		s.standings("delivery.standing-provider", "delivery.holds-standing", org.ByUnit, 72, standingByProvider, s.swapProvider),
		s.standings("delivery.standing-customer", "delivery.holds-standing-customer", org.ByUnit, 73, standingByCustomer, s.swapCustomer),
	}
}

// passing hands one delivery over inside a turn: it changes t.d and t.event, and says why it cannot.
type passing func(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (why string, err error)

func (s *Service) holds(code, label string, by org.Keeper, order int, w whose, pass passing) org.Holding {
	return org.Holding{Code: code, Label: label, By: by, Order: order,
		Count: func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
			return countHeld(ctx, rd, w, keeper)
		},
		List: func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
			list, err := heldAfter(ctx, rd, w, keeper, after, limit)
			if err != nil {
				return nil, err
			}
			seen, err := s.among(ctx, rd, list)
			out := make([]org.Held, len(list))
			for i, d := range list {
				if out[i] = (org.Held{Key: d.ID, Hidden: true}); seen[d.ID] {
					out[i] = org.Held{Key: d.ID, Title: d.Title, Note: d.Ref() + " · " + lang.T(ctx, "delivery.state."+string(d.State)), Href: link(d.Number)}
				}
			}
			return out, err
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := heldAfter(ctx, tx, w, h.From, h.After, h.Limit)
			for _, d := range list {
				out.Next = d.ID
				why, err := s.pass(ctx, tx, d, w, h, pass)
				if err != nil {
					return out, err
				}
				if why == "" {
					out.Moved++
				} else {
					out.Left = append(out.Left, org.Left{Title: d.Ref() + " " + d.Title, Href: link(d.Number), Why: why})
				}
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, err
		}}
}

func (s *Service) pass(ctx context.Context, tx *sqldb.Tx, d Delivery, w whose, h org.Handing, do passing) (why string, err error) {
	t, err := s.house(ctx, tx, d.Number, w.verb)
	if f, ok := fault.As(err); ok && f.Kind == fault.Conflict {
		return f.Key, nil
	}
	if err != nil {
		return "", err
	}
	if why, err = do(ctx, tx, t, h); why != "" || err != nil {
		return why, err
	}
	_, err = s.finish(ctx, tx, t)
	return "", err
}

// succeed gives what somebody brings, or takes over, to the receiver of the hand-over.
func (s *Service) succeed(side Side) passing {
	return func(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
		why := access.WhyAsked
		if side == ProviderSide {
			why = access.WhyAssigned
			if serves, err := s.mayServe(ctx, tx, h.To, t.d.Provider); err != nil || !serves {
				return "delivery.receiver-not-agent", err
			}
		}
		t.event.Side, t.event.Person = side, h.To
		t.said = func(a About) event.Event { return WasSucceeded{a, h.From, string(side)} }
		if err := s.Access.Revoke(ctx, tx, subject(t.d.ID), access.Person(h.From), why); err != nil {
			return "", err
		}
		return "", s.Access.Grant(ctx, tx, access.Grant{Subject: subject(t.d.ID), Holder: access.Person(h.To), Why: why})
	}
}

// follow moves a delivery along to the unit that follows the one that owes it, or that was to get it; what it counts as goes
// along.
func (s *Service) follow(side Side) passing {
	return func(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
		why := access.WhyAsks
		var to int64
		if side == ProviderSide {
			why = access.WhyServes
			to = h.Target("service", t.d.Service)
			t.event.Unit = to
			code, version, _, err := s.termsOf(ctx, to)
			if err != nil {
				return "", err
			}
			t.event.Calendar, t.event.Version = code, version
			t.d.Provider = to
		} else {
			t.d.Customer = h.Target("person", t.d.Receiver)
			to = t.d.Customer
		}
		var err error
		if t.d.Edge, err = s.Relation.Edge(ctx, tx, t.d.Provider, t.d.Customer); err != nil {
			return "", err
		}
		t.event.Side = side
		t.said = func(a About) event.Event { return HasFollowed{a, h.From, string(side)} }
		if err := s.Access.RevokeAll(ctx, tx, subject(t.d.ID), why); err != nil {
			return "", err
		}
		return "", s.Access.Grant(ctx, tx, access.Grant{Subject: subject(t.d.ID), Holder: access.Unit(to), Why: why})
	}
}

// swap changes one arrangement; it says why it cannot.
type swap func(ctx context.Context, tx *sqldb.Tx, st *Standing, h org.Handing) (why string, err error)

func (s *Service) standings(code, label string, by org.Keeper, order int, from string, do swap) org.Holding {
	return org.Holding{Code: code, Label: label, By: by, Order: order,
		Count: func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
			return countStandings(ctx, rd, from, keeper)
		},
		List: func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
			list, err := standingsHeld(ctx, rd, from, keeper, after, limit)
			out := make([]org.Held, len(list))
			for i, st := range list {
				out[i] = org.Held{Key: st.ID, Title: st.Deliverable, Note: st.Ref(), Href: standingLink(st.Number)}
			}
			return out, err
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := standingsHeld(ctx, tx, from, h.From, h.After, h.Limit)
			for _, x := range list {
				out.Next = x.ID
				st, err := lockStanding(ctx, tx, x.Number)
				if err != nil {
					return out, err
				}
				why, err := do(ctx, tx, &st, h)
				if err != nil {
					return out, err
				}
				if why != "" {
					out.Left = append(out.Left, org.Left{Title: st.Ref() + " " + st.Deliverable, Href: standingLink(st.Number), Why: why})
					continue
				}
				out.Moved++
				if err := s.keep(ctx, tx, &st, StandingWasChanged{aboutStanding(ctx, st, tx.Now), "changed"}); err != nil {
					return out, err
				}
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, err
		}}
}

func swapAssignee(_ context.Context, _ *sqldb.Tx, st *Standing, h org.Handing) (string, error) {
	st.Assignee = h.To
	return "", nil
}

func swapReceiver(_ context.Context, _ *sqldb.Tx, st *Standing, h org.Handing) (string, error) {
	for i := range st.Customers {
		if st.Customers[i].Receiver == h.From {
			st.Customers[i].Receiver = h.To
		}
	}
	return "", nil
}

func (s *Service) swapProvider(_ context.Context, _ *sqldb.Tx, st *Standing, h org.Handing) (string, error) {
	to := h.Target("service", st.Service)
	if slices.ContainsFunc(st.Customers, func(c Customer) bool { return c.Unit == to && c.State != Gone }) {
		return "delivery.unit-itself", nil
	}
	st.Provider = to
	return "", nil
}

// swapCustomer lets the unit that follows get what the one that ended got; where it gets it already, one of them goes.
func (s *Service) swapCustomer(ctx context.Context, tx *sqldb.Tx, st *Standing, h org.Handing) (string, error) {
	i := slices.IndexFunc(st.Customers, func(c Customer) bool { return c.Unit == h.From && c.State != Gone })
	if i < 0 {
		return "", nil
	}
	to := h.Target("person", st.Customers[i].Receiver)
	if to == st.Provider {
		return "delivery.unit-itself", nil
	}
	c := st.Customers[i]
	st.Customers[i].State = Gone
	if slices.ContainsFunc(st.Customers, func(o Customer) bool { return o.Unit == to && o.State != Gone }) {
		return "", nil
	}
	c.Unit = to
	st.Customers = append(slices.DeleteFunc(st.Customers, func(o Customer) bool { return o.Unit == to }), c)
	return "", nil
}
