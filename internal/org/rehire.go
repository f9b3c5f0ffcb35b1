package org

import (
	"context"
	"errors"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// RehireInput says where somebody who had left begins anew.
type RehireInput struct {
	Unit     string `json:"unit" form:"to_unit" doc:"Code of the main unit" example:"finance"`
	Position string `json:"position,omitempty" form:"to_position"`
	Manager  string `json:"manager,omitempty" form:"to_manager" doc:"employee_no"`
}

// PersonCameBack says that somebody who had left works here again: the same person with the same history, but nothing of
// before counts. Who opens accounts closes this one until it is activated anew.
type PersonCameBack struct {
	Person ID     `json:"person"`
	No     string `json:"no"`
	Unit   ID     `json:"unit"`
}

// EventKind of PersonCameBack.
func (PersonCameBack) EventKind() string { return "org.person-came-back" }

// EventSubject of PersonCameBack.
func (e PersonCameBack) EventSubject() (string, int64) { return "person", e.Person }

// Rehire takes somebody back who had left, into a unit of choice: one record, one history, new memberships. Roles, other
// units and managers of before are gone, and the account opens by a new activation only. Activate, in contrast, undoes a
// deactivation. Conflict for somebody who works here.
func (s *Service) Rehire(ctx context.Context, no string, in RehireInput) (Person, error) {
	var p Person
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if p, err = lockPerson(ctx, tx, no); err != nil {
			return err
		}
		if p.ID == 0 {
			return fault.ErrNotFound
		}
		if p.Active {
			return fault.New(fault.Conflict, "org.here-already", "name", p.Plain(ctx))
		}
		if err := notBuried(ctx, tx, p.ID); err != nil {
			return err
		}
		var f fault.Fields
		if p.Position = clean(in.Position); p.Position != "" {
			for _, x := range checkText("position", p.Position, 120) {
				f.Add(x.field, x.key, x.args...)
			}
		}
		p.Manager = 0
		members, err := s.resolvePerson(ctx, tx, PersonInput{Unit: in.Unit, Manager: in.Manager}, &p, &f)
		if err != nil {
			return err
		}
		if err := s.managerHere(ctx, tx, p, in, &f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		p.Active = true
		if err := updatePerson(ctx, tx, p, ""); err != nil {
			return err
		}
		for i := range members {
			members[i].Person = p.ID
		}
		if err := replaceMemberships(ctx, tx, p.ID, members); err != nil {
			return err
		}
		if err := replaceRoles(ctx, tx, p.ID, nil); err != nil {
			return err
		}
		if err := replaceDotted(ctx, tx, []ID{p.ID}, nil); err != nil {
			return err
		}
		p.Revision++
		if err := s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "activated"}); err != nil {
			return err
		}
		return s.cameBack(ctx, tx, p)
	})
	return p, err
}

// managerHere refuses a manager who has left.
func (s *Service) managerHere(ctx context.Context, rd sqldb.Reader, p Person, in RehireInput, f *fault.Fields) error {
	if p.Manager == 0 {
		return nil
	}
	m, err := personByID(ctx, rd, p.Manager)
	if errors.Is(err, fault.ErrNotFound) || err == nil && !m.Active {
		f.Add("manager", "org.person-unknown", "value", clean(in.Manager))
		return nil
	}
	return err
}

// cameBack ends what time had left open of before, and says that the person is here again.
func (s *Service) cameBack(ctx context.Context, tx *sqldb.Tx, p Person) error {
	h := Handing{From: p.ID, Limit: chunk}
	for {
		out, err := s.endAway(ctx, tx, h)
		if err != nil {
			return err
		}
		if h.After = out.Next; h.After == 0 {
			break
		}
	}
	if err := s.stripTimes(ctx, tx, p.ID); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PersonCameBack{Person: p.ID, No: p.No, Unit: p.Unit})
}

// startsAnew is what a row of a file or of a directory makes of somebody who had left: what the row does not say of roles,
// other units, position and managers is gone, and does not come back with the person.
func (h reading) startsAnew(w *wantedPerson, has func(column string) bool) {
	if !has("position") && w.change("position", w.Position, "") {
		w.Position = ""
	}
	if !has("manager") && w.change("manager", w.managerNo, "") {
		w.managerNo = ""
	}
	if main := min(1, len(w.members)); !has("more_units") && w.change("more_units", h.writeMembers(w.members[main:]), "") {
		w.members, w.membersSet = w.members[:main], true
	}
	if !has("roles") && w.change("roles", writeRoles(w.roles), "") {
		w.roles, w.rolesSet = nil, true
	}
	if !has("dotted_managers") && w.change("dotted_managers", WriteDotted(w.dotted, h.zone), "") {
		w.dotted, w.dottedSet = nil, true
	}
}
