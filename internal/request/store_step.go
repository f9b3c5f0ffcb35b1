package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

func insertSteps(ctx context.Context, tx *sqldb.Tx, id ID, list []Step) error {
	rows := make([][]any, 0, len(list))
	for _, x := range list {
		rows = append(rows, []any{id, x.Percent, x.Person, x.Role, x.At})
	}
	return tx.Insert(ctx, "request_step", "request, step, person, role, at", rows...)
}

// stepsOfOthers lists who was told of a step, or of a later one, of those of some requests that are not id.
func stepsOfOthers(ctx context.Context, rd sqldb.Reader, id ID, list []Request, percent int) ([]Step, error) {
	var ids []ID
	for _, r := range list {
		if r.ID != id {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (x Step, err error) { return x, row.Scan(&x.Percent, &x.Person, &x.Role, &x.At) },
		sqldb.Select("select step, person, role, at\nfrom request_step").In("request", ids).Where("step >= ?", percent).OrderBy("at, person").Limit(1000))
}

// stepsOf lists who was told that how much of a request's time is used, in the order of the steps.
func stepsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Step, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Step, error) {
		var x Step
		err := row.Scan(&x.Percent, &x.Person, &x.Role, &x.At)
		return x, err
	}, `
select step, person, role, at
from request_step
where request = $1
order by step, role, person
limit 200`, id)
}
