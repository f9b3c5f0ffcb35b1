package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// filedAfter is when a person last filed a request after a moment; zero: they did not.
func filedAfter(ctx context.Context, rd sqldb.Reader, person int64, from time.Time) (time.Time, error) {
	found, err := sqldb.All(ctx, rd, func(row sqldb.Row) (at time.Time, err error) { return at, row.Scan(&at) }, `
select opened_at
from request
where asked_by = $1 and opened_at > $2
order by opened_at desc
limit 1`, person, from)
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0], nil
}

// raisedBetween keeps seconds to a minute, then five, then thirty at a time.
func raisedBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]Raised, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (x Raised, err error) {
		return x, row.Scan(&x.Service, &x.Provider, &x.Way, &x.Took, &x.N)
	}, `
select service, provider, way, took, count(*)
from (
	select r.service as service, r.provider as provider, `+wayText+` as way,
		case
			when r.raise_left then -2
			when r.raise_took is null then -1
			when r.raise_took < 60 then r.raise_took
			when r.raise_took < 300 then r.raise_took - r.raise_took % 5
			else r.raise_took - r.raise_took % 30
		end as took
	from request r
	where r.opened_at >= $1 and r.opened_at < $2
) x
group by service, provider, way, took
order by service, provider, way, took`, from, until)
}

func askedBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]Asking, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (x Asking, err error) {
		return x, row.Scan(&x.Service, &x.N, &x.Nudged, &x.Done, &x.Returned)
	}, `
select service, count(*),
	sum(case when nudges > 0 then 1 else 0 end),
	sum(case when state = 'done' then 1 else 0 end),
	sum(case when state = 'done' and returns > 0 then 1 else 0 end)
from request
where opened_at >= $1 and opened_at < $2 and not imported and door not in ('api', 'system')
group by service
order by service`, from, until)
}

func askersBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time, fn func(Asker)) error {
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var a Asker
		if err := row.Scan(&a.Service, &a.Provider, &a.Person); err != nil {
			return err
		}
		fn(a)
		return nil
	}, `
select distinct service, provider, asked_by
from request
where opened_at >= $1 and opened_at < $2 and not imported and door not in ('api', 'system')`, from, until)
}

func answersBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time, fn func(service ID, fields string) error) error {
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var service ID
		var fields string
		if err := row.Scan(&service, &fields); err != nil {
			return err
		}
		return fn(service, fields)
	}, `
select service, fields
from request
where opened_at >= $1 and opened_at < $2 and not imported and door not in ('api', 'system')`, from, until)
}

// wayText says in SQL which way a request came.
const wayText = `case
	when r.imported then 'import'
	when r.door in ('api', 'system') then 'program'
	when r.logged_by is not null or r.for_person is not null and r.for_person <> r.asked_by then 'behalf'
	else 'self'
end`
