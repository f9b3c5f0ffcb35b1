package event

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"neike/internal/kit/sqldb"
)

const (
	drainPause = 5 * time.Millisecond
	forgotten  = 7 * 24 * time.Hour // how long the cursor of a follower that is gone holds back a purge
)

var errNotStuck = errors.New("event: this follower does not stand before this event")

// Drain returns when all followers have seen everything committed so far, and what they themselves announced
// while doing so. It works with or without Run; a follower leased by another process is waited for. The first
// error of a handler ends it.
func (b *Bus) Drain(ctx context.Context) error {
	for done := int64(0); ; {
		target, err := b.settled(ctx)
		if err != nil || target <= done {
			return err
		}
		for _, f := range b.followers {
			if err := b.drainOne(ctx, f, target); err != nil {
				return err
			}
		}
		done = target
	}
}

// settled is the last number drawn, as soon as everything up to it is committed or rolled back.
func (b *Bus) settled(ctx context.Context) (target int64, err error) {
	err = b.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		target, err = highest(ctx, rd)
		return err
	})
	for err == nil {
		horizon, fail := b.horizon(ctx)
		if fail != nil || horizon >= target {
			return target, fail
		}
		wait(ctx, drainPause)
		err = ctx.Err()
	}
	return 0, err
}

// drainOne brings one follower to the target, or waits for the process that has its lease.
func (b *Bus) drainOne(ctx context.Context, f *follower, target int64) error {
	for ctx.Err() == nil {
		held, err := b.push(ctx, f, target)
		if held || err != nil {
			return err
		}
		if seq, err := b.cursorOf(ctx, f.name); err != nil || seq >= target {
			return err
		}
		wait(ctx, drainPause)
	}
	return fmt.Errorf("drain: follower %s runs elsewhere and lags: %w", f.name, ctx.Err())
}

// push works for a follower until it has reached the target, if its lease can be had.
func (b *Bus) push(ctx context.Context, f *follower, target int64) (held bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		before := f.cursor
		if _, err := b.advance(ctx, f); err != nil || !f.held {
			return f.held, err
		}
		if f.cursor >= target {
			break
		}
		if f.cursor == before { // the pump is on its way
			b.poke()
			wait(ctx, drainPause)
		}
		if err := ctx.Err(); err != nil {
			return true, err
		}
	}
	if f.cursor == f.saved {
		return true, nil
	}
	return true, b.save(ctx, f)
}

func (b *Bus) cursorOf(ctx context.Context, name string) (seq int64, err error) {
	err = b.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		seq, err = sqldb.Value[int64](ctx, rd, "select seq from event_cursor where name = $1", name)
		return err
	})
	return seq, err
}

// Lag says by how many numbers each registered follower is behind; numbers that were never used count too.
func (b *Bus) Lag(ctx context.Context) (map[string]int64, error) {
	head, err := b.horizon(ctx)
	if err != nil {
		return nil, err
	}
	lag := make(map[string]int64, len(b.followers))
	for _, f := range b.followers {
		cursor, err := b.cursorOf(ctx, f.name)
		if err != nil {
			return nil, err
		}
		if f.mu.TryLock() { // a cursor is saved late when nothing of interest happened
			if f.held {
				cursor = max(cursor, f.cursor)
			}
			f.mu.Unlock()
		}
		lag[f.name] = max(0, head-cursor)
	}
	return lag, nil
}

// Stuck is a follower that stands before an event its handler fails on.
type Stuck struct {
	Follower string
	Seq      int64 // the event
	Tries    int
	Error    string
}

// Stuck lists the followers that stand.
func (b *Bus) Stuck(ctx context.Context) (list []Stuck, err error) {
	err = b.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = sqldb.All(ctx, rd, func(row sqldb.Row) (s Stuck, err error) {
			return s, row.Scan(&s.Follower, &s.Seq, &s.Tries, &s.Error)
		}, "select name, stuck, tries, error from event_cursor where stuck > 0 order by name")
		return err
	})
	return list, err
}

// Skip lets a stuck follower pass the event it stands before. It will never see it.
func (b *Bus) Skip(ctx context.Context, follower string, seq int64) error {
	return b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
update event_cursor
set seq = stuck, stuck = 0, tries = 0, error = ''
where name = $1
  and stuck = $2`, follower, seq)
		if err == nil && n == 0 {
			err = errNotStuck
		}
		return err
	})
}

// Rewind lets a follower see the events after a seq again, for a reader that has lost something. complete says
// whether all of them are still there. Call it before Run.
func (b *Bus) Rewind(ctx context.Context, follower string, seq int64) (complete bool, err error) {
	err = b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := register(ctx, tx, follower); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update event_cursor set seq = $1 where name = $2 and seq > $1", seq, follower); err != nil {
			return err
		}
		oldest, err := sqldb.Value[int64](ctx, tx, "select min(seq) from outbox")
		complete = oldest <= seq // what came right after it is there if it itself or something older is
		return err
	})
	return complete, err
}

// Purge deletes events older than keep that every follower has seen, in small transactions, and says how many.
// The newest event stays: its number must not be given again. A cursor of a follower that is not registered here
// and that nobody has held for a week holds nothing back.
func (b *Bus) Purge(ctx context.Context, keep time.Duration) (purged int64, err error) {
	floor, err := b.floor(ctx)
	if err != nil {
		return 0, err
	}
	for {
		var n int64
		err := b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = tx.Exec(ctx, `
delete from outbox
where seq in (
    select seq
    from outbox
    where seq <= $1
      and seq < (select max(seq) from outbox)
      and at < $2
    order by seq
    limit 500)`, floor, tx.Now.Add(-keep))
			return err
		})
		purged += n
		if err != nil || n < 500 {
			return purged, err
		}
	}
}

// floor is the seq that every follower has reached.
func (b *Bus) floor(ctx context.Context) (floor int64, err error) {
	err = b.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, f := range b.followers { // one that never ran has seen nothing
			if err := register(ctx, tx, f.name); err != nil {
				return err
			}
		}
		floor = math.MaxInt64
		return sqldb.Each(ctx, tx, func(row sqldb.Row) error {
			var name string
			var seq int64
			var until time.Time
			if err := row.Scan(&name, &seq, &until); err != nil {
				return err
			}
			ours := slices.ContainsFunc(b.followers, func(f *follower) bool { return f.name == name })
			if ours || until.After(tx.Now.Add(-forgotten)) {
				floor = min(floor, seq)
			}
			return nil
		}, "select name, seq, until from event_cursor")
	})
	return floor, err
}
