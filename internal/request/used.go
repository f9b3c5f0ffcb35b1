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
	s        *Service
	counting sync.Mutex // of everybody's: of many who find it old one counts anew, the others take it as it is
	mu       sync.Mutex
	by       map[int64]used
}

type used struct {
	services []int64
	at       time.Time
}

// of are the services for which a unit, or everybody (0), asked at least three times lately, the most often first; confidential
// requests do not count. Of a unit nothing is told where requests are not shared within it. Whoever shows it leaves out what
// the reader may not see.
func (u *usedServices) of(ctx context.Context, unit int64) ([]int64, error) {
	if unit != 0 && !u.s.Org.Company(ctx).Switches.SharedInUnit {
		return nil, nil
	}
	now := u.s.db.Now()
	known, fresh := u.known(unit, now)
	if fresh {
		return known.services, nil
	}
	if unit == 0 {
		if known.at.IsZero() {
			u.counting.Lock() // nobody has counted yet
		} else if !u.counting.TryLock() {
			return known.services, nil
		}
		defer u.counting.Unlock()
		if known, fresh = u.known(unit, now); fresh {
			return known.services, nil
		}
	}
	known.at = now
	err := u.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if unit == 0 {
			known.services, err = usedByAll(ctx, rd, now.Add(-usedWithin))
			return err
		}
		known.services, err = usedBy(ctx, rd, unit, now.Add(-usedWithin), usedMost)
		return err
	})
	if err != nil {
		return nil, err
	}
	u.keep(unit, known)
	return known.services, nil
}

// known is what is remembered, and whether it is not older than usedFor.
func (u *usedServices) known(unit int64, now time.Time) (k used, fresh bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	k, fresh = u.by[unit]
	return k, fresh && now.Sub(k.at) < usedFor && !now.Before(k.at)
}

// mostRemembered is of how many units it is remembered what they ask for.
const mostRemembered = 5000

func (u *usedServices) keep(unit int64, k used) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.by == nil || len(u.by) > mostRemembered {
		all, ok := u.by[0]
		if u.by = map[int64]used{}; ok {
			u.by[0] = all
		}
	}
	u.by[unit] = k
}
