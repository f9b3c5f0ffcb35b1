package stat

import (
	"math"
	"testing"
)

// Expected values: 20, 5 / 10, 15 is worked through by hand (0.7 observed, 0.5 by chance; SE √0.016128); the 3 × 3 table is
// table 18.1 of Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, κ 0.68.
func TestKappa(t *testing.T) {
	for _, c := range []struct {
		name      string
		table     [][]int64
		kappa, se float64
		ok        bool
	}{
		{"two judges who agree somewhat", [][]int64{{20, 5}, {10, 15}}, 0.4, 0.126996, true},
		{"three diagnoses of a hundred people", [][]int64{{75, 1, 4}, {5, 4, 1}, {0, 0, 10}}, 0.676471, 0.087703, true},
		{"a category that nobody used changes nothing", [][]int64{{20, 5, 0}, {10, 15, 0}, {0, 0, 0}}, 0.4, 0.126996, true},
		{"perfect agreement", [][]int64{{9, 0}, {0, 4}}, 1, 0, true},
		{"perfect disagreement", [][]int64{{0, 5}, {5, 0}}, -1, 0, true},
		{"no better than chance", [][]int64{{9, 9}, {9, 9}}, 0, 1.0 / 6, true},
		{"one judge always says the same", [][]int64{{8, 2}, {0, 0}}, 0, 0, true},
		{"all in one cell", [][]int64{{12, 0}, {0, 0}}, 0, 0, false},
		{"no cases", [][]int64{{0, 0}, {0, 0}}, 0, 0, false},
		{"no table", nil, 0, 0, false},
		{"not square", [][]int64{{1, 2}, {3}}, 0, 0, false},
		{"a negative count", [][]int64{{1, -1}, {2, 2}}, 0, 0, false},
	} {
		kappa, se, ok := kappaSE(c.table)
		if ok != c.ok || ok && (math.Abs(kappa-c.kappa) > 1e-6 || math.Abs(se-c.se) > 1e-6) {
			t.Errorf("%s: κ %v, SE %v, %v; want %v, %v, %v", c.name, kappa, se, ok, c.kappa, c.se, c.ok)
		}
	}
	kappa, low, high, ok := Kappa([][]int64{{20, 5}, {10, 15}})
	if !ok || math.Abs(kappa-0.4) > 1e-9 || math.Abs(low-0.151092) > 1e-5 || math.Abs(high-0.648908) > 1e-5 {
		t.Errorf("interval %v–%v of %v", low, high, kappa)
	}
	if _, low, high, _ := Kappa([][]int64{{3, 0}, {0, 1}}); low != 1 || high != 1 {
		t.Errorf("the interval of perfect agreement is %v–%v", low, high)
	}
	if kappa, _, _, ok := Kappa(nil); ok || !math.IsNaN(kappa) {
		t.Errorf("nothing has kappa %v", kappa)
	}
}
