package catalog

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

//go:embed schema/*.sql
var schemaFS embed.FS

//go:embed locale/*.toml
var localeFS embed.FS

// Schema holds the migrations of this room, Locale its words.
var (
	Schema = sub(schemaFS, "schema")
	Locale = sub(localeFS, "locale")
)

func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return s
}

// Catalog is the room: what units offer, and its use cases.
type Catalog struct {
	db        *sqldb.DB
	events    *event.Bus
	org       *org.Service
	access    *access.Service
	calendars *calendar.Service

	mu         sync.Mutex // orders storing a snapshot and dropping it
	generation atomic.Int64
	snapshot   atomic.Pointer[Snapshot]

	kept func(ctx context.Context, services []ID) (period string, kept map[ID]Kept, err error) // slot: request
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, units *org.Service, may *access.Service, calendars *calendar.Service) *Catalog {
	c := &Catalog{db: db, events: bus, org: units, access: may, calendars: calendars}
	c.listen(bus)
	return c
}

// IDByCode is the id of a service in any state, 0 when there is none. It fills org's slot for the owners of services.
func (c *Catalog) IDByCode(ctx context.Context, code string) (ID, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return 0, err
	}
	if s, ok := snap.ByCode(code); ok {
		return s.ID, nil
	}
	return 0, nil
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

// The rows of access/table that this room asks about.
const (
	doSee      = "service.see"
	doEdit     = "service.edit"     // draft, words, form, publish, retire
	doDraft    = "standard.draft"   // what would be promised: the standard of a service that is not offered
	doStandard = "standard.change"  // what is promised
	doConfirm  = "standard.confirm" // stand by a starting value
)

// sees decides who may know that a service exists: everybody when it is live, otherwise who may edit it.
func (c *Catalog) sees(ctx context.Context, s *Service) bool {
	return s.State == Live || c.may(ctx, doEdit, s) == nil
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

// Definition is a service as it is written down as a whole: by an interface, or when it is new. A nil Form or Standard
// keeps what is there.
type Definition struct {
	Code        string
	Unit        string // code of the unit; empty keeps it
	Name        lang.Text
	Description lang.Text
	Kind        Kind
	State       State // Draft or Live; empty is Live for a new service and keeps the state of another
	Form        *form.Form
	Standard    *Standard
	Schedule    Schedule
	Deliverable lang.Text
	Criterion   lang.Text
}

// Write creates the service of the definition's code, or replaces what it says. revision is the one the caller has
// seen; 0 does not care. Who governs the service may, and for a new one who governs its unit. Everything that is wrong
// comes at once.
func (c *Catalog) Write(ctx context.Context, d Definition, revision int) (s *Service, created bool, err error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, false, err
	}
	err = c.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		old, err := lock(ctx, tx, d.Code)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			created = true
			s, err = c.create(ctx, tx, tree, d)
			return err
		case err != nil:
			return err
		}
		created = false
		s, err = c.replace(ctx, tx, tree, old, d, revision)
		return err
	})
	if sqldb.IsUnique(err) {
		err = fault.Wrap(fault.Conflict, err, "catalog.made-meanwhile", "code", d.Code)
	}
	return s, created, err
}

func (c *Catalog) create(ctx context.Context, tx *sqldb.Tx, tree *org.Tree, d Definition) (*Service, error) {
	s := &Service{ID: tx.NewID(), Code: d.Code, Kind: d.Kind, State: Draft, Version: 1, Revision: 1, Changed: tx.Now}
	var f fault.Fields
	if !codePattern.MatchString(d.Code) {
		f.Add("code", "catalog.code", "given", d.Code, "example", "hr.onboard")
	}
	if d.Kind != OnRequest && d.Kind != Standing {
		f.Add("kind", "catalog.kind", "given", string(d.Kind))
	}
	unit, ok := tree.ByCode(d.Unit)
	if !ok {
		f.Add("unit", "catalog.unit-unknown-code", "given", d.Unit)
	}
	s.Unit = unit.ID
	if err := c.may(ctx, doEdit, s); ok && err != nil {
		return nil, err
	}
	s.describe(d)
	if d.Form != nil {
		s.Form = *d.Form
	}
	if d.Standard != nil {
		s.Standard = *d.Standard
		s.Standard.Starting = c.may(ctx, doStandard, s) != nil
	}
	events := []event.Event{ServiceWasDrafted{Service: s.ID, Code: s.Code, Unit: s.Unit}}
	if d.State == Draft {
		checkWords(&f, *s)
		f.Join("form", s.Form.Check())
	} else {
		publishable(&f, *s)
		s.State = Live
		events = append(events, standardSet(s), ServiceWasPublished{Service: s.ID, Code: s.Code, Unit: s.Unit})
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	s.Versions = []Version{{N: 1, From: tx.Now, Form: s.Form, Standard: s.Standard}}
	if err := insertService(ctx, tx, s); err != nil {
		return nil, err
	}
	if err := insertVersion(ctx, tx, s.ID, s.Versions[0], actor.From(ctx).Person); err != nil {
		return nil, err
	}
	return s, c.announce(ctx, tx, events...)
}

func (s *Service) describe(d Definition) {
	s.Name, s.Description, s.Schedule, s.Deliverable, s.Criterion = d.Name, d.Description, d.Schedule, d.Deliverable, d.Criterion
}

func (c *Catalog) replace(ctx context.Context, tx *sqldb.Tx, tree *org.Tree, old *Service, d Definition, revision int) (*Service, error) {
	if err := c.may(ctx, doEdit, old); err != nil {
		return nil, err
	}
	if err := unchanged(old, revision); err != nil {
		return nil, err
	}
	s := *old
	var f fault.Fields
	if d.Kind != "" && d.Kind != old.Kind {
		f.Add("kind", "catalog.kind-fixed", "kind", string(old.Kind))
	}
	if d.Unit != "" {
		unit, ok := tree.ByCode(d.Unit)
		if !ok {
			f.Add("unit", "catalog.unit-unknown-code", "given", d.Unit)
		} else if err := c.may(ctx, doEdit, &Service{Unit: unit.ID}); err != nil && unit.ID != old.Unit {
			return nil, err // who gives a service to another unit governs both
		} else {
			s.Unit = unit.ID
		}
	}
	s.describe(d)
	newForm, newStandard := s.Form, s.Standard
	if d.Form != nil {
		newForm = *d.Form
	}
	if d.Standard != nil && !sameStandard(*d.Standard, s.Standard) {
		starting, err := c.mayStandard(ctx, old)
		if err != nil {
			return nil, err
		}
		newStandard = *d.Standard
		newStandard.Starting = starting
	}
	s.Form, s.Standard = newForm, newStandard
	if s.State == Live || d.State == Live {
		publishable(&f, s)
	} else {
		checkWords(&f, s)
		f.Join("form", s.Form.Check())
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return c.store(ctx, tx, old, &s, d.State == Live && old.State != Live)
}

// store writes a changed service, with a new version when form or standard differ, and announces what changed.
// Nothing is written when nothing differs.
func (c *Catalog) store(ctx context.Context, tx *sqldb.Tx, old, s *Service, publish bool) (*Service, error) {
	what := differences(old, s)
	if len(what) == 0 && !publish {
		return old, nil
	}
	var events []event.Event
	if slices.Contains(what, partForm) || slices.Contains(what, partStandard) {
		next := old.newVersion(s.Form, s.Standard, tx.Now)
		if err := insertVersion(ctx, tx, s.ID, next, actor.From(ctx).Person); err != nil {
			return nil, err
		}
		s.Versions = append(slices.Clone(old.Versions), next)
		s.Version = next.N
	}
	if others := slices.DeleteFunc(slices.Clone(what), func(p string) bool { return p == partStandard }); len(others) > 0 {
		events = append(events, ServiceWasChanged{Service: s.ID, Code: s.Code, What: others, Version: s.Version})
	}
	if slices.Contains(what, partStandard) {
		events = append(events, standardSet(s))
	}
	if publish {
		s.State = Live
		events = append(events, ServiceWasPublished{Service: s.ID, Code: s.Code, Unit: s.Unit})
	}
	s.Revision, s.Changed = old.Revision+1, tx.Now
	if err := updateService(ctx, tx, s); err != nil {
		return nil, err
	}
	return s, c.announce(ctx, tx, events...)
}

func standardSet(s *Service) StandardWasSet {
	return StandardWasSet{
		Service: s.ID, Code: s.Code, Version: s.Version,
		Response: s.Standard.Response, ResponseTarget: s.Standard.ResponseTarget,
		Completion: s.Standard.Completion, CompletionTarget: s.Standard.CompletionTarget,
		Accuracy: s.Standard.Accuracy, Starting: s.Standard.Starting,
	}
}

// unchanged refuses a change by somebody who has not seen the last one.
func unchanged(s *Service, revision int) error {
	if revision != 0 && revision != s.Revision {
		return fault.New(fault.Precondition, "catalog.changed-meanwhile", "code", s.Code)
	}
	return nil
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

// Describe changes the words of a service: names, descriptions, for a standing one its schedule. The version stays.
func (c *Catalog) Describe(ctx context.Context, d Definition, revision int) (*Service, error) {
	return c.change(ctx, d.Code, doEdit, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		next := *s
		next.describe(d)
		var f fault.Fields
		checkWords(&f, next)
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

// Publish offers a draft or retired service. Everything that keeps it from being offered comes at once.
func (c *Catalog) Publish(ctx context.Context, code string) (*Service, error) {
	return c.change(ctx, code, doEdit, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := published(*s); err != nil {
			return err
		}
		return c.turn(ctx, tx, s, Live, ServiceWasPublished{Service: s.ID, Code: s.Code, Unit: s.Unit})
	})
}

// Retire takes a service out of the catalogue. Its open requests go on.
func (c *Catalog) Retire(ctx context.Context, code string) (*Service, error) {
	return c.change(ctx, code, doEdit, 0, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if err := retired(*s); err != nil {
			return err
		}
		return c.turn(ctx, tx, s, Retired, ServiceWasRetired{Service: s.ID, Code: s.Code, Unit: s.Unit})
	})
}

func (c *Catalog) turn(ctx context.Context, tx *sqldb.Tx, s *Service, to State, e event.Event) error {
	s.State, s.Changed = to, tx.Now
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
	return c.change(ctx, code, doDraft, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) (err error) {
		if std.Starting, err = c.mayStandard(ctx, s); err != nil {
			return err
		}
		if s.State == Retired {
			return fault.New(fault.Conflict, "catalog.already-retired")
		}
		var f fault.Fields
		checkStandard(&f, s.Kind, std)
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
		after, err := c.store(ctx, tx, s, &next, false)
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
