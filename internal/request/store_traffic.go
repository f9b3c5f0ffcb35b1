package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

func trafficBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]Traffic, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (t Traffic, err error) {
		err = row.Scan(&t.Customer, &t.Provider, &t.Week, &t.Own, &t.Behalf)
		return t, err
	}, `
		select customer, provider, (opened_at - $1) / 604800000 as week,
			sum(case when for_person is null or for_person = asked_by then 1 else 0 end),
			sum(case when for_person is null or for_person = asked_by then 0 else 1 end)
		from request
		where opened_at >= $1 and opened_at < $2 and not imported
		group by customer, provider, week`, from.UnixMilli(), until.UnixMilli())
}
