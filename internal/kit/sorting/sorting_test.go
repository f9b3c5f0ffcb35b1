package sorting

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type pair struct{ key, at int }

func byKey(a, b pair) int { return cmp.Compare(a.key, b.key) }

// TestAgree: both sort as the standard library does, and Stable keeps what is equal where it was.
func TestAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []pair
		for i, k := range rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "keys") {
			list = append(list, pair{k, i})
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, byKey)
		stable, any := slices.Clone(list), slices.Clone(list)
		Stable(stable, byKey)
		if !slices.Equal(stable, want) {
			t.Fatalf("%v, not %v", stable, want)
		}
		By(any, byKey)
		if !slices.IsSortedFunc(any, byKey) {
			t.Fatal(any)
		}
		slices.SortFunc(any, func(a, b pair) int { return cmp.Or(byKey(a, b), cmp.Compare(a.at, b.at)) })
		if !slices.Equal(any, want) {
			t.Fatalf("%v lost or doubled something of %v", any, want)
		}
	})
}
