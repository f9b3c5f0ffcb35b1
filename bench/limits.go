package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

// serveLimit is what a child of this program does: the least that the machine must do for the same kind of work.
func serveLimit(kind string) {
	switch kind {
	case "http":
		answer := []byte(`{"number":"R-1024","state":"new"}`)
		mux := http.NewServeMux()
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)
		})
		fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Getenv("BENCH_ADDR"), mux))
	case "commit":
		n, err := commits(os.Getenv("BENCH_DIR"), 2000)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(n)
	default:
		fmt.Fprintln(os.Stderr, "unknown limit", kind)
		os.Exit(2)
	}
}

// commits writes n durable one-row transactions through kit/sqldb and returns how long they took.
func commits(dir string, n int) (time.Duration, error) {
	ctx := context.Background()
	path := filepath.Join(dir, "limit.db")
	defer func() { _ = os.Remove(path) }()
	db, err := sqldb.Open(ctx, sqldb.Config{Path: path})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	create := func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "create table if not exists one (id integer primary key, text text)")
		return err
	}
	if err := db.Write(ctx, create); err != nil {
		return 0, err
	}
	began := time.Now()
	for range n {
		err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "insert into one (id, text) values ($1, $2)", tx.NewID(), "a row of some length, as a request's title has")
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// limits measures the machine: an empty HTTP answer, and a durable commit of one row.
func (b *bench) limits(ctx context.Context, t *table) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Setenv("BENCH_ADDR", addr); err != nil {
		return err
	}
	p, _, err := start(ctx, "/", addr, self, "limit", "http")
	if err != nil {
		return err
	}
	defer p.stop()
	hello := func(int) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/", nil)
	}
	for _, clients := range []int{1, 32} {
		out, err := drive(ctx, p, clients, b.span(), http.StatusOK, hello, nil)
		if err != nil {
			return err
		}
		b.limit[fmt.Sprintf("http%d", clients)] = out.perRequest()
		t.add(row{name: fmt.Sprintf("machine: empty HTTP answer, %d clients", clients), value: out.perRequest(), unit: "ms CPU", note: fmt.Sprintf("%.0f/s", out.rate())})
	}
	cmd := exec.CommandContext(ctx, self, "limit", "commit")
	cmd.Env = append(os.Environ(), "BENCH_DIR="+b.s.data)
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("commit limit: %w", err)
	}
	took, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	b.limit["commit"] = float64(used.Microseconds()) / 1000 / 2000
	t.add(row{name: "machine: durable commit of one row, 1 client", value: b.limit["commit"], unit: "ms CPU", note: strconv.Itoa(int(2000/took.Seconds())) + "/s"})
	return nil
}
