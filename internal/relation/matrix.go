package relation

import (
	"cmp"
	"context"
	"sync"

	"neike/internal/kit/actor"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Matrix is who serves whom in a period, rolled up to a level.
type Matrix struct {
	Period Period
	Level  string
	Units  []org.Unit // that serve or are served, in the order of the tree
	Cells  []Cell     // edges, by provider and customer in the order of the tree
	first  []int32    // index of the first cell of each provider in Cells, and the end
	rollup *rollup
	signed func(provider, customer org.ID) bool // nil: nothing is marked
}

// Cell is an edge at the level.
type Cell struct {
	Provider, Customer int32 // index in Units
	Shown              bool  // the actor may see the numbers
	Figures                  // zero unless shown
	Pending            int64 // open, due in the period; zero unless shown and asked for
	traffic            bool  // something was counted in the period
	declared           bool
	standings          standings // of the edges that it is made of
	Index              index     // of a measure that is no share
	Rated              scored    // satisfaction, where it was asked for
	before             Delta     // of the period before, in a matrix that compares
}

// Row lists the cells of a provider, by customer.
func (m *Matrix) Row(provider int) []Cell { return m.Cells[m.first[provider]:m.first[provider+1]] }

// rollup is how the edges of the company fall into the cells of a level. It holds as long as tree and edges do.
type rollup struct {
	tree    *org.Tree
	version int // of the edges
	units   []org.Unit
	cells   []pair             // sorted by provider, customer
	cellOf  []int32            // by edge number; -1: a unit that no longer exists, or an edge no longer declared
	divided map[int32]division // edges whose counts belong to several pairs of units
	first   []int32
}

// division is an edge that is divided among cells.
type division struct {
	shares []float64
	cells  []int32 // one for each share; one may be there twice
}

type pair struct {
	provider, customer int32
	declared           bool
	standings          standings
}

// rollups keeps the last rollup of each level.
type rollups struct {
	mu   sync.Mutex
	have map[rollupKey]*rollup
}

type rollupKey struct {
	level string
	as    As
}

func (r *rollups) at(level string, as As, tree *org.Tree, edges []edgeRow, version int) *rollup {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := rollupKey{level, as}
	if have := r.have[key]; have != nil && have.tree == tree && have.version == version {
		return have
	}
	made := newRollup(level, as, tree, edges)
	made.version = version
	if r.have == nil {
		r.have = map[rollupKey]*rollup{}
	}
	r.have[key] = made
	return made
}

func newRollup(level string, as As, tree *org.Tree, edges []edgeRow) *rollup {
	r := &rollup{tree: tree, cellOf: make([]int32, len(edges)), divided: map[int32]division{}}
	used := map[org.ID]bool{}
	top := func(id org.ID) org.ID { return tree.At(level, id) }
	for _, e := range edges {
		if !e.exists() {
			continue
		}
		for _, x := range portions(tree, e, as) {
			if p, c := top(x.provider), top(x.customer); p != 0 && c != 0 {
				used[p], used[c] = true, true
			}
		}
	}
	place := map[org.ID]int32{}
	for _, u := range tree.All() {
		if used[u.ID] {
			place[u.ID] = int32(len(r.units))
			r.units = append(r.units, u)
		}
	}
	at := map[[2]int32]int32{} // pair → index in cells before sorting
	for n, e := range edges {
		r.cellOf[n] = -1
		if !e.exists() {
			continue
		}
		var d division
		for _, x := range portions(tree, e, as) {
			p, c := top(x.provider), top(x.customer)
			if p == 0 || c == 0 {
				continue
			}
			key := [2]int32{place[p], place[c]}
			i, known := at[key]
			if !known {
				i = int32(len(r.cells))
				at[key] = i
				r.cells = append(r.cells, pair{provider: key[0], customer: key[1]})
			}
			r.cells[i].declared = r.cells[i].declared || e.Declared
			r.cells[i].standings |= standingBit(e.Standing)
			d.shares, d.cells = append(d.shares, x.share), append(d.cells, i)
		}
		if len(d.cells) > 0 {
			r.cellOf[n] = d.cells[0]
		}
		if len(d.cells) > 1 {
			r.divided[int32(n)] = d
		}
	}
	r.sort()
	return r
}

// sort puts the cells in the order of the tree and renumbers cellOf.
func (r *rollup) sort() {
	order := make([]int32, len(r.cells))
	for i := range order {
		order[i] = int32(i)
	}
	sorting.By(order, func(a, b int32) int {
		x, y := r.cells[a], r.cells[b]
		return cmp.Or(cmp.Compare(x.provider, y.provider), cmp.Compare(x.customer, y.customer))
	})
	cells, renumber := make([]pair, len(order)), make([]int32, len(order))
	for i, old := range order {
		cells[i], renumber[old] = r.cells[old], int32(i)
	}
	for n, c := range r.cellOf {
		if c >= 0 {
			r.cellOf[n] = renumber[c]
		}
	}
	for _, d := range r.divided {
		for i, c := range d.cells {
			d.cells[i] = renumber[c]
		}
	}
	r.cells = cells
	r.first = make([]int32, len(r.units)+1)
	for _, c := range cells {
		r.first[c.provider+1]++
	}
	for i := range r.units {
		r.first[i+1] += r.first[i]
	}
}

// add rolls the counters of edges up to cells.
func (r *rollup) add(edges []small) []counters {
	sums := make([]counters, len(r.cells))
	for n := range edges {
		if n >= len(r.cellOf) {
			break
		}
		c := r.cellOf[n]
		if c < 0 || edges[n] == (small{}) {
			continue
		}
		if d, divided := r.divided[int32(n)]; divided {
			d.add(sums, edges[n])
			continue
		}
		for i, x := range edges[n] {
			sums[c][i] += int64(x)
		}
	}
	return sums
}

// add gives each cell its part of an edge's counters.
func (d division) add(sums []counters, edge small) {
	for k, some := range edge.counters().divide(d.shares) {
		for i, x := range some {
			sums[d.cells[k]][i] += x
		}
	}
}

// Matrix is MatrixAs of the organisation as it is.
func (s *Service) Matrix(ctx context.Context, p Period, level string) (*Matrix, error) {
	return s.MatrixAs(ctx, p, level, AsItIs)
}

// MatrixAs adds up the period for every edge at the level. Numbers that the actor of ctx may not see are left out; the
// edge itself never is.
func (s *Service) MatrixAs(ctx context.Context, p Period, level string, as As) (*Matrix, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	counted, err := s.count(ctx, p, level, as, tree)
	if err != nil {
		return nil, err
	}
	target, err := s.agreed(ctx)
	if err != nil {
		return nil, err
	}
	see := visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll)
	m := matrixOf(counted.rollup, counted.sums, see, target)
	m.Period, m.Level = p, level
	if s.signed != nil {
		m.signed, err = s.signed(ctx)
	}
	return m, err
}

// matrixOf judges the cells that may be seen.
func matrixOf(r *rollup, sums []counters, see func(provider, customer org.ID) bool, target TargetsFunc) *Matrix {
	m := &Matrix{Units: r.units, first: r.first, rollup: r, Cells: make([]Cell, len(r.cells))}
	for i, pair := range r.cells {
		m.Cells[i] = judged(pair, sums[i], see, target, r.units)
	}
	return m
}

// judged is a cell with its figures, where they may be seen.
func judged(pair pair, sum counters, see func(provider, customer org.ID) bool, target TargetsFunc, units []org.Unit) Cell {
	provider, customer := units[pair.provider].ID, units[pair.customer].ID
	c := Cell{Provider: pair.provider, Customer: pair.customer, declared: pair.declared, standings: pair.standings, traffic: sum != (counters{})}
	if see(provider, customer) {
		c.Shown = true
		c.Figures = figures(sum.delta(), target(provider, customer))
	}
	return c
}

// counted is a period's counters by cell of a rollup.
type counted struct {
	rollup *rollup
	sums   []counters
}

// count adds up the period: whole months from memory, the days around them from the daily tallies.
func (s *Service) count(ctx context.Context, p Period, level string, as As, tree *org.Tree) (counted, error) {
	months, rest := p.split()
	if err := s.store.fresh(ctx, s.db, months, s.org.Company(ctx).Location()); err != nil {
		return counted{}, err
	}
	sums := s.store.sum(months, nil)
	for _, days := range rest {
		var rows []tallyRow
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			rows, err = dayRows(ctx, rd, days.From, days.To, nil)
			return err
		})
		if err != nil {
			return counted{}, err
		}
		for _, t := range rows {
			n, known := s.store.numberOf(t.edge)
			if !known || int(n) >= len(sums) {
				continue // made after the snapshot of the edges
			}
			for i, x := range t.c[:inMatrix] {
				sums[n][i] += int32(x)
			}
		}
	}
	edges, version := s.store.list()
	r := s.rollups.at(level, as, tree, edges, version)
	return counted{r, r.add(sums)}, nil
}

// addPending asks the slot of open cases and adds what is shown to the cells: for answers that list them, not for the
// page of the matrix.
func (s *Service) addPending(ctx context.Context, m *Matrix) error {
	if len(s.pending) == 0 {
		return nil
	}
	var open []Open
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		open, err = s.openIn(ctx, rd, m.Period)
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range open {
		id, _ := s.store.find(o.Provider, o.Customer)
		n, known := s.store.numberOf(id)
		if !known || int(n) >= len(m.rollup.cellOf) || m.rollup.cellOf[n] < 0 {
			continue // made after the matrix
		}
		if c := &m.Cells[m.rollup.cellOf[n]]; c.Shown {
			c.Pending += o.Pending
		}
	}
	return nil
}
