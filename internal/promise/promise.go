package promise

import (
	"embed"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/fault"
)

// Schema creates the tables of promise.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of promise.
//
//go:embed locale
var Locale embed.FS

// ID identifies a promise inside the house; people use its number.
type ID = int64

// Kind is the subject kind of promises in grants, todos, notices and events.
const Kind = "promise"

// Promise is one promise as the table holds it. Zero times and ids mean 'not' and 'nobody'.
type Promise struct {
	ID           ID
	Number       int64 // P-1042
	Giver        int64
	FirstGiver   int64 // who gave the word: another than Giver after a hand-over
	GiverUnit    int64
	Receiver     int64 // 0: the unit as such
	ReceiverUnit int64
	What         string
	Due          time.Time
	WholeDay     bool // a day was promised; Due is where its working time ends
	FirstDue     time.Time
	Moves        int
	Proposed     time.Time // another date that the giver asks for
	ProposedDay  bool
	State        State
	Step         int       // how far the house has gone with reminding; see plan
	NextAt       time.Time // of the next step
	AskedAt      time.Time // since when the receiver is asked
	About        access.Subject
	Message      int64 // of talk, from whose words it was made
	Confidential bool
	MadeAt       time.Time
	LastAt       time.Time
	ClosedAt     time.Time
	Events       int
}

// Ref is the number as people write it: P-1042.
func (p Promise) Ref() string { return Ref(p.Number) }

// ToUnit says that it was given to a unit as such.
func (p Promise) ToUnit() bool { return p.Receiver == 0 }

// Overdue says that its time has passed and nobody has said how it went.
func (p Promise) Overdue(now time.Time) bool { return p.State.Open() && now.After(p.Due) }

// Ref writes the number of a promise as people do.
func Ref(number int64) string { return "P-" + strconv.FormatInt(number, 10) }

// ParseRef reads P-1042, p-1042 or 1042; anything else is not found.
func ParseRef(s string) (int64, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "P-"), "p-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != digits {
		return 0, fault.ErrNotFound
	}
	return n, nil
}

// Event is one row of the log of a promise.
type Event struct {
	Promise      ID
	N            int
	At           time.Time
	Kind         Verb
	Actor        int64 // 0: the house
	For          int64 // in whose place, by a deputy
	Why          string
	Due, DueFrom time.Time
	Person, Unit int64
}

func subject(id ID) access.Subject { return access.Subject{Kind: Kind, ID: id} }

func link(number int64) string { return "/promises/" + Ref(number) }
