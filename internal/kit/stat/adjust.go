package stat

import (
	"cmp"

	"neike/internal/kit/sorting"
)

// Adjusted are p-values as if each had been the only test: reject what is not above the level.
type Adjusted struct{ Bonferroni, Holm, BH []float64 } // in the order of the p-values

// Adjust corrects the p-values of a family of tests: Holm for the few that were planned, Benjamini and Hochberg (BH) for a
// screen of many.
// Sources: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979) 65–70;
// Y. Benjamini & Y. Hochberg, Controlling the false discovery rate, JRSS B 57 (1995) 289–300.
func Adjust(p []float64) Adjusted {
	m := len(p)
	order := make([]int, m)
	for i := range order {
		order[i] = i
	}
	sorting.Stable(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	out := Adjusted{make([]float64, m), make([]float64, m), make([]float64, m)}
	greatest := 0.0
	for rank, i := range order {
		out.Bonferroni[i] = min(1, p[i]*float64(m))
		greatest = max(greatest, p[i]*float64(m-rank))
		out.Holm[i] = min(1, greatest)
	}
	least := 1.0
	for rank := m - 1; rank >= 0; rank-- {
		i := order[rank]
		least = min(least, p[i]*float64(m)/float64(rank+1))
		out.BH[i] = least
	}
	return out
}
