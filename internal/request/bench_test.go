package request

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// cpu is the processor time of this process so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchHouse(b *testing.B, n int) house {
	b.Helper()
	h := build(b, dbtest.Open(b, sqldb.SQLite, schemas))
	for i := range n {
		ask := advance()
		ask.Title = fmt.Sprintf("备用金 %d", i)
		if _, err := h.Open(h.as([]string{"3002", "3003", "4001"}[i%3]), ask); err != nil {
			b.Fatal(err)
		}
		h.later(time.Minute)
	}
	b.ResetTimer()
	return h
}

func perOp(b *testing.B, before time.Duration) {
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func BenchmarkOpen(b *testing.B) {
	h := benchHouse(b, 200)
	ctx := h.as("3002")
	ask := advance()
	before := cpu()
	for b.Loop() {
		if _, err := h.Open(ctx, ask); err != nil {
			b.Fatal(err)
		}
	}
	perOp(b, before)
}

func BenchmarkTakeDeliverAccept(b *testing.B) {
	h := benchHouse(b, 10)
	customer, agent := h.as("3002"), h.as("2002")
	before := cpu()
	for b.Loop() {
		r, err := h.Open(customer, advance())
		must(b, err)
		must(b, second(h.Take(agent, r.Number, When{})))
		must(b, second(h.Deliver(agent, r.Number, "好了", nil, When{})))
		must(b, second(h.Accept(customer, r.Number, When{})))
	}
	perOp(b, before)
}

func BenchmarkView(b *testing.B) {
	h := benchHouse(b, 2000)
	ctx := h.as("2002")
	before := cpu()
	for b.Loop() {
		if _, err := h.ByNumber(ctx, 1500); err != nil {
			b.Fatal(err)
		}
	}
	perOp(b, before)
}

func benchPage(b *testing.B, path string) {
	h := benchHouse(b, 2000)
	d := h.open4()
	before := cpu()
	size := 0
	for b.Loop() {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
		r.Header.Set("X-No", "2002")
		w := httptest.NewRecorder()
		d.mux.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Code, w.Body.String())
		}
		size = w.Body.Len()
	}
	perOp(b, before)
	b.ReportMetric(float64(size)/1024, "KB")
}

func BenchmarkRequestPage(b *testing.B) { benchPage(b, "/requests/R-1500") }
func BenchmarkQueuePage(b *testing.B)   { benchPage(b, "/queue") }
func BenchmarkRequestJSON(b *testing.B) { benchPage(b, "/api/v1/requests/R-1500") }
func BenchmarkQueueJSON(b *testing.B)   { benchPage(b, "/api/v1/queue?limit=50") }
func BenchmarkListJSON(b *testing.B)    { benchPage(b, "/api/v1/requests?limit=50") }
