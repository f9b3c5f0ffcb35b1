package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Network is who has ties to whom: nodes 0 to N − 1, arcs from one to another. Ties to oneself and repeated ones do not count.
type Network struct {
	N    int
	out  [][]int // in ascending order
	arcs int
}

// NewNetwork makes the network of arcs; those that name no node are left out.
func NewNetwork(n int, arcs [][2]int) *Network {
	net := &Network{N: n, out: make([][]int, n)}
	for _, a := range arcs {
		if from, to := a[0], a[1]; from != to && from >= 0 && to >= 0 && from < n && to < n {
			net.out[from] = append(net.out[from], to)
		}
	}
	for i := range net.out {
		slices.Sort(net.out[i])
		net.out[i] = slices.Compact(net.out[i])
		net.arcs += len(net.out[i])
	}
	return net
}

// Has says whether there is an arc.
func (net *Network) Has(from, to int) bool {
	_, found := slices.BinarySearch(net.out[from], to)
	return found
}

// Mutual is how far ties go both ways.
type Mutual struct {
	Arcs        int
	Reciprocity float64 // share of arcs that are returned; NaN without arcs
	Dyads       float64 // share of tied pairs that are tied both ways; NaN without arcs
	Density     float64 // share of the arcs that could be; NaN of fewer than two nodes
}

// Reciprocity counts which ties go both ways.
// Source: S. Wasserman & K. Faust, Social network analysis (1994), 13.
func (net *Network) Reciprocity() Mutual {
	m := Mutual{Arcs: net.arcs, Reciprocity: math.NaN(), Dyads: math.NaN(), Density: math.NaN()}
	returned := 0
	for from, list := range net.out {
		for _, to := range list {
			if net.Has(to, from) {
				returned++
			}
		}
	}
	if net.arcs > 0 {
		m.Reciprocity = float64(returned) / float64(net.arcs)
		m.Dyads = float64(returned/2) / float64(net.arcs-returned/2)
	}
	if net.N > 1 {
		m.Density = float64(net.arcs) / float64(net.N*(net.N-1))
	}
	return m
}

// Ties counts external and internal ones, and what they come to: −1, all stay within groups, to 1, all leave them.
type Ties struct {
	External, Internal int
	EI                 float64 // NaN without ties
}

func tiesOf(external, internal int) Ties {
	t := Ties{external, internal, math.NaN()}
	if external+internal > 0 {
		t.EI = float64(external-internal) / float64(external+internal)
	}
	return t
}

// Insular is how much groups keep to themselves.
type Insular struct {
	Ties             // a pair that is tied, either way, is one
	Expected float64 // if every pair were as likely: what the sizes of the groups alone bring about; NaN of fewer than two nodes
	Groups   []Ties  // by group; what is internal counts for both of its ends
}

// EI is the external–internal index of the groups 0, 1, 2 … that group says the nodes are of.
// Source: D. Krackhardt & R. N. Stern, Informal networks and organizational crises, Social Psychology Quarterly 51 (1988)
// 123–140.
func (net *Network) EI(group []int) Insular {
	sizes := make([]int, 0)
	for _, g := range group {
		for len(sizes) <= g {
			sizes = append(sizes, 0)
		}
		sizes[g]++
	}
	external, internal := make([]int, len(sizes)), make([]int, len(sizes))
	E, I := 0, 0
	net.pairs(func(a, b int) {
		if x, y := group[a], group[b]; x == y {
			I++
			internal[x] += 2
		} else {
			E++
			external[x]++
			external[y]++
		}
	})
	in := Insular{Ties: tiesOf(E, I), Expected: math.NaN()}
	for g := range sizes {
		in.Groups = append(in.Groups, tiesOf(external[g], internal[g]))
	}
	within := 0
	for _, n := range sizes {
		within += n * (n - 1) / 2
	}
	if all := net.N * (net.N - 1) / 2; all > 0 {
		in.Expected = float64(all-2*within) / float64(all)
	}
	return in
}

// pairs calls f with every pair that is tied, either way, once.
func (net *Network) pairs(f func(a, b int)) {
	for from, list := range net.out {
		for _, to := range list {
			if from < to || !net.Has(to, from) {
				f(from, to)
			}
		}
	}
}

// EIByChance is how the index comes out when the groups are dealt out anew: the share of times deals at which it is as low as it is, or lower, and as
// high, or higher. The deal that is counts as one of them.
func (net *Network) EIByChance(group []int, times int, seed uint64) (low, high float64) {
	var ends [][2]int
	net.pairs(func(a, b int) { ends = append(ends, [2]int{a, b}) })
	within := func(g []int) (n int) {
		for _, e := range ends {
			if g[e[0]] == g[e[1]] {
				n++
			}
		}
		return n
	}
	is := within(group)
	dealt, dice := slices.Clone(group), rand.New(rand.NewPCG(seed, uint64(len(ends))))
	lower, higher := 1, 1
	for range times {
		dice.Shuffle(len(dealt), func(i, j int) { dealt[i], dealt[j] = dealt[j], dealt[i] })
		n := within(dealt)
		if n >= is { // more within is a lower index
			lower++
		}
		if n <= is {
			higher++
		}
	}
	return float64(lower) / float64(times+1), float64(higher) / float64(times+1)
}

// Betweenness is, of each node, on how many shortest ways between two others it lies, ways of the same length counting in
// parts; and the share of the pairs that this is. directed says that arcs are ways in one direction only. Normalised is NaN of fewer than three nodes.
// Source: U. Brandes, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25 (2001) 163–177.
func (net *Network) Betweenness(directed bool) (raw, normalised []float64) {
	out := net.out
	if !directed {
		out = make([][]int, net.N)
		net.pairs(func(a, b int) { out[a], out[b] = append(out[a], b), append(out[b], a) })
	}
	raw = make([]float64, net.N)
	ways, depends, far := make([]float64, net.N), make([]float64, net.N), make([]int, net.N)
	before := make([][]int, net.N)
	for s := range net.N {
		for i := range net.N {
			ways[i], depends[i], far[i], before[i] = 0, 0, -1, before[i][:0]
		}
		ways[s], far[s] = 1, 0
		order := []int{s}
		for k := 0; k < len(order); k++ {
			v := order[k]
			for _, w := range out[v] {
				if far[w] < 0 {
					far[w] = far[v] + 1
					order = append(order, w)
				}
				if far[w] == far[v]+1 {
					ways[w] += ways[v]
					before[w] = append(before[w], v)
				}
			}
		}
		for k := len(order) - 1; k > 0; k-- {
			w := order[k]
			for _, v := range before[w] {
				depends[v] += ways[v] / ways[w] * (1 + depends[w])
			}
			raw[w] += depends[w]
		}
	}
	pairs := float64((net.N - 1) * (net.N - 2))
	if !directed {
		for i := range raw {
			raw[i] /= 2 // each way was walked from both ends
		}
		pairs /= 2
	}
	normalised = make([]float64, net.N)
	for i := range raw {
		if normalised[i] = math.NaN(); pairs > 0 {
			normalised[i] = raw[i] / pairs
		}
	}
	return raw, normalised
}
