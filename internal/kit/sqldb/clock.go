package sqldb

import (
	"context"
	"fmt"
	"time"
)

// Two processes of one PostgreSQL database must agree about the time: leases end, jobs fall due and moments are written
// by it. Each therefore follows the server's clock, whatever its own machine believes. A clock that was given to Open is
// used as it is.

// tolerated is how far a machine's clock may be off before it is put right: nobody needs to see the clock twitch.
const tolerated = 100 * time.Millisecond

// wall is the time of the machine, put right by what the server says.
func (db *DB) wall() time.Time {
	return db.config.machine().Add(time.Duration(db.ahead.Load()))
}

// agree asks the server for the time. What the way there and back took is not known better than by half.
func (db *DB) agree(ctx context.Context) error {
	if db.engine == SQLite {
		return nil
	}
	var ms int64
	before := db.config.machine()
	row := db.backend.pool().QueryRowContext(ctx, "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)")
	if err := row.Scan(&ms); err != nil {
		return fmt.Errorf("ask for the time: %w", err)
	}
	half := db.config.machine().Sub(before) / 2
	ahead := time.UnixMilli(ms).Sub(before.Add(half))
	if off := ahead - time.Duration(db.ahead.Load()); off.Abs() <= half+tolerated {
		return nil
	}
	db.ahead.Store(int64(ahead))
	db.log.Warn("the clock of this machine is wrong; the database's counts", "behind", ahead.Round(time.Millisecond).String())
	return nil
}
