package routing

import (
	"context"
	"slices"

	"neike/internal/kit/sqldb"
	"neike/internal/place"
)

// mostAgents is how many agents of a unit a rule looks through.
const mostAgents = 200

// Has says whether a unit has rules. It costs a look into memory.
func (s *Service) Has(ctx context.Context, unit int64) (bool, error) {
	sets, err := s.live(ctx)
	return len(sets[unit].Rules) > 0, err
}

// Decide is who gets a request, by the rules of its unit: the first that holds and finds somebody. What remembers a turn takes
// it in this transaction.
func (s *Service) Decide(ctx context.Context, tx *sqldb.Tx, c Case) (Decision, error) {
	sets, err := s.live(ctx)
	if err != nil {
		return Decision{}, err
	}
	set := sets[c.Unit]
	if len(set.Rules) == 0 {
		return Decision{}, nil
	}
	w := world{s: s, rd: tx, c: c, turn: func(r Rule) (int64, error) {
		if err := tx.Lock(ctx, "routing_turn", r.ID); err != nil {
			return 0, err
		}
		return lastTurn(ctx, tx, r.ID)
	}, took: func(r Rule, person int64) error { return takeTurn(ctx, tx, r.ID, person) },
		inHand: func(people []int64) (map[int64]int, error) { return s.requests.InHand(ctx, tx, people) }}
	return w.decide(ctx, set)
}

// world is what a decision asks: now and for good, or in a dry run.
type world struct {
	s      *Service
	rd     sqldb.Reader
	c      Case
	turn   func(r Rule) (int64, error) // whose turn it was last
	took   func(r Rule, person int64) error
	inHand func(people []int64) (map[int64]int, error)
	cached *crews // of a dry run

	agents []int64
	away   map[int64]bool
	ready  bool
}

// crews are what a dry run reads once for all its cases.
type crews struct {
	places map[int64]place.Place
	agents map[int64][]int64
	skills map[string][]int64
}

func (w *world) decide(ctx context.Context, set Set) (Decision, error) {
	tree, err := w.s.Org.Tree(ctx)
	if err != nil {
		return Decision{}, err
	}
	m, err := w.moment(ctx, set)
	if err != nil {
		return Decision{}, err
	}
	within, err := w.within(ctx, set)
	if err != nil {
		return Decision{}, err
	}
	for _, r := range set.Rules {
		if !r.holds(w.c, m, tree.Under, within) {
			continue
		}
		d := Decision{Version: set.Version, Rule: r}
		switch r.Way {
		case ToQueue:
			return d, nil
		case ToUnit:
			if u, known := tree.ByID(r.Unit); known && u.Valid(w.c.At) && r.Unit != w.c.Unit && r.Unit != w.c.Customer && tree.Under(r.Unit, w.c.Unit) {
				d.Unit = r.Unit
				return d, nil
			}
			continue
		}
		if d.Person, err = w.person(ctx, r); err != nil {
			return d, err
		}
		if d.Person == 0 {
			continue // nobody is there: the next rule
		}
		if r.turns() {
			err = w.took(r, d.Person)
		}
		return d, err
	}
	return Decision{}, nil
}

// moment answers what the conditions of time in a set ask, and nothing else.
func (w *world) moment(ctx context.Context, set Set) (m moment, err error) {
	if slices.ContainsFunc(set.Rules, func(r Rule) bool { return r.Time == AtWork || r.Time == OffWork }) {
		table, err := w.s.Calendar.TableFor(ctx, w.c.Unit)
		if err != nil {
			return m, err
		}
		m.atWork, _ = table.Now(w.c.At)
	}
	if slices.ContainsFunc(set.Rules, func(r Rule) bool { return r.Time == OnDuty }) {
		duty, err := w.s.Org.OnDuty(ctx, w.rd, w.c.Unit, w.c.At)
		if err != nil {
			return m, err
		}
		m.duty = len(duty) > 0
	}
	return m, nil
}

// within says of two places whether one lies in the other. Places are read when a rule of the set names one and the case has
// one; a place does not move while a decision is made.
func (w *world) within(ctx context.Context, set Set) (func(one, top int64) bool, error) {
	known := map[int64]place.Place{}
	if w.cached != nil {
		known = w.cached.places
	}
	var ids []int64
	look := func(id int64) {
		if _, there := known[id]; !there && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if w.c.Place != 0 {
		for _, r := range set.Rules {
			for _, id := range r.Places {
				look(id)
				look(w.c.Place)
			}
		}
	}
	if len(ids) > 0 {
		found, err := w.s.Place.ByIDs(ctx, w.rd, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			known[id] = found[id]
		}
	}
	return func(one, top int64) bool { return known[one].Within(known[top]) }, nil
}

// person finds whom a rule names; 0 when there is nobody now.
func (w *world) person(ctx context.Context, r Rule) (int64, error) {
	if err := w.look(ctx); err != nil {
		return 0, err
	}
	people := r.People
	var err error
	switch r.Way {
	case ToDuty:
		people, err = w.s.Org.OnDuty(ctx, w.rd, w.c.Unit, w.c.At)
	case BySkill:
		people, err = w.skilled(ctx, r.Skill)
	case ByLoad:
		if len(people) == 0 {
			people = w.agents
		}
	}
	people = slices.DeleteFunc(slices.Clone(people), func(p int64) bool { return !w.there(p) })
	if err != nil || len(people) == 0 {
		return 0, err
	}
	if r.Way == ToPerson || len(people) == 1 {
		return people[0], nil
	}
	there := func(int64) bool { return true }
	last := int64(0)
	if r.turns() {
		if last, err = w.turn(r); err != nil {
			return 0, err
		}
	}
	if r.Way == InTurn {
		return next(r.People, last, func(p int64) bool { return slices.Contains(people, p) }), nil
	}
	load, err := w.inHand(people)
	return least(people, last, load, there), err
}

func (w *world) skilled(ctx context.Context, name string) ([]int64, error) {
	if w.cached == nil {
		return skilled(ctx, w.rd, w.c.Unit, name)
	}
	list, known := w.cached.skills[name]
	if !known {
		var err error
		if list, err = skilled(ctx, w.rd, w.c.Unit, name); err != nil {
			return nil, err
		}
		w.cached.skills[name] = list
	}
	return list, nil
}

// look reads who serves the unit and who of them is away, once.
func (w *world) look(ctx context.Context) (err error) {
	if w.ready {
		return nil
	}
	w.ready = true
	known := false
	if w.cached != nil {
		w.agents, known = w.cached.agents[w.c.Unit]
	}
	if !known {
		if w.agents, err = w.s.servers(ctx, w.rd, w.c.Unit); err != nil {
			return err
		}
		if w.cached != nil {
			w.cached.agents[w.c.Unit] = w.agents
		}
	}
	away, err := w.s.Org.AbsentAt(ctx, w.rd, w.agents, w.c.At)
	w.away = make(map[int64]bool, len(away))
	for p := range away {
		w.away[p] = true
	}
	return err
}

// servers are who may be given a request of a unit: its agents.
func (s *Service) servers(ctx context.Context, rd sqldb.Reader, unit int64) ([]int64, error) {
	return s.Org.AgentsUpTo(ctx, rd, unit, mostAgents)
}

// there says whether somebody can be given the case now.
func (w *world) there(p int64) bool {
	return slices.Contains(w.agents, p) && !w.away[p] && !slices.Contains(w.c.Customers, p)
}
