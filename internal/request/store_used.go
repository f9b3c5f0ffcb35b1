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
