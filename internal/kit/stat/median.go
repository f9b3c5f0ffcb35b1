package stat

import (
	"math"
	"slices"
)

// MedianInterval is the interval of a median at 95 % or a little more, from the ranks of the values alone: no shape is assumed. false: fewer
// than six values cannot say anything at that level.
// Source: W. J. Conover, Practical nonparametric statistics, 3.2 (confidence interval for a quantile).
func MedianInterval(values []float64) (Interval, bool) {
	list := slices.Sorted(slices.Values(values))
	n := len(list)
	if n < 6 {
		return Interval{math.NaN(), math.NaN()}, false
	}
	k := fairQuantile(0.025, n)
	if k == 0 || tailOfFair(k, n) > 0.025 { // the quantile reaches 2.5 %; one fewer stays below
		k--
	}
	return Interval{list[k], list[n-1-k]}, true
}

// tailOfFair is how likely n throws of a fair coin show k heads at most.
func tailOfFair(k, n int) float64 {
	sum := 0.0
	all, _ := math.Lgamma(float64(n) + 1)
	for i := range k + 1 {
		a, _ := math.Lgamma(float64(i) + 1)
		b, _ := math.Lgamma(float64(n-i) + 1)
		sum += math.Exp(all - a - b - float64(n)*math.Ln2)
	}
	return sum
}

// QuantileRanks are the ranks, from 0, of the two values of a sorted list between which the quantile p lies at 95 % or a little more;
// no shape is assumed. false: so few values cannot say anything at that level.
// Source: W. J. Conover, Practical nonparametric statistics, 3.2 (confidence interval for a quantile).
func QuantileRanks(n int, p float64) (low, high int, ok bool) {
	if n < 1 || p <= 0 || p >= 1 {
		return 0, 0, false
	}
	all, _ := math.Lgamma(float64(n) + 1)
	low, high = -1, n
	sum := 0.0
	for k := range n {
		a, _ := math.Lgamma(float64(k) + 1)
		b, _ := math.Lgamma(float64(n-k) + 1)
		sum += math.Exp(all - a - b + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
		if sum <= 0.025 {
			low = k
		}
		if sum >= 0.975 { // the value of rank k+1 is above it
			high = k
			break
		}
	}
	return low, high, low >= 0 && high < n
}
