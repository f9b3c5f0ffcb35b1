package sqldb

import "sync/atomic"

// Stats are figures of a database since it was opened, for monitoring.
type Stats struct {
	Queue   int    // writes that wait for the writer of SQLite; transactions under way on PostgreSQL
	Writes  uint64 // closures committed
	Commits uint64 // commits they took: on SQLite many writes share one
	Failed  uint64 // commits that failed, and with them their writes
}

// counts are what Stats reads while others write.
type counts struct{ writes, commits, failed atomic.Uint64 }

func (c *counts) committed(writes int, err error) {
	if err != nil {
		c.failed.Add(1)
		return
	}
	c.commits.Add(1)
	c.writes.Add(uint64(writes))
}

func (c *counts) stats(queue int) Stats {
	return Stats{Queue: queue, Writes: c.writes.Load(), Commits: c.commits.Load(), Failed: c.failed.Load()}
}

// Stats gives the figures of now.
func (db *DB) Stats() Stats {
	switch b := db.backend.(type) {
	case *lite:
		return b.writer.counts.stats(len(b.writer.queue))
	case *postgres:
		return b.counts.stats(b.writing.Stats().InUse)
	default:
		return Stats{}
	}
}
