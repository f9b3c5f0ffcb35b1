package event

import (
	"context"
	"fmt"

	"neike/internal/kit/sqldb"
)

// Unclaim takes every follower's lease away: in a restored copy of a database, whose leases belong to processes that
// never saw it. No process may be using the database.
func Unclaim(ctx context.Context, tx *sqldb.Tx) error {
	if _, err := tx.Exec(ctx, `update event_cursor set holder = '', until = 0`); err != nil {
		return fmt.Errorf("unclaim followers: %w", err)
	}
	return nil
}
