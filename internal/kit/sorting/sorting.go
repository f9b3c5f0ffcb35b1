// Package sorting sorts slices by a comparison. It does what slices.SortFunc and slices.SortStableFunc do, a little slower
// and in a tenth of the code: those are compiled anew, 11 KB each, for every type of element.
package sorting

import "sort"

// By sorts a list in place; what compares as equal comes in any order. cmp gives less than 0 when a comes before b, 0 when
// neither does.
func By[T any](list []T, cmp func(a, b T) int) { sort.Sort(sorted(list, cmp)) }

// Stable sorts a list in place and leaves what compares as equal in the order it had.
func Stable[T any](list []T, cmp func(a, b T) int) { sort.Stable(sorted(list, cmp)) }

func sorted[T any](list []T, cmp func(a, b T) int) swaps {
	return swaps{
		n:    len(list),
		less: func(i, j int) bool { return cmp(list[i], list[j]) < 0 },
		swap: func(i, j int) { list[i], list[j] = list[j], list[i] },
	}
}

// swaps is a list as package sort wants to see it, the same for every type of element.
type swaps struct {
	n    int
	less func(i, j int) bool
	swap func(i, j int)
}

func (s swaps) Len() int           { return s.n }
func (s swaps) Less(i, j int) bool { return s.less(i, j) }
func (s swaps) Swap(i, j int)      { s.swap(i, j) }
