package disclose_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"neike/internal/access"
	"neike/internal/disclose"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// What the child of TestAReleaseThatIsKilled works on, and at which moment it dies.
const (
	killWhere = "NEIKE_RELEASE_AT"
	killAfter = "NEIKE_RELEASE_DIES"
)

func TestMain(m *testing.M) {
	if where := os.Getenv(killWhere); where != "" {
		releaseUntilKilled(where)
		return
	}
	os.Exit(m.Run())
}

var ledgerSchema = sqldb.Schema{Room: "book", FS: os.DirFS(filepath.Join("testdata", "book"))}

// book is a source that keeps its ratings in the database, as rooms do. before is called when ratings are to be marked, and after when they are.
func book(before, after func()) disclose.Source {
	return disclose.Source{Name: "book",
		Waiting: func(ctx context.Context, rd sqldb.Reader) ([]disclose.Rating, error) {
			return sqldb.All(ctx, rd, func(row sqldb.Row) (disclose.Rating, error) {
				r := disclose.Rating{Source: "book"}
				return r, row.Scan(&r.Case, &r.Rater, &r.Provider, &r.Customer, &r.Score)
			}, "select id, person, provider, customer, score from book where released = false")
		},
		Mark: func(ctx context.Context, tx *sqldb.Tx, list []disclose.Rating) (marked int64, err error) {
			before()
			for _, r := range list {
				n, err := tx.Exec(ctx, "update book set released = true where id = $1 and released = false", r.Case)
				if err != nil {
					return marked, err
				}
				marked += n
			}
			after()
			return marked, nil
		},
		Marked: func(ctx context.Context, rd sqldb.Reader) (int64, error) {
			return sqldb.Value[int64](ctx, rd, "select count(*) from book where released = true")
		}}
}

// kept is the room over a database in which others keep ratings.
func kept(db *sqldb.DB, before, after func()) (*disclose.Service, *org.Service, *event.Bus) {
	bus := event.NewBus(db)
	people := org.New(db, bus)
	s := disclose.New(db, bus, disclose.Rooms{Org: people, Access: access.New(db, people)})
	s.AddSource(book(before, after))
	return s, people, bus
}

// releaseUntilKilled is a night that ends in the middle: before or after ratings are marked, or after so many batches. Nobody tidies up after SIGKILL.
func releaseUntilKilled(where string) {
	ctx := actor.System(context.Background())
	config := sqldb.Config{Path: where}
	if where[0] != '/' {
		config = sqldb.Config{URL: where}
	}
	config.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := sqldb.Open(ctx, config)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	moment, err := strconv.Atoi(os.Getenv(killAfter))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	die := func() {
		if moment--; moment < 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	s, _, _ := kept(db, die, die)
	if err := s.Release(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("the night is over")
}

// A night that is killed at any moment leaves whole batches with their marks; the next night counts what is left, and nothing twice.
func TestAReleaseThatIsKilled(t *testing.T) {
	with := append([]sqldb.Schema{ledgerSchema}, schemas...)
	for engine, config := range map[sqldb.Engine]sqldb.Config{
		sqldb.SQLite: {Path: filepath.Join(t.TempDir(), "night.db")}, sqldb.Postgres: {URL: dbtest.URL(t, with...)}} {
		t.Run(string(engine), func(t *testing.T) { killedNights(t, config, with) })
	}
}

func killedNights(t *testing.T, config sqldb.Config, with []sqldb.Schema) {
	db, err := sqldb.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context(), with...); err != nil {
		t.Fatal(err)
	}
	ctx := actor.System(t.Context())
	s, people, _ := kept(db, func() {}, func() {})
	var units []int64
	for i := range 9 {
		u, err := people.SaveUnit(ctx, org.UnitInput{Code: fmt.Sprintf("u%d", i), NameZh: fmt.Sprintf("部门 %d", i)})
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, u.ID)
	}
	const each = 8 // ratings of each of eight customers
	err = db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for i := range int64(each * 8) {
			if err := tx.Insert(ctx, "book", "id, person, provider, customer, score, released", []any{i + 1, 100 + i, units[0], units[1+i/each], 1 + i%5, false}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sound := func(when string) (counted int64) {
		t.Helper()
		marked, counted, err := s.Check(ctx)
		if err != nil || marked != counted {
			t.Fatalf("%s: %d are marked and %d counted, %v", when, marked, counted, err)
		}
		err = db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			few, err := sqldb.Value[int](ctx, rd, "select count(*) from disclose_batch where people < 5 or cases <> ones + twos + threes + fours + fives")
			if err == nil && few != 0 {
				t.Errorf("%s: %d batches of fewer than five", when, few)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return counted
	}
	last := int64(0)
	for moment, alive := 0, true; alive; moment++ {
		child := exec.Command(os.Args[0]) //nolint:gosec // this test itself
		child.Env = append(os.Environ(), killWhere+"="+config.Path+config.URL, killAfter+"="+strconv.Itoa(moment%5))
		out, err := child.CombinedOutput()
		alive = err != nil
		if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); alive && (!ok || status.Signal() != syscall.SIGKILL) {
			t.Fatalf("%v\n%s", err, out)
		}
		now := sound(fmt.Sprintf("night %d", moment+1))
		if now < last {
			t.Errorf("%d were counted, and %d are", last, now)
		}
		if last = now; moment > 40 {
			t.Fatal("the nights do not end")
		}
	}
	if last != each*8 {
		t.Errorf("%d of %d are counted in the end", last, each*8)
	}
}
