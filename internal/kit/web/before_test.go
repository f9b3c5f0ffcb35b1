package web

import (
	"net/http"
	"testing"
)

// A session that ended while somebody was writing leads back to what was written.
func TestSignInLeadsBackToTheForm(t *testing.T) {
	m := house(t, nil)
	m.Page(Route{Pattern: "POST /page", Action: "page.do", Do: func(w http.ResponseWriter, r *http.Request) error { return See(w, r, "/done") }})
	for _, c := range []struct{ name, referer, want string }{
		{"to the page of the form", "http://example.com/requests/new/it.incident?x=1", "/signin?to=%2Frequests%2Fnew%2Fit.incident%3Fx%3D1"},
		{"behind a proxy that speaks https", "https://example.com/requests/new/it.incident", "/signin?to=%2Frequests%2Fnew%2Fit.incident"},
		{"never to another site", "http://evil.example/requests", "/signin"},
		{"nowhere when the browser does not say", "", "/signin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := call(t, m, "POST", "/page", "text=long", "Content-Type", "application/x-www-form-urlencoded", "Referer", c.referer)
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != c.want {
				t.Errorf("%d %q, want %q", w.Code, w.Header().Get("Location"), c.want)
			}
		})
	}
}
