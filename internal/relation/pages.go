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

	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET /relations", Action: "relation.list", Do: s.showMatrix},
		{Pattern: "GET /wall", Action: "relation.wall", Do: s.showWall},
		{Pattern: "GET /relations/export", Action: "relation.list", Do: s.showExport},
		{Pattern: "GET /relations/{provider}/{customer}", Action: "relation.see", Do: s.showEdge},
	}
	return slices.Concat(routes, s.mapRoutes(), s.accountRoutes(), s.expectRoutes(), s.workshopRoutes(), s.graphRoutes(), s.wallRoutes())
}

type matrixView struct {
	q           query
	Title, Lead string
	Table       ui.MatrixProps
	List        []edgeLine
	ListMore    int // edges after those of List
	Withheld    int // edges that a list narrowed to a state leaves out, because they are not shown
	Legend      []ui.LegendItem
	Filters     ui.FilterProps
	RowPages    []pageLink
	ColPages    []pageLink
	Drawer      *Direction
	Back        *Direction // the opposite direction of the drawer's
	Empty       bool
	Census      census
	Rated       ratedCard // of the drawer
}

type pageLink struct {
	Text, Href string
	On         bool
}

// edgeLine is an edge in the list, which is what the phone shows.
type edgeLine struct {
	Provider, Customer string
	Href               string
	Shown              bool
	Measure            Measure
	Share              bool // Measure means something: not volume
	Requests           int64
	Index              index
	Indexed            bool // Index means something
	Rated              scored
	IsRated            bool // Rated means something
}

// today is the date in the company's zone.
func (s *Service) today(ctx context.Context) time.Time {
	return s.db.Now().In(s.org.Company(ctx).Location())
}

func (s *Service) showMatrix(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := queryOf(r.URL.Query(), s.today(ctx))
	m, err := s.asked(ctx, q)
	if err != nil {
		return err
	}
	if err := s.add(ctx, m, q.Measure, q.As); err != nil {
		return err
	}
	c := s.census(m, q)
	v := matrixView{q: q, Title: finding(ctx, c, q.Measure), Lead: lead(ctx, c, q), Empty: c.edges == 0, Census: c,
		Legend: legend(ctx, c, q), Filters: filters(ctx, q, s.today(ctx), m.rollup.tree.Reorganised()),
		RowPages: pages(ctx, m.Units, q, true), ColPages: pages(ctx, m.Units, q, false)}
	if q.Measure == AccountMeasure || q.Measure == HealthMeasure {
		v.Title = indexFinding(ctx, m, q.Measure)
	}
	if q.Measure == Satisfaction {
		v.Title = ratedFinding(ctx, m)
	}
	if q.View == "" {
		v.Table = s.table(ctx, m, q)
		v.List, v.ListMore = edgeList(ctx, m, q, 0, listBeside(m))
	} else {
		v.List, v.ListMore = edgeList(ctx, m, q, q.Rows*listRows, listRows)
	}
	if q.State != "" {
		v.Withheld = c.withheld
	}
	if q.Provider != "" && q.Customer != "" {
		if err := s.drawer(ctx, &v); err != nil {
			return err
		}
	}
	return web.Show(w, r, http.StatusOK, matrixPage(v), matrixContent(v))
}

// asked is the matrix of a query; what is narrowed to a state of the map is a list, and one that compares knows the period before.
func (s *Service) asked(ctx context.Context, q query) (*Matrix, error) {
	if compares(q.State) {
		return s.Compared(ctx, q.Period, q.Level, q.As)
	}
	return s.MatrixAs(ctx, q.Period, q.Level, q.As)
}

// drawer reads the selected edge and its opposite.
func (s *Service) drawer(ctx context.Context, v *matrixView) error {
	d, err := s.DirectionAs(ctx, v.q.Provider, v.q.Customer, v.q.Period, v.q.As)
	if err != nil {
		return err
	}
	v.Drawer = &d
	if v.Rated, err = s.ratedCard(ctx, d, v.q.As); err != nil {
		return err
	}
	if v.q.Provider == v.q.Customer {
		return nil
	}
	back, err := s.DirectionAs(ctx, v.q.Customer, v.q.Provider, v.q.Period, v.q.As)
	if err == nil && back.Exists {
		v.Back = &back
	}
	return err
}

// listRows is how many lines the list has as a page of its own; a company may have tens of thousands of edges.
const listRows = 200

// listBeside is how many lines of the phone's list a page carries beside its matrix; the list has a page of its own.
func listBeside(m *Matrix) int {
	if len(m.Units)*len(m.Units) > denseFrom {
		return 10
	}
	return 40
}

// edgeList is every edge as a line: what certainly misses first, then by cases. more counts what comes after the limit.
// Of a list whose query names a provider, a customer or a state, only theirs.
func edgeList(ctx context.Context, m *Matrix, q query, from, limit int) (list []edgeLine, more int) {
	order := make([]int32, 0, len(m.Cells))
	ranks := make([]int64, len(m.Cells))
	for i := range m.Cells {
		c := &m.Cells[i]
		if q.View == "list" && (q.Provider != "" && q.Provider != m.Units[c.Provider].Code || q.Customer != "" && q.Customer != m.Units[c.Customer].Code) {
			continue
		}
		if q.View == "list" && !m.in(*c, q.Measure, q.State) {
			continue
		}
		order, ranks[i] = append(order, int32(i)), rank(c, q.Measure)
	}
	sorting.By(order, func(a, b int32) int { return cmp.Or(cmp.Compare(ranks[a], ranks[b]), cmp.Compare(a, b)) })
	order = order[min(from, len(order)):]
	more = max(len(order)-limit, 0)
	tail := ""
	if code := q.Period.Code(); code != q.usual.Code() {
		tail = "?period=" + code
	}
	for _, i := range order[:len(order)-more] {
		c := &m.Cells[i]
		provider, customer := m.Units[c.Provider], m.Units[c.Customer]
		l := edgeLine{Provider: provider.Name.In(ctx), Customer: customer.Name.In(ctx), Shown: c.Shown, Requests: c.Opened,
			Href: "/relations/" + url.PathEscape(provider.Code) + "/" + url.PathEscape(customer.Code) + tail}
		l.Measure, l.Share = c.measure(q.Measure)
		l.Index, l.Indexed = c.Index, q.Measure == AccountMeasure || q.Measure == HealthMeasure
		l.Rated, l.IsRated = c.Rated, q.Measure == Satisfaction
		list = append(list, l)
	}
	return list, more
}

// rank orders edges: certain misses before the rest, more cases before fewer, what is not shown last.
func rank(c *Cell, measure string) int64 {
	m, isShare := c.measure(measure)
	switch {
	case !c.Shown:
		return 1 << 42
	case measure == AccountMeasure || measure == HealthMeasure:
		if !c.Index.Known {
			return 1 << 41
		}
		return int64(c.Index.Value * 1000) // the weakest first
	case measure == Satisfaction:
		if !c.Rated.Known() {
			return 1 << 41
		}
		return -c.Rated.Cases // no order by scores: few are surely apart
	case !isShare:
		return -c.Opened
	case verdict(m) == "misses":
		return -1<<40 - m.N
	default:
		return -m.N
	}
}

func edgeHref(provider, customer string, p Period) string {
	href := "/relations/" + url.PathEscape(provider) + "/" + url.PathEscape(customer)
	if code := p.Code(); code != "" {
		href += "?period=" + code
	}
	return href
}

// pages leads through a company of more than 40 units, by the first and last of each page.
func pages(ctx context.Context, units []org.Unit, q query, rows bool) []pageLink {
	if len(units) <= window {
		return nil
	}
	var out []pageLink
	for page := 0; page*window < len(units); page++ {
		from, to := pageOf(len(units), page)
		next := q.with(func(q *query) {
			q.Provider, q.Customer = "", ""
			if rows {
				q.Rows = page
			} else {
				q.Cols = page
			}
		})
		now := q.Rows
		if !rows {
			now = q.Cols
		}
		out = append(out, pageLink{Text: units[from].Label(ctx) + " – " + units[to-1].Label(ctx), Href: next.href(), On: page == now})
	}
	return out
}

// legend explains what is on the page, with how often.
func legend(ctx context.Context, c census, q query) []ui.LegendItem {
	count := func(key string, n int) string { return lang.T(ctx, key) + " " + strconv.Itoa(n) }
	var out []ui.LegendItem
	switch q.Measure {
	case Volume:
	case Satisfaction:
		out = append(out, ui.LegendItem{Kind: "mid", Text: lang.T(ctx, "relation.legend.rated")}, ui.LegendItem{Kind: "few", Text: lang.T(ctx, "relation.legend.rated-few")}, ui.LegendItem{Kind: "none", Text: waitingFigure + " " + lang.T(ctx, "relation.cell.not-released")})
	case AccountMeasure, HealthMeasure:
		out = append(out, ui.LegendItem{Kind: "lo2", Text: lang.T(ctx, "relation.legend.low."+q.Measure)}, ui.LegendItem{Kind: "mid", Text: lang.T(ctx, "relation.verdict.undetermined")},
			ui.LegendItem{Kind: "hi1", Text: lang.T(ctx, "relation.legend.high."+q.Measure)}, ui.LegendItem{Kind: "few", Text: lang.T(ctx, "relation.cell.too-little")})
	default:
		out = append(out,
			ui.LegendItem{Kind: "lo3", Text: count("relation.verdict.misses", c.misses)},
			ui.LegendItem{Kind: "mid", Text: count("relation.verdict.undetermined", c.unsure)},
			ui.LegendItem{Kind: "hi2", Text: count("relation.verdict.meets", c.meets)},
			ui.LegendItem{Kind: "few", Text: count("relation.legend.few", c.few)})
	}
	out = append(out, ui.LegendItem{Kind: "none", Text: count("relation.legend.empty", c.empty)})
	if c.loose > 0 {
		out = append(out, ui.LegendItem{Kind: "loose", Text: count("relation.legend.loose", c.loose)})
	}
	if c.withheld > 0 {
		out = append(out, ui.LegendItem{Kind: "none", Text: count("relation.legend.withheld", c.withheld)})
	}
	return out
}

// filters are period and level; the measure is a switch of its own.
func filters(ctx context.Context, q query, today time.Time, reorganised bool) ui.FilterProps {
	f := ui.FilterProps{Action: "/relations", Hidden: map[string]string{}}
	if q.Measure != Attainment {
		f.Hidden["measure"] = q.Measure
	}
	if q.View != "" {
		f.Hidden["view"] = q.View
	}
	periods := ui.Filter{Name: "period", Label: lang.T(ctx, "relation.filter.period"), Options: periodOptions(ctx, q.Period, today), On: q.Period != CurrentPeriod(today)}
	if q.View == "list" {
		states := ui.Filter{Name: "state", Label: lang.T(ctx, "relation.filter.state"), On: q.State != "", Options: []ui.Option{{Text: lang.T(ctx, "relation.in.all"), Selected: q.State == ""}}}
		offered := States
		if q.Measure == Satisfaction {
			offered = ratedStates
		}
		for _, name := range offered {
			states.Options = append(states.Options, ui.Option{Value: name, Text: stateWord(ctx, q.Measure, name), Selected: name == q.State})
		}
		f.Filters = append(f.Filters, states)
	}
	level := ui.Filter{Name: "level", Label: lang.T(ctx, "relation.filter.level"), On: q.Level != org.Department}
	for _, l := range levels {
		level.Options = append(level.Options, ui.Option{Value: l, Text: lang.T(ctx, "relation.level."+l), Selected: l == q.Level})
	}
	f.Filters = append([]ui.Filter{periods, level}, f.Filters...)
	if reorganised {
		f.Filters = append(f.Filters, ui.Filter{Name: "as", Label: lang.T(ctx, "relation.filter.as"), On: q.As == AsItWas, Options: []ui.Option{
			{Value: "", Text: lang.T(ctx, "relation.as-is"), Selected: q.As == AsItIs}, {Value: "was", Text: lang.T(ctx, "relation.as-was"), Selected: q.As == AsItWas}}})
	}
	return f
}

// periodOptions are the last months, quarters and years, in groups.
func periodOptions(ctx context.Context, chosen Period, today time.Time) []ui.Option {
	var out []ui.Option
	group := func(name string, n, months int, first int64) {
		for i := range n {
			p := MonthsPeriod(nextMonth(first, -i*months), months)
			out = append(out, ui.Option{Value: p.Code(), Text: periodName(ctx, p), Selected: p == chosen, Group: lang.T(ctx, name)})
		}
	}
	m := monthOf(today)
	group("relation.period.quarters", 6, 3, m/100*100+(m%100-1)/3*3+1)
	group("relation.period.months", 12, 1, m)
	group("relation.period.years", 3, 12, m/100*100+1)
	if !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Selected }) {
		out = append(out, ui.Option{Value: chosen.Code(), Text: periodName(ctx, chosen), Selected: true})
	}
	return out
}

type edgeView struct {
	Title, Lead string
	There, Back directionView
	Both        bool // two directions: not a unit's own work
	Panels      []templ.Component
	Filters     ui.FilterProps
}

type directionView struct {
	Direction
	From    float64 // left end of the whiskers, the same for both directions
	Panels  []templ.Component
	Units   map[org.ID]string // names of contacts' units
	Stand   standView
	Account accountCard
	Health  healthCard
	Rated   ratedCard
	Expects expectCard
	Hands   handOverCard

	Customers map[org.ID]bool // of those: on the customer's side
}

func (s *Service) showEdge(w http.ResponseWriter, r *http.Request) error {
	return s.edgePage(w, r, http.StatusOK, nil)
}

// edgePage is the page of a relation; no is a word about it that could not be taken.
func (s *Service) edgePage(w http.ResponseWriter, r *http.Request, status int, no *refused) error {
	ctx := r.Context()
	period, ok := ParsePeriod(r.URL.Query().Get("period"))
	if !ok {
		period = CurrentPeriod(s.today(ctx))
	}
	provider, customer := r.PathValue("provider"), r.PathValue("customer")
	there, err := s.Direction(ctx, provider, customer, period)
	if err != nil {
		return err
	}
	v := edgeView{Both: provider != customer}
	if v.There, err = s.directionView(ctx, there, no); err != nil {
		return err
	}
	if v.Both {
		back, err := s.Direction(ctx, customer, provider, period)
		if err != nil {
			return err
		}
		if v.Back, err = s.directionView(ctx, back, no); err != nil {
			return err
		}
	}
	from := scale(v.There.InTime, v.There.Right, v.Back.InTime, v.Back.Right)
	v.There.From, v.Back.From = from, from
	if v.Panels, err = s.panelsAt(ctx, OnPage, there.Pair); err != nil {
		return err
	}
	v.Title = there.Provider.Name.In(ctx) + " ⇌ " + there.Customer.Name.In(ctx)
	if !v.Both {
		v.Title = there.Provider.Name.In(ctx)
	}
	v.Lead = edgeFinding(ctx, v)
	v.Filters = ui.FilterProps{Action: "/relations/" + url.PathEscape(provider) + "/" + url.PathEscape(customer), Filters: []ui.Filter{{Name: "period",
		Label: lang.T(ctx, "relation.filter.period"), Options: periodOptions(ctx, period, s.today(ctx)), On: period != CurrentPeriod(s.today(ctx))}}}
	return web.Show(w, r, status, edgePage(v), edgeContent(v))
}

func (s *Service) directionView(ctx context.Context, d Direction, no *refused) (directionView, error) {
	v := directionView{Direction: d, Units: map[org.ID]string{}, Customers: map[org.ID]bool{}}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	for _, p := range d.Contacts {
		v.Units[p.Unit] = tree.Name(ctx, p.Unit)
		v.Customers[p.Unit] = tree.Under(p.Unit, d.Customer.ID)
	}
	if v.Stand, err = s.standView(ctx, d, no); err != nil {
		return v, err
	}
	if v.Account, err = s.accountCard(ctx, d); err != nil {
		return v, err
	}
	if v.Health, err = s.healthCard(ctx, d); err != nil {
		return v, err
	}
	if v.Rated, err = s.ratedCard(ctx, d, AsItIs); err != nil {
		return v, err
	}
	if v.Expects, err = s.expectCard(ctx, d); err != nil {
		return v, err
	}
	if v.Hands, err = s.handOverCard(ctx, d); err != nil {
		return v, err
	}
	v.Panels, err = s.panelsAt(ctx, InDirection, d.Pair)
	return v, err
}

// edgeFinding is what the two directions say, in a sentence.
func edgeFinding(ctx context.Context, v edgeView) string {
	one := func(d Direction) string {
		if !d.Shown || d.InTime.N == 0 {
			return ""
		}
		return lang.T(ctx, "relation.edge."+verdict(d.InTime), "provider", d.Provider.Name.In(ctx), "customer", d.Customer.Name.In(ctx),
			"value", lang.Percent(ctx, d.InTime.Value(), 1), "hits", d.InTime.Hits, "n", d.InTime.N)
	}
	there, back := one(v.There.Direction), ""
	if v.Both {
		back = one(v.Back.Direction)
	}
	switch {
	case !v.There.Exists && !v.Back.Exists:
		return lang.T(ctx, "relation.edge.none")
	case there == "" && back == "":
		return lang.T(ctx, "relation.edge.quiet", "period", periodName(ctx, v.There.Period))
	case back == "":
		return there
	case there == "":
		return back
	}
	return there + lang.T(ctx, "relation.edge.and") + back
}
