package sqldb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// wire is the way to a PostgreSQL server, which a test can cut.
type wire struct {
	to string // socket of the server

	mu       sync.Mutex
	down     bool
	cutAt    []byte // the connection whose client says this is cut before the server's answer
	before   func() // runs before this is passed on, and nothing is cut
	open     map[net.Conn]bool
	listener net.Listener
}

// throughWire opens a fresh database of PostgreSQL behind a wire.
func throughWire(t *testing.T) (*sqldb.DB, *wire) {
	t.Helper()
	direct, err := url.Parse(dbtest.URL(t, schemas...))
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: filepath.Join(direct.Query().Get("host"), ".s.PGSQL.5432"), open: map[net.Conn]bool{}}
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go w.serve()
	query := direct.Query()
	query.Del("host")
	direct.Host, direct.RawQuery = w.listener.Addr().String(), query.Encode()
	db, err := sqldb.Open(t.Context(), sqldb.Config{URL: direct.String(), Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.set(false)
		if err := errors.Join(db.Close(), w.listener.Close()); err != nil {
			t.Error(err)
		}
	})
	return db, w
}

func (w *wire) serve() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		far, err := net.Dial("unix", w.to)
		if w.down || err != nil {
			near.Close()
			w.mu.Unlock()
			continue
		}
		w.open[near], w.open[far] = true, true
		w.mu.Unlock()
		go func() { io.Copy(near, far); near.Close() }()
		go func() { w.forward(far, near); far.Close() }()
	}
}

func (w *wire) forward(to, from net.Conn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		w.mu.Lock()
		cut := w.cutAt != nil && bytes.Contains(buffer[:n], w.cutAt)
		if cut {
			w.cutAt = nil
			if cut = w.before == nil; cut {
				from.Close() // nobody hears the answer
			} else {
				w.before()
			}
		}
		w.mu.Unlock()
		if _, err := to.Write(buffer[:n]); err != nil || cut {
			io.Copy(io.Discard, to) // until the server has done it
			return
		}
	}
}

// set cuts every connection and refuses new ones, or lets them through again.
func (w *wire) set(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
	for conn := range w.open {
		conn.Close()
	}
	clear(w.open)
}

func (w *wire) cut(at string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cutAt = []byte(at)
}

func rowsOf(t *testing.T, db *sqldb.DB) (n int, err error) {
	t.Helper()
	err = db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		n, err = sqldb.Value[int](ctx, rd, "select count(*) from thing")
		return err
	})
	return n, err
}

// A server that goes away is a matter of time: what is asked meanwhile may be asked again, and when it is back everything
// goes on by itself.
func TestAServerThatGoesAwayIsWaitedFor(t *testing.T) {
	db, w := throughWire(t)
	put := func(id int64) error {
		return db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, id) })
	}
	for id := range int64(3) {
		if err := put(id); err != nil {
			t.Fatal(err)
		}
		w.set(true)
		if err := put(100 + id); fault.KindOf(err) != fault.Unavailable || errors.Is(err, sqldb.ErrUnknown) {
			t.Errorf("a write without a server: %v", err)
		}
		if _, err := rowsOf(t, db); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a read without a server: %v", err)
		}
		w.set(false)
		if n, err := rowsOf(t, db); err != nil || n != int(id)+1 {
			t.Errorf("the server is back: %d rows, %v", n, err)
		}
	}
}

// A connection that breaks before the commit costs nothing but a second try; one that breaks while somebody reads is
// told, because the reader may have used what it read.
func TestABrokenConnectionIsTriedAgainBeforeTheCommit(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, schemas)
	tries := 0
	err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if err := insert(ctx, tx, 1); err != nil {
			return err
		}
		if tries++; tries == 1 {
			_, err := tx.Exec(ctx, "select pg_terminate_backend(pg_backend_pid())")
			return err
		}
		return nil
	})
	if n, fail := rowsOf(t, db); errors.Join(err, fail) != nil || tries != 2 || n != 1 {
		t.Errorf("%d tries, %d rows: %v", tries, n, errors.Join(err, fail))
	}
	tries = 0
	err = db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		tries++
		_, err := sqldb.Value[bool](ctx, rd, "select pg_terminate_backend(pg_backend_pid())")
		return err
	})
	if fault.KindOf(err) != fault.Unavailable || tries != 1 {
		t.Errorf("%d tries to read: %v", tries, err)
	}
}

// A connection that breaks while nobody reads is found out when it is taken again, and the reader hears nothing of it: its
// answer to the end of the read before is never heard.
func TestAReaderWhoseConnectionBrokeTakesAnother(t *testing.T) {
	db, w := throughWire(t)
	for range 5 {
		if n, err := rowsOf(t, db); err != nil || n != 0 {
			t.Fatalf("%d rows, %v", n, err)
		}
		w.set(true)
		w.set(false)
	}
}

// Readers who leave, fail, stop early or begin nothing leave a connection that serves the next, with a snapshot of its own.
func TestReadersLeaveTheirConnectionsInOrder(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		var wait sync.WaitGroup
		for g := range 24 {
			wait.Go(func() {
				for i := range 40 {
					ctx, leave := context.WithCancel(t.Context())
					err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
						switch (g + i) % 5 {
						case 0:
							return nil // no statement at all
						case 1:
							_, err := sqldb.Value[int](ctx, rd, "select nothing from nowhere")
							return err
						case 2:
							leave()
						case 3:
							n, err := sqldb.One(ctx, rd, func(r sqldb.Row) (n int, err error) { return n, r.Scan(&n) },
								"with recursive c (i) as (select 1 union all select i + 1 from c where i < 1000) select i from c")
							if err == nil && n != 1 {
								err = fmt.Errorf("%d", n)
							}
							return err
						}
						before, err := sqldb.Value[int](ctx, rd, "select count(*) from thing")
						if err != nil {
							return err
						}
						after, err := sqldb.Value[int](ctx, rd, "select count(*) from thing where id > $1", -1)
						if err == nil && after != before {
							err = fmt.Errorf("%d rows and then %d in one snapshot", before, after)
						}
						return err
					})
					switch kind := (g + i) % 5; {
					case kind == 1 && err == nil, kind == 2 && err == nil, (kind == 0 || kind > 2) && err != nil:
						t.Errorf("kind %d: %v", kind, err)
					}
					leave()
					if i%8 == 0 {
						write(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return insert(ctx, tx, int64(1000*g+i)) })
					}
				}
			})
		}
		wait.Wait()
		if n, err := rowsOf(t, db); err != nil || n != 24*5 {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

// Sums and means are numbers on both engines, whatever the server makes of them.
func TestSumsAreNumbers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			var sum int64
			var mean float64
			var none, yes, least any
			_, err := sqldb.One(ctx, rd, func(r sqldb.Row) (struct{}, error) { return struct{}{}, r.Scan(&sum, &mean, &none, &yes, &least) },
				`with n (v) as (select cast(4611686018427387904 as bigint) union all select cast(3 as bigint))
				select sum(v), avg(v * 1.0), max(v * null), sum(v) > 3, min(v) from n where v < 5 or v > 5`)
			if err != nil {
				return err
			}
			if sum != 1<<62+3 || mean != 1<<61+1.5 || none != nil || least != int64(3) {
				t.Errorf("%d, %v, %v, %v, %v", sum, mean, none, yes, least)
			}
			_, err = sqldb.One(ctx, rd, func(r sqldb.Row) (n int64, err error) { return n, r.Scan(&n) }, "select 1.5")
			if err == nil {
				t.Error("a fraction is scanned as a whole number")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A connection that breaks in the commit leaves the outcome open, and nobody claims to know it.
func TestACommitWithoutAnswerIsUnknown(t *testing.T) {
	db, w := throughWire(t)
	tries := 0
	err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		tries++
		w.cut("commit")
		return insert(ctx, tx, 1)
	})
	if !errors.Is(err, sqldb.ErrUnknown) || fault.KindOf(err) != fault.Unavailable || tries != 1 {
		t.Errorf("%d tries: %v", tries, err)
	}
	if _, err := rowsOf(t, db); err != nil {
		t.Errorf("the next reader: %v", err)
	}
}

// A caller who leaves while the commit is on its way gets the true answer all the same.
func TestACallerWhoLeavesInTheCommitHearsTheTruth(t *testing.T) {
	db, w := throughWire(t)
	ctx, leave := context.WithCancel(t.Context())
	w.before = func() {
		leave()
		time.Sleep(50 * time.Millisecond) // whoever would give up does it now
	}
	err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		w.cut("commit")
		return insert(ctx, tx, 1)
	})
	if n, fail := rowsOf(t, db); err != nil || fail != nil || n != 1 {
		t.Errorf("%d rows, %v, %v", n, err, fail)
	}
}

// An open transaction that nobody works in holds locks and the horizon of the events: the server ends it.
func TestAForgottenTransactionIsEnded(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, schemas)
	err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		limit, err := sqldb.Value[string](ctx, tx, "show idle_in_transaction_session_timeout")
		if limit != "1min" {
			t.Errorf("after %s", limit)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
