package relation

import (
	"context"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/org"
)

// ByStandard is the kind of the standards of services; its ids and codes are those of the services.
const ByStandard = "standard"

// Ground is something that a provider points to when it answers an expectation: the standard of a service, an agreement.
type Ground struct {
	ID      int64
	Code    string    // what addresses and programs call it
	Version int64     // another one when what is promised has changed
	Title   lang.Text // "费用报销"
	Note    string    // what is promised, in the reader's language: "3 个工作日"
	Href    string
	Hidden  bool // the reader may not see it: it holds, without a word about what it is
}

// Grounds is a kind of them, given by the room that keeps them. Both are called outside transactions.
type Grounds struct {
	Kind  string // "standard", "agreement"
	Label string // message id: what answers it, "服务标准"
	// Offer lists what the provider can point to now towards a customer, in the order of a list: what the reader may see.
	Offer func(ctx context.Context, provider, customer org.ID) ([]Ground, error)
	// Find gives those that hold, by id; what has ended or is offered no more is left out.
	Find func(ctx context.Context, ids []int64) (map[int64]Ground, error)
}

// AddGrounds adds a kind to the slot of what answers expectations. Call it while wiring.
func (s *Service) AddGrounds(g Grounds) { s.grounds = append(s.grounds, g) }

// groundsOf is a kind of the slot.
func (s *Service) groundsOf(kind string) (Grounds, bool) {
	i := slices.IndexFunc(s.grounds, func(g Grounds) bool { return g.Kind == kind })
	if i < 0 {
		return Grounds{}, false
	}
	return s.grounds[i], true
}

// offered finds one of what the provider can point to, by kind and code.
func (s *Service) offered(ctx context.Context, kind, code string, provider, customer org.ID) (Ground, bool, error) {
	g, known := s.groundsOf(kind)
	if !known || code == "" {
		return Ground{}, false, nil
	}
	list, err := g.Offer(ctx, provider, customer)
	i := slices.IndexFunc(list, func(x Ground) bool { return x.Code == code })
	if err != nil || i < 0 {
		return Ground{}, false, err
	}
	return list[i], true, nil
}

// serviceOf is the service of a code, of the provider's; empty is none.
func (s *Service) serviceOf(ctx context.Context, code string, provider, customer org.ID, bad *fault.Fields) (int64, error) {
	if code == "" {
		return 0, nil
	}
	g, known, err := s.offered(ctx, ByStandard, code, provider, customer)
	if err == nil && !known {
		bad.Add("service", "relation.expect.service-unknown")
	}
	return g.ID, err
}

// holding finds what answers the expectations, as it is now, by kind and id, and the services they are about.
func (s *Service) holding(ctx context.Context, list []Expectation) (map[string]map[int64]Ground, error) {
	ids := map[string][]int64{}
	for _, x := range list {
		if x.Answer != "" {
			ids[x.Answer] = append(ids[x.Answer], x.target)
		}
		if x.Service != 0 {
			ids[ByStandard] = append(ids[ByStandard], x.Service)
		}
	}
	out := map[string]map[int64]Ground{}
	for kind, of := range ids {
		g, known := s.groundsOf(kind)
		if !known {
			continue
		}
		slices.Sort(of)
		found, err := g.Find(ctx, slices.Compact(of))
		if err != nil {
			return nil, err
		}
		out[kind] = found
	}
	return out, nil
}
