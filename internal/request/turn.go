package request

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// turn is one verb on one request inside its transaction: who does it, what the request was, what it becomes.
type turn struct {
	verb  Verb
	who   actor.Actor
	side  Side
	set   access.Set // what who is to the request
	at    time.Time
	was   Request
	r     Request
	log   []Event                 // before this verb
	event Event                   // of this verb
	said  func(About) event.Event // what is announced
	// shared is said, with a delivery, to the customers of the requests that go along with this one.
	shared string
	quiet  bool  // its customers hear of it with another request
	worker int64 // who works on the request that it goes, or went, along with; 0: itself
	draft  int64 // version of the draft whose words are said
}

// turn is the frame of every verb: load, may this person, does the state allow it, decide, write, announce. decide
// fills in t.event and writes what belongs to the verb alone; what follows from the change in clocks, todos and tallies is worked out behind it.
func (s *Service) turn(ctx context.Context, number int64, verb Verb, when When, decide func(context.Context, *sqldb.Tx, *turn) error) (Request, error) {
	ctx, err := s.by(ctx, when.By)
	if err != nil {
		return Request{}, err
	}
	var after Request
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := s.begin(ctx, tx, number, verb, when)
		if err != nil {
			return err
		}
		if err := decide(ctx, tx, t); err != nil {
			return err
		}
		return s.finish(ctx, tx, t, &after)
	})
	return after, spoken(ctx, err)
}

// begin loads the request and decides what does not depend on the verb's own words.
func (s *Service) begin(ctx context.Context, tx *sqldb.Tx, number int64, verb Verb, when When) (*turn, error) {
	r, err := lock(ctx, tx, number, verb)
	if err != nil {
		return nil, err
	}
	t := &turn{verb: verb, who: actor.From(ctx), was: r, r: r, draft: when.Draft}
	if t.set, err = s.Access.Require(ctx, tx, action(verb), subject(r.ID), r.Confidential); err != nil {
		return nil, s.passedOn(ctx, tx, r, verb, err)
	}
	t.side = side(t.set)
	lead := Request{}
	if r.MergedInto != 0 {
		if lead, err = byID(ctx, tx, r.MergedInto); err != nil {
			return nil, err
		}
		t.worker = inHandsOf(r, lead).Assignee
	}
	behalf, err := s.Access.For(ctx, tx, action(verb), subject(r.ID), r.Confidential)
	if err != nil {
		return nil, err
	}
	if t.log, err = eventsOf(ctx, tx, r.ID); err != nil {
		return nil, err
	}
	if err = s.unchanged(ctx, tx, t, when.On); err != nil {
		return nil, err
	}
	if _, err = allowed(r.State, verb); err != nil {
		return nil, err
	}
	if err = s.refuseDuplicate(ctx, tx, r, lead, verb); err != nil {
		return nil, err
	}
	if err = allowedMerged(r, verb); err != nil {
		return nil, err
	}
	if t.at, err = moment(t.who.Import, when.At, r.LastAt, tx.Now); err != nil {
		return nil, err
	}
	if len(t.log) >= maxEvents-t.r.PartsOpen { // each open part has a last word
		return nil, fault.New(fault.Conflict, "request.too-long", "max", maxEvents)
	}
	if err = s.catchUp(ctx, tx, t); err != nil {
		return nil, err
	}
	if behalf == 0 && t.set.Has(access.Delegate) && !t.set.Has(access.Asked) && t.side == CustomerSide {
		behalf = inPlaceOf(t.log, t.who.Person)
	}
	t.event = Event{Request: r.ID, N: t.r.Events + 1, At: t.at, Kind: verb, Actor: t.who.Person, Side: t.side, Unit: r.Unit, Imported: t.who.Import, For: behalf}
	return t, nil
}

// unchanged says whether the request still is what the actor saw, as far as the actor may know of it.
func (s *Service) unchanged(ctx context.Context, tx *sqldb.Tx, t *turn, on web.IfMatch) error {
	if on.IfMatch == "" {
		return nil
	}
	r := t.was
	clocks, err := s.reclock(ctx, &r, t.log, tx.Now)
	if err != nil {
		return err
	}
	return on.Check(etag(s.shown(ctx, r, t.set, slices.Clone(t.log), clocks)))
}

// passedOn turns 'not yours' into a sentence for an agent whose own unit has just passed the request to the right one:
// of two who decline, or hand over, at once, the second is told where it went.
func (s *Service) passedOn(ctx context.Context, tx *sqldb.Tx, r Request, verb Verb, err error) error {
	if verb != VerbDecline && verb != VerbHandOver || r.Hops < 2 || r.Confidential || fault.KindOf(err) != fault.NotFound {
		return err
	}
	a := actor.From(ctx)
	hops, lookup := hopsOf(ctx, tx, r.ID)
	if lookup != nil {
		return lookup
	}
	if r.isCustomer(a.Person) || !slices.ContainsFunc(hops, func(h Hop) bool { return a.In(h.Unit, "agent", "head") }) {
		return err
	}
	tree, lookup := s.Org.Tree(ctx)
	if lookup != nil {
		return lookup
	}
	return fault.New(fault.Conflict, "request.passed-on", "unit", tree.FullName(ctx, r.Unit))
}

// action is the row of access/table for a verb.
func action(v Verb) string { return "request." + string(v) }

// side is for whom somebody with these relations acts on a request. Whoever asked is its customer, whatever else.
func side(set access.Set) Side {
	switch {
	case set == 0:
		return HouseSide
	case set.Has(access.Asked | access.Delegate | access.DeputyAsks):
		return CustomerSide
	case set.Has(access.Assignee | access.DeputyServes | access.Agent | access.HeadServes | access.Named | access.InsideWatcher):
		return ProviderSide
	}
	return CustomerSide
}

// finish writes what the verb decided and what follows from it, and announces it.
func (s *Service) finish(ctx context.Context, tx *sqldb.Tx, t *turn, after *Request) error {
	r := &t.r
	r.CameBack += cameBack(t.log, t.event)
	if err := r.happen(t.event); err != nil {
		return err
	}
	if !r.State.Open() && t.was.State.Open() {
		if err := closeHop(ctx, tx, Hop{Request: r.ID, N: r.Hops, To: t.at}); err != nil {
			return err
		}
	}
	if r.State.Open() && !t.was.State.Open() {
		if err := reopenHop(ctx, tx, Hop{Request: r.ID, N: r.Hops}); err != nil {
			return err
		}
	}
	if err := s.awaitAcceptance(ctx, t); err != nil {
		return err
	}
	log, err := s.put(ctx, tx, t)
	if err != nil {
		return err
	}
	if err := s.partChanged(ctx, tx, t); err != nil {
		return err
	}
	if t.verb != VerbNote && t.verb != VerbSettle && !t.who.System {
		if err := s.Relation.Contact(ctx, tx, r.Edge, t.who.Person, t.at); err != nil {
			return err
		}
	}
	if err := s.carry(ctx, tx, t); err != nil {
		return err
	}
	*after = *r
	if t.said == nil {
		return fmt.Errorf("%s announces nothing", t.verb)
	}
	if err := s.events.Emit(ctx, tx, t.said(t.about())); err != nil || !passesOn(t.was, t.event) {
		return err
	}
	x, err := s.route(ctx, tx, *r, log, false)
	if err != nil {
		return err
	}
	*after = x.r
	return s.events.Emit(ctx, tx, x.said...)
}

// put writes the event of a turn that has happened to its request, and what follows from it: clocks, search, what is owed,
// figures, causes. It gives the log with the event.
func (s *Service) put(ctx context.Context, tx *sqldb.Tx, t *turn) ([]Event, error) {
	r := &t.r
	log := append(t.log[:len(t.log):len(t.log)], t.event)
	clocks, err := s.reclock(ctx, r, log, tx.Now)
	if err != nil {
		return nil, err
	}
	if err := updateRequest(ctx, tx, *r); err != nil {
		return nil, err
	}
	if !r.ConfirmedAt.Equal(t.was.ConfirmedAt) {
		if err := confirmedAt(ctx, tx, *r); err != nil {
			return nil, err
		}
	}
	if err := s.reindex(ctx, tx, t.was, *r); err != nil {
		return nil, err
	}
	if err := insertEvents(ctx, tx, t.event); err != nil {
		return nil, err
	}
	if _, replies := lastTurn(clocks); turns(t.event) || replies && isWord(t.event) {
		if err := s.saveClocks(ctx, tx, *r, clocks); err != nil {
			return nil, err
		}
	}
	if err := s.recount(ctx, tx, t.was, *r, log, clocks); err != nil {
		return nil, err
	}
	if err := s.owe(ctx, tx, t.was, *r, log); err != nil {
		return nil, err
	}
	if (t.was.CompletionIs == Breached || t.was.Unconfirmed()) && (stirs(t.event) || !r.State.Open()) {
		if err := s.Todo.Fulfil(ctx, tx, subject(r.ID), "press"); err != nil {
			return nil, err
		}
	}
	if err := s.comesBackLate(ctx, tx, t, clocks); err != nil {
		return nil, err
	}
	if err := s.tally(ctx, tx, t.was, *r, t.event); err != nil {
		return nil, err
	}
	return log, s.askCauses(ctx, tx, t.was, *r)
}

// beside writes into the log of another request, which is locked, what the turn of one that hangs on it means to it. It
// says what became of it, and no error but written false when its log has no room for words that may be left out.
func (s *Service) beside(ctx context.Context, tx *sqldb.Tx, t *turn, id ID, kind Verb, mayLack bool) (about About, r Request, written bool, err error) {
	was, err := byID(ctx, tx, id)
	if err != nil || mayLack && was.Events >= maxEvents-was.PartsOpen {
		return About{}, was, false, err
	}
	o := &turn{verb: kind, who: t.who, side: HouseSide, at: later(t.at, was.LastAt), was: was, r: was}
	if o.log, err = eventsOf(ctx, tx, id); err != nil {
		return About{}, was, false, err
	}
	if err := s.catchUp(ctx, tx, o); err != nil {
		return About{}, was, false, err
	}
	o.event = Event{Request: id, N: o.r.Events + 1, At: o.at, Kind: kind, Actor: t.who.Person, Side: HouseSide, Unit: was.Unit,
		Other: t.r.ID, Imported: t.who.Import}
	if (kind == VerbTakeIn || kind == VerbLetGo) && (t.r.Duplicate || t.was.Duplicate) {
		o.event.Code = codeDuplicate // its own customer may know
	}
	if err := o.r.happen(o.event); err != nil {
		return About{}, was, false, err
	}
	if _, err := s.put(ctx, tx, o); err != nil {
		return About{}, was, false, err
	}
	return o.about(), o.r, true, nil
}

// turns says whether an event changes any clock.
func turns(e Event) bool {
	return e.Kind == VerbVoid || e.Kind == VerbUnmerge || len(marks([]Event{e})) > 0
}

// reclock replays the log and copies onto the request what lists and tallies read.
func (s *Service) reclock(ctx context.Context, r *Request, log []Event, now time.Time) ([]clock.State, error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	states, err := clock.Replay(book, marks(log), now)
	if err != nil {
		return nil, fmt.Errorf("replay %s: %w", r.Ref(), err)
	}
	copyClocks(r, states)
	return states, nil
}

// about is what the verb announces about the request as it now is.
func (t *turn) about() About {
	a := about(t.r, t.who.Person, t.at)
	a.Imported = a.Imported || t.who.Import
	a.For = t.event.For
	if t.worker != 0 {
		a.Assignee = t.worker
	}
	return a
}

// termsOf are the calendar of a unit and its newest version.
func (s *Service) termsOf(ctx context.Context, unit int64) (Terms, error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return Terms{}, err
	}
	code, err := s.Calendar.CodeFor(ctx, unit)
	if err != nil {
		return Terms{}, err
	}
	v, _ := book.Current(code)
	return Terms{Calendar: code, Version: v.Number}, nil
}

// promisedTerms are the terms of a unit with the targets of a standard, each in the calendar that the standard names.
func (s *Service) promisedTerms(ctx context.Context, unit int64, std catalog.Standard) (Terms, error) {
	t, err := s.termsOf(ctx, unit)
	if err != nil {
		return t, err
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return t, err
	}
	in := func(code string) clock.In {
		v, known := book.Current(code)
		if !known || code == t.Calendar {
			return clock.In{}
		}
		return clock.In{Calendar: code, Version: v.Number}
	}
	t.Response, t.Completion, t.Next = std.Response, std.Completion, std.NextResponse
	t.ResponseIn, t.CompletionIn = in(std.ResponseCalendar), in(std.CompletionCalendar)
	return t, nil
}
