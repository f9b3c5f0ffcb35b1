package place

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

var noTime time.Time

// typed is a place as a form holds it.
type typed struct {
	Code     string   `form:"code"`
	NameZh   string   `form:"name_zh"`
	NameEn   string   `form:"name_en"`
	Kind     string   `form:"kind"`
	Parent   string   `form:"parent"`
	Unit     string   `form:"unit"`
	Asset    string   `form:"asset"`
	Note     string   `form:"note"`
	Services []string `form:"services"`
	Revision int64    `form:"revision"`
}

func (t typed) input() Input {
	var services []string
	for _, x := range t.Services { // without a script one field holds several codes
		services = append(services, strings.FieldsFunc(x, func(r rune) bool { return strings.ContainsRune(",，;；、 ", r) })...)
	}
	return Input{Code: t.Code, NameZh: t.NameZh, NameEn: t.NameEn, Kind: t.Kind, Parent: t.Parent, Unit: t.Unit, Asset: t.Asset, Note: t.Note, Services: services}
}

type editView struct {
	In       typed
	New      bool
	Title    string
	Crumbs   []ui.Crumb
	Action   string
	Back     string
	Retired  bool
	Kinds    []ui.Option
	Units    []ui.Option
	Services []ui.Option
	Around   []ui.Option // the place around, as it is chosen now
	Errors   ui.Errors
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	in := typed{Parent: r.URL.Query().Get("under"), Kind: "room"}
	if in.Parent != "" {
		if p, err := s.ByCode(r.Context(), in.Parent); err == nil {
			in.Code = p.Code + "-"
		}
	}
	return s.editPage(w, r, Place{}, http.StatusOK, in, nil)
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	return s.submit(w, r, Place{}, Fresh)
}

// editable is the place of the address, when the actor keeps it.
func (s *Service) editable(r *http.Request) (Place, error) {
	p, err := s.ByCode(r.Context(), r.PathValue("code"))
	if err != nil {
		return p, err
	}
	return p, s.may(r.Context(), doEdit, p.Unit)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.editable(r)
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	in := s.inputOf(p, tree, snap)
	return s.editPage(w, r, p, http.StatusOK, typed{in.Code, in.NameZh, in.NameEn, in.Kind, in.Parent, in.Unit, in.Asset, in.Note, in.Services, p.Revision}, nil)
}

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	p, err := s.editable(r)
	if err != nil {
		return err
	}
	return s.submit(w, r, p, p.Revision)
}

func (s *Service) submit(w http.ResponseWriter, r *http.Request, old Place, revision int64) error {
	ctx := r.Context()
	var in typed
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if old.ID != 0 {
		in.Code = old.Code
		if in.Revision > 0 {
			revision = in.Revision
		}
	}
	p, created, err := s.Save(ctx, in.input(), revision)
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.editPage(w, r, old, http.StatusUnprocessableEntity, in, err)
	case fault.Precondition:
		in.Revision = old.Revision
		return s.editPage(w, r, old, http.StatusPreconditionFailed, in, err)
	}
	if err != nil {
		return err
	}
	key := "place.saved"
	if created {
		key = "place.made"
	}
	web.Toast(w, r, lang.T(ctx, key, "name", p.Name.In(ctx)), "")
	return web.See(w, r, link(p.Code))
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request, p Place, status int, in typed, cause error) error {
	ctx := r.Context()
	v := editView{In: in, New: p.ID == 0, Retired: p.Retired(), Action: "/places/new", Back: "/places", Title: lang.T(ctx, "place.new"), Crumbs: []ui.Crumb{{Label: lang.T(ctx, "place.title"), Href: "/places"}}, Errors: ui.ErrorsOf(ctx, cause, s.labels(ctx))}
	if !v.New {
		v.Title, v.Action, v.Back = lang.T(ctx, "place.edit-title", "name", p.Name.In(ctx)), link(p.Code)+"/edit", link(p.Code)
		v.Crumbs = append(v.Crumbs, ui.Crumb{Label: p.Name.In(ctx), Href: link(p.Code)})
	} else if in.Parent != "" {
		v.Back = link(in.Parent)
	}
	for _, k := range Kinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: k, Text: lang.T(ctx, "place.kind."+k), Selected: k == in.Kind})
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	v.Units = []ui.Option{{Text: lang.T(ctx, "place.unit-as-around"), Selected: in.Unit == ""}}
	for _, u := range tree.All() {
		if u.Valid(s.db.Now()) && (u.Code == in.Unit || s.may(ctx, doEdit, u.ID) == nil) {
			v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == in.Unit})
		}
	}
	if around, err := s.ByCode(ctx, in.Parent); err == nil {
		v.Around = []ui.Option{{Value: around.Code, Text: around.Name.In(ctx), Selected: true}}
	}
	v.Services, err = s.chosen(ctx, in.input().Services)
	if err != nil {
		return err
	}
	return web.Show(w, r, status, editPage(v), nil)
}

// chosen are services as a picker shows those that are chosen already.
func (s *Service) chosen(ctx context.Context, codes []string) ([]ui.Option, error) {
	snap, err := s.catalog.Snapshot(ctx)
	var out []ui.Option
	for _, code := range codes {
		text := code
		if x, ok := snap.ByCode(code); err == nil && ok {
			text = x.Name.In(ctx)
		}
		out = append(out, ui.Option{Value: code, Text: text, Selected: true})
	}
	return out, err
}

func (s *Service) labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for name, key := range map[string]string{"code": "place.code", "name_zh": "place.name-zh", "name_en": "place.name-en", "kind": "place.kind", "parent": "place.parent", "unit": "place.unit", "asset": "place.asset", "note": "place.note", "services": "place.services"} {
		out[name] = lang.T(ctx, key)
	}
	for _, k := range Kinds {
		if out[k] == "" {
			out[k] = lang.T(ctx, "place.kind."+k)
		}
	}
	return out
}

func (s *Service) submitRetire(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	n, err := s.Retire(ctx, code)
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "place.retired-now", "count", n), "")
	return web.See(w, r, link(code))
}

func (s *Service) submitRestore(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	if err := s.Restore(ctx, code); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "place.restored-now"), "")
	return web.See(w, r, link(code))
}

// kindsView is the table of what each kind offers.
type kindsView struct {
	Rows   []kindRow
	Errors ui.Errors
}

type kindRow struct {
	Kind, Name, Icon string
	Value            string
	Options          []ui.Option
}

func (s *Service) showKinds(w http.ResponseWriter, r *http.Request) error {
	have, err := s.KindServices(r.Context())
	if err != nil {
		return err
	}
	return s.kindsPage(w, r, http.StatusOK, have, nil)
}

func (s *Service) kindsPage(w http.ResponseWriter, r *http.Request, status int, have map[string][]string, cause error) error {
	ctx := r.Context()
	v := kindsView{Errors: ui.ErrorsOf(ctx, cause, s.labels(ctx))}
	for _, k := range Kinds {
		options, err := s.chosen(ctx, have[k])
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, kindRow{Kind: k, Name: lang.T(ctx, "place.kind."+k), Icon: icons[k], Value: strings.Join(have[k], ", "), Options: options})
	}
	return web.Show(w, r, status, kindsPage(v), nil)
}

func (s *Service) submitKinds(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	values, _, err := web.Input(r)
	if err != nil {
		return err
	}
	wanted := kindsOf(values)
	err = s.SetKinds(ctx, wanted)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.kindsPage(w, r, http.StatusUnprocessableEntity, wanted, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "place.kinds-saved"), "")
	return web.See(w, r, "/places/kinds")
}

func kindsOf(values url.Values) map[string][]string {
	out := map[string][]string{}
	for _, k := range Kinds {
		if list, ok := values[k]; ok {
			out[k] = slices.DeleteFunc(typed{Services: list}.input().Services, func(c string) bool { return c == "" })
		}
	}
	return out
}
