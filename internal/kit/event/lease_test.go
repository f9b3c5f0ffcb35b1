package event

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

var leased = []sqldb.Schema{{Room: "event", FS: Schema}}

type wasMade struct{ N int64 }

func (wasMade) EventKind() string               { return "thing.made" }
func (e wasMade) EventSubject() (string, int64) { return "thing", e.N }

func made(t *testing.T, b *Bus, n int64) {
	t.Helper()
	err := b.db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return b.Emit(ctx, tx, wasMade{n}) })
	if err != nil {
		t.Fatal(err)
	}
}

// reader is a bus with one follower.
func reader(db *sqldb.DB, handle func(context.Context, []Record) error) (*Bus, *follower) {
	b := NewBus(db)
	b.Follow("one", handle)
	return b, b.followers[0]
}

func nothing(context.Context, []Record) error { return nil }

func claims(t *testing.T, b *Bus, f *follower) bool {
	t.Helper()
	if err := b.claim(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return f.held
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within 15 s: " + what)
		}
	}
}

// Of two processes one has a follower; when it has been silent for too long the other takes over, and the first, which
// knows nothing of it, changes nothing any more.
func TestALeaseIsOneProcess(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, leased)
	a, fa := reader(db, nothing)
	b, fb := reader(dbtest.Second(t, db), nothing)
	made(t, a, 1)
	made(t, a, 2)
	if !claims(t, a, fa) || claims(t, b, fb) {
		t.Fatal("both have it")
	}
	dbtest.Clock(db).Advance(leaseTerm - time.Second)
	if claims(t, b, fb) {
		t.Fatal("the lease ended early")
	}
	dbtest.Clock(db).Advance(2 * time.Second)
	if !claims(t, b, fb) {
		t.Fatal("the lease never ends")
	}
	fa.cursor = 99
	if err := a.save(t.Context(), fa); err != nil || fa.held {
		t.Errorf("the first process still believes that it has it: %v", err)
	}
	if at, err := a.cursorOf(t.Context(), "one"); err != nil || at != 0 {
		t.Errorf("the first process moved the cursor to %d, %v", at, err)
	}
	if claims(t, a, fa) {
		t.Error("the first took it back from the living")
	}
}

// A handler may take longer than a lease: the lease is renewed meanwhile, and given back when the process stops.
func TestALeaseLastsWhileItsProcessLives(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, leased)
	busy, release := make(chan struct{}), make(chan struct{})
	a, _ := reader(db, func(context.Context, []Record) error {
		close(busy)
		<-release
		return nil
	})
	a.beat = time.Millisecond
	b, fb := reader(dbtest.Second(t, db), nothing)
	made(t, a, 1)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := a.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	<-busy
	for range 4 {
		now := dbtest.Clock(db).Advance(leaseTerm - 10*time.Second)
		eventually(t, "the lease is renewed", func() bool {
			var until time.Time
			err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
				until, err = sqldb.Value[time.Time](ctx, rd, "select until from event_cursor where name = 'one'")
				return err
			})
			return err == nil && !until.Before(now.Add(leaseTerm))
		})
		if claims(t, b, fb) {
			t.Fatal("it was taken from a process that lives")
		}
	}
	close(release)
	stop()
	running.Wait()
	if !claims(t, b, fb) {
		t.Error("a process that has stopped still has it")
	}
}

// An event that fails is tried again ever more rarely, and not sooner than that.
func TestPausesGrow(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		b, f := reader(db, func(context.Context, []Record) error { return errors.New("no") })
		made(t, b, 1)
		least := 2 * halvePause
		for range 20 {
			pause, err := b.advance(t.Context(), f)
			if err == nil || pause < least || pause > least+least/4+1 {
				t.Fatalf("try %d waits %v, want %v and a quarter: %v", f.tries, pause, least, err)
			}
			least = min(2*least, longestWait)
		}
	})
}

// Whoever follows here does not wait for the next look at the outbox: twenty events, one after the other, would take
// twenty seconds.
func TestACommitWakesItsFollowers(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, leased)
	heard := make(chan int64, 1)
	b, f := reader(db, func(_ context.Context, batch []Record) error {
		heard <- batch[len(batch)-1].Subject
		return nil
	})
	f.gap = 0
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	began := time.Now()
	for n := range int64(20) {
		made(t, b, n)
		if got := <-heard; got != n {
			t.Errorf("heard %d, want %d", got, n)
		}
	}
	if took := time.Since(began); took > 10*pollSQLite {
		t.Errorf("twenty events took %v", took)
	}
	stop()
	running.Wait()
}
