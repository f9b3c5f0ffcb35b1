package proofs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"neike/internal/app"
)

// load is eight programs that ask for things and work on them, each with keys of its own, until their server is gone.
type load struct {
	base   string
	tokens []string
	agent  string

	mu      sync.Mutex
	known   map[string]string // title → number, of what was acknowledged
	states  map[string]string // number → the last state that was acknowledged
	unknown []string          // titles of which nobody knows: the server died before it answered
	acks    atomic.Int64
}

const clients = 8

// TestKilledUnderLoad kills a serving process with -9 while eight programs write: every number that was acknowledged is
// there with its title and at least in its state, what was not acknowledged is there once or not at all, and what is
// derived is right.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	const rounds = 20
	dir := t.TempDir()
	l := prepare(t, dir)
	for round := range rounds {
		p := serve(t, "--data", dir)
		l.base = p.Base
		l.again(t)
		before := l.acks.Load()
		stop := before + 20 + rand.Int64N(150)
		var all sync.WaitGroup
		for i := range clients {
			all.Go(func() { l.work(round, i) })
		}
		for end := time.Now().Add(20 * time.Second); l.acks.Load() < stop; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("round %d: only %d answers", round, l.acks.Load()-before)
			}
		}
		p.end(t, syscall.SIGKILL)
		all.Wait()
	}
	p := serve(t, "--data", dir)
	l.base = p.Base
	l.again(t)
	l.check(t)
	p.end(t, syscall.SIGTERM)
	t.Logf("%d acknowledged, %d cut off, in %d rounds", l.acks.Load(), len(l.unknown), rounds)
	for _, command := range []string{"doctor", "verify"} {
		run(t, command, "--data", dir)
	}
	var changed []struct {
		Name    string
		Changed int
	}
	if err := json.Unmarshal([]byte(run(t, "replay", "--data", dir, "--json")), &changed); err != nil {
		t.Fatal(err)
	}
	for _, c := range changed {
		if c.Changed > 0 {
			t.Errorf("replay had to repair %d of %s", c.Changed, c.Name)
		}
	}
}

// prepare makes a small company in the folder, with tokens.
func prepare(t *testing.T, dir string) *load {
	t.Helper()
	h := small(t, app.Config{Data: dir})
	l := &load{known: map[string]string{}, states: map[string]string{}, agent: h.TokenOf("2002").Token}
	for i := range clients {
		l.tokens = append(l.tokens, h.TokenOf([]string{"3002", "3003"}[i%2]).Token)
	}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	return l
}

// work asks, takes and delivers until the server is gone.
func (l *load) work(round, client int) {
	for n := 0; ; n++ {
		title := fmt.Sprintf("第%d轮 %d号 第%d件", round, client, n)
		number, gone := l.open(l.tokens[client], title)
		if gone {
			return
		}
		if client%2 > 0 {
			continue
		}
		for _, step := range []struct{ verb, state string }{{"take", "working"}, {"deliver", "delivered"}}[:1+client/2%2] {
			answer, status := l.post(l.agent, "/api/v1/requests/"+number+"/"+step.verb, "{}", "")
			if status == 0 {
				return
			}
			if status == http.StatusOK && answer.State == step.state {
				l.note(number, step.state)
			}
		}
	}
}

func (l *load) note(number, state string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states[number] = state
}

// open asks for something; gone says that nobody answered.
func (l *load) open(token, title string) (number string, gone bool) {
	raw, err := json.Marshal(advance(title))
	if err != nil { // texts
		panic(err)
	}
	answer, status := l.post(token, "/api/v1/requests", string(raw), "key "+title)
	l.mu.Lock()
	defer l.mu.Unlock()
	if status != http.StatusCreated {
		l.unknown = append(l.unknown, title)
		return "", true
	}
	l.known[title] = answer.Number
	return answer.Number, false
}

type brief struct{ Number, State, Title, Key string }

func (l *load) post(token, path, body, key string) (b brief, status int) {
	r, err := http.NewRequest(http.MethodPost, l.base+path, strings.NewReader(body))
	if err != nil { // an address of ours
		panic(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return b, 0
	}
	defer res.Body.Close()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(res.Body); err != nil || json.Unmarshal(raw.Bytes(), &b) != nil {
		return b, 0 // cut off in the middle of the answer
	}
	l.acks.Add(1)
	return b, res.StatusCode
}

// again repeats what was cut off with its key, as a careful program does: it is done now, or was done then, or nobody can
// tell (409); it is never done twice.
func (l *load) again(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	open := l.unknown
	l.mu.Unlock()
	for _, title := range open {
		client := 0
		if _, err := fmt.Sscanf(title[strings.Index(title, " ")+1:], "%d号", &client); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(advance(title))
		if err != nil {
			t.Fatal(err)
		}
		b, status := l.post(l.tokens[client], "/api/v1/requests", string(raw), "key "+title)
		switch {
		case status == http.StatusCreated:
			l.known[title] = b.Number
		case status != http.StatusConflict || !strings.HasPrefix(b.Key, "web.key-"):
			t.Errorf("%s again: %d %+v", title, status, b)
		}
	}
}

// check reads everything back.
func (l *load) check(t *testing.T) {
	t.Helper()
	rank := map[string]int{"new": 0, "working": 1, "delivered": 2}
	numbers := map[string]bool{}
	for title, number := range l.known {
		var b brief
		l.get(t, "/api/v1/requests/"+number, &b)
		if b.Title != title || rank[b.State] < rank[l.states[number]] || numbers[number] {
			t.Errorf("%s is %+v, acknowledged was %q in state %q", number, b, title, l.states[number])
		}
		numbers[number] = true
	}
	for _, title := range l.unknown {
		var page struct{ Items []brief }
		l.get(t, "/api/v1/requests?q="+url.QueryEscape(title), &page)
		if len(page.Items) > 1 || len(page.Items) == 0 && l.known[title] != "" {
			t.Errorf("%q is there %d times", title, len(page.Items))
		}
	}
}

func (l *load) get(t *testing.T, path string, v any) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, l.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.agent)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(v); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v", path, res.StatusCode, err)
	}
}
