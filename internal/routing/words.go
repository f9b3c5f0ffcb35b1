package routing

import (
	"context"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/place"
)

// Words are the conditions of a rule in one sentence, and whom it finds.
func (s *Service) Words(ctx context.Context, rd sqldb.Reader, unit int64, r Rule) (string, error) {
	names, err := s.Org.Names(ctx, rd, r.People)
	if err != nil {
		return "", err
	}
	return s.words(ctx, r, names)
}

// words says when a rule holds and whom it finds: 当…时 → 轮流：王芳、李雷.
func (s *Service) words(ctx context.Context, r Rule, names map[int64]org.Person) (string, error) {
	when, err := s.conditions(ctx, r)
	if err != nil {
		return "", err
	}
	way, err := s.wayWords(ctx, r, names)
	return lang.T(ctx, "routing.rule-words", "when", when, "way", way), err
}

// conditions are those of a rule in words; of one without any: every request.
func (s *Service) conditions(ctx context.Context, r Rule) (string, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	var said, list []string
	for _, id := range r.Services {
		if x, ok := snap.ByID(id); ok {
			list = append(list, x.Name.In(ctx))
		}
	}
	if len(list) > 0 {
		said = append(said, lang.T(ctx, "routing.when-service", "names", strings.Join(list, lang.T(ctx, "ui.comma"))))
	}
	if r.When != nil && len(r.Services) == 1 {
		if x, ok := snap.ByID(r.Services[0]); ok {
			said = append(said, x.Form.Words(ctx, r.When))
		}
	}
	list = nil
	for _, id := range r.Customers {
		list = append(list, tree.Name(ctx, id))
	}
	if len(list) > 0 {
		said = append(said, lang.T(ctx, "routing.when-customer", "names", strings.Join(list, lang.T(ctx, "ui.comma"))))
	}
	if len(r.Places) > 0 {
		places, err := s.placesOf(ctx, r)
		if err != nil {
			return "", err
		}
		list = nil
		for _, p := range places {
			list = append(list, p.Name.In(ctx))
		}
		said = append(said, lang.T(ctx, "routing.when-place", "names", strings.Join(list, lang.T(ctx, "ui.comma"))))
	}
	if r.Priority != "" {
		said = append(said, lang.T(ctx, "routing.when-"+r.Priority))
	}
	if r.Time != AnyTime {
		said = append(said, lang.T(ctx, "routing.when-time-"+r.Time))
	}
	if len(said) == 0 {
		return lang.T(ctx, "routing.when-always"), nil
	}
	return strings.Join(said, lang.T(ctx, "routing.and")), nil
}

// placesOf are the places that a rule names, in its order.
func (s *Service) placesOf(ctx context.Context, r Rule) (list []place.Place, err error) {
	if len(r.Places) == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		known, err := s.Place.ByIDs(ctx, rd, r.Places)
		for _, id := range r.Places {
			if p, there := known[id]; there {
				list = append(list, p)
			}
		}
		return err
	})
	return list, err
}

// placeIDs reads codes of places in use; what names none is a finding.
func (s *Service) placeIDs(ctx context.Context, codes []string, f *fault.Fields) (ids []int64, err error) {
	for _, code := range codes[:min(len(codes), mostPlaces+1)] {
		p, err := s.Place.InUse(ctx, code)
		switch {
		case err == nil && !slices.Contains(ids, p.ID):
			ids = append(ids, p.ID)
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return nil, err
		case err != nil:
			f.Add("places", "routing.place-unknown", "code", code)
		}
	}
	return ids, nil
}

// wayWords say whom a rule finds.
func (s *Service) wayWords(ctx context.Context, r Rule, names map[int64]org.Person) (string, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	var people []string
	for _, id := range r.People {
		p := names[id]
		people = append(people, p.Display(ctx))
	}
	key := "routing.way-says." + string(r.Way)
	if r.Way == ByLoad && len(people) == 0 {
		key += "-all"
	}
	return lang.T(ctx, key, "names", strings.Join(people, lang.T(ctx, "ui.comma")), "unit", tree.Name(ctx, r.Unit), "skill", r.Skill), nil
}
