package routing

import (
	"context"
	"embed"
	"sync/atomic"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/form"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/place"
)

// Schema holds the migrations of routing.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of routing.
//
//go:embed locale/*.toml
var Locale embed.FS

// Way is how a rule finds who gets a request.
type Way string

// The ways.
const (
	ToPerson Way = "person"
	ToUnit   Way = "unit"  // one below; its rules go on
	ToDuty   Way = "duty"  // who is on duty; of several who has least in hand
	InTurn   Way = "turn"  // one after the other
	ByLoad   Way = "load"  // who has least in hand; of several the next one
	BySkill  Way = "skill" // of those with a skill who has least in hand
	ToQueue  Way = "queue" // stays open
)

// Ways lists them in the order of a form.
var Ways = []Way{ToPerson, InTurn, ByLoad, BySkill, ToDuty, ToUnit, ToQueue}

// When a rule holds, beside everything else.
const (
	AnyTime = ""
	AtWork  = "in"   // within the unit's working time
	OffWork = "out"  // outside it
	OnDuty  = "duty" // somebody is on duty
)

// Times lists them.
var Times = []string{AnyTime, AtWork, OffWork, OnDuty}

// Rule is one rule of a set. Its conditions all have to hold; an empty one always does.
type Rule struct {
	ID        int64           `json:"id,string"` // stays when the rule is edited: its turn hangs on it
	Name      string          `json:"name"`
	Services  []int64         `json:"services,omitempty"`
	Customers []int64         `json:"customers,omitempty"` // units, with what is below
	Places    []int64         `json:"places,omitempty"`    // with what lies under them
	Priority  string          `json:"priority,omitempty"`  // "urgent", "usual"
	Time      string          `json:"time,omitempty"`
	When      *form.Condition `json:"when,omitempty"` // on the answers; needs exactly one service
	Way       Way             `json:"way"`
	People    []int64         `json:"people,omitempty"` // ToPerson: one; InTurn: the order; ByLoad: empty is all agents
	Unit      int64           `json:"unit,omitempty"`
	Skill     string          `json:"skill,omitempty"`
}

// Set is the rules of a unit in one version; version 0 is the draft.
type Set struct {
	Unit    int64
	Version int
	Rules   []Rule
	Base    int // of a draft: the version it was begun on
	By      int64
	At      time.Time
}

// Rule of a set by its id; ok is false when there is none.
func (s Set) Rule(id int64) (Rule, bool) {
	for _, r := range s.Rules {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// Case is a request as rules see it.
type Case struct {
	Unit      int64 // that has to decide
	Service   int64
	Customer  int64
	Place     int64 // that it was asked from; 0: nowhere in particular
	Urgent    bool
	Form      form.Form
	Values    form.Values
	Customers []int64 // persons who ask: they never serve it
	At        time.Time
}

// Decision is who gets a request, and by which rule. The zero one: no rule holds, it stays in the queue.
type Decision struct {
	Version int
	Rule    Rule
	Person  int64
	Unit    int64
}

// Given says whether somebody, or a unit below, gets it.
func (d Decision) Given() bool { return d.Person != 0 || d.Unit != 0 }

// Past is a request that a unit got.
type Past struct {
	Request int64
	Hop     int
	Case
	Closed time.Time // zero: still open
	Had    int64     // who has or had it; 0: nobody
}

// Rooms are the neighbours that routing calls.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Calendar *calendar.Service
	Catalog  *catalog.Catalog
	Place    *place.Service
}

// Requests is the slot of the room of requests.
type Requests interface {
	// InHand counts the open requests that each of the people has in hand.
	InHand(ctx context.Context, rd sqldb.Reader, people []int64) (map[int64]int, error)
	// CountGot and GotBy read what a unit got in a span, neither confidential nor imported, in the order in which it came, after
	// the one given.
	CountGot(ctx context.Context, rd sqldb.Reader, unit int64, from, to time.Time) (int64, error)
	GotBy(ctx context.Context, rd sqldb.Reader, unit int64, from, to time.Time, after Past, limit int) ([]Past, error)
	// Shown describes requests as far as the actor may see them.
	Shown(ctx context.Context, ids []int64) (map[int64]Shown, error)
}

// Shown is a request in a list.
type Shown struct{ Ref, Link, Title string }

// Service keeps the rules. It is safe for concurrent use; slots are filled before it is used.
type Service struct {
	db       *sqldb.DB
	events   *event.Bus
	jobs     *job.Queue
	requests Requests
	Rooms

	generation sqldb.Generation
	sets       atomic.Pointer[map[int64]Set] // live sets by unit
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms) *Service {
	s := &Service{db: db, events: bus, jobs: jobs, Rooms: rooms}
	bus.Live(func(r event.Record) {
		if r.Kind == (RulesWereSet{}).EventKind() {
			s.forget()
		}
	})
	job.Handle(jobs, dryJob, s.runDry, job.Concurrency(1))
	jobs.Every("routing.forget", 24*time.Hour, s.forgetRuns)
	return s
}

// RequestsBy fills the slot of the room of requests.
func (s *Service) RequestsBy(r Requests) { s.requests = r }

// live are the sets in force by unit.
func (s *Service) live(ctx context.Context) (map[int64]Set, error) {
	if p := s.sets.Load(); p != nil {
		return *p, nil
	}
	var sets map[int64]Set
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if sets, err = liveSets(ctx, rd); err != nil {
			return err
		}
		s.generation.Keep(rd, func() { s.sets.Store(&sets) })
		return nil
	})
	return sets, err
}

// Prepare reads the rules into memory before a transaction needs them.
func (s *Service) Prepare(ctx context.Context) error {
	_, err := s.live(ctx)
	return err
}

func (s *Service) forget() {
	s.generation.Next(func() { s.sets.Store(nil) })
}
