package delivery

import (
	"embed"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
)

// Schema creates the tables of delivery.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of delivery.
//
//go:embed locale
var Locale embed.FS

// ID identifies a delivery or a standing arrangement inside the house; people use the numbers.
type ID = int64

// Origin says how a delivery came about.
type Origin string

// The origins.
const (
	Scheduled Origin = "schedule" // it fell due by its arrangement
	Pushed    Origin = "push"     // the provider brought it without being asked
	Fed       Origin = "feed"     // another system told of it
)

// Delivery is one delivery as the table holds it. Zero times and ids mean 'not yet' and 'nobody'.
type Delivery struct {
	ID           ID
	Number       int64  // D-1024
	Standing     ID     // the arrangement; 0: none
	Slot         string // the period it is for
	Origin       Origin
	Service      int64 // of catalog; 0: of a push that names none
	Edge         int64 // of relation: provider → customer
	Provider     int64
	Customer     int64
	Receiver     int64 // takes it over for the customer; 0: whoever heads the unit
	Assignee     int64 // brings it for the provider; 0: the unit's agents
	Title        string
	State        State
	Before       State  // of a contested one: what it was
	Quantity     string // a decimal number; "": none
	Calendar     string // code, of the provider
	Version      int
	OpenedAt     time.Time // the clock begins
	Due          time.Time // of its clock; zero: it has none
	NextDue      time.Time // order of what is open; never without a due time
	DeliveredAt  time.Time // last delivery; zero again after a return
	AcceptedAt   time.Time
	ClosedAt     time.Time
	AcceptBy     time.Time // counts as accepted then; zero: never by itself
	LastAt       time.Time
	CompletionIs Outcome // as the tallies have it
	Took         int64   // counted seconds of its clock, as of the last event
	Events       int
	Returns      int
	SkipAsked    bool // the provider has asked to leave it out
	Rated        bool
	Imported     bool
	External     string // number in the system that told of it
}

// Ref is the number as people write it: D-1024.
func (d Delivery) Ref() string { return Ref(d.Number) }

// Ref writes the number of a delivery as people do.
func Ref(number int64) string { return "D-" + strconv.FormatInt(number, 10) }

// ParseRef reads D-1024, d-1024 or 1024; anything else is not found.
func ParseRef(s string) (int64, error) { return parse(s, "D-", "d-") }

// StandingRef writes the number of an arrangement as people do: SD-101.
func StandingRef(number int64) string { return "SD-" + strconv.FormatInt(number, 10) }

// ParseStandingRef reads SD-101, sd-101 or 101; anything else is not found.
func ParseStandingRef(s string) (int64, error) { return parse(s, "SD-", "sd-") }

func parse(s, upper, lower string) (int64, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, upper), lower)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != digits {
		return 0, fault.ErrNotFound
	}
	return n, nil
}

// Event is one row of the log that a delivery is folded and its clock replayed from.
type Event struct {
	Delivery ID
	N        int
	At       time.Time
	Kind     Verb
	Actor    int64 // 0: the house
	Side     Side
	Unit     int64 // the provider after the event
	Person   int64 // succeed: who has it from now on
	Message  int64 // of talk, when the verb carried words
	Why      string
	Quantity string
	Imported bool
	For      int64 // in whose place, by a deputy; 0: the actor's own deed
	Calendar string
	Version  int
	Due      time.Time // open, due: when it is due from now on
	DueFrom  time.Time // due: when it was
}

// Rating is the judgement of one person on one delivery.
type Rating struct {
	Delivery ID
	Person   int64
	Score    int // 1 to 5
	Comment  string
	Share    bool // the provider may read the comment
	At       time.Time
}

// The states of an arrangement.
const (
	Active = "active"
	Paused = "paused"
	Ended  = "ended"
)

// What a customer has said to an arrangement.
const (
	Told     = "told"     // informed; deliveries fall due
	Agreed   = "agreed"   // the unit's head has confirmed it
	Objected = "objected" // nothing falls due for this customer
	Gone     = "gone"     // no customer any more
)

// Standing is an arrangement: what a unit brings to others without being asked, and when.
type Standing struct {
	ID          ID
	Number      int64
	Service     int64
	Provider    int64
	Deliverable string
	Criterion   string
	Schedule    Schedule
	Lead        int // workdays before the due day on which a delivery opens
	AcceptDays  int // workdays after which what was delivered counts as accepted; 0: never
	From, Until calendar.Date
	Assignee    int64 // brings it; 0: the unit's agents
	State       string
	Revision    int
	NextAt      time.Time
	CreatedBy   int64
	CreatedAt   time.Time
	ChangedAt   time.Time
	Customers   []Customer
}

// Ref is the number as people write it.
func (s Standing) Ref() string { return StandingRef(s.Number) }

// Customer is one unit that an arrangement is for.
type Customer struct {
	Standing ID
	Unit     int64
	Receiver int64 // 0: whoever heads the unit
	State    string
	Reason   string
	SaidBy   int64
	SaidAt   time.Time
	Since    time.Time
	Opened   time.Time
}

// serves says whether deliveries fall due for the customer.
func (c Customer) serves() bool { return c.State == Told || c.State == Agreed }

// Kind is the subject kind of deliveries in grants, todos, conversations and events.
const Kind = "delivery"

// StandingKind is the subject kind of arrangements.
const StandingKind = "standing"

func link(number int64) string { return "/deliveries/" + Ref(number) }

func standingLink(number int64) string { return "/deliveries/standing/" + StandingRef(number) }
