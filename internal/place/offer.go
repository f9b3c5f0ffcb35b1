package place

import (
	"context"
	"slices"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Around are the places around one, from the next one outwards.
func (s *Service) around(ctx context.Context, rd sqldb.Reader, p Place) ([]Place, error) {
	codes := above(p.Path)
	known, err := byCodes(ctx, rd, codes)
	if err != nil {
		return nil, err
	}
	var out []Place
	for _, code := range slices.Backward(codes) {
		if x, ok := known[code]; ok {
			out = append(out, x)
		}
	}
	return out, nil
}

// stepsShown is how many places of one level a list offers.
const stepsShown = 50

// Steps are where a list that is narrowed to a place goes on from it: the places around it from the top down, itself, and
// those in use right under it. Without a code, or with one that names none, those at the top.
func (s *Service) Steps(ctx context.Context, code string) (above []Place, here Place, under []Place, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		sc := scope{top: true, limit: stepsShown - 1}
		if code != "" {
			p, err := byCode(ctx, rd, code)
			switch {
			case err == nil:
				here, sc = p, scope{direct: p.ID, limit: stepsShown - 1}
			case fault.KindOf(err) != fault.NotFound:
				return err
			}
		}
		if above, err = s.around(ctx, rd, here); err != nil {
			return err
		}
		slices.Reverse(above)
		under, err = list(ctx, rd, sc)
		return err
	})
	return above, here, under, err
}

// Offers are the services that the actor can ask for at a place.
func (s *Service) Offers(ctx context.Context, p Place) ([]*catalog.Service, error) {
	all, err := s.services(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Service
	for _, x := range all {
		seen, err := s.catalog.Visible(ctx, x.Code)
		switch {
		case err == nil && seen.Askable():
			out = append(out, seen)
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	return out, nil
}

// services are those asked for at a place, whoever looks.
func (s *Service) services(ctx context.Context, p Place) ([]*catalog.Service, error) {
	var ids []int64
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		wider, err := s.around(ctx, rd, p)
		if err != nil {
			return err
		}
		byKind, err := kindServices(ctx, rd)
		ids = offered(append([]Place{p}, wider...), byKind)
		return err
	})
	if err != nil {
		return nil, err
	}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Service
	for _, id := range ids {
		if x, ok := snap.ByID(id); ok {
			out = append(out, x)
		}
	}
	return out, nil
}

// KindServices are the codes of the services that places of each kind offer without any of their own.
func (s *Service) KindServices(ctx context.Context) (map[string][]string, error) {
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := kindServices(ctx, rd)
		for kind, ids := range list {
			for _, id := range ids {
				if x, ok := snap.ByID(id); ok {
					out[kind] = append(out[kind], x.Code)
				}
			}
		}
		return err
	})
	return out, err
}

// SetKinds says what places of kinds offer that have no services of their own. Kinds that are not named stay as they are.
func (s *Service) SetKinds(ctx context.Context, wanted map[string][]string) error {
	if err := s.may(ctx, doKind, 0); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var f fault.Fields
		services := map[string][]int64{}
		for kind, codes := range wanted {
			if !slices.Contains(Kinds, kind) {
				f.Add(kind, "place.kind-unknown", "value", kind)
				continue
			}
			if len(codes) > mostServices {
				f.Add(kind, "place.too-many-services", "max", mostServices)
			}
			ids, err := s.servicesOf(ctx, codes, kind, &f)
			if err != nil {
				return err
			}
			services[kind] = ids
		}
		if err := f.Err(); err != nil {
			return err
		}
		have, err := kindServices(ctx, tx)
		if err != nil {
			return err
		}
		for _, kind := range Kinds {
			ids, named := services[kind]
			if !named || slices.Equal(ids, have[kind]) {
				continue
			}
			if err := setKind(ctx, tx, kind, ids); err != nil {
				return err
			}
			if err := s.events.Emit(ctx, tx, KindWasSet{kind, wanted[kind]}); err != nil {
				return err
			}
		}
		return nil
	})
}
