package relation

import (
	"cmp"
	"context"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/layout"
	"neike/internal/kit/sorting"
	"neike/internal/org"
)

// standings is how the edges stand that a cell is made of, one bit each.
type standings uint8

func standingBit(s Standing) standings { return 1 << slices.Index(Standings, s) }

func (s standings) has(one Standing) bool { return s&standingBit(one) != 0 }

// list is in the order of lists.
func (s standings) list() []Standing {
	return slices.DeleteFunc(slices.Clone(Standings), func(one Standing) bool { return !s.has(one) })
}

// GraphMost is how many boxes a graph draws; above it stand the list and the matrix.
const GraphMost = 50

// DepthMost is how many steps a graph goes from its unit, at most.
const DepthMost = 3

// GraphFilter says what a graph is of. Unit is the code of the unit in the middle; Verdict is that of being in time: "meets", "misses",
// "undetermined", "few".
type GraphFilter struct {
	Unit     string
	Depth    int
	Level    string
	Standing string
	Service  string
	Verdict  string
	Period   Period
}

var verdicts = []string{"misses", "undetermined", "meets", "few"}

// check finds what is wrong with the words of a filter.
func (f GraphFilter) check(tree *org.Tree, bad *fault.Fields) {
	if _, known := tree.ByCode(f.Unit); f.Unit != "" && !known {
		bad.Add("unit", "relation.unknown-unit")
	}
	if f.Depth < 1 || f.Depth > DepthMost {
		bad.Add("depth", "relation.graph.bad-depth", "most", DepthMost)
	}
	if !validLevel(f.Level) {
		bad.Add("level", "relation.unknown-level")
	}
	if f.Standing != "" && f.Standing != unspokenWord && !slices.Contains(Standings, Standing(f.Standing)) {
		bad.Add("standing", "relation.unknown-standing")
	}
	if f.Verdict != "" && !slices.Contains(verdicts, f.Verdict) {
		bad.Add("verdict", "relation.graph.unknown-verdict")
	}
}

// Tie is an edge of a graph: at its level, with its figures when the reader may see them.
type Tie struct {
	Provider, Customer org.Unit
	Cell
	Standings []Standing
	Drawn     bool
	ends      [2]int // of those drawn: the boxes on its left and right
}

// Box is a unit in a graph. Layer is below 0 for who supplies, 0 for the unit itself, above 0 for who is served; a unit that does both has
// two boxes.
type Box struct {
	Unit  org.Unit
	Layer int
	Row   int // in its layer, from the top
}

// Graph is a unit with those that supply it, on the left, and those that it serves, on the right, step by step. Every edge between its
// units is among Ties: drawn when it makes a step between neighbouring layers away from the unit in the middle or towards it, and
// otherwise named beside the drawing. When there are more than GraphMost boxes nothing is drawn.
type Graph struct {
	Filter  GraphFilter
	Unit    org.Unit // in the middle, of the level; zero: there is none
	Boxes   []Box    // by layer and row
	Ties    []Tie    // by provider and customer in the order of the tree; those that are drawn first
	Drawn   int
	Layers  int // of boxes
	TooMany bool
}

// Rest are the edges that the drawing leaves out.
func (g Graph) Rest() []Tie { return g.Ties[g.Drawn:] }

// Graph puts a unit in the middle of those it works with. Errors: Invalid, with everything that is wrong.
func (s *Service) Graph(ctx context.Context, f GraphFilter) (Graph, error) {
	g := Graph{Filter: f}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return g, err
	}
	var bad fault.Fields
	f.check(tree, &bad)
	service, err := s.serviceOffered(ctx, f.Service, &bad)
	if err != nil {
		return g, err
	}
	if err := bad.Err(); err != nil {
		return g, err
	}
	m, err := s.MatrixAs(ctx, f.Period, f.Level, AsItIs)
	if err != nil {
		return g, err
	}
	unit, _ := tree.ByCode(f.Unit)
	g.Unit, _ = tree.ByID(tree.At(f.Level, unit.ID))
	middle := slices.IndexFunc(m.Units, func(u org.Unit) bool { return u.ID == g.Unit.ID })
	if middle < 0 {
		return g, nil
	}
	var cells []int
	for i, c := range m.Cells {
		if f.keeps(c) && (service == 0 || tree.At(f.Level, service) == m.Units[c.Provider].ID) {
			cells = append(cells, i)
		}
	}
	g.grow(m, cells, middle)
	return g, nil
}

// serviceOffered is the unit that offers the service of a code; 0 without a code.
func (s *Service) serviceOffered(ctx context.Context, code string, bad *fault.Fields) (org.ID, error) {
	if code == "" {
		return 0, nil
	}
	list, err := s.servicesOffered(ctx)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(list, func(o Offered) bool { return o.Code == code })
	if i < 0 {
		bad.Add("service", "relation.expect.service-unknown")
		return 0, nil
	}
	return list[i].Provider, nil
}

func (s *Service) servicesOffered(ctx context.Context) ([]Offered, error) {
	if s.offers == nil {
		return nil, nil
	}
	list, err := s.offers(ctx)
	locale := lang.Locale(ctx)
	sorting.Stable(list, func(a, b Offered) int { return cmp.Compare(a.Title.For(locale), b.Title.For(locale)) })
	return list, err
}

// keeps says whether the filter leaves an edge. Who may not see its numbers does not find it by them.
func (f GraphFilter) keeps(c Cell) bool {
	if f.Standing != "" {
		one := Standing(f.Standing)
		if f.Standing == unspokenWord {
			one = Unspoken
		}
		if !c.standings.has(one) {
			return false
		}
	}
	return f.Verdict == "" || c.Shown && verdict(c.InTime) == f.Verdict
}

// away is how many steps each unit is from the middle, up to most; −1: it is not reached.
func away(units, middle, most int, next func(unit int) []int) []int {
	far := make([]int, units)
	for i := range far {
		far[i] = -1
	}
	far[middle] = 0
	queue := []int{middle}
	for k := 0; k < len(queue); k++ {
		u := queue[k]
		if far[u] == most {
			break
		}
		for _, v := range next(u) {
			if far[v] < 0 {
				far[v] = far[u] + 1
				queue = append(queue, v)
			}
		}
	}
	return far
}

// grow walks from the middle, to suppliers and to customers, and sorts the edges between all that it meets into drawn and not drawn.
func (g *Graph) grow(m *Matrix, cells []int, middle int) {
	n := len(m.Units)
	suppliers, customers := make([][]int, n), make([][]int, n)
	for _, i := range cells {
		p, c := int(m.Cells[i].Provider), int(m.Cells[i].Customer)
		if p != c {
			suppliers[c], customers[p] = append(suppliers[c], p), append(customers[p], c)
		}
	}
	up := away(n, middle, g.Filter.Depth, func(u int) []int { return suppliers[u] })
	down := away(n, middle, g.Filter.Depth, func(u int) []int { return customers[u] })
	left, right := map[int]int{}, map[int]int{} // box of a unit on either side
	var column []int
	box := func(side map[int]int, unit, layer int) {
		side[unit] = len(g.Boxes)
		g.Boxes = append(g.Boxes, Box{Unit: m.Units[unit], Layer: layer})
		column = append(column, layer)
	}
	least := 0
	for u := range n {
		switch {
		case u == middle:
			box(left, u, 0)
			right[u] = left[u]
		default:
			if up[u] > 0 {
				box(left, u, -up[u])
				least = min(least, -up[u])
			}
			if down[u] > 0 {
				box(right, u, down[u])
			}
		}
	}
	var drawn, rest []Tie
	var arcs [][2]int
	for _, i := range cells {
		cell := m.Cells[i]
		p, c := int(cell.Provider), int(cell.Customer)
		if up[p] < 0 && down[p] < 0 || up[c] < 0 && down[c] < 0 {
			continue
		}
		t := Tie{Provider: m.Units[p], Customer: m.Units[c], Cell: cell, Standings: cell.standings.list()}
		switch {
		case p != c && up[c] >= 0 && up[p] == up[c]+1:
			t.ends = [2]int{left[p], left[c]}
		case p != c && down[p] >= 0 && down[c] == down[p]+1:
			t.ends = [2]int{right[p], right[c]}
		default:
			rest = append(rest, t)
			continue
		}
		t.Drawn = true
		arcs = append(arcs, t.ends)
		drawn = append(drawn, t)
	}
	if g.TooMany = len(g.Boxes) > GraphMost; g.TooMany {
		for i := range drawn {
			drawn[i].Drawn = false
		}
		g.Ties = append(drawn, rest...)
		return
	}
	for i := range column {
		column[i] -= least
	}
	order := layout.Columns(column, arcs)
	for _, list := range order {
		for row, b := range list {
			g.Boxes[b].Row = row
		}
	}
	g.Ties, g.Drawn, g.Layers = append(drawn, rest...), len(drawn), len(order)
	g.sort(order)
}

// sort puts the boxes in the order of layers and rows, and has the ties follow.
func (g *Graph) sort(order [][]int) {
	now := make([]int, len(g.Boxes))
	boxes := make([]Box, 0, len(g.Boxes))
	for _, list := range order {
		for _, b := range list {
			now[b] = len(boxes)
			boxes = append(boxes, g.Boxes[b])
		}
	}
	g.Boxes = boxes
	for i := range g.Ties[:g.Drawn] {
		t := &g.Ties[i]
		t.ends = [2]int{now[t.ends[0]], now[t.ends[1]]}
	}
}

// direct are the edges at the unit in the middle: what comes in, what goes out.
func (g Graph) direct() (in, out []Tie) {
	for _, t := range g.Ties {
		switch {
		case t.Provider.ID == t.Customer.ID:
		case t.Customer.ID == g.Unit.ID:
			in = append(in, t)
		case t.Provider.ID == g.Unit.ID:
			out = append(out, t)
		}
	}
	return in, out
}
