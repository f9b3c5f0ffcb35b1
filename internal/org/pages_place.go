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

// placeRoutes are the pages about sites and legal entities.
func (s *Service) placeRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /org/places", Action: "org.see", Do: s.showPlaces},
		{Pattern: "GET /org/places/{code}", Action: "org.see", Do: s.showPlace},
		{Pattern: "GET /settings/org/places/{code}", Action: "org.change", Do: s.showPlaceForm},
		{Pattern: "POST /settings/org/places/{code}", Action: "org.change", Do: s.submitPlace},
	}
}

// placeLine is a site or a legal entity in a list.
type placeLine struct {
	Href, Name, Level, Address, Time string
	Entity, EntityHref               string
	Units, People                    int
}

type placesView struct {
	Lines []placeLine
	Kind  string // "", site, entity
}

type placeView struct {
	Title, Edit, UnitHref string
	Crumbs                []ui.Crumb
	Facts                 []ui.Pair
	Units                 []unitLine
	People                int
}

func (s *Service) showPlaces(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := placesView{Kind: r.URL.Query().Get("kind")}
	if v.Kind != Site && v.Kind != Entity {
		v.Kind = ""
	}
	var err error
	if v.Lines, err = s.placeLines(ctx, v.Kind); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, placesPage(v), placesContent(v))
}

// placeLines are the sites and legal entities there are, with how many units and people are at each.
func (s *Service) placeLines(ctx context.Context, kind string) ([]placeLine, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (map[ID]int, error) { return s.memberCounts(ctx, rd) })
	if err != nil {
		return nil, err
	}
	now, company := s.now(), s.Company(ctx)
	units, people := map[ID]int{}, map[ID]int{}
	for _, u := range tree.All() {
		if !u.Valid(now) {
			continue
		}
		for _, place := range slices.Compact([]ID{tree.SiteOf(u.ID), tree.EntityOf(u.ID)}) {
			units[place]++
			people[place] += counts[u.ID]
		}
	}
	var out []placeLine
	for _, u := range tree.All() {
		if !u.Valid(now) || u.Level != Site && u.Level != Entity || kind != "" && u.Level != kind {
			continue
		}
		l := placeLine{Href: placeHref(u), Name: u.Name.In(ctx), Level: lang.T(ctx, "org.level-"+u.Level), Address: tree.Place(u.ID).Address.In(ctx),
			Time: localTime(ctx, tree, u, company, now), Units: units[u.ID], People: people[u.ID]}
		if e, ok := tree.ByID(tree.EntityOf(u.ID)); ok && e.ID != u.ID {
			l.Entity, l.EntityHref = e.Label(ctx), placeHref(e)
		}
		out = append(out, l)
	}
	return out, nil
}

func placeHref(u Unit) string { return "/org/places/" + url.PathEscape(u.Code) }

// localTime is what time it is at a unit, and in which zone that is.
func localTime(ctx context.Context, tree *Tree, u Unit, company Company, now time.Time) string {
	zone := tree.Zone(u.ID, company)
	return lang.Clock(lang.InZone(ctx, zone), now) + " · " + zone.String()
}

func (s *Service) showPlace(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, u, err := s.unitOf(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if u.Level != Site && u.Level != Entity {
		return fault.ErrNotFound
	}
	v := placeView{Title: u.Name.In(ctx), UnitHref: unitHref(u), Crumbs: []ui.Crumb{{Label: lang.T(ctx, "org.title"), Href: "/org"}, {Label: lang.T(ctx, "org.places"), Href: "/org/places"}, {Label: u.Label(ctx)}}}
	if actor.From(ctx).Has("admin") {
		v.Edit = "/settings/org/places/" + url.PathEscape(u.Code)
	}
	located := tree.Located(u.ID, s.now())
	v.Facts = s.placeFacts(ctx, tree, u)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		counts, err := s.memberCounts(ctx, rd)
		if err != nil {
			return err
		}
		for _, x := range located {
			v.People += counts[x.ID]
		}
		v.Units, err = s.unitLines(ctx, rd, tree, located[:min(len(located), treeRows)])
		return err
	})
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, "org.units"), Text: lang.T(ctx, "org.count-units", "count", len(located))},
		ui.Pair{Term: lang.T(ctx, "org.people"), Text: lang.T(ctx, "org.count-people", "count", v.People)})
	return web.Show(w, r, http.StatusOK, placePage(v), placeContent(v))
}

// placeFacts say where a unit is and whose it is before the law; "" facts are left out.
func (s *Service) placeFacts(ctx context.Context, tree *Tree, u Unit) []ui.Pair {
	p := tree.Place(u.ID)
	var out []ui.Pair
	fact := func(id, text, href string) {
		if text != "" {
			out = append(out, ui.Pair{Term: lang.T(ctx, id), Text: text, Href: href})
		}
	}
	fact("org.level", lang.T(ctx, "org.level-"+u.Level), "")
	fact("org.address", p.Address.In(ctx), "")
	fact("org.local-time", localTime(ctx, tree, u, s.Company(ctx), s.now()), "")
	fact("org.legal-name", p.LegalName, "")
	fact("org.legal-no", p.LegalNo, "")
	if e, ok := tree.ByID(tree.EntityOf(u.ID)); ok && e.ID != u.ID {
		fact("org.entity", e.Name.In(ctx), placeHref(e))
	}
	return out
}

type placeFormView struct {
	Unit   Unit
	Title  string
	Crumbs []ui.Crumb
	Post   string
	In     PlaceInput
	Chosen []ui.Option
	Errors ui.Errors
}

func (s *Service) placeForm(ctx context.Context, code string) (placeFormView, *Tree, error) {
	tree, u, err := s.unitOf(ctx, code)
	if err != nil {
		return placeFormView{}, nil, err
	}
	p := tree.Place(u.ID)
	e, _ := tree.ByID(p.Entity)
	v := placeFormView{Unit: u, Title: lang.T(ctx, "org.place-of", "unit", u.Label(ctx)), Post: "/settings/org/places/" + url.PathEscape(u.Code),
		In: PlaceInput{p.Address.Zh, p.Address.En, p.Zone, p.LegalName, p.LegalNo, e.Code, p.Revision}}
	v.Crumbs = []ui.Crumb{{Label: u.Label(ctx), Href: unitHref(u)}, {Label: lang.T(ctx, "org.place")}}
	return v, tree, nil
}

func (s *Service) showPlaceForm(w http.ResponseWriter, r *http.Request) error {
	v, tree, err := s.placeForm(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	v.Chosen = unitOption(r.Context(), tree, v.In.Entity)
	return web.Show(w, r, http.StatusOK, placeFormPage(v), placeFormContent(v))
}

func (s *Service) submitPlace(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in PlaceInput
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.SavePlace(ctx, code, in)
	if refused(err) {
		v, tree, again := s.placeForm(ctx, code)
		if again != nil {
			return again
		}
		v.In, v.Chosen = in, unitOption(ctx, tree, in.Entity)
		v.Errors = ui.ErrorsOf(ctx, err, labels(ctx, "address_zh", "address_en", "zone", "legal_name", "legal_no", "entity"))
		return web.Show(w, r, statusOf(err), placeFormPage(v), placeFormContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.place-saved"), "")
	return web.See(w, r, "/org/units/"+url.PathEscape(code))
}

// placeJSON is a place on the wire.
type placeJSON struct {
	Unit   string `json:"unit"`
	Level  string `json:"level" enum:"entity,site,department,team"`
	Site   string `json:"site" doc:"Code of the site the unit is at; empty: none"`
	Entity string `json:"entity_of" doc:"Code of the legal entity the unit belongs to; empty: none"`
	Zone   string `json:"zone_here" doc:"The time zone that counts there"`
	PlaceInput
}

type placeOutput struct{ Body placeJSON }

type placeEdit struct {
	Code string `path:"code" doc:"Code of the unit" example:"plant"`
	Body PlaceInput
}

// placeAPI adds the calls about places.
func (s *Service) placeAPI(m *web.Mux) {
	web.Op(m, web.Operation{ID: "get-place", Method: "GET", Path: "/api/v1/units/{code}/place", Action: "org.see", Summary: "Where a unit is, and its legal entity", Tag: "Organisation"}, s.getPlace)
	web.Op(m, web.Operation{ID: "change-place", Method: "PUT", Path: "/api/v1/units/{code}/place", Action: "org.change", Summary: "Say where a unit is; what is left out is cleared", Tag: "Organisation", Scope: "admin"}, s.putPlace)
}

func (s *Service) getPlace(ctx context.Context, in *codeInput) (*placeOutput, error) {
	v, tree, err := s.placeForm(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	site, _ := tree.ByID(tree.SiteOf(v.Unit.ID))
	entity, _ := tree.ByID(tree.EntityOf(v.Unit.ID))
	return &placeOutput{Body: placeJSON{v.Unit.Code, v.Unit.Level, site.Code, entity.Code, tree.Zone(v.Unit.ID, s.Company(ctx)).String(), v.In}}, nil
}

func (s *Service) putPlace(ctx context.Context, in *placeEdit) (*placeOutput, error) {
	if err := s.SavePlace(ctx, in.Code, in.Body); err != nil {
		return nil, err
	}
	return s.getPlace(ctx, &codeInput{Code: in.Code})
}
