package proofs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/kit/dbtest"
	"neike/internal/org"
	"neike/internal/request"
)

// TestKilledInTheMiddleOfAChange kills a serving process with -9 while somebody's work is handed over, and again while
// units merge: the next process goes on behind the last chunk, everything has moved once, and what is derived is right.
func TestKilledInTheMiddleOfAChange(t *testing.T) {
	t.Parallel() // most of it waits for leases of the dead
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killedInAChange(t, app.Config{Data: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killedInAChange(t, app.Config{Data: t.TempDir(), DatabaseURL: dbtest.URL(t, app.Schemas()...)})
	})
}

func killedInAChange(t *testing.T, conf app.Config) {
	const requests = 700
	where := []string{"--data", conf.Data}
	if conf.DatabaseURL != "" {
		where = append(where, "--database-url", conf.DatabaseURL)
	}
	h := small(t, conf)
	ask := advance("差旅")
	fields, _ := ask["fields"].(body)
	for n := range requests {
		r, err := h.Request.Open(h.As("3002"), request.Ask{Service: ask["service"].(string), Title: fmt.Sprintf("第 %d 件", n), Fields: fields})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Request.Take(h.As("2002"), r.Number, request.When{}); err != nil {
			t.Fatal(err)
		}
	}
	l := &load{agent: h.TokenOf("1001", "read", "write", "admin").Token}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	kill := func(path string, what any, holding string) changed {
		t.Helper()
		p := serve(t, where...)
		l.base = p.Base
		raw, err := json.Marshal(what)
		if err != nil {
			t.Fatal(err)
		}
		var planned struct{ ID string }
		l.put(t, path, raw, &planned)
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
			var c changed
			l.get(t, "/api/v1/changes/"+planned.ID, &c)
			if n := c.moved(holding); n > 0 && n < requests {
				break
			}
			if c.State == "done" || time.Now().After(end) {
				t.Fatalf("it was over before it was killed: %+v", c)
			}
		}
		p.end(t, syscall.SIGKILL)
		p = serve(t, where...)
		l.base = p.Base
		for end := time.Now().Add(90 * time.Second); ; time.Sleep(50 * time.Millisecond) { // the lease of the dead ends first
			var c changed
			l.get(t, "/api/v1/changes/"+planned.ID, &c)
			if c.State == "done" {
				p.end(t, syscall.SIGTERM)
				return c
			}
			if time.Now().After(end) {
				t.Fatalf("it does not go on: %+v", c)
			}
		}
	}
	c := kill("/api/v1/people/2002/changes", org.ChangeInput{Kind: org.Leaving, Receiver: "2003", To: map[string]string{"relation.contacts": "-"}}, "request.assigned")
	if n := c.moved("request.assigned"); n != requests {
		t.Errorf("%d of %d were handed over", n, requests)
	}
	c = kill("/api/v1/reorganisations", org.ReorganiseInput{Kind: org.Merge, From: []string{"finance", "project"}, Into: []org.IntoInput{{Code: "centre", NameZh: "共享中心"}}}, "request.held")
	if n := c.moved("request.held"); n != requests {
		t.Errorf("%d of %d requests followed", n, requests)
	}
	for _, command := range []string{"doctor", "verify"} {
		run(t, append([]string{command}, where...)...)
	}
}

// put sends a body and reads the answer.
func (l *load) put(t *testing.T, path string, raw []byte, v any) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, l.base+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.agent)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 || json.Unmarshal(answer, v) != nil {
		t.Fatalf("%s: %d %v %s", path, res.StatusCode, err, answer)
	}
}

// changed is a change as the API gives it.
type changed struct {
	State  string
	Stages []struct {
		Holding string
		Moved   int
	}
}

func (c changed) moved(holding string) (n int) {
	for _, s := range c.Stages {
		if s.Holding == holding {
			n += s.Moved
		}
	}
	return n
}
