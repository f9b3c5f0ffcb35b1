// Package stat holds statistical methods as pure functions over numbers: no context, no database, no words.
//
// What cannot be computed is NaN here and becomes null with a reason at the door; it is never zero.
package stat

import "math"

// z95 is the 97.5 % quantile of the normal distribution, exactly, not 1.96.
const z95 = 1.959963984540054

// Wilson returns the 95 % score interval of a share of hits in n, both ends in [0, 1]; n = 0 or hits outside [0, n]
// gives NaN, NaN.
// Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209–212.
func Wilson(hits, n int64) (low, high float64) {
	if n <= 0 || hits < 0 || hits > n {
		return math.NaN(), math.NaN()
	}
	size := float64(n)
	p := float64(hits) / size
	z2 := z95 * z95
	centre := p + z2/(2*size)
	half := z95 * math.Sqrt(p*(1-p)/size+z2/(4*size*size))
	low, high = (centre-half)/(1+z2/size), (centre+half)/(1+z2/size)
	if hits == 0 {
		low = 0
	}
	if hits == n {
		high = 1
	}
	return low, high
}

// Newcombe returns the 95 % interval of the difference a − b of two independent shares, built from their Wilson
// intervals; NaN, NaN when one of them has none.
// Source: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in
// Medicine 17 (1998) 873–890, method 10.
func Newcombe(hitsA, nA, hitsB, nB int64) (low, high float64) {
	lowA, highA := Wilson(hitsA, nA)
	lowB, highB := Wilson(hitsB, nB)
	if math.IsNaN(lowA) || math.IsNaN(lowB) {
		return math.NaN(), math.NaN()
	}
	a, b := float64(hitsA)/float64(nA), float64(hitsB)/float64(nB)
	low = a - b - math.Hypot(a-lowA, highB-b)
	high = a - b + math.Hypot(highA-a, b-lowB)
	return low, high
}
