package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"neike/internal/app"
	"neike/internal/app/demo"
)

type serveCmd struct {
	Listen *string `help:"Address to serve on (default 127.0.0.1:8080)." placeholder:"ADDR"`
}

// Help is shown below the usage.
func (serveCmd) Help() string {
	return `Examples:
  neike serve --data /var/lib/neike --listen :8080 --url https://neike.example.com
  neike serve --database-url postgres://neike@db/neike --data /var/lib/neike`
}

func (c serveCmd) Run(r *run) error {
	address := r.settings.override("listen", c.Listen)
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return r.serve(l, func(*app.App) {})
}

// override lets a flag of one command count more than the setting.
func (s settings) override(name string, flag *string) string {
	if flag == nil {
		return s.get(name)
	}
	overlay(s, map[string]string{name: *flag}, func(one setting) string { return "--" + one.Name })
	return *flag
}

// serve opens the house; furnish is done to it before.
func (r *run) serve(l net.Listener, furnish func(*app.App)) error {
	a, err := app.New(r.ctx, r.config)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	furnish(a)
	fmt.Fprintf(r.stderr, "Neike %s is at %s\n", r.config.Version, address(l))
	code, err := a.SetupCode(r.ctx)
	if err != nil {
		return errors.Join(err, l.Close(), a.Close())
	}
	if code != "" {
		fmt.Fprintf(r.stderr, "Nobody is in this house yet: open %s/setup with the setup code %s\n", address(l), code)
	}
	return errors.Join(a.Run(r.ctx, l), a.Close())
}

func address(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

type demoCmd struct {
	Listen   *string `help:"Address to serve on (default 127.0.0.1:8080)." placeholder:"ADDR"`
	Requests int     `default:"4000" help:"How many requests the company made in the last twelve months."`
	Today    string  `help:"Last day of the story (2026-11-21). Default: today." placeholder:"DATE"`
}

// Help is shown below the usage.
func (demoCmd) Help() string {
	return `Examples:
  neike demo --data demo --listen 127.0.0.1:8080
  neike demo --data small --requests 300 --today 2026-11-21`
}

func (c demoCmd) Run(r *run) error {
	l, err := net.Listen("tcp", r.settings.override("listen", c.Listen))
	if err != nil {
		return err
	}
	if c.Requests < 0 {
		return errors.Join(misuse{"--requests takes a number from 0 on"}, l.Close())
	}
	o := demo.Options{Requests: c.Requests}
	if c.Today != "" {
		if o.Today, err = time.ParseInLocation("2006-01-02 15:04", c.Today+" 17:00", time.Local); err != nil {
			return errors.Join(misuse{"--today takes a date such as 2026-11-21"}, l.Close())
		}
	}
	if err := r.filled(o); err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintf(r.stdout, "Sign in at %s/signin with the password %s as\n", address(l), demo.Password)
	for _, p := range demo.People {
		fmt.Fprintf(r.stdout, "  %s  %-13s  %s\n", p.No, p.Role, p.Name)
	}
	return r.serve(l, demo.Furnish)
}

// filled makes the demo company in a folder that nobody else has, nor gets before the house is open: what another command
// wrote into it would be lost, or in the way.
func (r *run) filled(o demo.Options) error {
	lock, err := app.HoldToFill(r.config.Data)
	if err != nil {
		return err
	}
	r.config.Lock = lock
	if err := r.company(o); err != nil {
		return errors.Join(err, lock.Release())
	}
	if r.config.DatabaseURL != "" {
		r.config.Lock = nil
		return lock.Release()
	}
	return lock.Filled()
}

// company makes the demo company where there is none yet. On SQLite it grows in a folder of its own and moves in when
// it is complete, so that an interrupted start leaves nothing half.
func (r *run) company(o demo.Options) error {
	bar := progressTo(r.stderr)
	defer bar.done()
	o.Progress = func(done, total int) { bar.show(int64(done), int64(total), "demo company") }
	if r.config.DatabaseURL != "" {
		return r.companyOnPostgres(o)
	}
	if _, err := os.Stat(filepath.Join(r.config.Data, "neike.db")); err == nil {
		return nil
	}
	growing := r.config
	growing.Data, growing.Lock = filepath.Join(r.config.Data, "growing"), nil
	if err := os.RemoveAll(growing.Data); err != nil {
		return err
	}
	if err := os.MkdirAll(growing.Data, 0o700); err != nil {
		return err
	}
	if err := demo.Fill(r.ctx, growing, o); err != nil {
		return fmt.Errorf("demo company: %w", err)
	}
	return moveIn(growing.Data, r.config.Data)
}

// moveIn brings a grown company to disk and moves it up; the database comes last.
func moveIn(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == "neike.lock" || e.Name() == "neike.sock" || e.Name() == "neike.db" {
			continue
		}
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	f, err := os.Open(filepath.Join(from, "neike.db"))
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(from, "neike.db"), filepath.Join(to, "neike.db")); err != nil {
		return err
	}
	return os.RemoveAll(from)
}

func (r *run) companyOnPostgres(o demo.Options) error {
	a, err := app.New(r.ctx, r.config)
	if err != nil {
		return err
	}
	tree, err := a.Org.Tree(context.WithoutCancel(r.ctx))
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	if tree.Len() > 0 {
		return nil
	}
	if err := demo.Fill(r.ctx, r.config, o); err != nil {
		return fmt.Errorf("demo company: %w", err)
	}
	return nil
}
