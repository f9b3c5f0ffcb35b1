package request

import (
	"context"
	"fmt"

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

func (s *Service) listen(bus *event.Bus, jobs *job.Queue) {
	event.Hear(bus, "request", s.breached)
	event.Hear(bus, "request", func(ctx context.Context, tx *sqldb.Tx, e clock.WasRecomputed) error {
		if e.Moved == 0 {
			return nil
		}
		return jobs.Enqueue(ctx, tx, refreshJob, refresh{}, job.Unique(fmt.Sprintf("%s:%s:%d", refreshJob, e.Code, e.Version)))
	})
	job.Handle(jobs, refreshJob, func(ctx context.Context, p refresh) error { return s.refresh(ctx, p.After) })
}

// breached notes on the request, and on its edge's tallies, that a clock of the customer passed its due time.
func (s *Service) breached(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached) error {
	if e.Subject.Kind != Kind || e.Scope != clock.Customer {
		return nil
	}
	edge, changed, err := markBreached(ctx, tx, e)
	if err != nil || !changed {
		return err
	}
	d := relation.Delta{Breached: 1}
	if e.Kind == clock.FirstResponse {
		d = relation.Delta{ResponseBreached: 1}
	}
	return s.Relation.Tally(ctx, tx, edge, e.DueAt.In(s.Org.Company(ctx).Location()), d)
}

// refresh reads open requests off their clocks again, in chunks, after a calendar has changed.
func (s *Service) refresh(ctx context.Context, after int64) error {
	for {
		var ids []int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if ids, err = openAfter(ctx, tx, after, 100); err != nil {
				return err
			}
			for _, id := range ids {
				if err := s.refreshOne(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
	}
}

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
	if _, err := s.reclock(ctx, &r, log, tx.Now); err != nil {
		return err
	}
	r.ResponseTook, r.CompletionTook = was.ResponseTook, was.CompletionTook
	if r == was {
		return nil
	}
	if err := updateRequest(ctx, tx, r); err != nil {
		return err
	}
	if err := s.owe(ctx, tx, was, r, log); err != nil {
		return err
	}
	return s.tally(ctx, tx, was, r, Event{})
}
