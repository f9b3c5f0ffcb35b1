package catalog

import (
	"context"
	"fmt"
	"strings"

	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Snapshot is the whole catalogue at one moment, all states. It never changes; take a new one for each piece of work
// (Catalog.Snapshot costs a pointer when nothing has changed).
type Snapshot struct {
	all       []*Service // in the order in which they were made: as in the packs
	byID      map[ID]*Service
	byCode    map[string]*Service
	byUnit    map[int64][]*Service
	keys      map[ID]string // what a search looks at
	customers map[int64][]Customer
	missions  map[int64]lang.Text

	topics topicList
	about  map[ID]string // code of the topic of each

	ladder         Ladder // of services without one of their own
	ladderRevision int
}

// ByCode is the service of a code in any state; ok is false when there is none.
func (s *Snapshot) ByCode(code string) (*Service, bool) {
	x, ok := s.byCode[code]
	return x, ok
}

// ByID is the service of an id in any state; ok is false when there is none.
func (s *Snapshot) ByID(id ID) (*Service, bool) {
	x, ok := s.byID[id]
	return x, ok
}

// Topics are the company's topics in their order. The slice is shared: do not change it.
func (s *Snapshot) Topics() []Topic { return s.topics }

// TopicOf is what a service is about: the topic chosen for it, or the one that suggests itself; ok is false when the company
// has none for it.
func (s *Snapshot) TopicOf(x *Service) (t Topic, ok bool) {
	code := s.about[x.ID]
	if s.byID[x.ID] != x { // it has changed since
		code = s.topics.of(x)
	}
	return s.topics.byCode(code)
}

// Of lists the services of a unit in any state.
func (s *Snapshot) Of(unit int64) []*Service { return s.byUnit[unit] }

// All lists all services in any state. The slice is shared: do not change it.
func (s *Snapshot) All() []*Service { return s.all }

// Mission is what a unit says it is for; empty when it says nothing.
func (s *Snapshot) Mission(unit int64) lang.Text { return s.missions[unit] }

// Customers lists whom a unit declares to serve, in its own order.
func (s *Snapshot) Customers(unit int64) []Customer { return s.customers[unit] }

// matches says whether a service answers to a search: part of its name, its code, its pinyin or their initials, its
// description or its unit's name.
func (s *Snapshot) matches(x *Service, query string) bool {
	for _, word := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(s.keys[x.ID], word) {
			return false
		}
	}
	return true
}

// finds says whether a search finds the service: in its own words, or by the name of its unit.
func (s *Snapshot) finds(x *Service, u org.Unit, query string) bool {
	return query == "" || s.matches(x, query) || strings.Contains(strings.ToLower(u.Name.Zh+"\n"+u.Name.En), strings.ToLower(query))
}

// Snapshot is the present catalogue. Of many who miss it at once one reads it and the others wait.
func (c *Catalog) Snapshot(ctx context.Context) (*Snapshot, error) {
	if s := c.snapshot.Load(); s != nil {
		return s, nil
	}
	var s *Snapshot
	err := c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if _, inWrite := rd.(*sqldb.Tx); inWrite { // nobody is kept waiting for what it sees
			s, err = read(ctx, rd)
			return err
		}
		c.reading.Lock() // only here, with a connection in hand: who waits for one holds nobody up
		defer c.reading.Unlock()
		if s = c.snapshot.Load(); s != nil {
			return nil
		}
		if s, err = read(ctx, rd); err == nil {
			c.generation.Keep(rd, func() { c.snapshot.Store(s) })
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return s, nil
}

func read(ctx context.Context, rd sqldb.Reader) (*Snapshot, error) {
	list, err := services(ctx, rd)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{
		all: list, byID: make(map[ID]*Service, len(list)), byCode: make(map[string]*Service, len(list)), byUnit: map[int64][]*Service{},
		keys: make(map[ID]string, len(list)), customers: map[int64][]Customer{}, missions: map[int64]lang.Text{}, about: make(map[ID]string, len(list)),
	}
	if s.topics, err = topicsIn(ctx, rd); err != nil {
		return nil, err
	}
	if s.ladder, s.ladderRevision, err = companyLadder(ctx, rd); err != nil {
		return nil, err
	}
	for _, x := range list {
		if !x.OwnLadder {
			x.Ladder = s.ladder
		}
		s.byID[x.ID], s.byCode[x.Code] = x, x
		s.byUnit[x.Unit] = append(s.byUnit[x.Unit], x)
		s.keys[x.ID], s.about[x.ID] = searchKeys(x), s.topics.of(x)
	}
	declared, err := allCustomers(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, d := range declared {
		s.customers[d.unit] = append(s.customers[d.unit], d.Customer)
	}
	says, err := missions(ctx, rd)
	if err != nil {
		return nil, err
	}
	for _, m := range says {
		s.missions[m.unit] = m.mission
	}
	return s, nil
}

func (c *Catalog) forget() {
	c.generation.Next(func() { c.snapshot.Store(nil) })
}

// listen keeps the snapshot true: here when a transaction of this room has committed (announce), in other processes
// when they see the event.
func (c *Catalog) listen(bus *event.Bus) {
	bus.Live(func(r event.Record) {
		if strings.HasPrefix(r.Kind, "catalog.") {
			c.forget()
		}
	})
}

// announce emits what happened and drops the snapshot once it is true.
func (c *Catalog) announce(ctx context.Context, tx *sqldb.Tx, events ...event.Event) error {
	if len(events) == 0 {
		return nil
	}
	tx.OnCommit(c.forget)
	return c.events.Emit(ctx, tx, events...)
}
