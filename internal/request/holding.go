package request

import (
	"context"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// Holdings are the open requests that people and units have: in work, asked, and confided to them; in hand and asked as a
// unit. What is closed stays as it was.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{
		{Code: "request.assigned", Label: "request.holds-assigned", By: org.ByPerson, Order: 40, Count: countOf(ofAssignee), List: s.listHeld(ofAssignee), Hand: s.handAll(ofAssignee, s.succeedAssignee)},
		{Code: "request.asked", Label: "request.holds-asked", By: org.ByPerson, Order: 45, Count: countOf(ofAsker), List: s.listHeld(ofAsker), Hand: s.handAll(ofAsker, s.succeedAsker)},
		{Code: "request.named", Label: "request.holds-named", By: org.ByPerson, Order: 48, Count: countOf(ofNamed), List: s.listHeld(ofNamed), Hand: s.handAll(ofNamed, s.succeedNamed)},
		{Code: "request.stands-in", Label: "request.holds-stands-in", By: org.ByPerson, Order: 49, Count: countOf(ofStandIn), List: s.listHeld(ofStandIn), Hand: s.handAll(ofStandIn, s.stepDown)},
		{Code: "request.held", Label: "request.holds-held", By: org.ByUnit, Order: 60, Count: countOf(ofUnit), List: s.listHeld(ofUnit), Hand: s.handAll(ofUnit, s.followProvider), Spread: spreadBy("service", ofUnit, "r.service")},
		{Code: "request.owed", Label: "request.holds-owed", By: org.ByUnit, Order: 62, Count: countOf(ofProvider), List: s.listHeld(ofProvider), Hand: s.handAll(ofProvider, s.followOwing), Spread: spreadBy("service", ofProvider, "r.service")},
		{Code: "request.asking", Label: "request.holds-asking", By: org.ByUnit, Order: 65, Count: countOf(ofCustomer), List: s.listHeld(ofCustomer), Hand: s.handAll(ofCustomer, s.followCustomer), Spread: spreadBy("person", ofCustomer, "coalesce(r.for_person, r.asked_by)")},
	}
}

func countOf(w whose) func(context.Context, sqldb.Reader, int64) (int, error) {
	return func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
		return countHeld(ctx, rd, w, keeper)
	}
}

// spreadBy says which of the units that follow get how many requests: the assignment is one of a kind of ids, and a column
// names that of a request.
func spreadBy(kind string, w whose, column string) func(context.Context, sqldb.Reader, org.Handing) (map[int64]int, error) {
	return func(ctx context.Context, rd sqldb.Reader, h org.Handing) (map[int64]int, error) {
		n, err := countHeldBy(ctx, rd, w, h.From, column)
		return h.Divide(kind, n), err
	}
}

// listHeld names the requests that the reader may open; the others are only counted.
func (s *Service) listHeld(w whose) func(context.Context, sqldb.Reader, int64, int64, int) ([]org.Held, error) {
	return func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
		list, err := heldAfter(ctx, rd, w, keeper, after, limit)
		if err != nil {
			return nil, err
		}
		tree, err := s.Org.Tree(ctx)
		if err != nil {
			return nil, err
		}
		records := make([]access.Record, len(list))
		for i, r := range list {
			records[i] = access.Record{ID: r.ID, Confidential: r.Confidential}
		}
		seen, err := s.Access.Among(ctx, rd, "request.see", Kind, records)
		if err != nil {
			return nil, err
		}
		out := make([]org.Held, len(list))
		for i, r := range list {
			if out[i] = (org.Held{Key: r.ID, Hidden: true}); !seen[r.ID] {
				continue
			}
			out[i] = org.Held{Key: r.ID, Private: r.Confidential, Title: r.Title, Note: r.Ref() + " · " + tree.FullName(ctx, r.Unit) + " · " + lang.T(ctx, "request.state."+string(r.State)), Href: link(r.Number)}
		}
		return out, nil
	}
}

// passing hands one request over inside a turn: it changes t.r and t.event, and says why it cannot.
type passing func(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (why string, err error)

// handAll passes a chunk of requests on, each by a turn of its own within the one transaction.
func (s *Service) handAll(w whose, pass passing) func(context.Context, *sqldb.Tx, org.Handing) (org.Handed, error) {
	return func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
		var out org.Handed
		list, err := heldAfter(ctx, tx, w, h.From, h.After, h.Limit)
		if err != nil {
			return out, err
		}
		for _, r := range list {
			out.Next = r.ID
			why, err := s.pass(ctx, tx, r.Number, w, h, pass)
			if err != nil {
				return out, err
			}
			if why == "" {
				out.Moved++
				continue
			}
			left := org.Left{Title: r.Ref(), Href: link(r.Number), Why: why}
			if !r.Confidential {
				left.Title += " " + r.Title
			}
			out.Left = append(out.Left, left)
		}
		if len(list) < h.Limit {
			out.Next = 0
		}
		return out, nil
	}
}

func (s *Service) pass(ctx context.Context, tx *sqldb.Tx, number int64, w whose, h org.Handing, do passing) (why string, err error) {
	t, err := s.begin(ctx, tx, number, w.verb, When{})
	if f, ok := fault.As(err); ok && (f.Kind == fault.Conflict || f.Kind == fault.Invalid) {
		return f.Key, nil
	}
	if err != nil {
		return "", err
	}
	t.event.Side = w.side
	if why, err = do(ctx, tx, t, h); why != "" || err != nil {
		return why, err
	}
	if t.r.AskedBy != t.was.AskedBy || t.r.For != t.was.For || t.r.Customer != t.was.Customer {
		if err := updateCustomer(ctx, tx, t.r); err != nil {
			return "", err
		}
	}
	var after Request
	return "", s.finish(ctx, tx, t, &after)
}

// succeedAssignee gives work to the receiver, who serves the holding unit and is not the request's customer.
func (s *Service) succeedAssignee(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
	serves, err := s.mayServe(ctx, tx, h.To, t.r.Unit)
	switch {
	case err != nil:
		return "", err
	case t.r.isCustomer(h.To):
		return "request.receiver-is-customer", nil
	case !serves:
		return "request.receiver-not-agent", nil
	}
	t.event.Person = h.To
	t.said = func(a About) event.Event { return WasSucceeded{a, h.From, string(ProviderSide)} }
	if t.r.Confidential {
		if err := s.swapNamed(ctx, tx, t, h); err != nil {
			return "", err
		}
	}
	return "", s.hold(ctx, tx, t, h.To)
}

func (s *Service) mayServe(ctx context.Context, rd sqldb.Reader, person, unit int64) (bool, error) {
	serves, err := s.Org.IsAgent(ctx, rd, person, unit)
	if err != nil || serves {
		return serves, err
	}
	heads, err := s.Org.Heads(ctx, rd, unit)
	return slices.Contains(heads, person), err
}

// swapNamed lets the receiver read what is confidential, and whoever hands it over no longer.
func (s *Service) swapNamed(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) error {
	if err := s.Access.Grant(ctx, tx, access.Grant{Subject: subject(t.r.ID), Holder: access.Person(h.To), Why: access.WhyNamed}); err != nil {
		return err
	}
	return s.Access.Revoke(ctx, tx, subject(t.r.ID), access.Person(h.From), access.WhyNamed)
}

// succeedAsker makes the receiver the customer in place of somebody; the request stays the unit's.
func (s *Service) succeedAsker(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
	if t.r.Assignee == h.To {
		return "request.receiver-serves", nil
	}
	t.event.Person = h.To
	t.said = func(a About) event.Event { return WasSucceeded{a, h.From, string(CustomerSide)} }
	sub := subject(t.r.ID)
	put := func(field *int64, why string) error {
		if *field != h.From {
			return nil
		}
		*field = h.To
		if err := s.Access.Revoke(ctx, tx, sub, access.Person(h.From), why); err != nil {
			return err
		}
		return s.Access.Grant(ctx, tx, access.Grant{Subject: sub, Holder: access.Person(h.To), Why: why})
	}
	if err := put(&t.r.AskedBy, access.WhyAsked); err != nil {
		return "", err
	}
	if err := put(&t.r.For, access.WhyOnBehalf); err != nil {
		return "", err
	}
	if err := s.endStandIns(ctx, tx, t); err != nil {
		return "", err
	}
	if err := s.Talk.Unwatch(ctx, tx, sub, h.From); err != nil {
		return "", err
	}
	return "", s.Talk.Watch(ctx, tx, sub, h.To, access.WhyAsked)
}

// succeedNamed names the receiver on a confidential request that somebody was named for.
func (s *Service) succeedNamed(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
	if t.r.isCustomer(h.To) {
		return "request.receiver-is-customer", nil
	}
	t.event.Person = h.To
	t.said = func(a About) event.Event { return WasNamed{a, h.To} }
	return "", s.swapNamed(ctx, tx, t, h)
}

// followProvider moves a request on to the unit that follows the one that has it: a hop opens there, and what it counts as
// goes along. Its services decide where, when a unit is split.
func (s *Service) followProvider(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
	r := &t.r
	to := h.Target("service", r.Service)
	if err := closeHop(ctx, tx, Hop{Request: r.ID, N: r.Hops, To: t.at}); err != nil {
		return "", err
	}
	if err := insertHop(ctx, tx, Hop{Request: r.ID, N: r.Hops + 1, Unit: to, From: t.at, Why: VerbFollow}); err != nil {
		return "", err
	}
	var err error
	t.event.Unit = to
	if t.event.Terms, err = s.termsOf(ctx, to); err != nil {
		return "", err
	}
	t.said = func(a About) event.Event { return HasFollowed{a, h.From, string(ProviderSide)} }
	if r.Provider == r.Unit {
		if err := s.followEdge(ctx, tx, t, to); err != nil {
			return "", err
		}
	}
	if r.Confidential {
		return "", nil
	}
	return "", s.swapUnit(ctx, tx, r.ID, to, access.WhyServes)
}

// followEdge lets another unit owe the result.
func (s *Service) followEdge(ctx context.Context, tx *sqldb.Tx, t *turn, to int64) (err error) {
	if t.r.Edge, err = s.Relation.Edge(ctx, tx, to, t.r.Customer); err != nil {
		return err
	}
	return s.carryCounts(ctx, tx, t, nil)
}

// followOwing lets the unit that follows owe the result of what the one before had handed over: who has it in hand stays.
func (s *Service) followOwing(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
	r := &t.r
	to := h.Target("service", r.Service)
	t.event.Other = to
	t.said = func(a About) event.Event { return HasFollowed{a, h.From, string(HouseSide)} }
	if err := s.followEdge(ctx, tx, t, to); err != nil || r.Confidential {
		return "", err
	}
	if err := s.Access.RevokeAll(ctx, tx, subject(r.ID), access.WhyOwes); err != nil || to == r.Unit {
		return "", err
	}
	return "", s.Access.Grant(ctx, tx, access.Grant{Subject: subject(r.ID), Holder: access.Unit(to), Why: access.WhyOwes})
}

// followCustomer moves a request on to the unit that its asker belongs to now.
func (s *Service) followCustomer(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
	r := &t.r
	who := r.AskedBy
	if r.For != 0 {
		who = r.For
	}
	to := h.Target("person", who)
	edge, err := s.Relation.Edge(ctx, tx, r.Provider, to)
	if err != nil {
		return "", err
	}
	r.Edge, r.Customer = edge, to
	t.said = func(a About) event.Event { return HasFollowed{a, h.From, string(CustomerSide)} }
	declined := func(provider int64) (was, next int64, err error) {
		if was, err = s.Relation.Edge(ctx, tx, provider, h.From); err != nil {
			return 0, 0, err
		}
		next, err = s.Relation.Edge(ctx, tx, provider, to)
		return was, next, err
	}
	if err := s.carryCounts(ctx, tx, t, declined); err != nil || r.Confidential {
		return "", err
	}
	return "", s.swapUnit(ctx, tx, r.ID, to, access.WhyAsks)
}

func (s *Service) swapUnit(ctx context.Context, tx *sqldb.Tx, id ID, to int64, why string) error {
	if err := s.Access.RevokeAll(ctx, tx, subject(id), why); err != nil {
		return err
	}
	return s.Access.Grant(ctx, tx, access.Grant{Subject: subject(id), Holder: access.Unit(to), Why: why})
}

// carryCounts takes what has happened on an open request along to its new edge, so that its counts lie together, as they
// are proven. A decline, or a hand-over, counts on the edge of the unit that passed it on: declined gives that edge and its new one when the
// customer changes, and is nil when it does not.
func (s *Service) carryCounts(ctx context.Context, tx *sqldb.Tx, t *turn, declined func(provider int64) (was, next int64, err error)) error {
	var list []entry
	for i, e := range t.log {
		x, counts := happened(t.was.Edge, t.was, e)
		if !counts {
			continue
		}
		next := x
		next.edge = t.r.Edge
		if e.Kind == VerbDecline || e.Kind == VerbHandOver {
			if declined == nil {
				continue
			}
			var err error
			if x.edge, next.edge, err = declined(t.log[i-1].Unit); err != nil {
				return err
			}
		}
		x.Delta = relation.Delta{}.Minus(next.Delta)
		list = append(list, x, next)
	}
	for _, x := range summed(list, s.Org.Company(ctx).Location()) {
		if err := s.Relation.Tally(ctx, tx, x.edge, x.day, x.Delta); err != nil {
			return err
		}
	}
	return nil
}

// stepDown ends that somebody stands in: who that is was the customer's choice, and is not handed on.
func (s *Service) stepDown(ctx context.Context, tx *sqldb.Tx, t *turn, h org.Handing) (string, error) {
	return "", s.standDown(ctx, tx, t, h.From)
}
