package relation

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Run is an edge month by month. Months are empty unless Shown.
type Run struct {
	Shown  bool // the actor may see its numbers
	Months []Month
	Target Target
	Agreed bool // the target for being in time was agreed; otherwise it is the usual one
}

// RunOf reads what Direction shows of the edge between two units of any level, month by month: from and to are months,
// both in it, 202512 to 202611. Months in which nothing was counted are left out. The unit above all stands for everybody.
func (s *Service) RunOf(ctx context.Context, provider, customer org.ID, from, to int64) (Run, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return Run{}, err
	}
	r := Run{Shown: visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll)(provider, customer)}
	if !r.Shown {
		return r, nil
	}
	target, err := s.agreed(ctx)
	if err != nil {
		return r, err
	}
	r.Target = target(provider, customer)
	if s.targets != nil {
		slot, err := s.targets(ctx)
		if err != nil {
			return r, err
		}
		r.Agreed = slot(provider, customer).Attainment > 0
	}
	parts, err := s.edgesBetween(ctx, tree, provider, customer, AsItIs)
	if err != nil || len(parts) == 0 {
		return r, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := s.monthsOf(ctx, rd, tree, provider, customer, parts, from, to)
		for _, m := range list {
			r.Months = append(r.Months, Month{m.at, figures(m.c.delta(), r.Target)})
		}
		return err
	})
	return r, err
}

// monthsOf adds parts up by month. Of everybody for everybody every line of the tallies counts, and no edge is named.
func (s *Service) monthsOf(ctx context.Context, rd sqldb.Reader, tree *org.Tree, provider, customer org.ID, parts []part, from, to int64) ([]tallyRow, error) {
	for _, id := range []org.ID{provider, customer} {
		if u, ok := tree.ByID(id); !ok || u.Parent != 0 || slices.ContainsFunc(tree.All(), func(x org.Unit) bool { return x.Parent == 0 && x.ID != id }) {
			return timesOfParts(ctx, rd, byMonth, parts, from, to)
		}
	}
	return allTimes(ctx, rd, byMonth, from, to)
}
