package event

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

const (
	leaseTerm   = 30 * time.Second
	leaseRenew  = 10 * time.Second
	followGap   = 20 * time.Millisecond // between two batches of a busy follower; see Pace
	saveAfter   = 2 * time.Second       // a cursor that moved over events of no interest is saved this late
	halvePause  = 50 * time.Millisecond
	longestWait = time.Minute
)

// follower is one reader of the outbox. What is below mu belongs to whoever holds it.
type follower struct {
	name   string
	handle func(context.Context, []Record) error
	kinds  []string // sorted; none means all
	gap    time.Duration

	mu     sync.Mutex
	held   bool      // the lease is ours, as far as we know
	ever   bool      // it was ours before
	cursor int64     // everything up to here is done
	saved  int64     // what the table says
	at     time.Time // of the last save
	size   int       // of the next batch; halved when a batch fails
	tries  int       // of the one event that fails
}

// Follow registers a handler for committed events, of some kinds or all, in order and at least once: it must
// bear to see an event again. A new name begins with the oldest event that is still there. The batch must not
// be changed. The handler's context is the system's.
func (b *Bus) Follow(name string, handle func(ctx context.Context, batch []Record) error, kinds ...string) {
	kinds = slices.Sorted(slices.Values(kinds))
	b.followers = append(b.followers, &follower{name: name, handle: handle, kinds: kinds, size: readBatch, gap: followGap})
}

// Pace lets a follower under Run wait at least this long between two batches, so that it gets fewer and larger
// ones. Without it the gap is 20 ms.
func (b *Bus) Pace(name string, gap time.Duration) {
	for _, f := range b.followers {
		if f.name == name {
			f.gap = gap
		}
	}
}

// Also lets a follower hear of further kinds. Call it while wiring, before Run; who hears all hears no more.
func (b *Bus) Also(name string, kinds ...string) {
	for _, f := range b.followers {
		if f.name == name && len(f.kinds) > 0 {
			f.kinds = slices.Compact(slices.Sorted(slices.Values(append(f.kinds, kinds...))))
		}
	}
}

// follow works for one follower until ctx ends.
func (b *Bus) follow(ctx context.Context, f *follower) {
	for ctx.Err() == nil {
		f.mu.Lock()
		pause, err := b.advance(ctx, f)
		held, cursor, unsaved := f.held, f.cursor, f.cursor != f.saved
		f.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			b.log.Error("a follower of events fails", "follower", f.name, "after", cursor, "err", err)
		}
		switch {
		case err != nil:
			wait(ctx, pause)
			continue
		case held:
			wait(ctx, f.gap)
		}
		switch {
		case !held:
			wait(ctx, leaseRenew/2)
		case unsaved:
			b.waitMore(ctx, cursor, saveAfter)
		default:
			b.waitMore(ctx, cursor, time.Hour)
		}
	}
}

func (b *Bus) waitMore(ctx context.Context, cursor int64, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-b.more(cursor):
	case <-timer.C:
	}
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// advance does one batch. After an error, pause is how long to wait before the next try.
func (b *Bus) advance(ctx context.Context, f *follower) (pause time.Duration, err error) {
	if !f.held || f.tries > 0 { // after a failure the row may have been moved on by Skip
		if err := b.claim(ctx, f); err != nil || !f.held {
			return time.Second, err
		}
	}
	records, upTo, ok := b.tail(f.cursor)
	if !ok || !b.running.Load() {
		horizon, err := b.horizon(ctx)
		if err != nil {
			return time.Second, err
		}
		if records, upTo, err = b.fetch(ctx, f.cursor, horizon); err != nil {
			return time.Second, err
		}
	}
	batch, upTo := f.pick(records, upTo)
	if len(batch) == 0 {
		f.cursor = upTo
		if f.cursor != f.saved && time.Since(f.at) > saveAfter {
			return time.Second, b.save(ctx, f)
		}
		return 0, nil
	}
	if err := run(ctx, f, batch); err != nil {
		return b.failed(ctx, f, batch, err)
	}
	f.cursor, f.size, f.tries = upTo, min(2*f.size, readBatch), 0
	return time.Second, b.save(ctx, f)
}

// pick takes the records of interest, at most size, and says up to where that goes.
func (f *follower) pick(records []Record, upTo int64) ([]Record, int64) {
	if len(f.kinds) > 0 {
		var wanted []Record
		for _, r := range records {
			if _, ok := slices.BinarySearch(f.kinds, r.Kind); ok {
				wanted = append(wanted, r)
			}
		}
		records = wanted
	}
	if len(records) > f.size {
		return records[:f.size], records[f.size-1].Seq
	}
	return records, upTo
}

// run calls the handler; a panic becomes an error.
func run(ctx context.Context, f *follower, batch []Record) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	return f.handle(actor.System(ctx), batch)
}

// failed halves the batch, or notes the one event that fails.
func (b *Bus) failed(ctx context.Context, f *follower, batch []Record, cause error) (time.Duration, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	cause = fmt.Errorf("follower %s, event %d %s: %w", f.name, batch[0].Seq, batch[0].Kind, cause)
	if len(batch) > 1 {
		f.size = len(batch) / 2
		return halvePause, cause
	}
	f.size, f.tries = 1, f.tries+1
	pause := min(longestWait, halvePause<<min(f.tries, 16))
	pause += time.Duration(rand.Int64N(int64(pause)/4 + 1))
	err := b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
update event_cursor
set seq = $1, stuck = $2, tries = $3, error = $4
where name = $5
  and holder = $6`, f.cursor, batch[0].Seq, f.tries, firstLine(cause), f.name, b.holder)
		return err
	})
	return pause, errors.Join(cause, err)
}

func firstLine(err error) string {
	text := err.Error()
	if len(text) > 500 {
		text = text[:500]
	}
	return text
}

// save writes the cursor, if the lease is still ours.
func (b *Bus) save(ctx context.Context, f *follower) error {
	var n int64
	err := b.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = tx.Exec(ctx, `
update event_cursor
set seq = $1, until = $2, stuck = 0, tries = 0, error = ''
where name = $3
  and holder = $4`, f.cursor, tx.Now.Add(leaseTerm), f.name, b.holder)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("save the cursor of %s: %w", f.name, err)
	case n == 0:
		f.held = false // another process has taken over; it will see the last batch again
	default:
		f.saved, f.at = f.cursor, time.Now()
	}
	return nil
}

// claim takes or keeps the lease and reads the cursor. On SQLite there is one process, and what a former one
// left behind is taken at once.
func (b *Bus) claim(ctx context.Context, f *follower) error {
	steal := b.db.Engine() == sqldb.SQLite && !f.ever
	var seq *int64
	err := b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := register(ctx, tx, f.name); err != nil {
			return err
		}
		found, err := sqldb.All(ctx, tx, scanSeq, `
update event_cursor
set holder = $1, until = $2
where name = $3
  and (holder = $1 or until < $4 or $5)
returning seq`, b.holder, tx.Now.Add(leaseTerm), f.name, tx.Now, steal)
		seq = nil
		if len(found) > 0 {
			seq = &found[0]
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("claim the cursor of %s: %w", f.name, err)
	}
	if seq == nil {
		f.held = false
		return nil
	}
	if !f.held || *seq > f.cursor {
		f.cursor, f.saved, f.at, f.size, f.tries = *seq, *seq, time.Now(), readBatch, 0
	}
	f.held, f.ever = true, true
	return nil
}

// register makes the cursor of a follower that has never run.
func register(ctx context.Context, tx *sqldb.Tx, name string) error {
	_, err := tx.Exec(ctx, `
insert into event_cursor (name, seq, holder, until, stuck, tries, error)
values ($1, 0, '', $2, 0, 0, '')
on conflict (name) do nothing`, name, tx.Now.Add(-time.Millisecond))
	return err
}

func scanSeq(row sqldb.Row) (seq int64, err error) { return seq, row.Scan(&seq) }

// keepLeases renews all leases of this process together, handlers that take long included.
func (b *Bus) keepLeases(ctx context.Context) {
	if b.db.Engine() == sqldb.SQLite {
		return
	}
	tick := time.NewTicker(b.beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update event_cursor set until = $1 where holder = $2 and until >= $3",
				tx.Now.Add(leaseTerm), b.holder, tx.Now)
			return err
		})
		if err != nil && ctx.Err() == nil {
			b.log.Error("renew the leases of the followers", "err", err)
		}
	}
}

// release saves every cursor and gives the leases back.
func (b *Bus) release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var errs []error
	for _, f := range b.followers {
		f.mu.Lock()
		if f.held && f.cursor != f.saved {
			errs = append(errs, b.save(ctx, f))
		}
		f.held = false
		f.mu.Unlock()
	}
	errs = append(errs, b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "update event_cursor set until = $1 where holder = $2", tx.Now.Add(-time.Millisecond), b.holder)
		return err
	}))
	return errors.Join(errs...)
}
