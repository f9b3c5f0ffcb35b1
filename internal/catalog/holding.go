package catalog

import (
	"context"
	"slices"

	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are what a unit has in the catalogue: its services, whom it declares to serve, and that others name it as their
// customer. Retired services stay with the unit that offered them.
func (c *Catalog) Holdings() []org.Holding {
	return []org.Holding{
		{Code: "catalog.services", Label: "catalog.holds-services", By: org.ByUnit, Order: 50, Count: countServices, List: c.listServices, Hand: c.handServices, Weigh: c.weighServices, Spread: org.SpreadBy("service", serviceIDs)},
		{Code: "catalog.customers", Label: "catalog.holds-customers", By: org.ByUnit, Order: 53, Count: countCustomers, List: c.listCustomers, Hand: c.handCustomers, Spread: toEach(countCustomers)},
		{Code: "catalog.named", Label: "catalog.holds-named", By: org.ByUnit, Order: 56, Count: c.countNamed, List: c.listNamed, Hand: c.handNamed, Spread: toEach(c.countNamed)},
		{Code: "catalog.audiences", Label: "catalog.holds-audiences", By: org.ByUnit, Order: 58, Count: countAudiences, List: c.listAudiences, Hand: c.handAudiences, Spread: toEach(countAudiences)},
	}
}

// toEach is the Spread of what every unit that follows gets whole.
func toEach(count func(context.Context, sqldb.Reader, ID) (int, error)) func(context.Context, sqldb.Reader, org.Handing) (map[ID]int, error) {
	return func(ctx context.Context, rd sqldb.Reader, h org.Handing) (map[ID]int, error) {
		n, err := count(ctx, rd, h.From)
		return h.ToEach(n), err
	}
}

func serviceIDs(ctx context.Context, rd sqldb.Reader, unit ID) ([]ID, error) {
	list, err := servicesAfter(ctx, rd, unit, 0, org.CountMost)
	ids := make([]ID, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	return ids, err
}

func (c *Catalog) listServices(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
	list, err := servicesAfter(ctx, rd, unit, after, limit)
	out := make([]org.Held, len(list))
	for i, s := range list {
		out[i] = org.Held{Key: s.ID, Title: s.Name.In(ctx), Note: s.Code, Href: "/services/" + s.Code}
	}
	return out, err
}

// handServices gives services to the unit that follows; what they promise stays as it was.
func (c *Catalog) handServices(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	list, err := servicesAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return out, err
	}
	events := make([]event.Event, 0, len(list))
	for _, s := range list {
		if err := moveService(ctx, tx, s.ID, h.Target("service", s.ID)); err != nil {
			return out, err
		}
		out.Moved++
		out.Next = s.ID
		events = append(events, ServiceWasChanged{Service: s.ID, Code: s.Code, What: []string{"place"}, Version: s.Version})
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	if len(list) == 0 {
		return out, nil
	}
	return out, c.announce(ctx, tx, events...)
}

// weighServices names services that will stand beside one of the same name.
func (c *Catalog) weighServices(ctx context.Context, rd sqldb.Reader, h org.Handing) ([]org.Remark, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []org.Remark
	for _, s := range snap.Of(h.From) {
		for _, o := range snap.Of(h.Target("service", s.ID)) {
			if s.State != Retired && o.State != Retired && s.Name.In(ctx) == o.Name.In(ctx) {
				out = append(out, org.Remark{Key: "catalog.twin-service", Args: []any{"name", s.Name.In(ctx), "a", s.Code, "b", o.Code}})
			}
		}
	}
	return out, nil
}

func countCustomers(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	list, err := customersOf(ctx, rd, unit)
	return len(list), err
}

func (c *Catalog) listCustomers(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
	list, err := customersOf(ctx, rd, unit)
	var out []org.Held
	for i, x := range list {
		if ID(i+1) > after && len(out) < limit {
			out = append(out, org.Held{Key: ID(i + 1), Title: x.Name.In(ctx), Note: x.Needs.In(ctx)})
		}
	}
	return out, err
}

// handCustomers lets every unit that follows declare what the one before declared, beside its own; a unit without a mission
// takes that one, too.
func (c *Catalog) handCustomers(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	list, err := customersOf(ctx, tx, h.From)
	if err != nil || len(list) == 0 {
		return org.Handed{}, err
	}
	tree, err := org.TreeIn(ctx, tx)
	if err != nil {
		return org.Handed{}, err
	}
	mission, err := missionOf(ctx, tx, h.From)
	if err != nil {
		return org.Handed{}, err
	}
	for _, to := range h.Shares {
		if err := c.declareAlso(ctx, tx, tree, to.Unit, list); err != nil {
			return org.Handed{}, err
		}
		own, err := missionOf(ctx, tx, to.Unit)
		if err == nil && own == (lang.Text{}) && mission != own {
			err = setMission(ctx, tx, to.Unit, mission)
		}
		if err != nil {
			return org.Handed{}, err
		}
	}
	return org.Handed{Moved: len(list)}, c.declareNow(ctx, tx, h.From, nil)
}

// declareAlso adds customers to those that a unit declares; nobody is its own customer.
func (c *Catalog) declareAlso(ctx context.Context, tx *sqldb.Tx, tree *org.Tree, unit ID, more []Customer) error {
	have, err := customersOf(ctx, tx, unit)
	if err != nil {
		return err
	}
	u, _ := tree.ByID(unit)
	for _, x := range more {
		if x.Code != u.Code && !slices.ContainsFunc(have, func(o Customer) bool { return o.Code == x.Code }) {
			have = append(have, x)
		}
	}
	return c.declareNow(ctx, tx, unit, have)
}

func (c *Catalog) declareNow(ctx context.Context, tx *sqldb.Tx, unit ID, list []Customer) error {
	if err := declare(ctx, tx, unit, list); err != nil {
		return err
	}
	e := CustomersWereDeclared{Unit: unit, Codes: []string{}}
	for _, x := range list {
		e.Codes = append(e.Codes, x.Code)
	}
	return c.announce(ctx, tx, e)
}

// namers are the units that name a unit as their customer.
func (c *Catalog) namers(ctx context.Context, rd sqldb.Reader, unit ID) (code string, units []ID, err error) {
	tree, err := org.TreeIn(ctx, rd)
	if err != nil {
		return "", nil, err
	}
	u, _ := tree.ByID(unit)
	units, err = namersOf(ctx, rd, u.Code)
	return u.Code, units, err
}

func (c *Catalog) countNamed(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	_, units, err := c.namers(ctx, rd, unit)
	return len(units), err
}

func (c *Catalog) listNamed(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
	_, units, err := c.namers(ctx, rd, unit)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []org.Held
	for _, id := range units {
		if id > after && len(out) < limit {
			u, _ := tree.ByID(id)
			out = append(out, org.Held{Key: id, Title: u.Name.In(ctx), Href: "/org/units/" + u.Code})
		}
	}
	return out, nil
}

// handNamed names the units that follow in place of the one before, in the words it was named with.
func (c *Catalog) handNamed(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	code, units, err := c.namers(ctx, tx, h.From)
	if err != nil || len(units) == 0 {
		return org.Handed{}, err
	}
	tree, err := org.TreeIn(ctx, tx)
	if err != nil {
		return org.Handed{}, err
	}
	for _, provider := range units {
		have, err := customersOf(ctx, tx, provider)
		if err != nil {
			return org.Handed{}, err
		}
		i := slices.IndexFunc(have, func(x Customer) bool { return x.Kind == "unit" && x.Code == code })
		if i < 0 {
			continue
		}
		was := have[i]
		have = slices.Delete(have, i, i+1)
		for n, to := range h.Shares {
			u, _ := tree.ByID(to.Unit)
			if u.ID == provider || slices.ContainsFunc(have, func(x Customer) bool { return x.Code == u.Code }) {
				continue
			}
			next := was
			next.Code, next.Name = u.Code, u.Name
			have = slices.Insert(have, min(i+n, len(have)), next)
		}
		if err := c.declareNow(ctx, tx, provider, have); err != nil {
			return org.Handed{}, err
		}
	}
	return org.Handed{Moved: len(units)}, nil
}
