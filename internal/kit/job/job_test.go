package job_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

var schemas = []sqldb.Schema{{Room: "job", FS: job.Schema}}

type mail struct{ To string }

func enqueue(t *testing.T, db *sqldb.DB, q *job.Queue, kind string, payload any, opts ...job.EnqueueOption) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		return q.Enqueue(ctx, tx, kind, payload, opts...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func due(t *testing.T, q *job.Queue) (int, error) {
	t.Helper()
	return q.RunDue(t.Context())
}

func TestAJobIsDoneOnceAndOnlyWhenItsCauseIsCommitted(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		q := job.New(db)
		var sent []string
		job.Handle(q, "mail", func(ctx context.Context, m mail) error {
			if !actor.From(ctx).System {
				t.Error("a handler works as the system")
			}
			sent = append(sent, m.To)
			return nil
		})
		undo := errors.New("undo")
		err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			return errors.Join(q.Enqueue(ctx, tx, "mail", mail{"nobody"}), undo)
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		enqueue(t, db, q, "mail", mail{"low"})
		enqueue(t, db, q, "mail", mail{"high"}, job.Priority(1))
		enqueue(t, db, q, "mail", mail{"later"}, job.At(db.Now().Add(time.Hour)))
		if n, err := due(t, q); n != 2 || err != nil || !slices.Equal(sent, []string{"high", "low"}) {
			t.Errorf("ran %d, %v, %v", n, sent, err)
		}
		dbtest.Clock(db).Advance(time.Hour)
		if n, err := due(t, q); n != 1 || err != nil || sent[2] != "later" {
			t.Errorf("ran %d, %v, %v", n, sent, err)
		}
		if n, _ := due(t, q); n != 0 {
			t.Errorf("ran %d again", n)
		}
	})
}

func TestAFailingJobIsTriedAgainThenDeadThenReplayed(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		q, clock := job.New(db), dbtest.Clock(db)
		broken, tries := true, 0
		job.Handle(q, "mail", func(context.Context, mail) error {
			if tries++; broken {
				panic("no network")
			}
			return nil
		}, job.MaxAttempts(3))
		enqueue(t, db, q, "mail", mail{"a"})
		for try := 1; try <= 3; try++ {
			if n, err := due(t, q); n != 1 || err == nil {
				t.Fatalf("try %d: ran %d, %v", try, n, err)
			}
			if n, _ := due(t, q); n != 0 {
				t.Fatalf("try %d was not followed by a pause", try)
			}
			counted(t, q, try < 3, "planned")
			clock.Advance(time.Minute)
			counted(t, q, try < 3, "ready")
		}
		if n, _ := due(t, q); n != 0 || tries != 3 {
			t.Fatalf("a dead job runs: %d, tries %d", n, tries)
		}
		dead, err := q.Dead(t.Context())
		if err != nil || len(dead) != 1 || dead[0].Tries != 3 || dead[0].Kind != "mail" {
			t.Fatalf("dead letters: %+v, %v", dead, err)
		}
		broken = false
		if err := q.Replay(t.Context(), dead[0].ID); err != nil {
			t.Fatal(err)
		}
		if n, err := due(t, q); n != 1 || err != nil {
			t.Errorf("replay ran %d, %v", n, err)
		}
		if err := q.Replay(t.Context(), dead[0].ID); err == nil {
			t.Error("what is done cannot be replayed")
		}
	})
}

// counted checks that the one job there is counts as in the state named, or as dead.
func counted(t *testing.T, q *job.Queue, alive bool, state string) {
	t.Helper()
	want := map[string]int64{"planned": 0, "ready": 0, "running": 0, "dead": 0}
	if !alive {
		state = "dead"
	}
	want[state] = 1
	if states, err := q.States(t.Context()); err != nil || !maps.Equal(states, want) {
		t.Errorf("states %v (%v), want %v", states, err, want)
	}
}

func TestAPermanentErrorKillsAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		q := job.New(db)
		job.Handle(q, "mail", func(context.Context, mail) error { return job.Permanent(errors.New("no such address")) })
		enqueue(t, db, q, "mail", mail{"a"})
		enqueue(t, db, q, "mail", "not a mail")
		due(t, q)
		if dead, err := q.Dead(t.Context()); err != nil || len(dead) != 2 {
			t.Errorf("dead letters: %+v, %v", dead, err)
		}
	})
}

func TestUniqueDropsTheWaitingTwinButNotTheOneBehindTheRunning(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		q := job.New(db)
		var seen []string
		var fail error
		job.Handle(q, "index", func(_ context.Context, what string) error {
			if seen = append(seen, what); what == "first" {
				enqueue(t, db, q, "index", "second", job.Unique("k"))
			}
			return fail
		})
		enqueue(t, db, q, "index", "first", job.Unique("k"))
		enqueue(t, db, q, "index", "dropped", job.Unique("k"))
		enqueue(t, db, q, "index", "other", job.Unique("l"))
		if n, err := due(t, q); n != 3 || err != nil {
			t.Errorf("ran %d %v, %v", n, seen, err)
		}
		if slices.Contains(seen, "dropped") {
			t.Errorf("ran %v", seen)
		}
		// A failed job whose twin waits leaves the work to the twin.
		seen, fail = nil, errors.New("no")
		enqueue(t, db, q, "index", "first", job.Unique("k"))
		due(t, q)
		fail = nil
		dbtest.Clock(db).Advance(time.Hour)
		due(t, q)
		if !slices.Equal(seen, []string{"first", "second", "second"}) {
			t.Errorf("ran %v", seen)
		}
	})
}

func TestAJobOfADeadProcessIsTriedAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		dies, survives := job.New(db), job.New(dbtest.Second(t, db))
		started, release := make(chan struct{}), make(chan struct{})
		job.Handle(dies, "mail", func(context.Context, mail) error {
			close(started)
			<-release
			return errors.New("whatever a dead process thinks of it")
		})
		var ran atomic.Int32
		job.Handle(survives, "mail", func(context.Context, mail) error { ran.Add(1); return nil })
		enqueue(t, db, dies, "mail", mail{"a"})
		var group sync.WaitGroup
		group.Go(func() { dies.RunDue(context.Background()) })
		<-started
		if n, err := due(t, survives); n != 0 || err != nil {
			t.Fatalf("a leased job ran: %d, %v", n, err)
		}
		dbtest.Clock(db).Advance(31 * time.Second)
		if n, err := due(t, survives); n != 1 || err != nil {
			t.Fatalf("ran %d, %v", n, err)
		}
		close(release)
		group.Wait()
		if n, _ := due(t, survives); n != 0 || ran.Load() != 1 {
			t.Errorf("the late answer of the dead process revived the job: ran %d", ran.Load())
		}
	})
}

// Two processes on one database never run one job at the same time, and every job is done.
func TestTwoQueuesShareTheWork(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		const jobs = 300
		var mu sync.Mutex
		running, count := map[int]bool{}, map[int]int{}
		finished := make(chan struct{})
		done := 0
		do := func(_ context.Context, n int) error {
			mu.Lock()
			if running[n] {
				t.Errorf("job %d runs twice at once", n)
			}
			running[n] = true
			count[n]++
			again := n%10 == 0 && count[n] == 1
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			running[n] = false
			if again {
				return fmt.Errorf("job %d fails the first time", n)
			}
			if done++; done == jobs {
				close(finished)
			}
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		first := job.New(db)
		for i, q := range []*job.Queue{first, job.New(dbtest.Second(t, db)), job.New(dbtest.Second(t, db))} {
			job.Handle(q, "n", do, job.Concurrency(4+i))
			group.Go(func() { q.Run(ctx) })
		}
		for n := range jobs {
			enqueue(t, db, first, "n", n)
		}
		ticker := time.NewTicker(50 * time.Millisecond) // lets the pauses after failures pass; leases last 30 s
		defer ticker.Stop()
		deadline := time.After(30 * time.Second)
	wait:
		for {
			select {
			case <-finished:
				break wait
			case <-ticker.C:
				dbtest.Clock(db).Advance(time.Second)
			case <-deadline:
				t.Errorf("%d of %d done", done, jobs)
				break wait
			}
		}
		stop()
		group.Wait()
		for n := range jobs {
			if want := 1 + min(1, max(0, 1-n%10)); count[n] != want {
				t.Errorf("job %d ran %d times, want %d", n, count[n], want)
			}
		}
	})
}

func TestAScheduleIsDoneByOneProcessPerSpan(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		var ran int
		a, b := job.New(db), job.New(dbtest.Second(t, db))
		for _, q := range []*job.Queue{a, b} {
			q.Every("breaches", time.Minute, func(context.Context) error { ran++; return nil })
		}
		for span := range 3 {
			for _, q := range []*job.Queue{a, b} {
				if _, err := due(t, q); err != nil {
					t.Fatal(err)
				}
			}
			if ran != span+1 {
				t.Errorf("span %d: ran %d times", span, ran)
			}
			dbtest.Clock(db).Advance(time.Minute)
		}
	})
}

func TestATryThatTakesTooLongFails(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		q := job.New(db)
		job.Handle(q, "slow", func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() },
			job.Timeout(10*time.Millisecond))
		enqueue(t, db, q, "slow", 1)
		if _, err := due(t, q); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAStopLetsRunningJobsFinish(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		q := job.New(db)
		started, finished := make(chan struct{}), false
		job.Handle(q, "slow", func(ctx context.Context, _ int) error {
			close(started)
			time.Sleep(50 * time.Millisecond)
			finished = ctx.Err() == nil
			return nil
		})
		enqueue(t, db, q, "slow", 1)
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { q.Run(ctx) })
		<-started
		stop()
		group.Wait()
		if n, _ := due(t, q); n != 0 || !finished {
			t.Errorf("the job was cut short: finished %v, ran again %d", finished, n)
		}
	})
}
