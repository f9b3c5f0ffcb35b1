// Command bench measures the product over HTTP, as its users meet it, and prints each figure beside its budget and
// beside what the machine itself can do, measured in the same run by the same driver.
//
//	go run ./bench [-requests 100000] [-copies 10] [-engine postgres] [-data DIR] [-only create]
//
// It builds the binary, fills companies (kept in -data for the next run), works on copies of them, starts the server as
// a process of its own, and reads that process's CPU time from the kernel: followers, search and audit are counted in.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type settings struct {
	requests int
	copies   int
	data     string
	postgres string
	engine   string
	old      bool
	only     string
	profile  string
	seconds  float64
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "limit" {
		serveLimit(os.Args[2])
		return
	}
	var s settings
	flag.IntVar(&s.requests, "requests", 100_000, "requests stored before measuring")
	flag.IntVar(&s.copies, "copies", 1, "measure a company in which each of the requests stands this many times, at most 16: 100000 with 10 copies is a million")
	flag.StringVar(&s.engine, "engine", "sqlite", "sqlite or postgres: what the measured company is stored in; figures of a company on PostgreSQL count the CPU of both servers")
	flag.StringVar(&s.postgres, "pgdata", filepath.Join(os.TempDir(), "neike-bench-pg"), "where the private PostgreSQL server keeps its files")
	flag.BoolVar(&s.old, "old", false, "measure a company that an earlier run left behind however old it is")
	flag.StringVar(&s.data, "data", filepath.Join(os.TempDir(), "neike-bench"), "where the filled company is kept")
	flag.StringVar(&s.only, "only", "", "run only steps whose name contains this, or one of these with commas between them")
	flag.StringVar(&s.profile, "profile", "", "write where the server's time goes to this file, for scripts/build.sh")
	flag.Float64Var(&s.seconds, "seconds", 5, "seconds per measured row")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Hour)
	defer cancel()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// busy is how many processes wanted a processor in the last minute; 0 where the kernel does not tell.
func busy() float64 {
	var load float64
	if body, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(body), &load)
	}
	return load
}

// run measures everything and returns an error when a budget is not met.
func run(ctx context.Context, s settings) error {
	b, err := prepare(ctx, s)
	if err != nil {
		return err
	}
	defer b.close()
	t := table{busy: busy()}
	raised := false
	for _, step := range []struct {
		name string
		own  bool // needs no company, or has one of its own
		do   func(context.Context, *table) error
	}{
		{"limits", true, b.limits},
		{"start", false, b.start},
		{"create", false, b.create},
		{"pages", false, b.pages},
		{"fields", false, b.fields},
		{"find", false, b.find},
		{"rush", false, b.rush},
		{"memory", false, b.memory},
		{"recompute", false, b.recompute},
		{"calendar", false, b.calendar},
		{"doctor", false, b.doctor},
		{"matrix", true, b.matrix},
		{"edges", true, b.edges},
		{"wide", true, b.wide},
	} {
		if s.only != "" && !slices.ContainsFunc(strings.Split(s.only, ","), func(x string) bool { return strings.Contains(step.name, x) }) {
			continue
		}
		if !step.own && !raised {
			if err := b.raise(ctx); err != nil {
				return err
			}
			if raised = true; step.name != "start" {
				if err := b.start(ctx, &t); err != nil {
					return err
				}
			}
		}
		err := step.do(ctx, &t)
		t.print(os.Stdout)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	if n := t.failed(); n > 0 {
		return fmt.Errorf("%d of %d budgets not met", n, t.budgets())
	}
	return nil
}
