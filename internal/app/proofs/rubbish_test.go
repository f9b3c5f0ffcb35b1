package proofs_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
)

// rubbish is what stands in the place of a value, as JSON.
var rubbish = []struct{ name, json string }{
	{"nothing", `null`},
	{"a number", `12`},
	{"a huge number", `1e999`},
	{"a longer number than fits", `9223372036854775808`},
	{"a negative number", `-1`},
	{"a fraction", `0.5`},
	{"a truth", `true`},
	{"a list", `["a", 1, null, []]`},
	{"an object", `{"a": {"b": 1}}`},
	{"an empty text", `""`},
	{"spaces", `" \t\n "`},
	{"a NUL", `"a\u0000b"`},
	{"half a surrogate", `"\ud800"`},
	{"what is no UTF-8", "\"a\xff\xfeb\""},
	{"emoji", `"🙈🙉🙊👩‍👩‍👧‍👦"`},
	{"right to left", "\"שלום \u202eabc\""},
	{"signs that nobody sees", "\"\u200b\u2060\""},
	{"a script", `"<script>alert(1)</script>"`},
	{"quotes", `"'\"; drop table request; --"`},
	{"a template", `"{{.}} ${x} %s %n"`},
	{"a path", `"../../../etc/passwd"`},
	{"a long text", `"` + strings.Repeat("长", 9000) + `"`},
	{"a deep list", strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)},
	{"a deep object", strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)},
	{"the same key twice", `{"title": "a", "title": 2}`},
}

// bodies are good bodies of calls, one value of which is replaced by rubbish.
var bodies = []struct {
	call string // with the number of a request that everybody below may reach
	who  string
	good map[string]string
}{
	{"POST /api/v1/requests", "3002", map[string]string{"service": `"finance.advance"`, "title": `"t"`, "fields": `{"amount": "1", "reason": "r", "due": "2026-12-01"}`,
		"customer_unit": `"project"`, "on_behalf_of": `"3003"`, "confidential": `true`, "named": `["2003"]`, "opened_at": `"2026-01-01T00:00:00Z"`, "by": `"3002"`}},
	{"POST /api/v1/requests/{number}/ask", "2002", map[string]string{"text": `"t"`, "files": `["1"]`, "at": `"2026-01-01T00:00:00Z"`, "by": `"2002"`}},
	{"POST /api/v1/requests/{number}/answer", "3002", map[string]string{"text": `"t"`, "fields": `{"amount": "2"}`}},
	{"POST /api/v1/requests/{number}/assign", "2001", map[string]string{"person": `"2003"`}},
	{"POST /api/v1/requests/{number}/decline", "2001", map[string]string{"unit": `"it"`, "reason": `"r"`}},
	{"POST /api/v1/requests/{number}/rate", "3002", map[string]string{"score": `5`, "reasons": `["fast"]`, "comment": `"c"`, "share": `true`}},
	{"POST /api/v1/requests/{number}/message", "3002", map[string]string{"text": `"t"`}},
	{"POST /api/v1/requests/{number}/note", "2002", map[string]string{"text": `"t"`}},
	{"POST /api/v1/calendars/default/explain", "3002", map[string]string{"start": `"2026-09-29T16:40:00+08:00"`, "target": `{"value": 1, "unit": "workdays_eod"}`}},
	{"POST /api/v1/calendars", "1403", map[string]string{"code": `"c"`, "name": `{"zh": "c"}`, "zone": `"Asia/Shanghai"`, "week": `{}`, "holidays": `[]`}},
	{"POST /api/v1/units", "1403", map[string]string{"code": `"u"`, "name_zh": `"u"`, "name_en": `"u"`, "parent": `"hq"`, "head": `"2001"`, "level": `"team"`, "calendar": `"default"`}},
	{"PUT /api/v1/units/spare", "1403", map[string]string{"code": `"spare"`, "name_zh": `"u"`, "name_en": `"u"`}},
	{"POST /api/v1/units/spare/close", "1403", map[string]string{"successors": `{"it": 1}`}},
	{"POST /api/v1/people", "1403", map[string]string{"employee_no": `"8001"`, "name": `"n"`, "unit": `"it"`, "email": `"a@b.cn"`, "phone": `"138"`, "more_units": `["hr"]`, "locale": `"zh"`, "manager": `"2001"`}},
	{"PUT /api/v1/people/2009/roles", "1403", map[string]string{"roles": `["agent@finance"]`}},
	{"POST /api/v1/services", "2001", map[string]string{"code": `"finance.x"`, "name": `{"zh": "x"}`, "unit": `"finance"`, "kind": `"request"`, "state": `"live"`, "form": `{"fields": []}`, "standard": `{"completion": {"value": 1, "unit": "workdays_eod"}}`}},
	{"PUT /api/v1/services/finance.expense/standard", "2001", map[string]string{"completion": `{"value": 1, "unit": "workdays_eod"}`, "completion_target": `0.9`}},
	{"PUT /api/v1/measures/rubbish", "1406", map[string]string{"name": `{"zh": "m"}`, "formula": `{"zh": "f"}`, "kind": `"share"`, "direction": `"more"`, "target": `95`, "seen": `"everybody"`, "measured_in": `"percent"`}},
	{"PUT /api/v1/reports/cost/assumptions", "1406", map[string]string{"items": `[{"code": "act:accept", "seconds": 5}]`}},
	{"PUT /api/v1/measures/scrap/values", "1406", map[string]string{"items": `[{"month": "2026-01", "hits": 1, "n": 2}]`}},
	{"POST /api/v1/tokens", "3002", map[string]string{"name": `"n"`, "scopes": `["read"]`, "expires_at": `"2030-01-01T00:00:00Z"`}},
}

// TestRubbishInBodies puts rubbish in the place of every value of every body: never our fault, always a problem that
// says what is wrong.
func TestRubbishInBodies(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	rubbishIn(t, s, 1)
}

// TestRubbishInBodiesOnPostgres is a part of the same: the engines differ in what a text may hold.
func TestRubbishInBodiesOnPostgres(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.Postgres)
	rubbishIn(t, s, 3)
}

func rubbishIn(t *testing.T, s *stage, every int) {
	t.Helper()
	number, n := s.records[0].working, 0
	for _, b := range bodies {
		method, path, _ := strings.Cut(strings.ReplaceAll(b.call, "{number}", number), " ")
		for key := range b.good {
			for _, r := range rubbish {
				if n++; n%every == 0 {
					s.sane(t, b.call+", "+key+" is "+r.name, s.tokens[b.who].JSON(method, path, with(b.good, key, r.json)))
				}
			}
		}
		for _, whole := range append([]string{"", "{", "[]", "\x00", "\xff\xfe{}", `{"nothing": 1}`, `{}{}`, `{} x`}, rubbish[21].json, rubbish[22].json) {
			s.sane(t, b.call+" with "+short(whole), s.tokens[b.who].JSON(method, path, whole))
		}
		s.sane(t, b.call+" of another type", s.tokens[b.who].JSON(method, path, "a=b", "Content-Type", "application/x-www-form-urlencoded"))
	}
	s.tokens["3002"].For(t).Get("/api/v1/requests/" + number).Is(200)
}

func with(good map[string]string, key, value string) string {
	var parts []string
	for k, v := range good {
		if k == key {
			v = value
		}
		parts = append(parts, fmt.Sprintf("%q: %s", k, v))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func short(text string) string { return fmt.Sprintf("%.40q", text) }

// sane: an answer that is no fault of ours, and a problem says which field when it is about one.
func (s *stage) sane(t *testing.T, what string, a *webtest.Answer) {
	t.Helper()
	if a.Status >= 500 {
		t.Errorf("%s: %d %s", what, a.Status, clip(a.Body))
		return
	}
	if a.Status < 400 {
		return
	}
	var p struct {
		Type, Title, Detail, Key, Message string
		Status                            int
		Fields                            []struct{ Name, Key, Message string }
	}
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("%s: %d of type %q", what, a.Status, kind)
		return
	}
	a.Decode(&p)
	if p.Status != a.Status || p.Key == "" || p.Message == "" || p.Title == "" || a.Status == 422 && p.Key == "form.invalid" && len(p.Fields) == 0 {
		t.Errorf("%s: %s", what, clip(a.Body))
	}
	for _, f := range p.Fields {
		if f.Name == "" || f.Key == "" || f.Message == "" || strings.Contains(f.Message, "<no value>") {
			t.Errorf("%s: a field says nothing: %s", what, clip(a.Body))
		}
	}
}

// parameters are put behind every address that is read.
var parameters = []string{"limit=-1", "limit=0", "limit=99999999999999999999", "limit=x", "limit=1e3", "cursor=x", "cursor=%00", "cursor=AAAA", "cursor=____________",
	"q=%00", "q=%ff%fe", "q=%25_%5C", "q=" + "%E9%95%BF%E9%95%BF%E9%95%BF", "q=%27%22%3B--", "q=R-99999999999999999999", "q=%F0%9F%99%88", "q=%3Cscript%3Ealert(1)%3C/script%3E", "q=*%20AND%20%22",
	"from=x&to=y", "from=2026-13-45", "from=9999-12-31&to=0001-01-01", "from=2026-11-01&to=2026-10-01", "level=x", "by=x", "view=x", "state=x", "kind=x", "unit=x", "provider=%00", "customer=%ff", "service=x", "assignee=%00",
	"outcome=x", "clock=x", "due_from=x", "due_before=99999-01-01", "mine=maybe", "side=x", "holder=x", "level=site&level=team", "%zz=1", ";a=b", "year=-5", "year=99999999", "month=2026-99", "period=x", "show=x", "page=x"}

// TestRubbishInQueries puts rubbish behind every address that is read, for programs and for people.
func TestRubbishInQueries(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	c := crawl{stage: s}
	long := "q=" + strings.Repeat("a", 20_000)
	for i, r := range s.Mux.Routes() {
		path, ok := strings.CutPrefix(r.Pattern, "GET ")
		if !ok || path == "/live" {
			continue
		}
		places, err := c.places(r)
		if err != nil {
			t.Fatalf("%s: %v", r.Pattern, err)
		}
		for j, tail := range append(parameters, long) {
			at := places[0].path + "?" + tail
			if strings.Contains(places[0].path, "?") {
				at = places[0].path + "&" + tail
			}
			if strings.HasPrefix(path, "/api/v1/") {
				s.sane(t, r.Pattern+"?"+short(tail), s.tokens["1406"].Get(at))
				continue
			}
			no := []string{"1406", "1403", "2002"}[(i+j)%3]
			if a := s.pages[no].Get(at); a.Status >= 500 || strings.Contains(string(a.Body), "<script>alert") {
				t.Errorf("%s?%s as %s: %d %s", r.Pattern, short(tail), no, a.Status, clip(a.Body))
			}
		}
	}
}

// TestRubbishInAddresses asks for parameters that nobody would write.
func TestRubbishInAddresses(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	for _, r := range s.Mux.Routes() {
		method, pattern, _ := strings.Cut(r.Pattern, " ")
		if !strings.Contains(pattern, "{") || strings.Contains(pattern, "{$}") {
			continue
		}
		for _, x := range []string{"R-0", "R--1", "R-99999999999999999999", "R-1001%20", "r-1001x", "%00", "%ff", "..%2f..", "-1", "0", "x'--", "%F0%9F%99%88", strings.Repeat("9", 300)} {
			at := parameter.ReplaceAllString(pattern, x)
			if strings.HasPrefix(pattern, "/api/v1/") {
				s.sane(t, method+" "+at, s.tokens["1403"].JSON(method, at, "{}"))
			} else if a := s.pages["1403"].JSON(method, at, "", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"); a.Status >= 500 {
				t.Errorf("%s %s: %d %s", method, at, a.Status, clip(a.Body))
			}
		}
	}
}

// TestRubbishIsEscaped writes scripts wherever people write, and reads every page on which it could come out.
func TestRubbishIsEscaped(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	const evil, loose = `<script>alert(1)</script><img src=x onerror=alert(2)>"'>`, `<script>alert(1)`
	asked := s.tokens["3002"].Post("/api/v1/requests", body{"service": "finance.advance", "title": evil, "fields": body{"amount": "1", "reason": evil + "\n[a](javascript:alert(3))", "due": "2026-12-01"}}).Is(201)
	var r struct{ Number string }
	asked.Decode(&r)
	one := "/api/v1/requests/" + r.Number
	s.tokens["2002"].Post(one+"/take", nil).Is(200)
	s.tokens["2002"].Post(one+"/ask", body{"text": evil + " @[5002] https://x.example/\"onmouseover=alert(4)"}).Is(200)
	s.tokens["2002"].Post(one+"/note", body{"text": evil}).Is(200)
	s.tokens["3002"].Post(one+"/answer", body{"text": evil}).Is(200)
	s.tokens["2002"].Post(one+"/deliver", body{"text": evil}).Is(200)
	s.tokens["3002"].Post(one+"/return", body{"reason": evil}).Is(200)
	s.tokens["1403"].JSON(http.MethodPut, "/api/v1/units/spare", body{"code": "spare", "name_zh": evil, "name_en": evil}).Is(200)
	s.tokens["1403"].Post("/api/v1/people", body{"employee_no": "8001", "name": "<b onclick=alert(5)>", "unit": "finance", "position": evil}).Is(201)
	s.must(s.Catch(s.System()))
	c := crawl{stage: s}
	seen := 0
	for _, route := range s.Mux.Routes() {
		path, ok := strings.CutPrefix(route.Pattern, "GET ")
		if !ok || path == "/live" || strings.HasPrefix(path, "/api/") {
			continue
		}
		places, err := c.places(route)
		if err != nil {
			t.Fatalf("%s: %v", route.Pattern, err)
		}
		for _, at := range append(places, place{path: strings.NewReplacer("{number}", r.Number, "{verb}", "assign", "{no}", "8001").Replace(path)}) {
			for _, no := range []string{"3002", "2001", "2002", "1403", "5002"} {
				for _, tail := range []string{"", "?view=all&state=any", "?q=" + url.QueryEscape("<script>")} {
					a := s.pages[no].Get(at.path + tail)
					text := string(a.Body)
					if strings.Contains(text, "&lt;script&gt;") {
						seen++
					}
					for _, bad := range []string{loose, "<img src=x", "<b onclick", `="javascript:`, `"onmouseover=`} {
						if strings.Contains(text, bad) && strings.Contains(a.Header.Get("Content-Type"), "html") {
							t.Errorf("%s%s as %s lets through: %s", at.path, tail, no, around(a.Body, bad))
						}
					}
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("what was written came out on %d pages only", seen)
	}
}
