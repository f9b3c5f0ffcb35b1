package relation

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
	"neike/internal/org"
)

// Walls is what keeps units apart, and on whom they hang: of the whole company once a day, of which each reader sees their part.
type Walls struct {
	At      time.Time
	Level   string
	Period  Period // the last three whole months, and the running one until then
	Units   []org.Unit
	Small   int        // units with fewer than five people, added to the ones above them
	Edges   []WallEdge // the network, by provider and customer
	Walls   []Wall
	Quiet   []Silence
	Loaded  []WallEdge
	Company *Figured // nil for who sees a part of the company

	above []bool // by unit: another unit of the network stands below it
}

// Figured is what is said of the network as a whole.
type Figured struct {
	stat.Mutual
	Insular []Insular
	Bridges []Bridge
	Pillars []Pillar
}

// wallsKept is the last picture of each level. It holds for the day on which it was taken, as long as the units are the same.
type wallsKept struct {
	mu   sync.Mutex
	have map[string]wallsOf
}

type wallsOf struct {
	tree *org.Tree
	day  int64
	*Walls
}

// Walls finds where units keep apart. Heads see what their units, and those below, have to do with it; company-wide quality offices and
// executives all of it. Errors: ErrNotFound for everybody else; Invalid for a level that is none.
func (s *Service) Walls(ctx context.Context, level string) (*Walls, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	mine, all, err := s.mayWalls(ctx, tree)
	if err != nil {
		return nil, err
	}
	if !validLevel(level) {
		var bad fault.Fields
		bad.Add("level", "relation.unknown-level")
		return nil, bad.Err()
	}
	w, err := s.wallsOfToday(ctx, tree, level)
	if err != nil || all {
		return w, err
	}
	return w.part(mine), nil
}

// mayWalls says of which units the actor sees walls.
func (s *Service) mayWalls(ctx context.Context, tree *org.Tree) (mine map[org.ID]bool, all bool, err error) {
	a := actor.From(ctx)
	if a.System || a.Has("quality") || a.Has("executive") {
		return nil, true, nil
	}
	mine = map[org.ID]bool{}
	for _, u := range tree.All() {
		set, err := s.access.Towards(ctx, a, u.ID)
		if err != nil {
			return nil, false, err
		}
		if access.May("relation.walls", set, false) {
			mine[u.ID] = true
		}
	}
	if len(mine) == 0 {
		return nil, false, fault.ErrNotFound
	}
	return mine, false, nil
}

// seesWalls says whether the reader has a part in the page of walls.
func seesWalls(ctx context.Context) bool {
	a := actor.From(ctx)
	return a.Has("quality") || a.Has("executive") || slices.ContainsFunc(a.Groups, func(g actor.Group) bool {
		return g.Role == "head" || g.Role == "quality" || g.Role == "executive"
	})
}

// part is what has to do with some units.
func (w *Walls) part(mine map[org.ID]bool) *Walls {
	own := func(a, b int) bool { return mine[w.Units[a].ID] || mine[w.Units[b].ID] }
	out := *w
	out.Company = nil
	edges := func(list []WallEdge) []WallEdge {
		return slices.DeleteFunc(slices.Clone(list), func(e WallEdge) bool { return !own(e.Provider, e.Customer) })
	}
	out.Edges, out.Loaded = edges(w.Edges), edges(w.Loaded)
	out.Walls = slices.DeleteFunc(slices.Clone(w.Walls), func(x Wall) bool { return !own(x.A, x.B) })
	out.Quiet = slices.DeleteFunc(slices.Clone(w.Quiet), func(x Silence) bool { return !own(x.Provider, x.Customer) })
	return &out
}

func (s *Service) wallsOfToday(ctx context.Context, tree *org.Tree, level string) (*Walls, error) {
	day := DayOf(s.today(ctx))
	s.walls.mu.Lock()
	defer s.walls.mu.Unlock()
	if have := s.walls.have[level]; have.tree == tree && have.day == day {
		return have.Walls, nil
	}
	w, err := s.takeWalls(ctx, tree, level)
	if err != nil {
		return nil, err
	}
	if s.walls.have == nil {
		s.walls.have = map[string]wallsOf{}
	}
	s.walls.have[level] = wallsOf{tree, day, w}
	return w, nil
}

// always is a period in which every case lies.
var always = Period{20000101, 22001231}

// takeWalls adds the company up.
func (s *Service) takeWalls(ctx context.Context, tree *org.Tree, level string) (*Walls, error) {
	today := s.today(ctx)
	running := monthOf(today)
	recent := s.recent(ctx)
	var before []int64
	for i := range quietMonths {
		before = append(before, nextMonth(running, -2-i))
	}
	if err := s.store.fresh(ctx, s.db, slices.Concat(recent, before), today.Location()); err != nil {
		return nil, err
	}
	edges, version := s.store.list()
	r := s.rollups.at(level, AsItIs, tree, edges, version)
	target, err := s.agreed(ctx)
	if err != nil {
		return nil, err
	}
	var sizes map[org.ID]int
	var open []Open
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if sizes, err = s.org.Sizes(ctx, rd); err != nil {
			return err
		}
		open, err = s.openIn(ctx, rd, always)
		return err
	})
	if err != nil {
		return nil, err
	}
	w := &Walls{At: s.db.Now(), Level: level, Period: Period{recent[len(recent)-1]*100 + 1, DayOf(today)}}
	n := foldedNetwork(tree, r, sizes, w)
	for _, o := range open {
		id, _ := s.store.find(o.Provider, o.Customer)
		if k, known := s.store.numberOf(id); known && int(k) < len(r.cellOf) && r.cellOf[k] >= 0 {
			if e := n.of(r.cellOf[k]); e != nil {
				e.Open += o.Pending
			}
		}
	}
	weeks := float64(1+int(dateOf(w.Period.To).Sub(dateOf(w.Period.From)).Hours()/24)) / 7
	sums, was, now := r.add(s.store.sum(recent, nil)), r.add(s.store.sum(before, nil)), r.add(s.store.sum(recent[:2], nil))
	for i := range r.cells {
		e := n.of(int32(i))
		if e == nil {
			continue
		}
		e.Delta = e.Plus(sums[i].delta())
		e.Usual += float64(was[i].delta().Opened) / quietMonths
		e.Now += now[i].delta().Opened
	}
	for i := range n.edges {
		e := &n.edges[i]
		e.PerWeek = float64(e.Delivered) / weeks
		e.InTime = judge(e.Met, e.Met+e.Breached, target(w.Units[e.Provider].ID, w.Units[e.Customer].ID).Attainment)
	}
	w.judge(tree, n.network, 1+float64(today.Day())/30)
	return w, nil
}

// foldings is a network with the edge of each cell of a rollup; −1: within a unit.
type foldings struct {
	network
	cell []int
}

func (f *foldings) of(cell int32) *WallEdge {
	if at := f.cell[cell]; at >= 0 {
		return &f.edges[at]
	}
	return nil
}

// foldedNetwork makes the edges between units of five people or more, without figures.
func foldedNetwork(tree *org.Tree, r *rollup, own map[org.ID]int, w *Walls) *foldings {
	sizes := map[org.ID]int{}
	all := tree.All()
	for i := len(all) - 1; i >= 0; i-- { // units stand before what is below them
		sizes[all[i].ID] += own[all[i].ID]
		if _, known := tree.ByID(all[i].Parent); known {
			sizes[all[i].Parent] += sizes[all[i].ID]
		}
	}
	stands := make([]org.ID, len(r.units))
	used := map[org.ID]bool{}
	for i, u := range r.units {
		if stands[i] = folded(tree, sizes, u.ID); stands[i] != u.ID {
			w.Small++
		}
		used[stands[i]] = true
	}
	place := map[org.ID]int{}
	for _, u := range all {
		if used[u.ID] {
			place[u.ID] = len(w.Units)
			w.Units = append(w.Units, u)
		}
	}
	w.above = make([]bool, len(w.Units))
	for _, u := range w.Units {
		for up, known := tree.ByID(u.Parent); known; up, known = tree.ByID(up.Parent) {
			if used[up.ID] {
				w.above[place[up.ID]] = true
			}
		}
	}
	f := &foldings{network: network{n: len(w.Units), at: map[[2]int]int{}}, cell: make([]int, len(r.cells))}
	for i, c := range r.cells {
		key := [2]int{place[stands[c.provider]], place[stands[c.customer]]}
		if f.cell[i] = -1; key[0] == key[1] {
			continue
		}
		at, known := f.at[key]
		if !known {
			at = len(f.edges)
			f.at[key] = at
			f.edges = append(f.edges, WallEdge{Provider: key[0], Customer: key[1]})
		}
		f.cell[i] = at
		f.edges[at].Mapped = f.edges[at].Mapped || c.declared || c.standings.has(Proposed) || c.standings.has(Confirmed)
	}
	return f
}

// judge says what follows from the network; months is for how long quiet edges are quiet.
func (w *Walls) judge(tree *org.Tree, n network, months float64) {
	w.Walls, w.Quiet, w.Loaded = n.walls(), n.quiet(months), n.overloaded()
	net := stat.NewNetwork(n.n, n.arcs())
	w.Company = &Figured{Mutual: net.Reciprocity(), Bridges: bridges(net), Pillars: n.pillars()}
	for _, level := range levels {
		if slices.Index(levels, level) >= slices.Index(levels, w.Level) {
			break
		}
		group, known := make([]int, n.n), map[org.ID]int{}
		for i, u := range w.Units {
			top := tree.At(level, u.ID)
			if _, there := known[top]; !there {
				known[top] = len(known)
			}
			group[i] = known[top]
		}
		if len(known) < 2 || len(known) == n.n { // one group, or each its own: nothing to compare
			continue
		}
		x := Insular{Group: level, Insular: net.EI(group)}
		x.Low, x.High = net.EIByChance(group, dealt, dealSeed)
		w.Company.Insular = append(w.Company.Insular, x)
	}
	w.Edges = slices.Clone(n.edges) // walls point into those
	sorting.Stable(w.Edges, func(a, b WallEdge) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Customer, b.Customer))
	})
}
