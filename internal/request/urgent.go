package request

import (
	"context"
	"fmt"
	"time"

	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// AskUrgent says that an open request is urgent, with the reason. Within the unit's share of the month it is; beyond it
// the head of the customer's unit decides.
func (s *Service) AskUrgent(ctx context.Context, number int64, reason string, when When) (Request, error) {
	return s.turn(ctx, number, VerbUrgent, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if t.r.Priority != Usual {
			return fault.New(fault.Conflict, "request.urgent-already")
		}
		var f fault.Fields
		why := need(&f, "reason", reason)
		if err := f.Err(); err != nil {
			return err
		}
		e, err := s.urgentEvent(ctx, tx, t.r, t.log, t.event, why)
		if err != nil {
			return err
		}
		t.event = e
		t.said = func(a About) event.Event { return PriorityMoved{About: a, Priority: e.Code, Asked: true} }
		return nil
	})
}

// GrantUrgent is the word of the head of the customer's unit on a request beyond its share.
func (s *Service) GrantUrgent(ctx context.Context, number int64, agree *bool, when When) (Request, error) {
	return s.turn(ctx, number, VerbGrant, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		if agree == nil {
			f.Add("agree", "form.required")
			return f.Err()
		}
		if t.r.Priority != Wanted {
			return fault.New(fault.Conflict, "request.urgent-not-wanted")
		}
		to := Usual
		if *agree {
			to = Urgent
		}
		return s.setPriority(ctx, t, to, clock.Carry)
	})
}

// SetPriority is the provider's: with a reason, and with what happens to the time that is used. What is nearly used up is
// not made usual again by who has it alone.
func (s *Service) SetPriority(ctx context.Context, number int64, to, reason, policy string, when When) (Request, error) {
	return s.turn(ctx, number, VerbPriority, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		var f fault.Fields
		t.event.Why = need(&f, "reason", reason)
		if policy == "" {
			policy = clock.Carry
		}
		if policy != clock.Carry && policy != clock.FromStart {
			f.Add("policy", "request.policy-unknown", "value", policy)
		}
		switch to {
		case "normal":
			to = Usual
		case Urgent:
		case "":
			f.Add("priority", "form.required")
		default:
			f.Add("priority", "request.priority-unknown", "value", to)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if to == t.r.Priority {
			return fault.New(fault.Conflict, "request.priority-same")
		}
		states, err := s.reclock(ctx, &Request{}, t.log, t.at)
		if err != nil {
			return err
		}
		if err := lowered(t.r.Priority, to, usedOf(states), t.r.Assignee, t.who.Person); err != nil {
			return err
		}
		return s.setPriority(ctx, t, to, policy)
	})
}

// setPriority fills in the event of a priority that was decided.
func (s *Service) setPriority(ctx context.Context, t *turn, to, policy string) error {
	terms, err := s.urgentTerms(ctx, t.r, t.log, to, policy, t.at)
	if err != nil {
		return err
	}
	t.event.Code, t.event.Clock, t.event.Terms, t.event.DueFrom = to, policy, terms, t.r.Due
	if t.event.DueTo, err = s.dueAfter(ctx, t.log, t.event); err != nil {
		return err
	}
	t.said = func(a About) event.Event { return PriorityMoved{About: a, Priority: to} }
	return nil
}

// urgentEvent is what asking for urgency makes of an event: granted within the share, wanted beyond it.
func (s *Service) urgentEvent(ctx context.Context, tx *sqldb.Tx, r Request, log []Event, e Event, why string) (Event, error) {
	e.Why, e.Code, e.Clock, e.DueFrom = why, Urgent, clock.Carry, r.Due
	to, err := s.takenShare(ctx, tx, r, e.At, e.Imported)
	if err != nil {
		return e, err
	}
	if e.Code = to; to == Wanted {
		return e, nil
	}
	if e.Terms, err = s.urgentTerms(ctx, r, log, Urgent, clock.Carry, e.At); err != nil {
		return e, err
	}
	e.DueTo, err = s.dueAfter(ctx, log, e)
	return e, err
}

// takenShare takes one of the customer unit's urgent requests of the month: Urgent, or beyond the share Wanted. What a file
// tells of the past was urgent.
func (s *Service) takenShare(ctx context.Context, tx *sqldb.Tx, r Request, at time.Time, imported bool) (Priority, error) {
	if imported {
		return Urgent, nil
	}
	service, share, err := s.urgentShare(ctx, tx, r.Service, r.Customer)
	if err != nil {
		return Usual, err
	}
	within, err := takeUrgent(ctx, tx, r.Customer, service, s.month(ctx, at), share)
	if err != nil || !within {
		return Wanted, err
	}
	return Urgent, nil
}

// urgentTerms are the targets of a request with another priority, as reaim gives them; none when the standard names no
// times for urgent requests.
func (s *Service) urgentTerms(ctx context.Context, r Request, log []Event, to, policy string, at time.Time) (Terms, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return Terms{}, err
	}
	service, ok := snap.ByID(r.Service)
	if !ok {
		return Terms{}, nil
	}
	version, ok := service.Numbered(r.ServiceVersion)
	if !ok {
		return Terms{}, nil
	}
	std, _, err := s.Catalog.Terms(ctx, service, version.Standard, r.Customer, r.OpenedAt)
	if err != nil || std.Urgent == (catalog.Urgent{}) || (to == Urgent) == (r.Priority == Urgent) {
		return Terms{}, err
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return Terms{}, err
	}
	own, err := s.ownCalendar(ctx, book, r.Service)
	if err != nil {
		return Terms{}, err
	}
	states, err := clock.Replay(book, marks(log), at)
	if err != nil {
		return Terms{}, fmt.Errorf("replay %s: %w", r.Ref(), err)
	}
	m := reaim(states, std.For(to == Urgent), own, policy, at)
	return Terms{Response: m.Response, Completion: m.Completion, Next: m.Next, ResponseIn: m.ResponseIn, CompletionIn: m.CompletionIn}, nil
}

// dueAfter is when the completion is due after an event.
func (s *Service) dueAfter(ctx context.Context, log []Event, e Event) (time.Time, error) {
	var r Request
	_, err := s.reclock(ctx, &r, append(log[:len(log):len(log)], e), e.At)
	return r.Due, err
}

// month is a local month as a number: 202611.
func (s *Service) month(ctx context.Context, at time.Time) int {
	at = at.In(s.Org.Company(ctx).Location())
	return at.Year()*100 + int(at.Month())
}

// urgentShare is how many urgent requests a unit may make a month: as the service says, or else one for four of its people,
// at least three; and of which service the count is, 0 for the one of all services without a share of their own.
func (s *Service) urgentShare(ctx context.Context, rd sqldb.Reader, service, unit int64) (counted int64, share int, err error) {
	policy, err := s.Catalog.PolicyOf(ctx, service)
	if err != nil || policy.UrgentQuota != catalog.CompanyQuota {
		return service, policy.UrgentQuota, err
	}
	people, err := s.Org.MembersOf(ctx, rd, unit)
	return 0, max(3, (len(people)+3)/4), err
}

// urgentLeft is how much of the month's share a unit has left for a service, and of how much.
func (s *Service) urgentLeft(ctx context.Context, service, unit int64) (left, share int, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		counted, of, err := s.urgentShare(ctx, rd, service, unit)
		if err != nil {
			return err
		}
		n, err := urgentIn(ctx, rd, unit, counted, s.month(ctx, rd.Instant()))
		left, share = max(of-n, 0), of
		return err
	})
	return left, share, err
}

// Moved is what another priority would make of the due time.
type Moved struct {
	Now, Carry, FromStart time.Time
}

// Preview says what a priority would make of the due time of the completion, by either policy, before anybody decides.
func (s *Service) Preview(ctx context.Context, v View, to string) (Moved, error) {
	m := Moved{Now: v.Due}
	for policy, due := range map[string]*time.Time{clock.Carry: &m.Carry, clock.FromStart: &m.FromStart} {
		at := later(s.db.Now(), v.LastAt)
		terms, err := s.urgentTerms(ctx, v.Request, v.Log, to, policy, at)
		if err != nil {
			return m, err
		}
		if *due, err = s.dueAfter(ctx, v.Log, Event{Kind: VerbPriority, At: at, Code: to, Clock: policy, Terms: terms, Unit: v.Unit}); err != nil {
			return m, err
		}
	}
	return m, nil
}

// other is the priority that a change leads to.
func other(p Priority) Priority {
	if p == Urgent {
		return Usual
	}
	return Urgent
}

// priorityText is a change of priority in one sentence.
func priorityText(ctx context.Context, v View, e Event) string {
	to := e.Code
	if to == Usual {
		to = "normal"
	}
	text := lang.T(ctx, "request.did."+string(e.Kind)+"-"+to, "who", v.doer(ctx, e))
	if !e.DueTo.IsZero() && !e.DueFrom.IsZero() && !e.DueTo.Equal(e.DueFrom) {
		text += lang.T(ctx, "request.did.priority-due", "from", lang.DateTime(ctx, e.DueFrom), "to", lang.DateTime(ctx, e.DueTo))
	}
	if e.Why != "" {
		text += lang.T(ctx, "request.because", "why", e.Why)
	}
	return text
}

// policyOptions are the two ways in which the time that is used may count, each with the due time that it leads to; none
// when neither moves it.
func (s *Service) policyOptions(ctx context.Context, v View) ([]ui.Option, error) {
	m, err := s.Preview(ctx, v, other(v.Priority))
	if err != nil || m.Carry.Equal(m.Now) && m.FromStart.Equal(m.Now) {
		return nil, err
	}
	return []ui.Option{
		{Value: clock.Carry, Text: lang.T(ctx, "request.policy.carry", "due", lang.DateTime(ctx, m.Carry)), Selected: true},
		{Value: clock.FromStart, Text: lang.T(ctx, "request.policy.from_start", "due", lang.DateTime(ctx, m.FromStart))},
	}, nil
}
