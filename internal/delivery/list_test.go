package delivery

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/actor"
	"neike/internal/kit/web"
)

// page is what a page shows to somebody.
func (h house) page(t *testing.T, no, path string) *goquery.Document {
	t.Helper()
	m := web.New(web.Options{Book: h.book, Gate: h.Access.Gate(), DB: h.db, Locale: "zh", Zone: "Asia/Shanghai", Who: func(r *http.Request) (actor.Actor, error) {
		return actor.From(h.as(no)), nil
	}})
	m.Page(h.Routes()...)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: %d %s", no, path, w.Code, w.Body)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	must(t, err)
	return doc
}

// TestAnAddressThatSaysItWrongly shows the list with everything that is wrong with its address, and how to clear it.
func TestAnAddressThatSaysItWrongly(t *testing.T) {
	h := quick(t)
	h.arrange()
	for path, words := range map[string][]string{
		"/deliveries/standing?state=zzz&provider=nope": {"zzz", "nope"},
		"/deliveries?state=zzz&customer=nope&view=all": {"zzz", "nope"},
		"/deliveries?cursor=zzz&view=all":              {"第一页"},
		"/deliveries?state=zzz":                        {"zzz"},
	} {
		doc := h.page(t, "2001", path)
		said := doc.Find("#list .nk-note-line[role=alert]").Text()
		for _, word := range words {
			if !strings.Contains(said, word) {
				t.Errorf("%s: %q does not say %q", path, said, word)
			}
		}
		at, _ := url.Parse(path)
		if doc.Find(`#list .nk-filter a[href^="`+at.Path+`"]`).Length() == 0 {
			t.Errorf("%s: nothing clears it", path)
		}
		if title := doc.Find("#list .nk-empty").Text(); strings.Contains(title, "现在没有要交付的") {
			t.Errorf("%s: an empty list is said to be all: %q", path, title)
		}
	}
}

// TestTheFirstArrangement: where there is none, who may make one begins it from there, and nobody else is offered to.
func TestTheFirstArrangement(t *testing.T) {
	h := quick(t)
	const begin = `#list .nk-empty a[href="/deliveries/standing/new"]`
	if h.page(t, "2001", "/deliveries/standing").Find(begin).Length() != 1 {
		t.Error("the head cannot begin")
	}
	if doc := h.page(t, "3002", "/deliveries/standing"); doc.Find(begin).Length() != 0 || doc.Find("#list .nk-empty").Length() != 1 {
		t.Error("who may not make one is offered to")
	}
	h.arrange()
	if h.page(t, "2001", "/deliveries/standing").Find("#list .nk-empty").Length() != 0 {
		t.Error("the list is not empty any more")
	}
}
