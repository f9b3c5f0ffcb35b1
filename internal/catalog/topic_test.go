package catalog

import (
	"context"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// readyTopics is the list that the house comes with.
var readyTopics = func() topicList {
	var list topicList
	for i, code := range []string{"report", "repair", "money", "contract", "people", "account", "purchase", "quality", "customer", "work", "office", "other"} {
		list = append(list, Topic{ID: ID(i + 1), Code: code, Place: i + 1})
	}
	return list
}()

func TestWhatAServiceIsAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zh, en string
		words  []string
		want   string
	}{
		{"费用报销", "Expense claim", nil, "money"},
		{"故障报修", "Fault report", nil, "repair"}, // the Chinese name goes before the English one
		{"办公环境报修", "Office repair", nil, "repair"},
		{"质量月报", "Monthly quality report", nil, "report"},
		{"来料检验", "", nil, "quality"},
		{"账号与权限", "Accounts", nil, "account"},
		{"", "Software licence", nil, "account"},
		{"用印服务", "Seal", nil, "contract"},
		{"不知道找谁，问这里", "", nil, "other"},
		{"不知道找谁，问这里", "", []string{"帮忙", "office"}, "office"}, // its keeper says so
	} {
		s := Service{Name: lang.Text{Zh: c.zh, En: c.en}, Words: c.words}
		if got := readyTopics.of(&s); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.zh, c.en, got, c.want)
		}
	}
}

func TestServicesInAnOrder(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	list := []*Service{
		{ID: 1, Code: "a.x", Name: lang.Text{Zh: "用车", En: "Cars"}, Offered: day(3)},
		{ID: 2, Code: "b.x", Name: lang.Text{Zh: "报销", En: "Expenses"}, Offered: day(1)},
		{ID: 3, Code: "c.x", Name: lang.Text{Zh: "采购", En: "Buying"}, Offered: day(9)},
	}
	for _, c := range []struct {
		name    string
		by      Sort
		used    []ID
		english bool
		want    string
	}{
		{"without an order they stay", "", nil, false, "a.x b.x c.x"},
		{"what is asked for most comes first, the others stay", SortUsed, []ID{3}, false, "c.x a.x b.x"},
		{"what was offered last comes first", SortNew, nil, false, "c.x a.x b.x"},
		{"Chinese stands by its pinyin", SortName, nil, false, "b.x c.x a.x"},
		{"English by its letters", SortName, nil, true, "c.x a.x b.x"},
	} {
		var got []string
		for _, s := range sorted(list, c.by, c.used, c.english) {
			got = append(got, s.Code)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestTheCatalogueByTopicAndOrder(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	h.load("finance")
	h.load("hr")
	h.load("it")
	asked := map[string]int{}
	h.KeptBy(func(_ context.Context, services []ID) (string, map[ID]Kept, error) {
		asked["kept"]++
		return "", nil, nil
	})
	h.LoadBy(func(_ context.Context, services []*Service) (map[ID]Load, error) {
		asked["load"]++
		return nil, nil
	})
	h.UsedBy(func(_ context.Context, unit int64) ([]ID, error) {
		return []ID{h.service("it.software").ID, h.service("finance.pay").ID}, nil
	})
	c := door(t, h).With("4001")
	page := c.Get("/services?by=topic").Is(200).Page()
	if page.Find(`.nk-cat-units a[href="/services?topic=money"]`).Length() != 1 || page.Find(".nk-cat-units [aria-current]").Length() != 1 {
		t.Error("no topics stand beside the list")
	}
	money := c.Get("/services?topic=money").Is(200).Page()
	for _, code := range []string{"finance.expense", "hr.payroll"} { // of two departments
		if money.Find(`li[data-code="`+code+`"]`).Length() != 1 {
			t.Errorf("%s is not about money", code)
		}
	}
	if money.Find(`li[data-code="it.account"]`).Length() != 0 || !strings.Contains(money.Find(`li[data-code="hr.payroll"]`).Text(), "人力资源部") {
		t.Error("the topic holds others, or does not say who does it")
	}
	first := func(path string) string {
		return c.Get(path).Is(200).Page().Find("li.nk-svc").First().AttrOr("data-code", "")
	}
	if got := first("/services?sort=used"); got != "it.software" {
		t.Errorf("most used: %s", got)
	}
	if got := first("/services?sort=name&topic=money"); got != "finance.advance" { // 备用金
		t.Errorf("A to Z: %s", got)
	}
	if next := c.Get("/services?sort=name&from=99999").Is(200).Page().Find("li.nk-svc").Length(); next == 0 {
		t.Error("behind the end is nothing")
	}
	c.Get("/services?sort=rubbish&topic=rubbish").Is(200)
	clear(asked)
	c.Get("/services?q=a").Is(200)
	if asked["kept"] != 1 || asked["load"] != 1 {
		t.Errorf("a search asks %v", asked)
	}

	var list struct {
		Items []struct{ Code, Topic string }
		Next  string `json:"next_cursor"`
	}
	var all []string
	for path := "/api/v1/services?sort=name&limit=9"; path != ""; {
		list.Items, list.Next = nil, ""
		c.Get(path).Is(200).Decode(&list)
		for _, x := range list.Items {
			all = append(all, x.Code)
		}
		if path = ""; list.Next != "" {
			path = "/api/v1/services?sort=name&limit=9&cursor=" + list.Next
		}
	}
	live, err := h.List(h.as("4001"), Filter{Limit: 1000})
	must(t, err)
	seen := map[string]bool{}
	for _, code := range all {
		seen[code] = true
	}
	if len(all) != len(live) || len(seen) != len(live) {
		t.Errorf("%d in pages, %d different, of %d", len(all), len(seen), len(live))
	}
	c.Get("/api/v1/services?topic=money&sort=used").Is(200).Decode(&list)
	if len(list.Items) == 0 || list.Items[0].Code != "finance.pay" || list.Items[0].Topic != "money" {
		t.Errorf("%+v", list.Items)
	}
	c.Get("/api/v1/services?sort=rubbish").Is(422)
}

// TestPersonalSupportNeverRanks: nothing is told of how often somebody asked for it, nor of a service that the reader may not see.
func TestPersonalSupportNeverRanks(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	h.load("finance")
	quiet, secret, open := *h.service("finance.budget"), h.service("finance.pay"), h.service("finance.advance")
	quiet.Policy = support()
	must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error { return updateService(ctx, tx, &quiet) }))
	_, err := h.SetAudience(h.as("2001"), "finance.pay", Audience{In: []Whom{{Kind: InUnit, Unit: quiet.Unit}}}, 0)
	must(t, err)
	h.forget()
	h.UsedBy(func(context.Context, int64) ([]ID, error) { return []ID{quiet.ID, secret.ID, open.ID}, nil })
	codes := func(no string) (out []string) {
		list, err := h.List(h.as(no), Filter{Sort: SortUsed, Limit: 1000})
		must(t, err)
		for _, s := range list {
			out = append(out, s.Code)
		}
		return out
	}
	if got := codes("2001"); got[0] != "finance.pay" || got[1] != "finance.advance" {
		t.Errorf("of the unit: %v", got)
	}
	if got := codes("4001"); got[0] != "finance.advance" || strings.Contains(strings.Join(got, " "), "finance.pay") {
		t.Errorf("of others: %v", got)
	}
}
