package relation

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// wallRoutes are the pages about what keeps units apart.
func (s *Service) wallRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /relations/walls", Action: "relation.walls", Do: s.showWalls},
		{Pattern: "GET /relations/walls/edges", Action: "relation.walls", Do: s.showWallEdges},
		{Pattern: "GET /relations/walls/export", Action: "relation.walls", Do: s.showWallsExport},
	}
}

// wallRows is how many lines each list shows at most; the table that is exported has all edges.
const wallRows = 50

// bridgeRows is how many of the units on which others hang are named.
const bridgeRows = 8

type wallsView struct {
	Lead, Small string
	Filter      ui.FilterProps
	Walls       []wallRow
	Quiet       []wallRow
	Loaded      []wallRow
	More        [3]int // what each list leaves out
	Company     bool
	Stats       []ui.Pair
	Insular     []insularRow
	Bridges     []wallRow
	Pillars     []wallRow
	XLSX, CSV   string
}

// wallRow is a line of a list: what it is about, and what is said of it.
type wallRow struct {
	Name, Href string
	Tags       []string
	Cells      []linked
}

type linked struct{ Text, Href, Note string }

type insularRow struct {
	Group, Index, Expected, Chance, Says string
	Ties                                 [2]linked
}

func (s *Service) showWalls(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	level := r.URL.Query().Get("level")
	if !validLevel(level) {
		level = org.Department
	}
	x, err := s.Walls(ctx, level)
	if err != nil {
		return err
	}
	v := s.wallsView(ctx, x)
	return web.Show(w, r, http.StatusOK, wallsPage(v), wallsContent(v))
}

func (s *Service) wallsView(ctx context.Context, x *Walls) wallsView {
	v := wallsView{Lead: lang.T(ctx, "relation.walls.lead", "count", len(x.Walls), "from", dayText(x.Period.From), "to", dayText(x.Period.To)), Company: x.Company != nil}
	if x.Small > 0 {
		v.Small = lang.T(ctx, "relation.walls.small", "count", x.Small, "least", GroupLeast)
	}
	level := ui.Filter{Name: "level", Label: lang.T(ctx, "relation.filter.level"), On: x.Level != org.Department}
	for _, l := range levels {
		level.Options = append(level.Options, ui.Option{Value: l, Text: lang.T(ctx, "relation.level."+l), Selected: l == x.Level})
	}
	v.Filter = ui.FilterProps{Action: "/relations/walls", Filters: []ui.Filter{level}, Hidden: map[string]string{}, Target: "walls"}
	q := url.Values{"level": {x.Level}, "format": {"xlsx"}}
	v.XLSX = "/relations/walls/export?" + q.Encode()
	q.Set("format", "csv")
	v.CSV = "/relations/walls/export?" + q.Encode()
	zone := s.org.Company(ctx).Location()
	for _, one := range x.Walls {
		v.Walls = append(v.Walls, x.wallRow(ctx, one, zone))
	}
	for _, one := range x.Quiet {
		v.Quiet = append(v.Quiet, wallRow{Name: x.name(ctx, one.Provider, one.Customer), Href: x.href(one.Provider, one.Customer),
			Cells: []linked{{Text: lang.T(ctx, "relation.walls.a-month", "count", lang.Number(ctx, one.Usual, 1)), Href: x.between(one.Provider, one.Customer)}, {Text: chance(ctx, one.Chance)}}})
	}
	for _, one := range x.Loaded {
		weeks := lang.T(ctx, "relation.walls.never")
		if !math.IsInf(one.Weeks(), 1) {
			weeks = lang.T(ctx, "relation.walls.weeks", "count", lang.Number(ctx, one.Weeks(), 1))
		}
		v.Loaded = append(v.Loaded, wallRow{Name: x.name(ctx, one.Provider, one.Customer), Href: x.href(one.Provider, one.Customer),
			Cells: []linked{{Text: count(one.Open), Href: x.between(one.Provider, one.Customer)}, {Text: lang.Number(ctx, one.PerWeek, 1)}, {Text: weeks}}})
	}
	for i, list := range []*[]wallRow{&v.Walls, &v.Quiet, &v.Loaded} {
		if v.More[i] = max(len(*list)-wallRows, 0); v.More[i] > 0 {
			*list = (*list)[:wallRows]
		}
	}
	if v.Company {
		x.company(ctx, &v)
	}
	return v
}

func openHref(provider, customer string) string {
	return "/requests?" + url.Values{"view": {"all"}, "provider": {provider}, "below": {"true"}, "customer": {customer}, "state": {"open"}}.Encode()
}

// between is the list of what goes between two units.
func (x *Walls) between(a, b int) string {
	return WallFilter{Level: x.Level, A: x.Units[a].Code, B: x.Units[b].Code}.href()
}

func (x *Walls) name(ctx context.Context, p, c int) string {
	return x.Units[p].Name.In(ctx) + " → " + x.Units[c].Name.In(ctx)
}

func (x *Walls) href(p, c int) string { return edgeHref(x.Units[p].Code, x.Units[c].Code, Period{}) }

// wallRow says what is between two units: how much goes over it, and how it goes in either direction.
func (x *Walls) wallRow(ctx context.Context, w Wall, zone *time.Location) wallRow {
	r := wallRow{Name: x.Units[w.A].Name.In(ctx) + " ⇌ " + x.Units[w.B].Name.In(ctx), Href: x.href(w.A, w.B)}
	for _, k := range w.Kinds {
		r.Tags = append(r.Tags, lang.T(ctx, "relation.walls.kind."+k))
	}
	r.Cells = append(r.Cells, linked{Text: lang.Number(ctx, w.Cases), Href: x.between(w.A, w.B), Note: lang.T(ctx, "relation.walls.expected", "count", lang.Number(ctx, w.Expected, 1))})
	for _, e := range []*WallEdge{w.There, w.Back} {
		if e == nil {
			r.Cells = append(r.Cells, linked{Text: "–"})
			continue
		}
		provider, customer := x.Units[e.Provider], x.Units[e.Customer]
		c := linked{Text: ratio(e.InTime), Note: lang.T(ctx, "relation.walls.direction", "unit", provider.Name.In(ctx))}
		if e.InTime.N > 0 && x.exact(e.Provider, e.Customer) {
			c.Href = casesHref(provider.Code, customer.Code, "", x.Period, zone)
		}
		if n := e.ResponseMet + e.ResponseBreached; n > 0 {
			c.Note += lang.T(ctx, "ui.comma") + lang.T(ctx, "relation.walls.answered", "met", e.ResponseMet, "n", n)
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

// chance is a probability as a page says it.
func chance(ctx context.Context, p float64) string {
	if p < 0.0005 {
		return lang.T(ctx, "relation.walls.hardly")
	}
	return lang.Percent(ctx, p, 1)
}

// company adds what is said of the network as a whole.
func (x *Walls) company(ctx context.Context, v *wallsView) {
	c := x.Company
	share := func(p float64) string {
		if math.IsNaN(p) {
			return "–"
		}
		return lang.Percent(ctx, p, 0)
	}
	ties := WallFilter{Level: x.Level, Of: TiesOnly}.href()
	v.Stats = []ui.Pair{
		{Term: lang.T(ctx, "relation.walls.ties"), Text: lang.Number(ctx, c.Arcs), Href: ties},
		{Term: lang.T(ctx, "relation.walls.reciprocity"), Text: share(c.Reciprocity), Href: WallFilter{Level: x.Level, Of: MutualOnly}.href()},
		{Term: lang.T(ctx, "relation.walls.density"), Text: share(c.Density), Href: ties},
	}
	for _, i := range c.Insular {
		row := insularRow{Group: lang.T(ctx, "relation.walls.by."+i.Group), Ties: [2]linked{
			{Text: lang.T(ctx, "relation.walls.ties-across", "count", i.External), Href: WallFilter{Level: x.Level, Of: AcrossOnly, Group: i.Group}.href()},
			{Text: lang.T(ctx, "relation.walls.ties-within", "count", i.Internal), Href: WallFilter{Level: x.Level, Of: WithinOnly, Group: i.Group}.href()}}, Index: "–",
			Expected: lang.Number(ctx, i.Expected, 2), Says: lang.T(ctx, "relation.walls.says."+i.Says())}
		if !math.IsNaN(i.EI) {
			row.Index = lang.Number(ctx, i.EI, 2)
		} else {
			row.Says = lang.T(ctx, "relation.walls.says.cannot_tell")
		}
		row.Chance = lang.T(ctx, "relation.walls.chances", "low", chance(ctx, i.Low), "high", chance(ctx, i.High))
		v.Insular = append(v.Insular, row)
	}
	unit := func(i int) (string, string) {
		u := x.Units[i]
		return u.Name.In(ctx), graphAsking{Unit: u.Code, Level: besides(x.Level, org.Department)}.href("/relations/graph")
	}
	for _, b := range c.Bridges[:min(len(c.Bridges), bridgeRows)] {
		name, href := unit(b.Unit)
		v.Bridges = append(v.Bridges, wallRow{Name: name, Href: href, Cells: []linked{{Text: lang.Percent(ctx, b.Share, 1)}}})
	}
	for _, p := range c.Pillars {
		if len(v.Pillars) == bridgeRows || p.Reach == 0 {
			break
		}
		name, href := unit(p.Unit)
		row := wallRow{Name: name, Href: href, Cells: []linked{{Text: lang.Number(ctx, p.Reach, 1)}}}
		for i, u := range p.Sole {
			if i > 0 {
				row.Cells[0].Note += lang.T(ctx, "ui.comma")
			}
			row.Cells[0].Note += x.Units[u].Name.In(ctx)
		}
		v.Pillars = append(v.Pillars, row)
	}
}

// wallColumns are the headings of the file.
var wallColumns = []string{"provider", "provider_name", "customer", "customer_name", "requests", "met", "breached", "open", "per_week", "usual", "mapped", "both_ways"}

// showWallsExport sends the edges of the network, as far as the reader sees them: what all figures are made of.
func (s *Service) showWallsExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	level := r.URL.Query().Get("level")
	if !validLevel(level) {
		level = org.Department
	}
	x, err := s.Walls(ctx, level)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "relation.walls.title"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "relation.export.", wallColumns); err != nil {
		return err
	}
	tied := map[[2]int]bool{}
	for _, e := range x.Edges {
		tied[[2]int{e.Provider, e.Customer}] = e.Opened >= tieLeast
	}
	word := func(yes bool) string {
		if yes {
			return lang.T(ctx, "relation.walls.yes")
		}
		return ""
	}
	for _, e := range x.Edges {
		p, c := x.Units[e.Provider], x.Units[e.Customer]
		if err := out.Row(p.Code, p.Name.In(ctx), c.Code, c.Name.In(ctx), e.Opened, e.Met, e.Breached, e.Open, e.PerWeek, e.Usual, word(e.Mapped),
			word(tied[[2]int{e.Provider, e.Customer}] && tied[[2]int{e.Customer, e.Provider}])); err != nil {
			return err
		}
	}
	return out.Close()
}

// listed is how many lines a list has, and how many it leaves out.
func listed(ctx context.Context, n, more int) string {
	if more > 0 {
		return lang.T(ctx, "relation.walls.first", "shown", n, "count", n+more)
	}
	return count(int64(n))
}

func wallHeads(ctx context.Context, columns []string) []ui.Column {
	out := []ui.Column{{Label: lang.T(ctx, "relation.walls.who")}}
	for _, c := range columns {
		out = append(out, ui.Column{Label: c, Numeric: true})
	}
	return out
}
