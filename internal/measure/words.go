package measure

import (
	"context"
	"math"
	"strconv"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// text is a value in the unit of the measure: 97.3%, 12.5 分, 1,204.
func (m Measure) text(ctx context.Context, v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	if m.Kind == Share {
		return lang.Percent(ctx, v, digitsOfShare(v))
	}
	return m.amount(ctx, v, digitsOf(m.Kind, v))
}

// digitsOf is how many digits after the point are told.
func digitsOf(k Kind, v float64) int {
	switch {
	case v == math.Trunc(v) && k == Count:
		return 0
	case math.Abs(v) >= 100:
		return 0
	case math.Abs(v) >= 10 || k == Count:
		return 1
	}
	return 2
}

// digitsOfShare is one digit, and two of what is rare: 1.78%.
func digitsOfShare(v float64) int {
	if v > 0 && v < 0.05 {
		return 2
	}
	return 1
}

func (m Measure) amount(ctx context.Context, v float64, digits int) string {
	number := lang.Number(ctx, v, digits)
	if m.Unit == Times {
		return number
	}
	return lang.T(ctx, "measure.with."+string(m.Unit), "value", number)
}

// tick is a value at the side of a chart: as many digits as its step needs.
func (m Measure) tick(ctx context.Context, v, step float64) string {
	if m.Kind == Share {
		v, step = v*100, step*100
	}
	digits := 0
	for digits < 3 && math.Abs(step-math.Round(step*math.Pow10(digits))/math.Pow10(digits)) > step*1e-6 {
		digits++
	}
	text := lang.Number(ctx, v, digits)
	if m.Unit == Percent {
		text += "%"
	}
	return text
}

// cases is what a value is about, in brackets: （1,204 件中 1,180 件）; "" where nobody said.
func (m Measure) cases(ctx context.Context, p Point) string {
	switch {
	case p.N == 0:
		return ""
	case m.Kind == Share:
		return lang.T(ctx, "measure.hits-of", "hits", lang.Number(ctx, p.Hits), "n", lang.Number(ctx, p.N))
	}
	return lang.T(ctx, "measure.of-n", "n", lang.Number(ctx, p.N))
}

// monthName is a month in words, or the quarter that it begins.
func monthName(ctx context.Context, month int64, quarter bool) string {
	if quarter {
		return lang.T(ctx, "measure.quarter", "year", strconv.FormatInt(month/100, 10), "n", strconv.FormatInt((month%100+2)/3, 10))
	}
	return lang.Month(ctx, time.Date(int(month/100), time.Month(month%100), 15, 12, 0, 0, 0, time.UTC))
}

// finding says what a chart shows, in a sentence or two.
func finding(ctx context.Context, c Chart) string {
	n := c.Count()
	switch {
	case n == 0:
		return lang.T(ctx, "measure.finding.none")
	case c.Method == ByRun && c.Quarters:
		return lang.T(ctx, "measure.finding.few-quarters", "count", n)
	case c.Method == ByRun:
		return lang.T(ctx, "measure.finding.few", "count", n)
	case len(c.Signals) == 0:
		return lang.T(ctx, "measure.finding.calm", "count", n)
	}
	return lang.T(ctx, "measure.finding.signals", "count", len(c.Signals))
}

// signalTexts name the signals; months in a row on one side are one line.
func signalTexts(ctx context.Context, c Chart) (out []string) {
	step := 1
	if c.Quarters {
		step = 3
	}
	for i := 0; i < len(c.Signals); i++ {
		s := c.Signals[i]
		if s.Month == 0 {
			out = append(out, lang.T(ctx, "measure.signal."+s.Kind, "count", s.N, "most", s.Most))
			continue
		}
		last := s
		for i+1 < len(c.Signals) && c.Signals[i+1].Kind == s.Kind && c.Signals[i+1].Month == After(last.Month, step) {
			i++
			last = c.Signals[i]
		}
		when := monthName(ctx, s.Month, c.Quarters)
		if last != s {
			when = lang.T(ctx, "measure.from-to", "from", when, "to", monthName(ctx, last.Month, c.Quarters))
		}
		out = append(out, lang.T(ctx, "measure.signal."+s.Kind, "month", when))
	}
	return out
}

// method says how the limits were made, and why so.
func method(ctx context.Context, c Chart) string {
	if c.Count() == 0 {
		return ""
	}
	text := lang.T(ctx, "measure.method."+c.Method)
	if c.Method == ByLaney {
		text = lang.T(ctx, "measure.method."+c.Method, "wide", lang.Number(ctx, c.SigmaZ, 1))
	}
	if c.Why != Plain && c.Why != WideSpread {
		text = lang.T(ctx, "measure.why."+c.Why) + text
	}
	switch {
	case c.Method == ByRun:
	case c.Baseline == 0:
		text += lang.T(ctx, "measure.baseline-all")
	case c.Quarters:
		text += lang.T(ctx, "measure.baseline-quarters", "count", c.Baseline)
	default:
		text += lang.T(ctx, "measure.baseline", "count", c.Baseline)
	}
	return text
}

// differenceText is the comparison of two ranges of months.
func (m Measure) differenceText(ctx context.Context, d Difference) string {
	if math.IsNaN(d.By) {
		return lang.T(ctx, "measure.compare.none", "count", d.Months)
	}
	args := []any{"count", d.Months, "now", m.text(ctx, d.Now.Value) + m.cases(ctx, d.Now), "before", m.text(ctx, d.Before.Value) + m.cases(ctx, d.Before)}
	text := lang.T(ctx, "measure.compare.two", args...)
	if m.Kind != Share {
		return text + lang.T(ctx, "measure.compare.no-interval")
	}
	digits := digitsOfShare(max(d.Now.Value, d.Before.Value))
	return text + lang.T(ctx, "measure.compare."+d.Says, "by", signed(ctx, d.By*100, digits), "low", signed(ctx, d.Low*100, digits), "high", signed(ctx, d.High*100, digits))
}

// signed is a number with its sign: +3.1, −1.2.
func signed(ctx context.Context, v float64, digits int) string {
	sign := ""
	if v > 0 {
		sign = "+"
	}
	return sign + lang.Number(ctx, v, digits)
}

// budgetText is what is left of a budget, in a sentence.
func budgetText(ctx context.Context, b Budget) string {
	word := "measure.budget.left"
	switch {
	case b.Alarming():
		word = "measure.budget.over"
	case b.Spent > 1:
		word = "measure.budget.over-few"
	}
	return lang.T(ctx, word, "allowed", lang.Number(ctx, b.Allowed, 1), "bad", int(b.Bad), "left", lang.Number(ctx, max(b.Allowed-float64(b.Bad), 0), 1),
		"burn", lang.Number(ctx, b.Burn, 1), "target", lang.Percent(ctx, b.Target, 1), "total", int(b.Total))
}

func tableTitle(ctx context.Context, v measureView) string {
	if v.Chart != nil && v.Chart.Quarters {
		return lang.T(ctx, "measure.by-quarter")
	}
	return lang.T(ctx, "measure.by-month")
}

func tableColumns(ctx context.Context, v measureView) []ui.Column {
	out := []ui.Column{{Label: lang.T(ctx, "measure.col.month")}, {Label: lang.T(ctx, "measure.col.value"), Numeric: true}}
	if v.M.Kind == Share {
		out = append(out, ui.Column{Label: lang.T(ctx, "measure.col.hits"), Numeric: true})
	}
	return append(out, ui.Column{Label: lang.T(ctx, "measure.col.n"), Numeric: true}, ui.Column{Label: lang.T(ctx, "measure.col.limits"), Numeric: true}, ui.Column{Label: lang.T(ctx, "measure.col.signal")})
}

// toneOf is the hue of a change.
func toneOf(says string) string {
	switch says {
	case Better:
		return "good"
	case Worse:
		return "bad"
	}
	return "na"
}

func kindOptions(ctx context.Context, chosen string) []ui.Option {
	var out []ui.Option
	for _, k := range Kinds {
		out = append(out, ui.Option{Value: string(k), Text: lang.T(ctx, "measure.kind-option."+string(k)), Selected: string(k) == chosen})
	}
	return out
}

func unitOptions(ctx context.Context, chosen string) []ui.Option {
	out := []ui.Option{{Value: "", Text: lang.T(ctx, "measure.unit-usual"), Selected: chosen == ""}}
	for _, u := range Units {
		out = append(out, ui.Option{Value: string(u), Text: lang.T(ctx, "measure.in."+string(u)), Selected: string(u) == chosen})
	}
	return out
}

func directionOptions(ctx context.Context, chosen string) []ui.Option {
	var out []ui.Option
	for _, d := range Directions {
		out = append(out, ui.Option{Value: string(d), Text: lang.T(ctx, "measure.direction."+string(d)), Selected: string(d) == chosen})
	}
	return out
}

func seenOptions(ctx context.Context, chosen string) []ui.Option {
	var out []ui.Option
	for _, c := range Circles {
		out = append(out, ui.Option{Value: string(c), Text: lang.T(ctx, "measure.seen."+string(c)), Selected: string(c) == chosen})
	}
	return out
}

// checkKind is the weight of the button that only looks: once lines may be saved, that is the one to press.
func checkKind(v valuesView) string {
	if v.Ready {
		return ""
	}
	return "primary"
}
