package insight

import (
	"context"
	"sync"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// pastTraffic keeps the requests of weeks that are over for a day: a picture is taken every minute and reads only what is still
// moving, this week and the one before.
type pastTraffic struct {
	mu    sync.Mutex
	since time.Time
	until time.Time
	read  time.Time
	moves []request.Traffic
}

// between is the traffic of all weeks since a moment, the running one included.
func (p *pastTraffic) between(ctx context.Context, rd sqldb.Reader, since, now time.Time) ([]request.Traffic, error) {
	weeks := int(now.Sub(since) / (7 * 24 * time.Hour))
	over := since.Add(time.Duration(max(0, weeks-1)) * 7 * 24 * time.Hour)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.since.Equal(since) || !p.until.Equal(over) || now.Sub(p.read) > 24*time.Hour || now.Before(p.read) {
		moves, err := request.TrafficBetween(ctx, rd, since, over)
		if err != nil {
			return nil, err
		}
		p.since, p.until, p.read, p.moves = since, over, now, moves
	}
	moving, err := request.TrafficBetween(ctx, rd, over, over.Add(3*7*24*time.Hour))
	if err != nil {
		return nil, err
	}
	out := make([]request.Traffic, 0, len(p.moves)+len(moving))
	out = append(out, p.moves...)
	for _, t := range moving {
		t.Week += max(0, weeks-1)
		out = append(out, t)
	}
	return out, nil
}
