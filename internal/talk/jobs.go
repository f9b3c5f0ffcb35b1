package talk

import (
	"context"
	"time"

	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// orphanAge is how long an uploaded file waits to be attached.
const orphanAge = 24 * time.Hour

func (s *Service) schedule(jobs *job.Queue) {
	jobs.Every("talk.sweep-files", time.Hour, s.Sweep)
}

// Sweep removes the files that nobody attached within a day, and contents that no file has any more.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		var old []File
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			old, err = orphans(ctx, rd, s.db.Now().Add(-orphanAge), 100)
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		for _, f := range old {
			if err := s.sweep(ctx, f); err != nil {
				return err
			}
		}
	}
}

// sweep removes one file. An upload of the same contents at this very moment has its row in before or after: before,
// the contents stay; after, they were stored again by Put, so they are removed only while no row names them.
func (s *Service) sweep(ctx context.Context, f File) error {
	gone, used := false, true
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if gone, err = deleteOrphan(ctx, tx, f.ID); err != nil || !gone {
			return err
		}
		used, err = hashInUse(ctx, tx, f.Hash)
		return err
	})
	if err != nil || !gone || used {
		return err
	}
	return s.blobs.Delete(ctx, f.Hash)
}
