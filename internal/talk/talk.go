package talk

import (
	"context"
	"embed"
	"time"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/file"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Schema creates the tables of talk.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of talk.
//
//go:embed locale/*.toml
var Locale embed.FS

// ID is the id of a message, or of a file.
type ID = int64

// The kinds of a message.
const (
	KindMessage = "message"
	KindNote    = "note" // internal: the customer never sees it
	KindAsk     = "ask"
	KindAnswer  = "answer"
	KindSystem  = "system" // the house speaks; nobody's unread count grows
)

// Message is one entry of a conversation.
type Message struct {
	ID      ID
	Subject access.Subject
	Person  org.ID // 0: the house
	Unit    org.ID // for which the person spoke
	Kind    string
	Text    string // plain text; a mention is the token @[工号]
	Files   []ID   // uploaded before by Person, not yet attached
	At      time.Time
	Quiet   bool // nobody's unread count grows: imported, or told in another way
}

// Service keeps conversations.
type Service struct {
	db       *sqldb.DB
	events   *event.Bus
	org      *org.Service
	access   *access.Service
	blobs    file.Store
	policies map[string]Policy
	live     *web.Hub
	feed     Feed
	waiting  func(ctx context.Context, rd sqldb.Reader, file ID) (bool, error) // says who else reads a file that waits in a draft
	kept     []func(ctx context.Context, rd sqldb.Reader) (map[ID]bool, error)
	counted  counts
	thumbs   chan struct{} // as many small pictures are made at once
}

// New makes the room. Policies are registered before the first request.
func New(db *sqldb.DB, events *event.Bus, jobs *job.Queue, people *org.Service, grants *access.Service, blobs file.Store) *Service {
	s := &Service{db: db, events: events, org: people, access: grants, blobs: blobs, policies: map[string]Policy{}, thumbs: make(chan struct{}, thumbsMade)}
	s.schedule(jobs)
	return s
}

// WasPosted: somebody wrote a message, a note, a question or an answer.
type WasPosted struct {
	Message ID             `json:"message"`
	Subject access.Subject `json:"subject"`
	Kind    string         `json:"kind"`
	Readers []org.ID       `json:"readers,omitempty"` // whose unread count grew
	Named   []org.ID       `json:"named,omitempty"`   // those of them who were mentioned
}

// EventKind names the event.
func (WasPosted) EventKind() string { return "talk.was-posted" }

// EventSubject is the record talked about.
func (e WasPosted) EventSubject() (string, int64) { return e.Subject.Kind, e.Subject.ID }
