package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

func trafficBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]Traffic, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (t Traffic, err error) {
		err = row.Scan(&t.Customer, &t.Provider, &t.Week, &t.Own, &t.Behalf, &t.Program, &t.Quiet)
		return t, err
	}, `
select customer, provider, week,
	sum(case when way = 'self' then 1 else 0 end),
	sum(case when way = 'behalf' then 1 else 0 end),
	sum(case when way = 'program' then 1 else 0 end),
	sum(quiet)
from (
	select r.customer as customer, r.provider as provider, (r.opened_at - $1) / 604800000 as week,
		case when r.confidential then 'quiet' else `+wayText+` end as way,
		case when r.confidential then 1 else 0 end as quiet
	from request r
	where r.opened_at >= $1 and r.opened_at < $2 and not r.imported
) x
group by customer, provider, week`, from.UnixMilli(), until.UnixMilli())
}
