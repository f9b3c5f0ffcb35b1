package disclose

import (
	"context"

	"neike/internal/kit/sqldb"
)

const batchColumns = "id, provider, customer, level, day, least, people, cases, ones, twos, threes, fours, fives"

func putBatch(ctx context.Context, tx *sqldb.Tx, b Batch) error {
	c := b.Counts
	return tx.Insert(ctx, "disclose_batch", batchColumns, []any{b.ID, b.Provider, b.Customer, b.Level, b.Day, b.Least, b.People, b.Cases, c[0], c[1], c[2], c[3], c[4]})
}

// batchesOf lists the batches of some providers, or all without any, the newest first.
func batchesOf(ctx context.Context, rd sqldb.Reader, providers []ID) ([]Batch, error) {
	q := sqldb.Select("select " + batchColumns + "\nfrom disclose_batch")
	if providers != nil {
		q = q.In("provider", providers)
	}
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (Batch, error) {
		var b Batch
		c := &b.Counts
		b.Batches = 1
		return b, row.Scan(&b.ID, &b.Provider, &b.Customer, &b.Level, &b.Day, &b.Least, &b.People, &b.Cases, &c[0], &c[1], &c[2], &c[3], &c[4])
	}, q.OrderBy("day desc, id desc"))
}

const sumColumns = `count(*), cast(sum(people) as bigint), cast(sum(cases) as bigint), cast(sum(ones) as bigint), cast(sum(twos) as bigint),
	cast(sum(threes) as bigint), cast(sum(fours) as bigint), cast(sum(fives) as bigint)`

func scanReleased(row sqldb.Row) (Released, error) {
	var r Released
	c := &r.Counts
	return r, row.Scan(&r.Provider, &r.Customer, &r.Level, &r.Month, &r.Batches, &r.People, &r.Cases, &c[0], &c[1], &c[2], &c[3], &c[4])
}

// released adds up what was released in some days by pair of units and level.
func released(ctx context.Context, rd sqldb.Reader, days Days) ([]Released, error) {
	return releasedOf(ctx, rd, nil, days, false)
}

// releasedOf is released of some providers, or of all without any; by month in the order of months.
func releasedOf(ctx context.Context, rd sqldb.Reader, providers []ID, days Days, byMonth bool) ([]Released, error) {
	month, group := "cast(0 as bigint)", "provider, customer, level"
	if byMonth {
		month, group = "cast(day / 100 as bigint)", "day / 100, provider, customer, level"
	}
	q := sqldb.Select("select provider, customer, level, "+month+", "+sumColumns+"\nfrom disclose_batch").Where("day between ? and ?", days.From, days.To)
	if providers != nil {
		q = q.In("provider", providers)
	}
	return sqldb.AllQ(ctx, rd, scanReleased, q.GroupBy(group).OrderBy(group))
}

// lastBatch is the id of the newest batch; 0 before the first.
func lastBatch(ctx context.Context, rd sqldb.Reader) (ID, error) {
	return sqldb.Value[ID](ctx, rd, "select coalesce(max(id), 0) from disclose_batch")
}

// LeastIn is how many different people a number is about at least, as the transaction sees it.
func LeastIn(ctx context.Context, rd sqldb.Reader) (int, error) {
	least, err := sqldb.Value[int](ctx, rd, `
select least
from disclose_policy
order by id desc
limit 1`)
	if err == nil && least == 0 { // nobody has set it
		least = UsualLeast
	}
	return least, err
}

func putLeast(ctx context.Context, tx *sqldb.Tx, least int) error {
	return tx.Insert(ctx, "disclose_policy", "id, least, at", []any{tx.NewID(), least, tx.Now})
}

// releasedWhole counts batches and the cases in them.
func releasedWhole(ctx context.Context, rd sqldb.Reader) (batches, cases int64, err error) {
	batches, err = sqldb.Value[int64](ctx, rd, "select count(*) from disclose_batch")
	if err != nil {
		return 0, 0, err
	}
	cases, err = sqldb.Value[int64](ctx, rd, "select cast(coalesce(sum(cases), 0) as bigint) from disclose_batch")
	return batches, cases, err
}
