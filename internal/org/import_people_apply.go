package org

import (
	"context"
	"slices"

	"neike/internal/app/importer"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// applyPeople takes a chunk in. A manager who comes in a later chunk is settled at the end.
func (s *Service) applyPeople(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var count importer.Count
	house, err := s.reading(ctx, tx)
	if err != nil {
		return count, err
	}
	if err := s.lockPeople(ctx, tx, rows); err != nil {
		return count, err
	}
	people, err := s.knownPeople(ctx, tx, rows)
	if err != nil {
		return count, err
	}
	var fresh, changed []wantedPerson
	for _, row := range rows {
		w, found := house.wantPerson(row, people[row.Get("employee_no")])
		if len(found) > 0 { // the house is no longer what it was when the file was judged
			return count, all(found).Err()
		}
		switch {
		case w.fresh:
			w.ID = tx.NewID()
			for i := range w.members {
				w.members[i].Person = w.ID
			}
			fresh = append(fresh, w)
		case len(w.changes) > 0:
			changed = append(changed, w)
		default:
			count.Unchanged++
		}
	}
	count.Created, count.Updated = len(fresh), len(changed)
	if err := s.findManagers(ctx, tx, fresh, changed); err != nil {
		return count, err
	}
	if err := addPeople(ctx, tx, fresh); err != nil {
		return count, err
	}
	if err := changePeople(ctx, tx, changed); err != nil {
		return count, err
	}
	if err := s.saveDotted(ctx, tx, fresh, changed); err != nil {
		return count, err
	}
	if err := emitAll(ctx, s, tx, announcements(fresh, changed)); err != nil {
		return count, err
	}
	for _, w := range changed {
		if w.back {
			if err := s.cameBack(ctx, tx, w.Person); err != nil {
				return count, err
			}
		}
	}
	return count, nil
}

// lockPeople keeps others from changing the people of a chunk until it is in.
func (s *Service) lockPeople(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) error {
	nos := make([]string, len(rows))
	for i, row := range rows {
		nos[i] = row.Get("employee_no")
	}
	people, err := s.PeopleByNo(ctx, tx, nos)
	if err != nil {
		return err
	}
	ids := make([]ID, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	return tx.Lock(ctx, "org_person", ids...)
}

// findManagers gives people the id of a manager who is in the house or in the chunk; the others keep the 工号.
func (s *Service) findManagers(ctx context.Context, tx *sqldb.Tx, lists ...[]wantedPerson) error {
	var nos []string
	inChunk := map[string]ID{}
	for _, list := range lists {
		for _, w := range list {
			inChunk[w.No] = w.ID
			if w.managerNo != "" {
				nos = append(nos, w.managerNo)
			}
		}
	}
	slices.Sort(nos)
	people, err := s.PeopleByNo(ctx, tx, slices.Compact(nos))
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i := range list {
			w := &list[i]
			w.Manager = inChunk[w.managerNo]
			if p, ok := people[w.managerNo]; ok {
				w.Manager = p.ID
			}
			if w.Manager != 0 || w.managerNo == "" {
				w.managerNo = ""
			}
		}
	}
	return nil
}

func addPeople(ctx context.Context, tx *sqldb.Tx, fresh []wantedPerson) error {
	people, managers := make([]Person, len(fresh)), make([]string, len(fresh))
	var members []Membership
	var roles []heldRole
	for i, w := range fresh {
		people[i], managers[i] = w.Person, w.managerNo
		members = append(members, w.members...)
		for _, r := range w.roles {
			roles = append(roles, heldRole{w.ID, r})
		}
	}
	if err := insertPeople(ctx, tx, people, managers); err != nil {
		return err
	}
	if err := insertMemberships(ctx, tx, members); err != nil {
		return err
	}
	return insertHeldRoles(ctx, tx, roles)
}

func changePeople(ctx context.Context, tx *sqldb.Tx, changed []wantedPerson) error {
	for _, w := range changed {
		if err := updatePerson(ctx, tx, w.Person, w.managerNo); err != nil {
			return err
		}
		if err := replaceMemberships(ctx, tx, w.ID, w.members); err != nil {
			return err
		}
		if w.rolesSet {
			if err := replaceRoles(ctx, tx, w.ID, w.roles); err != nil {
				return err
			}
		}
	}
	return nil
}

func announcements(fresh, changed []wantedPerson) []PersonWasChanged {
	var events []PersonWasChanged
	for _, w := range fresh {
		events = append(events, PersonWasChanged{Person: w.ID, No: w.No, What: "created", Roles: writeRoles(w.roles)})
	}
	for _, w := range changed {
		e := PersonWasChanged{Person: w.ID, No: w.No, What: "changed"}
		if w.rolesSet {
			e.What, e.Roles = "roles", writeRoles(w.roles)
		}
		if i := slices.IndexFunc(w.changes, func(c importer.Change) bool { return c.Column == "active" }); i >= 0 {
			e.What = map[bool]string{true: "activated", false: "deactivated"}[w.Active]
		}
		events = append(events, e)
	}
	return events
}

func emitAll[E event.Event](ctx context.Context, s *Service, tx *sqldb.Tx, list []E) error {
	events := make([]event.Event, len(list))
	for i, e := range list {
		events[i] = e
	}
	return s.events.Emit(ctx, tx, events...)
}
