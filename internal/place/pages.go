package place

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// Mount adds the pages and calls of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(
		web.Route{Pattern: "GET /places", Action: doSee, Do: s.showList},
		web.Route{Pattern: "GET /places/export", Action: doSee, Do: s.showExport},
		web.Route{Pattern: "GET /places/find", Action: doSee, Do: s.showFind},
		web.Route{Pattern: "GET /places/labels", Action: doSee, Do: s.showLabels},
		web.Route{Pattern: "GET /places/kinds", Action: doKind, Do: s.showKinds},
		web.Route{Pattern: "POST /places/kinds", Action: doKind, Do: s.submitKinds},
		web.Route{Pattern: "GET /places/new", Action: doEdit, Do: s.showNew},
		web.Route{Pattern: "POST /places/new", Action: doEdit, Do: s.submitNew},
		web.Route{Pattern: "GET /places/{code}", Action: doSee, Do: s.showPlace},
		web.Route{Pattern: "GET /places/{code}/edit", Action: doEdit, Do: s.showEdit},
		web.Route{Pattern: "POST /places/{code}/edit", Action: doEdit, Do: s.submitEdit},
		web.Route{Pattern: "POST /places/{code}/retire", Action: doEdit, Do: s.submitRetire},
		web.Route{Pattern: "POST /places/{code}/restore", Action: doEdit, Do: s.submitRestore},
		web.Route{Pattern: "GET /p/{code}", Action: doSee, Do: s.showScan},
	)
	s.api(m)
}

func link(code string) string { return "/places/" + url.PathEscape(code) }

// scan is the path that the label of a place leads to.
func scan(code string) string { return "/p/" + url.PathEscape(code) }

// asking is what the address of the list says.
type asking struct {
	Q      string `form:"q"`
	Kind   string `form:"kind"`
	Unit   string `form:"unit"`
	Under  string `form:"under"`
	State  string `form:"state"`
	Cursor string `form:"cursor"`
}

func (a asking) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": a.Q, "kind": a.Kind, "unit": a.Unit, "under": a.Under, "state": a.State} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (a asking) href(path string, changes ...string) string {
	q := a.query()
	for i := 0; i+1 < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

type listView struct {
	Filter  ui.FilterProps
	Rows    []row
	Pager   ui.PagerProps
	File    string
	Labels  string // prints the labels of all that the filter chooses
	Problem string
	MayNew  bool
	MayKind bool
	Found   bool // something is filtered
	MayTake bool // imports
}

// row is a place as a table shows it.
type row struct {
	Code, Name, Href, Note string
	Icon, Kind, Unit       string
	Deep                   int // how far it is indented
	Retired                bool
}

var icons = map[string]string{"site": "building-community", "building": "building", "floor": "columns", "area": "circle-dashed", "room": "door", "workshop": "building-warehouse", "line": "route", "machine": "settings",
	"printer": "printer", "computer": "device-desktop", "projector": "device-laptop", "vehicle": "car", "facility": "bolt", "other": "puzzle"}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	v := listView{File: in.href("/places/export"), Labels: in.href("/places/labels"), MayNew: s.keepsSome(ctx), MayKind: s.may(ctx, doKind, 0) == nil, MayTake: actor.From(ctx).Has("admin")}
	page, err := s.List(ctx, Filter{Q: in.Q, Kind: in.Kind, Unit: in.Unit, Under: in.Under, State: in.State, Cursor: in.Cursor})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		v.Problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return err
	}
	v.Found = len(in.query()) > 0
	if v.Rows, err = s.rows(ctx, tree, page.Items, in.Q == "" && in.Kind == ""); err != nil {
		return err
	}
	if page.NextCursor != "" {
		v.Pager.NextHref = in.href("/places", "cursor", page.NextCursor)
	}
	v.Filter = s.filterBar(ctx, tree, in)
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

// keepsSome says whether the actor keeps places of some unit.
func (s *Service) keepsSome(ctx context.Context) bool {
	a := actor.From(ctx)
	if s.may(ctx, doEdit, 0) == nil {
		return true
	}
	return slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return s.may(ctx, doEdit, g.ID) == nil })
}

// rows are places as the table shows them: indented as a tree, or each with what is around it.
func (s *Service) rows(ctx context.Context, tree *org.Tree, list []Place, asTree bool) ([]row, error) {
	var codes []string
	for _, p := range list {
		codes = append(codes, above(p.Path)...)
	}
	names, err := s.names(ctx, codes)
	if err != nil {
		return nil, err
	}
	least := deepest
	for _, p := range list {
		least = min(least, len(above(p.Path)))
	}
	out := make([]row, len(list))
	for i, p := range list {
		out[i] = row{Code: p.Code, Name: p.Name.In(ctx), Href: link(p.Code), Icon: icons[p.Kind], Kind: lang.T(ctx, "place.kind."+p.Kind), Unit: tree.Name(ctx, p.Unit), Retired: p.Retired()}
		if asTree {
			out[i].Deep = min(len(above(p.Path))-least, 6)
			out[i].Note = p.Asset
		} else {
			out[i].Note = wayOf(ctx, p, names)
		}
	}
	return out, nil
}

// wayOf names what is around a place: 华衡大厦 › 3 层.
func wayOf(ctx context.Context, p Place, names map[string]lang.Text) string {
	var way []string
	for _, code := range above(p.Path) {
		way = append(way, names[code].In(ctx))
	}
	return strings.Join(way, " › ")
}

// Way names what is around a place, from the outside in: 华衡大厦 › 三层.
func (s *Service) Way(ctx context.Context, p Place) (string, error) {
	names, err := s.names(ctx, above(p.Path))
	return wayOf(ctx, p, names), err
}

func (s *Service) filterBar(ctx context.Context, tree *org.Tree, in asking) ui.FilterProps {
	kinds := []ui.Option{{Text: lang.T(ctx, "place.any-kind"), Selected: in.Kind == ""}}
	for _, k := range Kinds {
		kinds = append(kinds, ui.Option{Value: k, Text: lang.T(ctx, "place.kind."+k), Selected: k == in.Kind})
	}
	states := []ui.Option{}
	for _, st := range []string{"", "retired", "any"} {
		states = append(states, ui.Option{Value: st, Text: lang.T(ctx, "place.show."+st), Selected: st == in.State})
	}
	units := []ui.Option{{Text: lang.T(ctx, "place.any-unit"), Selected: in.Unit == ""}}
	for _, u := range tree.All() {
		if u.Valid(s.db.Now()) {
			units = append(units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == in.Unit})
		}
	}
	bar := ui.FilterProps{Action: "/places", Hidden: map[string]string{}, Search: &ui.FilterSearch{Name: "q", Label: lang.T(ctx, "place.find"), Value: in.Q},
		Filters: []ui.Filter{{Name: "kind", Label: lang.T(ctx, "place.kind"), Options: kinds, On: in.Kind != ""}, {Name: "unit", Label: lang.T(ctx, "place.unit"), Options: units, On: in.Unit != ""},
			{Name: "state", Label: lang.T(ctx, "place.state"), Options: states, On: in.State != ""}}}
	if in.Under != "" {
		bar.Hidden["under"] = in.Under
	}
	if len(in.query()) > 0 {
		bar.Clear = "/places"
	}
	return bar
}

// placeView is the page of a place.
type placeView struct {
	Place
	Title    string
	Crumbs   []ui.Crumb
	Facts    []ui.Pair
	Offers   []serviceLink
	FromKind bool // they are those of its kind or of the place around
	Within   []row
	More     string // list of all that lies under it
	Scan     string
	Labels   string
	MayEdit  bool
	Panels   []templ.Component
}

type serviceLink struct{ Name, Unit, Href string }

func (s *Service) showPlace(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.ByCode(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	names, err := s.names(ctx, above(p.Path))
	if err != nil {
		return err
	}
	v := placeView{Place: p, Title: p.Name.In(ctx), Crumbs: []ui.Crumb{{Label: lang.T(ctx, "place.title"), Href: "/places"}}, MayEdit: s.may(ctx, doEdit, p.Unit) == nil,
		More: "/places?under=" + url.QueryEscape(p.Code), Labels: "/places/labels?code=" + url.QueryEscape(p.Code), FromKind: len(p.Services) == 0}
	for _, code := range above(p.Path) {
		v.Crumbs = append(v.Crumbs, ui.Crumb{Label: names[code].In(ctx), Href: link(code)})
	}
	v.Crumbs = append(v.Crumbs, ui.Crumb{Label: v.Title})
	unit, _ := tree.ByID(p.Unit)
	v.Facts = []ui.Pair{{Term: lang.T(ctx, "place.code"), Text: p.Code}, {Term: lang.T(ctx, "place.kind"), Text: lang.T(ctx, "place.kind."+p.Kind)}, {Term: lang.T(ctx, "place.unit"), Text: unit.Name.In(ctx), Href: "/org/units/" + url.PathEscape(unit.Code)}}
	if p.Asset != "" {
		v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, "place.asset"), Text: p.Asset})
	}
	if p.Note != "" {
		v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, "place.note"), Text: p.Note, Wide: true})
	}
	if !p.Retired() {
		v.Scan = s.org.AddressFor(r) + scan(p.Code)
		offers, err := s.Offers(ctx, p)
		if err != nil {
			return err
		}
		v.Offers = linksTo(ctx, tree, offers, p.Code)
	}
	var under []Place
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		under, err = list(ctx, rd, scope{direct: p.ID, state: "any", limit: shownWithin})
		return err
	})
	if err != nil {
		return err
	}
	if v.Within, err = s.rows(ctx, tree, under, true); err != nil {
		return err
	}
	for _, panel := range s.panels {
		c, err := panel(ctx, p)
		if err != nil {
			return err
		}
		v.Panels = append(v.Panels, c)
	}
	return web.Show(w, r, http.StatusOK, placePage(v), nil)
}

// shownWithin is how many of the places in one its page shows.
const shownWithin = 60

func linksTo(ctx context.Context, tree *org.Tree, offers []*catalog.Service, code string) []serviceLink {
	out := make([]serviceLink, len(offers))
	for i, x := range offers {
		out[i] = serviceLink{Name: x.Name.In(ctx), Unit: tree.Name(ctx, x.Unit), Href: askAt(x.Code, code)}
	}
	return out
}

// askAt is the form of a service with a place filled in.
func askAt(service, place string) string {
	return "/requests/new/" + url.PathEscape(service) + "?place=" + url.QueryEscape(place)
}

// scanView is what somebody sees who scans a label of a place with several services, or of none that is in use.
type scanView struct {
	Name, Way string
	Offers    []serviceLink
	Href      string
}

// showScan is where the label of a place leads: to the form of its one service, or to the choice among several. A code that is
// not in use any more and one that never was lead to the same page.
func (s *Service) showScan(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.InUse(ctx, r.PathValue("code"))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return web.Show(w, r, http.StatusNotFound, gonePage(), nil)
	}
	if err != nil {
		return err
	}
	offers, err := s.Offers(ctx, p)
	if err != nil {
		return err
	}
	if len(offers) == 1 {
		return web.See(w, r, askAt(offers[0].Code, p.Code))
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	names, err := s.names(ctx, above(p.Path))
	if err != nil {
		return err
	}
	v := scanView{Name: p.Name.In(ctx), Way: wayOf(ctx, p, names), Offers: linksTo(ctx, tree, offers, p.Code), Href: link(p.Code)}
	return web.Show(w, r, http.StatusOK, scanPage(v), nil)
}

// foundLimit is how many places a picker is offered at once.
const foundLimit = 20

// showFind answers a picker of places: those in use that answer to q. Value is the code.
func (s *Service) showFind(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query := []rune(strings.TrimSpace(r.URL.Query().Get("q")))
	page, err := s.List(ctx, Filter{Q: string(query[:min(len(query), 60)]), Limit: foundLimit})
	if err != nil {
		return err
	}
	var codes []string
	for _, p := range page.Items {
		codes = append(codes, above(p.Path)...)
	}
	names, err := s.names(ctx, codes)
	if err != nil {
		return err
	}
	var hits []web.Pick
	for _, p := range page.Items {
		hits = append(hits, web.Pick{Value: p.Code, Text: p.Name.In(ctx), Note: strings.Trim(p.Code+" · "+wayOf(ctx, p, names), " ·")})
	}
	return web.Picks(w, hits)
}

// showExport sends all places as a file that import takes again.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), "places_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := s.Export(ctx, out); err != nil {
		return err
	}
	return out.Close()
}

func itoa(n int) string { return strconv.Itoa(n) }
