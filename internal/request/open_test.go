package request

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"reflect"
	"sync"
	"testing"
)

// TestTheAnswerToAskingIsTheRequest: what POST answers, made without reading it back, is what GET shows the same person.
func TestTheAnswerToAskingIsTheRequest(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		const form = `"service":"finance.advance","fields":{"amount":5000,"reason":"备用金","due":"2026-12-01"}`
		for name, c := range map[string]struct{ no, more string }{
			"plain":        {"3002", `"title":"一"`},
			"on behalf":    {"3002", `"title":"二","on_behalf_of":"3003"`},
			"confidential": {"3002", `"title":"三","confidential":true,"named":["2003","2002"]`},
			"both":         {"3001", `"title":"四","on_behalf_of":"3003","confidential":true,"named":["2003"]`},
			"own unit":     {"2002", `"title":"五"`},
			"its head":     {"2001", `"title":"六"`},
			"other unit":   {"9001", `"title":"七","customer_unit":"hq"`},
		} {
			posted := d.call(c.no, "POST", "/api/v1/requests", "{"+form+","+c.more+"}")
			if posted.Code != 201 {
				t.Fatalf("%s: %d %s", name, posted.Code, posted.Body.String())
			}
			var said, is map[string]any
			must(t, json.Unmarshal(posted.Body.Bytes(), &said))
			read := d.call(c.no, "GET", "/api/v1/requests/"+said["number"].(string), "")
			must(t, json.Unmarshal(read.Body.Bytes(), &is))
			if !reflect.DeepEqual(said, is) {
				t.Errorf("%s: POST answered\n%s\nGET shows\n%s", name, posted.Body.String(), read.Body.String())
			}
			if posted.Header().Get("ETag") == "" || posted.Header().Get("ETag") != read.Header().Get("ETag") {
				t.Errorf("%s: ETag %s, then %s", name, posted.Header().Get("ETag"), read.Header().Get("ETag"))
			}
		}
	})
}

// TestAFormAsksOnce: sent twice, at once, or again after Back, a form files one request and leads to it; with other words
// it is another request, and so is the same content in a new form.
func TestAFormAsksOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		blank := func() url.Values {
			page := d.page(d.get("3002", "/requests/new/finance.advance"), 200)
			once := page.Find("input[name=once]").AttrOr("value", "")
			if len(once) < 20 {
				t.Fatalf("the form's key is %q", once)
			}
			return url.Values{"service": {"finance.advance"}, "once": {once}, "title": {"备用金"}, "fields.amount": {"5000"}, "fields.reason": {"出差"}, "fields.due": {"2026-12-01"}}
		}
		form := blank()
		var group sync.WaitGroup
		answers := make([]*httptest.ResponseRecorder, 3)
		for i := range answers {
			group.Go(func() { answers[i] = d.post("3002", "/requests", form) })
		}
		group.Wait()
		first := answers[0].Header().Get("Location")
		for _, w := range answers {
			if w.Code != 303 || w.Header().Get("Location") != first || first == "" {
				t.Errorf("%d %q", w.Code, w.Header().Get("Location"))
			}
		}
		form.Set("title", "备用金二")
		other := d.post("3002", "/requests", form).Header().Get("Location")
		again := d.post("3002", "/requests", blank()).Header().Get("Location")
		if other == first || again == first || again == other || other == "" || again == "" {
			t.Errorf("first %q, other words %q, a new form %q", first, other, again)
		}
		if page, err := d.List(d.as("3002"), Filter{Mine: true}); err != nil || len(page.Items) != 3 {
			t.Errorf("%d requests, %v", len(page.Items), err)
		}
	})
}
