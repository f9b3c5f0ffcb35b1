package relation

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/sorting"
	"neike/internal/org"
	"neike/internal/todo"
)

type homeView struct {
	Unit   org.Unit
	Period Period
	Whole  bool    // above the departments: it is about those below
	Own    Figures // of the unit as provider, to everybody
	From   float64
	Lines  []edgeLine // who serves the unit, or the departments below it
}

// HomePanel is 'how are we doing' of the home page: the actor's department as provider, and those that serve it; for
// somebody above the departments, all of them.
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
	target, err := s.agreed(ctx)
	if err != nil {
		return nil, err
	}
	var sum Delta
	if v.Whole = slices.Index(org.Levels, own.Level) < slices.Index(org.Levels, org.Department); v.Whole {
		sum = v.inside(ctx, m, tree, target)
	} else {
		sum = v.around(ctx, m)
	}
	if sum == (Delta{}) && len(v.Lines) == 0 {
		return nil, nil
	}
	v.Own = figures(sum, target(own.ID, 0))
	v.From = scale(v.Own.InTime, v.Own.Right)
	sorting.Stable(v.Lines, func(a, b edgeLine) int {
		return cmp.Or(cmp.Compare(missing(b), missing(a)), cmp.Compare(b.Measure.N, a.Measure.N))
	})
	v.Lines = v.Lines[:min(len(v.Lines), homeLines)]
	return homePanel(v), nil
}

// homeLines is how many units the panel names: what certainly misses its target first, then most cases first.
const homeLines = 6

func missing(l edgeLine) int {
	if verdict(l.Measure) == "misses" {
		return 1
	}
	return 0
}

// around is a department's view: what it does for others, and a line for each that serves it.
func (v *homeView) around(ctx context.Context, m *Matrix) (sum Delta) {
	for p, unit := range m.Units {
		for _, c := range m.Row(p) {
			customer := m.Units[c.Customer]
			if !c.Shown {
				continue
			}
			if unit.ID == v.Unit.ID {
				sum = sum.Plus(c.Delta)
			}
			if customer.ID == v.Unit.ID && unit.ID != v.Unit.ID && c.InTime.N > 0 {
				v.Lines = append(v.Lines, edgeLine{Provider: unit.Name.In(ctx), Href: edgeHref(unit.Code, customer.Code, v.Period),
					Shown: true, Share: true, Measure: c.InTime})
			}
		}
	}
	return sum
}

// inside is the view of a unit above the departments: what those below it do for all, and a line for each.
func (v *homeView) inside(ctx context.Context, m *Matrix, tree *org.Tree, target TargetsFunc) (sum Delta) {
	for p, unit := range m.Units {
		if !tree.Under(unit.ID, v.Unit.ID) {
			continue
		}
		var own Delta
		for _, c := range m.Row(p) {
			if c.Shown {
				own = own.Plus(c.Delta)
			}
		}
		sum = sum.Plus(own)
		if f := figures(own, target(unit.ID, 0)); f.InTime.N > 0 {
			v.Lines = append(v.Lines, edgeLine{Provider: unit.Name.In(ctx), Href: "/org/units/" + url.PathEscape(unit.Code), Shown: true, Share: true, Measure: f.InTime})
		}
	}
	return sum
}

// serves says whether there is anything to say of what the unit did for others: many units only ask.
func (v homeView) serves() bool { return v.Own.InTime.N > 0 || v.Own.Right.N > 0 || len(v.Lines) == 0 }

// word is the message for a part of the panel.
func (v homeView) word(part string) string {
	if v.Whole {
		return "relation.home.whole-" + part
	}
	return "relation.home." + part
}
