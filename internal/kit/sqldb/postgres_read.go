package sqldb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/puddle/v2"
)

// A page reads some dozen times, and most reads are one statement. Through database/sql each would take three trips: begin,
// the statement, roll back. Here the beginning travels with the first statement, and nobody waits for the answer to the end:
// it is read when the connection is taken again. So a read takes as many trips as it has statements.

const (
	beginReading = "begin isolation level repeatable read read only"
	endReading   = "rollback"
	readerIdle   = 5 * time.Minute // a connection that nobody needed for so long is closed
	readerTrust  = time.Second     // one that waited longer is asked whether it is still there
)

// postgresReaders are connections that only read.
type postgresReaders struct {
	pool   *puddle.Pool[*postgresReader]
	culled atomic.Int64 // unix seconds of the last look for connections that nobody needs
}

// postgresReader is one of them.
type postgresReader struct {
	conn *pgx.Conn
	owes bool // the answer to endReading has not been read
}

func newPostgresReaders(config *pgx.ConnConfig, most int) (*postgresReaders, error) {
	pool, err := puddle.NewPool(&puddle.Config[*postgresReader]{
		Constructor: func(ctx context.Context) (*postgresReader, error) {
			conn, err := pgx.ConnectConfig(ctx, config)
			return &postgresReader{conn: conn}, err
		},
		Destructor: func(r *postgresReader) {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = r.conn.Close(ctx)
		},
		MaxSize: int32(most), //nolint:gosec // some dozen
	})
	return &postgresReaders{pool: pool}, err
}

// take gives a connection that is there. One that was kept may have broken while it waited: the next one is tried.
func (p *postgresReaders) take(ctx context.Context) (res *puddle.Resource[*postgresReader], err error) {
	for range postgresTries {
		if res, err = p.pool.Acquire(ctx); errors.Is(err, puddle.ErrClosedPool) {
			return nil, ErrClosed
		} else if err == nil {
			if err = res.Value().settle(ctx, res.IdleDuration()); err == nil {
				return res, nil
			}
			res.Destroy()
		}
		var refused *pgconn.ConnectError
		if !away(err) || errors.As(err, &refused) {
			break
		}
	}
	return nil, err
}

// settle reads what is owed, and asks a connection that has waited whether it is still there.
func (r *postgresReader) settle(ctx context.Context, idle time.Duration) error {
	for r.owes {
		message, err := r.conn.PgConn().ReceiveMessage(ctx)
		if err != nil {
			return err
		}
		_, ready := message.(*pgproto3.ReadyForQuery)
		r.owes = !ready
	}
	if status := r.conn.PgConn().TxStatus(); status != 'I' {
		return fmt.Errorf("a connection that waits is in state %c: %w", status, pgconnGone)
	}
	if idle > readerTrust {
		return r.conn.Ping(ctx)
	}
	return nil
}

// pgconnGone makes a connection one that is not used again.
var pgconnGone = &gone{}

type gone struct{}

func (*gone) Error() string     { return "the connection is not used again" }
func (*gone) SafeToRetry() bool { return true }

// giveBack ends what was begun, without waiting for the answer.
func (p *postgresReaders) giveBack(res *puddle.Resource[*postgresReader], begun bool) {
	r := res.Value()
	if r.conn.IsClosed() || r.conn.PgConn().IsBusy() {
		res.Destroy()
		return
	}
	if begun {
		frontend := r.conn.PgConn().Frontend()
		frontend.SendQuery(&pgproto3.Query{String: endReading})
		if frontend.Flush() != nil {
			res.Destroy()
			return
		}
		r.owes = true
	}
	res.Release()
	p.cull()
}

// cull closes connections that nobody needed for long; it looks once a minute.
func (p *postgresReaders) cull() {
	now, last := time.Now().Unix(), p.culled.Load()
	if now-last < 60 || !p.culled.CompareAndSwap(last, now) {
		return
	}
	for _, res := range p.pool.AcquireAllIdle() {
		if res.IdleDuration() > readerIdle {
			res.Destroy()
		} else {
			res.ReleaseUnused()
		}
	}
}

func (p *postgres) read(ctx context.Context, fn func(context.Context, Reader) error) error {
	open := moments.Add(1)
	res, err := p.readers.take(ctx)
	if err != nil {
		return reachable(ctx, err)
	}
	snapshot := &postgresSnapshot{conn: res.Value().conn}
	defer func() { p.readers.giveBack(res, snapshot.begun) }()
	view := &View{db: p.db, run: snapshot, at: p.db.Now(), open: open}
	defer view.over.Store(true)
	return reachable(ctx, fn(p.db.mark(ctx, view), view))
}

// postgresSnapshot is a transaction that begins with its first statement.
type postgresSnapshot struct {
	conn  *pgx.Conn
	begun bool
}

var errReadOnly = errors.New("sqldb: a read changes nothing")

func (s *postgresSnapshot) exec(context.Context, string, []any) (int64, error) { return 0, errReadOnly }

func (s *postgresSnapshot) query(ctx context.Context, text string, args []any) (cursor, error) {
	if s.begun {
		rows, err := s.conn.Query(ctx, text, args...)
		if err != nil {
			return nil, err
		}
		return &postgresRows{Rows: rows, types: s.conn.TypeMap()}, nil
	}
	s.begun = true
	batch := &pgx.Batch{}
	batch.Queue(beginReading)
	batch.Queue(text, args...)
	results := s.conn.SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil {
		return nil, errors.Join(err, results.Close())
	}
	rows, err := results.Query()
	if err != nil {
		rows.Close()
		return nil, errors.Join(err, results.Close())
	}
	return &postgresRows{Rows: rows, types: s.conn.TypeMap(), batch: results}, nil
}

// postgresRows scan by our rules, without database/sql between.
type postgresRows struct {
	pgx.Rows
	types *pgtype.Map
	batch pgx.BatchResults // that the rows are a part of; nil: none
}

// Columns implements cursor.
func (r *postgresRows) Columns() ([]string, error) {
	fields := r.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names, nil
}

// Close implements cursor.
func (r *postgresRows) Close() error {
	r.Rows.Close()
	err := r.Err()
	if r.batch != nil {
		err = errors.Join(err, r.batch.Close())
		r.batch = nil
	}
	return err
}

// Scan implements cursor.
func (r *postgresRows) Scan(dest ...any) error {
	values, fields := r.RawValues(), r.FieldDescriptions()
	if len(values) != len(dest) {
		return fmt.Errorf("%d columns into %d values", len(values), len(dest))
	}
	for i, raw := range values {
		if err := r.scan(&fields[i], raw, dest[i]); err != nil {
			return fmt.Errorf("column %s: %w", fields[i].Name, err)
		}
	}
	return nil
}

// scan reads one value. The kinds that nearly all columns have are read in place.
func (r *postgresRows) scan(field *pgconn.FieldDescription, raw []byte, dest any) error {
	if raw == nil {
		return empty(dest)
	}
	switch field.DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		v, err := whole(field.Format, raw)
		if err != nil {
			return err
		}
		return scanWhole(v, dest)
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.JSONOID, pgtype.UnknownOID, pgtype.NameOID:
		return scanText(string(raw), dest)
	case pgtype.JSONBOID:
		if field.Format == pgtype.TextFormatCode {
			return scanText(string(raw), dest)
		}
	}
	v, err := r.value(field, raw)
	if err != nil {
		return err
	}
	return (&cell{dest}).Scan(v)
}

func scanWhole(v int64, dest any) error {
	switch d := dest.(type) {
	case *int64:
		*d = v
	case *time.Time:
		*d = time.UnixMilli(v).UTC()
	case *int:
		*d = int(v)
	default:
		return (&cell{dest}).Scan(v)
	}
	return nil
}

func scanText(v string, dest any) error {
	if d, ok := dest.(*string); ok {
		*d = v
		return nil
	}
	return (&cell{dest}).Scan(v)
}

// whole is a whole number of two, four or eight bytes, or of digits.
func whole(format int16, raw []byte) (int64, error) {
	if format == pgtype.BinaryFormatCode {
		switch len(raw) {
		case 8:
			return int64(binary.BigEndian.Uint64(raw)), nil //nolint:gosec // two's complement
		case 4:
			return int64(int32(binary.BigEndian.Uint32(raw))), nil //nolint:gosec // two's complement
		case 2:
			return int64(int16(binary.BigEndian.Uint16(raw))), nil //nolint:gosec // two's complement
		}
		return 0, fmt.Errorf("a whole number of %d bytes", len(raw))
	}
	return strconv.ParseInt(string(raw), 10, 64)
}

// value is a value of a rarer kind, as database/sql would give it: int64, float64, bool, string or []byte.
func (r *postgresRows) value(field *pgconn.FieldDescription, raw []byte) (any, error) {
	read := func(into any) error { return r.types.Scan(field.DataTypeOID, field.Format, raw, into) }
	switch field.DataTypeOID {
	case pgtype.BoolOID:
		var v bool
		err := read(&v)
		return v, err
	case pgtype.Float8OID, pgtype.Float4OID:
		var v float64
		err := read(&v)
		return v, err
	case pgtype.ByteaOID:
		var v []byte
		err := read(&v)
		return v, err
	case pgtype.NumericOID:
		var v pgtype.Numeric
		if err := read(&v); err != nil {
			return nil, err
		}
		return numeric(v)
	case pgtype.OIDOID, pgtype.XIDOID, pgtype.CIDOID:
		var v uint32
		err := read(&v)
		return int64(v), err
	}
	var v string
	err := read(&v)
	return v, err
}

// numeric is a sum or a mean: whole if it is, as on SQLite.
func numeric(v pgtype.Numeric) (any, error) {
	if i, err := v.Int64Value(); err == nil && i.Valid {
		return i.Int64, nil
	}
	f, err := v.Float64Value()
	if err == nil && !f.Valid {
		f.Float64 = math.NaN()
	}
	return f.Float64, err
}
