package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Averaged is a mean and how well it is known. SD and what follows is NaN of a single value.
type Averaged struct {
	N        int64
	Mean     float64
	SD, SE   float64 // of the values, by n − 1; of the mean, with the correction for a finite population
	Interval         // by t; a point, which says nothing, when all values are the same
}

// Mean is the mean of values and its t interval. N is the size of the population that was asked in part; 0: the values stand
// for a process without end. false: no values, or more than N.
// Source: W. G. Cochran, Sampling techniques, 3rd ed. (1977), 2.5 to 2.8.
func Mean(values []float64, N int64, confidence float64) (Averaged, bool) {
	n := int64(len(values))
	out := Averaged{N: n, Mean: math.NaN(), SD: math.NaN(), SE: math.NaN(), Interval: none}
	if n == 0 || N != 0 && N < n {
		return out, false
	}
	size := float64(n)
	out.Mean = Sum(values) / size
	if n == 1 {
		return out, true
	}
	squares := make([]float64, n)
	for i, x := range values {
		squares[i] = (x - out.Mean) * (x - out.Mean)
	}
	out.SD = math.Sqrt(Sum(squares) / (size - 1))
	out.SE = out.SD / math.Sqrt(size)
	if N != 0 {
		out.SE *= math.Sqrt(1 - size/float64(N))
	}
	half := TQuantile((1+confidence)/2, size-1) * out.SE
	out.Interval = Interval{out.Mean - half, out.Mean + half}
	return out, true
}

// TQuantile is where Student's t with df degrees of freedom has the share p below it, 0 < p < 1.
func TQuantile(p, df float64) float64 {
	if p == 0.5 {
		return 0
	}
	tail := min(p, 1-p)
	x := mathext.InvRegIncBeta(df/2, 0.5, 2*tail)
	return math.Copysign(math.Sqrt(df*(1-x)/x), p-0.5)
}

// Sum adds up without losing what is small beside what is large.
// Source: A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54 (1974) 39–51.
func Sum(values []float64) float64 {
	sum, lost := 0.0, 0.0
	for _, x := range values {
		t := sum + x
		if math.Abs(sum) >= math.Abs(x) {
			lost += (sum - t) + x
		} else {
			lost += (x - t) + sum
		}
		sum = t
	}
	return sum + lost
}
