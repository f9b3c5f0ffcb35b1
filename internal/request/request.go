package request

import (
	"embed"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/fault"
)

// Schema holds the migrations of request.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of request.
//
//go:embed locale
var Locale embed.FS

// ID identifies a request inside the house; people use the number.
type ID = int64

// Request is one request as the table holds it. Zero times and ids mean 'not yet' and 'nobody'.
type Request struct {
	ID             ID
	Number         int64 // R-1024
	Service        int64 // of catalog
	ServiceVersion int   // the version whose form and standard count for this request
	Edge           int64 // of relation: provider → customer
	Provider       int64 // unit that owes the result
	Customer       int64 // unit that asked
	Unit           int64 // unit that has it in hand
	AskedBy        int64
	For            int64 // on whose behalf; 0: the asker's own
	Title          string
	Fields         string // canonical answers of the form, JSON
	Confidential   bool
	State          State
	Assignee       int64
	OpenedAt       time.Time
	RespondedAt    time.Time // first response of a holding unit
	TakenAt        time.Time // the assignee took it or confirmed the assignment
	DeliveredAt    time.Time // last delivery, zero again after a return
	DoneAt         time.Time // accepted
	ClosedAt       time.Time // done, withdrawn or cancelled
	LastAt         time.Time // last event
	ResponseDue    time.Time
	Due            time.Time // of the completion clock, as of the last event; while paused, the due before the pause
	NextDue        time.Time // order of the queue, see nextDue
	ReplySince     time.Time // since when the customer waits for an answer to its next word; zero: it does not, or nothing is promised of it
	ReplyDue       time.Time // by when that is answered
	ResponseIs     Outcome   // of the first-response clock, as the tallies have it
	CompletionIs   Outcome   // of the completion clock, as the tallies have it
	ResponseTook   int64     // counted seconds of that clock, as of the last event
	CompletionTook int64
	Events         int // rows of request_event
	Hops           int // rows of hop
	Returns        int
	Nudges         int
	NudgedAt       time.Time
	Rated          bool
	Imported       bool
	External       string // number in the system it was imported from
	LoggedBy       int64  // the agent who wrote it down for the customer; 0: the customer asked
	Via            string // how it reached that agent, one of Vias
	ConfirmedAt    time.Time
	door           string // by which it came; written once, read by counts alone
	raised         *stint // the work on its form; nil: not measured. As door

	Proposed    time.Time // a date that the provider proposes and the customer has not answered
	Agreed      int       // dates agreed on
	OriginalDue time.Time // of the completion without any date agreed on; zero when none was
	OriginalIs  Outcome   // what it would count as by that
	Reopens     int       // how often it went on after acceptance, in the same cycle
	Recurs      int       // how often it was asked again as another request
	AgainOf     ID        // the request that it repeats
	Silent      bool      // accepted by the house
	AcceptBy    time.Time // when the house accepts what is delivered
	AcceptTell  time.Time // when its customer is told of that; zero once told
	PausedTook  int64     // counted seconds that the completion was paused, as of the last event
	Stage       string    // where the work stands among the stages of its service, as a code; "": none
	Contest     string    // who has to say whether a pause was needed: "", head, quality
	Priority    Priority
	HandOvers   int       // how often a unit handed it over to another; declines are not counted
	CameBack    int       // how often it came back to a unit that had it before
	Passes      int       // hand-overs since the quality office decided who does it
	Place       Spot      // where it was asked from
	Parent      ID        // the request that it is a part of; 0: none
	Depth       int       // how many requests stand above it
	Parts       int       // what it was split into
	PartsOpen   int       // of those: not ended
	Wished      time.Time // by when its customer needs it; zero: not said
	MergedInto  ID        // the request that it goes, or went, along with; 0: none
	Duplicate   bool      // that one's customer asked for it, too: its outcome counts for nothing
}

// Priority says how much a request presses.
type Priority = string

// The priorities.
const (
	Usual  Priority = ""
	Wanted Priority = "wanted" // the customer holds it urgent, beyond the unit's share; its head has not agreed
	Urgent Priority = "urgent"
)

// Ref is the number as people write it: R-1024.
func (r Request) Ref() string { return Ref(r.Number) }

// Ref writes a number as people do.
func Ref(number int64) string { return "R-" + strconv.FormatInt(number, 10) }

// ParseRef reads R-1024, r-1024 or 1024; anything else is not found.
func ParseRef(s string) (int64, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "R-"), "r-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != digits {
		return 0, fault.ErrNotFound
	}
	return n, nil
}

// customers lists the persons who are the request's customer: who asked, and who is asked for.
func (r Request) customers() []int64 {
	if r.For != 0 && r.For != r.AskedBy {
		return []int64{r.AskedBy, r.For}
	}
	return []int64{r.AskedBy}
}

// askedBy says whether the person is the request's customer.
func (r Request) isCustomer(person int64) bool {
	return person != 0 && (person == r.AskedBy || person == r.For)
}

// Event is one row of the log a request is replayed from.
type Event struct {
	Request  ID
	N        int
	At       time.Time
	Kind     Verb
	Actor    int64 // 0: the house
	Side     Side
	Unit     int64  // holding unit after the event
	Person   int64  // assign, take: who has it; name: who may see it; hand-over: who of the new unit may see a confidential one
	Message  int64  // of talk, when the verb carried words
	Why      string // decline, hand-over, return, cancel: the reason
	Imported bool
	For      int64 // in whose place, by a deputy; 0: the actor's own deed
	Terms    Terms // open, decline: what the clocks of this stretch count with; due: the calendar that moved it
	// DueFrom and DueTo of a due event: the completion's, or the first response's when only that moved. Of a proposed or
	// agreed date: the due time then, and that date; an answer without DueTo is no.
	DueFrom, DueTo time.Time
	Other          int64  // reopen: the number of the request that was opened instead; contest, settle-pause: the n of the question; open: the id of what it is a part of; split, part: the id of the part; merge, link, unlink: the id of the other; follow, for the house: the unit that owes
	Code           string // cause: what it was; set-priority: the priority
	Clock          string // cause: completion, first_response
}

// Terms are the calendar of a holding unit, in the version known then, and on open the targets of the customer's clocks.
type Terms struct {
	Calendar   string
	Version    int
	Response   calendar.Duration
	Completion calendar.Duration
	Next       calendar.Duration // of each further word of the customer
	// ResponseIn and CompletionIn are the calendars of the standard where it names them.
	ResponseIn, CompletionIn clock.In
}

// Hop is the stretch of a request that one unit held.
type Hop struct {
	Request  ID
	N        int
	Unit     int64
	From, To time.Time // To zero: still held
	Why      Verb      // open, decline, hand-over, settle, follow
}

// Rating is the judgement of one person on one request.
type Rating struct {
	Request ID
	Person  int64
	Score   int // 1 to 5
	Reasons []string
	Comment string
	Share   bool // the agent may read reasons and comment
	At      time.Time
}
