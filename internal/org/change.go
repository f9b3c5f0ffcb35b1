package org

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// The kinds of changes: of a person, then of units.
const (
	HandOver  = "hand-over" // what a person holds goes to others
	Transfer  = "transfer"  // another main unit from a date on
	LongLeave = "leave"     // away for long: what is held goes to others or waits for a deputy
	Leaving   = "leaving"   // the last day
	Merge     = "merge"     // units become one
	Split     = "split"     // one unit becomes several
	Move      = "move"      // under another unit
	Rename    = "rename"
)

// The states of a change.
//
//	planned ──(its moment)──▶ running ──▶ done
//	   │ └──(not possible any more)──▶ refused
//	   └──(Cancel)──▶ cancelled
const (
	ChangePlanned   = "planned"
	ChangeRunning   = "running"
	ChangeDone      = "done"
	ChangeCancelled = "cancelled"
	ChangeRefused   = "refused"
)

// Change is a change of the organisation: what is to become of a person or of units, from a moment on, and how far it is.
type Change struct {
	ID       ID
	Kind     string
	State    string
	At       time.Time // when it begins
	Person   ID        // 0: units
	Plan     Plan
	Steps    []Stage
	By       ID
	MadeAt   time.Time
	BeganAt  time.Time
	EndedAt  time.Time
	Trouble  string // message id of why it was refused, or what its last try died of
	Revision int64
}

// Plan is what a change is to do.
type Plan struct {
	To       map[string]ID        `json:"to,omitempty"` // holding → receiver; what has none stays
	Unit     ID                   `json:"unit,omitempty"`
	Position string               `json:"position,omitempty"`
	EndRoles bool                 `json:"end_roles,omitempty"` // a transfer ends the roles in the old unit
	Until    time.Time            `json:"until,omitzero"`      // of a long leave: the first moment back; zero: nobody knows yet
	Deputy   ID                   `json:"deputy,omitempty"`    // of a long leave
	Back     []string             `json:"back,omitempty"`      // kinds of holdings that are wanted back after a long leave
	From     []ID                 `json:"from,omitempty"`
	Into     []Share              `json:"into,omitempty"` // the largest first
	Made     []Unit               `json:"made,omitempty"` // of those, the ones that are made when it begins
	Assign   map[string]map[ID]ID `json:"assign,omitempty"`
	Parent   ID                   `json:"parent,omitempty"`
	Name     lang.Text            `json:"name,omitzero"`
	Short    lang.Text            `json:"short,omitzero"`
}

// Stage is one holding of one keeper on its way.
type Stage struct {
	Holding string `json:"holding"`
	From    ID     `json:"from"`
	To      ID     `json:"to,omitempty"`
	Total   int    `json:"total"`
	Moved   int    `json:"moved"`
	Left    int    `json:"left"`
	After   ID     `json:"after,omitempty"`
	Done    bool   `json:"done,omitempty"`
	Round   int    `json:"round,omitempty"` // of units: looked through again, because something came meanwhile

	Parts map[ID]int `json:"parts,omitempty"` // of a split: how many each unit gets, as counted when it began
}

// Units says whether the change is one of units.
func (c Change) Units() bool { return c.Person == 0 }

// Moved and left of all stages, and how many there were to move.
func (c Change) sums() (moved, left, total int) {
	for _, s := range c.Steps {
		moved, left, total = moved+s.Moved, left+s.Left, total+s.Total
	}
	return moved, left, max(total, moved+left)
}

// ETag of the change.
func (c Change) ETag() string { return web.ETag("change", c.ID, c.Revision) }

// changeJob is the payload of the job that carries a change out.
type changeJob struct {
	Change ID `json:"change"`
}

const changeKind = "org.change"

// ChangesBy lets the room carry out changes by jobs of the queue.
func (s *Service) ChangesBy(q *job.Queue) {
	s.jobs = q
	s.eraseBy(q)
	job.Handle(q, changeKind, s.carryOut, job.Timeout(time.Hour), job.Concurrency(1))
}

// enqueue lets the change be carried out at its moment; twice is once.
func (s *Service) enqueue(ctx context.Context, tx *sqldb.Tx, c Change) error {
	return s.jobs.Enqueue(ctx, tx, changeKind, changeJob{c.ID}, job.At(later(c.At, tx.Now)), job.Unique(uniqueOf(c)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Change reads one. It does not ask who reads: the pages and the API do.
func (s *Service) Change(ctx context.Context, id ID) (Change, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Change, error) { return changeByID(ctx, rd, id) })
}

// plan writes a change down and lets it be carried out at its moment.
func (s *Service) plan(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	c.ID, c.State, c.MadeAt, c.Revision = tx.NewID(), ChangePlanned, tx.Now, 1
	if c.At.IsZero() {
		c.At = tx.Now
	}
	if err := insertChange(ctx, tx, *c); err != nil {
		return err
	}
	if c.Kind == LongLeave {
		if err := s.goOnLeave(ctx, tx, *c); err != nil {
			return err
		}
	}
	if err := s.enqueue(ctx, tx, *c); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, ChangeWasPlanned{c.about()})
}

// Cancel takes a change back that has not begun. Of Cancel and its beginning one wins.
func (s *Service) Cancel(ctx context.Context, id ID) (Change, error) {
	var c Change
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if c, err = lockChange(ctx, tx, id); err != nil {
			return err
		}
		if c.State != ChangePlanned {
			return fault.New(fault.Conflict, "org.change-begun")
		}
		c.State, c.EndedAt = ChangeCancelled, tx.Now
		if err := updateChange(ctx, tx, &c); err != nil {
			return err
		}
		if c.Kind == LongLeave {
			if err := s.stayHere(ctx, tx, c); err != nil {
				return err
			}
		}
		return s.events.Emit(ctx, tx, ChangeWasCancelled{c.about()})
	})
	return c, err
}

// Resume lets a change that stands still, because its job gave up, go on where it was.
func (s *Service) Resume(ctx context.Context, id ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := lockChange(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.State != ChangePlanned && c.State != ChangeRunning {
			return fault.New(fault.Conflict, "org.change-over")
		}
		return s.enqueue(ctx, tx, c)
	})
}

// AboutChange is what every event of a change carries.
type AboutChange struct {
	Change ID        `json:"change"`
	Kind   string    `json:"kind"`
	Person ID        `json:"person,omitempty"`
	Units  []ID      `json:"units,omitempty"`
	At     time.Time `json:"at"`
	By     ID        `json:"by"`
}

func (c Change) about() AboutChange {
	units := append([]ID{}, c.Plan.From...)
	for _, s := range c.Plan.Into {
		units = append(units, s.Unit)
	}
	return AboutChange{c.ID, c.Kind, c.Person, units, c.At, c.By}
}

// EventSubject is the person, or the first unit.
func (a AboutChange) EventSubject() (string, int64) {
	if a.Person != 0 || len(a.Units) == 0 {
		return "person", a.Person
	}
	return "unit", a.Units[0]
}

// The events of a change.
type (
	// ChangeWasPlanned says that somebody decided it.
	ChangeWasPlanned struct{ AboutChange }
	// ChangeWasCancelled says that it was taken back before it began.
	ChangeWasCancelled struct{ AboutChange }
	// ChangeHasBegun says that its moment has come.
	ChangeHasBegun struct{ AboutChange }
	// ChangeWasRefused says that it was not possible any more when its moment came.
	ChangeWasRefused struct {
		AboutChange
		Why string `json:"why"`
	}
	// ChangeWasDone says that all of it is done.
	ChangeWasDone struct {
		AboutChange
		Moved int `json:"moved"`
		Left  int `json:"left"`
	}
)

// EventKind is the name of the event in the log.
func (ChangeWasPlanned) EventKind() string   { return "org.change-was-planned" }
func (ChangeWasCancelled) EventKind() string { return "org.change-was-cancelled" }
func (ChangeHasBegun) EventKind() string     { return "org.change-has-begun" }
func (ChangeWasRefused) EventKind() string   { return "org.change-was-refused" }
func (ChangeWasDone) EventKind() string      { return "org.change-was-done" }
