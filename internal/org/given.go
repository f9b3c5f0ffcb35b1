package org

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Given is a role that somebody holds, and its story. A role that came by an import or with a form of all roles has no
// reason.
type Given struct {
	Person ID
	Role   Role
	Reason string
	By     ID        // 0: an import, or the house
	At     time.Time // zero: before stories were kept
	Until  time.Time // first moment it no longer counts; zero: open
}

// GivenFilter narrows the list of holdings.
type GivenFilter struct {
	Code   string // of the role
	Unit   string // code: this unit and below
	Wide   bool   // of the whole company only
	Scoped bool   // of units and services only
	People []ID   // nil: everybody
	After  ID     // person after whom the page begins
	Limit  int    // holdings, 1 to 2 000
}

// RoleWasGiven says that a person was given one role, or that it was taken away or ended by itself.
type RoleWasGiven struct {
	Person ID        `json:"person"`
	No     string    `json:"no"`
	Role   string    `json:"role"` // code[@scope]
	What   string    `json:"what"` // given, taken, ended
	Reason string    `json:"reason,omitempty"`
	Until  time.Time `json:"until,omitzero"`
}

// EventKind of RoleWasGiven.
func (RoleWasGiven) EventKind() string { return "org.role-was-given" }

// EventSubject of RoleWasGiven.
func (e RoleWasGiven) EventSubject() (string, int64) { return "person", e.Person }

// Givens lists holdings in the order of people. next is the GivenFilter.After of the page that follows, 0 on the last.
func (s *Service) Givens(ctx context.Context, rd sqldb.Reader, f GivenFilter) (list []Given, next ID, err error) {
	var units []ID
	if f.Unit != "" {
		tree, err := s.Tree(ctx)
		if err != nil {
			return nil, 0, err
		}
		u, ok := tree.ByCode(f.Unit)
		if !ok {
			return nil, 0, nil
		}
		units = tree.Descendants(u.ID)
	}
	if f.People != nil && len(f.People) == 0 {
		return nil, 0, nil
	}
	limit := min(max(f.Limit, 1), 2000)
	if list, err = givenAfter(ctx, rd, f, units, f.After, limit+1); err != nil || len(list) <= limit {
		return list, 0, err
	}
	last := list[limit].Person // may have more than fit: it begins the next page, unless it fills this one alone
	cut := slices.IndexFunc(list, func(g Given) bool { return g.Person == last })
	if cut == 0 {
		return list[:limit], last, nil
	}
	return list[:cut], list[cut-1].Person, nil
}

// RoleChange gives one role to a person, or takes it away.
type RoleChange struct {
	No     string // 工号
	Role   string // code
	Scope  string // code of the unit or service; "" the whole company
	Reason string
	Until  string // last day it counts, "2027-03-31"; "" open
}

// GiveRole gives a person one role. Company-wide roles are the security officer's to give, those of a unit or service
// the administrator's; whoever heads a unit names agents and secretaries of it and of what lies below. Nobody changes
// a company-wide role of their own. A role that is held can be given anew with another last day. What is wrong comes all
// at once.
func (s *Service) GiveRole(ctx context.Context, c RoleChange) error {
	return s.changeRole(ctx, c, true, func(ctx context.Context, tx *sqldb.Tx, g Given, held []Role, f *fault.Fields) error {
		strict, err := CompanyIn(ctx, tx)
		if err != nil {
			return err
		}
		if a, b, both := apart(append(slices.Clone(held), g.Role)); strict.Switches.StrictRoles && both {
			f.Add("role", "org.roles-apart", "a", a, "b", b)
		}
		if text := clean(c.Until); text != "" {
			var ok bool
			if g.Until, ok = lastDay(text, strict.Location()); !ok {
				f.Add("until", "org.date-malformed", "value", text)
			} else if !g.Until.After(tx.Now) {
				f.Add("until", "org.role-until-past")
			}
		}
		if slices.Contains(held, g.Role) {
			if same, err := heldUntil(ctx, tx, g); err != nil {
				return err
			} else if same {
				f.Add("role", "org.role-held", "value", g.Role.String())
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := deleteRole(ctx, tx, g.Person, g.Role); err != nil {
			return err
		}
		if err := insertGiven(ctx, tx, g); err != nil {
			return err
		}
		return s.tellRole(ctx, tx, g, "given")
	})
}

// TakeRole takes one role away from a person; who may is as with GiveRole. NotFound when the person does not hold it.
func (s *Service) TakeRole(ctx context.Context, c RoleChange) error {
	return s.changeRole(ctx, c, false, func(ctx context.Context, tx *sqldb.Tx, g Given, held []Role, f *fault.Fields) error {
		if f.Len() == 0 && !slices.Contains(held, g.Role) {
			return fault.ErrNotFound
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := deleteRole(ctx, tx, g.Person, g.Role); err != nil {
			return err
		}
		return s.tellRole(ctx, tx, g, "taken")
	})
}

// changeRole checks what giving and taking have in common; do decides the rest and writes.
func (s *Service) changeRole(ctx context.Context, c RoleChange, giving bool, do func(ctx context.Context, tx *sqldb.Tx, g Given, held []Role, f *fault.Fields) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var f fault.Fields
		tree, err := TreeIn(ctx, tx)
		if err != nil {
			return err
		}
		p, err := lockPerson(ctx, tx, clean(c.No))
		if err != nil {
			return err
		}
		switch {
		case clean(c.No) == "":
			f.Add("person", "org.required")
		case p.ID == 0 || !p.Active:
			f.Add("person", "org.person-unknown", "value", clean(c.No))
		}
		g := Given{Person: p.ID, Reason: clean(c.Reason), By: actor.From(ctx).Person}
		for _, x := range checkReason(g.Reason) {
			f.Add(x.field, x.key, x.args...)
		}
		held, err := rolesOf(ctx, tx, []ID{p.ID})
		if err != nil {
			return err
		}
		main, _ := tree.ByID(p.Unit)
		role, problems := readRole(tree, main.Code, c)
		g.Role = role
		if len(problems) == 0 && p.ID != 0 {
			var units []ID
			if giving {
				if units, err = unitsOf(ctx, tx, p); err != nil {
					return err
				}
			}
			problems = mayChangeRole(actor.From(ctx), p, units, role, tree)
		}
		for _, x := range problems {
			f.Add("role", x.key, x.args...)
		}
		return do(ctx, tx, g, held[p.ID], &f)
	})
}

// readRole is the role that a change names.
func readRole(tree *Tree, mainUnit string, c RoleChange) (Role, []finding) {
	text := clean(c.Role)
	if scope := clean(c.Scope); scope != "" {
		text += "@" + scope
	}
	if strings.ContainsAny(text, ";；") || text == "" {
		return Role{}, []finding{wrong("roles", "org.role-unknown", "value", text)}
	}
	roles, problems := readRoles(tree, mainUnit, text, false)
	if len(problems) > 0 {
		return Role{}, problems
	}
	return roles[0], nil
}

func (s *Service) tellRole(ctx context.Context, tx *sqldb.Tx, g Given, what string) error {
	p, err := personByID(ctx, tx, g.Person)
	if err != nil {
		return err
	}
	if err := touchPerson(ctx, tx, p.ID); err != nil {
		return err
	}
	now, err := rolesOf(ctx, tx, []ID{p.ID})
	if err != nil {
		return err
	}
	if err := s.events.Emit(ctx, tx, RoleWasGiven{Person: p.ID, No: p.No, Role: g.Role.String(), What: what, Reason: g.Reason, Until: g.Until}); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "roles", Roles: writeRoles(now[p.ID])})
}

// EndRoles takes away the roles whose last day is over. It runs every minute: a role counts up to a minute longer.
func (s *Service) EndRoles(ctx context.Context) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			list, err := endedRoles(ctx, tx, tx.Now, 100)
			if err != nil {
				return err
			}
			n = len(list)
			for _, g := range list {
				if err := deleteRole(ctx, tx, g.Person, g.Role); err != nil {
					return err
				}
				if err := s.tellRole(ctx, tx, g, "ended"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < 100 {
			return err
		}
	}
}
