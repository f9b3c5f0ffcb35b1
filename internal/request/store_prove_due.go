package request

import (
	"context"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

// dueTimes are the due times that the clocks of a customer keep; zero without a target.
type dueTimes struct{ response, completion time.Time }

// duesBetween reads the clocks of a range of requests.
func duesBetween(ctx context.Context, rd sqldb.Reader, first, last int64) (map[int64]dueTimes, error) {
	out := map[int64]dueTimes{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id int64
		var kind string
		var due time.Time
		err := row.Scan(&id, &kind, &due)
		d := out[id]
		if kind == clock.FirstResponse {
			d.response = due
		} else {
			d.completion = due
		}
		out[id] = d
		return err
	}, `
select subject, kind, due_at
from clock_v
where subject_kind = 'request' and subject >= $1 and subject <= $2 and scope = 'customer'`, first, last)
	return out, err
}
