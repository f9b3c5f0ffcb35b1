package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// nextDueOfCustomers is a page of what is open for the filter's customers, by next_due.
func nextDueOfCustomers(ctx context.Context, rd sqldb.Reader, sc scope) ([]Line, error) {
	sc.now = rd.Instant()
	parts := ranges(nil, "r.customer = ?", sc.customers, false)
	if len(sc.customers) > manyUnits || len(parts) == 0 {
		parts = []part{{cond: "1 = 1"}}
	}
	return sc.first(ctx, rd, lineColumns, scanLine, parts, "r.next_due", false, func(q *sqldb.Query) *sqldb.Query {
		return q.Where("r.closed_at is null")
	})
}

// countMine counts what is open of what the person asked for, or is asked for, among the newest.
func countMine(ctx context.Context, rd sqldb.Reader, person int64, most int) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from (
	select id from (
		select id, closed_at
		from request
		where asked_by = $1
		order by opened_at desc, id desc
		limit 500) a
	where closed_at is null
	union
	select id from (
		select id, closed_at
		from request
		where for_person = $1
		order by opened_at desc, id desc
		limit 500) b
	where closed_at is null
	limit $2) open`, person, most)
}

// countQueue counts what the queue shows: one index range per unit served, and what the person has in hand.
func (sc scope) countQueue(ctx context.Context, rd sqldb.Reader, most int) (int, error) {
	sc, err := sc.busy(ctx, rd)
	if err != nil {
		return 0, err
	}
	seen := map[int64]bool{}
	for _, p := range sc.queueParts() {
		ids, err := sqldb.AllQ(ctx, rd, scanID, sc.visible(sqldb.Select("select r.id\nfrom request r").Where(p.cond, p.args...).Where("r.closed_at is null").Where(notAlong), p.seen).Limit(most))
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			seen[id] = true
		}
		if len(seen) >= most {
			return most, nil
		}
	}
	return len(seen), nil
}
