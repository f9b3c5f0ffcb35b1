package app

import (
	"context"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/org"
)

// standing is what the frame says of its reader beside the navigation.
type standing struct {
	at          time.Time
	person      org.Person
	mine, queue int
}

// standings remembers them for a moment: every page asks.
type standings struct {
	mu   sync.Mutex
	list map[int64]standing
}

const (
	standingLasts = 3 * time.Second
	standingsMost = 5000
)

// standingOf is the reader's standing, not older than standingLasts. A count that cannot be made is not shown.
func (a *App) standingOf(ctx context.Context, who actor.Actor) standing {
	now := time.Now()
	a.standings.mu.Lock()
	s, ok := a.standings.list[who.Person]
	a.standings.mu.Unlock()
	if age := now.Sub(s.at); ok && age < standingLasts {
		return s
	}
	s = standing{at: now}
	if p, err := a.Org.Person(ctx, who.Person); err == nil {
		s.person = p
	} else {
		a.Log.WarnContext(ctx, "look up the reader", "error", err)
	}
	var err error
	if s.mine, s.queue, err = a.Request.Counts(ctx); err != nil {
		a.Log.WarnContext(ctx, "count open requests", "error", err)
	}
	a.standings.mu.Lock()
	defer a.standings.mu.Unlock()
	if len(a.standings.list) >= standingsMost || a.standings.list == nil {
		a.standings.list = map[int64]standing{}
	}
	a.standings.list[who.Person] = s
	return s
}
