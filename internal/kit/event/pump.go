package event

import (
	"context"
	"errors"
	"sync"
	"time"

	"neike/internal/kit/sqldb"
)

const (
	pollPostgres = 200 * time.Millisecond // for what other processes commit
	pollSQLite   = time.Second            // there is one process; this is for safety only
	pumpGap      = 15 * time.Millisecond  // between two reads of a busy outbox
	failPause    = time.Second            // after a read that failed: the database is away
	keptRecords  = 2000                   // in memory
)

// Live calls fn with every committed event, in order, in every process, from the moment it begins. fn runs on
// the reading goroutine and must be quick. Register before Run.
func (b *Bus) Live(fn func(Record)) { b.live = append(b.live, fn) }

// Begin notes where the outbox stands: Live tells what is committed from here on. Whoever lets pages listen calls it before
// the first can; Run does it otherwise.
func (b *Bus) Begin(ctx context.Context) error {
	head, err := b.horizon(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records, b.after, b.head = nil, head, head
	b.begun.Store(true)
	return nil
}

// Run reads the outbox and runs the followers until ctx ends, then waits for the running handlers and gives the
// leases back.
func (b *Bus) Run(ctx context.Context) error {
	if b.running.Swap(true) {
		return errors.New("event: this bus is running already")
	}
	defer b.running.Store(false)
	if !b.begun.Load() {
		if err := b.Begin(ctx); err != nil {
			return err
		}
	}
	defer b.begun.Store(false)

	var group sync.WaitGroup
	for _, f := range b.followers {
		group.Go(func() { b.follow(ctx, f) })
	}
	group.Go(func() { b.keepLeases(ctx) })
	b.pump(ctx)
	group.Wait()
	return b.release(context.WithoutCancel(ctx))
}

// pump moves the head of the outbox into memory, when woken by a commit here and by polling for those elsewhere.
func (b *Bus) pump(ctx context.Context) {
	every := pollPostgres
	if b.db.Engine() == sqldb.SQLite {
		every = pollSQLite
	}
	poll := time.NewTicker(every)
	defer poll.Stop()
	for {
		if err := b.pumpOnce(ctx); err != nil && ctx.Err() == nil {
			b.log.Error("read the outbox", "err", err)
			wait(ctx, failPause)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pumpGap):
		}
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
		case <-poll.C:
		}
	}
}

func (b *Bus) pumpOnce(ctx context.Context) error {
	horizon := int64(allOf)
	if b.db.Engine() != sqldb.SQLite {
		var err error
		if horizon, err = b.horizon(ctx); err != nil {
			return err
		}
	}
	for {
		b.mu.Lock()
		head := b.head
		b.mu.Unlock()
		if head >= horizon {
			return nil
		}
		records, upTo, err := b.fetch(ctx, head, horizon)
		if err != nil || upTo == head {
			return err
		}
		b.grow(records, upTo)
		for _, r := range records {
			for _, fn := range b.live {
				fn(r)
			}
		}
	}
}

// grow appends to the tail in memory, forgets its oldest part and wakes the followers.
func (b *Bus) grow(records []Record, upTo int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, records...)
	b.head = upTo
	if len(b.records) > 2*keptRecords {
		drop := len(b.records) - keptRecords
		b.after = b.records[drop-1].Seq
		b.records = append([]Record(nil), b.records[drop:]...) // batches still hold the old array
	}
	close(b.grown)
	b.grown = make(chan struct{})
}

// tail is what memory holds after a seq; ok is false when memory does not reach back that far.
func (r *recent) tail(after int64) (records []Record, upTo int64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if after < r.after {
		return nil, after, false
	}
	low, high := 0, len(r.records)
	for low < high {
		if mid := (low + high) / 2; r.records[mid].Seq > after {
			high = mid
		} else {
			low = mid + 1
		}
	}
	if rest := r.records[low:]; len(rest) > readBatch {
		rest = rest[:readBatch:readBatch]
		return rest, rest[readBatch-1].Seq, true
	} else {
		return rest[:len(rest):len(rest)], max(after, r.head), true
	}
}

// more waits until there is something after a seq.
func (r *recent) more(after int64) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.head > after {
		ready := make(chan struct{})
		close(ready)
		return ready
	}
	return r.grown
}
