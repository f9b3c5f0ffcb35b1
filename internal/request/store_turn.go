package request

import (
	"context"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/sqldb"
)

const turnColumns = "request, n, service, began_at, due_at, ended_at, outcome, took"

func scanTurn(row sqldb.Row) (Turn, error) {
	var t Turn
	var is string
	err := row.Scan(&t.Request, &t.N, &t.Service, &t.Began, &t.Due, &t.Ended, &is, &t.Took)
	t.Is = Outcome(is)
	return t, err
}

// putTurn writes a turn; one that is there is changed.
func putTurn(ctx context.Context, tx *sqldb.Tx, t Turn) error {
	_, err := tx.Exec(ctx, `
insert into reply_turn (`+turnColumns+`)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (request, n) do update
set began_at = excluded.began_at, due_at = excluded.due_at, ended_at = excluded.ended_at, outcome = excluded.outcome, took = excluded.took`,
		t.Request, t.N, t.Service, t.Began, t.Due, t.Ended, string(t.Is), t.Took)
	return err
}

// dropTurns removes the turns of a request.
func dropTurns(ctx context.Context, tx *sqldb.Tx, request ID) error {
	_, err := tx.Exec(ctx, `
delete from reply_turn
where request = $1`, request)
	return err
}

// turnsBetween reads the turns of a range of requests.
func turnsBetween(ctx context.Context, rd sqldb.Reader, first, last int64) (map[int64][]Turn, error) {
	out := map[int64][]Turn{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		t, err := scanTurn(row)
		out[t.Request] = append(out[t.Request], t)
		return err
	}, `
select `+turnColumns+`
from reply_turn
where request >= $1 and request <= $2
order by request, n`, first, last)
	return out, err
}

// lateTurns reads the late turns of some requests, due within a span (a zero end: none), each request's in order.
func lateTurns(ctx context.Context, rd sqldb.Reader, requests []ID, span Span) (map[int64][]Turn, error) {
	q := sqldb.Select("select "+turnColumns+"\nfrom reply_turn").In("request", requests).
		Where("(outcome = 'breached' or outcome = '' and ended_at is null and due_at < ?)", rd.Instant())
	if !span.From.IsZero() {
		q.Where("due_at >= ?", span.From)
	}
	if !span.To.IsZero() {
		q.Where("due_at < ?", span.To)
	}
	out := map[int64][]Turn{}
	text, args := q.OrderBy("request, n").SQL()
	return out, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		t, err := scanTurn(row)
		out[t.Request] = append(out[t.Request], t)
		return err
	}, text, args...)
}

// turnDue is the number of the turn that is due at a moment and was late; 0: none.
func turnDue(ctx context.Context, rd sqldb.Reader, request ID, at time.Time) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select coalesce(max(n), 0)
from reply_turn
where request = $1 and due_at = $2 and (ended_at is null or outcome = 'breached')`, request, at)
}

// markTurn notes that a turn is late, once.
func markTurn(ctx context.Context, tx *sqldb.Tx, e clock.WasBreached) error {
	_, err := tx.Exec(ctx, `
update reply_turn
set outcome = $3
where request = $1 and due_at = $2 and outcome = ''`, e.Subject.ID, e.DueAt, string(late(e.ByChange)))
	return err
}
