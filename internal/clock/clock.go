package clock

import (
	"context"
	"embed"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Schema holds the migrations of clock.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of clock.
//
//go:embed locale/*.toml
var Locale embed.FS

// Subject is what a clock belongs to: {"request", id}.
type Subject struct {
	Kind string `json:"kind"`
	ID   int64  `json:"id"`
}

// History is the marks of one subject in the order of time.
type History struct {
	Subject int64
	Marks   []Mark
}

// Source is a room whose subjects have clocks. It lets rows be rebuilt and proven from what happened.
type Source struct {
	Kind string // of its subjects: "request"
	// Marks gives the histories of subjects with ids after one, in the order of ids, at most limit of them. It reads
	// columns in the order of the primary key, no JSON: doctor goes through millions.
	Marks func(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]History, error)
	// Of locks the subjects and gives their histories in the order of ids, which ascend.
	Of func(ctx context.Context, tx *sqldb.Tx, ids []int64) ([]History, error)
	// Read is Of without locks, for a preview; nil: the source has none.
	Read func(ctx context.Context, rd sqldb.Reader, ids []int64) ([]History, error)
	// About says what a list of deadlines shows of subjects, as far as the reader may know of them.
	About func(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]About, error)
}

// About is what a list of deadlines shows of a subject.
type About struct {
	Ref, Link string // "" when the reader may not know of it
	Service   lang.Text
	Unit      int64 // that has it in hand
}

// Service keeps the states of clocks. It is safe for concurrent use; sources are registered before it is used.
type Service struct {
	db        *sqldb.DB
	events    *event.Bus
	calendars *calendar.Service
	sources   []Source
}

// New makes the room with its jobs: breaches every 20 s, and the recomputing of open clocks when a calendar is published.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, calendars *calendar.Service) *Service {
	s := &Service{db: db, events: bus, calendars: calendars}
	s.work(bus, jobs)
	calendars.MovesBy(s.preview)
	return s
}

// Register adds a room with subjects.
func (s *Service) Register(source Source) { s.sources = append(s.sources, source) }

// States replays the marks of a subject against the calendars as published now.
func (s *Service) States(ctx context.Context, marks []Mark, now time.Time) ([]State, error) {
	book, err := s.calendars.Book(ctx)
	if err != nil {
		return nil, err
	}
	return Replay(book, marks, now)
}

// Explain is States with the intervals of every clock.
func (s *Service) Explain(ctx context.Context, marks []Mark, now time.Time) ([]Line, error) {
	book, err := s.calendars.Book(ctx)
	if err != nil {
		return nil, err
	}
	return Explain(book, marks, now)
}

// Save writes the states of a subject's clocks; those without a target have no row. It joins the transaction that
// recorded the mark.
func (s *Service) Save(ctx context.Context, tx *sqldb.Tx, subject Subject, states []State) error {
	return save(ctx, tx, subject, states)
}
