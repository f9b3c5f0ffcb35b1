package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// usedBy are the services of a unit's newest thousand requests since a moment that were asked for at least three times.
func usedBy(ctx context.Context, rd sqldb.Reader, unit int64, since time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select service
from (
	select service
	from request
	where customer = $1 and opened_at >= $2 and confidential = false
	order by opened_at desc, id desc
	limit 1000) lately
group by service
having count(*) >= 3
order by count(*) desc, service
limit $3`, unit, since, limit)
}

// usedByAll are the services of the newest five thousand requests that were asked for at least three times.
func usedByAll(ctx context.Context, rd sqldb.Reader, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select service
from (
	select service, confidential
	from request
	order by id desc
	limit 5000) lately
where confidential = false
group by service
having count(*) >= 3
order by count(*) desc, service
limit $1`, limit)
}
