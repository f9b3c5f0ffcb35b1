package relation_test

import (
	"net/http"
	"strings"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/relation"
)

// supplied is a chain: purchasing supplies finance late, finance serves sales, and sales gives purchasing something back.
func supplied(h house) {
	h.tally("purchasing", "finance", "2026-10-09", relation.Delta{Opened: 20, Met: 4, Breached: 16})
	h.tally("finance", "sales", "2026-10-09", relation.Delta{Opened: 12, Met: 11, Breached: 1})
	h.tally("sales", "purchasing", "2026-10-09", relation.Delta{Opened: 3, Met: 3})
	h.tally("pay", "sales", "2026-10-09", relation.Delta{Opened: 5, Met: 5})
}

func graph(h house, f relation.GraphFilter) relation.Graph {
	h.Helper()
	f.Level, f.Period = "department", period(h, "2026-Q4")
	g, err := h.rel.Graph(h.as("1001", "quality"), f)
	if err != nil {
		h.Fatal(err)
	}
	return g
}

func TestAUnitStandsBetweenItsSuppliersAndItsCustomers(t *testing.T) {
	each(t, func(h house) {
		supplied(h)
		g := graph(h, relation.GraphFilter{Unit: "finance", Depth: 1})
		var boxes []string
		for _, b := range g.Boxes {
			boxes = append(boxes, b.Unit.Code)
		}
		if strings.Join(boxes, " ") != "purchasing finance sales" || g.Drawn != 2 || len(g.Rest()) != 1 {
			t.Errorf("boxes %v, %d drawn, the rest %v", boxes, g.Drawn, g.Rest())
		}
		for _, x := range g.Ties {
			if x.Customer.Code == "sales" && x.Provider.Code == "finance" && x.Opened != 17 { // with the team below
				t.Errorf("finance → sales: %d", x.Opened)
			}
		}
		if g := graph(h, relation.GraphFilter{Unit: "finance", Depth: 2}); len(g.Boxes) != 5 || g.Drawn != 3 || len(g.Rest()) != 0 {
			t.Errorf("two steps: %d boxes, %d drawn", len(g.Boxes), g.Drawn)
		}
		if g := graph(h, relation.GraphFilter{Unit: "finance", Depth: 1, Verdict: "misses"}); len(g.Ties) != 1 || g.Ties[0].Provider.Code != "purchasing" {
			t.Errorf("those that miss: %+v", g.Ties)
		}
		if g := graph(h, relation.GraphFilter{Unit: "finance", Depth: 1, Standing: "confirmed"}); len(g.Ties) != 0 {
			t.Errorf("nobody confirmed anything: %+v", g.Ties)
		}
		_, err := h.rel.Graph(h.ctx, relation.GraphFilter{Unit: "nobody", Depth: 4, Level: "floor", Standing: "x", Service: "y", Verdict: "z"})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 6 {
			t.Errorf("all that is wrong at once: %v", err)
		}
	})
}

func TestPagesOfTheMapsPictures(t *testing.T) {
	h := quick(t)
	supplied(h)
	h.as("1001", "quality")
	doc := h.page("/relations/graph?unit=finance&period=2026-Q4")
	if n := doc.Find(".nk-pic a[href^='/relations/purchasing/finance']").Length(); n != 1 {
		t.Errorf("%d lines from purchasing", n)
	}
	if text := doc.Find("#graph table").Text(); !strings.Contains(text, "采购部") || !strings.Contains(text, "迟 16 件") {
		t.Error("the tables do not say what the drawing does:", text)
	}
	svg := h.get("/relations/graph?unit=finance&period=2026-Q4&format=svg")
	if body := svg.Body.String(); svg.Code != http.StatusOK || !strings.Contains(svg.Header().Get("Content-Disposition"), ".svg") || !strings.Contains(body, "财务部的供方和客户") || !strings.Contains(body, "2026 年四季度") {
		t.Error("the file:", svg.Code, svg.Header(), body)
	}
	if w := h.get("/relations/graph?unit=nobody&depth=9"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "1 到 3") {
		t.Error("rubbish:", w.Code)
	}
	if text := h.get("/relations/graph/export?unit=finance&period=2026-Q4&format=csv").Body.String(); strings.Count(text, "\n") != 4 || !strings.Contains(text, "不在图上") {
		t.Error("the table:", text)
	}
	chain := h.page("/relations/chain?unit=finance&period=2026-Q4").Find("#graph").Text()
	for _, want := range []string{"上道 → 财务部", "采购部", "4 / 20", "1 个上道确定比约定的晚"} {
		if !strings.Contains(chain, want) {
			t.Error("the chain has no", want)
		}
	}
	flow := h.page("/relations/flow?period=2026-Q4")
	if n := flow.Find(".nk-pic .p-tie").Length(); n != 3 {
		t.Errorf("%d bands", n)
	}
	if title := flow.Find("h1").Text(); !strings.Contains(title, "40 件请求") {
		t.Error(title)
	}
	h.as("3001") // an agent of sales sees the numbers of sales alone
	if text := h.page("/relations/graph?unit=finance&period=2026-Q4").Find("#graph").Text(); strings.Contains(text, "4 / 20") || !strings.Contains(text, "不公开") {
		t.Error("numbers of others are withheld:", text)
	}
	if text := h.page("/relations/flow?period=2026-Q4").Find("#graph").Text(); !strings.Contains(text, "另有 1 段关系") {
		t.Error(text)
	}
	got := h.json("/api/v1/relation-graph?unit=finance&from=2026-10-01&to=2026-12-31")
	if len(got["edges"].([]any)) != 3 || got["drawn"].(float64) != 2 {
		t.Error(got)
	}
	if got := h.json("/api/v1/relation-chain?unit=sales&from=2026-10-01&to=2026-12-31"); len(got["in"].([]any)) != 1 || len(got["out"].([]any)) != 1 {
		t.Error(got)
	}
	if got := h.json("/api/v1/relation-flow?from=2026-10-01&to=2026-12-31"); got["total"].(float64) != 20 || got["withheld"].(float64) != 1 {
		t.Error(got)
	}
	if w := h.get("/api/v1/relation-graph?unit=x&depth=0&from=zz"); w.Code != http.StatusUnprocessableEntity || strings.Count(w.Body.String(), `"message"`) < 3 {
		t.Error("all at once:", w.Code, w.Body.String())
	}
}
