package catalog

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/todo"
)

// Schema holds the migrations of catalog.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of catalog.
//
//go:embed locale
var Locale embed.FS

// Catalog is the room: what units offer, and its use cases.
type Catalog struct {
	db        *sqldb.DB
	events    *event.Bus
	org       *org.Service
	access    *access.Service
	calendars *calendar.Service

	reading    sync.Mutex // of the snapshot
	generation sqldb.Generation

	agreedTerms  TermsFunc
	agreedShares func(ctx context.Context) (func(provider, customer org.ID) relation.Target, error)
	snapshot     atomic.Pointer[Snapshot]
	audiences    atomic.Pointer[compiledBook]

	todo   *todo.Service                                                                         // slot: OweBy
	trials Trials                                                                                // slot: request
	kept   func(ctx context.Context, services []ID) (period string, kept map[ID]Kept, err error) // slot: request

	load     func(ctx context.Context, services []*Service) (map[ID]Load, error)                        // slot: request; what is in hand
	used     func(ctx context.Context, unit int64) ([]ID, error)                                        // slot: request; what a unit asks for
	inUse    func(ctx context.Context, service ID) (map[int]int, error)                                 // slot: request; open requests by version
	resolve  func() form.Resolve                                                                        // slot: request; what answers point at
	told     func(ctx context.Context, rd sqldb.Reader, unit int64, rung Rung) ([]int64, error)         // slot: request; whom a rung is now
	concerns []func(ctx context.Context, rd sqldb.Reader, service ID, since time.Time) (Concern, error) // slot: request, delivery
	panel    func(ctx context.Context, service ID) (templ.Component, error)                             // slot: delivery
	above    func(ctx context.Context, unit int64) (templ.Component, error)                             // slot: problem
	cards    []func(ctx context.Context, s *Service) (templ.Component, error)                           // slot: review
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, units *org.Service, may *access.Service, calendars *calendar.Service) *Catalog {
	c := &Catalog{db: db, events: bus, org: units, access: may, calendars: calendars}
	c.listen(bus)
	return c
}

// IDByCode is the id of a service in any state, 0 when there is none. It fills org's slot for the owners of services.
func (c *Catalog) IDByCode(ctx context.Context, code string) (ID, error) {
	s, err := c.anyByCode(ctx, code)
	return s.ID, err
}

// Offered is a service for org's slot; the zero one when there is no such service, or a retired one.
func (c *Catalog) Offered(ctx context.Context, code string) (org.Offered, error) {
	s, err := c.anyByCode(ctx, code)
	if err != nil || s.State == Retired {
		return org.Offered{}, err
	}
	return org.Offered{Service: s.ID, Unit: s.Unit, Name: s.Name}, nil
}

func (c *Catalog) anyByCode(ctx context.Context, code string) (Service, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return Service{}, err
	}
	if s, ok := snap.ByCode(code); ok {
		return *s, nil
	}
	return Service{}, nil
}

// Visible is the service of a code if the actor may know of it: live, or one that the actor may edit. Otherwise not
// found.
func (c *Catalog) Visible(ctx context.Context, code string) (*Service, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	s, ok := snap.ByCode(code)
	if !ok || !c.sees(ctx, s) {
		return nil, fault.ErrNotFound
	}
	return s, nil
}

// main is the company's main language, in which what must have a name has one.
func (c *Catalog) main(ctx context.Context) string { return c.org.Company(ctx).Locale }

// The rows of access/table that this room asks about.
const (
	doSee      = "service.see"
	doEdit     = "service.edit"     // draft, words, form, publish, retire
	doPropose  = "service.propose"  // write down what is not offered yet, propose it for review
	doApprove  = "service.approve"  // offer what was proposed, or send it back
	doDraft    = "standard.draft"   // what would be promised: the standard of a service that is not offered
	doStandard = "standard.change"  // what is promised
	doConfirm  = "standard.confirm" // stand by a starting value
)

// sees decides who may know that a service exists: when it is live, its audience and the unit that provides it; always,
// who may edit it; of what is not offered yet, who may propose it.
func (c *Catalog) sees(ctx context.Context, s *Service) bool {
	if s.State == Live {
		if s.Audience.Everybody() || c.serves(ctx, s) {
			return true
		}
		if ok, err := c.Entitled(ctx, actor.From(ctx), s); err == nil && ok {
			return true
		}
	}
	if c.may(ctx, doEdit, s) == nil {
		return true
	}
	return (s.State == Draft || s.State == Review) && c.may(ctx, doPropose, s) == nil
}

// may decides whether the actor may do something to a service; not found when not.
func (c *Catalog) may(ctx context.Context, action string, s *Service) error {
	a := actor.From(ctx)
	set, err := c.access.Towards(ctx, a, s.Unit)
	if err != nil {
		return err
	}
	if s.ID != 0 && a.In(s.ID, "owner") {
		set |= access.Owner
	}
	return access.Allowed(ctx, action, set)
}

// mayStandard decides whether the actor may set a standard, and whether it is only a starting value then: the head of the
// unit promises; owner and quality office write down what a service that is not offered yet might promise.
func (c *Catalog) mayStandard(ctx context.Context, s *Service) (starting bool, err error) {
	if err = c.may(ctx, doStandard, s); err == nil || s.State != Draft {
		return false, err
	}
	return true, c.may(ctx, doDraft, s)
}

// change is the frame of a use case on one service: lock, may, seen, decide, write.
func (c *Catalog) change(ctx context.Context, code string, action string, revision int, decide func(ctx context.Context, tx *sqldb.Tx, s *Service) error) (*Service, error) {
	var after *Service
	err := c.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		s, err := lock(ctx, tx, code)
		if err != nil {
			return err
		}
		if err := c.may(ctx, action, s); err != nil {
			return err
		}
		if err := unchanged(s, revision); err != nil {
			return err
		}
		after = s
		return decide(ctx, tx, s)
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

// writing is the action of writing a service down: who may propose it writes the draft, who keeps it everything else.
func writing(s *Service) string {
	if s.State == Draft {
		return doPropose
	}
	return doEdit
}

// Describe changes the words of a service: names, descriptions, for a standing one its schedule. The version stays.
func (c *Catalog) Describe(ctx context.Context, d Definition, revision int) (*Service, error) {
	return c.change(ctx, d.Code, doPropose, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := c.may(ctx, writing(s), s); err != nil {
			return err
		}
		next := *s
		next.describe(d)
		var f fault.Fields
		checkWords(&f, c.main(ctx), next)
		if err := topicThere(ctx, tx, &f, s.Topic, next.Topic); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		after, err := c.store(ctx, tx, s, &next, false)
		if err == nil {
			*s = *after
		}
		return err
	})
}

func (c *Catalog) turn(ctx context.Context, tx *sqldb.Tx, s *Service, to State, e event.Event) error {
	s.State, s.Changed = to, tx.Now
	if to == Live {
		s.Offered = since(s.Offered, tx.Now)
	}
	s.Revision++
	if err := updateService(ctx, tx, s); err != nil {
		return err
	}
	return c.announce(ctx, tx, e)
}

// SetStandard changes what the unit promises, for requests opened from now on. The head of the unit may; a standard that
// the head sets is no starting value, and setting what is already promised confirms it. Of a service that is not offered
// yet, owner and quality office may set it too; it is a starting value then.
func (c *Catalog) SetStandard(ctx context.Context, code string, std Standard, revision int) (*Service, error) {
	return c.SetStandardFor(ctx, code, std, revision, OpenKeep)
}

// SetStandardFor is SetStandard, and says what becomes of the requests that are open: OpenCarry or OpenFromStart give them
// the new times, too, by a job.
func (c *Catalog) SetStandardFor(ctx context.Context, code string, std Standard, revision int, open string) (*Service, error) {
	return c.change(ctx, code, doDraft, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) (err error) {
		if std.Starting, err = c.mayStandard(ctx, s); err != nil {
			return err
		}
		if s.State == Retired {
			return fault.New(fault.Conflict, "catalog.already-retired")
		}
		var f fault.Fields
		checkStandard(&f, c.main(ctx), s.Kind, std)
		if open != OpenKeep && (open != OpenCarry && open != OpenFromStart || s.Kind == Standing) {
			f.Add("open", "catalog.open-unknown", "given", clip(open, 20))
		}
		if err := c.checkCalendars(ctx, &f, std); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if sameStandard(s.Standard, std) {
			if std.Starting || !s.Standard.Starting {
				return nil
			}
			return c.confirm(ctx, tx, s)
		}
		next := *s
		next.Standard = std
		after, err := c.storeFor(ctx, tx, s, &next, false, open)
		if err == nil {
			*s = *after
		}
		return err
	})
}

// Confirm says that the head of the unit stands by a starting value (建议值); it is the unit's own standard from now on.
func (c *Catalog) Confirm(ctx context.Context, code string) (*Service, error) {
	return c.change(ctx, code, doConfirm, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := confirmed(*s); err != nil {
			return err
		}
		return c.confirm(ctx, tx, s)
	})
}

func (c *Catalog) confirm(ctx context.Context, tx *sqldb.Tx, s *Service) error {
	if err := confirmVersion(ctx, tx, s.ID, s.Version, actor.From(ctx).Person); err != nil {
		return err
	}
	s.Standard.Starting = false
	s.Versions = slices.Clone(s.Versions)
	s.Versions[s.Version-1].Standard.Starting = false
	s.Revision, s.Changed = s.Revision+1, tx.Now
	if err := updateService(ctx, tx, s); err != nil {
		return err
	}
	return c.announce(ctx, tx, StandardWasConfirmed{Service: s.ID, Code: s.Code, Version: s.Version})
}

// ConfirmAll confirms every starting value of a unit at once and gives their number; 0 when there was none.
func (c *Catalog) ConfirmAll(ctx context.Context, unitCode string) (n int, err error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	unit, ok := tree.ByCode(unitCode)
	if !ok {
		return 0, fault.ErrNotFound
	}
	if err := c.may(ctx, doConfirm, &Service{Unit: unit.ID}); err != nil {
		return 0, err
	}
	err = c.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n = 0
		codes, err := startingOf(ctx, tx, unit.ID)
		if err != nil {
			return err
		}
		for _, code := range codes {
			s, err := lock(ctx, tx, code)
			if err != nil {
				return fmt.Errorf("confirm %s: %w", code, err)
			}
			if confirmed(*s) != nil { // somebody else was faster
				continue
			}
			if err := c.confirm(ctx, tx, s); err != nil {
				return fmt.Errorf("confirm %s: %w", code, err)
			}
			n++
		}
		return nil
	})
	return n, err
}
