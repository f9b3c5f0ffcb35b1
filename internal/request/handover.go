package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// HandOver gives the request to another unit, which has it in hand from now on and counts in its own calendar. The unit
// that was asked goes on owing the result, and the customer's clocks run on. Nobody has it until somebody takes it. no is
// needed for a confidential request: the 工号 of who in the new unit may see it; for any other it is not read.
func (s *Service) HandOver(ctx context.Context, number int64, unit, reason, no string, when When) (Request, error) {
	return s.turn(ctx, number, VerbHandOver, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := s.wholeAgain(ctx, tx, t.r); err != nil {
			return err
		}
		var f fault.Fields
		to, err := s.nextUnit(ctx, tx, t, unit, &f)
		if err != nil {
			return err
		}
		t.event.Why = need(&f, "reason", reason)
		if t.r.Confidential && to != 0 {
			if t.event.Person, err = s.confidant(ctx, tx, t.r, to, no, &f); err != nil {
				return err
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		from := t.r.Unit
		t.said = func(a About) event.Event { return WasHandedOver{a, from, unsettled(t.r.Passes)} }
		return s.handOn(ctx, tx, t, to)
	})
}

// nextUnit is the unit of a code that may take the request over; what is wrong with it is noted.
func (s *Service) nextUnit(ctx context.Context, tx *sqldb.Tx, t *turn, code string, f *fault.Fields) (int64, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	to, known := tree.ByCode(code)
	switch {
	case code == "":
		f.Add("unit", "request.need-unit")
		return 0, nil
	case !known || !to.Valid(tx.Now):
		f.Add("unit", "request.unit-unknown")
		return 0, nil
	case to.ID == t.r.Unit:
		f.Add("unit", "request.unit-has-it")
	case to.ID == t.r.Customer:
		f.Add("unit", "request.unit-asks-it")
	}
	if t.who.Import { // what was done was done
		return to.ID, nil
	}
	agents, err := s.Org.AgentsUpTo(ctx, tx, to.ID, 1)
	if err != nil || len(agents) > 0 {
		return to.ID, err
	}
	heads, err := s.Org.Heads(ctx, tx, to.ID)
	if len(heads) == 0 && err == nil {
		f.Add("unit", "request.unit-empty")
	}
	return to.ID, err
}

// confidant is who of the new unit may see a confidential request from now on.
func (s *Service) confidant(ctx context.Context, tx *sqldb.Tx, r Request, unit int64, no string, f *fault.Fields) (int64, error) {
	if no == "" {
		f.Add("person", "request.need-confidant")
		return 0, nil
	}
	p, err := s.Org.PersonByNoIn(ctx, tx, no)
	if err == nil && !p.Active {
		err = fault.ErrNotFound
	}
	if err := missing(f, err, "person", "request.person-unknown"); err != nil || p.ID == 0 {
		return 0, err
	}
	serves, err := s.mayServe(ctx, tx, p.ID, unit)
	switch {
	case err != nil:
		return 0, err
	case r.isCustomer(p.ID):
		f.Add("person", "request.person-is-customer", "name", p.Display(ctx))
	case !serves:
		f.Add("person", "request.person-not-agent", "name", p.Display(ctx))
	}
	return p.ID, nil
}

// handOn opens the hop at the unit and lets its people act; who had it reads on.
func (s *Service) handOn(ctx context.Context, tx *sqldb.Tx, t *turn, unit int64) error {
	r := &t.r
	if err := closeHop(ctx, tx, Hop{Request: r.ID, N: r.Hops, To: t.at}); err != nil {
		return err
	}
	if err := insertHop(ctx, tx, Hop{Request: r.ID, N: r.Hops + 1, Unit: unit, From: t.at, Why: t.verb}); err != nil {
		return err
	}
	var err error
	t.event.Unit = unit
	if t.event.Terms, err = s.termsOf(ctx, unit); err != nil {
		return err
	}
	if t.was.Assignee != 0 {
		if err := s.Access.RevokeAll(ctx, tx, subject(r.ID), access.WhyAssigned); err != nil {
			return err
		}
	}
	if r.Confidential {
		if t.event.Person == 0 {
			return nil
		}
		return s.Access.Grant(ctx, tx, access.Grant{Subject: subject(r.ID), Holder: access.Person(t.event.Person), Why: access.WhyNamed})
	}
	return s.regroup(ctx, tx, t, unit)
}

// regroup moves the grants of the serving side of a request that is not confidential to the unit. Who had it in hand, and
// the unit that owes the result, go on reading.
func (s *Service) regroup(ctx context.Context, tx *sqldb.Tx, t *turn, unit int64) error {
	r := &t.r
	if err := s.Access.RevokeAll(ctx, tx, subject(r.ID), access.WhyServes); err != nil {
		return err
	}
	list := []access.Grant{{Subject: subject(r.ID), Holder: access.Unit(unit), Why: access.WhyServes}}
	if unit != r.Provider {
		list = append(list, access.Grant{Subject: subject(r.ID), Holder: access.Unit(r.Provider), Why: access.WhyOwes})
	}
	had := []int64{t.was.Assignee}
	if t.side == ProviderSide {
		had = append(had, t.who.Person)
	}
	for _, p := range unique(had) {
		if p != 0 {
			list = append(list, access.Grant{Subject: subject(r.ID), Holder: access.Person(p), Why: access.WhyWatches})
		}
	}
	return s.Access.Grant(ctx, tx, list...)
}

// tooOften is the hand-over that puts a request before those who judge, who then decide who does it.
const tooOften = 3

// unsettled says whether so many hand-overs since its last decision ask for another one.
func unsettled(passes int) bool { return passes >= tooOften }

// Unsettled says that somebody is to decide who does it: see judges.
func (r Request) Unsettled() bool { return unsettled(r.Passes) && r.State.Open() }

// Settle is the decision about a request that was handed over too often: it stays where it is, or with a unit it goes
// there. It is no hand-over. no is needed for a confidential request that goes elsewhere, as when it is handed over: the
// 工号 of who in that unit goes on with it; for any other it is not read.
func (s *Service) Settle(ctx context.Context, number int64, unit, text, no string, when When) (Request, error) {
	return s.turn(ctx, number, VerbSettle, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if !t.r.Unsettled() {
			return fault.New(fault.Conflict, "request.nothing-to-settle")
		}
		if err := mayJudge(t.r, t.set, t.who.Person); err != nil {
			return err
		}
		var f fault.Fields
		t.event.Why, t.event.Side, t.side = need(&f, "reason", text), HouseSide, HouseSide
		from, to := t.r.Unit, t.r.Unit
		tree, err := s.Org.Tree(ctx)
		if err != nil {
			return err
		}
		if unit != "" && unit != unitCode(tree, from) {
			if to, err = s.nextUnit(ctx, tx, t, unit, &f); err != nil {
				return err
			}
		}
		if t.r.Confidential && to != 0 && to != from {
			if t.event.Person, err = s.confidant(ctx, tx, t.r, to, no, &f); err != nil {
				return err
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		t.said = func(a About) event.Event { return WasSettled{a, from} }
		if to == from {
			return nil
		}
		if t.r.State == StateDelivered {
			return fault.New(fault.Conflict, "request.already-delivered")
		}
		if err := s.wholeAgain(ctx, tx, t.r); err != nil {
			return err
		}
		return s.handOn(ctx, tx, t, to)
	})
}

// arbiters are the people who decide about a request that was handed over too often: the quality office, of the company
// and of what its unit belongs to; of a confidential one its judges.
func (s *Service) arbiters(ctx context.Context, rd sqldb.Reader, r Request) ([]int64, error) {
	if r.Confidential {
		list, err := s.judges(ctx, rd, r)
		return list[:min(len(list), maxArbiters)], err
	}
	list, err := s.Org.HoldersOver(ctx, rd, "quality", r.Unit)
	return list[:min(len(list), maxArbiters)], err
}

// maxArbiters bounds how many people one request is put before.
const maxArbiters = 20

// oweDecision puts the question who does it before those who decide it, or takes it back.
func (s *Service) oweDecision(ctx context.Context, tx *sqldb.Tx, was, r Request, since time.Time) error {
	switch {
	case was.Unsettled() == r.Unsettled():
		return nil
	case !r.Unsettled():
		return s.Todo.Fulfil(ctx, tx, subject(r.ID), "settle")
	}
	people, err := s.arbiters(ctx, tx, r)
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := s.Todo.Owe(ctx, tx, owedDecision(r, p, since)); err != nil {
			return err
		}
	}
	return nil
}

// suggested is how many units are offered before all others.
const suggested = 5

// likelyUnits are the units that a request like this one went on to before, the most frequent first, then those whose
// services sound like it.
func (s *Service) likelyUnits(ctx context.Context, v View) ([]org.Unit, error) {
	var ids []int64
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		ids, err = movedTo(ctx, rd, v.Service, 2*suggested)
		return err
	})
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range similar(snap.All(), v.Title) {
		ids = append(ids, x.Unit)
	}
	var out []org.Unit
	for _, id := range ids {
		u, known := v.Tree.ByID(id)
		if !known || !u.Valid(s.db.Now()) || id == v.Unit || id == v.Customer || slices.ContainsFunc(out, func(o org.Unit) bool { return o.ID == id }) {
			continue
		}
		if out = append(out, u); len(out) == suggested {
			break
		}
	}
	return out, nil
}
