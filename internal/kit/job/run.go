package job

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"neike/internal/kit/sqldb"
)

const (
	longestSleep = time.Second            // between two looks at the table
	pollPostgres = 200 * time.Millisecond // for what other processes enqueue
	grace        = 20 * time.Second       // that a stop gives to running jobs
)

// schedule is something done again and again.
type schedule struct {
	kind  string
	every time.Duration
	fn    func(context.Context) error
}

// Every runs fn once per span of time, counted from the epoch so that all processes agree, and soon after the
// first start. One process does it at a time; a span missed while nobody was up is not made good.
func (q *Queue) Every(kind string, every time.Duration, fn func(ctx context.Context) error) {
	q.schedules = append(q.schedules, &schedule{kind, every, fn})
}

// Alone says before Run that no other process has the database, as the embedded one is kept by a lock: what another had
// in hand is of a dead one, and Run takes it up at once.
func (q *Queue) Alone() { q.alone = true }

// inherit ends the leases of others.
func (q *Queue) inherit(ctx context.Context) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, text := range []string{
			"update job set until = $1 where state = 'running' and holder <> $2",
			"update job_schedule set until = $1 where until > $1 and holder <> $2",
		} {
			if _, err := tx.Exec(ctx, text, tx.Now.Add(-time.Millisecond), q.holder); err != nil {
				return err
			}
		}
		return nil
	})
}

// Run works until ctx ends. Then it takes no more jobs, gives the running ones 20 seconds, cancels the rest and
// puts them back.
func (q *Queue) Run(ctx context.Context) error {
	if err := q.prepare(ctx); err != nil {
		return err
	}
	if q.alone {
		if err := q.inherit(ctx); err != nil {
			return err
		}
	}
	q.begun(q.db.Now())
	defer q.begun(time.Time{})
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var group sync.WaitGroup
	beat := make(chan struct{})
	go func() {
		defer close(beat)
		q.keepLeases(work)
	}()
	for ctx.Err() == nil {
		if err := q.look(work, &group); err != nil && ctx.Err() == nil {
			q.log.Error("look for jobs", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(longestSleep): // the database is away
			}
			continue
		}
		q.sleep(ctx)
	}
	finished := make(chan struct{})
	go func() {
		group.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-time.After(grace):
		cancel() // what still runs sees its context end, and is put back
		<-finished
	}
	cancel()
	<-beat
	return nil
}

func (q *Queue) begun(at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.since = at
}

// prepare makes the rows of the schedules; a span made shorter takes effect at once.
func (q *Queue) prepare(ctx context.Context) error {
	if len(q.schedules) == 0 {
		return nil
	}
	return q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, s := range q.schedules {
			_, err := tx.Exec(ctx, `
insert into job_schedule (kind, due, holder, until)
values ($1, $2, '', 0)
on conflict (kind) do update
set due = $3
where job_schedule.due > $3`, s.kind, tx.Now, tx.Now.Add(s.every))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// sleep waits until something is due, somebody enqueues here, or it is time to look for what others did.
func (q *Queue) sleep(ctx context.Context) {
	most := longestSleep
	if q.db.Engine() == sqldb.Postgres {
		most = pollPostgres
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-q.wake:
	case <-timer.C:
	}
}

// look starts everything that is due and that there are workers for.
func (q *Queue) look(ctx context.Context, group *sync.WaitGroup) error {
	due, expired, err := q.next(ctx)
	if err != nil {
		return err
	}
	if expired {
		if err := q.reap(ctx); err != nil {
			return err
		}
	}
	if !expired && (due.IsZero() || due.After(q.db.Now())) {
		return nil
	}
	schedules, err := q.dueSchedules(ctx)
	if err != nil {
		return err
	}
	for _, s := range schedules {
		taken, err := q.takeSchedule(ctx, s)
		if err != nil {
			return err
		}
		if taken {
			q.count(nil, 1)
			group.Go(func() {
				defer q.poke()
				defer q.count(nil, -1)
				q.report(q.runSchedule(ctx, s))
			})
		}
	}
	for _, share := range q.shares() {
		n := min(share.n, q.free()) // the ones before it may have taken some
		if n == 0 {
			break
		}
		jobs, err := q.claim(ctx, share.kinds, n)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			q.count(j.kind, 1)
			group.Go(func() {
				defer q.poke()
				defer q.count(j.kind, -1)
				q.report(q.runJob(ctx, j))
			})
		}
	}
	return nil
}

func (q *Queue) report(err error) {
	if err != nil {
		q.log.Debug("a job or schedule failed", "err", err)
	}
}

// share is how many jobs of some kinds may be taken now.
type share struct {
	kinds []string
	n     int
}

// shares splits the free workers: kinds with a limit of their own first, each by itself, then all others.
func (q *Queue) shares() []share {
	names := q.names()
	q.mu.Lock()
	defer q.mu.Unlock()
	free := workers - q.running
	var list []share
	var others []string
	for _, name := range names {
		k := q.kinds[name]
		if k.concurrency == 0 {
			others = append(others, name)
		} else if n := min(free, k.concurrency-k.running); n > 0 {
			list = append(list, share{[]string{name}, n})
		}
	}
	if free > 0 && len(others) > 0 {
		list = append(list, share{others, free})
	}
	return list
}

// free is how many workers have nothing to do.
func (q *Queue) free() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return max(0, workers-q.running)
}

func (q *Queue) count(k *kind, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running += n
	if k != nil {
		k.running += n
	}
}

// runJob does one job and notes how it went. Its result says how the handler fared.
func (q *Queue) runJob(ctx context.Context, j claimed) error {
	err := protect(ctx, j.kind.timeout, func(ctx context.Context) error { return j.kind.do(ctx, j.payload) })
	note := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		return q.done(note, j)
	case ctx.Err() != nil:
		return errors.Join(err, q.abandoned(note, j))
	}
	err = fmt.Errorf("job %s %d: %w", j.kind.name, j.id, err)
	return errors.Join(err, q.failed(note, j, err))
}

// dueSchedules are those that somebody may take now, in the order they were made known.
func (q *Queue) dueSchedules(ctx context.Context) (list []*schedule, err error) {
	now := q.db.Now()
	due := map[string]bool{}
	err = q.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		_, err := sqldb.All(ctx, rd, func(r sqldb.Row) (none struct{}, err error) {
			var kind string
			err = r.Scan(&kind)
			due[kind] = true
			return none, err
		}, "select kind from job_schedule where due <= $1 and until < $1", now)
		return err
	})
	for _, s := range q.schedules {
		if due[s.kind] {
			list = append(list, s)
		}
	}
	return list, err
}

// takeSchedule says whether a due schedule is ours to do: of many processes one takes it.
func (q *Queue) takeSchedule(ctx context.Context, s *schedule) (taken bool, err error) {
	err = q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
update job_schedule
set holder = $1, until = $2
where kind = $3
  and due <= $4
  and until < $4`, q.holder, tx.Now.Add(leaseTerm), s.kind, tx.Now)
		taken = n > 0
		return err
	})
	return taken, err
}

// runSchedule does it once and says when it is due again; a failure is logged and waits for the next time.
func (q *Queue) runSchedule(ctx context.Context, s *schedule) error {
	err := protect(ctx, max(s.every, DefaultTimeout), s.fn)
	if err != nil {
		err = fmt.Errorf("schedule %s: %w", s.kind, err)
		q.log.Error("a schedule failed", "kind", s.kind, "err", err)
	}
	now := q.db.Now()
	next := now.Truncate(s.every).Add(s.every)
	return errors.Join(err, q.change(context.WithoutCancel(ctx),
		"update job_schedule set due = $1, until = 0 where kind = $2 and holder = $3", next, s.kind, q.holder))
}

func (q *Queue) keepLeases(ctx context.Context) {
	tick := time.NewTicker(q.beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		q.mu.Lock()
		running := q.running
		q.mu.Unlock()
		if running == 0 {
			continue
		}
		if err := q.renew(ctx); err != nil && ctx.Err() == nil {
			q.log.Error("renew the leases of running jobs", "err", err)
		}
	}
}

// RunDue runs everything that is due now, one after the other, and what that enqueues for now. It says how many
// jobs and schedules it ran; the error joins what they failed with (failed jobs wait for their next try).
func (q *Queue) RunDue(ctx context.Context) (ran int, err error) {
	if err := q.prepare(ctx); err != nil {
		return 0, err
	}
	if err := q.reap(ctx); err != nil {
		return 0, err
	}
	q.count(nil, 1) // its leases are to be renewed
	defer q.count(nil, -1)
	beating, stop := context.WithCancel(ctx)
	defer stop()
	go q.keepLeases(beating)
	var failures []error
	due, err := q.dueSchedules(ctx)
	if err != nil {
		return ran, err
	}
	for _, s := range due {
		taken, err := q.takeSchedule(ctx, s)
		if err != nil {
			return ran, err
		}
		if taken {
			ran++
			failures = append(failures, q.runSchedule(ctx, s))
		}
	}
	for len(q.kinds) > 0 && ctx.Err() == nil {
		jobs, err := q.claim(ctx, q.names(), 1)
		if err != nil {
			return ran, err
		}
		if len(jobs) == 0 {
			break
		}
		ran++
		failures = append(failures, q.runJob(ctx, jobs[0]))
	}
	return ran, errors.Join(append(failures, ctx.Err())...)
}
