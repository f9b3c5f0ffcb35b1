package delivery

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// attained counts what was due in [from, to), per key: one scan of the index of due times.
func attained(ctx context.Context, rd sqldb.Reader, by string, from, to time.Time) ([]Attainment, error) {
	key := map[string]string{"service": "service", "unit": "provider", "edge": "edge"}[by]
	const late = "(completion_is = 'breached' or completion_is = '' and state in ('due', 'returned') and due < $3)"
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Attainment, error) {
		var a Attainment
		err := row.Scan(&a.Key, &a.Provider, &a.Customer, &a.Met, &a.Breached, &a.Pending, &a.Excluded, &a.Accepted, &a.RightFirst)
		return a, err
	}, `
select coalesce(`+key+`, 0), min(provider), min(customer),
	sum(case when completion_is = 'met' then 1 else 0 end),
	sum(case when `+late+` then 1 else 0 end),
	sum(case when completion_is = '' and not `+late+` then 1 else 0 end),
	sum(case when completion_is = 'excluded' then 1 else 0 end),
	sum(case when state = 'accepted' then 1 else 0 end),
	sum(case when state = 'accepted' and returns = 0 then 1 else 0 end)
from delivery
where due >= $1 and due < $2 and state not in ('contested', 'dropped')
group by `+key+`
order by 1
limit 20000`, from, to, rd.Instant())
}
