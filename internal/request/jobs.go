package request

import (
	"context"
	"fmt"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

const refreshJob = "request.refresh"

// refresh is the payload of refreshJob: open requests with ids after one are to be read off their clocks again.
type refresh struct {
	After int64 `json:"after"`
}

// A refresh takes few requests in one transaction and rests as long as that took, so that nobody waits for it; after a
// while it goes on in a job of its own, where a restart takes it up.
const (
	refreshChunk = 10
	refreshFor   = 30 * time.Second
)

func (s *Service) listen(bus *event.Bus, jobs *job.Queue) {
	event.Hear(bus, "request", s.breached)
	jobs.Every("request.accept", time.Minute, s.AcceptSilent)
	jobs.Every("request.end-stand-ins", time.Minute, s.EndStandIns)
	jobs.Every("request.forget-drafts", 24*time.Hour, s.ForgetDrafts)
	jobs.Every("request.forget-answers", 24*time.Hour, s.forgetAnswers)
	event.Hear(bus, "request", func(ctx context.Context, tx *sqldb.Tx, e clock.WasRecomputed) error {
		if e.Moved == 0 {
			return nil
		}
		return jobs.Enqueue(ctx, tx, refreshJob, refresh{}, job.Unique(fmt.Sprintf("%s:%s:%d", refreshJob, e.Code, e.Version)))
	})
	job.Handle(jobs, refreshJob, func(ctx context.Context, p refresh) error { return s.refresh(ctx, jobs, p) }, job.Concurrency(1))
}

// breached notes on the request, and on its edge's tallies, that a clock of the customer passed its due time.
func (s *Service) breached(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached) error {
	if e.Subject.Kind != Kind || e.Scope != clock.Customer {
		return nil
	}
	r, err := byID(ctx, tx, e.Subject.ID)
	if err != nil || r.Duplicate { // what is left out is late for nobody
		return err
	}
	if e.Kind == clock.NextResponse {
		return s.turnBreached(ctx, tx, e)
	}
	out := e.ByChange || r.Unconfirmed() // nobody's figures rest on what was not confirmed
	edge, changed, err := markBreached(ctx, tx, e, late(out))
	if err != nil {
		return err
	}
	if !changed {
		return s.lateAlready(ctx, tx, e)
	}
	if r, err = byID(ctx, tx, e.Subject.ID); err != nil {
		return err
	}
	if !out {
		was := r
		if was.CompletionIs = Pending; e.Kind == clock.FirstResponse {
			was.CompletionIs, was.ResponseIs = r.CompletionIs, Pending
		}
		if err := s.askCauses(ctx, tx, was, r); err != nil {
			return err
		}
	}
	if err := s.climb(ctx, tx, r, whole(e)); err != nil {
		return err
	}
	var d relation.Delta
	switch {
	case e.Kind == clock.FirstResponse && out:
		d.ResponseExcluded = 1
	case e.Kind == clock.FirstResponse:
		d.ResponseBreached = 1
	case out:
		d.Excluded = 1
	default:
		d.Breached = 1
	}
	return s.Relation.Tally(ctx, tx, edge, e.DueAt.In(s.Org.Company(ctx).Location()), d)
}

// turnBreached notes that a turn of the customer's words is late, and climbs the ladder for it.
func (s *Service) turnBreached(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached) error {
	if err := markTurn(ctx, tx, e); err != nil {
		return err
	}
	at := whole(e)
	var err error
	if at.turn, err = turnDue(ctx, tx, e.Subject.ID, e.DueAt); err != nil || at.turn == 0 {
		return err
	}
	r, err := byID(ctx, tx, e.Subject.ID)
	if err != nil || r.Imported {
		return err
	}
	if !e.ByChange {
		if err := s.askTurn(ctx, tx, r, Turn{N: at.turn, Is: Breached}); err != nil {
			return err
		}
	}
	return s.climb(ctx, tx, r, at)
}

// lateAlready climbs the ladder of a request that read late before its breach was announced: a verb came between its due time and
// the round of the clocks. What came in late with its history is told to nobody.
func (s *Service) lateAlready(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached) error {
	r, err := byID(ctx, tx, e.Subject.ID)
	if err != nil || r.Imported || e.Kind == clock.Completion && r.CompletionIs == Pending {
		return err
	}
	return s.climb(ctx, tx, r, whole(e))
}

// refresh reads open requests off their clocks again, in chunks, after a calendar has changed. It may run twice: a request
// that says what its clocks say is left alone.
func (s *Service) refresh(ctx context.Context, jobs *job.Queue, p refresh) error {
	for began := s.db.Now(); ; {
		var ids []int64
		at := time.Now()
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if ids, err = openAfter(ctx, tx, p.After, refreshChunk); err != nil || len(ids) == 0 {
				return err
			}
			for _, id := range ids {
				if err := s.refreshOne(ctx, tx, id); err != nil {
					return err
				}
			}
			if tx.Now.Sub(began) > refreshFor {
				return jobs.Enqueue(ctx, tx, refreshJob, refresh{After: ids[len(ids)-1]})
			}
			return nil
		})
		if err != nil || len(ids) == 0 || s.db.Now().Sub(began) > refreshFor {
			return err
		}
		p.After = ids[len(ids)-1]
		if err := job.Rest(ctx, time.Since(at)); err != nil {
			return err
		}
	}
}

// refreshOne reads a request off its clocks and writes what moved into its log.
func (s *Service) refreshOne(ctx context.Context, tx *sqldb.Tx, id ID) error {
	if err := tx.Lock(ctx, "request", id); err != nil {
		return err
	}
	was, err := byID(ctx, tx, id)
	if err != nil {
		return err
	}
	log, err := eventsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	r := was
	states, err := s.reclock(ctx, &r, log, tx.Now)
	if err != nil {
		return err
	}
	r.ResponseTook, r.CompletionTook = was.ResponseTook, was.CompletionTook
	if r == was {
		return nil
	}
	e, moved := dueMoved(was, r, states, tx.Now)
	if moved && len(log) < maxEvents {
		if err := r.happen(e); err != nil {
			return err
		}
		if err := insertEvents(ctx, tx, e); err != nil {
			return err
		}
		log = append(log, e)
	}
	if err := updateRequest(ctx, tx, r); err != nil {
		return err
	}
	if c, replies := lastTurn(states); replies && !c.Over() {
		if err := s.noteTurn(ctx, tx, r, turnOf(r, c)); err != nil {
			return err
		}
	}
	if err := s.owe(ctx, tx, was, r, log); err != nil {
		return err
	}
	if err := s.askCauses(ctx, tx, was, r); err != nil {
		return err
	}
	if err := s.tally(ctx, tx, was, r, Event{}); err != nil || !moved {
		return err
	}
	return s.events.Emit(ctx, tx, s.dueWasMoved(r, e))
}

// dueMoved is the event of a due time that another version of the calendar moved: the completion's, or else the first
// response's.
func dueMoved(was, r Request, states []clock.State, now time.Time) (Event, bool) {
	e := Event{Request: r.ID, N: was.Events + 1, At: now, Kind: VerbDue, Side: HouseSide, Unit: r.Unit, DueFrom: was.Due, DueTo: r.Due}
	kind := clock.Completion
	if was.Due.Equal(r.Due) {
		kind, e.DueFrom, e.DueTo, e.Why = clock.FirstResponse, was.ResponseDue, r.ResponseDue, clock.FirstResponse
	}
	if e.DueFrom.IsZero() || e.DueTo.IsZero() || e.DueFrom.Equal(e.DueTo) {
		return e, false
	}
	for _, c := range states {
		if c.Scope == clock.Customer && c.Kind == kind {
			e.Terms.Calendar, e.Terms.Version = c.Calendar, c.Version
		}
	}
	e.At = later(e.At, was.LastAt)
	return e, true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
