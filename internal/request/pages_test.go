package request

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

// door is the house with its routes; requests say who asks in the header X-No.
type door struct {
	house
	mux *web.Mux
}

func (h house) open4() door {
	mux := web.New(web.Options{Book: h.book, Gate: h.Access.Gate(), DB: h.db, Locale: "zh", Zone: "Asia/Shanghai",
		Who: func(r *http.Request) (actor.Actor, error) {
			no := r.Header.Get("X-No")
			if no == "" {
				return actor.Actor{}, nil
			}
			p, err := h.Org.PersonByNo(h.ctx, no)
			if err != nil {
				return actor.Actor{}, err
			}
			a, err := h.Org.ActorOf(h.ctx, p.ID)
			a.Import = r.Header.Get("X-Import") != ""
			return a, err
		}})
	mux.Page(h.Routes()...)
	h.API(mux)
	return door{h, mux}
}

func (d door) send(no, method, target, contentType, body string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if no != "" {
		r.Header.Set("X-No", strings.TrimSuffix(no, "!"))
	}
	if strings.HasSuffix(no, "!") {
		r.Header.Set("X-Import", "1")
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	return w
}

func (d door) get(no, target string) *httptest.ResponseRecorder {
	d.t.Helper()
	return d.send(no, http.MethodGet, target, "", "")
}

func (d door) post(no, target string, form url.Values) *httptest.ResponseRecorder {
	d.t.Helper()
	return d.send(no, http.MethodPost, target, "application/x-www-form-urlencoded", form.Encode())
}

// page reads an answer as HTML and checks its status.
func (d door) page(w *httptest.ResponseRecorder, status int) *goquery.Document {
	d.t.Helper()
	if w.Code != status {
		d.t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body.String())
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	must(d.t, err)
	return doc
}

func has(t *testing.T, doc *goquery.Document, selector string) *goquery.Selection {
	t.Helper()
	s := doc.Find(selector)
	if s.Length() == 0 {
		t.Errorf("the page has no %s", selector)
	}
	return s
}

func lacks(t *testing.T, doc *goquery.Document, selector string) {
	t.Helper()
	if s := doc.Find(selector); s.Length() > 0 {
		html, _ := goquery.OuterHtml(s.First())
		t.Errorf("the page has %s: %s", selector, html)
	}
}

// TestThePathInPages goes the whole way with forms alone, as a browser without a script would.
func TestThePathInPages(t *testing.T) {
	d := quick(t).open4()
	doc := d.page(d.get("3002", "/requests/new"), 200)
	has(t, doc, `a[href="/requests/new/finance.advance"]`)
	doc = d.page(d.get("3002", "/requests/new/finance.advance"), 200)
	has(t, doc, `form[action="/requests"] input[name="fields.amount"]`)
	if due := has(t, doc, ".nk-due").Text(); due == "" {
		t.Error("the form says nothing of when it is due")
	}
	form := url.Values{"service": {"finance.advance"}, "fields.amount": {"abc"}, "fields.reason": {"备用金"}}
	doc = d.page(d.post("3002", "/requests", form), 422)
	if v, _ := has(t, doc, `input[name="fields.amount"]`).Attr("value"); v != "abc" {
		t.Errorf("what was typed is lost: %q", v)
	}
	has(t, doc, `[data-errors] a[href="#f-fields.amount"]`)
	has(t, doc, `[data-errors] a[href="#f-fields.due"]`)

	form.Set("fields.amount", "5000")
	form.Set("fields.due", "2026-12-01")
	w := d.post("3002", "/requests", form)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/requests/R-1001" {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	d.step(t, "2002", "take", nil, "deliver")
	d.step(t, "2002", "ask", url.Values{"text": {"还差一张"}}, "deliver")
	d.step(t, "3002", "answer", url.Values{"text": {"补了"}}, "nudge")
	d.step(t, "2002", "deliver", url.Values{"text": {"已付"}}, "")
	d.step(t, "3002", "return", url.Values{"reason": {"金额不对"}}, "nudge")
	d.step(t, "2002", "deliver", url.Values{"text": {"改了"}}, "")
	d.step(t, "3002", "accept", nil, "rate")
	d.step(t, "3002", "rate", url.Values{"score": {"4"}, "reasons": {"clear"}, "share": {"true"}}, "")
	doc = d.page(d.get("3002", "/requests/R-1001"), 200)
	lacks(t, doc, `form[action="/requests/R-1001/rate"]`)
	if text := doc.Find("#state").Text(); !strings.Contains(text, "已办结") {
		t.Errorf("the state card says %q", text)
	}
}

// step presses one button and looks for the next one on the page.
func (d door) step(t *testing.T, no, verb string, form url.Values, next string) {
	t.Helper()
	doc := d.page(d.get(no, "/requests/R-1001"), 200)
	has(t, doc, fmt.Sprintf(`form[action="/requests/R-1001/%s"]`, verb))
	if w := d.post(no, "/requests/R-1001/"+verb, form); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", verb, w.Code, w.Body.String())
	}
	if next != "" {
		doc = d.page(d.get(no, "/requests/R-1001"), 200)
		has(t, doc, fmt.Sprintf(`form[action="/requests/R-1001/%s"]`, next))
	}
}

// TestEveryPageInBothLanguages draws every page and form, so that no word is missing in either language.
func TestEveryPageInBothLanguages(t *testing.T) {
	h := quick(t)
	if missing := h.book.Missing(); len(missing) > 0 {
		t.Errorf("words: %v", missing)
	}
	d := h.open4()
	h.open("3002")
	for _, locale := range []string{"zh", "en"} {
		for _, state := range []string{"", "take", "ask", "answer", "deliver", "accept"} {
			if state != "" && locale == "zh" {
				no := "2002"
				if state == "answer" || state == "accept" {
					no = "3002"
				}
				if w := d.post(no, "/requests/R-1001/"+state, url.Values{"text": {"好"}}); w.Code != 303 {
					t.Fatal(state, w.Code, w.Body.String())
				}
			}
			for _, no := range []string{"3002", "2002", "2001", "1001", "3003"} {
				for _, path := range []string{"/requests/R-1001", "/requests", "/requests?view=unit", "/requests?view=all", "/requests/new", "/requests/new/finance.expense"} {
					d.inLanguage(t, locale, no, path)
				}
			}
			for _, path := range []string{"/queue", "/queue?view=mine", "/queue?view=unassigned", "/queue?view=late"} {
				d.inLanguage(t, locale, "2002", path)
			}
			for _, verb := range rank {
				for _, no := range []string{"3002", "2002"} {
					if looks[verb].words {
						d.inLanguage(t, locale, no, "/requests/R-1001/"+string(verb))
					}
				}
			}
		}
	}
}

func (d door) inLanguage(t *testing.T, locale, no, path string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("X-No", no)
	r.AddCookie(&http.Cookie{Name: "lang", Value: locale})
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	if w.Code >= 400 {
		t.Errorf("%s for %s in %s: %d %s", path, no, locale, w.Code, w.Body.String())
	}
}

var _ = lang.Locales

// TestQueuePage: the next due first, many taken at once, filters in the address, nothing for who serves nobody.
func TestQueuePage(t *testing.T) {
	h := quick(t)
	for range 3 {
		h.open("3002")
	}
	d := h.open4()
	doc := d.page(d.get("2002", "/queue"), 200)
	if n := has(t, doc, "table#requests tbody tr").Length(); n != 3 {
		t.Errorf("%d rows", n)
	}
	has(t, doc, `input[name="n"][form="bulk"]`)
	if w := d.post("2002", "/queue/take", url.Values{"n": {"R-1001", "R-1002", "R-4711"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	doc = d.page(d.get("2002", "/queue?view=mine"), 200)
	if n := has(t, doc, "table#requests tbody tr").Length(); n != 2 {
		t.Errorf("%d of two were taken", n)
	}
	doc = d.page(d.get("2002", "/queue?view=unassigned"), 200)
	if n := has(t, doc, "table#requests tbody tr").Length(); n != 1 {
		t.Errorf("%d are left", n)
	}
	if w := d.post("2001", "/queue/assign", url.Values{"n": {"R-1003"}, "person": {"2003"}, "back": {"https://elsewhere.example"}}); w.Header().Get("Location") != "/queue" {
		t.Errorf("sent to %q", w.Header().Get("Location"))
	}
	h.later(10 * 24 * time.Hour)
	doc = d.page(d.get("2002", "/queue"), 200)
	if text := has(t, doc, ".nk-note-line").Text(); !strings.Contains(text, "3 件") {
		t.Errorf("the banner says %q", text)
	}
	doc = d.page(d.get("2002", "/queue?view=late"), 200)
	if n := has(t, doc, "table#requests tbody tr").Length(); n != 3 {
		t.Errorf("the banner says 3, the list shows %d", n)
	}
	doc = d.page(d.get("2002", "/queue?state=waiting"), 200)
	lacks(t, doc, "table#requests")
	doc = d.page(d.get("2002", "/queue?state=asleep"), 200)
	has(t, doc, `[role="alert"]`)
}

// TestRefusalsShowThePageAsItIs: what the state no longer allows comes back with the page and the sentence.
func TestRefusalsShowThePageAsItIs(t *testing.T) {
	h := quick(t)
	r := h.scene(StateDelivered)
	d := h.open4()
	doc := d.page(d.post("2003", link(r.Number)+"/take", nil), 409)
	if text := has(t, doc, `[role="alert"]`).Text(); !strings.Contains(text, "已经有人在办") {
		t.Errorf("the page says %q", text)
	}
	doc = d.page(d.post("3002", link(r.Number)+"/return", url.Values{"reason": {" "}}), 422)
	has(t, doc, `.is-bad textarea[name="reason"]`)
	if w := d.post("4001", link(r.Number)+"/accept", nil); w.Code != 404 {
		t.Errorf("a stranger gets %d", w.Code)
	}
	doc = d.page(d.post("2002", link(r.Number)+"/message", url.Values{"text": {""}, "kind": {"note"}}), 422)
	has(t, doc, "#e-text")
}
