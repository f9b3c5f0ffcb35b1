package stat

import "math"

// Kappa is Cohen's kappa, unweighted, of two judges over a square table of counts: table[i][j] is how many cases the first
// put into category i and the second into j. low and high are its 95 % interval, estimate ± z·SE, cut at −1 and 1. ok is
// false where kappa is not defined: no cases, a table that is not square or holds a negative count, or chance agreement
// of 1, as when every case lies in one cell.
// Sources: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960)
// 37–46; the standard error, not under the null hypothesis, by J. L. Fleiss, J. Cohen & B. S. Everitt, Large sample
// standard errors of kappa and weighted kappa, Psychological Bulletin 72 (1969) 323–327.
func Kappa(table [][]int64) (kappa, low, high float64, ok bool) {
	kappa, se, ok := kappaSE(table)
	if !ok {
		return math.NaN(), math.NaN(), math.NaN(), false
	}
	return kappa, max(-1, kappa-z95*se), min(1, kappa+z95*se), true
}

// kappaSE is the estimate with its standard error.
func kappaSE(table [][]int64) (kappa, se float64, ok bool) {
	k := len(table)
	rows, cols := make([]float64, k), make([]float64, k)
	n, agreed := 0.0, 0.0
	for i, row := range table {
		if len(row) != k {
			return 0, 0, false
		}
		for j, count := range row {
			if count < 0 {
				return 0, 0, false
			}
			x := float64(count)
			n, rows[i], cols[j] = n+x, rows[i]+x, cols[j]+x
			if i == j {
				agreed += x
			}
		}
	}
	if n == 0 {
		return 0, 0, false
	}
	chance := 0.0
	for i := range k {
		rows[i], cols[i] = rows[i]/n, cols[i]/n
		chance += rows[i] * cols[i]
	}
	if 1-chance < 1e-12 {
		return 0, 0, false
	}
	observed := agreed / n
	same, other := 0.0, 0.0
	for i, row := range table {
		for j, count := range row {
			p := float64(count) / n
			if i == j {
				d := (1 - chance) - (rows[i]+cols[i])*(1-observed)
				same += p * d * d
			} else {
				d := cols[i] + rows[j]
				other += p * d * d
			}
		}
	}
	rest := observed*chance - 2*chance + observed
	variance := (same + (1-observed)*(1-observed)*other - rest*rest) / (n * math.Pow(1-chance, 4))
	return (observed - chance) / (1 - chance), math.Sqrt(max(0, variance)), true
}
