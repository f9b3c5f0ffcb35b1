package request

import (
	"slices"
	"testing"
)

func TestLikelyActsStandOpenAndTheRestIsFolded(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name         string
		all          []Verb
		open, folded []Verb
	}{
		{"nothing to do is nothing to show", nil, nil, nil},
		{"who holds it delivers, asks back or proposes a date", []Verb{VerbDeliver, VerbAsk, VerbPropose, VerbAssign, VerbHandOver, VerbPutBack, VerbSplit, VerbMerge, VerbPriority},
			[]Verb{VerbDeliver, VerbAsk, VerbPropose}, []Verb{VerbAssign, VerbHandOver, VerbPutBack, VerbSplit, VerbMerge, VerbPriority}},
		{"a cause that is owed comes before a new date", []Verb{VerbDeliver, VerbAsk, VerbPropose, VerbHandOver, VerbCause},
			[]Verb{VerbDeliver, VerbAsk, VerbCause}, []Verb{VerbPropose, VerbHandOver}},
		{"a new one is taken, or is for another unit", []Verb{VerbTake, VerbAssign, VerbMerge, VerbDecline, VerbPriority},
			[]Verb{VerbTake, VerbDecline}, []Verb{VerbAssign, VerbMerge, VerbPriority}},
		{"the customer accepts or returns", []Verb{VerbAccept, VerbReturn, VerbName, VerbTakeOver},
			[]Verb{VerbAccept, VerbReturn}, []Verb{VerbName, VerbTakeOver}},
		{"one alone is not folded", []Verb{VerbNudge, VerbCancel}, []Verb{VerbNudge, VerbCancel}, nil},
		{"one more than the most is not folded", []Verb{VerbConfirm, VerbAgree, VerbNudge, VerbCancel}, []Verb{VerbConfirm, VerbAgree, VerbNudge, VerbCancel}, nil},
		{"what is never likely is folded when it is several", []Verb{VerbName, VerbCancel}, nil, []Verb{VerbName, VerbCancel}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var all []act
			for _, v := range c.all {
				all = append(all, act{Verb: v})
			}
			open, folded := apart(all)
			if !slices.Equal(verbsOf(open), c.open) || !slices.Equal(verbsOf(folded), c.folded) {
				t.Errorf("open %v, folded %v; want %v and %v", verbsOf(open), verbsOf(folded), c.open, c.folded)
			}
		})
	}
}

func TestEveryActStandsInTheOrderOfButtons(t *testing.T) {
	t.Parallel()
	for _, v := range front {
		if !slices.Contains(rank, v) {
			t.Errorf("%s may stand open and has no place among the buttons", v)
		}
	}
}

func verbsOf(acts []act) []Verb {
	var out []Verb
	for _, a := range acts {
		out = append(out, a.Verb)
	}
	return out
}
