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

// recompute is the payload of recomputeJob.
type recompute struct {
	Calendar int64  `json:"calendar"`
	Code     string `json:"code"`
	Version  int    `json:"version"`
}

func (s *Service) work(bus *event.Bus, jobs *job.Queue) {
	jobs.Every("clock.breach", 20*time.Second, s.Breach)
	job.Handle(jobs, recomputeJob, s.recompute)
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
func (s *Service) recompute(ctx context.Context, p recompute) error {
	done := WasRecomputed{Calendar: p.Calendar, Code: p.Code, Version: p.Version}
	for _, source := range s.sources {
		for after, more := int64(0), true; more; {
			err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				ids, err := open(ctx, tx, source.Kind, p.Code, after, chunk)
				if err != nil || len(ids) == 0 {
					more = false
					return err
				}
				last := ids[len(ids)-1]
				rows, err := between(ctx, tx, source.Kind, after, last)
				if err != nil {
					return err
				}
				rows = slices.DeleteFunc(rows, func(r Row) bool { return !wanted(ids, r.Subject.ID) })
				fixed, err := s.again(ctx, tx, source, ids, rows)
				if err != nil {
					return err
				}
				tx.OnCommit(func() {
					after = last
					done.Clocks += fixed.Clocks
					done.Moved += fixed.Moved + fixed.Wrong
				})
				return nil
			})
			if err != nil {
				return fmt.Errorf("recompute clocks of %s: %w", p.Code, err)
			}
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return s.events.Emit(ctx, tx, done)
	})
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
