package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

func room(name string, files ...string) sqldb.Schema {
	fs := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fs[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return sqldb.Schema{Room: name, FS: fs}
}

func TestMigrateAppliesWhatIsMissingOnce(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *sqldb.DB) {
		first := room("a", "2026112210_a.sql", "-- +goose Up\ncreate table a (\n  id bigint primary key\n);\n")
		older := room("b", "2026112205_b.sql", "create table b (\n  id bigint primary key,\n  a bigint not null references a (id)\n);\n",
			"2026112206_only.sqlite.sql", "create table only_sqlite (\n  id bigint primary key\n);",
			"2026112206_only.postgres.sql", "create table only_postgres (\n  id bigint primary key\n);")
		for _, c := range []struct {
			schemas []sqldb.Schema
			want    int
		}{{[]sqldb.Schema{first}, 1}, {[]sqldb.Schema{first}, 0}, {[]sqldb.Schema{first, older}, 2}, {[]sqldb.Schema{older, first}, 0}} {
			if n, err := db.Migrate(t.Context(), c.schemas...); n != c.want || err != nil {
				t.Errorf("applied %d, %v, want %d", n, err, c.want)
			}
		}
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			_, err := sqldb.Value[int](ctx, rd, "select count(*) from only_"+string(db.Engine()))
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if _, err := db.Migrate(t.Context(), first, room("c", "2026112210_c.sql", "create table c (id bigint);")); err == nil {
			t.Error("two rooms with one number")
		}
		if _, err := db.Migrate(t.Context(), room("d", "2026112299_d.sql", "create table d (id bigint);\ncreate table a (id bigint);")); err == nil {
			t.Error("a broken file was applied")
		}
		if _, err := db.Migrate(t.Context(), room("d", "2026112299_d.sql", "create table d (id bigint);")); err != nil {
			t.Errorf("a broken file was applied by half: %v", err)
		}
	})
}

// TestAnOlderProgramKeepsOff a database that a newer one has changed.
func TestAnOlderProgramKeepsOff(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *sqldb.DB) {
		old := room("a", "2026112210_a.sql", "create table a (\n  id bigint primary key\n);")
		if _, err := db.Migrate(t.Context(), old, room("b", "2027010100_b.sql", "create table b (\n  id bigint primary key\n);")); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Migrate(t.Context(), old, room("c", "2026122400_c.sql", "create table c (\n  id bigint primary key\n);")); !errors.Is(err, sqldb.ErrNewer) {
			t.Errorf("an older program goes to work: %v", err)
		}
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			_, err := sqldb.Value[int](ctx, rd, "select count(*) from c")
			return err
		})
		if err == nil {
			t.Error("it has changed something")
		}
	})
}

func TestProcessesMayMigrateAtOnce(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, nil)
	schema := room("a", "2026112210_a.sql", "create table a (\n  id bigint primary key\n);")
	var group sync.WaitGroup
	for range 3 {
		other := dbtest.Second(t, db)
		group.Go(func() {
			if _, err := other.Migrate(context.Background(), schema); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestOneTextServesSQLite(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, []sqldb.Schema{room("a", "2026112210_a.sql", `
create table plain (
  id   bigint  primary key,
  body jsonb not null,
  raw bytea
);
create table pair ( -- without rowid
  a bigint,
  b bigint,
  primary key (a, b)
);
create table last (
  a text primary key
); -- without rowid
create table other (
  a bigint,
  b bigint
);`)})
	for table, want := range map[string]string{
		"plain": "id   integer primary key", "pair": ") without rowid", "last": ") without rowid", "other": "b bigint\n)",
	} {
		var text string
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
			text, err = sqldb.Value[string](ctx, rd, "select sql from sqlite_master where name = $1", table)
			return err
		})
		if err != nil || !strings.Contains(text, want) || strings.Contains(text, "jsonb") || strings.Contains(text, "bytea") {
			t.Errorf("%s became %q, %v", table, text, err)
		}
	}
}

func TestIDsRiseAndFit(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	clock := now
	s := sqldb.NewSource(5, func() time.Time { return clock })
	last := int64(0)
	for n := range 1000 { // more than a millisecond holds
		id := s.Next()
		if id <= last || id >= 1<<53 || id>>8&15 != 5 {
			t.Fatalf("id %d after %d", id, last)
		}
		last = id
		switch n {
		case 300:
			clock = now.Add(-time.Hour) // the clock goes back
		case 600:
			clock = now.Add(time.Second)
		}
	}
	if got := sqldb.IDTime(last).Sub(now); got < time.Second || got > time.Second+2*time.Millisecond {
		t.Errorf("the time in the id is off by %v", got)
	}
	far := sqldb.NewSource(15, func() time.Time { return time.Date(2089, 9, 1, 0, 0, 0, 0, time.UTC) })
	if id := far.Next(); id >= 1<<53 || id <= 0 {
		t.Errorf("an id of 2089 is %d", id)
	}
}

func TestProcessesMakeDifferentIDs(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *sqldb.DB) {
		nodes := map[int64]bool{}
		for _, db := range []*sqldb.DB{db, dbtest.Second(t, db), dbtest.Second(t, db)} {
			nodes[db.NewID()>>8&15] = true
		}
		if len(nodes) != 3 {
			t.Errorf("nodes %v", nodes)
		}
	})
}

func TestSixteenProcessesAreTheMost(t *testing.T) {
	url := dbtest.URL(t)
	db, err := sqldb.Open(t.Context(), sqldb.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "update node_lease set until = $1", time.Now().Add(time.Hour))
		return err
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if again, err := sqldb.Open(ctx, sqldb.Config{URL: url}); err == nil {
		again.Close()
		t.Error("a seventeenth process got a node number")
	}
}

// TestCommandsShareTheNodeNumbers: more processes than numbers, each there for a moment, all get one, and never two the same.
func TestCommandsShareTheNodeNumbers(t *testing.T) {
	url := dbtest.URL(t)
	first, err := sqldb.Open(t.Context(), sqldb.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	const processes = 2 * sqldb.Nodes
	var wg sync.WaitGroup
	var mu sync.Mutex
	held, faults := map[int64]int{first.NewID() >> 8 & 15: 1}, []error{}
	for range processes {
		wg.Go(func() {
			db, err := sqldb.Open(t.Context(), sqldb.Config{URL: url})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				faults = append(faults, err)
				return
			}
			node := db.NewID() >> 8 & 15
			if held[node]++; held[node] > 1 {
				faults = append(faults, fmt.Errorf("two processes have number %d", node))
			}
			mu.Unlock()
			time.Sleep(300 * time.Millisecond)
			mu.Lock()
			held[node]--
			db.Close()
		})
	}
	wg.Wait()
	if len(faults) > 0 {
		t.Errorf("%d of %d: %v", len(faults), processes, faults[0])
	}
}

func TestABuiltQueryNumbersItsPlaceholders(t *testing.T) {
	text, args := sqldb.Select("select a, '?' from t where_ join u on u.x = ?", 1).Where("b = ? or c = '?'", 2).In("d", []int64{3, 4, 5}).
		GroupBy("a").OrderBy("a").Limit(6).SQL()
	want := "select a, '?' from t where_ join u on u.x = $1\nwhere (b = $2 or c = '?')\n  and (d in ($3, $4, $5, $6))\ngroup by a\norder by a\nlimit $7"
	if text != want || !slices.Equal(args, []any{1, 2, int64(3), int64(4), int64(5), int64(5), 6}) {
		t.Errorf("got %s\n%v", text, args)
	}
	if text, _ := sqldb.Select("select a from t").In("b", []string{}).SQL(); !strings.Contains(text, "1 = 0") {
		t.Errorf("an empty list: %s", text)
	}
}

// TestTheFirstOfSeveralRanges: rows of ranges that overlap come once, in order, and no more than asked for.
func TestTheFirstOfSeveralRanges(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			for id := range int64(10) {
				if err := tx.Insert(ctx, "thing", "id, name, n", []any{id, string(rune(97 + id)), id / 2}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, desc := range []bool{false, true} {
			order, want := "n, id", []int64{2, 3, 4, 6}
			if desc {
				order, want = "n desc, id desc", []int64{9, 8, 7, 6}
			}
			part := func(cond string, arg int64) *sqldb.Query {
				return sqldb.Select("select id, n as place\nfrom thing").Where(cond, arg).OrderBy(order).Limit(4)
			}
			q := sqldb.Select("select id from thing").InFirst("id", 4, desc, part("id > ?", 5), part("id % 2 = 0 and id > ?", 0), part("id = ?", 3)).OrderBy(order)
			err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
				got, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (int64, error) {
					var id int64
					err := row.Scan(&id)
					return id, err
				}, q)
				if !slices.Equal(got, want) {
					t.Errorf("desc %v: %v, not %v", desc, got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestABackupIsWholeWhileOthersWrite(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for id := int64(0); ctx.Err() == nil; id += 2 { // always in pairs
			db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				return errors.Join(insert(ctx, tx, id), insert(ctx, tx, id+1))
			})
		}
	})
	file := filepath.Join(t.TempDir(), "copy.db")
	for range 3 { // also over an older copy
		if err := db.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	group.Wait()
	copied, err := sqldb.Open(t.Context(), sqldb.Config{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if got := ids(t, copied); len(got)%2 != 0 {
		t.Errorf("half a write: %d rows", len(got))
	}
	if err := copied.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file + ".part"); !os.IsNotExist(err) {
		t.Errorf("something is left: %v", err)
	}
	if err := db.Backup(t.Context(), filepath.Join(t.TempDir(), "no", "such", "folder.db")); err == nil {
		t.Error("a backup to nowhere")
	}
}

func TestCheckFindsDamage(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		for id := range int64(2000) {
			if err := tx.Insert(ctx, "thing", "id, name", []any{id, strings.Repeat("x", 50) + string(rune('a'+id%26)) + time.Duration(id).String()}); err != nil {
				return err
			}
		}
		return nil
	})
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4096 { // a page somewhere in the tables
		body[len(body)/2/4096*4096+i] ^= 0x55
	}
	if err := os.WriteFile(copied, body, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged, err := sqldb.Open(t.Context(), sqldb.Config{Path: copied})
	if err != nil {
		t.Fatal(err)
	}
	defer damaged.Close()
	if err := damaged.Check(t.Context()); err == nil {
		t.Error("a page of noise is no damage?")
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestTheNewestIsThatOfTheEngine: a file for the other engine is none of its own. A backup says what it was brought to, and is
// taken back by that.
func TestTheNewestIsThatOfTheEngine(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *sqldb.DB) {
		schema := room("e", "2027010103_e.sql", "create table e (\n  id bigint primary key\n);",
			"2027010105_only."+string(db.Engine())+".sql", "create table e_only (\n  id bigint primary key\n);")
		for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
			want := int64(2027010103)
			if engine == db.Engine() {
				want = 2027010105
			}
			if n, err := sqldb.Newest(engine, schema); n != want || err != nil {
				t.Errorf("%s: %d, %v, want %d", engine, n, err, want)
			}
		}
		if _, err := db.Migrate(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			got, err := sqldb.Value[int64](ctx, rd, "select max(version_id) from schema_version")
			if got != 2027010105 {
				t.Errorf("migrated to %d", got)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
