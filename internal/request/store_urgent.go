package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// takeUrgent counts one more urgent request of a unit in a month, if its share allows: of two at once for the last one
// exactly one gets it.
func takeUrgent(ctx context.Context, tx *sqldb.Tx, unit, service int64, month, share int) (bool, error) {
	if share <= 0 {
		return false, nil
	}
	n, err := tx.Exec(ctx, `
insert into urgent_month (unit, service, month, n)
values ($1, $2, $3, 1)
on conflict (unit, service, month) do update
set n = urgent_month.n + 1
where urgent_month.n < $4`, unit, service, month, share)
	return n == 1, err
}

// urgentIn is how many urgent requests a unit has made in a month.
func urgentIn(ctx context.Context, rd sqldb.Reader, unit, service int64, month int) (int, error) {
	n, err := sqldb.Value[int64](ctx, rd, `
select coalesce(max(n), 0)
from urgent_month
where unit = $1 and service = $2 and month = $3`, unit, service, month)
	return int(n), err
}
