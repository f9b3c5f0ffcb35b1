package org

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Handover is what who went off duty left to who came on.
type Handover struct {
	Shift    ID
	Unit     ID
	Person   ID // who wrote it
	Text     string
	At       time.Time
	Revision int64
	Read     []Reading // by whom, and when
}

// Reading says that somebody has read a note.
type Reading struct {
	Person ID
	At     time.Time
}

// OpenLine is something open that a note begins with.
type OpenLine struct {
	Ref, Title string
	Due        time.Time // zero: none
	Holder     string    // who has it in hand; "": nobody
}

// OpenBy fills the slot that names what is open in a unit, the next due first, as the actor may see it. Nothing
// confidential is in it: a note is read by the whole unit.
func (s *Service) OpenBy(of func(ctx context.Context, unit string) ([]OpenLine, error)) { s.open = of }

// WriteHandover writes the note of a shift, or writes it anew: its person does, or who keeps the list. Who had read what
// it said before reads it again.
func (s *Service) WriteHandover(ctx context.Context, shift ID, text string, revision int64) (Handover, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	var n Handover
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		h, err := s.shiftOf(ctx, tx, shift)
		if err != nil {
			return err
		}
		if err := all(checkNote(h, text, tx.Now)).Err(); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "org_shift", h.ID); err != nil {
			return err
		}
		old, err := handoverOf(ctx, tx, h.ID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if old.Revision != revision {
			return fault.New(fault.Precondition, "org.changed-meanwhile")
		}
		n = Handover{Shift: h.ID, Unit: h.Unit, Person: actor.From(ctx).Person, Text: text, At: tx.Now, Revision: revision + 1}
		if n.Person == 0 {
			n.Person = h.Person
		}
		if err := saveHandover(ctx, tx, n); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, HandoverWasWritten{Unit: h.Unit, Shift: h.ID, Person: h.Person, By: n.Person})
	})
	return n, err
}

// shiftOf is the shift for who may write its note.
func (s *Service) shiftOf(ctx context.Context, rd sqldb.Reader, id ID) (Shift, error) {
	h, err := shiftByID(ctx, rd, id)
	if err != nil {
		return h, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return h, err
	}
	if a := actor.From(ctx); a.Person != h.Person && !mayKeepDuty(a, tree, h.Unit) {
		return h, fault.ErrNotFound
	}
	return h, nil
}

// ConfirmHandover says that the actor has read the note. Saying it twice is saying it once; its writer need not.
func (s *Service) ConfirmHandover(ctx context.Context, shift ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := handoverOf(ctx, tx, shift)
		if err != nil {
			return err
		}
		tree, err := s.Tree(ctx)
		if err != nil {
			return err
		}
		a := actor.From(ctx)
		onList, err := shiftsOf(ctx, tx, n.Unit, a.Person, tx.Now.Add(-longestShift), tx.Now.Add(longestShift))
		switch {
		case err != nil:
			return err
		case a.Person == 0 || !mayReadHandover(a, tree, n.Unit) && len(onList) == 0:
			return fault.ErrNotFound
		case a.Person == n.Person:
			return fault.New(fault.Conflict, "org.note-own")
		}
		fresh, err := confirmHandover(ctx, tx, shift, a.Person)
		if err != nil || !fresh {
			return err
		}
		return s.events.Emit(ctx, tx, HandoverWasRead{Unit: n.Unit, Shift: shift, By: a.Person})
	})
}

// Handovers are the latest notes of a unit, to those who may read them.
func (s *Service) Handovers(ctx context.Context, rd sqldb.Reader, unit ID, limit int) ([]Handover, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	a := actor.From(ctx)
	onList, err := shiftsOf(ctx, rd, unit, a.Person, rd.Instant().Add(-longestShift), rd.Instant().Add(longestShift))
	if err != nil {
		return nil, err
	}
	if !mayReadHandover(a, tree, unit) && len(onList) == 0 {
		return nil, fault.ErrNotFound
	}
	return handoversOf(ctx, rd, unit, limit)
}

// draft is what a note begins with: what is open, a line each.
func (s *Service) draft(ctx context.Context, unit string, line func(OpenLine) string) (string, error) {
	if s.open == nil {
		return "", nil
	}
	list, err := s.open(ctx, unit)
	if fault.KindOf(err) == fault.NotFound && err != nil { // serves nothing there
		return "", nil
	}
	var out []string
	for _, l := range slices.Clip(list) {
		out = append(out, line(l))
	}
	return strings.Join(out, "\n"), err
}

// HandoverWasWritten says that the note of a shift was written, or written anew.
type HandoverWasWritten struct {
	Unit   ID `json:"unit"`
	Shift  ID `json:"shift"`
	Person ID `json:"person"` // whose shift it was
	By     ID `json:"by"`
}

// HandoverWasRead says that somebody confirmed to have read it.
type HandoverWasRead struct {
	Unit  ID `json:"unit"`
	Shift ID `json:"shift"`
	By    ID `json:"by"`
}

// EventKind is the name of the event in the log.
func (HandoverWasWritten) EventKind() string { return "org.handover-was-written" }
func (HandoverWasRead) EventKind() string    { return "org.handover-was-read" }

// EventSubject names the unit.
func (e HandoverWasWritten) EventSubject() (string, int64) { return "unit", e.Unit }
func (e HandoverWasRead) EventSubject() (string, int64)    { return "unit", e.Unit }
