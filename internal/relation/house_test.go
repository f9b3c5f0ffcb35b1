package relation_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/disclose"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/todo"
)

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "web", FS: web.Schema}, {Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema}, {Room: "disclose", FS: disclose.Schema}, {Room: "calendar", FS: calendar.Schema}, {Room: "todo", FS: todo.Schema}, {Room: "relation", FS: relation.Schema},
}

// house is an entity with finance (team pay), purchasing and sales; finance: 2001 head, 2002; pay: 2003; sales: 3001;
// purchasing: 4001; 1001 is the quality office, in purchasing.
type house struct {
	*testing.T
	ctx   context.Context
	db    *sqldb.DB
	bus   *event.Bus
	org   *org.Service
	rooms relation.Rooms
	rel   *relation.Service
	door  *web.Mux
	who   *actor.Actor
	zone  *time.Location
}

func each(t *testing.T, fn func(h house)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(build(t, db)) })
}

func quick(t *testing.T) house {
	t.Helper()
	return build(t, dbtest.Open(t, sqldb.SQLite, schemas))
}

func build(t *testing.T, db *sqldb.DB) house {
	t.Helper()
	bus := event.NewBus(db)
	people := org.New(db, bus)
	book, err := lang.New(xlsx.Locale, ui.Locale, web.Locale, org.Locale, access.Locale, disclose.Locale, calendar.Locale, todo.Locale, relation.Locale)
	if err != nil {
		t.Fatal(err)
	}
	book.Clock = db.Now
	who := &actor.Actor{}
	grants := access.New(db, people)
	rooms := relation.Rooms{Org: people, Access: grants, Disclose: disclose.New(db, bus, disclose.Rooms{Org: people, Access: grants}), Todo: todo.New(db, people, calendar.New(db, bus, people))}
	h := house{T: t, rooms: rooms, ctx: lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai"), db: db, bus: bus, org: people,
		rel: relation.New(db, bus, rooms), who: who, zone: time.FixedZone("CST", 8*3600)}
	h.door = web.New(web.Options{Book: book, Zone: "Asia/Shanghai", Who: func(*http.Request) (actor.Actor, error) { return *who, nil }})
	h.rel.Mount(h.door)
	for _, u := range []org.UnitInput{
		{Code: "hq", NameZh: "总部", NameEn: "Head office", Level: org.Entity},
		{Code: "finance", NameZh: "财务部", NameEn: "Finance", Parent: "hq"},
		{Code: "pay", NameZh: "薪酬组", NameEn: "Payroll", Parent: "finance", Level: org.Team},
		{Code: "purchasing", NameZh: "采购部", NameEn: "Purchasing", Parent: "hq"},
		{Code: "sales", NameZh: "销售部", NameEn: "Sales", Parent: "hq"},
	} {
		if _, err := people.SaveUnit(h.ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []org.PersonInput{
		{No: "2001", Name: "许慧", Unit: "finance"}, {No: "2002", Name: "陈思远", NameEn: "Siyuan Chen", Unit: "finance"}, {No: "2003", Name: "罗佳", Unit: "pay"},
		{No: "3001", Name: "周敏", Unit: "sales"}, {No: "4001", Name: "何俊", Unit: "purchasing"}, {No: "1001", Name: "沈佳", Unit: "purchasing"},
	} {
		if _, err := people.SavePerson(h.ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h house) unit(code string) org.Unit {
	h.Helper()
	tree, err := h.org.Tree(h.ctx)
	if err != nil {
		h.Fatal(err)
	}
	u, ok := tree.ByCode(code)
	if !ok {
		h.Fatal("no unit", code)
	}
	return u
}

// as is the context of a person with company-wide roles or roles in the own unit, who is at the door from now on.
func (h house) as(no string, roles ...string) context.Context {
	h.Helper()
	p, err := h.org.PersonByNo(h.ctx, no)
	if err != nil {
		h.Fatal(err)
	}
	a, err := h.org.ActorOf(h.ctx, p.ID)
	if err != nil {
		h.Fatal(err)
	}
	for _, r := range roles {
		if r == "head" {
			a.Groups = append(a.Groups, actor.Group{ID: a.Unit, Role: r})
		} else {
			a.Roles = append(a.Roles, r)
		}
	}
	*h.who = a
	return actor.With(h.ctx, a)
}

// tally adds to the edge between two units on a local day.
func (h house) tally(provider, customer, day string, d relation.Delta) relation.ID {
	h.Helper()
	at, err := time.ParseInLocation(time.DateOnly, day, h.zone)
	if err != nil {
		h.Fatal(err)
	}
	from, to := h.unit(provider).ID, h.unit(customer).ID
	var edge relation.ID
	err = h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if edge, err = h.rel.Edge(ctx, tx, from, to); err != nil {
			return err
		}
		return h.rel.Tally(ctx, tx, edge, at, d)
	})
	if err != nil {
		h.Fatal(err)
	}
	return edge
}

func (h house) matrix(ctx context.Context, p relation.Period, level string) *relation.Matrix {
	h.Helper()
	m, err := h.rel.Matrix(ctx, p, level)
	if err != nil {
		h.Fatal(err)
	}
	return m
}

// cell is the edge provider → customer of a matrix; nil when there is none.
func cell(m *relation.Matrix, provider, customer string) *relation.Cell {
	for i := range m.Cells {
		c := &m.Cells[i]
		if m.Units[c.Provider].Code == provider && m.Units[c.Customer].Code == customer {
			return c
		}
	}
	return nil
}

func (h house) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func (h house) page(path string) *goquery.Document {
	h.Helper()
	w := h.get(path)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil || w.Code != http.StatusOK {
		h.Fatal(path, w.Code, err, w.Body.String())
	}
	return doc
}

func (h house) json(path string) map[string]any {
	h.Helper()
	w := h.get(path)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		h.Fatal(path, w.Code, err, w.Body.String())
	}
	return out
}

func period(h house, code string) relation.Period {
	h.Helper()
	p, ok := relation.ParsePeriod(code)
	if !ok {
		h.Fatal("no period", code)
	}
	return p
}
