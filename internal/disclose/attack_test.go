package disclose

import (
	"fmt"
	"hash/fnv"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"neike/internal/org"
)

// kept is a rating of the attack with the numbers that it was part of.
type kept struct {
	Rating
	released bool
	in       uint64 // the prints of the numbers that it was part of, added up: as often as it was
}

// attacked is a company over some days: whatever is released, everybody writes down every number there is.
type attacked struct {
	t       *rapid.T
	units   []org.Unit
	lineage []org.Lineage
	ratings []*kept
	batches []Released // Month is the day
	of      [][]*kept  // the ratings of each batch
}

func (a *attacked) tree() *org.Tree { return org.NewTree(a.units, nil).Following(a.lineage) }

// rate lets a few people rate on a few edges.
func (a *attacked) rate(day int64) {
	teams := []ID{11, 12, 13, 21, 22, 31, 32, 10, 20}
	for n := rapid.IntRange(0, 14).Draw(a.t, "ratings"); n > 0; n-- {
		a.ratings = append(a.ratings, &kept{Rating: Rating{Source: "a", Case: ID(len(a.ratings) + 1), Rater: rapid.Int64Range(1, 12).Draw(a.t, "rater"),
			Provider: rapid.SampledFrom(teams[:3]).Draw(a.t, "provider"), Customer: rapid.SampledFrom(teams).Draw(a.t, "customer"), Score: rapid.IntRange(1, 5).Draw(a.t, "score"), At: today.AddDate(0, 0, int(day)*60)}})
	}
}

// reorganise moves a team under another department, merges two, or divides one.
func (a *attacked) reorganise() {
	switch rapid.IntRange(0, 8).Draw(a.t, "what") {
	case 0:
		i := rapid.IntRange(4, len(a.units)-1).Draw(a.t, "moved")
		a.units = slices.Clone(a.units)
		a.units[i].Parent = rapid.SampledFrom([]ID{10, 20, 30}).Draw(a.t, "under")
	case 1:
		if len(a.lineage) == 0 {
			a.lineage = []org.Lineage{{From: 12, To: 13, Share: 1}}
		}
	case 2:
		if len(a.lineage) == 0 {
			a.lineage = []org.Lineage{{From: 12, To: 11, Share: 0.4}, {From: 12, To: 21, Share: 0.6}}
		}
	}
}

// release is a night: what is planned is in a batch from then on.
func (a *attacked) release(day int64, least int) {
	var waiting []Rating
	at := map[ID]*kept{}
	for _, r := range a.ratings {
		if at[r.Case] = r; !r.released {
			waiting = append(waiting, r.Rating)
		}
	}
	for _, p := range Plan(waiting, least, today.AddDate(0, 0, int(day)*60), standsFor(a.tree())) {
		var list []*kept
		for _, r := range p.Ratings {
			at[r.Case].released = true
			list = append(list, at[r.Case])
		}
		a.batches, a.of = append(a.batches, Released{Provider: p.Provider, Customer: p.Customer, Level: p.Level, Month: day, Sum: p.Sum}), append(a.of, list)
	}
}

// look writes down every number that there is on a day: every cell of every level, every page of two units, of every range of days, in both organisations.
func (a *attacked) look(day int64) {
	tree := a.tree()
	shown := func(i int, number ...any) {
		h := fnv.New64a()
		fmt.Fprintln(h, number...)
		for _, r := range a.of[i] {
			r.in += h.Sum64()
		}
	}
	for from := int64(1); from <= day; from++ {
		for to := from; to <= day; to++ {
			for i, b := range a.batches {
				if b.Month < from || b.Month > to {
					continue
				}
				for _, was := range []bool{false, true} {
					for _, level := range org.Levels {
						if p, c, ok := b.Cell(tree, level, was); ok {
							shown(i, day, from, to, level, p, c, was)
						}
					}
					for _, p := range a.units {
						for _, c := range a.units {
							if b.within(tree, p.ID, c.ID, was) {
								shown(i, day, from, to, "page", p.ID, c.ID, was)
							}
						}
					}
				}
			}
		}
	}
}

// TestNoDifferenceIsAboutFewerThanLeast takes all numbers that readers of all levels and periods see on all days of a random company. Each is a sum over
// ratings; whoever adds and subtracts them, with whatever factors, gets a combination that has the same factor for ratings that were part of the same
// numbers. So what any combination speaks about is made of such groups, and no combination speaks about fewer people than the smallest group has. Ratings in
// no number are in no combination.
func TestNoDifferenceIsAboutFewerThanLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &attacked{t: t, units: []org.Unit{{ID: 1, Level: org.Entity}, {ID: 10, Level: org.Department, Parent: 1}, {ID: 20, Level: org.Department, Parent: 1}, {ID: 30, Level: org.Department, Parent: 1}}}
		for _, id := range []ID{11, 12, 13, 21, 22, 31, 32} {
			a.units = append(a.units, org.Unit{ID: id, Level: org.Team, Parent: id / 10 * 10})
		}
		least := rapid.IntRange(SmallestLeast, 6).Draw(t, "least")
		for day := int64(1); day <= 5; day++ {
			a.rate(day)
			a.reorganise()
			a.release(day, least)
			a.look(day)
		}
		groups := map[uint64]map[ID]bool{}
		for _, r := range a.ratings {
			if r.in == 0 {
				continue
			}
			if groups[r.in] == nil {
				groups[r.in] = map[ID]bool{}
			}
			groups[r.in][r.Rater] = true
		}
		for _, people := range groups {
			if len(people) < least {
				t.Fatalf("some numbers apart from others are about %d people, %d are asked for: %v", len(people), least, a.batches)
			}
		}
		for i, b := range a.batches {
			if int64(len(a.of[i])) != b.Cases {
				t.Fatalf("a batch of %d cases has %d", b.Cases, len(a.of[i]))
			}
		}
	})
}
