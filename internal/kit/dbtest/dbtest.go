// Package dbtest gives tests real databases: a file of SQLite and a database of a private PostgreSQL server,
// both migrated, both gone when the test ends, with a clock that the test moves.
//
//	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
//		clock := dbtest.Clock(db)
//		clock.Advance(2 * time.Hour)
//	})
//
// The server is started once, by whichever test process comes first, in memory (/dev/shm) where that has 2 GB free, else in
// the folder for temporary files; it stays up for the next ones (Stop ends it). A missing PostgreSQL skips its subtests, unless NEIKE_PG=require,
// NEIKE_SERVERS=require or CI is set; NEIKE_PG=off skips them always.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
)

// Start is where every test's clock stands at first: Monday 23 November 2026, 09:00 in Shanghai.
var Start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// Time is a clock that stands still until the test moves it. It is safe for concurrent use.
type Time struct {
	mu  sync.Mutex
	now time.Time
}

// Now is where the clock stands.
func (c *Time) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to a time.
func (c *Time) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Advance moves the clock on and says where it stands then.
func (c *Time) Advance(by time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
	return c.now
}

// opened is what is known of a database under test.
type opened struct {
	clock  *Time
	config sqldb.Config
}

var known sync.Map // *sqldb.DB → opened

// Clock is the clock of a database made by this package.
func Clock(db *sqldb.DB) *Time {
	o, ok := known.Load(db)
	if !ok {
		panic("dbtest: this database was not opened by dbtest")
	}
	return o.(opened).clock
}

// Each runs fn as the subtests "sqlite" and "postgres" on fresh databases with these schemas.
func Each(t *testing.T, schemas []sqldb.Schema, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
		t.Run(string(engine), func(t *testing.T) { fn(t, Open(t, engine, schemas)) })
	}
}

// Open makes a fresh database of one engine, closed and removed when the test ends.
func Open(t testing.TB, engine sqldb.Engine, schemas []sqldb.Schema) *sqldb.DB {
	t.Helper()
	hush.Do(func() { slog.SetDefault(quiet()) }) // what fails is not to be looked for among thousands of lines
	clock := &Time{now: Start}
	config := sqldb.Config{Now: clock.Now, Readers: 4, Log: quiet()}
	print, err := sqldb.Fingerprint(engine, schemas...)
	if err != nil {
		t.Fatal(err)
	}
	if engine == sqldb.Postgres {
		config.URL = postgresDatabase(t, print, schemas)
	} else {
		config.Synchronous = "off"
		config.Path = sqliteFile(t, print, schemas)
	}
	return open(t, opened{clock, config})
}

// Second opens the same database again with the same clock, as another process would.
func Second(t testing.TB, db *sqldb.DB) *sqldb.DB {
	t.Helper()
	o, ok := known.Load(db)
	if !ok {
		t.Fatal("dbtest: this database was not opened by dbtest")
	}
	return open(t, o.(opened))
}

func open(t testing.TB, o opened) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), o.config)
	if err != nil {
		t.Fatal(err)
	}
	known.Store(db, o)
	t.Cleanup(func() {
		known.Delete(db)
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}

var hush sync.Once

// quiet drops what is logged, unless the tests run verbosely.
func quiet() *slog.Logger {
	if testing.Verbose() {
		return slog.Default()
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

var templates struct {
	sync.Mutex
	made map[string][]byte // fingerprint → content of a migrated file of SQLite
}

// sqliteFile copies a migrated file.
func sqliteFile(t testing.TB, print string, schemas []sqldb.Schema) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(file, migrated(t, print, schemas), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// migrated is the content of a migrated file, which this process makes once per set of schemas.
func migrated(t testing.TB, print string, schemas []sqldb.Schema) []byte {
	t.Helper()
	templates.Lock()
	defer templates.Unlock()
	body, ok := templates.made[print]
	if !ok {
		var err error
		if body, err = migratedFile(schemas); err != nil {
			t.Fatal(err)
		}
		if templates.made == nil {
			templates.made = map[string][]byte{}
		}
		templates.made[print] = body
	}
	return body
}

func migratedFile(schemas []sqldb.Schema) ([]byte, error) {
	dir, err := os.MkdirTemp("", "neike-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "template.db")
	ctx := context.Background()
	db, err := sqldb.Open(ctx, sqldb.Config{Path: file, Synchronous: "off", Log: quiet()})
	if err != nil {
		return nil, err
	}
	_, err = db.Migrate(ctx, schemas...)
	if err := errors.Join(err, db.Close()); err != nil { // the last connection to close empties the WAL
		return nil, err
	}
	return os.ReadFile(file)
}

// Tests have memory to spare: garbage may grow to four times what lives, and to no fixed amount. GOGC in the environment
// stands; what the tests start finds it there.
func init() {
	if os.Getenv("GOGC") == "" {
		_ = os.Setenv("GOGC", "400")
		debug.SetGCPercent(400)
	}
}

func randomName() string {
	var b [6]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
