package directory

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// work registers what the room does by itself.
func (s *Service) work() {
	job.Handle(s.jobs, "directory.run", func(ctx context.Context, p runJob) error {
		_, err := s.Work(ctx, p.Run)
		if fault.KindOf(err) == fault.NotFound {
			return job.Permanent(err)
		}
		return err
	}, job.Timeout(time.Hour), job.Concurrency(2))
	s.jobs.Every("directory.schedule", 5*time.Minute, s.schedule)
	s.jobs.Every("directory.tidy", 24*time.Hour, s.tidy)
}

// schedule begins the syncs that are due. One that is under way is left alone; its connection's turn comes again.
func (s *Service) schedule(ctx context.Context) error {
	var due []Connection
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := s.Connections(ctx, rd)
		for _, c := range all {
			if c.Sync && !c.Next.IsZero() && !c.Next.After(rd.Instant()) {
				due = append(due, c)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range due {
		cause := "schedule"
		if !c.Due.IsZero() {
			cause = "callback"
		}
		_, err := s.Begin(ctx, c.ID, cause)
		if refusedBy(err) {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
