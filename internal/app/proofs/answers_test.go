package proofs_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/webtest"
	"neike/internal/org"
)

// noon is a clock that stands still: Tuesday 24 November 2026, 10:00 in Shanghai. later moves it on.
type noon struct {
	mu  sync.Mutex
	now time.Time
}

func (n *noon) Now() time.Time { n.mu.Lock(); defer n.mu.Unlock(); return n.now }
func (n *noon) later(by time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(by)
}

func clockAt() *noon { return &noon{now: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)} }

// small is a house with the company of Settle and the services of finance and it.
func small(t *testing.T, c app.Config) *house.House {
	t.Helper()
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	h := house.With(t, c).Settle()
	stock(t, h)
	return h
}

// stock adds the department it and the services of both.
func stock(t *testing.T, h *house.House) {
	t.Helper()
	if _, err := h.Org.SaveUnit(h.System(), org.UnitInput{Code: "it", NameZh: "信息技术部", NameEn: "IT", Parent: "root"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"finance", "it"} {
		data, _ := content.Pack(name)
		if out, err := h.Catalog.Import(h.System(), name, data, false); err != nil || len(out.Problems) > 0 {
			t.Fatal(err, out.Problems)
		}
	}
}

type body = map[string]any

// advance is a good ask.
func advance(title string) body {
	return body{"service": "finance.advance", "title": title, "fields": body{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}}
}

// TestAnswers holds the main answers of the API, as programs of other houses read them, against golden files.
func TestAnswers(t *testing.T) {
	t.Parallel()
	now := clockAt()
	h := small(t, app.Config{Fast: true, Now: now.Now})
	customer, agent, office := h.TokenOf("3002"), h.TokenOf("2002"), h.TokenOf("1001")
	customer.Post("/api/v1/requests", advance("越南安装队备用金")).Is(201).Golden("request-opened")
	now.later(time.Hour)
	agent.Post("/api/v1/requests/R-1001/take", nil).Is(200)
	agent.Post("/api/v1/requests/R-1001/ask", body{"text": "去几天？"}).Is(200)
	agent.Post("/api/v1/requests/R-1001/note", body{"text": "上次的还没有冲销"}).Is(200).Golden("request-agent")
	now.later(3 * time.Hour)
	customer.Post("/api/v1/requests/R-1001/answer", body{"text": "五天"}).Is(200)
	now.later(24 * time.Hour)
	agent.Post("/api/v1/requests/R-1001/deliver", body{"text": "已付"}).Is(200)
	for _, x := range []struct{ who, path, name string }{
		{"3002", "/api/v1/requests/R-1001", "request"},
		{"3002", "/api/v1/requests/R-1001/clocks", "clocks"},
		{"2003", "/api/v1/requests/R-1001/timeline", "timeline-agent"},
		{"3002", "/api/v1/requests/R-1001/timeline", "timeline-customer"},
		{"3002", "/api/v1/requests", "list"},
		{"3002", "/api/v1/todos", "todos"},
	} {
		h.TokenOf(x.who).Get(x.path).Is(200).Golden(x.name)
	}
	customer.Post("/api/v1/requests/R-1001/accept", nil).Is(200)
	customer.Post("/api/v1/requests/R-1001/rate", body{"score": 5, "reasons": []string{"fast"}}).Is(200)
	office.Get("/api/v1/relations?from=2026-11-01&to=2026-11-30").Is(200).Golden("relations")
	office.Get("/api/v1/relations/finance/project?from=2026-11-01&to=2026-11-30").Is(200).Golden("relation")
	office.Get("/api/v1/reports/attainment?by=unit&from=2026-11-01&to=2026-11-30").Is(200).Golden("attainment")
	customer.Get("/api/v1/units/finance").Is(200).Golden("unit")
	customer.Get("/api/v1/people/2002").Is(200).Golden("person")
	customer.Get("/api/v1/services/finance.advance").Is(200).Golden("service")
	customer.Get("/api/v1/calendars").Is(200).Golden("calendars")
	customer.Post("/api/v1/calendars/default/explain", body{"start": "2026-09-29T16:40:00+08:00", "target": body{"value": 2, "unit": "workdays_eod"}}).Is(200).Golden("explained")
}

// TestProblems holds one problem of each kind against its golden file, in both languages.
func TestProblems(t *testing.T) {
	t.Parallel()
	h := small(t, app.Config{Fast: true, Now: clockAt().Now})
	customer, agent, admin := h.TokenOf("3002"), h.TokenOf("2002"), h.TokenOf("1001", "read", "write", "admin")
	customer.Post("/api/v1/requests", advance("备用金")).Is(201)
	reader := h.TokenOf("3002", "read")
	large := strings.Repeat("长", 1<<20)
	for _, x := range []struct {
		name   string
		status int
		ask    func(*webtest.Client) *webtest.Answer
		who    *webtest.Client
	}{
		{"malformed", 400, func(c *webtest.Client) *webtest.Answer { return c.Post("/api/v1/requests", `{"title":`) }, customer},
		{"unauthenticated", 401, func(c *webtest.Client) *webtest.Answer { return c.Get("/api/v1/requests") }, h.Fresh()},
		{"bad-token", 401, func(c *webtest.Client) *webtest.Answer { return c.Get("/api/v1/requests") }, h.With("nk_nobody")},
		{"scope", 403, func(c *webtest.Client) *webtest.Answer { return c.Post("/api/v1/requests/R-1001/nudge", nil) }, reader},
		{"not-there", 404, func(c *webtest.Client) *webtest.Answer { return c.Get("/api/v1/requests/R-9999") }, customer},
		{"not-yours", 404, func(c *webtest.Client) *webtest.Answer { return c.Post("/api/v1/requests/R-1001/take", nil) }, customer},
		{"conflict", 409, func(c *webtest.Client) *webtest.Answer { return c.Post("/api/v1/requests/R-1001/accept", nil) }, customer},
		{"precondition", 412, func(c *webtest.Client) *webtest.Answer {
			return c.JSON(http.MethodPut, "/api/v1/units/it", body{"code": "it", "name_zh": "信息", "name_en": "IT"}, "If-Match", `"other"`)
		}, admin},
		{"too-large", 413, func(c *webtest.Client) *webtest.Answer { return c.Post("/api/v1/requests", advance(large)) }, customer},
		{"invalid", 422, func(c *webtest.Client) *webtest.Answer {
			return c.Post("/api/v1/requests", body{"service": "finance.advance", "title": " ", "fields": body{"amount": "viel"}, "customer_unit": "it", "on_behalf_of": "0"})
		}, customer},
		{"need-unit", 422, func(c *webtest.Client) *webtest.Answer { return c.Post("/api/v1/requests/R-1001/decline", nil) }, agent},
	} {
		for _, lang := range []string{"zh", "en"} {
			who := x.who.For(t)
			who.Lang = lang
			a := x.ask(who).Is(x.status)
			if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("%s: %s", x.name, kind)
			}
			a.Golden("problem-" + x.name + "-" + lang)
		}
	}
}

// TestETags: what has not changed is not sent again, and what has is.
func TestETags(t *testing.T) {
	t.Parallel()
	h := small(t, app.Config{Fast: true})
	customer, agent := h.TokenOf("3002"), h.TokenOf("2002")
	customer.Post("/api/v1/requests", advance("备用金")).Is(201)
	first := customer.Get("/api/v1/requests/R-1001").Is(200)
	tag := first.Header.Get("ETag")
	again := customer.Get("/api/v1/requests/R-1001", "If-None-Match", tag)
	if tag == "" || again.Status != 304 || len(again.Body) > 0 || again.Header.Get("ETag") != tag {
		t.Errorf("the same again: %d %q", again.Status, tag)
	}
	agent.Post("/api/v1/requests/R-1001/take", nil).Is(200)
	if a := customer.Get("/api/v1/requests/R-1001", "If-None-Match", tag).Is(200); a.Header.Get("ETag") == tag {
		t.Error("a request that was taken keeps its ETag")
	}
}
