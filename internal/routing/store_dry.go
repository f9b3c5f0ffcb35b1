package routing

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

func insertRun(ctx context.Context, tx *sqldb.Tx, r Run) error {
	return tx.Insert(ctx, "routing_run", "id, unit, person, at, from_at, to_at, rules, done, total",
		[]any{r.ID, r.Unit, r.By, r.At, r.From, r.To, sqldb.JSON(r.Rules), r.Done, r.Total})
}

func runByID(ctx context.Context, rd sqldb.Reader, id int64) (Run, error) {
	return sqldb.One(ctx, rd, func(row sqldb.Row) (r Run, err error) {
		var result Outcome
		var ended bool
		err = row.Scan(&r.ID, &r.Unit, &r.By, &r.At, &r.From, &r.To, sqldb.JSON(&r.Rules), &r.Done, &r.Total, sqldb.JSON(&result), &ended)
		if ended {
			r.Result = &result
		}
		return r, err
	}, `
select id, unit, person, at, from_at, to_at, rules, done, total, coalesce(result, '{}'), result is not null
from routing_run
where id = $1`, id)
}

func runGoes(ctx context.Context, tx *sqldb.Tx, id, done int64) error {
	_, err := tx.Exec(ctx, `
update routing_run
set done = $2
where id = $1`, id, done)
	return err
}

func runEnds(ctx context.Context, tx *sqldb.Tx, id int64, result *Outcome) error {
	_, err := tx.Exec(ctx, `
update routing_run
set result = $2
where id = $1`, id, sqldb.JSON(result))
	return err
}

func insertCases(ctx context.Context, tx *sqldb.Tx, run int64, list []would) error {
	rows := make([][]any, len(list))
	for i, w := range list {
		rows[i] = []any{run, w.n, w.request, w.rule, w.person, w.unit, w.had}
	}
	return tx.Insert(ctx, "routing_case", "run, n, request, rule, person, unit, had", rows...)
}

func casesOf(ctx context.Context, rd sqldb.Reader, run, rule, after int64, limit int) ([]would, error) {
	q := sqldb.Select("select n, request, rule, person, unit, had from routing_case").Where("run = ?", run).Where("n > ?", after)
	if rule >= 0 {
		q = q.Where("rule = ?", rule)
	}
	text, args := q.OrderBy("n").Limit(limit).SQL()
	return sqldb.All(ctx, rd, func(row sqldb.Row) (w would, err error) {
		return w, row.Scan(&w.n, &w.request, &w.rule, &w.person, &w.unit, &w.had)
	}, text, args...)
}

// dropCases takes away what a dry run that was cut off has left.
func dropCases(ctx context.Context, tx *sqldb.Tx, run int64) error {
	_, err := tx.Exec(ctx, `
delete from routing_case
where run = $1`, run)
	return err
}

func oldRuns(ctx context.Context, rd sqldb.Reader, before time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) }, `
select id
from routing_run
where at < $1
order by at
limit $2`, before, limit)
}

func dropRun(ctx context.Context, tx *sqldb.Tx, id int64) error {
	if err := dropCases(ctx, tx, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
delete from routing_run
where id = $1`, id)
	return err
}
