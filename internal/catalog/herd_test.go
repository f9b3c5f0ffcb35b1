package catalog

import (
	"sync"
	"testing"

	"neike/content"
)

// TestManyWhoMissTheCatalogueReadItOnce: after a restart everybody asks at once, and it is the largest thing kept.
func TestManyWhoMissTheCatalogueReadItOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for _, name := range content.Packs() {
			data, _ := content.Pack(name)
			_, err := h.Import(h.ctx, name, data, false)
			must(t, err)
		}
		h.snapshot.Store(nil)
		var ready, done sync.WaitGroup
		seen := make([]*Snapshot, 40)
		ready.Add(len(seen))
		for i := range seen {
			done.Go(func() {
				ready.Done()
				ready.Wait()
				var err error
				if seen[i], err = h.Snapshot(h.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		for _, s := range seen[1:] {
			if s != seen[0] {
				t.Fatal("it was read more than once")
			}
		}
	})
}
