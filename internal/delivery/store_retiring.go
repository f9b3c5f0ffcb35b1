package delivery

import (
	"context"

	"neike/internal/kit/sqldb"
)

// countStandingOf counts the arrangements of a service that have not ended.
func countStandingOf(ctx context.Context, rd sqldb.Reader, service int64) (int64, error) {
	return sqldb.Value[int64](ctx, rd, `
select count(*)
from standing
where service = $1 and state <> 'ended'`, service)
}

// broughtTo are the units that a service's arrangements bring something to.
func broughtTo(ctx context.Context, rd sqldb.Reader, service int64) ([]int64, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) }, `
select distinct c.customer
from standing s
join standing_customer c on c.standing = s.id
where s.service = $1 and s.state <> 'ended' and c.state <> 'gone'
limit 500`, service)
}
