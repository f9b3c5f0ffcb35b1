package relation

import (
	"context"
	"slices"
	"sync"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// How long a vector is believed when another process may have written: the current month and later ones, and the
// others. In one process every write is known by the edge it touched, and nothing else is read again.
const (
	freshNow  = 5 * time.Second
	freshPast = time.Minute
	manyDirty = 300 // edges above which the whole month is read again
)

// vectors keeps the months in memory: month → counters by edge number. A commit marks the edges it touched; the next
// reader reads just those again. So an answer includes everything committed before it was asked for.
type vectors struct {
	load sync.Mutex // one loader at a time

	mu      sync.RWMutex // of all below
	ready   bool         // edges have been read
	edges   []edgeRow    // by number; only grows
	version int          // of edges
	number  map[ID]int32
	pairs   map[[2]org.ID]ID
	months  map[int64]*vector

	marks sync.Mutex // of dirty
	dirty map[int64]map[ID]bool
}

// vector is a month. rows may be shorter than edges: what is missing is zero.
type vector struct {
	rows []small
	read time.Time
}

// small is the counters of the matrix at half the size: a month of an edge stays below 2^31.
type small [inMatrix]int32

func (s small) counters() (c counters) {
	for i, x := range s {
		c[i] = int64(x)
	}
	return c
}

func newVectors() *vectors {
	return &vectors{number: map[ID]int32{}, pairs: map[[2]org.ID]ID{}, months: map[int64]*vector{}, dirty: map[int64]map[ID]bool{}}
}

// find is the id of a committed edge that has seen traffic.
func (v *vectors) find(provider, customer org.ID) (ID, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	id, ok := v.pairs[[2]org.ID{provider, customer}]
	return id, ok
}

// add notes a committed edge.
func (v *vectors) add(e edgeRow) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.put(e)
}

func (v *vectors) put(list ...edgeRow) {
	cloned := false
	for _, e := range list {
		n, known := v.number[e.ID]
		switch {
		case !known:
			v.number[e.ID] = int32(len(v.edges))
			v.edges = append(v.edges, e)
		case v.edges[n] != e:
			if !cloned { // readers hold the old slice
				v.edges, cloned = slices.Clone(v.edges), true
			}
			v.edges[n] = e
		default:
			continue
		}
		v.version++
		if e.Observed {
			v.pairs[[2]org.ID{e.Provider, e.Customer}] = e.ID
		}
	}
}

// forget has the list of edges read again.
func (v *vectors) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ready = false
}

// touch notes that the month of the edge has changed. It never waits for a loader.
func (v *vectors) touch(month int64, edge ID) {
	v.marks.Lock()
	defer v.marks.Unlock()
	set := v.dirty[month]
	if set == nil {
		set = map[ID]bool{}
		v.dirty[month] = set
	}
	if len(set) <= manyDirty {
		set[edge] = true
	}
}

// take empties the marks of a month. It must be called before the snapshot is opened that reads the month.
func (v *vectors) take(month int64) (edges []ID, all bool) {
	v.marks.Lock()
	defer v.marks.Unlock()
	set := v.dirty[month]
	delete(v.dirty, month)
	if len(set) > manyDirty {
		return nil, true
	}
	for id := range set {
		edges = append(edges, id)
	}
	return edges, false
}

// want is what has to be read of one month.
type want struct {
	month int64
	edges []ID // nil: all
}

// fresh makes the months ready to be added up.
func (v *vectors) fresh(ctx context.Context, db *sqldb.DB, months []int64, zone *time.Location) error {
	v.load.Lock()
	defer v.load.Unlock()
	now := db.Now()
	wants, edges := v.stale(db.Engine(), months, now, monthOf(now.In(zone)))
	if len(wants) == 0 && !edges {
		return nil
	}
	err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { return v.read(ctx, rd, wants, edges, now) })
	if err != nil {
		for _, w := range wants { // what was taken and not read is read next time
			v.drop(w.month)
		}
	}
	return err
}

func (v *vectors) drop(month int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.months, month)
}

// stale says which months to read, and whether the list of edges has to be read.
func (v *vectors) stale(engine sqldb.Engine, months []int64, now time.Time, current int64) ([]want, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []want
	for _, m := range months {
		have := v.months[m]
		marked, all := v.take(m)
		switch {
		case have == nil || all || len(marked) > edgesAtOnce || tooOld(engine, now.Sub(have.read), m >= current):
			out = append(out, want{month: m})
		case len(marked) > 0:
			out = append(out, want{month: m, edges: marked})
		}
	}
	return out, !v.ready
}

// tooOld says whether another process may have changed the vector unnoticed. SQLite has one writing process.
func tooOld(engine sqldb.Engine, age time.Duration, current bool) bool {
	if engine == sqldb.SQLite {
		return false
	}
	if current {
		return age < 0 || age > freshNow
	}
	return age < 0 || age > freshPast
}

func (v *vectors) read(ctx context.Context, rd sqldb.Reader, wants []want, edges bool, now time.Time) error {
	if edges {
		if err := v.readEdges(ctx, rd); err != nil {
			return err
		}
	}
	for _, w := range wants {
		var rows []tallyRow
		unknown := false
		err := monthRows(ctx, rd, w.month, w.edges, func(t tallyRow) error {
			rows = append(rows, t)
			if !v.knows(t.edge) {
				unknown = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		if unknown { // an edge made by another process
			if err := v.readEdges(ctx, rd); err != nil {
				return err
			}
		}
		v.apply(w, rows, now)
	}
	return nil
}

func (v *vectors) readEdges(ctx context.Context, rd sqldb.Reader) error {
	all, err := allEdges(ctx, rd)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.put(all...)
	v.ready = true
	return nil
}

func (v *vectors) knows(edge ID) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, ok := v.number[edge]
	return ok
}

// apply puts the rows into the month: over it when the whole month was read, into it otherwise.
func (v *vectors) apply(w want, rows []tallyRow, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	have := v.months[w.month]
	if have == nil || w.edges == nil {
		have = &vector{rows: make([]small, len(v.edges)), read: now}
		v.months[w.month] = have
	}
	for _, t := range rows {
		n := v.number[t.edge]
		for int(n) >= len(have.rows) {
			have.rows = append(have.rows, small{})
		}
		for i, x := range t.c[:inMatrix] {
			have.rows[n][i] = int32(x)
		}
	}
}

// sum adds the months into one vector by edge number; dst is used when it is large enough.
func (v *vectors) sum(months []int64, dst []small) []small {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if cap(dst) < len(v.edges) {
		dst = make([]small, len(v.edges))
	}
	dst = dst[:len(v.edges)]
	clear(dst)
	for _, m := range months {
		have := v.months[m]
		if have == nil {
			continue
		}
		for n := range have.rows {
			a, b := &dst[n], &have.rows[n]
			for i := range a {
				a[i] += b[i]
			}
		}
	}
	return dst
}

// sumOf is sum of some edges, by number; the others are zero.
func (v *vectors) sumOf(months []int64, wanted []bool) []small {
	v.mu.RLock()
	defer v.mu.RUnlock()
	dst := make([]small, len(wanted))
	for _, m := range months {
		have := v.months[m]
		if have == nil {
			continue
		}
		for n := range min(len(have.rows), len(wanted)) {
			if !wanted[n] {
				continue
			}
			a, b := &dst[n], &have.rows[n]
			for i := range a {
				a[i] += b[i]
			}
		}
	}
	return dst
}

// list is the edges by number, and their version. The slice must not be changed.
func (v *vectors) list() ([]edgeRow, int) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.edges[:len(v.edges):len(v.edges)], v.version
}

// numberOf is the place of an edge in the vectors.
func (v *vectors) numberOf(id ID) (int32, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	n, ok := v.number[id]
	return n, ok
}
