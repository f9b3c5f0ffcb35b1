package sqldb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Reader is where statements that return rows run: a *View, or a *Tx, which also sees its own changes.
type Reader interface {
	Instant() time.Time // the time of this snapshot or transaction: UTC, whole milliseconds
	Engine() Engine
	rows(ctx context.Context, text string, args []any, each func(Row) (more bool, err error)) error
	opened() int64 // see moments
}

// runner runs one statement on the connection of a transaction.
type runner interface {
	exec(ctx context.Context, text string, args []any) (affected int64, err error)
	query(ctx context.Context, text string, args []any) (cursor, error)
}

// cursor goes over the rows of a query.
type cursor interface {
	Columns() ([]string, error)
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// View is a read-only snapshot.
type View struct {
	db   *DB
	run  runner
	at   time.Time
	open int64 // see moments
	over atomic.Bool
}

func (v *View) opened() int64 { return v.open }

// Instant is the time at which the snapshot was opened.
func (v *View) Instant() time.Time { return v.at }

// Engine says which engine this is.
func (v *View) Engine() Engine { return v.db.engine }

func (v *View) rows(ctx context.Context, text string, args []any, each func(Row) (bool, error)) error {
	if v.over.Load() {
		return ErrOver
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	began := time.Now()
	_, err := drain(ctx, v.run, text, args, each)
	if c, ok := v.run.(*liteConn); ok {
		c.took(time.Since(began), err)
	}
	return err
}

// Tx is a transaction. It belongs to its closure: not to be kept, not for several goroutines at once.
type Tx struct {
	Now time.Time // the time of this transaction: UTC, whole milliseconds

	db     *DB
	run    runner
	open   int64 // see moments
	over   atomic.Bool
	broken error // the first failed statement; refuses everything after it
	after  []func()
	once   map[any]bool
}

func (tx *Tx) opened() int64 { return tx.open }

// Instant is tx.Now; it makes Tx a Reader.
func (tx *Tx) Instant() time.Time { return tx.Now }

// Engine says which engine this is.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// NewID makes an id.
func (tx *Tx) NewID() int64 { return tx.db.NewID() }

// OnCommit runs fn after the commit, in the goroutine that called Write, before Write returns. It does not run
// when the transaction fails.
func (tx *Tx) OnCommit(fn func()) { tx.after = append(tx.after, fn) }

// Once is true the first time it is asked for this key in this transaction.
func (tx *Tx) Once(key any) bool {
	if tx.once[key] {
		return false
	}
	if tx.once == nil {
		tx.once = make(map[any]bool)
	}
	tx.once[key] = true
	return true
}

// Exec runs one statement and says how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) (affected int64, err error) {
	if err := tx.ready(ctx, text); err != nil {
		return 0, err
	}
	values, err := bind(args)
	if err != nil {
		return 0, tx.failed(text, errors.Join(errNotSent, err))
	}
	if affected, err = tx.run.exec(ctx, text, values); err != nil {
		return 0, tx.failed(text, err)
	}
	return affected, nil
}

func (tx *Tx) rows(ctx context.Context, text string, args []any, each func(Row) (bool, error)) error {
	if err := tx.ready(ctx, text); err != nil {
		return err
	}
	statement, err := drain(ctx, tx.run, text, args, each)
	if statement {
		return tx.failed(text, err)
	}
	return err
}

// ready refuses what must not reach the database. The caller's context is looked at here because on SQLite it
// never reaches the driver: an interrupted statement there rolls back the whole batch.
func (tx *Tx) ready(ctx context.Context, text string) error {
	if tx.over.Load() {
		return ErrOver
	}
	if tx.broken != nil {
		return fmt.Errorf("statement after a failed one: %w", tx.broken)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return permitted(text)
}

func (tx *Tx) failed(text string, err error) error {
	tx.broken = fmt.Errorf("%s: %w", firstWords(text), err)
	return tx.broken
}

// Lock takes the rows with these ids for this transaction, in sorted order, so that use cases on one record
// come one after the other and cannot deadlock on it. On SQLite there is one writer and nothing to do. Ids that
// do not exist are no error: the scan that follows finds out.
func (tx *Tx) Lock(ctx context.Context, table string, ids ...int64) error {
	if tx.db.engine == SQLite || len(ids) == 0 {
		return nil
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
	text, args := Select("select id from "+table).In("id", sorted).OrderBy("id").SQL()
	return tx.rows(ctx, text+"\nfor update", args, func(Row) (bool, error) { return true, nil })
}

const insertChunk = 64 // rows of one insert statement; more are split

// Insert writes rows with one multi-row statement per 64 rows. cols is "a, b, c"; each row has one value per
// column, in that order.
func (tx *Tx) Insert(ctx context.Context, table, cols string, rows ...[]any) error {
	return inserted(table, cols, "", rows, func(text string, args []any) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	})
}

// Upsert is Insert with what follows the values ("on conflict … do update … returning …"); each is called with every
// row that comes back, in no order; nil: none comes back. No two rows may meet the same conflict.
func (tx *Tx) Upsert(ctx context.Context, table, cols, tail string, each func(Row) error, rows ...[]any) error {
	return inserted(table, cols, tail, rows, func(text string, args []any) error {
		if each == nil {
			_, err := tx.Exec(ctx, text, args...)
			return err
		}
		return tx.rows(ctx, text, args, func(r Row) (bool, error) { return true, each(r) })
	})
}

func inserted(table, cols, tail string, rows [][]any, run func(text string, args []any) error) error {
	width := strings.Count(cols, ",") + 1
	for chunk := range slices.Chunk(rows, insertChunk) {
		args := make([]any, 0, width*len(chunk))
		for _, row := range chunk {
			if len(row) != width {
				return fmt.Errorf("insert into %s: %d values for %d columns", table, len(row), width)
			}
			args = append(args, row...)
		}
		if err := run(insertText(insertShape{table, cols, tail, len(chunk)}, width), args); err != nil {
			return err
		}
	}
	return nil
}

type insertShape struct {
	table, cols, tail string
	rows              int
}

var insertTexts sync.Map // insertShape → string

func insertText(shape insertShape, width int) string {
	if text, ok := insertTexts.Load(shape); ok {
		return text.(string)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "insert into %s (%s)\nvalues ", shape.table, shape.cols)
	for n := range shape.rows * width {
		switch {
		case n == 0:
			b.WriteByte('(')
		case n%width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", n+1)
	}
	b.WriteString(")\n" + shape.tail)
	text, _ := insertTexts.LoadOrStore(shape, b.String())
	return text.(string)
}

var errForbidden = errors.New("sqldb: this statement is not for a closure")

// permitted refuses the statements that would break the transaction around the closure.
func permitted(text string) error {
	switch strings.ToLower(firstWord(text)) {
	case "begin", "start", "commit", "end", "abort", "rollback", "savepoint", "release", "prepare",
		"pragma", "attach", "detach", "vacuum", "reindex":
		return fmt.Errorf("%w: %s", errForbidden, firstWords(text))
	}
	return nil
}

func firstWord(text string) string {
	text = strings.TrimLeft(text, " \t\r\n;")
	for strings.HasPrefix(text, "--") {
		_, rest, _ := strings.Cut(text, "\n")
		text = strings.TrimLeft(rest, " \t\r\n;")
	}
	end := strings.IndexFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
	if end < 0 {
		return text
	}
	return text[:end]
}

// firstWords names a statement in errors and logs without its values.
func firstWords(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if len(line) > 60 {
		line = strings.ToValidUTF8(line[:60], "") + "…"
	}
	return line
}
