package house

import (
	"strings"
	"testing"

	"neike/content"
)

// TestAskPoster: whoever looks after a unit prints its poster; the code leads to the services of that unit alone.
func TestAskPoster(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		head := h.SignedIn("2001")
		head.Get("/units/finance/poster").Is(200).Shows("main", "还没有可以提的服务")
		for _, name := range []string{"finance"} {
			pack, _ := content.Pack(name)
			if out, err := h.Catalog.Import(h.System(), name, pack, false); err != nil || len(out.Problems) > 0 {
				t.Fatal(out.Problems, err)
			}
		}
		page := head.Get("/units/finance/poster").Is(200).Shows("#ask-poster h2", "财务部").Shows(".nk-poster-list", "费用报销").
			Shows(".nk-poster-url", "/requests/new?provider=finance")
		if page.Page().Find("#ask-poster svg").Length() != 1 {
			t.Error("no code to scan")
		}
		head.Get("/org/units/finance").Shows(".nk-head", "海报")
		head.Get("/units/project/poster").Is(404)
		h.SignedIn("1001").Get("/units/project/poster").Is(200)
		other := h.SignedIn("3002")
		other.Get("/units/finance/poster").Is(404)
		if strings.Contains(other.Get("/org/units/finance").Text(".nk-head"), "海报") {
			t.Error("everybody is offered the poster")
		}
		other.Get("/requests/new?provider=finance").Is(200).Shows("#pick", "您扫的是财务部").Shows("#of-finance", "费用报销")
		if other.Get("/requests/new?provider=project").Is(200).Page().Find("#of-finance").Length() != 0 {
			t.Error("the poster of one unit offers the services of another")
		}
		h.Fresh().Get("/requests/new?provider=finance").Is(303).Leads("/signin?to=%2Frequests%2Fnew%3Fprovider%3Dfinance")
	})
}
