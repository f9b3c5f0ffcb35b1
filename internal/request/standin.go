package request

import (
	"context"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// NameStandIn lets a colleague, by 工号, answer, accept and return in the actor's place until a moment: recorded as for the
// actor, who hears of it. The rating stays the actor's own. On a confidential request nobody can: it is its customer's and of those named for it alone.
func (s *Service) NameStandIn(ctx context.Context, number int64, no string, until time.Time, unread bool, when When) (Request, error) {
	return s.turn(ctx, number, VerbStandIn, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		standInUntil(&f, until, t.at, unread)
		p, err := s.colleague(ctx, tx, t, no, &f)
		if err != nil {
			return err
		}
		if p.ID != 0 {
			if err := s.mayStandInFor(ctx, tx, t, p, &f); err != nil {
				return err
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		if len(standIns(t.log)) >= maxStandIns {
			return fault.New(fault.Conflict, "request.stand-in-enough", "max", maxStandIns)
		}
		t.event.Person, t.event.DueTo = p.ID, until.UTC().Truncate(time.Millisecond)
		t.said = func(a About) event.Event { return StandInWasNamed{a, p.ID, false} }
		if err := saveStandIn(ctx, tx, t.r.ID, StandIn{p.ID, t.who.Person, t.event.DueTo}, t.at); err != nil {
			return err
		}
		return s.Access.Grant(ctx, tx, access.Grant{Subject: subject(t.r.ID), Holder: access.Person(p.ID), Why: access.WhyDelegated})
	})
}

// mayStandInFor notes why a person cannot stand in: the customer, who works on it, or who serves it, accepts no own work.
func (s *Service) mayStandInFor(ctx context.Context, rd sqldb.Reader, t *turn, p org.Person, f *fault.Fields) error {
	serves, err := s.mayServe(ctx, rd, p.ID, t.r.Unit)
	switch {
	case err != nil:
		return err
	case t.r.isCustomer(p.ID):
		f.Add("person", "request.stand-in-customer", "name", p.Display(ctx))
	case serves || t.r.Assignee == p.ID:
		f.Add("person", "request.stand-in-serves", "name", p.Display(ctx))
	case t.r.Confidential:
		f.Add("person", "request.stand-in-confidential")
	}
	return nil
}

// colleague is the active person of a 工号; what is wrong is noted.
func (s *Service) colleague(ctx context.Context, rd sqldb.Reader, t *turn, no string, f *fault.Fields) (org.Person, error) {
	if no = strings.TrimSpace(no); no == "" {
		f.Add("person", "request.need-person")
		return org.Person{}, nil
	}
	p, err := s.Org.PersonByNoIn(ctx, rd, no)
	if err == nil && !p.Active {
		p, err = org.Person{}, fault.ErrNotFound
	}
	return p, missing(f, err, "person", "request.person-unknown")
}

// StandDown ends that somebody stands in: the one given by 工号, or all; whoever stands in may only step down.
func (s *Service) StandDown(ctx context.Context, number int64, no string, when When) (Request, error) {
	return s.turn(ctx, number, VerbStandDown, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		person := int64(0)
		switch {
		case !t.set.Has(access.Asked) && !t.who.System:
			person = t.who.Person
		case no != "":
			var f fault.Fields
			p, err := s.Org.PersonByNoIn(ctx, tx, no)
			if err := missing(&f, err, "person", "request.person-unknown"); err != nil {
				return err
			}
			if err := f.Err(); err != nil {
				return err
			}
			person = p.ID
		default:
			if list := standIns(t.log); len(list) > 0 {
				person = list[0].Person
			}
		}
		return s.standDown(ctx, tx, t, person)
	})
}

func (s *Service) standDown(ctx context.Context, tx *sqldb.Tx, t *turn, person int64) error {
	if inPlaceOf(t.log, person) == 0 {
		return fault.New(fault.Conflict, "request.no-stand-in")
	}
	t.event.Person, t.event.For = person, 0
	t.said = func(a About) event.Event { return StandInWasNamed{a, person, true} }
	return s.endStandIn(ctx, tx, t.r.ID, person)
}

func (s *Service) endStandIn(ctx context.Context, tx *sqldb.Tx, id ID, person int64) error {
	if err := dropStandIn(ctx, tx, id, person); err != nil {
		return err
	}
	return s.Access.Revoke(ctx, tx, subject(id), access.Person(person), access.WhyDelegated)
}

// endStandIns takes back what the customers of a request gave to those who stood in: another customer names their own.
func (s *Service) endStandIns(ctx context.Context, tx *sqldb.Tx, t *turn) error {
	for _, x := range standIns(t.log) {
		if err := s.endStandIn(ctx, tx, t.r.ID, x.Person); err != nil {
			return err
		}
	}
	return nil
}

// EndStandIns ends those whose date has passed, each by a turn of the house.
func (s *Service) EndStandIns(ctx context.Context) error {
	var list []overdueStandIn
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = overdueStandIns(ctx, rd, rd.Instant())
		return err
	})
	if err != nil {
		return err
	}
	for _, x := range list {
		_, err := s.turn(ctx, x.number, VerbStandDown, When{}, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
			t.event.Side = HouseSide
			return s.standDown(ctx, tx, t, x.person)
		})
		if err != nil && fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return nil
}

// TakeOver makes a colleague of the customer's unit the customer in place of somebody: of the actor, who gives it away; of
// anybody, by the head of that unit; and without a 工号 the actor takes over from a customer who has left. Confidential
// requests are not taken over.
func (s *Service) TakeOver(ctx context.Context, number int64, no string, when When) (Request, error) {
	return s.turn(ctx, number, VerbTakeOver, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if t.r.Confidential {
			return fault.New(fault.Conflict, "request.take-over-confidential")
		}
		from, err := s.givenBy(ctx, tx, t)
		if err != nil {
			return err
		}
		var f fault.Fields
		to := org.Person{ID: t.who.Person}
		if no != "" || t.set.Has(access.Asked) {
			if to, err = s.colleague(ctx, tx, t, no, &f); err != nil {
				return err
			}
		}
		if to.ID != 0 {
			if err := s.mayTakeOver(ctx, tx, t, to, &f); err != nil {
				return err
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		t.event.Kind, t.event.Side = VerbSucceed, CustomerSide
		if _, err := s.succeedAsker(ctx, tx, t, org.Handing{From: from, To: to.ID}); err != nil {
			return err
		}
		return updateCustomer(ctx, tx, t.r)
	})
}

// givenBy is whose part a colleague takes over: the actor's own; by the head's word that of who it is for; otherwise that of
// a customer who has left.
func (s *Service) givenBy(ctx context.Context, rd sqldb.Reader, t *turn) (int64, error) {
	if t.r.isCustomer(t.who.Person) {
		return t.who.Person, nil
	}
	for _, c := range t.r.customers() {
		p, err := s.Org.PersonIn(ctx, rd, c)
		if err != nil {
			return 0, err
		}
		if !p.Active {
			return c, nil
		}
	}
	if !t.set.Has(access.HeadAsks) {
		return 0, fault.New(fault.Conflict, "request.take-over-there")
	}
	if t.r.For != 0 {
		return t.r.For, nil
	}
	return t.r.AskedBy, nil
}

// mayTakeOver notes why a person cannot be the customer: somebody of another unit, who is it already, or who serves it.
func (s *Service) mayTakeOver(ctx context.Context, rd sqldb.Reader, t *turn, p org.Person, f *fault.Fields) error {
	a, err := s.Org.ActorOf(ctx, p.ID)
	if err != nil {
		return err
	}
	serves, err := s.mayServe(ctx, rd, p.ID, t.r.Unit)
	switch {
	case err != nil:
		return err
	case !a.In(t.r.Customer, "member"):
		f.Add("person", "request.take-over-unit", "name", p.Display(ctx))
	case t.r.isCustomer(p.ID):
		f.Add("person", "request.stand-in-customer", "name", p.Display(ctx))
	case serves || t.r.Assignee == p.ID:
		f.Add("person", "request.stand-in-serves", "name", p.Display(ctx))
	}
	return nil
}

// StandInWasNamed says that somebody stands in for its customer, or no longer does.
type StandInWasNamed struct {
	About
	Person int64 `json:"person"`
	Ended  bool  `json:"ended,omitempty"`
}

// EventKind of StandInWasNamed.
func (StandInWasNamed) EventKind() string { return "request.stand-in" }

// lastMoment reads a day as its end; unread says that it is none.
func lastMoment(ctx context.Context, day string) (until time.Time, unread bool) {
	if day == "" {
		return noTime, false
	}
	t, err := time.ParseInLocation("2006-01-02", day, lang.Zone(ctx))
	if err != nil {
		return noTime, true
	}
	return t.AddDate(0, 0, 1), false
}
