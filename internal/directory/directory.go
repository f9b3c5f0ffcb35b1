package directory

import (
	"embed"
	"sync"

	"neike/internal/kit/chat"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema holds the migrations of directory.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of directory.
//
//go:embed locale/*.toml
var Locale embed.FS

// ID of a connection or a run.
type ID = int64

// Service of the room.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	jobs   *job.Queue
	org    *org.Service
	box    *secret.Box

	dial    func(chat.Settings) (chat.Client, error)
	mu      sync.Mutex
	clients map[ID]dialed
}

// New makes the room and registers its jobs.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, people *org.Service, box *secret.Box) *Service {
	s := &Service{db: db, events: bus, jobs: jobs, org: people, box: box, dial: chat.New, clients: map[ID]dialed{}}
	s.work()
	return s
}

// DialBy lets somebody stand in for the chat suites: tests, and the demo company, which reaches no network. Call it before
// the house opens.
func (s *Service) DialBy(dial func(chat.Settings) (chat.Client, error)) { s.dial = dial }
