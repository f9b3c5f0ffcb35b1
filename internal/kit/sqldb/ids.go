package sqldb

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"neike/internal/kit/fault"
)

// Epoch is the beginning of the time in ids.
var Epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// Nodes is how many processes can make ids for one database at the same time.
const Nodes = 16

// Source makes ids of 53 bits, safe in JavaScript: 41 bits of milliseconds since Epoch, 4 bits of node number, 8
// bits of counter. When a millisecond has used its 256 ids the next one is borrowed; when the clock goes back
// the ids do not. It is safe for concurrent use.
type Source struct {
	now  func() time.Time
	mu   sync.Mutex
	node int64
	last int64 // milliseconds << 8 | counter
}

// NewSource makes a source for a node number from 0 to 15.
func NewSource(node int, now func() time.Time) *Source {
	return &Source{now: now, node: int64(node) & (Nodes - 1)}
}

// Next is the next id; it is greater than every id before it.
func (s *Source) Next() int64 {
	current := s.now().Sub(Epoch).Milliseconds() << 8
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = max(current, s.last+1)
	return s.last>>8<<12 | s.node<<8 | s.last&0xff
}

func (s *Source) setNode(node int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.node = node
}

// IDTime is the time part of an id made by a Source.
func IDTime(id int64) time.Time { return Epoch.Add(time.Duration(id>>12) * time.Millisecond) }

// ownSchema holds the table of this package; Migrate always includes it.
//
//go:embed schema
var ownSchema embed.FS

const (
	leaseTerm  = 60 * time.Second
	leaseRenew = 15 * time.Second
	nodePause  = 200 * time.Millisecond // between two tries for a number, and up to as much again
)

// lease is this process's hold of a node number. Leases run on the wall clock (see wall): a simulated clock says nothing
// about other processes.
type lease struct {
	db     *DB
	holder string
	node   int64
	given  bool // back
	cancel context.CancelFunc
	done   chan struct{}
}

var errNoNode = fmt.Errorf("all %d node numbers are leased by running processes", Nodes)

// leaseNode takes a node number, unless there is no table for it yet (before the first Migrate) or it is held
// already.
func (db *DB) leaseNode(ctx context.Context) error {
	if db.source == nil || db.lease != nil || !db.hasLeases(ctx) {
		return nil
	}
	var random [8]byte
	rand.Read(random[:])
	l := &lease{db: db, holder: hex.EncodeToString(random[:]), done: make(chan struct{})}
	if err := l.wait(ctx); err != nil {
		return fmt.Errorf("lease a node number: %w", err)
	}
	ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	db.lease = l
	if db.engine == SQLite {
		close(l.done) // one process per file: nobody to renew against
	} else {
		go l.renew(ctx)
	}
	return nil
}

func (db *DB) hasLeases(ctx context.Context) bool {
	text := "select count(*) from sqlite_master where name = 'node_lease'"
	if db.engine == Postgres {
		text = "select count(*) from pg_tables where schemaname = current_schema() and tablename = 'node_lease'"
	}
	var n int
	err := db.backend.pool().QueryRowContext(ctx, text).Scan(&n)
	return err == nil && n > 0
}

// wait takes a number as soon as one is free: commands that run for a moment share the numbers with each other, and what a
// process that crashed held comes free with the end of its term.
func (l *lease) wait(ctx context.Context) error {
	deadline := time.Now().Add(leaseTerm + 10*time.Second)
	for {
		err := l.take(ctx)
		if !errors.Is(err, errNoNode) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(nodePause + mathrand.N(nodePause)):
		}
	}
}

// take leases the number that has been free the longest.
func (l *lease) take(ctx context.Context) error {
	return l.db.Write(ctx, func(ctx context.Context, tx *Tx) error {
		now := l.db.wall()
		text := "select node from node_lease where until < $1 order by until, node limit 1 for update skip locked"
		args := []any{now.UnixMilli()}
		if l.db.engine == SQLite {
			text, args = "select node from node_lease order by until, node limit 1", nil
		}
		node, err := One(ctx, tx, func(row Row) (node int64, err error) { return node, row.Scan(&node) }, text, args...)
		if errors.Is(err, fault.ErrNotFound) {
			return errNoNode
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update node_lease set holder = $1, until = $2 where node = $3",
			l.holder, now.Add(leaseTerm).UnixMilli(), node)
		tx.OnCommit(func() {
			l.node = node
			l.db.source.setNode(node)
		})
		return err
	})
}

// renew keeps the lease alive; a lease lost while the process was asleep is replaced by another number.
func (l *lease) renew(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := l.db.agree(ctx); err != nil && ctx.Err() == nil {
			l.db.log.Error("agree about the time", "err", err)
		}
		held, err := l.extend(ctx, l.db.wall().Add(leaseTerm))
		if err == nil && !held {
			err = l.take(ctx)
		}
		if err != nil && ctx.Err() == nil {
			l.db.log.Error("renew node number", "node", l.node, "err", err)
		}
	}
}

func (l *lease) extend(ctx context.Context, until time.Time) (held bool, err error) {
	err = l.db.Write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.Exec(ctx, "update node_lease set until = $1 where node = $2 and holder = $3",
			until.UnixMilli(), l.node, l.holder)
		held = n > 0
		return err
	})
	return held, err
}

// stop gives the number back.
func (l *lease) stop() {
	if l == nil {
		return
	}
	l.cancel()
	<-l.done
	if l.db.engine == SQLite || l.given {
		return // the number that was used last stays the last to be taken again
	}
	l.given = true
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := l.extend(ctx, l.db.wall()); err != nil && l.db.hasLeases(ctx) { // a restore has taken the table away
		l.db.log.Warn("give node number back", "node", l.node, "err", err)
	}
}
