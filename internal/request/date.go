package request

import (
	"context"
	"time"

	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Date is another date for a completion, as it came through the door.
type Date struct {
	To         time.Time // counted to the second
	Unreadable bool      // what was written is no moment
	Reason     string
}

// ProposeDate proposes another date for the completion, with the reason. The customer owes an answer; a newer proposal
// takes the place of one that is open. It is a first response.
func (s *Service) ProposeDate(ctx context.Context, number int64, d Date, when When) (Request, error) {
	return s.turn(ctx, number, VerbPropose, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		to := d.To.UTC().Truncate(time.Second)
		if d.Unreadable {
			f.Add("due_at", "request.not-a-time")
		} else {
			proposable(&f, to, t.r.Due, t.at)
		}
		t.event.Why = need(&f, "reason", d.Reason)
		if err := f.Err(); err != nil {
			return err
		}
		t.event.DueFrom, t.event.DueTo = t.r.Due, to
		t.said = func(a About) event.Event { return DateProposed{a, t.event.DueFrom, to} }
		return nil
	})
}

// AgreeDate answers the proposed date. Agreed, it is the due time of the completion from now on, unless that was late
// already; otherwise the due time stays.
func (s *Service) AgreeDate(ctx context.Context, number int64, agree *bool, when When) (Request, error) {
	return s.turn(ctx, number, VerbAgree, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		if agree == nil {
			f.Add("agree", "form.required")
			return f.Err()
		}
		to := t.r.Proposed
		if err := answerable(to, *agree, t.at); err != nil {
			return err
		}
		if t.event.DueFrom = t.r.Due; *agree {
			t.event.DueTo = to
		}
		t.said = func(a About) event.Event { return DateAnswered{a, *agree, t.event.DueFrom, to} }
		return nil
	})
}

// proposal is the open proposal of a view as its reader is told of it.
type proposal struct {
	Event
	Open    bool      // the date lies in working time of the request's calendar
	Opens   time.Time // when it is not: the next opening after it
	Working int64     // counted seconds from now to it
}

// proposalOf finds the open proposal and says where its date lies; ok is false without one.
func (s *Service) proposalOf(ctx context.Context, v View) (p proposal, ok bool, err error) {
	if v.Proposed.IsZero() {
		return p, false, nil
	}
	for _, e := range v.Log {
		if e.Kind == VerbPropose {
			p.Event = e
		}
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return p, false, err
	}
	table, err := book.Table(v.Log[0].Terms.Calendar, 0)
	if err != nil {
		return p, false, err
	}
	if p.Open, p.Opens = table.Now(v.Proposed.Add(-time.Second)); p.Open {
		p.Opens = noTime
	}
	if now := s.db.Now(); v.Proposed.After(now) {
		if left, err := table.Elapsed(now, v.Proposed); err == nil {
			p.Working = int64(left.Seconds())
		}
	}
	return p, true, nil
}

// lies says where the date of a proposal lies in working time.
func (p proposal) lies(ctx context.Context) string {
	text := lang.T(ctx, "request.date.in-working-time", "left", lang.WorkDuration(ctx, p.Working))
	if !p.Open && !p.Opens.IsZero() {
		text = lang.T(ctx, "request.date.off-hours", "left", lang.WorkDuration(ctx, p.Working), "opens", lang.At(ctx, p.Opens))
	}
	return text
}

// dateText is a proposed or answered date in one sentence.
func dateText(ctx context.Context, v View, e Event) string {
	key := "request.did." + string(e.Kind)
	if e.Kind == VerbAgree && e.DueTo.IsZero() {
		key += "-not"
	}
	text := lang.T(ctx, key, "who", v.doer(ctx, e), "from", lang.DateTime(ctx, e.DueFrom), "to", lang.DateTime(ctx, e.DueTo))
	if e.Kind == VerbAgree && !e.DueTo.IsZero() && e.DueFrom.Before(e.At) && !e.DueFrom.IsZero() && v.OriginalDue.Equal(v.Due) {
		text += lang.T(ctx, "request.did.agree-date-late")
	}
	if e.Why != "" {
		text += lang.T(ctx, "request.because", "why", e.Why)
	}
	return text
}

// proposalText is an open proposal in words: the date, the due time so far, the reason, and where it lies.
func (s *Service) proposalText(ctx context.Context, v View) (string, error) {
	p, open, err := s.proposalOf(ctx, v)
	if err != nil || !open {
		return "", err
	}
	text := lang.T(ctx, "request.date.proposed", "who", v.doer(ctx, p.Event), "to", lang.DateTime(ctx, p.DueTo), "from", lang.DateTime(ctx, p.DueFrom), "why", p.Why)
	if p.DueFrom.IsZero() {
		text = lang.T(ctx, "request.date.proposed-first", "who", v.doer(ctx, p.Event), "to", lang.DateTime(ctx, p.DueTo), "why", p.Why)
	}
	return text + p.lies(ctx), nil
}

// typedDate reads a date and time that was typed into a form, in the reader's zone.
func typedDate(ctx context.Context, text, reason string) Date {
	d := Date{Reason: reason, Unreadable: text != ""}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, lang.Zone(ctx)); err == nil {
			d.To, d.Unreadable = t, false
		}
	}
	return d
}

// yesNo reads a button that says yes or no; nil when neither was pressed.
func yesNo(text string) *bool {
	yes := text == "yes"
	if !yes && text != "no" {
		return nil
	}
	return &yes
}
