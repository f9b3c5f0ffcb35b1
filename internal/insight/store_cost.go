package insight

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

func countedMonths(ctx context.Context, rd sqldb.Reader) (map[month]time.Time, error) {
	out := map[month]time.Time{}
	return out, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var m month
		var at time.Time
		if err := row.Scan(&m, &at); err != nil {
			return err
		}
		out[m] = at
		return nil
	}, `select month, at from insight_counted`)
}

// unitsOfPeople are the main units of everybody, also of who has left.
func unitsOfPeople(ctx context.Context, rd sqldb.Reader) (map[ID]ID, error) {
	out := map[ID]ID{}
	return out, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var person, unit ID
		if err := row.Scan(&person, &unit); err != nil {
			return err
		}
		out[person] = unit
		return nil
	}, `select id, coalesce(unit, 0) from org_person_v`)
}

// known turns what is not shown into null.
func known(n int) any {
	if n < 0 {
		return nil
	}
	return n
}

func saveSum(ctx context.Context, tx *sqldb.Tx, m month, x sum) error {
	for _, text := range []string{`delete from insight_asked where month = $1`, `delete from insight_raised where month = $1`, `delete from insight_step where month = $1`, `delete from insight_counted where month = $1`} {
		if _, err := tx.Exec(ctx, text, int64(m)); err != nil {
			return err
		}
	}
	rows := make([][]any, 0, len(x.asked))
	for _, a := range x.asked {
		rows = append(rows, []any{int64(m), a.unit, a.what, a.n, a.people, known(a.median), known(a.tenth)})
	}
	if err := inserted(ctx, tx, "insight_asked", "month, unit, what, n, people, median, tenth", rows); err != nil {
		return err
	}
	rows = rows[:0]
	for _, r := range x.raised {
		rows = append(rows, []any{int64(m), r.Service, r.Provider, r.Way, r.Took, r.N})
	}
	if err := inserted(ctx, tx, "insight_raised", "month, service, provider, way, took, n", rows); err != nil {
		return err
	}
	rows = rows[:0]
	for _, y := range x.steps {
		rows = append(rows, []any{int64(m), y.service, y.name, y.n, y.hits})
	}
	if err := inserted(ctx, tx, "insight_step", "month, service, step, n, hits", rows); err != nil {
		return err
	}
	return tx.Insert(ctx, "insight_counted", "month, at", []any{int64(m), tx.Now})
}

// inserted writes rows a hundred at a time: so many places for values a statement has.
func inserted(ctx context.Context, tx *sqldb.Tx, table, columns string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(len(rows), 100)
		if err := tx.Insert(ctx, table, columns, rows[:n]...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func askedSince(ctx context.Context, rd sqldb.Reader, m month, fn func(month, asked)) error {
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var at month
		var a asked
		if err := row.Scan(&at, &a.unit, &a.what, &a.n, &a.people, &a.median, &a.tenth); err != nil {
			return err
		}
		fn(at, a)
		return nil
	}, `select month, unit, what, n, people, coalesce(median, -1), coalesce(tenth, -1) from insight_asked where month >= $1 order by month, unit, what`, int64(m))
}

func raisedSince(ctx context.Context, rd sqldb.Reader, m month, fn func(month, request.Raised)) error {
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var at month
		var r request.Raised
		if err := row.Scan(&at, &r.Service, &r.Provider, &r.Way, &r.Took, &r.N); err != nil {
			return err
		}
		fn(at, r)
		return nil
	}, `select month, service, provider, way, took, n from insight_raised where month >= $1 order by month, service, provider, took`, int64(m))
}

func stepsSince(ctx context.Context, rd sqldb.Reader, m month, fn func(month, step)) error {
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var at month
		var y step
		if err := row.Scan(&at, &y.service, &y.name, &y.n, &y.hits); err != nil {
			return err
		}
		fn(at, y)
		return nil
	}, `select month, service, step, n, hits from insight_step where month >= $1 order by month, service, step`, int64(m))
}

// said is what the company says of one act or budget.
type said struct {
	code    string
	seconds int
	by      ID
	at      time.Time
}

func assumptions(ctx context.Context, rd sqldb.Reader) ([]said, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (x said, err error) {
		return x, row.Scan(&x.code, &x.seconds, &x.by, &x.at)
	}, `select code, seconds, by_person, at from insight_assumption order by code`)
}

func saveAssumption(ctx context.Context, tx *sqldb.Tx, x said) error {
	_, err := tx.Exec(ctx, `
insert into insight_assumption (code, seconds, by_person, at)
values ($1, $2, $3, $4)
on conflict (code) do update
set seconds = excluded.seconds, by_person = excluded.by_person, at = excluded.at`, x.code, x.seconds, x.by, x.at)
	return err
}
