package org

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// unitJSON is a unit on the wire.
type unitJSON struct {
	Code     string     `json:"code" example:"hr"`
	Name     lang.Text  `json:"name"`
	Short    *lang.Text `json:"short" doc:"For narrow places; null: the name"`
	Level    string     `json:"level" enum:"entity,site,department,team"`
	Parent   *string    `json:"parent" doc:"Code of the unit above; null at the top"`
	Head     *string    `json:"head" doc:"employee_no of its head"`
	Site     *string    `json:"site" doc:"Code of its site"`
	Calendar *string    `json:"calendar" doc:"Its own working calendar; null: that of the unit above"`
	EndedAt  *time.Time `json:"ended_at" doc:"When the unit ended; null while it is valid"`
}

// personJSON is a person on the wire. The employee_no is null where the company does not show it to everybody.
type personJSON struct {
	No       *string          `json:"employee_no" example:"00123"`
	Ref      string           `json:"ref" doc:"Names the person in addresses: the employee_no, or a stand-in where that is not shown"`
	Name     string           `json:"name"`
	NameEn   string           `json:"name_en,omitempty"`
	Phone    string           `json:"phone,omitempty"`
	Email    string           `json:"email,omitempty"`
	Unit     string           `json:"unit" doc:"Code of the main unit"`
	Position string           `json:"position,omitempty"`
	Active   bool             `json:"active"`
	Manager  *string          `json:"manager,omitempty" doc:"employee_no; only of a single person"`
	Dotted   []dottedJSON     `json:"dotted_managers,omitempty" doc:"Whom the person reports to besides the manager; only of a single person"`
	More     []membershipJSON `json:"more_units,omitempty" doc:"Only of a single person"`
	Roles    []string         `json:"roles,omitempty" doc:"Only of a single person, for that person and who sets roles"`
	Away     *awayJSON        `json:"away,omitempty" doc:"Only of somebody who is away now"`
}

type dottedJSON struct {
	No    *string    `json:"employee_no"`
	Name  string     `json:"name"`
	Until *time.Time `json:"until" doc:"The first moment it no longer counts"`
}

type membershipJSON struct {
	Unit     string     `json:"unit"`
	Position string     `json:"position,omitempty"`
	Until    *time.Time `json:"until" doc:"The first moment it no longer counts"`
}

type unitsInput struct {
	web.Paging
	Q       string `query:"q" doc:"Code, name or pinyin"`
	Parent  string `query:"parent" doc:"Only units directly below this one"`
	Level   string `query:"level" enum:"entity,site,department,team" doc:"Only units of this level"`
	Changed bool   `query:"ended" doc:"With units that have ended"`
}

type peopleInput struct {
	web.Paging
	Q        string `query:"q" doc:"Beginning of an employee_no, a name, its pinyin or its initials"`
	Unit     string `query:"unit" doc:"Only members of this unit"`
	Inactive bool   `query:"inactive" doc:"With people who have left"`
}

type unitsOutput struct{ Body web.Page[unitJSON] }

type peopleOutput struct{ Body web.Page[personJSON] }

type unitOutput struct {
	ETag string `header:"ETag"`
	Body unitJSON
}

type personOutput struct {
	ETag string `header:"ETag"`
	Body personJSON
}

type codeInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
}

type noInput struct {
	No string `path:"no" doc:"employee_no or ref" example:"00123"`
}

type unitEdit struct {
	web.IfMatch
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Body UnitInput
}

type personEdit struct {
	web.IfMatch
	No   string `path:"no" doc:"employee_no or ref" example:"00123"`
	Body PersonInput
}

type rolesEdit struct {
	web.IfMatch
	No   string `path:"no" doc:"employee_no or ref" example:"00123"`
	Body struct {
		Roles []string `json:"roles" doc:"code[@scope], all of them" example:"[\"agent@finance\"]"`
	}
}

type closeInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Body struct {
		Successors map[string]float64 `json:"successors,omitempty" doc:"Code of a unit → its share of the one that ends, 0 to 1" example:"{\"finance\": 1}"`
	}
}

// Mount adds the pages and the API of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.Routes()...)
	m.Page(s.absenceRoutes()...)
	m.Page(s.personalRoutes()...)
	s.personalAPI(m)
	s.absenceAPI(m)
	s.mountChanges(m)
	m.Page(s.dutyRoutes()...)
	s.dutyAPI(m)
	m.Page(s.unitRoleRoutes()...)
	s.unitRolesAPI(m)
	m.Page(s.placeRoutes()...)
	s.placeAPI(m)
	op := func(id, method, path, action, summary, tag string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Summary: summary, Tag: tag}
	}
	admin := func(o web.Operation) web.Operation { o.Scope = "admin"; return o }
	created := func(o web.Operation) web.Operation { o.Status = http.StatusCreated; return admin(o) }
	web.Op(m, op("list-units", "GET", "/units", "org.see", "Units, in the order of the tree", "Organisation"), s.getUnits)
	web.Op(m, op("get-unit", "GET", "/units/{code}", "org.see", "One unit", "Organisation"), s.getUnit)
	web.Op(m, created(op("create-unit", "POST", "/units", "org.change", "Make a unit", "Organisation")), s.postUnit)
	web.Op(m, admin(op("change-unit", "PUT", "/units/{code}", "org.change", "Change a unit; what is left out is cleared", "Organisation")), s.putUnit)
	web.Op(m, admin(op("close-unit", "POST", "/units/{code}/close", "org.change", "End a unit", "Organisation")), s.postClose)
	web.Op(m, op("get-company", "GET", "/company", "company.see", "The company: name, language, and what it has decided to show", "Organisation"), s.getCompany)
	web.Op(m, admin(op("set-company", "PUT", "/company", "settings.change", "Set the company; what is left out is cleared or off", "Organisation")), s.putCompany)
	web.Op(m, op("list-company-changes", "GET", "/company/changes", "company.see", "What was changed in the company's settings", "Organisation"), s.getCompanyLog)
	web.Op(m, op("list-people", "GET", "/people", "person.see", "People", "Organisation"), s.getPeople)
	web.Op(m, op("get-person", "GET", "/people/{no}", "person.see", "One person", "Organisation"), s.getPerson)
	web.Op(m, created(op("create-person", "POST", "/people", "org.change", "Add a person", "Organisation")), s.postPerson)
	web.Op(m, admin(op("change-person", "PUT", "/people/{no}", "org.change", "Change a person; what is left out is cleared", "Organisation")), s.putPerson)
	web.Op(m, admin(op("set-roles", "PUT", "/people/{no}/roles", "access.roles", "Give a person exactly these roles", "Organisation")), s.putRoles)
	web.Op(m, admin(op("deactivate-person", "POST", "/people/{no}/deactivate", "org.change", "End a person's time", "Organisation")), s.postDeactivate)
	web.Op(m, admin(op("activate-person", "POST", "/people/{no}/activate", "org.change", "Undo a deactivation: everything is as it was", "Organisation")), s.postActivate)
	web.Op(m, admin(op("rehire-person", "POST", "/people/{no}/rehire", "org.change", "Take somebody back who had left, into a unit; the account opens by a new activation", "Organisation")), s.postRehire)
}

func (s *Service) getUnits(ctx context.Context, in *unitsInput) (*unitsOutput, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	at, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	from := 0
	if at != nil {
		from = tree.after(at[0])
	}
	parent, hasParent := tree.ByCode(in.Parent)
	if in.Parent != "" && !hasParent {
		return nil, fault.ErrNotFound
	}
	var found []Unit
	now := s.now()
	keys := tree.keys()
	for i, u := range tree.All()[from:] {
		skip := in.Q != "" && !unitMatches(u, keys[from+i], in.Q) || hasParent && u.Parent != parent.ID || in.Level != "" && u.Level != in.Level || !in.Changed && !u.Valid(now)
		if !skip {
			found = append(found, u)
		}
		if len(found) > in.Size() {
			break
		}
	}
	page := web.Cut(found, in.Size(), func(u Unit) string { return web.Cursor(u.ID) })
	heads, err := s.headsByID(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	out := &unitsOutput{Body: web.Page[unitJSON]{Items: make([]unitJSON, len(page.Items)), NextCursor: page.NextCursor}}
	for i, u := range page.Items {
		out.Body.Items[i] = s.unitWire(ctx, tree, u, heads)
	}
	return out, nil
}

// after is the place behind a unit in the order of the tree; 0 for a unit that is gone.
func (t *Tree) after(id ID) int {
	if i, ok := t.byID[id]; ok {
		return i + 1
	}
	return 0
}

func (s *Service) headsByID(ctx context.Context, units []Unit) (map[ID]Person, error) {
	ids := make([]ID, len(units))
	for i, u := range units {
		ids[i] = u.Head
	}
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (map[ID]Person, error) { return s.Names(ctx, rd, ids) })
}

func orNothing(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func orNever(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Service) unitWire(ctx context.Context, tree *Tree, u Unit, heads map[ID]Person) unitJSON {
	parent, _ := tree.ByID(u.Parent)
	j := unitJSON{Code: u.Code, Name: u.Name, Level: u.Level, Parent: orNothing(parent.Code), Head: s.shownNo(ctx, heads[u.Head]),
		Site: orNothing(u.Site), Calendar: orNothing(u.Calendar), EndedAt: orNever(u.ValidTo)}
	if u.Short != (lang.Text{}) {
		j.Short = &u.Short
	}
	return j
}

func (s *Service) getUnit(ctx context.Context, in *codeInput) (*unitOutput, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	u, ok := tree.ByCode(in.Code)
	if !ok {
		return nil, fault.ErrNotFound
	}
	heads, err := s.headsByID(ctx, []Unit{u})
	if err != nil {
		return nil, err
	}
	return &unitOutput{ETag: u.ETag(), Body: s.unitWire(ctx, tree, u, heads)}, nil
}

// ETag of the unit's state.
func (u Unit) ETag() string { return web.ETag("unit", u.ID, u.Revision) }

// ETag of the person's state, memberships and roles included.
func (p Person) ETag() string { return web.ETag("person", p.ID, p.Revision) }

func (s *Service) postUnit(ctx context.Context, in *struct{ Body UnitInput }) (*unitOutput, error) {
	in.Body.Revision = 0
	return s.savedUnit(ctx, in.Body)
}

func (s *Service) savedUnit(ctx context.Context, in UnitInput) (*unitOutput, error) {
	if _, err := s.SaveUnit(ctx, in); err != nil {
		return nil, err
	}
	return s.getUnit(ctx, &codeInput{Code: clean(in.Code)})
}

func (s *Service) putUnit(ctx context.Context, in *unitEdit) (*unitOutput, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	u, ok := tree.ByCode(in.Code)
	if !ok {
		return nil, fault.ErrNotFound
	}
	if err := in.Check(u.ETag()); err != nil {
		return nil, err
	}
	in.Body.Code, in.Body.Revision = in.Code, u.Revision
	return s.savedUnit(ctx, in.Body)
}

func (s *Service) postClose(ctx context.Context, in *closeInput) (*unitOutput, error) {
	if err := s.CloseUnit(ctx, in.Code, in.Body.Successors); err != nil {
		return nil, err
	}
	return s.getUnit(ctx, &codeInput{Code: in.Code})
}

func (s *Service) getPeople(ctx context.Context, in *peopleInput) (*peopleOutput, error) {
	page, err := s.People(ctx, PeopleFilter{Q: in.Q, Unit: in.Unit, WithInactive: in.Inactive, Cursor: in.Cursor, Limit: in.Size()})
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &peopleOutput{Body: web.Page[personJSON]{Items: make([]personJSON, len(page.Items)), NextCursor: page.NextCursor}}
	for i, p := range page.Items {
		out.Body.Items[i] = s.personWire(ctx, tree, p)
	}
	return out, nil
}

// PeopleFilter says which people to list.
type PeopleFilter struct {
	Q            string // a search; it gives the best hits only, without a next page
	Unit         string // code
	WithInactive bool
	Cursor       string
	Limit        int
}

// People lists people, page by page.
func (s *Service) People(ctx context.Context, f PeopleFilter) (web.Page[Person], error) {
	at, err := web.ParseCursor(f.Cursor, 1)
	if err != nil {
		return web.Page[Person]{}, err
	}
	var after, unit ID
	if at != nil {
		after = at[0]
	}
	if f.Unit != "" {
		tree, err := s.Tree(ctx)
		if err != nil {
			return web.Page[Person]{}, err
		}
		u, ok := tree.ByCode(f.Unit)
		if !ok {
			return web.Page[Person]{}, fault.ErrNotFound
		}
		unit = u.ID
	}
	rows, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Person, error) {
		if q := clean(f.Q); q != "" {
			return s.findPeople(ctx, rd, q, unit, f.Limit)
		}
		return peopleAfter(ctx, rd, unit, after, f.WithInactive, f.Limit+1)
	})
	return web.Cut(rows, f.Limit, func(p Person) string { return web.Cursor(p.ID) }), err
}

func (s *Service) personWire(ctx context.Context, tree *Tree, p Person) personJSON {
	unit, _ := tree.ByID(p.Unit)
	called := NameText(p.No, p.Name, p.NameEn)
	return personJSON{No: s.shownNo(ctx, p), Ref: s.Ref(ctx, p), Name: called.Zh, NameEn: called.En, Phone: p.Phone, Email: p.Email,
		Unit: unit.Code, Position: p.Position, Active: p.Active}
}

func (s *Service) getPerson(ctx context.Context, in *noInput) (*personOutput, error) {
	v, err := s.look(ctx, in.No)
	if err != nil {
		return nil, err
	}
	j := s.personWire(ctx, v.tree, v.person)
	j.Manager, j.Away = s.shownNo(ctx, v.manager), v.awayWire
	for _, d := range v.dotted {
		m := v.leads[d.Manager]
		j.Dotted = append(j.Dotted, dottedJSON{No: s.shownNo(ctx, m), Name: m.Name, Until: orNever(d.Until)})
	}
	for _, m := range v.members {
		if !m.Main {
			u, _ := v.tree.ByID(m.Unit)
			j.More = append(j.More, membershipJSON{Unit: u.Code, Position: m.Position, Until: orNever(m.Until)})
		}
	}
	if v.rolesShown {
		j.Roles = []string{}
		for _, r := range v.roles {
			j.Roles = append(j.Roles, r.String())
		}
	}
	return &personOutput{ETag: v.person.ETag(), Body: j}, nil
}

func (s *Service) postPerson(ctx context.Context, in *struct{ Body PersonInput }) (*personOutput, error) {
	in.Body.Revision = 0
	return s.savedPerson(ctx, in.Body)
}

func (s *Service) savedPerson(ctx context.Context, in PersonInput) (*personOutput, error) {
	if _, err := s.SavePerson(ctx, in); err != nil {
		return nil, err
	}
	return s.getPerson(ctx, &noInput{No: clean(in.No)})
}

// current is the person an edit is about, when the edit was made on its present state.
func (s *Service) current(ctx context.Context, no string, match web.IfMatch) (Person, error) {
	p, err := s.ByRef(ctx, no)
	if err != nil {
		return Person{}, err
	}
	return p, match.Check(p.ETag())
}

func (s *Service) putPerson(ctx context.Context, in *personEdit) (*personOutput, error) {
	p, err := s.current(ctx, in.No, in.IfMatch)
	if err != nil {
		return nil, err
	}
	in.Body.No, in.Body.Revision = p.No, p.Revision
	return s.savedPerson(ctx, in.Body)
}

func (s *Service) putRoles(ctx context.Context, in *rolesEdit) (*personOutput, error) {
	p, err := s.current(ctx, in.No, in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := s.SetRoles(ctx, p.No, in.Body.Roles, p.Revision); err != nil {
		return nil, err
	}
	return s.getPerson(ctx, &noInput{No: p.No})
}

func (s *Service) postDeactivate(ctx context.Context, in *noInput) (*personOutput, error) {
	p, err := s.ByRef(ctx, in.No)
	if err == nil {
		err = s.Deactivate(ctx, p.No)
	}
	if err != nil {
		return nil, err
	}
	return s.getPerson(ctx, in)
}

type rehireInput struct {
	No   string `path:"no" doc:"employee_no or ref" example:"00123"`
	Body RehireInput
}

func (s *Service) postRehire(ctx context.Context, in *rehireInput) (*personOutput, error) {
	p, err := s.ByRef(ctx, in.No)
	if err == nil {
		_, err = s.Rehire(ctx, p.No, in.Body)
	}
	if err != nil {
		return nil, err
	}
	return s.getPerson(ctx, &noInput{in.No})
}

func (s *Service) postActivate(ctx context.Context, in *noInput) (*personOutput, error) {
	p, err := s.ByRef(ctx, in.No)
	if err == nil {
		err = s.Activate(ctx, p.No)
	}
	if err != nil {
		return nil, err
	}
	return s.getPerson(ctx, in)
}

// mayKnowNo: where the company does not show 工号 to all, only the person, administration and HR see one.
func (s *Service) mayKnowNo(ctx context.Context, p Person) bool {
	a := actor.From(ctx)
	if p.IsErased() {
		return false
	}
	return a.System || a.Person == p.ID || a.Has("admin") || a.Has("security") || a.Has("hr") || s.Company(ctx).Switches.ShowNo
}

func (s *Service) shownNo(ctx context.Context, p Person) *string {
	if p.ID == 0 || !s.mayKnowNo(ctx, p) {
		return nil
	}
	return &p.No
}
