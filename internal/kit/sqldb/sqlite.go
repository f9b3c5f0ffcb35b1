package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
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

// lite is SQLite: one connection that writes, a few that read, and a pool for migrations and upkeep. Those that write and
// read are the driver's own: database/sql, made for connections that many take from a pool, costs a tenth of a statement.
type lite struct {
	db      *DB
	path    string
	writer  *writer
	reading driver.Connector
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
	writing, err := sqlite.NewConnector(liteName(path, "", "journal_mode(wal)", "synchronous("+synchronous+")", "foreign_keys(1)",
		cacheOf(db.config.CacheMB<<10), "temp_store(memory)", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, err
	}
	if l.reading, err = sqlite.NewConnector(liteName(path, "ro", "query_only(1)",
		cacheOf(db.config.CacheMB<<7), "temp_store(memory)", "mmap_size(2147418112)")); err != nil {
		return nil, err
	}
	l.upkeep = litePool(path, 1, "", "synchronous("+synchronous+")", "temp_store(memory)")
	conn, err := writing.Connect(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), l.close())
	}
	l.atWork = make(chan struct{}, db.config.Readers)
	l.writer = newWriter(db, newLiteConn(conn))
	return l, nil
}

func cacheOf(kb int) string { return "cache_size(-" + strconv.Itoa(kb) + ")" }

// liteName is what the driver calls the database. A mode of "ro" forbids writing.
func liteName(path, mode string, pragmas ...string) string {
	query := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...), "_dqs": {"0"}}
	if mode != "" {
		query.Set("mode", mode)
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String()
}

// litePool prepares a pool; nothing is opened yet.
func litePool(path string, most int, mode string, pragmas ...string) *sql.DB {
	pool, err := sql.Open("sqlite", liteName(path, mode, pragmas...))
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
	return errors.Join(append(errs, l.upkeep.Close())...)
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
	conn, err := l.reading.Connect(ctx)
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
		conn.close() // it cannot be trusted any more
	}
	<-l.atWork
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
