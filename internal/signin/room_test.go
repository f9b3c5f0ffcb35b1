package signin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/assets"
	"neike/internal/directory"
	"neike/internal/kit/actor"
	"neike/internal/kit/audit"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/webtest"
	"neike/internal/org"
	"neike/internal/signin"
)

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "job", FS: job.Schema}, {Room: "audit", FS: audit.Schema}, {Room: "web", FS: web.Schema},
	{Room: "org", FS: org.Schema}, {Room: "directory", FS: directory.Schema}, {Room: "signin", FS: signin.Schema},
}

const password = "ein Satz den man behält"

// room is signin with the people 1001 (administrator and security officer), 2001 (secretary of finance), 2002 and 2003.
type room struct {
	*signin.Service
	*webtest.Client
	t   *testing.T
	db  *sqldb.DB
	org *org.Service
	bus *event.Bus
	box *secret.Box
	dir *directory.Service
	ids map[string]int64
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(t, furnish(t, db)) })
}

func box(t *testing.T) *secret.Box {
	t.Helper()
	b, err := secret.New([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func furnish(t *testing.T, db *sqldb.DB) *room {
	t.Helper()
	return furnishAt(t, db, "https://neike.example.com")
}

// furnishAt is furnish with a public address; "" is whatever the reader used.
func furnishAt(t *testing.T, db *sqldb.DB, url string) *room {
	t.Helper()
	book, err := lang.New(web.Locale, ui.Locale, org.Locale, directory.Locale, signin.Locale)
	if err != nil {
		t.Fatal(err)
	}
	if m := book.Missing(); len(m) > 0 {
		t.Fatal(m)
	}
	r := &room{t: t, db: db, bus: event.NewBus(db), ids: map[string]int64{}}
	r.org = org.New(db, r.bus)
	r.box = box(t)
	r.org.AddressBy(url)
	r.dir = directory.New(db, r.bus, job.New(db), r.org, r.box)
	r.Service = signin.New(db, r.bus, r.org, r.dir, r.box)
	ctx := lang.With(actor.System(t.Context()), book, "zh", "Asia/Shanghai")
	for _, u := range []org.UnitInput{{Code: "root", NameZh: "华衡", Level: "entity"}, {Code: "finance", NameZh: "财务部", Parent: "root"}} {
		if _, err := r.org.SaveUnit(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []org.PersonInput{
		{No: "1001", Name: "顾清和", Unit: "root"},
		{No: "2001", Name: "许慧", Unit: "finance", Phone: "13800000001"},
		{No: "2002", Name: "陈思远", Unit: "finance", Phone: "13800000002", Email: "Chen@Example.com"},
		{No: "2003", Name: "罗佳", Unit: "finance", Phone: "13800000001"}, // shares a phone with 2001
	} {
		made, err := r.org.SavePerson(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		r.ids[p.No] = made.ID
	}
	for no, roles := range map[string][]string{"1001": {"admin", "security"}, "2001": {"secretary@finance"}} {
		if err := r.org.SetRoles(ctx, no, roles, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.SetPasswords(ctx, []int64{r.ids["1001"], r.ids["2001"], r.ids["2002"]}, password); err != nil {
		t.Fatal(err)
	}
	m := web.New(web.Options{Book: book, Who: r.Who, SignIn: r.SignInPage, DB: db, Gate: func(ctx context.Context, action string) error {
		if strings.HasSuffix(action, ".reset") && !actor.From(ctx).Has("admin") {
			return fault.New(fault.Denied, "not-found")
		}
		return nil
	}})
	r.Mount(m)
	m.Handle("GET /assets/", assets.Handler())
	m.Page(web.Route{Pattern: "GET /{$}", Action: web.SignedIn, Do: func(w http.ResponseWriter, r *http.Request) error {
		_, err := w.Write([]byte(actor.From(r.Context()).No))
		return err
	}})
	r.Client = webtest.Serve(t, m)
	return r
}

// as is the context of a person.
func (r *room) as(no string) context.Context {
	r.t.Helper()
	who, err := r.org.ActorOf(r.t.Context(), r.ids[no])
	if err != nil {
		r.t.Fatal(err)
	}
	return actor.With(r.t.Context(), who)
}

func (r *room) enter(c *webtest.Client, login, password string) *webtest.Answer {
	r.t.Helper()
	return c.Form("/signin", "login", login, "password", password)
}

func (r *room) token(no string, scopes ...string) *webtest.Client {
	r.t.Helper()
	_, key, err := r.MakeToken(actor.System(r.t.Context()), r.ids[no], "test", scopes, time.Time{})
	if err != nil {
		r.t.Fatal(err)
	}
	return r.With(key)
}

func key(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return ""
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Key
	}
	return f.Key
}

func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		for name, login := range map[string]string{"by number": "2002", "by phone": "+86 138 0000 0002", "by mail": " chen@example.COM ", "full-width": "１３８００００ ０００２", "with 0086": "008613800000002", "full-width number": "２００２",
			"copied from a telephone": "\u202d+86 138\u00a00000\u00a00002\u202c", "with dots": "138.0000.0002", "with a space in it": "20 02"} {
			c := r.Fresh()
			r.enter(c, login, password).Is(303).Leads("/")
			if got := string(c.Get("/").Is(200).Body); got != "2002" {
				t.Errorf("%s: signed in as %q", name, got)
			}
		}
		c := r.Fresh()
		c.Get("/").Is(303).Leads("/signin")
		c.Get("/me?x=1").Is(303).Leads("/signin?to=%2Fme%3Fx%3D1")
		c.Form("/signin", "login", "2002", "password", password, "to", "/me?x=1").Is(303).Leads("/me?x=1")
		r.Fresh().Form("/signin", "login", "2002", "password", password, "to", "https://evil.example").Is(303).Leads("/")
		c.Get("/signin").Is(303).Leads("/")
		c.Form("/signout").Is(303).Leads("/signin")
		c.Get("/").Is(303)
	})
}

func TestWrongAndUnknownLookTheSame(t *testing.T) {
	for kind, logins := range map[string][]string{
		"numbers": {"2002", "9999", "2003"},                      // known, unknown, without password
		"phones":  {"13800000002", "13800000001", "13900000009"}, // of one, of two, of nobody
	} {
		t.Run(kind, func(t *testing.T) {
			each(t, func(t *testing.T, r *room) {
				said := map[string][]string{}
				for _, login := range logins {
					c := r.Fresh()
					for range signin.MaxTries + 2 {
						a := r.enter(c, login, "wrong wrong wrong").Is(422)
						said[login] = append(said[login], strings.ReplaceAll(string(a.Body), login, "LOGIN"))
					}
				}
				for login, pages := range said {
					for i, page := range pages {
						if page != said[logins[0]][i] {
							t.Errorf("try %d of %s looks different from a known one:\n%s\n%s", i, login, page, said[logins[0]][i])
						}
					}
				}
				if a := r.enter(r.Fresh(), "2002", password).Is(422); !strings.Contains(string(a.Body), "锁定") {
					t.Error("a locked account opens with the right password")
				}
				dbtest.Clock(r.db).Advance(signin.LockTime + time.Second)
				r.enter(r.Fresh(), "2002", password).Is(303)
			})
		})
	}
}

// TestUnknownTakesAsLong compares the work, by its medians: both do one argon2id.
func TestUnknownTakesAsLong(t *testing.T) {
	signin.Dear(t)
	var said string
	for range 8 { // a busy machine makes one of the two longer now and then, and not every time
		r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
		took := map[string]time.Duration{} // the shortest of three: more tries would be refused at once
		for range 3 {
			for _, login := range []string{"2002", "8888"} {
				began := time.Now()
				_, err := r.SignIn(t.Context(), signin.In{Login: login, Password: "wrong wrong wrong"})
				if fault.KindOf(err) != fault.Invalid {
					t.Fatal(err)
				}
				if spent := time.Since(began); took[login] == 0 || spent < took[login] {
					took[login] = spent
				}
			}
		}
		if ratio := float64(took["8888"]) / float64(took["2002"]); ratio >= 0.5 && ratio <= 2 {
			return
		}
		said = fmt.Sprintf("known %s, unknown %s", took["2002"], took["8888"])
	}
	t.Error(said)
}

func TestAddressesWait(t *testing.T) {
	r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
	var err error
	for i := range 40 {
		in := signin.In{Login: "no" + strings.Repeat("x", i), Password: "wrong wrong", Address: "203.0.113.7"}
		if _, err = r.SignIn(t.Context(), in); fault.KindOf(err) == fault.TooMany {
			break
		}
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.TooMany || f.RetryAfter <= 0 {
		t.Fatalf("guessing from one address goes on: %v", err)
	}
	if _, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password, Address: "203.0.113.8"}); err != nil {
		t.Errorf("another address suffers: %v", err)
	}
}

func TestTriesAtOnceAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		var all sync.WaitGroup
		var let atomic.Int32
		for range 2 * signin.MaxTries {
			all.Go(func() {
				_, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: "wrong wrong wrong"})
				if key(err) == "signin.wrong" {
					let.Add(1)
				}
			})
		}
		all.Wait()
		if _, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password}); key(err) != "signin.locked" {
			t.Errorf("ten at once do not lock: %v", err)
		}
	})
}

func TestSessionFixation(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		planted := c.Cookie("neike")
		victim := r.Fresh()
		victim.SetCookie("neike", planted)
		r.enter(victim, "2001", password).Is(303)
		if victim.Cookie("neike") == planted {
			t.Error("signing in keeps the cookie that was there before")
		}
		c.Get("/").Is(303) // the planted session has ended and is nobody's
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		here, there := r.Fresh(), r.Fresh()
		r.enter(here, "2002", password).Is(303)
		r.enter(there, "2002", password).Is(303)
		here.Get("/me").Is(200).Shows("#sessions", "这台")
		here.Form("/me/sessions/end").Is(303).Leads("/me")
		there.Get("/").Is(303)
		here.Get("/").Is(200)

		list, err := r.Sessions(r.as("2002"))
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		if err := r.EndSession(r.as("2001"), list[0].ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("another's session: %v", err)
		}
		if err := r.EndSession(r.as("2002"), list[0].ID); err != nil {
			t.Fatal(err)
		}
		here.Get("/").Is(303)

		r.enter(here, "2002", password).Is(303)
		if err := r.org.Deactivate(actor.System(t.Context()), "2002"); err != nil {
			t.Fatal(err)
		}
		here.Get("/").Is(303)
		r.enter(r.Fresh(), "2002", password).Is(422)
	})
}

func TestSessionRunsOut(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		made, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		ask := func() int64 {
			q, _ := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
			q.AddCookie(&http.Cookie{Name: "neike", Value: made.Secret})
			other := signin.New(r.db, r.bus, r.org, r.dir, r.box) // has nothing in memory
			who, err := other.Who(q)
			if err != nil {
				t.Fatal(err)
			}
			return who.Person
		}
		clock := dbtest.Clock(r.db)
		clock.Advance(signin.SessionIdle - time.Hour)
		if ask() == 0 {
			t.Fatal("ended before its time")
		}
		clock.Advance(signin.SessionIdle - time.Hour)
		if ask() == 0 {
			t.Fatal("use does not prolong it")
		}
		clock.Advance(signin.SessionIdle + time.Hour)
		if ask() != 0 {
			t.Error("does not end")
		}
		if err := r.Purge(actor.System(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

func TestPagesInEnglish(t *testing.T) {
	r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
	c := r.Fresh()
	c.Lang = "en"
	c.Get("/signin").Is(200).Shows("label", "Employee number")
	c.Form("/look", "locale", "zh", "theme", "dark", "back", "/signin").Is(303).Leads("/signin")
	c.Get("/signin").Is(200).Shows("label", "工号")
	if c.Cookie("theme") != "dark" {
		t.Error("the theme is not kept")
	}
}

func TestAnotherSiteCannotSignIn(t *testing.T) {
	r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
	c := r.Fresh()
	q, err := http.NewRequestWithContext(t.Context(), "POST", c.Base+"/signin", strings.NewReader("login=2002&password="+password))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "cross-site")
	c.Do(q).Is(403)
}

func withCookie(ctx context.Context, secret string) *http.Request {
	q, _ := http.NewRequestWithContext(ctx, "GET", "/", nil)
	q.AddCookie(&http.Cookie{Name: "neike", Value: secret})
	return q
}

// events counts what was announced.
func (r *room) events(kind string) int {
	r.t.Helper()
	n := 0
	err := r.db.Read(r.t.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = sqldb.Value[int](ctx, rd, "select count(*) from outbox where kind = $1", kind)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}
