package request

import (
	"context"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

// clocked are the clocks of a customer as their rows are; a state without a kind is of a clock that there is none of.
type clocked struct {
	response, completion clock.State
	replySince, replyDue time.Time // of a turn that runs
	replies              bool      // there was one
}

// clockedBetween reads the clocks of a range of requests.
func clockedBetween(ctx context.Context, rd sqldb.Reader, first, last int64) (map[int64]clocked, error) {
	out := map[int64]clocked{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id, elapsed, paused int64
		var c clock.State
		err := row.Scan(&id, &c.Kind, &c.State, &c.StartedAt, &c.DueAt, &c.EndedAt, &c.ByChange, &elapsed, &paused)
		c.Elapsed, c.Paused = time.Duration(elapsed)*time.Second, time.Duration(paused)*time.Second
		k := out[id]
		switch {
		case c.Kind == clock.FirstResponse:
			k.response = c
		case c.Kind == clock.Completion:
			k.completion = c
		default:
			if k.replies = true; !c.Over() {
				k.replySince, k.replyDue = c.StartedAt, c.DueAt
			}
		}
		out[id] = k
		return err
	}, `
select `+sqldb.Pack(`subject, kind, state, started_at, due_at, ended_at, by_change, elapsed_seconds, paused_seconds`)+`
from clock_v
where subject_kind = 'request' and subject >= $1 and subject <= $2 and scope = 'customer'`, first, last)
	return out, err
}
