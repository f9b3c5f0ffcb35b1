package relation

import (
	"reflect"
	"testing"
	"time"

	"neike/internal/org"
	"pgregory.net/rapid"
)

// TestAPairFindsTheEdgesOfAWalk: what the pairing finds between two units of any level is what looking at every edge finds, in either organisation.
func TestAPairFindsTheEdgesOfAWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const units = 10
		var list []org.Unit
		for i := range units {
			u := org.Unit{ID: int64(i + 1), Code: string(rune('a' + i)), Level: org.Department}
			if i > 0 {
				u.Parent = int64(rapid.IntRange(0, i).Draw(t, "parent")) // 0: a company of its own
			}
			list = append(list, u)
		}
		var lineage []org.Lineage
		for i := range units - 1 {
			if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
				lineage = append(lineage, org.Lineage{From: int64(i + 1), To: int64(rapid.IntRange(i+1, units-1).Draw(t, "heir") + 1), Share: 1, At: time.Unix(0, 0)})
			}
		}
		tree := org.NewTree(list, nil).Following(lineage)
		unit := rapid.Int64Range(1, units)
		var edges []edgeRow
		for i := range rapid.IntRange(0, 30).Draw(t, "edges") {
			edges = append(edges, edgeRow{ID: int64(i + 1), Provider: unit.Draw(t, "provider"), Customer: unit.Draw(t, "customer"), Observed: rapid.Bool().Draw(t, "observed")})
		}
		var kept pairings
		for version := range 3 { // the map grows, and what was kept is made again
			some := edges[:len(edges)*(version+1)/3]
			for _, as := range []As{AsItIs, AsItWas} {
				from, to := unit.Draw(t, "from"), unit.Draw(t, "to")
				var want []part
				for _, e := range some {
					if p, ok := partOf(tree, e, from, to, as); ok && e.exists() {
						want = append(want, p)
					}
				}
				if got := kept.at(tree, some, version, as).between(tree, some, from, to, as, edgeRow.exists); !reflect.DeepEqual(got, want) {
					t.Fatalf("%d to %d, %q: %+v, want %+v", from, to, as, got, want)
				}
			}
		}
	})
}

func TestMonthsFrom(t *testing.T) {
	if got := monthsFrom(202511, 202602); !reflect.DeepEqual(got, []int64{202511, 202512, 202601, 202602}) {
		t.Error(got)
	}
	if got := monthsFrom(202601, 202512); got != nil {
		t.Error(got)
	}
	for _, x := range []struct{ from, to, n int64 }{{202511, 202602, 4}, {202601, 202601, 1}, {202601, 202512, 0}, {197001, 220012, 2772}} {
		if got := monthsIn(x.from, x.to); got != x.n || len(monthsFrom(x.from, x.to)) != int(x.n) {
			t.Errorf("%d to %d: %d", x.from, x.to, got)
		}
	}
}
