package agreement

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// book is everything that two units have signed, in memory: requests ask it what they are promised.
type book struct {
	byCustomer map[org.ID][]signed
	of         map[[2]org.ID]signed
}

// signed is an agreement with its signed versions, the newest first.
type signed struct {
	Agreement
	versions []Version
}

// at is the version in force.
func (x signed) at(now time.Time, zone *time.Location) (Version, bool) {
	for _, v := range x.versions {
		if v.holds(x.Agreement, now, zone) {
			return v, true
		}
	}
	return Version{}, false
}

func (s *Service) forget() { s.generation.Next(func() { s.book.Store(nil) }) }

// listen keeps the book true where another process signed.
func (s *Service) listen(bus *event.Bus) {
	bus.Live(func(r event.Record) {
		if strings.HasPrefix(r.Kind, "agreement.") {
			s.forget()
		}
	})
}

// booked is the book. Inside a transaction of this room it is read anew.
func (s *Service) booked(ctx context.Context) (*book, error) {
	if b := s.book.Load(); b != nil {
		return b, nil
	}
	var b *book
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if b, err = readBook(ctx, rd); err == nil {
			s.generation.Keep(rd, func() { s.book.Store(b) })
		}
		return err
	})
	return b, err
}

func readBook(ctx context.Context, rd sqldb.Reader) (*book, error) {
	b := &book{byCustomer: map[org.ID][]signed{}, of: map[[2]org.ID]signed{}}
	for before := int64(0); ; {
		list, err := all(ctx, rd, before, chunk)
		if err != nil {
			return nil, err
		}
		ids := make([]ID, 0, len(list))
		for _, a := range list {
			before = a.Number
			if a.EndedAt.IsZero() {
				ids = append(ids, a.ID)
			}
		}
		versions, err := versionsOf(ctx, rd, ids)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			x := signed{a, slices.DeleteFunc(versions[a.ID], func(v Version) bool { return v.SignedAt.IsZero() })}
			if len(x.versions) > 0 {
				b.byCustomer[a.Customer] = append(b.byCustomer[a.Customer], x)
				b.of[[2]org.ID{a.Provider, a.Customer}] = x
			}
		}
		if len(list) < chunk {
			return b, nil
		}
	}
}

const chunk = 500

// between is what is agreed for a provider and a customer: of the nearest units, the customer's first.
func (b *book) between(tree *org.Tree, provider, customer org.ID, at time.Time, zone *time.Location) (Agreement, Version, bool) {
	if len(b.of) == 0 {
		return Agreement{}, Version{}, false
	}
	for c := range upward(tree, customer) {
		if len(b.byCustomer[c]) == 0 {
			continue
		}
		for p := range upward(tree, provider) {
			if x, ok := b.of[[2]org.ID{p, c}]; ok {
				if v, ok := x.at(at, zone); ok {
					return x.Agreement, v, true
				}
			}
		}
	}
	return Agreement{}, Version{}, false
}

// upward goes from a unit to the ones above.
func upward(tree *org.Tree, unit org.ID) func(yield func(org.ID) bool) {
	return func(yield func(org.ID) bool) {
		for {
			u, ok := tree.ByID(unit)
			if !ok || !yield(unit) || u.Parent == 0 {
				return
			}
			unit = u.Parent
		}
	}
}

// terms is the slot of the catalogue: the standard as it is agreed for a customer, and the version that says so, OLA-12/3; "" when
// nothing is agreed of the service.
func (s *Service) terms(ctx context.Context, x *catalog.Service, std catalog.Standard, customer org.ID, at time.Time) (catalog.Standard, string, error) {
	b, err := s.booked(ctx)
	if err != nil || len(b.of) == 0 {
		return std, "", err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return std, "", err
	}
	a, v, ok := b.between(tree, x.Unit, customer, at, s.Org.Company(ctx).Location())
	if !ok {
		return std, "", nil
	}
	for _, t := range v.Terms.Targets {
		if t.Service == x.ID {
			return t.over(std), v.ref(a), nil
		}
	}
	return std, "", nil
}

// shares is the slot of the catalogue: the shares that are agreed on an edge itself.
func (s *Service) shares(ctx context.Context) (func(provider, customer org.ID) relation.Target, error) {
	b, err := s.booked(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	now, zone := s.db.Now(), s.Org.Company(ctx).Location()
	return func(provider, customer org.ID) relation.Target {
		_, v, _ := b.between(tree, provider, customer, now, zone)
		return relation.Target{Attainment: v.Terms.Attainment, RightFirst: v.Terms.RightFirst}
	}, nil
}
