package relation

import (
	"cmp"
	"context"

	"neike/internal/kit/layout"
	"neike/internal/kit/sorting"
	"neike/internal/org"
)

// FlowMost is how many units a drawing of flows names on either side; the others go together.
const FlowMost = 10

// FlowEnd is a unit on one side of the drawing, or the others of that side.
type FlowEnd struct {
	Unit   org.Unit // zero: the others
	Others int      // how many units they are
	Size   int64    // requests that it served, or asked for
}

// FlowBand is what went from one end to another, over so many edges.
type FlowBand struct {
	From, To int // in Left and Right
	Size     int64
	Edges    int
}

// Flow is how many requests were opened between units in a period: who served on the left, who asked on the right. Every request that
// the reader may know of is in exactly one band. A unit's work for itself is not among them.
type Flow struct {
	Period      Period
	Level       string
	Total       int64
	Left, Right []FlowEnd
	Bands       []FlowBand // the largest first
	Withheld    int        // edges whose numbers the reader may not see
}

// Flow adds up the requests between units of a level.
func (s *Service) Flow(ctx context.Context, p Period, level string) (Flow, error) {
	m, err := s.MatrixAs(ctx, p, level, AsItIs)
	if err != nil {
		return Flow{}, err
	}
	return flowOf(m), nil
}

func flowOf(m *Matrix) Flow {
	f := Flow{Period: m.Period, Level: m.Level}
	served, asked := make([]int64, len(m.Units)), make([]int64, len(m.Units))
	for _, c := range m.Cells {
		switch {
		case c.Provider == c.Customer:
		case !c.Shown:
			f.Withheld++
		case c.Opened > 0:
			served[c.Provider] += c.Opened
			asked[c.Customer] += c.Opened
			f.Total += c.Opened
		}
	}
	var left, right []int
	f.Left, left = endsOf(m.Units, served)
	f.Right, right = endsOf(m.Units, asked)
	at := map[[2]int]int{}
	for _, c := range m.Cells {
		if c.Provider == c.Customer || !c.Shown || c.Opened <= 0 {
			continue
		}
		key := [2]int{left[c.Provider], right[c.Customer]}
		i, known := at[key]
		if !known {
			i = len(f.Bands)
			at[key] = i
			f.Bands = append(f.Bands, FlowBand{From: key[0], To: key[1]})
		}
		f.Bands[i].Size += c.Opened
		f.Bands[i].Edges++
	}
	sorting.Stable(f.Bands, func(a, b FlowBand) int { return cmp.Compare(b.Size, a.Size) })
	return f
}

// endsOf names the units with the most, and puts the rest together; place says at which end each unit stands.
func endsOf(units []org.Unit, sizes []int64) (ends []FlowEnd, place []int) {
	var order []int
	for i, n := range sizes {
		if n > 0 {
			order = append(order, i)
		}
	}
	sorting.Stable(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	place = make([]int, len(units))
	for k, i := range order {
		if k < FlowMost || len(order) == FlowMost+1 { // one alone is named
			place[i] = len(ends)
			ends = append(ends, FlowEnd{Unit: units[i], Size: sizes[i]})
			continue
		}
		if k == FlowMost {
			ends = append(ends, FlowEnd{})
		}
		last := len(ends) - 1
		place[i] = last
		ends[last].Others++
		ends[last].Size += sizes[i]
	}
	return ends, place
}

// laid is the drawing of a flow.
func (f Flow) laid(height, gap float64) layout.Sankey {
	flows := make([]layout.Flow, len(f.Bands))
	for i, b := range f.Bands {
		flows[i] = layout.Flow{From: b.From, To: b.To, Size: float64(b.Size)}
	}
	return layout.Flows(len(f.Left), len(f.Right), flows, height, gap)
}
