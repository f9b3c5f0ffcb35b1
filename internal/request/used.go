package request

import (
	"context"
	"sync"
	"time"

	"neike/internal/kit/sqldb"
)

// usedFor is how long it is remembered what a unit asks for, and usedWithin how far back that is looked at.
const (
	usedFor    = 10 * time.Minute
	usedWithin = 90 * 24 * time.Hour
	usedMost   = 20
)

// usedServices remembers what units ask for.
type usedServices struct {
	s  *Service
	mu sync.Mutex
	by map[int64]used
}

type used struct {
	services []int64
	at       time.Time
}

// of are the services for which a unit, or everybody (0), asked at least three times lately, the most often first; confidential requests do not
// count, and where requests are not shared within a unit nothing is told.
func (u *usedServices) of(ctx context.Context, unit int64) ([]int64, error) {
	if !u.s.Org.Company(ctx).Switches.SharedInUnit {
		return nil, nil
	}
	now := u.s.db.Now()
	u.mu.Lock()
	known, ok := u.by[unit]
	u.mu.Unlock()
	if ok && now.Sub(known.at) < usedFor && !now.Before(known.at) {
		return known.services, nil
	}
	known.at = now
	err := u.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if unit == 0 {
			known.services, err = usedByAll(ctx, rd, usedMost*10)
			return err
		}
		known.services, err = usedBy(ctx, rd, unit, now.Add(-usedWithin), usedMost)
		return err
	})
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.by == nil || len(u.by) > 5000 {
		u.by = map[int64]used{}
	}
	u.by[unit] = known
	return known.services, nil
}
