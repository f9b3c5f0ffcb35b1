package relation

import (
	"context"
	"net/url"

	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/todo"
)

// homeExpected is what is counted of expectations, once for a home page; the filter's state does not matter.
func (s *Service) homeExpected(ctx context.Context, f ExpectFilter) (ExpectList, error) {
	f.Limit = 1
	return once.Get(ctx, f, func() (ExpectList, error) { return s.Expectations(ctx, f) })
}

// loopMapTiles are the first stop of the loop: who serves whom is known, and a workshop that asks for it.
func (s *Service) loopMapTiles(ctx context.Context) ([]todo.Tile, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.homeMap(ctx, tree)
	if err != nil {
		return nil, err
	}
	confirmed, known := 0, 0
	for _, e := range all {
		if e.in(MapFilter{}, 0, tree) {
			known++
		}
		if e.in(MapFilter{Standing: string(Confirmed)}, 0, tree) {
			confirmed++
		}
	}
	v := url.Values{"standing": {string(Confirmed)}}
	out := []todo.Tile{{Code: "loop-confirmed", Label: lang.T(ctx, "relation.loop.confirmed"), N: confirmed, Note: lang.T(ctx, "relation.loop.of-map", "count", known),
		Href: "/relations/map?" + v.Encode(), API: "/api/v1/relation-map?" + v.Encode()}}
	workshops, err := s.Workshops(ctx)
	if err != nil {
		return nil, err
	}
	v = url.Values{"state": {OpenWord}}
	tile := todo.Tile{Code: "loop-workshops", Label: lang.T(ctx, "relation.loop.workshops"), Href: "/relations/workshop", API: "/api/v1/workshops?" + v.Encode(), Note: lang.T(ctx, "relation.loop.no-workshop")}
	handed, sheets := 0, 0
	for _, w := range workshops {
		if w.Closed() {
			continue
		}
		tile.N++
		handed, sheets = handed+w.Count(SheetHandedIn), sheets+len(w.Sheets)
	}
	if tile.N > 0 {
		tile.Note = lang.T(ctx, "relation.loop.sheets", "handed", handed, "count", sheets)
	}
	return append(out, tile), nil
}

// loopServeTiles are the later stops: what is promised is measured, what is expected has an answer, and what got better.
func (s *Service) loopServeTiles(ctx context.Context) ([]todo.Tile, error) {
	m, err := s.homeMatrix(ctx)
	if err != nil {
		return nil, err
	}
	t := m.tallied(Attainment)
	measured := todo.Tile{Code: "loop-measured", Label: lang.T(ctx, "relation.loop.measured"), N: t.In[InSome], Hidden: t.Hidden, Note: lang.T(ctx, "relation.loop.of-edges", "count", len(m.Cells))}
	measured.Href, measured.API = listHref(m.Period, InSome)
	better := todo.Tile{Code: "loop-better", Label: lang.T(ctx, "relation.loop.better"), N: t.In[InBetter], Hidden: t.Hidden, Note: lang.T(ctx, "relation.loop.compared", "count", t.Compared)}
	better.Href, better.API = listHref(m.Period, InBetter)
	l, err := s.homeExpected(ctx, ExpectFilter{})
	if err != nil {
		return nil, err
	}
	v := url.Values{"state": {string(ExpectAnswered)}}
	covered := todo.Tile{Code: "loop-covered", Label: lang.T(ctx, "relation.loop.covered"), N: l.Counts[ExpectAnswered], Hidden: l.Hidden, Note: lang.T(ctx, "relation.loop.of-expected", "count", l.Counts.All()),
		Href: "/relations/expectations?" + v.Encode(), API: "/api/v1/expectations?" + v.Encode()}
	return []todo.Tile{measured, covered, better}, nil
}
