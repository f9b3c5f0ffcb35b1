package relation

import (
	"context"
	"embed"
	"fmt"
	"time"

	"neike/internal/access"
	"neike/internal/disclose"
	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/todo"
)

// Schema creates the tables of relation.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of relation.
//
//go:embed locale/*.toml
var Locale embed.FS

// ID is the id of an edge.
type ID = int64

// Service keeps the edges and their numbers.
type Service struct {
	db       *sqldb.DB
	events   *event.Bus
	org      *org.Service
	access   *access.Service
	todo     *todo.Service
	disclose *disclose.Service
	store    *vectors
	rollups  rollups
	pairings pairings
	targets  func(ctx context.Context) (TargetsFunc, error)
	pending  []PendingFunc
	entries  []EntriesFunc
	panels   []Panel
	grounds  []Grounds
	delays   func(ctx context.Context, p Period, pairs [][2]org.Unit) (map[[2]org.ID]Delay, error)
	openNow  func(ctx context.Context, unit org.ID) (map[[2]org.ID]OpenNow, error)
	signed   func(ctx context.Context) (func(provider, customer org.ID) bool, error)
	offers   func(ctx context.Context) ([]Offered, error)
	walls    wallsKept
	ledger   ledger

	allEntries []func(ctx context.Context, rd sqldb.Reader, since time.Time) ([]Between, error)
}

// New makes the room. Slots are filled before the first request.
func New(db *sqldb.DB, events *event.Bus, rooms Rooms) *Service {
	rooms.Todo.AddVerb(verbConfirm, todo.Verb{Label: "relation.todo.confirm", Icon: "topology-star-3"})
	rooms.Todo.AddVerb(verbRule, todo.Verb{Label: "relation.todo.rule", Icon: "gavel", Serving: true})
	rooms.Todo.AddVerb(verbSheet, todo.Verb{Label: "relation.todo.sheet", Icon: "list-check"})
	rooms.Todo.AddVerb(verbAnswer, todo.Verb{Label: "relation.todo.answer", Icon: "message-question", Serving: true})
	return &Service{db: db, events: events, org: rooms.Org, access: rooms.Access, todo: rooms.Todo, disclose: rooms.Disclose, store: newVectors()}
}

// Rooms are those that the room calls.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Disclose *disclose.Service
	Todo     *todo.Service
}

// Target is what is agreed on an edge, as fractions. 0 means nothing is agreed, and the usual 90 % counts.
type Target struct{ Attainment, RightFirst float64 }

// usual is the target of an edge on which nothing is agreed.
var usual = Target{Attainment: 0.9, RightFirst: 0.9}

// TargetsFunc gives the target of an edge between two units of any level. It is asked for each cell of the matrix,
// so it answers from memory.
type TargetsFunc func(provider, customer org.ID) Target

// Open is how many cases of an edge are still open.
type Open struct {
	Provider, Customer org.ID
	Pending            int64     // due in the period, not yet decided
	Oldest             time.Time // the first of them was opened
}

// PendingFunc counts the open cases that are due in the period, per edge: those that the rate leaves out.
type PendingFunc func(ctx context.Context, rd sqldb.Reader, p Period) ([]Open, error)

// UseTargets fills the slot of agreed targets. load is called once per page or answer, outside any transaction.
func (s *Service) UseTargets(load func(ctx context.Context) (TargetsFunc, error)) { s.targets = load }

// UsePending adds to the slot of open cases: requests are some, deliveries others.
func (s *Service) UsePending(f PendingFunc) { s.pending = append(s.pending, f) }

// openIn asks everybody who has open cases; one edge may come more than once.
func (s *Service) openIn(ctx context.Context, rd sqldb.Reader, p Period) ([]Open, error) {
	var all []Open
	for _, f := range s.pending {
		list, err := f(ctx, rd, p)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// UseSigned fills the slot that says whether an agreement is in force between two units: without one the matrix marks traffic with a
// ring. load gives nil, and nothing is marked, in a company that never signed one.
func (s *Service) UseSigned(load func(ctx context.Context) (func(provider, customer org.ID) bool, error)) {
	s.signed = load
}

// Offered is a service by which the pictures of the map can be narrowed: those of the unit that offers it.
type Offered struct {
	Code     string
	Title    lang.Text
	Provider org.ID
}

// UseServices fills the slot of the services on offer, as far as the reader may see them.
func (s *Service) UseServices(list func(ctx context.Context) ([]Offered, error)) { s.offers = list }

// agreed is what counts on each edge: what the slot says, the usual where it says nothing.
func (s *Service) agreed(ctx context.Context) (TargetsFunc, error) {
	if s.targets == nil {
		return func(_, _ org.ID) Target { return usual }, nil
	}
	slot, err := s.targets(ctx)
	if err != nil {
		return nil, err
	}
	return func(provider, customer org.ID) Target {
		t := slot(provider, customer)
		if t.Attainment <= 0 {
			t.Attainment = usual.Attainment
		}
		if t.RightFirst <= 0 {
			t.RightFirst = usual.RightFirst
		}
		return t
	}, nil
}

// Edge is the id of the edge provider → customer. The first time work runs over it, it is made, and announced as
// observed. A known edge costs no statement.
func (s *Service) Edge(ctx context.Context, tx *sqldb.Tx, provider, customer org.ID) (ID, error) {
	if id, known := s.store.find(provider, customer); known {
		return id, nil
	}
	row, first, err := observe(ctx, tx, provider, customer)
	if err != nil {
		return 0, fmt.Errorf("edge: %w", err)
	}
	tx.OnCommit(func() { s.store.add(row) })
	if first {
		if err := note(ctx, tx, row, "observed", Word{}); err != nil {
			return 0, err
		}
		err = s.events.Emit(ctx, tx, WasObserved{Edge: row.ID, Provider: provider, Customer: customer})
	}
	return row.ID, err
}

// Contact notes that the person worked on the edge at a moment: for the provider or for the customer, as the person's
// unit tells.
func (s *Service) Contact(ctx context.Context, tx *sqldb.Tx, edge ID, person org.ID, at time.Time) error {
	return addContact(ctx, tx, edge, person, at)
}

// WasObserved says that work ran over an edge for the first time.
type WasObserved struct {
	Edge     ID     `json:"edge"`
	Provider org.ID `json:"provider"`
	Customer org.ID `json:"customer"`
}

// EventKind names the event.
func (WasObserved) EventKind() string { return "relation.was-observed" }

// EventSubject is the edge.
func (e WasObserved) EventSubject() (string, int64) { return "edge", e.Edge }
