package relation

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/org"
	"neike/internal/todo"
)

type homeView struct {
	Unit      org.Unit
	Period    Period
	Own       Figures // of the unit as provider, to everybody
	From      float64
	Suppliers []edgeLine // who serves the unit, most cases first
}

// HomePanel is 'how are we doing' of the home page: the actor's department as provider, and those that serve it.
func (s *Service) HomePanel() todo.Panel {
	return todo.Panel{Slot: todo.Doing, Order: 10, Render: s.homePanel}
}

func (s *Service) homePanel(ctx context.Context) (templ.Component, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	own, ok := tree.ByID(tree.At(org.Department, actor.From(ctx).Unit))
	if !ok {
		return nil, nil
	}
	v := homeView{Unit: own, Period: CurrentPeriod(s.today(ctx))}
	m, err := s.Matrix(ctx, v.Period, org.Department)
	if err != nil {
		return nil, err
	}
	var sum Delta
	served := false
	for p, unit := range m.Units {
		for _, c := range m.Row(p) {
			customer := m.Units[c.Customer]
			if !c.Shown {
				continue
			}
			if unit.ID == own.ID {
				sum, served = sum.Plus(c.Delta), true
			}
			if customer.ID == own.ID && unit.ID != own.ID && c.InTime.N > 0 {
				v.Suppliers = append(v.Suppliers, edgeLine{Provider: unit.Name.In(ctx), Href: edgeHref(unit.Code, customer.Code, v.Period),
					Shown: true, Share: true, Measure: c.InTime})
			}
		}
	}
	if !served && len(v.Suppliers) == 0 {
		return nil, nil
	}
	target, err := s.agreed(ctx)
	if err != nil {
		return nil, err
	}
	v.Own = figures(sum, target(own.ID, 0))
	v.From = scale(v.Own.InTime, v.Own.Right)
	slices.SortStableFunc(v.Suppliers, func(a, b edgeLine) int { return int(b.Measure.N - a.Measure.N) })
	v.Suppliers = v.Suppliers[:min(len(v.Suppliers), 5)]
	return homePanel(v), nil
}
