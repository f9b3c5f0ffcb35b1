package sqldb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"neike/internal/kit/fault"
)

// What only SQLite's writer can get wrong, with its insides in reach.

var thingSchema = Schema{"thing", fstest.MapFS{"2026112199_thing.sql": {Data: []byte(`
create table thing (
  id bigint primary key,
  body text,
  parent bigint references thing (id) deferrable initially deferred
);`)}}}

func openFile(t testing.TB, c Config) (*DB, *writer) {
	t.Helper()
	if c.Path == "" {
		c.Path = filepath.Join(t.TempDir(), "t.db")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	db, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(context.Background(), thingSchema); err != nil {
		t.Fatal(err)
	}
	return db, db.backend.(*lite).writer
}

// hold keeps the writer busy until release is called, so that what is written meanwhile shares a batch.
func hold(db *DB) (release func()) {
	held, let := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		db.Write(context.Background(), func(context.Context, *Tx) error { close(held); <-let; return nil })
	})
	<-held
	return func() {
		close(let)
		group.Wait()
	}
}

// batch runs writes of one batch and gives their answers.
func batch(db *DB, writes ...func(ctx context.Context, tx *Tx) error) []error {
	errs := make([]error, len(writes))
	var group sync.WaitGroup
	w := db.backend.(*lite).writer
	if w.age > 0 {
		w.age = time.Hour // on a slow machine, too
	}
	release := hold(db)
	for i, fn := range writes {
		queue := len(w.queue)
		group.Go(func() { errs[i] = db.Write(context.Background(), fn) })
		for len(w.queue) == queue {
			time.Sleep(100 * time.Microsecond)
		}
	}
	release()
	group.Wait()
	return errs
}

func put(id int64) func(context.Context, *Tx) error {
	return func(ctx context.Context, tx *Tx) error { return tx.Insert(ctx, "thing", "id", []any{id}) }
}

func count(t testing.TB, db *DB) (n int) {
	t.Helper()
	err := db.Read(context.Background(), func(ctx context.Context, rd Reader) (err error) {
		n, err = Value[int](ctx, rd, "select count(*) from thing")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A batch takes whoever waits, but no more than it may hold and no longer than it may last.
func TestWaitingCallsShareACommit(t *testing.T) {
	db, w := openFile(t, Config{})
	if w.calls != 128 || w.age != 10*time.Millisecond {
		t.Errorf("a batch has %d calls and lasts %v", w.calls, w.age)
	}
	commits := 0
	commit := w.commit
	w.commit = func() error { commits++; return commit() }
	next := int64(0)
	for _, c := range []struct {
		waiting int // beside the one that holds the writer
		age     time.Duration
		commits int
	}{{50, time.Hour, 1}, {127, time.Hour, 1}, {128, time.Hour, 2}, {256, time.Hour, 3}, {9, 0, 10}} {
		w.age, commits = c.age, 0
		var writes []func(context.Context, *Tx) error
		for range c.waiting {
			next++
			writes = append(writes, put(next))
		}
		if err := errors.Join(batch(db, writes...)...); err != nil {
			t.Fatal(err)
		}
		if commits != c.commits {
			t.Errorf("%d commits for %d calls, want %d", commits, 1+c.waiting, c.commits)
		}
	}
	if n := count(t, db); n != int(next) {
		t.Errorf("%d rows, want %d", n, next)
	}
}

func TestAFailedCommitFailsAllOfItsBatch(t *testing.T) {
	db, _ := openFile(t, Config{})
	errs := batch(db, put(1), func(ctx context.Context, tx *Tx) error {
		return tx.Insert(ctx, "thing", "id, parent", []any{2, 99}) // found out at the commit
	}, put(3))
	for i, err := range errs {
		if err == nil {
			t.Errorf("call %d was acknowledged", i)
		}
	}
	if n := count(t, db); n != 0 {
		t.Errorf("%d rows are there", n)
	}
	if err := errors.Join(batch(db, put(4))...); err != nil || count(t, db) != 1 {
		t.Errorf("writing does not go on: %v", err)
	}
}

// diskError is an error with a code of SQLite.
type diskError int

func (e diskError) Error() string { return fmt.Sprintf("disk error %d", int(e)) }
func (e diskError) Code() int     { return int(e) }

func TestACommitOfUnknownOutcomeStopsWriting(t *testing.T) {
	db, w := openFile(t, Config{})
	if err := errors.Join(db.Write(t.Context(), put(1)), db.Stopped()); err != nil {
		t.Fatal(err)
	}
	w.commit = func() error { return diskError(sqliteIOErr | 4<<8) } // fsync
	errs := batch(db, put(2), put(3))
	for _, err := range errs {
		if !errors.Is(err, ErrUnknown) || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("got %v", err)
		}
	}
	if err := db.Write(t.Context(), put(4)); !errors.Is(err, ErrStopped) || !errors.Is(db.Stopped(), ErrStopped) {
		t.Errorf("a write after it: %v; the database says %v", err, db.Stopped())
	}
	if n := count(t, db); n != 1 {
		t.Errorf("reading does not go on: %d", n)
	}
}

// When a statement fails in a way after which SQLite may have rolled back by itself, the whole batch is given up,
// and nothing that the closure still does becomes durable.
func TestALostTransactionLosesItsBatchAndNothingElse(t *testing.T) {
	db, w := openFile(t, Config{})
	pages := func(most int) {
		if err := w.exec(fmt.Sprintf("pragma max_page_count = %d", most)); err != nil {
			t.Fatal(err)
		}
	}
	var size int
	if _, err := drain(t.Context(), w.conn, "pragma page_count", nil, func(row Row) (bool, error) { return false, row.Scan(&size) }); err != nil {
		t.Fatal(err)
	}
	pages(size + 4)
	fill := strings.Repeat("x", 100_000)
	errs := batch(db, put(1), func(ctx context.Context, tx *Tx) error {
		tx.Insert(ctx, "thing", "id, body", []any{2, fill}) // the disk is full; the closure ignores it
		put(3)(ctx, tx)
		return nil
	}, put(4))
	if errs[0] == nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("got %v", errs)
	}
	if !errors.Is(errs[0], ErrLost) || fault.KindOf(errs[0]) != fault.Unavailable {
		t.Errorf("the neighbour got %v", errs[0])
	}
	pages(1 << 30)
	if err := db.Write(t.Context(), put(5)); err != nil {
		t.Errorf("writing does not go on: %v", err)
	}
	if n := count(t, db); n != 2 {
		t.Errorf("%d rows, want those of 4 and 5", n)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// failing runs no statement.
type failing struct{ err error }

func (f failing) exec(context.Context, string, []any) (int64, error)   { return 0, f.err }
func (f failing) query(context.Context, string, []any) (cursor, error) { return nil, f.err }

// Harmless errors are listed, not fatal ones: after any other the transaction counts as lost.
func TestAnErrorThatIsNotKnownAsHarmlessLosesTheBatch(t *testing.T) {
	db, _ := openFile(t, Config{})
	for _, c := range []struct {
		err  error
		lost bool
	}{
		{diskError(sqliteConstraint), false}, {diskError(sqliteTooBig), false}, {diskError(sqliteMismatch), false}, {diskError(sqliteError), false},
		{diskError(13), true}, {diskError(sqliteIOErr), true}, {diskError(9), true}, {context.Canceled, true}, {errors.New("anything"), true},
	} {
		errs := batch(db, put(db.NewID()), func(ctx context.Context, tx *Tx) error {
			tx.run = failing{c.err}
			_, err := tx.Exec(ctx, "delete from thing")
			return err
		})
		if !errors.Is(errs[1], c.err) || errors.Is(errs[0], ErrLost) != c.lost {
			t.Errorf("%v: the neighbour got %v", c.err, errs)
		}
	}
}

// A disk that is really full, and then is not.
func TestAFullDiskGivesTrueAnswers(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("no small disk to be had: %v", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	db, _ := openFile(t, Config{Path: filepath.Join(dir, "t.db"), Synchronous: "off"})
	defer db.Close()
	body := strings.Repeat("x", 3000)
	answers := map[int64]error{}
	var mu sync.Mutex
	round := func(from int64) (failed int) {
		var group sync.WaitGroup
		for id := from; id < from+1000; id++ {
			group.Go(func() {
				err := db.Write(context.Background(), func(ctx context.Context, tx *Tx) error {
					return tx.Insert(ctx, "thing", "id, body", []any{id, body})
				})
				mu.Lock()
				defer mu.Unlock()
				if answers[id] = err; err != nil {
					failed++
				}
			})
		}
		group.Wait()
		return failed
	}
	if round(0) == 0 {
		t.Fatal("the disk did not fill up")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), put(5000)); err != nil && !errors.Is(err, ErrStopped) {
		t.Errorf("writing does not go on after space is freed: %v", err)
	}
	there := map[int64]bool{}
	err := db.Read(t.Context(), func(ctx context.Context, rd Reader) error {
		return Each(ctx, rd, func(row Row) error {
			var id int64
			err := row.Scan(&id)
			there[id] = true
			return err
		}, "select id from thing")
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, err := range answers {
		if there[id] != (err == nil) && !errors.Is(err, ErrUnknown) {
			t.Errorf("%d: there %v, answer %v", id, there[id], err)
		}
	}
}

func TestTheWatchdogNamesTheClosure(t *testing.T) {
	var log safeBuffer
	db, _ := openFile(t, Config{watchdog: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
	db.Write(t.Context(), func(context.Context, *Tx) error { time.Sleep(80 * time.Millisecond); return nil })
	for _, want := range []string{"a write holds the writer", "a write held the writer", "TestTheWatchdogNamesTheClosure"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%.2000s", want, log.String())
		}
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestStatementsAreKeptButNotForEver(t *testing.T) {
	db, w := openFile(t, Config{})
	err := db.Write(t.Context(), func(ctx context.Context, tx *Tx) error {
		for n := range keptStatements + 50 {
			if _, err := Value[int](ctx, tx, fmt.Sprintf("select %d", n)); err != nil {
				return err
			}
		}
		return nil
	})
	if n := len(w.conn.stmts); err != nil || n > keptStatements {
		t.Errorf("%d statements, %v", n, err)
	}
	before := len(w.conn.stmts)
	for id := range int64(10) {
		db.Write(t.Context(), put(id))
	}
	if n := len(w.conn.stmts); n > before+5 {
		t.Errorf("one statement was prepared again and again: %d after %d", n, before)
	}
}

func TestTheSettings(t *testing.T) {
	db, w := openFile(t, Config{})
	reader, err := db.backend.(*lite).reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.backend.(*lite).giveBack(reader, true)
	for _, c := range []struct {
		conn         *liteConn
		pragma, want string
	}{
		{w.conn, "journal_mode", "wal"}, {w.conn, "synchronous", "2"}, {w.conn, "foreign_keys", "1"}, {w.conn, "busy_timeout", "5000"},
		{reader, "query_only", "1"}, {reader, "mmap_size", "2147418112"}, {reader, "busy_timeout", "5000"},
	} {
		var got string
		_, err := drain(t.Context(), c.conn, "pragma "+c.pragma, nil, func(row Row) (bool, error) { return false, row.Scan(&got) })
		if err != nil || got != c.want {
			t.Errorf("%s is %s, want %s (%v)", c.pragma, got, c.want, err)
		}
	}
}

func TestCloseLetsQueuedWritesFinish(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	db, w := openFile(t, Config{Path: path})
	release := hold(db)
	errs := make([]error, 20)
	var group sync.WaitGroup
	for id := range errs {
		group.Go(func() { errs[id] = db.Write(context.Background(), put(int64(id))) })
	}
	for len(w.queue) < len(errs) {
		time.Sleep(time.Millisecond)
	}
	group.Go(func() { db.Close() })
	release()
	group.Wait()
	if err := db.Write(t.Context(), put(100)); !errors.Is(err, ErrClosed) {
		t.Errorf("a write after close: %v", err)
	}
	again, _ := openFile(t, Config{Path: path})
	if err := errors.Join(errs...); err != nil || count(t, again) != len(errs) {
		t.Errorf("%d of %d, %v", count(t, again), len(errs), err)
	}
}
