package talk

import (
	"context"
	"time"

	"neike/internal/kit/file"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// orphanAge is how long an uploaded file waits to be attached.
const orphanAge = 24 * time.Hour

func (s *Service) schedule(jobs *job.Queue) {
	jobs.Every("talk.sweep-files", time.Hour, s.Sweep)
	jobs.Every("talk.sweep-contents", 24*time.Hour, s.SweepContents)
}

// Sweep removes the files that nobody attached within a day.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		var gone int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			gone, err = deleteOrphans(ctx, tx, tx.Now.Add(-orphanAge), 500)
			return err
		})
		if err != nil || gone == 0 {
			return err
		}
	}
}

// SweepContents removes the contents that no file has any more.
func (s *Service) SweepContents(ctx context.Context) error {
	_, _, err := file.Sweep(ctx, s.blobs, s.db.Now(), func(ctx context.Context, hashes []string) (used map[string]bool, err error) {
		err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			used, err = hashesInUse(ctx, rd, hashes)
			return err
		})
		return used, err
	})
	return err
}
