package delivery

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/talk"
	"neike/internal/todo"
	"neike/internal/view"
)

// Rooms are the neighbours that delivery calls.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Calendar *calendar.Service
	Clock    *clock.Service
	Todo     *todo.Service
	Talk     *talk.Service
	Relation *relation.Service
	Catalog  *catalog.Catalog
	View     *view.Service
}

// Service holds the use cases.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	jobs   *job.Queue
	Rooms
}

// New makes the room and connects it with its neighbours: it hears breaches and new calendars, tells talk who reads what,
// and lends clock and relation the log that proves them.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{db: db, events: bus, jobs: jobs, Rooms: rooms}
	s.listen(bus, jobs)
	rooms.Talk.AddPolicy(Kind, s.policy())
	rooms.Talk.AddPolicy(StandingKind, talk.Policy{About: s.aboutStandings})
	rooms.Clock.Register(clock.Source{Kind: Kind, Marks: s.histories, Of: s.historiesOf, Read: s.historiesRead, About: s.deadlinesOf})
	s.fillSlots()
	s.offerViews()
	return s
}

// subject is the delivery as grants, todos, talk and clocks know it.
func subject(id ID) access.Subject { return access.Subject{Kind: Kind, ID: id} }

func standingSubject(id ID) access.Subject { return access.Subject{Kind: StandingKind, ID: id} }

// When is the time and person of a verb as an import gives them, and the state it is meant for. The zero When is now, by
// whoever asks, in whatever state.
type When struct {
	At time.Time
	By string      // 工号
	On web.IfMatch // ETag of what the actor saw
}

// by gives the context of the person who did it: the actor itself, or whom an import names.
func (s *Service) by(ctx context.Context, no string) (context.Context, error) {
	a := actor.From(ctx)
	if no == "" || no == a.No {
		return ctx, nil
	}
	var f fault.Fields
	if !a.Import {
		f.Add("by", "delivery.by-needs-import")
		return ctx, f.Err()
	}
	p, err := s.Org.PersonByNo(ctx, no)
	if fault.KindOf(err) == fault.NotFound {
		f.Add("by", "delivery.person-unknown", "no", no)
		return ctx, f.Err()
	}
	if err != nil {
		return ctx, err
	}
	b, err := s.Org.ActorOf(ctx, p.ID)
	if err != nil {
		return ctx, err
	}
	b.Import, b.Token, b.Scopes, b.Locale, b.Zone = true, a.Token, a.Scopes, a.Locale, a.Zone
	return actor.With(ctx, b), nil
}

// spoken puts moments into the reader's words: rules know no reader.
func spoken(ctx context.Context, err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	say := func(args map[string]any) {
		for name, v := range args {
			if t, ok := v.(time.Time); ok {
				args[name] = lang.At(ctx, t)
			}
		}
	}
	say(f.Args)
	for _, x := range f.Fields {
		say(x.Args)
	}
	return err
}

// merge adds the findings of an error to f; any other error comes back.
func merge(f *fault.Fields, err error) error {
	e, ok := fault.As(err)
	if err == nil || ok && e.Kind == fault.Invalid && len(e.Fields) > 0 {
		if e != nil {
			for _, x := range e.Fields {
				f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
			}
		}
		return nil
	}
	return err
}

// termsOf are the calendar of a unit, its newest version, and its days.
func (s *Service) termsOf(ctx context.Context, unit int64) (code string, version int, table *calendar.Table, err error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return "", 0, nil, err
	}
	if code, err = s.Calendar.CodeFor(ctx, unit); err != nil {
		return "", 0, nil, err
	}
	v, _ := book.Current(code)
	table, err = book.Table(code, 0)
	return code, v.Number, table, err
}

// receivers are the people who take a delivery over: the one named, or whoever heads the customer.
func (s *Service) receivers(ctx context.Context, rd sqldb.Reader, d Delivery) ([]int64, error) {
	if d.Receiver != 0 {
		return []int64{d.Receiver}, nil
	}
	heads, _, err := s.Org.HeadsFrom(ctx, rd, d.Customer)
	return heads, err
}

// mayServe says whether somebody can bring what a unit owes: one of its agents or heads.
func (s *Service) mayServe(ctx context.Context, rd sqldb.Reader, person, unit int64) (bool, error) {
	serves, err := s.Org.IsAgent(ctx, rd, person, unit)
	if err != nil || serves {
		return serves, err
	}
	heads, err := s.Org.Heads(ctx, rd, unit)
	return slices.Contains(heads, person), err
}

func unique(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
