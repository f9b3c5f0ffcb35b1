package request

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestTheAnswerToAskingIsTheRequest: what POST answers, made without reading it back, is what GET shows the same person.
func TestTheAnswerToAskingIsTheRequest(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		const form = `"service":"finance.advance","fields":{"amount":5000,"reason":"备用金","due":"2026-12-01"}`
		for name, c := range map[string]struct{ no, more string }{
			"plain":        {"3002", `"title":"一"`},
			"on behalf":    {"3002", `"title":"二","on_behalf_of":"4001"`},
			"confidential": {"3002", `"title":"三","confidential":true,"named":["2003","2002"]`},
			"both":         {"3001", `"title":"四","on_behalf_of":"4001","confidential":true,"named":["2003"]`},
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
