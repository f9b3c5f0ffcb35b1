package request

import (
	"context"
	"slices"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
)

// elsewhere is where one asks for a service whose form is not here: personal support has pages of its own, and a retired
// service leads to its successor. Not found when the form is here, or nowhere.
func (s *Service) elsewhere(ctx context.Context, code string) (string, error) {
	x, err := s.Catalog.Visible(ctx, code)
	if err == nil && x.Support() && x.AskAt() != "" {
		return x.AskAt(), nil
	}
	if err == nil && x.State != catalog.Retired {
		return "", fault.ErrNotFound
	}
	next, err := s.Catalog.SuccessorOf(ctx, code)
	if err != nil {
		return "", err
	}
	return next.AskAt(), nil
}

// entitled decides whether an ask may name a service at all: whoever it is for has to be entitled to it. Whoever asks for
// another person may do so for a service that is not there for themselves, if they may ask for that person.
func (s *Service) entitled(ctx context.Context, o *order, ask Ask, f *fault.Fields) (*catalog.Service, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	x, ok := snap.ByCode(ask.Service)
	if !ok {
		return nil, fault.ErrNotFound
	}
	sees := s.Catalog.Sees(ctx, x)
	if x.Audience.Everybody() || o.asker.Import {
		if !sees {
			return nil, fault.ErrNotFound
		}
		return x, nil
	}
	who, may := o.asker, true
	if ask.For != "" && ask.For != o.asker.No {
		if who, may, err = s.standsFor(ctx, o.asker, ask.For, x); err != nil {
			return nil, err
		}
	}
	ok, err = s.Catalog.Entitled(ctx, who, x)
	switch {
	case err != nil:
		return nil, err
	case ok && (sees || may && x.State == catalog.Live):
		return x, nil
	case !sees:
		return nil, fault.ErrNotFound
	case who.Person == o.asker.Person:
		f.Add("service", "request.not-entitled")
	case may:
		f.Add("on_behalf_of", "request.not-entitled-them")
	}
	return x, nil
}

// standsFor is the person of a 工号 as an actor, and whether the asker may ask for them. The asker, when there is nobody.
func (s *Service) standsFor(ctx context.Context, asker actor.Actor, no string, x *catalog.Service) (actor.Actor, bool, error) {
	p, err := s.activePerson(ctx, no)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil // told as what it is where the person is checked
		}
		return asker, false, err
	}
	other, err := s.Org.ActorOf(ctx, p.ID)
	if err != nil {
		return asker, false, err
	}
	tree, err := s.Org.Tree(ctx)
	return other, err == nil && mayAskFor(asker, other, x.Unit, tree), err
}

// settlePrivacy decides who will read a request, by what the service says: nobody chooses where it is open or always
// confidential. A confidential one that names nobody is read by the head of the unit: somebody has to work on it.
func (s *Service) settlePrivacy(ctx context.Context, o *order, f *fault.Fields) error {
	r := &o.request
	if o.service == nil || o.asker.Import {
		return nil
	}
	switch o.service.Policy.Confidential {
	case catalog.PrivacyOpen:
		if r.Confidential {
			f.Add("seen", "request.never-confidential")
		}
	case catalog.PrivacyAlways:
		r.Confidential = true
		if len(o.named) > 0 || f.Len() > 0 {
			return nil
		}
		no, _, err := s.proposed(ctx, r.Provider)
		if err != nil {
			return err
		}
		p, err := s.activePerson(ctx, no)
		if err := missing(f, err, "named", "request.need-named"); err != nil || p.ID == 0 {
			return err
		}
		if p.ID != r.AskedBy && !slices.Contains(o.named, p.ID) {
			o.named = append(o.named, p.ID)
			o.people[p.ID] = p
		}
	}
	return nil
}
