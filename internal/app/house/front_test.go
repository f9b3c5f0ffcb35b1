package house

import (
	"strings"
	"testing"

	"neike/content"
	"neike/internal/request"
)

// What a unit asks for often stands first in its catalogue; what one asks confidentially does not count.
func TestTheCatalogueBeginsWithWhatOnesUnitUses(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		data, _ := content.Pack("finance")
		if _, err := h.Catalog.Import(h.System(), "finance", data, false); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			for _, secret := range []bool{false, true} {
				ask := request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}}
				if secret {
					ask = request.Ask{Service: "finance.receipt", Title: "到账", Confidential: true, Named: []string{"2002"}, Fields: map[string]any{"payer": "甲", "amount": "1", "date": "2026-11-20", "contract": "C-1", "type": "other"}}
				}
				if _, err := h.Request.Open(h.As("3002"), ask); err != nil && !secret {
					t.Fatal(err)
				}
			}
		}
		page := h.SignedIn("3003").Get("/services").Is(200).Shows("#front-often", "借款")
		if strings.Contains(page.Text("#front-often"), "到账") {
			t.Error("what was asked confidentially counts")
		}
		if page.Page().Find("#front-new").Length() > 0 {
			t.Error("where everything is new, something is shown as new")
		}
		if h.SignedIn("2002").Get("/services").Is(200).Page().Find("#front-often").Length() > 0 {
			t.Error("another unit sees it")
		}
		if h.SignedIn("3003").Get("/services?unit=finance").Is(200).Page().Find("#front-often").Length() > 0 {
			t.Error("it stands before a department")
		}
		h.SignedIn("3003").Get("/services?from=40").Is(200)
	})
}
