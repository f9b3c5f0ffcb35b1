package org

import (
	"context"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// UnitWasChanged says that a unit was made, changed or ended.
type UnitWasChanged struct {
	Unit ID     `json:"unit"`
	Code string `json:"code"`
	What string `json:"what"` // created, changed, ended
}

// EventKind of UnitWasChanged.
func (UnitWasChanged) EventKind() string { return "org.unit-was-changed" }

// EventSubject of UnitWasChanged.
func (e UnitWasChanged) EventSubject() (string, int64) { return "unit", e.Unit }

// PersonWasChanged says that a person was made, changed, given other roles, deactivated or activated.
type PersonWasChanged struct {
	Person ID     `json:"person"`
	No     string `json:"no"`
	What   string `json:"what"` // created, changed, roles, deactivated, activated
	Roles  string `json:"roles,omitempty"`
}

// EventKind of PersonWasChanged.
func (PersonWasChanged) EventKind() string { return "org.person-was-changed" }

// EventSubject of PersonWasChanged.
func (e PersonWasChanged) EventSubject() (string, int64) { return "person", e.Person }

// CompanyWasSet says that the company's name, zone, language or switches were set.
type CompanyWasSet struct {
	Company Company `json:"company"`
}

// EventKind of CompanyWasSet.
func (CompanyWasSet) EventKind() string { return "org.company-was-set" }

// EventSubject of CompanyWasSet.
func (CompanyWasSet) EventSubject() (string, int64) { return "company", 1 }

// listen keeps the snapshot and the cache of actors true: in this process when the transaction has committed, in
// others when they see the event.
func (s *Service) listen(bus *event.Bus) {
	event.Hear(bus, "org", func(ctx context.Context, tx *sqldb.Tx, e UnitWasChanged) error {
		tx.OnCommit(s.forgetUnits)
		return nil
	})
	event.Hear(bus, "org", func(ctx context.Context, tx *sqldb.Tx, e PersonWasChanged) error {
		tx.OnCommit(func() { s.forgetPerson(e.Person, e.What) })
		return nil
	})
	event.Hear(bus, "org", func(ctx context.Context, tx *sqldb.Tx, e PersonWasErased) error {
		tx.OnCommit(func() { s.forgetPerson(e.Person, "roles") })
		return nil
	})
	event.Hear(bus, "org", func(ctx context.Context, tx *sqldb.Tx, e CompanyWasSet) error {
		tx.OnCommit(s.forgetCompany)
		return nil
	})
	event.Hear(bus, "org", func(ctx context.Context, tx *sqldb.Tx, e AbsenceSet) error {
		tx.OnCommit(s.stand.forget)
		return nil
	})
	event.Hear(bus, "org", func(ctx context.Context, tx *sqldb.Tx, e ActingWasSet) error {
		tx.OnCommit(s.stand.forget)
		return nil
	})
	bus.Live(func(r event.Record) {
		switch r.Kind {
		case AbsenceSet{}.EventKind(), ActingWasSet{}.EventKind():
			s.stand.forget()
		case UnitWasChanged{}.EventKind():
			s.forgetUnits()
		case PersonWasChanged{}.EventKind():
			e, err := event.Decode[PersonWasChanged](r)
			if err != nil {
				s.forgetUnits()
				return
			}
			s.forgetPerson(e.Person, e.What)
		case PersonWasErased{}.EventKind():
			s.forgetPerson(r.Subject, "roles")
		case CompanyWasSet{}.EventKind():
			s.forgetCompany()
		}
	})
}

// actors caches who a person is to the house.
type actors struct {
	mu       sync.RWMutex
	byPerson map[ID]cachedActor
}

type cachedActor struct {
	actor.Actor
	at    time.Time
	until time.Time // when a membership in it ends, by the house's time; zero: none does
}

const (
	actorsKept = 20000
	// cachedFor bounds how long this process believes what it read, should an event of another process have come
	// before this one began to listen. It is the machine's time, not the house's, which a demonstration may hurry.
	cachedFor = 5 * time.Minute
)

func (c *actors) get(id ID, now time.Time) (actor.Actor, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	a, ok := c.byPerson[id]
	return a.Actor, ok && time.Since(a.at) < cachedFor && (a.until.IsZero() || now.Before(a.until))
}

func (c *actors) put(id ID, a actor.Actor, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byPerson == nil || len(c.byPerson) >= actorsKept {
		c.byPerson = make(map[ID]cachedActor)
	}
	c.byPerson[id] = cachedActor{a, time.Now(), until}
}

func (c *actors) forget(id ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id == 0 {
		c.byPerson = nil
		return
	}
	delete(c.byPerson, id)
}

func (s *Service) forgetUnits() {
	s.generation.Next(func() {
		s.counts.Store(nil)
		s.actors.forget(0)
		s.tree.Store(nil)
	})
}

func (s *Service) forgetCompany() {
	s.generation.Next(func() {
		s.actors.forget(0)
		s.comp.Store(nil)
	})
}

// forgetPerson forgets one person; when roles were set, units may name their agents now or no longer.
func (s *Service) forgetPerson(id ID, what string) {
	s.names.touch(id)
	switch what {
	case "roles", "deactivated", "activated", "imported":
		s.stand.forget()
		s.forgetUnits()
	default:
		s.generation.Next(func() {
			s.counts.Store(nil)
			s.actors.forget(id)
		})
	}
}
