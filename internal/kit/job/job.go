// Package job does later, and again when it fails, what a transaction wanted done: whatever leaves the database.
//
// A job is a row written by the transaction that needs it (Enqueue), so it exists exactly when its cause does. It
// is run after the commit by one worker of one process at a time, under a lease that is renewed while it runs;
// when the process dies the lease ends and the job is run again. A handler must therefore bear to run twice. Who knows
// that no other process has the database says so (Alone) and need not wait for leases of the dead. A failed job is tried again with growing pauses, and after its last try it is kept as a dead letter that can be
// replayed.
//
// Times are those of the database's clock, so that a test moves them.
package job

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// Schema holds the tables job and job_schedule.
//
//go:embed schema
var Schema embed.FS

// What a kind has unless its Handle says otherwise.
const (
	DefaultMaxAttempts = 10
	DefaultTimeout     = 5 * time.Minute
	workers            = 8 // jobs of one process at once
)

// Queue runs the jobs of one database. Register handlers and schedules before Run.
type Queue struct {
	db        *sqldb.DB
	log       *slog.Logger
	holder    string
	kinds     map[string]*kind
	schedules []*schedule
	wake      chan struct{}
	beat      time.Duration // between two renewals of the leases
	alone     bool          // see Alone

	mu      sync.Mutex
	running int       // jobs and schedules of this process
	since   time.Time // see Since
}

// kind is how jobs of one kind are done.
type kind struct {
	name        string
	do          func(ctx context.Context, payload json.RawMessage) error
	maxAttempts int
	timeout     time.Duration
	concurrency int // at once in this process; 0: as many as there are workers
	running     int // guarded by Queue.mu
}

// New makes the queue of a database.
func New(db *sqldb.DB) *Queue {
	var random [8]byte
	rand.Read(random[:])
	return &Queue{db: db, log: slog.Default(), holder: hex.EncodeToString(random[:]),
		kinds: map[string]*kind{}, wake: make(chan struct{}, 1), beat: leaseRenew}
}

// Since is when this process began to run jobs; zero: it does not.
func (q *Queue) Since() time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.since
}

// Option says how jobs of a kind are done.
type Option func(*kind)

// MaxAttempts is after how many failed tries a job is dead.
func MaxAttempts(n int) Option { return func(k *kind) { k.maxAttempts = n } }

// Timeout ends the context of a try.
func Timeout(d time.Duration) Option { return func(k *kind) { k.timeout = d } }

// Concurrency is how many jobs of this kind one process runs at once.
func Concurrency(n int) Option { return func(k *kind) { k.concurrency = n } }

// Handle registers what does the jobs of a kind. T is the payload's type. The handler's context is the system's.
func Handle[T any](q *Queue, name string, fn func(ctx context.Context, p T) error, opts ...Option) {
	if q.kinds[name] != nil {
		panic("job: two handlers for " + name)
	}
	k := &kind{name: name, maxAttempts: DefaultMaxAttempts, timeout: DefaultTimeout}
	k.do = func(ctx context.Context, payload json.RawMessage) error {
		var p T
		if err := json.Unmarshal(payload, &p); err != nil {
			return Permanent(fmt.Errorf("payload: %w", err))
		}
		return fn(ctx, p)
	}
	for _, opt := range opts {
		opt(k)
	}
	q.kinds[name] = k
}

// permanent marks an error that no second try will change.
type permanent struct{ error }

// Unwrap is the error itself.
func (p permanent) Unwrap() error { return p.error }

// Permanent makes a job dead at once: trying again will not help.
func Permanent(err error) error { return permanent{err} }

// EnqueueOption says when and how often a job is run.
type EnqueueOption func(*order)

type order struct {
	unique   *string
	at       time.Time
	priority int
}

// Unique drops the new job when one of the same kind and key is waiting already. Two of the same key never run at
// once; one that arrives while its twin runs waits for it.
func Unique(key string) EnqueueOption { return func(o *order) { o.unique = &key } }

// At lets the job wait until a time.
func At(t time.Time) EnqueueOption { return func(o *order) { o.at = t } }

// Priority puts jobs of a higher number before others; 0 is usual.
func Priority(n int) EnqueueOption { return func(o *order) { o.priority = n } }

// Enqueue writes a job in the transaction that needs it. The payload becomes JSON.
func (q *Queue) Enqueue(ctx context.Context, tx *sqldb.Tx, kind string, payload any, opts ...EnqueueOption) error {
	o := order{at: tx.Now}
	for _, opt := range opts {
		opt(&o)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	var key any
	if o.unique != nil {
		key = *o.unique
	}
	_, err = tx.Exec(ctx, `
insert into job (id, kind, payload, state, priority, due, tries, holder, until, unique_key, error, created)
values ($1, $2, $3, 'ready', $4, $5, 0, '', 0, $6, '', $7)
on conflict (kind, unique_key) where state = 'ready' and unique_key is not null do nothing`,
		tx.NewID(), kind, string(body), o.priority, o.at, key, tx.Now)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	if tx.Once(onceWake{q}) {
		tx.OnCommit(q.poke)
	}
	return nil
}

// onceWake is asked of a transaction: has it enqueued before?
type onceWake struct{ *Queue }

func (q *Queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// protect runs a handler as the system, within its time; a panic becomes an error.
func protect(ctx context.Context, timeout time.Duration, fn func(context.Context) error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(actor.System(ctx), timeout)
	defer cancel()
	if err := fn(ctx); err != nil {
		if cause := ctx.Err(); errors.Is(cause, context.DeadlineExceeded) {
			return fmt.Errorf("took longer than %v: %w", timeout, err)
		}
		return err
	}
	return nil
}
