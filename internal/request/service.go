package request

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/phrase"
	"neike/internal/place"
	"neike/internal/promise"
	"neike/internal/relation"
	"neike/internal/routing"
	"neike/internal/talk"
	"neike/internal/todo"
	"neike/internal/view"
)

// Rooms are the neighbours that request calls.
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
	Promise  *promise.Service
	Place    *place.Service
	Routing  *routing.Service
	Phrase   *phrase.Service
}

// Service holds the use cases.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	queue  *job.Queue
	open   openCases
	doneBy donePicture
	usuals usualTimes
	here   presence
	times  tookTimes
	first  readFirst // slot: article
	// slot: what stands above the form in which one asks
	aboveAsk []func(ctx context.Context, service *catalog.Service) (templ.Component, error)
	origin   func(ctx context.Context, rd sqldb.Reader, request ID) ([]ui.Pair, error) // slot: repeat
	seals    *secret.Box                                                               // of forms: when they were opened
	expect   func(ctx context.Context, unit int64) (n int, href string, err error)     // slot: repeat
	Rooms
}

// New makes the room and connects it with its neighbours: it hears breaches, tells talk who reads what, and lends clock
// and relation the log that proves them.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{db: db, events: bus, Rooms: rooms}
	s.queue = jobs
	s.listen(bus, jobs)
	s.tryWork(bus, jobs)
	rooms.Routing.RequestsBy(pasts{s})
	rooms.Catalog.TrialsBy(trials{s})
	s.listenFields(bus, jobs)
	rooms.Talk.AddPolicy(Kind, s.policy())
	rooms.Talk.KeepFiles(filesInDrafts)
	rooms.Talk.KeepFiles(filesInAnswers)
	rooms.Talk.ReadWaiting(s.readsWaiting)
	rooms.Promise.AddSource(promise.Source{Kind: Kind, Find: s.promisedAbout})
	rooms.Catalog.KeptBy((&keptCounts{s: s}).of)
	rooms.Catalog.LoadBy(s.loads)
	rooms.Catalog.UsedBy((&usedServices{s: s}).of)
	s.fillSlots()
	s.offerViews()
	rooms.Clock.Register(clock.Source{Kind: Kind, Marks: s.histories, Of: s.historiesOf, Read: s.historiesRead, About: s.deadlinesOf})
	return s
}

// subject is the request as grants, todos, talk and clocks know it.
func subject(id ID) access.Subject { return access.Subject{Kind: Kind, ID: id} }

// When is the time and person of a verb as an import gives them, and the state it is meant for. The zero When is now, by
// whoever asks, in whatever state.
type When struct {
	At time.Time
	By string      // 工号
	On web.IfMatch // ETag of what the actor saw
	// Beyond is why a person gets more in hand than the unit's limit: take and assign, the head's.
	Beyond string
	// Seen is when the newest thing happened that the actor has seen (ms): message and note are refused when somebody else
	// has spoken since. 0: whatever was said.
	Seen int64
	// Draft is the version of the kept draft whose words these are: it goes with them, and when it is another's or another by
	// now, they are refused. 0: of none.
	Draft int64
}

// by gives the context of the person who did it: the actor itself, or whom an import names.
func (s *Service) by(ctx context.Context, no string) (context.Context, error) {
	a := actor.From(ctx)
	if no == "" || no == a.No {
		return ctx, nil
	}
	var f fault.Fields
	if !a.Import {
		f.Add("by", "request.by-needs-import")
		return ctx, f.Err()
	}
	p, err := s.Org.PersonByNo(ctx, no)
	if fault.KindOf(err) == fault.NotFound {
		f.Add("by", "request.person-unknown")
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
	say(ctx, f.Args)
	for _, x := range f.Fields {
		say(ctx, x.Args)
	}
	return err
}

func say(ctx context.Context, args map[string]any) {
	for name, v := range args {
		if t, ok := v.(time.Time); ok {
			args[name] = lang.At(ctx, t)
		}
	}
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
