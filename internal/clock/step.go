package clock

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// steps are the shares of its time, in per cent, at which a clock of the customer announces that they are used.
// All of it, 100, is WasBreached.
var steps = []int{50, 75, 150}

// step says which share a clock of the customer has used last, in per cent, and when it uses the next one if nothing happens. The
// moments lie in the clock's own calendar: while it does not count, none comes.
func (c *counter) step(s *State) {
	if c.scope != Customer || s.Budget <= 0 {
		return
	}
	next := 0
	for _, p := range steps {
		if s.Elapsed*100 < s.Budget*time.Duration(p) {
			next = p
			break
		}
		s.Step = p
	}
	if next == 0 || s.Over() || !s.PausedAt.IsZero() {
		return
	}
	left := (s.Budget*time.Duration(next) + 99) / 100
	if at, err := c.legs[len(c.legs)-1].table.Add(c.until, left-s.Elapsed); err == nil {
		s.StepAt = at
	}
}

// WasUsed says that a share of a clock's time is used. It is announced once per clock, turn and share, the highest that
// is reached, within half a minute; a due time that moves away and comes near again is not told twice.
type WasUsed struct {
	Subject Subject   `json:"subject"`
	Kind    string    `json:"kind,omitempty"` // "": completion
	Turn    int       `json:"turn,omitempty"` // of next_response
	Unit    int64     `json:"unit"`
	Percent int       `json:"percent"`
	DueAt   time.Time `json:"due_at"`
	// Calendar that the clock counts in.
	Calendar string `json:"calendar,omitempty"`
}

// EventKind of WasUsed.
func (WasUsed) EventKind() string { return "clock.was-used" }

// EventSubject of WasUsed is the subject of the clock.
func (e WasUsed) EventSubject() (string, int64) { return e.Subject.Kind, e.Subject.ID }

// Steps announces the shares that were reached since it last ran.
func (s *Service) Steps(ctx context.Context) error {
	for _, source := range s.sources {
		for {
			n := 0
			err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = s.stepSome(ctx, tx, source)
				return err
			})
			if err != nil {
				return fmt.Errorf("announce what is used: %w", err)
			}
			if n < stepChunk {
				break
			}
		}
	}
	return nil
}

// stepChunk is few clocks: each is replayed under its subject's lock.
const stepChunk = 50

// stepSome looks at some clocks whose moment has come, replays them, announces what is new, and notes the next moment.
func (s *Service) stepSome(ctx context.Context, tx *sqldb.Tx, source Source) (int, error) {
	due, err := stepping(ctx, tx, source.Kind, stepChunk)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	ids := make([]int64, 0, len(due))
	for _, d := range due {
		ids = append(ids, d.subject)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	histories, err := source.Of(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	told, err := stepsOf(ctx, tx, source.Kind, ids) // under the lock: another turn may have begun
	if err != nil {
		return 0, err
	}
	book, err := s.calendars.Book(ctx)
	if err != nil {
		return 0, err
	}
	states := map[stepped]State{}
	for _, h := range histories {
		list, err := Replay(book, h.Marks, tx.Now)
		if err != nil {
			return 0, fmt.Errorf("%s %d: %w", source.Kind, h.Subject, err)
		}
		for _, st := range list {
			if st.Scope == Customer {
				states[stepped{h.Subject, st.Kind}] = st
			}
		}
	}
	var events []event.Event
	for _, d := range due {
		st, was := states[d], told[d] // of a subject that is gone: the zero state, which is not looked at again
		if was >= 0 && st.Step > was && !st.Over() {
			events = append(events, WasUsed{Subject: Subject{source.Kind, d.subject}, Kind: st.Kind, Turn: st.Turn, Unit: st.Unit, Percent: st.Step, DueAt: st.DueAt, Calendar: st.Calendar})
		}
		if err := setStep(ctx, tx, source.Kind, d, max(was, st.Step), st.StepAt); err != nil {
			return 0, err
		}
	}
	return len(due), s.events.Emit(ctx, tx, events...)
}

// stepped is a clock of a customer.
type stepped struct {
	subject int64
	kind    string
}
