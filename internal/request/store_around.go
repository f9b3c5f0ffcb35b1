package request

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// openPair is the open requests of a pair of units: how many, and how many of them are past their due time.
type openPair struct {
	pair       [2]org.ID
	open, late int
}

// around counts what is open and promised by the units, or asked by them; seen: as far as the reader sees it. Three ranges of indices of
// open requests, which do not overlap.
func (sc scope) around(ctx context.Context, rd sqldb.Reader, units []int64, seen bool) ([]openPair, error) {
	if len(units) == 0 {
		return nil, nil
	}
	count := func() *sqldb.Query {
		q := sqldb.Select("select r.provider, r.customer, count(*), sum(case when r.due < ? then 1 else 0 end)\nfrom request r", sc.now).Where("r.closed_at is null")
		if seen {
			if sc.viewing {
				q.Where("r.confidential = false")
			}
			sc.visible(q, false)
		}
		return q
	}
	list := padded(units)
	var out []openPair
	for _, q := range []*sqldb.Query{
		count().In("r.unit", units).Where("r.provider = r.unit"),
		count().In("r.provider", units).Where("r.provider <> r.unit"),
		count().In("r.customer", units).Where("r.provider not in ("+marksFor(len(list))+")", list...),
	} {
		part, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (x openPair, err error) {
			return x, row.Scan(&x.pair[0], &x.pair[1], &x.open, &x.late)
		}, q.GroupBy("r.provider, r.customer"))
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}
