package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
)

var noTime time.Time

// Answer gives what the holding unit asked for: words, corrected answers of the form, or both.
func (s *Service) Answer(ctx context.Context, number int64, text string, fields map[string]any, files []int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbAnswer, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		t.said = func(a About) event.Event { return WasAnswered{a} }
		if len(fields) > 0 {
			if err := s.correct(ctx, tx, t, fields); err != nil {
				return err
			}
		} else if text == "" && len(files) == 0 {
			var f fault.Fields
			f.Add("text", "request.need-answer")
			return f.Err()
		}
		if text == "" && len(files) == 0 {
			return nil
		}
		return s.speak(ctx, tx, t, text, files)
	})
}

// correct lays new answers over the old ones and judges the whole form again.
func (s *Service) correct(ctx context.Context, tx *sqldb.Tx, t *turn, fields map[string]any) error {
	asked, err := s.formOf(ctx, t.r)
	if err != nil {
		return err
	}
	old, err := form.ParseValues(t.r.Fields)
	if err != nil {
		return err
	}
	all := map[string]any{}
	for key, v := range old {
		all[key] = v
	}
	for key, v := range fields {
		all[key] = v
	}
	find := s.resolve()
	find.Before = old
	values, bad, err := asked.Validate(ctx, find, all)
	if err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	t.r.Fields = values.JSON()
	before := asked.Files(old)
	added := slices.DeleteFunc(asked.Files(values), func(id string) bool { return slices.Contains(before, id) })
	if len(added) == 0 {
		return nil
	}
	return s.attach(ctx, tx, t.r.ID, added)
}

// formOf is the form that the request was asked with.
func (s *Service) formOf(ctx context.Context, r Request) (form.Form, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return form.Form{}, err
	}
	return formIn(snap, r), nil
}

func formIn(snap *catalog.Snapshot, r Request) form.Form {
	service, ok := snap.ByID(r.Service)
	if !ok {
		return form.Form{}
	}
	if v, ok := service.Numbered(r.ServiceVersion); ok {
		return v.Form
	}
	return service.Form
}

// Accept says that the delivery is right. The request is done.
func (s *Service) Accept(ctx context.Context, number int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbAccept, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		t.accepts()
		return nil
	})
}

// Return sends the delivery back: it was not right first time.
func (s *Service) Return(ctx context.Context, number int64, reason string, when When) (Request, error) {
	return s.turn(ctx, number, VerbReturn, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		t.event.Why = need(&f, "reason", reason)
		t.apart()
		t.said = func(a About) event.Event { return WasReturned{About: a} }
		return f.Err()
	})
}

// Withdraw takes back what nobody has taken.
func (s *Service) Withdraw(ctx context.Context, number int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbWithdraw, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		t.said = func(a About) event.Event { return WasWithdrawn{a} }
		return nil
	})
}

// Cancel calls off what somebody works on.
func (s *Service) Cancel(ctx context.Context, number int64, reason string, when When) (Request, error) {
	return s.turn(ctx, number, VerbCancel, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		t.event.Why = need(&f, "reason", reason)
		t.said = func(a About) event.Event { return WasCancelled{a} }
		return f.Err()
	})
}

// Nudge urges (催办): at most once in four working hours of the holding unit, and three times in all.
func (s *Service) Nudge(ctx context.Context, number int64, text string, when When) (Request, error) {
	return s.turn(ctx, number, VerbNudge, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		next := noTime
		if t.r.Nudges > 0 {
			var err error
			if next, err = s.nudgeAt(ctx, t.r); err != nil {
				return err
			}
		}
		if err := nudged(t.r.Nudges, next, t.at); err != nil {
			return err
		}
		t.said = func(a About) event.Event { return WasNudged{a} }
		if text == "" {
			return nil
		}
		return s.speak(ctx, tx, t, text, nil)
	})
}

// nudgeAt is when the next nudge is free: some working time of the holding unit after the last one.
func (s *Service) nudgeAt(ctx context.Context, r Request) (time.Time, error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return noTime, err
	}
	terms, err := s.termsOf(ctx, r.Unit)
	if err != nil {
		return noTime, err
	}
	table, err := book.Table(terms.Calendar, terms.Version)
	if err != nil {
		return noTime, err
	}
	return table.Add(r.NudgedAt, nudgeEvery)
}

// Rate keeps the judgement of one of the request's customers. Each judges once, after acceptance.
func (s *Service) Rate(ctx context.Context, number int64, x Rating, when When) (Request, error) {
	return s.turn(ctx, number, VerbRate, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := rated(x.Score, x.Reasons, x.Comment); err != nil {
			return err
		}
		given, err := ratingsOf(ctx, tx, t.r.ID)
		if err != nil {
			return err
		}
		for _, g := range given {
			if g.Person == t.who.Person {
				return fault.New(fault.Conflict, "request.already-rated")
			}
		}
		x.Request, x.Person, x.At = t.r.ID, t.who.Person, t.at
		if x.Reasons == nil {
			x.Reasons = []string{}
		}
		t.said = func(a About) event.Event { return WasRated{a} }
		return insertRating(ctx, tx, x)
	})
}

// Name lets one more person see a confidential request and work on it.
func (s *Service) Name(ctx context.Context, number int64, no string, when When) (Request, error) {
	return s.turn(ctx, number, VerbName, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if !t.r.Confidential {
			return fault.New(fault.Conflict, "request.name-only-confidential")
		}
		var f fault.Fields
		if no == "" {
			f.Add("person", "request.need-person")
			return f.Err()
		}
		p, err := s.Org.PersonByNoIn(ctx, tx, no)
		if err == nil && !p.Active {
			err = fault.ErrNotFound
		}
		if err := missing(&f, err, "person", "request.person-unknown"); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		t.event.Person = p.ID
		t.said = func(a About) event.Event { return WasNamed{a, p.ID} }
		return s.Access.Grant(ctx, tx, access.Grant{Subject: subject(t.r.ID), Holder: access.Person(p.ID), Why: access.WhyNamed})
	})
}
