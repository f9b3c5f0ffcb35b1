package review

import (
	"context"
	"fmt"
	"slices"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
	"neike/internal/todo"
)

// The verbs of todos that cases put on people.
const (
	todoJudge  = "review"
	todoDecide = "review-decide"
)

// follow draws what was accepted, and drops what was reopened. A batch seen again changes nothing: the instant of the
// acceptance is the cycle, and a request has one case for each.
func (s *Service) follow(ctx context.Context, records []event.Record) error {
	var list []request.WasAccepted
	var accepted []bool
	var ids []int64
	for _, r := range records {
		e, err := event.Decode[request.WasAccepted](r) // they all begin with About
		if err != nil {
			return err
		}
		if e.Imported || e.Duplicate { // of a duplicate the result is the other one's
			continue
		}
		list, accepted, ids = append(list, e), append(accepted, r.Kind != request.WasReopened{}.EventKind()), append(ids, e.Request)
	}
	var parties map[int64]request.Party
	plans := map[int64]bool{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		for _, e := range list {
			if _, known := plans[e.Service]; known {
				continue
			}
			p, err := planNow(ctx, rd, e.Service)
			if err != nil {
				return err
			}
			plans[e.Service] = p.Revision > 0
		}
		parties, err = s.Request.Parties(ctx, rd, ids)
		return err
	})
	if err != nil {
		return fmt.Errorf("read what was accepted: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for i, e := range list {
			party, there := parties[e.Request]
			if !plans[e.Service] || !there {
				continue
			}
			var err error
			if accepted[i] {
				err = s.draw(ctx, tx, e.About, party)
			} else {
				err = s.drop(ctx, tx, e.About)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// draw notes one acceptance, and whether it is judged.
func (s *Service) draw(ctx context.Context, tx *sqldb.Tx, a request.About, p request.Party) error {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	sv, ok := snap.ByID(a.Service)
	if !ok || sv.Support() || p.Confidential {
		return nil
	}
	plan, err := planAt(ctx, tx, a.Service, a.At)
	if err != nil || !plan.Active {
		return err
	}
	c := Case{ID: tx.NewID(), Request: a.Request, Number: a.Number, Service: a.Service, Edge: a.Edge, Provider: a.Provider, Customer: a.Customer,
		Revision: plan.Revision, State: Passed, First: plan.First, Server: a.Assignee, AcceptedAt: a.At, Month: monthOf(a.At, s.Org.Company(ctx).Location())}
	drawn, twice := plan.Draws(a.Number)
	if drawn {
		if c.State, err = s.room(ctx, tx, plan, c.Month); err != nil {
			return err
		}
	}
	if c.State == Open {
		c.Twice, c.DrawnAt = twice, tx.Now
		if err := s.seatFirst(ctx, tx, &c, p); err != nil {
			return err
		}
	}
	fresh, err := insertCase(ctx, tx, c)
	if err != nil || !fresh || c.State != Open {
		return err
	}
	judges, err := s.owe(ctx, tx, c, nil)
	if err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, WasDrawn{about(c), judges})
}

// room says whether the month takes one more case.
func (s *Service) room(ctx context.Context, tx *sqldb.Tx, p Plan, month int) (State, error) {
	if p.Most == 0 {
		return Open, nil
	}
	n, err := drawnIn(ctx, tx, p.Service, month)
	if n >= p.Most {
		return Over, err
	}
	return Open, err
}

// seatFirst sets who judges first, and until when: whoever the request was for, or the quality office where that person is
// not there any more.
func (s *Service) seatFirst(ctx context.Context, tx *sqldb.Tx, c *Case, p request.Party) error {
	if c.First == ByCustomer && len(p.Customers) > 0 {
		who, err := s.Org.PersonIn(ctx, tx, p.Customers[len(p.Customers)-1])
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err == nil && who.Active && !who.OnLeave {
			c.Asker = who.ID
		}
	}
	if c.Asker == 0 {
		c.First = ByQuality
	}
	table, err := s.Calendar.TableFor(ctx, c.Customer)
	if err != nil {
		return err
	}
	if c.LapseAt, err = table.Due(tx.Now, calendar.Duration{Value: lapseDays, Unit: calendar.WorkdaysEOD}); err != nil {
		c.LapseAt = tx.Now.AddDate(0, 0, 2*lapseDays) // past the years that the calendar knows
	}
	return nil
}

// drop ends the case of a request that goes on.
func (s *Service) drop(ctx context.Context, tx *sqldb.Tx, a request.About) error {
	list, err := openOf(ctx, tx, a.Request, a.At)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := s.end(ctx, tx, c, Dropped, WasDropped{about(c)}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) end(ctx context.Context, tx *sqldb.Tx, c Case, state State, said event.Event) error {
	c.State, c.ClosedAt = state, tx.Now
	if err := updateCase(ctx, tx, c); err != nil {
		return err
	}
	if err := s.Todo.Fulfil(ctx, tx, subject(c.ID)); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, said)
}

// owe makes the todos of a case what its state puts on people, and names them. A deciding judgement does not lapse.
func (s *Service) owe(ctx context.Context, tx *sqldb.Tx, c Case, given []Judgement) ([]int64, error) {
	if err := s.Todo.Fulfil(ctx, tx, subject(c.ID)); err != nil || c.State != Open && c.State != Split {
		return nil, err
	}
	quality, err := s.Org.Holders(ctx, tx, "quality")
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	t := todo.Todo{Subject: subject(c.ID), Verb: todoJudge, Ref: c.Ref(), Unit: c.Provider, Link: link(c.ID), Until: c.LapseAt, Since: c.DrawnAt}
	if sv, ok := snap.ByID(c.Service); ok {
		t.Title = sv.Name.In(ctx)
	}
	if c.State == Split {
		t.Verb, t.Until, t.Since = todoDecide, noTime, tx.Now
	}
	var judges []int64
	for _, people := range seats(c, given, quality) {
		judges = append(judges, people...)
	}
	slices.Sort(judges)
	judges = slices.Compact(judges)
	for _, p := range judges {
		t.Holder = access.Person(p)
		if err := s.Todo.Owe(ctx, tx, t); err != nil {
			return nil, err
		}
	}
	return judges, nil
}
