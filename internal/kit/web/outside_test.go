package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// TestAddressesSayTheirMethods: an address that is there answers another method with 405 and what it takes, and OPTIONS
// with the same list; one that is not there stays 404.
func TestAddressesSayTheirMethods(t *testing.T) {
	m := house(t, nil)
	things(m)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"DELETE", "/api/v1/things/1", 405, "GET, HEAD, POST, OPTIONS"},
		{"PATCH", "/api/v1/things/404", 405, "GET, HEAD, POST, OPTIONS"},
		{"OPTIONS", "/api/v1/things/1", 204, "GET, HEAD, POST, OPTIONS"},
		{"PUT", "/look", 405, "POST, OPTIONS"},
		{"OPTIONS", "/api/v1/nothing", 404, ""},
		{"BREW", "/api/v1/nothing", 404, ""},
	} {
		w := call(t, m, c.method, c.path, "", "Accept-Language", "en")
		if w.Code != c.status || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.path, w.Code, w.Header().Get("Allow"))
		}
		if c.status == 405 && strings.HasPrefix(c.path, "/api") && !strings.Contains(w.Body.String(), `"key":"web.method"`) {
			t.Errorf("%s %s: %s", c.method, c.path, w.Body)
		}
	}
	if w := call(t, m, "POST", "/api/v1/things/1", "a=b", "Authorization", "Bearer one", "Content-Type", "application/xml"); w.Code != 415 || !strings.Contains(w.Body.String(), "web.media") {
		t.Errorf("XML: %d %s", w.Code, w.Body)
	}
}

// TestABodyMustArrive: who announces a body and does not send it is answered and let go, on pages and in calls, also
// with an Idempotency-Key; who has sent it may be worked for as long as it takes.
func TestABodyMustArrive(t *testing.T) {
	dbtest.Each(t, []sqldb.Schema{{Room: "web", FS: Schema}}, func(t *testing.T, db *sqldb.DB) {
		m := house(t, db)
		m.patience = 50 * time.Millisecond
		things(m)
		gone := make(chan error, 1)
		m.Page(
			Route{Pattern: "POST /form", Action: Public, Do: func(_ http.ResponseWriter, r *http.Request) error {
				return Decode(r, &struct {
					A string `form:"a"`
				}{})
			}},
			Route{Pattern: "POST /work", Action: Public, Do: func(_ http.ResponseWriter, r *http.Request) error {
				if _, err := io.ReadAll(r.Body); err != nil {
					return err
				}
				select {
				case <-r.Context().Done():
					gone <- r.Context().Err()
				case <-time.After(4 * m.patience):
					gone <- nil
				}
				return nil
			}})
		server := httptest.NewServer(m)
		t.Cleanup(server.Close)
		send := func(head, body string, length int) *http.Response {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			if _, err := fmt.Fprintf(conn, "POST %s\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", head, length, body); err != nil {
				t.Fatal(err)
			}
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("%s: %v", head, err)
			}
			return res
		}
		api := "/api/v1/things/1 HTTP/1.1\r\nAuthorization: Bearer one\r\nContent-Type: application/json"
		for _, head := range []string{api, api + "\r\nIdempotency-Key: slow", "/form HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded"} {
			if res := send(head, "{", 100); res.StatusCode != 408 {
				t.Errorf("%s: %s", head, res.Status)
			}
		}
		if res := send("/work HTTP/1.1", "all", 3); res.StatusCode != 200 {
			t.Errorf("long work: %s", res.Status)
		}
		if err := <-gone; err != nil {
			t.Errorf("the work was ended by the deadline of its body: %v", err)
		}
	})
}

// TestASecretIsNotRemembered: what an idempotency key keeps holds no secret of an answer, and a repetition does nothing.
func TestASecretIsNotRemembered(t *testing.T) {
	dbtest.Each(t, []sqldb.Schema{{Room: "web", FS: Schema}}, func(t *testing.T, db *sqldb.DB) {
		m := house(t, db)
		var made atomic.Int64
		type out struct {
			Body struct {
				Key string `json:"key"`
			}
		}
		Op(m, Operation{ID: "make-key", Method: "POST", Path: "/api/v1/keys", Action: "key.make", Summary: "Make a key", Status: 201, Secret: true},
			func(context.Context, *struct{}) (*out, error) {
				made.Add(1)
				o := &out{}
				o.Body.Key = "nk_very-secret"
				return o, nil
			})
		post := func() *httptest.ResponseRecorder {
			return call(t, m, "POST", "/api/v1/keys", "{}", "Authorization", "Bearer one", "Idempotency-Key", "k")
		}
		if w := post(); w.Code != 201 || !strings.Contains(w.Body.String(), "nk_very-secret") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w := post(); w.Code != 409 || !strings.Contains(w.Body.String(), "web.key-secret") || made.Load() != 1 {
			t.Errorf("again: %d %s, made %d", w.Code, w.Body, made.Load())
		}
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			kept, err := sqldb.Value[string](ctx, rd, `select body from web_key`)
			if strings.Contains(kept, "secret") {
				t.Errorf("kept: %s", kept)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestCookiesOfAnHTTPSHouseAreSecure, also behind a proxy that does not say how the reader came.
func TestCookiesOfAnHTTPSHouseAreSecure(t *testing.T) {
	for url, want := range map[string]bool{"https://neike.example.com": true, "http://neike.example.com": false, "": false} {
		m := New(Options{Book: words(t), URL: url})
		w := call(t, m, "POST", "/look", "theme=dark&locale=en", "Content-Type", "application/x-www-form-urlencoded")
		if len(w.Result().Cookies()) != 2 {
			t.Errorf("%q: cookies %v", url, w.Result().Cookies())
		}
		for _, c := range w.Result().Cookies() {
			if c.Secure != want {
				t.Errorf("%q: cookie %v", url, c)
			}
		}
	}
}

// TestWhoSignsOutHearsNoMore, and nobody opens streams without end.
func TestWhoSignsOutHearsNoMore(t *testing.T) {
	var out atomic.Bool
	m := New(Options{Book: words(t), Who: func(r *http.Request) (actor.Actor, error) {
		if out.Load() && r.Header.Get("Stays") == "" {
			return actor.Actor{}, nil
		}
		return actor.Actor{Person: 1}, nil
	}})
	m.live.heartbeat = 10 * time.Millisecond
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	listen := func(stays string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/live?topics=a", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Stays", stays)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	leaves := listen("")
	for range maxPages - 1 {
		if res := listen("yes"); res.StatusCode != 200 {
			t.Fatalf("a page: %d", res.StatusCode)
		}
	}
	if res := listen("yes"); res.StatusCode != 429 || res.Header.Get("Retry-After") == "" {
		t.Errorf("one page too many: %d %v", res.StatusCode, res.Header)
	}
	out.Store(true)
	if _, err := io.Copy(io.Discard, leaves.Body); err != nil { // ends by itself
		t.Error(err)
	}
	if res := listen("yes"); res.StatusCode != 200 {
		t.Errorf("when one page has gone: %d", res.StatusCode)
	}
}
