package relation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Pair is a relation as a page is asked for it: one direction, of units of any level, in a period.
type Pair struct {
	Provider, Customer org.Unit
	Period             Period
	Shown              bool // the actor may see its numbers
}

// Person is a contact: somebody who worked on the edge.
type Person struct {
	ID           org.ID
	No           string
	Name, NameEn string
	OnLeave      bool // for long
	Position     string
	Unit         org.ID
	LastAt       time.Time
	N            int64
}

// Display is the name in the reader's language, and that the person is on long leave.
func (p Person) Display(ctx context.Context) string { return p.person().Display(ctx) }

// Plain is the name alone.
func (p Person) Plain(ctx context.Context) string { return p.person().Plain(ctx) }

func (p Person) person() org.Person {
	return org.Person{Name: p.Name, NameEn: p.NameEn, OnLeave: p.OnLeave}
}

// Month is one month of an edge.
type Month struct {
	Month int64 // 202611
	Figures
}

// Direction is one of the two edges of a relation. Numbers, contacts and months are empty unless Shown.
type Direction struct {
	Pair
	Exists   bool // observed or declared
	Declared bool
	Target   Target
	Figures
	Pending  int64
	Months   []Month // the twelve months up to the end of the period, oldest first
	Contacts []Person
}

// Place is where a panel of the edge page stands.
type Place string

// The places.
const (
	InDirection Place = "direction" // in the card of each direction: services, standards, open work
	OnPage      Place = "page"      // below both, asked with the direction of the address
)

// Panel is something a higher room shows on the edge page. Render gives nil when it has nothing to say.
type Panel struct {
	Place  Place
	Order  int
	Render func(ctx context.Context, p Pair) (templ.Component, error)
}

// AddPanel adds a panel to the edge page. Call it while wiring.
func (s *Service) AddPanel(p Panel) { s.panels = append(s.panels, p) }

// Direction is DirectionAs of the organisation as it is.
func (s *Service) Direction(ctx context.Context, provider, customer string, p Period) (Direction, error) {
	return s.DirectionAs(ctx, provider, customer, p, AsItIs)
}

// DirectionAs reads the edge provider → customer, with everything below both units added up; codes name the units.
// Errors: ErrNotFound for a unit that is not there.
func (s *Service) DirectionAs(ctx context.Context, provider, customer string, p Period, as As) (Direction, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return Direction{}, err
	}
	from, ok := tree.ByCode(provider)
	to, known := tree.ByCode(customer)
	if !ok || !known {
		return Direction{}, fault.ErrNotFound
	}
	target, err := s.agreed(ctx)
	if err != nil {
		return Direction{}, err
	}
	d := Direction{Pair: Pair{Provider: from, Customer: to, Period: p}, Target: target(from.ID, to.ID)}
	d.Shown = visible(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll)(from.ID, to.ID)
	edges, err := s.edgesBetween(ctx, tree, from.ID, to.ID, as)
	if err != nil {
		return d, err
	}
	d.Exists = len(edges) > 0
	for _, e := range edges {
		d.Declared = d.Declared || e.Declared
	}
	if !d.Shown || !d.Exists {
		d.Figures = figures(Delta{}, d.Target)
		return d, nil
	}
	return d, s.fill(ctx, &d, edges)
}

// fill reads the numbers of a direction in one snapshot.
func (s *Service) fill(ctx context.Context, d *Direction, parts []part) error {
	ids := make([]ID, len(parts))
	for i, p := range parts {
		ids[i] = p.ID
	}
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		last := d.Period.To / 100
		first := nextMonth(last, -11)
		before := d.Period.Before()
		months, rest := d.Period.split()
		whole := len(months) > 0 && len(rest) == 0 && !slices.ContainsFunc(parts, func(p part) bool { return p.shares != nil }) // cases are divided once over a period
		if whole {
			first = min(first, before.From/100)
		}
		list, err := timesOfParts(ctx, rd, byMonth, parts, first, last)
		if err != nil {
			return err
		}
		sumOf := func(p Period) (sum Delta, err error) {
			if !whole {
				return total(ctx, rd, parts, p)
			}
			for _, m := range list {
				if p.From/100 <= m.at && m.at <= p.To/100 {
					sum = sum.Plus(m.c.delta())
				}
			}
			return sum, nil
		}
		sum, err := sumOf(d.Period)
		if err != nil {
			return err
		}
		d.Figures = figures(sum, d.Target)
		earlier, err := sumOf(before)
		if err != nil {
			return err
		}
		was := figures(earlier, d.Target)
		d.InTime, d.Right = d.InTime.compared(was.InTime), d.Right.compared(was.Right)
		for _, m := range list {
			if m.at >= nextMonth(last, -11) {
				d.Months = append(d.Months, Month{m.at, figures(m.c.delta(), d.Target)})
			}
		}
		if d.Contacts, err = contacts(ctx, rd, ids, 8); err != nil {
			return err
		}
		away, err := s.org.AwayLong(ctx, rd)
		if err != nil {
			return err
		}
		for i := range d.Contacts {
			d.Contacts[i].OnLeave = away(d.Contacts[i].ID)
		}
		return s.fillPending(ctx, rd, d, ids)
	})
}

func (s *Service) fillPending(ctx context.Context, rd sqldb.Reader, d *Direction, edges []ID) error {
	if len(s.pending) == 0 {
		return nil
	}
	open, err := s.openIn(ctx, rd, d.Period)
	mine := make(map[ID]bool, len(edges))
	for _, id := range edges {
		mine[id] = true
	}
	for _, o := range open {
		if id, known := s.store.find(o.Provider, o.Customer); known && mine[id] {
			d.Pending += o.Pending
		}
	}
	return err
}

// total adds up the edges over a period from the daily tallies.
func total(ctx context.Context, rd sqldb.Reader, parts []part, p Period) (Delta, error) {
	ids := make([]ID, len(parts))
	byEdge := make(map[ID]part, len(parts))
	for i, x := range parts {
		ids[i], byEdge[x.ID] = x.ID, x
	}
	rows, err := dayRows(ctx, rd, p.From, p.To, ids)
	if err != nil {
		return Delta{}, err
	}
	var sum Delta
	for _, t := range rows {
		sum = sum.Plus(byEdge[t.edge].of(t.c).delta())
	}
	return sum, nil
}

// timesOfParts adds up the parts of edges per day or month, in order: whole edges at once, divided ones each by itself.
func timesOfParts(ctx context.Context, rd sqldb.Reader, by times, parts []part, from, to int64) ([]tallyRow, error) {
	var whole []ID
	for _, p := range parts {
		if p.shares == nil {
			whole = append(whole, p.ID)
		}
	}
	list, err := timesOf(ctx, rd, by, whole, from, to)
	if err != nil || len(whole) == len(parts) {
		return list, err
	}
	for _, p := range parts {
		if p.shares == nil {
			continue
		}
		own, err := timesOf(ctx, rd, by, []ID{p.ID}, from, to)
		if err != nil {
			return nil, err
		}
		for _, row := range own {
			row.c = p.of(row.c)
			list = addTime(list, row)
		}
	}
	return list, nil
}

// panelsAt draws the panels of a place, in order.
func (s *Service) panelsAt(ctx context.Context, place Place, p Pair) ([]templ.Component, error) {
	var out []templ.Component
	for _, panel := range s.ordered() {
		if panel.Place != place {
			continue
		}
		c, err := panel.Render(ctx, p)
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, c)
		}
	}
	return out, nil
}

// ordered is the panels by their order; those of one order as they were added.
func (s *Service) ordered() []Panel {
	return slices.SortedStableFunc(slices.Values(s.panels), func(a, b Panel) int { return cmp.Compare(a.Order, b.Order) })
}
