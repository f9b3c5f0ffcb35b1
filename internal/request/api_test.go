package request

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func (d door) call(no, method, path, body string) *httptest.ResponseRecorder {
	d.t.Helper()
	return d.send(no, method, path, "application/json", body)
}

// golden compares an answer with its file.
func golden(t *testing.T, name string, w *httptest.ResponseRecorder) {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, w.Body.Bytes(), "", "  "); err != nil {
		t.Fatalf("%v: %s", err, w.Body.String())
	}
	out.WriteByte('\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		must(t, os.WriteFile(file, out.Bytes(), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s differs (run with -update when it is right):\n%s", file, out.String())
	}
}

// TestTheAPI walks the path as a program and compares every answer with its golden file.
func TestTheAPI(t *testing.T) {
	d := quick(t).open4()
	const one = "/api/v1/requests/R-1001"
	step := func(name, no, method, path, body string, status int) {
		t.Helper()
		d.later(20 * time.Minute)
		w := d.call(no, method, path, body)
		if w.Code != status {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body.String())
		}
		golden(t, name, w)
	}
	step("open", "3002", "POST", "/api/v1/requests", `{"service":"finance.advance","title":"越南安装队备用金","fields":{"amount":5000,"reason":"备用金","due":"2026-12-01"},"customer_unit":"project","confidential":false}`, 201)
	step("open-wrong", "3002", "POST", "/api/v1/requests", `{"service":"finance.advance","fields":{"amount":"viel"},"customer_unit":"sales"}`, 422)
	step("accept-too-early", "3002", "POST", one+"/accept", `{}`, 409)
	step("take-not-mine", "4001", "POST", one+"/take", `{}`, 404)
	step("take", "2002", "POST", one+"/take", "", 200)
	step("ask", "2002", "POST", one+"/ask", `{"text":"哪个项目出？"}`, 200)
	step("answer", "3002", "POST", one+"/answer", `{"text":"越南二期","fields":{"amount":"6000"}}`, 200)
	step("note", "2002", "POST", one+"/note", `{"text":"预算够"}`, 200)
	step("deliver", "2002", "POST", one+"/deliver", `{"text":"已付"}`, 200)
	step("return", "3002", "POST", one+"/return", `{"reason":"少付一笔"}`, 200)
	step("deliver-again", "2002", "POST", one+"/deliver", `{"text":"补付"}`, 200)
	step("accept", "3002", "POST", one+"/accept", `{}`, 200)
	step("rate", "3002", "POST", one+"/rate", `{"score":4,"reasons":["clear"],"comment":"谢谢","share":true}`, 200)
	step("rate-again", "3002", "POST", one+"/rate", `{"score":5}`, 409)
	step("clocks", "3002", "GET", one+"/clocks", "", 200)
	step("timeline-customer", "3002", "GET", one+"/timeline", "", 200)
	step("timeline-provider", "2002", "GET", one+"/timeline", "", 200)
	step("list", "2002", "GET", "/api/v1/requests?limit=1", "", 200)
	step("attainment", "2001", "GET", "/api/v1/reports/attainment?by=edge&from=2026-10-01&to=2026-12-31", "", 200)
	step("attainment-wrong", "2001", "GET", "/api/v1/reports/attainment?by=phase&clock=sun", "", 422)
	for _, title := range []string{"第三批备用金", "再催第三批备用金"} {
		if w := d.call("3002", "POST", "/api/v1/requests", `{"service":"finance.advance","title":"`+title+`","fields":{"amount":5000,"reason":"备用金","due":"2026-12-01"},"customer_unit":"project","confidential":false}`); w.Code != 201 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	step("merge-duplicate", "2002", "POST", "/api/v1/requests/R-1003/merge", `{"into":"R-1002"}`, 200)
	step("duplicate-customer", "3002", "GET", "/api/v1/requests/R-1003", "", 200)
	must(t, second(d.Take(d.as("2002"), 1002, When{})))
	must(t, second(d.Deliver(d.as("2002"), 1002, "已付", nil, When{})))
	step("accept-duplicate", "3002", "POST", "/api/v1/requests/R-1003/accept", `{}`, 409)
	must(t, second(d.Accept(d.as("3002"), 1002, When{})))
	step("rate-duplicate", "3002", "POST", "/api/v1/requests/R-1003/rate", `{"score":5}`, 409)
	step("attainment-duplicate", "2001", "GET", "/api/v1/reports/attainment?by=edge&from=2026-10-01&to=2026-12-31", "", 200)
}

// TestNotYoursIsNotThere: what one may not see answers as what is not there, to the byte.
func TestNotYoursIsNotThere(t *testing.T) {
	h := quick(t)
	ask := advance()
	ask.Confidential, ask.Named = true, []string{"2003"}
	r, err := h.Open(h.as("3002"), ask)
	must(t, err)
	d := h.open4()
	for _, no := range []string{"1001", "2001", "2002", "3001", "3003", "4001", "9001"} {
		for _, path := range []string{"/api/v1/requests/%s", "/api/v1/requests/%s/clocks", "/api/v1/requests/%s/timeline", "/requests/%s"} {
			there := d.get(no, strings.Replace(path, "%s", r.Ref(), 1))
			none := d.get(no, strings.Replace(path, "%s", "R-4711", 1))
			if there.Code != 404 || there.Body.String() != none.Body.String() {
				t.Errorf("%s %s: %d differs from %d", no, path, there.Code, none.Code)
			}
		}
		for _, v := range Verbs {
			there := d.call(no, "POST", "/api/v1/requests/"+r.Ref()+"/"+string(v), `{}`)
			none := d.call(no, "POST", "/api/v1/requests/R-4711/"+string(v), `{}`)
			if there.Code != 404 || there.Body.String() != none.Body.String() {
				t.Errorf("%s %s: %d %s", no, v, there.Code, there.Body.String())
			}
		}
	}
}

// TestAVerbIsMeantForWhatWasSeen: with If-Match a verb is refused once the request has changed, as far as the caller may
// know of it: the agents' notes do not change what the customer saw.
func TestAVerbIsMeantForWhatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		r := h.open("3002")
		at := func(no string) string { return d.get(no, "/api/v1/requests/"+r.Ref()).Header().Get("ETag") }
		on := func(no, verb, tag, body string) int {
			q := httptest.NewRequest("POST", "/api/v1/requests/"+r.Ref()+"/"+verb, strings.NewReader(body))
			q.Header.Set("X-No", no)
			q.Header.Set("Content-Type", "application/json")
			q.Header.Set("If-Match", tag)
			w := httptest.NewRecorder()
			d.mux.ServeHTTP(w, q)
			return w.Code
		}
		seen := at("3002")
		if code := on("2002", "take", `"old"`, `{}`); code != 412 {
			t.Errorf("another state: %d", code)
		}
		if code := on("2002", "take", at("2002"), `{}`); code != 200 {
			t.Errorf("the same state: %d", code)
		}
		if code := on("3002", "cancel", seen, `{"reason":"不用了"}`); code != 412 {
			t.Errorf("the state before it was taken: %d", code)
		}
		seen = at("3002")
		if code := on("2002", "note", at("2002"), `{"text":"内部"}`); code != 200 {
			t.Errorf("a note: %d", code)
		}
		if code := on("3002", "cancel", seen, `{"reason":"不用了"}`); code != 200 {
			t.Errorf("a note the customer knows nothing of: %d", code)
		}
	})
}

// TestTheKeyMakesAskingHarmless: the same Idempotency-Key opens one request.
func TestTheKeyMakesAskingHarmless(t *testing.T) {
	d := quick(t).open4()
	body := `{"service":"finance.advance","title":"一次","fields":{"amount":1,"reason":"x","due":"2026-12-01"}}`
	var first string
	for i := range 2 {
		r := httptest.NewRequest("POST", "/api/v1/requests", strings.NewReader(body))
		r.Header.Set("X-No", "3002")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k-1")
		w := httptest.NewRecorder()
		d.mux.ServeHTTP(w, r)
		if w.Code != 201 {
			t.Fatal(w.Code, w.Body.String())
		}
		if i == 0 {
			first = w.Body.String()
		} else if w.Body.String() != first {
			t.Errorf("the second answer differs: %s", w.Body.String())
		}
	}
	if page, err := d.List(d.as("3002"), Filter{}); err != nil || len(page.Items) != 1 {
		t.Errorf("%d requests, %v", len(page.Items), err)
	}
}

// TestTheReportListsWhatItCounts: the list of a row holds exactly the cases counted.
func TestTheReportListsWhatItCounts(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		for _, s := range []State{StateDone, StateDone, StateWorking, StateNew, StateWithdrawn, StateCancelled, StateDelivered} {
			h.scene(s)
			h.later(2 * time.Hour)
		}
		h.later(5 * 24 * time.Hour)
		h.scene(StateNew)
		h.scene(StateDone)
		for _, by := range []string{"service", "unit", "edge"} {
			w := d.get("1001", "/api/v1/reports/attainment?from=2026-11-01&to=2026-12-31&by="+by)
			var report struct {
				Items []struct {
					Met, Breached, Pending, Excluded, N int64
					List                                string
				}
			}
			must(t, json.Unmarshal(w.Body.Bytes(), &report))
			if len(report.Items) != 1 {
				t.Fatalf("%s: %s", by, w.Body.String())
			}
			row := report.Items[0]
			if row.Met != 3 || row.Breached != 2 || row.Excluded != 2 || row.Pending != 2 || row.N != 5 {
				t.Errorf("%s: %+v", by, row)
			}
			for outcome, want := range map[string]int64{"": row.N + row.Pending + row.Excluded, "met": row.Met, "breached": row.Breached, "pending": row.Pending, "excluded": row.Excluded} {
				var list struct{ Items []struct{ Number string } }
				must(t, json.Unmarshal(d.get("1001", row.List+"&limit=200&outcome="+outcome).Body.Bytes(), &list))
				if int64(len(list.Items)) != want {
					t.Errorf("%s %q: the report says %d, the list has %d", by, outcome, want, len(list.Items))
				}
			}
		}
	})
}
