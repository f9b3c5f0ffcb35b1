package org

import (
	"context"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// unitsReady says whether a change of units is possible now.
func (s *Service) unitsReady(ctx context.Context, rd sqldb.Reader, c *Change) ([]Remark, error) {
	tree, err := TreeIn(ctx, rd)
	if err != nil {
		return nil, err
	}
	var out []Remark
	bad := func(key string, args ...any) { out = append(out, Remark{Key: key, Args: args, Bad: true}) }
	note := func(key string, args ...any) { out = append(out, Remark{Key: key, Args: args}) }
	name := func(id ID) string { return tree.FullName(ctx, id) }
	valid := func(id ID) bool { u, ok := tree.ByID(id); return ok && u.Valid(rd.Instant()) }
	made := func(id ID) bool {
		return slices.ContainsFunc(c.Plan.Made, func(u Unit) bool { return u.ID == id })
	}
	for _, id := range c.Plan.From {
		if !valid(id) {
			bad("org.unit-gone", "unit", name(id))
		}
	}
	for _, x := range c.Plan.Into {
		if !made(x.Unit) && !valid(x.Unit) {
			bad("org.unit-gone", "unit", name(x.Unit))
		}
	}
	for _, u := range c.Plan.Made {
		if _, taken := tree.ByCode(u.Code); taken {
			bad("org.code-taken", "value", u.Code)
		}
	}
	if c.Kind == Move && len(c.Plan.From) == 1 {
		if p := c.Plan.Parent; p != 0 && (!valid(p) || tree.Under(p, c.Plan.From[0])) {
			bad("org.unit-circle", "value", name(p))
		}
	}
	open, err := openChanges(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, o := range open {
		if o.ID == c.ID || !o.Units() || !slices.ContainsFunc(o.about().Units, func(id ID) bool { return slices.Contains(c.about().Units, id) }) {
			continue
		}
		if o.State == ChangeRunning {
			bad("org.change-running")
		} else if c.State == "" {
			note("org.change-also-planned", "date", lang.Date(ctx, o.At))
		}
	}
	s.differences(ctx, tree, c, note)
	return out, nil
}

// differences names what the people of a unit will notice: other calendars and sites, and heads that are none any more.
func (s *Service) differences(ctx context.Context, tree *Tree, c *Change, note func(string, ...any)) {
	if c.Kind == Rename || len(c.Plan.From) == 0 {
		return
	}
	for _, id := range c.Plan.From {
		u, _ := tree.ByID(id)
		to := c.Plan.Parent
		if c.Kind != Move {
			if len(c.Plan.Into) == 0 {
				continue
			}
			to = c.Plan.Into[0].Unit
		}
		if u.Head != 0 && c.Kind != Move {
			note("org.head-ends", "unit", u.Name.In(ctx))
		}
		if s.offers.of == nil {
			continue
		}
		was, errWas := s.offers.of(ctx, id)
		next, errNext := s.offers.of(ctx, to)
		if errWas == nil && errNext == nil && was != next && (c.Kind != Move || u.Calendar == "") {
			note("org.calendar-differs", "unit", u.Name.In(ctx), "was", was, "next", next)
		}
	}
}

// makeUnits makes the units that a change needs.
func (s *Service) makeUnits(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	if err := lockTree(ctx, tx); err != nil {
		return err
	}
	for _, u := range c.Plan.Made {
		u.ValidFrom = tx.Now
		if err := insertUnits(ctx, tx, u); err != nil {
			return err
		}
		if err := s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: "created"}); err != nil {
			return err
		}
	}
	return nil
}

// endUnits ends the units of a merge or a split: nobody holds anything there any more.
func (s *Service) endUnits(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	if err := lockTree(ctx, tx); err != nil {
		return err
	}
	to, err := unitByID(ctx, tx, c.Plan.Into[0].Unit)
	if err != nil {
		return err
	}
	for _, id := range c.Plan.From {
		u, err := unitByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !u.ValidTo.IsZero() {
			return fault.New(fault.Conflict, "org.unit-ended-already")
		}
		for _, x := range c.Plan.Into {
			if err := insertLineage(ctx, tx, Lineage{u.ID, x.Unit, tx.Now, x.Share}); err != nil {
				return err
			}
		}
		if to.Head == 0 && u.Head != 0 {
			to.Head = u.Head
			if err := s.newHead(ctx, tx, to.ID, u.Head); err != nil {
				return err
			}
		}
		u.ValidTo, u.Head = tx.Now, 0
		if err := updateUnit(ctx, tx, u); err != nil {
			return err
		}
		if err := s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: "ended"}); err != nil {
			return err
		}
	}
	return nil
}

// alter moves or renames a unit; what it was is kept.
func (s *Service) alter(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	if err := lockTree(ctx, tx); err != nil {
		return err
	}
	u, err := unitByID(ctx, tx, c.Plan.From[0])
	if err != nil {
		return err
	}
	if c.Kind == Move {
		u.Parent = c.Plan.Parent
	} else {
		u.Name, u.Short = c.Plan.Name, c.Plan.Short
	}
	if err := updateUnit(ctx, tx, u); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: "changed"})
}
