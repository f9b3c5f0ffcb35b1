package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A shift begins: rushed people sign in from one address, within a minute, and come steadily.
const (
	rushed       = 500
	demoPassword = "neike-demo-2026"
)

// rush measures a shift's start: 500 people sign in with their passwords within a minute, from one shared address, while
// others read. Nobody may be turned away, all must be in when the minute ends, and readers may not wait twice as long.
func (b *bench) rush(ctx context.Context, t *table) error {
	people, err := b.numbers(ctx)
	if err != nil {
		return err
	}
	paths := []string{"/inbox", "/requests", "/", "/services"}
	read := func(i int) (*http.Request, error) {
		return b.request(ctx, b.tokens[i%len(b.tokens)], http.MethodGet, paths[i%len(paths)], nil)
	}
	calm, err := steady(ctx, b.span(), read)
	if err != nil {
		return err
	}
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		in      outcome
		failure error
	)
	client := newClient(rushed)
	defer client.CloseIdleConnections()
	began := time.Now()
	wg.Go(func() {
		for i := range rushed {
			time.Sleep(time.Until(began.Add(time.Duration(i) * 45 * time.Second / rushed)))
			wg.Go(func() {
				took, err := one(client, func(int) (*http.Request, error) { return b.signIn(ctx, people[i%len(people)]) }, 0, http.StatusSeeOther)
				mu.Lock()
				defer mu.Unlock()
				if in.times = append(in.times, took); err != nil {
					failure = fmt.Errorf("%s: %w", people[i%len(people)], err)
				}
			})
		}
	})
	busy, err := steady(ctx, 45*time.Second, read)
	wg.Wait()
	if err != nil || failure != nil {
		return fmt.Errorf("reading: %w; signing in: %w", err, failure)
	}
	took := time.Since(began)
	t.add(row{name: "500 sign-ins of a shift's start", value: took.Seconds(), unit: "s", budget: 60, atMost: true,
		note: fmt.Sprintf("one address, over 45 s; p50 %.0f ms, p95 %.0f ms", in.percentile(0.5), in.percentile(0.95))})
	t.add(row{name: "pages meanwhile over pages before, p95", value: busy.percentile(0.95) / calm.percentile(0.95), unit: "×", budget: 2, atMost: true,
		note: fmt.Sprintf("p95 %.1f ms, before %.1f ms; p99 %.1f, before %.1f", busy.percentile(0.95), calm.percentile(0.95), busy.percentile(0.99), calm.percentile(0.99))})
	return nil
}

// steady reads pages at 50 a second: a load that people make, and that leaves the machine air.
func steady(ctx context.Context, span time.Duration, next call) (outcome, error) {
	client := newClient(2)
	defer client.CloseIdleConnections()
	var out outcome
	began := time.Now()
	for i := 0; time.Since(began) < span; i++ {
		time.Sleep(time.Until(began.Add(time.Duration(i) * 20 * time.Millisecond)))
		took, err := one(client, next, i, http.StatusOK)
		if err != nil {
			return out, err
		}
		out.times = append(out.times, took)
	}
	return out, ctx.Err()
}

// signIn is the form of the sign-in page as a browser sends it.
func (b *bench) signIn(ctx context.Context, no string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+b.server.addr+"/signin", strings.NewReader("login="+no+"&password="+demoPassword))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return req, nil
}

// numbers are the employee numbers of the company's people.
func (b *bench) numbers(ctx context.Context) ([]string, error) {
	var people struct {
		Items []struct {
			No string `json:"employee_no"`
		} `json:"items"`
	}
	if err := b.get(ctx, b.admin, "/api/v1/people?limit=200", &people); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range people.Items {
		out = append(out, p.No)
	}
	return out, nil
}
