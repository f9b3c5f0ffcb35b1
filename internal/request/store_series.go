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

// openByVersion counts the open requests of a service by the version they were asked with.
func openByVersion(ctx context.Context, rd sqldb.Reader, service catalog.ID) (map[int]int, error) {
	out := map[int]int{}
	rows, err := sqldb.All(ctx, rd, func(row sqldb.Row) ([2]int, error) {
		var x [2]int
		return x, row.Scan(&x[0], &x[1])
	}, versionsText, service)
	for _, x := range rows {
		out[x[0]] = x[1]
	}
	return out, err
}

// openState is in SQL that a request is open, said so that the indexes of lists and reports know it.
const openState = "state in ('new', 'working', 'waiting', 'delivered')"

const versionsText = `
select service_version, count(*)
from request
where service = $1 and ` + openState + `
group by service_version`
