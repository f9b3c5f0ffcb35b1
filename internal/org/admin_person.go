package org

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// newOne is the word in an address that stands for what is being made.
const newOne = "+"

type personFormView struct {
	In        PersonInput
	New, Left bool
	Rehire    RehireInput
	Into      []ui.Option // the unit and the manager chosen to begin anew
	Under     []ui.Option
	Title     string
	Post      string
	Errors    ui.Errors
	Roles     rolesView
	More      []moreRow
	Manager   []ui.Option
	Dotted    []dottedRow
	Chosen    []ui.Option
}

// dottedRow is one line of the people that a person also reports to.
type dottedRow struct {
	Nth       int
	No, Until string
	Chosen    []ui.Option
}

// moreRow is one line of the units that a person also works in.
type moreRow struct {
	Nth                   int
	Unit, Position, Until string
	Chosen                []ui.Option
}

func (s *Service) showPersonForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.personForm(r.Context(), r.PathValue("no"))
	if err != nil {
		return err
	}
	if unit := r.URL.Query().Get("unit"); v.New && unit != "" {
		v.In.Unit = unit
	}
	return s.sendPersonForm(w, r, http.StatusOK, v)
}

func (s *Service) sendPersonForm(w http.ResponseWriter, r *http.Request, status int, v personFormView) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	v.Chosen = unitOption(ctx, tree, v.In.Unit)
	if p, err := s.PersonByNo(ctx, v.In.Manager); err == nil {
		v.Manager = []ui.Option{{Value: p.No, Text: NameOf(ctx, p)}}
	}
	v.More = moreRows(ctx, tree, v.In.More)
	v.Dotted = s.dottedRows(ctx, v.In.Dotted)
	s.nameRoles(ctx, tree, &v.Roles)
	return web.Show(w, r, status, personFormPage(v), personFormContent(v))
}

func (s *Service) personForm(ctx context.Context, no string) (personFormView, error) {
	v := personFormView{New: no == newOne, Post: "/settings/org/people/" + url.PathEscape(no), Title: lang.T(ctx, "org.new-person")}
	if v.New {
		if !mayEdit(ctx) {
			return v, fault.ErrNotFound
		}
		return v, nil
	}
	l, err := s.look(ctx, no)
	if err != nil {
		return v, err
	}
	company := s.Company(ctx)
	house := reading{tree: l.tree, zone: company.Location()}
	unit, _ := l.tree.ByID(l.person.Unit)
	p := l.person
	v.Title, v.Left = plainName(ctx, p), !p.Active
	v.In = PersonInput{No: p.No, Name: p.Name, NameEn: p.NameEn, Phone: p.Phone, Email: p.Email, Unit: unit.Code, Position: p.Position,
		Manager: l.manager.No, Locale: p.Locale, Revision: p.Revision}
	var more []Membership
	for _, m := range l.members {
		if !m.Main {
			more = append(more, m)
		}
	}
	v.In.More = []string{house.writeMembers(more)}
	v.In.Dotted = []string{WriteDotted(l.dotted, company.Location())}
	v.Roles = s.rolesView(ctx, l.roles)
	return v, nil
}

// spareRows is how many empty lines a list in a form ends with, to be filled in.
const spareRows = 2

// moreRows lays `unit[:position][@until]` out in lines.
func moreRows(ctx context.Context, tree *Tree, more []string) []moreRow {
	var rows []moreRow
	for _, text := range more {
		for _, entry := range split(text) {
			m := ParseMoreUnit(entry)
			rows = append(rows, moreRow{Unit: m.Code, Position: m.Position, Until: m.Until, Chosen: unitOption(ctx, tree, m.Code)})
		}
	}
	rows = append(rows, make([]moreRow, spareRows)...)
	for i := range rows {
		rows[i].Nth = i + 1
	}
	return rows
}

// dottedRows lays `工号[@until]` out in lines, with one to be filled in.
func (s *Service) dottedRows(ctx context.Context, lines []string) []dottedRow {
	var rows []dottedRow
	for _, text := range lines {
		for _, entry := range split(text) {
			no, until, _ := strings.Cut(entry, "@")
			row := dottedRow{No: no, Until: until}
			if p, err := s.PersonByNo(ctx, no); err == nil {
				row.Chosen = []ui.Option{{Value: p.No, Text: NameOf(ctx, p)}}
			}
			rows = append(rows, row)
		}
	}
	rows = append(rows, dottedRow{})
	for i := range rows {
		rows[i].Nth = i + 1
	}
	return rows
}

// unitOption names the unit that a picker holds. A code that does not exist stands for itself: what was typed stays.
func unitOption(ctx context.Context, tree *Tree, code string) []ui.Option {
	if u, ok := tree.ByCode(code); ok {
		return []ui.Option{{Value: u.Code, Text: u.Name.In(ctx)}}
	}
	if code == "" {
		return nil
	}
	return []ui.Option{{Value: code, Text: code}}
}

// moreTyped reads the lines of three fields back: `unit[:position][@until]`, lines in which nothing stands left out.
func moreTyped(values url.Values, first, second, third string) []string {
	var out []string
	at := func(name string, i int) string {
		if list := values[name]; i < len(list) {
			return strings.NewReplacer(";", " ", "；", " ", "@", " ").Replace(clean(list[i]))
		}
		return ""
	}
	for i := range values[first] {
		unit, position, until := at(first, i), at(second, i), at(third, i)
		if unit == "" && position == "" && until == "" {
			continue
		}
		entry := unit
		if position != "" {
			entry += ":" + position
		}
		if until != "" {
			entry += "@" + until
		}
		out = append(out, entry)
	}
	return out
}

func (s *Service) submitPerson(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	no := r.PathValue("no")
	var in PersonInput
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if no != newOne {
		in.No = no
	}
	in.More = moreTyped(r.Form, "more_unit", "more_position", "more_until")
	in.Dotted = moreTyped(r.Form, "dotted_manager", "", "dotted_until")
	_, err := s.SavePerson(ctx, in)
	if refused(err) {
		v, again := s.personForm(ctx, no)
		if again != nil {
			return again
		}
		v.In = in
		v.Errors = ui.ErrorsOf(ctx, err, labels(ctx, "employee_no", "name", "name_en", "phone", "email", "unit", "position", "manager", "dotted_managers", "more_units", "locale"))
		return s.sendPersonForm(w, r, statusOf(err), v)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.saved", "name", in.Name), "")
	return web.See(w, r, "/settings/org/people/"+url.PathEscape(in.No))
}

func (s *Service) submitRoles(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	no := r.PathValue("no")
	var in rolesForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in.typed(r.Form)
	roles, err := s.rolesAsked(ctx, no, in)
	if err != nil {
		return err
	}
	err = s.SetRoles(ctx, no, roles, in.Revision)
	if refused(err) {
		v, again := s.personForm(ctx, no)
		if again != nil {
			return again
		}
		v.Roles, v.Errors = s.rolesTyped(ctx, in), ui.ErrorsOf(ctx, err, labels(ctx, "roles"))
		return s.sendPersonForm(w, r, statusOf(err), v)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.roles-saved"), "")
	return web.See(w, r, "/settings/org/people/"+url.PathEscape(no))
}

func (s *Service) submitDeactivate(w http.ResponseWriter, r *http.Request) error {
	no := r.PathValue("no")
	if err := s.Deactivate(r.Context(), no); err != nil {
		return err
	}
	back := "/settings/org/people/" + url.PathEscape(no)
	web.Toast(w, r, lang.T(r.Context(), "org.deactivated"), back+"/activate")
	return web.See(w, r, back)
}

func (s *Service) submitRehire(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	no := r.PathValue("no")
	var in RehireInput
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	p, err := s.Rehire(ctx, no, in)
	if refused(err) {
		v, again := s.personForm(ctx, no)
		if again != nil {
			return again
		}
		v.Rehire, v.Errors = in, ui.ErrorsOf(ctx, beside(err), map[string]string{"to_unit": lang.T(ctx, "org.new-unit-of"),
			"to_position": lang.T(ctx, "org.position"), "to_manager": lang.T(ctx, "org.manager")})
		tree, again := s.Tree(ctx)
		if again != nil {
			return again
		}
		v.Into = unitOption(ctx, tree, clean(in.Unit))
		if m, err := s.PersonByNo(ctx, clean(in.Manager)); err == nil {
			v.Under = []ui.Option{{Value: m.No, Text: NameOf(ctx, m)}}
		}
		return s.sendPersonForm(w, r, statusOf(err), v)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.rehired", "name", p.Plain(ctx)), "")
	return web.See(w, r, "/settings/org/people/"+url.PathEscape(no))
}

// beside names the fields of taking somebody back otherwise than those of the form beside it.
func beside(err error) error {
	if f, ok := fault.As(err); ok {
		for i := range f.Fields {
			f.Fields[i].Name = "to_" + f.Fields[i].Name
		}
	}
	return err
}

func (s *Service) submitActivate(w http.ResponseWriter, r *http.Request) error {
	no := r.PathValue("no")
	if err := s.Activate(r.Context(), no); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "org.activated"), "")
	return web.See(w, r, "/settings/org/people/"+url.PathEscape(no))
}

// mayEdit says whether the reader gets the form of the person; the security officer sets roles only.
func mayEdit(ctx context.Context) bool { return actor.From(ctx).Has("admin") }

// maySetRoles says whether the reader gets the form of roles.
func maySetRoles(ctx context.Context) bool {
	a := actor.From(ctx)
	return a.Has("admin") || a.Has("security")
}
