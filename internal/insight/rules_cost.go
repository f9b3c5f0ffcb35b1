package insight

import (
	"slices"
	"time"

	"neike/internal/disclose"
	"neike/internal/kit/stat"
)

// Budgets are what the company will ask of people at most.
const (
	budgetRaise    = "budget:raise"    // seconds of a customer for one request
	budgetCustomer = "budget:customer" // seconds of a customer in a quarter
	budgetAgent    = "budget:agent"    // seconds of an agent for one event
	budgetHead     = "budget:head"     // seconds of a head in a quarter
)

// budgets are those of a company that has said nothing.
var budgets = []struct {
	code    string
	seconds int
}{{budgetRaise, 20}, {budgetCustomer, 300}, {budgetAgent, 10}, {budgetHead, 1800}}

const mostSeconds = 24 * 3600

// What shares of people stay above the two figures of a unit.
const (
	half       = 0.5
	tenthAbove = 0.1
)

// enoughForms is of how many forms a mean is taken for what one takes.
const enoughForms = 5

// enough says whether a number that a share of people stay above may be shown: least of them must be on either side of it.
func enough(people int, above float64, least int) bool {
	return float64(people)*min(above, 1-above) >= float64(least)
}

// needed is how many people a number needs that a share of them stay above.
func needed(above float64, least int) int {
	n := least
	for !enough(n, above, least) {
		n++
	}
	return n
}

// spread is the middle of people's seconds and what a tenth of them stay above; -1: of so few that no rule a company may set shows it.
func spread(seconds []int) (median, tenth int) {
	median, tenth = -1, -1
	n := len(seconds)
	slices.Sort(seconds)
	if enough(n, half, disclose.SmallestLeast) {
		median = (seconds[(n-1)/2] + seconds[n/2]) / 2
	}
	if enough(n, tenthAbove, disclose.SmallestLeast) {
		tenth = seconds[(n*9+9)/10-1]
	}
	return median, tenth
}

// taken is how often forms took so many seconds.
type taken struct{ seconds, n int }

// lasting is how long forms took: the middle and four fifths, each with its interval at 95 %.
type lasting struct {
	N              int
	Sum            int // seconds of all
	Median, Eighty int // seconds
	MedianLow      int
	MedianHigh     int
	EightyLow      int
	EightyHigh     int
	MedianSays     bool // the interval of the median is there: six or more
	EightySays     bool // that of four fifths: seventeen or more
}

// last sums up; the list is in the order of seconds.
func last(list []taken) (l lasting) {
	for _, t := range list {
		l.N, l.Sum = l.N+t.n, l.Sum+t.n*t.seconds
	}
	if l.N == 0 {
		return l
	}
	at := func(rank int) int {
		for _, t := range list {
			if rank -= t.n; rank < 0 {
				return t.seconds
			}
		}
		return list[len(list)-1].seconds
	}
	l.Median = (at((l.N-1)/2) + at(l.N/2)) / 2
	l.Eighty = at((l.N*8+9)/10 - 1)
	if low, high, ok := stat.QuantileRanks(l.N, 0.5); ok {
		l.MedianLow, l.MedianHigh, l.MedianSays = at(low), at(high), true
	}
	if low, high, ok := stat.QuantileRanks(l.N, 0.8); ok {
		l.EightyLow, l.EightyHigh, l.EightySays = at(low), at(high), true
	}
	return l
}

// verdict compares the median with the budget: by its interval alone.
func (l lasting) verdict(budget int) string {
	switch {
	case !l.MedianSays:
		return "few"
	case l.MedianLow > budget:
		return "misses"
	case l.MedianHigh <= budget:
		return "meets"
	}
	return "undetermined"
}

// What a hint is about.
const (
	hintForm   = "form"   // takes longer than the budget
	hintField  = "field"  // hardly ever filled in
	hintAccept = "accept" // always said yes to
	hintUrge   = "urge"   // customers urge
)

// When a hint is given: what it says is so with certainty (Wilson, 95 %).
const (
	rarely  = 0.1 // fields that are filled in less often
	always  = 0.1 // results that are sent back less often
	oftener = 0.2 // requests that are urged more often
)

// rare says that less than a share of n cases are hits, certainly.
func rare(hits, n int, share float64) bool {
	_, high := stat.Wilson(int64(hits), int64(n))
	return n > 0 && high <= share
}

// frequent says that more than a share of n cases are hits, certainly.
func frequent(hits, n int, share float64) bool {
	low, _ := stat.Wilson(int64(hits), int64(n))
	return n > 0 && low >= share
}

// month is a month as a number, 202611.
type month int

func monthOf(t time.Time) month {
	y, m, _ := t.Date()
	return month(y*100 + int(m))
}

// first is the first moment of the month.
func (m month) first(zone *time.Location) time.Time {
	return time.Date(int(m)/100, time.Month(int(m)%100), 1, 0, 0, 0, 0, zone)
}

// back is so many months earlier.
func (m month) back(n int) month { return monthOf(m.first(time.UTC).AddDate(0, -n, 0)) }

// text is the month as people and programs write it.
func (m month) text() string { return m.first(time.UTC).Format("2006-01") }

// monthNamed reads text; false: no month.
func monthNamed(text string) (month, bool) {
	t, err := time.Parse("2006-01", text)
	return monthOf(t), err == nil
}

// quarterly is the share of a quarter's budget that a month may take.
func quarterly(seconds int) int { return seconds / 3 }
