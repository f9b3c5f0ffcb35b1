package sqldb

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// A batch is committed when it has this many calls or is this old. It never waits for company.
const (
	batchCalls = 128
	batchTime  = 10 * time.Millisecond
)

// slowWrite is how long a closure may hold the writer before it is logged.
const slowWrite = 50 * time.Millisecond

// watchdogLimit is how long a closure may run before the stack of the writer is logged.
const watchdogLimit = 5 * time.Second

// Panic is what a panic in a closure becomes in the caller's goroutine.
type Panic struct {
	Value any    // what the closure panicked with
	Stack []byte // where
}

// Error tells the value and the first stack.
func (p *Panic) Error() string { return fmt.Sprintf("panic in Write: %v\n\n%s", p.Value, p.Stack) }

// Unwrap is the value when it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

func newPanic(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	return &Panic{Value: value, Stack: debug.Stack()}
}

const (
	queued int32 = iota
	running
	abandoned
)

// call is one Write on its way through the writer.
type call struct {
	ctx    context.Context
	fn     func(context.Context, *Tx) error
	state  atomic.Int32
	done   chan struct{}
	err    error
	tx     *Tx
	panic  *Panic
	exited bool // fn called runtime.Goexit
}

func (c *call) answer(err error) {
	c.err = err
	close(c.done)
}

// writer owns the only connection that writes. Its fields below queue belong to its goroutine.
type writer struct {
	db      *DB
	queue   chan *call
	mu      sync.RWMutex // guards closed against senders
	closed  bool
	ended   chan struct{}
	counts  counts
	stopped atomic.Pointer[error] // why no more writes are taken

	conn    *liteConn
	open    bool // a transaction is open
	alone   bool // the running call is the first of its batch: it has no savepoint, and is undone with the transaction
	began   time.Time
	kept    []*call // released and waiting for the commit
	commit  func() error
	calls   int           // most calls of a batch
	age     time.Duration // of a batch at most
	limit   time.Duration // of the watchdog
	current atomic.Pointer[watched]
}

// watched is what the watchdog sees of the running closure.
type watched struct {
	since time.Time
	name  string
	told  atomic.Bool
}

func newWriter(db *DB, conn *liteConn) *writer {
	w := &writer{db: db, conn: conn, queue: make(chan *call, 2*batchCalls), ended: make(chan struct{}),
		calls: batchCalls, age: batchTime}
	if w.limit = db.config.watchdog; w.limit == 0 {
		w.limit = watchdogLimit
	}
	w.commit = func() error { return w.exec("commit") }
	go w.loop()
	go w.watch()
	return w
}

// write hands fn to the writer and waits for the true answer.
func (w *writer) write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	c := &call{ctx: ctx, fn: fn, done: make(chan struct{})}
	if err := w.enqueue(c); err != nil {
		return err
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if c.state.CompareAndSwap(queued, abandoned) {
			return ctx.Err()
		}
		<-c.done
	}
	switch {
	case c.panic != nil:
		panic(c.panic)
	case c.exited:
		runtime.Goexit()
	case c.err == nil:
		for _, fn := range c.tx.after {
			fn()
		}
	}
	return c.err
}

func (w *writer) enqueue(c *call) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	if why := w.stopped.Load(); why != nil {
		return unavailable(errors.Join(ErrStopped, *why))
	}
	select {
	case w.queue <- c:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// close lets the queued calls finish.
func (w *writer) close() error {
	w.mu.Lock()
	first := !w.closed
	w.closed = true
	w.mu.Unlock()
	if !first {
		return nil
	}
	close(w.queue)
	<-w.ended
	return w.conn.close()
}

// loop takes step after step. A closure that calls runtime.Goexit takes this goroutine with it, but not the
// batch: the state is in w, and another goroutine goes on.
func (w *writer) loop() {
	finished := false
	defer func() {
		if finished {
			close(w.ended)
		} else {
			go w.loop()
		}
	}()
	for w.step() {
	}
	finished = true
}

// step runs the next queued call, or commits when the batch is full, old, or nobody waits.
func (w *writer) step() bool {
	if !w.open {
		c, more := <-w.queue
		if more {
			w.take(c)
		}
		return more
	}
	if len(w.kept) < w.calls && time.Since(w.began) < w.age {
		select {
		case c, more := <-w.queue:
			if more {
				w.take(c)
				return true
			}
		default:
		}
	}
	w.finish()
	return true
}

// take starts a call unless its caller has gone.
func (w *writer) take(c *call) {
	if !c.state.CompareAndSwap(queued, running) {
		return
	}
	if err := c.ctx.Err(); err != nil {
		c.answer(err)
		return
	}
	if why := w.stopped.Load(); why != nil {
		c.answer(unavailable(errors.Join(ErrStopped, *why)))
		return
	}
	if !w.open {
		if err := w.exec("begin immediate"); err != nil {
			w.exec("rollback")
			c.answer(unavailable(fmt.Errorf("begin: %w", err)))
			return
		}
		w.open, w.began = true, time.Now()
	}
	if w.alone = len(w.kept) == 0; !w.alone { // a savepoint keeps a copy of every page that is written after it
		if err := w.exec("savepoint w"); err != nil {
			w.lose(c, fmt.Errorf("savepoint: %w", err))
			return
		}
	}
	w.attempt(c)
}

// attempt runs the closure. Its deferred half sees to panics and to Goexit.
func (w *writer) attempt(c *call) {
	tx := &Tx{Now: w.db.Now(), db: w.db, run: writerRun{w}, open: moments.Add(1)}
	c.tx = tx
	watched := &watched{since: time.Now(), name: nameOf(c.fn)}
	w.current.Store(watched)
	returned := false
	defer func() {
		if returned {
			return
		}
		if value := recover(); value != nil {
			c.panic = newPanic(value)
		} else {
			c.exited = true
		}
		w.settle(c, errors.New("the closure did not return"))
	}()
	err := c.fn(w.db.mark(c.ctx, tx), tx)
	returned = true
	if took := time.Since(watched.since); took > slowWrite {
		w.db.log.Warn("a write held the writer", "ms", took.Milliseconds(), "closure", watched.name)
	}
	w.settle(c, err)
}

// settle keeps what the closure did, or undoes it alone.
func (w *writer) settle(c *call, err error) {
	w.current.Store(nil)
	c.tx.over.Store(true)
	if err == nil {
		err = c.tx.broken
	}
	if err == nil {
		err = c.ctx.Err()
	}
	if c.tx.broken != nil && !harmless(c.tx.broken) {
		w.lose(c, err)
		return
	}
	switch {
	case err == nil && w.alone:
		w.kept = append(w.kept, c)
	case err == nil:
		if fail := w.exec("release w"); fail != nil {
			w.lose(c, fmt.Errorf("release: %w", fail))
			return
		}
		w.kept = append(w.kept, c)
	case w.alone:
		if fail := w.exec("rollback"); fail != nil {
			w.lose(c, errors.Join(err, fail))
			return
		}
		w.open = false
		c.answer(err)
	default:
		if fail := errors.Join(w.exec("rollback to w"), w.exec("release w")); fail != nil {
			w.lose(c, errors.Join(err, fail))
			return
		}
		c.answer(err)
	}
}

// lose gives the whole batch up: SQLite may have rolled the transaction back by itself, and a statement after
// that would be committed on its own. c gets its own error, its neighbours one that may be tried again.
func (w *writer) lose(c *call, err error) {
	w.exec("rollback") // fails when there is nothing left to roll back
	w.db.log.Warn("a batch of writes was lost", "calls", len(w.kept)+1, "err", err)
	c.answer(reachable(context.Background(), err)) // no caller's context reaches the driver
	w.answerKept(unavailable(errors.Join(ErrLost, err)))
}

// finish commits the batch and answers everybody in it.
func (w *writer) finish() {
	err := w.commit()
	w.counts.committed(len(w.kept), err)
	if err == nil {
		w.answerKept(nil)
		return
	}
	w.exec("rollback")
	err = fmt.Errorf("commit: %w", err)
	switch liteCode(err) {
	case sqliteIOErr, sqliteCorrupt, sqliteNotADB:
		w.stopped.Store(&err)
		w.db.log.Error("a commit failed with unknown outcome; writing has stopped until a restart", "err", err)
		w.answerKept(unavailable(errors.Join(ErrUnknown, err)))
	case sqliteConstraint:
		w.answerKept(err)
	default:
		w.answerKept(unavailable(err))
	}
}

func (w *writer) answerKept(err error) {
	w.open = false
	for i, c := range w.kept {
		c.answer(err)
		w.kept[i] = nil
	}
	w.kept = w.kept[:0]
}

func (w *writer) exec(text string) error {
	_, err := w.conn.exec(context.Background(), text, nil)
	return err
}

// writerRun runs statements of a Tx. The caller's context stops here: handed to the driver, its end during a
// statement would roll back the whole batch.
type writerRun struct{ w *writer }

func (r writerRun) exec(_ context.Context, text string, args []any) (int64, error) {
	return r.w.conn.exec(context.Background(), text, args)
}

func (r writerRun) query(_ context.Context, text string, args []any) (cursor, error) {
	return r.w.conn.query(context.Background(), text, args)
}

// harmless says whether SQLite has certainly kept the transaction after this error of a statement. Harmless
// codes are listed and not the fatal ones, because an interrupt arrives as a context's error without a code.
func harmless(err error) bool {
	switch liteCode(err) {
	case sqliteError, sqliteConstraint, sqliteMismatch, sqliteTooBig:
		return true
	case 0:
		return errors.Is(err, errNotSent)
	}
	return false
}

// errNotSent marks errors that arose before the statement reached SQLite.
var errNotSent = errors.New("statement was not run")

// watch logs the stacks of everybody when a closure holds the writer for too long.
func (w *writer) watch() {
	tick := time.NewTicker(w.limit / 5)
	defer tick.Stop()
	for {
		select {
		case <-w.ended:
			return
		case <-tick.C:
		}
		c := w.current.Load()
		if c == nil || time.Since(c.since) < w.limit || c.told.Swap(true) {
			continue
		}
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		w.db.log.Error("a write holds the writer", "closure", c.name, "for", time.Since(c.since).String(), "stacks", string(stacks))
	}
}

func nameOf(fn any) string {
	if f := runtime.FuncForPC(reflect.ValueOf(fn).Pointer()); f != nil {
		return f.Name()
	}
	return "?"
}
