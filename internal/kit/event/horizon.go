package event

import (
	"context"
	"math"

	"neike/internal/kit/sqldb"
)

const readBatch = 500 // most records of one read and of one batch

// horizon is the seq up to which everything that will ever be committed is committed and visible to a snapshot
// opened after this call.
//
// On PostgreSQL a transaction draws its numbers before it commits, and a later number may be visible before it.
// Each emitting transaction therefore holds a shared advisory lock keyed by the last number before its own (see
// insertLocked). The last number drawn is read first, the smallest key held second: a transaction that is not
// seen there either is visible already or will draw numbers above the first. The rows must be read in a third
// step with a snapshot of their own.
func (b *Bus) horizon(ctx context.Context) (int64, error) {
	var high int64
	err := b.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if high, err = highest(ctx, rd); err != nil || rd.Engine() == sqldb.SQLite {
			return err
		}
		held, err := sqldb.Value[*int64](ctx, rd, `
select min(((classid::bigint & 65535) << 32) | objid::bigint)
from pg_locks
where locktype = 'advisory'
  and objsubid = 1
  and classid::bigint >> 16 = 7
  and database = (select oid from pg_database where datname = current_database())`)
		if held != nil {
			high = min(high, *held)
		}
		return err
	})
	return high, err
}

// highest is the last number drawn. Its transaction may not have committed yet.
func highest(ctx context.Context, rd sqldb.Reader) (int64, error) {
	if rd.Engine() == sqldb.SQLite {
		return sqldb.Value[int64](ctx, rd, "select max(seq) from outbox")
	}
	return sqldb.Value[int64](ctx, rd, "select last_value from outbox_seq_seq")
}

// allOf is a horizon behind everything that is there: one process writes to SQLite, and one after the other.
const allOf = math.MaxInt64

// fetch reads up to readBatch records after a seq and not beyond the horizon, and says up to where it has looked.
func (b *Bus) fetch(ctx context.Context, after, horizon int64) (records []Record, upTo int64, err error) {
	if after >= horizon {
		return nil, after, nil
	}
	err = b.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		records, err = sqldb.All(ctx, rd, scanRecord, `
select seq, at, kind, subject_kind, subject, actor, via, body
from outbox
where seq > $1
  and seq <= $2
order by seq
limit $3`, after, horizon, readBatch)
		return err
	})
	switch n := len(records); {
	case n == readBatch, n > 0 && horizon == allOf:
		return records, records[n-1].Seq, err
	case horizon == allOf:
		return nil, after, err
	}
	return records, horizon, err
}

func scanRecord(row sqldb.Row) (Record, error) {
	var r Record
	err := row.Scan(&r.Seq, &r.At, &r.Kind, &r.SubjectKind, &r.Subject, &r.Actor, &r.Via, &r.Body)
	return r, err
}
