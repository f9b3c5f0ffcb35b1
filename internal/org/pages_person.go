package org

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type personView struct {
	Title, Note string
	Crumbs      []ui.Crumb
	Contact     []ui.Pair
	Work        []ui.Pair
	Roles       []string
	EditHref    string
	AccountHref string
	HoldsHref   string
	LinkedHref  string   // where accounts of the company's own systems are managed, to who may
	Linked      []Linked // those the person has
	DataHref    string
	Left        bool
	Away        string // until when, and who stands in
	AbsenceHref string // to those who may keep it
	Person      ui.PersonProps
}

func (s *Service) showPerson(w http.ResponseWriter, r *http.Request) error {
	v, err := s.personView(r.Context(), r.PathValue("no"))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, personPage(v), personContent(v))
}

func (s *Service) personView(ctx context.Context, ref string) (personView, error) {
	l, err := s.look(ctx, ref)
	if err != nil {
		return personView{}, err
	}
	p := l.person
	unit, _ := l.tree.ByID(p.Unit)
	v := personView{Title: plainName(ctx, p), Note: unit.Name.In(ctx), Left: !p.Active}
	v.Person = ui.PersonProps{Name: v.Title, Note: joined(p.Position, v.Note)}
	v.Crumbs = crumbs(ctx, l.tree, unit)
	v.Crumbs[len(v.Crumbs)-1].Href = unitHref(unit)
	v.Crumbs = append(v.Crumbs, ui.Crumb{Label: v.Title})
	fact := func(to *[]ui.Pair, id, text, href string) {
		if text != "" {
			*to = append(*to, ui.Pair{Term: lang.T(ctx, id), Text: text, Href: href})
		}
	}
	no := ""
	if known := s.shownNo(ctx, p); known != nil {
		no = *known
	}
	fact(&v.Contact, "org.phone", p.Phone, telHref(p.Phone))
	fact(&v.Contact, "org.email", p.Email, mailHref(p.Email))
	fact(&v.Work, "org.no", no, "")
	fact(&v.Work, "org.unit", unit.Name.In(ctx), unitHref(unit))
	fact(&v.Work, "org.position", p.Position, "")
	for _, m := range l.members {
		if !m.Main {
			u, _ := l.tree.ByID(m.Unit)
			fact(&v.Work, "org.also-in", joined(u.Name.In(ctx), m.Position, untilText(ctx, m)), unitHref(u))
		}
	}
	if l.manager.ID != 0 {
		fact(&v.Work, "org.manager", NameOf(ctx, l.manager), s.personHref(ctx, l.manager))
	}
	for _, d := range l.dotted {
		m := l.leads[d.Manager]
		fact(&v.Work, "org.dotted", joined(NameOf(ctx, m), untilText(ctx, Membership{Until: d.Until})), s.personHref(ctx, m))
	}
	v.Away = l.away
	if s.mayKeepAbsence(ctx, p) == nil && p.Active {
		v.AbsenceHref = s.absenceHref(ctx, p, actor.From(ctx).Person == p.ID)
	}
	for _, id := range l.headOf {
		u, _ := l.tree.ByID(id)
		v.Roles = append(v.Roles, lang.T(ctx, "org.role-of", "role", lang.T(ctx, "org.role-head"), "unit", u.Label(ctx)))
	}
	for _, id := range l.actingIn {
		u, _ := l.tree.ByID(id)
		v.Roles = append(v.Roles, lang.T(ctx, "org.role-of", "role", lang.T(ctx, "org.acting-head"), "unit", u.Label(ctx)))
	}
	v.Roles = append(v.Roles, s.roleWords(ctx, l)...)
	if s.mayLook(ctx, p) == nil {
		v.HoldsHref = s.personHref(ctx, p) + "/holds"
	}
	if maySetRoles(ctx) && !p.IsErased() {
		v.EditHref = "/settings/org/people/" + url.PathEscape(p.No)
	}
	if mayCopy(ctx, p) == nil {
		v.DataHref = s.personHref(ctx, p) + "/data"
	}
	if maySetRoles(ctx) && !p.IsErased() {
		v.AccountHref = "/people/" + url.PathEscape(p.No) + "/account"
	}
	return v, s.fillLinked(ctx, p, &v)
}

// fillLinked adds the accounts of the company's own systems to the page, for administration.
func (s *Service) fillLinked(ctx context.Context, p Person, v *personView) (err error) {
	if !maySetRoles(ctx) || s.linked == nil || p.IsErased() {
		return nil
	}
	v.LinkedHref = "/settings/org/people/" + url.PathEscape(p.No) + "/accounts"
	v.Linked, err = s.linked(ctx, p.ID)
	return err
}

// roleWords are the roles that the reader may see: those in a unit are work data, those for the company are not.
func (s *Service) roleWords(ctx context.Context, l looked) []string {
	var out []string
	for _, r := range l.roles {
		word := lang.T(ctx, "org.role-"+r.Code)
		switch {
		case r.Scope == "" && !l.rolesShown:
		case r.Scope == "":
			out = append(out, word)
		case r.Unit != 0:
			out = append(out, lang.T(ctx, "org.role-of", "role", word, "unit", l.tree.Name(ctx, r.Unit)))
		default:
			out = append(out, lang.T(ctx, "org.role-of", "role", word, "unit", r.Scope))
		}
	}
	return out
}

func untilText(ctx context.Context, m Membership) string {
	if m.Until.IsZero() {
		return ""
	}
	return lang.T(ctx, "org.until", "date", lang.Date(ctx, m.Until.Add(-1)))
}

// joined puts a dot between what is there.
func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}

func telHref(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
	if digits == "" {
		return ""
	}
	return "tel:" + digits
}

func mailHref(email string) string {
	if email == "" {
		return ""
	}
	return "mailto:" + email
}

// atWork is where a picker finds somebody who is to be given something: not who is on long leave.
const atWork = "/people/find?at-work"

// showPeoplePick answers the picker of people: value is the 工号 (or its stand-in).
func (s *Service) showPeoplePick(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	q := clean(r.URL.Query().Get("q"))
	unit := r.URL.Query().Get("unit")
	if q == "" && unit == "" {
		if u, ok := tree.ByID(actor.From(ctx).Unit); ok {
			unit = u.Code
		}
	}
	page, err := s.People(ctx, PeopleFilter{Q: q, Unit: unit, Limit: 20})
	if err != nil {
		return err
	}
	st, err := s.standing(ctx)
	if err != nil {
		return err
	}
	items, now := make([]web.Pick, 0, len(page.Items)), s.now()
	for _, p := range page.Items {
		a, away := st.absent(p.ID, now)
		if away && a.Long() && r.URL.Query().Has("at-work") {
			continue
		}
		item := web.Pick{Value: s.Ref(ctx, p), Text: NameOf(ctx, p), Note: joined(tree.Name(ctx, p.Unit), p.Position)}
		if away {
			item.Note = joined(awayWord(ctx, a), item.Note)
		}
		items = append(items, item)
	}
	return web.Picks(w, items)
}

// pickRows is how many units a picker is offered at once.
const pickRows = 20

// showUnitsPick answers the picker of units: value is the code. With below it offers those directly below a unit only.
func (s *Service) showUnitsPick(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	q, of := clean(r.URL.Query().Get("q")), r.URL.Query().Get("below")
	var units []Unit
	switch {
	case of != "":
		if u, ok := tree.ByCode(of); ok {
			units = tree.matching(tree.Children(u.ID), s.now(), q, pickRows)
		}
	case q != "":
		units = tree.matching(tree.All(), s.now(), q, pickRows)
	default:
		units = tree.Upper(s.now(), pickRows)
	}
	var items []web.Pick
	for _, u := range units {
		parent, _ := tree.ByID(u.Parent)
		items = append(items, web.Pick{Value: u.Code, Text: u.Name.In(ctx), Note: joined(parent.Label(ctx), u.Code)})
	}
	return web.Picks(w, items)
}
