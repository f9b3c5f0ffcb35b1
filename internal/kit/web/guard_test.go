package web

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

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
	for i, wait := range []bool{false, false, true} {
		if (l.Take("a") > 0) != wait {
			t.Errorf("call %d of two at once", i+1)
		}
	}
	if l.Take("b") != 0 {
		t.Error("each key by itself")
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

// TestNoWordToWhoMayNotHear: rights are looked at before each word, not at the next heartbeat.
func TestNoWordToWhoMayNotHear(t *testing.T) {
	for _, c := range []struct {
		name  string
		who   actor.Actor
		topic error
	}{
		{"the topic is no longer theirs", actor.Actor{Person: 1}, fault.ErrNotFound},
		{"they have signed out", actor.Actor{}, nil},
		{"somebody else has signed in", actor.Actor{Person: 2}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lost atomic.Bool
			m := New(Options{
				Book: words(t),
				Who: func(*http.Request) (actor.Actor, error) {
					if lost.Load() {
						return c.who, nil
					}
					return actor.Actor{Person: 1}, nil
				},
				Gate: func(context.Context, string) error { return nil },
				Topic: func(context.Context, string) error {
					if lost.Load() {
						return c.topic
					}
					return nil
				},
			})
			m.live.heartbeat = time.Hour
			server := httptest.NewServer(m)
			defer server.Close()
			res, err := http.Get(server.URL + "/live?topics=a,b")
			if err != nil || res.StatusCode != 200 {
				t.Fatal(res, err)
			}
			defer func() { _ = res.Body.Close() }()
			in := bufio.NewReader(res.Body)
			m.Live().Publish("a", "request", "1")
			for line := ""; line != "data: 1\n"; {
				if line, err = in.ReadString('\n'); err != nil {
					t.Fatalf("what is theirs does not come: %v", err)
				}
			}
			lost.Store(true)
			m.Live().Publish("b", "request", "2")
			rest, _ := io.ReadAll(in) // the server ends it
			if strings.TrimSpace(string(rest)) != "" {
				t.Errorf("heard %q", rest)
			}
		})
	}
}

// TestAPageThatCameLateIsTold: a stream begins with how long ago its topics were last spoken of, so that what was said between
// the asking for a page and its listening is not lost, however long either took, and nothing else makes it ask again.
func TestAPageThatCameLateIsTold(t *testing.T) {
	h := newHub(nil)
	if got := h.last([]string{"a"}); got != h.began {
		t.Errorf("nothing was said, and the last word was at %d, in a process since %d", got, h.began)
	}
	h.began -= 2000
	before := time.Now().UnixMilli()
	h.Publish("a", "request", "1")
	for _, c := range []struct {
		topics []string
		late   bool
	}{{[]string{"a"}, true}, {[]string{"b", "a"}, true}, {[]string{"b"}, false}} {
		if got := h.last(c.topics); (got >= before) != c.late || !c.late && got != h.began {
			t.Errorf("%v: the last word was at %d, published from %d on, in a process since %d", c.topics, got, before, h.began)
		}
	}
	for range len(h.said) + 1 {
		h.Publish("c", "request", "2")
	}
	if got := h.last([]string{"a"}); got < before {
		t.Errorf("what is no longer known is not missed: %d", got)
	}

	m := house(t, nil)
	server := httptest.NewServer(m)
	defer server.Close()
	m.Live().Publish("a", "request", "1")
	time.Sleep(300 * time.Millisecond)
	for topic, least := range map[string]int64{"a": 300, "b": 300} { // of b nothing was said in this process, which is older
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/live?topics="+topic, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer one")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		hello := make([]byte, 200)
		n, _ := res.Body.Read(hello)
		cancel()
		_, said, _ := strings.Cut(string(hello[:n]), "event: said\ndata: ")
		ago, err := strconv.ParseInt(strings.TrimSpace(said), 10, 64)
		if err != nil || ago < least || ago > 60_000 {
			t.Errorf("%s was spoken of %q ms ago: %q", topic, said, hello[:n])
		}
	}
}
