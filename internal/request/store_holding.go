package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// whose says by what somebody holds open requests, and which event hands one over, for which side.
type whose struct {
	from string // selects the requests of $1 that are open
	verb Verb
	side Side
}

var (
	ofAssignee = whose{"request r where r.assignee = $1 and r.closed_at is null", VerbSucceed, ProviderSide}
	ofAsker    = whose{"request r where (r.asked_by = $1 or r.for_person = $1) and r.closed_at is null", VerbSucceed, CustomerSide}
	ofNamed    = whose{`access_grant_v g
join request r on r.id = g.subject
where g.holder_kind = 1 and g.holder = $1 and g.subject_kind = 'request' and g.why not in ('asked', 'on-behalf', 'assigned')
	and g.why = 'named' and r.closed_at is null
	and r.asked_by <> $1 and coalesce(r.for_person, 0) <> $1 and coalesce(r.assignee, 0) <> $1`, VerbName, HouseSide}
	ofStandIn  = whose{"request_stand_in s join request r on r.id = s.request where s.person = $1", VerbStandDown, HouseSide}
	ofUnit     = whose{"request r where r.unit = $1 and r.closed_at is null", VerbFollow, ProviderSide}
	ofProvider = whose{"request r where r.provider = $1 and r.provider <> r.unit and r.closed_at is null", VerbFollow, HouseSide}
	ofCustomer = whose{"request r where r.customer = $1 and r.closed_at is null", VerbFollow, CustomerSide}
)

func countHeld(ctx context.Context, rd sqldb.Reader, w whose, keeper int64) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from `+w.from, keeper)
}

// countHeldBy counts open requests by a column that holds an id.
func countHeldBy(ctx context.Context, rd sqldb.Reader, w whose, keeper int64, column string) (map[int64]int, error) {
	out := map[int64]int{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id int64
		var n int
		err := row.Scan(&id, &n)
		out[id] = n
		return err
	}, `select `+column+`, count(*) from `+w.from+` group by `+column, keeper)
	return out, err
}

// heldAfter lists open requests by id: what a line about them needs.
func heldAfter(ctx context.Context, rd sqldb.Reader, w whose, keeper, after int64, limit int) ([]Request, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Request, error) {
		var r Request
		var state string
		err := row.Scan(&r.ID, &r.Number, &r.Title, &r.Confidential, &r.Unit, &state)
		r.State = State(state)
		return r, err
	}, `
select r.id, r.number, r.title, r.confidential, r.unit, r.state
from `+w.from+` and r.id > $2
order by r.id
limit $3`, keeper, after, limit)
}

// updateCustomer writes whose request it is. No other verb changes that, and these columns have indexes.
func updateCustomer(ctx context.Context, tx *sqldb.Tx, r Request) error {
	_, err := tx.Exec(ctx, `
update request
set customer = $2, asked_by = $3, for_person = $4
where id = $1`, r.ID, r.Customer, r.AskedBy, nobody(r.For))
	return err
}
