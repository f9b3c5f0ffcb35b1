package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Publish makes the next version of a calendar, or the first; calendars that stand on it get a version that follows, in
// the same transaction. All that is wrong with the input comes at once. Who may publish is the gate's matter
// (calendar.change).
func (s *Service) Publish(ctx context.Context, in Input) (Version, error) {
	s.complete(ctx, &in)
	b, err := s.Book(ctx)
	if err != nil {
		return Version{}, err
	}
	if _, _, err := b.draft(in, s.db.Now()); err != nil {
		return Version{}, err
	}
	var out Version
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		b, err := s.bookToChange(ctx, tx, in.Code == Default)
		if err != nil {
			return err
		}
		_, added, err := b.draft(in, tx.Now)
		if err != nil {
			return err
		}
		out = added[0].Version
		return s.put(ctx, tx, added)
	})
	if sqldb.IsUnique(err) {
		return out, fault.New(fault.Conflict, "calendar.published-meanwhile", "code", in.Code)
	}
	return out, err
}

// bookToChange reads the book in a transaction that is going to add to it. Two that add at once are told apart by the
// number of the version, which is unique. With keep the built-in calendar of the company, which clocks may have counted
// with, is stored first.
func (s *Service) bookToChange(ctx context.Context, tx *sqldb.Tx, keep bool) (*Book, error) {
	b, err := readBook(ctx, tx)
	if err != nil || !keep || b.newest(Default).ID != 0 {
		return b, err
	}
	if _, err := s.keepBuiltIn(ctx, tx); err != nil {
		return nil, err
	}
	return readBook(ctx, tx)
}

// put stores editions in order and announces them.
func (s *Service) put(ctx context.Context, tx *sqldb.Tx, added []*edition) error {
	for _, e := range added {
		e.ID, e.By = tx.NewID(), actor.From(ctx).Person
		if err := insert(ctx, tx, e.stored); err != nil {
			return err
		}
		err := s.events.Emit(ctx, tx, WasPublished{Calendar: e.ID, Code: e.Code, Version: e.Number, ValidFrom: e.input.ValidFrom, Cause: e.Cause})
		if err != nil {
			return err
		}
	}
	return nil
}

// keepBuiltIn stores the built-in calendar of the company as version 1.
func (s *Service) keepBuiltIn(ctx context.Context, tx *sqldb.Tx) (stored, error) {
	v, err := builtInDefault()
	if err != nil {
		return v, err
	}
	v.ID, v.At = tx.NewID(), tx.Now
	return v, insert(ctx, tx, v)
}

// Prepare stores the company's calendar on a new database, and lets every calendar follow whose statutory days the
// product has learnt more of since (the notice for the next year came with a new release). It is called when the house
// opens.
func (s *Service) Prepare(ctx context.Context) error {
	ctx = actor.System(ctx)
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		b, err := readBook(ctx, tx)
		if err != nil || b.newest(Default).ID != 0 {
			return err
		}
		tx.OnCommit(s.forget)
		_, err = s.keepBuiltIn(ctx, tx)
		return err
	})
	if err != nil && !sqldb.IsUnique(err) {
		return fmt.Errorf("prepare calendars: %w", err)
	}
	b, err := s.Book(ctx)
	if err != nil {
		return fmt.Errorf("prepare calendars: %w", err)
	}
	if _, added, err := b.learn(b.countries, b.latest(), s.db.Now()); err != nil || len(added) == 0 {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		b, err := readBook(ctx, tx)
		if err != nil {
			return err
		}
		_, added, err := b.learn(b.countries, b.latest(), tx.Now)
		if err != nil {
			return err
		}
		return s.put(ctx, tx, added)
	})
	if err != nil && !sqldb.IsUnique(err) {
		return fmt.Errorf("publish calendars with newer statutory days: %w", err)
	}
	return nil
}

// latest is the last year that any country's days are known of.
func (b *Book) latest() int {
	last := 0
	for _, s := range b.countries {
		for y := range s.Years {
			last = max(last, y)
		}
	}
	return last
}

// outdated says whether more is known of the country's days than the version knew.
func (s *stored) outdated(known func(string) (*Statutory, bool)) bool {
	if s.statutory == nil {
		return false
	}
	now, ok := known(s.statutory.Code)
	if !ok {
		return false
	}
	then := *s.statutory
	then.Makeup = now.Makeup
	return !then.same(now)
}

// same says whether two lists say the same of every day.
func (s *Statutory) same(other *Statutory) bool {
	a, err1 := json.Marshal(s)
	b, err2 := json.Marshal(other)
	return err1 == nil && err2 == nil && string(a) == string(b) || reflect.DeepEqual(s, other)
}
