package request

import (
	"context"
	"time"

	"neike/internal/kit/search"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// waitedFor lists what the person asked for, or is asked for, and somebody else has to do next: the next due first.
func waitedFor(ctx context.Context, rd sqldb.Reader, person int64, limit int) ([]Line, error) {
	return sqldb.All(ctx, rd, scanLine, `
select `+lineColumns+`
from (
	select * from (
		select *
		from request
		where asked_by = $1 and state in ('new', 'working')
		order by opened_at desc, id desc
		limit 200) a
	union
	select * from (
		select *
		from request
		where for_person = $1 and state in ('new', 'working')
		order by opened_at desc, id desc
		limit 200) b) r
order by r.next_due, r.id
limit $2`, person, limit)
}

// visibleOf says which of the requests the eye may see.
func (sc scope) visibleOf(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]bool, error) {
	found, err := sqldb.AllQ(ctx, rd, scanID, sc.visible(sqldb.Select("select r.id\nfrom request r").In("r.id", ids)))
	seen := make(map[int64]bool, len(found))
	for _, id := range found {
		seen[id] = true
	}
	return seen, err
}

// searchable reads what is found of requests: number and title. Who may see a hit is asked when it is found.
func searchable(ctx context.Context, rd sqldb.Reader, ids []int64) ([]search.Doc, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (search.Doc, error) {
		d := search.Doc{Kind: Kind}
		var number int64
		err := row.Scan(&d.ID, &number, &d.Title, &d.Rank, &d.Body)
		d.Ref, d.Link = Ref(number), link(number)
		return d, err
	}, sqldb.Select("select id, number, title, opened_at, external\nfrom request").In("id", ids))
}

// pending counts the open cases that are due in [from, to) and not decided yet, per edge.
func pending(ctx context.Context, rd sqldb.Reader, from, to time.Time) ([]relation.Open, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (relation.Open, error) {
		var o relation.Open
		err := row.Scan(&o.Provider, &o.Customer, &o.Pending, &o.Oldest)
		return o, err
	}, `
select provider, customer, count(*), min(opened_at)
from request
where closed_at is null and completion_is = '' and due >= $1 and due < $2
group by provider, customer
limit 20000`, from, to)
}
