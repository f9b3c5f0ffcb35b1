package talk

import (
	"sync"
	"time"

	"neike/internal/org"
)

const (
	countedFor  = time.Minute
	mostCounted = 20_000 // readers; then all are counted anew
)

// counts remember what came out for the marks that a reader has: who works through a list opens a page every few seconds.
// Marks that come or go are counted at once; a record that is taken away from its reader counts for countedFor at most.
type counts struct {
	mu   sync.Mutex
	last map[org.ID]counted
}

// counted is the number of one reader.
type counted struct {
	print uint64
	at    time.Time
	n     int
}

// known is the number for a print, when it was counted not long ago.
func (c *counts) known(person org.ID, print uint64, now time.Time) (n int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, ok := c.last[person]
	return last.n, ok && last.print == print && !now.Before(last.at) && now.Sub(last.at) < countedFor
}

func (c *counts) keep(person org.ID, print uint64, now time.Time, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || len(c.last) >= mostCounted {
		c.last = map[org.ID]counted{}
	}
	c.last[person] = counted{print: print, at: now, n: n}
}
