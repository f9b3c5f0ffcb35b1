package delivery

import (
	"context"

	"neike/internal/kit/sqldb"
)

// whose says by what somebody holds open deliveries, and which event hands one over.
type whose struct {
	column string
	verb   Verb
}

var (
	byAssignee = whose{"assignee", VerbSucceed}
	byReceiver = whose{"receiver", VerbSucceed}
	byProvider = whose{"provider", VerbFollow}
	byCustomer = whose{"customer", VerbFollow}
)

func countHeld(ctx context.Context, rd sqldb.Reader, w whose, keeper int64) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from delivery
where closed_at is null and `+w.column+` = $1`, keeper)
}

func heldAfter(ctx context.Context, rd sqldb.Reader, w whose, keeper, after int64, limit int) ([]Delivery, error) {
	return sqldb.All(ctx, rd, scanDelivery, `
select `+deliveryColumns+`
from delivery
where closed_at is null and `+w.column+` = $1 and id > $2
order by id
limit $3`, keeper, after, limit)
}

// The arrangements that somebody holds.
const (
	standingByAssignee = "state <> 'ended' and assignee = $1"
	standingByReceiver = "state <> 'ended' and id in (select standing from standing_customer where receiver = $1 and state <> 'gone')"
	standingByProvider = "state <> 'ended' and provider = $1"
	standingByCustomer = "state <> 'ended' and id in (select standing from standing_customer where customer = $1 and state <> 'gone')"
)

func countStandings(ctx context.Context, rd sqldb.Reader, cond string, keeper int64) (int, error) {
	return sqldb.Value[int](ctx, rd, "select count(*)\nfrom standing\nwhere "+cond, keeper)
}

func standingsHeld(ctx context.Context, rd sqldb.Reader, cond string, keeper, after int64, limit int) ([]Standing, error) {
	return sqldb.All(ctx, rd, scanStanding, "select "+standingColumns+"\nfrom standing\nwhere "+cond+" and id > $2\norder by id\nlimit $3", keeper, after, limit)
}
