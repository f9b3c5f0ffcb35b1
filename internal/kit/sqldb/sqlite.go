package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Primary result codes of SQLite that we tell apart.
const (
	sqliteError      = 1
	sqliteBusy       = 5
	sqliteReadOnly   = 8
	sqliteIOErr      = 10
	sqliteCorrupt    = 11
	sqliteFull       = 13
	sqliteCantOpen   = 14
	sqliteProtocol   = 15
	sqliteTooBig     = 18
	sqliteConstraint = 19
	sqliteMismatch   = 20
	sqliteNotADB     = 26

	sqliteUnique     = 2067 // extended codes
	sqlitePrimaryKey = 1555
)

func defaultReaders() int { return min(max(2*runtime.GOMAXPROCS(0), 4), 16) }

// lite is SQLite: one connection that writes, a few that read, and a pool for migrations and upkeep.
type lite struct {
	db      *DB
	path    string
	writer  *writer
	writing *sql.DB // holds the writer's connection only
	reading *sql.DB
	upkeep  *sql.DB
	atWork  chan struct{} // one per reader at work, as many as there may be
	idle    readers
	closed  atomic.Bool
}

// readers are connections that wait for work. The one that worked last works next: its statements and pages are at hand,
// and those that only a rush needs keep few.
type readers struct {
	mu   sync.Mutex
	list []*liteConn
}

func (r *readers) put(c *liteConn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, c)
}

// take is nil when none waits.
func (r *readers) take() *liteConn {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.list)
	if n == 0 {
		return nil
	}
	c := r.list[n-1]
	r.list[n-1], r.list = nil, r.list[:n-1]
	return c
}

func openLite(ctx context.Context, db *DB) (*lite, error) {
	path, err := filepath.Abs(db.config.Path)
	if err != nil {
		return nil, err
	}
	synchronous := db.config.Synchronous
	if synchronous == "" {
		synchronous = "full"
	}
	l := &lite{db: db, path: path}
	l.writing = litePool(path, 1, "", "journal_mode(wal)", "synchronous("+synchronous+")", "foreign_keys(1)",
		cacheOf(db.config.CacheMB<<10), "temp_store(memory)", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)")
	l.reading = litePool(path, db.config.Readers, "ro", "query_only(1)",
		cacheOf(db.config.CacheMB<<7), "temp_store(memory)", "mmap_size(2147418112)")
	l.upkeep = litePool(path, 1, "", "synchronous("+synchronous+")", "temp_store(memory)")
	conn, err := l.writing.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), l.close())
	}
	l.atWork = make(chan struct{}, db.config.Readers)
	l.writer = newWriter(db, newLiteConn(conn))
	return l, nil
}

func cacheOf(kb int) string { return "cache_size(-" + strconv.Itoa(kb) + ")" }

// litePool prepares a pool; nothing is opened yet. A mode of "ro" forbids writing.
func litePool(path string, most int, mode string, pragmas ...string) *sql.DB {
	query := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...), "_dqs": {"0"}}
	if mode != "" {
		query.Set("mode", mode)
	}
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String()
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		panic(err) // the driver's name is right
	}
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	return pool
}

func (l *lite) pool() *sql.DB { return l.upkeep }

func (l *lite) close() error {
	if l.closed.Swap(true) {
		return nil
	}
	var errs []error
	if l.writer != nil {
		errs = append(errs, l.writer.close())
		for range cap(l.atWork) {
			l.atWork <- struct{}{}
		}
		for c := l.idle.take(); c != nil; c = l.idle.take() {
			errs = append(errs, c.close())
		}
	}
	return errors.Join(append(errs, l.reading.Close(), l.upkeep.Close(), l.writing.Close())...)
}

func (l *lite) write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return l.writer.write(ctx, fn)
}

func (l *lite) read(ctx context.Context, fn func(context.Context, Reader) error) (err error) {
	defer func() { err = reachable(ctx, err) }()
	open := moments.Add(1)
	conn, err := l.reader(ctx)
	if err != nil {
		return err
	}
	view := &View{db: l.db, run: conn, at: l.db.Now(), open: open}
	healthy := false
	defer func() {
		view.over.Store(true)
		l.giveBack(conn, healthy)
	}()
	if _, err := conn.exec(context.Background(), "begin", nil); err != nil {
		return err
	}
	defer func() { // also after a panic or Goexit of fn
		_, end := conn.exec(context.Background(), "rollback", nil)
		healthy = end == nil
	}()
	return fn(l.db.mark(ctx, view), view)
}

// reader takes a waiting read connection, opens one if there may be more, or waits.
func (l *lite) reader(ctx context.Context) (*liteConn, error) {
	if l.closed.Load() {
		return nil, ErrClosed
	}
	select {
	case l.atWork <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if conn := l.idle.take(); conn != nil {
		return conn, nil
	}
	conn, err := l.reading.Conn(ctx)
	if err != nil {
		<-l.atWork
		return nil, err
	}
	return newLiteConn(conn), nil
}

func (l *lite) giveBack(conn *liteConn, healthy bool) {
	if healthy {
		l.idle.put(conn)
	} else {
		conn.discard()
	}
	<-l.atWork
}

const keptStatements = 1000 // per connection

// liteConn is one connection with its prepared statements: preparing costs more than most statements.
type liteConn struct {
	conn  *sql.Conn
	stmts map[string]*prepared
	last  *prepared // the last one asked by query
}

type prepared struct {
	*sql.Stmt
	params int
	order  []int // the argument, from 0, of each place; nil: as they come
	brisk  bool  // its last run was over within briskly
}

// briskly is what a statement takes that need not be interrupted: its answer is there before anybody could miss it. To
// watch for the end of a caller costs two goroutines a statement, more than most statements themselves.
const briskly = 5 * time.Millisecond

func newLiteConn(conn *sql.Conn) *liteConn {
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
		made, err := c.conn.PrepareContext(context.Background(), plain)
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

func (c *liteConn) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	stmt, args, err := c.prepare(text, args)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (c *liteConn) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	stmt, args, err := c.prepare(text, args)
	if err != nil {
		return nil, err
	}
	c.last = stmt
	if stmt.brisk { // the end of the caller is looked at between rows and between statements, and interrupts none
		ctx = context.Background()
	}
	return stmt.QueryContext(ctx, args...)
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

// discard closes a connection that cannot be trusted any more instead of keeping it in its pool.
func (c *liteConn) discard() {
	c.conn.Raw(func(any) error { return errBadConn })
	c.close()
}

// liteCode is the primary result code of an error of SQLite; 0 for other errors.
func liteCode(err error) int {
	var e interface{ Code() int }
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// Backup writes a consistent copy of a SQLite database to path while others read and write. The copy appears
// under its name only when it is complete and on disk. On PostgreSQL use pg_dump.
func (db *DB) Backup(ctx context.Context, path string) error {
	l, ok := db.backend.(*lite)
	if !ok {
		return errors.New("backup: PostgreSQL is backed up with pg_dump")
	}
	temp := path + ".part"
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.Remove(temp)
	pool := litePool(l.path, 1, "ro")
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "vacuum into $1", temp); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := syncFile(temp); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncFile(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Check looks for damage: on SQLite the whole file, every index against its table (integrity_check), and every foreign
// key. It names up to 100 findings. On PostgreSQL, which checks itself, it only asks whether the database answers.
func (db *DB) Check(ctx context.Context) error { return db.check(ctx, "pragma integrity_check(100)") }

// QuickCheck is Check without comparing every index with its table (quick_check), in a third of the time.
func (db *DB) QuickCheck(ctx context.Context) error { return db.check(ctx, "pragma quick_check(100)") }

func (db *DB) check(ctx context.Context, pragma string) error {
	l, ok := db.backend.(*lite)
	if !ok {
		return db.backend.pool().PingContext(ctx)
	}
	pool := litePool(l.path, 1, "ro")
	defer pool.Close()
	var errs []error
	rows, err := pool.QueryContext(ctx, pragma)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var finding string
		if err := rows.Scan(&finding); err != nil {
			return fmt.Errorf("check: %w", err)
		}
		if finding != "ok" {
			errs = append(errs, errors.New(finding))
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return errors.Join(append(errs, checkForeignKeys(ctx, pool))...)
}

func checkForeignKeys(ctx context.Context, pool *sql.DB) error {
	rows, err := pool.QueryContext(ctx, "select \"table\", coalesce(rowid, 0), parent from pragma_foreign_key_check limit 100")
	if err != nil {
		return fmt.Errorf("check foreign keys: %w", err)
	}
	defer rows.Close()
	var errs []error
	for rows.Next() {
		var table, parent string
		var row int64
		if err := rows.Scan(&table, &row, &parent); err != nil {
			return fmt.Errorf("check foreign keys: %w", err)
		}
		errs = append(errs, fmt.Errorf("%s row %d points at a missing %s", table, row, parent))
	}
	return errors.Join(append(errs, rows.Err())...)
}

// slowWrite is how long a closure may hold the writer before it is logged.
const slowWrite = 50 * time.Millisecond
