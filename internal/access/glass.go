package access

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Kind is a kind of record that the access pages find by the number people use. The room of the record fills it.
type Kind struct {
	Name    string // of Subject.Kind; its actions begin with it and a dot
	Find    func(ctx context.Context, rd sqldb.Reader, text string) (Found, error)
	Example string // "R-1024"
}

// Found is a record that a number names. Find answers fault.ErrNotFound for a text that names none.
type Found struct {
	Subject      Subject
	Ref, Href    string
	Title        string // not shown of a confidential record
	Confidential bool
	Personal     bool // personal support: nobody opens it, whatever reason
}

// AddKind lets the access pages find records of a kind. Call it while wiring.
func (s *Service) AddKind(k Kind) { s.kinds = append(s.kinds, k) }

func (s *Service) find(ctx context.Context, rd sqldb.Reader, text string) (Found, error) {
	for _, k := range s.kinds {
		found, err := k.Find(ctx, rd, clean(text))
		if err == nil || !errors.Is(err, fault.ErrNotFound) {
			return found, err
		}
	}
	return Found{}, fault.ErrNotFound
}

// Opening is one opening of a confidential record.
type Opening struct {
	ID      ID        `json:"id"`
	Subject Subject   `json:"-"`
	Ref     string    `json:"record" example:"R-1024"`
	Officer ID        `json:"officer_id"`
	Reason  string    `json:"reason"`
	Opened  time.Time `json:"opened_at"`
	Until   time.Time `json:"until"`
}

// GlassWasBroken says that a security officer opened a confidential record. Whoever asked for it is told.
type GlassWasBroken struct {
	Kind    string    `json:"kind"`
	Record  ID        `json:"record"`
	Ref     string    `json:"ref"`
	Officer ID        `json:"officer"`
	Reason  string    `json:"reason"`
	Until   time.Time `json:"until"`
	Told    []ID      `json:"told"`
}

// EventKind of GlassWasBroken.
func (GlassWasBroken) EventKind() string { return "access.glass-was-broken" }

// EventSubject of GlassWasBroken.
func (e GlassWasBroken) EventSubject() (string, int64) { return e.Kind, e.Record }

// BreakGlass opens one confidential record for the security officer of ctx, for reading, for GlassLife. Whoever asked for
// it is told in the same transaction. Personal support stays closed. A second opening while the first lasts is a
// Conflict.
func (s *Service) BreakGlass(ctx context.Context, record, reason string) (Opening, error) {
	a := actor.From(ctx)
	var g Opening
	if !a.Has("security") || a.Viewer != 0 {
		return g, fault.ErrNotFound
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var f fault.Fields
		reasonGiven(&f, reason)
		found, err := s.find(ctx, tx, record)
		switch {
		case errors.Is(err, fault.ErrNotFound):
			f.Add("record", "access.record-unknown", "value", clean(record))
		case err != nil:
			return err
		case found.Personal:
			f.Add("record", "access.record-personal")
		case !found.Confidential:
			f.Add("record", "access.record-not-confidential", "value", found.Ref)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "org_person", a.Person); err != nil { // of two at once one opens it
			return err
		}
		if open, err := glassOpen(ctx, tx, found.Subject, a.Person); err != nil || open {
			if open {
				err = fault.New(fault.Conflict, "access.open-already", "value", found.Ref)
			}
			return err
		}
		g = Opening{ID: tx.NewID(), Subject: found.Subject, Ref: found.Ref, Officer: a.Person, Reason: clean(reason), Opened: tx.Now, Until: tx.Now.Add(GlassLife)}
		return s.broke(ctx, tx, g)
	})
	return g, err
}

// broke writes an opening, tells whoever asked for the record, and announces it.
func (s *Service) broke(ctx context.Context, tx *sqldb.Tx, g Opening) error {
	if err := insertGlass(ctx, tx, g); err != nil {
		return err
	}
	grants, err := grantsOf(ctx, tx, g.Subject)
	if err != nil {
		return err
	}
	told := askers(grants)
	for _, p := range told {
		if err := insertTold(ctx, tx, Told{Person: p, What: ToldGlass, By: g.Officer, Reason: g.Reason, Ref: g.Ref, Until: g.Until}); err != nil {
			return err
		}
	}
	return s.emit(ctx, tx, GlassWasBroken{Kind: g.Subject.Kind, Record: g.Subject.ID, Ref: g.Ref, Officer: g.Officer, Reason: g.Reason, Until: g.Until, Told: told})
}

// Glasses are the openings of a record, newest first: its timeline shows them.
func (s *Service) Glasses(ctx context.Context, rd sqldb.Reader, sub Subject) ([]Opening, error) {
	return glassesOf(ctx, rd, sub)
}

// What somebody is told.
const (
	ToldViewed = "viewed" // somebody looked with their eyes
	ToldGlass  = "glass"  // somebody opened their confidential record
)

// Told is a line that a person is told.
type Told struct {
	ID     ID        `json:"id"`
	Person ID        `json:"-"`
	What   string    `json:"what" enum:"viewed,glass"`
	By     ID        `json:"by_id"`
	Reason string    `json:"reason"`
	Ref    string    `json:"record,omitempty"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
	Noted  time.Time `json:"noted_at,omitzero"`
}

// Noted says that the person of ctx has read what it was told.
func (s *Service) Noted(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return noteTold(ctx, tx, actor.From(ctx).Person) })
}

func clean(text string) string { return strings.TrimSpace(text) }

// maxReason is the longest reason, in characters.
const maxReason = 500

func reasonGiven(f *fault.Fields, reason string) {
	switch n := utf8.RuneCountInString(clean(reason)); {
	case n == 0:
		f.Add("reason", "access.reason-needed")
	case n > maxReason:
		f.Add("reason", "access.reason-long", "max", maxReason)
	}
}
