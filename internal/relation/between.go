package relation

import (
	"context"
	"sync"

	"neike/internal/org"
)

// pairings are the edges by the units that they lie in or below, in either organisation. They are made again when the map or the
// organisation has changed.
type pairings struct {
	mu sync.Mutex
	of map[As]*pairing
}

// pairing is places in a list of edges, ascending, by unit: those that the unit or one below it provides, and those that it is served by.
type pairing struct {
	tree     *org.Tree
	version  int
	provided map[org.ID][]int32
	served   map[org.ID][]int32
}

// at gives the pairing of a list of edges of that version.
func (p *pairings) at(tree *org.Tree, edges []edgeRow, version int, as As) *pairing {
	p.mu.Lock()
	defer p.mu.Unlock()
	if had := p.of[as]; had != nil && had.tree == tree && had.version == version {
		return had
	}
	made := &pairing{tree: tree, version: version, provided: map[org.ID][]int32{}, served: map[org.ID][]int32{}}
	put := func(in map[org.ID][]int32, unit org.ID, n int32) {
		for _, above := range tree.Path(unit) {
			if list := in[above]; len(list) == 0 || list[len(list)-1] != n {
				in[above] = append(list, n)
			}
		}
	}
	for n, e := range edges {
		for _, x := range portions(tree, e, as) {
			put(made.provided, x.provider, int32(n))
			put(made.served, x.customer, int32(n))
		}
	}
	if p.of == nil {
		p.of = map[As]*pairing{}
	}
	p.of[as] = made
	return made
}

// edgesBetween lists the edges whose units lie in or below the two units.
func (s *Service) edgesBetween(ctx context.Context, tree *org.Tree, from, to org.ID, as As) ([]part, error) {
	if err := s.store.fresh(ctx, s.db, nil, s.org.Company(ctx).Location()); err != nil {
		return nil, err
	}
	edges, version := s.store.list()
	return s.pairings.at(tree, edges, version, as).between(tree, edges, from, to, as, edgeRow.exists), nil
}

// all keeps every edge, also those that are on no map.
func all(edgeRow) bool { return true }

// between lists what of the edges that are kept lies between two units, in the order of the list.
func (p *pairing) between(tree *org.Tree, edges []edgeRow, from, to org.ID, as As, keep func(edgeRow) bool) (out []part) {
	places := p.provided[from]
	if served := p.served[to]; len(served) < len(places) {
		places = served
	}
	for _, n := range places {
		if !keep(edges[n]) {
			continue
		}
		if one, ok := partOf(tree, edges[n], from, to, as); ok {
			out = append(out, one)
		}
	}
	return out
}
