package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// saveStandIn keeps who stands in, for whom, until when.
func saveStandIn(ctx context.Context, tx *sqldb.Tx, id ID, x StandIn, at time.Time) error {
	_, err := tx.Exec(ctx, `
insert into request_stand_in (request, person, by_person, at, until_at)
values ($1, $2, $3, $4, $5)
on conflict (request, person) do update
set by_person = excluded.by_person, at = excluded.at, until_at = excluded.until_at`, id, x.Person, x.By, at, x.Until)
	return err
}

func dropStandIn(ctx context.Context, tx *sqldb.Tx, id ID, person int64) error {
	_, err := tx.Exec(ctx, `
delete from request_stand_in
where request = $1 and person = $2`, id, person)
	return err
}

// overdueStandIn is a request on which somebody stands in past the date.
type overdueStandIn struct{ number, person int64 }

// overdueStandIns lists those whose date has passed, the first first.
func overdueStandIns(ctx context.Context, rd sqldb.Reader, now time.Time) ([]overdueStandIn, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (x overdueStandIn, err error) { return x, row.Scan(&x.number, &x.person) }, `
select r.number, s.person
from request_stand_in s
join request r on r.id = s.request
where s.until_at <= $1
order by s.until_at, s.request
limit 200`, now)
}
