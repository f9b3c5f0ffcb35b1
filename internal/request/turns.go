package request

import (
	"context"
	"fmt"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/fold"
	"neike/internal/kit/sqldb"
)

// saveClocks writes the clocks of a request and, where there is one, its last turn: no verb changes an earlier one.
func (s *Service) saveClocks(ctx context.Context, tx *sqldb.Tx, r Request, states []clock.State) error {
	if err := s.Clock.Save(ctx, tx, clock.Subject{Kind: Kind, ID: r.ID}, states); err != nil {
		return err
	}
	if c, ok := lastTurn(states); ok {
		return s.noteTurn(ctx, tx, r, turnOf(r, c))
	}
	return nil
}

// noteTurn writes a turn, and asks for the cause when it is late.
func (s *Service) noteTurn(ctx context.Context, tx *sqldb.Tx, r Request, t Turn) error {
	if err := putTurn(ctx, tx, t); err != nil {
		return err
	}
	return s.askTurn(ctx, tx, r, t)
}

// saveTurns writes all turns that a log comes to: it is told after the fact, or they are repaired.
func (s *Service) saveTurns(ctx context.Context, tx *sqldb.Tx, r Request, log []Event) error {
	list, err := s.turnsOf(ctx, r, log, tx.Now)
	if err != nil {
		return err
	}
	for _, t := range list {
		if err := putTurn(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}

// turnsOf are the turns that a log comes to.
func (s *Service) turnsOf(ctx context.Context, r Request, log []Event, now time.Time) ([]Turn, error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	states, err := clock.Turns(book, marks(log), now)
	if err != nil {
		return nil, fmt.Errorf("replay turns of %s: %w", r.Ref(), err)
	}
	out := make([]Turn, len(states))
	for i, c := range states {
		out[i] = turnOf(r, c)
	}
	return out, nil
}

// turnFlaw compares the turns of a request with its log.
func (s *Service) turnFlaw(ctx context.Context, rd sqldb.Reader, r Request, rows []Turn) (Flaw, error) {
	log, err := eventsOf(ctx, rd, r.ID)
	if err != nil {
		return Flaw{}, err
	}
	list, err := s.turnsOf(ctx, r, log, rd.Instant())
	if err != nil {
		return Flaw{}, err
	}
	f := Flaw{id: r.ID, Number: r.Ref(), What: FlawField, Field: "reply_turn"}
	for i := range max(len(rows), len(list)) {
		var row, log Turn
		if i < len(rows) {
			row = rows[i]
		}
		if i < len(list) {
			log = list[i]
		}
		if !row.like(log) {
			f.Row, f.Log = row.words(), log.words()
			return f, nil
		}
	}
	return Flaw{}, nil
}

// words are a turn as doctor says it.
func (t Turn) words() string {
	return fmt.Sprintf("%d: %s, %s, %s %s", t.N, fold.Written(t.Began), fold.Written(t.Due), fold.Written(t.Ended), t.Is)
}

// repairTurns writes the turns of a request anew when they are not what its log comes to.
func (s *Service) repairTurns(ctx context.Context, tx *sqldb.Tx, r Request, log []Event) (changed bool, err error) {
	rows, err := turnsBetween(ctx, tx, r.ID, r.ID)
	if err != nil {
		return false, err
	}
	f, err := s.turnFlaw(ctx, tx, r, rows[r.ID])
	if err != nil || f.What == "" {
		return false, err
	}
	if err := dropTurns(ctx, tx, r.ID); err != nil {
		return false, err
	}
	return true, s.saveTurns(ctx, tx, r, log)
}
