package relation

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/kit/sorting"
	"neike/internal/kit/stat"
	"neike/internal/org"
	"neike/internal/todo"
)

type homeView struct {
	Unit   org.Unit
	Period Period
	Whole  bool    // above the departments: it is about those below
	Known  bool    // what all of them did stands elsewhere on the page
	Own    Figures // of the unit as provider, to everybody
	From   float64
	Lines  []edgeLine // who serves the unit, or the departments below it
}

// Home adds what the room has to say on the home page: 'how are we doing' of everybody's department, the relations of the unit that one
// heads, where it breaks for the quality office, and the company in one minute for executives.
func (s *Service) Home() {
	s.todo.AddPart(todo.Part{Code: todo.OfCompany, Title: "relation.home.company", Note: "relation.home.company-note", Slot: todo.Leading, Order: 20, For: as(executive)})
	s.todo.AddPanel(todo.Panel{Slot: todo.Leading, Order: 21, Render: s.companyPanel})
	s.todo.AddPart(todo.Part{Code: todo.OfLoop, Title: "relation.home.loop", Note: "relation.home.loop-note", Slot: todo.Doing, Order: 4, For: as(office)})
	s.todo.AddTiles(todo.OfLoop, 10, s.loopMapTiles)
	s.todo.AddTiles(todo.OfLoop, 30, s.loopServeTiles)
	s.todo.AddPart(todo.Part{Code: todo.OfOffice, Title: "relation.home.breaks", Note: "relation.home.breaks-note", Slot: todo.Doing, Order: 5, For: as(office)})
	s.todo.AddPanel(todo.Panel{Slot: todo.Doing, Order: 6, Render: s.worsePanel})
	s.todo.AddPart(todo.Part{Code: todo.OfUnit, Title: "relation.home.unit", Note: "relation.home.unit-note", Slot: todo.Doing, Order: 8, For: func(ctx context.Context) (bool, error) {
		u, err := s.Headed(ctx)
		return u.ID != 0, err
	}})
	s.todo.AddPanel(s.HomePanel())
	s.todo.AddTiles(todo.OfCompany, 10, func(ctx context.Context) ([]todo.Tile, error) {
		return s.edgeTiles(ctx, InMisses, InUnsure, InMeets, InFew, InWorse, InBetter)
	})
	s.todo.AddTiles(todo.OfOffice, 10, func(ctx context.Context) ([]todo.Tile, error) {
		return s.edgeTiles(ctx, InWorse, InMisses)
	})
	s.todo.AddTiles(todo.OfOffice, 20, s.mapTiles)
	s.todo.AddTiles(todo.OfOffice, 30, func(ctx context.Context) ([]todo.Tile, error) { return s.expectTile(ctx, "", "") })
	s.todo.AddTiles(todo.OfUnit, 30, func(ctx context.Context) ([]todo.Tile, error) {
		u, err := s.Headed(ctx)
		if err != nil {
			return nil, err
		}
		return s.expectTile(ctx, "provider", u.Code)
	})
}

// HomePanel is 'how are we doing' of the home page: the relations of the unit that the actor heads, or the actor's department as provider
// and those that serve it; for somebody above the departments, all of them.
func (s *Service) HomePanel() todo.Panel {
	return todo.Panel{Slot: todo.Doing, Order: 10, Render: s.homePanel}
}

func as(is func(actor.Actor) bool) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) { return is(actor.From(ctx)), nil }
}

// Headed is the department, or the team, that the home page is about for its head, for the rooms above, which add tiles of the same unit.
// The zero unit: the actor heads none.
func (s *Service) Headed(ctx context.Context) (org.Unit, error) { return s.todo.HomeUnit(ctx) }

type homeMatrixKey struct{ Period }

// homeMatrix is the matrix as the page of it shows it first, made once for a home page. It must not be changed.
func (s *Service) homeMatrix(ctx context.Context) (*Matrix, error) {
	p := CurrentPeriod(s.today(ctx))
	return once.Get(ctx, homeMatrixKey{p}, func() (*Matrix, error) { return s.Compared(ctx, p, org.Department, AsItIs) })
}

// listHref is the list of the edges in a state, as a page and by API.
func listHref(p Period, state string) (page, api string) {
	page = query{Measure: Attainment, Level: org.Department, View: "list", State: state, Period: p}.href()
	v := url.Values{"state": {state}, "from": {dayText(p.From)}, "to": {dayText(p.To)}}
	return page, "/api/v1/relations?" + v.Encode()
}

// edgeTiles count the edges in states, in time being what is judged.
func (s *Service) edgeTiles(ctx context.Context, states ...string) ([]todo.Tile, error) {
	m, err := s.homeMatrix(ctx)
	if err != nil {
		return nil, err
	}
	t := m.tallied(Attainment)
	var out []todo.Tile
	for _, state := range states {
		tile := todo.Tile{Code: "edges-" + state, Label: lang.T(ctx, "relation.tile."+state), N: t.In[state], Hidden: t.Hidden}
		tile.Href, tile.API = listHref(m.Period, state)
		if chance := byChance(t.Compared); compares(state) && chance > 0 {
			tile.Note = lang.T(ctx, "relation.tile.chance", "count", t.Compared, "chance", chance)
		}
		out = append(out, tile)
	}
	return out, nil
}

// byChance is how many of so many comparisons at 95 % come out on one side although nothing has changed.
func byChance(compared int) int { return (compared*25 + 500) / 1000 }

type homeMapKey struct{}

// homeMap is the edges of the map with what their sides say, read once for a home page. It must not be changed.
func (s *Service) homeMap(ctx context.Context, tree *org.Tree) ([]spoken, error) {
	return once.Get(ctx, homeMapKey{}, func() ([]spoken, error) { return s.spokenOf(ctx, tree, false) })
}

// mapTiles count the edges of the map that need a word.
func (s *Service) mapTiles(ctx context.Context) ([]todo.Tile, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.homeMap(ctx, tree)
	if err != nil {
		return nil, err
	}
	var out []todo.Tile
	for _, x := range []struct {
		code   string
		filter MapFilter
	}{{"disputed", MapFilter{Standing: string(Disputed)}}, {"quiet", MapFilter{View: ViewQuiet}}, {"suggested", MapFilter{View: ViewSuggested}}} {
		v := url.Values{}
		if x.filter.View != "" {
			v.Set("view", x.filter.View)
		}
		if x.filter.Standing != "" {
			v.Set("standing", x.filter.Standing)
		}
		tile := todo.Tile{Code: "map-" + x.code, Label: lang.T(ctx, "relation.tile."+x.code), Href: "/relations/map?" + v.Encode(), API: "/api/v1/relation-map?" + v.Encode()}
		for _, e := range all {
			if e.in(x.filter, 0, tree) {
				tile.N++
			}
		}
		out = append(out, tile)
	}
	return out, nil
}

// expectTile counts the expectations that wait for an answer; of a unit, on the side that is named.
func (s *Service) expectTile(ctx context.Context, side, unit string) ([]todo.Tile, error) {
	f := ExpectFilter{}
	v := url.Values{"state": {UncoveredWord}}
	if side == "provider" {
		f.Provider = unit
		v.Set("provider", unit)
	}
	l, err := s.homeExpected(ctx, f)
	return []todo.Tile{{Code: "expectations-uncovered", Label: lang.T(ctx, "relation.tile.uncovered"), N: l.Counts.Uncovered(), Hidden: l.Hidden,
		Href: "/relations/expectations?" + v.Encode(), API: "/api/v1/expectations?" + v.Encode()}}, err
}

func (s *Service) homePanel(ctx context.Context) (templ.Component, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	unit, err := s.Headed(ctx)
	if err != nil {
		return nil, err
	}
	if unit.Level == org.Department {
		return s.unitPanel(ctx, tree, unit)
	}
	own, ok := tree.ByID(tree.At(org.Department, actor.From(ctx).Unit))
	if !ok {
		return nil, nil
	}
	v := homeView{Unit: own, Period: CurrentPeriod(s.today(ctx))}
	v.Whole = slices.Index(org.Levels, own.Level) < slices.Index(org.Levels, org.Department)
	target, err := s.agreed(ctx)
	if err != nil {
		return nil, err
	}
	var sum Delta
	if v.Whole {
		m, err := s.homeMatrix(ctx)
		if err != nil {
			return nil, err
		}
		sum = v.inside(ctx, m, tree, target)
	} else {
		m, err := s.unitMatrix(ctx, tree, own.ID)
		if err != nil {
			return nil, err
		}
		sum = v.around(ctx, m)
	}
	if sum == (Delta{}) && len(v.Lines) == 0 {
		return nil, nil
	}
	v.Own = figures(sum, target(own.ID, 0))
	v.From = scale(v.Own.InTime, v.Own.Right)
	v.Known = v.Whole && executive(actor.From(ctx))
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
	for _, c := range m.Cells {
		unit, customer := m.Units[c.Provider], m.Units[c.Customer]
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
func (v homeView) serves() bool {
	return !v.Known && (v.Own.InTime.N > 0 || v.Own.Right.N > 0 || len(v.Lines) == 0)
}

// word is the message for a part of the panel.
func (v homeView) word(part string) string {
	if v.Whole {
		return "relation.home.whole-" + part
	}
	return "relation.home." + part
}

// difference says how a share has changed and within which bounds: "从 92.2%（83/90）到 74.6%（94/126），低 8.5–26.5 个百分点".
func difference(ctx context.Context, m Measure) string {
	low, high := stat.Newcombe(m.Hits, m.N, m.WasHits, m.WasN)
	key := "relation.home.higher"
	if m.Change == InWorse {
		key, low, high = "relation.home.lower", -high, -low
	}
	points := func(x float64) string { return strconv.FormatFloat(x*100, 'f', 1, 64) }
	was := Measure{Hits: m.WasHits, N: m.WasN}
	return lang.T(ctx, key, "before", percent1(was.Value()), "was", ratio(was), "now", percent1(m.Value()), "is", ratio(m), "low", points(low), "high", points(high))
}
