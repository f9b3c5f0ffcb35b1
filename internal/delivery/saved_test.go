package delivery

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/actor"
	"neike/internal/kit/web"
	"neike/internal/view"
)

// TestViewsOfDeliveries: what a list of deliveries is narrowed to is kept and shared with a unit, counted, and opens the list.
func TestViewsOfDeliveries(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.arrange()
		h.later(20 * 24 * 3_600_000_000_000)
		h.work()
		m := web.New(web.Options{Book: h.book, Gate: h.Access.Gate(), DB: h.db, Locale: "zh", Zone: "Asia/Shanghai", Who: func(r *http.Request) (actor.Actor, error) {
			return actor.From(h.as(r.Header.Get("X-No"))), nil
		}})
		m.Page(h.Routes()...)
		h.View.Mount(m)
		send := func(no, method, target, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, target, strings.NewReader(body))
			r.Header.Set("X-No", no)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			w := httptest.NewRecorder()
			m.ServeHTTP(w, r)
			return w
		}
		says := func(no, target string, words ...string) {
			t.Helper()
			w := send(no, "GET", target, "")
			for _, x := range words {
				if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), x) {
					t.Errorf("%s %s: %d, does not say %q", no, target, w.Code, x)
				}
			}
		}
		says("2001", "/deliveries?view=bring&state=any&customer=sales", `name="query"`)
		if w := send("2001", "GET", "/deliveries?view=bring&state=open", ""); strings.Contains(w.Body.String(), `name="query"`) {
			t.Error("a list that is not narrowed offers to be kept")
		}
		save := func(list, name, query, unit string, more ...string) {
			t.Helper()
			in := url.Values{"list": {list}, "name": {name}, "query": {query}, "unit": {unit}}
			for _, x := range more {
				in.Set(x, "true")
			}
			if w := send("2001", "POST", "/views", in.Encode()); w.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", name, w.Code, w.Body)
			}
		}
		save(listDeliveries, "给销售部的", "view=bring&state=any&customer=sales", "finance")
		save(listStandings, "停着的", "state=paused&provider=finance", "finance", "standard")
		says("2002", "/deliveries?view=bring&state=open", "给销售部的") // a colleague of the unit
		says("2002", "/deliveries/standing?state=any", "停着的")
		if w := send("3002", "GET", "/deliveries?view=receive&state=open", ""); strings.Contains(w.Body.String(), "给销售部的") {
			t.Error("another unit sees it")
		}
		if w := send("2002", "GET", "/deliveries/standing", ""); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/deliveries/standing?provider=finance&state=paused" {
			t.Errorf("the view that opens the list: %d %s", w.Code, w.Header().Get("Location"))
		}
		for list, want := range map[string]string{listDeliveries: "1", listStandings: "0"} {
			views, err := h.View.Mine(h.as("2002"), list)
			if err != nil || len(views) != 1 {
				t.Fatalf("%s: %d views, %v", list, len(views), err)
			}
			if w := send("2002", "GET", "/views/counts?list="+list, ""); !strings.Contains(w.Body.String(), ">"+want+"<") {
				t.Errorf("%s is not counted as %s: %s", list, want, w.Body)
			}
		}
		if _, _, err := h.View.Save(h.as("2001"), view.Input{List: "nobody", Name: "x", Query: "a=b"}); err == nil {
			t.Error("a view of a list that is not there")
		}
	})
}
