package org

import (
	"context"
	"embed"
	"sync"
	"sync/atomic"
	"time"

	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Schema holds the migrations of org.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of org.
//
//go:embed locale
var Locale embed.FS

// ID of a unit or a person.
type ID = int64

// The levels of a unit, from the top.
const (
	Entity     = "entity"
	Site       = "site"
	Department = "department"
	Team       = "team"
)

// Levels lists them from the top.
var Levels = []string{Entity, Site, Department, Team}

// Unit is a part of the company.
type Unit struct {
	ID        ID
	Code      string // never changes: "finance"
	Name      lang.Text
	Short     lang.Text // for narrow places; empty: the name
	Level     string    // entity, site, department or team
	Parent    ID        // 0: a root
	Head      ID        // person; 0: none
	Site      string    // code of a unit of level site, when the tree does not say it
	Calendar  string    // code of its working calendar; "" inherits
	ValidFrom time.Time // zero: always was
	ValidTo   time.Time // zero: still is
	Revision  int64     // grows with each change; the ETag
}

// Label is the short name when there is one, in the reader's language.
func (u Unit) Label(ctx context.Context) string {
	if s := u.Short.In(ctx); s != "" {
		return s
	}
	return u.Name.In(ctx)
}

// Person is somebody who works here.
type Person struct {
	ID       ID
	No       string // 工号, text
	Name     string
	NameEn   string
	Phone    string
	Email    string
	Position string // in the main unit
	Unit     ID     // main unit
	Manager  ID
	Active   bool
	Locale   string // "zh", "en" or "" for the company's
	OnLeave  bool   // on long leave now; said by Names, Person and PersonByNoIn, elsewhere by AwayLong
	Revision int64
}

// Display is how a page names somebody in the reader's language: the name, and that the person has left or is on long
// leave. It is the one place that says so. A wire format, a letter, or a page with a mark of its own takes Plain.
func (p Person) Display(ctx context.Context) string {
	name := p.Plain(ctx)
	if p.ID != 0 && !p.Active && name != "" && !p.IsErased() {
		return lang.T(ctx, "org.name-left", "name", name)
	}
	if p.OnLeave {
		return lang.T(ctx, "org.name-on-leave", "name", name)
	}
	return name
}

// Plain is the name alone, in the reader's language; of somebody who was erased, that it is so.
func (p Person) Plain(ctx context.Context) string {
	if p.IsErased() {
		return erasedName.In(ctx)
	}
	if lang.Locale(ctx) == "en" && p.NameEn != "" || p.Name == "" {
		return p.NameEn
	}
	return p.Name
}

// Membership of a person in a unit.
type Membership struct {
	Person   ID
	Unit     ID
	Main     bool
	Position string
	Until    time.Time // first moment it no longer counts; zero: open
}

// Role is what a person may be for the company (Scope "") or for a unit or, for owner, a service.
type Role struct {
	Code  string // agent, owner, head, secretary, quality, hr, executive, admin, security, auditor
	Scope string // code of the unit or service; "" company-wide
	Unit  ID     // of the scope, when it is a unit
}

// String is the role as import files write it: "agent@finance".
func (r Role) String() string {
	if r.Scope == "" {
		return r.Code
	}
	return r.Code + "@" + r.Scope
}

// Service of the room.
type Service struct {
	db         *sqldb.DB
	events     *event.Bus
	tree       atomic.Pointer[Tree]
	treeRead   sync.Mutex
	comp       atomic.Pointer[Company]
	counts     atomic.Pointer[counts]
	actors     actors
	generation sqldb.Generation // of actors, tree, counts and comp
	names      nameBook
	stand      standBook
	fixed      string // public address, given from outside
	now        func() time.Time

	ownerOf  func(ctx context.Context, code string) (ID, error)                    // slot: catalog
	offered  func(ctx context.Context, code string) (Offered, error)               // slot: catalog
	calendar func(ctx context.Context, rd sqldb.Reader, code string) (bool, error) // slot: calendar
	busy     func(ctx context.Context, rd sqldb.Reader, unit ID) (bool, error)
	offers   calendarOffers                                                      // slot: calendar
	holdings []Holding                                                           // slot: every room
	acted    func(ctx context.Context, rd sqldb.Reader, person ID) (bool, error) // slot: the audit trail
	linked   func(ctx context.Context, person ID) ([]Linked, error)              // slot: directory
	personal []PersonalData                                                      // slot: every room
	jobs     *job.Queue
	deeds    []deedsOf                                                  // slot: rooms in which deputies act
	open     func(ctx context.Context, unit string) ([]OpenLine, error) // slot: request
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus) *Service {
	s := &Service{db: db, events: bus, now: db.Now}
	s.listen(bus)
	s.AddHolding(s.ownHoldings()...)
	s.AddHolding(s.timedHoldings()...)
	s.AddPersonalData(ownPersonal...)
	return s
}

// ServicesBy fills the slot that turns a service's code into its id, so that owners are known to the house.
// It answers 0 for a code that does not exist.
func (s *Service) ServicesBy(find func(ctx context.Context, code string) (ID, error)) {
	s.ownerOf = find
}

// CalendarsBy fills the slot that says whether a calendar exists, so that imports can refuse an unknown one.
func (s *Service) CalendarsBy(exists func(ctx context.Context, rd sqldb.Reader, code string) (bool, error)) {
	s.calendar = exists
}

// HeldBy fills the slot that says whether a unit still has open work in its hands or offers services: such a unit cannot
// end, for nobody would see what waits there.
func (s *Service) HeldBy(busy func(ctx context.Context, rd sqldb.Reader, unit ID) (bool, error)) {
	s.busy = busy
}

// CalendarOffer is a calendar that a unit may choose.
type CalendarOffer struct{ Code, Name string }

// calendarOffers are the calendars there are, and the one that a unit counts in; 0 is the company as a whole.
type calendarOffers struct {
	all func(ctx context.Context) ([]CalendarOffer, error)
	of  func(ctx context.Context, unit ID) (code string, err error)
}

// OfferCalendarsBy fills the slot that names the calendars in the reader's language, the company's first, and says
// which one holds in a unit.
func (s *Service) OfferCalendarsBy(all func(ctx context.Context) ([]CalendarOffer, error), of func(ctx context.Context, unit ID) (string, error)) {
	s.offers = calendarOffers{all, of}
}

// Linked is an account of one of the company's own systems that a person has here.
type Linked struct{ System, Account, Note string }

// LinkedBy fills the slot that lists the accounts of a person in the company's own systems, for administrators.
func (s *Service) LinkedBy(list func(ctx context.Context, person ID) ([]Linked, error)) {
	s.linked = list
}

// all collects findings, so that what is wrong comes at once.
func all(found []finding) *fault.Fields {
	f := new(fault.Fields)
	for _, x := range found {
		f.Add(x.field, x.key, x.args...)
	}
	return f
}
