package relation

import (
	"cmp"

	"neike/internal/kit/actor"
	"neike/internal/kit/sorting"
	"neike/internal/org"
)

// As says in which organisation figures are shown.
type As string

// The two ways to look at figures of units that were reorganised. Either adds up to the same.
const (
	AsItIs  As = ""    // what a unit did belongs to the units that follow it now, by their shares
	AsItWas As = "was" // to the unit that did it, under its own name
)

// ParseAs reads the word of an address or a call; anything else is as it is.
func ParseAs(word string) As {
	if word == string(AsItWas) {
		return AsItWas
	}
	return AsItIs
}

// portion is the part of an edge that belongs to a pair of units now.
type portion struct {
	provider, customer org.ID
	share              float64
}

// portions are the pairs among which an edge is divided, in one order everywhere: the matrix and the page of a relation
// divide alike.
func portions(tree *org.Tree, e edgeRow, as As) []portion {
	if as == AsItWas || !tree.Followed(e.Provider) && !tree.Followed(e.Customer) {
		return []portion{{e.Provider, e.Customer, 1}}
	}
	var out []portion
	for _, p := range tree.Heirs(e.Provider) {
		for _, c := range tree.Heirs(e.Customer) {
			out = append(out, portion{p.Unit, c.Unit, p.Share * c.Share})
		}
	}
	return out
}

// spread divides a count among shares so that the parts come to the count: each gets the whole cases of its share, and
// those left over go to the largest remainders, the first of equals first.
func spread(n int64, shares []float64) []int64 {
	out := make([]int64, len(shares))
	if len(shares) == 0 {
		return out
	}
	type remainder struct {
		at   int
		size float64
	}
	sign, left := int64(1), n
	if n < 0 {
		sign, left = -1, -n
	}
	whole := float64(left)
	rests := make([]remainder, len(shares))
	for i, share := range shares {
		exact := whole * share
		part := min(int64(exact+1e-9), left)
		out[i] = part
		left -= part
		rests[i] = remainder{i, exact - float64(part)}
	}
	sorting.Stable(rests, func(a, b remainder) int { return cmp.Compare(b.size, a.size) })
	for i := 0; left > 0; i = (i + 1) % len(rests) {
		out[rests[i].at]++
		left--
	}
	for i := range out {
		out[i] *= sign
	}
	return out
}

// divide divides all counters of an edge.
func (c counters) divide(shares []float64) []counters {
	out := make([]counters, len(shares))
	for i, n := range c {
		if n == 0 {
			continue
		}
		for k, part := range spread(n, shares) {
			out[k][i] = part
		}
	}
	return out
}

// part is an edge as far as it belongs to a pair of units: all of it, or some portions.
type part struct {
	edgeRow
	shares []float64 // of all portions; nil: the whole edge
	mine   []bool    // which of them belong to the pair
}

// of is the part of the counters.
func (p part) of(c counters) counters {
	if p.shares == nil {
		return c
	}
	var sum counters
	for k, some := range c.divide(p.shares) {
		if p.mine[k] {
			for i, n := range some {
				sum[i] += n
			}
		}
	}
	return sum
}

// partOf is what of an edge lies between two units, or below them; ok is false when nothing does.
func partOf(tree *org.Tree, e edgeRow, from, to org.ID, as As) (p part, ok bool) {
	list := portions(tree, e, as)
	p = part{edgeRow: e, shares: make([]float64, len(list)), mine: make([]bool, len(list))}
	all := true
	for i, x := range list {
		p.shares[i] = x.share
		p.mine[i] = tree.Under(x.provider, from) && tree.Under(x.customer, to)
		ok, all = ok || p.mine[i], all && p.mine[i]
	}
	if all {
		p.shares = nil
	}
	return p, ok
}

// visible says whose numbers the actor may see, units that ended included: who may see what a unit is now may see what it
// was before.
func visible(a actor.Actor, tree *org.Tree, toAll bool) func(provider, customer org.ID) bool {
	see := sightOf(a, tree, toAll).see
	if !tree.Reorganised() {
		return see
	}
	return func(provider, customer org.ID) bool {
		if see(provider, customer) {
			return true
		}
		for _, p := range tree.Heirs(provider) {
			for _, c := range tree.Heirs(customer) {
				if see(p.Unit, c.Unit) {
					return true
				}
			}
		}
		return false
	}
}
