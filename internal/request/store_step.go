package request

import (
	"context"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

const stepColumns = "clock, turn, step, person, role, at"

func scanStep(row sqldb.Row) (x Step, err error) {
	err = row.Scan(&x.Clock, &x.Turn, &x.Percent, &x.Person, &x.Role, &x.At)
	return x, err
}

func insertSteps(ctx context.Context, tx *sqldb.Tx, id ID, list []Step) error {
	rows := make([][]any, 0, len(list))
	for _, x := range list {
		rows = append(rows, []any{id, x.Clock, x.Turn, x.Percent, x.Person, x.Role, x.At})
	}
	return tx.Insert(ctx, "request_step", "request, "+stepColumns, rows...)
}

// stepsOfOthers lists who was told of a step, or of a later one, of those of some requests that are not id. What the customers
// of each say, each hears an answer to: of that there are none.
func stepsOfOthers(ctx context.Context, rd sqldb.Reader, id ID, list []Request, at reached) ([]Step, error) {
	var ids []ID
	for _, r := range list {
		if r.ID != id {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 || at.clock == clock.NextResponse {
		return nil, nil
	}
	return sqldb.AllQ(ctx, rd, scanStep, sqldb.Select("select "+stepColumns+"\nfrom request_step").In("request", ids).Where("clock = ?", at.clock).Where("step >= ?", at.percent).OrderBy("at, person").Limit(1000))
}

// stepsOf lists who was told that how much of a request's time is used, in the order of clocks, turns and steps.
func stepsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Step, error) {
	return sqldb.All(ctx, rd, scanStep, `
select `+stepColumns+`
from request_step
where request = $1
order by clock, turn desc, step, role, person
limit 500`, id)
}
