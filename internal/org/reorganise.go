package org

import (
	"context"
	"slices"
	"time"

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
		} else if c.State == "" && u.Parent != 0 {
			note("org.made-under", "unit", u.Name.In(ctx), "above", name(u.Parent))
		}
	}
	if p := c.Plan.Parent; c.Kind == Move && p != 0 {
		if !valid(p) {
			bad("org.unit-gone", "unit", name(p))
		} else if tree.Under(p, c.Plan.From[0]) {
			bad("org.unit-circle", "value", name(p))
		}
	}
	open, err := openChanges(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, o := range open {
		if r, ok := c.beside(ctx, tree, o, rd.Instant()); ok {
			out = append(out, r)
		}
	}
	s.differences(ctx, tree, c, note)
	return out, nil
}

// needs are the units that must be there when a change of units begins.
func (c Change) needs() []ID {
	list := c.about().Units
	if c.Kind == Move && c.Plan.Parent != 0 {
		list = append(list, c.Plan.Parent)
	}
	return list
}

// ends are the units that are not there any more after it.
func (c Change) ends() []ID {
	if c.Kind == Merge || c.Kind == Split {
		return c.Plan.From
	}
	return nil
}

// beside says what another open change means for this one: two at once on one unit do not go, nor one after the unit has
// ended; where it works out in turn, it is only said, and only before this one is written down.
func (c Change) beside(ctx context.Context, tree *Tree, o Change, now time.Time) (Remark, bool) {
	common := func(a, b []ID) (ID, bool) {
		for _, id := range a {
			if slices.Contains(b, id) {
				return id, true
			}
		}
		return 0, false
	}
	if o.ID == c.ID || !o.Units() {
		return Remark{}, false
	}
	unit, shared := common(c.needs(), o.needs())
	if !shared {
		return Remark{}, false
	}
	say := func(key string, unit ID, bad bool) (Remark, bool) {
		return Remark{Key: key, Args: []any{"unit", tree.FullName(ctx, unit), "date", lang.Date(ctx, o.At)}, Bad: bad}, true
	}
	if o.State == ChangeRunning {
		return say("org.change-running", unit, true)
	}
	if c.State != "" {
		return Remark{}, false
	}
	if ended, ok := common(o.ends(), c.needs()); ok && !o.At.After(later(c.At, now)) {
		return say("org.change-after-end", ended, true)
	}
	if ended, ok := common(c.ends(), o.needs()); ok {
		return say("org.change-ends-other", ended, false)
	}
	return say("org.change-also-planned", unit, false)
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
			key, next := "org.head-ends", c.receiving("person", u.Head)
			if heir, there := tree.ByID(next); !there || heir.Head == 0 {
				key = "org.head-follows"
			}
			note(key, "unit", u.Name.In(ctx), "next", s.unitName(ctx, tree, *c, next))
		}
		if was, next, ok := entities(tree, id, to); ok && was != next {
			note("org.entity-differs", "unit", u.Name.In(ctx), "was", tree.FullName(ctx, was), "next", tree.FullName(ctx, next))
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

// entities are the legal entities of two units; not ok when one of them stands in none.
func entities(tree *Tree, a, b ID) (ofA, ofB ID, ok bool) {
	ofA, ofB = tree.At(Entity, a), tree.At(Entity, b)
	one, _ := tree.ByID(ofA)
	other, _ := tree.ByID(ofB)
	return ofA, ofB, one.Level == Entity && other.Level == Entity
}

// makeUnits makes the units that a change needs.
func (s *Service) makeUnits(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	if err := lockTree(ctx, tx); err != nil {
		return err
	}
	for _, u := range c.Plan.Made {
		var err error
		if u.Parent, err = standing(ctx, tx, u.Parent); err != nil {
			return err
		}
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
		if err := s.headFollows(ctx, tx, c, u); err != nil {
			return err
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

// headFollows lets the head of a unit that ends head the one that the head goes to, when nobody does.
func (s *Service) headFollows(ctx context.Context, tx *sqldb.Tx, c *Change, u Unit) error {
	if u.Head == 0 {
		return nil
	}
	to, err := unitByID(ctx, tx, c.receiving("person", u.Head))
	if err != nil || to.Head != 0 {
		return err
	}
	return s.newHead(ctx, tx, to.ID, u.Head)
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
