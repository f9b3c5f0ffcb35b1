package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// partsOf lists what a request was split into, the oldest first.
func partsOf(ctx context.Context, rd sqldb.Reader, whole ID) ([]Request, error) {
	return sqldb.All(ctx, rd, scanRequest, `
select `+allOfRequest+`
from request
where parent = $1
order by id
limit 50`, whole)
}
