package sqldb_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// What the package comment promises, on both engines.

var schemas = []sqldb.Schema{{Room: "thing", FS: fstest.MapFS{"2026112199_thing.sql": {Data: []byte(`
create table thing (
  id bigint primary key,
  name text,
  n integer,
  at bigint,
  ok boolean,
  part double precision,
  body jsonb,
  raw bytea
);
create unique index thing_name on thing (name);
`)}}}}

func insert(ctx context.Context, tx *sqldb.Tx, id int64) error {
	return tx.Insert(ctx, "thing", "id, n", []any{id, 0})
}

func write(t *testing.T, db *sqldb.DB, fn func(context.Context, *sqldb.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// ids are the things that are committed.
func ids(t *testing.T, db *sqldb.DB) (list []int64) {
	t.Helper()
	err := db.Read(context.Background(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = sqldb.All(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) },
			"select id from thing order by id")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// together runs several writes so that on SQLite they share a batch: the writer is held until all are queued.
func together(t *testing.T, db *sqldb.DB, writes ...func(ctx context.Context) error) []error {
	t.Helper()
	held, release := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	if db.Engine() == sqldb.SQLite {
		group.Go(func() {
			db.Write(context.Background(), func(context.Context, *sqldb.Tx) error {
				close(held)
				<-release
				return nil
			})
		})
		<-held
	}
	errs := make([]error, len(writes))
	for i, fn := range writes {
		group.Go(func() { errs[i] = fn(context.Background()) })
		time.Sleep(3 * time.Millisecond) // into the queue, in this order
	}
	close(release)
	group.Wait()
	return errs
}

func TestAnErrorUndoesItsOwnCallOnly(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		no := errors.New("no")
		ok := func(id int64) func(context.Context) error {
			return func(ctx context.Context) error {
				return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, id) })
			}
		}
		errs := together(t, db, ok(1), func(ctx context.Context) error {
			return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return errors.Join(insert(ctx, tx, 2), no) })
		}, ok(3))
		if errs[0] != nil || !errors.Is(errs[1], no) || errs[2] != nil {
			t.Errorf("got %v", errs)
		}
		if got := ids(t, db); !slices.Equal(got, []int64{1, 3}) {
			t.Errorf("committed %v", got)
		}
	})
}

func TestAPanicHappensInItsOwnCallerOnly(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		cause := errors.New("the cause")
		var caught any
		errs := together(t, db, func(ctx context.Context) (err error) {
			defer func() { caught = recover() }()
			return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				insert(ctx, tx, 1)
				panic(cause)
			})
		}, func(ctx context.Context) error {
			return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, 2) })
		})
		p, ok := caught.(*sqldb.Panic)
		if !ok || !errors.Is(p, cause) || !strings.Contains(string(p.Stack), "TestAPanicHappens") {
			t.Errorf("caught %v", caught)
		}
		if got := ids(t, db); errs[1] != nil || !slices.Equal(got, []int64{2}) {
			t.Errorf("committed %v, %v", got, errs)
		}
	})
}

func TestGoexitEndsItsOwnCallerOnly(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		var returned, cleaned atomic.Bool
		var neighbours []func(context.Context) error
		for id := range int64(4) {
			neighbours = append(neighbours, func(ctx context.Context) error {
				return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, 10+id) })
			})
		}
		exits := func(ctx context.Context) error {
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer cleaned.Store(true)
				db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					insert(ctx, tx, 1)
					runtime.Goexit()
					return nil
				})
				returned.Store(true)
			}()
			<-done
			return nil
		}
		errs := together(t, db, append(neighbours, exits, exits)...)
		if err := errors.Join(errs...); err != nil || returned.Load() || !cleaned.Load() {
			t.Errorf("%v, went on after Goexit %v, cleaned %v", err, returned.Load(), cleaned.Load())
		}
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, 20) })
		if got := ids(t, db); !slices.Equal(got, []int64{10, 11, 12, 13, 20}) {
			t.Errorf("committed %v", got)
		}
	})
}

func TestACallerWhoLeavesTheQueueIsLetGo(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	held, release := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		db.Write(context.Background(), func(context.Context, *sqldb.Tx) error { close(held); <-release; return nil })
	})
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	ran := false
	err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { ran = true; return insert(ctx, tx, 1) })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(release)
	group.Wait()
	write(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, 2) })
	if got := ids(t, db); !slices.Equal(got, []int64{2}) || ran {
		t.Errorf("committed %v, ran: %v", got, ran)
	}
}

// A caller who has gone gets no further statement, and nothing of what ran before it stays.
func TestACallerWhoHasGoneRunsNothingMore(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		ctx, leave := context.WithCancel(t.Context())
		err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			first := insert(ctx, tx, 1)
			leave()
			if err := insert(ctx, tx, 2); !errors.Is(err, context.Canceled) {
				t.Errorf("the second statement: %v", err)
			}
			return first
		})
		if got := ids(t, db); !errors.Is(err, context.Canceled) || len(got) != 0 {
			t.Errorf("committed %v, %v", got, err)
		}
	})
}

// The statement of a cancelled caller must hurt nobody else: handed to SQLite, the interrupt would roll back the
// whole batch, and what the closure does after it would be committed on its own.
func TestACallerWhoLeavesDuringAStatementHurtsNobody(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		long := "insert into thing (id, n)\nwith recursive c (i) as (select 100 union all select i + 1 from c where i < 300000)\nselect i, 0 from c"
		ok := func(id int64) func(context.Context) error {
			return func(ctx context.Context) error {
				return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, id) })
			}
		}
		leaves := func(id int64, heed bool) func(context.Context) error {
			return func(ctx context.Context) error {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					time.AfterFunc(5*time.Millisecond, cancel)
					_, err := tx.Exec(ctx, strings.ReplaceAll(long, "100", "1000"))
					if err == nil {
						<-ctx.Done()
					}
					if heed {
						return err
					}
					insert(context.WithoutCancel(ctx), tx, id)
					return nil
				})
			}
		}
		errs := together(t, db, ok(1), leaves(50, true), ok(2), leaves(51, false), ok(3))
		for i, err := range errs {
			if (i%2 == 0) != (err == nil) {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if got := ids(t, db); !slices.Equal(got, []int64{1, 2, 3}) {
			t.Errorf("committed %v", got)
		}
	})
}

func TestAFailedStatementCannotBeIgnored(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		for _, c := range []struct {
			name string
			do   func(ctx context.Context, tx *sqldb.Tx) error
		}{
			{"a constraint", func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, 1) }},
			{"no such table", func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, "delete from nothing")
				return err
			}},
			{"a query", func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := sqldb.Value[int](ctx, tx, "select nothing from thing")
				return err
			}},
			{"an argument of a strange type", func(ctx context.Context, tx *sqldb.Tx) error { return tx.Insert(ctx, "thing", "id", []any{struct{}{}}) }},
			{"an argument too few", func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, "insert into thing (id, n) values ($1, $2)", 5)
				return err
			}},
		} {
			write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, "delete from thing")
				return errors.Join(err, insert(ctx, tx, 1))
			})
			var first, second error
			errs := together(t, db, func(ctx context.Context) error {
				return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, 3) })
			}, func(ctx context.Context) error {
				return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					first = c.do(ctx, tx)
					second = insert(ctx, tx, 2)
					return nil
				})
			})
			if first == nil || second == nil || errs[1] == nil || errs[0] != nil {
				t.Errorf("%s: statement %v, the next %v, the calls %v", c.name, first, second, errs)
			}
			if got := ids(t, db); !slices.Equal(got, []int64{1, 3}) {
				t.Errorf("%s: committed %v", c.name, got)
			}
		}
	})
}

func TestNestedWritesAreRefusedAndNestedReadsJoin(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		nothing := func(context.Context, *sqldb.Tx) error { return nil }
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := db.Write(ctx, nothing); !errors.Is(err, sqldb.ErrNested) {
				t.Errorf("write in write: %v", err)
			}
			if err := insert(ctx, tx, 1); err != nil {
				return err
			}
			return db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				if n, err := sqldb.Value[int](ctx, rd, "select count(*) from thing"); n != 1 || err != nil {
					t.Errorf("a read in a write sees %d, %v", n, err)
				}
				return nil
			})
		})
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			if err := db.Write(ctx, nothing); !errors.Is(err, sqldb.ErrNested) {
				t.Errorf("write in read: %v", err)
			}
			return db.Read(ctx, func(_ context.Context, inner sqldb.Reader) error {
				if inner != rd {
					t.Error("a read in a read has a snapshot of its own")
				}
				return nil
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestATransactionEndsWithItsClosure(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		var kept *sqldb.Tx
		var view sqldb.Reader
		write(t, db, func(_ context.Context, tx *sqldb.Tx) error { kept = tx; return nil })
		db.Read(t.Context(), func(_ context.Context, rd sqldb.Reader) error { view = rd; return nil })
		if err := insert(t.Context(), kept, 1); !errors.Is(err, sqldb.ErrOver) {
			t.Errorf("got %v", err)
		}
		for _, rd := range []sqldb.Reader{kept, view} {
			if _, err := sqldb.Value[int](t.Context(), rd, "select 1"); !errors.Is(err, sqldb.ErrOver) {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestAReadIsOneSnapshotThatChangesNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		count := func(ctx context.Context, rd sqldb.Reader) int {
			n, err := sqldb.Value[int](ctx, rd, "select count(*) from thing")
			if err != nil {
				t.Error(err)
			}
			return n
		}
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			before := count(ctx, rd)
			write(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, 1) })
			if after := count(ctx, rd); after != before {
				t.Errorf("saw %d, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		err = db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			_, err := sqldb.Value[int](ctx, rd, "insert into thing (id) values (2) returning id")
			return err
		})
		if got := ids(t, db); err == nil || !slices.Equal(got, []int64{1}) {
			t.Errorf("a read wrote: %v, %v", got, err)
		}
	})
}

func TestReadersSurviveWhateverHappensInThem(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		for range 40 { // more often than there are connections
			func() {
				defer func() { recover() }()
				db.Read(t.Context(), func(context.Context, sqldb.Reader) error { panic("x") })
			}()
			done := make(chan struct{})
			go func() {
				defer close(done)
				db.Read(t.Context(), func(context.Context, sqldb.Reader) error { runtime.Goexit(); return nil })
			}()
			<-done
			ctx, cancel := context.WithCancel(t.Context())
			err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				time.AfterFunc(time.Millisecond, cancel)
				_, err := sqldb.Value[int](ctx, rd, "with recursive c (i) as (select 1 union all select i + 1 from c where i < 9000000) select count(*) from c")
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a cancelled read: %v", err)
			}
		}
		if got := ids(t, db); got != nil {
			t.Errorf("got %v", got)
		}
	})
}

func TestOnCommitRunsAfterTheCommitOnly(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		ran := 0
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			tx.OnCommit(func() {
				if got := ids(t, db); !slices.Equal(got, []int64{1}) {
					t.Errorf("before the commit: %v", got)
				}
				ran++
			})
			if !tx.Once("k") || tx.Once("k") || !tx.Once("l") {
				t.Error("once is once per key")
			}
			return insert(ctx, tx, 1)
		})
		db.Write(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
			tx.OnCommit(func() { ran++ })
			return errors.New("no")
		})
		if ran != 1 {
			t.Errorf("ran %d times", ran)
		}
	})
}

func TestAClosureCannotEndItsTransaction(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		for _, text := range []string{"commit", " ROLLBACK", "-- a comment\nbegin", "; savepoint x", "release w", "rollback to w",
			"pragma foreign_keys = off", "vacuum", "attach 'x' as y", "end"} {
			write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := tx.Exec(ctx, text); err == nil {
					t.Errorf("%q was run", text)
				}
				if _, err := sqldb.Value[int](ctx, tx, text); err == nil {
					t.Errorf("%q was queried", text)
				}
				return nil
			})
		}
	})
}
