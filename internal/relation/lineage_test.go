package relation

import (
	"testing"
	"time"

	"neike/internal/org"
	"pgregory.net/rapid"
)

// TestPartsComeToTheWhole: whatever the shares, no case is lost and none is made.
func TestPartsComeToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-5000, 5000).Draw(t, "n")
		weights := rapid.SliceOfN(rapid.IntRange(1, 100), 1, 6).Draw(t, "weights")
		all := 0
		for _, w := range weights {
			all += w
		}
		shares := make([]float64, len(weights))
		for i, w := range weights {
			shares[i] = float64(w) / float64(all)
		}
		sum := int64(0)
		for i, part := range spread(n, shares) {
			sum += part
			if off := float64(part) - float64(n)*shares[i]; off > 1.001 || off < -1.001 {
				t.Fatalf("%d of %d is more than one case off %v", part, n, shares[i])
			}
		}
		if sum != n {
			t.Fatalf("%d became %d", n, sum)
		}
	})
}

// TestTheMatrixComesToTheSameEitherWay: figures as it is and as it was add up to the same, after any reorganisation.
func TestTheMatrixComesToTheSameEitherWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const units = 8
		var list []org.Unit
		for i := range units {
			list = append(list, org.Unit{ID: int64(i + 1), Code: string(rune('a' + i)), Level: org.Department})
		}
		var lineage []org.Lineage
		for i := range units - 2 { // a unit is followed by later ones only: lineage has no circles
			if !rapid.Bool().Draw(t, "ends") {
				continue
			}
			first := rapid.IntRange(i+1, units-1).Draw(t, "heir")
			share := float64(rapid.IntRange(1, 100).Draw(t, "share")) / 100
			lineage = append(lineage, org.Lineage{From: int64(i + 1), To: int64(first + 1), Share: share, At: time.Unix(0, 0)})
			if second := rapid.IntRange(i+1, units-1).Draw(t, "other"); second != first && share < 1 {
				lineage = append(lineage, org.Lineage{From: int64(i + 1), To: int64(second + 1), Share: 1 - share})
			}
		}
		tree := org.NewTree(list, nil).Following(lineage)
		var edges []edgeRow
		var rows []small
		for i := range rapid.IntRange(1, 30).Draw(t, "edges") {
			edges = append(edges, edgeRow{ID: int64(100 + i), Provider: rapid.Int64Range(1, units).Draw(t, "provider"), Customer: rapid.Int64Range(1, units).Draw(t, "customer"), Observed: true})
			var row small
			for k := range row {
				row[k] = int32(rapid.IntRange(0, 900).Draw(t, "count"))
			}
			rows = append(rows, row)
		}
		var want counters
		for _, row := range rows {
			for k, n := range row {
				want[k] += int64(n)
			}
		}
		for _, as := range []As{AsItIs, AsItWas} {
			r := newRollup(org.Department, as, tree, edges)
			var got counters
			for _, c := range r.add(rows) {
				for k, n := range c {
					got[k] += n
				}
			}
			if got != want {
				t.Fatalf("%q: %v, want %v", as, got, want)
			}
			if as == AsItIs {
				agrees(t, tree, r, edges, rows)
			}
		}
	})
}

// agrees: the page of a relation shows what its cell of the matrix shows.
func agrees(t *rapid.T, tree *org.Tree, r *rollup, edges []edgeRow, rows []small) {
	sums := r.add(rows)
	for i, cell := range r.cells {
		var sum counters
		for n, e := range edges {
			p, ok := partOf(tree, e, r.units[cell.provider].ID, r.units[cell.customer].ID, AsItIs)
			if !ok {
				continue
			}
			var c counters
			for k, x := range rows[n] {
				c[k] = int64(x)
			}
			for k, x := range p.of(c) {
				sum[k] += x
			}
		}
		if sum != sums[i] {
			t.Fatalf("cell %d: the matrix says %v, the relation %v", i, sums[i], sum)
		}
	}
	for _, u := range r.units { // and the home page of a unit, which adds up its own edges alone
		mine, wanted := r.around(u.ID)
		some := make([]small, len(rows))
		for n := range rows {
			if wanted[n] {
				some[n] = rows[n]
			}
		}
		part := r.add(some)
		for i := range r.cells {
			if mine[i] && part[i] != sums[i] {
				t.Fatalf("cell %d: the matrix says %v, the home of %s %v", i, sums[i], u.Code, part[i])
			}
		}
	}
}
