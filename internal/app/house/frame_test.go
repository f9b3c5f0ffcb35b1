package house

import (
	"slices"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/org"
	"neike/internal/request"
)

// The frame says who reads, what is open, and on the phone leads to the four places.
func TestFrame(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		if err := h.Signin.SetPasswords(h.System(), []org.ID{h.ID("3004")}, Password); err != nil {
			t.Fatal(err)
		}
		if got := h.SignedIn("3004").Get("/").Is(200).Page().Find(".nk-me-name small").First().Text(); got != "项目部 · 项目经理" {
			t.Errorf("under the name: %q", got)
		}
		page := h.SignedIn("2002").Get("/services").Is(200).Page()
		if page.Find(`.nk-rail a[href="/services"][aria-current=page]`).Length() != 1 {
			t.Error("the catalogue is not lit in the rail")
		}
		if got := page.Find(`.nk-rail a[href="/queue"] .nk-cnt`).Text(); got != "3" { // R-1003 names 2002
			t.Errorf("the queue counts %q", got)
		}
		if page.Find(`.nk-rail a[href="/requests"] .nk-cnt`).Length() != 0 {
			t.Error("somebody who asked for nothing has open requests")
		}
		var tabs []string
		page.Find(".nk-tabbar > a").Each(func(_ int, s *goquery.Selection) { tabs = append(tabs, s.AttrOr("href", "")) })
		if want := []string{"/", "/requests/new", "/queue", "/inbox"}; !slices.Equal(tabs, want) {
			t.Errorf("tabs %v, want %v", tabs, want)
		}
		other := h.SignedIn("2003").Get("/services").Is(200).Page()
		if got := other.Find(`.nk-rail a[href="/queue"] .nk-cnt`).Text(); got != "2" { // the confidential one is not hers
			t.Errorf("the queue of somebody not named counts %q", got)
		}
		if _, err := h.Request.Message(h.As("2002"), 1001, "请看", nil, request.When{}); err != nil {
			t.Fatal(err)
		}
		mine := h.SignedIn("3002").Get("/requests").Is(200).Page()
		if got := mine.Find(`.nk-rail a[href="/requests"] .nk-cnt`).Text(); got != "3" {
			t.Errorf("my requests count %q", got)
		}
		if got := mine.Find(`.nk-tabbar a[href="/inbox"] .nk-dot[sse-swap=unread]`).Text(); got != "1" {
			t.Errorf("the inbox tab counts %q", got)
		}
	})
}
