package org

import (
	"context"
	"errors"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Acting is a time in which somebody acts as head of a unit.
type Acting struct {
	ID       ID
	Unit     ID
	Person   ID
	From     time.Time
	Until    time.Time // first moment it no longer counts; zero: open
	Why      string
	By       ID
	At       time.Time
	Revision int64
	stage    int
}

// Valid says whether it holds at a moment.
func (a Acting) Valid(at time.Time) bool {
	return !at.Before(a.From) && (a.Until.IsZero() || at.Before(a.Until))
}

// Over says whether it has passed, or was taken back before it began.
func (a Acting) Over(at time.Time) bool {
	return !a.Until.IsZero() && (!at.Before(a.Until) || !a.Until.After(a.From))
}

// ActingInput is an acting head as a form or the API gives it. Days are those of the unit's place.
type ActingInput struct {
	Person string `json:"person" form:"person" doc:"employee_no" example:"00123"`
	From   string `json:"from,omitempty" form:"from" doc:"First day, or a moment; default now" example:"2026-11-23"`
	Until  string `json:"until,omitempty" form:"until" doc:"Last day; may be left out" example:"2027-03-31"`
	Why    string `json:"why,omitempty" form:"why"`
}

// SetActing makes somebody acting head of a unit for a time. Several may act at once; nobody twice at the same time.
func (s *Service) SetActing(ctx context.Context, unit string, in ActingInput) (Acting, error) {
	var a Acting
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		u, err := s.unitToHead(ctx, tx, unit)
		if err != nil {
			return err
		}
		tree, err := TreeIn(ctx, tx)
		if err != nil {
			return err
		}
		a = Acting{ID: tx.NewID(), Unit: u.ID, By: actor.From(ctx).Person, At: tx.Now, Revision: 1}
		f := all(readActing(&a, in, tree.Zone(u.ID, s.Company(ctx)), tx.Now))
		if err := s.checkActing(ctx, tx, u, &a, in, f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := insertActing(ctx, tx, a); err != nil {
			return err
		}
		if err := s.events.Emit(ctx, tx, ActingWasSet{a.Unit, a.Person, a.From, a.Until, "created"}); err != nil {
			return err
		}
		return s.stageActing(ctx, tx, a)
	})
	return a, err
}

// personHere finds somebody who works here by what the field person says; the zero Person, and a reason in f, when the
// field is empty or names nobody such.
func (s *Service) personHere(ctx context.Context, tx *sqldb.Tx, text string, f *fault.Fields) (Person, error) {
	ref := clean(text)
	if ref == "" {
		f.Add("person", "org.required")
		return Person{}, nil
	}
	p, err := s.byRefIn(ctx, tx, ref)
	if errors.Is(err, fault.ErrNotFound) || err == nil && !p.Active {
		f.Add("person", "org.person-unknown", "value", ref)
		return Person{}, nil
	}
	return p, err
}

// checkActing finds the person: somebody who works here, is not the head already and does not act already.
func (s *Service) checkActing(ctx context.Context, tx *sqldb.Tx, u Unit, a *Acting, in ActingInput, f *fault.Fields) error {
	p, err := s.personHere(ctx, tx, in.Person, f)
	switch {
	case err != nil || p.ID == 0:
		return err
	case p.ID == u.Head:
		f.Add("person", "org.acting-is-head", "name", NameOf(ctx, p))
		return nil
	}
	a.Person = p.ID
	others, err := actingOf(ctx, tx, u.ID, a.From, 50)
	for _, b := range others {
		if b.Person == p.ID && (a.Until.IsZero() || b.From.Before(a.Until)) {
			f.Add("person", "org.acting-twice", "name", NameOf(ctx, p))
			break
		}
	}
	return err
}

// EndActing ends it from now on.
func (s *Service) EndActing(ctx context.Context, unit string, id ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		u, err := s.unitToHead(ctx, tx, unit)
		if err != nil {
			return err
		}
		a, err := actingByID(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case a.Unit != u.ID:
			return fault.ErrNotFound
		case a.Over(tx.Now):
			return fault.New(fault.Conflict, "org.acting-over")
		}
		a.Until = tx.Now
		if a.Until.Before(a.From) {
			a.Until = a.From
		}
		if err := endActing(ctx, tx, id, a.Until); err != nil {
			return err
		}
		return s.stageActing(ctx, tx, a)
	})
}

// unitToHead takes the unit for whoever may say who heads it: administration, and who heads a unit above it.
func (s *Service) unitToHead(ctx context.Context, tx *sqldb.Tx, code string) (Unit, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return Unit{}, err
	}
	u, ok := tree.ByCode(code)
	if !ok || !s.mayNameHead(ctx, tree, u) {
		return Unit{}, fault.ErrNotFound
	}
	if !u.Valid(tx.Now) {
		return Unit{}, fault.New(fault.Conflict, "org.unit-ended-already")
	}
	return u, tx.Lock(ctx, "org_unit", u.ID)
}

// mayNameHead: an acting head is not named by who heads the unit itself, but from above.
func (s *Service) mayNameHead(ctx context.Context, tree *Tree, u Unit) bool {
	a := actor.From(ctx)
	return a.System || a.Has("admin") || u.Parent != 0 && over(a, u.Parent, tree, "head")
}

// stageActing announces that it has begun or is over, once each.
func (s *Service) stageActing(ctx context.Context, tx *sqldb.Tx, a Acting) error {
	stage := stageOf(a.Valid(tx.Now), a.Over(tx.Now))
	if stage <= a.stage {
		return nil
	}
	if err := setActingStage(ctx, tx, a.ID, stage); err != nil {
		return err
	}
	what := "began"
	if stage == 2 {
		what = "ended"
	}
	return s.events.Emit(ctx, tx, ActingWasSet{a.Unit, a.Person, a.From, a.Until, what})
}

// Acting lists who acts, or will act, as head of a unit, the next first.
func (s *Service) Acting(ctx context.Context, rd sqldb.Reader, unit ID) ([]Acting, error) {
	return actingOf(ctx, rd, unit, rd.Instant(), 50)
}
