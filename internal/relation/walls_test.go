package relation_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// staffed gives finance and sales five people and more; purchasing has two, and stands with the head office.
func staffed(h house) {
	h.Helper()
	for i := range 10 {
		unit := []string{"finance", "sales"}[i%2]
		if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: fmt.Sprintf("9%03d", i), Name: "员工", Unit: unit}); err != nil {
			h.Fatal(err)
		}
	}
}

func (h house) daysAgo(n int) string {
	return h.db.Now().In(h.zone).AddDate(0, 0, -n).Format(time.DateOnly)
}

func TestWallsAreSeenByTheOfficesAndInPartByHeads(t *testing.T) {
	each(t, func(h house) {
		staffed(h)
		h.tally("finance", "sales", h.daysAgo(1), relation.Delta{Opened: 20, Met: 5, Breached: 15, ResponseMet: 2, ResponseBreached: 18, Delivered: 3})
		h.tally("sales", "finance", h.daysAgo(1), relation.Delta{Opened: 20, Met: 6, Breached: 14})
		h.tally("purchasing", "finance", h.daysAgo(1), relation.Delta{Opened: 11})
		h.rel.UsePending(func(_ context.Context, _ sqldb.Reader, p relation.Period) ([]relation.Open, error) {
			return []relation.Open{{Provider: h.unit("finance").ID, Customer: h.unit("sales").ID, Pending: 25}}, nil
		})
		w, err := h.rel.Walls(h.as("1001", "quality"), "department")
		if err != nil {
			h.Fatal(err)
		}
		if len(w.Walls) != 1 || strings.Join(w.Walls[0].Kinds, " ") != "unanswered late" || w.Walls[0].Cases != 40 {
			t.Errorf("walls %+v", w.Walls)
		}
		if w.Small != 1 || len(w.Units) != 3 {
			t.Errorf("%d small of %v", w.Small, w.Units)
		}
		if len(w.Loaded) != 1 || w.Loaded[0].Open != 25 {
			t.Errorf("overloaded %+v", w.Loaded)
		}
		if c := w.Company; c == nil || c.Arcs != 3 || len(c.Pillars) == 0 || len(c.Pillars[0].Sole) == 0 {
			t.Errorf("the network %+v", c)
		}
		head, err := h.rel.Walls(h.as("2001", "head"), "department")
		if err != nil || head.Company != nil || len(head.Walls) != 1 || len(head.Edges) != 3 {
			t.Errorf("the head of finance: %+v %v", head, err)
		}
		if other, err := h.rel.Walls(h.as("4001", "head"), "department"); err != nil || len(other.Walls)+len(other.Edges)+len(other.Loaded) != 0 {
			t.Errorf("the head of a few people: %+v %v", other, err)
		}
		if _, err := h.rel.Walls(h.as("2002"), "department"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an agent: %v", err)
		}
		if _, err := h.rel.Walls(h.as("2002"), "floor"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an agent with rubbish: %v", err)
		}
		if _, err := h.rel.Walls(h.as("1001", "quality"), "floor"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("rubbish: %v", err)
		}
	})
}

// TestWallsAreAddedUpOnceADay: what happens later the same day is in tomorrow's.
func TestWallsAreAddedUpOnceADay(t *testing.T) {
	h := quick(t)
	staffed(h)
	h.tally("finance", "sales", h.daysAgo(1), relation.Delta{Opened: 20})
	ctx := h.as("1001", "quality")
	first, err := h.rel.Walls(ctx, "department")
	if err != nil {
		t.Fatal(err)
	}
	h.tally("finance", "sales", h.daysAgo(1), relation.Delta{Opened: 5})
	if again, err := h.rel.Walls(ctx, "department"); err != nil || again != first {
		t.Error("it was added up again", err)
	}
	if _, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: "legal", NameZh: "法务部", Parent: "hq"}); err != nil {
		t.Fatal(err)
	}
	if again, err := h.rel.Walls(ctx, "department"); err != nil || again == first || again.Edges[0].Opened != 25 {
		t.Error("other units have a network of their own", err)
	}
}

func TestThePageOfWalls(t *testing.T) {
	h := quick(t)
	staffed(h)
	h.tally("finance", "sales", h.daysAgo(1), relation.Delta{Opened: 20, Met: 5, Breached: 15, ResponseMet: 2, ResponseBreached: 18})
	h.as("1001", "executive")
	doc := h.page("/relations/walls")
	text := doc.Find("#walls").Text()
	for _, want := range []string{"财务部 ⇌ 销售部", "请求得不到及时答复", "5 / 20", "首次答复及时 2 / 20", "单点依赖"} {
		if !strings.Contains(text, want) {
			t.Error("the page has no", want)
		}
	}
	if doc.Find("#walls a[href^='/requests?']").Length() == 0 {
		t.Error("a number opens no list")
	}
	if csv := h.get("/relations/walls/export?format=csv"); csv.Code != http.StatusOK || !strings.Contains(csv.Body.String(), "finance,财务部,sales,销售部,20") {
		t.Error("the table:", csv.Code, csv.Body.String())
	}
	got := h.json("/api/v1/relation-walls")
	if got["network"] == nil || len(got["walls"].([]any)) != 1 {
		t.Error(got)
	}
	h.as("2001", "head")
	if text := h.page("/relations/walls").Find("#walls").Text(); strings.Contains(text, "单点依赖") || !strings.Contains(text, "财务部 ⇌ 销售部") {
		t.Error("a head sees the own side alone")
	}
	h.as("2002")
	if w := h.get("/relations/walls"); w.Code != http.StatusNotFound {
		t.Error("an agent:", w.Code)
	}
}
