package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

func words(t testing.TB) *lang.Book {
	t.Helper()
	b, err := lang.New(Locale, ui.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWords(t *testing.T) {
	if m := words(t).Missing(); len(m) > 0 {
		t.Error(m)
	}
}

// house is a door with a gate: person 1 may all, person 2 nothing but what is signed-in.
func house(t testing.TB, db *sqldb.DB) *Mux {
	return New(Options{
		Book: words(t), DB: db,
		Who: func(r *http.Request) (actor.Actor, error) {
			switch r.Header.Get("Authorization") {
			case "":
				return actor.Actor{}, nil
			case "Bearer one":
				return actor.Actor{Person: 1, No: "1001", Token: 5, Scopes: []string{"read", "write"}}, nil
			case "Bearer reader":
				return actor.Actor{Person: 1, Token: 6, Scopes: []string{"read"}}, nil
			case "Bearer two":
				return actor.Actor{Person: 2, Token: 7, Scopes: []string{"read", "write"}}, nil
			default:
				return actor.Actor{}, fault.New(fault.Unauthenticated, "web.sign-in")
			}
		},
		Gate: func(ctx context.Context, action string) error {
			if actor.From(ctx).Person != 1 {
				return fault.New(fault.Denied, "web.sign-in")
			}
			return nil
		},
		SignIn: func(*http.Request) string { return "/signin" },
		Topic: func(ctx context.Context, topic string) error {
			if topic == "secret" {
				return fault.ErrNotFound
			}
			return nil
		},
	})
}

type thingIn struct {
	ID   int64 `path:"id"`
	Body struct {
		Title string    `json:"title"`
		Count int       `json:"count"`
		At    time.Time `json:"at,omitempty"`
	}
}

type thingOut struct {
	ETag string `header:"ETag"`
	Body struct {
		Title string `json:"title"`
		N     int64  `json:"n"`
	}
}

func call(t testing.TB, h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func things(m *Mux) *atomic.Int64 {
	var made atomic.Int64
	Op(m, Operation{ID: "make-thing", Method: "POST", Path: "/api/v1/things/{id}", Action: "thing.make", Summary: "Make a thing", Tag: "Things", Status: 201},
		func(ctx context.Context, in *thingIn) (*thingOut, error) {
			switch in.Body.Title {
			case "":
				var f fault.Fields
				f.Add("title", "form.invalid", "count", 1)
				f.Add("count", "web.number")
				return nil, f.Err()
			case "taken":
				return nil, fmt.Errorf("make: %w", fault.New(fault.Conflict, "web.changed-meanwhile"))
			case "broken":
				return nil, errors.New("the secret inside")
			case "panic":
				panic("the secret inside")
			case "foreign":
				return nil, fault.New(fault.Denied, "web.scope", "scope", "x")
			}
			out := &thingOut{ETag: ETag(in.ID)}
			out.Body.Title, out.Body.N = in.Body.Title, made.Add(1)
			return out, nil
		})
	Op(m, Operation{ID: "get-thing", Method: "GET", Path: "/api/v1/things/{id}", Action: "thing.see", Summary: "See a thing", Tag: "Things"},
		func(ctx context.Context, in *struct {
			ID    int64 `path:"id"`
			Limit int   `query:"limit"`
		}) (*thingOut, error) {
			if in.ID == 404 {
				return nil, fault.ErrNotFound
			}
			out := &thingOut{ETag: ETag(in.ID)}
			out.Body.Title = strings.Repeat("字", 2000)
			return out, nil
		})
	return &made
}

func TestProblems(t *testing.T) {
	m := house(t, nil)
	things(m)
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
	}{
		{"fields come at once", "POST", "/api/v1/things/1", `{}`, nil, 422},
		{"conflict", "POST", "/api/v1/things/1", `{"title":"taken"}`, nil, 409},
		{"not there", "GET", "/api/v1/things/404", ``, nil, 404},
		{"not theirs", "POST", "/api/v1/things/1", `{"title":"foreign"}`, nil, 404},
		{"an address nobody made", "GET", "/api/v1/nothing", ``, nil, 404},
		{"an id that is none", "GET", "/api/v1/things/x", ``, nil, 404},
		{"a role that may never", "GET", "/api/v1/things/1", ``, []string{"Authorization", "Bearer two"}, 404},
		{"broken json", "POST", "/api/v1/things/1", `{"title":`, nil, 400},
		{"two documents", "POST", "/api/v1/things/1", `{"title":"a"}{}`, nil, 400},
		{"no body", "POST", "/api/v1/things/1", ``, nil, 400},
		{"wrong kind", "POST", "/api/v1/things/1", `{"title":7}`, nil, 422},
		{"unknown field", "POST", "/api/v1/things/1", `{"titel":"a"}`, nil, 422},
		{"no date", "POST", "/api/v1/things/1", `{"title":"a","at":"tomorrow"}`, nil, 400},
		{"query that is no number", "GET", "/api/v1/things/1?limit=x", ``, nil, 422},
		{"nobody", "GET", "/api/v1/things/1", ``, []string{"Authorization", ""}, 401},
		{"bad token", "GET", "/api/v1/things/1", ``, []string{"Authorization", "Bearer zzz"}, 401},
		{"missing scope", "POST", "/api/v1/things/1", `{"title":"a"}`, []string{"Authorization", "Bearer reader"}, 403},
		{"in English", "POST", "/api/v1/things/1", `{}`, []string{"Accept-Language", "en-GB"}, 422},
		{"another site", "POST", "/api/v1/things/1", `{"title":"a"}`, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"too large", "POST", "/api/v1/things/1", `{"title":"` + strings.Repeat("a", 1<<20) + `"}`, nil, 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := call(t, m, c.method, c.path, c.body, append([]string{"Authorization", "Bearer one"}, c.headers...)...)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
			golden(t, strings.ReplaceAll(c.name, " ", "-"), w.Body.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs:\ngot  %s\nwant %s", file, got, want)
	}
}

func TestNotFoundAndNotYoursAreTheSameBytes(t *testing.T) {
	m := house(t, nil)
	things(m)
	m.Page(Route{Pattern: "GET /things/{id}", Action: Public, Do: func(w http.ResponseWriter, r *http.Request) error {
		if r.PathValue("id") == "1" {
			return fault.New(fault.Denied, "web.scope", "scope", "x")
		}
		return fault.ErrNotFound
	}})
	a := call(t, m, "GET", "/things/1", "").Body.String()
	b := call(t, m, "GET", "/things/2", "").Body.String()
	c := call(t, m, "GET", "/never/made", "").Body.String()
	if a != b || b != c || a == "" {
		t.Errorf("they differ:\n%s\n%s\n%s", a, b, c)
	}
}

func TestOurFaultSaysNothing(t *testing.T) {
	m := house(t, nil)
	things(m)
	for _, title := range []string{"broken", "panic"} {
		w := call(t, m, "POST", "/api/v1/things/1", `{"title":"`+title+`"}`, "Authorization", "Bearer one")
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || p.Instance != "urn:neike:request:"+w.Header().Get("X-Request-Id") {
			t.Errorf("%s: %d %s", title, w.Code, w.Body)
		}
	}
}

func TestAnswers(t *testing.T) {
	m := house(t, nil)
	things(m)
	w := call(t, m, "GET", "/api/v1/things/1", "", "Authorization", "Bearer one", "Accept-Encoding", "gzip")
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("not compressed: %d %v", w.Code, w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || !json.Valid(plain) {
		t.Errorf("%v %s", err, plain)
	}
	etag := w.Header().Get("ETag")
	if w = call(t, m, "GET", "/api/v1/things/1", "", "Authorization", "Bearer one", "If-None-Match", etag); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("the same state again: %d", w.Code)
	}
	if w = call(t, m, "GET", "/api/v1/things/2", "", "Authorization", "Bearer one", "If-None-Match", etag); w.Code != 200 {
		t.Errorf("another state: %d", w.Code)
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"} {
		if w.Header().Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") {
		t.Errorf("the policy is loose: %s", csp)
	}
	if (IfMatch{`W/` + etag}).Check(etag) != nil || fault.KindOf(IfMatch{`"old"`}.Check(etag)) != fault.Precondition {
		t.Error("If-Match")
	}
}

func TestPages(t *testing.T) {
	m := house(t, nil)
	text := func(s string) templ.Component {
		return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, s); return err })
	}
	m.Page(
		Route{"GET /page", "page.see", func(w http.ResponseWriter, r *http.Request) error {
			return Show(w, r, 200, text("full"), text("content"))
		}, 0, false},
		Route{"POST /page", Public, func(w http.ResponseWriter, r *http.Request) error {
			Toast(w, r, "已完成", "/undo")
			return See(w, r, "/page")
		}, 0, false},
		Route{"GET /half", Public, func(w http.ResponseWriter, r *http.Request) error {
			_, _ = io.WriteString(w, "half a page")
			return fault.New(fault.Conflict, "web.changed-meanwhile")
		}, 0, false},
	)
	for _, c := range []struct {
		name    string
		method  string
		path    string
		headers []string
		status  int
		want    string
	}{
		{"a browser gets the page", "GET", "/page", []string{"Authorization", "Bearer one"}, 200, "full"},
		{"htmx gets the content", "GET", "/page", []string{"Authorization", "Bearer one", "HX-Request", "true", "HX-Target", "main"}, 200, "content"},
		{"a boosted link gets the page", "GET", "/page", []string{"Authorization", "Bearer one", "HX-Request", "true", "HX-Boosted", "true", "HX-Target", "main"}, 200, "full"},
		{"a swap of the body gets the page", "GET", "/page", []string{"Authorization", "Bearer one", "HX-Request", "true"}, 200, "full"},
		{"going back gets the page", "GET", "/page", []string{"Authorization", "Bearer one", "HX-Request", "true", "HX-Target", "main", "HX-History-Restore-Request", "true"}, 200, "full"},
		{"nobody is sent to sign in", "GET", "/page?a=1", nil, 303, ""},
		{"an error leaves no half page", "GET", "/half", nil, 409, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := call(t, m, c.method, c.path, "", c.headers...)
			if w.Code != c.status || c.want != "" && w.Body.String() != c.want || strings.Contains(w.Body.String(), "half a page") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if c.status == 303 && w.Header().Get("Location") != "/signin?to=%2Fpage%3Fa%3D1" {
				t.Errorf("sent to %q", w.Header().Get("Location"))
			}
		})
	}
	w := call(t, m, "POST", "/page", "")
	r := httptest.NewRequest("GET", "/page", nil)
	for _, c := range w.Result().Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %v is open", c)
		}
		r.AddCookie(c)
	}
	if f, ok := TakeToast(httptest.NewRecorder(), r); w.Code != 303 || !ok || f.Text != "已完成" || f.Undo != "/undo" {
		t.Errorf("%d %v %v", w.Code, f, ok)
	}
	if w = call(t, m, "POST", "/page", "", "HX-Request", "true"); w.Header().Get("HX-Location") != "/page" {
		t.Errorf("htmx is sent to %q", w.Header().Get("HX-Location"))
	}
}

func TestLocal(t *testing.T) {
	for to, want := range map[string]string{
		"/requests?a=1": "/requests?a=1", "": "/", "https://evil.example": "/", "//evil.example": "/", "/\\evil": "/",
		"requests": "/", "javascript:alert(1)": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := Local(to, "/"); got != want {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

func TestLanguage(t *testing.T) {
	m := house(t, nil)
	for _, c := range []struct {
		name, asked, cookie string
		who                 actor.Actor
		want                string
	}{
		{"nothing said", "", "", actor.Actor{}, "zh"},
		{"the browser asks", "en-US,en;q=0.9", "", actor.Actor{}, "en"},
		{"the browser asks for neither", "fr", "", actor.Actor{}, "zh"},
		{"the browser's second choice", "fr, en;q=0.5", "", actor.Actor{}, "en"},
		{"the person counts more", "en", "", actor.Actor{Person: 1, Locale: "zh"}, "zh"},
		{"the choice of this browser counts most", "zh", "en", actor.Actor{Person: 1, Locale: "zh"}, "en"},
		{"a program gets what it asks", "en", "", actor.Actor{Person: 1, Token: 1, Locale: "zh"}, "en"},
		{"a program that asks nothing", "", "", actor.Actor{Person: 1, Token: 1, Locale: "en"}, "en"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if c.asked != "" {
			r.Header.Set("Accept-Language", c.asked)
		}
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "lang", Value: c.cookie})
		}
		if got := lang.Locale(m.words(r.Context(), r, c.who)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestDecode(t *testing.T) {
	type inner struct {
		Zh string `form:"zh"`
	}
	type form struct {
		Title  string                  `form:"title"`
		Count  int                     `form:"count"`
		Share  float64                 `form:"share"`
		Box    bool                    `form:"box"`
		People []int64                 `form:"people"`
		Day    time.Time               `form:"day"`
		Name   inner                   `form:"name"`
		Fields map[string][]string     `form:"fields"`
		Files  []*multipart.FileHeader `form:"files"`
		Hidden string
	}
	values := url.Values{"title": {"  甲\r\n乙 "}, "count": {"7"}, "share": {"x"}, "box": {"0", "on"}, "people": {"1", "", "2"},
		"day": {"2026-11-21"}, "name.zh": {"名"}, "fields.a": {"1", "2"}, "fields.b": {"y"}, "Hidden": {"z"}}
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var got form
	err := Decode(r, &got)
	want := form{Title: "甲\n乙", Count: 7, Box: true, People: []int64{1, 2}, Day: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		Name: inner{"名"}, Fields: map[string][]string{"a": {"1", "2"}, "b": {"y"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Name != "share" {
		t.Errorf("wrong number: %v", err)
	}
	var body bytes.Buffer
	mp := multipart.NewWriter(&body)
	_ = mp.WriteField("title", "甲")
	part, _ := mp.CreateFormFile("files", "a.txt")
	_, _ = part.Write([]byte("abc"))
	_ = mp.Close()
	r = httptest.NewRequest("POST", "/", &body)
	r.Header.Set("Content-Type", mp.FormDataContentType())
	got = form{}
	if err := Decode(r, &got); err != nil || got.Title != "甲" || len(got.Files) != 1 || got.Files[0].Filename != "a.txt" {
		t.Errorf("%v %+v", err, got)
	}
}

func TestCursor(t *testing.T) {
	want := []int64{-5, 0, 1 << 52}
	got, err := ParseCursor(Cursor(want...), 3)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if got, err := ParseCursor("", 3); got != nil || err != nil {
		t.Error("an empty cursor is the first page")
	}
	for _, bad := range []string{"%%", "AA", Cursor(1, 2), Cursor(1, 2, 3, 4)} {
		if _, err := ParseCursor(bad, 3); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	p := Cut([]int{1, 2, 3}, 2, func(i int) string { return Cursor(int64(i)) })
	if len(p.Items) != 2 || p.NextCursor != Cursor(2) || Cut([]int(nil), 2, nil).Items == nil {
		t.Errorf("%+v", p)
	}
}

func TestAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"a stranger cannot name himself", "203.0.113.9:1", "1.2.3.4", "203.0.113.9"},
		{"a proxy is believed", "10.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{"what the reader wrote before the proxy is not", "10.0.0.1:1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"},
		{"a proxy that says nothing", "10.0.0.1:1", "", "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := address(r, proxies); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestLimiter(t *testing.T) {
	l := NewLimiter(1, 2)
	if l.Take("a") != 0 || l.Take("a") != 0 || l.Take("a") == 0 || l.Take("b") != 0 {
		t.Error("two at once, then wait, each key by itself")
	}
	m := house(t, nil)
	m.tokens = NewLimiter(1, 1)
	things(m)
	call(t, m, "GET", "/api/v1/things/1", "", "Authorization", "Bearer one")
	w := call(t, m, "GET", "/api/v1/things/1", "", "Authorization", "Bearer one")
	if w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestIdempotencyKey(t *testing.T) {
	dbtest.Each(t, []sqldb.Schema{{Room: "web", FS: Schema}}, func(t *testing.T, db *sqldb.DB) {
		m := house(t, db)
		made := things(m)
		post := func(token, key, body string) *httptest.ResponseRecorder {
			return call(t, m, "POST", "/api/v1/things/1", body, "Authorization", "Bearer "+token, "Idempotency-Key", key)
		}
		a, b := post("one", "k1", `{"title":"a"}`), post("one", "k1", `{"title":"a"}`)
		if a.Code != 201 || b.Code != 201 || a.Body.String() != b.Body.String() || a.Header().Get("ETag") != b.Header().Get("ETag") || made.Load() != 1 {
			t.Errorf("again: %d %s, %d %s, made %d", a.Code, a.Body, b.Code, b.Body, made.Load())
		}
		if c := post("one", "k1", `{"title":"b"}`); c.Code != 422 || made.Load() != 1 {
			t.Errorf("another body: %d %s", c.Code, c.Body)
		}
		m.o.Gate = nil
		if c := post("two", "k1", `{"title":"a"}`); c.Code != 201 || made.Load() != 2 {
			t.Errorf("another person: %d %s", c.Code, c.Body)
		}
		c, d := post("one", "k2", `{"title":"taken"}`), post("one", "k2", `{"title":"taken"}`)
		if c.Code != 409 || c.Body.String() != d.Body.String() || d.Header().Get("Idempotency-Replayed") == "" {
			t.Errorf("a refusal is remembered: %s, %s", c.Body, d.Body)
		}
		for _, title := range []string{"broken", "panic"} {
			post("one", "k-"+title, `{"title":"`+title+`"}`)
			if e := post("one", "k-"+title, `{"title":"`+title+`"}`); e.Code != 500 {
				t.Errorf("our fault may be tried again: %d %s", e.Code, e.Body)
			}
		}
		before := made.Load()
		var all sync.WaitGroup
		var created, waiting atomic.Int64
		for range 12 {
			all.Go(func() {
				switch w := post("one", "k3", `{"title":"a"}`); w.Code {
				case 201:
					created.Add(1)
				case 409:
					waiting.Add(1)
				default:
					t.Errorf("%d %s", w.Code, w.Body)
				}
			})
		}
		all.Wait()
		if made.Load() != before+1 || created.Load() == 0 || created.Load()+waiting.Load() != 12 {
			t.Errorf("twelve at once made %d; %d answers, %d told to wait", made.Load()-before, created.Load(), waiting.Load())
		}
		dbtest.Clock(db).Advance(KeyLife + time.Hour)
		if err := ForgetKeys(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if post("one", "k1", `{"title":"b"}`).Code != 201 {
			t.Error("old keys must be forgotten")
		}
	})
}

func TestLive(t *testing.T) {
	m := house(t, nil)
	m.live.heartbeat = 20 * time.Millisecond
	server := httptest.NewServer(m)
	defer server.Close()
	listen := func(topics, token string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/live?topics="+topics, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if res := listen("a,secret", "Bearer one"); res.StatusCode != 404 {
		t.Errorf("a topic that is not theirs: %d", res.StatusCode)
	}
	if res := listen("a", ""); res.StatusCode != 401 {
		t.Errorf("nobody: %d", res.StatusCode)
	}
	if res := listen("", "Bearer one"); res.StatusCode != 400 {
		t.Errorf("no topic: %d", res.StatusCode)
	}
	res := listen("a,b", "Bearer one")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	read := make(chan string)
	go func() {
		all, _ := io.ReadAll(res.Body) // ends with the stream
		read <- string(all)
	}()
	m.Live().Publish("b", "request", "one\ntwo")
	m.Live().Publish("c", "request", "not theirs")
	time.Sleep(50 * time.Millisecond) // a heartbeat
	m.Live().Close()
	got := <-read
	if !strings.Contains(got, "event: request\ndata: one\ndata: two\n\n") || strings.Contains(got, "not theirs") || !strings.Contains(got, ": still here") {
		t.Errorf("heard %q", got)
	}
	if n := m.Live().Listeners(); n != 0 {
		t.Errorf("%d still listen", n)
	}
}

func TestDocs(t *testing.T) {
	m := house(t, nil)
	things(m)
	w := call(t, m, "GET", "/api/docs", "", "Accept-Language", "en")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "/api/v1/things/{id}") || strings.Contains(w.Body.String(), "<script") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = call(t, m, "GET", "/api/openapi.json", "")
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" || len(doc.Paths) != 1 {
		t.Errorf("%v %+v", err, doc)
	}
}

func BenchmarkDoor(b *testing.B) {
	m := house(b, nil)
	m.tokens = NewLimiter(1e9, 1e9)
	things(m)
	b.ReportAllocs()
	for b.Loop() {
		w := call(b, m, "POST", "/api/v1/things/1", `{"title":"a","count":3}`, "Authorization", "Bearer one")
		if w.Code != 201 {
			b.Fatal(w.Body)
		}
	}
}
