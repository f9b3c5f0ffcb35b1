package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// openAgain is the number of an open request that repeats one; 0: there is none.
func openAgain(ctx context.Context, rd sqldb.Reader, id ID) (int64, error) {
	return sqldb.Value[int64](ctx, rd, `
select coalesce(max(number), 0)
from request
where again_of = $1 and closed_at is null`, id)
}

// numberOfID is the number of a request.
func numberOfID(ctx context.Context, rd sqldb.Reader, id ID) (int64, error) {
	return sqldb.Value[int64](ctx, rd, `
select number
from request
where id = $1`, id)
}

// toTell lists the numbers of deliveries whose customers are to hear that the house will accept them.
func toTell(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select number
from request
where accept_tell <= $1
order by accept_tell, case when merged_into is null then 0 else 1 end
limit $2`, now, limit)
}

// toAccept lists the numbers of deliveries that the house is to accept, before those that went along with them.
func toAccept(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select number
from request
where accept_by <= $1 and accept_tell is null
order by accept_by, case when merged_into is null then 0 else 1 end
limit $2`, now, limit)
}

// putAcceptance notes when the house accepts a delivery, and when its customer is told.
func putAcceptance(ctx context.Context, tx *sqldb.Tx, id ID, by, tell time.Time) error {
	_, err := tx.Exec(ctx, `
update request
set accept_by = $2, accept_tell = $3
where id = $1`, id, by, tell)
	return err
}
