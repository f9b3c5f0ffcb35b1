package directory

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// ItemFilter says which items of a run are wanted.
type ItemFilter struct {
	Sort   string // unit, person, stop, close; "" all
	Plan   string // create, update, link, stop, close, ask, waits, conflict, kept; "" all
	State  string // failed, skipped, …; "" all
	Cursor int    // n of the last one seen, plus one
	Limit  int    // 0: all
}

// Items lists items of a run in the order in which they are applied; next is the cursor of the next page, 0 on the last.
func (s *Service) Items(ctx context.Context, run ID, f ItemFilter) (list []Item, next int, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if _, err := runByID(ctx, rd, run); err != nil {
			return err
		}
		limit := f.Limit
		if limit > 0 {
			limit++
		}
		list, err = shownItems(ctx, rd, run, f.Sort, f.Plan, f.State, f.Cursor-1, limit)
		return err
	})
	if f.Limit > 0 && len(list) > f.Limit {
		list = list[:f.Limit]
		next = list[f.Limit-1].N + 1
	}
	return list, next, err
}

// Runs lists the runs of a connection that began before a time (zero: all), the newest first.
func (s *Service) Runs(ctx context.Context, connection ID, before time.Time, limit int) ([]Run, error) {
	if before.IsZero() {
		before = time.UnixMilli(1 << 52)
	}
	var list []Run
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = lastRuns(ctx, rd, connection, before, limit)
		return err
	})
	return list, err
}

// Log lists the last lines of a run's log, the newest first.
func (s *Service) Log(ctx context.Context, run ID, limit int) ([]Entry, error) {
	var list []Entry
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = logOf(ctx, rd, run, limit)
		return err
	})
	return list, err
}
