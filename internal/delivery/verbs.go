package delivery

import (
	"context"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

// Goods is what is delivered: words, files, and how much of it.
type Goods struct {
	Text     string
	Files    []int64
	Quantity string
}

// Deliver hands it over. Words, files and the quantity may all be missing: it is there.
func (s *Service) Deliver(ctx context.Context, number int64, g Goods, when When) (Delivery, error) {
	return s.turn(ctx, number, VerbDeliver, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		t.event.Quantity = quantity(&f, "quantity", g.Quantity)
		text := atMost(&f, "text", g.Text, maxText)
		if err := f.Err(); err != nil {
			return err
		}
		t.said = func(a About) event.Event { return WasDelivered{a} }
		return s.speak(ctx, tx, t, text, g.Files)
	})
}

// Return sends it back: it was not right first time.
func (s *Service) Return(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.reasoned(ctx, number, VerbReturn, why, when, func(a About) event.Event { return WasReturned{a} })
}

// Accept takes it over.
func (s *Service) Accept(ctx context.Context, number int64, when When) (Delivery, error) {
	return s.turn(ctx, number, VerbAccept, when, func(_ context.Context, _ *sqldb.Tx, t *turn) error {
		t.said = func(a About) event.Event { return WasAccepted{About: a} }
		return nil
	})
}

// Rate is the judgement of one person who takes deliveries over, once.
func (s *Service) Rate(ctx context.Context, number int64, x Rating, when When) (Delivery, error) {
	return s.turn(ctx, number, VerbRate, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := rated(x.Score, x.Comment); err != nil {
			return err
		}
		x.Delivery, x.Person, x.At = t.d.ID, t.who.Person, t.event.At
		t.said = func(a About) event.Event { return WasRated{a} }
		return insertRating(ctx, tx, x)
	})
}

// Skip leaves it out: the customer does not want it this time, or agrees that it is left out.
func (s *Service) Skip(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.turn(ctx, number, VerbSkip, when, func(_ context.Context, _ *sqldb.Tx, t *turn) error {
		var f fault.Fields
		if t.event.Why = atMost(&f, "reason", why, maxText); t.event.Why == "" && !t.d.SkipAsked {
			f.Add("reason", "form.required")
		}
		t.said = func(a About) event.Event { return WasSkipped{a} }
		return f.Err()
	})
}

// AskSkip asks the customer to leave it out. It stays due until the customer agrees.
func (s *Service) AskSkip(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.reasoned(ctx, number, VerbAskSkip, why, when, func(a About) event.Event { return SkipWasAsked{a} })
}

// RefuseSkip says that the customer wants it.
func (s *Service) RefuseSkip(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.reasoned(ctx, number, VerbRefuseSkip, why, when, func(a About) event.Event { return SkipWasRefused{a} })
}

// Contest says that the customer did not order it, or that it is another unit's. It counts as nothing until it is settled.
func (s *Service) Contest(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.reasoned(ctx, number, VerbContest, why, when, func(a About) event.Event { return WasContested{a} })
}

// Uphold settles a contest: it is the customer's, and counts. The customer's head may, or the quality office.
func (s *Service) Uphold(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.reasoned(ctx, number, VerbUphold, why, when, func(a About) event.Event { return WasUpheld{a} })
}

// Drop settles a contest: it is not the customer's, and counts as nothing. The provider's head may, or the quality office.
func (s *Service) Drop(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.reasoned(ctx, number, VerbDrop, why, when, func(a About) event.Event { return WasDropped{a} })
}

// Cancel takes back what was pushed or fed by mistake.
func (s *Service) Cancel(ctx context.Context, number int64, why string, when When) (Delivery, error) {
	return s.reasoned(ctx, number, VerbCancel, why, when, func(a About) event.Event { return WasCancelled{a} })
}

// Message says something to the other side.
func (s *Service) Message(ctx context.Context, number int64, text string, files []int64, when When) (Delivery, error) {
	return s.turn(ctx, number, VerbMessage, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if text == "" && len(files) == 0 {
			var f fault.Fields
			f.Add("text", "delivery.need-text")
			return f.Err()
		}
		t.said = func(a About) event.Event { return WasSaid{a} }
		return s.speak(ctx, tx, t, text, files)
	})
}

// reasoned is a verb that takes a reason and nothing else.
func (s *Service) reasoned(ctx context.Context, number int64, verb Verb, why string, when When, said func(About) event.Event) (Delivery, error) {
	return s.turn(ctx, number, verb, when, func(_ context.Context, _ *sqldb.Tx, t *turn) error {
		var f fault.Fields
		t.event.Why = need(&f, "reason", why)
		t.said = said
		return f.Err()
	})
}

// speak puts the verb's words into the conversation and remembers them in its event; nothing to say says nothing.
func (s *Service) speak(ctx context.Context, tx *sqldb.Tx, t *turn, text string, files []int64) error {
	if text == "" && len(files) == 0 {
		return nil
	}
	unit := t.d.Provider
	if t.side == CustomerSide {
		unit = t.d.Customer
	}
	id, err := s.Talk.Post(ctx, tx, talk.Message{Subject: subject(t.d.ID), Person: t.who.Person, Unit: unit, Kind: talk.KindMessage, Text: text,
		Files: files, At: t.event.At, Quiet: t.who.Import})
	t.event.Message = id
	return err
}

// house is a turn that nobody does: the house goes on by its own rules.
func (s *Service) house(ctx context.Context, tx *sqldb.Tx, number int64, verb Verb) (*turn, error) {
	d, err := lock(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	if _, err := allowed(d, verb); err != nil {
		return nil, err
	}
	t := &turn{verb: verb, who: actor.From(ctx), side: HouseSide, was: d, d: d}
	if t.log, err = eventsOf(ctx, tx, d.ID); err != nil {
		return nil, err
	}
	at := tx.Now
	if at.Before(d.LastAt) {
		at = d.LastAt
	}
	t.event = Event{Delivery: d.ID, N: d.Events + 1, At: at, Kind: verb, Actor: t.who.Person, Side: HouseSide, Unit: d.Provider}
	return t, nil
}

// fileIDs reads ids of files as forms and the API write them.
func fileIDs(files []string) ([]int64, error) {
	ids := make([]int64, 0, len(files))
	for _, text := range files {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 {
			var f fault.Fields
			f.Add("files", "delivery.file-unknown")
			return nil, f.Err()
		}
		ids = append(ids, id)
	}
	return ids, nil
}
