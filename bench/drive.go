package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// outcome is what a closed loop of clients saw.
type outcome struct {
	n     int
	wall  time.Duration
	cpu   time.Duration // of the server, everything that followed included
	times []time.Duration
}

func (o outcome) perRequest() float64 { return float64(o.cpu.Microseconds()) / 1000 / float64(o.n) }
func (o outcome) rate() float64       { return float64(o.n) / o.wall.Seconds() }

// percentile returns the p-quantile (0..1) of the answer times in ms.
func (o outcome) percentile(p float64) float64 {
	slices.Sort(o.times)
	return float64(o.times[min(int(p*float64(len(o.times))), len(o.times)-1)].Microseconds()) / 1000
}

// call builds the i-th request of a loop.
type call func(i int) (*http.Request, error)

func newClient(clients int) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConns: clients * 2, MaxIdleConnsPerHost: clients * 2, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}
}

// drive runs clients closed loops for the given time, waits until the server has settled, and accounts its CPU.
func drive(ctx context.Context, p *process, clients int, span time.Duration, want int, next call, settle func(context.Context) error) (outcome, error) {
	client := newClient(clients)
	defer client.CloseIdleConnections()
	if settle != nil {
		if err := settle(ctx); err != nil {
			return outcome{}, err
		}
	}
	var (
		counter atomic.Int64
		mu      sync.Mutex
		out     outcome
		failure error
		wg      sync.WaitGroup
	)
	before, err := p.cpu()
	if err != nil {
		return outcome{}, err
	}
	began := time.Now()
	for range clients {
		wg.Go(func() {
			var mine []time.Duration
			for time.Since(began) < span && ctx.Err() == nil {
				took, err := one(client, next, int(counter.Add(1)), want)
				if err != nil {
					mu.Lock()
					failure = errors.Join(failure, err)
					mu.Unlock()
					return
				}
				mine = append(mine, took)
			}
			mu.Lock()
			out.times = append(out.times, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	out.wall = time.Since(began)
	out.n = len(out.times)
	if failure != nil {
		return out, failure
	}
	if settle != nil {
		if err := settle(ctx); err != nil {
			return out, err
		}
	}
	after, err := p.cpu()
	out.cpu = after - before
	if out.n == 0 {
		return out, errors.New("no request was answered")
	}
	return out, err
}

func one(client *http.Client, next call, i, want int) (time.Duration, error) {
	req, err := next(i)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	if res.StatusCode != want {
		return 0, fmt.Errorf("%s %s: %s\n%.400s", req.Method, req.URL, res.Status, body)
	}
	return took, nil
}
