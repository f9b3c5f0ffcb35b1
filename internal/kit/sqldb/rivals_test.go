package sqldb_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

func TestLockedRecordsHaveOneWinnerAtATime(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return errors.Join(insert(ctx, tx, 1), insert(ctx, tx, 2))
		})
		const writers, each = 8, 20
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for range each {
					order := []int64{1, 2}
					if w%2 == 0 {
						order = []int64{2, 1} // Lock sorts: no deadlock
					}
					err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
						if err := tx.Lock(ctx, "thing", append(order, 99)...); err != nil {
							return err
						}
						n, err := sqldb.Value[int](ctx, tx, "select n from thing where id = 1")
						if err != nil {
							return err
						}
						_, err = tx.Exec(ctx, "update thing set n = $1 where id = 1", n+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			n, err := sqldb.Value[int](ctx, rd, "select n from thing where id = 1")
			if n != writers*each {
				t.Errorf("counted %d of %d", n, writers*each)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestADeadlockIsTriedAgain(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, schemas)
	write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		return errors.Join(insert(ctx, tx, 1), insert(ctx, tx, 2))
	})
	var tries atomic.Int32
	var both sync.WaitGroup
	both.Add(2)
	var group sync.WaitGroup
	for _, order := range [][]int64{{1, 2}, {2, 1}} {
		group.Go(func() {
			first := true
			err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				tries.Add(1)
				for i, id := range order {
					if _, err := tx.Exec(ctx, "update thing set n = n + 1 where id = $1", id); err != nil {
						return errors.New("whatever the closure makes of it")
					}
					if i == 0 && first {
						first = false
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if tries.Load() < 3 {
		t.Errorf("%d tries, want 3 or more", tries.Load())
	}
}

// Sixty-four clients with errors, panics, constraints and contexts that end at any time: every answer is true.
func TestChaosGivesTrueAnswers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		const clients, last = 64, 1500 * time.Millisecond
		var mu sync.Mutex
		yes, no := map[int64]bool{}, map[int64]bool{}
		answer := func(id int64, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				yes[id] = true
			} else if !errors.Is(err, sqldb.ErrUnknown) {
				no[id] = true
			}
		}
		var next atomic.Int64
		var group sync.WaitGroup
		end := time.Now().Add(last)
		for range clients {
			group.Go(func() {
				for time.Now().Before(end) {
					id := next.Add(1)
					answer(id, chaos(db, id))
				}
			})
		}
		group.Wait()
		there := map[int64]bool{}
		for _, id := range ids(t, db) {
			there[id] = true
		}
		for id := range yes {
			if !there[id] {
				t.Errorf("%d was acknowledged and is not there", id)
			}
		}
		for id := range no {
			if there[id] {
				t.Errorf("%d was refused and is there", id)
			}
		}
		t.Logf("%d yes, %d no", len(yes), len(no))
		if len(yes) == 0 || len(no) == 0 {
			t.Error("no chaos")
		}
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func chaos(db *sqldb.DB, id int64) (err error) {
	defer func() {
		if p, ok := recover().(*sqldb.Panic); ok {
			err = p
		}
	}()
	ctx := context.Background()
	if rand.IntN(4) == 0 {
		c, cancel := context.WithTimeout(ctx, time.Duration(rand.IntN(3000))*time.Microsecond)
		defer cancel()
		ctx = c
	}
	return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := insert(ctx, tx, id); err != nil {
			return err
		}
		switch rand.IntN(10) {
		case 0:
			return errors.New("no")
		case 1:
			panic("no")
		case 2:
			insert(ctx, tx, id) // a constraint, ignored
		case 3:
			return insert(ctx, tx, id)
		}
		return nil
	})
}
