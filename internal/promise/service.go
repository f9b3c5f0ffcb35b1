package promise

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/talk"
	"neike/internal/todo"
)

// Rooms are the neighbours that promise calls.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Calendar *calendar.Service
	Todo     *todo.Service
	Talk     *talk.Service
	Relation *relation.Service
}

// Service holds the use cases.
type Service struct {
	db      *sqldb.DB
	events  *event.Bus
	sources []Source
	Rooms
}

// New makes the room and connects it with its neighbours.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{db: db, events: bus, Rooms: rooms}
	rooms.Talk.AddPolicy(Kind, talk.Policy{About: s.about})
	jobs.Every("promise.go-on", time.Minute, s.GoOn)
	s.fillSlots()
	return s
}

// Origin is the record of another room in whose course a promise is made.
type Origin struct {
	Subject      access.Subject
	Ref          string
	Title        string
	Link         string
	Confidential bool
	Person       int64 // whom the actor would promise something there, 0: nobody in particular
	Unit         int64
}

// Source finds the records of a kind by their numbers. Find answers fault.ErrNotFound for a text that names none, and for a
// record that the actor of ctx may not see. The kind's policy in talk says who may see one, and what it is called.
type Source struct {
	Kind string
	Find func(ctx context.Context, rd sqldb.Reader, ref string) (Origin, error)
}

// AddSource lets promises be made about records of a kind. Call it while wiring.
func (s *Service) AddSource(src Source) { s.sources = append(s.sources, src) }

// origin finds the record that a number names.
func (s *Service) origin(ctx context.Context, rd sqldb.Reader, ref string) (Origin, error) {
	for _, src := range s.sources {
		o, err := src.Find(ctx, rd, ref)
		if err == nil || fault.KindOf(err) != fault.NotFound {
			return o, err
		}
	}
	return Origin{}, fault.ErrNotFound
}

// one reads a promise that the actor may see, and what the actor is to it.
func (s *Service) one(ctx context.Context, rd sqldb.Reader, number int64) (Promise, access.Set, error) {
	p, err := byNumber(ctx, rd, number)
	if err != nil {
		return p, 0, err
	}
	set, err := s.see(ctx, rd, p)
	if err != nil {
		return Promise{}, 0, err
	}
	return p, set, nil
}

// see is what the actor is to the promise; not found when it may not be seen. Of a confidential record it is seen by exactly
// those who may see that; of another one by them as well.
func (s *Service) see(ctx context.Context, rd sqldb.Reader, p Promise) (access.Set, error) {
	set, err := s.Access.Require(ctx, rd, "promise.see", subject(p.ID), p.Confidential)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return 0, err
	}
	if err == nil && !p.Confidential {
		return set, nil
	}
	open, failed := s.originsSeen(ctx, rd, []Promise{p})
	if failed != nil {
		return 0, failed
	}
	if !open[p.About] {
		return 0, fault.ErrNotFound
	}
	return set, nil
}

// among picks those of the promises that the actor may see.
func (s *Service) among(ctx context.Context, rd sqldb.Reader, list []Promise) ([]Promise, error) {
	records := make([]access.Record, len(list))
	for i, p := range list {
		records[i] = access.Record{ID: p.ID, Confidential: p.Confidential}
	}
	granted, err := s.Access.Among(ctx, rd, "promise.see", Kind, records)
	if err != nil {
		return nil, err
	}
	open, err := s.originsSeen(ctx, rd, slices.DeleteFunc(slices.Clone(list), func(p Promise) bool { return granted[p.ID] && !p.Confidential }))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(list), func(p Promise) bool { return !(granted[p.ID] && !p.Confidential) && !open[p.About] }), nil
}

// originsSeen says which of the records that the promises are about the actor may see.
func (s *Service) originsSeen(ctx context.Context, rd sqldb.Reader, list []Promise) (map[access.Subject]bool, error) {
	out := map[access.Subject]bool{}
	all, err := s.originsOf(ctx, rd, list)
	for sub := range all {
		out[sub] = true
	}
	return out, err
}

// originsOf are the records that the promises are about, as far as the actor may see them.
func (s *Service) originsOf(ctx context.Context, rd sqldb.Reader, list []Promise) (map[access.Subject]talk.About, error) {
	ids := map[string][]int64{}
	for _, p := range list {
		if p.About.ID != 0 {
			ids[p.About.Kind] = append(ids[p.About.Kind], p.About.ID)
		}
	}
	out := map[access.Subject]talk.About{}
	for kind, of := range ids {
		found, err := s.Talk.AboutOf(ctx, rd, kind, of)
		if err != nil {
			return nil, err
		}
		for id, a := range found {
			out[access.Subject{Kind: kind, ID: id}] = a
		}
	}
	return out, nil
}

// about names the promises among the ids that the actor may see, for notices.
func (s *Service) about(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	list, err := byIDs(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	seen, err := s.among(ctx, rd, list)
	out := make(map[int64]talk.About, len(seen))
	for _, p := range seen {
		out[p.ID] = talk.About{Ref: p.Ref(), Title: p.What, Link: link(p.Number), Confidential: p.Confidential}
	}
	return out, err
}

// side is for whom the actor speaks on a promise: the giver and who stands in for the giver; the receiver, or, of a unit as
// such, who answers for it now and its secretary. Nobody judges in the receiver's place.
func (s *Service) side(ctx context.Context, rd sqldb.Reader, p Promise, set access.Set) (Side, error) {
	a := actor.From(ctx)
	switch {
	case a.Person == 0:
		return NoSide, nil
	case a.Person == p.Giver:
		return GiverSide, nil
	case !p.ToUnit() && a.Person == p.Receiver, p.ToUnit() && a.In(p.ReceiverUnit, "secretary"):
		return ReceiverSide, nil
	case set.Has(access.DeputyServes):
		return GiverSide, nil
	case !p.ToUnit() || !set.Has(access.HeadAsks):
		return NoSide, nil
	}
	heads, err := s.Org.Heads(ctx, rd, p.ReceiverUnit)
	if slices.Contains(heads, a.Person) {
		return ReceiverSide, err
	}
	return NoSide, err
}

// receivers are the people who say how it went.
func (s *Service) receivers(ctx context.Context, rd sqldb.Reader, p Promise) ([]int64, error) {
	if !p.ToUnit() {
		return []int64{p.Receiver}, nil
	}
	return s.Org.Heads(ctx, rd, p.ReceiverUnit)
}

// tables are the calendars of the giver's and of the receiver's unit.
func (s *Service) tables(ctx context.Context, p Promise) (give, get *calendar.Table, err error) {
	if give, err = s.Calendar.TableFor(ctx, p.GiverUnit); err != nil {
		return nil, nil, err
	}
	get, err = s.Calendar.TableFor(ctx, p.ReceiverUnit)
	return give, get, err
}

func about(p Promise, by, behalf int64, at time.Time) About {
	return About{Promise: p.ID, Number: p.Number, Giver: p.Giver, GiverUnit: p.GiverUnit, Receiver: p.Receiver, ReceiverUnit: p.ReceiverUnit,
		AboutKind: p.About.Kind, AboutID: p.About.ID, Confidential: p.Confidential, By: by, For: behalf, At: at}
}
