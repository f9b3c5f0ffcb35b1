package sqldb_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/fstest"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

var counted = []sqldb.Schema{{Room: "counted", FS: fstest.MapFS{
	"2026112198_counted.sqlite.sql":   {Data: []byte("create table ticket (id integer not null primary key, next bigint not null);\ninsert into ticket (id, next) values (1, 7);\ncreate table desk (id integer not null primary key, number bigint not null unique);")},
	"2026112198_counted.postgres.sql": {Data: []byte("create sequence ticket_seq start 7;\ncreate table desk (id bigint not null primary key, number bigint not null unique);")},
}}}

func draw(t *testing.T, db *sqldb.DB, after error) (n int64) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = tx.Next(ctx, "ticket")
		return errors.Join(err, after)
	})
	if !errors.Is(err, after) {
		t.Error(err)
	}
	return n
}

func TestACounterNeverGivesANumberTwice(t *testing.T) {
	dbtest.Each(t, counted, func(t *testing.T, db *sqldb.DB) {
		if n := draw(t, db, nil); n != 7 {
			t.Errorf("the first number is %d", n)
		}
		draw(t, db, errors.New("undone"))
		var mu sync.Mutex
		given := map[int64]bool{7: true}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for last := int64(7); last < 60; {
					n := draw(t, db, nil)
					mu.Lock()
					if given[n] || n <= last {
						t.Errorf("%d after %d, given before: %v", n, last, given[n])
					}
					given[n], last = true, n
					mu.Unlock()
				}
			})
		}
		group.Wait()
	})
}

// On PostgreSQL somebody who has drawn a number and is not done yet keeps nobody waiting.
func TestACounterKeepsNobodyWaiting(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, counted)
	err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		first, err := tx.Next(ctx, "ticket")
		if second := draw(t, db, nil); second <= first {
			t.Errorf("%d after %d", second, first)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestANumberOfATableFollowsItsRows: the first is the counter's; what is undone leaves no hole on SQLite, and nobody gets a
// number that a row has.
func TestANumberOfATableFollowsItsRows(t *testing.T) {
	dbtest.Each(t, counted, func(t *testing.T, db *sqldb.DB) {
		undone := errors.New("undone")
		file := func(after error) (n int64) {
			err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) (err error) {
				if n, err = tx.NextOf(ctx, "ticket", "desk"); err == nil {
					err = tx.Insert(ctx, "desk", "id, number", []any{tx.NewID(), n})
				}
				return errors.Join(err, after)
			})
			if !errors.Is(err, after) {
				t.Error(err)
			}
			return n
		}
		if n := file(nil); n != 7 {
			t.Errorf("the first number is %d", n)
		}
		file(undone)
		if n := file(nil); n <= 7 || db.Engine() == sqldb.SQLite && n != 8 {
			t.Errorf("%d follows 7", n)
		}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 10 {
					file(nil) // a number that a row has is refused by the database
				}
			})
		}
		group.Wait()
	})
}
