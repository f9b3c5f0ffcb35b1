package request

import (
	"context"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// contestDays is how long after a pause its customer may contest it, in working days of the customer.
var contestDays = calendar.Duration{Value: 5, Unit: calendar.WorkdaysEOD}

// Contest says that a question was not needed: its pause should not have stopped the clock. n is the number of the
// question in the log; 0: the last one.
func (s *Service) Contest(ctx context.Context, number int64, n int, reason string, when When) (Request, error) {
	return s.turn(ctx, number, VerbContest, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		t.event.Why = need(&f, "reason", reason)
		if err := f.Err(); err != nil {
			return err
		}
		p, err := contestable(t.log, t.r.Contest, n)
		if err != nil {
			return err
		}
		table, err := s.Calendar.TableFor(ctx, t.r.Customer)
		if err != nil {
			return err
		}
		if until, err := table.Due(p.to, contestDays); err == nil && t.at.After(until) {
			return fault.New(fault.Conflict, "request.contest-late", "until", until)
		}
		t.event.Other = int64(p.n)
		return s.moveContest(ctx, tx, t)
	})
}

// Appeal turns to the quality office after the head found that the question was needed.
func (s *Service) Appeal(ctx context.Context, number int64, reason string, when When) (Request, error) {
	return s.settlePause(ctx, number, VerbAppeal, reason, when)
}

// VoidPause accepts that the question was not needed: the time of its pause counts, also after the fact.
func (s *Service) VoidPause(ctx context.Context, number int64, reason string, when When) (Request, error) {
	return s.settlePause(ctx, number, VerbVoid, reason, when)
}

// KeepPause finds that the question was needed, with the reason.
func (s *Service) KeepPause(ctx context.Context, number int64, reason string, when When) (Request, error) {
	return s.settlePause(ctx, number, VerbKeep, reason, when)
}

func (s *Service) settlePause(ctx context.Context, number int64, verb Verb, reason string, when When) (Request, error) {
	return s.turn(ctx, number, verb, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := mayContest(verb, t.r.Contest, t.set); err != nil {
			return err
		}
		if err := mayJudge(t.r, t.set, t.who.Person); verb != VerbAppeal && err != nil {
			return err
		}
		var f fault.Fields
		t.event.Why = need(&f, "reason", reason)
		if err := f.Err(); err != nil {
			return err
		}
		t.event.Other = lastContest(t.log)
		return s.moveContest(ctx, tx, t)
	})
}

// mayContest decides whether a verb on a contest fits where it stands, and who does it: the head first, then the quality
// office.
func mayContest(v Verb, stage string, set access.Set) error {
	switch {
	case v == VerbAppeal && stage != ContestKept, v != VerbAppeal && stage != ContestHead && stage != ContestQuality:
		return fault.New(fault.Conflict, "request.not-contested")
	case v == VerbAppeal:
		return nil
	case set.Has(access.Glass): // a confidential one: neither the head nor the quality office may read it
		return nil
	case stage == ContestHead && !set.Has(access.HeadServes):
		return fault.New(fault.Conflict, "request.contest-with-head")
	case stage == ContestQuality && !set.Has(access.Quality):
		return fault.New(fault.Conflict, "request.contest-with-quality")
	}
	return nil
}

// moveContest announces where the contest stands after the verb, and asks who is to decide.
func (s *Service) moveContest(ctx context.Context, tx *sqldb.Tx, t *turn) error {
	stage := contested(t.r.Contest, t.event.Kind)
	t.said = func(a About) event.Event {
		return PauseContested{About: a, Stage: stage, Void: t.event.Kind == VerbVoid}
	}
	if err := s.Todo.Fulfil(ctx, tx, subject(t.r.ID), "pause-decide"); err != nil {
		return err
	}
	var people []int64
	var err error
	switch {
	case t.r.Confidential && (stage == ContestHead || stage == ContestQuality), stage == ContestQuality:
		people, err = s.judges(ctx, tx, t.r)
	case stage == ContestHead:
		people, _, err = s.Org.HeadsFrom(ctx, tx, t.r.Unit)
	}
	if err != nil {
		return err
	}
	for _, p := range people {
		if t.r.isCustomer(p) {
			continue
		}
		err := s.Todo.Owe(ctx, tx, asJudge(t.r, todo.Todo{Holder: access.Person(p), For: t.r.AskedBy, Unit: t.r.Customer, Subject: subject(t.r.ID), Verb: "pause-decide",
			Title: t.r.Title, Ref: t.r.Ref(), Link: link(t.r.Number)}))
		if err != nil {
			return err
		}
	}
	return nil
}
