package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Booted is what drawing the respondents again and again says about a statistic.
type Booted struct {
	Estimate, Mean, SE float64 // of all respondents; of the replicates; their standard deviation
	Replicates         int
	Exact              bool     // every way to draw them was taken, once
	Percentile, BCa    Interval // BCa is for 15 respondents or more
	Z0, Acceleration   float64
	Alpha              Interval // shares of the replicates at which BCa is read
}

// exactUpTo is how many respondents can be drawn in every way: 823 543 ways of seven.
const exactUpTo = 7

// Bootstrap draws n respondents, with replacement, of n, and takes the statistic of each draw: of is given their numbers, 0 to
// n − 1, one more than once, and must not keep them. Up to seven are drawn in every way there is, and times and seed do not matter. Replicates that are NaN
// are left out. false: fewer than two respondents, or no statistic.
// Source: B. Efron & R. J. Tibshirani, An introduction to the bootstrap (1993), 13.3 and 14.3; quantiles by the inverse of the
// empirical distribution.
func Bootstrap(n int, of func(drawn []int) float64, times int, seed uint64, confidence float64) (Booted, bool) {
	nan := math.NaN()
	out := Booted{Estimate: nan, Mean: nan, SE: nan, Percentile: none, BCa: none, Z0: nan, Acceleration: nan, Alpha: none}
	if n < 2 {
		return out, false
	}
	drawn := make([]int, n)
	for i := range drawn {
		drawn[i] = i
	}
	out.Estimate = of(drawn)
	var list []float64
	take := func() {
		if v := of(drawn); !math.IsNaN(v) {
			list = append(list, v)
		}
	}
	if out.Exact = n <= exactUpTo; out.Exact {
		clear(drawn)
		for more := true; more; more = next(drawn, n) {
			take()
		}
	} else {
		dice := rand.New(rand.NewPCG(seed, uint64(n)))
		for range times {
			for i := range drawn {
				drawn[i] = dice.IntN(n)
			}
			take()
		}
	}
	if len(list) == 0 || math.IsNaN(out.Estimate) {
		return out, false
	}
	slices.Sort(list)
	out.Replicates = len(list)
	out.Mean = Sum(list) / float64(len(list))
	squares := make([]float64, len(list))
	for i, v := range list {
		squares[i] = (v - out.Mean) * (v - out.Mean)
	}
	out.SE = math.Sqrt(Sum(squares) / float64(len(list)))
	tail := (1 - confidence) / 2
	out.Percentile = Interval{at(list, tail), at(list, 1-tail)}
	out.bca(list, n, of, tail)
	return out, true
}

// next counts one up in digits below n; false: it began again.
func next(digits []int, n int) bool {
	for i := range digits {
		if digits[i]++; digits[i] < n {
			return true
		}
		digits[i] = 0
	}
	return false
}

// at is the quantile of a sorted list by the inverse of its empirical distribution.
func at(sorted []float64, p float64) float64 {
	i := int(math.Ceil(p*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// bca corrects the percentiles for bias and for an error that changes with the statistic, by leaving out one respondent at a time.
func (b *Booted) bca(list []float64, n int, of func([]int) float64, tail float64) {
	below, same := 0.0, 0.0
	near := 1e-12 * max(1, math.Abs(b.Estimate)) // the same draw in another order adds up a little differently
	for _, v := range list {
		switch {
		case math.Abs(v-b.Estimate) <= near:
			same++
		case v < b.Estimate:
			below++
		}
	}
	b.Z0 = math.Sqrt2 * math.Erfinv(2*(below+same/2)/float64(len(list))-1)
	left, without := make([]float64, n), make([]int, n-1)
	for i := range n {
		for k := range without {
			if without[k] = k; k >= i {
				without[k] = k + 1
			}
		}
		left[i] = of(without)
	}
	mean, cubes, squares := Sum(left)/float64(n), 0.0, 0.0
	for _, v := range left {
		d := mean - v
		cubes, squares = cubes+d*d*d, squares+d*d
	}
	if b.Acceleration = 0; squares > 0 {
		b.Acceleration = cubes / (6 * math.Pow(squares, 1.5))
	}
	place := func(p float64) float64 {
		s := b.Z0 + math.Sqrt2*math.Erfinv(2*p-1)
		return math.Erfc(-(b.Z0+s/(1-b.Acceleration*s))/math.Sqrt2) / 2
	}
	b.Alpha = Interval{place(tail), place(1 - tail)}
	if b.Alpha.Is() {
		b.BCa = Interval{at(list, b.Alpha.Low), at(list, b.Alpha.High)}
	}
}
