package ui

import (
	"context"
	"strconv"

	"neike/internal/kit/lang"
)

func (p WhiskerProps) min() float64 { return p.Min }

func (p WhiskerProps) max() float64 {
	if p.Max == 0 && p.Min == 0 {
		return 100
	}
	return p.Max
}

// at is the place of a value on the scale, as a percentage of its width.
func (p WhiskerProps) at(v float64) string {
	lo, hi := p.min(), p.max()
	if hi <= lo {
		return "0%"
	}
	return pct(max(0, min(100, (v-lo)/(hi-lo)*100)))
}

func (p WhiskerProps) end(v float64) string {
	return strconv.FormatFloat(v, 'f', -1, 64) + p.unit()
}

func (p WhiskerProps) unit() string {
	if p.Plain {
		return ""
	}
	return "%"
}

func whiskerTone(p WhiskerProps) string {
	switch p.Verdict {
	case "meets", "met":
		return "is-good"
	case "misses", "missed":
		return "is-bad"
	}
	return "is-na"
}

func whiskerLabel(ctx context.Context, p WhiskerProps) string {
	if p.Label != "" {
		return p.Label
	}
	one := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	id := "ui.whisker"
	if p.NoTarget {
		id = "ui.whisker-free"
	}
	return lang.T(ctx, id, "value", one(p.Value), "low", one(p.Low), "high", one(p.High), "target", strconv.FormatFloat(p.Target, 'f', -1, 64))
}

var cellShapes = map[string]string{"met": " ✓", "missed": " ▲"}
