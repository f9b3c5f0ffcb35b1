package org

import (
	"context"
	"errors"
	"maps"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// assign reads which people, services and units below go where when a unit is split. Only what is the unit's own can go.
func (d *drafting) assign(ctx context.Context) error {
	if d.in.Kind != Split {
		return nil
	}
	d.plan.Assign = map[string]map[ID]ID{}
	if err := d.assignPeople(ctx); err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(d.in.Service)) {
		o, err := d.serviceOf(ctx, code)
		if err != nil {
			return err
		}
		if !slices.Contains(d.plan.From, o.Unit) {
			o.Service = 0
		}
		d.put("services", "service", code, d.in.Service[code], o.Service)
	}
	for _, code := range slices.Sorted(maps.Keys(d.in.Units)) {
		u, ok := d.tree.ByCode(clean(code))
		if !ok || !u.Valid(d.now) || u.Parent == 0 || !slices.Contains(d.plan.From, u.Parent) {
			u.ID = 0
		}
		d.put("units", "unit", code, d.in.Units[code], u.ID)
	}
	return nil
}

// put notes where one thing goes; id 0 says that it is not the unit's.
func (d *drafting) put(field, kind, what, code string, id ID) {
	to, ok := d.codes[clean(code)]
	switch {
	case id == 0 && len(d.plan.From) == 0: // which unit it is stands in the way already
	case id == 0:
		d.f.Add(field, "org.not-of-unit", "value", what)
	case !ok:
		d.f.Add(field, "org.not-among", "value", code)
	default:
		if d.plan.Assign[kind] == nil {
			d.plan.Assign[kind] = map[ID]ID{}
		}
		d.plan.Assign[kind][id] = to
	}
}

// assignPeople takes those who belong to the unit, mainly or also, and those who have a role in it.
func (d *drafting) assignPeople(ctx context.Context) error {
	refs := slices.Sorted(maps.Keys(d.in.People))
	found := make([]Person, len(refs))
	var ids []ID
	for i, no := range refs {
		p, err := d.personByRefIn(ctx, d.rd, clean(no))
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
		found[i], ids = p, append(ids, p.ID)
	}
	members, err := membershipsOf(ctx, d.rd, ids)
	if err != nil {
		return err
	}
	roles, err := rolesOf(ctx, d.rd, ids)
	if err != nil {
		return err
	}
	for i, p := range found {
		here := slices.ContainsFunc(members[p.ID], func(m Membership) bool { return slices.Contains(d.plan.From, m.Unit) }) ||
			slices.ContainsFunc(roles[p.ID], func(r Role) bool { return slices.Contains(d.plan.From, r.Unit) })
		if !here {
			p.ID = 0
		}
		d.put("people", "person", refs[i], d.in.People[refs[i]], p.ID)
	}
	return nil
}

// Offered is a service: who offers it, and what it is called.
type Offered struct {
	Service, Unit ID
	Name          lang.Text
}

// OffersBy fills the slot that reads a service by its code; the zero Offered for one that nobody offers.
func (s *Service) OffersBy(find func(ctx context.Context, code string) (Offered, error)) {
	s.offered = find
}

func (s *Service) serviceOf(ctx context.Context, code string) (Offered, error) {
	if s.offered == nil {
		return Offered{}, nil
	}
	return s.offered(ctx, clean(code))
}

// serviceOption names a service that a picker holds; one that is not there stands for itself.
func (s *Service) serviceOption(ctx context.Context, code string) ui.Option {
	o, err := s.serviceOf(ctx, code)
	if err != nil || o.Service == 0 {
		return ui.Option{Value: code, Text: code}
	}
	return ui.Option{Value: code, Text: o.Name.In(ctx)}
}

// receiving is where what a person, service or unit has goes, when a change divides a unit.
func (c Change) receiving(kind string, id ID) ID {
	return Handing{To: c.Plan.Into[0].Unit, Assign: c.Plan.Assign}.Target(kind, id)
}

// standing is the unit itself or, when it has ended, the largest of those that follow it and are there.
func standing(ctx context.Context, rd sqldb.Reader, id ID) (ID, error) {
	if id == 0 {
		return 0, nil
	}
	tree, err := TreeIn(ctx, rd)
	if err != nil {
		return 0, err
	}
	for _, s := range tree.Heirs(id) {
		if u, ok := tree.ByID(s.Unit); ok && u.Valid(rd.Instant()) {
			return u.ID, nil
		}
	}
	return 0, nil
}
