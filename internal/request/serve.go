package request

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Take makes the actor the assignee of what nobody has taken, or confirms an assignment.
func (s *Service) Take(ctx context.Context, number int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbTake, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		holder := t.who.Person
		if t.event.For != 0 && t.event.For == t.was.Assignee { // confirms what was assigned to who is away
			holder = t.event.For
		}
		if err := taken(t.was.State, t.was.Assignee, t.was.TakenAt, holder); err != nil {
			return s.takenBy(ctx, tx, t.was.Assignee, err)
		}
		if err := s.roomInHand(ctx, tx, t, holder, when.Beyond); err != nil {
			return err
		}
		t.event.Person = holder
		t.said = func(a About) event.Event { return WasTaken{a} }
		return s.hold(ctx, tx, t, holder)
	})
}

// PutBack gives back to the queue what somebody took or was given, as if nobody had.
func (s *Service) PutBack(ctx context.Context, number int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbPutBack, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := putBack(t.was); err != nil {
			return err
		}
		t.said = func(a About) event.Event { return WasPutBack{a, t.was.Assignee} }
		if err := s.Access.RevokeAll(ctx, tx, subject(t.r.ID), access.WhyAssigned); err != nil {
			return err
		}
		return s.Talk.Unwatch(ctx, tx, subject(t.r.ID), t.was.Assignee)
	})
}

// takenBy says who has it already.
func (s *Service) takenBy(ctx context.Context, rd sqldb.Reader, person int64, err error) error {
	if person == 0 {
		return err
	}
	p, lookup := s.Org.PersonIn(ctx, rd, person)
	if lookup != nil {
		return err
	}
	return fault.New(fault.Conflict, "request.taken-by", "name", p.Display(ctx))
}

// hold moves the grant of the assignee to a person, who hears from now on what is said.
func (s *Service) hold(ctx context.Context, tx *sqldb.Tx, t *turn, person int64) error {
	if t.was.Assignee == person {
		return nil
	}
	if t.was.Assignee != 0 {
		if err := s.Access.RevokeAll(ctx, tx, subject(t.r.ID), access.WhyAssigned); err != nil {
			return err
		}
		if err := s.Talk.Unwatch(ctx, tx, subject(t.r.ID), t.was.Assignee); err != nil {
			return err
		}
	}
	if err := s.Talk.Watch(ctx, tx, subject(t.r.ID), person, access.WhyAssigned); err != nil {
		return err
	}
	return s.Access.Grant(ctx, tx, access.Grant{Subject: subject(t.r.ID), Holder: access.Person(person), Why: access.WhyAssigned})
}

// Assign gives the request to a colleague, by 工号: an agent of the holding unit who is not its customer. On a
// confidential request the colleague is named with it.
func (s *Service) Assign(ctx context.Context, number int64, no string, when When) (Request, error) {
	return s.turn(ctx, number, VerbAssign, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		person, err := s.agent(ctx, tx, t.r, no)
		if err != nil {
			return err
		}
		if person == t.was.Assignee {
			return fault.New(fault.Conflict, "request.assigned-already")
		}
		if err := s.roomInHand(ctx, tx, t, person, when.Beyond); err != nil {
			return err
		}
		t.event.Person = person
		t.said = func(a About) event.Event { return WasAssigned{a} }
		if t.r.Confidential {
			if err := s.Access.Grant(ctx, tx, access.Grant{Subject: subject(t.r.ID), Holder: access.Person(person), Why: access.WhyNamed}); err != nil {
				return err
			}
		}
		return s.hold(ctx, tx, t, person)
	})
}

// agent is the person of a 工号 who may serve the request.
func (s *Service) agent(ctx context.Context, tx *sqldb.Tx, r Request, no string) (int64, error) {
	var f fault.Fields
	if no == "" {
		f.Add("person", "request.need-person")
		return 0, f.Err()
	}
	p, err := s.Org.PersonByNoIn(ctx, tx, no)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && !p.Active:
		f.Add("person", "request.person-unknown")
		return 0, f.Err()
	case err != nil:
		return 0, err
	}
	serves, err := s.Org.IsAgent(ctx, tx, p.ID, r.Unit)
	if err != nil {
		return 0, err
	}
	switch {
	case r.isCustomer(p.ID):
		f.Add("person", "request.person-is-customer", "name", p.Display(ctx))
	case !serves:
		f.Add("person", "request.person-not-agent", "name", p.Display(ctx))
	case p.OnLeave && !actor.From(ctx).Import:
		f.Add("person", "request.person-on-leave", "name", p.Plain(ctx))
	}
	return p.ID, f.Err()
}

// Decline says that the request belongs to another unit and names it (首问负责: whoever is asked first finds the right
// one). The request goes on there as new; the decline is the first response. Of a confidential
// one no is needed: the 工号 of who in that unit goes on with it; for any other it is not read.
func (s *Service) Decline(ctx context.Context, number int64, unit, reason, no string, when When) (Request, error) {
	return s.turn(ctx, number, VerbDecline, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
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
		return s.passOn(ctx, tx, t, to)
	})
}

// passOn opens the hop at the right unit, which becomes the provider: it was never the first one's to do.
func (s *Service) passOn(ctx context.Context, tx *sqldb.Tx, t *turn, unit int64) error {
	r := &t.r
	from := r.Unit
	if err := closeHop(ctx, tx, Hop{Request: r.ID, N: r.Hops, To: t.at}); err != nil {
		return err
	}
	if err := insertHop(ctx, tx, Hop{Request: r.ID, N: r.Hops + 1, Unit: unit, From: t.at, Why: VerbDecline}); err != nil {
		return err
	}
	edge, err := s.Relation.Edge(ctx, tx, unit, r.Customer)
	if err != nil {
		return err
	}
	r.Edge, t.event.Unit = edge, unit
	if t.event.Terms, err = s.termsOf(ctx, unit); err != nil {
		return err
	}
	t.said = func(a About) event.Event { return WasDeclined{a, from} }
	if r.Confidential {
		if t.event.Person == 0 {
			return nil
		}
		return s.Access.Grant(ctx, tx, access.Grant{Subject: subject(r.ID), Holder: access.Person(t.event.Person), Why: access.WhyNamed})
	}
	if err := s.Access.RevokeAll(ctx, tx, subject(r.ID), access.WhyServes); err != nil {
		return err
	}
	return s.Access.Grant(ctx, tx, access.Grant{Subject: subject(r.ID), Holder: access.Unit(unit), Why: access.WhyServes},
		access.Grant{Subject: subject(r.ID), Holder: access.Person(t.who.Person), Why: access.WhyWatches})
}

// Deliver hands the result over. text may be empty when a file says it all, and the other way round.
func (s *Service) Deliver(ctx context.Context, number int64, text string, files []int64, when When) (Request, error) {
	return s.DeliverAll(ctx, number, text, "", files, when)
}

// AskBack asks the customer for what is missing. The clock of the completion stands still until the answer.
func (s *Service) AskBack(ctx context.Context, number int64, text string, files []int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbAsk, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		t.said = func(a About) event.Event { return WasAsked{a} }
		return s.speak(ctx, tx, t, text, files)
	})
}
