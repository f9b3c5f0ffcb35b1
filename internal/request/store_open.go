package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// HasOpen says whether a unit has a request in its hands that is not closed.
func HasOpen(ctx context.Context, rd sqldb.Reader, unit int64) (bool, error) {
	id, err := sqldb.Value[int64](ctx, rd, `
select id
from request
where unit = $1 and closed_at is null
limit 1`, unit)
	return id != 0, err
}
