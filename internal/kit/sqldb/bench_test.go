package sqldb_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"neike/internal/kit/sqldb"
)

// The write of a request as it will be: 24 columns and a form of 260 bytes under 3 indexes, 3 events of 160 bytes,
// 2 tallies, an outbox row and a job.
var benchSchema = sqldb.Schema{Room: "bench", FS: fstest.MapFS{"2026112199_bench.sql": {Data: []byte(`
create table req (
  id bigint primary key, number text not null, service bigint, unit bigint, asker bigint, asker_unit bigint, assignee bigint,
  status text, title text, form jsonb, priority integer, channel text, opened bigint, taken bigint, responded bigint,
  delivered bigint, closed bigint, due bigint, respond_due bigint, place text, phone text, rating integer, version integer, updated bigint
);
create unique index req_number on req (number);
create index req_unit on req (unit, status, opened, id);
create index req_asker on req (asker, opened, id);
create table req_event (req bigint, n integer, at bigint, kind text, body jsonb, primary key (req, n)); -- without rowid
create table tally_day (edge bigint, day bigint, opened bigint, met bigint, primary key (edge, day)); -- without rowid
create table tally_month (month bigint, edge bigint, opened bigint, met bigint, primary key (month, edge)); -- without rowid
create table out (seq bigint primary key, at bigint, kind text, body jsonb);
create table task (id bigint primary key, kind text, due bigint, body jsonb);
create index task_due on task (due);
`)}}}

var form, body = strings.Repeat("f", 240), strings.Repeat("b", 150)

func writeRequest(ctx context.Context, db *sqldb.DB) error {
	return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		id := tx.NewID()
		err := tx.Insert(ctx, "req", "id, number, service, unit, asker, asker_unit, assignee, status, title, form, priority, channel, opened, "+
			"taken, responded, delivered, closed, due, respond_due, place, phone, rating, version, updated",
			[]any{id, fmt.Sprint("IT-2026-", id), 5, id % 40, id % 5000, id % 300, nil, "open", "需要大量训练数据", `{"f":"` + form + `"}`, 2, "page", tx.Now,
				nil, nil, nil, nil, tx.Now.Add(time.Hour), tx.Now.Add(time.Minute), "A 座 3 层", "8001", nil, 1, tx.Now})
		if err != nil {
			return err
		}
		err = tx.Insert(ctx, "req_event", "req, n, at, kind, body", []any{id, 1, tx.Now, "opened", `{"b":"` + body + `"}`},
			[]any{id, 2, tx.Now, "routed", `{"b":"` + body + `"}`}, []any{id, 3, tx.Now, "clocked", `{"b":"` + body + `"}`})
		if err != nil {
			return err
		}
		day := tx.Now.Unix() / 86400
		for _, t := range []struct{ text string }{
			{"insert into tally_day (edge, day, opened, met) values ($1, $2, 1, 0) on conflict (edge, day) do update set opened = tally_day.opened + 1"},
			{"insert into tally_month (edge, month, opened, met) values ($1, $2, 1, 0) on conflict (month, edge) do update set opened = tally_month.opened + 1"},
		} {
			if _, err := tx.Exec(ctx, t.text, id%5000, day); err != nil {
				return err
			}
		}
		if err := tx.Insert(ctx, "out", "seq, at, kind, body", []any{id, tx.Now, "request.opened", `{"b":"` + body + `"}`}); err != nil {
			return err
		}
		return tx.Insert(ctx, "task", "id, kind, due, body", []any{id, "notify", tx.Now, `{"b":"` + body + `"}`})
	})
}

// cpu is what this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWrite tells the processor time of a write (cpu-ms/op), the clients included. The budget of the data
// layer is 0.8 ms at one client and 0.6 ms at 32.
func BenchmarkWrite(b *testing.B) {
	for _, clients := range []int{1, 8, 32, 128} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			ctx := context.Background()
			db, err := sqldb.Open(ctx, sqldb.Config{Path: filepath.Join(b.TempDir(), "bench.db")})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Migrate(ctx, benchSchema); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			began := cpu()
			work := make(chan struct{})
			var group sync.WaitGroup
			for range clients {
				group.Go(func() {
					for range work {
						if err := writeRequest(ctx, db); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for range b.N {
				work <- struct{}{}
			}
			close(work)
			group.Wait()
			b.ReportMetric(float64((cpu()-began).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkRead tells what a page's read costs: a snapshot and one row by its key.
func BenchmarkRead(b *testing.B) {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, sqldb.Config{Path: filepath.Join(b.TempDir(), "bench.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(ctx, benchSchema); err != nil {
		b.Fatal(err)
	}
	for range 1000 {
		if err := writeRequest(ctx, db); err != nil {
			b.Fatal(err)
		}
	}
	for _, ctx := range []context.Context{ctx, b.Context()} { // b.Context can be cancelled
		b.Run(fmt.Sprintf("cancellable=%v", ctx.Done() != nil), func(b *testing.B) {
			for range b.N {
				err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
					_, err := sqldb.Value[string](ctx, rd, "select title from req where id = $1", 1)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
