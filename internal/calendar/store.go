package calendar

import (
	"context"

	"neike/internal/kit/sqldb"
)

const columns = `id, code, number, name_zh, name_en, valid_from, input, statutory, published_at, published_by`

// stored is a version as it lies in the table: what was given, and the statutory days as they were known.
type stored struct {
	Version
	input     Input
	statutory *Statutory
}

func scan(row sqldb.Row) (stored, error) {
	var s stored
	var from *int64
	err := row.Scan(&s.ID, &s.Code, &s.Number, &s.Name.Zh, &s.Name.En, &from, sqldb.JSON(&s.input), sqldb.JSON(&s.statutory), &s.At, &s.By)
	s.From = Always
	if from != nil {
		s.From = Date(*from)
	}
	return s, err
}

func versions(ctx context.Context, rd sqldb.Reader) ([]stored, error) {
	return sqldb.All(ctx, rd, scan, `
		select `+columns+`
		from calendar
		order by code, number`)
}

// newest locks the newest version of a calendar; Number 0 when there is none.
func newest(ctx context.Context, tx *sqldb.Tx, code string) (stored, error) {
	list, err := sqldb.All(ctx, tx, scan, `
		select `+columns+`
		from calendar
		where code = $1
		order by number desc
		limit 1`, code)
	if err != nil || len(list) == 0 {
		return stored{}, err
	}
	return list[0], tx.Lock(ctx, "calendar", list[0].ID)
}

func insert(ctx context.Context, tx *sqldb.Tx, s stored) error {
	var from, by, statutory any
	if s.From != Always {
		from = int64(s.From)
	}
	if s.By != 0 {
		by = s.By
	}
	if s.statutory != nil {
		statutory = sqldb.JSON(s.statutory)
	}
	return tx.Insert(ctx, "calendar", columns, []any{
		s.ID, s.Code, s.Number, s.Name.Zh, s.Name.En, from, sqldb.JSON(s.input), statutory, s.At, by})
}

// exists says whether a calendar of that code was published.
func exists(ctx context.Context, rd sqldb.Reader, code string) (bool, error) {
	n, err := sqldb.Value[int64](ctx, rd, `
		select count(*)
		from calendar
		where code = $1`, code)
	return n > 0, err
}

// CodesOf are the codes of calendars' versions, by id.
func CodesOf(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]string, error) {
	type one struct {
		id   int64
		code string
	}
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (x one, err error) { return x, row.Scan(&x.id, &x.code) },
		sqldb.Select("select id, code\nfrom calendar").In("id", ids))
	out := make(map[int64]string, len(rows))
	for _, x := range rows {
		out[x.id] = x.code
	}
	return out, err
}
