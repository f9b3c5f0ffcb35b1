package org

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Shift is a time in which somebody is on duty for a unit.
type Shift struct {
	ID       ID
	Unit     ID
	Person   ID
	From     time.Time
	Until    time.Time // first moment of being off
	Task     string    // what as: "first line"
	Phone    string    // of the duty; "" is the person's own
	Note     string
	By       ID
	At       time.Time
	Revision int64
}

// Valid says whether the person is on duty at a moment.
func (h Shift) Valid(at time.Time) bool { return !at.Before(h.From) && at.Before(h.Until) }

// ShiftInput is a shift as a form or the API gives it. Moments are those of the unit's place.
type ShiftInput struct {
	Person string `json:"person" form:"person" doc:"employee_no" example:"00123"`
	From   string `json:"from" form:"from" example:"2026-11-23T08:00"`
	Until  string `json:"until" form:"until" example:"2026-11-23T20:00"`
	Task   string `json:"task,omitempty" form:"task" doc:"What as" example:"first line"`
	Phone  string `json:"phone,omitempty" form:"phone" doc:"Of the duty, when it is not the person's own"`
	Note   string `json:"note,omitempty" form:"note"`
	Anyway bool   `json:"anyway,omitempty" form:"anyway" doc:"Even if the person is away then"`
}

// OnDuty are the persons on duty for a unit at a moment; empty: there is no list, or nobody is.
func (s *Service) OnDuty(ctx context.Context, rd sqldb.Reader, unit ID, at time.Time) ([]ID, error) {
	shifts, err := shiftsAt(ctx, rd, unit, at)
	ids := make([]ID, len(shifts))
	for i, h := range shifts {
		ids[i] = h.Person
	}
	return ids, err
}

// ShiftsAt are the shifts of a unit that hold at a moment.
func (s *Service) ShiftsAt(ctx context.Context, rd sqldb.Reader, unit ID, at time.Time) ([]Shift, error) {
	return shiftsAt(ctx, rd, unit, at)
}

// AddShift puts somebody on duty. All that is wrong comes at once.
func (s *Service) AddShift(ctx context.Context, unit string, in ShiftInput) (Shift, error) {
	var h Shift
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		u, zone, err := s.dutyUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		h = Shift{ID: tx.NewID(), Unit: u.ID, By: actor.From(ctx).Person, At: tx.Now, Revision: 1}
		f := all(readShift(&h, in, zone))
		if err := s.checkShift(ctx, tx, &h, in, zone, f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := insertShifts(ctx, tx, h); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, DutyWasChanged{Unit: u.ID, Code: u.Code, What: "added", Shifts: 1})
	})
	return h, err
}

// checkShift finds the person: somebody who works here, is not on duty then already, and is not away.
func (s *Service) checkShift(ctx context.Context, tx *sqldb.Tx, h *Shift, in ShiftInput, zone *time.Location, f *fault.Fields) error {
	p, err := s.personHere(ctx, tx, in.Person, f)
	if err != nil || p.ID == 0 {
		return err
	}
	h.Person = p.ID
	if h.From.IsZero() || !h.Until.After(h.From) {
		return nil
	}
	if err := tx.Lock(ctx, "org_person", p.ID); err != nil {
		return err
	}
	others, err := shiftsOf(ctx, tx, h.Unit, p.ID, h.From, h.Until)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		f.Add("person", "org.shift-twice", "name", NameOf(ctx, p))
		return nil
	}
	if in.Anyway {
		return nil
	}
	absences, err := absencesOf(ctx, tx, p.ID, h.From, 10)
	for _, a := range absences {
		if a.overlaps(Absence{From: h.From, Until: h.Until}) {
			f.Add("person", "org.shift-away", "name", NameOf(ctx, p), "span", spanText(ctx, a, zone))
			break
		}
	}
	return err
}

// RemoveShift takes somebody off: what has not begun is gone, what has begun ends now. What is over stays as it was.
func (s *Service) RemoveShift(ctx context.Context, id ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		h, u, err := s.lockShift(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !h.Until.After(tx.Now):
			return fault.New(fault.Conflict, "org.shift-over")
		case h.From.Before(tx.Now):
			err = endShift(ctx, tx, id, tx.Now)
		default:
			err = deleteShift(ctx, tx, id)
		}
		if err != nil {
			return err
		}
		e := DutyWasChanged{Unit: u.ID, Code: u.Code, What: "removed", Shifts: 1}
		if h.From.After(tx.Now) {
			e.Off = &OffDuty{Shift: h.ID, Person: h.Person, From: h.From, Until: h.Until}
		}
		return s.events.Emit(ctx, tx, e)
	})
}

func (s *Service) lockShift(ctx context.Context, tx *sqldb.Tx, id ID) (Shift, Unit, error) {
	h, err := shiftByID(ctx, tx, id)
	if err != nil {
		return h, Unit{}, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return h, Unit{}, err
	}
	u, _ := tree.ByID(h.Unit)
	if !mayKeepDuty(actor.From(ctx), tree, h.Unit) {
		return h, u, fault.ErrNotFound
	}
	if err := tx.Lock(ctx, "org_shift", id); err != nil {
		return h, u, err
	}
	h, err = shiftByID(ctx, tx, id)
	return h, u, err
}

// CopyWeek copies the shifts that began in the week before monday into the week from it. Whoever is on duty then already,
// away, or gone is left out and counted.
func (s *Service) CopyWeek(ctx context.Context, unit string, monday time.Time) (copied, left int, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		copied, left = 0, 0
		u, zone, err := s.dutyUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		from := weekOf(monday, zone)
		before, err := shiftsBegun(ctx, tx, u.ID, from.AddDate(0, 0, -7), from)
		if err != nil {
			return err
		}
		for _, old := range before {
			h := Shift{ID: tx.NewID(), Unit: u.ID, Person: old.Person, From: old.From.In(zone).AddDate(0, 0, 7).UTC(), Until: old.Until.In(zone).AddDate(0, 0, 7).UTC(),
				Task: old.Task, Phone: old.Phone, By: actor.From(ctx).Person, At: tx.Now, Revision: 1}
			var f fault.Fields
			if err := s.checkShift(ctx, tx, &h, ShiftInput{Person: "~" + idText(old.Person)}, zone, &f); err != nil {
				return err
			}
			if f.Err() != nil {
				left++
				continue
			}
			if err := insertShifts(ctx, tx, h); err != nil {
				return err
			}
			copied++
		}
		if copied == 0 {
			return nil
		}
		return s.events.Emit(ctx, tx, DutyWasChanged{Unit: u.ID, Code: u.Code, What: "copied", Shifts: copied})
	})
	return copied, left, err
}

// dutyUnit takes the unit for whoever keeps its duty list, and gives the zone that counts there.
func (s *Service) dutyUnit(ctx context.Context, tx *sqldb.Tx, code string) (Unit, *time.Location, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return Unit{}, nil, err
	}
	u, ok := tree.ByCode(code)
	if !ok || !mayKeepDuty(actor.From(ctx), tree, u.ID) {
		return Unit{}, nil, fault.ErrNotFound
	}
	if !u.Valid(tx.Now) {
		return u, nil, fault.New(fault.Conflict, "org.unit-ended-already")
	}
	return u, tree.Zone(u.ID, s.Company(ctx)), nil
}

// Shifts are those of a unit that touch [from, until), the first first.
func (s *Service) Shifts(ctx context.Context, rd sqldb.Reader, unit ID, from, until time.Time) ([]Shift, error) {
	return shiftsIn(ctx, rd, unit, from, until)
}

// DutyWasChanged says that the duty list of a unit is another.
type DutyWasChanged struct {
	Unit   ID     `json:"unit"`
	Code   string `json:"code"`
	What   string `json:"what"` // added, removed, copied, imported, moved
	Shifts int    `json:"shifts"`

	Off *OffDuty `json:"off,omitempty"` // whom a removal before the beginning took off
}

// OffDuty is a shift that will not be.
type OffDuty struct {
	Shift  ID        `json:"shift"`
	Person ID        `json:"person"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
}

// EventKind of DutyWasChanged.
func (DutyWasChanged) EventKind() string { return "org.duty-was-changed" }

// EventSubject of DutyWasChanged.
func (e DutyWasChanged) EventSubject() (string, int64) { return "unit", e.Unit }
