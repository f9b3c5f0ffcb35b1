package relation_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// TestTheAccountOfARelation: what the tallies of all edges between two units say, what others add, half of it after 90 days, the same
// for both sides; executives see the balance alone, and others nothing at all.
func TestTheAccountOfARelation(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		clock := dbtest.Clock(h.db)
		day := func() string { return h.db.Now().In(h.zone).Format(time.DateOnly) }
		midnight := time.Date(h.db.Now().In(h.zone).Year(), h.db.Now().In(h.zone).Month(), h.db.Now().In(h.zone).Day(), 0, 0, 0, 0, h.zone)
		h.tally("finance", "sales", day(), relation.Delta{Met: 3, Breached: 1, RightFirst: 2, Returned: 1})
		h.tally("pay", "sales", day(), relation.Delta{Met: 1}) // a team's work is its department's
		h.tally("sales", "finance", day(), relation.Delta{Breached: 9})
		tomorrow := h.db.Now().In(h.zone).AddDate(0, 0, 1).Format(time.DateOnly)
		h.tally("finance", "sales", tomorrow, relation.Delta{Met: 50}) // done early: it counts from the day it was due
		h.rel.UseEntries(func(_ context.Context, _ sqldb.Reader, providers, customers []org.ID, _ time.Time) ([]relation.Happened, error) {
			if len(providers) != 2 || len(customers) != 1 {
				return nil, nil
			}
			return []relation.Happened{{Kind: relation.PromiseBroken, At: midnight, N: 1}}, nil
		})
		got, err := h.rel.Account(h.as("2001"), "finance", "sales")
		half := math.Exp2(-h.db.Now().Sub(midnight).Hours() / relation.HalfLife.Hours())
		if err != nil || math.Abs(got.Deposits-6*half) > 1e-9 || math.Abs(got.Withdrawals-5*half) > 1e-9 || !got.Enough || len(got.Entries) != 5 {
			t.Fatalf("%+v, %v", got, err)
		}
		if want := 100 * (6*half + 2) / (11*half + 4); math.Abs(got.Index-want) > 1e-9 || !(got.Low < want && want < got.High) {
			t.Errorf("%v in %v, want %v", got.Index, got.Interval, want)
		}
		other, err := h.rel.Account(h.as("3001"), "finance", "sales")
		if err != nil || other.Balance != got.Balance || len(other.Entries) != len(got.Entries) {
			t.Errorf("the other side sees %+v, %v", other, err)
		}
		if few, err := h.rel.Account(h.as("1001"), "purchasing", "sales"); err != nil || few.Enough || len(few.Entries) != 0 {
			t.Errorf("of nothing: %+v, %v", few, err)
		}
		if alone, err := h.rel.Account(h.as("4001", "executive"), "finance", "sales"); err != nil || alone.Balance != got.Balance || alone.Entries != nil {
			t.Errorf("an executive sees %+v, %v", alone, err)
		}
		for _, no := range []string{"2002", "4001"} {
			if _, err := h.rel.Account(h.as(no), "finance", "sales"); err == nil || fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s sees it: %v", no, err)
			}
		}
		clock.Advance(90 * 24 * time.Hour)
		later, err := h.rel.Account(h.as("2001"), "finance", "sales")
		if aged := math.Exp2(-(90*24 - 24) / relation.HalfLife.Hours() * 1); err != nil || later.Withdrawals > got.Withdrawals*0.51 || later.Deposits < 50*half*aged*0.99 {
			t.Errorf("a half-life later: %+v, %v", later.Balance, err)
		}
	})
}

// TestTheAccountOnItsPage: with the public table, lines that lead to their lists, and no number without evidence.
func TestTheAccountOnItsPage(t *testing.T) {
	h := quick(t)
	speak(h)
	h.tally("finance", "sales", h.db.Now().In(h.zone).Format(time.DateOnly), relation.Delta{Opened: 9, Met: 8, Breached: 1})
	h.as("3001")
	page := h.page("/relations/finance/sales/account").Find("#account")
	for _, want := range []string{"存入", "90 天后剩一半", "承诺没有兑现", "-3"} {
		if !strings.Contains(strings.ReplaceAll(page.Text(), "−", "-"), want) {
			t.Errorf("lacks %s: %s", want, page.Text())
		}
	}
	if href := page.Find(`a[href*="outcome=breached"]`).AttrOr("href", ""); !strings.Contains(href, "provider=finance") || !strings.Contains(href, "customer=sales") {
		t.Errorf("late leads to %s", href)
	}
	if text := h.page("/relations/finance/sales").Find(`a[href="/relations/finance/sales/account"]`).Text(); !strings.Contains(text, "满分 100") {
		t.Errorf("the page of the relation says %q", text)
	}
	got := h.json("/api/v1/relations/finance/sales/account")
	if got["status"] != "ok" || got["index"] == nil || len(got["weights"].([]any)) != len(relation.Weights) || len(got["entries"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
	if got := h.json("/api/v1/relations/sales/finance/account"); got["status"] != "insufficient" || got["index"] != nil || got["interval"] != nil {
		t.Errorf("%v", got)
	}
	h.as("2002")
	if w := h.get("/relations/finance/sales/account"); w.Code != http.StatusNotFound {
		t.Errorf("a member: %d", w.Code)
	}
	if h.page("/relations/finance/sales").Find(`a[href$="/account"]`).Length() != 0 {
		t.Error("a member is led to the account")
	}
}
