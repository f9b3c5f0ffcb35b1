package org

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// ownHoldings are what people and units hold in this room. Of people: headships, those they lead, services they own, and
// what ends with them; of units: what is below them, their people, and the roles in them.
func (s *Service) ownHoldings() []Holding {
	return []Holding{
		{Code: "org.head", Label: "org.holds-head", By: ByPerson, Order: 10, Count: countHeaded, List: s.listHeaded, Hand: s.handHeaded},
		{Code: "org.reports", Label: "org.holds-reports", By: ByPerson, Order: 20, Count: countReports, List: s.listReports, Hand: s.handReports},
		{Code: "org.dotted", Label: "org.holds-dotted", By: ByPerson, Order: 22, Count: countDotted, List: s.listDotted, Hand: s.handDotted},
		{Code: "org.owner", Label: "org.holds-owner", By: ByPerson, Order: 30, Count: countOwned, List: s.listRoles("owner"), Hand: s.handOwned},
		{Code: "org.roles", Label: "org.holds-roles", By: ByPerson, Order: 80, Ends: true, Count: countRoles, List: s.listRoles(""), Hand: s.endRoles, Weigh: s.weighRoles},
		{Code: "org.members", Label: "org.holds-members", By: ByPerson, Order: 85, Ends: true, Count: countOthers, List: s.listOthers, Hand: s.endOthers},

		{Code: "org.children", Label: "org.holds-children", By: ByUnit, Order: 10, Count: countChildren, List: s.listChildren, Hand: s.handChildren, Spread: SpreadBy("unit", allOf(childrenAfter))},
		{Code: "org.people", Label: "org.holds-people", By: ByUnit, Order: 20, Count: countPeople, List: s.listPeople, Hand: s.handPeople, Spread: SpreadBy("person", allOf(mainsAfter))},
		{Code: "org.guests", Label: "org.holds-guests", By: ByUnit, Order: 30, Count: countGuests, List: s.listGuests, Hand: s.handGuests, Spread: SpreadBy("person", allOf(guestsAfter))},
		{Code: "org.unit-roles", Label: "org.holds-unit-roles", By: ByUnit, Order: 40, Count: countScoped, List: s.listScoped, Hand: s.handScoped, Spread: SpreadBy("person", scopedPeople)},
	}
}

// allOf reads a list by keeper whole.
func allOf(after func(ctx context.Context, rd sqldb.Reader, keeper, after ID, limit int) ([]ID, error)) func(context.Context, sqldb.Reader, ID) ([]ID, error) {
	return func(ctx context.Context, rd sqldb.Reader, keeper ID) ([]ID, error) {
		return after(ctx, rd, keeper, 0, CountMost)
	}
}

// unitsHeld turns units into lines.
func (s *Service) unitsHeld(ctx context.Context, ids []ID) ([]Held, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Held, len(ids))
	for i, id := range ids {
		u, _ := tree.ByID(id)
		out[i] = Held{Key: id, Title: u.Name.In(ctx), Note: lang.T(ctx, "org.level-"+u.Level), Href: unitHref(u)}
	}
	return out, nil
}

// peopleHeld turns people into lines.
func (s *Service) peopleHeld(ctx context.Context, rd sqldb.Reader, ids []ID) ([]Held, error) {
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Held, len(ids))
	for i, id := range ids {
		p := names[id]
		out[i] = Held{Key: id, Title: NameOf(ctx, p), Note: p.Position, Href: s.personHref(ctx, p)}
	}
	return out, nil
}

// rest is the key to go on behind a list of ids that was read up to a limit; 0 when it was all.
func rest(ids []ID, limit int) ID {
	if len(ids) < limit {
		return 0
	}
	return ids[len(ids)-1]
}

func (s *Service) listHeaded(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Held, error) {
	ids, err := headedAfter(ctx, rd, person, after, limit)
	if err != nil {
		return nil, err
	}
	return s.unitsHeld(ctx, ids)
}

func (s *Service) handHeaded(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	ids, err := headedAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	for _, id := range ids {
		if err := s.newHead(ctx, tx, id, h.To); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(ids), Next: rest(ids, h.Limit)}, nil
}

// newHead gives a unit a head, or none, and says so.
func (s *Service) newHead(ctx context.Context, tx *sqldb.Tx, unit, person ID) error {
	if err := setHead(ctx, tx, unit, person); err != nil {
		return err
	}
	return s.unitChanged(ctx, tx, unit, "changed")
}

func (s *Service) unitChanged(ctx context.Context, tx *sqldb.Tx, unit ID, what string) error {
	u, err := unitByID(ctx, tx, unit)
	if err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: what})
}

func (s *Service) listReports(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Held, error) {
	ids, err := reportsAfter(ctx, rd, person, after, limit)
	if err != nil {
		return nil, err
	}
	return s.peopleHeld(ctx, rd, ids)
}

func (s *Service) handReports(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	ids, err := reportsAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	out := Handed{Next: rest(ids, h.Limit)}
	for _, id := range ids {
		p, err := personByID(ctx, tx, id)
		if err != nil {
			return out, err
		}
		manager := h.To
		if id == h.To { // whoever receives them does not lead herself: the leaver's own manager does
			from, err := personByID(ctx, tx, h.From)
			if err != nil {
				return out, err
			}
			manager = from.Manager
		}
		round, err := leadsRound(ctx, tx, id, manager)
		if err != nil {
			return out, err
		}
		if round {
			out.Left = append(out.Left, Left{Title: p.Name, Href: "/people/~" + idText(p.ID), Why: "org.manager-circle-left"})
			continue
		}
		if err := setManager(ctx, tx, id, manager); err != nil {
			return out, err
		}
		out.Moved++
		if err := s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "changed"}); err != nil {
			return out, err
		}
	}
	return out, nil
}

// leadsRound says whether a person would be led by himself, through others, if manager led him.
func leadsRound(ctx context.Context, rd sqldb.Reader, person, manager ID) (bool, error) {
	for range 1000 {
		if manager == 0 {
			return false, nil
		}
		if manager == person {
			return true, nil
		}
		p, err := personByID(ctx, rd, manager)
		if err != nil {
			return false, err
		}
		manager = p.Manager
	}
	return true, nil
}

// listRoles lists the roles of a person: those that a code names, or all but owner. The key is the place in the list.
func (s *Service) listRoles(code string) func(context.Context, sqldb.Reader, ID, ID, int) ([]Held, error) {
	return func(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Held, error) {
		tree, err := s.Tree(ctx)
		if err != nil {
			return nil, err
		}
		roles, err := rolesOf(ctx, rd, []ID{person})
		if err != nil {
			return nil, err
		}
		var out []Held
		for i, r := range roles[person] {
			if (r.Code == "owner") != (code == "owner") || ID(i+1) <= after || len(out) == limit {
				continue
			}
			h := Held{Key: ID(i + 1), Title: lang.T(ctx, "org.role-"+r.Code)}
			switch {
			case r.Unit != 0:
				u, _ := tree.ByID(r.Unit)
				h.Note, h.Href = u.Name.In(ctx), unitHref(u)
			case r.Scope != "":
				h.Note = r.Scope
			}
			out = append(out, h)
		}
		return out, nil
	}
}

func (s *Service) handOwned(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	roles, err := rolesOf(ctx, tx, []ID{h.From})
	if err != nil {
		return Handed{}, err
	}
	var out Handed
	for _, r := range roles[h.From] {
		if r.Code != "owner" {
			continue
		}
		if err := giveRole(ctx, tx, h.To, r); err != nil {
			return out, err
		}
		if err := dropRole(ctx, tx, h.From, r); err != nil {
			return out, err
		}
		out.Moved++
	}
	if out.Moved == 0 {
		return out, nil
	}
	return out, s.rolesChanged(ctx, tx, h.From, h.To)
}

// rolesChanged makes new revisions and says what people's roles are now.
func (s *Service) rolesChanged(ctx context.Context, tx *sqldb.Tx, people ...ID) error {
	roles, err := rolesOf(ctx, tx, people)
	if err != nil {
		return err
	}
	for _, id := range people {
		if err := touchPerson(ctx, tx, id); err != nil {
			return err
		}
		p, err := personByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.events.Emit(ctx, tx, PersonWasChanged{Person: id, No: p.No, What: "roles", Roles: writeRoles(roles[id])}); err != nil {
			return err
		}
	}
	return nil
}

// endRoles takes away every role but that of an owner, which is handed over.
func (s *Service) endRoles(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	roles, err := rolesOf(ctx, tx, []ID{h.From})
	if err != nil {
		return Handed{}, err
	}
	var out Handed
	for _, r := range roles[h.From] {
		if err := dropRole(ctx, tx, h.From, r); err != nil {
			return out, err
		}
		out.Moved++
	}
	if out.Moved == 0 {
		return out, nil
	}
	return out, s.rolesChanged(ctx, tx, h.From)
}

// weighRoles warns of a unit whose only named agent goes: from then on all its members serve.
func (s *Service) weighRoles(ctx context.Context, rd sqldb.Reader, h Handing) ([]Remark, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(ctx, rd, []ID{h.From})
	if err != nil {
		return nil, err
	}
	var out []Remark
	for _, r := range roles[h.From] {
		if r.Code != "agent" || r.Unit == 0 {
			continue
		}
		agents, err := holdersIn(ctx, rd, r.Unit, "agent")
		if err != nil {
			return nil, err
		}
		if len(agents) == 1 && agents[0] == h.From {
			out = append(out, Remark{Key: "org.last-agent", Args: []any{"unit", tree.Name(ctx, r.Unit)}})
		}
	}
	return out, nil
}

func (s *Service) listOthers(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Held, error) {
	members, err := membershipsOf(ctx, rd, []ID{person})
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []Held
	for _, m := range members[person] {
		if m.Main || m.Unit <= after || len(out) == limit {
			continue
		}
		u, _ := tree.ByID(m.Unit)
		out = append(out, Held{Key: m.Unit, Title: u.Name.In(ctx), Note: joined(m.Position, untilText(ctx, m)), Href: unitHref(u)})
	}
	return out, nil
}

func (s *Service) endOthers(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	n, err := dropGuest(ctx, tx, h.From)
	if err != nil || n == 0 {
		return Handed{}, err
	}
	p, err := personByID(ctx, tx, h.From)
	if err != nil {
		return Handed{}, err
	}
	return Handed{Moved: int(n)}, s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "changed"})
}
