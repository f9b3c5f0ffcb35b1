package layout

import (
	"cmp"

	"neike/internal/kit/sorting"
)

// Flow is so much from a node on the left to one on the right; both are numbered from 0, each side by itself. Size is above 0.
type Flow struct {
	From, To int
	Size     float64
}

// Bar is a node of a drawing of flows: as high as all that leaves it, or comes to it.
type Bar struct{ Top, Height float64 }

// Band is a flow of it: its upper edge at both ends, and its height, which is the same along its way.
type Band struct {
	Flow              int // its number
	Left, Right       float64
	Height            float64
	LeftBar, RightBar int
}

// Sankey is where bars and bands stand, in a height of Height.
type Sankey struct {
	Left, Right []Bar // by number of the node
	Bands       []Band
	Height      float64
}

// Flows lays flows out, so that room is left between bars and the larger side is as high as asked for. On each side nodes stand in an
// order in which few bands cross; at a bar its bands leave in the order of where they go, so that none of one bar cross each other.
func Flows(left, right int, flows []Flow, height, gap float64) Sankey {
	s := Sankey{Left: make([]Bar, left), Right: make([]Bar, right), Height: height}
	total := 0.0
	column, arcs := make([]int, left+right), make([][2]int, len(flows))
	for i, f := range flows {
		total += f.Size
		arcs[i] = [2]int{f.From, left + f.To}
	}
	if total <= 0 {
		return s
	}
	for i := range right {
		column[left+i] = 1
	}
	order := Columns(column, arcs)
	scale := max(height-gap*float64(max(left, right)-1), height/2) / total
	s.Height = total*scale + gap*float64(max(left, right)-1)
	place := make([]int, left+right)
	for side, list := range order {
		bars, n := s.Left, left
		if side == 1 {
			bars, n = s.Right, right
		}
		top := (s.Height - total*scale - gap*float64(n-1)) / 2
		for i, node := range list {
			place[node] = i
			size := 0.0
			for _, f := range flows {
				if side == 0 && f.From == node || side == 1 && left+f.To == node {
					size += f.Size
				}
			}
			b := &bars[node-side*left]
			b.Top, b.Height = top, size*scale
			top += b.Height + gap
		}
	}
	at := make([]int, len(flows))
	for i, f := range flows {
		s.Bands = append(s.Bands, Band{Flow: i, Height: f.Size * scale, LeftBar: f.From, RightBar: f.To})
		at[i] = i
	}
	filled := make([]float64, left)
	sorting.By(at, func(a, b int) int {
		return cmp.Or(cmp.Compare(place[left+flows[a].To], place[left+flows[b].To]), cmp.Compare(a, b))
	})
	for _, i := range at {
		s.Bands[i].Left = s.Left[flows[i].From].Top + filled[flows[i].From]
		filled[flows[i].From] += s.Bands[i].Height
	}
	filled = make([]float64, right)
	sorting.By(at, func(a, b int) int {
		return cmp.Or(cmp.Compare(place[flows[a].From], place[flows[b].From]), cmp.Compare(a, b))
	})
	for _, i := range at {
		s.Bands[i].Right = s.Right[flows[i].To].Top + filled[flows[i].To]
		filled[flows[i].To] += s.Bands[i].Height
	}
	return s
}
