package promise

import (
	"context"

	"neike/internal/kit/sqldb"
)

// The columns by which people and units hold open promises.
const (
	byGiver        = "giver"
	byReceiver     = "receiver"
	byGiverUnit    = "giver_unit"
	byReceiverUnit = "receiver_unit"
)

func countHeld(ctx context.Context, rd sqldb.Reader, column string, keeper int64) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from promise
where closed_at is null and `+column+` = $1`, keeper)
}

func heldAfter(ctx context.Context, rd sqldb.Reader, column string, keeper, after int64, limit int) ([]Promise, error) {
	return sqldb.All(ctx, rd, scan, `
select `+columns+`
from promise
where closed_at is null and `+column+` = $1 and id > $2
order by id
limit $3`, keeper, after, limit)
}
