package measure

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

const ownColumns = "id, code, name_zh, name_en, about_zh, about_en, formula_zh, formula_en, kind, measured, direction, by_unit, seen, target, retired_at, revision, by_person, at"

func scanOwn(row sqldb.Row) (o Own, err error) {
	var kind, unit, direction, seen string
	var retired int64
	err = row.Scan(&o.ID, &o.Code, &o.Name.Zh, &o.Name.En, &o.About.Zh, &o.About.En, &o.Formula.Zh, &o.Formula.En, &kind, &unit, &direction, &o.ByUnit, &seen,
		&o.Target, &retired, &o.Revision, &o.By, &o.At)
	o.Kind, o.Unit, o.Direction, o.Seen = Kind(kind), Unit(unit), Direction(direction), Seen(seen)
	if retired != 0 {
		o.RetiredAt = time.UnixMilli(retired).UTC()
	}
	return o, err
}

func allOwn(ctx context.Context, rd sqldb.Reader) ([]Own, error) {
	return sqldb.AllQ(ctx, rd, scanOwn, sqldb.Select("select "+ownColumns+"\nfrom measure_own").
		OrderBy("case when retired_at = 0 then 0 else 1 end, code").Limit(mostMeasures))
}

func ownByCode(ctx context.Context, rd sqldb.Reader, code string) (Own, error) {
	return sqldb.One(ctx, rd, scanOwn, `
select `+ownColumns+`
from measure_own
where code = $1`, code)
}

// lockOwn is the measure with the code, held against others who would change it.
func lockOwn(ctx context.Context, tx *sqldb.Tx, code string) (Own, error) {
	o, err := ownByCode(ctx, tx, code)
	if err != nil {
		return o, err
	}
	if err := tx.Lock(ctx, "measure_own", o.ID); err != nil {
		return o, err
	}
	return ownByCode(ctx, tx, code)
}

func countOwn(ctx context.Context, rd sqldb.Reader) (int, error) {
	return sqldb.Value[int](ctx, rd, "select count(*) from measure_own")
}

func putOwn(ctx context.Context, tx *sqldb.Tx, o Own, fresh bool) error {
	retired := int64(0)
	if o.Retired() {
		retired = o.RetiredAt.UnixMilli()
	}
	var target any
	if o.Target != nil {
		target = *o.Target
	}
	if fresh {
		return tx.Insert(ctx, "measure_own", ownColumns, []any{o.ID, o.Code, o.Name.Zh, o.Name.En, o.About.Zh, o.About.En, o.Formula.Zh, o.Formula.En, string(o.Kind), string(o.Unit),
			string(o.Direction), o.ByUnit, string(o.Seen), target, retired, o.Revision, o.By, o.At})
	}
	_, err := tx.Exec(ctx, `
update measure_own
set name_zh = $2, name_en = $3, about_zh = $4, about_en = $5, formula_zh = $6, formula_en = $7, kind = $8, measured = $9, direction = $10, by_unit = $11, seen = $12,
	target = $13, retired_at = $14, revision = $15, by_person = $16, at = $17
where id = $1`, o.ID, o.Name.Zh, o.Name.En, o.About.Zh, o.About.En, o.Formula.Zh, o.Formula.En, string(o.Kind), string(o.Unit),
		string(o.Direction), o.ByUnit, string(o.Seen), target, retired, o.Revision, o.By, o.At)
	return err
}

const valueColumns = "measure, unit, month, revision, gone, hits, n, amount, note, by_person, at"

func scanValue(row sqldb.Row) (v Value, err error) {
	return v, row.Scan(&v.Measure, &v.Unit, &v.Month, &v.Revision, &v.Gone, &v.Hits, &v.N, &v.Amount, &v.Note, &v.By, &v.At)
}

// newest is the condition that nothing was said after a value.
const newest = "not exists (\n\tselect 1\n\tfrom measure_value later\n\twhere later.measure = v.measure and later.unit = v.unit and later.month = v.month and later.revision > v.revision)"

// newestValues selects what counts of a measure.
func newestValues(measure ID) *sqldb.Query {
	return sqldb.Select("select v.measure, v.unit, v.month, v.revision, v.gone, v.hits, v.n, v.amount, v.note, v.by_person, v.at\nfrom measure_value v").
		Where("v.measure = ?", measure).Where(newest)
}

// valuesIn is what counts in a span, of all units.
func valuesIn(ctx context.Context, rd sqldb.Reader, measure ID, span Span) ([]Value, error) {
	return sqldb.AllQ(ctx, rd, scanValue, newestValues(measure).Where("v.month between ? and ?", span.From, span.To).OrderBy("v.month, v.unit"))
}

// valuesOf is what counts in the months of some entries, by unit and month.
func valuesOf(ctx context.Context, rd sqldb.Reader, measure ID, entries []Entry) (map[[2]int64]Value, error) {
	span := Span{From: entries[0].Month, To: entries[0].Month}
	for _, e := range entries {
		span.From, span.To = min(span.From, e.Month), max(span.To, e.Month)
	}
	list, err := valuesIn(ctx, rd, measure, span)
	out := make(map[[2]int64]Value, len(list))
	for _, v := range list {
		out[[2]int64{v.Unit, v.Month}] = v
	}
	return out, err
}

// revisionsIn is all that was ever said of a span, newest month first, of each month the newest revision first.
func revisionsIn(ctx context.Context, rd sqldb.Reader, measure ID, span Span) ([]Value, error) {
	return sqldb.AllQ(ctx, rd, scanValue, sqldb.Select("select "+valueColumns+"\nfrom measure_value").
		Where("measure = ?", measure).Where("month between ? and ?", span.From, span.To).OrderBy("month desc, unit, revision desc").Limit(20_000))
}

func hasValues(ctx context.Context, rd sqldb.Reader, measure ID) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, `
select count(*)
from (
	select 1
	from measure_value
	where measure = $1
	limit 1) as used`, measure)
	return n > 0, err
}

func insertValues(ctx context.Context, tx *sqldb.Tx, list []Value) error {
	rows := make([][]any, len(list))
	for i, v := range list {
		rows[i] = []any{v.Measure, v.Unit, v.Month, v.Revision, v.Gone, v.Hits, v.N, v.Amount, v.Note, v.By, v.At}
	}
	return tx.Insert(ctx, "measure_value", valueColumns, rows...)
}

// Codes names measures by their codes, for the audit trail.
func Codes(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]string, error) {
	list, err := sqldb.AllQ(ctx, rd, scanOwn, sqldb.Select("select "+ownColumns+"\nfrom measure_own").In("id", ids))
	out := make(map[int64]string, len(list))
	for _, o := range list {
		out[o.ID] = o.Code
	}
	return out, err
}
