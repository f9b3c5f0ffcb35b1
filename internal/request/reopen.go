package request

import (
	"context"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Reopen takes up a request that was accepted and turned out not to be right. By the rule of its service the same request
// goes on, with whoever had it, or another one is opened that repeats it; the one that is worked on comes back.
func (s *Service) Reopen(ctx context.Context, number int64, reason string, when When) (Request, error) {
	var again Request
	r, err := s.turn(ctx, number, VerbReopen, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		again = Request{}
		var f fault.Fields
		t.event.Why = need(&f, "reason", reason)
		if err := f.Err(); err != nil {
			return err
		}
		how, err := s.howReopened(ctx, t.r, t)
		if err != nil {
			return err
		}
		if how == catalog.ReopenNew {
			again, err = s.askAgain(ctx, tx, t)
			return err
		}
		if t.event.Person, err = s.keeper(ctx, tx, t); err != nil {
			return err
		}
		t.apart()
		t.said = func(a About) event.Event { return WasReopened{a} }
		return nil
	})
	if err == nil && again.ID != 0 {
		return again, nil
	}
	return r, err
}

// howReopened is whether the same request goes on or another one is opened; t is nil when it is only asked.
func (s *Service) howReopened(ctx context.Context, r Request, t *turn) (catalog.Reopening, error) {
	policy, err := s.Catalog.PolicyOf(ctx, r.Service)
	if err != nil {
		return "", err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	at := s.db.Now()
	if t != nil {
		at = t.at
	}
	if u, known := tree.ByID(r.Unit); !known || !u.Valid(at) {
		return catalog.ReopenNew, nil // the unit that had it is no more
	}
	table, err := s.Calendar.TableFor(ctx, r.Provider)
	if err != nil {
		return "", err
	}
	until, err := table.Due(r.DoneAt, calendar.Duration{Value: policy.ReopenDays, Unit: calendar.WorkdaysEOD})
	if err != nil { // past the years that the calendar knows
		until = r.DoneAt.AddDate(0, 0, policy.ReopenDays)
	}
	return reopening(policy.Reopen, until, at), nil
}

// keeper is who goes on with a reopened request: whoever had it, when they are still there; otherwise nobody, and their
// grant ends.
func (s *Service) keeper(ctx context.Context, tx *sqldb.Tx, t *turn) (int64, error) {
	if t.r.Assignee == 0 {
		return 0, nil
	}
	p, err := s.Org.PersonIn(ctx, tx, t.r.Assignee)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return 0, err
	}
	serves := false
	if err == nil && p.Active && !p.OnLeave {
		if serves, err = s.mayServe(ctx, tx, p.ID, t.r.Unit); err != nil {
			return 0, err
		}
	}
	if serves {
		return p.ID, nil
	}
	if err := s.Talk.Unwatch(ctx, tx, subject(t.r.ID), t.r.Assignee); err != nil {
		return 0, err
	}
	return 0, s.Access.RevokeAll(ctx, tx, subject(t.r.ID), access.WhyAssigned)
}

// askAgain opens a request that repeats the one of the turn: the same service, words and people, with clocks of its own.
func (s *Service) askAgain(ctx context.Context, tx *sqldb.Tx, t *turn) (Request, error) {
	if open, err := openAgain(ctx, tx, t.r.ID); err != nil || open != 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "request.asked-again-already", "number", Ref(open))
		}
		return Request{}, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return Request{}, err
	}
	service, ok := snap.ByID(t.r.Service)
	if !ok || !service.Askable() {
		return Request{}, fault.New(fault.Conflict, "request.asked-again-retired")
	}
	version, ok := service.Numbered(t.r.ServiceVersion)
	if !ok {
		version = service.At(t.at)
	}
	o := order{service: service, version: version, named: namedIn(t.log), asker: t.who, why: t.event.Why}
	o.request = Request{Service: t.r.Service, ServiceVersion: version.N, Provider: service.Unit, Unit: service.Unit, Customer: t.r.Customer,
		AskedBy: t.r.AskedBy, For: t.r.For, Title: t.r.Title, Fields: t.r.Fields, Confidential: t.r.Confidential, State: StateNew,
		OpenedAt: t.at, Imported: t.who.Import, AgainOf: t.r.ID, Place: t.r.Place}
	if err := s.file(ctx, tx, &o); err != nil {
		return Request{}, err
	}
	t.event.Kind, t.event.Other = VerbRecur, o.request.Number
	t.said = func(a About) event.Event { return WasAskedAgain{a, o.request.Number} }
	return o.request, nil
}
