package request

import (
	"context"
	"strconv"
	"strings"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/routing"
)

// routed is what the rules of units made of a request, and what of it is announced.
type routed struct {
	r      Request
	log    []Event
	clocks []clock.State
	said   []event.Event
}

// deepest is how many units below each other a request is sent down by rules.
const deepest = 5

// route lets the rules of the unit that has just got a request decide who gets it, and those of the units below that it is sent
// to. What somebody has, what is confidential, and history stay as they are. opening says that it is part of the request's own
// beginning. The row, its clocks and its log were written before.
func (s *Service) route(ctx context.Context, tx *sqldb.Tx, was Request, log []Event, opening bool) (routed, error) {
	out := routed{r: was, log: log}
	if was.Confidential || was.Imported || was.Assignee != 0 || was.State != StateNew && was.State != StateWorking {
		return out, nil
	}
	for range deepest {
		has, err := s.Routing.Has(ctx, out.r.Unit)
		if err != nil || !has {
			return out, err
		}
		c, err := s.caseOf(ctx, out.r, tx.Now)
		if err != nil {
			return out, err
		}
		d, err := s.Routing.Decide(ctx, tx, c)
		if err != nil || !d.Given() {
			return out, err
		}
		if err := s.obey(ctx, tx, &out, d, opening); err != nil {
			return out, err
		}
		if d.Person != 0 {
			break
		}
	}
	return out, nil
}

// obey writes one decision of a rule.
func (s *Service) obey(ctx context.Context, tx *sqldb.Tx, out *routed, d routing.Decision, opening bool) error {
	was, r := out.r, out.r
	e := Event{Request: r.ID, N: r.Events + 1, At: r.LastAt, Kind: VerbRoute, Side: HouseSide, Unit: r.Unit, Person: d.Person,
		Other: int64(d.Version), Code: string(d.Rule.Way) + " " + strconv.FormatInt(d.Rule.ID, 10)}
	var err error
	if d.Unit != 0 {
		e.Unit = d.Unit
		if e.Terms, err = s.termsOf(ctx, d.Unit); err != nil {
			return err
		}
		if err := closeHop(ctx, tx, Hop{Request: r.ID, N: r.Hops, To: e.At}); err != nil {
			return err
		}
		if err := insertHop(ctx, tx, Hop{Request: r.ID, N: r.Hops + 1, Unit: d.Unit, From: e.At, Why: VerbRoute}); err != nil {
			return err
		}
	}
	if err := r.happen(e); err != nil {
		return err
	}
	log := append(out.log[:len(out.log):len(out.log)], e)
	if out.clocks, err = s.reclock(ctx, &r, log, tx.Now); err != nil {
		return err
	}
	if err := updateRequest(ctx, tx, r); err != nil {
		return err
	}
	if err := s.countHands(ctx, tx, was, r); err != nil {
		return err
	}
	if err := s.reindex(ctx, tx, was, r); err != nil {
		return err
	}
	if err := insertEvents(ctx, tx, e); err != nil {
		return err
	}
	if err := s.lend(ctx, tx, was, r, log); err != nil {
		return err
	}
	out.r, out.log = r, log
	out.said = append(out.said, WasRouted{About: about(r, 0, e.At), Rule: d.Rule.ID, Version: d.Version, Way: string(d.Rule.Way), From: was.Unit, Opening: opening})
	return nil
}

// lend moves what hangs on who has a request: grants, watching, clocks, what is owed.
func (s *Service) lend(ctx context.Context, tx *sqldb.Tx, was, r Request, log []Event) error {
	t := &turn{was: was, r: r, side: HouseSide}
	if r.Unit != was.Unit {
		if err := s.regroup(ctx, tx, t, r.Unit); err != nil {
			return err
		}
		states, err := s.reclock(ctx, &Request{}, log, tx.Now)
		if err != nil {
			return err
		}
		if err := s.saveClocks(ctx, tx, r, states); err != nil {
			return err
		}
	}
	if r.Assignee != 0 {
		if err := s.hold(ctx, tx, t, r.Assignee); err != nil {
			return err
		}
	}
	return s.owe(ctx, tx, was, r, log)
}

// passesOn says whether after an event another unit has the request, as its own new work.
func passesOn(was Request, e Event) bool {
	return (e.Kind == VerbHandOver || e.Kind == VerbDecline || e.Kind == VerbSettle) && e.Unit != was.Unit
}

// caseOf is a request as rules see it.
func (s *Service) caseOf(ctx context.Context, r Request, at time.Time) (routing.Case, error) {
	c := routing.Case{Unit: r.Unit, Service: r.Service, Customer: r.Customer, Place: r.Place.ID, Urgent: r.Priority == Urgent, Customers: r.customers(), At: at}
	var err error
	if c.Form, err = s.formOf(ctx, r); err != nil {
		return c, err
	}
	c.Values, err = form.ParseValues(r.Fields)
	return c, err
}

// pasts fills the slot of routing.
type pasts struct{ s *Service }

// InHand counts what people have in hand.
func (x pasts) InHand(ctx context.Context, rd sqldb.Reader, people []int64) (map[int64]int, error) {
	return inHands(ctx, rd, people)
}

// CountGot counts what a unit was asked in a span.
func (x pasts) CountGot(ctx context.Context, rd sqldb.Reader, unit int64, from, to time.Time) (int64, error) {
	return countGot(ctx, rd, unit, Span{from, to})
}

// GotBy reads what a unit was asked in a span, one after the other.
func (x pasts) GotBy(ctx context.Context, rd sqldb.Reader, unit int64, from, to time.Time, after routing.Past, limit int) ([]routing.Past, error) {
	rows, err := gotBy(ctx, rd, unit, Span{from, to}, after.At, after.Request, limit)
	if err != nil {
		return nil, err
	}
	out := make([]routing.Past, 0, len(rows))
	for _, r := range rows {
		c, err := x.s.caseOf(ctx, r, r.OpenedAt)
		if err != nil {
			return nil, err
		}
		c.Unit = unit
		out = append(out, routing.Past{Request: r.ID, Case: c, Closed: r.ClosedAt, Had: r.Assignee})
	}
	return out, nil
}

// Shown describes requests as far as the actor may see them.
func (x pasts) Shown(ctx context.Context, ids []int64) (map[int64]routing.Shown, error) {
	rows, err := x.s.Seen(ctx, ids)
	out := make(map[int64]routing.Shown, len(rows))
	for _, l := range rows {
		out[l.ID] = routing.Shown{Ref: l.Ref(), Link: link(l.Number), Title: l.Title}
	}
	return out, err
}

// routeText says who was given a request by a rule, for the timeline. By which, only the serving side reads.
func routeText(ctx context.Context, v View, e Event) string {
	if e.Person != 0 {
		return lang.T(ctx, "request.did.route", "person", v.People[e.Person].Display(ctx))
	}
	return lang.T(ctx, "request.did.route-unit", "unit", v.Tree.FullName(ctx, e.Unit))
}

// giving is why somebody, or a unit, has a request: the rule that gave it.
type giving struct {
	Text, Name, When, Href string
}

// whyGiven explains to the serving side the rule by which who has the request got it; nil when none did.
func (s *Service) whyGiven(ctx context.Context, rd sqldb.Reader, v View) (*giving, error) {
	if v.Side != ProviderSide || !v.State.Open() {
		return nil, nil
	}
	unit := int64(0)
	var last *Event
	for i, e := range v.Log {
		switch e.Kind {
		case VerbRoute:
			last, unit = &v.Log[i], v.Log[max(i-1, 0)].Unit
		case VerbTake, VerbAssign, VerbSucceed, VerbPutBack, VerbHandOver, VerbDecline, VerbSettle, VerbFollow:
			if e.Kind != VerbTake || last == nil || e.Person != last.Person {
				last = nil // somebody else decided since
			}
		}
	}
	if last == nil {
		return nil, nil
	}
	_, id, _ := strings.Cut(last.Code, " ")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, nil
	}
	rule, ok, err := s.Routing.RuleOf(ctx, rd, unit, int(last.Other), n)
	if err != nil || !ok {
		return nil, err
	}
	g := &giving{Name: rule.Name, Text: routeText(ctx, v, *last)}
	g.When, err = s.Routing.Words(ctx, rd, unit, rule)
	if u, known := v.Tree.ByID(unit); known {
		g.Href = "/units/" + u.Code + "/routing"
	}
	return g, err
}
