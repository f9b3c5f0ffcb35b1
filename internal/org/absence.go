package org

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// The kinds of absence. What kind it is, only the person, those above and the people office see.
const (
	Holiday = "holiday"
	Sick    = "sick"
	Trip    = "trip"
	Leave   = "leave" // long: parental leave, a sabbatical
	Other   = "other"
)

// AbsenceKinds lists them in the order of the form.
var AbsenceKinds = []string{Holiday, Sick, Trip, Leave, Other}

// Absence is a time in which somebody is away, and who stands in meanwhile.
type Absence struct {
	ID       ID
	Person   ID
	From     time.Time
	Until    time.Time // first moment of being back; zero: nobody knows yet
	Kind     string
	Deputy   ID // 0: nobody
	Note     string
	By       ID // who entered it; 0: the house
	At       time.Time
	EndedBy  ID
	EndedAt  time.Time // when it was ended by hand; zero: it was not
	Revision int64
	Change   ID // the change that it is part of: a long leave with a hand-over
	stage    int
}

// Valid says whether the absence holds at a moment.
func (a Absence) Valid(at time.Time) bool {
	return !at.Before(a.From) && (a.Until.IsZero() || at.Before(a.Until))
}

// Over says whether it has passed, or was taken back before it began.
func (a Absence) Over(at time.Time) bool {
	return !a.Until.IsZero() && (!at.Before(a.Until) || !a.Until.After(a.From))
}

// overlaps says whether two absences have a moment in common.
func (a Absence) overlaps(b Absence) bool {
	return (b.Until.IsZero() || a.From.Before(b.Until)) && (a.Until.IsZero() || b.From.Before(a.Until))
}

// AbsenceInput is an absence as a form or the API gives it. Days and moments are those of the person's place.
type AbsenceInput struct {
	From   string `json:"from" form:"from" doc:"The first day away, or a moment: 2026-11-23 or 2026-11-23T13:00" example:"2026-11-23"`
	Until  string `json:"until,omitempty" form:"until" doc:"The last day away, or the moment of being back; may be left out for leave and sick" example:"2026-11-27"`
	Kind   string `json:"kind" form:"kind" enum:"holiday,sick,trip,leave,other"`
	Deputy string `json:"deputy,omitempty" form:"deputy" doc:"Who stands in: employee_no" example:"00123"`
	Note   string `json:"note,omitempty" form:"note"`
	Anyway bool   `json:"anyway,omitempty" form:"anyway" doc:"Take the deputy even if away in that time, too"`
}

// SetAbsence enters an absence of a person, by 工号 or its stand-in. All that is wrong comes at once.
func (s *Service) SetAbsence(ctx context.Context, ref string, in AbsenceInput) (Absence, error) {
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return Absence{}, err
	}
	if err := s.mayKeepAbsence(ctx, p); err != nil {
		return Absence{}, err
	}
	var a Absence
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a = Absence{ID: tx.NewID(), Person: p.ID, By: actor.From(ctx).Person, At: tx.Now, Revision: 1}
		if err := s.fillAbsence(ctx, tx, &a, in); err != nil {
			return err
		}
		if err := insertAbsence(ctx, tx, a); err != nil {
			return err
		}
		return s.announce(ctx, tx, Absence{}, &a, "created")
	})
	return a, err
}

// ChangeAbsence changes one that is not over. Revision is the one that was shown. A beginning that has passed stays.
func (s *Service) ChangeAbsence(ctx context.Context, id ID, in AbsenceInput, revision int64) (Absence, error) {
	var a Absence
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		was, err := s.lockAbsence(ctx, tx, id, revision)
		if err != nil {
			return err
		}
		a = was
		if err := s.fillAbsence(ctx, tx, &a, in); err != nil {
			return err
		}
		if err := updateAbsence(ctx, tx, a); err != nil {
			return err
		}
		a.Revision++
		return s.announce(ctx, tx, was, &a, "changed")
	})
	return a, err
}

// EndAbsence says that the person is back, or does not go. What the deputy might do ends with it.
func (s *Service) EndAbsence(ctx context.Context, id ID, revision int64) (Absence, error) {
	var a Absence
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		was, err := s.lockAbsence(ctx, tx, id, revision)
		if err != nil {
			return err
		}
		a = was
		a.Until, a.EndedBy, a.EndedAt = tx.Now, actor.From(ctx).Person, tx.Now
		if a.Until.Before(a.From) {
			a.Until = a.From
		}
		if err := updateAbsence(ctx, tx, a); err != nil {
			return err
		}
		a.Revision++
		return s.announce(ctx, tx, was, &a, "ended")
	})
	return a, err
}

// lockAbsence takes the person, so that absences of one change one after the other, and reads the absence anew.
func (s *Service) lockAbsence(ctx context.Context, tx *sqldb.Tx, id ID, revision int64) (Absence, error) {
	a, err := absenceByID(ctx, tx, id)
	if err != nil {
		return a, err
	}
	p, err := personByID(ctx, tx, a.Person)
	if err != nil {
		return a, err
	}
	if err := s.mayKeepAbsence(ctx, p); err != nil {
		return a, err
	}
	if err := tx.Lock(ctx, "org_person", a.Person); err != nil {
		return a, err
	}
	if a, err = absenceByID(ctx, tx, id); err != nil {
		return a, err
	}
	switch {
	case revision != 0 && revision != a.Revision:
		return a, fault.New(fault.Precondition, "org.changed-meanwhile")
	case a.Over(tx.Now):
		return a, fault.New(fault.Conflict, "org.absence-over")
	case a.Change != 0 && tx.Now.Before(a.From): // the hand-over begins with it: both are taken back together
		return a, fault.New(fault.Conflict, "org.absence-of-change")
	}
	return a, nil
}

// fillAbsence reads the input into the absence and checks it against everything else.
func (s *Service) fillAbsence(ctx context.Context, tx *sqldb.Tx, a *Absence, in AbsenceInput) error {
	begun := a.Revision > 1 || !a.From.IsZero()
	was := *a
	zone, err := s.zoneOfPerson(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	if a.Change != 0 {
		in.Kind = Leave
	}
	f := all(readAbsence(a, in, zone))
	if begun && !was.From.After(tx.Now) {
		a.From = was.From
	}
	for _, x := range checkAbsence(*a, was, tx.Now) {
		f.Add(x.field, x.key, x.args...)
	}
	if err := tx.Lock(ctx, "org_person", a.Person); err != nil {
		return err
	}
	if err := s.checkOverlap(ctx, tx, a, zone, f); err != nil {
		return err
	}
	if err := s.checkDeputy(ctx, tx, a, in, was.Deputy, f); err != nil {
		return err
	}
	return f.Err()
}

// checkOverlap refuses a second absence at the same time. After one that was ended by hand today, the next begins then.
func (s *Service) checkOverlap(ctx context.Context, rd sqldb.Reader, a *Absence, zone *time.Location, f *fault.Fields) error {
	if a.From.IsZero() {
		return nil
	}
	list, err := absencesOf(ctx, rd, a.Person, a.From, 50)
	if err != nil {
		return err
	}
	for _, b := range list {
		switch {
		case b.ID == a.ID || !a.overlaps(b):
		case !b.EndedAt.IsZero() && b.Over(rd.Instant()) && !a.From.Before(b.From):
			a.From = b.Until
		default:
			f.Add("from", "org.absence-overlaps", "span", spanText(ctx, b, zone))
			return nil
		}
	}
	return nil
}

// checkDeputy finds who stands in: somebody else, who works here and is there. A deputy who is away in that time, too,
// is refused once; taken anyway, the deputy's own deputy goes on.
func (s *Service) checkDeputy(ctx context.Context, rd sqldb.Reader, a *Absence, in AbsenceInput, was ID, f *fault.Fields) error {
	ref := clean(in.Deputy)
	a.Deputy = 0
	if ref == "" {
		return nil
	}
	p, err := s.byRefIn(ctx, rd, ref)
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil:
		f.Add("deputy", "org.person-unknown", "value", ref)
		return nil
	case err != nil:
		return err
	case !p.Active:
		f.Add("deputy", "org.deputy-left", "name", NameOf(ctx, p))
		return nil
	case p.ID == a.Person:
		f.Add("deputy", "org.deputy-self")
		return nil
	}
	a.Deputy = p.ID
	if in.Anyway || p.ID == was || a.From.IsZero() {
		return nil
	}
	theirs, err := absencesOf(ctx, rd, p.ID, a.From, 50)
	if err != nil {
		return err
	}
	zone := s.Company(ctx).Location()
	for _, b := range theirs {
		if a.overlaps(b) && !b.Over(rd.Instant()) {
			f.Add("deputy", "org.deputy-away", "name", NameOf(ctx, p), "span", spanText(ctx, b, zone))
			return nil
		}
	}
	return nil
}

// announce emits what the change of an absence means now: that it was set, and that it began or ended when it did.
func (s *Service) announce(ctx context.Context, tx *sqldb.Tx, was Absence, a *Absence, what string) error {
	set := AbsenceSet{about(*a), what, was.Deputy}
	if err := s.events.Emit(ctx, tx, set); err != nil {
		return err
	}
	return s.stageAbsence(ctx, tx, *a)
}

// stageOf is how far something with a beginning and an end is: 0 ahead, 1 under way, 2 over.
func stageOf(valid, over bool) int {
	switch {
	case over:
		return 2
	case valid:
		return 1
	}
	return 0
}

// stageAbsence announces that an absence has begun or is over, once each.
func (s *Service) stageAbsence(ctx context.Context, tx *sqldb.Tx, a Absence) error {
	stage := stageOf(a.Valid(tx.Now), a.Over(tx.Now))
	if stage <= a.stage {
		return nil
	}
	if err := setAbsenceStage(ctx, tx, a.ID, stage); err != nil {
		return err
	}
	if a.stage == 0 && a.Until.After(a.From) || a.stage == 0 && a.Until.IsZero() {
		if err := s.events.Emit(ctx, tx, AbsenceBegan{about(a)}); err != nil {
			return err
		}
	}
	if stage == 2 && (a.Until.After(a.From) || a.stage == 1) {
		return s.events.Emit(ctx, tx, AbsenceEnded{about(a)})
	}
	return nil
}

// Absences of a person: those that hold or come, the next first, and the last that are over.
func (s *Service) Absences(ctx context.Context, ref string) ([]Absence, error) {
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := s.mayKeepAbsence(ctx, p); err != nil {
		return nil, err
	}
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Absence, error) {
		return newestAbsences(ctx, rd, p.ID, 50)
	})
}

// AbsenceByID is one absence to those who may keep it; not found to others.
func (s *Service) AbsenceByID(ctx context.Context, id ID) (Absence, Person, error) {
	var p Person
	a, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Absence, error) {
		a, err := absenceByID(ctx, rd, id)
		if err == nil {
			p, err = personByID(ctx, rd, a.Person)
		}
		return a, err
	})
	if err == nil {
		err = s.mayKeepAbsence(ctx, p)
	}
	return a, p, err
}

// AbsentAt are those of the people who are away at a moment, with their absence. Of now and of what is to come it is in
// memory; of the past it asks the database.
func (s *Service) AbsentAt(ctx context.Context, rd sqldb.Reader, people []ID, at time.Time) (map[ID]Absence, error) {
	if at.Before(rd.Instant()) {
		return absentAt(ctx, rd, people, at)
	}
	st, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	out := map[ID]Absence{}
	for _, p := range people {
		if a, away := st.absent(p, at); away {
			out[p] = a
		}
	}
	return out, nil
}

// mayKeepAbsence: the person, who heads its unit or one above, the unit's secretary, the people office, administration.
// To everybody else there is nothing.
func (s *Service) mayKeepAbsence(ctx context.Context, p Person) error {
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	a := actor.From(ctx)
	if a.System || a.Person == p.ID && p.ID != 0 || a.Has("hr") || a.Has("admin") || over(a, p.Unit, tree, "head", "secretary", "hr") {
		return nil
	}
	return fault.ErrNotFound
}
