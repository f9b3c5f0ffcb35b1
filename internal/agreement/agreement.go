package agreement

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/disclose"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/todo"
)

// Schema creates the tables of the room.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of the room.
//
//go:embed locale/*.toml
var Locale embed.FS

// Kind is the subject kind of agreements in todos, notices and events.
const Kind = "agreement"

// ID is the id of an agreement.
type ID = int64

// Side is one of the two that sign.
type Side string

// The sides.
const (
	Provider Side = "provider"
	Customer Side = "customer"
)

// Sides in the order in which pages show them.
var Sides = []Side{Provider, Customer}

// Target overrides the standard of a service for this customer. What is zero stays as the standard says.
type Target struct {
	Service          catalog.ID        `json:"service"`
	Completion       calendar.Duration `json:"completion,omitzero"`
	CompletionTarget float64           `json:"completion_target,omitzero"` // share in time, above 0 up to 1
	Response         calendar.Duration `json:"response,omitzero"`
	ResponseTarget   float64           `json:"response_target,omitzero"`
}

// The duties of a customer that are measured.
const (
	DutyAnswer   = "answer"   // answers a question within so many working hours
	DutyComplete = "complete" // asks so that nothing has to be asked back
	DutyAccept   = "accept"   // says within so many workdays whether a delivery is right
)

// DutyKinds in the order of forms.
var DutyKinds = []string{DutyComplete, DutyAnswer, DutyAccept}

// Duty is what the customer owes.
type Duty struct {
	Kind   string  `json:"kind"`
	Within int     `json:"within,omitzero"` // working hours (answer) or workdays (accept)
	Target float64 `json:"target"`          // share of cases, above 0 up to 1
}

// Terms are what a version says.
type Terms struct {
	Attainment float64  `json:"attainment,omitzero"`  // share in time over all services of the edge; 0: not agreed
	RightFirst float64  `json:"right_first,omitzero"` // share right the first time; 0: not agreed
	Targets    []Target `json:"targets,omitempty"`
	Duties     []Duty   `json:"duties,omitempty"`
	Also       string   `json:"also,omitempty"`       // what else the customer owes, in words: not measured
	Exclusions string   `json:"exclusions,omitempty"` // what is not part of it
	Purpose    string   `json:"purpose,omitempty"`
}

// Version is one wording of an agreement. Days are 20261201.
type Version struct {
	Agreement  ID
	N          int
	Terms      Terms
	From, To   int64 // To is the last day; 0: until it is ended
	Review     int64
	Person     int64 // who wrote it last
	At         time.Time
	SignedAt   time.Time // by both; zero: a draft
	Reviewed   bool
	Signatures []Signature
}

// Signature is one side's name under a version.
type Signature struct {
	Agreement ID
	N         int
	Side      Side
	Person    int64
	At        time.Time
	Print     string
}

// Print is the fingerprint of what is signed: whoever changes a word or a day changes it.
func (v Version) Print(number int64) string {
	body, _ := json.Marshal(struct { // of strings and numbers: it cannot fail
		Number, Version  int64
		Terms            Terms
		From, To, Review int64
	}{number, int64(v.N), v.Terms, v.From, v.To, v.Review})
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// By is the signature of a side.
func (v Version) By(side Side) (Signature, bool) {
	for _, s := range v.Signatures {
		if s.Side == side {
			return s, true
		}
	}
	return Signature{}, false
}

// Agreement is the record of a pair.
type Agreement struct {
	ID, Number         int64
	Provider, Customer org.ID
	Revision           int
	CreatedAt          time.Time
	EndedAt            time.Time // zero: not ended
	EndedBy            int64
	EndedWhy           string
}

// Ref is the number as people write it.
func (a Agreement) Ref() string { return Ref(a.Number) }

// Ref is a number as people write it: OLA-12.
func Ref(number int64) string { return "OLA-" + strconv.FormatInt(number, 10) }

// Unit is the unit of a side.
func (a Agreement) Unit(side Side) org.ID {
	if side == Customer {
		return a.Customer
	}
	return a.Provider
}

// Word is what a side said of a draft or of a quarter.
type Word struct {
	ID        int64
	Agreement ID
	N         int // of the draft; 0: of a quarter
	Quarter   int // 20264; 0: of a draft
	Side      Side
	Person    int64
	Text      string
	At        time.Time
}

// Happened is what happened on an edge in a span, for the customer's duties.
type Happened struct {
	Opened    int64 // requests opened
	AskedBack int64 // of them those in which the provider had to ask before it delivered
	Questions []Wait
	Results   []Wait // deliveries that waited for a word
}

// Wait is a stretch in which the provider waited for the customer. Until zero: it still does.
type Wait struct{ Since, Until time.Time }

// Served is what became of the requests of one service on the edge that were due in a span.
type Served struct{ Met, Breached, Pending, Excluded int64 }

// N is what the share is of.
func (s Served) N() int64 { return s.Met + s.Breached }

// Tried is a dry run of the terms of a service over the past: how many would have been in time instead.
type Tried struct {
	N, Was, Would int64 // decided, in time as promised then, in time by the terms
	Left          int64 // cases beyond the most that are counted
}

// Past is the slot that the room of requests fills.
type Past struct {
	Happened func(ctx context.Context, rd sqldb.Reader, provider, customer []org.ID, from, to time.Time) (Happened, error)
	Served   func(ctx context.Context, rd sqldb.Reader, service catalog.ID, customer []org.ID, from, to time.Time) (Served, error)
	Try      func(ctx context.Context, service catalog.ID, std catalog.Standard, customer []org.ID, from, to time.Time) (Tried, error)
}

// Service keeps the agreements.
type Service struct {
	Rooms
	db         *sqldb.DB
	events     *event.Bus
	past       Past
	book       atomic.Pointer[book]
	generation sqldb.Generation
}

// Rooms are those that the room calls.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Disclose *disclose.Service
	Calendar *calendar.Service
	Todo     *todo.Service
	Relation *relation.Service
	Catalog  *catalog.Catalog
}

// New makes the room. Slots are filled before the first request.
func New(db *sqldb.DB, events *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{Rooms: rooms, db: db, events: events}
	s.fillSlots(jobs)
	return s
}

// PastBy fills the slot of what happened on an edge.
func (s *Service) PastBy(p Past) { s.past = p }

// View is an agreement with everything that its page shows.
type View struct {
	Agreement
	Versions []Version // the newest first
	Words    []Word    // the newest first
	Speaks   []Side    // the sides for which the reader may sign
	Drafts   bool      // the reader may write a draft
	People   map[org.ID]org.Person
}

// Draft is the version that is not signed yet.
func (v View) Draft() (Version, bool) {
	if len(v.Versions) > 0 && v.Versions[0].SignedAt.IsZero() {
		return v.Versions[0], true
	}
	return Version{}, false
}

// InForce is the version in force at a moment in a zone.
func (v View) InForce(at time.Time, zone *time.Location) (Version, bool) {
	for _, x := range v.Versions {
		if x.holds(v.Agreement, at, zone) {
			return x, true
		}
	}
	return Version{}, false
}

// etag names the state of an agreement.
func (a Agreement) etag() string { return `"` + strconv.Itoa(a.Revision) + `"` }

// ParseRef reads a number as people write it.
func ParseRef(text string) (int64, error) {
	if len(text) > 4 && strings.EqualFold(text[:4], "OLA-") {
		text = text[4:]
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.ErrNotFound
	}
	return n, nil
}
