package relation

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// mapRows is how many edges a page of the map shows.
const mapRows = 50

// mapRoutes are the pages about what is said of edges.
func (s *Service) mapRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /relations/map", Action: "relation.list", Do: s.showMap},
		{Pattern: "GET /relations/map/export", Action: "relation.list", Do: s.showMapExport},
		{Pattern: "GET /relations/changes", Action: "relation.list", Do: s.showChanges},
		{Pattern: "GET /relations/new", Action: "relation.propose", Do: s.showPropose},
		{Pattern: "POST /relations/new", Action: "relation.propose", Do: s.submitPropose},
		{Pattern: "POST /relations/{provider}/{customer}/standing", Action: "relation.propose", Do: s.submitSay},
	}
}

// mapAsking is what the address of the map says.
type mapAsking struct {
	View     string `form:"view"`
	Standing string `form:"standing"`
	Unit     string `form:"unit"`
	From     int    `form:"from"`
}

func (a mapAsking) href() string {
	v := url.Values{}
	for name, value := range map[string]string{"view": a.View, "standing": a.Standing, "unit": a.Unit} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if a.From > 0 {
		v.Set("from", strconv.Itoa(a.From))
	}
	if len(v) == 0 {
		return "/relations/map"
	}
	return "/relations/map?" + v.Encode()
}

type mapView struct {
	Tabs       []ui.TabProps
	Filter     ui.FilterProps
	Rows       []mapRow
	Pager      ui.PagerProps
	Problem    string
	Empty      ui.EmptyProps
	MayPropose bool
	XLSX, CSV  string
}

// mapRow is an edge as the table shows it.
type mapRow struct {
	Title, Href, Words, Requests string
	State                        ui.TagProps
	Note                         string
	Uncovered, UncoveredHref     string // expectations without an answer
}

func (s *Service) showMap(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in mapAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in.From = max(in.From, 0)
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	view := in.View
	if view == "all" {
		view = ""
	}
	known := view
	if !slices.Contains(mapViews, known) {
		known = ""
	}
	list, more, err := s.Map(ctx, MapFilter{View: view, Standing: in.Standing, Unit: in.Unit, Limit: mapRows, Offset: in.From})
	v := mapView{MayPropose: s.mayPropose(ctx)}
	if err != nil && fault.KindOf(err) == fault.Invalid {
		v.Problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return err
	}
	for _, name := range slices.Concat([]string{""}, mapViews) {
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "relation.map.view."+cmp.Or(name, "all")), Href: mapAsking{View: name, Unit: in.Unit}.href(), On: name == view})
	}
	uncovered, err := s.uncovered(ctx, tree)
	if err != nil {
		return err
	}
	for _, x := range list {
		v.Rows = append(v.Rows, mapRowOf(ctx, x, uncovered(x.Provider.ID, x.Customer.ID)))
	}
	if more {
		next := in
		next.From += len(list)
		v.Pager.NextHref = next.href()
	}
	if in.From > 0 {
		before := in
		before.From = max(0, in.From-mapRows)
		v.Pager.PrevHref = before.href()
	}
	v.Filter, v.XLSX, v.CSV = mapFilters(ctx, in, tree), in.exportHref("xlsx"), in.exportHref("csv")
	v.Empty = ui.EmptyProps{Icon: "topology-star-3", Level: 2, Title: lang.T(ctx, "relation.map.empty."+cmp.Or(known, "all")), Text: lang.T(ctx, "relation.map.empty-hint."+cmp.Or(known, "all"))}
	if in.Standing != "" || in.Unit != "" {
		v.Empty = ui.EmptyProps{Icon: "filter-off", Level: 2, Title: lang.T(ctx, "relation.map.narrow"),
			Actions: ui.Button(ui.ButtonProps{Text: lang.T(ctx, "relation.map.clear"), Href: mapAsking{View: in.View}.href(), Small: true})}
	}
	return web.Show(w, r, http.StatusOK, mapPage(v), mapContent(v))
}

// mayPropose says whether the reader heads any unit, or is of a quality office: others read.
func (s *Service) mayPropose(ctx context.Context) bool {
	a := actor.From(ctx)
	return a.Has("quality") || slices.ContainsFunc(a.Groups, func(g actor.Group) bool { return g.Role == "head" || g.Role == "quality" })
}

func mapFilters(ctx context.Context, in mapAsking, tree *org.Tree) ui.FilterProps {
	f := ui.FilterProps{Action: "/relations/map", Hidden: map[string]string{}, Target: "map"}
	if in.View != "" {
		f.Hidden["view"] = in.View
	}
	standing := ui.Filter{Name: "standing", Label: lang.T(ctx, "relation.map.standing"), On: in.Standing != "", Options: []ui.Option{{Value: "", Text: lang.T(ctx, "relation.map.any-standing"), Selected: in.Standing == ""}}}
	for _, st := range Standings {
		standing.Options = append(standing.Options, ui.Option{Value: st.word(), Text: lang.T(ctx, "relation.standing."+st.word()), Selected: in.Standing == st.word()})
	}
	units := ui.Filter{Name: "unit", Label: lang.T(ctx, "relation.map.unit"), On: in.Unit != "", Options: []ui.Option{{Value: "", Text: lang.T(ctx, "relation.map.any-unit"), Selected: in.Unit == ""}}}
	for _, u := range tree.Upper(time.Time{}, unitsOffered) {
		units.Options = append(units.Options, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == in.Unit})
	}
	if chosen, known := tree.ByCode(in.Unit); known && !slices.ContainsFunc(units.Options, func(o ui.Option) bool { return o.Value == in.Unit }) {
		units.Options = append(units.Options, ui.Option{Value: in.Unit, Text: chosen.Name.In(ctx), Selected: true})
	}
	f.Filters = []ui.Filter{standing, units}
	return f
}

// unitsOffered is how many units a filter names.
const unitsOffered = 60

func mapRowOf(ctx context.Context, v Stand, uncovered int) mapRow {
	row := mapRow{Title: v.Provider.Name.In(ctx) + " → " + v.Customer.Name.In(ctx), Href: edgeHref(v.Provider.Code, v.Customer.Code, Period{}), State: standingTag(ctx, v.Standing), Requests: "–"}
	if v.Shown {
		row.Requests = strconv.FormatInt(v.Requests, 10)
	}
	for i, w := range v.Words {
		if i > 0 {
			row.Words += lang.T(ctx, "relation.word.and")
		}
		row.Words += wordLine(ctx, v, w)
	}
	switch {
	case len(v.Words) > 0:
	case v.Declared && v.Observed:
		row.Words = lang.T(ctx, "relation.word.both-sources")
	case v.Declared:
		row.Words = lang.T(ctx, "relation.word.declared")
	default:
		row.Words = lang.T(ctx, "relation.word.observed")
	}
	switch {
	case v.Quiet:
		row.Note = lang.T(ctx, "relation.map.is-quiet")
	case v.Suggestion:
		row.Note = lang.T(ctx, "relation.map.is-suggested")
	}
	if uncovered > 0 {
		row.Uncovered = lang.T(ctx, "relation.expect.uncovered-of", "count", uncovered)
		row.UncoveredHref = expectAsking{State: UncoveredWord}.href(pairExpectHref(v.Provider.Code, v.Customer.Code))
	}
	return row
}

// wordLine is who said what for a side.
func wordLine(ctx context.Context, v Stand, w Word) string {
	person := v.People[w.Person].Plain(ctx)
	if w.Person == 0 {
		person = lang.T(ctx, "relation.word.by-file")
	}
	return lang.T(ctx, "relation.word."+string(w.Says), "who", sideName(ctx, v.Provider, v.Customer, w.Side), "person", person, "day", lang.Date(ctx, w.At))
}

// sideName is who speaks: a unit, or the quality office.
func sideName(ctx context.Context, provider, customer org.Unit, side Side) string {
	switch side {
	case Provider:
		return provider.Name.In(ctx)
	case Customer:
		return customer.Name.In(ctx)
	}
	return lang.T(ctx, "relation.word.office")
}

func standingTag(ctx context.Context, s Standing) ui.TagProps {
	p := ui.TagProps{Text: lang.T(ctx, "relation.standing."+s.word())}
	switch s {
	case Proposed:
		p.Icon, p.Tone = "message-question", "warn"
	case Confirmed:
		p.Icon = "circle-check"
	case Disputed:
		p.Icon, p.Tone = "alert-triangle", "bad"
	case Ended:
		p.Icon = "circle-x"
	default:
		p.Icon = "circle-dashed"
	}
	return p
}

// proposeForm is what the form of a new relation says.
type proposeForm struct {
	Provider string `form:"provider"`
	Customer string `form:"customer"`
	Note     string `form:"note"`
}

type proposeView struct {
	In       proposeForm
	Errors   ui.Errors
	Provider []ui.Option
	Customer []ui.Option
}

func (s *Service) showPropose(w http.ResponseWriter, r *http.Request) error {
	var in proposeForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	return s.proposePage(w, r, http.StatusOK, in, nil)
}

func (s *Service) proposePage(w http.ResponseWriter, r *http.Request, status int, in proposeForm, cause error) error {
	ctx := r.Context()
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	v := proposeView{In: in, Errors: ui.ErrorsOf(ctx, cause, map[string]string{"provider": lang.T(ctx, "relation.field.provider"), "customer": lang.T(ctx, "relation.field.customer"), "note": lang.T(ctx, "relation.field.note")})}
	chosen := func(code string) []ui.Option {
		if u, known := tree.ByCode(code); known {
			return []ui.Option{{Value: u.Code, Text: u.Name.In(ctx), Selected: true}}
		}
		return nil
	}
	v.Provider, v.Customer = chosen(in.Provider), chosen(in.Customer)
	return web.Show(w, r, status, proposePage(v), proposeContent(v))
}

func (s *Service) submitPropose(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in proposeForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v, err := s.propose(ctx, in)
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return s.proposePage(w, r, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "relation.said."+v.Standing.word()), "")
	return web.See(w, r, edgeHref(in.Provider, in.Customer, Period{}))
}

// propose says of two units chosen in a form that the one serves the other: what is wrong with either is said at its field.
func (s *Service) propose(ctx context.Context, in proposeForm) (Stand, error) {
	var bad fault.Fields
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return Stand{}, err
	}
	from, ok := tree.ByCode(in.Provider)
	if !ok {
		bad.Add("provider", "relation.unknown-unit")
	}
	to, known := tree.ByCode(in.Customer)
	if !known {
		bad.Add("customer", "relation.unknown-unit")
	}
	if err := bad.Err(); err != nil {
		return Stand{}, err
	}
	says := Yes
	sides, err := s.speakers(ctx)(from, to)
	switch {
	case err != nil:
		return Stand{}, err
	case len(sides) == 0:
		bad.Add("provider", "relation.word.not-yours")
		return Stand{}, bad.Err()
	case sides[0] == Office:
		says = Asks
	}
	return s.Say(ctx, in.Provider, in.Customer, Saying{says, in.Note})
}

// sayForm is what the form on the page of a relation says.
type sayForm struct {
	Says string `form:"says"`
	Note string `form:"note"`
}

func (s *Service) submitSay(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in sayForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	provider, customer := r.PathValue("provider"), r.PathValue("customer")
	v, err := s.Say(ctx, provider, customer, Saying{Says(in.Says), in.Note})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		status := http.StatusUnprocessableEntity
		if kind == fault.Conflict {
			status = http.StatusConflict
		}
		return s.edgePage(w, r, status, &refused{Provider: provider, Customer: customer, In: in, Errors: ui.ErrorsOf(ctx, err, map[string]string{"note": lang.T(ctx, "relation.field.note")})})
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "relation.said."+v.Standing.word()), "")
	return web.See(w, r, edgeHref(provider, customer, Period{}))
}

// refused is a word that could not be taken, with what was typed.
type refused struct {
	Provider, Customer string
	In                 sayForm
	Errors             ui.Errors
}

// standView is the part of a direction that says how it stands.
type standView struct {
	Stand
	Action string
	Typed  sayForm
	Errors ui.Errors
	Lines  []string // the words
	Log    []logLine
}

type logLine struct{ When, Datetime, Text, Note string }

func (s *Service) standView(ctx context.Context, d Direction, no *refused) (standView, error) {
	if d.Provider.ID == d.Customer.ID {
		return standView{}, nil
	}
	stand, err := s.Stand(ctx, d.Provider.Code, d.Customer.Code)
	if err != nil {
		return standView{}, err
	}
	v := standView{Stand: stand, Action: "/relations/" + url.PathEscape(d.Provider.Code) + "/" + url.PathEscape(d.Customer.Code) + "/standing"}
	if no != nil && no.Provider == d.Provider.Code && no.Customer == d.Customer.Code {
		v.Typed, v.Errors = no.In, no.Errors
	}
	for _, w := range stand.Words {
		line := wordLine(ctx, stand, w)
		if w.Note != "" {
			line += lang.T(ctx, "relation.word.with-note", "note", w.Note)
		}
		v.Lines = append(v.Lines, line)
	}
	for _, c := range stand.Log {
		v.Log = append(v.Log, logLineOf(ctx, stand.Provider, stand.Customer, c, stand.People))
	}
	return v, nil
}

// logLineOf is a line of the history in words.
func logLineOf(ctx context.Context, provider, customer org.Unit, c Change, people map[org.ID]org.Person) logLine {
	l := logLine{When: lang.Date(ctx, c.At), Datetime: c.At.UTC().Format(time.RFC3339), Note: c.Note}
	if c.Side == "" {
		l.Text = lang.T(ctx, "relation.log."+c.What)
		return l
	}
	l.Text = lang.T(ctx, "relation.log."+c.What, "who", sideName(ctx, provider, customer, c.Side), "person", people[c.Person].Plain(ctx))
	return l
}

// sayID is the id of the form: one for each direction of a page.
func sayID(v standView) string { return "say-" + strconv.FormatInt(v.Provider.ID, 36) }

// waits says that the edge waits for a word of the reader's, or that the form stands open because it was refused.
func (v standView) waits() bool {
	if v.Typed != (sayForm{}) || v.MayRule {
		return true
	}
	return (v.Standing == Proposed || v.Standing == Disputed) && slices.ContainsFunc(v.MaySay, func(side Side) bool {
		_, spoke := v.Word(side)
		return side != Office && !spoke
	})
}

// saying lists the buttons that the reader has for a direction: what to send, and its words.
func (v standView) saying(ctx context.Context) []ui.ButtonProps {
	word := func(says Says, key, kind string) ui.ButtonProps {
		return ui.ButtonProps{Text: lang.T(ctx, key), Name: "says", Value: string(says), Kind: kind, Small: true}
	}
	switch {
	case len(v.MaySay) == 0:
		return nil
	case v.MaySay[0] == Office && v.MayAsk:
		return []ui.ButtonProps{word(Asks, "relation.say.ask", "")}
	case v.MaySay[0] == Office && v.MayRule:
		return []ui.ButtonProps{word(Yes, "relation.say.rule-yes", ""), word(No, "relation.say.rule-no", "")}
	case v.MaySay[0] == Office:
		return nil
	}
	var out []ui.ButtonProps
	said := func(says Says) bool {
		return !slices.ContainsFunc(v.MaySay, func(side Side) bool { w, spoke := v.Word(side); return !spoke || w.Says != says })
	}
	if !said(Yes) {
		key := "relation.say.yes"
		if !v.Exists() {
			key = "relation.say.propose"
		}
		out = append(out, word(Yes, key, ""))
	}
	if !said(No) && v.Exists() {
		out = append(out, word(No, "relation.say.no", "quiet"))
	}
	return out
}

// changesView is what became of the map.
type changesView struct {
	Title, Lead string
	Problem     string // of the address
	Filter      ui.FilterProps
	Rows        []turnRow
	More        bool
}

type turnRow struct {
	Title, Href   string
	Before, After *ui.TagProps
	Lines         []logLine
}

func (s *Service) showChanges(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	usual := MonthsPeriod(nextMonth(monthOf(s.today(ctx)), -2), 3)
	date := func(day int64) string { return dateOf(day).Format(time.DateOnly) }
	var bad fault.Fields
	p := s.period(ctx, cmp.Or(q.Get("from"), date(usual.From)), cmp.Or(q.Get("to"), date(usual.To)), &bad)
	problem := ""
	if bad.Len() > 0 {
		p, problem = usual, ui.ErrorsOf(ctx, bad.Err(), nil).Sentence(ctx)
	}
	d, err := s.Diff(ctx, p)
	if err != nil {
		return err
	}
	v := changesView{Problem: problem, More: d.More, Title: lang.T(ctx, "relation.changes.finding", "came", d.Came, "went", d.Went, "turned", len(d.Turns)-d.Came-d.Went),
		Lead: lang.T(ctx, "relation.changes.lead", "then", d.Then, "now", d.Now),
		Filter: ui.FilterProps{Action: "/relations/changes", Dates: []ui.FilterDate{{Name: "from", Label: lang.T(ctx, "relation.changes.from"), Value: date(p.From)},
			{Name: "to", Label: lang.T(ctx, "relation.changes.to"), Value: date(p.To)}}}}
	how := func(c Change) *ui.TagProps {
		if !c.mapped() {
			return nil
		}
		return new(standingTag(ctx, c.Standing))
	}
	for _, t := range d.Turns {
		row := turnRow{Title: t.Provider.Name.In(ctx) + " → " + t.Customer.Name.In(ctx), Href: edgeHref(t.Provider.Code, t.Customer.Code, Period{}), Before: how(t.Before), After: how(t.After)}
		for _, c := range t.Lines {
			row.Lines = append(row.Lines, logLineOf(ctx, t.Provider, t.Customer, c, d.People))
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Show(w, r, http.StatusOK, changesPage(v), changesContent(v))
}
