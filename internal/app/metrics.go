package app

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// metrics are the figures of this process, for GET /metrics.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "neike_request_seconds", Help: "Time to answer a request, by route and status.",
		Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 5},
	}, []string{"route", "status"})
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(route string, status int, took time.Duration) {
	if route != "" {
		m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
	}
}

var (
	lagOf     = prometheus.NewDesc("neike_follower_lag", "Events a follower has still to see.", []string{"follower"}, nil)
	jobsOf    = prometheus.NewDesc("neike_jobs", "Jobs by state.", []string{"state"}, nil)
	queueOf   = prometheus.NewDesc("neike_write_queue", "Writes that wait for the writer (SQLite), or transactions under way (PostgreSQL).", nil, nil)
	writesOf  = prometheus.NewDesc("neike_writes_total", "Writes committed.", nil, nil)
	commitsOf = prometheus.NewDesc("neike_commits_total", "Commits they took: on SQLite many writes share one.", nil, nil)
	failedOf  = prometheus.NewDesc("neike_commits_failed_total", "Commits that failed.", nil, nil)
	pagesOf   = prometheus.NewDesc("neike_live_pages", "Open pages that listen to this process.", nil, nil)
)

// backlog asks the database when somebody asks for the figures.
type backlog struct{ a *App }

func (b backlog) Describe(to chan<- *prometheus.Desc) {
	to <- lagOf
	to <- jobsOf
	to <- pagesOf
	to <- queueOf
	to <- writesOf
	to <- commitsOf
	to <- failedOf
}

func (b backlog) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	to <- prometheus.MustNewConstMetric(pagesOf, prometheus.GaugeValue, float64(b.a.Mux.Live().Listeners()))
	stats := b.a.DB.Stats()
	to <- prometheus.MustNewConstMetric(queueOf, prometheus.GaugeValue, float64(stats.Queue))
	to <- prometheus.MustNewConstMetric(writesOf, prometheus.CounterValue, float64(stats.Writes))
	to <- prometheus.MustNewConstMetric(commitsOf, prometheus.CounterValue, float64(stats.Commits))
	to <- prometheus.MustNewConstMetric(failedOf, prometheus.CounterValue, float64(stats.Failed))
	lag, err := b.a.Bus.Lag(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(lagOf, err)
		return
	}
	for name, n := range lag {
		to <- prometheus.MustNewConstMetric(lagOf, prometheus.GaugeValue, float64(n), name)
	}
	states, err := b.a.Jobs.States(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(jobsOf, err)
		return
	}
	for state, n := range states {
		to <- prometheus.MustNewConstMetric(jobsOf, prometheus.GaugeValue, float64(n), state)
	}
}

// showMetrics answers this machine, and whoever may see the settings: what people do, and how often, is nobody else's.
// A proxy on this machine speaks for others.
func (a *App) showMetrics() web.Handler {
	a.metrics.registry.MustRegister(backlog{a})
	figures := promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return func(w http.ResponseWriter, r *http.Request) error {
		if !fromHere(r) && (!actor.From(r.Context()).Known() || !a.allows(r.Context(), "settings.see")) {
			return fault.ErrNotFound
		}
		figures.ServeHTTP(w, r)
		return nil
	}
}

// fromHere says whether the caller sits at this machine, without a proxy between.
func fromHere(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" && r.Header.Get("X-Real-Ip") == ""
}

// showHealth says that the process answers.
func showHealth(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("ok\n")) // whoever asked has gone
}

// showReady says that the database is reachable and takes writes; it is migrated since New.
func (a *App) showReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	err := a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		_, err := sqldb.Value[int](ctx, rd, `select 1`)
		return err
	})
	if err != nil {
		a.Log.Error("not ready", "err", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	if err := a.DB.Stopped(); err != nil {
		a.Log.Error("not ready", "err", err)
		http.Error(w, "a commit failed with unknown outcome: look at the disk, then restart", http.StatusServiceUnavailable)
		return
	}
	showHealth(w, r)
}
