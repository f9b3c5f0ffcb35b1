package request

import (
	"strings"
	"testing"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
)

// TestKeptLastQuarter proves what the catalogue says beside a promise: what was due last quarter, and how much of it was
// in time, late ones that still run counted in.
func TestKeptLastQuarter(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		service, err := h.Catalog.Visible(h.ctx, "finance.advance")
		must(t, err)
		count := func() (string, catalog.Kept) {
			t.Helper()
			k := keptCounts{s: h.Service}
			period, all, err := k.of(h.ctx, []int64{service.ID, 1})
			must(t, err)
			return period, all[service.ID]
		}
		in := func() Request { r, err := h.Open(h.as("3002"), advance()); must(t, err); return r }
		kept, late := in(), in()
		agent := h.as("2002")
		must(t, second(h.Take(agent, kept.Number, When{})))
		must(t, second(h.Deliver(agent, kept.Number, "好了", nil, When{})))
		must(t, second(h.Accept(h.as("3002"), kept.Number, When{})))
		_ = late
		if _, k := count(); k.Settled != 0 {
			t.Errorf("this quarter counts already: %+v", k)
		}
		dbtest.Clock(h.db).Set(time.Date(2027, 1, 15, 2, 0, 0, 0, time.UTC))
		period, k := count()
		if k != (catalog.Kept{Met: 1, Settled: 2}) || !strings.Contains(period, "2026") {
			t.Errorf("%s %+v", period, k)
		}
	})
}
