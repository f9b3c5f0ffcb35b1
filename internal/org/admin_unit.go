package org

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type unitFormView struct {
	In         UnitInput
	New, Ended bool
	Title      string
	Post       string
	Errors     ui.Errors
	Levels     []ui.Option
	Calendars  []ui.Option
	Sites      []ui.Option // empty while there is no site
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
	v.Parent = unitOption(ctx, tree, v.In.Parent)
	if p, err := s.PersonByNo(ctx, v.In.Head); err == nil {
		v.Head = []ui.Option{{Value: p.No, Text: NameOf(ctx, p)}}
	}
	if v.Calendars, err = s.calendarOptions(ctx, tree, v.In); err != nil {
		return err
	}
	v.Sites = siteOptions(ctx, tree, v.In.Site, s.now())
	for _, l := range Levels {
		v.Levels = append(v.Levels, ui.Option{Value: l, Text: lang.T(ctx, "org.level-"+l), Selected: l == v.In.Level})
	}
	return web.Show(w, r, status, unitFormPage(v), unitFormContent(v))
}

// siteOptions are the sites there are, after the choice to be where the parent is; a name that is no site is kept until
// somebody chooses another one.
func siteOptions(ctx context.Context, tree *Tree, chosen string, now time.Time) []ui.Option {
	var options []ui.Option
	known := chosen == ""
	for _, u := range tree.All() {
		if u.Level == Site && u.Valid(now) {
			known = known || u.Code == chosen
			options = append(options, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == chosen})
		}
	}
	if len(options) == 0 {
		return nil
	}
	if !known {
		options = append(options, ui.Option{Value: chosen, Text: chosen, Selected: true})
	}
	return append([]ui.Option{{Text: lang.T(ctx, "org.site-inherit"), Selected: chosen == ""}}, options...)
}

// calendarOptions are the calendars there are, after the choice to have the parent's.
func (s *Service) calendarOptions(ctx context.Context, tree *Tree, in UnitInput) ([]ui.Option, error) {
	if s.offers.all == nil {
		return nil, nil
	}
	offers, err := s.offers.all(ctx)
	if err != nil {
		return nil, err
	}
	parent, _ := tree.ByCode(in.Parent)
	above, err := s.offers.of(ctx, parent.ID)
	if err != nil {
		return nil, err
	}
	inherit := ui.Option{Text: lang.T(ctx, "org.calendar-inherit", "name", above), Selected: in.Calendar == ""}
	var options []ui.Option
	known := in.Calendar == ""
	for _, o := range offers {
		if o.Code == above {
			inherit.Text = lang.T(ctx, "org.calendar-inherit", "name", o.Name)
		}
		known = known || o.Code == in.Calendar
		options = append(options, ui.Option{Value: o.Code, Text: o.Name, Selected: o.Code == in.Calendar})
	}
	if !known { // kept until somebody chooses another one
		options = append(options, ui.Option{Value: in.Calendar, Text: in.Calendar, Selected: true})
	}
	return append([]ui.Option{inherit}, options...), nil
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
	return web.See(w, r, "/settings/org/units")
}
