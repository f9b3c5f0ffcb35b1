package org

import (
	"context"
	"maps"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// timedHoldings are what people and units hold for a time only: acting headships, duty, standing in for others, and
// absences of their own.
func (s *Service) timedHoldings() []Holding {
	return []Holding{
		{Code: "org.acting", Label: "org.holds-acting", By: ByPerson, Order: 12, Count: countActingOf("person"), List: s.listActing("person"), Hand: s.handActing},
		{Code: "org.duty", Label: "org.holds-duty", By: ByPerson, Order: 14, Count: countShiftsOf("person"), List: s.listShifts("person"), Hand: s.handDuty},
		{Code: "org.deputy", Label: "org.holds-deputy", By: ByPerson, Order: 16, Count: countDeputed, List: s.listDeputed, Hand: s.handDeputy},
		{Code: "org.absences", Label: "org.holds-absences", By: ByPerson, Order: 88, Ends: true, Count: countAway, List: s.listAway, Hand: s.endAway},

		{Code: "org.unit-duty", Label: "org.holds-duty", By: ByUnit, Order: 50, Count: countShiftsOf("unit"), List: s.listShifts("unit"), Hand: s.handUnitDuty, Spread: SpreadBy("person", peopleOnShifts)},
		{Code: "org.unit-acting", Label: "org.holds-unit-acting", By: ByUnit, Order: 60, Ends: true, Count: countActingOf("unit"), List: s.listActing("unit"), Hand: s.endUnitActing},
	}
}

func (s *Service) listActing(keeper string) func(context.Context, sqldb.Reader, ID, ID, int) ([]Held, error) {
	return func(ctx context.Context, rd sqldb.Reader, id, after ID, limit int) ([]Held, error) {
		list, err := actingAfter(ctx, rd, keeper, id, after, limit)
		if err != nil {
			return nil, err
		}
		return s.timesHeld(ctx, rd, keeper, len(list), func(i int) timeHeld {
			return timeHeld{list[i].ID, list[i].Unit, list[i].Person, list[i].From, list[i].Until, unitHref}
		})
	}
}

func (s *Service) listShifts(keeper string) func(context.Context, sqldb.Reader, ID, ID, int) ([]Held, error) {
	return func(ctx context.Context, rd sqldb.Reader, id, after ID, limit int) ([]Held, error) {
		list, err := shiftsAfter(ctx, rd, keeper, id, after, limit)
		if err != nil {
			return nil, err
		}
		return s.timesHeld(ctx, rd, keeper, len(list), func(i int) timeHeld {
			return timeHeld{list[i].ID, list[i].Unit, list[i].Person, list[i].From, list[i].Until, dutyHref}
		})
	}
}

// timeHeld is something between a unit and a person that has a beginning and an end.
type timeHeld struct {
	id, unit, person ID
	from, until      time.Time
	href             func(Unit) string
}

// timesHeld turns times into lines: a person's are called after the unit, a unit's after the person.
func (s *Service) timesHeld(ctx context.Context, rd sqldb.Reader, keeper string, n int, of func(int) timeHeld) ([]Held, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var people []ID
	for i := range n {
		people = append(people, of(i).person)
	}
	names, err := s.Names(ctx, rd, people)
	if err != nil {
		return nil, err
	}
	out := make([]Held, n)
	for i := range out {
		t := of(i)
		u, _ := tree.ByID(t.unit)
		span := spanText(ctx, Absence{From: t.from, Until: t.until}, tree.Zone(u.ID, s.Company(ctx)))
		out[i] = Held{Key: t.id, Title: u.Name.In(ctx), Note: span, Href: t.href(u)}
		if keeper == "unit" {
			out[i].Title = NameOf(ctx, names[t.person])
		}
	}
	return out, nil
}

// handActing makes the receiver acting head for what is left of the time. Who heads the unit, or acts there then, needs
// no second time.
func (s *Service) handActing(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	list, err := actingAfter(ctx, tx, "person", h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	for _, a := range list {
		if err := s.stopActing(ctx, tx, a); err != nil {
			return Handed{}, err
		}
		if err := s.actFor(ctx, tx, a, h.To); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(list), Next: behind(list, h.Limit, func(a Acting) ID { return a.ID })}, nil
}

// actFor lets somebody act as head for what is left of another's time.
func (s *Service) actFor(ctx context.Context, tx *sqldb.Tx, was Acting, person ID) error {
	a := was
	a.ID, a.Person, a.From = tx.NewID(), person, later(was.From, tx.Now)
	a.By, a.At, a.Revision, a.stage = actor.From(ctx).Person, tx.Now, 1, 0
	u, err := unitByID(ctx, tx, a.Unit)
	if err != nil || u.Head == person {
		return err
	}
	others, err := actingOf(ctx, tx, a.Unit, a.From, 50)
	if err != nil {
		return err
	}
	for _, b := range others {
		if b.Person == person && (a.Until.IsZero() || b.From.Before(a.Until)) {
			return nil
		}
	}
	if err := insertActing(ctx, tx, a); err != nil {
		return err
	}
	if err := s.events.Emit(ctx, tx, ActingWasSet{a.Unit, a.Person, a.From, a.Until, "created"}); err != nil {
		return err
	}
	return s.stageActing(ctx, tx, a)
}

// stopActing ends a time of acting now, or before it begins.
func (s *Service) stopActing(ctx context.Context, tx *sqldb.Tx, a Acting) error {
	a.Until = later(a.From, tx.Now)
	if err := endActing(ctx, tx, a.ID, a.Until); err != nil {
		return err
	}
	return s.stageActing(ctx, tx, a)
}

// endUnitActing ends acting with the unit: who heads what follows it is said anew.
func (s *Service) endUnitActing(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	list, err := actingAfter(ctx, tx, "unit", h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	for _, a := range list {
		if err := s.stopActing(ctx, tx, a); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(list), Next: behind(list, h.Limit, func(a Acting) ID { return a.ID })}, nil
}

// handDuty puts the receiver on duty for what is to come.
func (s *Service) handDuty(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	return s.handShifts(ctx, tx, h, "person", func(d Shift) (ID, ID) { return d.Unit, h.To })
}

// handUnitDuty lets the duty list go on at what follows the unit.
func (s *Service) handUnitDuty(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	return s.handShifts(ctx, tx, h, "unit", func(d Shift) (ID, ID) { return h.Target("person", d.Person), d.Person })
}

func (s *Service) handShifts(ctx context.Context, tx *sqldb.Tx, h Handing, keeper string, to func(Shift) (unit, person ID)) (Handed, error) {
	list, err := shiftsAfter(ctx, tx, keeper, h.From, h.After, h.Limit)
	if err != nil || len(list) == 0 {
		return Handed{}, err
	}
	units := map[ID]int{}
	for _, d := range list {
		if err := s.stopShift(ctx, tx, d); err != nil {
			return Handed{}, err
		}
		unit, person := to(d)
		if err := s.standDuty(ctx, tx, d, unit, person); err != nil {
			return Handed{}, err
		}
		units[d.Unit]++
		if unit != d.Unit {
			units[unit]++
		}
	}
	if err := s.dutyMoved(ctx, tx, units); err != nil {
		return Handed{}, err
	}
	return Handed{Moved: len(list), Next: behind(list, h.Limit, func(d Shift) ID { return d.ID })}, nil
}

// dutyMoved says of each unit that its duty list is another.
func (s *Service) dutyMoved(ctx context.Context, tx *sqldb.Tx, units map[ID]int) error {
	for _, id := range slices.Sorted(maps.Keys(units)) {
		u, err := unitByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.events.Emit(ctx, tx, DutyWasChanged{Unit: id, Code: u.Code, What: "moved", Shifts: units[id]}); err != nil {
			return err
		}
	}
	return nil
}

// stopShift ends a shift now; one that has not begun is gone.
func (s *Service) stopShift(ctx context.Context, tx *sqldb.Tx, d Shift) error {
	if d.From.Before(tx.Now) {
		return endShift(ctx, tx, d.ID, tx.Now)
	}
	return deleteShift(ctx, tx, d.ID)
}

// standDuty puts somebody on duty for what is left of a shift, where not on duty there already. The phone of a shift
// belongs to the duty and stays.
func (s *Service) standDuty(ctx context.Context, tx *sqldb.Tx, was Shift, unit, person ID) error {
	d := was
	d.Unit, d.Person, d.From = unit, person, later(was.From, tx.Now)
	others, err := shiftsOf(ctx, tx, unit, person, d.From, d.Until)
	if err != nil {
		return err
	}
	var parts []Shift
	for _, free := range uncovered(d, others) {
		free.ID, free.By, free.At, free.Revision = tx.NewID(), actor.From(ctx).Person, tx.Now, 1
		parts = append(parts, free)
	}
	return insertShifts(ctx, tx, parts...)
}

func (s *Service) listDeputed(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Held, error) {
	list, err := deputedAfter(ctx, rd, person, after, limit)
	if err != nil {
		return nil, err
	}
	return s.absencesHeld(ctx, rd, list)
}

func (s *Service) listAway(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]Held, error) {
	list, err := awayAfter(ctx, rd, person, after, limit)
	if err != nil {
		return nil, err
	}
	return s.absencesHeld(ctx, rd, list)
}

// absencesHeld turns absences into lines; of what kind they are is nobody's business here.
func (s *Service) absencesHeld(ctx context.Context, rd sqldb.Reader, list []Absence) ([]Held, error) {
	out := make([]Held, len(list))
	for i, a := range list {
		p, err := personByID(ctx, rd, a.Person)
		if err != nil {
			return nil, err
		}
		zone, err := s.zoneOfPerson(ctx, rd, p.ID)
		if err != nil {
			return nil, err
		}
		out[i] = Held{Key: a.ID, Title: NameOf(ctx, p), Note: spanText(ctx, a, zone), Href: s.personHref(ctx, p)}
	}
	return out, nil
}

// handDeputy names the receiver as deputy of those who named the giver. Nobody stands in for himself.
func (s *Service) handDeputy(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	list, err := deputedAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	out := Handed{Next: behind(list, h.Limit, func(a Absence) ID { return a.ID })}
	for _, a := range list {
		if a.Person == h.To {
			p, err := personByID(ctx, tx, a.Person)
			if err != nil {
				return out, err
			}
			out.Left = append(out.Left, Left{Title: p.Name, Href: "/people/~" + idText(p.ID), Why: "org.deputy-self"})
			continue
		}
		if err := s.deputeTo(ctx, tx, a, h.To); err != nil {
			return out, err
		}
		out.Moved++
	}
	return out, nil
}

// deputeTo names another deputy, or nobody (0), for an absence.
func (s *Service) deputeTo(ctx context.Context, tx *sqldb.Tx, was Absence, deputy ID) error {
	a := was
	a.Deputy = deputy
	if err := updateAbsence(ctx, tx, a); err != nil {
		return err
	}
	a.Revision++
	return s.announce(ctx, tx, was, &a, "changed")
}

// endAway ends the absences of who leaves: nobody waits for a return.
func (s *Service) endAway(ctx context.Context, tx *sqldb.Tx, h Handing) (Handed, error) {
	list, err := awayAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return Handed{}, err
	}
	for _, was := range list {
		a := was
		a.Until, a.EndedBy, a.EndedAt = later(a.From, tx.Now), actor.From(ctx).Person, tx.Now
		if err := updateAbsence(ctx, tx, a); err != nil {
			return Handed{}, err
		}
		a.Revision++
		if err := s.announce(ctx, tx, was, &a, "ended"); err != nil {
			return Handed{}, err
		}
	}
	return Handed{Moved: len(list), Next: behind(list, h.Limit, func(a Absence) ID { return a.ID })}, nil
}

// stripTimes ends what somebody who left held for a time and nobody received.
func (s *Service) stripTimes(ctx context.Context, tx *sqldb.Tx, person ID) error {
	acting, err := actingAfter(ctx, tx, "person", person, 0, CountMost)
	if err != nil {
		return err
	}
	for _, a := range acting {
		if err := s.stopActing(ctx, tx, a); err != nil {
			return err
		}
	}
	shifts, err := shiftsAfter(ctx, tx, "person", person, 0, CountMost)
	if err != nil {
		return err
	}
	units := map[ID]int{}
	for _, d := range shifts {
		units[d.Unit]++
		if err := s.stopShift(ctx, tx, d); err != nil {
			return err
		}
	}
	if err := s.dutyMoved(ctx, tx, units); err != nil {
		return err
	}
	led, err := dottedAfter(ctx, tx, person, 0, CountMost)
	if err != nil {
		return err
	}
	for _, id := range led {
		if err := s.dottedFrom(ctx, tx, id, person, 0); err != nil {
			return err
		}
	}
	deputed, err := deputedAfter(ctx, tx, person, 0, CountMost)
	for _, a := range deputed {
		if err := s.deputeTo(ctx, tx, a, 0); err != nil {
			return err
		}
	}
	return err
}

// behind is the key to go on behind a list that was read up to a limit; 0 when it was all.
func behind[T any](list []T, limit int, key func(T) ID) ID {
	if len(list) < limit {
		return 0
	}
	return key(list[len(list)-1])
}

// uncovered is what of a shift lies in none of the others.
func uncovered(d Shift, others []Shift) []Shift {
	sorting.By(others, func(a, b Shift) int { return a.From.Compare(b.From) })
	var out []Shift
	end := d.Until
	for _, o := range others {
		if o.From.After(d.From) && d.From.Before(end) {
			part := d
			if part.Until = o.From; end.Before(o.From) {
				part.Until = end
			}
			out = append(out, part)
		}
		d.From = later(d.From, o.Until)
	}
	if d.From.Before(end) {
		out = append(out, d)
	}
	return out
}
