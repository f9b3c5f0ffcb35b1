package talk

import (
	"context"
	"maps"
	"slices"
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

// KeepFiles lets a room hold files that are not attached yet, as those of a draft: kept names them among some ids. Call
// it while wiring.
func (s *Service) KeepFiles(kept func(ctx context.Context, rd sqldb.Reader) (map[ID]bool, error)) {
	s.kept = append(s.kept, kept)
}

// Sweep removes the files that nobody attached within a day and that no room holds.
func (s *Service) Sweep(ctx context.Context) error {
	var after ID
	for {
		var found []ID
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if found, err = orphans(ctx, tx, tx.Now.Add(-orphanAge), after, 500); err != nil || len(found) == 0 {
				return err
			}
			held := map[ID]bool{}
			for _, kept := range s.kept {
				more, err := kept(ctx, tx)
				if err != nil {
					return err
				}
				maps.Copy(held, more)
			}
			return deleteFiles(ctx, tx, slices.DeleteFunc(slices.Clone(found), func(id ID) bool { return held[id] }))
		})
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1]
	}
}

// untilNone repeats a write until it finds nothing more to do.
func (s *Service) untilNone(ctx context.Context, write func(ctx context.Context, tx *sqldb.Tx) (int64, error)) error {
	for {
		var gone int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			gone, err = write(ctx, tx)
			return err
		})
		if err != nil || gone == 0 {
			return err
		}
	}
}

// SweepContents removes the contents that no file has any more.
func (s *Service) SweepContents(ctx context.Context) error {
	if err := s.untilNone(ctx, func(ctx context.Context, tx *sqldb.Tx) (int64, error) { return deleteThumbs(ctx, tx, 500) }); err != nil {
		return err
	}
	_, _, err := file.Sweep(ctx, s.blobs, s.db.Now(), func(ctx context.Context, hashes []string) (used map[string]bool, err error) {
		err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			used, err = hashesInUse(ctx, rd, hashes)
			return err
		})
		return used, err
	})
	return err
}
