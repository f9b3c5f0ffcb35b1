package stat

import (
	"cmp"
	"math"
	"slices"

	"neike/internal/kit/sorting"
)

// Lasted is how long some things lasted that were watched from their beginning: Time in any unit, N things of that time.
// Ended says that what was waited for happened then; otherwise they were only seen to last so long (still open, withdrawn).
type Lasted struct {
	Time  float64
	N     int64
	Ended bool
}

// Histogram gathers times into bars that are each as wide as the share width of where they begin (0 < width), and gives every one the
// middle of its bar by the logarithm: no time moves by more than half the width. Histograms of parts add up to that of the whole.
// Times below 1 stay as they are.
func Histogram(list []Lasted, width float64) []Lasted {
	type bar struct {
		n     int
		ended bool
	}
	step, at := math.Log1p(width), map[bar]int{}
	var out []Lasted
	for _, x := range list {
		if x.Time < 1 {
			out = append(out, x)
			continue
		}
		b := bar{int(math.Log(x.Time) / step), x.Ended}
		i, known := at[b]
		if !known {
			i = len(out)
			at[b], out = i, append(out, Lasted{Time: math.Exp((float64(b.n) + .5) * step), Ended: x.Ended})
		}
		out[i].N += x.N
	}
	return out
}

// Drop is a time at which some ended.
type Drop struct {
	Time          float64
	AtRisk, Ended int64
	S, SE         float64 // share that lasts longer, and Greenwood's standard error
	Low, High     float64 // 95 % interval of S, by log(−log S)
}

// Curve is the Kaplan–Meier estimate of how long things last, when not all have ended: Kaplan & Meier 1958, intervals by
// Kalbfleisch & Prentice's log(−log) transform (methods §7.10).
type Curve struct {
	Drops   []Drop
	N, Open int64   // things, and of those the ones that have not ended
	Longest float64 // time that was seen, of ended and open ones
}

// Survival estimates the curve. Things that ended at a time at which others were last seen ended before.
func Survival(list []Lasted) Curve {
	list = slices.Clone(list)
	sorting.By(list, func(a, b Lasted) int { return cmp.Compare(a.Time, b.Time) })
	var c Curve
	for _, x := range list {
		c.N += x.N
		if !x.Ended {
			c.Open += x.N
		}
		c.Longest = max(c.Longest, x.Time)
	}
	s, greenwood, risk := 1.0, 0.0, c.N
	for i := 0; i < len(list); {
		at, ended, gone := list[i].Time, int64(0), int64(0)
		for ; i < len(list) && list[i].Time == at; i++ {
			gone += list[i].N
			if list[i].Ended {
				ended += list[i].N
			}
		}
		if ended > 0 {
			d, n := float64(ended), float64(risk)
			s *= 1 - d/n
			greenwood += d / (n * (n - d)) // +Inf when the last ones end
			c.Drops = append(c.Drops, drop(at, risk, ended, s, greenwood))
		}
		risk -= gone
	}
	return c
}

func drop(at float64, risk, ended int64, s, greenwood float64) Drop {
	d := Drop{Time: at, AtRisk: risk, Ended: ended, S: s}
	if s <= 0 || risk == ended {
		d.S = 0
		return d
	}
	d.SE = s * math.Sqrt(greenwood)
	loglog, half := math.Log(-math.Log(s)), z95*math.Sqrt(greenwood)/math.Abs(math.Log(s))
	d.Low, d.High = math.Exp(-math.Exp(loglog+half)), math.Exp(-math.Exp(loglog-half))
	return d
}

// sameShare is how near two shares are that count as the same.
const sameShare = 1e-12

// Percentile is the time within which the share p, 0 to 1, has ended: the first at which less than 1 − p last longer;
// where exactly 1 − p do for a while, the middle of that while. ok is false when so many have not ended yet: it is longer than Longest.
func (c Curve) Percentile(p float64) (at float64, ok bool) {
	for i, d := range c.Drops {
		switch {
		case math.Abs(d.S-(1-p)) < sameShare && i+1 < len(c.Drops):
			return (d.Time + c.Drops[i+1].Time) / 2, true
		case math.Abs(d.S-(1-p)) < sameShare:
			return (d.Time + c.Longest) / 2, true
		case d.S < 1-p:
			return d.Time, true
		}
	}
	return 0, false
}

// Between is the 95 % interval of Percentile: where the interval of the curve comes under 1 − p. upper is false when its
// upper end never does; lower as well when neither does.
func (c Curve) Between(p float64) (low, high float64, lower, upper bool) {
	for _, d := range c.Drops {
		if !lower && d.Low < 1-p+sameShare {
			low, lower = d.Time, true
		}
		if !upper && d.High < 1-p+sameShare {
			high, upper = d.Time, true
		}
	}
	return low, high, lower, upper
}
