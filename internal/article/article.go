package article

import (
	"context"
	"embed"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
	"neike/internal/todo"
)

// Schema holds the migrations of article.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of article.
//
//go:embed locale
var Locale embed.FS

// ID of an article; people and interfaces use its number.
type ID = int64

// Kind is the subject kind of articles in todos, files, events and the trail.
const Kind = "article"

// State of an article, or of the work on its next version.
type State string

// The states.
const (
	Draft     State = "draft"
	Proposed  State = "proposed"
	Published State = "published"
	Retired   State = "retired"
)

// States lists them in the order of a filter.
var States = []State{Published, Proposed, Draft, Retired}

// Words are what an article says, and where it is attached: what a version holds.
type Words struct {
	Title, Body lang.Text
	Services    []int64 // ids, in the order given; none: it is for everybody
	Note        string  // what is new in it
}

// Article is one article with its working text.
type Article struct {
	ID      ID
	Number  int64
	Unit    org.ID
	Owner   org.ID // in whose hands it is
	State   State
	Work    State // of a published one: "" nothing, Draft, Proposed: its next version
	Version int   // the newest published; 0: none yet
	Words         // as they are being written; the same as the version's when there is no work
	CheckBy time.Time
	Told    bool // the owner owes a look since CheckBy

	WrittenBy  org.ID // who changed the working text last
	ProposedBy org.ID
	ProposedAt time.Time
	SentBack   string // why the reviewer sent it back
	Revision   int    // counts every change; the ETag
	MadeAt     time.Time
	ChangedAt  time.Time
}

// Version is one published version.
type Version struct {
	N int
	Words
	WrittenBy org.ID
	By        org.ID // who published it
	At        time.Time
}

// Ref is the number as people write it: A-12.
func (a Article) Ref() string { return Ref(a.Number) }

// Ref writes a number.
func Ref(number int64) string { return "A-" + strconv.FormatInt(number, 10) }

// ParseRef reads a number, A-12 or a-12; not found when it is none.
func ParseRef(text string) (int64, error) {
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(text)), "A-")
	n, err := strconv.ParseInt(rest, 10, 64)
	if !ok || err != nil || n <= 0 {
		return 0, fault.ErrNotFound
	}
	return n, nil
}

// Working is the state of what is being written: of the article, or of its next version.
func (a Article) Working() State {
	if a.State == Published && a.Work != "" {
		return a.Work
	}
	return a.State
}

// Rooms are the neighbours that article calls.
type Rooms struct {
	Org     *org.Service
	Access  *access.Service
	Todo    *todo.Service
	Talk    *talk.Service
	Catalog *catalog.Catalog
}

// Service holds the use cases.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	Rooms

	reading    sync.Mutex // of the shelf
	generation sqldb.Generation
	kept       atomic.Pointer[shelf]

	drop func(ctx context.Context, service string) error // slot: request; the draft of an asking that has ended
}

// New makes the room: it looks every hour whose day to be checked again has come.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{db: db, events: bus, Rooms: rooms}
	s.fillSlots()
	s.listen(bus)
	jobs.Every("article.check", time.Hour, s.CheckDue)
	jobs.Every("article.forget", 6*time.Hour, s.ForgetForms)
	return s
}

// DropsBy fills the slot through which an asking that has ended loses what was kept of it. Call it while wiring.
func (s *Service) DropsBy(drop func(ctx context.Context, service string) error) { s.drop = drop }

// subject is the article as todos and files know it.
func subject(id ID) access.Subject { return access.Subject{Kind: Kind, ID: id} }

// link is the page of an article.
func link(number int64) string { return "/articles/" + Ref(number) }
