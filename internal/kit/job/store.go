package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

const (
	leaseTerm  = 30 * time.Second
	leaseRenew = 10 * time.Second

	firstPause   = 5 * time.Second // before the second try; doubles
	longestPause = time.Hour
)

// claimed is a job that this process runs.
type claimed struct {
	id      int64
	kind    *kind
	payload json.RawMessage
	tries   int // this one included
}

// claim takes up to n due jobs of some kinds. A unique job waits while its twin runs.
func (q *Queue) claim(ctx context.Context, kinds []string, n int) (jobs []claimed, err error) {
	locking := ""
	if q.db.Engine() == sqldb.Postgres {
		locking = "\n  for update skip locked"
	}
	err = q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		pick, args := sqldb.Select("select id, priority, due\n  from job j").
			Where("state = 'ready'").
			Where("due <= ?", tx.Now).
			In("kind", kinds).
			Where("not exists (select 1 from job r where r.state = 'running' and r.kind = j.kind and r.unique_key = j.unique_key)").
			OrderBy("priority desc, due, id").
			Limit(n).SQL()
		args = append(args, q.holder, tx.Now.Add(leaseTerm))
		jobs, err = sqldb.All(ctx, tx, q.scanClaimed, fmt.Sprintf(`
with picked as materialized (
  %s%s
)
update job
set state = 'running', holder = $%d, until = $%d, tries = tries + 1
from picked
where job.id = picked.id
returning job.id, job.kind, job.payload, job.tries`, pick, locking, len(args)-1, len(args)), args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	return jobs, nil
}

func (q *Queue) scanClaimed(row sqldb.Row) (claimed, error) {
	var j claimed
	var name string
	err := row.Scan(&j.id, &name, &j.payload, &j.tries)
	j.kind = q.kinds[name]
	return j, err
}

// done deletes a finished job.
func (q *Queue) done(ctx context.Context, j claimed) error {
	return q.change(ctx, "delete from job where id = $1 and holder = $2 and state = 'running'", j.id, q.holder)
}

// failed puts a job back for another try, or among the dead.
func (q *Queue) failed(ctx context.Context, j claimed, cause error) error {
	state, pause := "ready", backOff(j.tries)
	var never permanent
	if j.tries >= j.kind.maxAttempts || errors.As(cause, &never) {
		state, pause = "dead", 0
		q.log.Error("a job is dead", "kind", j.kind.name, "id", j.id, "tries", j.tries, "err", cause)
	} else {
		q.log.Warn("a job failed and will be tried again", "kind", j.kind.name, "id", j.id, "tries", j.tries, "err", cause)
	}
	return q.putBack(ctx, j, `
update job
set state = $3, due = $4, error = $5, holder = '', until = 0
where id = $1
  and holder = $2
  and state = 'running'`, j.id, q.holder, state, q.db.Now().Add(pause), short(cause))
}

// abandoned puts a job back that a stop has cut short; the try does not count.
func (q *Queue) abandoned(ctx context.Context, j claimed) error {
	return q.putBack(ctx, j, `
update job
set state = 'ready', tries = tries - 1, holder = '', until = 0
where id = $1
  and holder = $2
  and state = 'running'`, j.id, q.holder)
}

// putBack makes a running job wait again. When its twin waits already, that one will do the work.
func (q *Queue) putBack(ctx context.Context, j claimed, text string, args ...any) error {
	err := q.change(ctx, text, args...)
	if sqldb.IsUnique(err) {
		return q.done(ctx, j)
	}
	return err
}

func (q *Queue) change(ctx context.Context, text string, args ...any) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	})
}

func backOff(tries int) time.Duration {
	pause := min(longestPause, firstPause<<min(tries-1, 20))
	return pause + time.Duration(rand.Int64N(int64(pause)/4+1))
}

func short(err error) string {
	text := err.Error()
	if len(text) > 2000 {
		text = text[:2000]
	}
	return text
}

// reap ends the tries of processes that died: their leases are over.
func (q *Queue) reap(ctx context.Context) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		dead, err := sqldb.AllQ(ctx, tx, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) },
			sqldb.Select("select id\nfrom job").Where("state = 'running'").Where("until < ?", tx.Now).
				In("kind", q.names()).OrderBy("id").Limit(500))
		if err != nil || len(dead) == 0 {
			return err
		}
		if err := tx.Lock(ctx, "job", dead...); err != nil {
			return err
		}
		for _, id := range dead {
			if err := q.revive(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// revive lets a job with an ended lease be tried again. A twin that waits already takes its place.
func (q *Queue) revive(ctx context.Context, tx *sqldb.Tx, id int64) error {
	type state struct {
		kind  string
		tries int
	}
	j, err := sqldb.One(ctx, tx, func(row sqldb.Row) (s state, err error) { return s, row.Scan(&s.kind, &s.tries) },
		"select kind, tries from job where id = $1 and state = 'running' and until < $2", id, tx.Now)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if j.tries >= q.kinds[j.kind].maxAttempts {
		_, err := tx.Exec(ctx, "update job set state = 'dead', due = $2, error = $3, holder = '', until = 0 where id = $1",
			id, tx.Now, "the process running it died")
		return err
	}
	n, err := tx.Exec(ctx, `
update job
set state = 'ready', due = $2, error = $3, holder = '', until = 0
where id = $1
  and not exists (
    select 1
    from job t
    where t.kind = job.kind
      and t.unique_key = job.unique_key
      and t.state = 'ready')`, id, tx.Now, "the process running it died")
	if err == nil && n == 0 {
		_, err = tx.Exec(ctx, "delete from job where id = $1", id)
	}
	return err
}

// renew keeps what this process runs.
func (q *Queue) renew(ctx context.Context) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, text := range []string{
			"update job set until = $1 where holder = $2 and state = 'running'",
			"update job_schedule set until = $1 where holder = $2 and until > 0",
		} {
			if _, err := tx.Exec(ctx, text, tx.Now.Add(leaseTerm), q.holder); err != nil {
				return err
			}
		}
		return nil
	})
}

// next is when the next job or schedule is due; zero when none is.
func (q *Queue) next(ctx context.Context) (due time.Time, expired bool, err error) {
	err = q.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		due, err = sqldb.Value[time.Time](ctx, rd, "select min(due) from job where state = 'ready'")
		if err != nil {
			return err
		}
		expired, err = sqldb.Value[bool](ctx, rd, "select exists (select 1 from job where state = 'running' and until < $1)", rd.Instant())
		if err != nil || len(q.schedules) == 0 {
			return err
		}
		scheduled, err := sqldb.Value[time.Time](ctx, rd, "select min(due) from job_schedule where until < $1", rd.Instant())
		if due.IsZero() || !scheduled.IsZero() && scheduled.Before(due) {
			due = scheduled
		}
		return err
	})
	return due, expired, err
}

func (q *Queue) names() []string {
	names := make([]string, 0, len(q.kinds))
	for name := range q.kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// States counts the jobs: "planned" for a moment to come or for another try, "ready" to be run, "running", "dead".
func (q *Queue) States(ctx context.Context) (map[string]int64, error) {
	states := map[string]int64{"planned": 0, "ready": 0, "running": 0, "dead": 0}
	err := q.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		_, err := sqldb.All(ctx, rd, func(row sqldb.Row) (struct{}, error) {
			var state string
			var n int64
			err := row.Scan(&state, &n)
			states[state] = n
			return struct{}{}, err
		}, `
select case when state = 'ready' and due > $1 then 'planned' else state end as now, count(*)
from job
group by now`, rd.Instant())
		return err
	})
	return states, err
}

// Dead is a job that has failed for good.
type Dead struct {
	ID            int64
	Kind          string
	Payload       json.RawMessage
	Tries         int
	Error         string // of the last try
	Created, Died time.Time
}

// Dead lists the newest 500 dead letters.
func (q *Queue) Dead(ctx context.Context) (list []Dead, err error) {
	err = q.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = sqldb.All(ctx, rd, func(row sqldb.Row) (d Dead, err error) {
			return d, row.Scan(&d.ID, &d.Kind, &d.Payload, &d.Tries, &d.Error, &d.Created, &d.Died)
		}, `
select id, kind, payload, tries, error, created, due
from job
where state = 'dead'
order by due desc
limit 500`)
		return err
	})
	return list, err
}

// Replay gives a dead letter all its tries again, from now. fault.ErrNotFound when it is not dead.
func (q *Queue) Replay(ctx context.Context, id int64) error {
	var n int64
	err := q.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = tx.Exec(ctx, "update job set state = 'ready', tries = 0, due = $2 where id = $1 and state = 'dead'", id, tx.Now)
		tx.OnCommit(q.poke)
		return err
	})
	switch {
	case sqldb.IsUnique(err): // its twin waits already and will do the work
		return q.change(ctx, "delete from job where id = $1 and state = 'dead'", id)
	case err == nil && n == 0:
		return fault.ErrNotFound
	}
	return err
}
