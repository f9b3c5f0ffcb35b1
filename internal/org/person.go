package org

import (
	"context"
	"errors"
	"slices"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// PersonInput is a person as a form or the API gives it: with codes instead of ids.
type PersonInput struct {
	No       string   `json:"employee_no" form:"employee_no" example:"00123"`
	Name     string   `json:"name" form:"name" example:"周敏"`
	NameEn   string   `json:"name_en,omitempty" form:"name_en"`
	Phone    string   `json:"phone,omitempty" form:"phone"`
	Email    string   `json:"email,omitempty" form:"email"`
	Unit     string   `json:"unit" form:"unit" doc:"Code of the main unit" example:"finance"`
	Position string   `json:"position,omitempty" form:"position"`
	Manager  string   `json:"manager,omitempty" form:"manager" doc:"employee_no"`
	Locale   string   `json:"locale,omitempty" form:"locale"`
	More     []string `json:"more_units,omitempty" form:"more_units" doc:"unit[:position][@until]" example:"[\"project:顾问@2027-03-31\"]"`
	Dotted   []string `json:"dotted_managers,omitempty" form:"-" doc:"employee_no[@until]: whom the person reports to besides the manager" example:"[\"00124@2027-03-31\"]"`
	Revision int64    `json:"-" form:"revision"` // the one that was shown; 0 makes a new person
}

func (in PersonInput) person() Person {
	return Person{No: clean(in.No), Name: clean(in.Name), NameEn: clean(in.NameEn), Phone: phoneOf(in.Phone), Email: clean(in.Email),
		Position: clean(in.Position), Locale: clean(in.Locale), Active: true}
}

// SavePerson makes a person (Revision 0) or changes the one with the 工号. Roles are another matter: SetRoles.
func (s *Service) SavePerson(ctx context.Context, in PersonInput) (Person, error) {
	p := in.person()
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		old, err := lockPerson(ctx, tx, p.No)
		if err != nil {
			return err
		}
		if old.ID != 0 && in.Revision != 0 && in.Revision != old.Revision {
			return fault.New(fault.Precondition, "org.changed-meanwhile")
		}
		if old.ID == 0 && in.Revision != 0 {
			return fault.ErrNotFound
		}
		p.ID, p.Active = old.ID, old.Active || old.ID == 0
		f := all(checkPerson(p))
		if old.ID != 0 && in.Revision == 0 {
			f.Add("employee_no", "org.no-taken", "value", p.No)
		}
		members, err := s.resolvePerson(ctx, tx, in, &p, f)
		if err != nil {
			return err
		}
		company, err := CompanyIn(ctx, tx)
		if err != nil {
			return err
		}
		dotted, err := s.resolveDotted(ctx, tx, in, p, company.Location(), f)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		what := "changed"
		if old.ID == 0 {
			what, p.ID = "created", tx.NewID()
			err = insertPeople(ctx, tx, []Person{p}, nil)
		} else {
			err = updatePerson(ctx, tx, p, "")
		}
		if err != nil {
			return err
		}
		for i := range members {
			members[i].Person = p.ID
		}
		if err := replaceMemberships(ctx, tx, p.ID, members); err != nil {
			return err
		}
		for i := range dotted {
			dotted[i].Person = p.ID
		}
		if err := replaceDotted(ctx, tx, []ID{p.ID}, dotted); err != nil {
			return err
		}
		p.Revision = old.Revision + 1
		return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: what})
	})
	if sqldb.IsUnique(err) {
		var f fault.Fields
		f.Add("employee_no", "org.no-taken", "value", p.No)
		return Person{}, f.Err()
	}
	return p, err
}

// lockPerson is the zero Person when there is none with the 工号.
func lockPerson(ctx context.Context, tx *sqldb.Tx, no string) (Person, error) {
	p, err := personByNo(ctx, tx, no)
	if errors.Is(err, fault.ErrNotFound) {
		return Person{}, nil
	}
	if err != nil {
		return Person{}, err
	}
	if err := tx.Lock(ctx, "org_person", p.ID); err != nil {
		return Person{}, err
	}
	return personByID(ctx, tx, p.ID)
}

// resolvePerson turns codes into ids and gives the memberships, the main one first.
func (s *Service) resolvePerson(ctx context.Context, tx *sqldb.Tx, in PersonInput, p *Person, f *fault.Fields) ([]Membership, error) {
	tree, err := TreeIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	company, err := CompanyIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	code := clean(in.Unit)
	unit, ok := tree.ByCode(code)
	switch {
	case code == "":
		f.Add("unit", "org.required")
	case !ok || !unit.Valid(tx.Now):
		f.Add("unit", "org.unit-unknown", "value", code)
	}
	p.Unit = unit.ID
	members := []Membership{{Unit: unit.ID, Main: true, Position: p.Position}}
	for _, text := range in.More {
		for _, entry := range split(text) {
			m := ParseMoreUnit(entry)
			u, ok := tree.ByCode(m.Code)
			until, dated := lastDay(m.Until, company.Location())
			switch {
			case !ok:
				f.Add("more_units", "org.unit-unknown", "value", m.Code)
			case slices.ContainsFunc(members, func(o Membership) bool { return o.Unit == u.ID }):
				f.Add("more_units", "org.unit-twice", "value", m.Code)
			case m.Until != "" && !dated:
				f.Add("more_units", "org.date-malformed", "value", m.Until)
			default:
				members = append(members, Membership{Unit: u.ID, Position: m.Position, Until: until})
			}
		}
	}
	if no := clean(in.Manager); no != "" {
		m, err := personByNo(ctx, tx, no)
		switch {
		case errors.Is(err, fault.ErrNotFound):
			f.Add("manager", "org.person-unknown", "value", no)
		case err != nil:
			return nil, err
		case m.ID == p.ID:
			f.Add("manager", "org.manager-self", "value", no)
		case p.ID != 0:
			round, err := leadsRound(ctx, tx, p.ID, m.ID)
			if err != nil {
				return nil, err
			}
			if round {
				f.Add("manager", "org.manager-circle", "name", m.Name)
			}
		}
		p.Manager = m.ID
	}
	return members, nil
}

// SetRoles gives a person exactly these roles (`code[@scope]`). Company-wide roles are the security officer's matter,
// roles of a unit or service the administrator's; what the actor may not change must stay as it is.
func (s *Service) SetRoles(ctx context.Context, no string, roles []string, revision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := lockPerson(ctx, tx, no)
		if err != nil {
			return err
		}
		if p.ID == 0 {
			return fault.ErrNotFound
		}
		if revision != 0 && revision != p.Revision {
			return fault.New(fault.Precondition, "org.changed-meanwhile")
		}
		tree, err := TreeIn(ctx, tx)
		if err != nil {
			return err
		}
		company, err := CompanyIn(ctx, tx)
		if err != nil {
			return err
		}
		held, err := rolesOf(ctx, tx, []ID{p.ID})
		if err != nil {
			return err
		}
		main, _ := tree.ByID(p.Unit)
		next, problems := readRoles(tree, main.Code, strings.Join(roles, ";"), company.Switches.StrictRoles)
		problems = append(problems, mayGive(actor.From(ctx), held[p.ID], next)...)
		problems = append(problems, ownRole(actor.From(ctx), p.ID, changed(held[p.ID], next))...)
		f := all(problems)
		if err := f.Err(); err != nil {
			return err
		}
		if err := replaceRoles(ctx, tx, p.ID, next); err != nil {
			return err
		}
		if err := touchPerson(ctx, tx, p.ID); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "roles", Roles: writeRoles(next)})
	})
}

// Deactivate ends a person's time: no sign-in, no agent, no head, still named in history.
func (s *Service) Deactivate(ctx context.Context, no string) error {
	return s.setActive(ctx, no, false)
}

// Activate takes a person back.
func (s *Service) Activate(ctx context.Context, no string) error { return s.setActive(ctx, no, true) }

func (s *Service) setActive(ctx context.Context, no string, active bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := lockPerson(ctx, tx, no)
		if err != nil {
			return err
		}
		if p.ID == 0 {
			return fault.ErrNotFound
		}
		if p.Active == active {
			return nil
		}
		if active {
			if err := notBuried(ctx, tx, p.ID); err != nil {
				return err
			}
		}
		if !active && p.ID == actor.From(ctx).Person {
			return fault.New(fault.Conflict, "org.not-oneself")
		}
		manager, err := managerNo(ctx, tx, p)
		if err != nil {
			return err
		}
		p.Active = active
		if err := updatePerson(ctx, tx, p, manager); err != nil {
			return err
		}
		what := "deactivated"
		if active {
			what = "activated"
		}
		return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: what})
	})
}

// managerNo is kept only while the manager is not known yet.
func managerNo(ctx context.Context, rd sqldb.Reader, p Person) (string, error) {
	if p.Manager != 0 {
		return "", nil
	}
	return sqldb.Value[string](ctx, rd, pendingManager, p.ID)
}

// SetLocale sets the language a person reads ("zh", "en" or "" for the company's).
func (s *Service) SetLocale(ctx context.Context, person ID, locale string) error {
	if locale != "" && locale != "zh" && locale != "en" {
		return fault.New(fault.Invalid, "org.locale-unknown", "value", locale)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := setLocale(ctx, tx, person, locale)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.ErrNotFound
		}
		p, err := personByID(ctx, tx, person)
		if err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "changed"})
	})
}
