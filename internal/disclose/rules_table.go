package disclose

import (
	"cmp"
	"math"
	"slices"

	"neike/internal/kit/sorting"
)

// Place is a cell of a table: row and column.
type Place [2]int

// Range is what somebody who knows the totals and the cells that are shown can work out of a hidden one.
type Range struct {
	Place
	Min, Max int64
}

// AuditTable finds of each hidden cell of a table of counts, all of whose totals are known, the least and the most that it can be: whole numbers, none
// negative. exposed is what can be worked out exactly, narrow what certainly is below least. (methods 9.4)
func AuditTable(table [][]int64, hidden []Place, least int64) (ranges []Range, exposed []Range, narrow []Place) {
	for _, at := range hidden {
		r := rangeOf(table, hidden, at)
		ranges = append(ranges, r)
		if r.Min == r.Max {
			exposed = append(exposed, r)
		}
		if r.Max < least {
			narrow = append(narrow, at)
		}
	}
	return ranges, exposed, narrow
}

// rangeOf is how far a hidden cell can move while others make up for it: what flows between its row and its column over the other hidden cells.
func rangeOf(table [][]int64, hidden []Place, at Place) Range {
	own, columns := table[at[0]][at[1]], 0
	for _, row := range table {
		columns = max(columns, len(row))
	}
	nodes := len(table) + columns
	room := func() [][]int64 { // from a row to a column another cell grows, without end; back it shrinks, down to nothing
		cap := make([][]int64, nodes)
		for i := range cap {
			cap[i] = make([]int64, nodes)
		}
		for _, h := range hidden {
			if h != at {
				cap[h[0]][len(table)+h[1]] = math.MaxInt32
				cap[len(table)+h[1]][h[0]] = table[h[0]][h[1]]
			}
		}
		return cap
	}
	row, column := at[0], len(table)+at[1]
	return Range{at, own - min(own, flow(room(), row, column)), own + flow(room(), column, row)}
}

// flow is the greatest flow between two nodes. Source: J. Edmonds, R. M. Karp, Theoretical improvements in algorithmic efficiency for network flow
// problems, Journal of the ACM 19 (1972) 248–264.
func flow(room [][]int64, from, to int) (sum int64) {
	for {
		before := make([]int, len(room))
		for i := range before {
			before[i] = -1
		}
		before[from] = from
		queue := []int{from}
		for len(queue) > 0 && before[to] < 0 {
			n := queue[0]
			queue = queue[1:]
			for next, r := range room[n] {
				if r > 0 && before[next] < 0 {
					before[next] = n
					queue = append(queue, next)
				}
			}
		}
		if before[to] < 0 {
			return sum
		}
		least := int64(math.MaxInt32)
		for n := to; n != from; n = before[n] {
			least = min(least, room[before[n]][n])
		}
		for n := to; n != from; n = before[n] {
			room[before[n]][n] -= least
			room[n][before[n]] += least
		}
		sum += least
	}
}

// PlanSuppression finds the cells of a table of counts, all of whose totals are shown, that must be hidden: those below least, and further ones until of
// each of them nothing can be worked out below least, nor within least of what it is. Further cells complete rectangles, of few cases rather than many. false:
// there are not rows and columns enough; then nothing of the table may be shown.
func PlanSuppression(table [][]int64, least int64) (primary, further []Place, ok bool) {
	for r, row := range table {
		for c, n := range row {
			if n > 0 && n < least {
				primary = append(primary, Place{r, c})
			}
		}
	}
	hidden := slices.Clone(primary)
	safe := func(hidden []Place, at Place) bool {
		r := rangeOf(table, hidden, at)
		return r.Max >= least && r.Max-r.Min >= least
	}
	for _, at := range primary {
		if safe(hidden, at) {
			continue
		}
		best, found := rectangle(table, hidden, at, safe)
		if !found {
			return primary, nil, false
		}
		hidden, further = append(hidden, best...), append(further, best...)
	}
	return primary, further, true
}

// rectangle is the fewest cells, and of the fewest cases, that with what is hidden complete a rectangle that protects a cell.
func rectangle(table [][]int64, hidden []Place, at Place, safe func([]Place, Place) bool) ([]Place, bool) {
	type choice struct {
		cells []Place
		cases int64
	}
	var all []choice
	for r, row := range table {
		for c := range row {
			if r == at[0] || c == at[1] {
				continue
			}
			var x choice
			for _, p := range []Place{{at[0], c}, {r, at[1]}, {r, c}} {
				if !slices.Contains(hidden, p) {
					x.cells, x.cases = append(x.cells, p), x.cases+table[p[0]][p[1]]
				}
			}
			all = append(all, x)
		}
	}
	sorting.Stable(all, func(a, b choice) int {
		return cmp.Or(cmp.Compare(len(a.cells), len(b.cells)), cmp.Compare(a.cases, b.cases))
	})
	for _, x := range all {
		if safe(slices.Concat(hidden, x.cells), at) {
			return x.cells, true
		}
	}
	return nil, false
}

// Difference is two groups that must not both be shown: one lies within the other, and those between them are too few.
type Difference struct {
	Subset, Superset int // index
	Exposed          []ID
}

// Differences finds the pairs of groups of people whose difference is about fewer than least.
func Differences(groups [][]ID, least int) (out []Difference) {
	for i, a := range groups {
		for j, b := range groups {
			if i == j || !Cut(len(a), len(b), least) || len(a) > len(b) {
				continue
			}
			rest := slices.DeleteFunc(slices.Clone(b), func(id ID) bool { return slices.Contains(a, id) })
			if len(rest) == len(b)-len(a) {
				out = append(out, Difference{i, j, rest})
			}
		}
	}
	return out
}
