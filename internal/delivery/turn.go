package delivery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// turn is one verb on one delivery inside its transaction: who does it, what the delivery was, what it becomes.
type turn struct {
	verb  Verb
	who   actor.Actor
	side  Side
	set   access.Set
	was   Delivery
	d     Delivery
	log   []Event // before this verb
	event Event   // of this verb
	said  func(About) event.Event
}

// turn is the frame of every verb: load, may this person, does the state allow it, decide, write, announce. What follows
// from the change in clocks, todos and tallies is worked out behind decide.
func (s *Service) turn(ctx context.Context, number int64, verb Verb, when When, decide func(context.Context, *sqldb.Tx, *turn) error) (Delivery, error) {
	ctx, err := s.by(ctx, when.By)
	if err != nil {
		return Delivery{}, err
	}
	var after Delivery
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		t, err := s.begin(ctx, tx, number, verb, when)
		if err != nil {
			return err
		}
		if err := decide(ctx, tx, t); err != nil {
			return err
		}
		after, err = s.finish(ctx, tx, t)
		return err
	})
	return after, spoken(ctx, err)
}

// begin loads the delivery and decides what does not depend on the verb's own words.
func (s *Service) begin(ctx context.Context, tx *sqldb.Tx, number int64, verb Verb, when When) (*turn, error) {
	d, err := lock(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	t := &turn{verb: verb, who: actor.From(ctx), was: d, d: d}
	if t.set, err = s.Access.Require(ctx, tx, action(verb), subject(d.ID), false); err != nil {
		return nil, err
	}
	t.side = side(t.set, verb)
	behalf, err := s.Access.For(ctx, tx, action(verb), subject(d.ID), false)
	if err != nil {
		return nil, err
	}
	if t.log, err = eventsOf(ctx, tx, d.ID); err != nil {
		return nil, err
	}
	if err = when.On.Check(etag(d)); when.On.IfMatch != "" && err != nil {
		return nil, err
	}
	if _, err = allowed(d, verb); err != nil {
		return nil, err
	}
	at, err := moment(t.who.Import, when.At, d.LastAt, tx.Now)
	if err != nil {
		return nil, err
	}
	if len(t.log) >= maxEvents {
		return nil, fault.New(fault.Conflict, "delivery.too-long", "max", maxEvents)
	}
	t.event = Event{Delivery: d.ID, N: d.Events + 1, At: at, Kind: verb, Actor: t.who.Person, Side: t.side, Unit: d.Provider, Imported: t.who.Import, For: behalf}
	return t, nil
}

// actions are the rows of access/table for the verbs.
var actions = map[Verb]string{
	VerbDeliver: "delivery.deliver", VerbAskSkip: "delivery.deliver", VerbCancel: "delivery.deliver",
	VerbAccept: "delivery.accept", VerbReturn: "delivery.accept", VerbSkip: "delivery.accept", VerbRefuseSkip: "delivery.accept", VerbContest: "delivery.accept",
	VerbRate: "delivery.rate", VerbMessage: "delivery.message", VerbUphold: "delivery.uphold", VerbDrop: "delivery.drop",
}

// action is the row for a verb; those of the house have none and are nobody's.
func action(v Verb) string { return actions[v] }

// side is for whom somebody with these relations does a verb. Whoever takes it over is the customer, whatever else.
func side(set access.Set, v Verb) Side {
	switch {
	case set == 0:
		return HouseSide
	case v == VerbDeliver || v == VerbAskSkip || v == VerbCancel || v == VerbDrop && !set.Has(access.Quality):
		return ProviderSide
	case v == VerbMessage && !set.Has(access.Asked|access.DeputyAsks) && set.Has(access.Assignee|access.Agent|access.HeadServes|access.DeputyServes):
		return ProviderSide
	}
	return CustomerSide
}

// finish writes what the verb decided and what follows from it, and announces it.
func (s *Service) finish(ctx context.Context, tx *sqldb.Tx, t *turn) (Delivery, error) {
	d := &t.d
	if err := d.happen(t.event); err != nil {
		return *d, err
	}
	log := append(t.log[:len(t.log):len(t.log)], t.event)
	states, err := s.reclock(ctx, d, log, tx.Now)
	if err != nil {
		return *d, err
	}
	if err := s.expire(ctx, tx, d); err != nil {
		return *d, err
	}
	if err := updateDelivery(ctx, tx, *d); err != nil {
		return *d, err
	}
	if err := insertEvents(ctx, tx, t.event); err != nil {
		return *d, err
	}
	if err := s.Clock.Save(ctx, tx, clock.Subject{Kind: Kind, ID: d.ID}, states); err != nil {
		return *d, err
	}
	if err := s.owe(ctx, tx, *d, t.event.At); err != nil {
		return *d, err
	}
	if err := s.tally(ctx, tx, changes(counted(t.was, t.log), counted(*d, log))); err != nil {
		return *d, err
	}
	if !t.who.System && t.who.Person != 0 {
		if err := s.Relation.Contact(ctx, tx, d.Edge, t.who.Person, t.event.At); err != nil {
			return *d, err
		}
	}
	if t.said == nil {
		return *d, fmt.Errorf("%s announces nothing", t.verb)
	}
	return *d, s.events.Emit(ctx, tx, t.said(t.about()))
}

// about is what the verb announces about the delivery as it now is.
func (t *turn) about() About {
	a := about(t.d, t.who.Person, t.event.At)
	a.Imported, a.For = a.Imported || t.who.Import, t.event.For
	return a
}

func about(d Delivery, by int64, at time.Time) About {
	return About{Delivery: d.ID, Number: d.Number, Standing: d.Standing, Service: d.Service, Edge: d.Edge, Provider: d.Provider, Customer: d.Customer,
		Receiver: d.Receiver, Assignee: d.Assignee, By: by, At: at, Imported: d.Imported}
}

// reclock replays the log and copies onto the delivery what lists and tallies read.
func (s *Service) reclock(ctx context.Context, d *Delivery, log []Event, now time.Time) ([]clock.State, error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return nil, err
	}
	states, err := clock.Replay(book, marks(log), now)
	if err != nil {
		return nil, fmt.Errorf("replay %s: %w", d.Ref(), err)
	}
	copyClock(d, states)
	return states, nil
}

// changes is what has to be added to the tallies when something counted as one list and counts as another now.
func changes(was, now []entry) []entry {
	list := slices.Clone(now)
	for _, x := range was {
		x.Delta = relation.Delta{}.Minus(x.Delta)
		list = append(list, x)
	}
	return list
}

// tally adds entries to the counters: one statement pair per edge and day.
func (s *Service) tally(ctx context.Context, tx *sqldb.Tx, list []entry) error {
	for _, x := range summed(list, s.Org.Company(ctx).Location()) {
		if err := s.Relation.Tally(ctx, tx, x.edge, x.day, x.Delta); err != nil {
			return err
		}
	}
	return nil
}

// summed adds up entries of the same edge and local day, and orders them: two transactions take the rows in one order.
func summed(list []entry, zone *time.Location) []entry {
	type key struct{ edge, day int64 }
	at := map[key]int{}
	var out []entry
	for _, x := range list {
		x.day = x.day.In(zone)
		k := key{x.edge, relation.DayOf(x.day)}
		if i, known := at[k]; known {
			out[i].Delta = out[i].Delta.Plus(x.Delta)
			continue
		}
		at[k] = len(out)
		out = append(out, x)
	}
	out = slices.DeleteFunc(out, func(x entry) bool { return x.Delta == relation.Delta{} })
	sorting.By(out, func(a, b entry) int {
		if a.edge != b.edge {
			return int(min(max(a.edge-b.edge, -1), 1))
		}
		return int(relation.DayOf(a.day) - relation.DayOf(b.day))
	})
	return out
}
