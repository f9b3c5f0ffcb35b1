package relation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// The views of the map.
const (
	ViewMine      = "mine"      // waits for a word of the reader's
	ViewSuggested = "suggested" // work runs over it, and nobody has said a word
	ViewQuiet     = "quiet"     // confirmed, and nothing was asked over it for months
)

var mapViews = []string{ViewMine, ViewSuggested, ViewQuiet}

// MapFilter narrows the map. Unit is the code of a unit on either side, units below it included.
type MapFilter struct {
	View, Standing, Unit string
	Limit, Offset        int // Limit 0: everything
}

// spoken is an edge of the map with what a list needs of it.
type spoken struct {
	edgeRow
	opened int64
	rank   int
	sides  []Side // for whom the reader may speak
}

// onMap says that somebody who asks who serves whom is told of the edge.
func onMap(observed, declared bool, s Standing) bool {
	return s == Proposed || s == Confirmed || s == Disputed || s == Unspoken && (observed || declared)
}

// recent is the months in which an edge must have been used not to be quiet: the current one and as many before as Quiet says.
func (s *Service) recent(ctx context.Context) []int64 {
	now := monthOf(s.today(ctx))
	var out []int64
	for i := range int64(Quiet) + 1 {
		out = append(out, nextMonth(now, -int(i)))
	}
	return out
}

// Map lists the edges with what their sides say: those that wait first, then by how much ran over them lately. more says that
// there are others behind them.
func (s *Service) Map(ctx context.Context, f MapFilter) (list []Stand, more bool, err error) {
	var bad fault.Fields
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, false, err
	}
	unit, known := tree.ByCode(f.Unit)
	if f.Unit != "" && !known {
		bad.Add("unit", "relation.unknown-unit")
	}
	if f.View != "" && !slices.Contains(mapViews, f.View) {
		bad.Add("view", "relation.unknown-view")
	}
	if f.Standing != "" && f.Standing != unspokenWord && !slices.Contains(Standings, Standing(f.Standing)) {
		bad.Add("standing", "relation.unknown-standing")
	}
	if err := bad.Err(); err != nil {
		return nil, false, err
	}
	all, err := s.spokenOf(ctx, tree, true)
	if err != nil {
		return nil, false, err
	}
	all = slices.DeleteFunc(all, func(e spoken) bool { return !e.in(f, unit.ID, tree) })
	sorting.By(all, func(a, b spoken) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.opened, a.opened), cmp.Compare(a.ID, b.ID))
	})
	all = all[min(max(f.Offset, 0), len(all)):]
	if more = f.Limit > 0 && len(all) > f.Limit; more {
		all = all[:f.Limit]
	}
	list, err = s.stands(ctx, tree, all)
	return list, more, err
}

// unspokenWord is Unspoken in addresses and on the wire, where an empty word means any.
const unspokenWord = "unspoken"

func (s Standing) word() string {
	if s == Unspoken {
		return unspokenWord
	}
	return string(s)
}

func (e spoken) quiet() bool { return e.Standing == Confirmed && e.opened == 0 }

func (e spoken) suggested() bool { return e.Standing == Unspoken && e.Observed && e.opened >= Suggest }

// in says whether the filter leaves the edge.
func (e spoken) in(f MapFilter, unit org.ID, tree *org.Tree) bool {
	switch {
	case unit != 0 && !tree.Under(e.Provider, unit) && !tree.Under(e.Customer, unit):
		return false
	case f.Standing != "" && e.Standing.word() != f.Standing:
		return false
	case f.Standing == "" && !onMap(e.Observed, e.Declared, e.Standing):
		return false
	}
	switch f.View {
	case ViewMine:
		return e.rank == 0
	case ViewSuggested:
		return e.suggested()
	case ViewQuiet:
		return e.quiet()
	}
	return true
}

// spokenOf lists the edges of the company between two different units of today's organisation; sides: with what the reader may say.
func (s *Service) spokenOf(ctx context.Context, tree *org.Tree, sides bool) ([]spoken, error) {
	months := s.recent(ctx)
	if err := s.store.fresh(ctx, s.db, months, s.org.Company(ctx).Location()); err != nil {
		return nil, err
	}
	sums := s.store.sum(months, nil)
	edges, _ := s.store.list()
	var waiting map[ID]map[Side]bool
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		waiting, err = waitingFor(ctx, rd)
		return err
	})
	if err != nil {
		return nil, err
	}
	sidesOf, now := s.speakers(ctx), s.db.Now()
	var out []spoken
	for n, e := range edges {
		provider, _ := tree.ByID(e.Provider)
		customer, _ := tree.ByID(e.Customer)
		if e.Provider == e.Customer || provider.ID == 0 || customer.ID == 0 || !provider.Valid(now) || !customer.Valid(now) {
			continue
		}
		x := spoken{edgeRow: e, rank: 1 + slices.Index(Standings, e.Standing)}
		if n < len(sums) {
			x.opened = sums[n].counters().delta().Opened
		}
		if sides {
			if x.sides, err = sidesOf(provider, customer); err != nil {
				return nil, err
			}
			if x.mine(waiting[e.ID]) {
				x.rank = 0
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// mine says that the edge waits for a word of the reader's: for a side that they head and that is silent, or, where two sides
// differ, for the office.
func (e spoken) mine(spoke map[Side]bool) bool {
	return slices.ContainsFunc(e.sides, func(s Side) bool {
		if s == Office {
			return e.Standing == Disputed
		}
		return (e.Standing == Proposed || e.Standing == Disputed) && !spoke[s]
	})
}

// stands adds the words and the names to the edges of a list.
func (s *Service) stands(ctx context.Context, tree *org.Tree, list []spoken) ([]Stand, error) {
	see := visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll)
	out := make([]Stand, len(list))
	ids := make([]ID, len(list))
	for i, e := range list {
		ids[i] = e.ID
		v := Stand{Edge: e.ID, Observed: e.Observed, Declared: e.Declared, Standing: e.Standing, Quiet: e.quiet(), Suggestion: e.suggested()}
		v.Provider, _ = tree.ByID(e.Provider)
		v.Customer, _ = tree.ByID(e.Customer)
		if v.Shown = see(e.Provider, e.Customer); v.Shown {
			v.Requests = e.opened
		}
		v.mayBy(e.sides)
		out[i] = v
	}
	return out, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var people []org.ID
		for at := range slices.Chunk(ids, edgesAtOnce) {
			words, err := wordsOf(ctx, rd, at)
			if err != nil {
				return err
			}
			for i := range out {
				if w, spoke := words[out[i].Edge]; spoke {
					out[i].Words = w
					for _, x := range w {
						people = append(people, x.Person)
					}
				}
			}
		}
		names, err := s.org.Names(ctx, rd, people)
		for i := range out {
			out[i].People = names
		}
		return err
	})
}

// Turn is an edge that stands otherwise on one day than on another.
type Turn struct {
	Edge               ID
	Provider, Customer org.Unit
	Before, After      Change // zero: it was not known
	Lines              []Change
}

// Came says that the edge was not on the map and is now; Went the opposite.
func (t Turn) Came() bool { return !t.Before.mapped() && t.After.mapped() }

// Went says that the edge was on the map and is not now.
func (t Turn) Went() bool { return t.Before.mapped() && !t.After.mapped() }

func (c Change) mapped() bool { return c.N > 0 && onMap(c.Observed, c.Declared, c.Standing) }

// MapDiff is what became of the map from one day to another.
type MapDiff struct {
	From, To   time.Time // the map at the beginning of From and at the end of To
	Then, Now  int       // edges on it
	Turns      []Turn    // by provider and customer in the order of the tree
	Came, Went int
	People     map[org.ID]org.Person
	More       bool // lines were left out: too many happened
}

const diffMost = 5000

// Diff compares the map at the beginning of a day with that at the end of another.
func (s *Service) Diff(ctx context.Context, p Period) (MapDiff, error) {
	zone := s.org.Company(ctx).Location()
	d := MapDiff{From: p.Begin(zone), To: p.End(zone)}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return d, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		then, err := asOf(ctx, rd, d.From)
		if err != nil {
			return err
		}
		now, err := asOf(ctx, rd, d.To)
		if err != nil {
			return err
		}
		lines, err := changesIn(ctx, rd, d.From, d.To, diffMost+1)
		if err != nil {
			return err
		}
		if d.More = len(lines) > diffMost; d.More {
			lines = lines[:diffMost]
		}
		edges, err := allEdges(ctx, rd)
		if err != nil {
			return err
		}
		d.compare(tree, edges, then, now, lines)
		var people []org.ID
		for _, l := range lines {
			people = append(people, l.Person)
		}
		d.People, err = s.org.Names(ctx, rd, people)
		return err
	})
	return d, err
}

// compare finds the edges that stand otherwise.
func (d *MapDiff) compare(tree *org.Tree, edges []edgeRow, then, now, lines []Change) {
	byEdge := func(list []Change) map[ID]Change {
		out := make(map[ID]Change, len(list))
		for _, c := range list {
			out[c.Edge] = c
		}
		return out
	}
	before, after, log := byEdge(then), byEdge(now), map[ID][]Change{}
	for _, l := range lines {
		log[l.Edge] = append(log[l.Edge], l)
	}
	place := map[org.ID]int{}
	for i, u := range tree.All() {
		place[u.ID] = i
	}
	for _, e := range edges {
		t := Turn{Edge: e.ID, Before: before[e.ID], After: after[e.ID], Lines: log[e.ID]}
		if t.Before.mapped() {
			d.Then++
		}
		if t.After.mapped() {
			d.Now++
		}
		if t.Before.mapped() == t.After.mapped() && t.Before.Standing == t.After.Standing {
			continue
		}
		t.Provider, _ = tree.ByID(e.Provider)
		t.Customer, _ = tree.ByID(e.Customer)
		if t.Came() {
			d.Came++
		}
		if t.Went() {
			d.Went++
		}
		d.Turns = append(d.Turns, t)
	}
	sorting.By(d.Turns, func(a, b Turn) int {
		return cmp.Or(cmp.Compare(place[a.Provider.ID], place[b.Provider.ID]), cmp.Compare(place[a.Customer.ID], place[b.Customer.ID]))
	})
}
