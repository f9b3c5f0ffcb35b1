package demo_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/demo"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/request"
	"neike/internal/todo"
)

var friday = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// company is a built one, open at the end of its story.
type company struct {
	*testing.T
	*app.App
}

func build(t *testing.T, requests int, today time.Time) company {
	t.Helper()
	return grow(t, app.Config{Data: t.TempDir()}, requests, today)
}

// story is what a company is built from.
type story struct {
	requests int
	today    time.Time
}

var told = map[story]string{} // the folders of companies that were built, to be copied

// copied is such a company in a folder of its own: only the first is built.
func copied(t *testing.T, requests int, today time.Time) company {
	t.Helper()
	of := story{requests, today}
	if told[of] == "" {
		dir, err := os.MkdirTemp("", "neike-demo-")
		if err != nil {
			t.Fatal(err)
		}
		fill(t, app.Config{Data: dir}, requests, today)
		told[of] = dir
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(told[of])); err != nil {
		t.Fatal(err)
	}
	return visit(t, app.Config{Data: dir}, today)
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range told {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func grow(t *testing.T, c app.Config, requests int, today time.Time) company {
	t.Helper()
	fill(t, c, requests, today)
	return visit(t, c, today)
}

func fill(t *testing.T, c app.Config, requests int, today time.Time) {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	if err := demo.Fill(t.Context(), c, demo.Options{Requests: requests, Today: today}); err != nil {
		t.Fatal(err)
	}
}

// visit opens what was built at the end of its story.
func visit(t *testing.T, c app.Config, today time.Time) company {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	c.Now = func() time.Time { return today }
	a, err := app.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return company{t, a}
}

// own columns differ each time, and are meant to: salted hashes, and the process that did the work.
var own = []string{"signin_account.hash", "signin_poster.print", "signin_poster.sealed", "signin_claim.print", "signin_claim.hash", "signin_claim.number",
	"signin_session.print", "signin_link.print", "signin_link.code", "signin_device.print", "signin_history.hash", "directory_connection.hook", "directory_connection.secrets", "signin_factor.sealed", "signin_factor.step", "signin_recovery.print", "support_case.ref", "support_word.text", "event_cursor.holder", "event_cursor.until", "job_schedule.holder", "job_schedule.until"}

// digests are the contents of every table.
func (c company) digests() map[string]string {
	c.Helper()
	out := map[string]string{}
	text := func(row sqldb.Row) (s string, err error) { return s, row.Scan(&s) }
	err := c.DB.Read(c.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		tables, err := sqldb.All(ctx, rd, text, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.Contains(sqldb.OwnTables, table) {
				continue
			}
			columns, err := sqldb.All(ctx, rd, text, "select name from pragma_table_info($1)", table)
			if err != nil {
				return err
			}
			var parts []string
			for _, col := range columns {
				if !slices.Contains(own, table+"."+col) {
					parts = append(parts, `quote("`+col+`")`)
				}
			}
			rows, err := sqldb.All(ctx, rd, text, "select "+strings.Join(parts, " || '|' || ")+" as line from "+table+" order by line")
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			out[table] = fmt.Sprintf("%d rows %x", len(rows), sha256.Sum256([]byte(strings.Join(rows, "\n"))))
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
	return out
}

func TestTheSameOptionsGiveTheSameCompany(t *testing.T) {
	one, two := copied(t, 300, friday).digests(), build(t, 300, friday).digests()
	if len(one) < 30 {
		t.Fatalf("only %d tables", len(one))
	}
	for table, digest := range one {
		if two[table] != digest {
			t.Errorf("%s: %s, then %s", table, digest, two[table])
		}
	}
}

// Doctor finds nothing in it, on any day it ends.
func TestTheCompanyIsSound(t *testing.T) {
	c := build(t, 120, time.Date(2026, 10, 5, 20, 30, 0, 0, time.UTC)) // in the week of the national holiday, at night
	var out strings.Builder
	if err := c.Do(c.Context(), "doctor", &app.Call{Args: []byte(`{}`), Locale: "en", Out: &out}); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	c.homes()
}

func TestHomesAreAlive(t *testing.T) {
	for name, today := range map[string]time.Time{"friday": friday, "sunday": friday.AddDate(0, 0, 2), "monday morning": friday.AddDate(0, 0, 2).Add(16 * time.Hour)} {
		t.Run(name, func(t *testing.T) { copied(t, 60, today).homes() })
	}
}

// The organisation has its stories: a unit that went into another one, with what it had, somebody who is to leave and whose
// work goes to a colleague, two sites and two legal entities.
func TestTheOrganisationChanges(t *testing.T) {
	c := copied(t, 300, friday)
	tree, err := c.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.turns()
	gone, _ := tree.ByCode("proj3")
	if gone.Valid(friday) || !gone.Valid(friday.AddDate(-1, 0, 7)) {
		t.Errorf("Projects III lasts from %s to %s", gone.ValidFrom, gone.ValidTo)
	}
	plant, _ := tree.ByCode("production")
	site, _ := tree.ByID(tree.SiteOf(plant.ID))
	entity, _ := tree.ByID(tree.EntityOf(plant.ID))
	if site.Code != "suzhou" || entity.Code != "huaheng-sz" {
		t.Errorf("production is at %q of %q", site.Code, entity.Code)
	}
	states := map[string]string{}
	err = c.DB.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
			var kind, state string
			err := row.Scan(&kind, &state)
			states[kind] = state
			return err
		}, "select kind, state from org_change")
	})
	if err != nil || states["merge"] != "done" || states["leaving"] != "planned" {
		t.Errorf("the changes are %v, %v", states, err)
	}
}

// The map has its stories: Marketing and Production said that they work together, and do not; Production was served late by
// Procurement until summer.
func TestTheMapHasItsStories(t *testing.T) {
	c := copied(t, 300, friday)
	ctx := actor.System(c.Context())
	w, err := c.Relation.Walls(ctx, org.Department)
	if err != nil {
		t.Fatal(err)
	}
	wall := slices.ContainsFunc(w.Walls, func(x relation.Wall) bool {
		return w.Units[x.A].Code == "marketing" && w.Units[x.B].Code == "production" && slices.Contains(x.Kinds, relation.WallNothing) && x.Cases == 0
	})
	if !wall {
		t.Errorf("no wall between Marketing and Production: %+v", w.Walls)
	}
	year, _ := relation.ParsePeriod("2026")
	chain, err := c.Relation.Chain(ctx, relation.GraphFilter{Unit: "production", Level: org.Department, Period: year})
	if err != nil {
		t.Fatal(err)
	}
	late, told := int64(0), false
	for _, l := range chain.In {
		if l.Provider.Code == "procurement" {
			late = l.Breached
		}
		told = told || len(l.HandOvers) > 0
	}
	c.accounts()
	if late == 0 || !told {
		t.Errorf("Procurement was late %d times; what comes in is described: %v", late, told)
	}
}

// TestTheStoriesAreOnHomes: the relation that broke, the fast but wrong service, the one that waits for its supplier, the wall and the one that
// improved are lines of the executive's home, and those that the quality office works on are on its.
func TestTheStoriesAreOnHomes(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a company as large as people see it")
	}
	c := copied(t, 4000, friday)
	door := httptest.NewServer(c.Mux)
	t.Cleanup(door.Close)
	for no, want := range map[string][]string{
		"1002": {"财务部 → 项目一部", "做得快，错得多", "信息技术部 → ", "设备动力部 → 生产部", "的时间在等采购", "市场部 ⇌ 生产部", "采购部 → 生产部"},
		"1001": {"财务部 → 项目一部", "设备动力部 → 生产部", "的时间在等采购", "市场部 ⇌ 生产部", "采购部 → 生产部", "走到哪一步"},
	} {
		page := webtest.New(t, door.URL)
		page.Form("/signin", "login", no, "password", demo.Password).Is(303)
		for _, x := range want {
			page.Get("/").Is(200).Shows("#home", x)
		}
	}
}

// accounts compares each cell of the matrix with the account of its two units, promises and units that went into others included.
func (c company) accounts() {
	c.Helper()
	ctx := actor.System(c.Context())
	year, _ := relation.ParsePeriod("2026")
	m, err := c.Relation.Matrix(ctx, year, org.Department)
	if err == nil {
		err = c.Relation.AddIndexes(ctx, m, relation.AccountMeasure)
	}
	if err != nil {
		c.Fatal(err)
	}
	known := 0
	for _, cell := range m.Cells {
		p, k := m.Units[cell.Provider], m.Units[cell.Customer]
		if p.Level != org.Department || k.Level != org.Department || p.ID == k.ID { // of units above, what is below is a cell of its own
			continue
		}
		a, err := c.Relation.Account(ctx, p.Code, k.Code)
		if err != nil {
			c.Fatal(err)
		}
		if math.Abs(a.Index-cell.Index.Value) > 0.01 || a.Enough != cell.Index.Known { // some milliseconds lie between the two
			c.Errorf("%s → %s: %v in the matrix, %v on its page", p.Code, k.Code, cell.Index.Value, a.Index)
		}
		if a.Enough {
			known++
		}
	}
	if known < 5 {
		c.Errorf("%d accounts have enough to go by", known)
	}
}

// Whoever tries the way in finds people to help: newcomers at a poster, one of whom it does not fit, and somebody with a
// second factor.
func TestSomebodyIsAtTheDoor(t *testing.T) {
	c := copied(t, 60, friday)
	id := func(no string) int64 {
		p, err := c.Org.PersonByNo(t.Context(), no)
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	secretary, err := c.Org.ActorOf(t.Context(), id("1008"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Signin.ActivationList(actor.With(t.Context(), secretary))
	if err != nil || len(list.Posters) != 1 || len(list.Waiting) != 2 || len(list.Unknown) != 1 {
		t.Errorf("%d posters, %d wait, %d fit nobody, %v", len(list.Posters), len(list.Waiting), len(list.Unknown), err)
	}
	a, err := c.Signin.AccountOf(actor.System(t.Context()), id("1019"))
	if err != nil || a.Factors != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}

// On PostgreSQL, and with a public address, the company grows by the same steps.
func TestOnPostgreSQL(t *testing.T) {
	c := grow(t, app.Config{Data: t.TempDir(), URL: "https://neike.example.com", DatabaseURL: dbtest.URL(t, app.Schemas()...)}, 60, friday)
	c.homes()
	c.accounts()
}

// homes looks at what those find who sign in first.
func (c company) homes() {
	c.Helper()
	for no, want := range map[string]home{
		"1008": {verbs: []string{"answer", "accept", "rate"}, waiting: 2},
		"1005": {verbs: []string{"deliver", "accept"}, soon: 3, late: 1, paused: 1, waiting: 1},
		"1004": {verbs: []string{"deliver", "answer"}, soon: 1, waiting: 1},
		"1002": {verbs: []string{"accept"}, waiting: 2},
		"1001": {verbs: []string{"deliver", "accept"}, soon: 1, waiting: 1},
	} {
		got := c.home(no)
		for _, verb := range want.verbs {
			if !slices.Contains(got.verbs, verb) {
				c.Errorf("%s has nothing to %s", no, verb)
			}
		}
		if got.soon < want.soon || got.late < want.late || got.paused < want.paused || got.waiting < want.waiting {
			c.Errorf("the home of %s: %+v, want at least %+v", no, got, want)
		}
		if got.stale > 0 {
			c.Errorf("%s is asked for %d things older than six weeks", no, got.stale)
		}
	}
}

type home struct {
	verbs              []string
	soon, late, paused int // of what is to be delivered
	waiting, stale     int
}

func (c company) home(no string) (h home) {
	c.Helper()
	p, err := c.Org.PersonByNo(c.Context(), no)
	if err != nil {
		c.Fatal(err)
	}
	who, err := c.Org.ActorOf(c.Context(), p.ID)
	if err != nil {
		c.Fatal(err)
	}
	ctx := lang.With(actor.With(c.Context(), who), c.Book, "zh", "Asia/Shanghai")
	todos, err := c.Todo.Mine(ctx, todo.Filter{Holder: "person", Limit: 200})
	if err != nil {
		c.Fatal(err)
	}
	now := c.DB.Now()
	for _, e := range todos.Items {
		h.verbs = append(h.verbs, e.Verb)
		if now.Sub(e.Since) > 42*24*time.Hour {
			h.stale++
		}
		switch {
		case e.Verb != "deliver":
		case e.Due.IsZero():
			h.paused++
		case e.Due.Before(now):
			h.late++
		case e.Due.Sub(now) < 6*24*time.Hour:
			h.soon++
		}
	}
	mine, err := c.Request.List(ctx, request.Filter{Mine: true, State: "open"})
	if err != nil {
		c.Fatal(err)
	}
	for _, l := range mine.Items {
		if l.State == request.StateNew || l.State == request.StateWorking {
			h.waiting++
		}
	}
	return h
}

// Inboxes hold what is new, not what was read by acting on it.
func TestInboxesAreRead(t *testing.T) {
	c := copied(t, 300, friday)
	var unread, stale int
	err := c.DB.Read(c.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		if unread, err = sqldb.Value[int](ctx, rd, "select count(*) from talk_unread"); err != nil {
			return err
		}
		stale, err = sqldb.Value[int](ctx, rd, `
select count(*)
from talk_unread u
join talk_message m on m.id = u.message
where m.at < $1`, friday.AddDate(0, 0, -14))
		return err
	})
	if err != nil || stale > 0 || unread == 0 || unread > 80 {
		t.Errorf("%d unread, %d of them older than two weeks, %v", unread, stale, err)
	}
}

// turns looks for what the two sides did not simply agree on: somebody can read how each of it goes.
func (c company) turns() {
	c.Helper()
	kinds, led := map[string]int{}, ""
	err := c.DB.Read(c.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
			var kind string
			var n int
			err := row.Scan(&kind, &n)
			kinds[kind] = n
			return err
		}, "select kind, count(*) from request_event where kind <> 'accept' or actor = 0 group by kind")
		if err != nil {
			return err
		}
		led, err = sqldb.Value[string](ctx, rd, "select s.code || ' ' || n.code from catalog_service s join catalog_service n on n.id = s.successor where s.state = 'retired'")
		return err
	})
	if err != nil || led != "it.wiki it.account" {
		c.Errorf("retired and what follows: %q, %v", led, err)
	}
	for _, kind := range []request.Verb{request.VerbReopen, request.VerbContest, request.VerbKeep, request.VerbAppeal, request.VerbVoid, request.VerbCause, request.VerbCauseDispute, request.VerbCauseDecide, request.VerbMerge, request.VerbAccept} {
		if kinds[string(kind)] == 0 {
			c.Errorf("nobody has done %s", kind)
		}
	}
}
