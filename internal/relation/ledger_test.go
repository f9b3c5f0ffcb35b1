package relation_test

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// TestTheMatrixShowsTheAccountsOfBothSides: each cell is what the page of the account says, for heads of either side, offices and
// executives, and is withheld from everybody else.
func TestTheMatrixShowsTheAccountsOfBothSides(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		for _, ago := range []int{2, 40, 400} {
			h.tally("finance", "sales", h.daysAgo(ago), relation.Delta{Met: 9, Breached: 2, RightFirst: 7, Returned: 1})
			h.tally("pay", "sales", h.daysAgo(ago), relation.Delta{Met: 3})
		}
		h.tally("sales", "finance", h.daysAgo(3), relation.Delta{Met: 1})
		broken := h.db.Now().AddDate(0, 0, -10)
		h.rel.UseEntries(func(_ context.Context, _ sqldb.Reader, providers, customers []org.ID, _ time.Time) ([]relation.Happened, error) {
			if len(providers) != 2 || len(customers) != 1 { // finance with its team, for sales
				return nil, nil
			}
			return []relation.Happened{{Kind: relation.PromiseBroken, At: broken, N: 2}}, nil
		})
		h.rel.UseAllEntries(func(context.Context, sqldb.Reader, time.Time) ([]relation.Between, error) {
			return []relation.Between{{Provider: h.unit("pay").ID, Customer: h.unit("sales").ID, Happened: relation.Happened{Kind: relation.PromiseBroken, At: broken, N: 2}}}, nil
		})
		account, err := h.rel.Account(h.as("1001", "quality"), "finance", "sales")
		if err != nil || !account.Enough {
			t.Fatal(account, err)
		}
		want := strconv.Itoa(int(math.Round(account.Index)))
		for _, who := range [][]string{{"1001", "quality"}, {"2001", "head"}, {"3001", "head"}, {"4001", "executive"}} {
			h.as(who[0], who[1])
			doc := h.page("/relations?measure=account")
			if text := doc.Find("td a[href*='provider=finance&customer=sales']").AttrOr("aria-label", ""); !strings.Contains(text, want) {
				t.Errorf("%v: %q, not %s", who, text, want)
			}
			if text := doc.Find("td a[href*='provider=sales&customer=finance']").AttrOr("aria-label", ""); !strings.Contains(text, "证据不足") {
				t.Errorf("%v: of one case: %q", who, text)
			}
		}
		h.as("2002")
		if text := h.page("/relations?measure=account").Find("td a[href*='provider=finance&customer=sales']").AttrOr("aria-label", ""); strings.Contains(text, want) {
			t.Errorf("an agent sees %q", text)
		}
		h.as("1001", "quality")
		if csv := h.get("/relations/export?measure=account&format=csv").Body.String(); !strings.Contains(csv, "关系账户") || !strings.Contains(csv, strconv.FormatFloat(account.Index, 'f', 1, 64)[:4]) {
			t.Error(csv)
		}
	})
}

func TestTheMatrixShowsHealth(t *testing.T) {
	h := quick(t)
	h.tally("finance", "sales", "2026-10-09", relation.Delta{Opened: 20, Met: 12, Breached: 8, Accepted: 10, RightFirst: 9})
	h.tally("sales", "finance", "2026-10-09", relation.Delta{Opened: 2, Met: 2})
	h.as("1001", "quality")
	doc := h.page("/relations?measure=health&period=2026-Q4")
	if text := doc.Find("td a[href*='provider=finance&customer=sales']"); !strings.Contains(text.AttrOr("aria-label", ""), "71") || !text.HasClass("lo2") || !strings.Contains(text.Text(), "70%") {
		t.Error(text.Html())
	}
	if text := doc.Find("td a[href*='provider=sales&customer=finance']").AttrOr("aria-label", ""); !strings.Contains(text, "证据不足") {
		t.Error(text)
	}
	if title := doc.Find("h1").Text(); !strings.Contains(title, "1 段关系算得出健康指数") {
		t.Error(title)
	}
	if list := h.page("/relations?measure=health&period=2026-Q4&view=list").Find("tbody").Text(); !strings.Contains(list, "71") || !strings.Contains(list, "证据不足") {
		t.Error(list)
	}
}
