package measure

import (
	"math"
	"slices"

	"neike/internal/kit/stat"
)

const (
	mostMonths  = 120
	fewestDots  = 12   // points below which there are no limits and no signals (methods §6.4)
	fewestCases = 20   // cases a month below which shares are charted by quarter (methods §6.3)
	rareShare   = 0.02 // misses, or hits, as rare as this are charted by quarter when there are fewer than rareCases a month
	rareCases   = 5
	fewestTold  = 5   // cases of a sample below which no share is told
	manyCases   = 300 // cases a month from which shares spread more than by chance as a matter of course
	wideSpread  = 1.2 // and how much more
)

// none is what cannot be computed.
var none = math.NaN()

func share(hits, n int64) float64 {
	if n <= 0 {
		return none
	}
	return float64(hits) / float64(n)
}

// ordinal numbers months without gaps; monthAt is its inverse.
func ordinal(month int64) int64 { return month/100*12 + month%100 - 1 }
func monthAt(n int64) int64     { return n/12*100 + n%12 + 1 }

// After is the month n months later, 202612 one month after 202611; n may be negative.
func After(month int64, n int) int64 { return monthAt(ordinal(month) + int64(n)) }

// validMonth says whether a number is a month: 202611.
func validMonth(month int64) bool {
	return month >= 197001 && month <= 220012 && month%100 >= 1 && month%100 <= 12
}

// filled puts points in order, one for each month of the span; a month that has none has nothing.
func filled(points []Point, span Span) []Point {
	out := make([]Point, span.Months())
	for i := range out {
		out[i] = Point{Month: After(span.From, i), Value: none}
	}
	for _, p := range points {
		if i := int(ordinal(p.Month) - ordinal(span.From)); i >= 0 && i < len(out) {
			out[i] = p
		}
	}
	return out
}

// The methods of charts.
const (
	ByP     = "p"
	ByLaney = "laney_p"
	ByXmR   = "xmr"
	ByRun   = "run" // a line around its median, without limits
)

// Why a chart is drawn as it is.
const (
	FewDots    = "few_points"  // fewer than fewestDots: no limits
	FewCases   = "few_cases"   // too few cases a month: by quarter
	RareCases  = "rare"        // misses are rare: by quarter
	WideSpread = "wide_spread" // many cases, which spread more than by chance
	Plain      = ""
)

// Dot is a point of a chart: one month, or one quarter.
type Dot struct {
	Point             // Month is the first of a quarter
	Low, High float64 // limits in terms of Value; NaN where there are none
	Out       bool    // outside the limits
	Running   bool    // the month is not over: drawn, and neither judged nor reckoned in
}

// The signals of a chart.
const (
	Above = "above" // a point over the upper limit
	Below = "below"
	Stay  = "stay" // stays on one side of its median longer than chance explains
	Drift = "drift"
)

// Signal is one thing that chance alone hardly explains.
type Signal struct {
	Kind    string
	Month   int64 // of Above and Below
	N, Most int   // of Stay: the longest run, and the longest that chance explains; of Drift: crossings, and the fewest
}

// Chart is a series set against what chance alone would make of it.
type Chart struct {
	Method, Why string
	Quarters    bool
	Dots        []Dot
	Centre      float64 // mean of the baseline, or the median of a run chart; NaN of nothing
	SigmaZ      float64 // of ByLaney
	Baseline    int     // dots that the limits are made of; 0: all of them
	Signals     []Signal
}

// Count is how many dots have a value and are over.
func (c Chart) Count() (n int) {
	for _, d := range c.Dots {
		if d.Is() && !d.Running {
			n++
		}
	}
	return n
}

// ChartOf makes the chart of a series (methods §6.1–6.4). running is the month that is not over yet, or 0. Shares are charted
// by p, by Laney's p′ where many cases spread more than by chance, and by quarter as single values where cases are few;
// everything else as single values. Below twelve points there are no limits.
func ChartOf(kind Kind, points []Point, running int64) Chart {
	var c Chart
	for _, p := range points {
		c.Dots = append(c.Dots, Dot{Point: p, Low: none, High: none, Running: p.Month >= running && running != 0})
	}
	if kind == Share {
		if why := tooFew(c.Dots); why != Plain {
			c.Dots, c.Quarters, c.Why = quarters(points, running), true, why
		}
	}
	if first := slices.IndexFunc(c.Dots, func(d Dot) bool { return d.Is() || d.Few }); first > 0 { // nothing was counted before
		c.Dots = c.Dots[first:]
	}
	c.Centre, c.SigmaZ, c.Method = none, none, ByRun
	judged := c.judged()
	values := make([]float64, len(judged))
	for i, at := range judged {
		values[i] = c.Dots[at].Value
	}
	run, ok := stat.Runs(values)
	c.Centre = run.Centre
	if len(judged) < fewestDots {
		if c.Why == Plain {
			c.Why = FewDots
		}
		return c
	}
	c.Baseline = baseline(len(judged))
	if kind == Share && !c.Quarters {
		c.shares(judged)
	} else {
		c.singles(kind, judged, values)
	}
	if ok {
		c.runs(run)
	}
	return c
}

// judged are the places of the dots that count.
func (c *Chart) judged() (at []int) {
	for i, d := range c.Dots {
		if d.Is() && !d.Running {
			at = append(at, i)
		}
	}
	return at
}

// baseline is how many of the first dots make the limits, so that what changes later stands out: twenty, or twelve, or all.
func baseline(n int) int {
	switch {
	case n >= 24:
		return 20
	case n > fewestDots:
		return fewestDots
	}
	return 0
}

// tooFew says why shares are not charted by month.
func tooFew(dots []Dot) string {
	var months, hits, n int64
	for _, d := range dots {
		if d.N > 0 && !d.Running {
			months, hits, n = months+1, hits+d.Hits, n+d.N
		}
	}
	if months == 0 {
		return Plain
	}
	mean, p := float64(n)/float64(months), share(hits, n)
	rare := min(p, 1-p)
	switch {
	case mean < fewestCases:
		return FewCases
	case rare <= rareShare && rare*mean < rareCases:
		return RareCases
	}
	return Plain
}

// quarters adds months up to quarters. One that the span cuts off is left out; the one that is not over is running.
func quarters(points []Point, running int64) []Dot {
	var out []Dot
	for i := 0; i+3 <= len(points); {
		if points[i].Month%100%3 != 1 {
			i++
			continue
		}
		d := Dot{Point: Point{Month: points[i].Month, Value: none}, Low: none, High: none}
		for _, p := range points[i : i+3] {
			d.Hits, d.N, d.Few = d.Hits+p.Hits, d.N+p.N, d.Few || p.Few
			d.Running = d.Running || running != 0 && p.Month >= running
		}
		d.Value, d.Few = together(Share, points[i:i+3]).Value, d.Few && d.N < fewestTold
		out, i = append(out, d), i+3
	}
	return out
}

// shares sets the limits of shares.
func (c *Chart) shares(judged []int) {
	counts, but := make([]stat.Count, len(judged)), []int(nil)
	n := int64(0)
	for i, at := range judged {
		counts[i] = stat.Count{Hits: c.Dots[at].Hits, N: c.Dots[at].N}
		n += c.Dots[at].N
		if c.Baseline != 0 && i >= c.Baseline {
			but = append(but, i)
		}
	}
	limits, ok := stat.P(counts, but...)
	c.Method = ByP
	if wide, fits := stat.LaneyP(counts, but...); fits && wide.SigmaZ > wideSpread && n/int64(len(judged)) >= manyCases {
		limits, c.Method, c.Why, c.SigmaZ = wide, ByLaney, WideSpread, wide.SigmaZ
	}
	if !ok {
		c.Method = ByRun
		return
	}
	c.Centre = limits.Centre
	for i, at := range judged {
		c.limit(at, limits.Limits[i])
	}
}

// singles sets the limits of single values, kept within what the kind can be.
func (c *Chart) singles(kind Kind, judged []int, values []float64) {
	x, ok := stat.XmR(values, c.Baseline, false)
	if !ok {
		return
	}
	c.Method, c.Centre = ByXmR, x.Centre
	limits := x.Interval
	if kind != Mean {
		limits.Low = max(0, limits.Low)
	}
	if kind == Share {
		limits.High = min(1, limits.High)
	}
	for _, at := range judged {
		c.limit(at, limits)
	}
}

// limit gives a dot its limits and judges it.
func (c *Chart) limit(at int, limits stat.Interval) {
	d := &c.Dots[at]
	d.Low, d.High = limits.Low, limits.High
	hair := 1e-9 * max(1, math.Abs(d.Value)) // values that are all the same differ from their mean by rounding
	switch {
	case d.Value > d.High+hair:
		d.Out = true
		c.Signals = append(c.Signals, Signal{Kind: Above, Month: d.Month})
	case d.Value < d.Low-hair:
		d.Out = true
		c.Signals = append(c.Signals, Signal{Kind: Below, Month: d.Month})
	}
}

// runs adds what the order of the points says.
func (c *Chart) runs(r stat.Run) {
	if r.Longest > r.LongestMost {
		c.Signals = append(c.Signals, Signal{Kind: Stay, N: r.Longest, Most: r.LongestMost})
	}
	if r.Crossings < r.CrossingLeast {
		c.Signals = append(c.Signals, Signal{Kind: Drift, N: r.Crossings, Most: r.CrossingLeast})
	}
}

// The words of a difference.
const (
	Better     = "better"
	Worse      = "worse"
	Higher     = "higher" // where neither way is better
	Lower      = "lower"
	CannotTell = "cannot_tell"
)

// Difference is a measure in one range of months less the same in the one before it, of the same length.
type Difference struct {
	Months      int
	Now, Before Point   // Month is the first of the range
	By          float64 // NaN when one of the two has no value
	Low, High   float64 // 95 %, Newcombe; NaN for what is no share
	Says        string  // "" when it cannot be said
}

// Differ compares the last n months that are over with the n before them (methods §6.5). Of what is no share there is the
// difference of the means of the months, without an interval.
func Differ(m Kind, d Direction, points []Point, running int64, n int) Difference {
	points = slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return running != 0 && p.Month >= running })
	out := Difference{Months: n, By: none, Low: none, High: none, Now: Point{Value: none}, Before: Point{Value: none}}
	if n <= 0 || len(points) < 2*n {
		return out
	}
	out.Now, out.Before = together(m, points[len(points)-n:]), together(m, points[len(points)-2*n:len(points)-n])
	out.By = out.Now.Value - out.Before.Value
	if m != Share || !out.Now.Is() || !out.Before.Is() {
		return out
	}
	c := stat.Compare(out.Now.Hits, out.Now.N, out.Before.Hits, out.Before.N, stat.Confidence95)
	out.Low, out.High = c.Low, c.High
	out.Says = says(d, c.Low, c.High)
	return out
}

// says names the way an interval of a difference lies.
func says(d Direction, low, high float64) string {
	switch {
	case low <= 0 && high >= 0:
		return CannotTell
	case d == Neither && low > 0:
		return Higher
	case d == Neither:
		return Lower
	case (low > 0) == (d == More):
		return Better
	}
	return Worse
}

// together is a range of months as one: shares and quotients of sums are added up, of other values the mean of the months is taken.
func together(kind Kind, points []Point) Point {
	out := Point{Month: points[0].Month, Value: none}
	var values []float64
	for _, p := range points {
		if out.Hits, out.N, out.Few = out.Hits+p.Hits, out.N+p.N, out.Few || p.Few; p.Is() {
			values = append(values, p.Value)
		}
		out.Sum, out.Of = out.Sum+p.Sum, out.Of+p.Of
	}
	switch {
	case kind == Mean && out.Of > 0:
		out.Value = out.Sum / out.Of
	case kind == Share && out.Few && out.N < fewestTold:
	case kind == Share:
		out.Value, out.Few = share(out.Hits, out.N), false
	case len(values) > 0:
		out.Value = stat.Sum(values) / float64(len(values))
	}
	return out
}

// lastOf is the newest month that has a value and is over.
func lastOf(points []Point, running int64) (Point, bool) {
	for _, p := range slices.Backward(points) {
		if p.Is() && (running == 0 || p.Month < running) {
			return p, true
		}
	}
	return Point{Value: none}, false
}

// budgetOf is what a target leaves of its budget in a span; running months count as far as they have come.
func budgetOf(s Series, span Span) (Budget, bool) {
	if !s.Shown || !s.Agreed {
		return Budget{}, false
	}
	var hits, n int64
	for _, p := range s.Points {
		if p.Month >= span.From && p.Month <= span.To {
			hits, n = hits+p.Hits, n+p.N
		}
	}
	return BudgetOf(s.Target, n, n-hits)
}
