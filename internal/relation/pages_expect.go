package relation

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// expectRows is how many expectations a page of the list shows; expectNamed how many the page of a relation names.
const (
	expectRows  = 50
	expectNamed = 3
)

// expectRoutes are the pages about what customers expect.
func (s *Service) expectRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /relations/expectations", Action: "relation.list", Do: s.showExpectations},
		{Pattern: "GET /relations/{provider}/{customer}/expectations", Action: "relation.numbers", Do: s.showPairExpectations},
		{Pattern: "POST /relations/{provider}/{customer}/expectations", Action: "expectation.write", Do: s.submitExpect},
		{Pattern: "GET /expectations/{id}", Action: "relation.numbers", Do: s.showExpectation},
		{Pattern: "POST /expectations/{id}", Action: "expectation.write", Do: s.submitReword},
		{Pattern: "POST /expectations/{id}/withdraw", Action: "expectation.write", Do: s.submitWithdraw},
		{Pattern: "POST /expectations/{id}/answer", Action: "expectation.answer", Do: s.submitAnswer},
	}
}

// expectAsking is what the address of the list says.
type expectAsking struct {
	State      string `form:"state"`
	Unit       string `form:"unit"`
	Provider   string `form:"provider"`
	Customer   string `form:"customer"`
	Importance string `form:"importance"`
	From       int    `form:"from"`
}

func (a expectAsking) href(path string) string {
	v := url.Values{}
	for name, value := range map[string]string{"state": a.State, "unit": a.Unit, "provider": a.Provider, "customer": a.Customer, "importance": a.Importance} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if a.From > 0 {
		v.Set("from", strconv.Itoa(a.From))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func (a expectAsking) filter() ExpectFilter {
	return ExpectFilter{Unit: a.Unit, Provider: a.Provider, Customer: a.Customer, State: a.State, Importance: a.Importance, Limit: expectRows, Offset: max(a.From, 0)}
}

// expectTabs are the words of the states in the order of the tabs; empty: all.
var expectTabs = []string{"", UncoveredWord, string(ExpectAnswered), string(ExpectRefused), string(ExpectWithdrawn)}

type expectsView struct {
	Title, Lead string
	Tabs        []ui.TabProps
	Filter      ui.FilterProps
	Problem     string
	Rows        []expectRow
	Pager       ui.PagerProps
	Hidden      int
	Units       []expectUnit
	Empty       ui.EmptyProps
}

// expectRow is an expectation as lists show it.
type expectRow struct {
	Text, Href, Pair, Importance, Note string
	State                              ui.TagProps
}

type expectUnit struct {
	Name, Href, UncoveredHref string
	All, Uncovered            int
}

func (s *Service) showExpectations(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in expectAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in.From = max(in.From, 0)
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	const path = "/relations/expectations"
	l, err := s.Expectations(ctx, in.filter())
	v := expectsView{}
	if err != nil && fault.KindOf(err) == fault.Invalid {
		v.Problem, err = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), nil
	}
	if err != nil {
		return err
	}
	v.Title = lang.T(ctx, "relation.expect.finding", "all", l.Counts.All(), "uncovered", l.Counts.Uncovered())
	if l.Counts.All() == 0 {
		v.Title = lang.T(ctx, "relation.expect.title")
	}
	v.Lead, v.Hidden = lang.T(ctx, "relation.expect.lead"), l.Hidden
	for _, state := range expectTabs {
		tab := in
		tab.State, tab.From = state, 0
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "relation.expect.tab."+cmp.Or(state, "all")), Count: strconv.Itoa(l.Counts.Of(state)), Href: tab.href(path), On: state == in.State})
	}
	for _, x := range l.Items {
		v.Rows = append(v.Rows, expectRowOf(ctx, x, true))
	}
	if l.More {
		next := in
		next.From += len(l.Items)
		v.Pager.NextHref = next.href(path)
	}
	if in.From > 0 {
		before := in
		before.From = max(0, in.From-expectRows)
		v.Pager.PrevHref = before.href(path)
	}
	for _, u := range l.Providers {
		one := in
		one.Provider, one.State, one.From = u.Unit.Code, "", 0
		line := expectUnit{Name: u.Unit.Name.In(ctx), All: u.All, Uncovered: u.Uncovered, Href: one.href(path)}
		one.State = UncoveredWord
		line.UncoveredHref = one.href(path)
		v.Units = append(v.Units, line)
	}
	v.Filter = expectFilters(ctx, in, tree)
	v.Empty = ui.EmptyProps{Icon: "list-check", Level: 2, Title: lang.T(ctx, "relation.expect.empty"), Text: lang.T(ctx, "relation.expect.empty-hint")}
	if in != (expectAsking{}) {
		v.Empty = ui.EmptyProps{Icon: "filter-off", Level: 2, Title: lang.T(ctx, "relation.expect.narrow"),
			Actions: ui.Button(ui.ButtonProps{Text: lang.T(ctx, "relation.map.clear"), Href: path, Small: true})}
	}
	return web.Show(w, r, http.StatusOK, expectsPage(v), expectsContent(v))
}

func expectFilters(ctx context.Context, in expectAsking, tree *org.Tree) ui.FilterProps {
	f := ui.FilterProps{Action: "/relations/expectations", Hidden: map[string]string{}, Target: "expectations"}
	for name, value := range map[string]string{"state": in.State, "customer": in.Customer} {
		if value != "" {
			f.Hidden[name] = value
		}
	}
	units := func(name, label, code string) ui.Filter {
		out := ui.Filter{Name: name, Label: lang.T(ctx, label), On: code != "", Options: []ui.Option{{Text: lang.T(ctx, "relation.map.any-unit"), Selected: code == ""}}}
		for _, u := range tree.Upper(time.Time{}, unitsOffered) {
			out.Options = append(out.Options, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == code})
		}
		if chosen, known := tree.ByCode(code); known && !slices.ContainsFunc(out.Options, func(o ui.Option) bool { return o.Value == code }) {
			out.Options = append(out.Options, ui.Option{Value: code, Text: chosen.Name.In(ctx), Selected: true})
		}
		return out
	}
	importance := ui.Filter{Name: "importance", Label: lang.T(ctx, "relation.expect.importance"), On: in.Importance != "", Options: []ui.Option{{Text: lang.T(ctx, "relation.expect.any-importance"), Selected: in.Importance == ""}}}
	for n := importanceMost; n > importanceLeast; n-- {
		code := strconv.Itoa(n)
		importance.Options = append(importance.Options, ui.Option{Value: code, Text: lang.T(ctx, "relation.expect.at-least", "word", importanceWord(ctx, n)), Selected: in.Importance == code})
	}
	f.Filters = []ui.Filter{units("unit", "relation.map.unit", in.Unit), units("provider", "relation.field.provider", in.Provider), importance}
	return f
}

func importanceWord(ctx context.Context, n int) string {
	return lang.T(ctx, "relation.expect.importance."+strconv.Itoa(n))
}

func kanoWord(ctx context.Context, k Kano) string {
	return lang.T(ctx, "relation.expect.kano."+cmp.Or(string(k), "unknown"))
}

func expectRowOf(ctx context.Context, x Expectation, pair bool) expectRow {
	row := expectRow{Text: x.Text, Href: expectHref(x.ID), Importance: importanceWord(ctx, x.Importance), State: expectTag(ctx, x.State), Note: x.answerLine(ctx)}
	if pair {
		row.Pair = x.Provider.Name.In(ctx) + " → " + x.Customer.Name.In(ctx)
	}
	return row
}

func expectTag(ctx context.Context, state ExpectState) ui.TagProps {
	p := ui.TagProps{Text: lang.T(ctx, "relation.expect.state."+string(state))}
	switch state {
	case ExpectOpen:
		p.Icon, p.Tone = "message-question", "warn"
	case ExpectLapsed:
		p.Icon, p.Tone = "alert-triangle", "warn"
	case ExpectAnswered:
		p.Icon = "circle-check"
	case ExpectRefused:
		p.Icon = "circle-x"
	default:
		p.Icon = "circle-dashed"
	}
	return p
}

// answerLine is what was answered, in a sentence; empty where nothing was.
func (x Expectation) answerLine(ctx context.Context) string {
	switch {
	case x.State == ExpectRefused:
		return lang.T(ctx, "relation.expect.refused-because", "why", x.Why)
	case x.Answer == "":
		return ""
	}
	title := x.groundTitle(ctx)
	switch {
	case x.State == ExpectLapsed && x.There:
		return lang.T(ctx, "relation.expect.ground-changed", "title", title)
	case x.State == ExpectLapsed:
		return lang.T(ctx, "relation.expect.ground-gone", "title", title)
	}
	return lang.T(ctx, "relation.expect.answered-by", "title", title)
}

// groundTitle is what answers it, as far as the reader may know.
func (x Expectation) groundTitle(ctx context.Context) string {
	switch {
	case x.Ground.Hidden:
		return lang.T(ctx, "relation.expect.ground-hidden")
	case !x.There:
		return x.Title.In(ctx)
	case x.Ground.Note == "":
		return x.Ground.Title.In(ctx)
	}
	return x.Ground.Title.In(ctx) + " · " + x.Ground.Note
}

// expectForm is what the form of an expectation says.
type expectForm struct {
	Text       string `form:"text"`
	Importance int    `form:"importance"`
	Kano       string `form:"kano"`
	Service    string `form:"service"`
	Version    int    `form:"version"`
}

func (f expectForm) input() ExpectationInput {
	return ExpectationInput{Text: f.Text, Importance: f.Importance, Kano: Kano(f.Kano), Service: f.Service}
}

// expectEdit is the form with its choices.
type expectEdit struct {
	ID, Action, Send string
	In               expectForm
	Errors           ui.Errors
	Importances      []ui.Option
	Kanos            []ui.Option
	Services         []ui.Option
}

func (s *Service) expectEdit(ctx context.Context, provider, customer org.ID, in expectForm, cause error) (expectEdit, error) {
	v := expectEdit{In: in, Errors: ui.ErrorsOf(ctx, cause, map[string]string{"text": lang.T(ctx, "relation.expect.text"), "importance": lang.T(ctx, "relation.expect.importance"),
		"kano": lang.T(ctx, "relation.expect.kano"), "service": lang.T(ctx, "relation.expect.service")})}
	v.Importances = []ui.Option{{Text: lang.T(ctx, "relation.expect.choose"), Selected: in.Importance == 0}}
	for n := importanceMost; n >= importanceLeast; n-- {
		v.Importances = append(v.Importances, ui.Option{Value: strconv.Itoa(n), Text: importanceWord(ctx, n), Selected: n == in.Importance})
	}
	for _, k := range Kanos {
		v.Kanos = append(v.Kanos, ui.Option{Value: string(k), Text: kanoWord(ctx, k), Selected: string(k) == in.Kano})
	}
	g, known := s.groundsOf(ByStandard)
	if !known {
		return v, nil
	}
	list, err := g.Offer(ctx, provider, customer)
	if len(list) > 0 {
		v.Services = []ui.Option{{Text: lang.T(ctx, "relation.expect.no-service"), Selected: in.Service == ""}}
	}
	for _, x := range list {
		v.Services = append(v.Services, ui.Option{Value: x.Code, Text: x.Title.In(ctx), Selected: x.Code == in.Service})
	}
	return v, err
}

type pairExpectsView struct {
	Provider, Customer org.Unit
	Title, Lead        string
	Back               string // the page of the relation
	There              string // the same of the other direction
	Tabs               []ui.TabProps
	Rows               []expectRow
	More               int
	MayWrite           bool
	Edit               expectEdit
}

func pairExpectHref(provider, customer string) string {
	return "/relations/" + url.PathEscape(provider) + "/" + url.PathEscape(customer) + "/expectations"
}

func (s *Service) showPairExpectations(w http.ResponseWriter, r *http.Request) error {
	return s.pairExpectPage(w, r, http.StatusOK, expectForm{}, nil)
}

// pairExpectPage is what one unit expects of another, and the form for one more.
func (s *Service) pairExpectPage(w http.ResponseWriter, r *http.Request, status int, in expectForm, cause error) error {
	ctx := r.Context()
	from, to, err := s.ends(ctx, r.PathValue("provider"), r.PathValue("customer"))
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	can, err := s.rightsOf(ctx, tree)(from, to)
	if err != nil || !can.see {
		return notYours(err)
	}
	asking := expectAsking{State: r.URL.Query().Get("state")}
	if !slices.Contains(expectTabs, asking.State) {
		asking.State = ""
	}
	l, err := s.Expectations(ctx, ExpectFilter{Provider: from.Code, Customer: to.Code, State: asking.State})
	if err != nil {
		return err
	}
	v := pairExpectsView{Provider: from, Customer: to, MayWrite: can.write, Back: edgeHref(from.Code, to.Code, Period{}), There: pairExpectHref(to.Code, from.Code),
		Title: lang.T(ctx, "relation.expect.of", "customer", to.Name.In(ctx), "provider", from.Name.In(ctx)),
		Lead:  lang.T(ctx, "relation.expect.finding", "all", l.Counts.All(), "uncovered", l.Counts.Uncovered())}
	path := pairExpectHref(from.Code, to.Code)
	for _, state := range expectTabs {
		tab := expectAsking{State: state}
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "relation.expect.tab."+cmp.Or(state, "all")), Count: strconv.Itoa(l.Counts.Of(state)), Href: tab.href(path), On: state == asking.State})
	}
	for i, x := range l.Items {
		if i == 4*expectRows {
			v.More = len(l.Items) - i
			break
		}
		v.Rows = append(v.Rows, expectRowOf(ctx, x, x.Provider.ID != from.ID || x.Customer.ID != to.ID))
	}
	if v.Edit, err = s.expectEdit(ctx, from.ID, to.ID, in, cause); err != nil {
		return err
	}
	v.Edit.ID, v.Edit.Action, v.Edit.Send = "f-expect", path, lang.T(ctx, "relation.expect.add")
	return web.Show(w, r, status, pairExpectsPage(v), pairExpectsContent(v))
}

func (s *Service) submitExpect(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in expectForm
	wrong := web.Decode(r, &in)
	provider, customer := r.PathValue("provider"), r.PathValue("customer")
	_, err := s.Expect(ctx, provider, customer, in.input())
	if status := refusedStatus(cmp.Or(err, wrong)); status != 0 && (err == nil || refusedStatus(err) != 0) {
		return s.pairExpectPage(w, r, status, in, cmp.Or(err, wrong))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "relation.expect.added"), "")
	return web.See(w, r, pairExpectHref(provider, customer))
}

// refusedStatus is the status of a form that is shown again; 0 for every other error.
func refusedStatus(err error) int {
	switch {
	case err == nil:
		return 0
	case fault.KindOf(err) == fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.KindOf(err) == fault.Conflict:
		return http.StatusConflict
	}
	return 0
}

// expectCard is what the customer of a direction expects, as the page of the relation shows it.
type expectCard struct {
	Line, Href, Add, UncoveredHref string
	Uncovered                      int
	Rows                           []expectRow
}

func (s *Service) expectCard(ctx context.Context, d Direction) (expectCard, error) {
	if d.Provider.ID == d.Customer.ID || !d.Shown {
		return expectCard{}, nil
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return expectCard{}, err
	}
	can, err := s.rightsOf(ctx, tree)(d.Provider, d.Customer)
	if err != nil {
		return expectCard{}, err
	}
	l, err := s.Expectations(ctx, ExpectFilter{Provider: d.Provider.Code, Customer: d.Customer.Code})
	v := expectCard{Href: pairExpectHref(d.Provider.Code, d.Customer.Code), Uncovered: l.Counts.Uncovered()}
	v.UncoveredHref = expectAsking{State: UncoveredWord}.href(v.Href)
	if v.Line = lang.T(ctx, "relation.expect.none"); l.Counts.All() > 0 {
		v.Line = lang.T(ctx, "relation.expect.count", "count", l.Counts.All())
	}
	if can.write {
		v.Add = lang.T(ctx, "relation.expect.add")
	}
	for _, x := range l.Items[:min(len(l.Items), expectNamed)] {
		v.Rows = append(v.Rows, expectRowOf(ctx, x, false))
	}
	return v, err
}

// expectHeads are the columns of a list of expectations.
func expectHeads(ctx context.Context, pairs bool) []ui.Column {
	out := []ui.Column{{Label: lang.T(ctx, "relation.expect.text")}}
	if pairs {
		out = append(out, ui.Column{Label: lang.T(ctx, "relation.col.relation")})
	}
	return append(out, ui.Column{Label: lang.T(ctx, "relation.expect.importance")}, ui.Column{Label: lang.T(ctx, "relation.expect.col-state")})
}

// pagerOf is the foot of a list that goes on; nothing where it does not.
func pagerOf(p ui.PagerProps) templ.Component {
	if p == (ui.PagerProps{}) {
		return nil
	}
	return ui.Pager(p)
}
