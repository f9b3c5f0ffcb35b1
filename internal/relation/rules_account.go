package relation

import (
	"math"
	"time"

	"neike/internal/kit/stat"
)

// Weight is how many points an event of a kind puts into a relationship account (情感账户), or takes out of it.
type Weight struct {
	Kind   string
	Points float64
}

// Weights is the public table of the account: short, the same for everybody, and nothing else counts.
var Weights = []Weight{{InTime, 1}, {RightAtOnce, 1}, {PromiseKept, 1}, {Late, -1}, {Returned, -1}, {PromiseBroken, -3}}

// The kinds of events.
const (
	InTime        = "in_time"          // a case done in time, on the day it was due
	RightAtOnce   = "right_first_time" // one accepted that was never returned, on the day of acceptance
	PromiseKept   = "promise_kept"     // said by the receiver, on the day it said so
	Late          = "late"
	Returned      = "returned" // a delivery sent back
	PromiseBroken = "promise_broken"
)

// Happened is how often something of a kind happened at a time; below zero is a correction of what was counted on that day.
type Happened struct {
	Kind string
	At   time.Time
	N    int64
}

// Entry is a line of an account: what happened, and the points of each.
type Entry struct {
	Happened
	Points float64
}

// Left is what is left at a moment of the points of the entry; 0 before it happened.
func (e Entry) Left(now time.Time) float64 {
	age := now.Sub(e.At)
	if age < 0 {
		return 0
	}
	return float64(e.N) * e.Points * math.Exp2(-age.Hours()/HalfLife.Hours())
}

// The rules of the account: what is 90 days old counts half; two deposits and two withdrawals are presumed, so that one event does not decide;
// below three units of evidence no number is shown.
const (
	HalfLife = 90 * 24 * time.Hour
	presumed = 2.0
	enough   = 3.0
	credible = 0.9
)

// Balance is what the entries of an account come to at a moment: Index is 0 to 100, 50 without any; Interval holds it with 90 %
// probability.
type Balance struct {
	Deposits, Withdrawals float64 // what is left of them
	Index                 float64
	stat.Interval
	Evidence float64
	Enough   bool // otherwise no number is shown
}

// balance adds up the entries at a moment; what is later does not count.
// Source: methods §10.4, a convention of this product after S. Covey's metaphor and not a validated scale.
func balance(entries []Entry, now time.Time) Balance {
	var b Balance
	for _, e := range entries {
		if e.Points > 0 {
			b.Deposits += e.Left(now)
		} else {
			b.Withdrawals -= e.Left(now)
		}
	}
	return balanceOf(b.Deposits, b.Withdrawals)
}

// balanceOf is the balance of so many points put in, and taken out.
func balanceOf(deposits, withdrawals float64) Balance {
	b := Balance{Deposits: max(0, deposits), Withdrawals: max(0, withdrawals)} // corrections may be younger than what they correct
	up, down := b.Deposits+presumed, b.Withdrawals+presumed
	b.Index = 100 * up / (up + down)
	i := stat.BetaInterval(up, down, credible)
	b.Interval = stat.Interval{Low: 100 * i.Low, High: 100 * i.High}
	b.Evidence = b.Deposits + b.Withdrawals
	b.Enough = b.Evidence >= enough
	return b
}

// Component is a part of a health index, 0 to 100, with its standard error. Missing: nothing is known of it, which is neither good nor bad.
type Component struct {
	Name              string
	Value, SE, Weight float64
	Missing           bool
}

// Health is what the parts come to: with its 95 % interval, what it would be if all weighed the same, and the weakest of them.
type Health struct {
	Score, SE float64
	stat.Interval
	Coverage    float64 // share of the weights that is known
	Equal       float64
	Weakest     float64
	WeakestPart string
}

// known is the share of the weights below which there is no index.
const known = 0.6

// health adds up the parts. false: less than 60 % of the weights are known.
// Source: OECD & JRC, Handbook on constructing composite indicators (2008); errors are taken to be independent.
func health(parts []Component) (Health, bool) {
	all, sum := 0.0, 0.0
	for _, c := range parts {
		all += c.Weight
		if !c.Missing {
			sum += c.Weight
		}
	}
	var h Health
	if all > 0 {
		h.Coverage = sum / all
	}
	if h.Coverage < known || sum == 0 {
		return h, false
	}
	variance, n := 0.0, 0.0
	h.Weakest = math.Inf(1)
	for _, c := range parts {
		if c.Missing {
			continue
		}
		share := c.Weight / sum
		h.Score += share * c.Value
		variance += share * share * c.SE * c.SE
		h.Equal += c.Value
		n++
		if c.Value < h.Weakest {
			h.Weakest, h.WeakestPart = c.Value, c.Name
		}
	}
	h.Equal /= n
	h.SE = math.Sqrt(variance)
	half := 1.96 * h.SE // as its source has it, not to more digits
	h.Interval = stat.Interval{Low: h.Score - half, High: h.Score + half}
	return h, true
}
