package phrase

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// Mount puts the pages and calls of the room into the door.
func (s *Service) Mount(m *web.Mux) {
	for _, x := range []struct{ path, see, edit string }{{"/units/{code}/phrases", "phrase.see", "phrase.edit"}, {"/me/phrases", "phrase.own", "phrase.own"}} {
		m.Page(
			web.Route{Pattern: "GET " + x.path, Action: x.see, Do: s.showList},
			web.Route{Pattern: "POST " + x.path, Action: x.edit, Do: s.submitSave},
			web.Route{Pattern: "POST " + x.path + "/{id}/remove", Action: x.edit, Do: s.submitRemove},
		)
	}
	s.api(m)
}

// listView are the phrases of a unit, or one's own, with the form for one of them.
type listView struct {
	Self, Title, Lead string
	Rows              []row
	Form              *formView
	MayEdit           bool
	New               string
}

type row struct {
	ID                  ID
	Name, Text          string
	Services, Used      string
	Edit, Remove, Other string
}

type formView struct {
	ID       ID
	In       form
	Services []ui.Option
	Errors   ui.Errors
}

// form is what was typed.
type form struct {
	ID       int64    `form:"id"`
	Name     string   `form:"name"`
	Zh       string   `form:"text_zh"`
	En       string   `form:"text_en"`
	Services []string `form:"services"`
}

func self(unit string) string {
	if unit == "" {
		return "/me/phrases"
	}
	return "/units/" + url.PathEscape(unit) + "/phrases"
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	id, _ := strconv.ParseInt(r.URL.Query().Get("edit"), 10, 64)
	return s.page(w, r, http.StatusOK, form{ID: id}, r.URL.Query().Has("new") || id != 0, nil)
}

// page is the list with the form of one phrase, when one is edited.
func (s *Service) page(w http.ResponseWriter, r *http.Request, status int, in form, edits bool, problem error) error {
	ctx, unit := r.Context(), r.PathValue("code")
	list, err := s.Of(ctx, unit)
	if err != nil {
		return err
	}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := listView{Self: self(unit), Title: lang.T(ctx, "phrase.own"), Lead: lang.T(ctx, "phrase.own-lead"), MayEdit: true, New: self(unit) + "?new=1"}
	keeper, tree := int64(0), s.org
	if unit != "" {
		t, err := tree.Tree(ctx)
		if err != nil {
			return err
		}
		u, _ := t.ByCode(unit)
		keeper = u.ID
		v.Title, v.Lead = lang.T(ctx, "phrase.of-unit", "unit", u.Name.In(ctx)), lang.T(ctx, "phrase.unit-lead")
		set, err := s.access.Towards(ctx, actor.From(ctx), u.ID)
		if err != nil {
			return err
		}
		v.MayEdit = access.Allowed(ctx, "phrase.edit", set) == nil
	}
	for _, p := range list {
		x := row{ID: p.ID, Name: p.Name, Text: p.In(lang.Locale(ctx)), Used: lang.T(ctx, "phrase.used", "count", p.Used), Edit: v.Self + "?edit=" + strconv.FormatInt(p.ID, 10),
			Remove: v.Self + "/" + strconv.FormatInt(p.ID, 10) + "/remove"}
		var names []string
		for _, id := range p.Services {
			if sv, ok := snap.ByID(id); ok {
				names = append(names, sv.Name.In(ctx))
			}
		}
		x.Services = strings.Join(names, lang.T(ctx, "ui.comma"))
		if x.Services == "" {
			x.Services = lang.T(ctx, "phrase.all-services")
		}
		v.Rows = append(v.Rows, x)
		if edits && p.ID == in.ID && problem == nil {
			in.Name, in.Zh, in.En = p.Name, p.Text.Zh, p.Text.En
			for _, id := range p.Services {
				if sv, ok := snap.ByID(id); ok {
					in.Services = append(in.Services, sv.Code)
				}
			}
		}
	}
	if edits && v.MayEdit {
		v.Form = &formView{ID: in.ID, In: in, Errors: ui.ErrorsOf(ctx, problem, labels(ctx)), Services: s.options(ctx, keeper, in.Services)}
	}
	return web.Show(w, r, status, listPage(v), listContent(v))
}

// options are the services of the unit; of one's own phrases those of the units one serves for.
func (s *Service) options(ctx context.Context, keeper int64, chosen []string) []ui.Option {
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return nil
	}
	units := []int64{keeper}
	if keeper == 0 {
		units = nil
		for _, g := range actor.From(ctx).Groups {
			if g.Role == "agent" || g.Role == "head" || g.Role == "member" {
				units = append(units, g.ID)
			}
		}
	}
	var out []ui.Option
	known := map[string]bool{}
	for _, u := range units {
		for _, sv := range snap.Of(u) {
			if known[sv.Code] {
				continue
			}
			known[sv.Code] = true
			o := ui.Option{Value: sv.Code, Text: sv.Name.In(ctx)}
			for _, c := range chosen {
				o.Selected = o.Selected || c == sv.Code
			}
			out = append(out, o)
		}
	}
	return out
}

func labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"name", "text_zh", "text_en", "services"} {
		out[name] = lang.T(ctx, "phrase.field."+name)
	}
	return out
}

func (s *Service) submitSave(w http.ResponseWriter, r *http.Request) error {
	var in form
	err := web.Decode(r, &in)
	unit := r.PathValue("code")
	if err == nil {
		_, err = s.Save(r.Context(), unit, in.ID, Input{Name: in.Name, Zh: in.Zh, En: in.En, Services: in.Services}, web.IfMatch{})
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict:
		return s.page(w, r, http.StatusUnprocessableEntity, in, true, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "phrase.saved"), "")
	return web.See(w, r, self(unit))
}

func (s *Service) submitRemove(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	unit := r.PathValue("code")
	if err := s.Remove(r.Context(), unit, id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "phrase.removed"), "")
	return web.See(w, r, self(unit))
}
