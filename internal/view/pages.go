package view

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// Mount adds the pages and calls of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(
		web.Route{Pattern: "GET /views", Action: "view.see", Do: s.showViews},
		web.Route{Pattern: "GET /views/counts", Action: "view.see", Do: s.showCounts, Quiet: true},
		web.Route{Pattern: "POST /views", Action: "view.save", Do: s.submitSave},
		web.Route{Pattern: "POST /views/change", Action: "view.save", Do: s.submitChange},
	)
	s.api(m)
}

// countedTo is where the number beside a view stops.
const countedTo = 100

// countedViews is how many views of a list are counted.
const countedViews = 12

// link is a view in the bar.
type link struct {
	Name, Href string
	Shared     bool
	On         bool
	Count      string
}

// barView is the bar of views above a list.
type barView struct {
	List   string
	Links  []link
	Counts string // address of the links with their counts; "": they are not counted
	Query  string // what is saved
	Plain  bool   // nothing is narrowed: there is nothing to save
	Units  []ui.Option
	Locks  bool
}

// Bar draws the actor's views of a list and the way to save what the address says: query without what every address of the
// list says. Whoever draws a list puts it above the filter; it costs one short query.
func (s *Service) Bar(ctx context.Context, code string, query url.Values) (templ.Component, error) {
	l, ok := s.list(code)
	if !ok {
		return templ.NopComponent, nil
	}
	views, err := s.Mine(ctx, code)
	if err != nil {
		return nil, err
	}
	now := Canonical(query)
	v := barView{List: code, Query: now, Plain: now == "" || slices.ContainsFunc(views, func(x View) bool { return x.Query == now })}
	v.Links = linksOf(l, views, now)
	if l.Count != nil && len(v.Links) > 0 {
		v.Counts = "/views/counts?" + url.Values{"list": {code}, "now": {now}}.Encode()
	}
	v.Units, v.Locks, err = s.units(ctx)
	return bar(v), err
}

// Standard sends whoever opens a list without a word to the view that opens it for the actor, if there is one. Sent: the
// answer is given.
func (s *Service) Standard(w http.ResponseWriter, r *http.Request, list string) (sent bool, err error) {
	if r.URL.RawQuery != "" || web.IsHTMX(r) {
		return false, nil
	}
	query, err := s.StandardQuery(r.Context(), list)
	if err != nil || query == "" {
		return false, err
	}
	return true, web.See(w, r, r.URL.Path+"?"+query)
}

func linksOf(l List, views []View, now string) []link {
	out := make([]link, len(views))
	for i, x := range views {
		out[i] = link{Name: x.Name, Href: l.Path + "?" + x.Query, Shared: x.Unit != 0, On: x.Query == now}
	}
	return out
}

// units are those with which the actor may share a view; locks says whether the actor may lock one of them.
func (s *Service) units(ctx context.Context) (options []ui.Option, locks bool, err error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, false, err
	}
	a := actor.From(ctx)
	options = []ui.Option{{Text: lang.T(ctx, "view.own"), Selected: true}}
	var seen []int64
	for _, g := range a.Groups {
		if slices.Contains(seen, g.ID) || !slices.Contains([]string{"agent", "head", "secretary"}, g.Role) || len(options) > 20 {
			continue
		}
		u, ok := tree.ByID(g.ID)
		set, err := s.access.Towards(ctx, a, g.ID)
		if err != nil {
			return nil, false, err
		}
		if !ok || access.Allowed(ctx, "view.share", set) != nil {
			continue
		}
		seen = append(seen, g.ID)
		locks = locks || access.Allowed(ctx, "view.lock", set) == nil
		options = append(options, ui.Option{Value: u.Code, Text: lang.T(ctx, "view.share-with", "unit", u.Label(ctx))})
	}
	return options, locks, nil
}

// showCounts is the links of the bar with how much each view holds.
func (s *Service) showCounts(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		List string `form:"list"`
		Now  string `form:"now"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	views, err := s.Mine(ctx, in.List)
	if err != nil {
		return err
	}
	l, _ := s.list(in.List)
	links := linksOf(l, views, in.Now)
	for i := range links[:min(len(links), countedViews)] {
		n, ok, err := s.count(ctx, l, views[i])
		if err != nil {
			return err
		}
		if ok {
			links[i].Count = numberOf(ctx, n)
		}
	}
	page := barLinks(barView{List: in.List, Links: links})
	return web.Show(w, r, http.StatusOK, page, page)
}

// count is how many rows a view holds for the actor; ok is false when the list does not take its query any more.
func (s *Service) count(ctx context.Context, l List, v View) (n int, ok bool, err error) {
	if l.Count == nil {
		return 0, false, nil
	}
	values, err := url.ParseQuery(v.Query)
	if err != nil {
		return 0, false, nil //nolint:nilerr // it was readable when it was saved
	}
	n, err = l.Count(ctx, values, countedTo)
	if expected(err) {
		return 0, false, nil
	}
	return n, err == nil, err
}

func numberOf(ctx context.Context, n int) string {
	if n >= countedTo {
		return strconv.Itoa(countedTo-1) + "+"
	}
	return lang.Number(ctx, n)
}

// line is a view on the page where they are kept.
type line struct {
	View
	Href, Holder, List string
	Mine               bool // the reader may change it
	Locks              bool
}

func (s *Service) showViews(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	views, err := s.Mine(ctx, "")
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	var lines []line
	for _, x := range views {
		l, ok := s.list(x.List)
		if !ok {
			continue
		}
		one := line{View: x, Href: l.Path + "?" + x.Query, List: lang.T(ctx, l.Label), Holder: lang.T(ctx, "view.own"), Mine: s.may(ctx, x) == nil}
		if x.Unit != 0 {
			one.Holder, one.Locks = tree.FullName(ctx, x.Unit), s.may(ctx, View{Unit: x.Unit, Locked: true}) == nil
		}
		lines = append(lines, one)
	}
	return web.Show(w, r, http.StatusOK, viewsPage(lines), viewsContent(lines))
}

func (s *Service) submitSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		List     string `form:"list"`
		Query    string `form:"query"`
		Name     string `form:"name"`
		Unit     string `form:"unit"`
		Standard bool   `form:"standard"`
		Locked   bool   `form:"locked"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	l, _ := s.list(in.List)
	v, created, err := s.Save(ctx, Input{List: in.List, Query: in.Query, Name: in.Name, Unit: in.Unit, Standard: in.Standard, Locked: in.Locked})
	if expected(err) {
		errs := ui.ErrorsOf(ctx, err, map[string]string{"name": lang.T(ctx, "view.name"), "unit": lang.T(ctx, "view.for")})
		form := saveView{List: in.List, Query: in.Query, Name: in.Name, Standard: in.Standard, Locked: in.Locked, Errors: errs}
		var lookup error
		if form.Units, form.Locks, lookup = s.units(ctx); lookup != nil {
			return lookup
		}
		for i := range form.Units {
			form.Units[i].Selected = form.Units[i].Value == in.Unit
		}
		return web.Show(w, r, http.StatusUnprocessableEntity, savePage(form), nil)
	}
	if err != nil {
		return err
	}
	word := "view.updated"
	if created {
		word = "view.saved"
	}
	web.Toast(w, r, lang.T(ctx, word, "name", v.Name), "")
	return web.See(w, r, l.Path+"?"+v.Query)
}

func (s *Service) submitChange(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		ID   int64  `form:"id"`
		Do   string `form:"do"`
		Name string `form:"name"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.Change(ctx, in.ID, Do(in.Do), in.Name)
	if expected(err) {
		e := ui.ErrorsOf(ctx, err, nil)
		text := e.Form
		if len(e.Fields) > 0 {
			text = e.Fields[0].Text
		}
		web.Toast(w, r, text, "")
		return web.See(w, r, "/views")
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "view.changed"), "")
	return web.See(w, r, "/views")
}

// saveView is the form of a view on a page of its own: it came back with errors.
type saveView struct {
	List, Query, Name string
	Standard, Locked  bool
	Units             []ui.Option
	Locks             bool
	Errors            ui.Errors
}
