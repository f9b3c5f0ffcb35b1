package stat

import (
	"math"
	"slices"
)

// perRange is how much larger the mean range of two neighbours is than the standard deviation of a normal process (d2), and
// rangeLimit where a range of two ends (D4).
const (
	perRange   = 1.128
	rangeLimit = 3.267
)

// Individuals is a chart of single values and their moving ranges.
type Individuals struct {
	Centre, MeanRange, Sigma float64
	Interval                 // the limits
	RangeHigh                float64
	Signals                  []int // points outside the limits
}

// XmR is the chart of individuals. The first baseline points set its limits; 0: all of them. screen leaves out, once, moving
// ranges above their limit. false: fewer than two points to set limits by.
// Sources: W. A. Shewhart by way of D. C. Montgomery, Introduction to statistical quality control, 6.4; the screen by L. S.
// Nelson, Control charts for individual measurements, Journal of Quality Technology 14 (1982) 172–173.
func XmR(x []float64, baseline int, screen bool) (Individuals, bool) {
	base := x
	if baseline > 0 && baseline < len(x) {
		base = x[:baseline]
	}
	if len(base) < 2 {
		return Individuals{Centre: math.NaN(), MeanRange: math.NaN(), Sigma: math.NaN(), Interval: none, RangeHigh: math.NaN()}, false
	}
	ranges := make([]float64, len(base)-1)
	for i := range ranges {
		ranges[i] = math.Abs(base[i+1] - base[i])
	}
	c := Individuals{Centre: Sum(base) / float64(len(base)), MeanRange: Sum(ranges) / float64(len(ranges))}
	if screen {
		ranges = slices.DeleteFunc(ranges, func(r float64) bool { return r > rangeLimit*c.MeanRange })
		c.MeanRange = Sum(ranges) / float64(len(ranges))
	}
	c.Sigma, c.RangeHigh = c.MeanRange/perRange, rangeLimit*c.MeanRange
	c.Interval = Interval{c.Centre - 3*c.Sigma, c.Centre + 3*c.Sigma}
	for i, v := range x {
		if v < c.Low || v > c.High {
			c.Signals = append(c.Signals, i)
		}
	}
	return c, true
}

// Count is hits of n at one point of time.
type Count struct{ Hits, N int64 }

// Shares is a chart of shares, with limits of its own for each point: NaN, NaN where nothing was counted.
type Shares struct {
	Centre  float64
	SigmaZ  float64 // how much wider than by chance alone the limits are: 1 of a plain chart; NaN when all or none hit
	Limits  []Interval
	Signals []int
}

// P is the chart of shares, x of n each time, by chance alone. Points in but do not set the centre, but are judged. false: nothing counted to
// set it by, or hits that are more than n.
// Source: Montgomery, Introduction to statistical quality control, 7.2.
func P(x []Count, but ...int) (Shares, bool) {
	c, ok := centred(x, but)
	if ok {
		c.judge(x, 1)
	}
	return c, ok
}

// LaneyP is the chart of shares whose spread from time to time is greater than by chance alone, as that of large counts always
// is: its limits are those of P, SigmaZ times as wide and never narrower. Points in but set neither the centre nor the width, but
// are judged.
// Source: D. B. Laney, Improved control charts for attributes, Quality Engineering 14 (2002) 531–537.
func LaneyP(x []Count, but ...int) (Shares, bool) {
	c, ok := centred(x, but)
	if !ok {
		return c, false
	}
	if c.Centre <= 0 || c.Centre >= 1 {
		c.judge(x, 1)
		c.SigmaZ = math.NaN()
		return c, true
	}
	var ranges []float64
	last := math.NaN()
	for i, p := range x {
		if p.N == 0 || slices.Contains(but, i) {
			continue
		}
		deviation := (float64(p.Hits)/float64(p.N) - c.Centre) / c.sigma(p.N)
		if !math.IsNaN(last) {
			ranges = append(ranges, math.Abs(deviation-last))
		}
		last = deviation
	}
	wide := 1.0
	if len(ranges) > 0 {
		wide = max(1, Sum(ranges)/float64(len(ranges))/perRange)
	}
	c.judge(x, wide)
	return c, true
}

func centred(x []Count, but []int) (Shares, bool) {
	hits, n := int64(0), int64(0)
	for i, p := range x {
		if p.Hits < 0 || p.Hits > p.N {
			return Shares{Centre: math.NaN(), SigmaZ: math.NaN()}, false
		}
		if !slices.Contains(but, i) {
			hits, n = hits+p.Hits, n+p.N
		}
	}
	if n == 0 {
		return Shares{Centre: math.NaN(), SigmaZ: math.NaN()}, false
	}
	return Shares{Centre: float64(hits) / float64(n)}, true
}

func (c *Shares) sigma(n int64) float64 { return math.Sqrt(c.Centre * (1 - c.Centre) / float64(n)) }

// judge sets the limits, wide times those of chance, and says which points lie outside.
func (c *Shares) judge(x []Count, wide float64) {
	c.SigmaZ = wide
	for i, p := range x {
		if p.N == 0 {
			c.Limits = append(c.Limits, none)
			continue
		}
		half := 3 * c.sigma(p.N) * wide
		limits := Interval{max(0, c.Centre-half), min(1, c.Centre+half)}
		c.Limits = append(c.Limits, limits)
		if share := float64(p.Hits) / float64(p.N); share < limits.Low || share > limits.High {
			c.Signals = append(c.Signals, i)
		}
	}
}

// Run is what a run chart shows: how often a series crosses its centre and how long it stays on one side.
type Run struct {
	Centre                   float64
	Useful                   int // points that do not lie on the centre
	Longest, LongestMost     int // run on one side, and the longest that chance explains
	Crossings, CrossingLeast int
	Signal                   bool // something other than chance is at work
}

// Runs is the run chart of x around its median.
// Source: J. Anhøj & A. V. Olesen, Run charts revisited, PLoS ONE 9 (2014) e113825.
func Runs(x []float64) (Run, bool) {
	if len(x) == 0 {
		return Run{Centre: math.NaN()}, false
	}
	r := Run{Centre: Median(x)}
	side, run := 0, 0
	for _, v := range x {
		at := 0
		switch {
		case v > r.Centre:
			at = 1
		case v < r.Centre:
			at = -1
		default:
			continue
		}
		r.Useful++
		if side != 0 && at != side {
			r.Crossings++
			run = 0
		}
		side, run = at, run+1
		r.Longest = max(r.Longest, run)
	}
	if r.Useful == 0 {
		return r, false
	}
	r.LongestMost = int(math.Round(math.Log2(float64(r.Useful)) + 3))
	r.CrossingLeast = fairQuantile(0.05, r.Useful-1)
	r.Signal = r.Longest > r.LongestMost || r.Crossings < r.CrossingLeast
	return r, true
}

// fairQuantile is how many heads of n throws of a fair coin are not exceeded with the probability p at least.
func fairQuantile(p float64, n int) int {
	sum := 0.0
	logAll, _ := math.Lgamma(float64(n) + 1)
	for k := range n {
		a, _ := math.Lgamma(float64(k) + 1)
		b, _ := math.Lgamma(float64(n-k) + 1)
		if sum += math.Exp(logAll - a - b - float64(n)*math.Ln2); sum >= p*(1-1e-12) {
			return k
		}
	}
	return n
}

// Median of values; NaN of none.
func Median(values []float64) float64 {
	list := slices.Sorted(slices.Values(values))
	n := len(list)
	if n == 0 {
		return math.NaN()
	}
	return (list[(n-1)/2] + list[n/2]) / 2
}
