package sqldb_test

import (
	"context"
	"errors"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// TestWhatIsKeptIsNoOlderThanTheLastChange: a snapshot may be opened long before it is read, around a change.
func TestWhatIsKeptIsNoOlderThanTheLastChange(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var g sqldb.Generation
		kept := 0
		keep := func(n int) func(context.Context, sqldb.Reader) error {
			return func(_ context.Context, rd sqldb.Reader) error {
				g.Keep(rd, func() { kept = n })
				return nil
			}
		}
		check := func(what string, err error, want int) {
			t.Helper()
			if err != nil || kept != want {
				t.Errorf("%s: kept %d, want %d: %v", what, kept, want, err)
			}
		}
		check("the first", db.Read(ctx, keep(1)), 1)
		check("opened before a change, read after it", db.Read(ctx, func(ctx context.Context, _ sqldb.Reader) error {
			g.Next(func() { kept = 0 })
			return db.Read(ctx, keep(2)) // the snapshot around it
		}), 0)
		check("opened after it", db.Read(ctx, keep(3)), 3)
		check("a transaction", db.Write(ctx, func(_ context.Context, tx *sqldb.Tx) error {
			g.Keep(tx, func() { kept = 4 })
			if kept != 3 {
				t.Error("kept before the commit")
			}
			return nil
		}), 4)
		failed := errors.New("not to be")
		if err := db.Write(ctx, func(_ context.Context, tx *sqldb.Tx) error {
			g.Keep(tx, func() { kept = 5 })
			return failed
		}); !errors.Is(err, failed) || kept != 4 {
			t.Errorf("rolled back: kept %d, %v", kept, err)
		}
		check("a transaction around a change", db.Write(ctx, func(_ context.Context, tx *sqldb.Tx) error {
			g.Keep(tx, func() { kept = 6 })
			g.Next(func() { kept = 0 })
			return nil
		}), 0)
	})
}
