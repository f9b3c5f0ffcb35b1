package request

import (
	"context"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
)

// nextOf counts on a series of automatic numbers of a service, from 1, without holes: whoever wants such numbers waits for the request
// before.
func nextOf(ctx context.Context, tx *sqldb.Tx, service catalog.ID, series string) (int64, error) {
	return sqldb.Value[int64](ctx, tx, `insert into request_series (service, series, n)
values ($1, $2, 1)
on conflict (service, series) do update set n = request_series.n + 1
returning n`, service, series)
}
