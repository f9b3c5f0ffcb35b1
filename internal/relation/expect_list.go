package relation

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// UncoveredWord is, in place of a state, all expectations that wait for an answer: open and lapsed.
const UncoveredWord = "uncovered"

// ExpectFilter narrows the list of expectations. Units are codes, units below them included; Unit stands on either side.
type ExpectFilter struct {
	Unit, Provider, Customer string
	State                    string // an ExpectState, UncoveredWord, or empty: all that are not withdrawn
	Importance               string // at least: "1" … "5"; empty: any
	Limit, Offset            int    // Limit 0: everything
}

// ExpectCounts is how many expectations a filter leaves, by state, whatever state it asks for.
type ExpectCounts map[ExpectState]int

// Uncovered is how many wait for an answer.
func (c ExpectCounts) Uncovered() int { return c[ExpectOpen] + c[ExpectLapsed] }

// All is how many there are that are not withdrawn.
func (c ExpectCounts) All() int { return c.Uncovered() + c[ExpectAnswered] + c[ExpectRefused] }

// Of is the count of a word of the filter.
func (c ExpectCounts) Of(state string) int {
	switch state {
	case "":
		return c.All()
	case UncoveredWord:
		return c.Uncovered()
	}
	return c[ExpectState(state)]
}

// ExpectedOfUnit is how many expectations a provider has, and how many of them wait for its answer.
type ExpectedOfUnit struct {
	Unit           org.Unit
	All, Uncovered int
}

// ExpectList is a part of the list with what is counted over all of it.
type ExpectList struct {
	Items     []Expectation
	More      bool
	Counts    ExpectCounts
	Providers []ExpectedOfUnit // those with uncovered ones first, the most first
	Hidden    int              // between units whose numbers the reader does not see
}

// Expectations lists what the reader may see: what waits for an answer first, the important before the others.
// Errors: Invalid, with everything that is wrong.
func (s *Service) Expectations(ctx context.Context, f ExpectFilter) (ExpectList, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return ExpectList{}, err
	}
	least, err := f.check(tree)
	if err != nil {
		return ExpectList{}, err
	}
	unit, _ := tree.ByCode(f.Unit)
	provider, _ := tree.ByCode(f.Provider)
	customer, _ := tree.ByCode(f.Customer)
	all, err := s.expectationsIn(ctx, tree, provider.ID, customer.ID)
	if err != nil {
		return ExpectList{}, err
	}
	all = slices.DeleteFunc(all, func(x Expectation) bool {
		return x.Importance < least || provider.ID != 0 && !tree.Under(x.provider, provider.ID) || customer.ID != 0 && !tree.Under(x.customer, customer.ID) ||
			unit.ID != 0 && !tree.Under(x.provider, unit.ID) && !tree.Under(x.customer, unit.ID)
	})
	all, hidden, err := s.completed(ctx, all)
	if err != nil {
		return ExpectList{}, err
	}
	out := ExpectList{Counts: ExpectCounts{}, Hidden: hidden}
	out.count(all)
	all = slices.DeleteFunc(all, func(x Expectation) bool { return !f.leaves(x.State) })
	sorting.By(all, func(a, b Expectation) int {
		return cmp.Or(cmp.Compare(slices.Index(ExpectStates, a.State), slices.Index(ExpectStates, b.State)), cmp.Compare(b.Importance, a.Importance), b.At.Compare(a.At), cmp.Compare(a.ID, b.ID))
	})
	all = all[min(max(f.Offset, 0), len(all)):]
	if out.More = f.Limit > 0 && len(all) > f.Limit; out.More {
		all = all[:f.Limit]
	}
	out.Items = all
	return out, s.named(ctx, all)
}

// expectationsIn reads those of the edges between two units and what is below them; all of them where a unit is open.
func (s *Service) expectationsIn(ctx context.Context, tree *org.Tree, provider, customer org.ID) ([]Expectation, error) {
	var edges []ID
	if provider != 0 && customer != 0 {
		var err error
		if edges, err = s.edgesUnder(ctx, tree, provider, customer); err != nil || len(edges) == 0 {
			return nil, err
		}
	}
	var all []Expectation
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if edges == nil {
			all, err = expectations(ctx, rd, nil)
			return err
		}
		for some := range slices.Chunk(edges, edgesAtOnce) {
			part, err := expectations(ctx, rd, some)
			if err != nil {
				return err
			}
			all = append(all, part...)
		}
		return nil
	})
	return all, err
}

// edgesUnder lists the edges from a unit, or one below it, to another, or one below that.
func (s *Service) edgesUnder(ctx context.Context, tree *org.Tree, provider, customer org.ID) ([]ID, error) {
	if err := s.store.fresh(ctx, s.db, nil, s.org.Company(ctx).Location()); err != nil {
		return nil, err
	}
	edges, version := s.store.list()
	var out []ID
	for _, p := range s.pairings.at(tree, edges, version, AsItWas).between(tree, edges, provider, customer, AsItWas, all) {
		out = append(out, p.ID)
	}
	return out, nil
}

// named adds who wrote and answered to the expectations of a list.
func (s *Service) named(ctx context.Context, list []Expectation) error {
	if len(list) == 0 {
		return nil
	}
	var people []org.ID
	for _, x := range list {
		people = append(people, x.By, x.AnsweredBy)
	}
	return s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.org.Names(ctx, rd, people)
		for i := range list {
			list[i].People = names
		}
		return err
	})
}

func (f ExpectFilter) check(tree *org.Tree) (least int, err error) {
	var bad fault.Fields
	for _, u := range []struct{ name, code string }{{"unit", f.Unit}, {"provider", f.Provider}, {"customer", f.Customer}} {
		if _, known := tree.ByCode(u.code); u.code != "" && !known {
			bad.Add(u.name, "relation.unknown-unit")
		}
	}
	if f.State != "" && f.State != UncoveredWord && !slices.Contains(ExpectStates, ExpectState(f.State)) {
		bad.Add("state", "relation.expect.state-unknown")
	}
	if f.Importance != "" {
		if least, err = strconv.Atoi(f.Importance); err != nil || least < importanceLeast || least > importanceMost {
			bad.Add("importance", "relation.expect.importance-missing")
		}
	}
	return least, bad.Err()
}

// leaves says whether the state asked for is this one.
func (f ExpectFilter) leaves(state ExpectState) bool {
	switch f.State {
	case "":
		return state != ExpectWithdrawn
	case UncoveredWord:
		return state.Uncovered()
	}
	return f.State == string(state)
}

func (l *ExpectList) count(all []Expectation) {
	at := map[org.ID]int{}
	for _, x := range all {
		l.Counts[x.State]++
		if x.State == ExpectWithdrawn {
			continue
		}
		i, known := at[x.Provider.ID]
		if !known {
			i = len(l.Providers)
			at[x.Provider.ID] = i
			l.Providers = append(l.Providers, ExpectedOfUnit{Unit: x.Provider})
		}
		l.Providers[i].All++
		if x.State.Uncovered() {
			l.Providers[i].Uncovered++
		}
	}
	sorting.Stable(l.Providers, func(a, b ExpectedOfUnit) int {
		return cmp.Or(cmp.Compare(b.Uncovered, a.Uncovered), cmp.Compare(b.All, a.All))
	})
}

// uncovered counts the expectations that wait for an answer from one unit to another, with what is below both, as far as the
// reader sees them.
func (s *Service) uncovered(ctx context.Context, tree *org.Tree) (func(provider, customer org.ID) int, error) {
	l, err := s.Expectations(ctx, ExpectFilter{State: UncoveredWord})
	return func(provider, customer org.ID) (n int) {
		for _, x := range l.Items {
			if tree.Under(x.Provider.ID, provider) && tree.Under(x.Customer.ID, customer) {
				n++
			}
		}
		return n
	}, err
}

// Recheck asks the heads of providers anew for an answer where what they pointed to has changed or is gone. To be called when it
// may have; it bears being called at any time.
func (s *Service) Recheck(ctx context.Context) error {
	var all []Expectation
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		all, err = expectations(ctx, rd, nil)
		return err
	})
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(x Expectation) bool { return x.kept != ExpectAnswered })
	found, err := s.holding(ctx, all)
	if err != nil {
		return err
	}
	for _, x := range all {
		ground, there := found[x.Answer][x.target]
		if stateOf(x.kept, x.targetVersion, ground, there) != ExpectLapsed {
			continue
		}
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := tx.Lock(ctx, "expectation", x.ID); err != nil {
				return err
			}
			now, err := expectationOf(ctx, tx, x.ID)
			if err != nil || now.Version != x.Version {
				return err
			}
			now.kept = ExpectLapsed
			return s.oweAnswer(ctx, tx, now)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
