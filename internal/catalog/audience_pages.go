package catalog

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// whomForm is one side of an audience as it was typed: codes of units with and without those below, codes of sites, roles.
type whomForm struct {
	Below string   `form:"below"`
	Only  string   `form:"only"`
	Sites []string `form:"sites"`
	Roles []string `form:"roles"`
}

type audienceForm struct {
	In       whomForm `form:"in"`
	Out      whomForm `form:"out"`
	Revision int      `form:"revision"`
}

func (in whomForm) whom(f *fault.Fields, name string, tree *org.Tree) []Whom {
	var out []Whom
	units := func(text string, below bool) {
		for _, code := range strings.FieldsFunc(text, separates) {
			u, ok := tree.ByCode(code)
			if !ok {
				f.Add(name, "catalog.unit-unknown-code", "given", clip(code, 40))
				continue
			}
			out = append(out, Whom{Kind: InUnit, Unit: u.ID, Below: below})
		}
	}
	units(in.Below, true)
	units(in.Only, false)
	for _, code := range in.Sites {
		if u, ok := tree.ByCode(code); ok {
			out = append(out, Whom{Kind: AtSite, Unit: u.ID})
		}
	}
	for _, role := range in.Roles {
		out = append(out, Whom{Kind: InRole, Role: role})
	}
	return out
}

func separates(r rune) bool { return strings.ContainsRune(",，;；、 \n", r) }

func whomFormOf(list []Whom, tree *org.Tree) whomForm {
	var in whomForm
	for _, w := range list {
		u, _ := tree.ByID(w.Unit)
		switch {
		case w.Kind == InRole:
			in.Roles = append(in.Roles, w.Role)
		case w.Kind == AtSite:
			in.Sites = append(in.Sites, u.Code)
		case w.Below:
			in.Below += "," + u.Code
		default:
			in.Only += "," + u.Code
		}
	}
	in.Below, in.Only = strings.TrimPrefix(in.Below, ","), strings.TrimPrefix(in.Only, ",")
	return in
}

func (in audienceForm) audience(f *fault.Fields, tree *org.Tree) Audience {
	a := Audience{In: in.In.whom(f, "include", tree), Out: in.Out.whom(f, "exclude", tree)}
	f.Join("", checkAudience(a, tree))
	return a
}

type audienceView struct {
	*Service
	In                 audienceForm
	Title              string
	UnitName, UnitHref string
	Sides              []sideView
	Reach              string
	Asked              string // 工号 of the person looked at
	Answer             string
	Reasons            []string
	Errors             ui.Errors
}

// sideView is the fields of one side.
type sideView struct {
	Name, Title, Text string
	In                whomForm
	Units             []ui.Option // those that are chosen, by name
	Sites, Roles      []ui.Option
	Error             string
}

// showAudience is /services/{code}/audience. With something typed in the address the count follows it; with person it
// says whether that colleague sees the service, and why.
func (c *Catalog) showAudience(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if !q.Has("in.below") && !q.Has("out.below") {
		return c.audiencePage(w, r, http.StatusOK, nil, nil)
	}
	var in audienceForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	return c.audiencePage(w, r, http.StatusOK, &in, nil)
}

func (c *Catalog) submitAudience(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in audienceForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	if _, err := c.Visible(ctx, code); err != nil {
		return err
	}
	var f fault.Fields
	a := in.audience(&f, tree)
	err = f.Err()
	var s *Service
	if err == nil {
		s, err = c.SetAudience(ctx, code, a, in.Revision)
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return c.audiencePage(w, r, http.StatusUnprocessableEntity, &in, err)
	case fault.Precondition:
		return c.audiencePage(w, r, http.StatusPreconditionFailed, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.saved", "name", s.Name.In(ctx)), "")
	return web.See(w, r, "/services/"+code+"/audience")
}

func (c *Catalog) audiencePage(w http.ResponseWriter, r *http.Request, status int, in *audienceForm, cause error) error {
	ctx := r.Context()
	s, err := c.Visible(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if err := c.may(ctx, writing(s), s); err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	unit, _ := tree.ByID(s.Unit)
	v := audienceView{Service: s, Title: s.Name.In(ctx), UnitName: unit.Name.In(ctx), UnitHref: "/services?unit=" + unit.Code, Errors: ui.ErrorsOf(ctx, cause, nil)}
	a := s.Audience
	v.In = audienceForm{In: whomFormOf(a.In, tree), Out: whomFormOf(a.Out, tree), Revision: s.Revision}
	if in != nil {
		v.In = *in
		v.In.Revision = s.Revision
		var f fault.Fields
		a = in.audience(&f, tree)
		if cause == nil && f.Len() > 0 {
			v.Errors = ui.ErrorsOf(ctx, f.Err(), nil)
		}
	}
	v.Sides = []sideView{sideOf(ctx, tree, "in", v.In.In, v.Errors.At("include")), sideOf(ctx, tree, "out", v.In.Out, v.Errors.At("exclude"))}
	reach, err := c.Reach(ctx, a)
	if err != nil {
		return err
	}
	v.Reach = lang.T(ctx, "catalog.audience-reach", "people", reach.People, "units", reach.Units)
	if no := strings.TrimSpace(r.URL.Query().Get("person")); no != "" {
		if err := c.answerWhether(ctx, tree, &v, no); err != nil {
			return err
		}
	}
	return web.Show(w, r, status, audiencePage(v), nil)
}

// answerWhether says whether a colleague sees the service, and why.
func (c *Catalog) answerWhether(ctx context.Context, tree *org.Tree, v *audienceView, no string) error {
	v.Asked = no
	a, p, err := c.Admission(ctx, v.Code, no)
	if fault.KindOf(err) == fault.Invalid {
		v.Answer = ui.ErrorsOf(ctx, err, nil).At("person")
		return nil
	}
	if err != nil {
		return err
	}
	name := org.NameOf(ctx, p)
	switch {
	case a.Entitled:
		v.Answer = lang.T(ctx, "catalog.audience-yes", "name", name)
	case a.Serves || a.Keeps:
		v.Answer = lang.T(ctx, "catalog.audience-serves", "name", name)
	default:
		v.Answer = lang.T(ctx, "catalog.audience-no", "name", name)
	}
	if v.Audience.Everybody() {
		v.Reasons = []string{lang.T(ctx, "catalog.audience-everybody")}
	}
	for _, b := range a.Because {
		key := "catalog.audience-rule"
		if b.Out {
			key += "-out"
		}
		if !b.Matches {
			key += "-not"
		}
		v.Reasons = append(v.Reasons, lang.T(ctx, key, "rule", b.words(ctx, tree)))
	}
	return nil
}

// words is a rule as people read it: 销售部及下级, 苏州工厂, 部门负责人.
func (w Whom) words(ctx context.Context, tree *org.Tree) string {
	switch {
	case w.Kind == InRole:
		return lang.T(ctx, "org.role-"+w.Role)
	case w.Kind == InUnit && w.Below:
		return lang.T(ctx, "catalog.audience-below", "unit", tree.Name(ctx, w.Unit))
	}
	return tree.Name(ctx, w.Unit)
}

func sideOf(ctx context.Context, tree *org.Tree, name string, in whomForm, wrong string) sideView {
	v := sideView{Name: name, Title: lang.T(ctx, "catalog.audience-"+name), Text: lang.T(ctx, "catalog.audience-"+name+"-text"), In: in, Error: wrong}
	for _, code := range strings.FieldsFunc(in.Below+","+in.Only, separates) {
		if u, ok := tree.ByCode(code); ok {
			v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx)})
		}
	}
	for _, u := range tree.All() {
		if u.Level == org.Site {
			v.Sites = append(v.Sites, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: slices.Contains(in.Sites, u.Code)})
		}
	}
	for _, role := range Roles {
		v.Roles = append(v.Roles, ui.Option{Value: role, Text: lang.T(ctx, "org.role-"+role), Selected: slices.Contains(in.Roles, role)})
	}
	return v
}
