package layout

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"testing"

	"neike/internal/kit/sorting"

	"pgregory.net/rapid"
)

func TestTwoColumnsUncross(t *testing.T) {
	column := []int{0, 0, 0, 1, 1, 1}
	arcs := [][2]int{{0, 5}, {1, 4}, {2, 3}}
	if n := Crossings([][]int{{0, 1, 2}, {3, 4, 5}}, arcs); n != 3 {
		t.Errorf("%d crossings before", n)
	}
	order := Columns(column, arcs)
	if n := Crossings(order, arcs); n != 0 {
		t.Errorf("%d crossings left in %v", n, order)
	}
}

// slow counts crossings pair by pair.
func slow(order [][]int, arcs [][2]int) (n int) {
	column, place := map[int]int{}, map[int]int{}
	for c, list := range order {
		for i, node := range list {
			column[node], place[node] = c, i
		}
	}
	for i, a := range arcs {
		for _, b := range arcs[:i] {
			if column[a[0]] == column[b[0]] && (place[a[0]]-place[b[0]])*(place[a[1]]-place[b[1]]) < 0 {
				n++
			}
		}
	}
	return n
}

// someColumns draws columns with arcs between neighbours.
func someColumns(t *rapid.T) (column []int, arcs [][2]int) {
	sizes := rapid.SliceOfN(rapid.IntRange(1, 6), 1, 5).Draw(t, "sizes")
	var begins []int
	for c, size := range sizes {
		begins = append(begins, len(column))
		column = append(column, slices.Repeat([]int{c}, size)...)
	}
	for c := range len(sizes) - 1 {
		for range rapid.IntRange(0, 12).Draw(t, "arcs") {
			from, to := rapid.IntRange(0, sizes[c]-1).Draw(t, "from"), rapid.IntRange(0, sizes[c+1]-1).Draw(t, "to")
			if a := [2]int{begins[c] + from, begins[c+1] + to}; !slices.Contains(arcs, a) {
				arcs = append(arcs, a)
			}
		}
	}
	return column, arcs
}

// TestEveryNodeStandsInItsColumnOnce: whatever is tied to what, and the order is never worse than the one it began with.
func TestEveryNodeStandsInItsColumnOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		column, arcs := someColumns(t)
		order, first := Columns(column, arcs), make([][]int, 0)
		seen := 0
		for c, list := range order {
			for _, node := range list {
				if column[node] != c {
					t.Fatalf("node %d of column %d stands in %d", node, column[node], c)
				}
				seen++
			}
			sorted := slices.Sorted(slices.Values(list))
			if len(slices.Compact(sorted)) != len(list) {
				t.Fatal("a node stands twice", list)
			}
			first = append(first, slices.Sorted(slices.Values(list)))
		}
		if seen != len(column) {
			t.Fatalf("%d nodes of %d", seen, len(column))
		}
		if a, b := Crossings(order, arcs), slow(order, arcs); a != b {
			t.Fatalf("%d crossings, counted by pairs %d", a, b)
		}
		if Crossings(order, arcs) > Crossings(first, arcs) {
			t.Fatal("the order is worse than none")
		}
		if !reflect.DeepEqual(order, Columns(column, arcs)) {
			t.Fatal("drawn anew it is another")
		}
	})
}

// TestFlowsAreConserved: bands fill their bars to the edge on both sides, and no bar covers another.
func TestFlowsAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := rapid.IntRange(1, 12).Draw(t, "left"), rapid.IntRange(1, 12).Draw(t, "right")
		var flows []Flow
		for i := range left {
			for k := range right {
				if rapid.Bool().Draw(t, "there") {
					flows = append(flows, Flow{i, k, float64(rapid.IntRange(1, 900).Draw(t, "size"))})
				}
			}
		}
		s := Flows(left, right, flows, 400, 6)
		if len(s.Bands) != len(flows) && len(flows) > 0 {
			t.Fatalf("%d bands of %d flows", len(s.Bands), len(flows))
		}
		out, in := make([]float64, left), make([]float64, right)
		for _, b := range s.Bands {
			f := flows[b.Flow]
			out[f.From] += b.Height
			in[f.To] += b.Height
			if inside := s.Left[f.From]; b.Left < inside.Top-1e-6 || b.Left+b.Height > inside.Top+inside.Height+1e-6 {
				t.Fatal("a band leaves its bar", b, inside)
			}
			if inside := s.Right[f.To]; b.Right < inside.Top-1e-6 || b.Right+b.Height > inside.Top+inside.Height+1e-6 {
				t.Fatal("a band leaves its bar", b, inside)
			}
		}
		for side, bars := range map[string][]Bar{"left": s.Left, "right": s.Right} {
			sums := out
			if side == "right" {
				sums = in
			}
			sorted := slices.Clone(bars)
			sorting.By(sorted, func(a, b Bar) int { return cmp.Compare(a.Top, b.Top) })
			for i, b := range bars {
				if math.Abs(b.Height-sums[i]) > 1e-6 {
					t.Fatalf("%s bar %d is %v high, its bands %v", side, i, b.Height, sums[i])
				}
			}
			for i := 1; i < len(sorted) && len(flows) > 0; i++ {
				if sorted[i].Top < sorted[i-1].Top+sorted[i-1].Height-1e-6 {
					t.Fatal("bars cover each other", sorted)
				}
			}
		}
	})
}
