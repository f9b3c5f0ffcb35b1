package notice

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

const (
	leaseTerm  = 5 * time.Minute  // that a claimed post is left to whoever claimed it
	batchPosts = 100              // of one run of a lane; then others have their turn
	batchTime  = 20 * time.Second // the same
	mostMerged = 50               // posts that go as one message when the budget was spent
)

// card is the form of a post in a chat suite's to-do list.
const card = "card"

// verdict is how a message fared.
type verdict int

const (
	went    verdict = iota
	later           // this one: try again
	refused         // this one: never
	broken          // the lane: everything waits
	slow            // the lane's budget is spent: no failure
	unsure          // the lane broke when this one had been handed over: it may have arrived
)

// outcome is what a lane says of a message.
type outcome struct {
	is      verdict
	problem string
	receipt string
	after   time.Duration // slow, broken: 0: not said
}

// carrier is an open lane.
type carrier interface {
	send(ctx context.Context, m message) outcome
	platform() string // whose budgets count; "": none
	close()
}

// message is a post, or several merged, in words.
type message struct {
	posts []Post
	words words
}

// deliver lets a lane deliver what is due: one post after the other, claimed before and marked after it left. It never
// waits for a budget: it comes back when there is one.
func (s *Service) deliver(ctx context.Context, l lane) error {
	ctx = s.house(ctx)
	if err := s.adopt(ctx); err != nil {
		return err
	}
	var rest bool
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rest, err = resting(ctx, rd, l, rd.Instant())
		return err
	})
	if err != nil || rest {
		return err
	}
	run := &run{s: s, lane: l, began: time.Now()}
	defer run.close()
	for n := 0; n < batchPosts && time.Since(run.began) < batchTime && ctx.Err() == nil; n++ {
		more, err := run.step(ctx)
		if err != nil || !more {
			return err
		}
	}
	return s.comeBack(ctx, l, s.db.Now())
}

// comeBack lets the lane run again at a time.
func (s *Service) comeBack(ctx context.Context, l lane, at time.Time) error {
	return s.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *sqldb.Tx) error {
		return s.jobs.Enqueue(ctx, tx, deliverJob, l, job.Unique(l.key()), job.At(at))
	})
}

// adopt takes over, once per process, what the process before had claimed.
func (s *Service) adopt(ctx context.Context) error {
	if s.db.Engine() != sqldb.SQLite {
		return nil
	}
	var err error
	s.adopted.Do(func() { err = s.db.Write(ctx, orphans) })
	return err
}

// run is one run of a lane.
type run struct {
	s       *Service
	lane    lane
	began   time.Time
	carrier carrier
}

func (r *run) close() {
	if r.carrier != nil {
		r.carrier.close()
	}
}

// step delivers the next message; false: there is nothing more to do now.
func (r *run) step(ctx context.Context) (more bool, err error) {
	var due []Post
	err = r.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		due, err = r.next(ctx, rd)
		return err
	})
	if err != nil || len(due) == 0 {
		return false, err
	}
	if r.carrier == nil {
		var o outcome
		if r.carrier, o = r.s.open(ctx, r.lane); r.carrier == nil {
			return false, r.settle(ctx, nil, o)
		}
	}
	if wait, whole := r.s.budget(r.lane, r.carrier.platform(), due[0].Person, r.s.db.Now()); wait > 0 {
		return !whole, r.spent(ctx, due[0], wait, whole)
	}
	var posts []Post
	err = r.s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		posts, err = claim(ctx, tx, due, tx.Now.Add(leaseTerm))
		return err
	})
	if err != nil || len(posts) == 0 {
		return err == nil, err
	}
	m, left, err := r.s.compose(ctx, posts)
	if err != nil {
		return false, errors.Join(err, r.settle(ctx, posts, outcome{is: later, problem: "words: " + err.Error()}))
	}
	if !left {
		return true, r.drop(ctx, posts)
	}
	o := r.carrier.send(ctx, m)
	if ctx.Err() != nil && o.is != went && o.is != unsure {
		o = outcome{is: slow}
	}
	return o.is != broken && o.is != slow && o.is != unsure, r.settle(ctx, posts, o)
}

// next are the posts of the next message: one, or all of its receiver that piled up while the budget was spent.
func (r *run) next(ctx context.Context, rd sqldb.Reader) ([]Post, error) {
	now := rd.Instant()
	due, err := nextDue(ctx, rd, r.lane, 0, now, 1)
	if err != nil || len(due) == 0 || due[0].Form != Now || !r.s.behind(r.lane, due[0].Person) {
		return due, err
	}
	all, err := nextDue(ctx, rd, r.lane, due[0].Person, now, mostMerged)
	if err != nil {
		return nil, err
	}
	merged := due
	for _, p := range all {
		if p.ID != due[0].ID && p.Form == Now && p.State != Closing {
			merged = append(merged, p)
		}
	}
	return merged, nil
}

// spent lets the lane come back when its budget is there again; a receiver's is waited for by that receiver's posts alone.
func (r *run) spent(ctx context.Context, p Post, wait time.Duration, whole bool) error {
	at := r.s.db.Now().Add(wait)
	if whole {
		return r.s.comeBack(ctx, r.lane, at)
	}
	return r.s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		mine, err := nextDue(ctx, tx, r.lane, p.Person, tx.Now, chunk)
		if err != nil {
			return err
		}
		for _, m := range mine {
			if err := delay(ctx, tx, m.ID, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// settle writes how a message fared.
func (r *run) settle(ctx context.Context, posts []Post, o outcome) error {
	return r.s.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *sqldb.Tx) error {
		switch o.is {
		case went:
			if err := laneWorks(ctx, tx, r.lane); err != nil {
				return err
			}
		case broken, unsure:
			n, err := failuresOf(ctx, tx, r.lane)
			if err != nil {
				return err
			}
			if err := laneFailed(ctx, tx, r.lane, o.problem, tx.Now.Add(max(outage(n+1), o.after))); err != nil {
				return err
			}
		case slow:
			at := tx.Now.Add(max(o.after, time.Second))
			r.s.hold(r.lane, r.carrier, at)
			if err := r.s.jobs.Enqueue(ctx, tx, deliverJob, r.lane, job.Unique(r.lane.key()), job.At(at)); err != nil {
				return err
			}
		}
		for _, p := range posts {
			if err := settleOne(ctx, tx, p, o); err != nil {
				return fmt.Errorf("mark post %d: %w", p.ID, err)
			}
			if err := r.s.lookLater(ctx, tx, r.carrier, p, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func settleOne(ctx context.Context, tx *sqldb.Tx, p Post, o outcome) error {
	if o.is == unsure {
		p.Unsure++
		if err := mayHaveArrived(ctx, tx, p.ID); err != nil {
			return err
		}
	}
	switch {
	case o.is == went && p.State == Closing:
		return finish(ctx, tx, p.ID, Closed, never, "", "")
	case o.is == went:
		return finish(ctx, tx, p.ID, Sent, never, o.problem, o.receipt)
	case o.is == broken || o.is == slow:
		return putBack(ctx, tx, p.ID, tx.Now.Add(max(o.after, time.Second)))
	case p.State == Closing && (o.is == refused || p.Tries >= tries): // a card that cannot be closed any more is no loss
		return finish(ctx, tx, p.ID, Closed, never, o.problem, "")
	case o.is == refused || p.Tries >= tries || p.Unsure >= unsureTries:
		return finish(ctx, tx, p.ID, Dead, never, o.problem, "")
	}
	state := Sending
	if p.State == Closing {
		state = Closing
	}
	return finish(ctx, tx, p.ID, state, tx.Now.Add(pause(p.Tries)).UnixMilli(), o.problem, "")
}

// drop ends posts that have nothing left to say.
func (r *run) drop(ctx context.Context, posts []Post) error {
	return r.s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, p := range posts {
			state := Dropped
			if p.State == Closing {
				state = Closed
			}
			if err := finish(ctx, tx, p.ID, state, never, "", ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// once is done one time in a process.
type once = sync.Once
