package review

import (
	"crypto/rand"
	"embed"
	"io"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/talk"
	"neike/internal/todo"
)

// Schema holds the migrations of review.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of review.
//
//go:embed locale
var Locale embed.FS

// ID of a case.
type ID = int64

// Kind is the subject kind of cases in todos, notices and events.
const Kind = "review"

// Verdict is what somebody says of a result.
type Verdict string

// The verdicts.
const (
	Correct Verdict = "correct"
	Partly  Verdict = "partly"
	Wrong   Verdict = "wrong"
)

// Verdicts lists them in the order of the form.
var Verdicts = []Verdict{Correct, Partly, Wrong}

// State of a case.
type State string

// The states.
const (
	Passed  State = "passed"
	Over    State = "over"
	Open    State = "open"
	Split   State = "split"
	Done    State = "done"
	Lapsed  State = "lapsed"
	Dropped State = "dropped"
)

// DrawnStates lists those of cases that were drawn, in the order of a filter.
var DrawnStates = []State{Open, Split, Done, Lapsed, Dropped}

// Who judges first.
const (
	ByCustomer = "customer" // whoever the request was for
	ByQuality  = "quality"  // the quality office
)

// Plan is how accepted requests of a service are drawn, in one revision. The zero revision is no plan yet.
type Plan struct {
	Service  int64
	Revision int
	Active   bool
	Share    int    // percent of the accepted requests, 1 to 100
	Most     int    // cases a month; 0: no limit
	First    string // ByCustomer or ByQuality
	Second   int    // percent of those drawn that somebody else judges as well, 0 to 100
	Seed     string // secret, hexadecimal
	By       int64  // who set it; 0: the house
	At       time.Time
}

// Case is one acceptance of one request while a plan was on.
type Case struct {
	ID         ID
	Request    int64
	Number     int64
	Service    int64
	Edge       int64
	Provider   int64
	Customer   int64
	Revision   int // of the plan
	State      State
	First      string
	Asker      int64 // judges first; 0: the quality office does
	Server     int64 // had the request: does not judge the own work; 0: nobody
	Twice      bool  // somebody else judges it as well
	Result     Verdict
	Month      int // 202611, of the acceptance in the company's time
	AcceptedAt time.Time
	DrawnAt    time.Time
	LapseAt    time.Time
	ClosedAt   time.Time
}

// Ref is the number of the request: R-1024.
func (c Case) Ref() string { return request.Ref(c.Number) }

// Judgement is what one person said of one case.
type Judgement struct {
	Case    ID
	Place   int // 1 first, 2 second, 3 decides
	Person  int64
	Verdict Verdict
	Word    string
	Share   bool // the serving side may read the word
	At      time.Time
}

// Rooms are the neighbours that review calls.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Calendar *calendar.Service
	Todo     *todo.Service
	Talk     *talk.Service
	Catalog  *catalog.Catalog
	Request  *request.Service
}

// Service holds the use cases.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	seeds  io.Reader
	Rooms
}

// New makes the room: it follows acceptances, and lets cases lapse.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{db: db, events: bus, seeds: rand.Reader, Rooms: rooms}
	s.fillSlots()
	bus.Follow("review.draw", s.follow, request.WasAccepted{}.EventKind(), request.WasAcceptedByHouse{}.EventKind(), request.WasReopened{}.EventKind())
	jobs.Every("review.lapse", time.Hour, s.LapseDue)
	return s
}

// SeedBy takes the seeds of plans from somewhere else than the machine's randomness: for the demo company, which is the same
// every time. Call it before the first plan.
func (s *Service) SeedBy(r io.Reader) { s.seeds = r }

// subject is the case as todos, notices and talk know it.
func subject(id ID) access.Subject { return access.Subject{Kind: Kind, ID: id} }
