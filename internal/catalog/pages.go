package catalog

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/stat"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/relation"
)

// Routes are the routes of the room for people.
func (c *Catalog) Routes() []web.Route {
	return append(slices.Concat(c.formRoutes(), c.rewordingRoutes(), c.topicRoutes()), []web.Route{
		{Pattern: "GET /services", Action: doSee, Do: c.showCatalog},
		{Pattern: "GET /services/export", Action: doSee, Do: c.showExport},
		{Pattern: "GET /services/find", Action: doSee, Do: c.showFind},
		{Pattern: "GET /services/new", Action: doPropose, Do: c.showNew},
		{Pattern: "POST /services/new", Action: doPropose, Do: c.submitNew},
		{Pattern: "POST /services/{code}/propose", Action: doPropose, Do: c.submitPropose},
		{Pattern: "POST /services/{code}/send-back", Action: doApprove, Do: c.submitSendBack},
		{Pattern: "GET /services/{code}/audience", Action: doPropose, Do: c.showAudience},
		{Pattern: "POST /services/{code}/audience", Action: doPropose, Do: c.submitAudience},
		{Pattern: "POST /services/{code}/supporters", Action: doPropose, Do: c.submitSupporters},
		{Pattern: "GET /services/{code}", Action: doSee, Do: c.showService},
		{Pattern: "GET /services/{code}/edit", Action: doPropose, Do: c.showEdit},
		{Pattern: "POST /services/{code}/edit", Action: doPropose, Do: c.submitEdit},
		{Pattern: "GET /services/{code}/policy", Action: doPropose, Do: c.showPolicy},
		{Pattern: "POST /services/{code}/policy", Action: doPropose, Do: c.submitPolicy},
		{Pattern: "GET /services/{code}/ladder", Action: doLadder, Do: c.showLadder},
		{Pattern: "POST /services/{code}/ladder", Action: doLadder, Do: c.submitLadder},
		{Pattern: "GET /standards/ladder", Action: doLadderDefault, Do: c.showCompanyLadder},
		{Pattern: "POST /standards/ladder", Action: doLadderDefault, Do: c.submitCompanyLadder},
		{Pattern: "POST /services/{code}/publish", Action: doEdit, Do: c.submitPublish},
		{Pattern: "GET /services/{code}/retire", Action: doEdit, Do: c.showRetire},
		{Pattern: "POST /services/{code}/retire", Action: doEdit, Do: c.submitRetire},
		{Pattern: "GET /services/{code}/standard", Action: doDraft, Do: c.showStandard},
		{Pattern: "POST /services/{code}/standard", Action: doDraft, Do: c.submitStandard},
		{Pattern: "POST /services/{code}/standard/dry-run", Action: doDraft, Do: c.submitTrial},
		{Pattern: "GET /services/{code}/standard/dry-run", Action: doDraft, Do: c.showTrial},
		{Pattern: "GET /services/{code}/standard/cases", Action: doDraft, Do: c.showTrialCases},
		{Pattern: "POST /services/{code}/confirm", Action: doConfirm, Do: c.submitConfirm},
		{Pattern: "GET /standards/starting", Action: doConfirm, Do: c.showStarting},
		{Pattern: "POST /standards/starting", Action: doConfirm, Do: c.submitStarting},
		{Pattern: "GET /standards/library", Action: doSee, Do: c.showLibrary},
		{Pattern: "GET /standards", Action: doSee, Do: c.showStandards},
		{Pattern: "GET /standards/export", Action: doSee, Do: c.showStandardsExport},
		{Pattern: "POST /standards/confirm", Action: doConfirm, Do: c.submitConfirmAll},
	}...)
}

// Kept is how many of a service's settled requests were done in time.
type Kept struct {
	Met, Settled int64
}

// KeptBy fills the slot through which the room of requests tells what was really kept, and in which period, in the
// reader's words ("2026 年三季度"). Without it the catalogue shows promises alone.
func (c *Catalog) KeptBy(find func(ctx context.Context, services []ID) (period string, kept map[ID]Kept, err error)) {
	c.kept = find
}

type catalogView struct {
	Asked       asking
	By, Sorts   []ui.SegmentProps
	Front       front
	Next, First string // addresses of the next page and the first; empty: there is none
	Query       string
	Units       []unitLink
	Groups      []groupView
	Services    int
	Departments int
	MayWrite    bool            // services of some unit
	Above       templ.Component // of a higher room; nil: none
	Figures     bool            // what was kept is shown beside what is promised
}

type unitLink struct {
	Name, Href string
	Icon       string // of a topic
	Count      int
	On         bool
}

type groupView struct {
	Name, Mission, Hours string
	Asked, Standing      []serviceRow
	Period               string // of the figures; empty: there are none
}

type serviceRow struct {
	Code, Name, Description, Icon string
	Response, Completion          string
	Schedule                      string
	Unit                          string // who does it, where a list runs across departments
	Starting                      bool
	AskAt                         string // where one asks for it
	State                         State
	Kept                          keptView
	Load                          LoadView
}

// PanelBy fills a slot: what a higher room shows on the page of a service; nil when it has nothing to say. Call it while
// wiring.
func (c *Catalog) PanelBy(show func(ctx context.Context, service ID) (templ.Component, error)) {
	c.panel = show
}

// AddCard fills a slot: a card of a higher room on the page of a service that is asked for; nil when the reader has none. Call
// it while wiring.
func (c *Catalog) AddCard(show func(ctx context.Context, s *Service) (templ.Component, error)) {
	c.cards = append(c.cards, show)
}

// AboveList fills a slot: what a higher room shows above the list of services, of one unit or of all (0); nil when it has
// nothing to say. Call it while wiring.
func (c *Catalog) AboveList(show func(ctx context.Context, unit int64) (templ.Component, error)) {
	c.above = show
}

// keptView is what was kept of a service, as a fact: words, what the count says of the target, and its interval.
type keptView struct {
	Text    string
	Fact    ui.StatusProps // what the count says of the target; a hue only when the interval says so too
	Whisker *ui.WhiskerProps
}

// showCatalog is /services: the services of one department (unit), or all that answer to a search (q).
func (c *Catalog) showCatalog(w http.ResponseWriter, r *http.Request) error {
	snap, err := c.Snapshot(r.Context())
	if err != nil {
		return err
	}
	v, err := c.catalogView(r.Context(), askingOf(r.URL.Query(), snap.topics.codes()))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, catalogPage(v), catalogBody(v))
}

func (c *Catalog) catalogView(ctx context.Context, a asking) (catalogView, error) {
	unit, from := a.Unit, a.From
	v := catalogView{Query: a.Query, Asked: a, Figures: c.kept != nil, MayWrite: c.mayWrite(ctx)}
	v.By, v.Sorts = ways(ctx, a)
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return v, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	var shown []org.Unit
	found := map[int64][]*Service{}
	for _, u := range tree.All() {
		offered := 0
		for _, s := range snap.Of(u.ID) {
			if !c.sees(ctx, s) {
				continue
			}
			offered++
			if snap.finds(s, u, v.Query) {
				found[u.ID] = append(found[u.ID], s)
			}
			if s.AskAt() != "" {
				v.Services++
			}
		}
		if offered == 0 {
			continue
		}
		v.Departments++
		if len(found[u.ID]) > 0 {
			shown = append(shown, u)
			v.Units = append(v.Units, unitLink{Name: u.Name.In(ctx), Href: "/services?unit=" + url.QueryEscape(u.Code), Count: len(found[u.ID]), On: v.Query == "" && u.Code == unit})
		}
	}
	if a.flat() {
		return v, c.flatView(ctx, a, snap, shown, found, &v)
	}
	if v.Query == "" && len(shown) > 0 { // one department at a time
		at := 0
		for i, u := range shown {
			if u.Code == unit {
				at = i
			}
		}
		v.Units[at].On = true
		shown = shown[at : at+1]
	}
	if c.above != nil && v.Query == "" && len(shown) == 1 {
		if v.Above, err = c.above(ctx, shown[0].ID); err != nil {
			return v, err
		}
	}
	if v.Query == "" && unit == "" && from == 0 {
		if v.Front, err = c.frontOf(ctx, snap, tree); err != nil {
			return v, err
		}
	}
	if next := paged(shown, found, from); next > 0 {
		v.Next = asking{Query: a.Query, Unit: unit, From: next}.href()
	}
	if from > 0 {
		v.First = asking{Query: a.Query, Unit: unit}.href()
	}
	var all []*Service
	for _, u := range shown {
		all = append(all, found[u.ID]...)
	}
	figures, err := c.figuresOf(ctx, all)
	if err != nil {
		return v, err
	}
	for _, u := range shown {
		if len(found[u.ID]) == 0 {
			continue
		}
		g, err := c.group(ctx, snap, u, found[u.ID], figures)
		if err != nil {
			return v, err
		}
		v.Groups = append(v.Groups, g)
	}
	return v, nil
}

// mayWrite says whether a button to write down a new service is worth showing.
func (c *Catalog) mayWrite(ctx context.Context) bool {
	a := actor.From(ctx)
	return a.Has("quality") || slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return g.Role == "agent" || g.Role == "head" })
}

// sameScale draws the intervals of neighbours on one scale: 50 to 100 per cent, or from the ten below the lowest end.
func sameScale(rows []serviceRow) {
	least := 50.0
	for _, row := range rows {
		if w := row.Kept.Whisker; w != nil {
			least = min(least, math.Floor(w.Low/10)*10)
		}
	}
	for _, row := range rows {
		if w := row.Kept.Whisker; w != nil {
			w.Min, w.Max = least, 100
		}
	}
}

func rowOf(ctx context.Context, s *Service) serviceRow {
	row := serviceRow{
		Code: s.Code, Name: s.Name.In(ctx), Description: s.Description.In(ctx), Icon: iconOf(s), State: s.State, AskAt: s.AskAt(),
		Response: brief(ctx, s.Standard.Response), Completion: brief(ctx, s.Standard.Completion), Starting: s.Standard.Starting,
	}
	if s.Kind == Standing {
		row.Schedule = schedule(ctx, s.Schedule)
	}
	return row
}

// keptOf puts a count into words. Below relation.Few it is not judged, below relation.Thin no share is said.
func keptOf(ctx context.Context, k Kept, target float64) keptView {
	if k.Settled == 0 {
		return keptView{}
	}
	v := keptView{Text: lang.T(ctx, "catalog.kept-few", "met", k.Met, "count", k.Settled)}
	rate := float64(k.Met) / float64(k.Settled)
	switch {
	case k.Settled < relation.Few:
		v.Fact = ui.StatusProps{Text: lang.T(ctx, "ui.verdict-few"), Icon: "dots", Tone: "na"}
	case target > 0 && rate < target:
		v.Fact = ui.StatusProps{Text: lang.T(ctx, "ui.verdict-missed"), Icon: "alert-triangle", Tone: "na"}
	case target > 0:
		v.Fact = ui.StatusProps{Text: lang.T(ctx, "ui.verdict-met"), Icon: "circle-check", Tone: "na"}
	}
	if k.Settled >= relation.Thin {
		low, high := stat.Wilson(k.Met, k.Settled)
		v.Text = lang.T(ctx, "catalog.kept", "share", lang.Percent(ctx, rate, 1))
		said := signal(low, high, target)
		v.Whisker = &ui.WhiskerProps{Value: rate * 100, Low: low * 100, High: high * 100, Target: target * 100, NoTarget: target == 0, Verdict: said}
		switch said {
		case "meets":
			v.Fact.Tone = "good"
		case "misses":
			v.Fact.Tone = "bad"
		}
	}
	return v
}

// signal is what the interval says of the target: a hue only when it lies on one side of it.
func signal(low, high, target float64) string {
	switch {
	case target > 0 && low >= target:
		return "meets"
	case target > 0 && high < target:
		return "misses"
	}
	return "undetermined"
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

type serviceView struct {
	*Service
	UnitName, UnitHref string
	Row                serviceRow
	Promise            Promise
	Notes              []string
	Customers          []string
	Owners             string
	Fields             []fieldLine
	MayEdit            bool
	MayReword          bool   // it is live, and the reader may prepare a change
	Reworded           string // who prepares one; "" nobody
	MayLadder          bool
	MayApprove         bool
	MayAsk             bool
	Proposer           string // who proposed it, and when
	Typed              string // reason to send it back
	For                string // whom it is for, when not for everybody
	MayStandard        bool
	MayConfirm         bool
	Errors             ui.Errors
	Panel              templ.Component   // of a higher room; nil: none
	Cards              []templ.Component // of higher rooms
	Load               LoadView          // what is in hand now
	TopicName          string            // what it is about; "": the company has no topic for it
}

type fieldLine struct {
	Label, Type, Options string
	Required             bool
}

// showService is /services/{code}: what it is, what is promised if asked now, what will be asked for.
func (c *Catalog) showService(w http.ResponseWriter, r *http.Request) error {
	v, err := c.serviceView(r.Context(), r.PathValue("code"))
	if fault.KindOf(err) == fault.NotFound {
		if next, none := c.SuccessorOf(r.Context(), r.PathValue("code")); none == nil {
			return web.See(w, r, "/services/"+next.Code)
		}
	}
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, servicePage(v), nil)
}

func (c *Catalog) serviceView(ctx context.Context, code string) (serviceView, error) {
	v := serviceView{}
	s, err := c.Visible(ctx, code)
	if err != nil {
		return v, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	unit, _ := tree.ByID(s.Unit)
	v.Service, v.UnitName, v.UnitHref = s, unit.Name.In(ctx), "/services?unit="+url.QueryEscape(unit.Code)
	v.Row = rowOf(ctx, s)
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return v, err
	}
	topic, _ := snap.TopicOf(s)
	v.TopicName = topic.Name.In(ctx)
	if err := c.reviewed(ctx, tree, &v); err != nil {
		return v, err
	}
	if err := c.noteRewording(ctx, &v); err != nil {
		return v, err
	}
	_, no := c.mayStandard(ctx, s)
	v.MayLadder = s.Kind == OnRequest && !s.Support() && c.may(ctx, doLadder, s) == nil
	v.MayEdit, v.MayStandard, v.MayConfirm = c.may(ctx, writing(s), s) == nil, no == nil, c.may(ctx, doConfirm, s) == nil
	if v.Promise, err = c.Promise(ctx, s, actor.From(ctx).Unit, lang.Now(ctx)); err != nil {
		return v, err
	}
	v.Notes = specialWords(ctx, v.Promise.Special)
	if v.Promise.Agreed != "" {
		v.Notes = append(v.Notes, lang.T(ctx, "catalog.agreed-in", "ref", v.Promise.Agreed))
	}
	loads, err := c.loads(ctx, []*Service{s})
	if err != nil {
		return v, err
	}
	if l, ok := loads[s.ID]; ok {
		v.Load = l.Words(ctx, lang.At(ctx, v.Promise.Due))
	}
	if c.panel != nil {
		if v.Panel, err = c.panel(ctx, s.ID); err != nil {
			return v, err
		}
	}
	for _, show := range c.cards {
		card, err := show(ctx, s)
		if err != nil {
			return v, err
		}
		if card != nil {
			v.Cards = append(v.Cards, card)
		}
	}
	for _, f := range s.Form.Fields {
		line := fieldLine{Label: f.Label.In(ctx), Type: lang.T(ctx, "form.type."+string(f.Type)), Required: f.Required}
		var names []string
		for _, o := range f.Options {
			names = append(names, o.Label.In(ctx))
		}
		line.Options = strings.Join(names, " · ")
		v.Fields = append(v.Fields, line)
	}
	if v.Owners, err = c.owners(ctx, s.Code); err != nil {
		return v, err
	}
	customers, err := c.DeclaredCustomers(ctx, s.Unit)
	if err != nil {
		return v, err
	}
	for _, d := range customers {
		v.Customers = append(v.Customers, d.Name.In(ctx))
	}
	return v, nil
}

// submitConfirm stands by the starting values of one service.
func (c *Catalog) submitConfirm(w http.ResponseWriter, r *http.Request) error {
	s, err := c.Confirm(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "catalog.confirmed", "name", s.Name.In(r.Context())), "")
	return web.See(w, r, back(r, "/services/"+s.Code))
}

// submitPublish offers a service; what is missing is told on its edit page.
func (c *Catalog) submitPublish(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	s, err := c.Publish(ctx, code)
	if fault.KindOf(err) == fault.Invalid {
		return c.editPage(w, r, code, http.StatusUnprocessableEntity, nil, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.published", "name", s.Name.In(ctx)), "/services/"+code+"/retire")
	return web.See(w, r, "/services/"+code)
}

// back is where the form says it came from, a path of this server, or fallback.
func back(r *http.Request, fallback string) string {
	return web.Local(r.FormValue("back"), fallback)
}

// nowOf is the house's clock in UTC.
func nowOf(ctx context.Context) time.Time { return lang.Now(ctx).UTC().Truncate(time.Millisecond) }
