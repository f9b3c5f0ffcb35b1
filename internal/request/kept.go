package request

import (
	"context"
	"sync"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
)

// keptFor is how long figures of last quarter are shown before they are counted again: late breaches are rare.
const keptFor = 15 * time.Minute

// keptCounts remembers what the catalogue shows of each service.
type keptCounts struct {
	s    *Service
	mu   sync.Mutex
	span Span
	list map[int64]keptCount
}

type keptCount struct {
	catalog.Kept
	at time.Time
}

// of fills the slot of the catalogue: for each service, what was due last quarter from everybody, and how much of it was
// done in time.
func (k *keptCounts) of(ctx context.Context, services []int64) (string, map[int64]catalog.Kept, error) {
	now := k.s.db.Now()
	span := lastQuarter(now.In(k.s.Org.Company(ctx).Location()))
	out := make(map[int64]catalog.Kept, len(services))
	var missing []int64
	k.mu.Lock()
	if k.span != span {
		k.span, k.list = span, map[int64]keptCount{}
	}
	for _, id := range services {
		if c, ok := k.list[id]; ok && now.Sub(c.at) < keptFor {
			out[id] = c.Kept
		} else {
			missing = append(missing, id)
		}
	}
	k.mu.Unlock()
	if len(missing) == 0 {
		return quarterName(ctx, span.From), out, nil
	}
	var counted map[int64]catalog.Kept
	err := k.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		counted, err = keptOf(ctx, rd, missing, span)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, id := range missing {
		out[id] = counted[id]
		if k.span == span {
			k.list[id] = keptCount{counted[id], now}
		}
	}
	return quarterName(ctx, span.From), out, nil
}
