package audit

import (
	"context"
	"slices"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

var sealed = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "audit", FS: Schema}}

type wasDone struct{ N int64 }

func (wasDone) EventKind() string               { return "deed.done" }
func (e wasDone) EventSubject() (string, int64) { return "deed", e.N }

// three is a trail of three deeds.
func three(t *testing.T, db *sqldb.DB) (*Trail, *event.Bus) {
	t.Helper()
	b := event.NewBus(db)
	trail := New(db, b)
	write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		return b.Emit(ctx, tx, wasDone{1}, wasDone{2}, wasDone{3})
	})
	if err := b.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	return trail, b
}

func write(t *testing.T, db *sqldb.DB, fn func(context.Context, *sqldb.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func findings(t *testing.T, trail *Trail) []Finding {
	t.Helper()
	report, err := trail.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report.Findings
}

// Every column is under the seal, and none can lend a letter to its neighbour.
func TestEveryColumnIsSealed(t *testing.T) {
	dbtest.Each(t, sealed, func(t *testing.T, db *sqldb.DB) {
		trail, _ := three(t, db)
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "create table kept as select * from audit where n = 2")
			return err
		})
		for _, change := range []string{
			"seq = seq + 1000", "at = at + 1", "kind = 'deed.undone'", "subject_kind = 'dead'", "subject = 9", "actor = 9",
			"via = 'api'", "body = '{}'", "hash = 'x'", "kind = 'deed.don', subject_kind = 'edeed'",
		} {
			write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, "update audit set "+change+" where n = 2")
				return err
			})
			if list := findings(t, trail); !slices.ContainsFunc(list, func(f Finding) bool { return f.N == 2 && f.What == Changed }) {
				t.Errorf("%s: %+v", change, list)
			}
			write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := tx.Exec(ctx, "delete from audit where n = 2"); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, "insert into audit select * from kept")
				return err
			})
		}
		if list := findings(t, trail); len(list) != 0 {
			t.Errorf("put back: %+v", list)
		}
	})
}

// Who rewrites a row with a new seal has to rewrite all that follow, and the head.
func TestANewSealIsFound(t *testing.T) {
	for n, want := range map[int64]Finding{1: {2, 2, Removed}, 3: {3, 3, Changed}} {
		dbtest.Each(t, sealed, func(t *testing.T, db *sqldb.DB) {
			trail, _ := three(t, db)
			write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				e, err := sqldb.One(ctx, tx, scanEntry, "select "+entryColumns+" from audit where n = $1", n)
				if err != nil {
					return err
				}
				e.Body = `{"N":9}`
				_, err = tx.Exec(ctx, "update audit set body = $1, hash = $2 where n = $3", e.Body, e.seal(), n)
				return err
			})
			list := findings(t, trail)
			if len(list) != 1 || list[0].N != want.N || list[0].What != want.What {
				t.Errorf("row %d: %+v, want %+v", n, list, want)
			}
		})
	}
}

// A row that is taken out cannot be hidden by pointing the next one at the one before.
func TestAMendedLinkIsFound(t *testing.T) {
	dbtest.Each(t, sealed, func(t *testing.T, db *sqldb.DB) {
		trail, _ := three(t, db)
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			for _, text := range []string{"update audit set prev = (select prev from audit where n = 2) where n = 3",
				"delete from audit where n = 2", "update audit set n = 2 where n = 3", "update audit_head set n = 2"} {
				if _, err := tx.Exec(ctx, text); err != nil {
					return err
				}
			}
			return nil
		})
		if list := findings(t, trail); len(list) != 1 || list[0].What != Changed {
			t.Errorf("%+v", list)
		}
	})
}

// A follower may see an event again; the trail has it once.
func TestAnEventThatComesAgainIsWrittenOnce(t *testing.T) {
	dbtest.Each(t, sealed, func(t *testing.T, db *sqldb.DB) {
		_, b := three(t, db)
		if _, err := b.Rewind(t.Context(), "audit", 0); err != nil {
			t.Fatal(err)
		}
		again := event.NewBus(db)
		trail := New(db, again)
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := event.Unclaim(ctx, tx); err != nil {
				return err
			}
			return again.Emit(ctx, tx, wasDone{4})
		})
		if err := again.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		report, err := trail.Verify(t.Context())
		if err != nil || !report.Sound() || report.Rows != 4 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
