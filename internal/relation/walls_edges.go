package relation

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/org"
)

// What the edges of the network can be narrowed to: each is what one of its numbers counts.
const (
	TiesOnly   = "ties"   // two cases or more
	MutualOnly = "mutual" // ties that go the other way, too
	WithinOnly = "within" // ties between units of one group; a pair that is tied, either way, is one
	AcrossOnly = "across" // ties between units of different groups; the same
)

// WallKinds lists them in the order of filters.
var WallKinds = []string{TiesOnly, MutualOnly, WithinOnly, AcrossOnly}

// WallFilter chooses edges of the network. Codes of two units choose what goes between those, in either direction.
type WallFilter struct {
	Level string
	Of    string // of WallKinds; "": all
	Group string // the level of the groups, for WithinOnly and AcrossOnly
	A, B  string // codes of units
}

// WallPair is an edge of the network; of ties in groups a pair of units with the other direction, where there is one.
type WallPair struct {
	WallEdge
	Back *WallEdge
}

// values is the filter as an address has it.
func (f WallFilter) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"level": besides(f.Level, org.Department), "of": f.Of, "groups": f.Group, "a": f.A, "b": f.B} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

func (f WallFilter) href() string { return "/relations/walls/edges?" + f.values().Encode() }

func (f WallFilter) api() string { return "/api/v1/relation-walls/edges?" + f.values().Encode() }

// check finds everything that is wrong with the filter.
func (f WallFilter) check(tree *org.Tree) error {
	var bad fault.Fields
	if !validLevel(f.Level) {
		bad.Add("level", "relation.unknown-level")
	}
	if f.Of != "" && !slices.Contains(WallKinds, f.Of) {
		bad.Add("of", "relation.walls.of-unknown")
	}
	if grouped := f.Of == WithinOnly || f.Of == AcrossOnly; grouped != (f.Group != "") || grouped && (!validLevel(f.Group) || slices.Index(levels, f.Group) >= slices.Index(levels, f.Level)) {
		bad.Add("groups", "relation.walls.groups-above")
	}
	for _, x := range []struct{ name, code, other string }{{"a", f.A, f.B}, {"b", f.B, f.A}} {
		if _, known := tree.ByCode(x.code); x.code != "" && !known || x.code == "" && x.other != "" {
			bad.Add(x.name, "relation.unknown-unit")
		}
	}
	return bad.Err()
}

// WallEdges lists what a number of Walls counts, as far as the reader sees it: the picture of the day that Walls gives, most cases first. Who
// sees a part of the company gets the edges of that part. Errors: as Walls; Invalid.
func (s *Service) WallEdges(ctx context.Context, f WallFilter) (*Walls, []WallPair, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, nil, err
	}
	if f.Level == "" {
		f.Level = org.Department
	}
	if _, _, err := s.mayWalls(ctx, tree); err != nil {
		return nil, nil, err
	}
	if err := f.check(tree); err != nil {
		return nil, nil, err
	}
	w, err := s.Walls(ctx, f.Level)
	if err != nil {
		return nil, nil, err
	}
	return w, w.chosen(tree, f), nil
}

// chosen are the edges that a filter leaves.
func (w *Walls) chosen(tree *org.Tree, f WallFilter) []WallPair {
	at := make(map[[2]int]*WallEdge, len(w.Edges))
	for i := range w.Edges {
		at[[2]int{w.Edges[i].Provider, w.Edges[i].Customer}] = &w.Edges[i]
	}
	tied := func(e *WallEdge) bool { return e != nil && e.Opened >= tieLeast }
	a, _ := tree.ByCode(f.A)
	b, _ := tree.ByCode(f.B)
	var out []WallPair
	for i := range w.Edges {
		e := &w.Edges[i]
		p, c, back := w.Units[e.Provider], w.Units[e.Customer], at[[2]int{e.Customer, e.Provider}]
		if f.A != "" && (p.ID != a.ID || c.ID != b.ID) && (p.ID != b.ID || c.ID != a.ID) {
			continue
		}
		pair := WallPair{WallEdge: *e}
		switch f.Of {
		case TiesOnly:
			if !tied(e) {
				continue
			}
		case MutualOnly:
			if !tied(e) || !tied(back) {
				continue
			}
		case WithinOnly, AcrossOnly:
			if !tied(e) && !tied(back) || back != nil && e.Provider > e.Customer { // a pair is one, and stands where its first unit serves
				continue
			}
			if same := tree.At(f.Group, p.ID) == tree.At(f.Group, c.ID); same != (f.Of == WithinOnly) {
				continue
			}
			pair.Back = back
		}
		out = append(out, pair)
	}
	sorting.Stable(out, func(x, y WallPair) int { return cmp.Compare(y.cases(), x.cases()) })
	return out
}

// cases is how much went over the edge, or between the two.
func (p WallPair) cases() int64 {
	if p.Back == nil {
		return p.Opened
	}
	return p.Opened + p.Back.Opened
}
