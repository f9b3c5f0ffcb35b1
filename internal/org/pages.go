package org

import (
	"context"
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
)

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	return append(s.changeRoutes(), []web.Route{
		{Pattern: "GET /org", Action: "org.see", Do: s.showOrg},
		{Pattern: "GET /org/export", Action: "org.see", Do: s.showOrgExport},
		{Pattern: "GET /people/find", Action: "person.see", Do: s.showPeoplePick},
		{Pattern: "GET /units/find", Action: "org.see", Do: s.showUnitsPick},
		{Pattern: "GET /org/units/{code}", Action: "org.see", Do: s.showUnit},
		{Pattern: "GET /people/{no}", Action: "person.see", Do: s.showPerson},
		{Pattern: "GET /settings/org", Action: "org.change", Do: s.showAdmin},
		{Pattern: "GET /settings/org/units", Action: "org.change", Do: s.showAdminUnits},
		{Pattern: "GET /settings/org/people/{no}", Action: "access.roles", Do: s.showPersonForm},
		{Pattern: "POST /settings/org/people/{no}", Action: "org.change", Do: s.submitPerson},
		{Pattern: "POST /settings/org/people/{no}/roles", Action: "access.roles", Do: s.submitRoles},
		{Pattern: "POST /settings/org/people/{no}/deactivate", Action: "org.change", Do: s.submitDeactivate},
		{Pattern: "POST /settings/org/people/{no}/rehire", Action: "org.change", Do: s.submitRehire},
		{Pattern: "POST /settings/org/people/{no}/activate", Action: "org.change", Do: s.submitActivate},
		{Pattern: "GET /settings/org/units/{code}", Action: "org.change", Do: s.showUnitForm},
		{Pattern: "POST /settings/org/units/{code}", Action: "org.change", Do: s.submitUnit},
		{Pattern: "POST /settings/org/units/{code}/close", Action: "org.change", Do: s.submitClose},
		{Pattern: "GET /company", Action: "company.see", Do: s.showDecided},
		{Pattern: "GET /settings/company", Action: "settings.change", Do: s.showCompany},
		{Pattern: "POST /settings/company", Action: "settings.change", Do: s.submitCompany},
	}...)
}

// treeRows is how many units the tree shows at once; a larger company is shown down to the level that fits.
const treeRows = 200

// unitLine is a unit in a list or in the tree.
type unitLine struct {
	Href, Name, Level, Code string
	Depth                   int
	Head, HeadHref          string
	Members                 int
	Below                   int    // units under it that are not shown
	Toggle                  string // address that shows or hides those below it
	Open                    bool
	Then                    bool // as it was on a day: head and members are not kept over time
}

// personLine is a person in a list.
type personLine struct {
	Href, Name, Note, Position, No, Phone, Email string
	Tags                                         []string
	Left                                         bool
}

type orgView struct {
	Q             string
	Units         []unitLine
	People        []personLine
	UnitCount     int
	PersonCount   int
	Admin, Hidden bool
	On            string // the day that is shown instead of now
	OnText        string
	Error         string
}

func (s *Service) showOrg(w http.ResponseWriter, r *http.Request) error {
	if on := clean(r.URL.Query().Get("on")); on != "" {
		return s.showOrgThen(w, r, on)
	}
	v, err := s.orgView(r.Context(), clean(r.URL.Query().Get("q")), r.URL.Query()["open"])
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, orgPage(v), orgContent(v))
}

func (s *Service) orgView(ctx context.Context, q string, open []string) (orgView, error) {
	v := orgView{Q: q, Admin: actor.From(ctx).Has("admin")}
	tree, err := s.Tree(ctx)
	if err != nil {
		return v, err
	}
	units, err := s.shownUnits(ctx, tree, q)
	if err != nil {
		return v, err
	}
	now := s.now()
	ids, codes := openUnits(tree, open)
	if q == "" {
		units = tree.Opened(units, now, ids, treeRows)
	}
	for _, u := range tree.All() {
		if u.Valid(now) {
			v.UnitCount++
		}
	}
	v.Hidden = q == "" && len(units) < v.UnitCount
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if v.PersonCount, err = s.CountActive(ctx, rd); err != nil {
			return err
		}
		if v.Units, err = s.unitLines(ctx, rd, tree, units); err != nil {
			return err
		}
		if q == "" {
			toggles(v.Units, codes)
			return nil
		}
		people, err := s.FindPeople(ctx, rd, q, 50)
		v.People = s.personLines(ctx, tree, people)
		return err
	})
	return v, err
}

// openMost is how many units of a large company may stand open at once.
const openMost = 20

// openUnits are the units that an address names as open; what is none is left out.
func openUnits(tree *Tree, codes []string) (ids []ID, known []string) {
	for _, code := range codes {
		if u, ok := tree.ByCode(code); ok && len(ids) < openMost && !slices.Contains(ids, u.ID) {
			ids, known = append(ids, u.ID), append(known, code)
		}
	}
	return ids, known
}

// toggles gives lines the address that opens or closes them: the tree is opened level by level, one request each.
func toggles(lines []unitLine, open []string) {
	for i := range lines {
		l := &lines[i]
		next := slices.Clone(open)
		switch at := slices.Index(open, l.Code); {
		case at >= 0:
			l.Open, next = true, slices.Delete(next, at, at+1)
		case l.Below == 0 || len(open) == openMost:
			continue
		default:
			next = append(next, l.Code)
		}
		l.Toggle = "/org?" + url.Values{"open": next}.Encode() + "#u-" + l.Code
	}
}

// shownUnits are the hits of a search, or the tree down to the depth that fits.
func (s *Service) shownUnits(ctx context.Context, tree *Tree, q string) ([]Unit, error) {
	if q != "" {
		return s.FindUnits(ctx, q, 50)
	}
	return tree.Upper(s.now(), treeRows), nil
}

// unitLines adds heads and numbers to units.
func (s *Service) unitLines(ctx context.Context, rd sqldb.Reader, tree *Tree, units []Unit) ([]unitLine, error) {
	ids := make([]ID, 0, len(units))
	shown := make(map[ID]bool, len(units))
	for _, u := range units {
		ids = append(ids, u.Head)
		shown[u.ID] = true
	}
	heads, err := s.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	counts, err := s.memberCounts(ctx, rd)
	if err != nil {
		return nil, err
	}
	out := make([]unitLine, len(units))
	for i, u := range units {
		l := unitLine{Href: unitHref(u), Name: u.Name.In(ctx), Level: lang.T(ctx, "org.level-"+u.Level), Code: u.Code, Depth: tree.Depth(u.ID), Members: counts[u.ID]}
		if head, ok := heads[u.Head]; ok {
			l.Head, l.HeadHref = NameOf(ctx, head), s.personHref(ctx, head)
		}
		for _, c := range tree.Children(u.ID) {
			if !shown[c.ID] && c.Valid(rd.Instant()) {
				l.Below++
			}
		}
		out[i] = l
	}
	return out, nil
}

func unitHref(u Unit) string { return "/org/units/" + url.PathEscape(u.Code) }

func (s *Service) personHref(ctx context.Context, p Person) string {
	return "/people/" + url.PathEscape(s.Ref(ctx, p))
}

func (s *Service) personLines(ctx context.Context, tree *Tree, people []Person) []personLine {
	out := make([]personLine, len(people))
	st, err := s.standing(ctx)
	if err != nil {
		st = &stands{} // a list without these marks is better than none
	}
	now := s.now()
	for i, p := range people {
		out[i] = personLine{Href: s.personHref(ctx, p), Name: plainName(ctx, p), Position: p.Position, Note: tree.Name(ctx, p.Unit), Phone: p.Phone, Email: p.Email, Left: !p.Active}
		if no := s.shownNo(ctx, p); no != nil {
			out[i].No = *no
		}
		if a, away := st.absent(p.ID, now); away {
			out[i].Tags = append(out[i].Tags, awayWord(ctx, a))
		}
	}
	return out
}

type unitView struct {
	Unit     Unit
	Title    string
	Crumbs   []ui.Crumb
	Facts    []ui.Pair
	Children []unitLine
	Below    int    // units below, of which Children is a page
	NextUnit string // address of the next page of them
	below    []Unit
	Members  []personLine
	Count    int
	Next     string
	Admin    bool
	Poster   bool // the reader may print the unit's poster
	Settings bool // the reader names the agents and secretaries of the unit
	Ended    bool
	Acting   actingView
}

// memberRows is how many members a page of a unit lists.
const memberRows = 50

func (s *Service) showUnit(w http.ResponseWriter, r *http.Request) error {
	v, err := s.unitView(r.Context(), r.PathValue("code"), r.URL.Query().Get("cursor"), r.URL.Query().Get("below"))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, unitPage(v), unitContent(v))
}

func (s *Service) unitView(ctx context.Context, code, cursor, below string) (unitView, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return unitView{}, err
	}
	u, ok := tree.ByCode(code)
	if !ok {
		return unitView{}, fault.ErrNotFound
	}
	v := unitView{Unit: u, Title: u.Name.In(ctx), Crumbs: crumbs(ctx, tree, u), Admin: actor.From(ctx).Has("admin"), Ended: !u.Valid(s.now())}
	v.Settings = mayOpenSettings(ctx, tree, u, s.now())
	v.Poster = mayPrint(actor.From(ctx), tree.Path(u.ID))
	v.pageBelow(tree, s.now(), below)
	members, err := s.People(ctx, PeopleFilter{Unit: code, Cursor: cursor, Limit: memberRows})
	if err != nil {
		return v, err
	}
	v.Members = s.personLines(ctx, tree, members.Items)
	if members.NextCursor != "" {
		v.Next = unitHref(u) + "?cursor=" + url.QueryEscape(members.NextCursor)
	}
	return v, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { return s.fillUnit(ctx, rd, tree, &v, members.Items) })
}

// nobody says why a unit has no members.
func (v unitView) nobody(ctx context.Context) ui.EmptyProps {
	if v.Ended {
		return ui.EmptyProps{Icon: "users", Title: lang.T(ctx, "org.members-gone"), Text: lang.T(ctx, "org.members-gone-text")}
	}
	return ui.EmptyProps{Icon: "users", Title: lang.T(ctx, "org.no-members"), Text: lang.T(ctx, "org.no-members-text")}
}

// mayPrint says whether somebody may print the poster of a unit with this path: org.poster of the table of access.
func mayPrint(who actor.Actor, path []ID) bool {
	may := who.Has("admin")
	for i, unit := range path {
		may = may || who.In(unit, "head") || i == len(path)-1 && who.In(unit, "secretary")
	}
	return may
}

func crumbs(ctx context.Context, tree *Tree, u Unit) []ui.Crumb {
	out := []ui.Crumb{{Label: lang.T(ctx, "org.title"), Href: "/org"}}
	path := tree.Path(u.ID)
	for _, id := range path[:max(0, len(path)-1)] {
		above, _ := tree.ByID(id)
		out = append(out, ui.Crumb{Label: above.Label(ctx), Href: unitHref(above)})
	}
	return append(out, ui.Crumb{Label: u.Label(ctx)})
}

// fillUnit adds what stands in the database: heads, agents, units below, who is what.
func (s *Service) fillUnit(ctx context.Context, rd sqldb.Reader, tree *Tree, v *unitView, members []Person) error {
	var err error
	if v.Children, err = s.unitLines(ctx, rd, tree, v.below); err != nil {
		return err
	}
	counts, err := s.memberCounts(ctx, rd)
	if err != nil {
		return err
	}
	v.Count = counts[v.Unit.ID]
	heads, from, err := s.HeadsFrom(ctx, rd, v.Unit.ID)
	if err != nil {
		return err
	}
	agents, err := holdersIn(ctx, rd, v.Unit.ID, "agent")
	if err != nil {
		return err
	}
	secretaries, err := holdersIn(ctx, rd, v.Unit.ID, "secretary")
	if err != nil {
		return err
	}
	names, err := s.Names(ctx, rd, append(append(append([]ID{}, heads...), agents...), secretaries...))
	if err != nil {
		return err
	}
	fact := func(id, text, href string) {
		if text != "" {
			v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, id), Text: text, Href: href})
		}
	}
	fact("org.level", lang.T(ctx, "org.level-"+v.Unit.Level), "")
	if v.Acting, err = s.actingView(ctx, rd, tree, v.Unit); err != nil {
		return err
	}
	if !v.Ended { // nobody heads or works in what is over
		s.headFacts(ctx, tree, v.Unit, heads, from, names, fact)
		onDuty, err := s.DutyLine(ctx, rd, v.Unit.ID)
		if err != nil {
			return err
		}
		fact("org.on-duty", onDuty, dutyHref(v.Unit))
		fact("org.secretary", listNames(ctx, secretaries, names), "")
		agentText := listNames(ctx, agents, names)
		if agentText == "" {
			agentText = lang.T(ctx, "org.all-members")
		}
		fact("org.agents", agentText, "")
	}
	if site, ok := tree.ByID(tree.At(Site, v.Unit.ID)); ok && site.Level == Site {
		fact("org.site", site.Label(ctx), placeHref(site))
	} else {
		fact("org.site", v.Unit.Site, "")
	}
	if e, ok := tree.ByID(tree.EntityOf(v.Unit.ID)); ok && e.ID != v.Unit.ID {
		fact("org.entity", e.Label(ctx), placeHref(e))
	}
	fact("org.address", tree.Place(v.Unit.ID).Address.In(ctx), "")
	calendar, err := s.calendarOf(ctx, v.Unit)
	if err != nil {
		return err
	}
	fact("org.calendar", calendar.Text, calendar.Href)
	fact("org.code", v.Unit.Code, "")
	past, err := s.pastFacts(ctx, rd, tree, v.Unit)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, past...)
	for i, p := range members {
		for _, role := range []struct {
			tag  string
			list []ID
		}{{headTag(v.Unit, p.ID), heads}, {"org.role-agent", agents}, {"org.role-secretary", secretaries}} {
			if contains(role.list, p.ID) {
				v.Members[i].Tags = append(v.Members[i].Tags, lang.T(ctx, role.tag))
			}
		}
	}
	return nil
}

// headTag says whether somebody who heads a unit is its head or acts as one.
func headTag(u Unit, person ID) string {
	if u.Head == person {
		return "org.role-head"
	}
	return "org.acting-head"
}

// calendarOf names the calendar that a unit counts in, its own or the one it inherits.
func (s *Service) calendarOf(ctx context.Context, u Unit) (ui.Pair, error) {
	if s.offers.all == nil {
		return ui.Pair{Text: u.Calendar}, nil
	}
	code, err := s.offers.of(ctx, u.ID)
	if err != nil {
		return ui.Pair{}, err
	}
	offers, err := s.offers.all(ctx)
	if err != nil {
		return ui.Pair{}, err
	}
	name := code
	for _, o := range offers {
		if o.Code == code {
			name = o.Name
		}
	}
	return ui.Pair{Text: name, Href: "/calendars?unit=" + url.QueryEscape(u.Code)}, nil
}

func contains(list []ID, id ID) bool {
	for _, x := range list {
		if x == id {
			return true
		}
	}
	return false
}

// listNames names the first few people and says how many more there are.
func listNames(ctx context.Context, ids []ID, names map[ID]Person) string {
	const most = 6
	var out []string
	for _, id := range ids[:min(most, len(ids))] {
		out = append(out, NameOf(ctx, names[id]))
	}
	text := strings.Join(out, lang.T(ctx, "org.comma"))
	if len(ids) > most {
		text = lang.T(ctx, "org.and-more", "names", text, "count", len(ids)-most)
	}
	return text
}
