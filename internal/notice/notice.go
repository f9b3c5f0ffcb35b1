package notice

import (
	"context"
	"embed"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/delivery"
	"neike/internal/kit/chat"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/promise"
	"neike/internal/request"
	"neike/internal/talk"
	"neike/internal/todo"
)

// Schema creates the tables of notice.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of notice.
//
//go:embed locale
var Locale embed.FS

// ID of a notice, a post, a robot.
type ID = int64

// Rooms are the neighbours that notice calls.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Calendar *calendar.Service
	Todo     *todo.Service
	Talk     *talk.Service
	Request  *request.Service
	Delivery *delivery.Service // nil: nobody hears of deliveries
	Promise  *promise.Service  // nil: nobody hears of promises
}

// Suites are the chat connections of the company.
type Suites interface {
	// Notifying lists the connections that messages go out by, in the order in which a person's is looked for.
	Notifying(ctx context.Context, rd sqldb.Reader) ([]Suite, error)
	// Addresses are the people's ids at a connection; who has none is left out.
	Addresses(ctx context.Context, rd sqldb.Reader, connection int64, people []org.ID) (map[org.ID]string, error)
	// Client speaks with a connection, and says of which platform it is.
	Client(ctx context.Context, connection int64) (chat.Client, string, error)
}

// Suite is one of them.
type Suite struct {
	ID       int64
	Platform string // of kit/chat
	Name     lang.Text
}

// Options of New.
type Options struct {
	Book    *lang.Book
	Secrets *secret.Box
	Suites  Suites // nil: no chat suite
}

// Told is one person to be told of one event.
type Told struct {
	Kind    string
	Person  org.ID
	As      string
	For     org.ID // told as the deputy of
	Subject access.Subject
	Unit    org.ID // that has it in hand, for its group's robot
	Message talk.ID
	By      org.ID
	Note    string
	Once    string // told once under this key
	Urgent  bool   // does not wait for working time, whatever the kind
	In      string // code of the calendar within whose hours it is told; "": the person's
	At      time.Time
}

// Notice is a row: what somebody was told.
type Notice struct {
	ID      ID
	Person  org.ID
	Kind    string
	Subject access.Subject
	Message talk.ID
	By      org.ID
	For     org.ID
	Note    string
	Once    string
	Shown   bool
	At      time.Time
	ReadAt  time.Time
}

// Service decides whom to tell what, and delivers.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	jobs   *job.Queue
	Rooms
	Options
	kinds   []Kind
	sources map[string]source
	pace    *pacer
	company settingsCache
	verbs   map[string]deed
	adopted once
	names   map[string]naming // records of the house's own
}

// New makes the room; it begins to follow the events of the others and gives talk's inbox its notices.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms, o Options) *Service {
	s := &Service{db: db, events: bus, jobs: jobs, Rooms: rooms, Options: o, sources: map[string]source{}, verbs: map[string]deed{}, names: map[string]naming{}, pace: newPacer()}
	s.kinds = append(s.kinds, usualKinds...)
	s.requestSources()
	s.deliverySources()
	s.promiseSources()
	s.houseSources()
	s.requestDeeds()
	s.names[announcement] = s.nameAnnouncements
	s.names[dutyKind] = s.nameDuty
	rooms.Talk.AddFeed(s.feed())
	s.work()
	return s
}

// SuitesBy fills the slot of the chat suites.
func (s *Service) SuitesBy(x Suites) { s.Suites = x }

// naming names those of its records that the actor of ctx may see.
type naming func(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error)
