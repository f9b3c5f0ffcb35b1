package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// waitedFor lists what the person asked for, or is asked for, and somebody else has to do next: the next due first.
func waitedFor(ctx context.Context, rd sqldb.Reader, person int64, limit int) ([]Line, error) {
	return sqldb.All(ctx, rd, scanLine, `
select `+lineColumns+`
from request r
where r.id in (
	select id from (
		select id
		from request
		where asked_by = $1 and state in ('new', 'working')
		order by next_due, id
		limit $2) a
	union
	select id from (
		select id
		from request
		where for_person = $1 and for_person is not null and state in ('new', 'working')
		order by next_due, id
		limit $2) b)
order by r.next_due, r.id
limit $2`, person, limit)
}

// pending counts the open cases that are due in [from, to) and not decided yet, per edge.
func pending(ctx context.Context, rd sqldb.Reader, from, to time.Time) ([]relation.Open, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (relation.Open, error) {
		var o relation.Open
		err := row.Scan(&o.Provider, &o.Customer, &o.Pending, &o.Oldest)
		return o, err
	}, `
select min(provider), min(customer), count(*), min(opened_at)
from request
where closed_at is null and completion_is = '' and due >= $1 and due < $2
group by edge
limit 20000`, from, to)
}

// Numbers are the numbers of requests, by id: all that is said of them to somebody who may not open them.
func Numbers(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]int64, error) {
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (n [2]int64, err error) { return n, row.Scan(&n[0], &n[1]) },
		sqldb.Select("select id, number\nfrom request").In("id", ids))
	out := make(map[int64]int64, len(rows))
	for _, n := range rows {
		out[n[0]] = n[1]
	}
	return out, err
}
