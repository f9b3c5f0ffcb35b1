package todo

import (
	"cmp"
	"context"

	"github.com/a-h/templ"

	"neike/internal/kit/sorting"
)

// Slot is a place of the home page that higher rooms fill.
type Slot int

// The slots.
const (
	Waiting Slot = iota + 1 // 'what do I wait for': right of what I owe
	Doing                   // 'how are we doing': below both
	Leading                 // what comes before everything as long as it lasts: the set-up of a new company
)

// Panel fills a slot. Render reads the actor from ctx and gives nil when it has nothing to say.
type Panel struct {
	Slot   Slot
	Order  int
	Render func(ctx context.Context) (templ.Component, error)
}

// AddPanel adds a panel to the home page. Call it while wiring.
func (s *Service) AddPanel(p Panel) {
	s.panels = append(s.panels, p)
	sorting.Stable(s.panels, func(a, b Panel) int { return cmp.Compare(a.Order, b.Order) })
}

// render draws the panels of a slot.
func (s *Service) render(ctx context.Context, slot Slot) ([]templ.Component, error) {
	var out []templ.Component
	for _, p := range s.panels {
		if p.Slot != slot {
			continue
		}
		c, err := p.Render(ctx)
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, c)
		}
	}
	return out, nil
}
