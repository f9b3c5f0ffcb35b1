package relation

import (
	"cmp"
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// EntriesFunc lists what else happened between two units with all below both, as far as an account counts it, since an instant.
type EntriesFunc func(ctx context.Context, rd sqldb.Reader, providers, customers []org.ID, since time.Time) ([]Happened, error)

// UseEntries adds to the slot of what accounts count beside the tallies: promises are some.
func (s *Service) UseEntries(f EntriesFunc) { s.entries = append(s.entries, f) }

// remembered is how far back an account looks: of what is older, less than a four-thousandth is left.
const remembered = 12 * HalfLife

// Account is what a provider has done for a customer, as a balance of named events. Both sides see the same.
type Account struct {
	Provider, Customer org.Unit
	Now                time.Time
	Balance
	Entries []Entry // the newest first; nil for who sees the balance alone
}

// Account reads the account of one direction between two units. Heads of both sides and the quality office see it, executives
// its balance alone. Errors: ErrNotFound for everybody else, and for a unit that is not there.
func (s *Service) Account(ctx context.Context, provider, customer string) (Account, error) {
	from, to, err := s.ends(ctx, provider, customer)
	if err != nil {
		return Account{}, err
	}
	set, err := s.toPair(ctx, from.ID, to.ID)
	if err != nil {
		return Account{}, err
	}
	if err := access.Allowed(ctx, "account.see", set); err != nil {
		return Account{}, err
	}
	a := Account{Provider: from, Customer: to, Now: s.db.Now()}
	all, err := s.happened(ctx, from.ID, to.ID, a.Now)
	if err != nil {
		return a, err
	}
	points := map[string]float64{}
	for _, w := range Weights {
		points[w.Kind] = w.Points
	}
	for _, h := range all {
		if h.N != 0 && !h.At.After(a.Now) {
			a.Entries = append(a.Entries, Entry{h, points[h.Kind]})
		}
	}
	sorting.By(a.Entries, func(x, y Entry) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(x.Kind, y.Kind)) })
	a.Balance = balance(a.Entries, a.Now)
	if !actor.From(ctx).System && !set.Has(access.Head|access.Quality) {
		a.Entries = nil
	}
	return a, nil
}

// toPair is what the actor is to a pair of units: the head of either, an office.
func (s *Service) toPair(ctx context.Context, provider, customer org.ID) (access.Set, error) {
	a := actor.From(ctx)
	serves, err := s.access.Towards(ctx, a, provider)
	if err != nil {
		return 0, err
	}
	asks, err := s.access.Towards(ctx, a, customer)
	return (serves | asks) & (access.Head | access.Quality | access.Executive), err
}

// happened lists by day what the tallies of the edges between two units say, and what other rooms add.
func (s *Service) happened(ctx context.Context, provider, customer org.ID, now time.Time) ([]Happened, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	parts, err := s.edgesBetween(ctx, tree, provider, customer, AsItIs)
	if err != nil {
		return nil, err
	}
	zone, since := s.org.Company(ctx).Location(), now.Add(-remembered)
	var out []Happened
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := timesOfParts(ctx, rd, byDay, parts, DayOf(since.In(zone)), DayOf(now.In(zone)))
		if err != nil {
			return err
		}
		for _, r := range rows {
			d, at := r.c.delta(), startOf(r.at, zone)
			out = append(out, Happened{InTime, at, d.Met}, Happened{Late, at, d.Breached}, Happened{RightAtOnce, at, d.RightFirst}, Happened{Returned, at, d.Returned})
		}
		for _, more := range s.entries {
			list, err := more(ctx, rd, tree.WithForebears(tree.Descendants(provider)), tree.WithForebears(tree.Descendants(customer)), since)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	})
	return out, err
}
