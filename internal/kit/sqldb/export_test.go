package sqldb

import (
	"context"
	"time"
)

// OnMachine lets a database believe that this is the clock of its machine.
func OnMachine(c Config, clock func() time.Time) Config {
	c.machine = clock
	return c
}

// Agree asks the server for the time, as every process does now and then.
func (db *DB) Agree(ctx context.Context) error { return db.agree(ctx) }
