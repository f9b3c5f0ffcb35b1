package org

import (
	"cmp"
	"context"
	"slices"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// family is what became of units: the units that follow one, down to those that are not followed by others.
type family struct {
	heirs     map[ID][]Share // of units that ended and have any
	forebears map[ID][]ID    // of units that follow others, however long ago
}

// newFamily follows lineages to their end. What nobody follows stays with the unit itself, so that shares come to 1.
func newFamily(list []Lineage) family {
	direct := map[ID][]Share{}
	for _, l := range list {
		direct[l.From] = append(direct[l.From], Share{l.To, l.Share})
	}
	f := family{heirs: make(map[ID][]Share, len(direct)), forebears: map[ID][]ID{}}
	for id := range direct {
		sums := map[ID]float64{}
		follow(direct, id, 1, sums, nil)
		for to, share := range sums {
			f.heirs[id] = append(f.heirs[id], Share{to, share})
			if to != id {
				f.forebears[to] = append(f.forebears[to], id)
			}
		}
		sorting.By(f.heirs[id], func(a, b Share) int {
			return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Unit, b.Unit))
		})
	}
	for _, list := range f.forebears {
		slices.Sort(list)
	}
	return f
}

func follow(direct map[ID][]Share, id ID, share float64, sums map[ID]float64, path []ID) {
	next, ended := direct[id]
	if !ended || slices.Contains(path, id) {
		sums[id] += share
		return
	}
	path = append(path, id)
	rest := 1.0
	for _, s := range next {
		rest -= s.Share
		follow(direct, s.Unit, share*s.Share, sums, path)
	}
	if rest > 1e-9 {
		sums[id] += share * rest
	}
}

// Following is the tree with what became of its units.
func (t *Tree) Following(list []Lineage) *Tree {
	next := *t
	next.family = newFamily(list)
	return &next
}

// Heirs are the units that a unit has become, with the part of it that each got, the largest first; the parts come to 1.
// Of a unit that nothing follows: itself. The slice is shared: do not change it.
func (t *Tree) Heirs(id ID) []Share {
	if heirs, ok := t.family.heirs[id]; ok {
		return heirs
	}
	return []Share{{id, 1}}
}

// Followed says whether other units follow the unit.
func (t *Tree) Followed(id ID) bool { return len(t.family.heirs[id]) > 0 }

// Reorganised says whether any unit has become another.
func (t *Tree) Reorganised() bool { return len(t.family.heirs) > 0 }

// Forebears are the units that became the unit, wholly or in part, however long ago. The slice is shared: do not change it.
func (t *Tree) Forebears(id ID) []ID { return t.family.forebears[id] }

// WithForebears adds to units those that became them. The units may be a shared slice: it stays as it is.
func (t *Tree) WithForebears(units []ID) []ID {
	if !t.Reorganised() {
		return units
	}
	out := slices.Clone(units)
	for _, id := range units {
		out = append(out, t.family.forebears[id]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TreeAt is the organisation as it was at a moment: the units that were there, with the names and the places of then. It is
// read anew each time. Roles are not kept over time: NamesAgents says what is so now.
func (s *Service) TreeAt(ctx context.Context, at time.Time) (*Tree, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (*Tree, error) {
		units, err := allUnits(ctx, rd)
		if err != nil {
			return nil, err
		}
		was, err := pastAt(ctx, rd, at)
		if err != nil {
			return nil, err
		}
		naming, err := unitsNamingAgents(ctx, rd)
		if err != nil {
			return nil, err
		}
		t := NewTree(asOf(units, was, at), naming)
		t.at = time.Now()
		return t, nil
	})
}

// asOf are the units that were there at a moment, as they were.
func asOf(units []Unit, was []past, at time.Time) []Unit {
	old := make(map[ID]Unit, len(was))
	for _, p := range was {
		old[p.ID] = p.Unit
	}
	var out []Unit
	for _, u := range units {
		if !u.Valid(at) {
			continue
		}
		if o, ok := old[u.ID]; ok {
			u.Name, u.Short, u.Level, u.Parent = o.Name, o.Short, o.Level, o.Parent
		}
		out = append(out, u)
	}
	return out
}
