package clock

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// chunk is the most clocks or subjects in one transaction.
const chunk = 500

const recomputeJob = "clock.recompute"

// recompute is the payload of recomputeJob: where it is, and what it has done so far.
type recompute struct {
	Calendar int64  `json:"calendar"`
	Code     string `json:"code"`
	Version  int    `json:"version"`
	Source   int    `json:"source,omitempty"` // index of the source that it is at
	After    int64  `json:"after,omitempty"`  // subjects of it up to this one are done
	Clocks   int    `json:"clocks,omitempty"`
	Moved    int    `json:"moved,omitempty"`
}

// recomputeChunk is few subjects, and the job rests as long as a chunk took: nobody waits for it. After recomputeFor it
// goes on in a job of its own, where a restart takes it up.
const (
	recomputeChunk = 50
	recomputeFor   = 30 * time.Second
)

func (s *Service) work(bus *event.Bus, jobs *job.Queue) {
	jobs.Every("clock.breach", 20*time.Second, s.Breach)
	jobs.Every("clock.step", 20*time.Second, s.Steps)
	job.Handle(jobs, recomputeJob, func(ctx context.Context, p recompute) error { return s.recompute(ctx, jobs, p) }, job.Concurrency(1))
	event.Hear(bus, "clock", func(ctx context.Context, tx *sqldb.Tx, e calendar.WasPublished) error {
		p := recompute{Calendar: e.Calendar, Code: e.Code, Version: e.Version}
		return jobs.Enqueue(ctx, tx, recomputeJob, p, job.Unique(fmt.Sprintf("%s:%s:%d", recomputeJob, e.Code, e.Version)))
	})
}

// Breach announces every clock whose due time has passed since it last ran.
func (s *Service) Breach(ctx context.Context) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			breached, err := breach(ctx, tx, chunk)
			if err != nil {
				return err
			}
			n = len(breached)
			events := make([]event.Event, n)
			for i, e := range breached {
				events[i] = e
			}
			return s.events.Emit(ctx, tx, events...)
		})
		if err != nil {
			return fmt.Errorf("announce breaches: %w", err)
		}
		if n < chunk {
			return nil
		}
	}
}

// recompute lets the open clocks of a calendar follow its newest version, chunk by chunk. It may run twice.
func (s *Service) recompute(ctx context.Context, jobs *job.Queue, p recompute) error {
	for began := s.db.Now(); p.Source < len(s.sources); {
		at := time.Now()
		next := p
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if next, err = s.recomputeSome(ctx, tx, p); err != nil {
				return err
			}
			if next.Source < len(s.sources) && tx.Now.Sub(began) > recomputeFor {
				return jobs.Enqueue(ctx, tx, recomputeJob, next)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("recompute clocks of %s: %w", p.Code, err)
		}
		p = next
		if p.Source < len(s.sources) && s.db.Now().Sub(began) > recomputeFor {
			return nil
		}
		if err := job.Rest(ctx, time.Since(at)); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return s.events.Emit(ctx, tx, WasRecomputed{Calendar: p.Calendar, Code: p.Code, Version: p.Version, Clocks: p.Clocks, Moved: p.Moved})
	})
}

// recomputeSome does one chunk and says where the next one begins.
func (s *Service) recomputeSome(ctx context.Context, tx *sqldb.Tx, p recompute) (recompute, error) {
	source := s.sources[p.Source]
	ids, err := behind(ctx, tx, source.Kind, p.Code, p.Version, p.After, recomputeChunk)
	if err != nil {
		return p, err
	}
	if len(ids) == 0 {
		p.Source, p.After = p.Source+1, 0
		return p, nil
	}
	last := ids[len(ids)-1]
	rows, err := between(ctx, tx, source.Kind, p.After, last)
	if err != nil {
		return p, err
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return !wanted(ids, r.Subject.ID) })
	fixed, err := s.again(ctx, tx, source, ids, rows)
	p.After = last
	p.Clocks += fixed.Clocks
	p.Moved += fixed.Moved + fixed.Wrong
	return p, err
}

// again replays subjects and writes the rows that differ. rows are theirs, and others that may belong to nothing.
func (s *Service) again(ctx context.Context, tx *sqldb.Tx, source Source, ids []int64, rows []Row) (Report, error) {
	histories, err := source.Of(ctx, tx, ids)
	if err != nil {
		return Report{}, err
	}
	book, err := s.calendars.Book(ctx)
	if err != nil {
		return Report{}, err
	}
	report, args, orphans, err := compare(book, source.Kind, histories, rows, tx.Now)
	if err != nil {
		return report, err
	}
	for _, o := range orphans {
		if err := remove(ctx, tx, o); err != nil {
			return report, err
		}
	}
	return report, saveRows(ctx, tx, args)
}

// wanted says whether an id is among ids, which ascend.
func wanted(ids []int64, id int64) bool {
	_, found := slices.BinarySearch(ids, id)
	return found
}
