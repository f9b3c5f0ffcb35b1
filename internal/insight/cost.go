package insight

import (
	"context"
	"net/url"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// costQuestion is what the address of the cost page asks.
type costQuestion struct{ Unit, Month string }

func (q costQuestion) query(unit string) string {
	v := url.Values{}
	if unit != "" {
		v.Set("unit", unit)
	}
	if q.Month != "" {
		v.Set("month", q.Month)
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// costView is the whole page of what the product asks of people.
type costView struct {
	Question    costQuestion
	Unit        org.Unit
	Month       month
	Least       int // people that a number is about at least
	Running     bool
	At          time.Time // when the month was counted; zero: never
	Months      []month
	Tally       tally
	Year        []monthly
	Most        int // seconds of the longest month shown
	Branches    []branch
	Services    []raising
	All         raising
	Hints       []hint
	Assumptions []Assumption
	Budgets     map[string]int
	MayAssume   bool
	Title, Lead string
	Crumbs      []ui.Crumb
	Tops        []ui.TabProps
	Errors      ui.Errors
}

// cost answers what was asked of the people of a unit in a month.
func (s *Service) cost(ctx context.Context, q costQuestion) (costView, error) {
	p, u, mine, err := s.look(ctx, q.Unit)
	if err != nil {
		return costView{}, err
	}
	c, err := s.costs(ctx)
	if err != nil {
		return costView{}, err
	}
	services, err := s.rooms.Catalog.Snapshot(ctx)
	if err != nil {
		return costView{}, err
	}
	this := monthOf(s.db.Now().In(p.monday.Location()))
	v := costView{Question: q, Unit: u, Least: c.least, MayAssume: s.mayAssume(ctx) == nil, Budgets: c.seconds, Assumptions: s.assumptionsFrom(c.said)}
	var bad fault.Fields
	v.Month = this.back(1)
	if c.asked[u.ID][v.Month] == nil && c.asked[u.ID][this] != nil {
		v.Month = this
	}
	if q.Month != "" {
		m, ok := monthNamed(q.Month)
		if !ok || m > this || m < this.back(monthsBack) {
			bad.Add("month", "insight.month-malformed", "value", q.Month, "from", this.back(monthsBack).text(), "to", this.text())
		} else {
			v.Month = m
		}
	}
	for ago := range monthsBack + 1 {
		v.Months = append(v.Months, this.back(ago))
	}
	v.Running, v.At = v.Month == this, c.counted[v.Month]
	v.Tally = s.tallyOf(c, u.ID, v.Month)
	v.Year = s.year(c, u.ID, v.Month, this)
	for _, x := range v.Year {
		if x.Mark == open {
			v.Most = max(v.Most, x.Seconds)
		}
	}
	v.Branches = s.branches(c, p.tree, u.ID, v.Month)
	v.Services, v.All = s.raisings(c, services, u.ID, v.Month, func(provider ID) bool { return p.tree.Under(provider, u.ID) })
	v.Hints = s.hints(ctx, c, v.Month, v.Services)
	v.name(lang.InZone(ctx, p.monday.Location()), p, mine, s.mayLook(ctx))
	return v, bad.Err()
}

// name finds the words around the numbers.
func (v *costView) name(ctx context.Context, p *picture, mine []org.Unit, may func(ID) bool) {
	v.Title = v.finding(ctx)
	v.Lead = lang.T(ctx, "insight.cost-lead-none")
	if !v.At.IsZero() {
		v.Lead = lang.T(ctx, "insight.cost-lead", "month", v.Month.words(ctx), "at", lang.Short(ctx, v.At))
	}
	v.Crumbs = []ui.Crumb{{Label: lang.T(ctx, "insight.cost"), Href: "/insight/cost" + v.Question.query("")}}
	for _, id := range p.tree.Path(v.Unit.ID) {
		if x, ok := p.tree.ByID(id); ok && may(id) {
			v.Crumbs = append(v.Crumbs, ui.Crumb{Label: x.Label(ctx), Href: "/insight/cost" + v.Question.query(x.Code)})
		}
	}
	v.Crumbs[len(v.Crumbs)-1].Href = ""
	if len(mine) < 2 {
		return
	}
	for _, u := range mine {
		v.Tops = append(v.Tops, ui.TabProps{Text: u.Label(ctx), Href: "/insight/cost" + v.Question.query(u.Code), On: p.tree.Under(v.Unit.ID, u.ID)})
	}
}

// finding says in a sentence what was asked, and whether it is too much.
func (v *costView) finding(ctx context.Context) string {
	unit, t := v.Unit.Label(ctx), v.Tally.Total
	switch {
	case t.People == 0:
		return lang.T(ctx, "insight.cost-found-none", "unit", unit)
	case t.Mark != open:
		return lang.T(ctx, "insight.cost-found-few", "unit", unit)
	case t.Median < 0:
		return lang.T(ctx, "insight.cost-found-all", "unit", unit, "minutes", minutes(t.Seconds))
	}
	return lang.T(ctx, "insight.cost-found", "unit", unit, "minutes", minutes(t.Seconds), "median", minutes(t.Median))
}

// words is the month in words.
func (m month) words(ctx context.Context) string { return lang.Month(ctx, m.first(time.UTC)) }

// overBudget are the roles of whom more is asked than the budget has.
func (v costView) overBudget() (out []asking) {
	for _, r := range v.Tally.Roles {
		if r.Mark == open && r.over() {
			out = append(out, r)
		}
	}
	return out
}

// causes are the acts of a role that take most, up to three.
func (v costView) causes(role Role) (out []asking) {
	for _, a := range v.Tally.Acts {
		if a.Role == role && a.Mark == open {
			out = append(out, a)
		}
	}
	sorting.Stable(out, func(a, b asking) int { return b.Seconds - a.Seconds })
	return out[:min(3, len(out))]
}

// agentEach is what an event of an agent takes on average; 0: none, or of few.
func (v costView) agentEach() (seconds int, ok bool) {
	for _, r := range v.Tally.Roles {
		if r.Role == Agent && r.Mark == open && r.N > 0 {
			return r.Each, true
		}
	}
	return 0, false
}

// mayList says whether the reader's list of requests holds all those of a unit that are not confidential: only then a number leads to it.
func mayList(ctx context.Context, tree *org.Tree, unit ID) bool {
	a := actor.From(ctx)
	if access.SeesAll(a, "request.see") {
		return true
	}
	for _, g := range a.Groups {
		if (g.Role == "head" || g.Role == "quality") && tree.Under(unit, g.ID) {
			return true
		}
	}
	return false
}

func (a asking) minutes(ctx context.Context) string {
	if a.Mark != open {
		return a.Mark.text(ctx)
	}
	return minutes(a.Seconds)
}

// personal is the median of people, in minutes.
func personal(ctx context.Context, seconds int, m mark) string {
	switch {
	case m != open:
		return m.text(ctx)
	case seconds < 0:
		return "–"
	}
	return minutes(seconds)
}

func (a asking) name(ctx context.Context) string {
	if a.Act.Code != "" {
		return a.Act.Name.In(ctx)
	}
	return lang.T(ctx, "insight.role-"+a.Code)
}

// each is what one act takes, and how that is known.
func (a asking) each(ctx context.Context) string {
	if a.Measured > 0 {
		return lang.T(ctx, "insight.each-measured", "seconds", a.Each, "n", a.Measured)
	}
	return lang.T(ctx, "insight.each-assumed", "seconds", a.Each)
}

// text is a hint as a sentence.
func (h hint) text(ctx context.Context) string {
	return lang.T(ctx, "insight.hint-"+h.Kind, "service", h.Service.Name.In(ctx), "field", h.Label, "hits", h.Hits, "n", h.N, "seconds", h.Median)
}

// interval writes a figure with its interval, in seconds.
func interval(ctx context.Context, at, low, high int, says bool) string {
	if !says {
		return lang.T(ctx, "insight.seconds", "n", at)
	}
	return lang.T(ctx, "insight.seconds-between", "n", at, "low", low, "high", high)
}

// unshown is how many services too few people ask for, for their times to be shown.
func (v costView) unshown() (n int) {
	for _, r := range v.Services {
		if !r.shown() {
			n++
		}
	}
	return n
}
