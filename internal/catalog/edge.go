package catalog

import (
	"context"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/org"
	"neike/internal/relation"
)

// Relate fills the slots of relation: what is agreed on an edge, and the services of its provider on the edge page.
// Without agreements the standards of the provider's services count. Call it while wiring.
func (c *Catalog) Relate(r *relation.Service) {
	r.UseTargets(c.targets)
	r.AddPanel(relation.Panel{Place: relation.InDirection, Order: 10, Render: c.edgePanel})
	r.AddGrounds(relation.Grounds{Kind: relation.ByStandard, Label: "catalog.grounds", Offer: c.standardsOffered, Find: c.standardsHeld})
}

// targets reads the standards once and answers for every edge: the target that most services of the provider, and of
// the units below it, have; of equally many the higher one.
func (c *Catalog) targets(ctx context.Context) (relation.TargetsFunc, error) {
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
