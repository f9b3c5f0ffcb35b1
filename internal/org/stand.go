package org

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// stands is who is away, who stands in for whom and who acts as head, now and in time to come: the few rows that time
// alone makes valid, kept in memory, so that asking for the moment costs nothing and is exact to the millisecond.
type stands struct {
	at     time.Time // when it was read, by the machine's clock
	away   map[ID][]Absence
	covers map[ID][]ID     // by deputy: who named them
	acting map[ID][]Acting // by person
}

// standBook keeps the present snapshot.
type standBook struct {
	now        atomic.Pointer[stands]
	generation sqldb.Generation
	reading    sync.Mutex
}

func (b *standBook) forget() {
	b.generation.Next(func() { b.now.Store(nil) })
}

func (b *standBook) present() *stands {
	if st := b.now.Load(); st != nil && time.Since(st.at) < cachedFor {
		return st
	}
	return nil
}

// standing is the present snapshot. Inside a Write it is what the transaction sees, and remembered only when that has
// come to be.
func (s *Service) standing(ctx context.Context) (*stands, error) {
	if st := s.stand.present(); st != nil {
		return st, nil
	}
	var st *stands
	keep := func(rd sqldb.Reader) { s.stand.generation.Keep(rd, func() { s.stand.now.Store(st) }) }
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if tx, inWrite := rd.(*sqldb.Tx); inWrite {
			st, err = readStands(ctx, tx)
			keep(tx)
			return err
		}
		s.stand.reading.Lock() // only here, with a connection in hand: who waits for one holds nobody up
		defer s.stand.reading.Unlock()
		if st = s.stand.present(); st != nil {
			return nil
		}
		if st, err = readStands(ctx, rd); err == nil {
			keep(rd)
		}
		return err
	})
	return st, err
}

func readStands(ctx context.Context, rd sqldb.Reader) (*stands, error) {
	st := &stands{at: time.Now(), away: map[ID][]Absence{}, covers: map[ID][]ID{}, acting: map[ID][]Acting{}}
	absences, err := openAbsences(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, a := range absences {
		st.away[a.Person] = append(st.away[a.Person], a)
		if a.Deputy != 0 && !slices.Contains(st.covers[a.Deputy], a.Person) {
			st.covers[a.Deputy] = append(st.covers[a.Deputy], a.Person)
		}
	}
	acting, err := openActing(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, a := range acting {
		st.acting[a.Person] = append(st.acting[a.Person], a)
	}
	return st, nil
}

// absent is the absence of a person that holds at a moment of now or later.
func (st *stands) absent(person ID, at time.Time) (Absence, bool) {
	for _, a := range st.away[person] {
		if a.Valid(at) {
			return a, true
		}
	}
	return Absence{}, false
}

// standsFor are the persons for whom somebody is the deputy at a moment.
func (st *stands) standsFor(person ID, at time.Time) []ID {
	if len(st.covers[person]) == 0 {
		return nil
	}
	return covered(person, func(deputy ID) []ID {
		var out []ID
		for _, p := range st.covers[deputy] {
			if a, away := st.absent(p, at); away && a.Deputy == deputy {
				out = append(out, p)
			}
		}
		return out
	})
}

// deputies are who stands in for somebody at a moment; empty when the person is there, or has named nobody.
func (st *stands) deputies(person ID, at time.Time) []ID {
	return standIns(person, func(p ID) (ID, bool) {
		a, away := st.absent(p, at)
		return a.Deputy, away
	})
}

// headed are the units that somebody acts as head of at a moment.
func (st *stands) headed(person ID, at time.Time) []ID {
	var out []ID
	for _, a := range st.acting[person] {
		if a.Valid(at) && !slices.Contains(out, a.Unit) {
			out = append(out, a.Unit)
		}
	}
	return out
}

// DeputiesOf are the deputies, valid now, of those of the people who are away: the first of the chain who is there; when
// nobody is, everybody named. Who is not in the map needs none, or has named nobody.
func (s *Service) DeputiesOf(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID][]ID, error) {
	st, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	out := map[ID][]ID{}
	for _, p := range people {
		if list := st.deputies(p, rd.Instant()); len(list) > 0 {
			out[p] = list
		}
	}
	return out, nil
}

// placed adds to an actor what time gives it: units it acts as head of, whom it is the deputy of, and the units these
// head. Whoever has none of it is given back as it came.
func (s *Service) placed(ctx context.Context, a actor.Actor) (actor.Actor, error) {
	st, err := s.standing(ctx)
	if err != nil {
		return a, err
	}
	now := s.now()
	heads := func(person, behalf ID) {
		for _, unit := range st.headed(person, now) {
			if g := (actor.Group{ID: unit, Role: "head", For: behalf}); !slices.Contains(a.Groups, g) {
				a.Groups = append(slices.Clip(a.Groups), g)
			}
		}
	}
	heads(a.Person, 0)
	a.StandsFor = st.standsFor(a.Person, now)
	for _, p := range a.StandsFor {
		b, err := s.lastingActor(ctx, p)
		if gone(err) {
			continue
		}
		if err != nil {
			return a, err
		}
		for _, g := range b.Groups {
			if g.Role == "head" {
				a.Groups = append(slices.Clip(a.Groups), actor.Group{ID: g.ID, Role: "head", For: p})
			}
		}
		heads(p, p)
	}
	return a, nil
}

// gone says that somebody is not, or no longer, there: no deputy of theirs has anything from them.
func gone(err error) bool {
	return err != nil && (fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Denied)
}

// zoneOfPerson is the time zone that days of a person are meant in: of the site of the main unit, or the company's.
func (s *Service) zoneOfPerson(ctx context.Context, rd sqldb.Reader, person ID) (*time.Location, error) {
	p, err := personByID(ctx, rd, person)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return tree.Zone(p.Unit, s.Company(ctx)), nil
}

// spanText is a time from to in words.
func spanText(ctx context.Context, a Absence, zone *time.Location) string {
	ctx = lang.InZone(ctx, zone)
	if a.Until.IsZero() {
		return lang.T(ctx, "org.span-open", "from", dayOrAt(ctx, a.From, zone, false))
	}
	from, until := dayOrAt(ctx, a.From, zone, false), dayOrAt(ctx, a.Until, zone, true)
	if from == until { // one day
		return from
	}
	return lang.T(ctx, "org.span", "from", from, "until", until)
}

// dayOrAt is a day when the moment is its beginning (or, for an end, the day before), and the moment otherwise.
func dayOrAt(ctx context.Context, t time.Time, zone *time.Location, end bool) string {
	local := t.In(zone)
	switch {
	case local.Hour()+local.Minute() != 0:
		return lang.At(ctx, t)
	case end:
		return lang.Date(ctx, t.Add(-time.Minute))
	}
	return lang.Date(ctx, t)
}
