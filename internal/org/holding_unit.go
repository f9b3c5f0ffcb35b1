package org

import (
	"context"
	"strconv"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

func idText(id ID) string { return strconv.FormatInt(id, 10) }

func (s *Service) listChildren(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]Held, error) {
	ids, err := childrenAfter(ctx, rd, unit, after, limit)
	if err != nil {
		return nil, err
	}
	return s.unitsHeld(ctx, ids)
}

// handChildren puts the units below one that ends under what follows it; one that follows moves up to where it was.
func (s *Service) handChildren(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	ids, err := childrenAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil || len(ids) == 0 {
		return Handed{}, err
	}
	if err := lockTree(ctx, tx); err != nil {
		return Handed{}, err
	}
	from, err := unitByID(ctx, tx, h.From)
	if err != nil {
		return Handed{}, err
	}
	tree, err := TreeIn(ctx, tx)
	if err != nil {
		return Handed{}, err
	}
	for _, id := range ids {
		u, err := unitByID(ctx, tx, id)
		if err != nil {
			return Handed{}, err
		}
		if u.Parent = h.Target("unit", id); tree.Under(u.Parent, id) {
			u.Parent = from.Parent
		}
		if err := updateUnit(ctx, tx, u); err != nil {
			return Handed{}, err
		}
		if err := s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: "changed"}); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(ids), Next: rest(ids, h.Limit)}, nil
}

func (s *Service) listPeople(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]Held, error) {
	ids, err := mainsAfter(ctx, rd, unit, after, limit)
	if err != nil {
		return nil, err
	}
	return s.peopleHeld(ctx, rd, ids)
}

// handPeople makes another unit the main one of the people of a unit.
func (s *Service) handPeople(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	ids, err := mainsAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	for _, id := range ids {
		if err := s.newMain(ctx, tx, id, h.Target("person", id), nil); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(ids), Next: rest(ids, h.Limit)}, nil
}

// newMain gives a person another main unit and, unless it is nil, another position there.
func (s *Service) newMain(ctx context.Context, tx *sqldb.Tx, person, unit ID, position *string) error {
	if err := tx.Lock(ctx, "org_person", person); err != nil {
		return err
	}
	p, err := personByID(ctx, tx, person)
	if err != nil {
		return err
	}
	p.Unit = unit
	if position != nil {
		p.Position = *position
	}
	if err := moveMain(ctx, tx, p); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "moved"})
}

func (s *Service) listGuests(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]Held, error) {
	ids, err := guestsAfter(ctx, rd, unit, after, limit)
	if err != nil {
		return nil, err
	}
	return s.peopleHeld(ctx, rd, ids)
}

// handGuests moves memberships that are not the main one; who belongs to the other unit already keeps that.
func (s *Service) handGuests(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	ids, err := guestsAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	for _, id := range ids {
		if err := moveGuest(ctx, tx, id, h.From, h.Target("person", id)); err != nil {
			return Handed{}, err
		}
		p, err := personByID(ctx, tx, id)
		if err != nil {
			return Handed{}, err
		}
		if err := s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "moved"}); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(ids), Next: rest(ids, h.Limit)}, nil
}

func (s *Service) listScoped(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]Held, error) {
	held, err := scopedAfter(ctx, rd, unit, after, limit)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, r := range held {
		ids = append(ids, r.person)
	}
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Held, len(held))
	for i, r := range held {
		p := names[r.person]
		out[i] = Held{Key: p.ID, Title: NameOf(ctx, p), Note: lang.T(ctx, "org.role-"+r.role.Code), Href: s.personHref(ctx, p)}
	}
	return out, nil
}

// handScoped turns the roles in a unit into the same roles in the one that follows.
func (s *Service) handScoped(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	held, err := scopedAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	var out Handed
	var last ID
	for _, r := range held {
		if last = r.person; r.role.Unit != h.From {
			continue
		}
		to, err := unitByID(ctx, tx, h.Target("person", r.person))
		if err != nil {
			return out, err
		}
		next := r.role
		next.Unit, next.Scope = to.ID, to.Code
		if err := giveRole(ctx, tx, r.person, next); err != nil {
			return out, err
		}
		if err := dropRole(ctx, tx, r.person, r.role); err != nil {
			return out, err
		}
		if err := s.rolesChanged(ctx, tx, r.person); err != nil {
			return out, err
		}
		out.Moved++
	}
	if len(held) >= h.Limit {
		out.Next = last
	}
	return out, nil
}
