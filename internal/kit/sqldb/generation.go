package sqldb

import (
	"sync"
	"sync/atomic"
)

// moments counts what happens in this process: snapshots that open and generations that end.
var moments atomic.Int64

// Generation guards what is kept in memory of rows that change: a snapshot that was opened before the last change is not
// kept, however late it is read, and what a transaction saw is kept only when that has come to be. The zero Generation is
// the first.
type Generation struct {
	mu   sync.Mutex
	last int64 // when the last one ended
}

// Next ends a generation: drop takes out of memory what is not true any more. Call it after the commit of the change, or when
// the change of another process is heard of.
func (g *Generation) Next(drop func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = moments.Add(1)
	drop()
}

// Keep calls store, which puts into memory what rd has read, unless a generation has ended since the snapshot was opened;
// of a transaction when it has committed.
func (g *Generation) Keep(rd Reader, store func()) {
	keep := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if rd.opened() > g.last {
			store()
		}
	}
	if tx, ok := rd.(*Tx); ok {
		tx.OnCommit(keep)
		return
	}
	keep()
}
