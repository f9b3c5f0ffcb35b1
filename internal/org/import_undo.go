package org

import (
	"context"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/sqldb"
)

// ActedBy fills the slot that says whether somebody has done anything here: such a person is not taken back with an import.
func (s *Service) ActedBy(acted func(ctx context.Context, rd sqldb.Reader, person ID) (bool, error)) {
	s.acted = acted
}

// undoPeople takes imports of people back: former values where nobody changed them since, and who is new and has not been
// here yet is deactivated. Nobody's history is deleted.
func (s *Service) undoPeople() *importer.Undo {
	return &importer.Undo{Look: s.peopleCells, Used: s.personUsed, Remove: s.removePerson,
		Erased: func(no string) bool { return strings.HasPrefix(no, "~") }}
}

// peopleCells are people under the columns of the import.
func (s *Service) peopleCells(ctx context.Context, rd sqldb.Reader, nos []string) (map[string]map[string]string, error) {
	rows := make([]importer.Row, len(nos))
	for i, no := range nos {
		rows[i].Cells = map[string]string{"employee_no": no}
	}
	people, err := s.knownPeople(ctx, rd, rows)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	h, err := s.reading(ctx, rd)
	if err != nil {
		return nil, err
	}
	out := make(map[string]map[string]string, len(people))
	for no, k := range people {
		unit, _ := h.tree.ByID(k.Unit)
		var rest []Membership
		for _, m := range k.members {
			if !m.Main {
				rest = append(rest, m)
			}
		}
		out[no] = map[string]string{"employee_no": no, "name": k.Name, "name_en": k.NameEn, "phone": k.Phone, "email": k.Email, "unit": unit.Code,
			"position": k.Position, "manager": k.managerNo, "roles": writeRoles(k.roles), "more_units": h.writeMembers(rest),
			"dotted_managers": WriteDotted(k.dotted, h.zone), "locale": k.Locale, "active": yesNo(k.Active)}
	}
	return out, nil
}

// personUsed: who has signed in, done or been given something stays; those who are led go with the same import.
func (s *Service) personUsed(ctx context.Context, rd sqldb.Reader, no string, going map[string]bool) (*importer.Problem, error) {
	p, err := personByNo(ctx, rd, no)
	if err != nil {
		return nil, err
	}
	used := func(key string, args ...any) (*importer.Problem, error) {
		problem := importer.Wrong(0, "", key, args...)
		return &problem, nil
	}
	if s.acted != nil {
		acted, err := s.acted(ctx, rd, p.ID)
		if err != nil {
			return nil, err
		}
		if acted {
			return used("org.undo-acted")
		}
	}
	led, err := reportsAfter(ctx, rd, p.ID, 0, CountMost)
	if err != nil {
		return nil, err
	}
	names, err := s.Names(ctx, rd, led)
	if err != nil {
		return nil, err
	}
	for _, r := range names {
		if !going[r.No] {
			return used("org.undo-leads", "name", r.Plain(ctx))
		}
	}
	for _, h := range s.Holdings(ByPerson) {
		if h.Code == "org.reports" || h.Code == "org.roles" || h.Code == "org.members" || h.Code == "org.owner" { // as the file said
			continue
		}
		n, err := h.Count(ctx, rd, p.ID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			return used("org.undo-holds", "count", n)
		}
	}
	return nil, nil
}

func (s *Service) removePerson(ctx context.Context, tx *sqldb.Tx, no string) error {
	p, err := personByNo(ctx, tx, no)
	if err != nil {
		return err
	}
	return s.close(ctx, tx, p.ID)
}

// undoUnits takes imports of units back: a new unit that nobody is in and nothing belongs to ends.
func (s *Service) undoUnits() *importer.Undo {
	return &importer.Undo{Look: s.unitCells, Used: s.unitUsed, Remove: s.removeUnit}
}

func (s *Service) unitCells(ctx context.Context, rd sqldb.Reader, codes []string) (map[string]map[string]string, error) {
	tree, err := TreeIn(ctx, rd)
	if err != nil {
		return nil, err
	}
	var units []Unit
	for _, code := range codes {
		if u, ok := tree.ByCode(code); ok && u.Valid(rd.Instant()) {
			units = append(units, u)
		}
	}
	heads, err := s.headNos(ctx, rd, units)
	if err != nil {
		return nil, err
	}
	out := make(map[string]map[string]string, len(units))
	for _, u := range units {
		parent, _ := tree.ByID(u.Parent)
		out[u.Code] = map[string]string{"code": u.Code, "name_zh": u.Name.Zh, "name_en": u.Name.En, "short_zh": u.Short.Zh, "short_en": u.Short.En,
			"level": u.Level, "parent": parent.Code, "site": u.Site, "head": heads[u.ID], "calendar": u.Calendar}
	}
	return out, nil
}

func (s *Service) unitUsed(ctx context.Context, rd sqldb.Reader, code string, going map[string]bool) (*importer.Problem, error) {
	u, err := unitByCode(ctx, rd, code)
	if err != nil {
		return nil, err
	}
	below, err := unitsBelow(ctx, rd, u.ID, rd.Instant())
	if err != nil {
		return nil, err
	}
	for _, c := range below {
		if !going[c.Code] {
			p := importer.Wrong(0, "", "org.undo-above", "unit", c.Name.In(ctx))
			return &p, nil
		}
	}
	for _, h := range s.Holdings(ByUnit) {
		if h.Code == "org.children" {
			continue
		}
		n, err := h.Count(ctx, rd, u.ID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			p := importer.Wrong(0, "", "org.undo-holds", "count", n)
			return &p, nil
		}
	}
	return nil, nil
}

func (s *Service) removeUnit(ctx context.Context, tx *sqldb.Tx, code string) error {
	u, err := lockUnit(ctx, tx, code)
	if err != nil || u.ID == 0 {
		return err
	}
	u.ValidTo = tx.Now
	if err := updateUnit(ctx, tx, u); err != nil {
		return err
	}
	return s.unitChanged(ctx, tx, u.ID, "ended")
}
