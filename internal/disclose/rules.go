package disclose

import (
	"cmp"
	"math"
	"slices"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/kit/stat"
	"neike/internal/org"
)

// The bounds of the policy: how many different people a number is about at least.
const (
	UsualLeast    = 5
	SmallestLeast = 3
	LargestLeast  = 10
)

// Rating is one judgement as its room gives it, on its way into a batch.
type Rating struct {
	Source             string // the room that keeps it
	Case, Rater        ID
	Provider, Customer ID
	Score              int // 1 to 5
	At                 time.Time
}

// Sum is batches added up. People are counted in each batch: who is in two of them counts twice.
type Sum struct {
	Batches, People, Cases int64
	Counts                 [5]int64 // of the scores 1 to 5
}

// Plus adds up two sums.
func (s Sum) Plus(o Sum) Sum {
	s.Batches, s.People, s.Cases = s.Batches+o.Batches, s.People+o.People, s.Cases+o.Cases
	for i, n := range o.Counts {
		s.Counts[i] += n
	}
	return s
}

// Good is how many of the cases were rated 4 or 5.
func (s Sum) Good() int64 { return s.Counts[3] + s.Counts[4] }

// Planned is a batch that is to be released.
type Planned struct {
	Provider, Customer ID
	Level              string // "": of the edge itself; otherwise the level of units at which edges were pooled
	Sum
	Ratings []Rating
}

// pooled are the levels at which what is left of edges is put together, from below, and how long the oldest rating of an edge has waited by then: an edge
// of its own comes first, and what is pooled is lost to it.
var pooled = []struct {
	level    string
	patience time.Duration
}{{org.Department, 90 * day}, {org.Site, 120 * day}, {org.Entity, 180 * day}}

const day = 24 * time.Hour

// left is what waits of an edge, or of several that are pooled.
type left struct {
	key     [2]ID
	ratings []Rating
	edges   [][2]ID
	oldest  time.Time
}

// gather puts together what waits by the pair of units that key says.
func gather(list []left, key func([2]ID) [2]ID) (out []left) {
	place := map[[2]ID]int{}
	for _, x := range list {
		k := key(x.key)
		i, known := place[k]
		if !known {
			i, place[k] = len(out), len(out)
			out = append(out, left{key: k, oldest: x.oldest})
		}
		to := &out[i]
		to.ratings = append(to.ratings, x.ratings...)
		if x.oldest.Before(to.oldest) {
			to.oldest = x.oldest
		}
		if !slices.Contains(to.edges, x.key) {
			to.edges = append(to.edges, x.key)
		}
	}
	return out
}

// Plan divides what waits at a moment into batches of at least least people, in an order that depends on nothing but what waits: those of edges first, then
// what is left of two edges or more that have waited long, level by level. at is the unit that stands for another at a level. What is in no batch goes on
// waiting.
func Plan(waiting []Rating, least int, now time.Time, at func(level string, unit ID) ID) (plan []Planned) {
	list := slices.Clone(waiting)
	sorting.By(list, func(a, b Rating) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Rater, b.Rater))
	})
	single := make([]left, len(list))
	for i, r := range list {
		single[i] = left{key: [2]ID{r.Provider, r.Customer}, ratings: list[i : i+1 : i+1], oldest: r.At}
	}
	var rest []left // of edges
	for _, x := range gather(single, func(k [2]ID) [2]ID { return k }) {
		if sum, ok := releasable(x.ratings, least); ok {
			plan = append(plan, Planned{x.key[0], x.key[1], "", sum, x.ratings})
		} else {
			rest = append(rest, x)
		}
	}
	for _, pool := range pooled {
		ripe := slices.DeleteFunc(slices.Clone(rest), func(x left) bool { return now.Sub(x.oldest) < pool.patience })
		gone := map[[2]ID]bool{}
		for _, x := range gather(ripe, func(k [2]ID) [2]ID { return [2]ID{at(pool.level, k[0]), at(pool.level, k[1])} }) {
			sum, ok := releasable(x.ratings, least)
			if !ok || len(x.edges) < 2 {
				continue
			}
			plan = append(plan, Planned{x.key[0], x.key[1], pool.level, sum, x.ratings})
			for _, edge := range x.edges {
				gone[edge] = true
			}
		}
		rest = slices.DeleteFunc(rest, func(x left) bool { return gone[x.key] })
	}
	return plan
}

// releasable adds ratings up, and says whether they may be a batch: of enough people, who are not all of one mind.
func releasable(list []Rating, least int) (Sum, bool) {
	sum, people := Sum{Batches: 1, Cases: int64(len(list))}, map[ID]bool{}
	for _, r := range list {
		people[r.Rater] = true
		sum.Counts[r.Score-1]++
	}
	sum.People = int64(len(people))
	return sum, len(people) >= max(least, SmallestLeast) && !slices.Contains(sum.Counts[:], sum.Cases)
}

// Size says how much of a number may be shown.
type Size string

// The sizes (by people: what somebody says of several cases is one voice).
const (
	Waiting Size = ""       // nothing has been released
	Counted Size = "counts" // below ten: counts and an interval, no verdict, no rank, no hue
	Small   Size = "small"  // below thirty
	Full    Size = "full"
)

const (
	fewestShare = 10
	fewestFull  = 30
)

// Score is what a sum says: how satisfied people are. Intervals are of 95 %, by people, so that one person with many cases does not make it surer.
type Score struct {
	Sum
	Size              Size
	Mean              float64 // of the scores
	MeanLow, MeanHigh float64 // by t, cut at 1 and 5
	Share             float64 // of cases rated 4 or 5
	Low, High         float64 // Wilson
}

// Known says whether there is a number at all.
func (s Score) Known() bool { return s.Size != Waiting }

// Of judges a sum.
func Of(sum Sum) Score {
	s := Score{Sum: sum}
	if sum.Cases == 0 || sum.People == 0 {
		return s
	}
	n, voices := float64(sum.Cases), float64(sum.People)
	total, squares := 0.0, 0.0
	for i, c := range sum.Counts {
		total += float64(i+1) * float64(c)
	}
	s.Mean = total / n
	for i, c := range sum.Counts {
		squares += float64(c) * (float64(i+1) - s.Mean) * (float64(i+1) - s.Mean)
	}
	half := stat.TQuantile(0.975, voices-1) * math.Sqrt(squares/(n-1)/voices)
	s.MeanLow, s.MeanHigh = max(1, s.Mean-half), min(5, s.Mean+half)
	s.Share = float64(sum.Good()) / n
	i := stat.WilsonShare(s.Share, voices, 0.95)
	s.Low, s.High = i.Low, i.High
	switch {
	case sum.People < fewestShare:
		s.Size = Counted
	case sum.People < fewestFull:
		s.Size = Small
	default:
		s.Size = Full
	}
	return s
}

// Released is what was released of one pair of units at one level, in some days or months.
type Released struct {
	Provider, Customer ID
	Level              string
	Month              int64 // 202611; 0 unless it was asked by month
	Sum
}

// within says whether a batch belongs to a pair of units whole. was: to the units of the time.
func (r Released) within(tree *org.Tree, provider, customer ID, was bool) bool {
	return whole(tree, r.Provider, provider, was) && whole(tree, r.Customer, customer, was)
}

func whole(tree *org.Tree, unit, top ID, was bool) bool {
	if was {
		return tree.Under(unit, top)
	}
	for _, h := range tree.Heirs(unit) {
		if !tree.Under(h.Unit, top) {
			return false
		}
	}
	return true
}

// Cell is the pair of units of a level to which it belongs whole; false: it was pooled higher up, or its units were divided among several.
func (r Released) Cell(tree *org.Tree, level string, was bool) (provider, customer ID, ok bool) {
	if r.Level != "" && slices.Index(org.Levels, r.Level) < slices.Index(org.Levels, level) {
		return 0, 0, false
	}
	p, ok := cell(tree, r.Provider, level, was)
	c, there := cell(tree, r.Customer, level, was)
	if !ok || !there {
		return 0, 0, false
	}
	return p, c, true
}

func cell(tree *org.Tree, unit ID, level string, was bool) (ID, bool) {
	if was {
		at := tree.At(level, unit)
		return at, at != 0
	}
	at := ID(0)
	for i, h := range tree.Heirs(unit) {
		x := tree.At(level, h.Unit)
		if x == 0 || i > 0 && x != at {
			return 0, false
		}
		at = x
	}
	return at, at != 0
}

// Cut says whether the difference of two counts of the same people, one within the other, speaks about fewer than least of them.
func Cut(a, b, least int) bool {
	d := max(a, b) - min(a, b)
	return d > 0 && d < least
}
