package relation

import (
	"cmp"
	"math"

	"neike/internal/kit/sorting"
	"neike/internal/kit/stat"
	"neike/internal/org"
)

// The rules of walls and silence. All of them look at the last three whole months and the running one, except where they say otherwise.
const (
	GroupLeast = 5 // a unit with fewer people is added to the unit above it: no number is about a few

	tieLeast    = 2     // cases that make a tie between two units
	wallChance  = 0.001 // as likely as this, at most, is so little between two units by what each does otherwise
	unanswered  = 0.5   // the share of first answers in time that is certainly not reached
	quietMonths = 6     // whole months that an edge is compared with …
	quietLeast  = 5.0   // … when there were so many cases a month, on average
	loadLeast   = 10    // open cases …
	loadWeeks   = 4.0   // … and so many weeks of delivering, and an edge is overloaded
	soleShare   = 0.5   // of what a unit gets: from there on it hangs on one supplier
	soleLeast   = 10    // cases that a unit must have asked for, to say so
	reachSteps  = 3
	dealt       = 2000 // times that the groups are dealt out anew
	dealSeed    = 1
	certain     = 0.05
)

// The kinds of walls.
const (
	WallNothing    = "nothing"    // hardly anything goes between the two
	WallUnanswered = "unanswered" // of what one asks the other, certainly less than half is answered in time
	WallLate       = "late"       // both are late for each other, and certainly so together
)

// WallEdge is an edge between two units of five people or more.
type WallEdge struct {
	Provider, Customer int // in Units of the network
	Delta
	InTime  Measure
	Mapped  bool    // declared, proposed or confirmed
	Usual   float64 // opened a month, in the six whole months before the last one
	Now     int64   // opened in the last whole month and the running one
	Open    int64
	PerWeek float64 // delivered
}

// Weeks is how long what is open would take at the pace of the last months; +Inf when nothing was delivered.
func (e WallEdge) Weeks() float64 { return float64(e.Open) / e.PerWeek }

// network is the edges of a company between different units, by pair.
type network struct {
	n     int
	edges []WallEdge // by provider and customer
	at    map[[2]int]int
}

func (n network) edge(p, c int) *WallEdge {
	if i, known := n.at[[2]int{p, c}]; known {
		return &n.edges[i]
	}
	return nil
}

// Wall is two units between which something is wrong.
type Wall struct {
	A, B     int
	Kinds    []string
	Cases    int64     // opened between the two
	Expected float64   // as many as there would be if each worked with the other as it does with everybody
	There    *WallEdge // A serves B; nil: no such edge
	Back     *WallEdge
}

// walls finds them, those between which most would be expected first.
func (n network) walls() []Wall {
	out, in, total := make([]float64, n.n), make([]float64, n.n), 0.0
	for _, e := range n.edges {
		out[e.Provider] += float64(e.Opened)
		in[e.Customer] += float64(e.Opened)
		total += float64(e.Opened)
	}
	var list []Wall
	for a := range n.n {
		for b := a + 1; b < n.n; b++ {
			w := Wall{A: a, B: b, There: n.edge(a, b), Back: n.edge(b, a)}
			mapped := false
			for _, e := range []*WallEdge{w.There, w.Back} {
				if e != nil {
					w.Cases += e.Opened
					mapped = mapped || e.Mapped
				}
			}
			if total > 0 {
				w.Expected = (out[a]*in[b] + out[b]*in[a]) / total
			}
			if w.Kinds = wallKinds(w, mapped); len(w.Kinds) > 0 {
				list = append(list, w)
			}
		}
	}
	sorting.Stable(list, func(x, y Wall) int { return cmp.Compare(y.Expected, x.Expected) })
	return list
}

func wallKinds(w Wall, mapped bool) (kinds []string) {
	if w.Cases < tieLeast && (mapped || poissonAtMost(w.Cases, w.Expected) < wallChance) {
		kinds = append(kinds, WallNothing)
	}
	silent := func(e *WallEdge) bool {
		if e == nil {
			return false
		}
		m := judge(e.ResponseMet, e.ResponseMet+e.ResponseBreached, unanswered)
		return m.N >= Thin && m.Capable == "misses"
	}
	if silent(w.There) || silent(w.Back) {
		kinds = append(kinds, WallUnanswered)
	}
	if a, b := w.There, w.Back; a != nil && b != nil && a.InTime.Fact == "missed" && b.InTime.Fact == "missed" {
		both := judge(a.InTime.Hits+b.InTime.Hits, a.InTime.N+b.InTime.N, min(a.InTime.Target, b.InTime.Target))
		if both.N >= Thin && both.Capable == "misses" {
			kinds = append(kinds, WallLate)
		}
	}
	return kinds
}

// poissonAtMost is how likely k cases or fewer are when so many are expected.
func poissonAtMost(k int64, expected float64) float64 {
	term, sum := math.Exp(-expected), 0.0
	for i := range k + 1 {
		if i > 0 {
			term *= expected / float64(i)
		}
		sum += term
	}
	return sum
}

// Silence is an edge that was strong and has gone quiet.
type Silence struct {
	WallEdge
	Chance float64 // that nothing comes in as long a time, at the usual pace
}

// quiet finds the edges over which nothing was asked since the last whole month began; months is how long that is.
func (n network) quiet(months float64) []Silence {
	var list []Silence
	for _, e := range n.edges {
		if e.Now == 0 && e.Usual >= quietLeast {
			list = append(list, Silence{e, math.Exp(-e.Usual * months)})
		}
	}
	sorting.Stable(list, func(a, b Silence) int { return cmp.Compare(b.Usual, a.Usual) })
	return list
}

// overloaded finds the edges on which more is open than is delivered in a month.
func (n network) overloaded() []WallEdge {
	var list []WallEdge
	for _, e := range n.edges {
		if e.Open >= loadLeast && e.Weeks() >= loadWeeks {
			list = append(list, e)
		}
	}
	sorting.Stable(list, func(a, b WallEdge) int { return cmp.Or(cmp.Compare(b.Weeks(), a.Weeks()), cmp.Compare(b.Open, a.Open)) })
	return list
}

// arcs are the ties between units: two cases or more.
func (n network) arcs() [][2]int {
	var out [][2]int
	for _, e := range n.edges {
		if e.Opened >= tieLeast {
			out = append(out, [2]int{e.Provider, e.Customer})
		}
	}
	return out
}

// Insular is how much the units of a level keep to the groups of one above, and whether that is more than the sizes of the groups bring about.
type Insular struct {
	Group string // the level of the groups
	stat.Insular
	Low, High float64 // how often deals of the groups come out as low, or as high
}

// Says is "closed", "open" or "cannot_tell".
func (i Insular) Says() string {
	switch {
	case i.Low <= certain:
		return "closed"
	case i.High <= certain:
		return "open"
	}
	return "cannot_tell"
}

// Pillar is a supplier on which others depend.
type Pillar struct {
	Unit  int
	Reach float64 // units that it would hit, each as far as it depends on it, over up to three steps
	Sole  []int   // those that get half of what they ask for, or more, from it alone
}

// pillars finds the suppliers whose failure would hit most. What a unit depends on another is the other's share of all that it asked for; along a
// way the shares are multiplied, and of several ways the strongest counts.
func (n network) pillars() []Pillar {
	asked := make([]int64, n.n)
	for _, e := range n.edges {
		asked[e.Customer] += e.Opened
	}
	type dependence struct {
		on    int
		share float64
	}
	serves := make([][]dependence, n.n)
	list := make([]Pillar, n.n)
	for i := range list {
		list[i].Unit = i
	}
	for _, e := range n.edges {
		if e.Opened <= 0 || asked[e.Customer] < soleLeast {
			continue
		}
		share := float64(e.Opened) / float64(asked[e.Customer])
		serves[e.Provider] = append(serves[e.Provider], dependence{e.Customer, share})
		if share >= soleShare {
			list[e.Provider].Sole = append(list[e.Provider].Sole, e.Customer)
		}
	}
	now, next, best := make([]float64, n.n), make([]float64, n.n), make([]float64, n.n)
	for i := range list {
		clear(now)
		clear(best)
		now[i] = 1
		for range reachSteps {
			clear(next)
			for u, weight := range now {
				if weight == 0 {
					continue
				}
				for _, d := range serves[u] {
					if w := weight * d.share; d.on != i && w > next[d.on] && w > best[d.on] {
						next[d.on], best[d.on] = w, w
					}
				}
			}
			now, next = next, now
		}
		for _, w := range best {
			list[i].Reach += w
		}
	}
	sorting.Stable(list, func(a, b Pillar) int {
		return cmp.Or(cmp.Compare(len(b.Sole), len(a.Sole)), cmp.Compare(b.Reach, a.Reach))
	})
	return list
}

// Bridge is a unit on many of the shortest ways between others.
type Bridge struct {
	Unit  int
	Share float64 // of the pairs of others
}

func bridges(net *stat.Network) []Bridge {
	_, share := net.Betweenness(true)
	var list []Bridge
	for i, x := range share {
		if x > 0 { // not of fewer than three units, where it is not a number
			list = append(list, Bridge{i, x})
		}
	}
	sorting.Stable(list, func(a, b Bridge) int { return cmp.Compare(b.Share, a.Share) })
	return list
}

// folded is the unit that stands for another: itself, or the nearest one above with five people or more, those below it counted; the topmost
// in any case. sizes are those of units with all below.
func folded(tree *org.Tree, sizes map[org.ID]int, id org.ID) org.ID {
	for sizes[id] < GroupLeast {
		u, _ := tree.ByID(id)
		if _, known := tree.ByID(u.Parent); !known {
			return id
		}
		id = u.Parent
	}
	return id
}
