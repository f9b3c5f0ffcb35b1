package house

import (
	"slices"
	"strings"
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

// An address that asks for what there is not, is told part by part, in the frame, with a way on that works.
func TestAnAddressThatAsksForSomethingWrong(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		c := h.SignedIn("2002")
		for _, path := range []string{"/queue?unit=zzz", "/breaches?service=zzz", "/reports/attainment?from=zzz", "/reports/handling?by=zzz", "/todos?cursor=zzz"} {
			page := c.Get(path).Is(422).Page()
			said := page.Find("main .nk-empty p").Text()
			if page.Find(".nk-rail").Length() != 1 || !strings.Contains(said, "：") {
				t.Errorf("%s: %q", path, said)
			}
			on, _ := page.Find("main .nk-empty a").Attr("href")
			if want, _, _ := strings.Cut(path, "?"); on != want {
				t.Errorf("%s leads on to %q", path, on)
			}
			c.Get(on).Is(200)
		}
		both := c.Get("/breaches?cursor=zzz&unit=qqq").Is(422).Page().Find("main .nk-empty p").Text()
		if !strings.Contains(both, "unit：") || !strings.Contains(both, "cursor：") {
			t.Errorf("of two wrong parts: %q", both)
		}
		if c.Get("/requests/R-9999999?x=1").Is(404).Page().Find("main .nk-empty a").Length() != 0 {
			t.Error("what is not there is offered without a filter")
		}
	})
}
