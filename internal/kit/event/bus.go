// Package event carries what happened from the room where it happened to those who care.
//
// A room announces a past-tense event in the transaction that made it true (Emit). Others hear it in the same
// transaction (Hear), to keep an invariant, or follow it after the commit (Follow): in order, at least once, by
// a cursor of their own. What can follow does not hear: the write path stays short. Live is for open pages:
// every process gets every committed event, best effort, from the moment it starts.
//
// # Order
//
// Events are numbered by seq. A follower sees the events of committed transactions only, by rising seq, none
// skipped; two events about one record come in the order in which its transactions held the record. On SQLite
// the one writer numbers them. On PostgreSQL a number is drawn before its transaction commits, so readers stop
// at a horizon below every transaction that may still commit (see horizon).
//
// # Failure
//
// A follower runs in one process at a time (a lease). When its handler fails, the batch is halved until the one
// event that fails is found; what comes before it is done. That event is tried again with growing pauses for as
// long as it fails, and nothing overtakes it. Stuck names such followers, Skip lets an operator pass one event.
package event

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// Schema holds the tables outbox and event_cursor.
//
//go:embed schema
var Schema embed.FS

// Event is something that happened. It is a plain value that survives JSON.
type Event interface {
	EventKind() string                     // "request.delivered"; the same for every value of the type, also the zero one
	EventSubject() (kind string, id int64) // what it happened to: "request", id
}

// Record is an event as it is kept.
type Record struct {
	Seq         int64     // rising; gaps are normal
	At          time.Time // of the transaction
	Kind        string
	SubjectKind string
	Subject     int64
	Actor       int64  // person; 0: the system or nobody
	Via         string // actor.Actor.Via: the door
	Body        json.RawMessage
}

// Bus carries the events of one database. Register hearers and followers before Run.
type Bus struct {
	db        *sqldb.DB
	log       *slog.Logger
	holder    string
	hearers   map[string][]hearer
	followers []*follower
	live      []func(Record)
	beat      time.Duration // between two renewals of the leases

	wake chan struct{} // an event was committed here
	recent
}

type hearer struct {
	who string
	fn  func(context.Context, *sqldb.Tx, Event) error
}

// recent is the tail of the outbox in memory, so that followers do not each read it. It holds every record with
// after < seq <= head.
type recent struct {
	mu      sync.Mutex
	records []Record
	after   int64
	head    int64
	grown   chan struct{} // closed when head moves
	running atomic.Bool
	begun   atomic.Bool // the head is known, see Begin
}

// NewBus makes the bus of a database.
func NewBus(db *sqldb.DB) *Bus {
	var random [8]byte
	rand.Read(random[:])
	b := &Bus{db: db, log: slog.Default(), holder: hex.EncodeToString(random[:]),
		hearers: map[string][]hearer{}, beat: leaseRenew, wake: make(chan struct{}, 1)}
	b.grown = make(chan struct{})
	return b
}

// Hear calls fn in the transaction of every event of type E; its error undoes the transaction. who names the
// listening room in errors.
func Hear[E Event](b *Bus, who string, fn func(ctx context.Context, tx *sqldb.Tx, e E) error) {
	var zero E
	kind := zero.EventKind()
	b.hearers[kind] = append(b.hearers[kind], hearer{who, func(ctx context.Context, tx *sqldb.Tx, e Event) error {
		typed, ok := e.(E)
		if !ok {
			return fmt.Errorf("event %s is a %T here and a %T there", kind, e, zero)
		}
		return fn(ctx, tx, typed)
	}})
}

// Decode reads an event back from its record.
func Decode[E Event](r Record) (E, error) {
	var e E
	if err := json.Unmarshal(r.Body, &e); err != nil {
		return e, fmt.Errorf("event %d %s: %w", r.Seq, r.Kind, err)
	}
	return e, nil
}

// onceLock and onceWake are asked of a transaction: has it emitted before?
type (
	onceLock struct{}
	onceWake struct{ *Bus }
)

// Emit announces events in the transaction that made them true, after its rows are written, and lets the
// hearers hear. Who did it is taken from the context.
func (b *Bus) Emit(ctx context.Context, tx *sqldb.Tx, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	if tx.Once(onceWake{b}) {
		tx.OnCommit(b.poke)
	}
	if err := b.insert(ctx, tx, events); err != nil {
		return fmt.Errorf("emit %s: %w", events[0].EventKind(), err)
	}
	for _, e := range events {
		for _, h := range b.hearers[e.EventKind()] {
			if err := h.fn(ctx, tx, e); err != nil {
				return fmt.Errorf("%s hears %s: %w", h.who, e.EventKind(), err)
			}
		}
	}
	return nil
}

const outboxColumns = "at, kind, subject_kind, subject, actor, via, body"

func (b *Bus) insert(ctx context.Context, tx *sqldb.Tx, events []Event) error {
	who := actor.From(ctx)
	rows := make([][]any, len(events))
	for i, e := range events {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		subjectKind, subject := e.EventSubject()
		rows[i] = []any{tx.Now, e.EventKind(), subjectKind, subject, who.Person, who.Via(), string(body)}
	}
	if tx.Engine() == sqldb.Postgres && tx.Once(onceLock{}) {
		first := min(len(rows), lockedRows)
		if err := insertLocked(ctx, tx, rows[:first]); err != nil {
			return err
		}
		rows = rows[first:]
	}
	return tx.Insert(ctx, "outbox", outboxColumns, rows...)
}

const lockedRows = 16 // of the statement that takes the lock; the rest follow in a plain one

// insertLocked draws the numbers under a shared advisory lock whose key is the last number before them. The lock
// lasts until the commit is visible; horizon looks for it. The join computes the lock before the insert draws.
func insertLocked(ctx context.Context, tx *sqldb.Tx, rows [][]any) error {
	var text strings.Builder
	text.WriteString("insert into outbox (" + outboxColumns + ")\n" +
		"select v.at, v.kind, v.subject_kind, v.subject, v.actor, v.via, v.body\n" +
		"from (select pg_advisory_xact_lock_shared((7::bigint << 48) | last_value) from outbox_seq_seq offset 0) l,\n" +
		"  (values ")
	var args []any
	for i, row := range rows {
		if i > 0 {
			text.WriteString(", ")
		}
		n := len(args)
		fmt.Fprintf(&text, "(%d, $%d::bigint, $%d::text, $%d::text, $%d::bigint, $%d::bigint, $%d::text, $%d::jsonb)",
			i, n+1, n+2, n+3, n+4, n+5, n+6, n+7)
		args = append(args, row...)
	}
	text.WriteString(") v (n, " + outboxColumns + ")\norder by v.n")
	_, err := tx.Exec(ctx, text.String(), args...)
	return err
}

// poke tells the pump that there is something new.
func (b *Bus) poke() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}
