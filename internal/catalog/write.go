package catalog

import (
	"cmp"
	"context"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

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
	Inputs      lang.Text
	Effort      lang.Text
	Policy      *Policy // nil keeps what is there
	Topic       string  // code; empty: as the name suggests
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
	s := &Service{ID: tx.NewID(), Ladder: UsualLadder, Code: d.Code, Kind: d.Kind, State: Draft, Version: 1, Revision: 1, Changed: tx.Now, Policy: DefaultPolicy()}
	main := c.main(ctx)
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
	action := doApprove
	if d.State == Draft {
		action = doPropose
	}
	if err := c.may(ctx, action, s); ok && err != nil {
		if c.may(ctx, doPropose, s) == nil {
			return nil, fault.Wrap(fault.Forbidden, err, "catalog.not-to-offer", "unit", unit.Name.In(ctx))
		}
		return nil, notYours(ctx, unit, err)
	}
	s.describe(d)
	if d.Form != nil {
		s.Form = *d.Form
	}
	f.Join("policy", s.policed(d.Policy, main))
	if d.Standard != nil {
		s.Standard = *d.Standard
		s.Standard.Starting = c.may(ctx, doStandard, s) != nil
	}
	events := []event.Event{ServiceWasDrafted{Service: s.ID, Code: s.Code, Unit: s.Unit}}
	if d.State == Draft {
		checkWords(&f, main, *s)
		f.Join("form", checkForm(s.Form, main))
	} else {
		publishable(&f, main, *s)
		s.State, s.Offered = Live, tx.Now
		events = append(events, standardSet(s), ServiceWasPublished{Service: s.ID, Code: s.Code, Unit: s.Unit})
	}
	if err := cmp.Or(c.checkCalendars(ctx, &f, s.Standard), topicThere(ctx, tx, &f, "", s.Topic)); err != nil {
		return nil, err
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

// notYours refuses to write a service down for a unit, and says why: units are there for everybody to see, so nothing is told by it.
func notYours(ctx context.Context, unit org.Unit, cause error) error {
	return fault.Wrap(fault.Forbidden, cause, "catalog.not-your-unit", "unit", unit.Name.In(ctx))
}

func (s *Service) describe(d Definition) {
	s.Name, s.Description, s.Schedule, s.Deliverable, s.Criterion = d.Name, d.Description, d.Schedule, d.Deliverable, d.Criterion
	s.Inputs, s.Effort, s.Topic = d.Inputs, d.Effort, d.Topic
}

// policed takes a policy over, if there is one, and tells what is wrong with it.
func (s *Service) policed(p *Policy, main string) fault.Fields {
	if p == nil {
		return fault.Fields{}
	}
	f := checkPolicy(s, *p, main)
	s.Policy = p.settled()
	s.Policy.Stages = stagesAfter(nil, p.Stages)
	return f
}

func (c *Catalog) replace(ctx context.Context, tx *sqldb.Tx, tree *org.Tree, old *Service, d Definition, revision int) (*Service, error) {
	if err := c.may(ctx, writing(old), old); err != nil {
		if !c.sees(ctx, old) {
			return c.create(ctx, tx, tree, d) // as if it were not there
		}
		unit, _ := tree.ByID(old.Unit)
		return nil, notYours(ctx, unit, err)
	}
	if d.State == Live && old.State != Live {
		if err := c.may(ctx, doApprove, old); err != nil {
			return nil, fault.Wrap(fault.Conflict, err, "catalog.review-first")
		}
	}
	if err := unchanged(old, revision); err != nil {
		return nil, err
	}
	s, main := *old, c.main(ctx)
	var f fault.Fields
	if d.Kind != "" && d.Kind != old.Kind {
		f.Add("kind", "catalog.kind-fixed", "kind", string(old.Kind))
	}
	if d.Unit != "" {
		unit, ok := tree.ByCode(d.Unit)
		if !ok {
			f.Add("unit", "catalog.unit-unknown-code", "given", d.Unit)
		} else if err := c.may(ctx, doEdit, &Service{Unit: unit.ID}); err != nil && unit.ID != old.Unit {
			return nil, notYours(ctx, unit, err) // who gives a service to another unit governs both
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
	f.Join("policy", s.policed(d.Policy, main))
	if s.State == Live || d.State == Live {
		publishable(&f, main, s)
	} else {
		checkWords(&f, main, s)
		f.Join("form", checkForm(s.Form, main))
	}
	if err := cmp.Or(c.checkCalendars(ctx, &f, s.Standard), topicThere(ctx, tx, &f, old.Topic, s.Topic)); err != nil {
		return nil, err
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return c.store(ctx, tx, old, &s, d.State == Live && old.State != Live)
}

// store writes a changed service, with a new version when form or standard differ, and announces what changed.
// Nothing is written when nothing differs.
func (c *Catalog) store(ctx context.Context, tx *sqldb.Tx, old, s *Service, publish bool) (*Service, error) {
	return c.storeFor(ctx, tx, old, s, publish, OpenKeep)
}

// storeFor is store, and says how open requests are treated when the standard changes.
func (c *Catalog) storeFor(ctx context.Context, tx *sqldb.Tx, old, s *Service, publish bool, open string) (*Service, error) {
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
		set := standardSet(s)
		set.Open = open
		events = append(events, set)
	}
	if publish {
		if err := c.fulfil(ctx, tx, s, verbReview, verbRevise); err != nil {
			return nil, err
		}
		s.State, s.SentBack, s.Successor, s.Offered = Live, "", 0, since(old.Offered, tx.Now)
		events = append(events, ServiceWasPublished{Service: s.ID, Code: s.Code, Unit: s.Unit})
	}
	s.Revision, s.Changed = old.Revision+1, tx.Now
	if err := updateService(ctx, tx, s); err != nil {
		return nil, err
	}
	return s, c.announce(ctx, tx, events...)
}

// since is a moment, or another when there is none.
func since(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

func standardSet(s *Service) StandardWasSet {
	e := StandardWasSet{
		Service: s.ID, Code: s.Code, Version: s.Version,
		Response: s.Standard.Response, ResponseTarget: s.Standard.ResponseTarget,
		Completion: s.Standard.Completion, CompletionTarget: s.Standard.CompletionTarget,
		Accuracy: s.Standard.Accuracy, Starting: s.Standard.Starting,
	}
	if next := s.Standard.NextResponse; !next.IsZero() {
		e.NextResponse, e.NextResponseTarget = &next, s.Standard.NextResponseTarget
	}
	return e
}

// unchanged refuses a change by somebody who has not seen the last one.
func unchanged(s *Service, revision int) error {
	if revision != 0 && revision != s.Revision {
		return fault.New(fault.Precondition, "catalog.changed-meanwhile", "code", s.Code)
	}
	return nil
}
