package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// movedTo lists the units that requests of a service went on to after the first, of the newest that moved, the most
// frequent first.
func movedTo(ctx context.Context, rd sqldb.Reader, service int64, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select h.unit
from (
	select id
	from request
	where service = $1 and hops > 1
	order by id desc
	limit 200) r
join hop h on h.request = r.id and h.n > 1
group by h.unit
order by count(*) desc, h.unit
limit $2`, service, limit)
}
