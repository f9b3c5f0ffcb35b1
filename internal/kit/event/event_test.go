package event_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}}

type wasMoved struct {
	Thing int64
	Step  int64
}

func (wasMoved) EventKind() string               { return "thing.moved" }
func (e wasMoved) EventSubject() (string, int64) { return "thing", e.Thing }

type wasSold struct{ Thing int64 }

func (wasSold) EventKind() string               { return "thing.sold" }
func (e wasSold) EventSubject() (string, int64) { return "thing", e.Thing }

func emit(t *testing.T, db *sqldb.DB, b *event.Bus, events ...event.Event) {
	t.Helper()
	ctx := actor.With(t.Context(), actor.Actor{Person: 7})
	err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return b.Emit(ctx, tx, events...) })
	if err != nil {
		t.Fatal(err)
	}
}

// seen collects what a follower got.
type seen struct {
	mu      sync.Mutex
	records []event.Record
}

func (s *seen) handle(_ context.Context, batch []event.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, batch...)
	return nil
}

func (s *seen) steps(t *testing.T) (steps []int64) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.records {
		e, err := event.Decode[wasMoved](r)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, e.Step)
	}
	return steps
}

func TestHearersShareTheTransaction(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		b := event.NewBus(db)
		var all seen
		b.Follow("all", all.handle)
		refuse := errors.New("refused")
		event.Hear(b, "shop", func(ctx context.Context, tx *sqldb.Tx, e wasMoved) error {
			if e.Step == 2 {
				return refuse
			}
			return b.Emit(ctx, tx, wasSold{e.Thing})
		})
		emit(t, db, b, wasMoved{1, 1})
		err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return b.Emit(ctx, tx, wasMoved{1, 2}) })
		if !errors.Is(err, refuse) {
			t.Errorf("got %v", err)
		}
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(all.records) != 2 || all.records[0].Kind != "thing.moved" || all.records[1].Kind != "thing.sold" {
			t.Fatalf("got %+v", all.records)
		}
		r := all.records[0]
		if r.SubjectKind != "thing" || r.Subject != 1 || r.Actor != 7 || r.Via != "web" || !r.At.Equal(dbtest.Start) {
			t.Errorf("got %+v", r)
		}
	})
}

func TestAFollowerGetsItsKindsInOrderFromItsCursor(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		b := event.NewBus(db)
		var moves, sales seen
		b.Follow("moves", moves.handle, "thing.moved")
		b.Follow("sales", sales.handle, "thing.sold")
		for n := range int64(3) {
			emit(t, db, b, wasMoved{1, 2 * n}, wasMoved{1, 2*n + 1}, wasSold{1})
		}
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := moves.steps(t); !slices.Equal(got, []int64{0, 1, 2, 3, 4, 5}) || len(sales.records) != 3 {
			t.Errorf("got %v and %d sales", got, len(sales.records))
		}
		// Another process goes on where this one was.
		dbtest.Clock(db).Advance(time.Minute)
		other := event.NewBus(dbtest.Second(t, db))
		var later seen
		other.Follow("moves", later.handle, "thing.moved")
		emit(t, db, b, wasMoved{1, 6})
		if err := other.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := later.steps(t); !slices.Equal(got, []int64{6}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestAPoisonedEventHoldsItsFollowerAndNothingElse(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		b := event.NewBus(db)
		var good, hurt seen
		var cured atomic.Bool
		b.Follow("good", good.handle)
		b.Follow("hurt", func(ctx context.Context, batch []event.Record) error {
			for _, r := range batch {
				if e, _ := event.Decode[wasMoved](r); e.Step == 13 && !cured.Load() {
					panic("poison")
				}
			}
			return hurt.handle(ctx, batch)
		})
		for n := range int64(40) {
			emit(t, db, b, wasMoved{1, n})
		}
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { b.Run(ctx) })
		defer group.Wait()
		defer stop()
		stuck := func() []event.Stuck {
			list, err := b.Stuck(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		eventually(t, "the follower is stuck", func() bool { return len(stuck()) == 1 })
		if got := hurt.steps(t); len(got) != 13 {
			t.Errorf("before the poison: %v", got)
		}
		eventually(t, "the others go on", func() bool { return len(good.steps(t)) == 40 })
		if s := stuck()[0]; s.Follower != "hurt" || s.Tries < 1 || s.Error == "" {
			t.Errorf("got %+v", s)
		}
		cured.Store(true)
		eventually(t, "the cured follower goes on", func() bool { return len(hurt.steps(t)) == 40 })
		if got := hurt.steps(t); !slices.IsSorted(got) {
			t.Errorf("order was lost: %v", got)
		}
		if len(stuck()) != 0 {
			t.Errorf("still stuck: %v", stuck())
		}
	})
}

func TestSkipPassesOneEvent(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		b := event.NewBus(db)
		var got seen
		b.Follow("hurt", func(ctx context.Context, batch []event.Record) error {
			for _, r := range batch {
				if e, _ := event.Decode[wasMoved](r); e.Step == 2 {
					return errors.New("poison")
				}
			}
			return got.handle(ctx, batch)
		})
		emit(t, db, b, wasMoved{1, 1}, wasMoved{1, 2}, wasMoved{1, 3})
		var list []event.Stuck
		for range 4 { // the batch is halved down to the one event
			if err := b.Drain(t.Context()); err == nil {
				t.Fatal("drain must tell")
			}
			var err error
			if list, err = b.Stuck(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(list) > 0 {
				break
			}
		}
		if len(list) != 1 {
			t.Fatal("nothing is stuck")
		}
		if err := b.Skip(t.Context(), "hurt", list[0].Seq+1); err == nil {
			t.Error("skipped an event it does not stand before")
		}
		if err := b.Skip(t.Context(), "hurt", list[0].Seq); err != nil {
			t.Fatal(err)
		}
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if steps := got.steps(t); !slices.Equal(steps, []int64{1, 3}) {
			t.Errorf("got %v", steps)
		}
	})
}

func TestPurgeKeepsWhatIsUnseenAndNeverReusesANumber(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		b := event.NewBus(db)
		var all seen
		b.Follow("all", all.handle)
		for n := range int64(10) {
			emit(t, db, b, wasMoved{1, n})
		}
		dbtest.Clock(db).Advance(48 * time.Hour)
		if n, err := b.Purge(t.Context(), 24*time.Hour); n != 0 || err != nil {
			t.Fatalf("purged %d unseen events, %v", n, err)
		}
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := b.Purge(t.Context(), 72*time.Hour); n != 0 || err != nil {
			t.Fatalf("purged %d young events, %v", n, err)
		}
		if n, err := b.Purge(t.Context(), 24*time.Hour); n != 9 || err != nil {
			t.Fatalf("purged %d, %v, want 9", n, err)
		}
		last := all.records[9].Seq
		emit(t, db, b, wasMoved{1, 10})
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(all.records) != 11 || all.records[10].Seq <= last {
			t.Errorf("the event after a purge: %+v", all.records[10:])
		}
	})
}

func TestOneProcessRunsAFollowerAndEveryProcessLives(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, schemas)
	var followed, lived [2]seen
	var buses [2]*event.Bus
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	for i, db := range []*sqldb.DB{db, dbtest.Second(t, db)} {
		buses[i] = event.NewBus(db)
		buses[i].Follow("one", followed[i].handle)
		buses[i].Live(func(r event.Record) { lived[i].handle(ctx, []event.Record{r}) })
		group.Go(func() { buses[i].Run(ctx) })
	}
	eventually(t, "both run", func() bool {
		emit(t, db, buses[0], wasMoved{1, -1})
		return len(lived[0].steps(t)) > 0 && len(lived[1].steps(t)) > 0
	})
	for n := range int64(50) {
		emit(t, db, buses[n%2], wasMoved{1, n})
	}
	has := func(steps []int64) bool { return len(steps) > 0 && steps[len(steps)-1] == 49 }
	eventually(t, "every process lives", func() bool { return has(lived[0].steps(t)) && has(lived[1].steps(t)) })
	eventually(t, "one process follows", func() bool { return has(followed[0].steps(t)) || has(followed[1].steps(t)) })
	if a, b := len(followed[0].steps(t)), len(followed[1].steps(t)); a > 0 && b > 0 {
		t.Errorf("both followed: %d and %d", a, b)
	}
}

// Twenty-four writers with random pauses and aborts on few things: no event is skipped, none comes twice, and
// those of one thing come in the order in which their transactions held it.
func TestChaosKeepsTheOrder(t *testing.T) {
	more := []sqldb.Schema{schemas[0], {Room: "thing", FS: thingSchema}}
	dbtest.Each(t, more, func(t *testing.T, db *sqldb.DB) {
		const writers, things, last = 24, 12, 3 * time.Second
		b := event.NewBus(db)
		var all seen
		b.Follow("all", all.handle)
		ctx, stop := context.WithCancel(t.Context())
		var running, writing sync.WaitGroup
		running.Go(func() { b.Run(ctx) })
		var committed atomic.Int64
		end := time.Now().Add(last)
		for range writers {
			writing.Go(func() {
				for time.Now().Before(end) {
					if chaos(t.Context(), db, b, 1+rand.Int64N(things)) == nil {
						committed.Add(2)
					}
				}
			})
		}
		writing.Wait()
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop()
		running.Wait()
		if got := int64(len(all.records)); got != committed.Load() {
			t.Errorf("followed %d of %d events", got, committed.Load())
		}
		steps, seq := map[int64]int64{}, int64(0)
		for _, r := range all.records {
			e, _ := event.Decode[wasMoved](r)
			if r.Seq <= seq || e.Step != steps[e.Thing]+1 {
				t.Fatalf("event %d after %d: thing %d step %d after %d", r.Seq, seq, e.Thing, e.Step, steps[e.Thing])
			}
			seq, steps[e.Thing] = r.Seq, e.Step
		}
		t.Logf("%d events", len(all.records))
	})
}

// chaos moves a thing by two steps, with pauses where a neighbour may overtake.
func chaos(ctx context.Context, db *sqldb.DB, b *event.Bus, thing int64) error {
	pause := func(tx *sqldb.Tx) {
		if tx.Engine() == sqldb.Postgres && rand.IntN(3) == 0 {
			time.Sleep(time.Duration(rand.IntN(8000)) * time.Microsecond)
		}
	}
	return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		pause(tx)
		if err := tx.Lock(ctx, "thing", thing); err != nil {
			return err
		}
		step, err := sqldb.Value[int64](ctx, tx, "select step from thing where id = $1", thing)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update thing set step = $1 where id = $2", step+2, thing); err != nil {
			return err
		}
		for n := int64(1); n <= 2; n++ {
			if err := b.Emit(ctx, tx, wasMoved{thing, step + n}); err != nil {
				return err
			}
			pause(tx)
		}
		if rand.IntN(10) == 0 {
			return errors.New("changed my mind")
		}
		return nil
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(fmt.Sprint("not within 15 s: ", what))
		}
	}
}

// TestPagesHearFromTheMomentItBegins: what is committed after Begin and before Run is told as well.
func TestPagesHearFromTheMomentItBegins(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		b := event.NewBus(db)
		heard := make(chan int64, 10)
		b.Live(func(r event.Record) { heard <- r.Subject })
		emit(t, db, b, wasSold{1})
		if err := b.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		emit(t, db, b, wasSold{2})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		select {
		case got := <-heard:
			if got != 2 {
				t.Errorf("heard of %d", got)
			}
		case <-time.After(10 * time.Second):
			t.Error("heard nothing")
		}
		stop()
		<-ended
	})
}
