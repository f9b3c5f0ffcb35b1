package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
)

// create measures the main write: a request over HTTP with permissions, history, clocks, todo, tallies and followers.
func (b *bench) create(ctx context.Context, t *table) error {
	bodies, err := b.asks(ctx)
	if err != nil {
		return err
	}
	next := func(i int) (*http.Request, error) {
		return b.request(ctx, b.tokens[i%len(b.tokens)], http.MethodPost, "/api/v1/requests", bodies[i%len(bodies)])
	}
	one, err := drive(ctx, b.server, 1, b.span(), http.StatusCreated, next, b.settled)
	if err != nil {
		return err
	}
	many, err := drive(ctx, b.server, 32, b.span(), http.StatusCreated, next, b.settled)
	if err != nil {
		return err
	}
	least := b.limit["commit"] + b.limit["http1"]
	t.add(row{name: "create, 1 client", value: one.perRequest(), unit: "ms CPU", budget: 1.0, atMost: true, limit: least,
		note: fmt.Sprintf("%.0f/s, p50 %.1f ms, p99 %.1f ms", one.rate(), one.percentile(0.5), one.percentile(0.99))})
	t.add(row{name: "create, 32 clients", value: many.perRequest(), unit: "ms CPU", budget: 0.7, atMost: true, limit: least,
		note: fmt.Sprintf("%.0f/s, p50 %.1f ms, p99 %.1f ms", many.rate(), many.percentile(0.5), many.percentile(0.99))})
	t.add(row{name: "create, rate at 32 clients over rate at 1", value: many.rate() / one.rate(), unit: "×", budget: 1.8})
	return nil
}

// asks returns bodies of valid requests for services whose forms need only plain text.
func (b *bench) asks(ctx context.Context) ([][]byte, error) {
	var services struct {
		Items []struct {
			Code string `json:"code"`
		} `json:"items"`
	}
	if err := b.get(ctx, b.admin, "/api/v1/services?kind=request&limit=200", &services); err != nil {
		return nil, err
	}
	plain := map[string]any{"text": "压力测试", "long_text": "用来测量的一件请求，内容有一定长度，和平时的请求差不多。", "number": 3, "date": "2027-03-01", "month": "2027-03", "phone": "13800138000"}
	var out [][]byte
	for _, s := range services.Items {
		var whole struct {
			Policy struct {
				Confidential string `json:"confidential"`
			} `json:"policy"`
			Form struct {
				Fields []struct {
					Key      string `json:"key"`
					Type     string `json:"type"`
					Required bool   `json:"required"`
				} `json:"fields"`
			} `json:"form"`
		}
		if err := b.get(ctx, b.admin, "/api/v1/services/"+s.Code, &whole); err != nil {
			return nil, err
		}
		fields, fits := map[string]any{}, true
		for _, f := range whole.Form.Fields {
			value, known := plain[f.Type]
			if f.Required && !known {
				fits = false
			}
			if f.Required && known {
				fields[f.Key] = value
			}
		}
		if !fits || whole.Policy.Confidential == "support" { // personal support is asked elsewhere
			continue
		}
		body, err := json.Marshal(map[string]any{"service": s.Code, "title": "性能测量：请处理这件事", "fields": fields})
		if err != nil {
			return nil, err
		}
		out = append(out, body)
	}
	if len(out) < 3 {
		return nil, fmt.Errorf("only %d of %d services can be asked with plain text", len(out), len(services.Items))
	}
	return out, nil
}

var lag = regexp.MustCompile(`(?m)^neike_follower_lag(?:\{[^}]*\})? (\S+)$`)

// settled waits until every follower has caught up, so that its CPU is counted in.
func (b *bench) settled(ctx context.Context) error {
	for range 6000 {
		behind, shown, err := b.metric(ctx, lag)
		if err != nil || shown && behind == 0 {
			return err
		}
		if !shown {
			return fmt.Errorf("/metrics shows no neike_follower_lag")
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the followers did not catch up in five minutes")
}

// metric sums the lines of /metrics that the expression finds, and says whether there is one.
func (b *bench) metric(ctx context.Context, line *regexp.Regexp) (sum float64, shown bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.server.addr+"/metrics", nil)
	if err != nil {
		return 0, false, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, false, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, false, err
	}
	for _, m := range line.FindAllSubmatch(body, -1) {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			return 0, false, err
		}
		sum, shown = sum+v, true
	}
	return sum, shown, nil
}

// target is an address under measurement.
type target struct {
	name, path string
	budget     float64 // ms CPU
	page       bool    // and not JSON
}

// pages measures what people read most. The queue is that of a head whose unit has more than 50 open requests.
func (b *bench) pages(ctx context.Context, t *table) error {
	head, err := b.token(ctx, "1004")
	if err != nil {
		return err
	}
	number, err := b.someRequest(ctx, head)
	if err != nil {
		return err
	}
	body, err := b.body(ctx, head, "/queue")
	if err != nil {
		return err
	}
	if rows := len(linked.FindAll(body, -1)); rows < 50 {
		return fmt.Errorf("/queue shows %d requests, not 50", rows)
	}
	for _, p := range []target{
		{"request page", "/requests/" + number, 2, true},
		{"request as JSON", "/api/v1/requests/" + number, 1, false},
		{"newest 50 of a queue as page", "/queue", 2, true},
		{"newest 50 of a queue as JSON", "/api/v1/queue?limit=50", 1, false},
		{"newest 50 of all a head may see, as JSON", "/api/v1/requests?limit=50", 1.5, false},
		{"home", "/", 2, true},
		{"catalogue", "/services", 2, true},
	} {
		if err := b.page(ctx, t, head, p); err != nil {
			return err
		}
	}
	return nil
}

var linked = regexp.MustCompile(`(?s)<tr[^>]*>.*?href="/requests/R-\d+.*?</tr>`)

// page measures one address: CPU, the slowest answers, and the size of pages.
func (b *bench) page(ctx context.Context, t *table, token string, p target) error {
	next := func(int) (*http.Request, error) { return b.request(ctx, token, http.MethodGet, p.path, nil) }
	out, err := drive(ctx, b.server, 1, b.span(), http.StatusOK, next, nil)
	if err != nil {
		return err
	}
	t.add(row{name: p.name, value: out.perRequest(), unit: "ms CPU", budget: p.budget, atMost: true, limit: b.limit["http1"]})
	if !p.page {
		return nil
	}
	t.add(row{name: p.name + ", p99 at 1 client", value: out.percentile(0.99), unit: "ms", budget: 30, atMost: true, note: fmt.Sprintf("p50 %.2f ms", out.percentile(0.5))})
	raw, gz, err := b.size(ctx, token, p.path)
	if err != nil {
		return err
	}
	t.add(row{name: p.name + ", raw", value: raw, unit: "KB", budget: 100, atMost: true})
	t.add(row{name: p.name + ", gzipped", value: gz, unit: "KB", budget: 15, atMost: true})
	return nil
}

func (b *bench) someRequest(ctx context.Context, token string) (string, error) {
	var list struct {
		Items []struct {
			Number string `json:"number"`
		} `json:"items"`
	}
	if err := b.get(ctx, token, "/api/v1/requests?state=done&limit=20", &list); err != nil {
		return "", err
	}
	if len(list.Items) == 0 {
		return "", fmt.Errorf("nobody sees a finished request")
	}
	return list.Items[len(list.Items)/2].Number, nil
}

// size is the size of a page in KB, raw and gzipped.
func (b *bench) size(ctx context.Context, token, path string) (raw, gz float64, err error) {
	req, err := b.request(ctx, token, http.MethodGet, path, nil)
	if err != nil {
		return 0, 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, 0, err
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		return 0, 0, err
	}
	if err := w.Close(); err != nil {
		return 0, 0, err
	}
	return float64(len(body)) / 1024, float64(packed.Len()) / 1024, nil
}

// memory reads the server's memory after the load.
func (b *bench) memory(_ context.Context, t *table) error {
	whole, anonymous, err := b.server.memory()
	if err != nil {
		return err
	}
	if built, err := os.Stat(b.binary); err == nil {
		t.add(row{name: "binary, without symbols", value: float64(built.Size()) / 1e6, unit: "MB", budget: 75, atMost: true})
	}
	t.add(row{name: "anonymous PSS after load", value: anonymous, unit: "MB", budget: 150, atMost: true, note: fmt.Sprintf("whole PSS %.0f MB", whole)})
	return nil
}

// calendar measures the interval engine on one core: a mainland office calendar of several years.
func (b *bench) calendar(_ context.Context, t *table) error {
	in, ok := calendar.BuiltIn(calendar.Default)
	if !ok {
		return errors.New("there is no built-in calendar")
	}
	compiled, err := in.Compile(calendar.FirstYear, calendar.LastYear)
	if err != nil {
		return err
	}
	const hour = int64(time.Hour / time.Millisecond)
	from := time.Date(2025, 3, 3, 1, 30, 0, 0, time.UTC).UnixMilli()
	var failure error
	for _, e := range []struct {
		name   string
		budget float64
		once   func(at int64) error
	}{
		{"calendar elapsed, 30 days", 10, func(at int64) error { _, err := compiled.ElapsedMS(at, at+720*hour); return err }},
		{"calendar add, 100 hours", 4, func(at int64) error { _, err := compiled.AddMS(at, 100*hour); return err }},
	} {
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := e.once(from + int64(i&1023)*977_000); err != nil {
					failure = err
				}
			}
		})
		if failure != nil {
			return failure
		}
		perOp := float64(r.T.Nanoseconds()) / float64(r.N)
		t.add(row{name: e.name, value: 1e3 / perOp, unit: "M/s", budget: e.budget, note: fmt.Sprintf("%.0f ns, %d allocations", perOp, r.AllocsPerOp())})
	}
	return nil
}

// doctor proves the whole database and scales its time to a million requests.
func (b *bench) doctor(ctx context.Context, t *table) error {
	stored, err := b.stored(ctx)
	if err != nil {
		return err
	}
	b.server.stop()
	began := time.Now()
	out, err := exec.CommandContext(ctx, b.binary, b.at(b.company(), "doctor")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	took := time.Since(began).Seconds()
	t.add(row{name: "doctor, per million requests", value: took * 1e6 / float64(stored), unit: "s", budget: 60, atMost: true,
		note: fmt.Sprintf("%.1f s for the whole database of %d requests", took, stored)})
	return nil
}

// stored is how many requests the company holds by now: those it was filled with, and those of all measurements since.
func (b *bench) stored(ctx context.Context) (int, error) {
	var list struct {
		Items []struct {
			Number string `json:"number"`
		} `json:"items"`
	}
	if err := b.get(ctx, b.admin, "/api/v1/requests?limit=1", &list); err != nil || len(list.Items) == 0 {
		return 0, errors.Join(err, errors.New("the administrator sees no request"))
	}
	n, err := strconv.Atoi(strings.TrimPrefix(list.Items[0].Number, "R-"))
	return n - firstNumber + 1, err
}

const firstNumber = 1001
