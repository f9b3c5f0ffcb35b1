package app

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// buckets are the upper bounds of the histogram of answers, in seconds.
var buckets = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 5}

// figures are what this process counts for GET /metrics, in the text format of Prometheus.
type figures struct {
	set    *metrics.Set
	byName sync.Map // answered → *metrics.PrometheusHistogram
}

// answered is a route with the class of the status it answered: 2, 3, 4, 5.
type answered struct {
	route string
	class int
}

func newFigures() *figures {
	metrics.ExposeMetadata(true) // # TYPE before each name
	return &figures{set: metrics.NewSet()}
}

// observe counts how long an answer took.
func (f *figures) observe(route string, status int, took time.Duration) {
	if route == "" {
		return
	}
	key := answered{route, status / 100}
	h, known := f.byName.Load(key)
	if !known {
		name := "neike_request_seconds{route=" + strconv.Quote(route) + `,status="` + strconv.Itoa(key.class) + `xx"}`
		h, _ = f.byName.LoadOrStore(key, f.set.GetOrCreatePrometheusHistogramExt(name, buckets))
	}
	h.(*metrics.PrometheusHistogram).Update(took.Seconds())
}

// write writes what was counted, then what the database says now; what it cannot say is left out.
func (a *App) writeFigures(ctx context.Context, to io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	a.figures.set.WritePrometheus(to)
	metrics.WriteProcessMetrics(to)
	stats := a.DB.Stats()
	metrics.WriteGaugeUint64(to, "neike_live_pages", uint64(a.Mux.Live().Listeners()))
	metrics.WriteGaugeUint64(to, "neike_write_queue", uint64(stats.Queue))
	metrics.WriteCounterUint64(to, "neike_writes_total", uint64(stats.Writes))
	metrics.WriteCounterUint64(to, "neike_commits_total", uint64(stats.Commits))
	metrics.WriteCounterUint64(to, "neike_commits_failed_total", uint64(stats.Failed))
	lag, err := a.Bus.Lag(ctx)
	if err != nil {
		return err
	}
	writeEach(to, "neike_follower_lag", "follower", lag)
	states, err := a.Jobs.States(ctx)
	if err != nil {
		return err
	}
	writeEach(to, "neike_jobs", "state", states)
	return nil
}

// writeEach writes one gauge per value of a label.
func writeEach[K ~string, N ~int | ~int64](to io.Writer, name, label string, values map[K]N) {
	metrics.WriteMetadataIfNeeded(to, name, "gauge")
	for _, key := range slices.Sorted(maps.Keys(values)) {
		_, _ = io.WriteString(to, name+"{"+label+"="+strconv.Quote(string(key))+"} "+strconv.FormatInt(int64(values[key]), 10)+"\n") // into memory
	}
}

// showMetrics answers this machine, and whoever may see the settings: what people do, and how often, is nobody else's.
// A proxy on this machine speaks for others.
func (a *App) showMetrics(w http.ResponseWriter, r *http.Request) error {
	if !fromHere(r) && (!actor.From(r.Context()).Known() || !a.allows(r.Context(), "settings.see")) {
		return fault.ErrNotFound
	}
	var text bytes.Buffer
	if err := a.writeFigures(r.Context(), &text); err != nil {
		a.Log.Warn("figures are incomplete", "err", err)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(text.Bytes()) // whoever asked has gone
	return nil
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
