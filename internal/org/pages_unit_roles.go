package org

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// unitSettingsView is a unit as its head arranges it: who is what, and who sees its numbers.
type unitSettingsView struct {
	Unit        Unit
	Title, Href string
	Crumbs      []ui.Crumb
	Agents      []namedLine
	Secretaries []namedLine
	Heads       []personNote
	OnDuty      string
	Numbers     []personNote
	In          namedForm
	Chosen      []ui.Option
	Roles       []ui.Option
	Errors      ui.Errors
}

// namedLine is somebody with a role of the unit.
type namedLine struct {
	Name, Href, Note string
	Ref, Role        string
}

// personNote is who, and why or since when.
type personNote struct{ Who, Href, Note, Icon string }

// namedForm is what the form of a role of the unit sends.
type namedForm struct {
	Person string `form:"person"`
	Role   string `form:"role"`
	Until  string `form:"until"`
	Reason string `form:"reason"`
}

// unitRoleRoutes are the pages of a unit's settings.
func (s *Service) unitRoleRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /units/{code}/settings", Action: "access.delegate", Do: s.showUnitSettings},
		{Pattern: "POST /units/{code}/settings", Action: "access.delegate", Do: s.submitName},
		{Pattern: "POST /units/{code}/settings/take", Action: "access.delegate", Do: s.submitUnname},
	}
}

func unitSettingsHref(u Unit) string { return "/units/" + url.PathEscape(u.Code) + "/settings" }

func (s *Service) showUnitSettings(w http.ResponseWriter, r *http.Request) error {
	v, err := s.unitSettings(r.Context(), r.PathValue("code"), namedForm{}, nil)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, unitSettingsPage(v), unitSettingsContent(v))
}

func (s *Service) submitName(w http.ResponseWriter, r *http.Request) error {
	return s.submitNamed(w, r, s.GiveRole, "org.named")
}

func (s *Service) submitUnname(w http.ResponseWriter, r *http.Request) error {
	return s.submitNamed(w, r, s.TakeRole, "org.unnamed")
}

// submitNamed gives or takes one role of the unit. Without a reason it was the head's decision.
func (s *Service) submitNamed(w http.ResponseWriter, r *http.Request, do func(context.Context, RoleChange) error, done string) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in namedForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	u, err := s.unitToName(ctx, tree, code, s.now())
	if err != nil {
		return err
	}
	c := RoleChange{No: in.Person, Role: in.Role, Scope: u.Code, Reason: in.Reason, Until: in.Until}
	if c.Reason == "" {
		c.Reason = lang.T(ctx, "org.named-reason")
	}
	p, err := s.ByRef(ctx, clean(in.Person))
	switch {
	case err == nil:
		c.No = p.No
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	if in.Role == "agent" || in.Role == "secretary" {
		err = do(ctx, c)
	} else {
		var f fault.Fields
		f.Add("role", "org.role-not-named", "value", in.Role)
		err = f.Err()
	}
	if refused(err) {
		v, again := s.unitSettings(ctx, code, in, err)
		if again != nil {
			return again
		}
		return web.Show(w, r, statusOf(err), unitSettingsPage(v), unitSettingsContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, done, "name", NameOf(ctx, p), "role", lang.T(ctx, "org.role-"+in.Role)), "")
	return web.See(w, r, unitSettingsHref(u))
}

func (s *Service) unitSettings(ctx context.Context, code string, in namedForm, problem error) (unitSettingsView, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return unitSettingsView{}, err
	}
	u, err := s.unitToName(ctx, tree, code, s.now())
	if err != nil {
		return unitSettingsView{}, err
	}
	v := unitSettingsView{Unit: u, Title: lang.T(ctx, "org.unit-settings-of", "unit", u.Name.In(ctx)), Href: unitSettingsHref(u), In: in}
	v.Crumbs = append(crumbs(ctx, tree, u), ui.Crumb{Label: lang.T(ctx, "org.unit-settings")})
	v.Crumbs[len(v.Crumbs)-2].Href = unitHref(u)
	for _, role := range namedRoles {
		v.Roles = append(v.Roles, ui.Option{Value: role, Text: lang.T(ctx, "org.role-"+role), Selected: role == in.Role})
	}
	if problem != nil {
		v.Errors = ui.ErrorsOf(ctx, problem, labels(ctx, "person", "role", "until", "reason"))
		if p, err := s.ByRef(ctx, in.Person); err == nil {
			v.Chosen = []ui.Option{{Value: in.Person, Text: NameOf(ctx, p)}}
		}
	}
	return v, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { return s.fillSettings(ctx, rd, tree, &v) })
}

func (s *Service) fillSettings(ctx context.Context, rd sqldb.Reader, tree *Tree, v *unitSettingsView) error {
	given, err := namedIn(ctx, rd, v.Unit.ID)
	if err != nil {
		return err
	}
	var ids []ID
	for _, g := range given {
		ids = append(ids, g.Person, g.By)
	}
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return err
	}
	zone := s.Company(ctx).Location()
	for _, g := range given {
		p := names[g.Person]
		l := namedLine{Name: NameOf(ctx, p), Href: s.personHref(ctx, p), Ref: s.Ref(ctx, p), Role: g.Role.Code, Note: joined(p.Position, untilWord(ctx, g.Until, zone))}
		if g.Role.Code == "agent" {
			v.Agents = append(v.Agents, l)
		} else {
			v.Secretaries = append(v.Secretaries, l)
		}
	}
	if v.OnDuty, err = s.DutyLine(ctx, rd, v.Unit.ID); err != nil {
		return err
	}
	if v.Heads, err = s.headNotes(ctx, rd, tree, v.Unit); err != nil {
		return err
	}
	v.Numbers, err = s.numberNotes(ctx, rd, tree, v.Unit)
	return err
}

// untilWord is the last day of a role, in words; "" when it is open.
func untilWord(ctx context.Context, until time.Time, zone *time.Location) string {
	if until.IsZero() {
		return ""
	}
	return lang.T(ctx, "org.until-day", "day", lang.Date(ctx, until.In(zone).Add(-time.Second)))
}

// headNotes are who answers for a unit, from where, and who stands in for those who are away.
func (s *Service) headNotes(ctx context.Context, rd sqldb.Reader, tree *Tree, u Unit) ([]personNote, error) {
	heads, from, err := s.HeadsFrom(ctx, rd, u.ID)
	if err != nil {
		return nil, err
	}
	deputies, err := s.DeputiesOf(ctx, rd, heads)
	if err != nil {
		return nil, err
	}
	ids := heads
	for _, list := range deputies {
		ids = append(ids[:len(ids):len(ids)], list...)
	}
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	var out []personNote
	for _, id := range heads {
		n := personNote{Who: NameOf(ctx, names[id]), Href: s.personHref(ctx, names[id]), Note: lang.T(ctx, "org.role-head"), Icon: "user"}
		switch {
		case from != u.ID:
			n.Note = lang.T(ctx, "org.role-of", "role", n.Note, "unit", tree.Name(ctx, from))
		case id != u.Head:
			n.Note = lang.T(ctx, "org.acting-head")
		}
		out = append(out, n)
		for _, deputy := range deputies[id] {
			out = append(out, personNote{Who: NameOf(ctx, names[deputy]), Href: s.personHref(ctx, names[deputy]),
				Note: lang.T(ctx, "org.stands-in-for", "name", n.Who), Icon: "users"})
		}
	}
	return out, nil
}

// numberNotes say who sees the numbers of a unit: what follows from its own roles, and by name who holds an office over it.
func (s *Service) numberNotes(ctx context.Context, rd sqldb.Reader, tree *Tree, u Unit) ([]personNote, error) {
	if s.Company(ctx).Switches.NumbersToAll {
		return []personNote{{Who: lang.T(ctx, "org.numbers-all"), Note: lang.T(ctx, "org.numbers-all-note"), Href: "/company", Icon: "users"}}, nil
	}
	counts, err := s.memberCounts(ctx, rd)
	if err != nil {
		return nil, err
	}
	out := []personNote{{Who: lang.T(ctx, "org.numbers-own"), Note: lang.T(ctx, "org.numbers-own-note", "count", counts[u.ID]), Icon: "users"},
		{Who: lang.T(ctx, "org.numbers-heads"), Note: lang.T(ctx, "org.numbers-heads-note"), Icon: "sitemap"}}
	for _, role := range []string{"quality", "executive"} {
		wide, err := holdersOf(ctx, rd, role)
		if err != nil {
			return nil, err
		}
		ids := wide
		for _, above := range tree.Path(u.ID) {
			some, err := holdersIn(ctx, rd, above, role)
			if err != nil {
				return nil, err
			}
			ids = append(ids[:len(ids):len(ids)], some...)
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		names, err := s.Names(ctx, rd, ids)
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			out = append(out, personNote{Who: lang.T(ctx, "org.role-"+role), Note: listNames(ctx, ids, names), Icon: "eye"})
		}
	}
	return append(out, personNote{Who: lang.T(ctx, "org.numbers-company"), Note: lang.T(ctx, "org.numbers-company-note"), Href: "/company", Icon: "building"}), nil
}

// mayOpenSettings says whether the reader may open a unit's settings.
func mayOpenSettings(ctx context.Context, tree *Tree, u Unit, now time.Time) bool {
	return u.Valid(now) && mayDelegate(actor.From(ctx), tree, u.ID)
}
