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
	before, err := b.told(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	var done atomic.Int64 // told so far
	var took time.Duration
	failed := make(chan error, 1)
	go func() {
		for done.Load() < fanned && ctx.Err() == nil {
			if err := b.announce(ctx); err != nil {
				failed <- err
				return
			}
			now, err := b.told(ctx)
			if err != nil {
				failed <- err
				return
			}
			done.Store(int64(now - before))
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

// announce tells everybody something and waits until everybody is told.
func (b *bench) announce(ctx context.Context) error {
	req, err := b.request(ctx, b.admin, http.MethodPost, "/api/v1/announcements", []byte(`{"title":"例行停机维护","text":"周六上午九点到十点。"}`))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("announce: %s", res.Status)
	}
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var list announcements
		if err := b.get(ctx, b.admin, "/api/v1/announcements?limit=1", &list); err != nil {
			return err
		}
		if len(list.Items) > 0 && list.Items[0].Done {
			return nil
		}
	}
	return errors.New("an announcement did not reach everybody in five minutes")
}

type announcements struct {
	Items []struct {
		Told int  `json:"told"`
		Done bool `json:"done"`
	} `json:"items"`
}

// told is how many notices the latest announcements have come to.
func (b *bench) told(ctx context.Context) (int, error) {
	var list announcements
	err := b.get(ctx, b.admin, "/api/v1/announcements?limit=200", &list)
	n := 0
	for _, a := range list.Items {
		n += a.Told
	}
	return n, err
}
