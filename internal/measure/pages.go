package measure

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /measures", Action: doList, Do: s.showList},
		{Pattern: "GET /measures/new", Action: doDefine, Do: s.showNew},
		{Pattern: "POST /measures/new", Action: doDefine, Do: s.submitNew},
		{Pattern: "GET /measures/{code}", Action: doList, Do: s.showMeasure},
		{Pattern: "GET /measures/{code}/export", Action: doList, Do: s.showExport},
		{Pattern: "GET /measures/{code}/edit", Action: doDefine, Do: s.showEdit},
		{Pattern: "POST /measures/{code}/edit", Action: doDefine, Do: s.submitEdit},
		{Pattern: "GET /measures/{code}/values", Action: doEnter, Do: s.showValues},
		{Pattern: "POST /measures/{code}/values", Action: doEnter, Do: s.submitValues},
	}
}

// Mount puts the pages and calls of the room into the door.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.Routes()...)
	s.api(m)
}

const (
	usualMonths = 24
	sparkMonths = 24
	mostUnits   = 60 // rows of the table by unit
)

var (
	ranges   = []int{12, 24, 36, 60}
	compared = []int{3, 6, 12}
)

// query is what the address of a measure says; what it does not understand falls back to the usual.
type query struct {
	At
	Months  int
	Compare int
}

// queryOf reads an address. Units that are not there are not found.
func queryOf(tree *org.Tree, v url.Values) (query, error) {
	q := query{Months: usualMonths, Compare: compared[0]}
	if n, err := strconv.Atoi(v.Get("months")); err == nil && slices.Contains(ranges, n) {
		q.Months = n
	}
	if n, err := strconv.Atoi(v.Get("compare")); err == nil && slices.Contains(compared, n) {
		q.Compare = n
	}
	for _, x := range []struct {
		name string
		to   *org.Unit
	}{{"unit", &q.Provider}, {"provider", &q.Provider}, {"customer", &q.Customer}} {
		if code := v.Get(x.name); code != "" {
			u, ok := tree.ByCode(code)
			if !ok {
				return q, fault.ErrNotFound
			}
			*x.to = u
		}
	}
	if q.Customer.ID != 0 && q.Provider.ID == 0 {
		return q, fault.ErrNotFound
	}
	return q, nil
}

// usual is the query with the department of a reader who chose no unit and does not see the numbers of the company.
func (s *Service) usual(ctx context.Context, tree *org.Tree, q query, chosen url.Values) query {
	if q.Grain() != OfCompany || chosen.Has("unit") {
		return q
	}
	if all, err := s.sees(ctx, Concerned, top(tree).ID); err != nil || all {
		return q
	}
	if u, ok := tree.ByID(tree.At(org.Department, actor.From(ctx).Unit)); ok {
		q.Provider = u
	}
	return q
}

// values is the query as an address has it, without what is usual.
func (q query) values() url.Values {
	v := url.Values{}
	switch q.Grain() {
	case OfEdge:
		v.Set("provider", q.Provider.Code)
		v.Set("customer", q.Customer.Code)
	case OfUnit:
		v.Set("unit", q.Provider.Code)
	}
	if q.Months != usualMonths {
		v.Set("months", strconv.Itoa(q.Months))
	}
	if q.Compare != compared[0] {
		v.Set("compare", strconv.Itoa(q.Compare))
	}
	return v
}

func href(code string, q query) string {
	to := "/measures/" + url.PathEscape(code)
	if v := q.values(); len(v) > 0 {
		to += "?" + v.Encode()
	}
	return to
}

// spanTo is so many months up to the one that runs.
func spanTo(running int64, months int) Span { return Span{After(running, -months), running} }

type listView struct {
	Rows    []listRow
	MayNew  bool
	Filters ui.FilterProps
	Of      string
}

type listRow struct {
	Name, About, Href       string
	Latest, When, Direction string
	Spark                   *chartView
	Says                    string
	Retired                 bool
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := once.With(r.Context())
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	q, err := queryOf(tree, r.URL.Query())
	if err != nil {
		return err
	}
	q = s.usual(ctx, tree, q, r.URL.Query())
	list, err := s.All(ctx)
	if err != nil {
		return err
	}
	v := listView{MayNew: s.mayDefine(ctx) == nil, Of: lang.T(ctx, "measure.whole-company"),
		Filters: ui.FilterProps{Action: "/measures", Filters: []ui.Filter{s.unitFilter(ctx, tree, q.Provider.ID)}}}
	switch q.Grain() {
	case OfUnit:
		v.Of = q.Provider.Name.In(ctx)
	case OfEdge:
		v.Of = q.Provider.Name.In(ctx) + " → " + q.Customer.Name.In(ctx)
	}
	for _, m := range list {
		if q.Grain() == OfEdge && !m.Has(OfEdge) {
			continue
		}
		row, err := s.listRow(ctx, m, q)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Show(w, r, http.StatusOK, listPage(v), listContent(v))
}

// atOf is what a list asks of a measure: the unit chosen, or the company; the company of what is kept for it alone.
func atOf(m Measure, q query) (query, bool) {
	if m.Has(q.Grain()) {
		return q, true
	}
	q.At = At{}
	return q, m.Has(OfCompany) && !m.Has(OfUnit)
}

func (s *Service) listRow(ctx context.Context, m Measure, q query) (listRow, error) {
	of, ok := atOf(m, q)
	row := listRow{Name: m.Name.In(ctx), About: m.About.In(ctx), Href: href(m.Code, of), Direction: lang.T(ctx, "measure.direction."+string(m.Direction)),
		Latest: "–", Retired: m.Own != nil && m.Own.Retired()}
	if !ok {
		row.Says, row.Href = lang.T(ctx, "measure.by-unit-only"), href(m.Code, query{Months: usualMonths, Compare: compared[0]})
		return row, nil
	}
	running := s.month(ctx)
	got, err := s.SeriesOf(ctx, m, of.At, spanTo(running, sparkMonths))
	if err != nil {
		return row, err
	}
	c := ChartOf(m.Kind, got.Points, running)
	row.Says = finding(ctx, c)
	last, ok := lastOf(got.Points, running)
	if !ok {
		return row, nil
	}
	row.Latest, row.When = m.text(ctx, last.Value), monthName(ctx, last.Month, false)+m.cases(ctx, last)
	spark := sparkView(m.Kind, got.Points, running, row.Name+lang.T(ctx, "ui.colon")+row.Says)
	row.Spark = &spark
	return row, nil
}

// unitFilter chooses a unit, or the whole company.
func (s *Service) unitFilter(ctx context.Context, tree *org.Tree, chosen org.ID) ui.Filter {
	f := ui.Filter{Name: "unit", Label: lang.T(ctx, "measure.unit"), On: chosen != 0, Options: []ui.Option{{Text: lang.T(ctx, "measure.whole-company"), Selected: chosen == 0}}}
	for _, u := range s.upper(tree, chosen) {
		f.Options = append(f.Options, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.ID == chosen})
	}
	return f
}

// upper are the units that a list of choices holds, the chosen one among them.
func (s *Service) upper(tree *org.Tree, chosen org.ID) []org.Unit {
	list := slices.DeleteFunc(tree.Upper(s.db.Now(), 300), func(u org.Unit) bool { return u.Parent == 0 })
	if u, ok := tree.ByID(chosen); ok && !slices.ContainsFunc(list, func(x org.Unit) bool { return x.ID == chosen }) {
		list = append(list, u)
	}
	return list
}

type measureView struct {
	M          Measure
	Title      string
	Lead       string
	Of         string
	Finding    string
	Method     string
	Chart      *chartView
	Signals    []string
	Difference string
	Says       string
	Facts      []ui.Pair
	Filters    ui.FilterProps
	Table      []tableRow
	Units      []unitRow
	Values     []valueRow
	Export     string
	Edge       string // address of the relation, when it is about one
	EdgeName   string
	MayDefine  bool
	MayEnter   bool
	Self       string
	Shown      bool
}

type tableRow struct{ Month, Value, Hits, N, Limits, Says string }

type unitRow struct{ Name, Href, Value, When, Says string }

func (s *Service) showMeasure(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	m, q, got, err := s.asked(ctx, r)
	if err != nil {
		return err
	}
	running := s.month(ctx)
	c := ChartOf(m.Kind, got.Points, running)
	v := measureView{M: m, Title: m.Name.In(ctx), Lead: m.About.In(ctx), Of: s.ofText(ctx, q.At), Finding: finding(ctx, c), Method: method(ctx, c),
		Facts: s.facts(ctx, m, got), Shown: got.Shown, Self: "/measures/" + url.PathEscape(m.Code)}
	if c.Count() > 0 {
		chart := m.chartView(ctx, c, got.Target, v.Of+lang.T(ctx, "ui.colon")+v.Finding)
		v.Chart = &chart
		v.Export = v.Self + "/export?" + q.values().Encode()
	}
	v.Signals = signalTexts(ctx, c)
	d := Differ(m.Kind, m.Direction, got.Points, running, q.Compare)
	v.Difference, v.Says = m.differenceText(ctx, d), d.Says
	v.Table = m.table(ctx, c)
	if err := s.around(ctx, &v, q); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, measurePage(v), measureContent(v))
}

// asked reads what a page of a measure is about. Whoever asks the company of a measure that is known by unit alone gets the first
// unit that has any.
func (s *Service) asked(ctx context.Context, r *http.Request) (Measure, query, Series, error) {
	m, err := s.ByCode(ctx, r.PathValue("code"))
	if err != nil {
		return m, query{}, Series{}, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return m, query{}, Series{}, err
	}
	q, err := queryOf(tree, r.URL.Query())
	if err != nil {
		return m, q, Series{}, err
	}
	q = s.usual(ctx, tree, q, r.URL.Query())
	span := spanTo(s.month(ctx), q.Months)
	if !m.Has(q.Grain()) {
		if q.At = (At{}); !m.Has(OfCompany) {
			if q.Provider, err = s.firstUnit(ctx, m, tree, span); err != nil {
				return m, q, Series{}, err
			}
		}
	}
	if !m.Has(q.Grain()) { // nobody has any values yet
		return m, q, Series{Target: none}, nil
	}
	got, err := s.SeriesOf(ctx, m, q.At, span)
	return m, q, got, err
}

// firstUnit is the first unit of the tree of which the reader sees a value.
func (s *Service) firstUnit(ctx context.Context, m Measure, tree *org.Tree, span Span) (org.Unit, error) {
	list, err := s.Values(ctx, m, 0, span)
	for _, u := range tree.All() {
		if slices.ContainsFunc(list, func(v Value) bool { return v.Unit == u.ID && !v.Gone }) {
			return u, err
		}
	}
	return org.Unit{}, err
}

func (s *Service) ofText(ctx context.Context, at At) string {
	switch at.Grain() {
	case OfEdge:
		return at.Provider.Name.In(ctx) + " → " + at.Customer.Name.In(ctx)
	case OfUnit:
		return at.Provider.Name.In(ctx)
	}
	return lang.T(ctx, "measure.whole-company")
}

// facts are the words of a measure.
func (s *Service) facts(ctx context.Context, m Measure, got Series) []ui.Pair {
	out := []ui.Pair{{Term: lang.T(ctx, "measure.formula"), Text: m.Formula.In(ctx)},
		{Term: lang.T(ctx, "measure.kind"), Text: lang.T(ctx, "measure.kind."+string(m.Kind)) + lang.T(ctx, "ui.comma") + lang.T(ctx, "measure.in."+string(m.Unit))},
		{Term: lang.T(ctx, "measure.direction"), Text: lang.T(ctx, "measure.direction."+string(m.Direction))}}
	if !math.IsNaN(got.Target) && got.Shown {
		text := m.text(ctx, got.Target)
		switch {
		case got.Agreed:
			text = lang.T(ctx, "measure.target-agreed", "value", text)
		case m.Own == nil:
			text = lang.T(ctx, "measure.target-usual", "value", text)
		}
		out = append(out, ui.Pair{Term: lang.T(ctx, "measure.target-word"), Text: text})
	}
	source := "measure.source.house"
	switch {
	case m.Own != nil:
		source = "measure.source.own"
	case m.Sample:
		source = "measure.source.sample"
	}
	return append(out, ui.Pair{Term: lang.T(ctx, "measure.source"), Text: lang.T(ctx, source)},
		ui.Pair{Term: lang.T(ctx, "measure.seen"), Text: lang.T(ctx, "measure.seen."+string(m.Seen))},
		ui.Pair{Term: lang.T(ctx, "measure.code"), Text: m.Code})
}

// table is the chart as rows, newest first.
func (m Measure) table(ctx context.Context, c Chart) []tableRow {
	var out []tableRow
	for _, d := range slices.Backward(c.Dots) {
		if !d.Is() && !d.Few {
			continue
		}
		row := tableRow{Month: monthName(ctx, d.Month, c.Quarters), Value: m.text(ctx, d.Value), Hits: lang.Number(ctx, d.Hits), N: lang.Number(ctx, d.N), Limits: "–"}
		if d.N == 0 {
			row.N = "–"
		}
		if !d.Is() {
			row.Hits = "–"
		}
		if !math.IsNaN(d.Low) {
			row.Limits = m.text(ctx, d.Low) + " – " + m.text(ctx, d.High)
		}
		switch {
		case d.Running:
			row.Says = lang.T(ctx, "measure.running")
		case !d.Is():
			row.Says = lang.T(ctx, "measure.few-sample")
		case d.Out && d.Value > d.High:
			row.Says = "▲ " + lang.T(ctx, "measure.over")
		case d.Out:
			row.Says = "▼ " + lang.T(ctx, "measure.under")
		}
		out = append(out, row)
	}
	return out
}

// around fills in what stands beside the chart: filters, units, what was entered, what the reader may do.
func (s *Service) around(ctx context.Context, v *measureView, q query) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	m := v.M
	v.Filters = ui.FilterProps{Action: v.Self, Hidden: map[string]string{}}
	if q.Grain() == OfEdge {
		v.Filters.Hidden["provider"], v.Filters.Hidden["customer"] = q.Provider.Code, q.Customer.Code
		v.Edge = "/relations/" + url.PathEscape(q.Provider.Code) + "/" + url.PathEscape(q.Customer.Code)
		v.EdgeName = v.Of
	} else if m.Has(OfUnit) {
		f := s.unitFilter(ctx, tree, q.Provider.ID)
		if !m.Has(OfCompany) {
			f.Options = f.Options[1:]
		}
		v.Filters.Filters = append(v.Filters.Filters, f)
	}
	v.Filters.Filters = append(v.Filters.Filters, numberFilter(ctx, "months", ranges, q.Months, usualMonths), numberFilter(ctx, "compare", compared, q.Compare, compared[0]))
	if q.Grain() != OfEdge && m.Has(OfUnit) {
		if v.Units, err = s.unitRows(ctx, m, tree, q); err != nil {
			return err
		}
	}
	if m.Own == nil {
		return nil
	}
	v.MayDefine, v.MayEnter = s.mayDefine(ctx) == nil, s.may(ctx, doEnter, top(tree).ID) == nil && !m.Own.Retired()
	v.Values, err = s.corrections(ctx, m, tree, q)
	return err
}

func numberFilter(ctx context.Context, name string, list []int, chosen, usual int) ui.Filter {
	f := ui.Filter{Name: name, Label: lang.T(ctx, "measure.filter."+name), On: chosen != usual}
	for _, n := range list {
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(n), Text: lang.T(ctx, "measure.filter."+name+"-option", "count", n), Selected: n == chosen})
	}
	return f
}

// unitRows are the units directly below the one that is shown, those that have anything.
func (s *Service) unitRows(ctx context.Context, m Measure, tree *org.Tree, q query) ([]unitRow, error) {
	above := q.Provider
	if above.ID == 0 {
		above = top(tree)
	}
	var out []unitRow
	running := s.month(ctx)
	below := tree.Children(above.ID)
	if len(below) == 0 && !m.Has(OfCompany) {
		below = tree.Children(top(tree).ID)
	}
	for _, u := range below[:min(len(below), mostUnits)] {
		at := q
		at.Provider = u
		got, err := s.SeriesOf(ctx, m, at.At, spanTo(running, q.Months))
		if err != nil {
			return nil, err
		}
		last, ok := lastOf(got.Points, running)
		if !ok {
			continue
		}
		out = append(out, unitRow{Name: u.Name.In(ctx), Href: href(m.Code, at), Value: m.text(ctx, last.Value), When: monthName(ctx, last.Month, false) + m.cases(ctx, last),
			Says: finding(ctx, ChartOf(m.Kind, got.Points, running))})
	}
	return out, nil
}
