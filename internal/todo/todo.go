package todo

import (
	"context"
	"embed"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema creates the table of todo.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of todo.
//
//go:embed locale
var Locale embed.FS

// ID is the id of a todo.
type ID = int64

// Todo is one thing that somebody owes.
type Todo struct {
	ID      ID
	Holder  access.Holder // who owes: a person, or a unit with a role until somebody takes it
	For     org.ID        // the person it is owed to; 0: nobody in particular
	Unit    org.ID        // the unit on the other side; 0: the main unit of For
	Subject access.Subject
	Verb    string // what fulfils it: "take", "answer", …; see AddVerb
	Title   string // of the subject, as the holder knows it
	Ref     string // "R-1024"
	Link    string // where the verb is done
	Due     time.Time
	Until   time.Time // an invitation lapses then by itself; zero: it stays until it is fulfilled
	Since   time.Time // zero: now
}

// Service keeps the table and shows the home page.
type Service struct {
	db        *sqldb.DB
	org       *org.Service
	calendars *calendar.Service
	verbs     map[string]Verb
	panels    []Panel
	parts     []Part
	sources   []tileSource
	standIns  map[string]StandIn
}

// New makes the room. Verbs and panels are added before the first request.
func New(db *sqldb.DB, people *org.Service, calendars *calendar.Service) *Service {
	s := &Service{db: db, org: people, calendars: calendars, verbs: map[string]Verb{}, standIns: map[string]StandIn{}}
	for code, v := range usualVerbs {
		s.verbs[code] = v
	}
	return s
}

// Owe notes an obligation. Noting the same one (holder, subject, verb) again updates its words and its times
// and keeps since when it is owed. One statement.
func (s *Service) Owe(ctx context.Context, tx *sqldb.Tx, t Todo) error {
	if t.Since.IsZero() {
		t.Since = tx.Now
	}
	return upsert(ctx, tx, t, s.Verb(t.Verb).Serving)
}

// Fulfil ends the obligations on the subject with these verbs, whoever holds them; without verbs, all of them.
// One statement.
func (s *Service) Fulfil(ctx context.Context, tx *sqldb.Tx, subject access.Subject, verbs ...string) error {
	return remove(ctx, tx, subject, verbs)
}

// forgotten is how much Forget removes in one transaction: everybody else waits for it.
const forgotten = 500

// Forget removes what has lapsed. Nothing shows it any more; this keeps the table small.
func (s *Service) Forget(ctx context.Context) error {
	for {
		var n int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = removeLapsed(ctx, tx, forgotten)
			return err
		})
		if err != nil || n < forgotten {
			return err
		}
	}
}

// Move hands the obligation (subject, verb) to another holder. Where several held it, one row is left.
func (s *Service) Move(ctx context.Context, tx *sqldb.Tx, subject access.Subject, verb string, to access.Holder) error {
	return move(ctx, tx, subject, verb, to)
}

// Due sets when the obligation (subject, verb) is due; the zero time: it is not due at any time, as while a clock
// is paused. One statement.
func (s *Service) Due(ctx context.Context, tx *sqldb.Tx, subject access.Subject, verb string, due time.Time) error {
	return setDue(ctx, tx, subject, verb, due)
}
