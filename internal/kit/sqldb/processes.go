package sqldb

import (
	"context"
	"fmt"
)

// OwnTables are the tables of this package: they say something about this database and its processes, and are not
// copied to another.
var OwnTables = []string{versionTable, "node_lease"}

// Processes counts the processes that have a node number of this database now, this one included. One that crashed
// counts until its lease runs out. 0 before the first Migrate.
func (db *DB) Processes(ctx context.Context) (n int, err error) {
	if !db.hasLeases(ctx) {
		return 0, nil
	}
	err = db.Read(ctx, func(ctx context.Context, rd Reader) error {
		n, err = Value[int](ctx, rd, `
			select count(*)
			from node_lease
			where holder <> '' and until > $1`, db.wall())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count processes: %w", err)
	}
	return n, nil
}
