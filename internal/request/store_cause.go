package request

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

const breachColumns = "request, clock, turn, unit, state, cause, third, excused"

func scanBreach(row sqldb.Row) (Breach, error) {
	var b Breach
	var cause string
	err := row.Scan(&b.Request, &b.Clock, &b.Turn, &b.Unit, &b.State, &cause, &b.Third, &b.Excused)
	b.Cause = Cause(cause)
	return b, err
}

// breachesOf lists the breaches of some requests with their causes, those of the completion first.
func breachesOf(ctx context.Context, rd sqldb.Reader, requests ...ID) ([]Breach, error) {
	return sqldb.AllQ(ctx, rd, scanBreach, sqldb.Select("select "+breachColumns+"\nfrom breach_cause").In("request", requests).OrderBy("request, clock, turn"))
}

// putBreach writes a breach; one that is there is changed.
func putBreach(ctx context.Context, tx *sqldb.Tx, b Breach) error {
	_, err := tx.Exec(ctx, `
insert into breach_cause (`+breachColumns+`)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (request, clock, turn) do update
set state = excluded.state, cause = excluded.cause, third = excluded.third, excused = excluded.excused`,
		b.Request, b.Clock, b.Turn, b.Unit, b.State, string(b.Cause), nobody(b.Third), b.Excused)
	return err
}

// dropBreach removes the breach of a clock that does not count as late any more.
func dropBreach(ctx context.Context, tx *sqldb.Tx, request ID, clock string) error {
	_, err := tx.Exec(ctx, `
delete from breach_cause
where request = $1 and clock = $2`, request, clock)
	return err
}

// narrowCause adds what is said of the cause of the clock that the filter reads.
func (sc scope) narrowCause(q *sqldb.Query) {
	if sc.Cause == "" && sc.CauseIs == "" {
		return
	}
	name, cause := "completion", sc.Cause
	if sc.Clock == "first_response" || sc.Clock == "next_response" {
		name = sc.Clock
	}
	text := "r.id in (select b.request from breach_cause b where b.clock = ?"
	args := []any{name}
	if name == "next_response" { // of the turns that the list is about
		text = "r.id in (select b.request from breach_cause b join reply_turn t on t.request = b.request and t.n = b.turn where b.clock = ?"
		for _, x := range []struct {
			bound string
			at    time.Time
		}{{" and t.due_at >= ?", sc.DueFrom}, {" and t.due_at < ?", sc.DueBefore}} {
			if !x.at.IsZero() {
				text, args = text+x.bound, append(args, x.at)
			}
		}
	}
	if cause != "" {
		if cause == "none" {
			cause = ""
		}
		text, args = text+" and b.cause = ?", append(args, cause)
	}
	if sc.CauseIs != "" {
		text, args = text+" and b.state = ?", append(args, sc.CauseIs)
	}
	q.Where(text+")", args...).Where("r.duplicate = false") // of which the causes rest
}
