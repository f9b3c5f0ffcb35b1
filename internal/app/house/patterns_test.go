package house

import (
	"testing"

	"neike/internal/kit/ui/design"
)

// Every page of samples is there for everybody, in both languages and themes.
func TestDesignPages(t *testing.T) {
	h := Start(t)
	for _, name := range design.Names {
		path := "/design"
		if name != "" {
			path += "/" + name
		}
		page := h.Get(path + "?theme=dark&lang=en").Is(200).Page()
		if html := page.Find("html"); html.AttrOr("lang", "") != "en" || html.AttrOr("data-bs-theme", "") != "dark" {
			t.Errorf("%s: %s, %s", path, html.AttrOr("lang", ""), html.AttrOr("data-bs-theme", ""))
		}
	}
	h.Get("/design/no-such").Is(404)
	h.SetCookie("theme", "light")
	if theme := h.Get("/design").Is(200).Page().Find("html").AttrOr("data-bs-theme", ""); theme != "light" {
		t.Errorf("the reader's theme is %q", theme)
	}
	h.Get("/design/people").Is(200)
	h.Get("/design/search?q=x").Is(200).Shows(".nk-hit", "R-20418")
	h.Form("/design/form").Is(303).Leads("/design/form")
}
