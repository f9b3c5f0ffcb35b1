package promise

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// Deed is a verb with what was said for it.
type Deed struct {
	Verb    Verb
	Why     string
	Due     string      // of propose
	Workday bool        // a proposed day off is a wrong field
	On      web.IfMatch // ETag of what the actor saw
}

// turn is one verb on one promise inside its transaction.
type turn struct {
	who   actor.Actor
	side  Side
	p     Promise
	to    State
	event Event
	said  func(About) event.Event
}

// Do is every verb of people: load, may this person, does the promise allow it, decide, write, announce.
func (s *Service) Do(ctx context.Context, number int64, d Deed) (Promise, error) {
	var after Promise
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := s.begin(ctx, tx, number, d)
		if err != nil {
			return err
		}
		if err := s.decide(ctx, tx, t, d); err != nil {
			return err
		}
		after, err = s.finish(ctx, tx, t)
		return err
	})
	return after, spoken(ctx, err)
}

func (s *Service) begin(ctx context.Context, tx *sqldb.Tx, number int64, d Deed) (*turn, error) {
	p, err := lock(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	set, err := s.see(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	t := &turn{who: actor.From(ctx), p: p}
	if t.side, err = s.side(ctx, tx, p, set); err != nil {
		return nil, err
	}
	m, known := ways[d.Verb]
	if !known || m.side != t.side || m.side == HouseSide {
		return nil, fault.ErrNotFound
	}
	if err := d.On.Check(etag(p)); d.On.IfMatch != "" && err != nil {
		return nil, err
	}
	if t.to, err = allowed(p, d.Verb, tx.Now); err != nil {
		return nil, err
	}
	behalf := int64(0)
	if t.side == GiverSide && t.who.Person != p.Giver {
		behalf = p.Giver
	}
	return t, t.record(tx, d.Verb, behalf)
}

// record begins the event of a turn.
func (t *turn) record(tx *sqldb.Tx, v Verb, behalf int64) error {
	if t.p.Events >= maxEvents {
		return fault.New(fault.Conflict, "promise.too-long", "max", maxEvents)
	}
	at := tx.Now
	if at.Before(t.p.LastAt) {
		at = t.p.LastAt
	}
	t.event = Event{Promise: t.p.ID, N: t.p.Events + 1, At: at, Kind: v, Actor: t.who.Person, For: behalf}
	return nil
}

// plain are the announcements of verbs that change nothing but the state.
var plain = map[Verb]func(About) event.Event{
	VerbDone:     func(a About) event.Event { return WasClaimed{a} },
	VerbNotYet:   func(a About) event.Event { return WasSaidNotYet{a} },
	VerbKept:     func(a About) event.Event { return WasSaid{a, StateKept} },
	VerbPartly:   func(a About) event.Event { return WasSaid{a, StatePartly} },
	VerbBroken:   func(a About) event.Event { return WasSaid{a, StateBroken} },
	VerbPropose:  func(a About) event.Event { return WasProposed{a} },
	VerbRefuse:   func(a About) event.Event { return WasRefused{a} },
	VerbWithdraw: func(a About) event.Event { return WasWithdrawn{a} },
	VerbNear:     func(a About) event.Event { return IsNear{a} },
	VerbDue:      func(a About) event.Event { return FellDue{a} },
	VerbAgain:    func(a About) event.Event { return WasAskedAgain{a} },
	VerbLapse:    func(a About) event.Event { return HasLapsed{a} },
}

// decide reads what was said for the verb.
func (s *Service) decide(ctx context.Context, tx *sqldb.Tx, t *turn, d Deed) error {
	var f fault.Fields
	if needsWhy(d.Verb) {
		t.event.Why = need(&f, "reason", d.Why)
	} else if d.Why != "" {
		t.event.Why = need(&f, "reason", d.Why)
	}
	t.said = plain[d.Verb]
	switch d.Verb {
	case VerbPropose:
		give, err := s.Calendar.TableFor(ctx, t.p.GiverUnit)
		if err != nil {
			return err
		}
		due(&f, "due", d.Due, d.Workday, give, tx.Now, &t.event.Due, &t.p.ProposedDay)
		if t.event.Due.Equal(t.p.Due) {
			f.Add("due", "promise.same-date")
		}
	case VerbAgree:
		if !t.p.Proposed.After(tx.Now) {
			return fault.New(fault.Conflict, "promise.proposal-passed", "verb", string(d.Verb), "state", string(t.p.State))
		}
		from, to := t.p.Due, t.p.Proposed
		t.event.DueFrom, t.event.Due = from, to
		t.said = func(a About) event.Event { return WasMoved{a, from, to} }
	}
	return f.Err()
}

// finish writes what the verb decided and what follows from it, and announces it.
func (s *Service) finish(ctx context.Context, tx *sqldb.Tx, t *turn) (Promise, error) {
	t.p.happen(t.event, t.to)
	if err := s.planned(ctx, &t.p); err != nil {
		return t.p, err
	}
	if err := updatePromise(ctx, tx, t.p); err != nil {
		return t.p, err
	}
	if err := insertEvent(ctx, tx, t.event); err != nil {
		return t.p, err
	}
	if err := s.owe(ctx, tx, t.p); err != nil {
		return t.p, err
	}
	return t.p, s.events.Emit(ctx, tx, t.said(about(t.p, t.event.Actor, t.event.For, t.event.At)))
}

// house is a turn that nobody does.
func (s *Service) house(ctx context.Context, tx *sqldb.Tx, number int64, v Verb) (*turn, error) {
	p, err := lock(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	t := &turn{who: actor.From(ctx), side: HouseSide, p: p, said: plain[v]}
	if t.to, err = allowed(p, v, tx.Now); err != nil {
		return nil, err
	}
	return t, t.record(tx, v, 0)
}

// stepsAtOnce is how many promises one round of GoOn looks at.
const stepsAtOnce = 200

// GoOn does what has come due: reminds the giver the workday before, asks the receiver when it falls due, asks again, and
// counts silence as unsaid.
func (s *Service) GoOn(ctx context.Context) error {
	for {
		var list []int64
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			list, err = dueSteps(ctx, rd, rd.Instant(), stepsAtOnce)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, number := range list {
			if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.goOn(ctx, tx, number) }); err != nil {
				return err
			}
		}
	}
}

// goOn does the next step of one promise, if it is still the one that has come due.
func (s *Service) goOn(ctx context.Context, tx *sqldb.Tx, number int64) error {
	p, err := lock(ctx, tx, number)
	if err != nil {
		return err
	}
	give, get, err := s.tables(ctx, p)
	if err != nil {
		return err
	}
	verb, at := plan(p, give, get)
	if verb == VerbNear && !tx.Now.Before(p.Due) { // the house was down: what it is reminded of has come
		verb, at = VerbDue, p.Due
	}
	if verb == "" || at.After(tx.Now) { // somebody was quicker, or the calendar has changed
		p.NextAt = at
		return updatePromise(ctx, tx, p)
	}
	t, err := s.house(ctx, tx, number, verb)
	if fault.KindOf(err) == fault.Conflict && err != nil {
		p.NextAt = time.Time{}
		return updatePromise(ctx, tx, p)
	}
	if err != nil {
		return err
	}
	_, err = s.finish(ctx, tx, t)
	return err
}

// spoken puts moments into the reader's words: rules know no reader.
func spoken(ctx context.Context, err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	for _, x := range f.Fields {
		for name, v := range x.Args {
			if at, ok := v.(time.Time); ok {
				x.Args[name] = lang.Date(ctx, at)
			}
		}
	}
	return err
}
