// Package stat holds statistical methods as pure functions over numbers: no context, no database, no words.
//
// What cannot be computed is NaN here and becomes null with a reason at the door; it is never zero. A share is a fraction of 1,
// a confidence lies between 0 and 1, and N is the size of a population where n is that of a sample.
package stat

import "math"

// z95 is the 97.5 % quantile of the normal distribution, exactly, not 1.96.
const z95 = 1.959963984540054

// Confidence95 is the confidence of every interval unless a function takes another.
const Confidence95 = 0.95

// Z is how many standard deviations to either side hold the confidence of a normal distribution.
func Z(confidence float64) float64 {
	if confidence == Confidence95 {
		return z95
	}
	return math.Sqrt2 * math.Erfinv(confidence)
}

// Interval is from Low to High; NaN, NaN where there is none.
type Interval struct{ Low, High float64 }

var none = Interval{math.NaN(), math.NaN()}

// Is says whether there is an interval.
func (i Interval) Is() bool { return !math.IsNaN(i.Low) && !math.IsNaN(i.High) }

// Wilson returns the 95 % score interval of a share of hits in n, both ends in [0, 1]; n = 0 or hits outside [0, n]
// gives NaN, NaN.
// Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209–212.
func Wilson(hits, n int64) (low, high float64) {
	i := WilsonAt(hits, n, Confidence95)
	return i.Low, i.High
}

// WilsonAt is Wilson with another confidence.
func WilsonAt(hits, n int64, confidence float64) Interval {
	if n <= 0 || hits < 0 || hits > n {
		return none
	}
	i := wilson(float64(hits)/float64(n), float64(n), Z(confidence))
	if hits == 0 {
		i.Low = 0
	}
	if hits == n {
		i.High = 1
	}
	return i
}

// WilsonShare is Wilson of a share that n independent voices came to; n may be fewer than the cases they spoke of, and the share then is none of n.
func WilsonShare(p, n, confidence float64) Interval {
	if !(n > 0) || !(p >= 0 && p <= 1) {
		return none
	}
	i := wilson(p, n, Z(confidence))
	return Interval{max(0, i.Low), min(1, i.High)}
}

func wilson(p, n, z float64) Interval {
	z2 := z * z
	centre := p + z2/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	return Interval{(centre - half) / (1 + z2/n), (centre + half) / (1 + z2/n)}
}

// Finite is a share of a population of N that was asked in part.
type Finite struct {
	Interval           // of the share in the population, if those who did not answer are like those who did
	Effective float64  // n that an unlimited population would need for it; NaN when everybody answered
	Worst     Interval // whatever those who did not answer would have said
	Answered  float64  // share of the population
}

// WilsonFinite is the score interval of hits of n out of a population of N: it shrinks to a point when all are asked. false:
// N < n, or the counts are none.
// Source of the bounds of Worst: C. F. Manski, Nonparametric bounds on treatment effects, American Economic Review 80 (1990)
// 319–323.
func WilsonFinite(hits, n, N int64, confidence float64) (Finite, bool) {
	if n <= 0 || hits < 0 || hits > n || N < n {
		return Finite{Interval: none, Effective: math.NaN(), Worst: none, Answered: math.NaN()}, false
	}
	p, size, all := float64(hits)/float64(n), float64(n), float64(N)
	f := Finite{Interval: Interval{p, p}, Effective: math.NaN(), Worst: Interval{float64(hits) / all, float64(hits+N-n) / all}, Answered: size / all}
	if n < N {
		f.Effective = size * (all - 1) / (all - size)
		f.Interval = wilson(p, f.Effective, Z(confidence))
		if hits == 0 {
			f.Low = 0
		}
		if hits == n {
			f.High = 1
		}
	}
	return f, true
}

// AgrestiCoull is the adjusted Wald interval of a share, cut at 0 and 1, and its centre, which is not.
// Source: A. Agresti & B. A. Coull, Approximate is better than "exact" for interval estimation of binomial proportions, The
// American Statistician 52 (1998) 119–126.
func AgrestiCoull(hits, n int64, confidence float64) (i Interval, centre float64) {
	if n <= 0 || hits < 0 || hits > n {
		return none, math.NaN()
	}
	q := Z(confidence)
	size := float64(n) + q*q
	centre = (float64(hits) + q*q/2) / size
	half := q * math.Sqrt(centre*(1-centre)/size)
	return Interval{max(0, centre-half), min(1, centre+half)}, centre
}

// ClopperPearson is the interval that holds at least the confidence whatever the share is: for words like 'at least 95 %'.
// Source: C. J. Clopper & E. S. Pearson, The use of confidence or fiducial limits, Biometrika 26 (1934) 404–413.
func ClopperPearson(hits, n int64, confidence float64) Interval {
	if n <= 0 || hits < 0 || hits > n {
		return none
	}
	x, rest, tail := float64(hits), float64(n-hits), (1-confidence)/2
	i := Interval{0, 1}
	if hits > 0 {
		i.Low = betaQuantile(tail, x, rest+1)
	}
	if hits < n {
		i.High = betaQuantile(1-tail, x+1, rest)
	}
	return i
}

// SampleSize is how many of a population of N to ask so that the 95 % interval of a share p reaches margin to either side at
// most; unlimited is the same of a population without end. At confidence other than 0.95 likewise.
func SampleSize(N int64, p, margin, confidence float64) (n int64, unlimited float64) {
	q := Z(confidence)
	unlimited = q * q * p * (1 - p) / (margin * margin)
	return int64(math.Ceil(unlimited / (1 + (unlimited-1)/float64(N)))), unlimited
}

// Newcombe returns the 95 % interval of the difference a − b of two independent shares, built from their Wilson
// intervals; NaN, NaN when one of them has none.
// Source: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in
// Medicine 17 (1998) 873–890, method 10.
func Newcombe(hitsA, nA, hitsB, nB int64) (low, high float64) {
	i := NewcombeAt(hitsA, nA, hitsB, nB, Confidence95)
	return i.Low, i.High
}

// NewcombeAt is Newcombe with another confidence.
func NewcombeAt(hitsA, nA, hitsB, nB int64, confidence float64) Interval {
	A, B := WilsonAt(hitsA, nA, confidence), WilsonAt(hitsB, nB, confidence)
	if !A.Is() || !B.Is() {
		return none
	}
	a, b := float64(hitsA)/float64(nA), float64(hitsB)/float64(nB)
	return Interval{a - b - math.Hypot(a-A.Low, B.High-b), a - b + math.Hypot(A.High-a, b-B.Low)}
}

// Compared is the difference a − b of two shares.
type Compared struct {
	Difference float64
	Interval           // by Newcombe
	Z, P       float64 // pooled z and its two-sided p-value; NaN when all or none of both hit
}

// Compare sets two independent shares side by side.
func Compare(hitsA, nA, hitsB, nB int64, confidence float64) Compared {
	c := Compared{Difference: math.NaN(), Interval: NewcombeAt(hitsA, nA, hitsB, nB, confidence), Z: math.NaN(), P: math.NaN()}
	if !c.Is() {
		return c
	}
	a, b := float64(nA), float64(nB)
	c.Difference = float64(hitsA)/a - float64(hitsB)/b
	if pooled := float64(hitsA+hitsB) / (a + b); pooled > 0 && pooled < 1 {
		c.Z = c.Difference / math.Sqrt(pooled*(1-pooled)*(1/a+1/b))
		c.P = math.Erfc(math.Abs(c.Z) / math.Sqrt2)
	}
	return c
}
