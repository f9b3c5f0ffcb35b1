package org

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// namedRoles are the roles that a unit gives to its people by itself.
var namedRoles = []string{"agent", "secretary"}

// UnitRole is a role that a unit gives: one of its agents or secretaries.
type UnitRole struct {
	Person string `json:"person" doc:"employee_no or ref" example:"1005"`
	Role   string `json:"role" enum:"agent,secretary" example:"agent"`
	Until  string `json:"until,omitempty" doc:"Last day it counts; absent: open" example:"2027-03-31"`
}

// mayDelegate says whether somebody names the agents and secretaries of a unit: whoever heads it or one above it, now,
// and administration. It is the row access.delegate of the table.
func mayDelegate(a actor.Actor, tree *Tree, unit ID) bool {
	return a.System || a.Has("admin") || over(a, unit, tree, "head")
}

// unitToName is the unit whose roles somebody may name; NotFound when not, or when it has ended.
func (s *Service) unitToName(ctx context.Context, tree *Tree, code string, now time.Time) (Unit, error) {
	u, ok := tree.ByCode(code)
	if !ok || !u.Valid(now) || !mayDelegate(actor.From(ctx), tree, u.ID) {
		return Unit{}, fault.ErrNotFound
	}
	return u, nil
}

// UnitRoles are the agents and secretaries that a unit has named, by role and person. NotFound for who may not name them.
func (s *Service) UnitRoles(ctx context.Context, rd sqldb.Reader, code string) ([]Given, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	u, err := s.unitToName(ctx, tree, code, rd.Instant())
	if err != nil {
		return nil, err
	}
	return namedIn(ctx, rd, u.ID)
}

// SetUnitRoles makes exactly these people the agents and secretaries of a unit: who is not in the list loses the role, who
// is in it with another last day has that one from now on. A unit without an agent in the list is served by all its
// members. What is wrong comes all at once, and then nothing is changed.
func (s *Service) SetUnitRoles(ctx context.Context, code string, list []UnitRole, reason string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		tree, err := TreeIn(ctx, tx)
		if err != nil {
			return err
		}
		u, err := s.unitToName(ctx, tree, code, tx.Now)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "org_unit", u.ID); err != nil {
			return err
		}
		held, err := namedIn(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		f := all(checkReason(clean(reason)))
		wanted, err := s.wantedRoles(ctx, tx, tree, u, list, held, f)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return s.replaceNamed(ctx, tx, held, wanted, clean(reason))
	})
}

// wantedRoles reads the list; what is wrong with it goes into f, each with the person it is about.
func (s *Service) wantedRoles(ctx context.Context, tx *sqldb.Tx, tree *Tree, u Unit, list []UnitRole, held []Given, f *fault.Fields) ([]Given, error) {
	company, err := CompanyIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	var wanted []Given
	for _, in := range list {
		p, err := s.byRefIn(ctx, tx, clean(in.Person))
		if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && !p.Active {
			f.Add("roles", "org.person-unknown", "value", clean(in.Person))
			continue
		}
		if err != nil {
			return nil, err
		}
		g := Given{Person: p.ID, Role: Role{Code: clean(in.Role), Scope: u.Code, Unit: u.ID}}
		if !slices.Contains(namedRoles, g.Role.Code) {
			f.Add("roles", "org.role-not-named", "value", clean(in.Role))
			continue
		}
		if in.Until != "" {
			var ok bool
			if g.Until, ok = lastDay(clean(in.Until), company.Location()); !ok {
				f.Add("roles", "org.date-malformed", "value", clean(in.Until))
			} else if !g.Until.After(tx.Now) {
				f.Add("roles", "org.role-until-past")
			}
		}
		if at := indexGiven(wanted, g); at >= 0 {
			f.Add("roles", "org.role-twice", "name", NameOf(ctx, p))
			continue
		}
		if at := indexGiven(held, g); at < 0 || !held[at].Until.Equal(g.Until) {
			if err := s.mayName(ctx, tx, p, g.Role, tree, f); err != nil {
				return nil, err
			}
		}
		wanted = append(wanted, g)
	}
	return wanted, nil
}

// mayName adds why the actor may not give a person a role of a unit.
func (s *Service) mayName(ctx context.Context, tx *sqldb.Tx, p Person, r Role, tree *Tree, f *fault.Fields) error {
	units, err := unitsOf(ctx, tx, p)
	if err != nil {
		return err
	}
	if len(mayChangeRole(actor.From(ctx), p, units, r, tree)) > 0 {
		f.Add("roles", "org.role-outside", "name", NameOf(ctx, p))
	}
	return nil
}

// unitsOf are the units that a person belongs to now.
func unitsOf(ctx context.Context, rd sqldb.Reader, p Person) ([]ID, error) {
	if p.ID == 0 {
		return nil, nil
	}
	members, err := membershipsOf(ctx, rd, []ID{p.ID})
	units := []ID{p.Unit}
	for _, m := range members[p.ID] {
		if m.Unit != p.Unit && (m.Until.IsZero() || m.Until.After(rd.Instant())) {
			units = append(units, m.Unit)
		}
	}
	return units, err
}

func indexGiven(list []Given, g Given) int {
	return slices.IndexFunc(list, func(x Given) bool { return x.Person == g.Person && x.Role == g.Role })
}

// replaceNamed writes the difference, person by person in the order of ids, so that two of at once do not wait for each
// other crosswise.
func (s *Service) replaceNamed(ctx context.Context, tx *sqldb.Tx, held, wanted []Given, reason string) error {
	type step struct {
		Given
		what string
	}
	var steps []step
	for _, g := range held {
		if indexGiven(wanted, g) < 0 {
			steps = append(steps, step{g, "taken"})
		}
	}
	for _, g := range wanted {
		if at := indexGiven(held, g); at < 0 || !held[at].Until.Equal(g.Until) {
			steps = append(steps, step{g, "given"})
		}
	}
	sorting.Stable(steps, func(a, b step) int { return int(min(1, max(-1, a.Person-b.Person))) })
	for _, x := range steps {
		x.Reason, x.By = reason, actor.From(ctx).Person
		if err := tx.Lock(ctx, "org_person", x.Person); err != nil {
			return err
		}
		if err := deleteRole(ctx, tx, x.Person, x.Role); err != nil {
			return err
		}
		if x.what == "given" {
			if err := insertGiven(ctx, tx, x.Given); err != nil {
				return err
			}
		}
		if err := s.tellRole(ctx, tx, x.Given, x.what); err != nil {
			return err
		}
	}
	return nil
}
