package access

import (
	"context"
	"errors"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// How long a look with another's eyes and an opened record last.
const (
	ViewLife  = 15 * time.Minute
	GlassLife = 30 * time.Minute
)

// View is a look of a security officer at the house with a person's eyes.
type View struct {
	ID      ID        `json:"id"`
	Session ID        `json:"-"`
	Viewer  ID        `json:"viewer_id"`
	Person  ID        `json:"person_id"`
	Reason  string    `json:"reason"`
	Began   time.Time `json:"began_at"`
	Until   time.Time `json:"until"`
	Ended   time.Time `json:"ended_at,omitzero"` // zero: it ran out, or runs
}

// WasViewedAs says that a security officer began to look at the house with a person's eyes. That person is told.
type WasViewedAs struct {
	View   ID        `json:"view"`
	Person ID        `json:"person"`
	Viewer ID        `json:"viewer"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}

// EventKind of WasViewedAs.
func (WasViewedAs) EventKind() string { return "access.was-viewed-as" }

// EventSubject of WasViewedAs.
func (e WasViewedAs) EventSubject() (string, int64) { return "person", e.Person }

// ViewHasEnded says that the officer stopped before the time was over.
type ViewHasEnded struct {
	View   ID `json:"view"`
	Person ID `json:"person"`
}

// EventKind of ViewHasEnded.
func (ViewHasEnded) EventKind() string { return "access.view-has-ended" }

// EventSubject of ViewHasEnded.
func (e ViewHasEnded) EventSubject() (string, int64) { return "person", e.Person }

// Announce lets the room say what it does, and keeps nothing else of the bus.
func (s *Service) Announce(bus *event.Bus) { s.events = bus }

func (s *Service) emit(ctx context.Context, tx *sqldb.Tx, e event.Event) error {
	if s.events == nil {
		return nil
	}
	return s.events.Emit(ctx, tx, e)
}

// ViewAs lets the security officer of ctx look with the eyes of the person with the 工号, in this session, read only,
// for ViewLife. The person is told at once. Nobody looks with the eyes of a keeper of the house.
func (s *Service) ViewAs(ctx context.Context, no, reason string) (View, error) {
	a := actor.From(ctx)
	var v View
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var f fault.Fields
		reasonGiven(&f, reason)
		p, err := s.org.PersonByNo(ctx, clean(no))
		switch {
		case errors.Is(err, fault.ErrNotFound) || err == nil && !p.Active:
			f.Add("person", "access.person-unknown", "value", clean(no))
		case err != nil:
			return err
		case p.ID == a.Person:
			f.Add("person", "access.not-oneself")
		default:
			x, err := s.org.ActorOf(ctx, p.ID)
			if err != nil {
				return err
			}
			if x.Has("admin") || x.Has("security") || x.Has("auditor") {
				f.Add("person", "access.not-a-keeper")
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		if a.Session == 0 || !a.Has("security") {
			return fault.ErrNotFound
		}
		v = View{ID: tx.NewID(), Session: a.Session, Viewer: a.Person, Person: p.ID, Reason: clean(reason), Began: tx.Now, Until: tx.Now.Add(ViewLife)}
		if err := endViews(ctx, tx, a.Session); err != nil {
			return err
		}
		if err := insertView(ctx, tx, v); err != nil {
			return err
		}
		if err := insertTold(ctx, tx, Told{Person: p.ID, What: ToldViewed, By: a.Person, Reason: v.Reason, Until: v.Until}); err != nil {
			return err
		}
		return s.emit(ctx, tx, WasViewedAs{View: v.ID, Person: p.ID, Viewer: a.Person, Reason: v.Reason, Until: v.Until})
	})
	return v, err
}

// Eyes are those the session of a security officer looks with now: another person's while a view lasts, and otherwise
// its own. Everybody else costs nothing.
func (s *Service) Eyes(ctx context.Context, a actor.Actor) (actor.Actor, error) {
	if a.Session == 0 || !a.Has("security") {
		return a, nil
	}
	v, err := s.running(ctx, a.Session)
	if err != nil || v.ID == 0 {
		return a, err
	}
	x, err := s.org.ActorOf(ctx, v.Person)
	if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Denied {
		return a, nil // has left meanwhile
	}
	x.Session, x.Viewer, x.Locale = a.Session, a.Person, a.Locale
	return x, err
}

func (s *Service) running(ctx context.Context, session ID) (v View, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		v, err = viewOf(ctx, rd, session)
		if errors.Is(err, fault.ErrNotFound) {
			return nil
		}
		return err
	})
	return v, err
}

// Viewing is the view that the session of ctx looks through; its ID is 0 when there is none.
func (s *Service) Viewing(ctx context.Context) (View, error) {
	a := actor.From(ctx)
	if a.Viewer == 0 {
		return View{}, nil
	}
	return s.running(ctx, a.Session)
}

// StopViewing ends the view of the session of ctx. It is no error when there is none any more.
func (s *Service) StopViewing(ctx context.Context) error {
	a := actor.From(ctx)
	if a.Viewer == 0 {
		return nil
	}
	ctx = actor.With(ctx, actor.Actor{Person: a.Viewer, Session: a.Session, Locale: a.Locale, Zone: a.Zone})
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		v, err := viewOf(ctx, tx, a.Session)
		if errors.Is(err, fault.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := endViews(ctx, tx, a.Session); err != nil {
			return err
		}
		return s.emit(ctx, tx, ViewHasEnded{View: v.ID, Person: v.Person})
	})
}
