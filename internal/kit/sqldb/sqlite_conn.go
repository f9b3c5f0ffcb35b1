package sqldb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"
)

const keptStatements = 1000 // per connection

// liteConn is one connection with its prepared statements: preparing costs more than most statements.
type liteConn struct {
	conn   driver.Conn
	stmts  map[string]*prepared
	last   *prepared           // the last one asked by query
	values []driver.NamedValue // of the statement that is about to run
}

type prepared struct {
	driver.Stmt
	params int
	order  []int // the argument, from 0, of each place; nil: as they come
	brisk  bool  // its last run was over within briskly
}

// briskly is what a statement takes that need not be interrupted: its answer is there before anybody could miss it. To
// watch for the end of a caller costs two goroutines a statement, more than most statements themselves.
const briskly = 5 * time.Millisecond

func newLiteConn(conn driver.Conn) *liteConn {
	return &liteConn{conn: conn, stmts: make(map[string]*prepared)}
}

// prepare also counts the arguments, which the driver would do too late to call the error harmless, and puts them in
// the order of their places.
func (c *liteConn) prepare(text string, args []any) (*prepared, []any, error) {
	stmt, ok := c.stmts[text]
	if !ok {
		if len(c.stmts) >= keptStatements {
			for other, stmt := range c.stmts { // any one of them
				stmt.Close()
				delete(c.stmts, other)
				break
			}
		}
		plain, params, order := unnamed(packs.Replace(text))
		made, err := c.conn.Prepare(plain)
		if err != nil {
			return nil, nil, err
		}
		stmt = &prepared{Stmt: made, params: params, order: order}
		c.stmts[text] = stmt
	}
	if stmt.params != len(args) {
		return nil, nil, fmt.Errorf("%w: it takes %d arguments and got %d", errNotSent, stmt.params, len(args))
	}
	if stmt.order == nil {
		return stmt, args, nil
	}
	placed := make([]any, len(stmt.order))
	for i, n := range stmt.order {
		placed[i] = args[n]
	}
	return stmt, placed, nil
}

// unnamed is the statement with a plain ? for every $N, the highest N, and which argument each ? takes (nil: they come
// in order). SQLite would look the names up again at every call.
func unnamed(text string) (plain string, most int, order []int) {
	plain = parameter.ReplaceAllStringFunc(text, func(name string) string {
		n, err := strconv.Atoi(name[1:])
		if err != nil || n == 0 {
			return name
		}
		most = max(most, n)
		order = append(order, n-1)
		return "?"
	})
	for i, n := range order {
		if n != i {
			return plain, most, order
		}
	}
	return plain, most, nil
}

var parameter = regexp.MustCompile(`\$(\d+)`)

func (c *liteConn) exec(ctx context.Context, text string, args []any) (affected int64, err error) {
	stmt, args, err := c.prepare(text, args)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Stmt.(driver.StmtExecContext).ExecContext(ctx, c.named(args))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c *liteConn) query(ctx context.Context, text string, args []any) (cursor, error) {
	stmt, args, err := c.prepare(text, args)
	if err != nil {
		return nil, err
	}
	c.last = stmt
	if stmt.brisk { // the end of the caller is looked at between rows and between statements, and interrupts none
		ctx = context.Background()
	}
	rows, err := stmt.Stmt.(driver.StmtQueryContext).QueryContext(ctx, c.named(args))
	if err != nil {
		return nil, err
	}
	return &liteRows{ctx: ctx, rows: rows, names: rows.Columns()}, nil
}

// named is the arguments as the driver takes them. It copies them before the statement runs: the slice is used again.
func (c *liteConn) named(args []any) []driver.NamedValue {
	c.values = c.values[:0]
	for i, v := range args {
		c.values = append(c.values, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return c.values
}

// took notes how long the last query of the connection and its rows took, and what became of it.
func (c *liteConn) took(d time.Duration, err error) {
	if c.last != nil {
		c.last.brisk, c.last = err == nil && d < briskly, nil
	}
}

func (c *liteConn) close() error {
	for _, stmt := range c.stmts {
		stmt.Close()
	}
	return c.conn.Close()
}

// liteRows are the rows of a query.
type liteRows struct {
	ctx    context.Context
	rows   driver.Rows
	names  []string
	values []driver.Value // of this row
	err    error
}

func (r *liteRows) Columns() ([]string, error) { return r.names, nil }

// Next reads the next row, unless there is none or the caller has gone.
func (r *liteRows) Next() bool {
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err == nil {
		if r.values == nil {
			r.values = make([]driver.Value, len(r.names))
		}
		r.err = r.rows.Next(r.values)
	}
	return r.err == nil
}

// Scan implements cursor.
func (r *liteRows) Scan(dest ...any) error {
	if len(dest) != len(r.values) {
		return fmt.Errorf("a row of %d columns is scanned into %d", len(r.values), len(dest))
	}
	for i, d := range dest {
		if err := (&cell{d}).Scan(r.values[i]); err != nil {
			return fmt.Errorf("column %d, %s: %w", i+1, r.names[i], err)
		}
	}
	return nil
}

func (r *liteRows) Err() error {
	if r.err == io.EOF {
		return nil
	}
	return r.err
}

// Close gives the statement back; more than once does nothing more.
func (r *liteRows) Close() error {
	if r.rows == nil {
		return nil
	}
	rows := r.rows
	r.rows = nil
	return rows.Close()
}
