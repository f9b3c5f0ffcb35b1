package access

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /settings/access", Action: "access.held", Do: s.showHeld},
		{Pattern: "GET /settings/access/export", Action: "access.held", Do: s.showHeldExport},
		{Pattern: "GET /settings/access/give", Action: "access.roles", Do: s.showGive},
		{Pattern: "POST /settings/access/give", Action: "access.roles", Do: s.submitGive},
		{Pattern: "GET /settings/access/take", Action: "access.roles", Do: s.showTake},
		{Pattern: "POST /settings/access/take", Action: "access.roles", Do: s.submitTake},
		{Pattern: "GET /settings/access/idle", Action: "access.held", Do: s.showIdle},
		{Pattern: "GET /settings/access/table", Action: "access.table", Do: s.showTable},
		{Pattern: "GET /settings/access/glass", Action: "access.glass.see", Do: s.showGlass},
		{Pattern: "POST /settings/access/glass", Action: "access.glass", Do: s.submitGlass},
		{Pattern: "GET /settings/access/view", Action: "access.view-as", Do: s.showView},
		{Pattern: "POST /settings/access/view", Action: "access.view-as", Do: s.submitView},
		{Pattern: "POST /settings/access/view/stop", Action: web.SignedIn, Do: s.submitStop, Viewed: true},
		{Pattern: "GET /access/why", Action: "access.why", Do: s.showWhy},
		{Pattern: "GET /me/access", Action: "access.told", Do: s.showTold, Own: true},
		{Pattern: "POST /me/access/noted", Action: "access.told", Do: s.submitNoted},
	}
}

// Mount adds the pages and the API.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.Routes()...)
	s.api(m)
}

// heldRows is how many holdings a page shows, a little more when a person's would be torn apart.
const heldRows = 50

type heldView struct {
	Q, Role  string
	Wide     bool
	List     []Holding
	Next     string
	First    bool
	Filtered bool
	Strict   bool
	Report   bool // of idle accounts
}

func (v heldView) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.Q, "role": v.Role, "scope": scopeChoice(v.Wide)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

func scopeChoice(wide bool) string {
	if wide {
		return "company"
	}
	return ""
}

func heldFilterOf(r *http.Request) (heldFilter, error) {
	q := r.URL.Query()
	f := heldFilter{Q: clean(q.Get("q")), Role: q.Get("role"), Wide: q.Get("scope") == "company", Limit: heldRows}
	parts, err := web.ParseCursor(q.Get("cursor"), 1)
	if err == nil && parts != nil {
		f.After = parts[0]
	}
	return f, err
}

func (s *Service) showHeld(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := heldFilterOf(r)
	if err != nil {
		return err
	}
	v := heldView{Q: f.Q, Role: f.Role, Wide: f.Wide, First: f.After == 0, Filtered: f.Q != "" || f.Role != "" || f.Wide, Strict: s.org.Company(ctx).Switches.StrictRoles}
	var next ID
	if v.List, next, err = s.held(ctx, f); err != nil {
		return err
	}
	if next != 0 {
		v.Next = "/settings/access?" + v.query() + "&cursor=" + web.Cursor(next)
	}
	return web.Show(w, r, http.StatusOK, accessPage(ctx, "held", heldContent(v)), heldContent(v))
}

func (s *Service) showIdle(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Idle(r.Context())
	if err != nil {
		return err
	}
	v := heldView{List: list, Report: true, First: true}
	return web.Show(w, r, http.StatusOK, accessPage(r.Context(), "idle", idleContent(v)), idleContent(v))
}

// giveForm is what the form of a role sends.
type giveForm struct {
	Person  string `form:"person"`
	Role    string `form:"role"`
	Unit    string `form:"unit"`
	Service string `form:"service"`
	Reason  string `form:"reason"`
	Until   string `form:"until"`
	Back    string `form:"back"`
}

func (f giveForm) change() org.RoleChange {
	c := org.RoleChange{No: strings.TrimSpace(f.Person), Role: f.Role, Scope: strings.TrimSpace(f.Unit), Reason: f.Reason, Until: f.Until}
	if f.Role == "owner" {
		c.Scope = strings.TrimSpace(f.Service)
	}
	return c
}

type giveView struct {
	In     giveForm
	Who    []ui.Option
	Units  []ui.Option
	Roles  []ui.Option
	Errors ui.Errors
	Taking bool
	Words  string // who, what and where, when taking
}

func (s *Service) giveView(ctx context.Context, in giveForm, err error) (giveView, error) {
	v := giveView{In: in}
	if err != nil {
		v.Errors = ui.ErrorsOf(ctx, err, map[string]string{"person": lang.T(ctx, "access.person"), "role": lang.T(ctx, "access.role"),
			"reason": lang.T(ctx, "access.reason"), "until": lang.T(ctx, "access.until")})
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	who := ""
	if p, err := s.org.PersonByNo(ctx, strings.TrimSpace(in.Person)); err == nil {
		who = p.Display(ctx)
		v.Who = []ui.Option{{Value: p.No, Text: who + " · " + tree.Name(ctx, p.Unit)}}
	}
	if u, ok := tree.ByCode(in.Unit); ok {
		v.Units = []ui.Option{{Value: u.Code, Text: u.Name.In(ctx)}}
	}
	a := actor.From(ctx)
	for _, code := range org.RoleCodes() {
		wide := code != "agent" && code != "owner" && code != "head" && code != "secretary"
		if wide && !a.Has("security") || !wide && !a.Has("admin") {
			continue
		}
		v.Roles = append(v.Roles, ui.Option{Value: code, Text: roleWord(ctx, code), Selected: code == in.Role})
	}
	if in.Role == "" {
		return v, nil
	}
	v.Words = lang.T(ctx, "access.take-words", "who", who, "role", roleWord(ctx, in.Role), "scope", scopeName(ctx, tree, in.change().Scope))
	return v, nil
}

func scopeName(ctx context.Context, tree *org.Tree, scope string) string {
	if scope == "" {
		return lang.T(ctx, "access.whole-company")
	}
	if u, ok := tree.ByCode(scope); ok {
		return u.Name.In(ctx)
	}
	return scope
}

func (s *Service) showGive(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v, err := s.giveView(r.Context(), giveForm{Person: q.Get("person"), Role: q.Get("role"), Unit: q.Get("unit")}, nil)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, givePage(v), giveContent(v))
}

func (s *Service) submitGive(w http.ResponseWriter, r *http.Request) error {
	return s.submitRole(w, r, false, s.org.GiveRole, "access.given")
}

func (s *Service) showTake(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	in := giveForm{Person: q.Get("person"), Role: q.Get("role"), Unit: q.Get("scope"), Service: q.Get("scope")}
	v, err := s.giveView(r.Context(), in, nil)
	if err != nil {
		return err
	}
	v.Taking = true
	return web.Show(w, r, http.StatusOK, takePage(v), takeContent(v))
}

func (s *Service) submitTake(w http.ResponseWriter, r *http.Request) error {
	return s.submitRole(w, r, true, s.org.TakeRole, "access.taken")
}

func (s *Service) submitRole(w http.ResponseWriter, r *http.Request, taking bool, do func(context.Context, org.RoleChange) error, done string) error {
	ctx := r.Context()
	var in giveForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := do(ctx, in.change())
	if refused(err) {
		v, fail := s.giveView(ctx, in, err)
		if fail != nil {
			return fail
		}
		if v.Taking = taking; taking {
			return web.Show(w, r, fault.KindOf(err).Status(), takePage(v), takeContent(v))
		}
		return web.Show(w, r, fault.KindOf(err).Status(), givePage(v), giveContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, done), "")
	return web.See(w, r, web.Local(in.Back, "/settings/access?q="+url.QueryEscape(in.Person)))
}

// refused: the form comes back with what is wrong.
func refused(err error) bool {
	kind := fault.KindOf(err)
	return err != nil && (kind == fault.Invalid || kind == fault.Conflict)
}

type tableView struct {
	Q      string
	Groups []tableGroup
}

type tableGroup struct {
	Title string
	Rows  []tableRow
}

// confidential says whether any row of the group has somebody apart for confidential records.
func (g tableGroup) confidential() bool {
	return slices.ContainsFunc(g.Rows, func(r tableRow) bool { return r.Confidential != "" })
}

func tableColumns(ctx context.Context, g tableGroup) []ui.Column {
	columns := []ui.Column{{Label: lang.T(ctx, "access.action")}, {Label: lang.T(ctx, "access.who-may")}}
	if g.confidential() {
		columns = append(columns, ui.Column{Label: lang.T(ctx, "access.when-confidential")})
	}
	return columns
}

type tableRow struct{ Action, Title, Who, Never, Confidential, Note string }

// tableRows is the table in words, as far as its rows hold what is looked for.
func tableRows(ctx context.Context, q string) []tableGroup {
	var out []tableGroup
	low := strings.ToLower(q)
	for _, g := range Table {
		group := tableGroup{Title: g.Title.In(ctx)}
		for _, r := range g.Rules {
			row := tableRow{r.Action, r.Title.In(ctx), bitWords(ctx, r.Allow), bitWords(ctx, r.Never), "", r.Note.In(ctx)}
			asked, named, glass := r.allows(Everyone|Asked, true), r.allows(Everyone|Named, true), r.allows(Everyone|Glass, true)
			if !r.Allow.Has(Everyone) {
				set := Set(0)
				for bit, yes := range map[Set]bool{Asked: asked, Named: named, Glass: glass} {
					if yes {
						set |= bit
					}
				}
				row.Confidential = bitWords(ctx, set)
				if named {
					row.Confidential = strings.Join(nonEmpty(row.Confidential, lang.T(ctx, "access.named-people")), lang.T(ctx, "access.and"))
				}
			}
			if q == "" || strings.Contains(strings.ToLower(row.Action+row.Title+row.Who+row.Note+group.Title), low) {
				group.Rows = append(group.Rows, row)
			}
		}
		if len(group.Rows) > 0 {
			out = append(out, group)
		}
	}
	return out
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

func (s *Service) showTable(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := clean(r.URL.Query().Get("q"))
	v := tableView{Q: q, Groups: tableRows(ctx, q)}
	return web.Show(w, r, http.StatusOK, accessPage(ctx, "table", tableContent(v)), tableContent(v))
}

type whyView struct {
	Record, Person string
	Who            []ui.Option
	Officer        bool
	Others         bool // may ask about others: the officer, and who heads a unit about its people
	X              *Explanation
	Name           string
	Unknown        bool
}

func (s *Service) showWhy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, a := r.URL.Query(), actor.From(ctx)
	v := whyView{Record: clean(q.Get("record")), Person: clean(q.Get("person")), Officer: a.Has("security") && a.Viewer == 0}
	v.Others = v.Officer || heads(a)
	status := http.StatusOK
	if v.Record != "" {
		err := s.explainTo(ctx, &v)
		if err != nil && (!v.Officer || !errors.Is(err, fault.ErrNotFound)) {
			return err
		}
		if v.Unknown = err != nil; v.Unknown {
			status = http.StatusUnprocessableEntity
		}
	}
	return web.Show(w, r, status, whyPage(ctx, v), whyContent(v))
}

// crumbs lead back to the record that was asked about.
func (v whyView) crumbs(ctx context.Context) []ui.Crumb {
	here := ui.Crumb{Label: lang.T(ctx, "access.why-own")}
	if v.X == nil {
		return []ui.Crumb{here}
	}
	return []ui.Crumb{{Label: v.X.Record.Ref, Href: v.X.Record.Href}, here}
}

// explainTo answers the question of the page. Whoever is no security officer and heads nobody asks about themselves.
func (s *Service) explainTo(ctx context.Context, v *whyView) error {
	var person ID
	if v.Person != "" && v.Others {
		p, err := s.org.ByRef(ctx, v.Person)
		if err != nil {
			return err
		}
		person, v.Who = p.ID, []ui.Option{{Value: v.Person, Text: p.Display(ctx)}}
	}
	x, err := s.Explain(ctx, v.Record, person)
	if err != nil {
		return err
	}
	v.X = &x
	v.Name, err = s.nameOf(ctx, x.Person)
	return err
}

func (s *Service) nameOf(ctx context.Context, id ID) (name string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.org.Names(ctx, rd, []ID{id})
		p := names[id]
		name = p.Display(ctx)
		return err
	})
	return name, err
}
