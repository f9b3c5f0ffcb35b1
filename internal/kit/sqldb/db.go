package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"neike/internal/kit/fault"
)

// Engine names a database engine.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says which database to open. URL wins over Path; one of them must be given.
type Config struct {
	Path        string           // SQLite: path of the database file, created when missing
	URL         string           // PostgreSQL: postgres://user:password@host/database?…
	Readers     int              // most read transactions at once; 0: twice the processors, 4 to 16
	CacheMB     int              // of pages, for SQLite's writer, and an eighth of it for each reader, who maps the file; 0: 16
	Now         func() time.Time // nil: the machine's clock; on PostgreSQL the server's
	IDs         func() int64     // nil: a Source with a leased node number
	Synchronous string           // SQLite: "full" (default), "normal" or "off"
	Log         *slog.Logger     // nil: slog.Default()

	watchdog time.Duration    // for tests; 0: watchdogLimit
	machine  func() time.Time // for tests; nil: time.Now
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine   Engine
	config   Config
	log      *slog.Logger
	backend  backend
	source   *Source // nil when Config.IDs is given
	lease    *lease
	whispers whispers
	ahead    atomic.Int64 // nanoseconds that the clock of the server is ahead of this machine's
}

// backend is what an engine does for DB.
type backend interface {
	write(ctx context.Context, fn func(context.Context, *Tx) error) error
	read(ctx context.Context, fn func(context.Context, Reader) error) error
	pool() *sql.DB // for migrations; may write
	close() error
}

// Errors that say what became of a transaction.
var (
	// ErrNested refuses a Write inside a Write or a Read of the same database: it would wait for itself.
	ErrNested = errors.New("sqldb: write inside a transaction of the same database")
	// ErrOver refuses a statement after its transaction has ended.
	ErrOver = errors.New("sqldb: the transaction is over")
	// ErrClosed refuses work on a closed database.
	ErrClosed = errors.New("sqldb: database is closed")
	// ErrLost says that the transaction was rolled back for a reason outside the closure; it may be tried again.
	ErrLost = errors.New("sqldb: the transaction was lost and rolled back")
	// ErrUnknown says that nobody can know whether the commit took place: the disk or the connection failed in it.
	ErrUnknown = errors.New("sqldb: the outcome of the commit is unknown")
	// ErrStopped refuses writes after an ErrUnknown on SQLite, until the operator has looked and restarted.
	ErrStopped = errors.New("sqldb: writing has stopped after a failed commit")
)

// Locale holds the words for what can go wrong here.
//
//go:embed locale
var Locale embed.FS

// unavailable makes err a 503 that may be tried again; one that says that nothing is lost only when that is so.
func unavailable(err error) error {
	key := "unavailable"
	switch {
	case errors.Is(err, ErrUnknown):
		key = "sqldb.unknown"
	case errors.Is(err, ErrStopped):
		key = "sqldb.stopped"
	}
	f := fault.Wrap(fault.Unavailable, err, key)
	f.RetryAfter = time.Second
	return f
}

// Open opens the database and, when its node_lease table exists, leases a node number for ids.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.machine == nil {
		c.machine = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.CacheMB <= 0 {
		c.CacheMB = 16
	}
	if c.Readers <= 0 {
		c.Readers = defaultReaders()
	}
	db := &DB{config: c, log: c.Log}
	if c.Now == nil {
		db.config.Now = db.wall
	}
	var err error
	switch {
	case c.URL != "":
		db.engine = Postgres
		db.backend, err = openPostgres(ctx, db)
	case c.Path != "":
		db.engine = SQLite
		db.backend, err = openLite(ctx, db)
	default:
		err = errors.New("neither a path nor a URL is given")
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.agree(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.backend.close())
	}
	if c.IDs == nil {
		db.source = NewSource(0, db.config.Now)
		if err := db.leaseNode(ctx); err != nil {
			db.backend.close()
			return nil, err
		}
	}
	return db, nil
}

// Close waits for running work, gives the node number back and closes the database.
func (db *DB) Close() error {
	db.lease.stop()
	return db.backend.close()
}

// Engine says which engine this is.
func (db *DB) Engine() Engine { return db.engine }

// Stopped is why no more writes are taken until a restart (ErrStopped); nil while they are.
func (db *DB) Stopped() error {
	if l, ok := db.backend.(*lite); ok {
		if why := l.writer.stopped.Load(); why != nil {
			return errors.Join(ErrStopped, *why)
		}
	}
	return nil
}

// Path is the file of a SQLite database, absolute; empty on PostgreSQL.
func (db *DB) Path() string {
	if l, ok := db.backend.(*lite); ok {
		return l.path
	}
	return ""
}

// Now is the current time of the database's clock: UTC, whole milliseconds.
func (db *DB) Now() time.Time { return db.config.Now().UTC().Truncate(time.Millisecond) }

// NewID makes an id: positive, below 2^53, rising within this process.
func (db *DB) NewID() int64 {
	if db.config.IDs != nil {
		return db.config.IDs()
	}
	return db.source.Next()
}

// Write runs fn in a transaction. See the package comment for what the answer means. The context given to fn
// is marked: use it for everything inside.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if _, inside := ctx.Value(scope{db}).(Reader); inside {
		return ErrNested
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return db.backend.write(ctx, fn)
}

// Read runs fn on one consistent snapshot that accepts no changes. Inside a Write or a Read it joins that.
func (db *DB) Read(ctx context.Context, fn func(ctx context.Context, rd Reader) error) error {
	if rd, inside := ctx.Value(scope{db}).(Reader); inside {
		return fn(ctx, rd)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return db.backend.read(ctx, fn)
}

// scope is the context key under which a transaction of db is marked.
type scope struct{ db *DB }

func (db *DB) mark(ctx context.Context, rd Reader) context.Context {
	return context.WithValue(ctx, scope{db}, rd)
}
