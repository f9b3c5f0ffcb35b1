package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
)

const postgresTries = 10

// postgres keeps readers and writers in pools of their own, so that neither starves the other.
type postgres struct {
	db      *DB
	writing *sql.DB
	readers *postgresReaders
	counts  counts
}

func openPostgres(ctx context.Context, db *DB) (*postgres, error) {
	config, err := pgx.ParseConfig(db.config.URL)
	if err != nil {
		return nil, err
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "neike"
	}
	// An idle open transaction holds locks and keeps the outbox waiting.
	config.RuntimeParams["idle_in_transaction_session_timeout"] = "60000"
	config.RuntimeParams["jit"] = "off" // compiling takes 200 ms, no statement of ours runs as long
	p := &postgres{db: db, writing: stdlib.OpenDB(*config)}
	p.writing.SetMaxOpenConns(db.config.Readers)
	p.writing.SetMaxIdleConns(db.config.Readers)
	p.writing.SetConnMaxIdleTime(readerIdle)
	if p.readers, err = newPostgresReaders(config, db.config.Readers); err != nil {
		return nil, errors.Join(err, p.writing.Close())
	}
	if err := p.writing.PingContext(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *postgres) pool() *sql.DB { return p.writing }

func (p *postgres) close() error {
	p.readers.pool.Close() // when all have been given back
	return p.writing.Close()
}

// write tries the closure until it was in nobody's way and its connection lasted to the commit.
func (p *postgres) write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	for try := 1; ; try++ {
		tx, again, err := p.try(ctx, fn)
		if err == nil {
			p.counts.committed(1, nil)
			for _, fn := range tx.after {
				fn()
			}
			return nil
		}
		if !again || ctx.Err() != nil {
			return reachable(ctx, err)
		}
		if try == postgresTries {
			return unavailable(errors.Join(ErrLost, err))
		}
		pause := time.Duration(rand.Int64N(int64(time.Millisecond) << min(try, 6)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// try runs the closure once. again says that the failure came from a neighbour or from a connection that broke before
// the commit, and a second try may succeed.
// The transaction does not hang on ctx, because a cancelled COMMIT has an unknown outcome; statements do.
func (p *postgres) try(ctx context.Context, fn func(context.Context, *Tx) error) (tx *Tx, again bool, err error) {
	conn, err := p.writing.Conn(ctx)
	if err != nil {
		return nil, away(err), err
	}
	defer conn.Close()
	open := moments.Add(1)
	inner, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, away(err), err
	}
	tx = &Tx{Now: p.db.Now(), db: p.db, run: postgresRun{inner}, open: open}
	defer inner.Rollback() // after an error, a panic or Goexit; after the commit it does nothing
	defer tx.over.Store(true)
	began := time.Now()
	panicked := true
	defer func() {
		if panicked {
			if value := recover(); value != nil {
				panic(newPanic(value))
			}
		}
	}()
	err = fn(p.db.mark(ctx, tx), tx)
	panicked = false
	if took := time.Since(began); took > slowWrite {
		p.db.log.Warn("a write took long", "ms", took.Milliseconds(), "closure", nameOf(fn))
	}
	if err == nil {
		err = tx.broken
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return tx, inTheWay(err) || inTheWay(tx.broken) || away(tx.broken), err
	}
	if err := inner.Commit(); err != nil {
		return tx, inTheWay(err), commitError(err)
	}
	return tx, false, nil
}

// commitError tells a refused commit from one whose answer was lost. What a server says that is going down is no answer.
func commitError(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && !away(err) || errors.Is(err, pgx.ErrTxCommitRollback) {
		return fmt.Errorf("commit: %w", err)
	}
	return unavailable(errors.Join(ErrUnknown, err))
}

// inTheWay says whether a serialisation failure or a deadlock ended the transaction.
func inTheWay(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

type postgresRun struct{ tx *sql.Tx }

func (r postgresRun) exec(ctx context.Context, text string, args []any) (int64, error) {
	result, err := r.tx.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (r postgresRun) query(ctx context.Context, text string, args []any) (cursor, error) {
	rows, err := r.tx.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err // and no cursor that is nothing
	}
	return rows, nil
}

// IsUnique says whether err is the violation of a unique index or primary key.
func IsUnique(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code == "23505"
	}
	var l *sqlite.Error
	return errors.As(err, &l) && (l.Code() == sqliteUnique || l.Code() == sqlitePrimaryKey)
}
