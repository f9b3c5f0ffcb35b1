package relation

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"neike/internal/org"
)

// someMatrix draws a matrix with any edges, some of which are not shown.
func someMatrix(t *rapid.T, most int) *Matrix {
	n := rapid.IntRange(1, most).Draw(t, "units")
	m := &Matrix{Level: org.Department, first: make([]int32, n+1)}
	for i := range n {
		m.Units = append(m.Units, org.Unit{ID: int64(i + 1), Code: fmt.Sprintf("u%d", i)})
	}
	density := rapid.IntRange(1, 9).Draw(t, "density")
	for p := range n {
		for c := range n {
			if rapid.IntRange(0, 9).Draw(t, "edge") < density {
				cell := Cell{Provider: int32(p), Customer: int32(c), Shown: rapid.IntRange(0, 9).Draw(t, "shown") > 0, standings: standingBit(Confirmed)}
				if cell.Shown {
					cell.Figures = figures(Delta{Opened: int64(rapid.IntRange(0, 50).Draw(t, "opened"))}, usual)
				}
				m.Cells = append(m.Cells, cell)
			}
		}
		m.first[p+1] = int32(len(m.Cells))
	}
	return m
}

// TestNoEdgeIsDroppedFromAGraph: whatever the map, each edge between the units of a graph is either drawn, between neighbouring layers, or
// named as not drawn, and once; and no box stands on another.
func TestNoEdgeIsDroppedFromAGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := someMatrix(t, 30)
		middle := rapid.IntRange(0, len(m.Units)-1).Draw(t, "middle")
		g := Graph{Filter: GraphFilter{Depth: rapid.IntRange(1, DepthMost).Draw(t, "depth")}, Unit: m.Units[middle]}
		cells := make([]int, len(m.Cells))
		for i := range cells {
			cells[i] = i
		}
		g.grow(m, cells, middle)
		there := map[org.ID]bool{}
		place := map[[2]int]bool{}
		for _, b := range g.Boxes {
			there[b.Unit.ID] = true
			if at := [2]int{b.Layer, b.Row}; !g.TooMany && place[at] {
				t.Fatalf("two boxes at %v", at)
			} else {
				place[at] = true
			}
			if b.Layer > g.Filter.Depth || -b.Layer > g.Filter.Depth {
				t.Fatalf("a box at %d steps of %d", b.Layer, g.Filter.Depth)
			}
		}
		want, seen := map[[2]org.ID]bool{}, map[[2]org.ID]bool{}
		for _, c := range m.Cells {
			if p, k := m.Units[c.Provider].ID, m.Units[c.Customer].ID; there[p] && there[k] {
				want[[2]org.ID{p, k}] = true
			}
		}
		for i, tie := range g.Ties {
			pair := [2]org.ID{tie.Provider.ID, tie.Customer.ID}
			if seen[pair] || !want[pair] {
				t.Fatalf("edge %v twice, or of nobody", pair)
			}
			seen[pair] = true
			if tie.Drawn != (i < g.Drawn) {
				t.Fatal("what is drawn stands first")
			}
			if tie.Drawn {
				a, b := g.Boxes[tie.ends[0]], g.Boxes[tie.ends[1]]
				if a.Unit.ID != tie.Provider.ID || b.Unit.ID != tie.Customer.ID || b.Layer-a.Layer != 1 {
					t.Fatalf("%v is drawn from %s in %d to %s in %d", pair, a.Unit.Code, a.Layer, b.Unit.Code, b.Layer)
				}
			}
		}
		if len(seen) != len(want) {
			t.Fatalf("%d edges of %d", len(seen), len(want))
		}
		if g.TooMany != (len(g.Boxes) > GraphMost) || g.TooMany && g.Drawn != 0 {
			t.Fatal("too many boxes are not drawn, fewer are")
		}
		in, out := g.direct()
		for _, tie := range append(in, out...) {
			if !g.TooMany && !tie.Drawn {
				t.Fatal("an edge at the unit itself is drawn")
			}
		}
	})
}

// TestAFlowLosesNoRequest: the bands add up to the total, at each end, and to what may be seen of the map.
func TestAFlowLosesNoRequest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := someMatrix(t, 30)
		f := flowOf(m)
		total, edges, withheld := int64(0), 0, 0
		for _, c := range m.Cells {
			if c.Provider == c.Customer {
				continue
			}
			if !c.Shown {
				withheld++
			} else if c.Opened > 0 {
				total, edges = total+c.Opened, edges+1
			}
		}
		left, right := make([]int64, len(f.Left)), make([]int64, len(f.Right))
		sum, over := int64(0), 0
		for _, b := range f.Bands {
			left[b.From] += b.Size
			right[b.To] += b.Size
			sum, over = sum+b.Size, over+b.Edges
		}
		if sum != total || f.Total != total || over != edges || f.Withheld != withheld {
			t.Fatalf("%d of %d requests, %d of %d edges, %d of %d withheld", sum, total, over, edges, f.Withheld, withheld)
		}
		for i, e := range f.Left {
			if left[i] != e.Size {
				t.Fatal("a provider's bands are not its requests")
			}
		}
		for i, e := range f.Right {
			if right[i] != e.Size {
				t.Fatal("a customer's bands are not its requests")
			}
		}
		if len(f.Left) > FlowMost+1 || len(f.Right) > FlowMost+1 {
			t.Fatal("too many ends", len(f.Left), len(f.Right))
		}
	})
}

// company500 is a company of the largest size that has to be quick.
func company500() *Matrix {
	tree, v, months := company(500, 5000)
	edges, _ := v.list()
	r := newRollup(org.Department, AsItIs, tree, edges)
	m := matrixOf(r, r.add(v.sum(months, nil)), sight{all: true}.see, func(_, _ org.ID) Target { return usual })
	m.Level = org.Department
	return m
}

// BenchmarkGraph walks three steps through 500 units and 5 000 edges; its budget is 20 ms.
func BenchmarkGraph(b *testing.B) {
	m := company500()
	cells := make([]int, len(m.Cells))
	for i := range cells {
		cells[i] = i
	}
	for b.Loop() {
		g := Graph{Filter: GraphFilter{Depth: 3}, Unit: m.Units[0]}
		g.grow(m, cells, 0)
	}
}

// BenchmarkFlow adds up and lays out the flows of 500 units; its budget is 20 ms.
func BenchmarkFlow(b *testing.B) {
	m := company500()
	for b.Loop() {
		flowOf(m).laid(flowHeight, flowGap)
	}
}
