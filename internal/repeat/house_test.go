package repeat

import (
	"context"
	"strings"
	"testing"
	"time"

	"neike/content"
	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/disclose"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/file"
	"neike/internal/kit/form"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/promise"
	"neike/internal/relation"
	"neike/internal/request"
	"neike/internal/routing"
	"neike/internal/talk"
	"neike/internal/todo"
	"neike/internal/view"
)

// house is a small company: finance serves (2001 head, 2002 agent), project asks (3001 head, 3002, 3003).
type house struct {
	*Service
	t    testing.TB
	db   *sqldb.DB
	book *lang.Book
	ctx  context.Context
}

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "job", FS: job.Schema}, {Room: "web", FS: web.Schema},
	{Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema}, {Room: "disclose", FS: disclose.Schema}, {Room: "calendar", FS: calendar.Schema},
	{Room: "clock", FS: clock.Schema}, {Room: "todo", FS: todo.Schema}, {Room: "talk", FS: talk.Schema},
	{Room: "relation", FS: relation.Schema}, {Room: "catalog", FS: catalog.Schema}, {Room: "view", FS: view.Schema}, {Room: "promise", FS: promise.Schema}, {Room: "routing", FS: routing.Schema}, {Room: "request", FS: request.Schema},
	{Room: "repeat", FS: Schema},
}

func each(t *testing.T, fn func(t *testing.T, h house)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(t, build(t, db)) })
}

// wire makes the rooms on a database: a second process on the same one.
func wire(t testing.TB, db *sqldb.DB) house {
	t.Helper()
	bus, jobs := event.NewBus(db), job.New(db)
	blobs, err := file.NewFolder(t.TempDir())
	must(t, err)
	people := org.New(db, bus)
	grants := access.New(db, people)
	calendars := calendar.New(db, bus, people)
	clocks := clock.New(db, bus, jobs, calendars)
	todos := todo.New(db, people, calendars)
	talks := talk.New(db, bus, jobs, people, grants, blobs)
	relations := relation.New(db, bus, relation.Rooms{Org: people, Access: grants, Disclose: disclose.New(db, bus, disclose.Rooms{Org: people, Access: grants}), Todo: todos})
	services := catalog.New(db, bus, people, grants, calendars)
	people.ServicesBy(services.IDByCode)
	promises := promise.New(db, bus, jobs, promise.Rooms{Org: people, Access: grants, Calendar: calendars, Todo: todos, Talk: talks, Relation: relations})
	asked := request.New(db, bus, jobs, request.Rooms{Promise: promises, Routing: routing.New(db, bus, jobs, routing.Rooms{Org: people, Access: grants, Calendar: calendars, Catalog: services}), Org: people, Access: grants, Calendar: calendars, Clock: clocks, Todo: todos, Talk: talks,
		Relation: relations, Catalog: services, View: view.New(db, bus, people, grants)})
	s := New(db, bus, jobs, Rooms{Org: people, Access: grants, Calendar: calendars, Todo: todos, Talk: talks, Catalog: services, Request: asked})
	book, err := lang.New(ui.Locale, web.Locale, form.Locale, org.Locale, access.Locale, disclose.Locale, calendar.Locale, clock.Locale, todo.Locale,
		talk.Locale, relation.Locale, view.Locale, promise.Locale, catalog.Locale, routing.Locale, request.Locale, Locale)
	must(t, err)
	book.Clock = db.Now
	ctx := lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai")
	return house{Service: s, t: t, db: db, book: book, ctx: ctx}
}

func build(t testing.TB, db *sqldb.DB) house {
	t.Helper()
	h := wire(t, db)
	for _, u := range []org.UnitInput{{Code: "hq", NameZh: "总部", Level: "entity"}, {Code: "finance", NameZh: "财务部", Parent: "hq"},
		{Code: "project", NameZh: "项目一部", Parent: "hq"}, {Code: "sales", NameZh: "销售部", Parent: "hq"}} {
		_, err := h.Org.SaveUnit(h.ctx, u)
		must(t, err)
	}
	for _, p := range []org.PersonInput{{No: "2001", Name: "郑财", Unit: "finance"}, {No: "2002", Name: "陈思远", Unit: "finance"},
		{No: "3001", Name: "冯项", Unit: "project"}, {No: "3002", Name: "周敏", Unit: "project"}, {No: "3003", Name: "卫目", Unit: "project"}, {No: "4001", Name: "蒋销", Unit: "sales"}} {
		_, err := h.Org.SavePerson(h.ctx, p)
		must(t, err)
	}
	for no, roles := range map[string][]string{"2001": {"head@finance"}, "3001": {"head@project"}} {
		must(t, h.Org.SetRoles(h.ctx, no, roles, 0))
	}
	data, _ := content.Pack("finance")
	out, err := h.Catalog.Import(h.ctx, "finance", data, false)
	must(t, err)
	if len(out.Problems) > 0 {
		t.Fatal(out.Problems)
	}
	h.on("2026-11-23 09:00")
	return h
}

// pack imports services of the finance department.
func (h house) pack(text string) {
	h.t.Helper()
	out, err := h.Catalog.Import(h.ctx, "finance", []byte(text), false)
	must(h.t, err)
	if len(out.Problems) > 0 {
		h.t.Fatal(out.Problems)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h house) as(no string) context.Context {
	h.t.Helper()
	p, err := h.Org.PersonByNo(h.ctx, no)
	must(h.t, err)
	a, err := h.Org.ActorOf(h.ctx, p.ID)
	must(h.t, err)
	return actor.With(h.ctx, a)
}

// on sets the clock.
func (h house) on(text string) {
	h.t.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	must(h.t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	must(h.t, err)
	dbtest.Clock(h.db).Set(at)
}

// monthly asks for an advance by the third workday of each month, three workdays ahead.
func monthly() Wanted {
	return Wanted{Service: "finance.advance", Title: "{月} 月备用金", Fields: map[string]any{"amount": "5000", "reason": "{月} 月现场备用金", "due": "2027-12-01"},
		Schedule: calendar.Schedule{Every: "month", On: "workday 3", At: "17:00"}, Step: 1, From: "2026-11-23", Lead: 3, CatchUp: CatchLast}
}

func (h house) make(no string, w Wanted) Template {
	h.t.Helper()
	t, err := h.Make(h.as(no), w)
	must(h.t, err)
	return t
}

// titles are the titles of what the person asked, the oldest first.
func (h house) titles(no string) []string {
	h.t.Helper()
	page, err := h.Request.List(h.as(no), request.Filter{Mine: true, State: "any"})
	must(h.t, err)
	var out []string
	for i := len(page.Items) - 1; i >= 0; i-- {
		out = append(out, page.Items[i].Title)
	}
	return out
}

func (h house) is(name string, want ...string) {
	h.t.Helper()
	if got := strings.Join(h.titles("3002"), "|"); got != strings.Join(want, "|") {
		h.t.Errorf("%s: asked %q, want %q", name, got, want)
	}
}

func (h house) due() { h.t.Helper(); must(h.t, h.OpenDue(h.ctx)) }
