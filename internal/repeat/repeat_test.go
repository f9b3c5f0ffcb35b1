package repeat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/content"
	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
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
	{Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema}, {Room: "calendar", FS: calendar.Schema},
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
	relations := relation.New(db, bus, people)
	services := catalog.New(db, bus, people, grants, calendars)
	people.ServicesBy(services.IDByCode)
	promises := promise.New(db, bus, jobs, promise.Rooms{Org: people, Access: grants, Calendar: calendars, Todo: todos, Talk: talks, Relation: relations})
	asked := request.New(db, bus, jobs, request.Rooms{Promise: promises, Routing: routing.New(db, bus, jobs, routing.Rooms{Org: people, Access: grants, Calendar: calendars, Catalog: services}), Org: people, Access: grants, Calendar: calendars, Clock: clocks, Todo: todos, Talk: talks,
		Relation: relations, Catalog: services, View: view.New(db, bus, people, grants)})
	s := New(db, bus, jobs, Rooms{Org: people, Access: grants, Calendar: calendars, Todo: todos, Talk: talks, Catalog: services, Request: asked})
	book, err := lang.New(ui.Locale, web.Locale, form.Locale, org.Locale, access.Locale, calendar.Locale, clock.Locale, todo.Locale,
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

func TestADateIsAskedAheadAndOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		h.due()
		h.is("nothing yet")
		h.on("2026-11-30 07:59") // needed on 3 December, three workdays ahead is 30 November
		h.due()
		h.is("a minute too early")
		h.on("2026-11-30 08:00")
		other := wire(t, h.db) // a second process
		var wg sync.WaitGroup
		for _, s := range []house{h, other, h, other} {
			wg.Go(func() {
				if err := s.OpenDue(h.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		h.is("asked once", "12 月备用金")
		h.on("2026-11-23 09:00") // the clock of the machine goes back
		h.due()
		h.on("2026-12-01 08:00")
		h.due()
		h.is("a clock that jumps asks nothing again", "12 月备用金")
		v, err := h.Template(h.as("3002"), x.Number)
		must(t, err)
		if len(v.Last) != 1 || v.Last[0].Slot != "2026-12" || v.Coming[0].Slot != "2027-01" {
			t.Errorf("its dates: %+v", v.Last)
		}
		r, err := h.Request.ByNumber(h.as("3002"), v.Last[0].Number)
		must(t, err)
		if !r.Wished.Equal(v.Last[0].Due) || !strings.Contains(r.Fields, "12 月现场备用金") {
			t.Errorf("wished %v, answers %s", r.Wished, r.Fields)
		}
	})
}

func TestAKillInTheMiddleLosesNothingAndAsksNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		h.on("2026-11-30 08:00")
		h.due()
		h.on("2026-12-31 08:00") // needed on 6 January
		st, due, err := h.nextStep(h.ctx, x.Number)
		must(t, err)
		if !due {
			t.Fatal("nothing is due")
		}
		owner, vetted, err := h.vet(h.ctx, st)
		must(t, err)
		killed := errors.New("killed")
		err = h.db.Write(owner, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := h.deal(ctx, tx, st.t, st, Date{}, vetted); err != nil {
				return err
			}
			return killed
		})
		if !errors.Is(err, killed) {
			t.Fatal(err)
		}
		h.is("the request went with the row of its date", "12 月备用金")
		h.due()
		h.due()
		h.is("and came once", "12 月备用金", "1 月备用金")
	})
}

func TestAfterAStandstill(t *testing.T) {
	for _, c := range []struct {
		name, catchUp string
		want          string
	}{
		{"only the last one", CatchLast, "报 48 周|报 51 周|报 52 周"},
		{"all of them", CatchAll, "报 48 周|报 49 周|报 50 周|报 51 周|报 52 周"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
			w := monthly()
			w.Title, w.Schedule, w.Lead, w.CatchUp = "报 {周} 周", calendar.Schedule{Every: "week", On: "fri", At: "17:00"}, 1, c.catchUp
			h.make("3002", w)
			h.on("2026-11-26 08:00")
			h.due()
			h.on("2026-12-24 09:00") // three Fridays have passed meanwhile, and the next one is tomorrow
			h.due()
			if got := strings.Join(h.titles("3002"), "|"); got != c.want {
				t.Errorf("asked %s, want %s", got, c.want)
			}
		})
	}
}

func TestOneDateIsSkippedOrChanged(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		_, err := h.Skip(h.as("3002"), x.Number, "2026-12", true)
		must(t, err)
		_, err = h.ChangeDate(h.as("3002"), x.Number, "2027-01", "年初备用金", nil)
		must(t, err)
		_, err = h.Skip(h.as("3002"), x.Number, "2026-10", true)
		fails(t, err, fault.Conflict)
		h.on("2027-01-04 08:00")
		h.due()
		h.is("December was skipped, January is another", "年初备用金")
		_, err = h.Skip(h.as("3002"), x.Number, "2027-01", true)
		fails(t, err, fault.Conflict) // asked already
	})
}

func fails(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("got %v, want %v", err, kind)
	}
}

func TestItStopsWhenItsServiceTakesItNoMoreAndGoesOnMended(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		service, err := h.Catalog.Visible(h.as("2001"), "finance.advance")
		must(t, err)
		asked := service.Form
		asked.Fields = append(asked.Fields, form.Field{Key: "project", Type: form.Text, Label: lang.Text{Zh: "项目编号", En: "Project"}, Required: true})
		_, err = h.Catalog.SetForm(h.as("2001"), "finance.advance", asked, 0)
		must(t, err)
		h.on("2026-11-30 08:00")
		h.due()
		h.due()
		h.is("nothing was asked")
		v, err := h.Template(h.as("3002"), x.Number)
		must(t, err)
		if v.State != Stopped || len(v.Fault) != 1 || !strings.Contains(v.Fault[0].Field, "project") {
			t.Fatalf("%s: %+v", v.State, v.Fault)
		}
		if owed := h.owed("3002"); owed != 1 {
			t.Errorf("its owner owes %d", owed)
		}
		_, err = h.Resume(h.as("3002"), x.Number) // nothing is mended: it stops again
		must(t, err)
		h.due()
		h.is("still nothing")
		w := monthly()
		w.Fields["project"] = "N-12"
		_, err = h.Change(h.as("3002"), x.Number, w, web.IfMatch{})
		must(t, err)
		if owed := h.owed("3002"); owed != 0 {
			t.Errorf("after mending its owner owes %d", owed)
		}
		h.due()
		h.is("mended, the date that was left behind is asked", "12 月备用金")
	})
}

// owed is how many templates a person is asked to look at.
func (h house) owed(no string) (n int) {
	h.t.Helper()
	page, err := h.Todo.Mine(h.as(no), todo.Filter{})
	must(h.t, err)
	for _, e := range page.Items {
		if e.Verb == mend {
			n++
		}
	}
	return n
}

func TestWhatIsWrongComesAtOnce(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	w := monthly()
	w.Title, w.Fields = "{谁知道} 备用金", map[string]any{"amount": "abc"}
	w.Schedule, w.Step, w.Lead, w.Until, w.OfUnit, w.Watchers = calendar.Schedule{Every: "month", On: "mon", At: "25:00"}, 99, 99, "2020-01-01", true, []string{"9999"}
	_, err := h.Make(h.as("3002"), w)
	f, ok := fault.As(err)
	if !ok {
		t.Fatal(err)
	}
	var names []string
	for _, x := range f.Fields {
		names = append(names, x.Name)
	}
	for _, want := range []string{"on", "at", "step", "lead", "until", "title", "watchers", "of_unit", "fields.amount", "fields.reason"} {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+want+" ") {
			t.Errorf("%s is not among %v", want, names)
		}
	}
}

func TestWhoKeepsAndSees(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	own := h.make("3002", monthly())
	_, err := h.Template(h.as("3001"), own.Number)
	fails(t, err, fault.NotFound) // not even the head
	w := monthly()
	w.OfUnit = true
	unit := h.make("3001", w)
	v, err := h.Template(h.as("3002"), unit.Number)
	must(t, err)
	if v.May {
		t.Error("anybody may change the unit's")
	}
	_, err = h.Pause(h.as("3002"), unit.Number)
	fails(t, err, fault.NotFound)
	_, err = h.Template(h.as("4001"), unit.Number)
	fails(t, err, fault.NotFound)
	_, err = h.Pause(h.as("3001"), unit.Number)
	must(t, err)
	h.on("2026-12-10 08:00")
	h.due()
	_, err = h.Resume(h.as("3001"), unit.Number)
	must(t, err)
	h.due()
	if got := h.titles("3001"); len(got) != 0 {
		t.Errorf("what fell due while it was paused was asked: %v", got)
	}
	u, rows, err := h.Forecast(h.as("2002"), "finance")
	must(t, err)
	if u.Code != "finance" || len(rows) != 1 || rows[0].All() != 2 {
		t.Errorf("finance is to expect %+v", rows)
	}
	_, _, err = h.Forecast(h.as("3002"), "finance")
	fails(t, err, fault.NotFound)
}

func TestATemplateGoesToWhoeverTakesOver(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		x := h.make("3002", monthly())
		p, err := h.Org.PersonByNo(h.ctx, "3003")
		must(t, err)
		for _, hold := range h.Holdings() {
			from, to := x.Owner, p.ID
			if hold.Code == "repeat.unit" {
				from, to = x.Unit, x.Unit
			}
			must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				done, err := hold.Hand(ctx, tx, org.Handing{From: from, To: to, Limit: 10})
				if done.Moved != 1 || done.Next != 0 {
					t.Errorf("%s moved %d", hold.Code, done.Moved)
				}
				return err
			}))
		}
		h.on("2026-11-30 08:00")
		h.due()
		h.is("not in the old name")
		if got := h.titles("3003"); len(got) != 1 {
			t.Errorf("in the new name: %v", got)
		}
	})
}

func TestAFullServiceIsAskedAgainLater(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	p := catalog.DefaultPolicy()
	p.WorkLimit, p.WhenFull = 1, catalog.FullRefuse
	_, err := h.Catalog.SetPolicy(h.as("2001"), "finance.advance", p, 0)
	must(t, err)
	first, err := h.Request.Open(h.as("4001"), request.Ask{Service: "finance.advance", Title: "先来的", Fields: map[string]any{"amount": "1", "reason": "先来的", "due": "2027-01-01"}})
	must(t, err)
	x := h.make("3002", monthly())
	h.on("2026-11-30 08:00")
	h.due()
	h.is("the service takes nothing")
	v, err := h.Template(h.as("3002"), x.Number)
	must(t, err)
	if v.State != Active {
		t.Fatalf("it is %s", v.State)
	}
	_, err = h.Request.Withdraw(h.as("4001"), first.Number, request.When{})
	must(t, err)
	dbtest.Clock(h.db).Advance(laterWhenFull)
	h.due()
	h.is("an hour later there is room", "12 月备用金")
}

// door is the house with its routes; requests say who asks in the header X-No.
func (h house) door() func(no, method, target, body string) *httptest.ResponseRecorder {
	mux := web.New(web.Options{Book: h.book, Gate: h.Access.Gate(), DB: h.db, Locale: "zh", Zone: "Asia/Shanghai", Who: func(r *http.Request) (actor.Actor, error) {
		p, err := h.Org.PersonByNo(h.ctx, r.Header.Get("X-No"))
		if err != nil {
			return actor.Actor{}, err
		}
		return h.Org.ActorOf(h.ctx, p.ID)
	}})
	mux.Page(h.Routes()...)
	mux.Page(h.Request.Routes()...)
	h.API(mux)
	return func(no, method, target, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set("X-No", no)
		r.Header.Set("Content-Type", "application/json")
		if method == http.MethodPost && !strings.HasPrefix(target, "/api") {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
}

func TestPagesAndCalls(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	send := h.door()
	page := func(no, method, target, body string, status int, words ...string) string {
		t.Helper()
		w := send(no, method, target, body)
		if w.Code != status {
			t.Fatalf("%s %s: %d, want %d\n%s", method, target, w.Code, status, w.Body)
		}
		for _, x := range words {
			if !strings.Contains(w.Body.String(), x) {
				t.Errorf("%s %s does not say %q", method, target, x)
			}
		}
		return w.Header().Get("Location")
	}
	page("3002", "GET", "/repeats", "", 200, "还没有周期请求")
	page("3002", "GET", "/repeats/new", "", 200, `name="service"`)
	page("3002", "GET", "/repeats/new?service=finance.advance", "", 200, `name="fields.amount"`, `id="preview"`, "自动提出")
	typed := "service=finance.advance&title=%E5%A4%87%E7%94%A8%E9%87%91&fields.amount=5000&fields.reason=x&fields.due=2027-12-01&every=month&on=workday+3&at=17:00&shift=before&step=1&month=0&lead=3&catch_up=last&from=2026-11-23"
	page("3002", "POST", "/repeats", typed+"&print=1", 200, `value="5000"`, `id="preview"`)
	page("3002", "POST", "/repeats", strings.Replace(typed, "at=17:00", "at=xx", 1)+"&lead=abc", 422, `value="5000"`, "data-errors")
	at := page("3002", "POST", "/repeats", typed, 303)
	page("3002", "GET", at, "", 200, `id="dates"`, `data-slot="2026-12"`, "跳过这次")
	page("3002", "POST", at+"/date", "slot=2026-12&do=skip", 303)
	page("3002", "POST", at+"/date", "slot=2025-12&do=skip", 409)
	page("3002", "GET", at, "", 200, "不跳过")
	page("3002", "GET", at+"/edit", "", 200, `value="5000"`)
	page("3002", "POST", at+"/edit", typed+"&revision=old", 412)
	page("3002", "POST", at+"/state", "to=pause", 303)
	page("3002", "POST", at+"/state", "to=pause", 409)
	page("3003", "GET", at, "", 404)
	to := page("3002", "POST", at+"/ask", "once=k1", 303)
	if again := page("3002", "POST", at+"/ask", "once=k1", 303); again != to {
		t.Errorf("pressed twice: %s and %s", to, again)
	}
	page("3002", "GET", to, "", 200, `id="again"`, "/repeats/new?from=")
	page("3002", "GET", "/repeats/new?from="+strings.TrimPrefix(to, "/requests/"), "", 200, `value="5000.00"`)
	page("3002", "GET", "/requests/new/finance.advance?again="+strings.TrimPrefix(to, "/requests/"), "", 200, `value="5000.00"`)
	page("2002", "GET", "/repeats/expected", "", 200)
	page("3002", "GET", "/repeats/expected?unit=finance", "", 404)

	var j repeatJSON
	w := send("3002", "POST", "/api/v1/repeats", `{"service":"finance.advance","title":"{year} 备用金","fields":{"amount":"10","reason":"y","due":"2027-12-01"},"schedule":{"every":"week","on":"mon","at":"09:00","step":2},"lead_workdays":1}`)
	if w.Code != 201 || json.Unmarshal(w.Body.Bytes(), &j) != nil || len(j.Dates) != 12 || j.State != Active || j.Schedule.Step != 2 {
		t.Fatalf("made by API: %d %s", w.Code, w.Body)
	}
	one := "/api/v1/repeats/" + j.Number
	page("3002", "POST", one+"/dates/"+j.Dates[1].Slot+"/skip", "", 200, `"state":"skipped"`)
	page("3002", "POST", one+"/dates/"+j.Dates[2].Slot+"/change", `{"title":"特别"}`, 200, "特别")
	page("3002", "POST", one+"/pause", "", 200, `"paused"`)
	page("3002", "POST", one+"/resume", "", 200, `"active"`)
	page("3002", "POST", one+"/ask", "", 200, `"R-`)
	page("3002", "GET", "/api/v1/repeats", "", 200, j.Number)
	page("2001", "GET", "/api/v1/units/finance/expected-requests", "", 200, "finance.advance")
	page("3003", "GET", one, "", 404)
	page("3002", "POST", "/api/v1/repeats", `{"service":"finance.advance","schedule":{"every":"decade","on":"x","at":"y"}}`, 422, "fields.amount")
	page("3002", "POST", one+"/end", "", 200, `"ended"`)
}

func TestTitles(t *testing.T) {
	t.Parallel()
	day := calendar.NewDate(2027, 1, 6)
	for text, want := range map[string]string{
		"{年} 年 {月} 月报": "2027 年 1 月报", "{上月} 月的账": "12 月的账", "Q{quarter} {year}": "Q1 2027", "第 {周} 周": "第 1 周", "{日期} 盘点": "2027-01-06 盘点", "没有": "没有", "{别的}": "{别的}",
	} {
		if got := filled(text, day); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
