package notice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
)

const (
	dutyFollower = "notice.duty"
	dutyJob      = "notice.duty"
	dutyKind     = "duty" // subject: a shift of org
)

// dutyAhead is how far ahead shifts are looked for: longer than any run of free days.
const dutyAhead = 21 * 24 * time.Hour

// dutySince is how long ago a shift may have begun, or been entered, to be told of as one that holds now.
const dutySince = time.Hour

// followDuty lets the units whose duty list, or whose people's absences, changed be looked at.
func (s *Service) followDuty(ctx context.Context, records []event.Record) error {
	var units, people []org.ID
	for _, r := range records {
		if r.SubjectKind == "unit" {
			units = append(units, r.Subject)
		} else {
			people = append(people, r.Subject)
		}
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, p := range unique(people) {
			more, err := s.Org.UnitsOfDuty(ctx, rd, p)
			if err != nil {
				return err
			}
			units = append(units, more...)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find whose duty changed: %w", err)
	}
	return s.lookAtDuty(ctx, unique(units))
}

// DutyDaily looks at every unit with shifts to come: what calendars and people's habits moved is found within a day, and
// a list that was there before the room told of it begins to be told.
func (s *Service) DutyDaily(ctx context.Context) error {
	var units []org.ID
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		units, err = s.Org.UnitsOnDuty(ctx, rd, rd.Instant(), rd.Instant().Add(dutyAhead))
		return err
	})
	if err != nil {
		return fmt.Errorf("find units with duty: %w", err)
	}
	return s.lookAtDuty(ctx, units)
}

func (s *Service) lookAtDuty(ctx context.Context, units []org.ID) error {
	for part := range slices.Chunk(units, chunk) {
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for _, u := range part {
				if err := s.jobs.Enqueue(ctx, tx, dutyJob, u, job.Unique("now:"+idText(u))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellDuty tells those of a unit whose shift is near, and lets the unit be looked at again at the next known moment. Who
// has a shift is told once; read from the list as it is now, so that who was taken off is not told.
func (s *Service) tellDuty(ctx context.Context, unit org.ID) error {
	ctx = s.house(ctx)
	var plans []plan
	var next time.Time
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		plans, next, err = s.dutyPlans(ctx, rd, unit)
		return err
	})
	if err != nil {
		return fmt.Errorf("decide whom to tell of duty: %w", err)
	}
	return s.tellPlans(ctx, plans, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := takeMark(ctx, tx, dutyKind); err != nil || next.IsZero() { // one at a time: told once
			return err
		}
		return s.jobs.Enqueue(ctx, tx, dutyJob, unit, job.At(next), job.Unique(idText(unit)+":"+idText(next.Unix())))
	})
}

// dutyPlans are the notices of a unit that are due, and when the next one is; zero: none in sight.
func (s *Service) dutyPlans(ctx context.Context, rd sqldb.Reader, unit org.ID) ([]plan, time.Time, error) {
	now := rd.Instant()
	var next time.Time
	shifts, err := s.Org.ShiftsAhead(ctx, rd, unit, now.Add(-7*24*time.Hour), now.Add(dutyAhead))
	if err != nil {
		return nil, next, err
	}
	var plans []plan
	var lists [][]Told
	for _, h := range shifts {
		if h.Until.After(now) && (h.From.After(now.Add(-dutySince)) || h.At.After(now.Add(-dutySince))) {
			list, at, err := s.dutyTold(ctx, rd, h)
			if err != nil {
				return nil, next, err
			}
			if len(list) > 0 {
				plans, lists = append(plans, plan{subject: list[0].Subject, at: now}), append(lists, list)
			}
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	if lists, err = fresh(ctx, rd, lists); err != nil {
		return nil, next, err
	}
	return plans, next, s.address(ctx, rd, plans, lists)
}

// dutyTold is who is told of one shift now, or the moment when somebody is to be.
func (s *Service) dutyTold(ctx context.Context, rd sqldb.Reader, h org.Shift) ([]Told, time.Time, error) {
	now := rd.Instant()
	people, err := s.Org.DutyFalls(ctx, h)
	if err != nil {
		return nil, time.Time{}, err
	}
	as, kind, once := AsSelf, "org.duty", "duty:"
	if len(people) == 0 {
		as, kind, once = AsHead, "org.duty-uncovered", "uncovered:"
		if people, _, err = s.Org.HeadsFrom(ctx, rd, h.Unit); err != nil {
			return nil, time.Time{}, err
		}
	}
	x, err := s.reach(ctx, rd, people)
	if err != nil {
		return nil, time.Time{}, err
	}
	var list []Told
	var next time.Time
	for _, p := range people {
		table, habits, err := s.timeOf(ctx, x, p)
		if err != nil {
			return nil, next, err
		}
		if at := dutyAt(h.From, habits, table); at.After(now) {
			if next.IsZero() || at.Before(next) {
				next = at
			}
			continue
		}
		t := Told{Kind: kind, Person: p, As: as, Subject: access.Subject{Kind: dutyKind, ID: h.ID}, Once: once + idText(h.ID), At: now,
			Urgent: !sendAt(now.Add(mailWindow), false, habits, table).Before(h.From)}
		if p != h.Person {
			t.By = h.Person
			if as == AsSelf {
				t.For = h.Person
			}
		}
		list = append(list, t)
	}
	return list, next, nil
}

// dutyOff tells whoever was told of a shift that it will not be.
func (s *Service) dutyOff(ctx context.Context, rd sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[org.DutyWasChanged](r)
	if err != nil || e.Off == nil {
		return nil, err
	}
	was, err := toldBefore(ctx, rd, e.Off.Person, "duty:"+idText(e.Off.Shift))
	if err != nil || !was {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	x, err := s.reach(ctx, rd, []org.ID{e.Off.Person})
	if err != nil {
		return nil, err
	}
	table, habits, err := s.timeOf(ctx, x, e.Off.Person)
	if err != nil {
		return nil, err
	}
	return []Told{{Kind: "org.duty-off", Person: e.Off.Person, As: AsSelf, Note: s.Org.DutyTitle(ctx, tree, e.Unit, e.Off.From, e.Off.Until),
		Urgent: !sendAt(rd.Instant().Add(mailWindow), false, habits, table).Before(e.Off.From)}}, nil
}

// nameDuty names the shifts that are still there to those whom they fall to now, and to those above; what is over stays
// named. The rest are moot.
func (s *Service) nameDuty(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	signs, err := s.Org.DutySigns(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	who := actor.From(ctx)
	out := make(map[int64]talk.About, len(signs))
	for id, sign := range signs {
		if sign.Until.After(rd.Instant()) && !who.System {
			people, err := s.Org.DutyFalls(ctx, sign.Shift)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(people, who.Person) && len(people) > 0 {
				continue
			}
		}
		out[id] = talk.About{Title: sign.Title, Link: sign.Href}
	}
	return out, nil
}

// dutyNotes are links to the hand-over notes of those before, by shift.
func (s *Service) dutyNotes(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64][]link, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	signs, err := s.Org.DutySigns(ctx, rd, ids)
	out := map[int64][]link{}
	for id, sign := range signs {
		if sign.Note != "" {
			out[id] = []link{{lang.T(ctx, "notice.duty-note"), s.Org.Address(ctx) + sign.Note}}
		}
	}
	return out, err
}
