package relation

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/org"
)

// unitMatrix has the edges of a department: on a home page that has the whole matrix anyway, that one.
func (s *Service) unitMatrix(ctx context.Context, tree *org.Tree, unit org.ID) (*Matrix, error) {
	if a := actor.From(ctx); office(a) || executive(a) {
		return s.homeMatrix(ctx)
	}
	return s.edgesOf(ctx, tree, unit)
}

// edgesOf are the edges of one department in the matrix of the home page, compared with the period before: the very cells of homeMatrix that it
// provides or is the customer of, without the thousands of others.
func (s *Service) edgesOf(ctx context.Context, tree *org.Tree, unit org.ID) (*Matrix, error) {
	m := &Matrix{Period: CurrentPeriod(s.today(ctx)), Level: org.Department}
	now, rest := m.Period.split()
	before, other := m.Period.Before().split()
	if len(rest)+len(other) > 0 { // a period with days of its own
		return s.homeMatrix(ctx)
	}
	if err := s.store.fresh(ctx, s.db, append(now, before...), s.org.Company(ctx).Location()); err != nil {
		return nil, err
	}
	target, err := s.agreed(ctx)
	if err != nil {
		return nil, err
	}
	edges, version := s.store.list()
	r := s.rollups.at(org.Department, AsItIs, tree, edges, version)
	m.rollup, m.Units = r, r.units
	mine, wanted := r.around(unit)
	sums, was := r.add(s.store.sumOf(now, wanted)), r.add(s.store.sumOf(before, wanted))
	see := visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll)
	for i, pair := range r.cells {
		if !mine[i] {
			continue
		}
		c := judged(pair, sums[i], see, target, r.units)
		if c.Shown {
			c.compare(was[i].delta())
		}
		m.Cells = append(m.Cells, c)
	}
	return m, nil
}

// around are the cells of a unit, and the edges, by number, that any of them is made of.
func (r *rollup) around(unit org.ID) (mine, wanted []bool) {
	mine = make([]bool, len(r.cells))
	for i, c := range r.cells {
		mine[i] = r.units[c.provider].ID == unit || r.units[c.customer].ID == unit
	}
	wanted = make([]bool, len(r.cellOf))
	for n, c := range r.cellOf {
		wanted[n] = c >= 0 && mine[c]
	}
	for n, d := range r.divided {
		for _, c := range d.cells {
			wanted[n] = wanted[n] || mine[c]
		}
	}
	return mine, wanted
}
