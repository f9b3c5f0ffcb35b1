package relation_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

func TestTheHealthOfARelation(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		q4 := period(h, "2026-Q4")
		h.tally("finance", "sales", "2026-10-09", relation.Delta{Opened: 20, Met: 12, Breached: 8, Accepted: 10, RightFirst: 9, ResponseMet: 3, ResponseBreached: 1})
		promised := int64(0)
		h.rel.UseEntries(func(_ context.Context, _ sqldb.Reader, providers, _ []org.ID, _ time.Time) ([]relation.Happened, error) {
			at := q4.Begin(h.zone)
			return []relation.Happened{{Kind: relation.PromiseKept, At: at, N: promised}, {Kind: relation.PromiseBroken, At: at, N: 1}, {Kind: relation.PromiseKept, At: q4.End(h.zone), N: 99}}, nil
		})
		got, err := h.rel.HealthOf(h.as("2001", "head"), "finance", "sales", q4)
		if err != nil || !got.Known {
			t.Fatal(got, err)
		}
		// four first answers and one promise are too few: 70 % of the weights are left
		if want := (0.45*60 + 0.25*90) / 0.70; math.Abs(got.Score-want) > 1e-9 || math.Abs(got.Coverage-0.7) > 1e-9 || got.WeakestPart != relation.Attainment || !(got.Low < want && want < got.High) {
			t.Errorf("%+v, want %v", got, want)
		}
		promised = 4
		got, err = h.rel.HealthOf(h.as("3001", "head"), "finance", "sales", q4)
		if want := (0.45*60 + 0.25*90 + 0.15*80) / 0.85; err != nil || math.Abs(got.Score-want) > 1e-9 {
			t.Errorf("with promises: %+v, %v; want %v", got, err, want)
		}
		if none, err := h.rel.HealthOf(h.as("1001", "quality"), "purchasing", "sales", q4); err != nil || none.Known {
			t.Errorf("of nothing: %+v, %v", none, err)
		}
		for _, no := range []string{"2002", "4001"} {
			if _, err := h.rel.HealthOf(h.as(no), "finance", "sales", q4); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s sees it: %v", no, err)
			}
		}
	})
}

func TestHealthOnThePageOfARelation(t *testing.T) {
	h := quick(t)
	h.tally("finance", "sales", "2026-10-09", relation.Delta{Opened: 20, Met: 12, Breached: 8, Accepted: 10, RightFirst: 9})
	h.as("1001", "quality")
	if text := h.page("/relations/finance/sales?period=2026-Q4").Find("#edge").Text(); !strings.Contains(text, "健康指数") || !strings.Contains(text, "71（95% 区间") || !strings.Contains(text, "已知 70% 的权重") {
		t.Error(text)
	}
	if got := h.json("/api/v1/relations/finance/sales/health?from=2026-10-01&to=2026-12-31"); got["index"] == nil || got["weakest"] != "attainment" || len(got["parts"].([]any)) != 4 {
		t.Error(got)
	}
	if got := h.json("/api/v1/relations/sales/finance/health"); got["index"] != nil || got["reason"] != "too_little" {
		t.Error(got)
	}
	h.as("2002")
	if text := h.page("/relations/finance/sales?period=2026-Q4").Find("#edge").Text(); strings.Contains(text, "健康指数") {
		t.Error("an agent sees the index")
	}
	if w := h.get("/api/v1/relations/finance/sales/health?from=rubbish"); w.Code != http.StatusNotFound {
		t.Error("not yours, whatever is asked:", w.Code)
	}
}

// TestFilesOfTheMap: the map as a table says who said what, and the matrix leaves as a picture with its legend.
func TestFilesOfTheMap(t *testing.T) {
	h := quick(t)
	speak(h)
	supplied(h)
	if _, err := h.rel.Say(h.as("2001"), "finance", "sales", relation.Saying{Says: relation.Yes}); err != nil {
		t.Fatal(err)
	}
	h.as("1001", "quality")
	if text := h.get("/relations/map/export?format=csv&unit=sales").Body.String(); strings.Count(text, "\n") != 4 || !strings.Contains(text, "认可") || !strings.Contains(text, "许慧") {
		t.Error(text)
	}
	svg := h.get("/relations/export?format=svg&period=2026-Q4")
	if body := svg.Body.String(); svg.Code != http.StatusOK || !strings.Contains(body, "采购部") || !strings.Contains(body, "确定没有达到") && !strings.Contains(body, "未达标") || !strings.Contains(body, "制图") {
		t.Error(svg.Code, body)
	}
}
