package request

import (
	"context"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
)

// countDueIn counts the requests of a service that were due in a span.
func countDueIn(ctx context.Context, rd sqldb.Reader, service int64, span Span) (int64, error) {
	return sqldb.Value[int64](ctx, rd, `
select count(*)
from request
where service = $1 and due >= $2 and due < $3`, service, span.From, span.To)
}

// trialRow is what a dry run reads of a request.
type trialRow struct {
	id, number, customer int64
	urgent, duplicate    bool
	due                  time.Time
}

func scanTrialRow(row sqldb.Row) (trialRow, error) {
	var r trialRow
	var priority string
	err := row.Scan(&r.id, &r.number, &r.customer, &priority, &r.due, &r.duplicate)
	r.urgent = priority == Urgent
	return r, err
}

// casesDueIn reads the requests of a service that were due in a span, in the order of (due, id), after the last one seen.
func casesDueIn(ctx context.Context, rd sqldb.Reader, service int64, span Span, last trialRow, limit int) ([]trialRow, error) {
	from := span.From
	if last.id != 0 {
		from = last.due
	}
	return sqldb.All(ctx, rd, scanTrialRow, `
select id, number, customer, coalesce(priority, ''), due, duplicate
from request
where service = $1 and due >= $2 and due < $3 and (due > $2 or id > $4)
order by due, id
limit $5`, service, from, span.To, last.id, limit)
}

// openOfService lists the open requests of a service after a number.
func openOfService(ctx context.Context, rd sqldb.Reader, service, after int64, limit int) ([]trialRow, error) {
	return sqldb.All(ctx, rd, scanTrialRow, openOfServiceText, service, after, limit)
}

const openOfServiceText = `
select id, number, customer, coalesce(priority, ''), due, duplicate
from request
where service = $1 and ` + openState + ` and number > $2
order by number
limit $3`

// countOpenOf counts what a service has in hand, without duplicates.
func countOpenOf(ctx context.Context, rd sqldb.Reader, service int64) (int64, error) {
	return sqldb.Value[int64](ctx, rd, `
select count(*)
from request
where service = $1 and `+openState+` and duplicate = false`, service)
}

func insertTrial(ctx context.Context, tx *sqldb.Tx, t catalog.Trial, person int64) error {
	return tx.Insert(ctx, "request_trial", "id, service, person, at, from_at, to_at, standard, done, total",
		[]any{t.ID, t.Service, person, t.At, t.From, t.To, sqldb.JSON(t.Standard), t.Done, t.Total})
}

func trialByID(ctx context.Context, rd sqldb.Reader, id int64) (catalog.Trial, error) {
	return sqldb.One(ctx, rd, func(row sqldb.Row) (catalog.Trial, error) {
		var t catalog.Trial
		var result catalog.TrialResult
		var ended, failed bool
		err := row.Scan(&t.ID, &t.Service, &t.At, &t.From, &t.To, sqldb.JSON(&t.Standard), &t.Done, &t.Total, sqldb.JSON(&result), &ended, &failed)
		if t.Failed = failed; ended {
			t.Result = &result
		}
		return t, err
	}, `
select id, service, at, from_at, to_at, standard, done, total, coalesce(result, '{}'), result is not null, failed is not null
from request_trial
where id = $1`, id)
}

func trialGoes(ctx context.Context, tx *sqldb.Tx, id, done int64) error {
	_, err := tx.Exec(ctx, `
update request_trial
set done = $2
where id = $1`, id, done)
	return err
}

func trialFails(ctx context.Context, tx *sqldb.Tx, id int64, why string) error {
	_, err := tx.Exec(ctx, `
update request_trial
set failed = $2
where id = $1`, id, why)
	return err
}

func trialEnds(ctx context.Context, tx *sqldb.Tx, id, done int64, result *catalog.TrialResult) error {
	_, err := tx.Exec(ctx, `
update request_trial
set done = $2, result = $3
where id = $1`, id, done, sqldb.JSON(result))
	return err
}

// forgetCases takes away what a dry run that was cut off has left.
func forgetCases(ctx context.Context, tx *sqldb.Tx, id int64) error {
	if _, err := tx.Exec(ctx, `
delete from request_trial_case
where trial = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
delete from request_trial_turn
where trial = $1`, id)
	return err
}

func insertCases(ctx context.Context, tx *sqldb.Tx, id int64, list []changed) error {
	rows := make([][]any, 0, len(list))
	for _, c := range list {
		rows = append(rows, []any{id, c.side, c.id, c.due, c.would})
	}
	return tx.Insert(ctx, "request_trial_case", "trial, side, request, due, would", rows...)
}

func casesOf(ctx context.Context, rd sqldb.Reader, id int64, side int, after int64, limit int) ([]changed, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (changed, error) {
		var c changed
		err := row.Scan(&c.id, &c.side, &c.due, &c.would)
		return c, err
	}, `
select request, side, due, would
from request_trial_case
where trial = $1 and side = $2 and request > $3
order by request
limit $4`, id, side, after, limit)
}

// oldTrials lists dry runs asked before a moment.
func oldTrials(ctx context.Context, rd sqldb.Reader, before time.Time, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanID, `
select id
from request_trial
where at < $1
order by at
limit $2`, before, limit)
}

func forgetTrial(ctx context.Context, tx *sqldb.Tx, id int64) error {
	if err := forgetCases(ctx, tx, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
delete from request_trial
where id = $1`, id)
	return err
}
