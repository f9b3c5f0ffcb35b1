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

// usedByAll are the services of all requests since a moment, confidential ones left out, that were asked for at least three
// times, the most often first.
func usedByAll(ctx context.Context, rd sqldb.Reader, since time.Time) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, usedByAllText, since)
}

// usedByAllText is answered from the index request_opened alone; the sign keeps SQLite from an index by service, which would
// lead through every row.
const usedByAllText = `
select +service
from request
where opened_at >= $1 and confidential = false
group by 1
having count(*) >= 3
order by count(*) desc, 1`
