package delivery

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

// take writes checked items: new ones in few statements, known ones one by one as they go on.
func (s *Service) take(ctx context.Context, tx *sqldb.Tx, list []fed) ([]Result, error) {
	out := make([]Result, len(list))
	var rows []Delivery
	var events []Event
	var tallies []entry
	states := make([][]clock.State, len(list))
	contacts := map[[2]int64]time.Time{}
	for i := range list {
		x := &list[i]
		if x.known {
			done, err := s.goOn(ctx, tx, x)
			if err != nil {
				return nil, err
			}
			out[i] = done
			continue
		}
		var err error
		if states[i], err = s.fold(ctx, tx, &x.d, x.log); err != nil {
			return nil, err
		}
		if err := s.tell(ctx, tx, x); err != nil {
			return nil, err
		}
		rows, events = append(rows, x.d), append(events, x.log...)
		tallies = append(tallies, counted(x.d, x.log)...)
		for _, e := range x.log[1:] {
			if k := [2]int64{x.d.Edge, e.Actor}; e.Actor != 0 && e.At.After(contacts[k]) {
				contacts[k] = e.At
			}
		}
		out[i] = Result{Number: x.d.Number, Outcome: FeedCreated}
	}
	if len(rows) > 0 {
		if err := insertDeliveries(ctx, tx, rows...); err != nil {
			return nil, err
		}
		if err := insertEvents(ctx, tx, events...); err != nil {
			return nil, err
		}
	}
	who := actor.From(ctx)
	for i, x := range list {
		if x.known {
			continue
		}
		if err := s.filed(ctx, tx, x.d, states[i]); err != nil {
			return nil, err
		}
		a := about(x.d, who.Person, tx.Now)
		said := []event.Event{WasOpened{a}}
		if x.d.State == StateDelivered && !who.Import {
			said = append(said, WasDelivered{a})
		}
		if err := s.events.Emit(ctx, tx, said...); err != nil {
			return nil, err
		}
	}
	if err := s.touch(ctx, tx, contacts); err != nil {
		return nil, err
	}
	return out, s.tally(ctx, tx, tallies)
}

// touch notes who worked on which edge, in one order.
func (s *Service) touch(ctx context.Context, tx *sqldb.Tx, contacts map[[2]int64]time.Time) error {
	keys := make([][2]int64, 0, len(contacts))
	for k := range contacts {
		keys = append(keys, k)
	}
	sorting.By(keys, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	for _, k := range keys {
		if err := s.Relation.Contact(ctx, tx, k[0], k[1], contacts[k]); err != nil {
			return err
		}
	}
	return nil
}

// tell puts the words of an item into the conversation.
func (s *Service) tell(ctx context.Context, tx *sqldb.Tx, x *fed) error {
	if x.text == "" {
		return nil
	}
	e := &x.log[len(x.log)-1]
	for i := range x.log {
		if x.log[i].Kind == VerbDeliver {
			e = &x.log[i]
		}
	}
	at := e.At
	if at.IsZero() {
		at = tx.Now
	}
	id, err := s.Talk.Post(ctx, tx, talk.Message{Subject: subject(x.d.ID), Person: e.Actor, Unit: x.d.Provider, Kind: talk.KindMessage,
		Text: strings.ReplaceAll(x.text, "@[", "@ ["), At: at, Quiet: true})
	e.Message = id
	return err
}

// goOn adds to a known delivery what has happened since.
func (s *Service) goOn(ctx context.Context, tx *sqldb.Tx, x *fed) (Result, error) {
	out := Result{Number: x.d.Number, Outcome: FeedUnchanged, Differs: x.differs}
	if x.named {
		if n, err := nameExternal(ctx, tx, x.d.ID, x.d.External); err != nil {
			return out, err
		} else if n > 0 {
			out.Outcome = FeedUpdated
		}
	}
	for _, e := range x.log {
		t, err := s.house(ctx, tx, x.d.Number, e.Kind)
		if err != nil {
			return out, err
		}
		if e.At.Before(t.d.LastAt) {
			e.At = t.d.LastAt
		}
		t.who = actor.From(ctx)
		e.Delivery, e.N, e.Unit = t.d.ID, t.event.N, t.event.Unit
		t.event, t.side = e, e.Side
		if e.Kind == VerbDeliver && x.text != "" {
			if err := s.speak(ctx, tx, t, strings.ReplaceAll(x.text, "@[", "@ ["), nil); err != nil {
				return out, err
			}
		}
		t.said = func(a About) event.Event { return WasDelivered{a} }
		if e.Kind == VerbAccept {
			t.said = func(a About) event.Event { return WasAccepted{About: a} }
		}
		if _, err := s.finish(ctx, tx, t); err != nil {
			return out, err
		}
		out.Outcome = FeedUpdated
	}
	return out, nil
}
