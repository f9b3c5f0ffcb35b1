package layout

import (
	"cmp"

	"neike/internal/kit/sorting"
)

// sweeps is how often the order of the columns is gone over, to the right and back.
const sweeps = 4

// Columns orders nodes within their columns. column says in which one each stands, from 0 up; arcs join nodes of neighbouring columns. Each
// column lists its nodes from the top. Nodes begin in the order of their numbers and move to the middle of what they are tied to; of all
// orders that come up, the one with the fewest crossings is kept.
func Columns(column []int, arcs [][2]int) [][]int {
	n := 0
	for _, c := range column {
		n = max(n, c+1)
	}
	order := make([][]int, n)
	for node, c := range column {
		order[c] = append(order[c], node)
	}
	near := make([][]int, len(column))
	for _, a := range arcs {
		near[a[0]], near[a[1]] = append(near[a[0]], a[1]), append(near[a[1]], a[0])
	}
	best, least := copied(order), Crossings(order, arcs)
	for i := 0; i < 2*sweeps && least > 0; i++ {
		for k := range n - 1 {
			from, to := k, k+1
			if i%2 == 1 {
				from, to = n-1-k, n-2-k
			}
			settle(order[to], order[from], near)
		}
		if found := Crossings(order, arcs); found < least {
			best, least = copied(order), found
		}
	}
	return best
}

// settle moves the nodes of a column to the middle of those of another that they are tied to; who is tied to none stays.
func settle(list, fixed []int, near [][]int) {
	place := make(map[int]int, len(fixed))
	for i, node := range fixed {
		place[node] = i
	}
	middle := make(map[int]float64, len(list))
	for i, node := range list {
		sum, n := 0, 0
		for _, other := range near[node] {
			if at, there := place[other]; there {
				sum, n = sum+at, n+1
			}
		}
		middle[node] = float64(i) * float64(len(fixed)) / float64(len(list))
		if n > 0 {
			middle[node] = float64(sum) / float64(n)
		}
	}
	sorting.Stable(list, func(a, b int) int { return cmp.Compare(middle[a], middle[b]) })
}

func copied(order [][]int) [][]int {
	out := make([][]int, len(order))
	for i, list := range order {
		out[i] = append([]int(nil), list...)
	}
	return out
}

// Crossings counts the pairs of arcs that cross: between the same two columns, with their ends in opposite order.
func Crossings(order [][]int, arcs [][2]int) int {
	column, place := map[int]int{}, map[int]int{}
	for c, list := range order {
		for i, node := range list {
			column[node], place[node] = c, i
		}
	}
	between := make([][][2]int, max(len(order)-1, 0)) // places of the left and the right end
	for _, a := range arcs {
		from, to := a[0], a[1]
		if column[from] > column[to] {
			from, to = to, from
		}
		if column[to]-column[from] == 1 {
			between[column[from]] = append(between[column[from]], [2]int{place[from], place[to]})
		}
	}
	n := 0
	for c, list := range between {
		sorting.By(list, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
		seen := make([]int, len(order[c+1])+1) // a tree of how many right ends lie at or above a place
		for i := 0; i < len(list); {
			k := i
			for ; k < len(list) && list[k][0] == list[i][0]; k++ {
				n += i - upTo(seen, list[k][1])
			}
			for ; i < k; i++ {
				for at := list[i][1] + 1; at < len(seen); at += at & -at {
					seen[at]++
				}
			}
		}
	}
	return n
}

func upTo(seen []int, place int) (n int) {
	for at := place + 1; at > 0; at -= at & -at {
		n += seen[at]
	}
	return n
}
