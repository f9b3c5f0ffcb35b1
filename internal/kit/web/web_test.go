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
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
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
		Route{Pattern: "GET /page", Action: "page.see", Do: func(w http.ResponseWriter, r *http.Request) error {
			return Show(w, r, 200, text("full"), text("content"))
		}},
		Route{Pattern: "POST /page", Action: Public, Do: func(w http.ResponseWriter, r *http.Request) error {
			Toast(w, r, "已完成", "/undo")
			return See(w, r, "/page")
		}},
		Route{Pattern: "GET /half", Action: Public, Do: func(w http.ResponseWriter, r *http.Request) error {
			_, _ = io.WriteString(w, "half a page")
			return fault.New(fault.Conflict, "web.changed-meanwhile")
		}},
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

func TestDocs(t *testing.T) {
	m := house(t, nil)
	things(m)
	w := call(t, m, "GET", "/api/docs", "", "Accept-Language", "en")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "/api/v1/things/{id}") || strings.Contains(w.Body.String(), "<script") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	id := regexp.MustCompile(`href="/api/docs/([^"]+)"`).FindStringSubmatch(w.Body.String())
	if id == nil {
		t.Fatal("the contents lead to no call")
	}
	if w = call(t, m, "GET", "/api/docs/"+id[1], ""); w.Code != 200 || !strings.Contains(w.Body.String(), "curl -H") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w = call(t, m, "GET", "/api/docs/nothing", "", "Accept", "text/html"); w.Code != 404 || strings.HasPrefix(w.Body.String(), "{") {
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
