package delivery

import (
	"context"
	"testing"
	"time"

	"neike/content"
	"neike/internal/access"
	"neike/internal/app/importer"
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
	"neike/internal/kit/xlsx"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/talk"
	"neike/internal/todo"
	"neike/internal/view"
)

// house is a small company with finance and it as providers and project as customer:
// 1001 quality and administrator; finance: 2001 head, 2002 and 2003 agents; it: 2101 head, 2102 agent;
// project: 3001 head, 3002 and 3003 employees; sales: 4001. 9001 executive.
type house struct {
	*Service
	t    testing.TB
	db   *sqldb.DB
	bus  *event.Bus
	jobs *job.Queue
	book *lang.Book
	ctx  context.Context // the system
}

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "job", FS: job.Schema}, {Room: "web", FS: web.Schema},
	{Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema}, {Room: "disclose", FS: disclose.Schema}, {Room: "calendar", FS: calendar.Schema},
	{Room: "clock", FS: clock.Schema}, {Room: "todo", FS: todo.Schema}, {Room: "talk", FS: talk.Schema},
	{Room: "relation", FS: relation.Schema}, {Room: "catalog", FS: catalog.Schema}, {Room: "view", FS: view.Schema}, {Room: "delivery", FS: Schema},
	{Room: "importer", FS: importer.Schema},
}

func each(t *testing.T, fn func(t *testing.T, h house)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(t, build(t, db)) })
}

// quick is each on SQLite alone: for what does not touch the engine.
func quick(t *testing.T) house {
	t.Helper()
	return build(t, dbtest.Open(t, sqldb.SQLite, schemas))
}

// wire makes the rooms on a database.
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
	s := New(db, bus, jobs, Rooms{Org: people, Access: grants, Calendar: calendars, Clock: clocks, Todo: todos, Talk: talks,
		Relation: relations, Catalog: services, View: view.New(db, bus, people, grants)})
	book, err := lang.New(ui.Locale, web.Locale, form.Locale, org.Locale, access.Locale, disclose.Locale, calendar.Locale, clock.Locale, todo.Locale,
		talk.Locale, relation.Locale, view.Locale, catalog.Locale, importer.Locale, xlsx.Locale, Locale)
	must(t, err)
	book.Clock = db.Now
	ctx := lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai")
	return house{Service: s, t: t, db: db, bus: bus, jobs: jobs, book: book, ctx: ctx}
}

func build(t testing.TB, db *sqldb.DB) house {
	t.Helper()
	h := wire(t, db)
	for _, u := range []org.UnitInput{
		{Code: "hq", NameZh: "总部", NameEn: "Head office", Level: "entity"},
		{Code: "finance", NameZh: "财务部", NameEn: "Finance", Parent: "hq"},
		{Code: "it", NameZh: "信息技术部", NameEn: "IT", Parent: "hq"},
		{Code: "project", NameZh: "项目一部", NameEn: "Project 1", Parent: "hq"},
		{Code: "sales", NameZh: "销售部", NameEn: "Sales", Parent: "hq"},
	} {
		_, err := h.Org.SaveUnit(h.ctx, u)
		must(t, err)
	}
	for _, p := range []org.PersonInput{
		{No: "1001", Name: "质量", Unit: "hq"},
		{No: "2001", Name: "郑财", Unit: "finance"}, {No: "2002", Name: "陈思远", Unit: "finance"}, {No: "2003", Name: "罗佳", Unit: "finance"},
		{No: "2101", Name: "吴信", Unit: "it"}, {No: "2102", Name: "孙息", Unit: "it"},
		{No: "3001", Name: "冯项", Unit: "project"}, {No: "3002", Name: "周敏", NameEn: "Zhou Min", Unit: "project"}, {No: "3003", Name: "卫目", Unit: "project"},
		{No: "4001", Name: "蒋销", Unit: "sales"}, {No: "9001", Name: "总经理", Unit: "hq"},
	} {
		_, err := h.Org.SavePerson(h.ctx, p)
		must(t, err)
	}
	for no, roles := range map[string][]string{
		"1001": {"quality", "admin"}, "9001": {"executive"},
		"2001": {"head@finance"}, "2101": {"head@it"}, "3001": {"head@project"},
	} {
		must(t, h.Org.SetRoles(h.ctx, no, roles, 0))
	}
	for _, name := range []string{"finance", "it"} {
		data, ok := content.Pack(name)
		if !ok {
			t.Fatal("no pack " + name)
		}
		out, err := h.Catalog.Import(h.ctx, name, data, false)
		must(t, err)
		if len(out.Problems) > 0 {
			t.Fatal(out.Problems)
		}
	}
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is the context of a person.
func (h house) as(no string) context.Context {
	h.t.Helper()
	p, err := h.Org.PersonByNo(h.ctx, no)
	must(h.t, err)
	a, err := h.Org.ActorOf(h.ctx, p.ID)
	must(h.t, err)
	return actor.With(h.ctx, a)
}

// later moves the clock on and says where it stands.
func (h house) later(by time.Duration) time.Time { return dbtest.Clock(h.db).Advance(by) }

// importing is the context of a person with a token of the import scope.
func (h house) importing(no string) context.Context {
	a := actor.From(h.as(no))
	a.Import, a.Token, a.Scopes = true, 1, []string{"read", "write", "import"}
	return actor.With(h.ctx, a)
}

// arrange lets finance bring the ageing list to the project and sales by the third workday of every month.
func (h house) arrange() Standing {
	h.t.Helper()
	st, err := h.Arrange(h.as("2001"), Arrangement{Service: "finance.aging", Schedule: Schedule{Every: "month", On: "workday 3", At: "17:00"}, Lead: 2, AcceptDays: 5,
		Customers: []CustomerInput{{Unit: "project", Receiver: "3002"}, {Unit: "sales"}}})
	must(h.t, err)
	return st
}

// work lets the jobs of the room run.
func (h house) work() {
	h.t.Helper()
	must(h.t, h.bus.Drain(h.ctx))
	_, err := h.jobs.RunDue(h.ctx)
	must(h.t, err)
	must(h.t, h.Clock.Breach(h.ctx))
	must(h.t, h.OpenDue(h.ctx))
	must(h.t, h.Lapse(h.ctx))
}
