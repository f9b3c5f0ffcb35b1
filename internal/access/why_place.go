package access

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// place is what has no grants of its own: a unit, a person, a relation of two units. What is open there follows from who
// somebody is to it.
type place struct {
	kind, ref, href string
	towards         func(a actor.Actor, tree *org.Tree) Set
}

// placeOf finds the unit of a code, the relation of two codes (provider/customer), or the person of a number.
func (s *Service) placeOf(ctx context.Context, text string) (place, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return place{}, err
	}
	if u, known := tree.ByCode(text); known {
		return place{"org", tree.FullName(ctx, u.ID), "/org/units/" + url.PathEscape(u.Code), func(a actor.Actor, tree *org.Tree) Set { return towards(a, u.ID, tree) }}, nil
	}
	if from, to, ok := strings.Cut(text, "/"); ok {
		provider, known := tree.ByCode(strings.TrimSpace(from))
		customer, both := tree.ByCode(strings.TrimSpace(to))
		if !known || !both {
			return place{}, fault.ErrNotFound
		}
		names := lang.T(ctx, "access.why-relation", "provider", tree.FullName(ctx, provider.ID), "customer", tree.FullName(ctx, customer.ID))
		return place{"relation", names, "/relations/" + url.PathEscape(provider.Code) + "/" + url.PathEscape(customer.Code), func(a actor.Actor, tree *org.Tree) Set {
			asks := towards(a, customer.ID, tree)
			if asks.Has(HeadServes) {
				asks = asks&^HeadServes | HeadAsks
			}
			return towards(a, provider.ID, tree) | asks
		}}, nil
	}
	p, err := s.org.ByRef(ctx, text)
	if err != nil {
		return place{}, err
	}
	return place{"person", p.Display(ctx), "/people/" + url.PathEscape(s.org.Ref(ctx, p)), func(a actor.Actor, tree *org.Tree) Set {
		set := towards(a, p.Unit, tree)
		if a.Person == p.ID {
			set |= Self
		}
		return set
	}}, nil
}

// explainPlace says what a person may do at a place, and as what.
func (s *Service) explainPlace(ctx context.Context, text string, person ID) (Explanation, error) {
	at, err := s.placeOf(ctx, clean(text))
	if err != nil {
		return Explanation{}, err
	}
	a := actor.From(ctx)
	if !a.Has("security") || a.Viewer != 0 {
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { return s.mayAskAbout(ctx, rd, a, person) })
		if err != nil {
			return Explanation{}, err
		}
	}
	x := Explanation{Record: Found{Ref: at.ref, Href: at.href}, Person: person}
	who, err := s.org.ActorOf(ctx, person)
	if errors.Is(err, fault.ErrNotFound) || fault.KindOf(err) == fault.Denied && err != nil {
		x.WhyNot = lang.T(ctx, "access.not-gone")
		return x, nil
	}
	if err != nil {
		return x, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return x, err
	}
	x.Sees = true // who somebody is, what a unit is and that a relation exists is open to everybody
	x.Reasons = []Line{{Why: bitWords(ctx, Everyone), Opens: titles(ctx, openToAll(at.kind))}}
	set := at.towards(who, tree)
	for bit := Everyone << 1; bit <= Glass; bit <<= 1 {
		if may := opened(at.kind, bit, false); set.Has(bit) && len(may) > 0 {
			why := bitWords(ctx, bit)
			if bit == HeadServes && at.kind != "relation" { // a unit and a person have one side
				why = lang.T(ctx, "access.why-head-of")
			}
			x.Reasons = append(x.Reasons, Line{Why: why, Opens: titles(ctx, may)})
		}
	}
	return x, nil
}

// openToAll are the actions of a kind that everybody has.
func openToAll(kind string) []Rule {
	var out []Rule
	for _, g := range Table {
		for _, r := range g.Rules {
			if strings.HasPrefix(r.Action, kind+".") && r.Allow.Has(Everyone) {
				out = append(out, r)
			}
		}
	}
	return out
}
