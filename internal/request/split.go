package request

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// How far a request may be split.
const (
	maxDepth = 5  // requests above a part
	maxParts = 50 // of one request
)

// Part is what one unit asks another to do of a request that it has in hand.
type Part struct {
	Service string         // code
	Title   string         // up to 200 characters
	Fields  map[string]any // answers of the service's form; nothing of the whole is copied
	Named   []string       // 工号 of who may see the part of a confidential request; none: the heads of the unit that is asked
	Once    string         // pages only: key of the form
}

// Split asks another unit for a part of the request: a request of its own, whose customer is the unit that has the whole in
// hand and whose asker is the actor. The whole waits: it cannot be delivered or handed over before its parts have ended.
// It gives the part.
func (s *Service) Split(ctx context.Context, number int64, p Part, when When) (Request, error) {
	var part Request
	_, err := s.turn(ctx, number, VerbSplit, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if t.r.Depth+1 > maxDepth {
			return fault.New(fault.Conflict, "request.split-too-deep", "max", maxDepth)
		}
		if t.r.Parts >= maxParts {
			return fault.New(fault.Conflict, "request.split-too-many", "max", maxParts)
		}
		if err := s.aloneOnly(ctx, tx, t.r); err != nil {
			return err
		}
		o, err := s.partOf(ctx, tx, t, p)
		if err != nil {
			return err
		}
		if err := s.file(ctx, tx, &o); err != nil {
			return err
		}
		part = o.request
		t.event.Other = part.ID
		t.said = func(a About) event.Event { return WasSplit{a, part.Number} }
		return nil
	})
	return part, err
}

// partOf is the checked order of a part.
func (s *Service) partOf(ctx context.Context, tx *sqldb.Tx, t *turn, p Part) (order, error) {
	ask := Ask{Service: p.Service, Title: p.Title, Fields: p.Fields, Confidential: t.r.Confidential, Named: p.Named, Once: p.Once}
	if t.who.Import {
		ask.OpenedAt = t.at
	}
	o, err := s.check(ctx, ask)
	var f fault.Fields
	if err := merge(&f, err); err != nil {
		return o, err
	}
	if o.service != nil {
		if err := s.mayBePart(ctx, tx, t.r, &o, &f); err != nil {
			return o, err
		}
	}
	r := &o.request
	r.Parent, r.Depth, r.Customer, r.OpenedAt, r.Place = t.r.ID, t.r.Depth+1, t.r.Unit, t.at, t.r.Place
	return o, f.Err()
}

// mayBePart refuses what the unit can do itself, and a service that stands above already: such a chain has no end. Of a
// confidential request somebody has to be named.
func (s *Service) mayBePart(ctx context.Context, rd sqldb.Reader, whole Request, o *order, f *fault.Fields) error {
	if o.service.Unit == whole.Unit {
		f.Add("service", "request.split-own-unit", "name", o.service.Name.In(ctx))
	}
	for above := whole; ; {
		if above.Service == o.service.ID {
			f.Add("service", "request.split-circle", "name", o.service.Name.In(ctx), "number", above.Ref())
			break
		}
		if above.Parent == 0 {
			break
		}
		var err error
		if above, err = byID(ctx, rd, above.Parent); err != nil {
			return err
		}
	}
	if !whole.Confidential || len(o.named) > 0 {
		return nil
	}
	heads, err := s.Org.Heads(ctx, rd, o.service.Unit)
	if len(heads) == 0 && err == nil {
		f.Add("named", "request.need-named")
	}
	o.named = heads
	return err
}

// wholeAgain refuses what has to wait for the parts that other units still owe; it names them.
func (s *Service) wholeAgain(ctx context.Context, rd sqldb.Reader, r Request) error {
	if r.PartsOpen == 0 {
		return nil
	}
	parts, err := partsOf(ctx, rd, r.ID)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, p := range parts {
		if p.State.Open() {
			names = append(names, p.Ref()+" "+tree.FullName(ctx, p.Unit))
		}
	}
	return fault.New(fault.Conflict, "request.parts-open", "parts", strings.Join(names, "; "), "count", r.PartsOpen)
}

// partChanged tells the whole that a part has ended, or goes on after all. Both are locked, see lock.
func (s *Service) partChanged(ctx context.Context, tx *sqldb.Tx, t *turn) error {
	if t.r.Parent == 0 || t.was.State.Open() == t.r.State.Open() {
		return nil
	}
	kind := VerbPart
	if t.r.State.Open() {
		kind = VerbPartAgain
	}
	about, whole, _, err := s.beside(ctx, tx, t, t.r.Parent, kind, false)
	if err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PartHasEnded{About: about, Part: t.r.Number, Open: whole.PartsOpen, Again: kind == VerbPartAgain})
}

// oweEnding asks those who split a request that was called off what becomes of its parts, until none is open.
func (s *Service) oweEnding(ctx context.Context, tx *sqldb.Tx, was, r Request, since time.Time) error {
	left := func(r Request) bool { return r.PartsOpen > 0 && !r.State.Open() && r.State != "" }
	switch {
	case left(was) == left(r):
		return nil
	case !left(r):
		return s.Todo.Fulfil(ctx, tx, subject(r.ID), endParts)
	}
	parts, err := partsOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	var askers []int64
	for _, p := range parts {
		if p.State.Open() {
			askers = append(askers, p.AskedBy)
		}
	}
	for _, p := range unique(askers) {
		err := s.Todo.Owe(ctx, tx, todo.Todo{Holder: access.Person(p), For: r.AskedBy, Unit: r.Customer, Subject: subject(r.ID), Verb: endParts, Title: r.Title,
			Ref: r.Ref(), Link: link(r.Number) + "#parts", Since: since})
		if err != nil {
			return err
		}
	}
	return nil
}

// endParts is the todo of who has to say what becomes of the parts of a request that was called off.
const endParts = "end-parts"

// Left is a part that could not be ended, and why.
type Left struct {
	Number int64
	Why    error
}

// EndParts calls off every part of a request that its customer has called off or that is no longer needed: those that the
// actor asked for. Each by itself: what cannot be ended stays and says why.
func (s *Service) EndParts(ctx context.Context, number int64, reason string, when When) (ended []int64, left []Left, err error) {
	var f fault.Fields
	reason = need(&f, "reason", reason)
	var parts []Request
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err := byNumber(ctx, rd, number)
		if err != nil {
			return err
		}
		if _, err := s.Access.Require(ctx, rd, "request.split", subject(r.ID), r.Confidential); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		parts, err = partsOf(ctx, rd, r.ID)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	parts = slices.DeleteFunc(parts, func(p Request) bool { return !p.State.Open() })
	if len(parts) == 0 {
		return nil, nil, fault.New(fault.Conflict, "request.no-parts-open")
	}
	for _, p := range parts {
		var why error
		if p.State == StateNew {
			_, why = s.Withdraw(ctx, p.Number, when)
		} else {
			_, why = s.Cancel(ctx, p.Number, reason, when)
		}
		switch kind := fault.KindOf(why); {
		case why == nil:
			ended = append(ended, p.Number)
		case kind == fault.Internal || kind == fault.Unavailable:
			return ended, left, why
		case kind == fault.NotFound:
			left = append(left, Left{p.Number, fault.New(fault.Conflict, "request.part-of-colleague")})
		default:
			left = append(left, Left{p.Number, why})
		}
	}
	return ended, left, nil
}
