package insight

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// costs are all sums of the last months, read again when some were counted again. They are not changed once they are read.
type costs struct {
	least   int       // people that a number is about at least
	read    time.Time // when it was last seen that nothing is newer
	counted map[month]time.Time
	said    []said
	seconds map[string]int
	asked   map[ID]map[month]map[string]asked
	raised  map[month][]request.Raised
	steps   map[month][]step
}

// costs are the sums as they were counted last.
func (s *Service) costs(ctx context.Context) (*costs, error) {
	s.adding.Lock()
	defer s.adding.Unlock()
	now := s.db.Now()
	old := s.sums
	if old != nil && now.Sub(old.read) >= 0 && now.Sub(old.read) < fresh {
		return old, nil
	}
	this := monthOf(now.In(s.rooms.Org.Company(ctx).Location()))
	tree, err := s.rooms.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	least, err := s.rooms.Disclose.Least(ctx)
	if err != nil {
		return nil, err
	}
	c := &costs{least: least, read: now}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if c.counted, err = countedMonths(ctx, rd); err != nil {
			return err
		}
		if c.said, err = assumptions(ctx, rd); err != nil {
			return err
		}
		if c.seconds, err = s.assumed(ctx, rd); err != nil {
			return err
		}
		if old != nil && old.least == least && maps.EqualFunc(old.counted, c.counted, time.Time.Equal) {
			c.asked, c.raised, c.steps = old.asked, old.raised, old.steps
			return nil
		}
		if err := c.load(ctx, rd, this.back(monthsBack)); err != nil {
			return err
		}
		c.hide(tree)
		return nil
	})
	if err == nil {
		s.sums = c
	}
	return c, err
}

// forget lets the sums be looked at again.
func (s *Service) forget() {
	s.adding.Lock()
	s.sums = nil
	s.adding.Unlock()
}

// hide marks what is about few people, from the top down: of each role and each act what a unit shows must not give away another
// beside it.
func (c *costs) hide(tree *org.Tree) {
	below := map[ID][]ID{}
	top := map[ID]bool{}
	for _, u := range tree.All() {
		below[u.Parent] = append(below[u.Parent], u.ID)
		_, ok := tree.ByID(u.Parent)
		top[u.ID] = !ok
	}
	for _, u := range tree.All() { // units stand before what is below them
		for m, rows := range c.asked[u.ID] {
			for what, a := range rows {
				if top[u.ID] {
					a.mark = aboutPeople(a.people, c.least).mark
					rows[what] = a
				}
				c.hideBelow(below[u.ID], m, what, a)
			}
		}
	}
}

// hideBelow marks one figure of the units below one.
func (c *costs) hideBelow(units []ID, m month, what string, of asked) {
	var cells []*cell
	var at []ID
	left := of.people
	for _, id := range units {
		if a, ok := c.asked[id][m][what]; ok {
			at, cells = append(at, id), append(cells, aboutPeople(a.people, c.least))
			left -= a.people
		}
	}
	veil(of.mark, append(slices.Clone(cells), aboutPeople(max(0, left), c.least)), c.least)
	for i, id := range at {
		a := c.asked[id][m][what]
		a.mark = cells[i].mark
		c.asked[id][m][what] = a
	}
}

func (c *costs) load(ctx context.Context, rd sqldb.Reader, since month) error {
	c.asked, c.raised, c.steps = map[ID]map[month]map[string]asked{}, map[month][]request.Raised{}, map[month][]step{}
	err := askedSince(ctx, rd, since, func(m month, a asked) {
		if c.asked[a.unit] == nil {
			c.asked[a.unit] = map[month]map[string]asked{}
		}
		if c.asked[a.unit][m] == nil {
			c.asked[a.unit][m] = map[string]asked{}
		}
		c.asked[a.unit][m][a.what] = a
	})
	if err != nil {
		return err
	}
	if err := raisedSince(ctx, rd, since, func(m month, r request.Raised) { c.raised[m] = append(c.raised[m], r) }); err != nil {
		return err
	}
	return stepsSince(ctx, rd, since, func(m month, y step) { c.steps[m] = append(c.steps[m], y) })
}

// price is what an act takes in a month: measured where it is.
func (s *Service) price(c *costs, m month, a Act) (seconds int, measured int) {
	if a.Measured {
		var list []taken
		for _, r := range c.raised[m] {
			if r.Took >= 0 {
				list = append(list, taken{r.Took, r.N})
			}
		}
		if l := last(list); l.N >= enoughForms {
			return l.Sum / l.N, l.N
		}
	}
	return c.seconds[actKey(a.Code)], 0
}

// asking is one line of what was asked: an act, or a role.
type asking struct {
	Code     string
	Act      Act
	Role     Role
	N        int
	People   int
	Each     int // seconds
	Measured int // of how many it is known; 0: assumed
	Seconds  int
	Median   int // seconds of a person; -1: not shown
	Tenth    int
	Budget   int // seconds a person a month; 0: none
	Mark     mark
}

// over says whether more was asked than the budget has, of the person in the middle.
func (a asking) over() bool { return a.Budget > 0 && a.Median > a.Budget }

// monthly is a month of the unit.
type monthly struct {
	Month   month
	N       int
	Seconds int
	Median  int
	Mark    mark
	Running bool
	Known   bool
}

// tally is what was asked in one month of a unit.
type tally struct {
	Total asking
	Roles []asking
	Acts  []asking
}

// tallyOf sums up; what is about few people is marked, and what would give it away. The total is that of the roles that are shown, so
// that nothing can be taken away from it.
func (s *Service) tallyOf(c *costs, unit ID, m month) tally {
	rows := c.asked[unit][m]
	all := rows[""]
	out := tally{Total: asking{People: all.people, Median: -1, Tenth: -1, Mark: all.mark}}
	if all.people > 0 {
		out.Total.Median, out.Total.Tenth = c.figures(all)
	}
	shown := 0
	for _, role := range Roles {
		a, ok := rows[roleKey(role)]
		line := asking{Code: string(role), Role: role, Median: -1, Tenth: -1, Budget: s.monthBudget(c, role), N: a.n, People: a.people, Mark: a.mark}
		if ok {
			line.Median, line.Tenth = c.figures(a)
		}
		acts := s.actsOf(c, rows, m, role, a.mark)
		for _, x := range acts {
			line.Seconds += x.Seconds
		}
		if line.N > 0 {
			line.Each = line.Seconds / line.N
		}
		if role != Office && line.Mark == open {
			out.Total.N, out.Total.Seconds, shown = out.Total.N+line.N, out.Total.Seconds+line.Seconds, shown+line.N
		}
		out.Roles, out.Acts = append(out.Roles, line), append(out.Acts, acts...)
	}
	if all.n > 0 && shown == 0 && out.Total.Mark == open { // only roles of few
		out.Total.Mark = withheld
	}
	return out
}

// actsOf are the acts of a role; what is hidden above it, or about few people, is not shown.
func (s *Service) actsOf(c *costs, rows map[string]asked, m month, role Role, of mark) (out []asking) {
	var cells []*cell
	for _, act := range s.acts {
		a, ok := rows[act.Code]
		if act.Role != role || !ok {
			continue
		}
		x := asking{Code: act.Code, Act: act, Role: role, N: a.n, People: a.people}
		x.Median, x.Tenth = c.figures(a)
		x.Each, x.Measured = s.price(c, m, act)
		x.Seconds = x.N * x.Each
		cell := aboutPeople(a.people, c.least)
		if of != open && cell.mark == open {
			cell.mark = withheld
		} else if a.mark != open {
			cell.mark = a.mark
		}
		out, cells = append(out, x), append(cells, cell)
	}
	veil(of, cells, c.least)
	for i, y := range cells {
		out[i].Mark = y.mark
	}
	return out
}

// aboutPeople is a number that so many people made, where least are needed.
func aboutPeople(n, least int) *cell { return &cell{x: n, rest: n, mark: first(n, 2*n, least)} }

// figures are the two of a unit's people, as far as so many of them are shown.
func (c *costs) figures(a asked) (median, tenth int) {
	median, tenth = -1, -1
	if enough(a.people, half, c.least) {
		median = a.median
	}
	if enough(a.people, tenthAbove, c.least) {
		tenth = a.tenth
	}
	return median, tenth
}

// monthBudget is what a month may ask of one person in a role.
func (s *Service) monthBudget(c *costs, role Role) int {
	switch role {
	case Customer:
		return quarterly(c.seconds[budgetCustomer])
	case Head:
		return quarterly(c.seconds[budgetHead])
	}
	return 0
}

// year are the months until one, the newest first.
func (s *Service) year(c *costs, unit ID, until, running month) (out []monthly) {
	for ago := range monthsBack + 1 {
		m := until.back(ago)
		_, known := c.counted[m]
		x := monthly{Month: m, Running: m == running, Known: known, Median: -1}
		if known {
			t := s.tallyOf(c, unit, m)
			x.N, x.Seconds, x.Mark, x.Median = t.Total.N, t.Total.Seconds, t.Total.Mark, t.Total.Median
		}
		out = append(out, x)
	}
	return out
}

// raising is how a service's requests were raised in three months.
type raising struct {
	Service  *catalog.Service
	ID       ID
	Lasting  lasting
	Left     int
	Without  int // by hand, and not measured
	Program  int
	Import   int
	People   int // who raised them by hand
	Least    int // people that times are about at least
	Verdict  string
	Excess   int // seconds above the budget, of all that were raised by hand
	Requests int // by hand
}

// shown says whether the times may be shown: people enough.
func (r raising) shown() bool { return r.People >= r.Least }

// recent is how many months the figures about services add up.
const recent = 3

// raisings are the services of units, those that take most above the budget first.
func (s *Service) raisings(c *costs, services *catalog.Snapshot, unit ID, until month, of func(provider ID) bool) (out []raising, all raising) {
	at := map[ID]*raising{}
	all.Least = c.least
	lists := map[ID]map[int]int{}
	total := map[int]int{}
	var order []ID
	for ago := range recent {
		m := until.back(ago)
		for _, r := range c.raised[m] {
			if !of(r.Provider) {
				continue
			}
			x := at[r.Service]
			if x == nil {
				x = &raising{ID: r.Service, Least: c.least}
				x.Service, _ = services.ByID(r.Service)
				at[r.Service], lists[r.Service], order = x, map[int]int{}, append(order, r.Service)
			}
			for _, y := range []*raising{x, &all} {
				y.count(r)
			}
			if r.Took >= 0 {
				lists[r.Service][r.Took] += r.N
				total[r.Took] += r.N
			}
		}
	}
	for _, y := range c.steps[until] {
		if x := at[y.service]; x != nil && y.name == peopleStep {
			x.People = y.hits
		}
	}
	all.People = c.asked[unit][until][raisedOf].people
	budget := c.seconds[budgetRaise]
	for _, id := range order {
		x := at[id]
		x.judge(lists[id], budget)
		if x.Service != nil {
			out = append(out, *x)
		}
	}
	all.judge(total, budget)
	sorting.Stable(out, func(a, b raising) int { return b.Excess - a.Excess })
	return out, all
}

func (x *raising) count(r request.Raised) {
	switch r.Way {
	case request.WayProgram:
		x.Program += r.N
		return
	case request.WayImport:
		x.Import += r.N
		return
	}
	x.Requests += r.N
	switch r.Took {
	case request.FormLeft:
		x.Left += r.N
	case request.NotMeasured:
		x.Without += r.N
	}
}

func (x *raising) judge(list map[int]int, budget int) {
	var sorted []taken
	for _, seconds := range slices.Sorted(maps.Keys(list)) {
		sorted = append(sorted, taken{seconds, list[seconds]})
	}
	x.Lasting = last(sorted)
	x.Verdict = x.Lasting.verdict(budget)
	if x.Lasting.N > 0 {
		x.Excess = max(0, x.Lasting.Sum/x.Lasting.N-budget) * x.Requests
	}
}

// hint is something that could be dropped, and what that saves a month.
type hint struct {
	Kind    string
	Service *catalog.Service
	Field   string // label key of a field: its code
	Label   string
	Hits, N int
	Median  int
	Saves   int // seconds a month
}

// hints are what could be simpler, what saves most first.
func (s *Service) hints(ctx context.Context, c *costs, until month, list []raising) (out []hint) {
	type key struct {
		service ID
		step    string
	}
	hits, all := map[key]int{}, map[key]int{}
	for ago := range recent {
		for _, y := range c.steps[until.back(ago)] {
			k := key{y.service, y.name}
			hits[k], all[k] = hits[k]+y.hits, all[k]+y.n
		}
	}
	price := func(code string) int { return c.seconds[actKey(code)] }
	for _, r := range list {
		if !r.shown() {
			continue
		}
		if r.Verdict == "misses" {
			out = append(out, hint{Kind: hintForm, Service: r.Service, N: r.Lasting.N, Median: r.Lasting.Median, Saves: r.Excess / recent})
		}
		forms := hits[key{r.ID, fieldStep}]
		for _, f := range r.Service.Form.Fields {
			if n := hits[key{r.ID, fieldStep + f.Key}]; !f.Required && f.VisibleIf == nil && f.RequiredIf == nil && rare(n, forms, rarely) {
				out = append(out, hint{Kind: hintField, Service: r.Service, Field: f.Key, Label: f.Label.In(ctx), Hits: n, N: forms, Saves: forms * fieldSeconds / recent})
			}
		}
		if k := (key{r.ID, "returned"}); rare(hits[k], all[k], always) {
			out = append(out, hint{Kind: hintAccept, Service: r.Service, Hits: all[k] - hits[k], N: all[k], Saves: all[k] * price(acceptAct) / recent})
		}
		if k := (key{r.ID, "nudged"}); frequent(hits[k], all[k], oftener) {
			out = append(out, hint{Kind: hintUrge, Service: r.Service, Hits: hits[k], N: all[k], Saves: hits[k] * price(urgeAct) / recent})
		}
	}
	sorting.Stable(out, func(a, b hint) int { return b.Saves - a.Saves })
	return out[:min(len(out), mostHints)]
}

const (
	// fieldSeconds is what a field costs who passes it over: read, and decided not to answer.
	fieldSeconds = 2
	// mostHints is how many are worth reading at once.
	mostHints = 10
	acceptAct = "accept"
	urgeAct   = "urge"
)

// branch is a unit below, in a month.
type branch struct {
	Unit    org.Unit
	N       int
	Seconds int
	People  int
	Median  int
	Mark    mark
}

// branches are the units below.
func (s *Service) branches(c *costs, tree *org.Tree, unit ID, m month) (out []branch) {
	for _, k := range tree.Children(unit) {
		if _, ok := c.asked[k.ID][m][""]; ok {
			t := s.tallyOf(c, k.ID, m).Total
			out = append(out, branch{Unit: k, N: t.N, Seconds: t.Seconds, People: t.People, Median: t.Median, Mark: t.Mark})
		}
	}
	return out
}

// minutes writes seconds as minutes, with a tenth below ten.
func minutes(seconds int) string {
	if seconds < 600 && seconds%60 != 0 {
		return strconv.FormatFloat(float64(seconds)/60, 'f', 1, 64)
	}
	return strconv.Itoa((seconds + 30) / 60)
}
