package todo_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

func TestHomeShowsWhatIOweWithTheButtonThatLeadsThere(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		h.owe(todo.Todo{Holder: me, For: h.id("3001"), Subject: request(1), Verb: "deliver", Title: "对公付款", Ref: "R-1", Link: "/requests/R-1", Due: dbtest.Start.Add(-time.Hour)})
		h.owe(todo.Todo{Holder: me, Subject: request(2), Verb: "answer", Title: "入职办理", Ref: "R-2", Link: "/requests/R-2"})
		h.owe(todo.Todo{Holder: access.Unit(h.unit("finance")), Subject: request(3), Verb: "take", Title: "报销", Ref: "R-3", Link: "/requests/R-3"})
		h.as("2001")
		doc := h.page("/")
		lines := doc.Find("#owed li")
		if lines.Length() != 2 {
			h.Fatalf("%d lines", lines.Length())
		}
		first := lines.First()
		if got := first.Find("a.btn-primary"); got.Length() != 1 || got.AttrOr("href", "") != "/requests/R-1" || !strings.Contains(got.Text(), "办理") {
			h.Error("the first line has no primary button")
		}
		for _, word := range []string{"对公付款", "R-1 · 销售部 · 周敏", "我服务的", "到期", "已超"} {
			if !strings.Contains(first.Text(), word) {
				h.Errorf("the first line lacks %q: %s", word, first.Text())
			}
		}
		if got := doc.Find("#home a.btn-primary").Length(); got != 1 {
			h.Errorf("%d primary buttons", got)
		}
		if got := doc.Find("#unclaimed li").Text(); !strings.Contains(got, "报销") || !strings.Contains(got, "待财务部受理") {
			h.Error("unclaimed:", got)
		}
		if got := h.page("/?side=served").Find("#owed li").Text(); strings.Contains(got, "对公付款") || !strings.Contains(got, "入职办理") {
			h.Error("the other side:", got)
		}
	})
}

func TestAnEmptyHomeTeaches(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	h.as("3001")
	if got := h.page("/").Find("#owed").Text(); !strings.Contains(got, "没有要您处理的事") || !strings.Contains(got, "最急的在最上面") {
		t.Error(got)
	}
	if got := h.page("/todos?holder=unit").Find("#todos").Text(); !strings.Contains(got, "没有待受理的请求") {
		t.Error(got)
	}
}

func TestPanelsFillTheirSlotsInOrder(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	text := func(s string) func(context.Context) (templ.Component, error) {
		return func(context.Context) (templ.Component, error) {
			return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				_, err := io.WriteString(w, `<p class="panel">`+s+`</p>`)
				return err
			}), nil
		}
	}
	h.todos.AddPanel(todo.Panel{Slot: todo.Doing, Order: 2, Render: text("third")})
	h.todos.AddPanel(todo.Panel{Slot: todo.Doing, Order: 1, Render: text("second")})
	h.todos.AddPanel(todo.Panel{Slot: todo.Waiting, Order: 9, Render: text("first")})
	h.todos.AddPanel(todo.Panel{Slot: todo.Leading, Order: 9, Render: text("leading")})
	h.todos.AddPanel(todo.Panel{Slot: todo.Doing, Render: func(context.Context) (templ.Component, error) { return nil, nil }})
	h.as("3001")
	if got := h.page("/").Find(".panel").Text(); got != "leadingfirstsecondthird" {
		t.Error(got)
	}
}

func TestTheListLeadsOn(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	me := access.Person(h.id("2001"))
	h.write(func(ctx context.Context, tx *sqldb.Tx) error {
		for i := range 60 {
			if err := h.todos.Owe(ctx, tx, todo.Todo{Holder: me, Subject: request(int64(i + 1)), Verb: "deliver", Title: "x", Link: "/x"}); err != nil {
				return err
			}
		}
		return nil
	})
	h.as("2001")
	doc := h.page("/todos")
	next := doc.Find("a[href*=cursor]").AttrOr("href", "")
	if doc.Find("#todos li").Length() != 50 || next == "" {
		t.Fatalf("%d lines, next %q", doc.Find("#todos li").Length(), next)
	}
	if got := h.page(next).Find("#todos li").Length(); got != 10 {
		t.Errorf("%d lines on the second page", got)
	}
}

func TestTodosByAPI(t *testing.T) {
	each(t, func(h house) {
		h.owe(todo.Todo{Holder: access.Unit(h.unit("finance")), For: h.id("3001"), Subject: request(1), Verb: "take", Title: "对公付款", Ref: "R-1",
			Link: "/requests/R-1", Due: dbtest.Start.Add(-time.Minute)})
		h.as("2001")
		items := h.json("/api/v1/todos")["items"].([]any)
		if len(items) != 1 {
			h.Fatalf("%v", items)
		}
		got := items[0].(map[string]any)
		for name, want := range map[string]any{"verb": "take", "label": "受理", "side": "serving", "title": "对公付款", "subject": "request", "ref": "R-1",
			"url": "/requests/R-1", "unit": "sales", "due_at": "2026-11-23T00:59:00Z", "overdue": true} {
			if got[name] != want {
				h.Errorf("%s: %v, want %v", name, got[name], want)
			}
		}
		if holder := got["holder"].(map[string]any); holder["kind"] != "unit" || holder["unit"] != "finance" {
			h.Error("holder", holder)
		}
	})
}

func TestWordsAreComplete(t *testing.T) {
	book, err := lang.New(todo.Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Error(missing)
	}
}
