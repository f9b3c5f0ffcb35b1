package request

import (
	"context"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

// dueTimes are the due times that the clocks of a customer keep; zero without a target.
type dueTimes struct {
	response, completion time.Time
	replySince, replyDue time.Time // of a turn that runs
	replies              bool      // there was one
}

// duesBetween reads the clocks of a range of requests.
func duesBetween(ctx context.Context, rd sqldb.Reader, first, last int64) (map[int64]dueTimes, error) {
	out := map[int64]dueTimes{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id int64
		var kind string
		var due, began, ended time.Time
		err := row.Scan(&id, &kind, &due, &began, &ended)
		d := out[id]
		switch {
		case kind == clock.FirstResponse:
			d.response = due
		case kind == clock.Completion:
			d.completion = due
		default:
			if d.replies = true; ended.IsZero() {
				d.replySince, d.replyDue = began, due
			}
		}
		out[id] = d
		return err
	}, `
select subject, kind, due_at, started_at, ended_at
from clock_v
where subject_kind = 'request' and subject >= $1 and subject <= $2 and scope = 'customer'`, first, last)
	return out, err
}
