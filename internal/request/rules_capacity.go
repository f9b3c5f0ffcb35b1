package request

import (
	"math"

	"neike/internal/kit/stat"
)

// InHandWord asks for what is open and not delivered, in place of a state.
const InHandWord = "in-hand"

// capacityWeeks is how many whole weeks a unit's work is looked at.
const capacityWeeks = 12

// flow is what came to the services of a unit in a week, and what was accepted.
type flow struct{ came, done int64 }

// capacity is what a unit has in hand against what it does in a week.
type capacity struct {
	N          int     // weeks since its first work, up to capacityWeeks
	Median     float64 // accepted in a week
	Load       float64 // of work in hand; NaN: cannot tell
	Low, High  float64 // of Load; High may be infinite
	Trend      string  // "grows", "shrinks", "cannot_tell"
	Came, Done int64
}

// capacityOf judges the weeks, the oldest first. Weeks before the first work do not count; fewer than six cannot tell, nor does a
// unit that finishes nothing in most weeks. The trend is the sign of the weekly difference, where its interval allows it. arrivals: whether
// came is known.
func capacityOf(open int, weeks []flow, arrivals bool) capacity {
	for len(weeks) > 0 && weeks[0] == (flow{}) {
		weeks = weeks[1:]
	}
	c := capacity{N: len(weeks), Median: math.NaN(), Load: math.NaN(), Low: math.NaN(), High: math.NaN(), Trend: "cannot_tell"}
	var done, more []float64
	for _, w := range weeks {
		done, more = append(done, float64(w.done)), append(more, float64(w.came-w.done))
		c.Came, c.Done = c.Came+w.came, c.Done+w.done
	}
	between, ok := stat.MedianInterval(done)
	if !ok {
		return c
	}
	c.Median = stat.Median(done)
	if c.Median > 0 {
		c.Load, c.Low = float64(open)/c.Median, float64(open)/between.High
		c.High = math.Inf(1)
		if between.Low > 0 {
			c.High = float64(open) / between.Low
		}
		if open == 0 {
			c.High = 0
		}
	}
	if trend, ok := stat.MedianInterval(more); ok && arrivals {
		switch {
		case trend.Low > 0:
			c.Trend = "grows"
		case trend.High < 0:
			c.Trend = "shrinks"
		}
	}
	return c
}

// tells says whether the weeks of work can be told.
func (c capacity) tells() bool { return !math.IsNaN(c.Load) }
