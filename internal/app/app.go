package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"neike/internal/kit/audit"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/search"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// App is the composed product: open it with New, run it, close it.
type App struct {
	first  first       // the door of an empty house
	setUp  atomic.Bool // nobody has to be led any more
	Config Config
	Log    *slog.Logger
	DB     *sqldb.DB
	Bus    *event.Bus
	Jobs   *job.Queue
	Trail  *audit.Trail
	Search *search.Index
	Book   *lang.Book
	Mux    *web.Mux
	// Secrets seals what the house must read again and nobody may find in its database or a backup.
	Secrets *secret.Box
	Rooms

	checks    []Check
	replayers []Replayer
	figures   *figures
	standings standings
	lock      *Held // of the data folder; nil on PostgreSQL
}

// New opens the database, brings it up to date and composes the rooms. Nothing runs in the background until Run.
func New(ctx context.Context, c Config) (*App, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return nil, err
		}
	}
	a := &App{Config: c, Log: c.Log}
	var err error
	if a.lock, err = c.hold(); err != nil {
		return nil, err
	}
	if a.DB, err = open(ctx, c); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if err := a.compose(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func open(ctx context.Context, c Config) (*sqldb.DB, error) {
	conf := sqldb.Config{Now: c.Now, IDs: c.IDs, Log: c.Log, URL: c.DatabaseURL}
	if c.DatabaseURL == "" {
		if err := private(c.database(), c.search()); err != nil {
			return nil, err
		}
		conf.Path = c.database()
	}
	if c.Fast {
		conf.Synchronous = "off"
	}
	db, err := sqldb.Open(ctx, conf)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if _, err := db.Migrate(ctx, schemas()...); err != nil {
		return nil, errors.Join(fmt.Errorf("bring the database up to date: %w", err), db.Close())
	}
	return db, nil
}

// private makes files that only their owner reads, before a driver makes them for everybody: the folder may be one that
// others look into. What SQLite puts beside a file gets its rights.
func private(paths ...string) error {
	for _, path := range paths {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) compose(ctx context.Context) error {
	var err error
	if a.Book, err = lang.New(locales()...); err != nil {
		return err
	}
	a.Book.Clock = a.DB.Now
	a.figures = newFigures()
	a.Bus = event.NewBus(a.DB)
	a.Jobs = job.New(a.DB)
	if a.lock != nil {
		a.Jobs.Alone()
	}
	a.Trail = audit.New(a.DB, a.Bus)
	a.Search = search.New(a.DB, a.Bus)
	if err := a.furnish(ctx); err != nil {
		return err
	}
	a.doors()
	a.prove()
	return a.findable(ctx)
}

// Run serves l and the background work until ctx ends, then lets running requests finish.
func (a *App) Run(ctx context.Context, l net.Listener) error {
	thrift()
	if err := a.Bus.Begin(ctx); err != nil { // before the first page listens
		return errors.Join(quiet(err), l.Close())
	}
	server := &http.Server{
		Handler:           a.Mux,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.Work(ctx) })
	if a.lock != nil {
		group.Go(func() error { return a.control(ctx) })
	}
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		a.Mux.Live().Close()
		rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return server.Shutdown(rest)
	})
	return group.Wait()
}

// Work runs the followers and the jobs until ctx ends.
func (a *App) Work(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return quiet(a.Bus.Run(ctx)) })
	group.Go(func() error { return quiet(a.Jobs.Run(ctx)) })
	group.Go(func() error { return quiet(a.DB.Listen(ctx)) })
	return group.Wait()
}

func quiet(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Close gives everything back.
func (a *App) Close() error {
	var err error
	if a.Search != nil {
		err = a.Search.Close()
	}
	if a.DB != nil {
		err = errors.Join(err, a.DB.Close())
	}
	return errors.Join(err, a.lock.Release())
}

func locales() []fs.FS {
	var out []fs.FS
	for _, r := range furniture {
		if r.locale != nil {
			out = append(out, r.locale)
		}
	}
	return out
}

func schemas() []sqldb.Schema {
	var out []sqldb.Schema
	for _, r := range furniture {
		if r.schema != nil {
			out = append(out, sqldb.Schema{Room: r.name, FS: r.schema})
		}
	}
	return out
}
