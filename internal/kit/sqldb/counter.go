package sqldb

import "context"

// Next draws the next number of a counter: rising, never given twice. A counter is a table with this name and one row
// (id 1, next) on SQLite, whose one writer makes the numbers follow each other. On PostgreSQL it is a sequence named
// counter_seq: nobody waits for another's transaction, and one that fails leaves a hole.
func (tx *Tx) Next(ctx context.Context, counter string) (int64, error) {
	if tx.db.engine == Postgres {
		return tx.drawn(ctx, counter)
	}
	return Value[int64](ctx, tx, "update "+counter+" set next = next + 1 where id = 1 returning next - 1")
}

// NextOf is Next for the numbers of a table whose rows are never deleted and have a unique index on number: on SQLite the
// counter says which number is the first, and no call writes it. Whoever draws a number inserts its row before drawing another.
func (tx *Tx) NextOf(ctx context.Context, counter, table string) (int64, error) {
	if tx.db.engine == Postgres {
		return tx.drawn(ctx, counter)
	}
	return Value[int64](ctx, tx, "select max((select next from "+counter+" where id = 1), (select coalesce(max(number), 0) + 1 from "+table+"))")
}

func (tx *Tx) drawn(ctx context.Context, counter string) (int64, error) {
	return Value[int64](ctx, tx, "select nextval($1::text::regclass)", counter+"_seq")
}
