package app

import (
	"os"
	"runtime"
	"runtime/debug"
	gauges "runtime/metrics"
	"sync"
)

// What a small company keeps in memory is some 15 MB, which the runtime by itself would look through twenty times a
// second under load. So the garbage may grow to four times what lives, within an amount that a small machine has to spare;
// beyond that amount it may be as much as what lives, which is the runtime's own measure.
const (
	garbage = 400      // percent of what lives
	spare   = 80 << 20 // bytes of the whole runtime, SQLite's caches apart
)

// thrift paces the collector of garbage for a server. What the operator says by GOGC or GOMEMLIMIT stands.
var thrift = sync.OnceFunc(func() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(garbage)
	afterEach(func() { debug.SetMemoryLimit(limitFor(living())) })
})

// limitFor is what the runtime may hold when so many bytes live: twice as much, or the collector would run without end.
func limitFor(live uint64) int64 { return max(spare, 2*int64(live)) }

// living is how many bytes the last collection found in use.
func living() uint64 {
	sample := []gauges.Sample{{Name: "/gc/heap/live:bytes"}}
	gauges.Read(sample)
	return sample[0].Value.Uint64()
}

// afterEach calls f now and after collections: each cleans up a thing that nobody holds (of its own block: the smallest
// share one), unless that was made during the very collection; then the next does.
func afterEach(f func()) {
	f()
	runtime.AddCleanup(new([4]uint64), func(f func()) { afterEach(f) }, f)
}
