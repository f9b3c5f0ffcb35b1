package repeat

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// door is the house with its routes; requests say who asks in the header X-No.
func (h house) door() func(no, method, target, body string) *httptest.ResponseRecorder {
	mux := web.New(web.Options{Book: h.book, Gate: h.Access.Gate(), DB: h.db, Locale: "zh", Zone: "Asia/Shanghai", Who: func(r *http.Request) (actor.Actor, error) {
		p, err := h.Org.PersonByNo(h.ctx, r.Header.Get("X-No"))
		if err != nil {
			return actor.Actor{}, err
		}
		return h.Org.ActorOf(h.ctx, p.ID)
	}})
	mux.Page(h.Routes()...)
	mux.Page(h.Request.Routes()...)
	h.API(mux)
	return func(no, method, target, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set("X-No", no)
		r.Header.Set("Content-Type", "application/json")
		if method == http.MethodPost && !strings.HasPrefix(target, "/api") {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
}

func TestPagesAndCalls(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	send := h.door()
	page := func(no, method, target, body string, status int, words ...string) string {
		t.Helper()
		w := send(no, method, target, body)
		if w.Code != status {
			t.Fatalf("%s %s: %d, want %d\n%s", method, target, w.Code, status, w.Body)
		}
		for _, x := range words {
			if !strings.Contains(w.Body.String(), x) {
				t.Errorf("%s %s does not say %q", method, target, x)
			}
		}
		return w.Header().Get("Location")
	}
	page("3002", "GET", "/repeats", "", 200, "还没有周期请求")
	page("2002", "GET", "/repeats/expected", "", 200, "/requests?state=any&amp;provider=finance", "定期提")
	page("3002", "GET", "/repeats/new", "", 200, `name="service"`)
	page("3002", "GET", "/repeats/new?service=finance.advance", "", 200, `name="fields.amount"`, `id="preview"`, "自动提出")
	typed := "service=finance.advance&title=%E5%A4%87%E7%94%A8%E9%87%91&fields.amount=5000&fields.reason=x&fields.due=2027-12-01&every=month&on=workday+3&at=17:00&shift=before&step=1&month=0&lead=3&catch_up=last&from=2026-11-23"
	page("3002", "POST", "/repeats", typed+"&print=1", 200, `value="5000"`, `id="preview"`)
	page("3002", "POST", "/repeats", strings.Replace(typed, "at=17:00", "at=xx", 1)+"&lead=abc", 422, `value="5000"`, "data-errors")
	at := page("3002", "POST", "/repeats", typed, 303)
	page("3002", "GET", at, "", 200, `id="dates"`, `data-slot="2026-12"`, "跳过这次")
	page("3002", "POST", at+"/date", "slot=2026-12&do=skip", 303)
	page("3002", "POST", at+"/date", "slot=2025-12&do=skip", 409)
	page("3002", "GET", at, "", 200, "不跳过")
	page("3002", "GET", at+"/edit", "", 200, `value="5000"`)
	page("3002", "GET", at+"/dates/2027-01", "", 200, `value="5000"`, `name="later.due"`)
	page("3002", "GET", at+"/dates/2025-01", "", 404)
	page("3003", "GET", at+"/dates/2027-01", "", 404)
	one := "title=&fields.amount=7000&fields.reason=x&fields.due="
	page("3002", "POST", at+"/dates/2027-01", one, 422, `value="7000"`, "data-errors")
	page("3002", "POST", at+"/dates/2027-01", one+"&later.due=999", 422, `value="999"`, "data-errors")
	page("3002", "POST", at+"/dates/2027-01", one+"&later.due=5", 303)
	page("3002", "GET", at+"/dates/2027-01", "", 200, `value="7000"`, `value="5"`, "恢复成模板的样子")
	page("3003", "POST", at+"/dates/2027-01", one+"&later.due=5", 404)
	page("3002", "POST", at+"/dates/2027-01", "do=back", 303)
	page("3002", "GET", at+"/dates/2027-01", "", 200, `value="5000"`)
	page("3002", "POST", at+"/edit", typed+"&revision=old", 412)
	page("3002", "POST", "/repeats", strings.Replace(typed, "fields.due=2027-12-01", "fields.due=&later.due=20", 1)+"&print=1", 200, `name="later.due"`, `value="20"`)
	follows := page("3002", "POST", "/repeats", strings.Replace(typed, "fields.due=2027-12-01", "fields.due=&later.due=20", 1), 303)
	page("3002", "GET", follows, "", 200, "提出后第 20 个工作日")
	h.pack(withMonths)
	months := "service=finance.closing&title=%7B%E4%B8%8A%E6%9C%88%7D+%E6%9C%88%E6%95%B0%E6%8D%AE&fields.period=&fields.pick=&later.period=-1&later.pick=1&every=month&on=workday+3&at=17:00&shift=before&step=1&month=0&lead=3&catch_up=last&from=2026-11-23"
	page("3002", "POST", "/repeats", months, 422, `value="-1" selected`, `name="later.pick.at"`, "请填几点")
	page("3002", "POST", "/repeats", strings.Replace(months, "period=-1", "period=-13", 1)+"&later.pick.at=14:30", 422, "最多往前或往后 12 个月")
	page("3002", "POST", "/repeats", months+"&later.pick.at=14:30&print=1", 200, `value="14:30"`, "11 月数据")
	closing := page("3002", "POST", "/repeats", months+"&later.pick.at=14:30", 303)
	page("3002", "GET", closing, "", 200, "上个月", "提出后第 1 个工作日 14:30", ">11 月数据</h1>")
	page("3002", "GET", closing+"/edit", "", 200, `value="-1" selected`, `value="14:30"`)
	page("3002", "GET", "/repeats", "", 200, "11 月数据")
	page("3002", "GET", "/api/v1"+closing, "", 200, `"heading":"11 月数据"`, `"title":"{上月} 月数据"`)
	page("3002", "POST", at+"/state", "to=pause", 303)
	page("3002", "POST", at+"/state", "to=pause", 409)
	page("3003", "GET", at, "", 404)
	to := page("3002", "POST", at+"/ask", "once=k1", 303)
	if again := page("3002", "POST", at+"/ask", "once=k1", 303); again != to {
		t.Errorf("pressed twice: %s and %s", to, again)
	}
	page("3002", "GET", to, "", 200, `id="again"`, "/repeats/new?from=")
	page("3002", "GET", "/repeats/new?from="+strings.TrimPrefix(to, "/requests/"), "", 200, `value="5000.00"`)
	page("3002", "GET", "/requests/new/finance.advance?again="+strings.TrimPrefix(to, "/requests/"), "", 200, `value="5000.00"`)
	page("2002", "GET", "/repeats/expected", "", 200)
	page("3002", "GET", "/repeats/expected?unit=finance", "", 404)

	var j repeatJSON
	w := send("3002", "POST", "/api/v1/repeats", `{"service":"finance.advance","title":"{year} 备用金","fields":{"amount":"10","reason":"y","due":"2027-12-01"},"schedule":{"every":"week","on":"mon","at":"09:00","step":2},"lead_workdays":1}`)
	if w.Code != 201 || json.Unmarshal(w.Body.Bytes(), &j) != nil || len(j.Dates) != 12 || j.State != Active || j.Schedule.Step != 2 {
		t.Fatalf("made by API: %d %s", w.Code, w.Body)
	}
	one = "/api/v1/repeats/" + j.Number
	page("3002", "POST", one+"/dates/"+j.Dates[1].Slot+"/skip", "", 200, `"state":"skipped"`)
	page("3002", "POST", one+"/dates/"+j.Dates[2].Slot+"/change", `{"title":"特别"}`, 200, "特别")
	page("3002", "POST", one+"/pause", "", 200, `"paused"`)
	page("3002", "POST", one+"/resume", "", 200, `"active"`)
	page("3002", "POST", one+"/ask", "", 200, `"R-`)
	page("3002", "GET", "/api/v1/repeats", "", 200, j.Number)
	page("2001", "GET", "/api/v1/units/finance/expected-requests", "", 200, "finance.advance")
	page("3003", "GET", one, "", 404)
	page("3002", "POST", "/api/v1/repeats", `{"service":"finance.advance","schedule":{"every":"decade","on":"x","at":"y"}}`, 422, "fields.amount")
	for _, title := range []string{"RP-101 {月}", "RP-101 {month}"} {
		page("3002", "POST", "/repeats", strings.Replace(typed, "title=%E5%A4%87%E7%94%A8%E9%87%91", "title="+url.QueryEscape(title), 1)+"&print=1", 200, "RP-101 12")
		page("3002", "POST", one+"/dates/"+j.Dates[2].Slot+"/change", `{"title":"`+title+`"}`, 200, `"title":"RP-101 1"`)
	}
	strange := strings.Replace(typed, "title=%E5%A4%87%E7%94%A8%E9%87%91", "title="+url.QueryEscape("RP-101 {谁} {mond}"), 1)
	page("3002", "POST", "/repeats", strange, 422, `value="RP-101 {谁} {mond}"`, "不认识“{谁}, {mond}”", "{上月}")
	page("3002", "POST", "/api/v1/repeats", `{"service":"finance.advance","title":"RP-101 {谁} {mond}"}`, 422, `"title"`, "{谁}, {mond}", "fields.amount")
	page("3002", "POST", one+"/dates/"+j.Dates[2].Slot+"/change", `{"title":"{mond}","fields":{"amount":"x"}}`, 422, `"title"`, "{mond}", "fields.amount")
	page("3002", "POST", at+"/dates/2027-02", "title="+url.QueryEscape("{mond}")+"&fields.amount=abc&fields.reason=x&fields.due=2027-12-01", 422, "不认识“{mond}”", `value="{mond}"`, `value="abc"`)
	page("3002", "POST", one+"/end", "", 200, `"ended"`)
}
