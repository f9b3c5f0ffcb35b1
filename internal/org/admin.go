package org

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type adminView struct {
	Q       string
	People  []personLine
	Units   []unitLine
	Next    string
	Pending []ui.Pair // units whose head nobody is yet
}

func (s *Service) showAdmin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := adminView{Q: clean(r.URL.Query().Get("q"))}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	page, err := s.People(ctx, PeopleFilter{Q: v.Q, WithInactive: true, Cursor: r.URL.Query().Get("cursor"), Limit: memberRows})
	if err != nil {
		return err
	}
	v.People = s.personLines(ctx, tree, page.Items)
	for i, p := range page.Items {
		v.People[i].Href = "/settings/org/people/" + url.PathEscape(p.No)
	}
	if page.NextCursor != "" {
		v.Next = "/settings/org?cursor=" + url.QueryEscape(page.NextCursor)
	}
	units, err := s.shownUnits(ctx, tree, v.Q)
	if err != nil {
		return err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if v.Units, err = s.unitLines(ctx, rd, tree, units); err != nil {
			return err
		}
		waiting, err := s.PendingHeads(ctx, rd)
		for code, no := range waiting {
			u, _ := tree.ByCode(code)
			v.Pending = append(v.Pending, ui.Pair{Term: u.Name.In(ctx), Text: no, Href: "/settings/org/units/" + url.PathEscape(code)})
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range v.Units {
		v.Units[i].Href = "/settings/org/units/" + url.PathEscape(v.Units[i].Code)
	}
	return web.Show(w, r, http.StatusOK, adminPage(v), adminContent(v))
}

// newOne is the word in an address that stands for what is being made.
const newOne = "+"

type personFormView struct {
	In        PersonInput
	New, Left bool
	Title     string
	Post      string
	Errors    ui.Errors
	Roles     string
	RoleHint  string
	Units     []ui.Option
	Manager   []ui.Option
	Chosen    []ui.Option
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
	if u, ok := tree.ByCode(v.In.Unit); ok {
		v.Chosen = []ui.Option{{Value: u.Code, Text: u.Name.In(ctx)}}
	}
	if p, err := s.PersonByNo(ctx, v.In.Manager); err == nil {
		v.Manager = []ui.Option{{Value: p.No, Text: NameOf(ctx, p)}}
	}
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
	v.Title, v.Left = NameOf(ctx, p), !p.Active
	v.In = PersonInput{No: p.No, Name: p.Name, NameEn: p.NameEn, Phone: p.Phone, Email: p.Email, Unit: unit.Code, Position: p.Position,
		Manager: l.manager.No, Locale: p.Locale, Revision: p.Revision}
	var more []Membership
	for _, m := range l.members {
		if !m.Main {
			more = append(more, m)
		}
	}
	v.In.More = []string{house.writeMembers(more)}
	v.Roles = strings.ReplaceAll(writeRoles(l.roles), ";", "\n")
	return v, nil
}

// labels of the fields, for the summary of errors.
func labels(ctx context.Context, names ...string) map[string]string {
	out := map[string]string{}
	for _, n := range names {
		out[n] = lang.T(ctx, "org.field-"+strings.ReplaceAll(n, "_", "-"))
	}
	return out
}

// refused says whether an error is one to show in the form.
func refused(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.Precondition:
		return true
	}
	return false
}

func statusOf(err error) int {
	if f, ok := fault.As(err); ok {
		return f.Kind.Status()
	}
	return http.StatusInternalServerError
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
	_, err := s.SavePerson(ctx, in)
	if refused(err) {
		v, again := s.personForm(ctx, no)
		if again != nil {
			return again
		}
		v.In = in
		v.Errors = ui.ErrorsOf(ctx, err, labels(ctx, "employee_no", "name", "name_en", "phone", "email", "unit", "position", "manager", "more_units", "locale"))
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
	var in struct {
		Roles    string `form:"roles"`
		Revision int64  `form:"revision"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.SetRoles(ctx, no, strings.FieldsFunc(in.Roles, func(c rune) bool { return c == '\n' || c == ';' || c == '；' }), in.Revision)
	if refused(err) {
		v, again := s.personForm(ctx, no)
		if again != nil {
			return again
		}
		v.Roles, v.Errors = in.Roles, ui.ErrorsOf(ctx, err, labels(ctx, "roles"))
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

func (s *Service) submitActivate(w http.ResponseWriter, r *http.Request) error {
	no := r.PathValue("no")
	if err := s.Activate(r.Context(), no); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "org.activated"), "")
	return web.See(w, r, "/settings/org/people/"+url.PathEscape(no))
}

type unitFormView struct {
	In         UnitInput
	New, Ended bool
	Title      string
	Post       string
	Errors     ui.Errors
	Levels     []ui.Option
	Parent     []ui.Option
	Head       []ui.Option
}

func (s *Service) showUnitForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.unitForm(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if parent := r.URL.Query().Get("parent"); v.New && parent != "" {
		v.In.Parent = parent
	}
	return s.sendUnitForm(w, r, http.StatusOK, v)
}

func (s *Service) unitForm(ctx context.Context, code string) (unitFormView, error) {
	v := unitFormView{New: code == newOne, Post: "/settings/org/units/" + url.PathEscape(code), Title: lang.T(ctx, "org.new-unit")}
	v.In.Level = Department
	if v.New {
		return v, nil
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return v, err
	}
	u, ok := tree.ByCode(code)
	if !ok {
		return v, fault.ErrNotFound
	}
	parent, _ := tree.ByID(u.Parent)
	heads, err := s.headsByID(ctx, []Unit{u})
	v.Title, v.Ended = u.Name.In(ctx), !u.Valid(s.now())
	v.In = UnitInput{Code: u.Code, NameZh: u.Name.Zh, NameEn: u.Name.En, ShortZh: u.Short.Zh, ShortEn: u.Short.En, Level: u.Level,
		Parent: parent.Code, Head: heads[u.Head].No, Site: u.Site, Calendar: u.Calendar, Revision: u.Revision}
	return v, err
}

func (s *Service) sendUnitForm(w http.ResponseWriter, r *http.Request, status int, v unitFormView) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	if u, ok := tree.ByCode(v.In.Parent); ok {
		v.Parent = []ui.Option{{Value: u.Code, Text: u.Name.In(ctx)}}
	}
	if p, err := s.PersonByNo(ctx, v.In.Head); err == nil {
		v.Head = []ui.Option{{Value: p.No, Text: NameOf(ctx, p)}}
	}
	for _, l := range Levels {
		v.Levels = append(v.Levels, ui.Option{Value: l, Text: lang.T(ctx, "org.level-"+l), Selected: l == v.In.Level})
	}
	return web.Show(w, r, status, unitFormPage(v), unitFormContent(v))
}

func (s *Service) submitUnit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	code := r.PathValue("code")
	var in UnitInput
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if code != newOne {
		in.Code = code
	}
	_, err := s.SaveUnit(ctx, in)
	if refused(err) {
		v, again := s.unitForm(ctx, code)
		if again != nil {
			return again
		}
		v.In = in
		v.Errors = ui.ErrorsOf(ctx, err, labels(ctx, "code", "name_zh", "name_en", "short_zh", "short_en", "level", "parent", "head", "site", "calendar"))
		return s.sendUnitForm(w, r, statusOf(err), v)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.saved", "name", in.NameZh), "")
	return web.See(w, r, "/settings/org/units/"+url.PathEscape(clean(in.Code)))
}

func (s *Service) submitClose(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	code := r.PathValue("code")
	var in struct {
		Successor string `form:"successor"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	var successors map[string]float64
	if in.Successor != "" {
		successors = map[string]float64{in.Successor: 1}
	}
	err := s.CloseUnit(ctx, code, successors)
	if refused(err) {
		v, again := s.unitForm(ctx, code)
		if again != nil {
			return again
		}
		v.Errors = ui.ErrorsOf(ctx, err, nil)
		return s.sendUnitForm(w, r, statusOf(err), v)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.unit-closed"), "")
	return web.See(w, r, "/settings/org")
}

type companyForm struct {
	NameZh           string `form:"name_zh"`
	NameEn           string `form:"name_en"`
	Zone             string `form:"zone"`
	Locale           string `form:"locale"`
	NumbersToAll     bool   `form:"numbers_to_all"`
	SharedInUnit     bool   `form:"shared_in_unit"`
	ReasonsToAgents  bool   `form:"reasons_to_agents"`
	IndividualScores bool   `form:"individual_scores"`
	AccountInScores  bool   `form:"account_in_scores"`
	AccountReason    string `form:"account_reason"`
	ShowNo           bool   `form:"show_no"`
	StrictRoles      bool   `form:"strict_roles"`
	Revision         int64  `form:"revision"`
}

type companyView struct {
	In     companyForm
	Errors ui.Errors
}

func (s *Service) showCompany(w http.ResponseWriter, r *http.Request) error {
	c := s.Company(r.Context())
	w1 := c.Switches
	v := companyView{In: companyForm{c.Name.Zh, c.Name.En, c.Zone, c.Locale, w1.NumbersToAll, w1.SharedInUnit, w1.ReasonsToAgents, w1.IndividualScores,
		w1.AccountInScores, w1.AccountReason, w1.ShowNo, w1.StrictRoles, c.Revision}}
	return web.Show(w, r, http.StatusOK, companyPage(v), companyContent(v))
}

func (s *Service) submitCompany(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in companyForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.SetCompany(ctx, Company{
		Name: lang.Text{Zh: in.NameZh, En: in.NameEn}, Zone: in.Zone, Locale: in.Locale, Revision: in.Revision,
		Switches: Switches{in.NumbersToAll, in.SharedInUnit, in.ReasonsToAgents, in.IndividualScores, in.AccountInScores, in.AccountReason, in.ShowNo, in.StrictRoles},
	})
	if refused(err) {
		v := companyView{In: in, Errors: ui.ErrorsOf(ctx, err, labels(ctx, "name_zh", "name_en", "zone", "locale", "account_reason"))}
		return web.Show(w, r, statusOf(err), companyPage(v), companyContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.company-saved"), "")
	return web.See(w, r, "/settings/company")
}

// mayEdit says whether the reader gets the form of the person; the security officer sets roles only.
func mayEdit(ctx context.Context) bool { return actor.From(ctx).Has("admin") }

// maySetRoles says whether the reader gets the form of roles.
func maySetRoles(ctx context.Context) bool {
	a := actor.From(ctx)
	return a.Has("admin") || a.Has("security")
}
