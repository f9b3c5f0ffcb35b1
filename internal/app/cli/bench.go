package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"text/tabwriter"
	"time"

	"neike/internal/kit/sqldb"
)

type benchCmd struct {
	Seconds float64 `default:"2" help:"How long each measurement takes."`
}

// Help is shown below the usage.
func (benchCmd) Help() string {
	return `What the disk and the processor below the data folder can do: the limits of every figure of neike.
The figures of neike itself are measured by 'make bench' in its source.

Examples:
  neike bench --data /var/lib/neike`
}

func (c benchCmd) Run(r *run) (err error) {
	if err := os.MkdirAll(r.config.Data, 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(r.config.Data, "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	span := time.Duration(c.Seconds * float64(time.Second))
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "processors\t%d\t\n", runtime.GOMAXPROCS(0))
	syncs, err := fsyncs(filepath.Join(dir, "file"), span)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "fsync of 4 KB\t%.0f\t/s\n", syncs)
	db, err := sqldb.Open(r.ctx, sqldb.Config{Path: filepath.Join(dir, "bench.db"), Log: r.config.Log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := makeTable(r.ctx, db); err != nil {
		return err
	}
	for _, clients := range []int{1, 32} {
		n, err := writes(r.ctx, db, clients, span)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "durable writes, %d at once\t%.0f\t/s\n", clients, n)
	}
	return w.Flush()
}

func fsyncs(path string, span time.Duration) (float64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	block := make([]byte, 4096)
	n, began := 0, time.Now()
	for time.Since(began) < span {
		if _, err := f.WriteAt(block, int64(n%256)*4096); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

func makeTable(ctx context.Context, db *sqldb.DB) error {
	return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `create table bench_row (id integer primary key, at integer, note text)`)
		return err
	})
}

func writes(ctx context.Context, db *sqldb.DB, clients int, span time.Duration) (float64, error) {
	var all sync.WaitGroup
	counts, failures := make([]int, clients), make([]error, clients)
	began := time.Now()
	for i := range clients {
		all.Go(func() {
			for time.Since(began) < span && failures[i] == nil {
				failures[i] = db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					return tx.Insert(ctx, "bench_row", "id, at, note", []any{tx.NewID(), tx.Now, "a line of the length that a note has"})
				})
				counts[i]++
			}
		})
	}
	all.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / time.Since(began).Seconds(), errors.Join(failures...)
}
