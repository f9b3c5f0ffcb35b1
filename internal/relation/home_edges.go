package relation

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// Delay is where the requests of an edge spend their time with others than the provider.
type Delay struct {
	Unit  org.ID  // the unit that holds them longest
	Share float64 // of the time from asking to delivery
	N     int64   // requests that it is about
	List  string  // they, as a page
}

// UseDelays fills the slot that says whom the requests of edges wait for, in a period; pairs that wait for nobody are left out. It is
// called outside transactions.
func (s *Service) UseDelays(f func(ctx context.Context, p Period, pairs [][2]org.Unit) (map[[2]org.ID]Delay, error)) {
	s.delays = f
}

// OpenNow is the open work of an edge at this moment.
type OpenNow struct {
	Open, Late             int
	HiddenOpen, HiddenLate int // of them, what the reader may not see
}

// UseOpenNow fills the slot of open work of the edges from and to a unit and what is below it, by the units of the requests.
func (s *Service) UseOpenNow(f func(ctx context.Context, unit org.ID) (map[[2]org.ID]OpenNow, error)) {
	s.openNow = f
}

// namedMost is how many edges a panel of the home page names; the tile beside it leads to all of them.
const namedMost = 5

// story is an edge that a panel names, with why.
type story struct {
	edgeLine
	Why   []string
	Waits string // the requests that wait for somebody else, as a page; "": there are none to speak of
}

// worst are the edges that certainly miss their target: where most cases were late first, which is a count and no ranking of shares.
func (m *Matrix) worst() []Cell {
	return m.named(InMisses, func(c *Cell) int64 { return c.InTime.N - c.InTime.Hits })
}

// named are the first edges in a state, by a count, the greatest first.
func (m *Matrix) named(state string, by func(*Cell) int64) []Cell {
	return m.most(func(c *Cell) bool { return m.in(*c, Attainment, state) }, by)
}

// most are the edges to name of those kept, by a count, the greatest first; of equal ones the first. The others are not copied: there are
// thousands.
func (m *Matrix) most(keep func(*Cell) bool, by func(*Cell) int64) []Cell {
	var best []*Cell
	for i := range m.Cells {
		c := &m.Cells[i]
		if !keep(c) || len(best) == namedMost && by(c) <= by(best[namedMost-1]) {
			continue
		}
		at := len(best)
		for at > 0 && by(best[at-1]) < by(c) {
			at--
		}
		best = slices.Insert(best, at, c)
		best = best[:min(len(best), namedMost)]
	}
	out := make([]Cell, len(best))
	for i, c := range best {
		out[i] = *c
	}
	return out
}

func cases(c *Cell) int64 { return c.InTime.N }

func (m *Matrix) storyOf(ctx context.Context, c Cell) story {
	provider, customer := m.Units[c.Provider], m.Units[c.Customer]
	return story{edgeLine: edgeLine{Provider: provider.Name.In(ctx), Customer: customer.Name.In(ctx), Href: edgeHref(provider.Code, customer.Code, m.Period),
		Shown: true, Share: true, Measure: c.InTime, Requests: c.Opened}}
}

// changed are the edges in a state of change, with how they changed.
func (m *Matrix) changed(ctx context.Context, state string) []story {
	var out []story
	for _, c := range m.named(state, cases) {
		x := m.storyOf(ctx, c)
		x.Why = []string{difference(ctx, c.InTime)}
		out = append(out, x)
	}
	return out
}

// reasons say why the worst edges are there, from counts and signals.
func (s *Service) reasons(ctx context.Context, m *Matrix) ([]story, error) {
	return once.Get(ctx, m, func() ([]story, error) { return s.reasonsOf(ctx, m) })
}

func (s *Service) reasonsOf(ctx context.Context, m *Matrix) ([]story, error) {
	cells := m.worst()
	pairs := make([][2]org.Unit, len(cells))
	for i, c := range cells {
		pairs[i] = [2]org.Unit{m.Units[c.Provider], m.Units[c.Customer]}
	}
	var waits map[[2]org.ID]Delay
	if s.delays != nil && len(pairs) > 0 {
		var err error
		if waits, err = s.delays(ctx, m.Period, pairs); err != nil {
			return nil, err
		}
	}
	tree := m.rollup.tree
	var out []story
	for i, c := range cells {
		x := m.storyOf(ctx, c)
		x.Why = append(x.Why, lang.T(ctx, "relation.why.late", "count", c.InTime.N-c.InTime.Hits, "n", c.InTime.N))
		switch c.InTime.Change {
		case InWorse:
			x.Why = append(x.Why, lang.T(ctx, "relation.why.worse", "before", percent1(Measure{Hits: c.InTime.WasHits, N: c.InTime.WasN}.Value())))
		case InBetter:
			x.Why = append(x.Why, lang.T(ctx, "relation.why.better", "before", percent1(Measure{Hits: c.InTime.WasHits, N: c.InTime.WasN}.Value())))
		}
		if verdict(c.Right) == "misses" {
			x.Why = append(x.Why, lang.T(ctx, "relation.why.wrong", "value", percent1(c.Right.Value()), "n", c.Right.N))
		}
		if d, known := waits[[2]org.ID{pairs[i][0].ID, pairs[i][1].ID}]; known {
			x.Why = append(x.Why, lang.T(ctx, "relation.why.waits", "share", lang.Percent(ctx, d.Share, 0), "unit", tree.Name(ctx, d.Unit), "n", d.N))
			x.Waits = d.List
		}
		out = append(out, x)
	}
	return out, nil
}

func (x story) text(ctx context.Context) string {
	return strings.Join(x.Why, lang.T(ctx, "relation.why.and"))
}

// companyView is the company in one minute.
type companyView struct {
	Title, Lead   string
	Own           Figures
	From          float64
	Worst         []story
	Better, Worse []story
	Wrong         []story // in time and not right
	Walls         []wallLine
}

// wallLine is a wall as a home page names it.
type wallLine struct{ Name, Href, Text string }

// wallsNamed is how many walls a home page names; the page of walls has all.
const wallsNamed = 3

// wallLines name the walls of the day, and whether units keep to themselves; none for who sees none.
func (s *Service) wallLines(ctx context.Context) ([]wallLine, error) {
	x, err := s.Walls(ctx, org.Department)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []wallLine
	for _, w := range x.firstWalls() {
		kinds := make([]string, len(w.Kinds))
		for i, k := range w.Kinds {
			kinds[i] = lang.T(ctx, "relation.walls.kind."+k)
		}
		out = append(out, wallLine{Name: x.Units[w.A].Name.In(ctx) + " ⇌ " + x.Units[w.B].Name.In(ctx), Href: x.between(w.A, w.B),
			Text: strings.Join(kinds, lang.T(ctx, "ui.comma")) + lang.T(ctx, "relation.why.and") + lang.T(ctx, "relation.home.wall-of", "count", w.Cases, "expected", lang.Number(ctx, w.Expected, 1))})
	}
	if x.Company == nil {
		return out, nil
	}
	for _, i := range x.Company.Insular {
		if i.Says() == "closed" {
			out = append(out, wallLine{Name: lang.T(ctx, "relation.walls.insular"), Href: "/relations/walls",
				Text: lang.T(ctx, "relation.home.insular", "group", lang.T(ctx, "relation.walls.by."+i.Group), "index", lang.Number(ctx, i.EI, 2), "expected", lang.Number(ctx, i.Expected, 2))})
		}
	}
	return out, nil
}

// firstWalls are those that a home page names: where nothing goes although the map says so first, then the others.
func (w *Walls) firstWalls() []Wall {
	list := slices.Clone(w.Walls)
	sorting.Stable(list, func(a, b Wall) int { return cmp.Compare(w.silence(b), w.silence(a)) })
	return list[:min(len(list), wallsNamed)]
}

// silence says that the map has a relation between the two over which nothing goes.
func (w *Walls) silence(x Wall) int {
	for _, e := range []*WallEdge{x.There, x.Back} {
		if e != nil && e.Mapped && x.Cases == 0 {
			return 1
		}
	}
	return 0
}

func (s *Service) companyPanel(ctx context.Context) (templ.Component, error) {
	if !executive(actor.From(ctx)) {
		return nil, nil
	}
	v, err := s.companyView(ctx)
	if err != nil {
		return nil, err
	}
	return companyPanel(v), nil
}

// companyView judges what the reader may see of the company.
func (s *Service) companyView(ctx context.Context) (companyView, error) {
	m, err := s.homeMatrix(ctx)
	if err != nil {
		return companyView{}, err
	}
	return s.viewOf(ctx, m)
}

// viewOf judges a compared matrix.
func (s *Service) viewOf(ctx context.Context, m *Matrix) (v companyView, err error) {
	c := s.census(m, query{Measure: Attainment})
	v = companyView{Title: finding(ctx, c, Attainment), Lead: lead(ctx, c, query{Measure: Attainment, Period: m.Period})}
	if v.Own, err = s.whole(ctx, m); err != nil {
		return v, err
	}
	v.From = scale(v.Own.InTime, v.Own.Right)
	if v.Worst, err = s.reasons(ctx, m); err != nil {
		return v, err
	}
	v.Worse, v.Better = m.changed(ctx, InWorse), m.changed(ctx, InBetter)
	if v.Walls, err = s.wallLines(ctx); err != nil {
		return v, err
	}
	for _, c := range m.wrong() {
		x := m.storyOf(ctx, c)
		x.Measure = c.Right
		x.Why = []string{lang.T(ctx, "relation.why.not-right", "count", c.Right.N-c.Right.Hits, "n", c.Right.N)}
		v.Wrong = append(v.Wrong, x)
	}
	return v, nil
}

// wrong are the edges that certainly miss right first time and do not certainly miss being in time: fast, but wrong.
func (m *Matrix) wrong() []Cell {
	return m.most(func(c *Cell) bool { return c.Shown && verdict(c.Right) == "misses" && verdict(c.InTime) != "misses" }, func(c *Cell) int64 { return c.Right.N - c.Right.Hits })
}

// whole adds up all edges that are shown, against what is agreed for the unit above all, and compares with the period before.
func (s *Service) whole(ctx context.Context, m *Matrix) (Figures, error) {
	target, err := s.agreed(ctx)
	if err != nil {
		return Figures{}, err
	}
	var sum Delta
	var was [2]Measure
	for _, c := range m.Cells {
		if !c.Shown {
			continue
		}
		sum = sum.Plus(c.Delta)
		was[0].Hits, was[0].N = was[0].Hits+c.before.Met, was[0].N+c.before.Met+c.before.Breached
		was[1].Hits, was[1].N = was[1].Hits+c.before.RightFirst, was[1].N+c.before.Accepted
	}
	top := org.ID(0)
	for _, u := range m.rollup.tree.All() {
		if u.Parent == 0 {
			top = u.ID
			break
		}
	}
	f := figures(sum, target(top, top))
	f.InTime, f.Right = f.InTime.compared(was[0]), f.Right.compared(was[1])
	return f, nil
}

func (s *Service) worsePanel(ctx context.Context) (templ.Component, error) {
	if !office(actor.From(ctx)) {
		return nil, nil
	}
	m, err := s.homeMatrix(ctx)
	if err != nil {
		return nil, err
	}
	worse := m.changed(ctx, InWorse)
	worst, err := s.reasons(ctx, m)
	if err != nil {
		return nil, err
	}
	walls, err := s.wallLines(ctx)
	if err != nil || len(worse)+len(worst)+len(walls) == 0 || executive(actor.From(ctx)) { // executives have read it above
		return nil, err
	}
	return worsePanel(companyView{Worse: worse, Worst: worst, Walls: walls, Better: m.changed(ctx, InBetter)}), nil
}

// neighbour is a unit that the reader's unit serves, or that serves it.
type neighbour struct {
	Name, Href         string
	InTime, Right      Measure
	Open, Late         string
	OpenHref, LateHref string
	order              int64
}

// unitView is the relations of a unit, both directions.
type unitView struct {
	homeView
	Customers, Suppliers         []neighbour
	MoreCustomers, MoreSuppliers int
	AllCustomers, AllSuppliers   string // where all of them are listed
}

// neighbours is how many units each side of the panel names; the list has all.
const neighbours = 8

func (s *Service) unitPanel(ctx context.Context, tree *org.Tree, unit org.Unit) (templ.Component, error) {
	m, err := s.unitMatrix(ctx, tree, unit.ID)
	if err != nil {
		return nil, err
	}
	target, err := s.agreed(ctx)
	if err != nil {
		return nil, err
	}
	open := map[[2]org.ID]OpenNow{}
	if s.openNow != nil {
		now, err := s.openNow(ctx, unit.ID)
		if err != nil {
			return nil, err
		}
		for pair, n := range now { // teams are their departments here
			key := [2]org.ID{tree.At(org.Department, pair[0]), tree.At(org.Department, pair[1])}
			open[key] = open[key].plus(n)
		}
	}
	v := unitView{homeView: homeView{Unit: unit, Period: m.Period}}
	var sum Delta
	for _, c := range m.Cells {
		provider, customer := m.Units[c.Provider], m.Units[c.Customer]
		if !c.Shown || provider.ID != unit.ID && customer.ID != unit.ID {
			continue
		}
		if provider.ID == unit.ID {
			sum = sum.Plus(c.Delta)
		}
		if provider.ID == customer.ID {
			continue
		}
		n := neighbour{InTime: c.InTime, Right: c.Right, Href: edgeHref(provider.Code, customer.Code, m.Period), order: c.InTime.N}
		if verdict(c.InTime) == "misses" {
			n.order += 1 << 40
		}
		n.open(ctx, open[[2]org.ID{provider.ID, customer.ID}], provider, customer)
		if provider.ID == unit.ID {
			n.Name = customer.Name.In(ctx)
			v.Customers = append(v.Customers, n)
		} else {
			n.Name = provider.Name.In(ctx)
			v.Suppliers = append(v.Suppliers, n)
		}
	}
	if len(v.Customers)+len(v.Suppliers) == 0 {
		return nil, nil
	}
	v.Customers, v.MoreCustomers = firstOf(v.Customers)
	v.Suppliers, v.MoreSuppliers = firstOf(v.Suppliers)
	v.AllCustomers = "/relations?view=list&provider=" + url.QueryEscape(unit.Code)
	v.AllSuppliers = "/relations?view=list&customer=" + url.QueryEscape(unit.Code)
	v.Own = figures(sum, target(unit.ID, 0))
	v.From = scale(v.Own.InTime, v.Own.Right)
	return unitPanel(v), nil
}

func firstOf(list []neighbour) ([]neighbour, int) {
	sorting.Stable(list, func(a, b neighbour) int { return cmp.Compare(b.order, a.order) })
	n := min(len(list), neighbours)
	return list[:n], len(list) - n
}

func (n OpenNow) plus(o OpenNow) OpenNow {
	return OpenNow{n.Open + o.Open, n.Late + o.Late, n.HiddenOpen + o.HiddenOpen, n.HiddenLate + o.HiddenLate}
}

// open writes the counts of open work, with the lists of what the reader may see of it.
func (n *neighbour) open(ctx context.Context, now OpenNow, provider, customer org.Unit) {
	text := func(all, hidden int) string {
		if hidden == 0 {
			return strconv.Itoa(all)
		}
		return lang.T(ctx, "relation.home.hidden", "shown", all-hidden, "hidden", hidden)
	}
	n.Open, n.Late = text(now.Open, now.HiddenOpen), text(now.Late, now.HiddenLate)
	q := url.Values{"provider": {provider.Code}, "below": {"true"}, "customer": {customer.Code}, "state": {"open"}}
	q.Set("view", "all")
	n.OpenHref = "/requests?" + q.Encode()
	q.Set("due", "overdue")
	n.LateHref = "/requests?" + q.Encode()
}

// trend is the word about how a share has changed, with which tone.
func trend(ctx context.Context, m Measure) (ui.TagProps, bool) {
	switch m.Change {
	case InWorse:
		return ui.TagProps{Text: lang.T(ctx, "relation.in.worse"), Icon: "trending-down", Tone: "bad"}, true
	case InBetter:
		return ui.TagProps{Text: lang.T(ctx, "relation.in.better"), Icon: "trending-up", Tone: "good"}, true
	}
	return ui.TagProps{}, false
}
