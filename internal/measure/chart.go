package measure

import (
	"context"
	"math"
	"strconv"

	"neike/internal/kit/lang"
)

// Sizes of a chart, px. Across it is measured in percent: it is as wide as its card.
const (
	chartHeight = 196.0
	chartTop    = 14.0
	chartFoot   = 26.0 // room for the months
	sparkHeight = 28.0
)

type chartView struct {
	Label    string // all of it in a sentence
	Ticks    []tickView
	Lines    []lineView
	Bands    []bandView
	Dots     []dotView
	Months   []tickView
	Target   string // y
	HasFlag  bool
	Legend   []legendView
	Height   string
	Quarters bool
}

type tickView struct{ At, Text, Anchor string }

type lineView struct{ X1, X2, Y1, Y2, Class string }

type bandView struct{ X, Y, Width, Height string }

type dotView struct{ X, Y, Class, Title, Mark, MarkY string }

type legendView struct{ Class, Text string }

func px(v float64) string  { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
func pct(v float64) string { return px(v) + "%" }

// scaleOf is the range that a chart covers: all values, limits and the target, with some air, and never beyond what the kind can be.
func scaleOf(kind Kind, c Chart, target float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	take := func(v float64) {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	for _, d := range c.Dots {
		take(d.Value)
		take(d.Low)
		take(d.High)
	}
	take(c.Centre)
	if math.IsInf(low, 0) {
		return 0, 1
	}
	take(target)
	air := (high - low) * 0.08
	if air == 0 {
		air = max(math.Abs(high)*0.1, 0.01)
	}
	if low, high = low-air, high+air; kind != Mean {
		low = max(low, 0)
	}
	if kind == Share {
		high = min(high, 1)
	}
	return low, high
}

// stepOf is a round distance between about four ticks.
func stepOf(low, high float64) float64 {
	rough := (high - low) / 4
	size := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if rough <= m*size {
			return m * size
		}
	}
	return 10 * size
}

// chartView lays a chart out.
func (m Measure) chartView(ctx context.Context, c Chart, target float64, label string) chartView {
	v := chartView{Label: label, Height: px(chartHeight), Quarters: c.Quarters}
	low, high := scaleOf(m.Kind, c, target)
	y := func(value float64) float64 {
		return chartTop + (high-value)/(high-low)*(chartHeight-chartTop-chartFoot)
	}
	n := float64(max(len(c.Dots), 1))
	x := func(i int) float64 { return 2 + (float64(i)+.5)/n*96 }
	half := 48 / n
	step := stepOf(low, high)
	for t := math.Ceil(low/step-1e-9) * step; t <= high+step*1e-6; t += step {
		v.Ticks = append(v.Ticks, tickView{At: px(y(t)), Text: m.tick(ctx, t, step)})
	}
	every := max(1, (len(c.Dots)+5)/6)
	last := -1
	for i, d := range c.Dots {
		if !math.IsNaN(d.Low) {
			v.Bands = append(v.Bands, bandView{X: pct(x(i) - half), Width: pct(2 * half), Y: px(y(d.High)), Height: px(max(y(d.Low)-y(d.High), 0))})
			for _, edge := range []float64{d.Low, d.High} {
				v.Lines = append(v.Lines, lineView{pct(x(i) - half), pct(x(i) + half), px(y(edge)), px(y(edge)), "c-limit"})
			}
		}
		if (len(c.Dots)-1-i)%every == 0 {
			v.Months = append(v.Months, tickView{At: pct(x(i)), Text: shortMonth(d.Month, c.Quarters)})
		}
		if !d.Is() {
			continue
		}
		if last >= 0 {
			v.Lines = append(v.Lines, lineView{pct(x(last)), pct(x(i)), px(y(c.Dots[last].Value)), px(y(d.Value)), "c-line"})
		}
		last = i
		v.Dots = append(v.Dots, m.dotView(ctx, d, c.Quarters, pct(x(i)), y(d.Value)))
	}
	if !math.IsNaN(c.Centre) {
		v.Lines = append([]lineView{{"2%", "98%", px(y(c.Centre)), px(y(c.Centre)), "c-centre"}}, v.Lines...)
	}
	if !math.IsNaN(target) {
		v.Lines = append([]lineView{{"2%", "98%", px(y(target)), px(y(target)), "c-target"}}, v.Lines...)
	}
	v.Legend = m.legend(ctx, c, target)
	return v
}

func (m Measure) dotView(ctx context.Context, d Dot, quarters bool, x string, y float64) dotView {
	v := dotView{X: x, Y: px(y), Class: "c-dot", Title: monthName(ctx, d.Month, quarters) + lang.T(ctx, "ui.colon") + m.text(ctx, d.Value) + m.cases(ctx, d.Point)}
	switch {
	case d.Running:
		v.Class = "c-dot is-open"
		v.Title += lang.T(ctx, "ui.comma") + lang.T(ctx, "measure.running")
	case d.Out:
		over := d.Value > d.High
		if v.Mark, v.MarkY = "▼", px(y+18); over {
			v.Mark, v.MarkY = "▲", px(y-9)
		}
		switch {
		case m.Direction == Neither:
			v.Class = "c-dot is-out"
		case over == (m.Direction == More):
			v.Class = "c-dot is-good"
		default:
			v.Class = "c-dot is-bad"
		}
	}
	return v
}

// legend explains the lines that are there.
func (m Measure) legend(ctx context.Context, c Chart, target float64) []legendView {
	var out []legendView
	if !math.IsNaN(c.Centre) {
		word := "measure.centre"
		if c.Method == ByRun {
			word = "measure.median"
		}
		out = append(out, legendView{"c-centre", lang.T(ctx, word, "value", m.text(ctx, c.Centre))})
	}
	if c.Method != ByRun {
		out = append(out, legendView{"c-limit", m.limits(ctx, c)})
	}
	if !math.IsNaN(target) {
		out = append(out, legendView{"c-target", lang.T(ctx, "measure.target", "value", m.text(ctx, target))})
	}
	return out
}

// limits says where the limits are; those of shares differ from month to month, and the last ones are told.
func (m Measure) limits(ctx context.Context, c Chart) string {
	at := c.judged()
	last := c.Dots[at[len(at)-1]]
	return lang.T(ctx, "measure.limits", "low", m.text(ctx, last.Low), "high", m.text(ctx, last.High))
}

// sparkView is the course of a measure in a line of a list: no scale, no limits.
func sparkView(kind Kind, points []Point, running int64, label string) chartView {
	v := chartView{Label: label, Height: px(sparkHeight)}
	c := Chart{Centre: none}
	for _, p := range points {
		if len(c.Dots) > 0 || p.Is() {
			c.Dots = append(c.Dots, Dot{Point: p, Low: none, High: none, Running: running != 0 && p.Month >= running})
		}
	}
	low, high := scaleOf(kind, c, none)
	y := func(value float64) float64 { return 4 + (high-value)/(high-low)*(sparkHeight-8) }
	x := func(i int) float64 { return 3 + float64(i)/float64(max(len(c.Dots)-1, 1))*94 }
	last := -1
	for i, d := range c.Dots {
		if !d.Is() || d.Running {
			continue
		}
		if last >= 0 {
			v.Lines = append(v.Lines, lineView{pct(x(last)), pct(x(i)), px(y(c.Dots[last].Value)), px(y(d.Value)), "c-line"})
		}
		last = i
	}
	if last >= 0 {
		v.Dots = []dotView{{X: pct(x(last)), Y: px(y(c.Dots[last].Value)), Class: "c-dot"}}
	}
	return v
}

// shortMonth is a month, or the quarter that it begins, under a chart: 26-03, 26Q1.
func shortMonth(month int64, quarter bool) string {
	year := MonthText(month)[2:4]
	if quarter {
		return year + "Q" + strconv.FormatInt((month%100+2)/3, 10)
	}
	return MonthText(month)[2:]
}
