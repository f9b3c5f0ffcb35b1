package org

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// known is a person as the database has it, with everything a file may change.
type known struct {
	Person
	managerNo string
	members   []Membership // the main one first
	roles     []Role
	dotted    []Dotted
}

// wantedPerson is what one row of the file makes of a person.
type wantedPerson struct {
	known
	fresh, rolesSet, membersSet, dottedSet bool
	back                                   bool // had left, and works here again
	changes                                []importer.Change
}

// reading is what judging a row needs to know of the house.
type reading struct {
	tree   *Tree
	zone   *time.Location
	strict bool
	actor  actor.Actor
	now    time.Time
}

func (s *Service) reading(ctx context.Context, rd sqldb.Reader) (reading, error) {
	tree, err := TreeIn(ctx, rd)
	if err != nil {
		return reading{}, err
	}
	company, err := CompanyIn(ctx, rd)
	return reading{tree: tree, zone: company.Location(), strict: company.Switches.StrictRoles, actor: actor.From(ctx), now: rd.Instant()}, err
}

// wantPerson lays a row over the person that exists and says what is wrong with it by itself.
func (h reading) wantPerson(row importer.Row, old known) (wantedPerson, []finding) {
	w := wantedPerson{known: old, fresh: old.ID == 0}
	w.members, w.roles = slices.Clone(old.members), slices.Clone(old.roles)
	if w.fresh {
		w.Active = true
	}
	w.No = row.Get("employee_no")
	w.text(row, "name", &w.Name)
	w.text(row, "name_en", &w.NameEn)
	if phone := phoneOf(row.Get("phone")); row.Has("phone") && w.change("phone", w.Phone, phone) {
		w.Phone = phone
	}
	w.text(row, "email", &w.Email)
	w.text(row, "position", &w.Position)
	w.text(row, "manager", &w.managerNo)
	w.text(row, "locale", &w.Locale)
	found := w.work(row)
	if w.back = !w.fresh && !old.Active && w.Active; w.back {
		h.startsAnew(&w, row.Has)
	}
	main, f := h.mainUnit(row, &w)
	found = append(found, f...)
	found = append(found, h.moreUnits(row, &w)...)
	found = append(found, h.dottedLines(row, &w)...)
	if row.Has("roles") {
		before := writeRoles(w.roles)
		roles, f := readRoles(h.tree, main.Code, row.Get("roles"), h.strict)
		f = append(f, mayGive(h.actor, old.roles, roles)...)
		f = append(f, ownRole(h.actor, old.ID, changed(old.roles, roles))...)
		found = append(found, f...)
		w.roles = roles
		w.rolesSet = w.change("roles", before, writeRoles(roles))
	}
	if w.managerNo != "" && w.managerNo == w.No {
		found = append(found, wrong("manager", "org.manager-self", "value", w.managerNo))
	}
	return w, append(checkPerson(w.Person), found...)
}

// change notes a difference; of a new person everything is one, and nothing is noted.
func (w *wantedPerson) change(column, old, now string) bool {
	if old == now {
		return false
	}
	if !w.fresh {
		w.changes = append(w.changes, importer.Change{Column: column, Old: old, New: now})
	}
	return true
}

func (w *wantedPerson) text(row importer.Row, column string, to *string) {
	if row.Has(column) && w.change(column, *to, row.Get(column)) {
		*to = row.Get(column)
	}
}

// yes and no as people write them in a column.
var (
	yes = []string{"1", "y", "yes", "true", "是", "在职", "启用", "active"}
	no  = []string{"0", "n", "no", "false", "否", "离职", "停用", "inactive"}
)

// work reads the column active.
func (w *wantedPerson) work(row importer.Row) []finding {
	value := strings.ToLower(row.Get("active"))
	if value == "" {
		return nil
	}
	active := slices.Contains(yes, value)
	if !active && !slices.Contains(no, value) {
		return []finding{wrong("active", "org.active-unknown", "value", row.Get("active"))}
	}
	if w.change("active", yesNo(w.Active), yesNo(active)) {
		w.Active = active
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// mainUnit reads the column unit and moves the main membership.
func (h reading) mainUnit(row importer.Row, w *wantedPerson) (Unit, []finding) {
	old, _ := h.tree.ByID(w.Unit)
	unit := old
	if row.Has("unit") || w.fresh {
		code := row.Get("unit")
		codes := split(code)
		var ok bool
		unit, ok = h.tree.ByCode(code)
		switch {
		case len(codes) == 0:
			return unit, []finding{wrong("unit", "org.required")}
		case len(codes) > 1:
			return unit, []finding{wrong("unit", "org.two-main-units", "value", code)}
		case !ok || !unit.Valid(h.now):
			return unit, []finding{wrong("unit", "org.unit-unknown", "value", code)}
		}
		w.change("unit", old.Code, unit.Code)
	}
	w.Unit = unit.ID
	main := Membership{Person: w.ID, Unit: unit.ID, Main: true, Position: w.Position}
	rest := slices.DeleteFunc(w.members, func(m Membership) bool { return m.Main || m.Unit == unit.ID })
	w.members = append([]Membership{main}, rest...)
	return unit, nil
}

// moreUnits reads the column more_units.
func (h reading) moreUnits(row importer.Row, w *wantedPerson) []finding {
	if !row.Has("more_units") {
		return nil
	}
	var found []finding
	var next []Membership
	for _, entry := range split(row.Get("more_units")) {
		m := ParseMoreUnit(entry)
		u, ok := h.tree.ByCode(m.Code)
		until, dated := lastDay(m.Until, h.zone)
		switch {
		case !ok:
			found = append(found, wrong("more_units", "org.unit-unknown", "value", m.Code))
		case u.ID == w.Unit:
			found = append(found, wrong("more_units", "org.main-unit-again", "value", m.Code))
		case slices.ContainsFunc(next, func(o Membership) bool { return o.Unit == u.ID }):
			found = append(found, wrong("more_units", "org.unit-twice", "value", m.Code))
		case m.Until != "" && !dated:
			found = append(found, wrong("more_units", "org.date-malformed", "value", m.Until))
		default:
			next = append(next, Membership{Person: w.ID, Unit: u.ID, Position: m.Position, Until: until})
		}
	}
	sorting.By(next, func(a, b Membership) int { return cmp.Compare(a.Unit, b.Unit) })
	main := w.members[:min(1, len(w.members))]
	old := h.writeMembers(w.members[len(main):])
	w.members = append(slices.Clone(main), next...)
	w.membersSet = w.change("more_units", old, h.writeMembers(next))
	return found
}

// writeMembers is the list as the column has it, in a fixed order.
func (h reading) writeMembers(list []Membership) string {
	texts := make([]string, 0, len(list))
	for _, m := range list {
		u, _ := h.tree.ByID(m.Unit)
		text := u.Code
		if m.Position != "" {
			text += ":" + m.Position
		}
		if !m.Until.IsZero() {
			text += "@" + m.Until.In(h.zone).AddDate(0, 0, -1).Format("2006-01-02")
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return strings.Join(texts, ";")
}

// knownPeople reads the people of some rows with their memberships and roles.
func (s *Service) knownPeople(ctx context.Context, rd sqldb.Reader, rows []importer.Row) (map[string]known, error) {
	nos := make([]string, 0, len(rows))
	for _, row := range rows {
		nos = append(nos, row.Get("employee_no"))
	}
	people, err := s.PeopleByNo(ctx, rd, nos)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	var ids, managers []ID
	for _, p := range people {
		ids, managers = append(ids, p.ID), append(managers, p.Manager)
	}
	members, err := membershipsOf(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.Names(ctx, rd, managers)
	if err != nil {
		return nil, err
	}
	dotted, err := dottedOf(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	waiting, err := pendingManagers(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]known, len(people))
	for no, p := range people {
		k := known{Person: p, managerNo: names[p.Manager].No, members: members[p.ID], roles: roles[p.ID], dotted: dotted[p.ID]}
		if p.Manager == 0 {
			k.managerNo = waiting[p.ID]
		}
		sortRoles(k.roles)
		out[no] = k
	}
	return out, nil
}

// peopleCheck judges a file of people. Of each row it keeps 工号, line and manager.
type peopleCheck struct {
	s        *Service
	house    reading
	line     map[string]int
	bad      map[string]bool
	managers []managerOf
	dotted   []managerOf
}

type managerOf struct {
	no, of string
	line   int
}

func (s *Service) checkPeople(ctx context.Context) (importer.Checker, error) {
	c := &peopleCheck{s: s, line: map[string]int{}, bad: map[string]bool{}}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		c.house, err = s.reading(ctx, rd)
		return err
	})
	return c, err
}

// Rows judges each person.
func (c *peopleCheck) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	people, err := c.s.knownPeople(ctx, rd, rows)
	if err != nil {
		return nil, err
	}
	alike, err := c.s.alike(ctx, rd, rows)
	if err != nil {
		return nil, err
	}
	verdicts := make([]importer.Verdict, 0, len(rows))
	for _, row := range rows {
		w, found := c.house.wantPerson(row, people[row.Get("employee_no")])
		if other, ok := alike[strings.ToLower(w.No)]; ok && w.fresh {
			found = append(found, wrong("employee_no", "org.no-case", "value", w.No, "other", other))
		}
		if _, twice := c.line[w.No]; !twice && w.No != "" {
			c.line[w.No] = row.Line
			c.bad[w.No] = len(found)+len(row.Problems) > 0
			if row.Get("manager") != "" && w.managerNo != w.No {
				c.managers = append(c.managers, managerOf{w.managerNo, w.No, row.Line})
			}
			for _, d := range w.dotted {
				if row.Has("dotted_managers") {
					c.dotted = append(c.dotted, managerOf{d.No, w.No, row.Line})
				}
			}
		}
		verdicts = append(verdicts, importer.Verdict{
			Line: row.Line, Key: strings.TrimSpace(w.No + " " + w.Name), Plan: plan(w.fresh, w.changes), Changes: w.changes,
			Problems: problems(row.Line, found),
		})
	}
	return verdicts, nil
}

// End looks for managers who are neither in the house nor in the file, and for those whose own row is bad.
func (c *peopleCheck) End(ctx context.Context, rd sqldb.Reader) (importer.Conclusion, error) {
	var end importer.Conclusion
	var ask []string
	for _, m := range c.managers {
		if _, inFile := c.line[m.no]; !inFile || c.bad[m.no] {
			ask = append(ask, m.no)
		}
	}
	slices.Sort(ask)
	exists, err := c.s.PeopleByNo(ctx, rd, slices.Compact(ask))
	if err != nil {
		return end, err
	}
	for again := true; again; {
		again = false
		for i, m := range c.managers {
			if m.no == "" {
				continue
			}
			_, there := exists[m.no]
			line, inFile := c.line[m.no]
			switch {
			case there || inFile && !c.bad[m.no]:
				continue
			case inFile:
				end.Problems = append(end.Problems, importer.Wrong(m.line, "manager", "org.manager-bad", "value", m.no, "line", line))
			default:
				end.Problems = append(end.Problems, importer.Wrong(m.line, "manager", "org.person-unknown", "value", m.no))
			}
			c.managers[i].no = ""
			again = again || !c.bad[m.of]
			c.bad[m.of] = true
		}
	}
	if err := c.unknownDotted(ctx, rd, &end); err != nil {
		return end, err
	}
	return end, c.circles(ctx, rd, &end)
}

// circles finds people of the file who would be led by themselves, through others of the file or of the house.
func (c *peopleCheck) circles(ctx context.Context, rd sqldb.Reader, end *importer.Conclusion) error {
	if len(c.managers) == 0 {
		return nil
	}
	above, err := managersByNo(ctx, rd)
	if err != nil {
		return err
	}
	for _, m := range c.managers {
		if m.no != "" && !c.bad[m.of] {
			above[m.of] = m.no
		}
	}
	told := map[string]bool{}
	for _, m := range c.managers {
		if m.no == "" || told[m.of] {
			continue
		}
		path, round := circle(m.of, func(no string) string { return above[no] })
		if !round || !slices.Contains(path, m.of) {
			continue
		}
		for _, no := range path {
			told[no] = true
		}
		end.Problems = append(end.Problems, importer.Wrong(m.line, "manager", "org.manager-circle", "name", m.no))
	}
	return nil
}
