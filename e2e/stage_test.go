package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-rod/rod"

	"neike/internal/app"
	"neike/internal/app/demo"
	"neike/internal/kit/webtest"
	"neike/internal/kit/webtest/chromium"
)

// began is the moment at which the company's story ends and the tests begin: a Friday morning, with a weekend ahead.
var began = time.Date(2026, 11, 20, 2, 24, 0, 0, time.UTC)

// stage is the product with its company.
type stage struct {
	*app.App
	base string // http://127.0.0.1:1234

	mu       sync.Mutex
	sessions map[string]string // by 工号
	skipped  atomic.Int64      // how far time went in leaps, in nanoseconds
	end      func() error
}

// later lets time leap.
func (s *stage) later(by time.Duration) { s.skipped.Add(int64(by)) }

// raise builds a company with n requests as configured and serves it. Time goes on from began.
func raise(c app.Config, n int) (*stage, error) {
	start := time.Now()
	c.Log = quiet()
	if err := demo.Fill(context.Background(), c, demo.Options{Requests: n, Today: began}); err != nil {
		return nil, fmt.Errorf("demo company: %w", err)
	}
	return open(c, start)
}

// quiet tells errors alone.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// open serves what is in a folder. Time goes on from began since start, and leaps when a test wants it (later).
func open(c app.Config, start time.Time) (*stage, error) {
	s := &stage{sessions: map[string]string{}}
	c.Log = quiet()
	c.Now = func() time.Time { return began.Add(time.Since(start) + time.Duration(s.skipped.Load())) }
	c.Fast = true
	a, err := app.New(context.Background(), c)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, l) }()
	s.App, s.base = a, "http://"+l.Addr().String()
	s.end = func() error {
		cancel()
		return errors.Join(<-ended, a.Close())
	}
	return s, nil
}

// session is the cookie of somebody who has signed in; everybody signs in once.
func (s *stage) session(t *testing.T, no string) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[no] == "" {
		c := webtest.New(t, s.base)
		c.Form("/signin", "login", no, "password", demo.Password).Is(303)
		s.sessions[no] = c.Cookie(sessionCookie)
		if s.sessions[no] == "" {
			t.Fatalf("%s has no session after signing in", no)
		}
	}
	return s.sessions[no]
}

// as is somebody's client without a browser, for what a test needs to know or to compare byte by byte.
func (s *stage) as(t *testing.T, no string) *webtest.Client {
	c := webtest.New(t, s.base)
	c.SetCookie(sessionCookie, s.session(t, no))
	return c
}

// shared is what all tests of the package use, made by the first that asks.
var shared struct {
	once    sync.Once
	dir     string
	stage   *stage
	browser *rod.Browser
	close   func() // of the browser
	err     error
}

const requests = 150

// house is the company on the embedded database.
func house(t *testing.T) *stage {
	t.Helper()
	bin := chromium.Find(t)
	shared.once.Do(func() { shared.err = furnish(bin) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.stage
}

func furnish(bin string) error {
	var err error
	if shared.dir, err = os.MkdirTemp("", "neike-e2e-"); err != nil {
		return err
	}
	started := make(chan error, 1)
	go func() {
		var err error
		shared.browser, shared.close, err = chromium.Launch(bin)
		started <- err
	}()
	shared.stage, err = raise(app.Config{Data: shared.dir}, requests)
	return errors.Join(err, <-started)
}

// TestMain lets more tests go side by side than there are processors: each mostly waits for its browser.
func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		_ = p.Value.Set(strconv.Itoa(runtime.GOMAXPROCS(0) + 1))
	}
	code := m.Run()
	if shared.browser != nil {
		shared.close()
	}
	if shared.stage != nil {
		if err := shared.stage.end(); err != nil {
			fmt.Fprintln(os.Stderr, "the house did not stop:", err)
			code = max(code, 1)
		}
	}
	_ = os.RemoveAll(shared.dir)
	os.Exit(code)
}
