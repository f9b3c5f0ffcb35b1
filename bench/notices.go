package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// fanned is how many notices the row tells.
const fanned = 100_000

// notices measures pages while 100 000 notices are told to everybody, beside the same pages in quiet. Everybody is told
// several announcements, until the number is reached.
func (b *bench) notices(ctx context.Context, t *table) error {
	paths := []string{"/inbox", "/requests", "/", "/services"}
	next := func(i int) (*http.Request, error) {
		return b.request(ctx, b.tokens[i%len(b.tokens)], http.MethodGet, paths[i%len(paths)], nil)
	}
	quiet, err := drive(ctx, b.server, 4, b.span(), http.StatusOK, next, b.settled)
	if err != nil {
		return err
	}
	began := time.Now()
	var done atomic.Int64 // told so far
	var took time.Duration
	failed := make(chan error, 1)
	go func() {
		for done.Load() < fanned && ctx.Err() == nil {
			n, err := b.announce(ctx)
			if err != nil {
				failed <- err
				return
			}
			done.Add(int64(n))
		}
		took = time.Since(began)
		failed <- ctx.Err()
	}()
	var loud outcome
	for done.Load() < fanned {
		part, err := drive(ctx, b.server, 4, time.Second, http.StatusOK, next, nil)
		if err != nil {
			return err
		}
		loud.times, loud.n = append(loud.times, part.times...), loud.n+part.n
		select {
		case err := <-failed:
			if err != nil {
				return err
			}
			failed <- nil
		default:
		}
	}
	if err := <-failed; err != nil {
		return err
	}
	t.add(row{name: "pages while 100 000 notices go out, p99 over quiet", value: loud.percentile(0.99) / quiet.percentile(0.99), unit: "×", budget: 2, atMost: true,
		note: fmt.Sprintf("p99 %.1f ms, quiet %.1f ms; %d notices in %.0f s, %.0f/s", loud.percentile(0.99), quiet.percentile(0.99), done.Load(), took.Seconds(), float64(done.Load())/took.Seconds())})
	return nil
}

// wave is how many announcements wait at once: the server never idles between them.
const wave = 20

// announce tells everybody a wave of things, waits until everybody is told, and gives how many notices that came to.
func (b *bench) announce(ctx context.Context) (int, error) {
	for range wave {
		req, err := b.request(ctx, b.admin, http.MethodPost, "/api/v1/announcements", []byte(`{"title":"例行停机维护","text":"周六上午九点到十点。"}`))
		if err != nil {
			return 0, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err
		}
		res.Body.Close()
		if res.StatusCode != http.StatusCreated {
			return 0, fmt.Errorf("announce: %s", res.Status)
		}
	}
	path := fmt.Sprintf("/api/v1/announcements?limit=%d", wave)
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var list announcements
		if err := b.get(ctx, b.admin, path, &list); err != nil {
			return 0, err
		}
		n, all := 0, true
		for _, a := range list.Items {
			n, all = n+a.Told, all && a.Done
		}
		if all {
			return n, nil
		}
	}
	return 0, errors.New("a wave of announcements did not reach everybody in five minutes")
}

type announcements struct {
	Items []struct {
		Told int  `json:"told"`
		Done bool `json:"done"`
	} `json:"items"`
}
