package repeat

import (
	"context"
	"sync"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// shown is how many dates are shown ahead.
const shown = 12

// Coming is one date that is still to come.
type Coming struct {
	calendar.Occurrence
	Opens time.Time // when its request is opened
	Title string
	State string // "", skipped, changed
	Given Date
}

// Preview lists the next dates of a plan for a unit, with what the calendar did to each.
func (s *Service) Preview(ctx context.Context, t Template, from time.Time) ([]Coming, *calendar.Table, error) {
	table, err := s.Calendar.TableFor(ctx, t.Unit)
	if err != nil || !t.Repeats() {
		return nil, table, err
	}
	list := t.after(table, from, shown)
	out := make([]Coming, 0, len(list))
	for _, o := range list {
		out = append(out, Coming{Occurrence: o, Opens: t.opening(table, o), Title: filled(t.Title, o.Planned)})
	}
	return out, table, nil
}

// Heading is the title of a template with its next date put in; with the last one where none is to come, and with today where it
// has no dates.
func (s *Service) Heading(ctx context.Context, t Template) (string, error) {
	if !t.Repeats() || !placeholder.MatchString(t.Title) {
		return filled(t.Title, s.today(ctx)), nil
	}
	table, err := s.Calendar.TableFor(ctx, t.Unit)
	if err != nil {
		return "", err
	}
	return t.heading(table), nil
}

// Shown is a template with what is to come and what was, for whoever may read it.
type Shown struct {
	Template
	May    bool // change it
	Coming []Coming
	Last   []Date
	Table  *calendar.Table
	Owner  org.Person
	People map[int64]org.Person
}

// Template is one template with its dates.
func (s *Service) Template(ctx context.Context, number int64) (Shown, error) {
	t, may, err := s.seen(ctx, number)
	if err != nil {
		return Shown{}, err
	}
	v := Shown{Template: t, May: may}
	if v.Coming, v.Table, err = s.Preview(ctx, t, t.Through); err != nil {
		return v, err
	}
	if v.People, err = s.peopleByID(ctx, append(append([]int64{t.Owner}, t.Named...), t.Watchers...)); err != nil {
		return v, err
	}
	v.Owner = v.People[t.Owner]
	var given map[string]Date
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if given, err = datesFrom(ctx, rd, t.ID, t.Through); err != nil {
			return err
		}
		v.Last, err = lastDates(ctx, rd, t.ID, shown)
		return err
	})
	for i := range v.Coming {
		c := &v.Coming[i]
		if d, ok := given[c.Slot]; ok {
			c.State, c.Given = d.State, d
			if d.Title != "" {
				c.Title = filled(d.Title, c.Planned)
			}
		}
	}
	return v, err
}

func (s *Service) peopleByID(ctx context.Context, ids []int64) (people map[int64]org.Person, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err = s.Org.Names(ctx, rd, ids)
		return err
	})
	return people, err
}

// listed is how many templates a list shows.
const listed = 200

// Mine lists the templates of the actor, and those of the units of the actor, the newest first. Those of units are without
// the confidential ones of others.
func (s *Service) Mine(ctx context.Context, ofUnit bool) (list []Template, err error) {
	a := actor.From(ctx)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if !ofUnit {
			list, err = ownedBy(ctx, rd, a.Person, listed)
			return err
		}
		units := []int64{a.Unit}
		for _, g := range a.Groups {
			units = append(units, g.ID)
		}
		list, err = ofUnits(ctx, rd, units, listed)
		return err
	})
	out := list[:0]
	for _, t := range list {
		if sees, _, _ := s.relates(ctx, t); sees {
			out = append(out, t)
		}
	}
	return out, err
}

// Expected is how many requests of a service are to come in a week.
type Expected struct {
	Service int64
	Weeks   [forecastWeeks]int // from this week on
}

// All is how many there are in all weeks.
func (e Expected) All() (n int) {
	for _, w := range e.Weeks {
		n += w
	}
	return n
}

// forecastWeeks is how far ahead it is told what comes; forecastMost how many templates are looked at.
const (
	forecastWeeks = 4
	forecastMost  = 500
	forecastFor   = 5 * time.Minute
)

// expectations remember what is to come of units: templates change rarely.
type expectations struct {
	mu   sync.Mutex
	list map[int64]expectation
}

// forget makes this process count anew; others do within forecastFor.
func (e *expectations) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.list)
}

type expectation struct {
	at   time.Time
	rows []Expected
}

// Forecast tells what the services of a unit are to expect in the next four weeks: counts alone, for its agents and heads.
func (s *Service) Forecast(ctx context.Context, code string) (org.Unit, []Expected, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return org.Unit{}, nil, err
	}
	u, ok := tree.ByCode(code)
	if !ok {
		return u, nil, fault.ErrNotFound
	}
	set, err := s.Access.Towards(ctx, actor.From(ctx), u.ID)
	if err == nil && !access.May("repeat.forecast", set, false) {
		err = fault.ErrNotFound
	}
	if err != nil {
		return u, nil, err
	}
	rows, err := s.expectedBy(ctx, u.ID)
	return u, rows, err
}

// expectedOf fills the slot of request.
func (s *Service) expectedOf(ctx context.Context, unit int64) (n int, href string, err error) {
	rows, err := s.expectedBy(ctx, unit)
	for _, e := range rows {
		n += e.All()
	}
	tree, err2 := s.Org.Tree(ctx)
	if err == nil && err2 == nil {
		u, _ := tree.ByID(unit)
		href = "/repeats/expected?unit=" + u.Code
	}
	return n, href, err
}

func (s *Service) expectedBy(ctx context.Context, unit int64) ([]Expected, error) {
	now := s.db.Now()
	s.expected.mu.Lock()
	e, ok := s.expected.list[unit]
	s.expected.mu.Unlock()
	if ok && now.Sub(e.at) < forecastFor && !now.Before(e.at) {
		return e.rows, nil
	}
	rows, err := s.countExpected(ctx, unit, now)
	if err != nil {
		return nil, err
	}
	s.expected.mu.Lock()
	defer s.expected.mu.Unlock()
	if s.expected.list == nil {
		s.expected.list = map[int64]expectation{}
	}
	s.expected.list[unit] = expectation{now, rows}
	return rows, nil
}

func (s *Service) countExpected(ctx context.Context, unit int64, now time.Time) ([]Expected, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, x := range snap.Of(unit) {
		ids = append(ids, x.ID)
	}
	var list []Template
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = askedOf(ctx, rd, ids, forecastMost)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Expected
	at := map[int64]int{}
	for _, t := range list {
		table, err := s.Calendar.TableFor(ctx, t.Unit)
		if err != nil {
			return nil, err
		}
		for _, o := range t.after(table, t.Through, 7*forecastWeeks) {
			week := int(t.opening(table, o).Sub(now) / (7 * 24 * time.Hour))
			if week >= forecastWeeks {
				break
			}
			i, known := at[t.Service]
			if !known {
				i = len(out)
				at[t.Service] = i
				out = append(out, Expected{Service: t.Service})
			}
			out[i].Weeks[max(week, 0)]++
		}
	}
	return out, nil
}

// words is when a template repeats, in the reader's language.
func (t Template) words(ctx context.Context) string {
	if !t.Repeats() {
		return lang.T(ctx, "repeat.by-hand")
	}
	text := t.Schedule.Words(ctx)
	if t.Step > 1 {
		text = lang.T(ctx, "repeat.every-"+t.Schedule.Every, "n", t.Step) + text
	}
	return text
}
