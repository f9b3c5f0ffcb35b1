package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// inHands counts the requests that each of the people has in hand: what is not delivered and goes along with no other.
func inHands(ctx context.Context, rd sqldb.Reader, people []int64) (map[int64]int, error) {
	type row struct {
		person int64
		n      int
	}
	list, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (x row, err error) { return x, r.Scan(&x.person, &x.n) },
		sqldb.Select("select assignee, count(*) from request r").Where("closed_at is null and state <> 'delivered'").Where(notAlong).In("assignee", people).GroupBy("assignee"))
	out := make(map[int64]int, len(list))
	for _, x := range list {
		out[x.person] = x.n
	}
	return out, err
}

// countGot counts what a unit was asked in a span, but what is confidential or history.
func countGot(ctx context.Context, rd sqldb.Reader, unit int64, span Span) (int64, error) {
	return sqldb.Value[int64](ctx, rd, `
select (
	select count(*)
	from request
	where unit = $1 and provider = $1 and opened_at >= $2 and opened_at < $3 and not confidential and not imported)
+ (
	select count(*)
	from request
	where provider = $1 and provider <> unit and opened_at >= $2 and opened_at < $3 and not confidential and not imported)`, unit, span.From, span.To)
}

func scanGot(row sqldb.Row) (Request, error) {
	var r Request
	err := row.Scan(&r.ID, &r.Service, &r.ServiceVersion, &r.Customer, &r.AskedBy, &r.For, &r.Fields, &r.OpenedAt, &r.ClosedAt, &r.Assignee, &r.Priority, &r.Place.ID)
	return r, err
}

// gotBy reads what a unit was asked in a span, in the order of (opened_at, id), after the one given.
func gotBy(ctx context.Context, rd sqldb.Reader, unit int64, span Span, after time.Time, last ID, limit int) ([]Request, error) {
	from := span.From
	if last != 0 {
		from = after
	}
	const columns = `id, service, service_version, customer, asked_by, coalesce(for_person, 0), fields, opened_at, closed_at, coalesce(assignee, 0), coalesce(priority, ''), coalesce(place, 0)`
	return sqldb.All(ctx, rd, scanGot, `
select *
from (
	select * from (
		select `+columns+`
		from request
		where unit = $1 and provider = $1 and opened_at >= $2 and opened_at < $3 and (opened_at > $2 or id > $4) and not confidential and not imported
		order by opened_at, id
		limit $5) a
	union all
	select * from (
		select `+columns+`
		from request
		where provider = $1 and provider <> unit and opened_at >= $2 and opened_at < $3 and (opened_at > $2 or id > $4) and not confidential and not imported
		order by opened_at, id
		limit $5) b) got
order by opened_at, id
limit $5`, unit, from, span.To, last, limit)
}
