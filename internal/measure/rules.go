package measure

import (
	"time"

	"neike/internal/kit/stat"
)

// Case is one thing that was due: done at Done, or open while that is the zero time.
type Case struct {
	Due, Done time.Time
	Excluded  bool // withdrawn, a duplicate, a test: not in the rate, shown beside it
}

// Attained is what the cases of a period come to (methods §7.8).
type Attained struct {
	Met, Breached, Pending, Excluded int64
	Rate, Low, High                  float64 // met of those decided, with its Wilson interval; NaN when none is
}

// AttainmentOf counts the cases that were due in a period, from inclusive, to exclusive, as they stand at now: done when
// due is in time, open and past due is late, open and not yet due is in no rate.
func AttainmentOf(cases []Case, from, to, now time.Time) Attained {
	var a Attained
	for _, c := range cases {
		switch {
		case c.Due.Before(from) || !c.Due.Before(to):
		case c.Excluded:
			a.Excluded++
		case !c.Done.IsZero() && !c.Done.After(c.Due):
			a.Met++
		case !c.Done.IsZero() || now.After(c.Due):
			a.Breached++
		default:
			a.Pending++
		}
	}
	a.Rate = share(a.Met, a.Met+a.Breached)
	a.Low, a.High = stat.Wilson(a.Met, a.Met+a.Breached)
	return a
}

// The verdicts of an interval about a target.
const (
	Meets        = "meets"
	Misses       = "misses"
	Undetermined = "undetermined"
)

// Rated is a share with its interval, and what that says of a target: "" of nothing.
type Rated struct {
	Rate, Low, High float64
	Verdict         string
}

// RateOf judges hits of n against a target, 0 to 1 (methods §7.9): met only when the whole interval lies at it or above, missed
// when all of it lies below.
func RateOf(hits, n int64, target, confidence float64) Rated {
	i := stat.WilsonAt(hits, n, confidence)
	r := Rated{Rate: share(hits, n), Low: i.Low, High: i.High}
	switch {
	case !i.Is():
	case r.Low >= target:
		r.Verdict = Meets
	case r.High < target:
		r.Verdict = Misses
	default:
		r.Verdict = Undetermined
	}
	return r
}

// Budget is how many misses a target leaves room for, and how many of them were used.
type Budget struct {
	Target     float64 // the share agreed, 0 to 1, below 1
	Total, Bad int64   // cases decided, and those that missed
	Allowed    float64 // misses that the target leaves room for among Total
	Spent      float64 // of them, as a share: more than 1 is overdrawn
	Left       float64 // 1 − Spent
	Burn       float64 // misses against those that the target allows: 1 uses all of it up just in time
	Lasts      float64 // at this pace, as a share of the period; NaN when nothing was missed
}

// BudgetOf is the error budget of total cases of which bad missed the target. false: no cases, more misses than cases, or a
// target that leaves no room or is none.
// Source: Google, The Site Reliability Workbook (2018), chapter 5.
func BudgetOf(target float64, total, bad int64) (Budget, bool) {
	b := Budget{Target: target, Total: total, Bad: bad}
	if target <= 0 || target >= 1 || total <= 0 || bad < 0 || bad > total {
		return b, false
	}
	b.Allowed = (1 - target) * float64(total)
	b.Spent = float64(bad) / b.Allowed
	b.Left, b.Burn = 1-b.Spent, float64(bad)/float64(total)/(1-target)
	b.Lasts = none
	if bad > 0 {
		b.Lasts = 1 / b.Burn
	}
	return b, true
}

// fewestBad is how many misses there must be before a budget is said to run out: with few cases one miss is chance.
const fewestBad = 3

// Alarming says that a budget is used up by misses enough to say so.
func (b Budget) Alarming() bool { return b.Spent > 1 && b.Bad >= fewestBad }

// BurnThreshold is the pace at which the share fraction of a budget is gone within window, of a period, both in one unit: what
// a warning waits for. Source: as BudgetOf.
func BurnThreshold(fraction, window, period float64) float64 {
	if window <= 0 {
		return none
	}
	return fraction * period / window
}
