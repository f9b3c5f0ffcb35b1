package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// openAskers are the customers of the open requests of a service.
func openAskers(ctx context.Context, rd sqldb.Reader, service int64) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select asked_by
from request
where service = $1 and `+openState+`
union
select for_person
from request
where service = $1 and `+openState+` and for_person is not null
limit 500`, service)
}

// unitAsked is how often a unit asked.
type unitAsked struct{ unit, n int64 }

// askedSince counts the requests for a service by customer unit since a moment, the most first. What is confidential tells the
// heads of no unit.
func askedSince(ctx context.Context, rd sqldb.Reader, service int64, since time.Time) ([]unitAsked, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (u unitAsked, err error) { return u, row.Scan(&u.unit, &u.n) }, `
select customer, count(*)
from request
where service = $1 and opened_at >= $2 and not confidential
group by customer
order by count(*) desc, customer
limit 500`, service, since)
}
