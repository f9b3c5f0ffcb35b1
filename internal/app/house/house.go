// Package house starts the whole product in tests: on a port of its own, in a temporary folder, on either engine, with
// a clock the test moves when it wants.
package house

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/lang"
	"neike/internal/kit/webtest"
	"neike/internal/org"
)

// House is a running product.
type House struct {
	*app.App
	*webtest.Client // nobody's
	T               testing.TB
	stop            func() error
}

// Start runs the product on SQLite until the test ends.
func Start(t testing.TB) *House {
	t.Helper()
	return With(t, app.Config{Data: t.TempDir()})
}

// Each runs fn once per engine, on an empty house, side by side: it ends when the test does.
func Each(t *testing.T, fn func(t *testing.T, h *House)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, Start(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, With(t, app.Config{Data: t.TempDir(), DatabaseURL: dbtest.URL(t, app.Schemas()...)}))
	})
}

// Built is the product as configured, which nobody runs yet. A new folder begins with a database that is up to date: the
// migrations run once a process.
func Built(t testing.TB, c app.Config) (*app.App, error) {
	t.Helper()
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if file := filepath.Join(c.Data, "neike.db"); c.DatabaseURL == "" && missing(file) {
		if err := errors.Join(os.MkdirAll(c.Data, 0o700), os.WriteFile(file, dbtest.File(t, app.Schemas()...), 0o600)); err != nil {
			return nil, err
		}
	}
	return app.New(t.Context(), c)
}

// With runs the product as configured until the test ends.
func With(t testing.TB, c app.Config) *House {
	t.Helper()
	a, err := Built(t, c)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, l) }()
	stopped := false
	h := &House{App: a, T: t, Client: webtest.New(t, "http://"+l.Addr().String())}
	h.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return errors.Join(<-ended, a.Close())
	}
	t.Cleanup(func() {
		if err := h.stop(); err != nil {
			t.Errorf("the house did not stop: %v", err)
		}
	})
	return h
}

func missing(file string) bool {
	_, err := os.Stat(file)
	return errors.Is(err, os.ErrNotExist)
}

// Stop ends the house before the test does.
func (h *House) Stop() error { return h.stop() }

// System is the context of the house itself.
func (h *House) System() context.Context {
	return lang.With(actor.System(h.T.Context()), h.Book, "zh", "")
}

// As is the context of a person, by 工号.
func (h *House) As(no string) context.Context {
	h.T.Helper()
	who, err := h.Org.ActorOf(h.T.Context(), h.ID(no))
	if err != nil {
		h.T.Fatal(err)
	}
	return lang.With(actor.With(h.T.Context(), who), h.Book, "zh", "")
}

// ID is a person's, by 工号.
func (h *House) ID(no string) org.ID {
	h.T.Helper()
	p, err := h.Org.PersonByNo(h.T.Context(), no)
	if err != nil {
		h.T.Fatalf("%s: %v", no, err)
	}
	return p.ID
}

// Password is what people of Settle sign in with.
const Password = "ein Satz den man behält"

// Settle makes a small company: units root, finance and project, and people with Password:
// 1001 administrator, security officer and quality office (root); 2001 head of finance, 2002 and 2003 its agents;
// 3001 head of project, 3002 and 3003 its members; 4001 an executive (root).
func (h *House) Settle() *House {
	h.T.Helper()
	ctx := h.System()
	for _, u := range []org.UnitInput{
		{Code: "root", NameZh: "华衡", NameEn: "Huaheng", Level: "entity"},
		{Code: "finance", NameZh: "财务部", NameEn: "Finance", Parent: "root"},
		{Code: "project", NameZh: "项目部", NameEn: "Project", Parent: "root"},
	} {
		if _, err := h.Org.SaveUnit(ctx, u); err != nil {
			h.T.Fatal(err)
		}
	}
	var ids []org.ID
	for _, p := range []struct {
		no, name, unit string
		roles          []string
	}{
		{"1001", "顾清和", "root", []string{"admin", "security", "quality"}}, {"4001", "江一帆", "root", []string{"executive"}},
		{"2001", "许慧", "finance", []string{"head@finance"}}, {"2002", "陈思远", "finance", []string{"agent@finance"}},
		{"2003", "罗佳", "finance", []string{"agent@finance"}}, {"3001", "周敏", "project", []string{"head@project"}},
		{"3002", "林晓", "project", nil}, {"3003", "何川", "project", nil},
	} {
		made, err := h.Org.SavePerson(ctx, org.PersonInput{No: p.no, Name: p.name, Unit: p.unit})
		if err == nil && p.roles != nil {
			err = h.Org.SetRoles(ctx, p.no, p.roles, 0)
		}
		if err != nil {
			h.T.Fatalf("%s: %v", p.no, err)
		}
		ids = append(ids, made.ID)
	}
	if err := h.Signin.SetPasswords(ctx, ids, Password); err != nil {
		h.T.Fatal(err)
	}
	return h
}

// SignedIn is a browser in which the person has signed in.
func (h *House) SignedIn(no string) *webtest.Client {
	h.T.Helper()
	c := h.Fresh()
	c.Form("/signin", "login", no, "password", Password).Is(303)
	return c
}

// TokenOf is a program that acts for the person; no scopes means read and write.
func (h *House) TokenOf(no string, scopes ...string) *webtest.Client {
	h.T.Helper()
	_, key, err := h.Signin.MakeToken(h.System(), h.ID(no), "test", scopes, time.Time{})
	if err != nil {
		h.T.Fatal(err)
	}
	return h.With(key)
}
