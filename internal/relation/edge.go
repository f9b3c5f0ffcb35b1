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
	Position     string
	Unit         org.ID
	LastAt       time.Time
	N            int64
}

// Display is the name in the reader's language.
func (p Person) Display(ctx context.Context) string {
	return org.Person{Name: p.Name, NameEn: p.NameEn}.Display(ctx)
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

// Direction reads the edge provider → customer, with everything below both units added up; codes name the units.
// Errors: ErrNotFound for a unit that is not there.
func (s *Service) Direction(ctx context.Context, provider, customer string, p Period) (Direction, error) {
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
	d.Shown = sightOf(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll).see(from.ID, to.ID)
	edges, err := s.edgesBetween(ctx, tree, from.ID, to.ID)
	if err != nil {
		return d, err
	}
	d.Exists = len(edges) > 0
	ids := make([]ID, len(edges))
	for i, e := range edges {
		ids[i] = e.ID
		d.Declared = d.Declared || e.Declared
	}
	if !d.Shown || !d.Exists {
		d.Figures = figures(Delta{}, d.Target)
		return d, nil
	}
	return d, s.fill(ctx, &d, ids)
}

// edgesBetween lists the edges whose units lie in or below the two units.
func (s *Service) edgesBetween(ctx context.Context, tree *org.Tree, from, to org.ID) ([]edgeRow, error) {
	if err := s.store.fresh(ctx, s.db, nil, s.org.Company(ctx).Location()); err != nil {
		return nil, err
	}
	var out []edgeRow
	all, _ := s.store.list()
	for _, e := range all {
		if e.exists() && tree.Under(e.Provider, from) && tree.Under(e.Customer, to) {
			out = append(out, e)
		}
	}
	return out, nil
}

// fill reads the numbers of a direction in one snapshot.
func (s *Service) fill(ctx context.Context, d *Direction, ids []ID) error {
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sum, err := total(ctx, rd, ids, d.Period)
		if err != nil {
			return err
		}
		d.Figures = figures(sum, d.Target)
		before, err := total(ctx, rd, ids, d.Period.Before())
		if err != nil {
			return err
		}
		was := figures(before, d.Target)
		d.InTime, d.Right = d.InTime.compared(was.InTime), d.Right.compared(was.Right)
		last := d.Period.To / 100
		months, err := monthsOf(ctx, rd, ids, nextMonth(last, -11), last)
		if err != nil {
			return err
		}
		for _, m := range months {
			d.Months = append(d.Months, Month{m.at, figures(m.c.delta(), d.Target)})
		}
		if d.Contacts, err = contacts(ctx, rd, ids, 8); err != nil {
			return err
		}
		return s.fillPending(ctx, rd, d, ids)
	})
}

func (s *Service) fillPending(ctx context.Context, rd sqldb.Reader, d *Direction, edges []ID) error {
	if s.pending == nil {
		return nil
	}
	open, err := s.pending(ctx, rd, d.Period)
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
func total(ctx context.Context, rd sqldb.Reader, edges []ID, p Period) (Delta, error) {
	rows, err := dayRows(ctx, rd, p.From, p.To, edges)
	if err != nil {
		return Delta{}, err
	}
	var sum Delta
	for _, t := range rows {
		sum = sum.Plus(t.c.delta())
	}
	return sum, nil
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
