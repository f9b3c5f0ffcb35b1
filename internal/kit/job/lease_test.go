package job

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

var leased = []sqldb.Schema{{Room: "job", FS: Schema}}

func nothing(context.Context, int) error { return nil }

// worker is a queue with one kind of job.
func worker(db *sqldb.DB, do func(context.Context, int) error, opts ...Option) *Queue {
	q := New(db)
	Handle(q, "n", do, opts...)
	return q
}

func ask(t *testing.T, q *Queue, kind string, n int, opts ...EnqueueOption) {
	t.Helper()
	err := q.db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return q.Enqueue(ctx, tx, kind, n, opts...) })
	if err != nil {
		t.Fatal(err)
	}
}

// takes claims what is due, of which there must be so many.
func takes(t *testing.T, q *Queue, want int) []claimed {
	t.Helper()
	jobs, err := q.claim(t.Context(), q.names(), 100)
	if err != nil || len(jobs) != want {
		t.Fatalf("claimed %d, want %d: %v", len(jobs), want, err)
	}
	return jobs
}

// row is what the table says of the only job.
func row(t *testing.T, q *Queue) (state, holder string, due, until time.Time) {
	t.Helper()
	err := q.db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		_, err := sqldb.One(ctx, rd, func(r sqldb.Row) (struct{}, error) { return struct{}{}, r.Scan(&state, &holder, &due, &until) },
			"select state, holder, due, until from job")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return state, holder, due, until
}

// running runs the queue until the test calls stop.
func running(t *testing.T, q *Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if err := q.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return func() { cancel(); group.Wait() }
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within 15 s: " + what)
		}
	}
}

// A job may take longer than a lease; its process renews it, and nobody else takes the job.
func TestALeaseLastsAsLongAsItsJob(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		busy, release := make(chan struct{}), make(chan struct{})
		q := worker(db, func(context.Context, int) error { close(busy); <-release; return nil })
		q.beat = time.Millisecond
		other := worker(dbtest.Second(t, db), nothing)
		ask(t, q, "n", 1)
		stop := running(t, q)
		<-busy
		for range 3 {
			now := dbtest.Clock(db).Advance(leaseTerm - 10*time.Second)
			eventually(t, "the lease is renewed", func() bool {
				_, _, _, until := row(t, q)
				return !until.Before(now.Add(leaseTerm))
			})
			if ran, err := other.RunDue(t.Context()); ran != 0 || err != nil {
				t.Errorf("another process ran it: %v", err)
			}
		}
		close(release)
		stop()
	})
}

// A queue that runs takes over what a process that died has left.
func TestARunningQueueTakesOverFromTheDead(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		dead := worker(dbtest.Second(t, db), nothing)
		ask(t, dead, "n", 1)
		left := takes(t, dead, 1)[0]
		again := make(chan struct{})
		release := make(chan struct{})
		q := worker(db, func(context.Context, int) error { close(again); <-release; return nil })
		stop := running(t, q)
		dbtest.Clock(db).Advance(leaseTerm + time.Second)
		q.poke()
		<-again
		if err := dead.done(t.Context(), left); err != nil { // it was only slow, and thinks that it has done it
			t.Error(err)
		}
		if state, holder, _, _ := row(t, q); state != "running" || holder != q.holder {
			t.Errorf("the late answer took the job away: %s by %s", state, holder)
		}
		close(release)
		stop()
	})
}

// A queue that is alone does not wait for leases: whoever holds them is dead, jobs and schedules alike.
func TestAQueueThatIsAloneTakesOverAtOnce(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		dead := worker(dbtest.Second(t, db), nothing)
		dead.Every("spans", time.Minute, func(context.Context) error { return nil })
		if err := dead.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		if taken, err := dead.takeSchedule(t.Context(), dead.schedules[0]); !taken || err != nil {
			t.Fatal(taken, err)
		}
		ask(t, dead, "n", 1)
		takes(t, dead, 1)
		var jobs, spans atomic.Int32
		q := worker(db, func(context.Context, int) error { jobs.Add(1); return nil })
		q.Every("spans", time.Minute, func(context.Context) error { spans.Add(1); return nil })
		q.Alone()
		stop := running(t, q)
		eventually(t, "both run, and the clock stands still", func() bool { return jobs.Load() == 1 && spans.Load() == 1 })
		stop()
	})
}

// Two of the same key never run at once, in however many processes.
func TestATwinWaitsForTheOneThatRuns(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		a, b := worker(db, nothing), worker(dbtest.Second(t, db), nothing)
		ask(t, a, "n", 1, Unique("k"))
		first := takes(t, a, 1)[0]
		ask(t, a, "n", 2, Unique("k"))
		takes(t, b, 0)
		if err := a.done(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		takes(t, b, 1)
	})
}

// Pauses between tries double up to an hour, and a quarter of chance keeps failures from coming back together.
func TestPausesDouble(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		q := worker(db, func(context.Context, int) error { return errors.New("no") }, MaxAttempts(20))
		ask(t, q, "n", 1)
		least := firstPause
		for try := range 14 {
			if ran, err := q.RunDue(t.Context()); ran != 1 || err == nil {
				t.Fatalf("try %d: ran %d, %v", try, ran, err)
			}
			_, _, due, _ := row(t, q)
			if pause := due.Sub(db.Now()); pause < least || pause > least+least/4+time.Millisecond {
				t.Fatalf("try %d waits %v, want %v and a quarter", try, pause, least)
			}
			least = min(2*least, longestPause)
			dbtest.Clock(db).Set(due)
		}
	})
}

// A try that a stop has cut short does not count; a dead letter that is replayed has all its tries again.
func TestWhatCountsAsATry(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		q := worker(db, func(ctx context.Context, _ int) error { return errors.New("no") }, MaxAttempts(2))
		ask(t, q, "n", 1)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		for range 3 {
			if err := q.runJob(stopped, takes(t, q, 1)[0]); err == nil {
				t.Error("the handler failed")
			}
		}
		for life := range 2 {
			for try := 1; try <= 2; try++ {
				j := takes(t, q, 1)[0]
				if j.tries != try {
					t.Errorf("life %d: try %d, want %d", life, j.tries, try)
				}
				if err := q.runJob(t.Context(), j); err == nil {
					t.Error("the handler failed")
				}
				dbtest.Clock(db).Advance(time.Minute)
			}
			dead, err := q.Dead(t.Context())
			if err != nil || len(dead) != 1 {
				t.Fatalf("life %d: %d dead letters, %v", life, len(dead), err)
			}
			if err := q.Replay(t.Context(), dead[0].ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A kind with a limit has no more at once, and leaves the other workers to the others.
func TestAKindKeepsToItsConcurrency(t *testing.T) {
	dbtest.Each(t, leased, func(t *testing.T, db *sqldb.DB) {
		release := make(chan struct{})
		wait := func(context.Context, int) error { <-release; return nil }
		q := worker(db, wait)
		Handle(q, "few", wait, Concurrency(2))
		for n := range 2 * workers {
			ask(t, q, "n", n)
			ask(t, q, "few", n)
		}
		var group sync.WaitGroup
		for range 3 {
			if err := q.look(t.Context(), &group); err != nil {
				t.Fatal(err)
			}
		}
		q.mu.Lock()
		few, all := q.kinds["few"].running, q.running
		q.mu.Unlock()
		if few != 2 || all != workers {
			t.Errorf("%d of the few and %d in all, want 2 and %d", few, all, workers)
		}
		close(release)
		group.Wait()
	})
}

// A queue that runs does what is scheduled once per span, and what is enqueued at once: twenty jobs, one after the other,
// would take twenty looks at the table of a second each.
func TestARunningQueueIsPunctual(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, leased)
	var spans atomic.Int32
	done := make(chan int)
	q := worker(db, func(_ context.Context, n int) error { done <- n; return nil })
	q.Every("spans", time.Minute, func(context.Context) error { spans.Add(1); return nil })
	stop := running(t, q)
	for span := int32(1); span <= 4; span++ {
		eventually(t, "the span is served", func() bool { return spans.Load() == span })
		dbtest.Clock(db).Advance(time.Minute)
		q.poke()
	}
	began := time.Now()
	for n := range 20 {
		ask(t, q, "n", n)
		if got := <-done; got != n {
			t.Errorf("did %d, want %d", got, n)
		}
	}
	if took := time.Since(began); took > 10*longestSleep {
		t.Errorf("twenty jobs took %v", took)
	}
	stop()
}
