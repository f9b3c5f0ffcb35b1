package relation

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/org"
)

// What a list of edges can be narrowed to. The first five say how the measure of the list stands, each edge that is shown in one of
// them; measured is all of those that have cases; worse and better compare it with the period before; loose is traffic without an agreement in force.
const (
	InMisses = "misses"
	InMeets  = "meets"
	InUnsure = "undetermined"
	InFew    = "few" // fewer than Thin cases
	InNone   = "none"
	InSome   = "measured" // all but none
	InWorse  = "worse"
	InBetter = "better"
	InLoose  = "loose"
)

// States lists them in the order of filters.
var States = []string{InMisses, InUnsure, InMeets, InFew, InNone, InSome, InWorse, InBetter, InLoose}

// in says whether an edge belongs to a list narrowed to the state; "" is every edge. What is not shown is in none of them.
func (m *Matrix) in(c Cell, measure, state string) bool {
	if state == "" {
		return true
	}
	if !c.Shown {
		return false
	}
	if measure == Satisfaction && state != InLoose {
		return c.ratedIn(state)
	}
	x, isShare := c.measure(measure)
	switch state {
	case InLoose:
		return m.loose(c)
	case InWorse, InBetter:
		return isShare && x.Change == state
	case InNone:
		return isShare && x.N == 0
	case InSome:
		return isShare && x.N > 0
	}
	return isShare && verdict(x) == state
}

// compares says whether a list narrowed to the state needs the period before.
func compares(state string) bool { return state == InWorse || state == InBetter }

// validState says whether there is such a state.
func validState(state string) bool { return slices.Contains(States, state) }

// Compared is MatrixAs with every share compared with the period before.
func (s *Service) Compared(ctx context.Context, p Period, level string, as As) (*Matrix, error) {
	m, err := s.MatrixAs(ctx, p, level, as)
	if err != nil {
		return nil, err
	}
	return m, s.compare(ctx, m, as)
}

// compare reads the period before and compares the edges that are shown with it, as their pages do.
func (s *Service) compare(ctx context.Context, m *Matrix, as As) error {
	before, err := s.count(ctx, m.Period.Before(), m.Level, as, m.rollup.tree)
	if err != nil {
		return err
	}
	was := func(i int) counters { return before.sums[i] }
	if before.rollup != m.rollup { // an edge came between the two readings
		at := make(map[[2]org.ID]int, len(before.sums))
		for i, c := range before.rollup.cells {
			at[[2]org.ID{before.rollup.units[c.provider].ID, before.rollup.units[c.customer].ID}] = i
		}
		was = func(i int) counters {
			c := m.rollup.cells[i]
			if n, known := at[[2]org.ID{m.Units[c.provider].ID, m.Units[c.customer].ID}]; known {
				return before.sums[n]
			}
			return counters{}
		}
	}
	for i := range m.Cells {
		if c := &m.Cells[i]; c.Shown {
			c.compare(was(i).delta())
		}
	}
	return nil
}

// compare compares the shares of an edge with what it was before.
func (c *Cell) compare(before Delta) {
	c.before = before
	c.InTime = c.InTime.compared(judge(before.Met, before.Met+before.Breached, c.InTime.Target))
	c.Right = c.Right.compared(judge(before.RightFirst, before.Accepted, c.Right.Target))
}

// Tallied is how many edges are in each state.
type Tallied struct {
	In       map[string]int
	Hidden   int // not shown to this reader, whatever their state
	Compared int // have cases enough in both periods
}

// tallied counts the edges of a compared matrix by the states of a measure: what the lists of these states show.
func (m *Matrix) tallied(measure string) Tallied {
	t := Tallied{In: map[string]int{}}
	for i := range m.Cells { // the states as m.in has them, without a copy of each edge for each of them
		c := &m.Cells[i]
		if !c.Shown {
			t.Hidden++
			continue
		}
		if m.loose(*c) {
			t.In[InLoose]++
		}
		x, isShare := c.measure(measure)
		switch {
		case !isShare:
			continue
		case x.N == 0:
			t.In[InNone]++
		default:
			t.In[verdict(x)]++
			t.In[InSome]++
		}
		if x.N >= Thin && x.WasN >= Thin {
			t.Compared++
		}
		if compares(x.Change) {
			t.In[x.Change]++
		}
	}
	return t
}

// office says whether the actor is of a quality office, of the company or of a unit; rules whether an executive.
func office(a actor.Actor) bool { return has(a, "quality") }

func executive(a actor.Actor) bool { return has(a, "executive") }

func has(a actor.Actor, role string) bool {
	return a.Has(role) || slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return g.Role == role })
}
