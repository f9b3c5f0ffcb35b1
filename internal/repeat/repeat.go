package repeat

import (
	"context"
	"embed"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/talk"
	"neike/internal/todo"
)

// Schema creates the tables of repeat.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of repeat.
//
//go:embed locale
var Locale embed.FS

// ID identifies a template inside the house; people use its number.
type ID = int64

// Kind is the subject kind of templates in todos and events.
const Kind = "repeat"

// The states of a template.
const (
	Saved   = "saved"
	Active  = "active"
	Paused  = "paused"
	Stopped = "stopped"
	Ended   = "ended"
)

// What becomes of dates that passed while the house was down.
const (
	CatchAll  = "all"  // each is asked, late
	CatchLast = "last" // the last one is asked, late; those before it are missed
)

// CatchUps lists them.
var CatchUps = []string{CatchLast, CatchAll}

// Template is one template as the table holds it.
type Template struct {
	ID           ID
	Number       int64 // RP-101
	Service      int64
	Owner        int64
	Unit         int64
	OfUnit       bool
	Title        string // with placeholders
	Fields       string // answers as they were typed, JSON
	Files        string // ids of the files among them, with spaces
	Place        string // code of the place it is asked from; "": nowhere in particular
	Confidential bool
	Named        []int64
	Watchers     []int64
	Schedule     calendar.Schedule // no Every: saved for one click
	Step         int               // every Step-th period, from the one of From
	From, Until  calendar.Date     // Until 0: no end
	Lead         int               // workdays before the date at which the request is opened
	CatchUp      string
	State        string
	Fault        []Wrong
	NextAt       time.Time
	Through      time.Time // the moment of the last date that was dealt with
	Revision     int
	MadeAt       time.Time
}

// Wrong is one thing that keeps a template from being asked.
type Wrong struct {
	Field string         `json:"field"`
	Key   string         `json:"key"`
	Args  map[string]any `json:"args,omitempty"`
}

// Ref is the number as people write it: RP-101.
func (t Template) Ref() string { return Ref(t.Number) }

// Repeats says whether it has dates.
func (t Template) Repeats() bool { return t.Schedule.Every != "" }

// Answers are the answers of the form as they were typed.
func (t Template) Answers() map[string]any {
	out := map[string]any{}
	_ = json.Unmarshal([]byte(t.Fields), &out) // written by this room
	return out
}

// Ref writes the number of a template as people do.
func Ref(number int64) string { return "RP-" + strconv.FormatInt(number, 10) }

// ParseRef reads RP-101, rp-101 or 101; anything else is not found.
func ParseRef(s string) (int64, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "RP-"), "rp-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != digits {
		return 0, fault.ErrNotFound
	}
	return n, nil
}

func subject(id ID) access.Subject { return access.Subject{Kind: Kind, ID: id} }

func link(number int64) string { return "/repeats/" + Ref(number) }

// The states of a date with which something was done.
const (
	DateOpened  = "opened"
	DateMissed  = "missed"
	DateSkipped = "skipped"
	DateChanged = "changed"
)

// Date is one date of a template with which something was done.
type Date struct {
	Template ID
	Slot     string
	Due      time.Time
	State    string
	Request  int64
	Number   int64
	Title    string // changed: instead of the template's; "" as the template
	Fields   string // changed: answers instead of the template's, JSON; "" as the template
	Person   int64
	At       time.Time
}

// Rooms are the neighbours that repeat calls.
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
	Rooms
	expected expectations
}

// New makes the room: it asks what falls due each minute, and tells request where a request comes from.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{db: db, events: bus, Rooms: rooms}
	jobs.Every("repeat.open", time.Minute, s.OpenDue)
	rooms.Talk.KeepFiles(filesHeld)
	rooms.Request.OriginBy(s.origin)
	rooms.Request.ExpectBy(s.expectedOf)
	rooms.Todo.AddVerb(mend, todo.Verb{Label: "repeat.verb.mend", Icon: "refresh"})
	return s
}

// mend is what the owner of a stopped template owes.
const mend = "mend-repeat"

// me is the actor.
func me(ctx context.Context) int64 { return actor.From(ctx).Person }
