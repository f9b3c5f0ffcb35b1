package relation

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// graphRoutes are the pictures of the map.
func (s *Service) graphRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /relations/graph", Action: "relation.list", Do: s.showGraph},
		{Pattern: "GET /relations/graph/export", Action: "relation.list", Do: s.showGraphExport},
		{Pattern: "GET /relations/chain", Action: "relation.list", Do: s.showChain},
		{Pattern: "GET /relations/flow", Action: "relation.list", Do: s.showFlow},
	}
}

// graphAsking is what the address of a graph or a chain says.
type graphAsking struct {
	Unit     string `form:"unit"`
	Depth    string `form:"depth"`
	Level    string `form:"level"`
	Standing string `form:"standing"`
	Service  string `form:"service"`
	Verdict  string `form:"verdict"`
	Period   string `form:"period"`
	Format   string `form:"format"`
}

func (a graphAsking) href(path string) string {
	v := url.Values{}
	for _, x := range [][2]string{{"unit", a.Unit}, {"depth", a.Depth}, {"level", a.Level}, {"standing", a.Standing}, {"service", a.Service},
		{"verdict", a.Verdict}, {"period", a.Period}, {"format", a.Format}} {
		if x[1] != "" {
			v.Set(x[0], x[1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func (a graphAsking) as(format string) graphAsking { a.Format = format; return a }

// filter is the graph that is asked for: what the address does not say is the reader's own unit, one step, departments, the usual period.
func (s *Service) graphFilter(ctx context.Context, a graphAsking) (GraphFilter, *org.Tree, error) {
	tree, err := s.org.Tree(ctx)
	f := GraphFilter{Unit: a.Unit, Depth: 1, Level: a.Level, Standing: a.Standing, Service: a.Service, Verdict: a.Verdict}
	if err != nil {
		return f, tree, err
	}
	if a.Depth != "" {
		f.Depth, _ = strconv.Atoi(a.Depth) // anything else is 0, and no depth
	}
	if f.Level == "" {
		f.Level = org.Department
	}
	if f.Unit == "" {
		own, known := tree.ByID(tree.At(f.Level, actor.From(ctx).Unit))
		if !known && tree.Len() > 0 {
			own = tree.All()[0]
		}
		f.Unit = own.Code
	}
	var ok bool
	if f.Period, ok = ParsePeriod(a.Period); !ok {
		f.Period = CurrentPeriod(s.today(ctx))
	}
	return f, tree, nil
}

type graphView struct {
	Title, Lead string
	Problem     string
	Graph       Graph
	Picture     ui.PictureProps
	Filter      ui.FilterProps
	In, Out     []tieRow // the edges at the unit itself
	Others      []tieRow // further steps that are drawn
	Rest        []tieRow
	RestMore    int
	Unit        string
	Tabs        []ui.TabProps
	SVG, PNG    string
	CSV, XLSX   string
	Matrix      string
	File        string
}

// tieRow is an edge of a graph in words.
type tieRow struct {
	Name, Centre string // the other unit, or both; its graph
	Standing     string
	Shown        bool
	Measure      Measure
	Requests     int64
	Late         int64
	LateHref     string
	Hands        []string
	EdgeHref     string
}

// restRows is how many of the edges that are not drawn a page names.
const restRows = 100

func (s *Service) showGraph(w http.ResponseWriter, r *http.Request) error {
	ctx, status := r.Context(), http.StatusOK
	var in graphAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	f, tree, err := s.graphFilter(ctx, in)
	if err != nil {
		return err
	}
	g, err := s.Graph(ctx, f)
	v := graphView{Graph: g}
	if err != nil && fault.KindOf(err) == fault.Invalid {
		v.Problem, status = ui.ErrorsOf(ctx, err, nil).Sentence(ctx), http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	if in.Format == "svg" && v.Problem == "" && !g.TooMany && g.Unit.ID != 0 {
		v.Title = lang.T(ctx, "relation.graph.of", "unit", g.Unit.Name.In(ctx))
		if err := xlsx.SendPicture(w, ui.FileTitle(v.Title)); err != nil {
			return err
		}
		return s.picture(ctx, g, v.Title).WriteSVG(w)
	}
	if v.Filter, err = s.graphFilters(ctx, in, f, tree, "/relations/graph"); err != nil {
		return err
	}
	s.fillGraph(ctx, &v, in)
	return web.Show(w, r, status, graphPage(v), graphContent(v))
}

// fillGraph makes the words and the drawing of a page.
func (s *Service) fillGraph(ctx context.Context, v *graphView, in graphAsking) {
	g := v.Graph
	v.Title, v.Tabs = lang.T(ctx, "relation.graph.title"), pictureTabs(ctx, in, "graph")
	if g.Unit.ID == 0 || v.Problem != "" {
		return
	}
	v.Unit = g.Unit.Name.In(ctx)
	v.Title = lang.T(ctx, "relation.graph.of", "unit", v.Unit)
	into, out := g.direct()
	zone := s.org.Company(ctx).Location()
	for _, t := range into {
		v.In = append(v.In, rowOf(ctx, g.Filter.Period, zone, t, t.Provider, in))
	}
	for _, t := range out {
		v.Out = append(v.Out, rowOf(ctx, g.Filter.Period, zone, t, t.Customer, in))
	}
	for i, t := range g.Ties {
		switch {
		case t.Provider.ID != t.Customer.ID && (t.Provider.ID == g.Unit.ID || t.Customer.ID == g.Unit.ID):
		case i < g.Drawn:
			v.Others = append(v.Others, rowOf(ctx, g.Filter.Period, zone, t, org.Unit{}, in))
		case len(v.Rest) < restRows:
			v.Rest = append(v.Rest, rowOf(ctx, g.Filter.Period, zone, t, org.Unit{}, in))
		default:
			v.RestMore++
		}
	}
	v.Lead = lang.T(ctx, "relation.graph.lead", "suppliers", len(into), "customers", len(out), "period", periodName(ctx, g.Filter.Period))
	v.CSV, v.XLSX = in.as("csv").href("/relations/graph/export"), in.as("xlsx").href("/relations/graph/export")
	v.Matrix = query{Level: g.Filter.Level, Period: g.Filter.Period, Measure: Attainment}.href()
	if !g.TooMany {
		v.Picture = s.picture(ctx, g, v.Title)
		v.SVG, v.File = in.as("svg").href("/relations/graph"), ui.FileTitle(v.Title)+".png"
	}
}

// rowOf is an edge in words, seen from the unit in the middle: by the name of the other one, or by both.
func rowOf(ctx context.Context, p Period, zone *time.Location, t Tie, other org.Unit, in graphAsking) tieRow {
	r := tieRow{Shown: t.Shown, Measure: t.InTime, Requests: t.Opened, Late: t.Breached, EdgeHref: edgeHref(t.Provider.Code, t.Customer.Code, p)}
	r.Name = t.Provider.Name.In(ctx) + " → " + t.Customer.Name.In(ctx)
	if other.ID != 0 {
		r.Name = other.Name.In(ctx)
		in.Unit, in.Format = other.Code, ""
		r.Centre = in.href("/relations/graph")
	}
	for i, one := range t.Standings {
		if i > 0 {
			r.Standing += lang.T(ctx, "ui.comma")
		}
		r.Standing += lang.T(ctx, "relation.standing."+one.word())
	}
	r.LateHref = casesHref(t.Provider.Code, t.Customer.Code, "breached", p, zone)
	return r
}

// casesHref is the list of the cases of an edge that were due in a period.
func casesHref(provider, customer, outcome string, p Period, zone *time.Location) string {
	q := url.Values{"view": {"all"}, "provider": {provider}, "below": {"true"}, "customer": {customer}, "due_from": {p.Begin(zone).Format(time.RFC3339)}, "due_before": {p.End(zone).Format(time.RFC3339)}}
	if outcome != "" {
		q.Set("outcome", outcome)
	}
	return "/requests?" + q.Encode()
}

// pictureTabs lead from one picture of the map to the others, about the same unit and period.
func pictureTabs(ctx context.Context, in graphAsking, on string) []ui.TabProps {
	in.Format = ""
	chain := graphAsking{Unit: in.Unit, Level: in.Level, Period: in.Period}
	flow := graphAsking{Level: in.Level, Period: in.Period}
	return []ui.TabProps{
		{Text: lang.T(ctx, "relation.graph.tab"), Href: in.href("/relations/graph"), On: on == "graph"},
		{Text: lang.T(ctx, "relation.chain.tab"), Href: chain.href("/relations/chain"), On: on == "chain"},
		{Text: lang.T(ctx, "relation.flow.tab"), Href: flow.href("/relations/flow"), On: on == "flow"},
	}
}

// graphFilters are those of a graph; a chain has fewer.
func (s *Service) graphFilters(ctx context.Context, in graphAsking, f GraphFilter, tree *org.Tree, path string) (ui.FilterProps, error) {
	bar := ui.FilterProps{Action: path, Hidden: map[string]string{}, Target: "graph"}
	today := s.today(ctx)
	units := ui.Filter{Name: "unit", Label: lang.T(ctx, "relation.graph.unit"), On: in.Unit != ""}
	listed := false
	for _, u := range tree.Upper(s.db.Now(), unitsOffered) {
		units.Options = append(units.Options, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == f.Unit})
		listed = listed || u.Code == f.Unit
	}
	if chosen, known := tree.ByCode(f.Unit); known && !listed {
		units.Options = append(units.Options, ui.Option{Value: f.Unit, Text: chosen.Name.In(ctx), Selected: true})
	}
	level := ui.Filter{Name: "level", Label: lang.T(ctx, "relation.filter.level"), On: f.Level != org.Department}
	for _, l := range levels {
		level.Options = append(level.Options, ui.Option{Value: l, Text: lang.T(ctx, "relation.level."+l), Selected: l == f.Level})
	}
	period := ui.Filter{Name: "period", Label: lang.T(ctx, "relation.filter.period"), Options: periodOptions(ctx, f.Period, today), On: f.Period != CurrentPeriod(today)}
	bar.Filters = []ui.Filter{units, level, period}
	if path != "/relations/graph" {
		return bar, nil
	}
	depth := ui.Filter{Name: "depth", Label: lang.T(ctx, "relation.graph.depth"), On: f.Depth != 1}
	for n := 1; n <= DepthMost; n++ {
		depth.Options = append(depth.Options, ui.Option{Value: strconv.Itoa(n), Text: lang.T(ctx, "relation.graph.steps", "count", n), Selected: n == f.Depth})
	}
	any := func(key string) []ui.Option { return []ui.Option{{Value: "", Text: lang.T(ctx, key), Selected: true}} }
	standing := ui.Filter{Name: "standing", Label: lang.T(ctx, "relation.map.standing"), On: f.Standing != "", Options: any("relation.map.any-standing")}
	for _, st := range Standings {
		standing.Options = append(standing.Options, ui.Option{Value: st.word(), Text: lang.T(ctx, "relation.standing."+st.word()), Selected: st.word() == f.Standing})
	}
	verdict := ui.Filter{Name: "verdict", Label: lang.T(ctx, "relation.measure.attainment"), On: f.Verdict != "", Options: any("relation.graph.any-verdict")}
	for _, one := range verdicts {
		verdict.Options = append(verdict.Options, ui.Option{Value: one, Text: lang.T(ctx, "relation.verdict."+one), Selected: one == f.Verdict})
	}
	bar.Filters = append(bar.Filters, depth, standing, verdict)
	offered, err := s.servicesOffered(ctx)
	if err != nil || len(offered) == 0 {
		return bar, err
	}
	service := ui.Filter{Name: "service", Label: lang.T(ctx, "relation.graph.service"), On: f.Service != "", Options: any("relation.graph.any-service")}
	for _, o := range offered {
		service.Options = append(service.Options, ui.Option{Value: o.Code, Text: o.Title.In(ctx), Selected: o.Code == f.Service})
	}
	bar.Filters = append(bar.Filters, service)
	return bar, nil
}

// Sizes of a graph, px.
const (
	boxWidth, boxHeight = 148.0, 44.0
	boxGap, layerGap    = 12.0, 104.0
	graphTop            = 28.0 // room for the heads of the layers
)

// picture is the drawing of a graph.
func (s *Service) picture(ctx context.Context, g Graph, title string) ui.PictureProps {
	p := ui.PictureProps{Title: title, Note: lang.T(ctx, "relation.graph.note", "period", periodName(ctx, g.Filter.Period), "level", lang.T(ctx, "relation.level."+g.Filter.Level), "day", lang.Date(ctx, s.db.Now())),
		Label: title, Keys: []ui.PictureKey{}}
	for _, k := range graphKeys(ctx) {
		p.Keys = append(p.Keys, ui.PictureKey{Class: k.Class, Text: k.Text})
	}
	rows, least := map[int]int{}, 0
	tallest := 1
	for _, b := range g.Boxes {
		rows[b.Layer] = max(rows[b.Layer], b.Row+1)
		tallest, least = max(tallest, rows[b.Layer]), min(least, b.Layer)
	}
	p.Width = float64(max(g.Layers, 1))*(boxWidth+layerGap) - layerGap + 2 // the lines around the boxes
	p.Height = graphTop + float64(tallest)*(boxHeight+boxGap) - boxGap + 2
	at := func(b Box) (x, y float64) {
		top := graphTop + float64(tallest-rows[b.Layer])*(boxHeight+boxGap)/2
		return 1 + float64(b.Layer-least)*(boxWidth+layerGap), top + float64(b.Row)*(boxHeight+boxGap)
	}
	most := int64(1)
	for _, t := range g.Ties[:g.Drawn] {
		most = max(most, t.Opened)
	}
	for _, t := range g.Ties[:g.Drawn] {
		x1, y1 := at(g.Boxes[t.ends[0]])
		x2, y2 := at(g.Boxes[t.ends[1]])
		p.Ties = append(p.Ties, ui.PictureTie{Path: ui.Curve(x1+boxWidth, y1+boxHeight/2, x2, y2+boxHeight/2), Class: tieClass(t), Width: 1.5 + 4.5*float64(t.Opened)/float64(most),
			Href: edgeHref(t.Provider.Code, t.Customer.Code, g.Filter.Period), Title: tieTitle(ctx, t)})
	}
	seen := map[int]bool{}
	for _, b := range g.Boxes {
		x, y := at(b)
		box := ui.PictureBox{X: x, Y: y, W: boxWidth, H: boxHeight, Text: b.Unit.Name.In(ctx), Short: b.Unit.Label(ctx),
			Href: graphAsking{Unit: b.Unit.Code, Level: besides(g.Filter.Level, org.Department), Period: g.Filter.Period.Code()}.href("/relations/graph")}
		if b.Layer == 0 {
			box.Class, box.Href = "is-focus", "/org/units/"+url.PathEscape(b.Unit.Code)
		}
		p.Boxes = append(p.Boxes, box)
		if !seen[b.Layer] {
			seen[b.Layer] = true
			p.Words = append(p.Words, ui.PictureWord{X: x + boxWidth/2, Y: 14, Anchor: "middle", Class: "is-head", Text: layerName(ctx, b.Layer)})
		}
	}
	return p
}

// besides is a word of an address, left out where it is the usual one.
func besides(word, usual string) string {
	if word == usual {
		return ""
	}
	return word
}

func layerName(ctx context.Context, layer int) string {
	switch {
	case layer == 0:
		return lang.T(ctx, "relation.graph.layer.self")
	case layer < 0:
		return lang.T(ctx, "relation.graph.layer.suppliers", "count", -layer)
	}
	return lang.T(ctx, "relation.graph.layer.customers", "count", layer)
}

// tieClass is the colour of a line: only a signal has one.
func tieClass(t Tie) string {
	if !t.Shown {
		return ""
	}
	return map[string]string{"meets": "is-good", "misses": "is-bad", "few": "is-few"}[verdict(t.InTime)]
}

// tieTitle is an edge in a sentence.
func tieTitle(ctx context.Context, t Tie) string {
	name := t.Provider.Name.In(ctx) + " → " + t.Customer.Name.In(ctx)
	if !t.Shown {
		return name + lang.T(ctx, "ui.colon") + lang.T(ctx, "relation.withheld")
	}
	return lang.T(ctx, "relation.graph.tie", "name", name, "count", t.Opened, "fact", factLine(ctx, t.InTime))
}

func graphKeys(ctx context.Context) []ui.PictureKey {
	return []ui.PictureKey{{Class: "is-bad", Text: lang.T(ctx, "relation.graph.key.misses")}, {Class: "is-good", Text: lang.T(ctx, "relation.graph.key.meets")},
		{Class: "", Text: lang.T(ctx, "relation.graph.key.undetermined")}, {Class: "is-few", Text: lang.T(ctx, "relation.graph.key.few")}}
}

// graphColumns are the headings of the file.
var graphColumns = []string{"provider", "provider_name", "customer", "customer_name", "drawn", "standing", "requests", "met", "breached", "attainment"}

// showGraphExport sends all edges of a graph as a table, those that are not drawn too.
func (s *Service) showGraphExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in graphAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	f, _, err := s.graphFilter(ctx, in)
	if err != nil {
		return err
	}
	g, err := s.Graph(ctx, f)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, in.Format, ui.FileTitle(lang.T(ctx, "relation.graph.of", "unit", g.Unit.Name.In(ctx))))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "relation.export.", graphColumns); err != nil {
		return err
	}
	for _, t := range g.Ties {
		row := rowOf(ctx, f.Period, time.UTC, t, org.Unit{}, in)
		cells := []any{t.Provider.Code, t.Provider.Name.In(ctx), t.Customer.Code, t.Customer.Name.In(ctx), lang.T(ctx, "relation.graph.drawn."+strconv.FormatBool(t.Drawn)), row.Standing}
		if t.Shown {
			cells = append(cells, t.Opened, t.Met, t.Breached)
			if t.InTime.N > 0 {
				cells = append(cells, t.InTime.Value())
			}
		} else {
			cells = append(cells, lang.T(ctx, "relation.withheld"))
		}
		if err := out.Row(cells...); err != nil {
			return err
		}
	}
	return out.Close()
}
