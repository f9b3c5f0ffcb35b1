package todo_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/todo"
)

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "web", FS: web.Schema}, {Room: "org", FS: org.Schema},
	{Room: "calendar", FS: calendar.Schema}, {Room: "todo", FS: todo.Schema},
}

// house is finance (2001, 2002) and sales (3001), with a door.
type house struct {
	*testing.T
	ctx   context.Context
	db    *sqldb.DB
	org   *org.Service
	todos *todo.Service
	door  *web.Mux
	who   *actor.Actor
}

func each(t *testing.T, fn func(h house)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(build(t, db)) })
}

func build(t *testing.T, db *sqldb.DB) house {
	t.Helper()
	bus := event.NewBus(db)
	people := org.New(db, bus)
	book, err := lang.New(ui.Locale, web.Locale, org.Locale, calendar.Locale, todo.Locale)
	if err != nil {
		t.Fatal(err)
	}
	book.Clock = db.Now
	who := &actor.Actor{}
	h := house{T: t, ctx: lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai"), db: db, org: people, who: who}
	h.todos = todo.New(db, people, calendar.New(db, bus, people))
	h.door = web.New(web.Options{Book: book, Zone: "Asia/Shanghai", Who: func(*http.Request) (actor.Actor, error) { return *who, nil }})
	h.todos.Mount(h.door)
	for _, u := range []org.UnitInput{
		{Code: "finance", NameZh: "财务部", NameEn: "Finance"}, {Code: "sales", NameZh: "销售部", NameEn: "Sales"},
	} {
		if _, err := people.SaveUnit(h.ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []org.PersonInput{
		{No: "2001", Name: "陈思远", Unit: "finance"}, {No: "2002", Name: "罗佳", Unit: "finance"}, {No: "3001", Name: "周敏", Unit: "sales"},
	} {
		if _, err := people.SavePerson(h.ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h house) id(no string) org.ID {
	h.Helper()
	p, err := h.org.PersonByNo(h.ctx, no)
	if err != nil {
		h.Fatal(err)
	}
	return p.ID
}

func (h house) unit(code string) org.ID {
	h.Helper()
	tree, err := h.org.Tree(h.ctx)
	if err != nil {
		h.Fatal(err)
	}
	u, _ := tree.ByCode(code)
	return u.ID
}

// as is the context of a person, who is also at the door from now on.
func (h house) as(no string) context.Context {
	h.Helper()
	a, err := h.org.ActorOf(h.ctx, h.id(no))
	if err != nil {
		h.Fatal(err)
	}
	*h.who = a
	return actor.With(h.ctx, a)
}

func (h house) write(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Write(h.ctx, fn); err != nil {
		h.Fatal(err)
	}
}

func (h house) mine(no string, f todo.Filter) web.Page[todo.Entry] {
	h.Helper()
	page, err := h.todos.Mine(h.as(no), f)
	if err != nil {
		h.Fatal(err)
	}
	return page
}

// page fetches a page as the person who was last at the door.
func (h house) page(path string) *goquery.Document {
	h.Helper()
	doc, err := goquery.NewDocumentFromReader(h.get(path).Body)
	if err != nil {
		h.Fatal(err)
	}
	return doc
}

func (h house) get(path string) *httptest.ResponseRecorder {
	h.Helper()
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		h.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w
}

func (h house) json(path string) map[string]any {
	h.Helper()
	var out map[string]any
	if err := json.Unmarshal(h.get(path).Body.Bytes(), &out); err != nil {
		h.Fatal(err)
	}
	return out
}

func request(id int64) access.Subject { return access.Subject{Kind: "request", ID: id} }
