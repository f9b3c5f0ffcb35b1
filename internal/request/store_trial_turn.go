package request

import (
	"context"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
)

// hasTurns says whether an answer to what a customer said next was owed for a service since a moment.
func hasTurns(ctx context.Context, rd sqldb.Reader, service int64, since time.Time) (bool, error) {
	n, err := sqldb.Value[int64](ctx, rd, `
select count(*)
from (select 1 from reply_turn where service = $1 and due_at >= $2 limit 1) t`, service, since)
	return n > 0, err
}

// openWithin reads the requests of a service that were open at some time of a span.
func openWithin(ctx context.Context, rd sqldb.Reader, service int64, span Span) ([]trialRow, error) {
	return sqldb.All(ctx, rd, scanTrialRow, `
select id, number, customer, coalesce(priority, ''), due, duplicate
from request
where service = $1 and opened_at < $2 and (closed_at is null or closed_at >= $3)
order by id`, service, span.To, span.From)
}

func insertTurned(ctx context.Context, tx *sqldb.Tx, id int64, list []turned) error {
	rows := make([][]any, 0, len(list))
	for _, c := range list {
		rows = append(rows, []any{id, c.side, c.id, c.n, c.began, c.due, c.would})
	}
	return tx.Insert(ctx, "request_trial_turn", "trial, side, request, n, began_at, due, would", rows...)
}

func turnedOf(ctx context.Context, rd sqldb.Reader, id int64, side int, after catalog.TrialPlace, limit int) ([]turned, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (turned, error) {
		var c turned
		err := row.Scan(&c.id, &c.n, &c.began, &c.due, &c.would)
		return c, err
	}, `
select request, n, began_at, due, would
from request_trial_turn
where trial = $1 and side = $2 and (request, n) > ($3, $4)
order by request, n
limit $5`, id, side, after.Request, after.Turn, limit)
}
