package calendar

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

const columns = `id, code, number, name_zh, name_en, valid_from, input, statutory, published_at, published_by, base_version, cause`

// stored is a version as it lies in the table: what was given, and the statutory days as they were known.
type stored struct {
	Version
	input     Input
	statutory *Statutory
	base      int // version of input.Base that it was published over
}

func scan(row sqldb.Row) (stored, error) {
	var s stored
	var from *int64
	err := row.Scan(&s.ID, &s.Code, &s.Number, &s.Name.Zh, &s.Name.En, &from, sqldb.JSON(&s.input), sqldb.JSON(&s.statutory), &s.At, &s.By, &s.base, &s.Cause)
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
	var base, cause any
	if s.base != 0 {
		base = s.base
	}
	if s.Cause != "" {
		cause = s.Cause
	}
	return tx.Insert(ctx, "calendar", columns, []any{
		s.ID, s.Code, s.Number, s.Name.Zh, s.Name.En, from, sqldb.JSON(s.input), statutory, s.At, by, base, cause})
}

const yearColumns = `id, country, year, official, days, source, imported_at, imported_by`

// importedYear is a notice as it was brought in.
type importedYear struct {
	ID int64
	Notice
	At time.Time
	By int64
}

func importedYears(ctx context.Context, rd sqldb.Reader) ([]importedYear, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (y importedYear, err error) {
		err = row.Scan(&y.ID, &y.Country, &y.Year, &y.Official, sqldb.JSON(&y.Days), &y.Source, &y.At, &y.By)
		return y, err
	}, `
		select `+yearColumns+`
		from calendar_year
		order by country, year`)
}

// putYear writes a notice in the place of the one before; id is that of the row.
func putYear(ctx context.Context, tx *sqldb.Tx, y importedYear) error {
	var by any
	if y.By != 0 {
		by = y.By
	}
	_, err := tx.Exec(ctx, `
		insert into calendar_year (`+yearColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (country, year) do update
		set official = excluded.official, days = excluded.days, source = excluded.source,
		  imported_at = excluded.imported_at, imported_by = excluded.imported_by`,
		y.ID, y.Country, y.Year, y.Official, sqldb.JSON(y.Days), y.Source, y.At, by)
	return err
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
