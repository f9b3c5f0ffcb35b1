package relation

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
	"neike/internal/org"
)

// The parts of a health index, with their weights.
const (
	promisesPart = "promises"
	responsePart = "response"
)

// HealthWeights is the public table of the index. A part of which fewer than five cases are known is missing: the others count for more,
// and below 60 % of the weights there is no index.
var HealthWeights = []struct {
	Part   string
	Weight float64
}{{Attainment, 0.45}, {RightFirst, 0.25}, {responsePart, 0.15}, {promisesPart, 0.15}}

// HealthPart is a part of the index with the cases that it is made of.
type HealthPart struct {
	Component
	Hits, N int64
}

// PairHealth is how well a direction of a relation does in a period, all in all; promises are those judged within twelve months before its end.
type PairHealth struct {
	Provider, Customer org.Unit
	Period             Period
	Health
	Known bool // otherwise there is no index
	Parts []HealthPart
}

// partOfHealth is a share as a part, 0 to 100. Its error is that of Wilson's interval, which knows one even of 5 in 5.
func partOfHealth(name string, weight float64, hits, n int64) HealthPart {
	p := HealthPart{Component: Component{Name: name, Weight: weight, Missing: n < Few}, Hits: hits, N: n}
	if n > 0 {
		low, high := stat.Wilson(hits, n)
		p.Value, p.SE = 100*float64(hits)/float64(n), 100*(high-low)/2/1.96
	}
	return p
}

// healthOf makes the index of a direction's figures and of what became of its promises.
func healthOf(f Figures, kept, broken int64) ([]HealthPart, Health, bool) {
	counts := map[string][2]int64{Attainment: {f.InTime.Hits, f.InTime.N}, RightFirst: {f.Right.Hits, f.Right.N},
		responsePart: {f.ResponseMet, f.ResponseMet + f.ResponseBreached}, promisesPart: {kept, kept + broken}}
	var parts []HealthPart
	var all []Component
	for _, w := range HealthWeights {
		p := partOfHealth(w.Part, w.Weight, max(counts[w.Part][0], 0), max(counts[w.Part][1], 0))
		parts, all = append(parts, p), append(all, p.Component)
	}
	h, ok := health(all)
	return parts, h, ok
}

// HealthOf reads the index of one direction. Who may see the account of the pair sees it. Errors: ErrNotFound for everybody else.
func (s *Service) HealthOf(ctx context.Context, provider, customer string, p Period) (PairHealth, error) {
	from, to, err := s.ends(ctx, provider, customer)
	if err != nil {
		return PairHealth{}, err
	}
	set, err := s.toPair(ctx, from.ID, to.ID)
	if err != nil {
		return PairHealth{}, err
	}
	if err := access.Allowed(ctx, "account.see", set); err != nil {
		return PairHealth{}, err
	}
	d, err := s.Direction(ctx, provider, customer, p)
	if err != nil {
		return PairHealth{}, err
	}
	return s.healthIn(ctx, d)
}

// healthIn is the index of a direction that has been read.
func (s *Service) healthIn(ctx context.Context, d Direction) (PairHealth, error) {
	h := PairHealth{Provider: d.Provider, Customer: d.Customer, Period: d.Period}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return h, err
	}
	end := d.Period.End(s.org.Company(ctx).Location())
	kept, broken, err := s.promisesUntil(ctx, tree, d.Provider.ID, d.Customer.ID, end)
	if err != nil {
		return h, err
	}
	h.Parts, h.Health, h.Known = healthOf(d.Figures, kept, broken)
	return h, nil
}

// promisesUntil counts the promises of a pair that were judged within the year before an instant.
func (s *Service) promisesUntil(ctx context.Context, tree *org.Tree, provider, customer org.ID, end time.Time) (kept, broken int64, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, more := range s.entries {
			list, err := more(ctx, rd, tree.WithForebears(tree.Descendants(provider)), tree.WithForebears(tree.Descendants(customer)), end.AddDate(-1, 0, 0))
			if err != nil {
				return err
			}
			for _, x := range list {
				switch {
				case !x.At.Before(end):
				case x.Kind == PromiseKept:
					kept += x.N
				case x.Kind == PromiseBroken:
					broken += x.N
				}
			}
		}
		return nil
	})
	return kept, broken, err
}

// healthCard is the index as the page of a relation shows it to who may see it; without rows there is nothing to show.
func (s *Service) healthCard(ctx context.Context, d Direction) (healthCard, error) {
	if d.Provider.ID == d.Customer.ID || !d.Exists {
		return healthCard{}, nil
	}
	set, err := s.toPair(ctx, d.Provider.ID, d.Customer.ID)
	if err != nil {
		return healthCard{}, err
	}
	if err := access.Allowed(ctx, "account.see", set); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return healthCard{}, err
	}
	h, err := s.healthIn(ctx, d)
	return healthCardOf(ctx, h, s.org.Company(ctx).Location()), err
}
