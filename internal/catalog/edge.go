package catalog

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/org"
	"neike/internal/relation"
)

// Relate fills the slots of relation: what is agreed on an edge, and the services of its provider on the edge page.
// Without agreements the standards of the provider's services count. Call it while wiring.
func (c *Catalog) Relate(r *relation.Service) {
	r.UseTargets(c.targets)
	r.UseServices(c.servicesOffered)
	r.AddPanel(relation.Panel{Place: relation.InDirection, Order: 10, Render: c.edgePanel})
	r.AddGrounds(relation.Grounds{Kind: relation.ByStandard, Label: "catalog.grounds", Offer: c.standardsOffered, Find: c.standardsHeld})
}

// TermsFunc says what a standard is for a customer unit at a moment: as it stands, or as two units agreed, with what they
// agreed in ("OLA-12/3"; "": nothing).
type TermsFunc func(ctx context.Context, s *Service, std Standard, customer org.ID, at time.Time) (Standard, string, error)

// AgreedBy fills the slots of what units agree on between them: the terms of a service for a customer, and the shares of an
// edge itself, 0 where nothing is agreed. Call it while wiring.
func (c *Catalog) AgreedBy(terms TermsFunc, shares func(ctx context.Context) (func(provider, customer org.ID) relation.Target, error)) {
	c.agreedTerms, c.agreedShares = terms, shares
}

// Terms are the standard for a customer unit at a moment, and the agreement that says so; "" when the standard itself does.
func (c *Catalog) Terms(ctx context.Context, s *Service, std Standard, customer org.ID, at time.Time) (Standard, string, error) {
	if c.agreedTerms == nil || customer == 0 {
		return std, "", nil
	}
	return c.agreedTerms(ctx, s, std, customer, at)
}

// targets reads the standards and the agreements once and answers for every edge: what is agreed on it, else the target that
// most services of the provider, and of the units below it, have; of equally many the higher one.
func (c *Catalog) targets(ctx context.Context) (relation.TargetsFunc, error) {
	usual, err := c.standards(ctx)
	if err != nil || c.agreedShares == nil {
		return usual, err
	}
	agreed, err := c.agreedShares(ctx)
	if err != nil || agreed == nil {
		return usual, err
	}
	return func(provider, customer org.ID) relation.Target {
		t := usual(provider, customer)
		own := agreed(provider, customer)
		if own.Attainment > 0 {
			t.Attainment = own.Attainment
		}
		if own.RightFirst > 0 {
			t.RightFirst = own.RightFirst
		}
		return t
	}, nil
}

func (c *Catalog) standards(ctx context.Context) (relation.TargetsFunc, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	known := map[org.ID]relation.Target{}
	return func(provider, _ org.ID) relation.Target {
		if t, ok := known[provider]; ok {
			return t
		}
		inTime, right := map[float64]int{}, map[float64]int{}
		for _, unit := range tree.Descendants(provider) {
			for _, s := range snap.Of(unit) {
				if s.Askable() {
					inTime[s.Standard.CompletionTarget]++
					right[s.Standard.Accuracy]++
				}
			}
		}
		known[provider] = relation.Target{Attainment: commonest(inTime), RightFirst: commonest(right)}
		return known[provider]
	}, nil
}

// commonest is the target that occurs most; 0 when nothing is agreed.
func commonest(counts map[float64]int) float64 {
	best := 0.0
	for target, n := range counts {
		if target > 0 && (n > counts[best] || best == 0 || n == counts[best] && target > best) {
			best = target
		}
	}
	return best
}

// edgeServices is how many services the card of a direction names before it leads to the catalogue.
const edgeServices = 6

type edgeView struct {
	Services []edgeService
	More     int
	Href     string
}

type edgeService struct{ Name, Href, Promise string }

func (c *Catalog) edgePanel(ctx context.Context, p relation.Pair) (templ.Component, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := edgeView{Href: "/services?unit=" + p.Provider.Code}
	for _, unit := range tree.Descendants(p.Provider.ID) {
		for _, s := range snap.Of(unit) {
			if s.State != Live || !c.sees(ctx, s) {
				continue
			}
			if len(v.Services) == edgeServices {
				v.More++
				continue
			}
			one := edgeService{Name: s.Name.In(ctx), Href: "/services/" + s.Code}
			if !s.Standard.Completion.IsZero() {
				one.Promise = s.Standard.Completion.Label(ctx)
				if s.Standard.CompletionTarget > 0 {
					one.Promise += " · " + lang.Percent(ctx, s.Standard.CompletionTarget, 0)
				}
			}
			v.Services = append(v.Services, one)
		}
	}
	if len(v.Services) == 0 {
		return nil, nil
	}
	return edgePanel(v), nil
}
