package delivery

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// The verbs of todos that deliveries put on people. They lead to the delivery's page.
const (
	todoBring  = "bring"  // the provider: deliver it
	todoRework = "rework" // the provider: it came back
	todoAccept = "accept" // the customer: accept or return it
	todoSkip   = "skip"   // the customer: the provider asks to leave it out
	todoSettle = "settle" // both heads: it is contested
	todoAgree  = "agree"  // a customer's head: confirm an arrangement
)

// owe makes the todos of a delivery what its state puts on people.
func (s *Service) owe(ctx context.Context, tx *sqldb.Tx, d Delivery, since time.Time) error {
	if err := s.Todo.Fulfil(ctx, tx, subject(d.ID)); err != nil || !d.State.Open() {
		return err
	}
	put := func(h access.Holder, verb string, due time.Time, owedTo, unit int64) error {
		return s.Todo.Owe(ctx, tx, todo.Todo{Holder: h, For: owedTo, Unit: unit, Subject: subject(d.ID), Verb: verb, Title: d.Title, Ref: d.Ref(),
			Link: link(d.Number), Due: due, Since: since})
	}
	takers, err := s.receivers(ctx, tx, d)
	if err != nil {
		return err
	}
	first := int64(0)
	if len(takers) > 0 {
		first = takers[0]
	}
	bringer := access.Holder{Kind: "unit", ID: d.Provider, Role: "agent"}
	if d.Assignee != 0 {
		bringer = access.Person(d.Assignee)
	}
	switch d.State {
	case StateDue, StateReturned:
		verb := todoBring
		if d.State == StateReturned {
			verb = todoRework
		}
		if err := put(bringer, verb, d.Due, first, d.Customer); err != nil || !d.SkipAsked {
			return err
		}
		return s.putAll(takers, func(p int64) error { return put(access.Person(p), todoSkip, d.Due, d.Assignee, d.Provider) })
	case StateDelivered:
		return s.putAll(takers, func(p int64) error { return put(access.Person(p), todoAccept, d.AcceptBy, d.Assignee, d.Provider) })
	}
	for _, side := range [][2]int64{{d.Provider, d.Customer}, {d.Customer, d.Provider}} { // contested
		if err := put(access.Holder{Kind: "unit", ID: side[0], Role: "head"}, todoSettle, time.Time{}, first, side[1]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) putAll(people []int64, put func(int64) error) error {
	for _, p := range people {
		if err := put(p); err != nil {
			return err
		}
	}
	return nil
}

// acceptDays is after how many workdays what was delivered counts as accepted, where no arrangement says so.
const acceptDays = 5

// expire sets when the delivery counts as accepted by itself: some workdays of the customer after it was delivered.
func (s *Service) expire(ctx context.Context, rd sqldb.Reader, d *Delivery) error {
	d.AcceptBy = time.Time{}
	if d.State != StateDelivered {
		return nil
	}
	n := acceptDays
	if d.Standing != 0 {
		st, err := standingByID(ctx, rd, d.Standing)
		if err != nil {
			return err
		}
		n = st.AcceptDays
	}
	if n == 0 {
		return nil
	}
	table, err := s.Calendar.TableFor(ctx, d.Customer)
	if err != nil {
		return err
	}
	if d.AcceptBy, err = table.Due(d.DeliveredAt, calendar.Duration{Value: n, Unit: calendar.WorkdaysEOD}); err != nil {
		d.AcceptBy = d.DeliveredAt.AddDate(0, 0, n*7/5+1) // past the years that the calendar knows
	}
	return nil
}
