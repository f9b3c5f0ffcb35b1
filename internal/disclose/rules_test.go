package disclose

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"neike/internal/org"
)

// given makes ratings of an edge: the people r0, r0+1, … give the scores.
func given(provider, customer ID, r0 ID, scores ...int) (list []Rating) {
	for i, s := range scores {
		list = append(list, Rating{Source: "a", Case: 1000*r0 + ID(i), Rater: r0 + ID(i), Provider: provider, Customer: customer, Score: s})
	}
	return list
}

var today = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// ago lets ratings be so many days old; without it they have waited for ever.
func ago(days int, list []Rating) []Rating {
	for i := range list {
		list[i].At = today.AddDate(0, 0, -days)
	}
	return list
}

// The units of rule tests: 11, 12 are teams of department 10; 21, 22 of 20; all of entity 1.
func above(level string, unit ID) ID {
	switch level {
	case org.Department, org.Site:
		if unit > 1 {
			return unit / 10 * 10
		}
	case org.Entity:
		return 1
	}
	return unit
}

func TestPlan(t *testing.T) {
	type got struct {
		Provider, Customer ID
		Level              string
		People, Cases      int64
	}
	oneRater := given(11, 21, 7, 5, 4, 3, 2, 1, 4)
	for i := range oneRater {
		oneRater[i].Rater = 7
	}
	for name, x := range map[string]struct {
		waiting []Rating
		least   int
		want    []got
	}{
		"nothing":                           {nil, 5, nil},
		"four people wait":                  {given(11, 21, 1, 5, 4, 5, 4), 5, nil},
		"five are a batch, with all of it":  {given(11, 21, 1, 5, 4, 5, 4, 2, 3, 3), 5, []got{{11, 21, "", 7, 7}}},
		"of one mind they wait":             {given(11, 21, 1, 5, 5, 5, 5, 5, 5), 5, nil},
		"one person is one":                 {oneRater, 3, nil},
		"one person more does not help":     {slices.Concat(oneRater, given(11, 21, 20, 3)), 3, nil},
		"what is left is pooled":            {slices.Concat(given(11, 21, 1, 5, 4, 3), given(12, 22, 11, 5, 1)), 5, []got{{10, 20, org.Department, 5, 5}}},
		"not before an edge had its time":   {slices.Concat(given(11, 21, 1, 5, 4, 3), ago(89, given(12, 22, 11, 5, 1))), 5, nil},
		"a quarter is its time":             {slices.Concat(given(11, 21, 1, 5, 4, 3), ago(90, given(12, 22, 11, 5, 1))), 5, []got{{10, 20, org.Department, 5, 5}}},
		"not yet at the entity":             {slices.Concat(given(11, 21, 1, 5, 4, 3), ago(179, given(21, 11, 11, 5, 1))), 5, nil},
		"the oldest of an edge counts":      {slices.Concat(given(11, 21, 1, 5, 4, 3), ago(90, given(12, 22, 11, 5)), ago(0, given(12, 22, 12, 1))), 5, []got{{10, 20, org.Department, 5, 5}}},
		"one edge alone is not pooled":      {given(11, 21, 1, 5, 4, 3, 2), 5, nil},
		"beside a batch only the rest":      {slices.Concat(given(11, 21, 1, 5, 4, 3, 2, 1), given(11, 22, 11, 5, 1), given(12, 22, 21, 4, 4, 4)), 5, []got{{11, 21, "", 5, 5}, {10, 20, org.Department, 5, 5}}},
		"up to the entity":                  {slices.Concat(given(11, 21, 1, 5, 4, 3), given(21, 11, 11, 5, 1)), 5, []got{{1, 1, org.Entity, 5, 5}}},
		"the same people twice are no more": {slices.Concat(given(11, 21, 1, 5, 4, 3), given(12, 22, 1, 5, 4, 3)), 5, nil},
		"ten are asked for":                 {given(11, 21, 1, 5, 4, 5, 4, 2, 3, 3), 10, nil},
		"one mind is pooled with another":   {slices.Concat(given(11, 21, 1, 5, 5, 5, 5, 5), given(12, 22, 11, 1)), 5, []got{{10, 20, org.Department, 6, 6}}},
	} {
		var all []got
		for _, p := range Plan(x.waiting, x.least, today, above) {
			all = append(all, got{p.Provider, p.Customer, p.Level, p.People, p.Cases})
			if int64(len(p.Ratings)) != p.Cases {
				t.Errorf("%s: %d ratings are %d cases", name, len(p.Ratings), p.Cases)
			}
		}
		if !reflect.DeepEqual(all, x.want) {
			t.Errorf("%s: %v, want %v", name, all, x.want)
		}
		mixed := slices.Clone(x.waiting)
		slices.Reverse(mixed)
		if a, b := Plan(x.waiting, x.least, today, above), Plan(mixed, x.least, today, above); fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s: another order, another plan", name)
		}
	}
}

func TestWhatASumSays(t *testing.T) {
	for name, x := range map[string]struct {
		sum    Sum
		size   Size
		figure string
		mean   float64
		share  float64
	}{
		"nothing":             {Sum{}, Waiting, "", 0, 0},
		"five people":         {Sum{1, 5, 6, [5]int64{1, 0, 0, 2, 3}}, Counted, "5/6", 4, 5.0 / 6},
		"nine with many":      {Sum{1, 9, 60, [5]int64{0, 0, 0, 30, 30}}, Counted, "60/60", 4.5, 1},
		"ten":                 {Sum{2, 10, 10, [5]int64{2, 0, 0, 4, 4}}, Small, "80", 3.8, 0.8},
		"thirty":              {Sum{3, 30, 40, [5]int64{0, 0, 10, 10, 20}}, Full, "75", 4.25, 0.75},
		"nearly all is not":   {Sum{9, 300, 300, [5]int64{1, 0, 0, 100, 199}}, Full, "99", 1396.0 / 300, 299.0 / 300},
		"hardly any is not 0": {Sum{9, 300, 300, [5]int64{299, 0, 0, 0, 1}}, Full, "1", 304.0 / 300, 1.0 / 300},
	} {
		s := Of(x.sum)
		if s.Size != x.size || s.Figure() != x.figure || math.Abs(s.Mean-x.mean) > 1e-9 || math.Abs(s.Share-x.share) > 1e-9 {
			t.Errorf("%s: %q %q mean %v share %v", name, s.Size, s.Figure(), s.Mean, s.Share)
		}
		if s.Known() && (s.Low > s.Share+1e-9 || s.High < s.Share-1e-9 || s.MeanLow > s.Mean || s.MeanHigh < s.Mean || s.MeanLow < 1 || s.MeanHigh > 5) {
			t.Errorf("%s: the intervals %v–%v, %v–%v", name, s.Low, s.High, s.MeanLow, s.MeanHigh)
		}
	}
	few, many := Of(Sum{1, 10, 20, [5]int64{2, 2, 2, 4, 10}}), Of(Sum{1, 20, 20, [5]int64{2, 2, 2, 4, 10}})
	if few.High-few.Low <= many.High-many.Low {
		t.Error("the same cases of fewer people make it surer")
	}
}

func TestBatchesFollowTheirUnitsWhole(t *testing.T) {
	units := []org.Unit{{ID: 1, Level: org.Entity}, {ID: 10, Level: org.Department, Parent: 1}, {ID: 20, Level: org.Department, Parent: 1}}
	for _, id := range []ID{11, 12, 13, 21, 22} {
		units = append(units, org.Unit{ID: id, Level: org.Team, Parent: id / 10 * 10})
	}
	plain := org.NewTree(units, nil)
	merged := plain.Following([]org.Lineage{{From: 11, To: 12, Share: 1}})
	split := plain.Following([]org.Lineage{{From: 11, To: 12, Share: 0.5}, {From: 11, To: 13, Share: 0.5}})
	apart := plain.Following([]org.Lineage{{From: 11, To: 12, Share: 0.5}, {From: 11, To: 22, Share: 0.5}})
	edge, pool := Released{Provider: 11, Customer: 21}, Released{Provider: 10, Customer: 20, Level: org.Department}
	for name, x := range map[string]struct {
		tree  *org.Tree
		r     Released
		level string
		was   bool
		p, c  ID // 0: in no cell
	}{
		"as it is":                         {plain, edge, org.Team, false, 11, 21},
		"rolled up":                        {plain, edge, org.Department, false, 10, 20},
		"pooled counts at its level":       {plain, pool, org.Department, false, 10, 20},
		"pooled counts above":              {plain, pool, org.Entity, false, 1, 1},
		"pooled counts never below":        {plain, pool, org.Team, false, 0, 0},
		"merged":                           {merged, edge, org.Team, false, 12, 21},
		"merged, as it was":                {merged, edge, org.Team, true, 11, 21},
		"of a unit divided it is nobody's": {split, edge, org.Team, false, 0, 0},
		"but theirs together":              {split, edge, org.Department, false, 10, 20},
		"divided among departments":        {apart, edge, org.Department, false, 0, 0},
		"and the company's":                {apart, edge, org.Entity, false, 1, 1},
	} {
		p, c, ok := x.r.Cell(x.tree, x.level, x.was)
		if ok != (x.p != 0) || p != x.p || c != x.c {
			t.Errorf("%s: %d %d %v", name, p, c, ok)
		}
		if ok && !x.was && !x.r.within(x.tree, p, c, false) {
			t.Errorf("%s: it is in the cell, and not on the page of the relation", name)
		}
	}
}

func TestCut(t *testing.T) {
	for _, x := range []struct {
		a, b, least int
		want        bool
	}{{3, 3, 5, false}, {3, 4, 5, true}, {9, 4, 5, false}, {4, 8, 5, true}, {8, 4, 3, false}} {
		if got := Cut(x.a, x.b, x.least); got != x.want {
			t.Errorf("%d and %d: %v", x.a, x.b, got)
		}
	}
}
