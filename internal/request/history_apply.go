package request

import (
	"context"
	"strings"

	"neike/internal/access"
	"neike/internal/app/importer"
	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

// applyHistory takes one chunk of cases in. It judges again: between the check and now a service or a person may have
// gone, and what is there already only goes on.
func (s *Service) applyHistory(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var count importer.Count
	var tallies []entry
	err := s.eachPast(ctx, tx, rows, func(_ importer.Row, j *judging) error {
		judge, write, counter := j.judge, s.remember, &count.Created
		if j.known != nil {
			judge, write, counter = j.more, s.goOn, &count.Updated
		}
		if err := judge(ctx); err != nil {
			return err
		}
		if len(j.problems) > 0 { // what was right when it was judged is no longer
			args := fault.Flat(j.problems[0].Args)
			return fault.New(fault.Conflict, j.problems[0].Key, args...)
		}
		if j.known != nil && len(j.changes()) == 0 {
			count.Unchanged++
			return nil
		}
		*counter++
		counted, err := write(ctx, tx, j)
		tallies = append(tallies, counted...)
		return err
	})
	if err != nil {
		return count, err
	}
	for _, x := range summed(tallies, s.Org.Company(ctx).Location()) {
		if err := s.Relation.Tally(ctx, tx, x.edge, x.day, x.Delta); err != nil {
			return count, err
		}
	}
	return count, nil
}

// remember writes one case of the past and gives what it adds to the tallies. Nobody is told.
func (s *Service) remember(ctx context.Context, tx *sqldb.Tx, j *judging) ([]entry, error) {
	p := &j.p
	r := &p.request
	var err error
	if r.Number, err = nextNumber(ctx, tx); err != nil {
		return nil, err
	}
	r.ID = tx.NewID()
	tallies, hops, err := s.trace(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	if err := insertRequest(ctx, tx, *r); err != nil {
		return nil, err
	}
	if err := updateRequest(ctx, tx, *r); err != nil { // what no request begins with
		return nil, err
	}
	if err := s.indexPast(ctx, tx, *r); err != nil {
		return nil, err
	}
	if err := s.retell(ctx, tx, p); err != nil {
		return nil, err
	}
	if err := insertEvents(ctx, tx, p.log...); err != nil {
		return nil, err
	}
	for _, h := range hops {
		if err := insertHop(ctx, tx, h); err != nil {
			return nil, err
		}
	}
	if err := s.Clock.Save(ctx, tx, clock.Subject{Kind: Kind, ID: r.ID}, p.clocks); err != nil {
		return nil, err
	}
	if _, replies := lastTurn(p.clocks); replies {
		if err := s.saveTurns(ctx, tx, *r, p.log); err != nil {
			return nil, err
		}
	}
	list := grants(*r, nil)
	if r.Assignee != 0 {
		list = append(list, access.Grant{Subject: subject(r.ID), Holder: access.Person(r.Assignee), Why: access.WhyAssigned})
	}
	if err := s.Access.Grant(ctx, tx, list...); err != nil {
		return nil, err
	}
	if p.rating != nil {
		p.rating.Request = r.ID
		if err := insertRating(ctx, tx, *p.rating); err != nil {
			return nil, err
		}
	}
	if r.State.Open() {
		if err := s.owe(ctx, tx, Request{}, *r, p.log); err != nil {
			return nil, err
		}
	}
	if err := s.Relation.Contact(ctx, tx, r.Edge, r.AskedBy, r.LastAt); err != nil {
		return nil, err
	}
	if err := s.countHands(ctx, tx, Request{}, *r); err != nil {
		return nil, err
	}
	return tallies, s.events.Emit(ctx, tx, WasOpened{about(*r, r.AskedBy, r.OpenedAt)})
}

// trace follows the case from unit to unit: its hops, its edge, and what counts on which edge.
func (s *Service) trace(ctx context.Context, tx *sqldb.Tx, p *past) (tallies []entry, hops []Hop, err error) {
	r := &p.request
	for i := range p.log {
		e := &p.log[i]
		e.Request = r.ID
		if e.Kind == VerbHandOver {
			hops[len(hops)-1].To = e.At
			from := hops[len(hops)-1].Unit
			hops = append(hops, Hop{Request: r.ID, N: len(hops) + 1, Unit: e.Unit, From: e.At, Why: e.Kind})
			x, _ := happened(0, *r, *e)
			if x.edge, err = s.Relation.Edge(ctx, tx, from, r.Customer); err != nil {
				return nil, nil, err
			}
			tallies = append(tallies, x)
			continue
		}
		if e.Kind == VerbOpen || e.Kind == VerbDecline {
			if n := len(hops); n > 0 {
				hops[n-1].To = e.At
				if x, counts := happened(r.Edge, *r, *e); counts {
					tallies = append(tallies, x)
				}
			}
			hops = append(hops, Hop{Request: r.ID, N: len(hops) + 1, Unit: e.Unit, From: e.At, Why: e.Kind})
			if r.Edge, err = s.Relation.Edge(ctx, tx, e.Unit, r.Customer); err != nil {
				return nil, nil, err
			}
			continue
		}
		if x, counts := happened(r.Edge, *r, *e); counts {
			tallies = append(tallies, x)
		}
	}
	hops[len(hops)-1].To = r.ClosedAt
	return append(tallies, counted(*r)...), hops, nil
}

// retell puts the words of the case into its conversation.
func (s *Service) retell(ctx context.Context, tx *sqldb.Tx, p *past) error {
	r := &p.request
	for i := range p.log {
		e := &p.log[i]
		text := strings.TrimSpace(p.said[e.N])
		if text == "" {
			continue
		}
		kind := kinds[e.Kind]
		if kind == "" {
			kind = talk.KindMessage
		}
		unit := e.Unit
		if e.Side == CustomerSide {
			unit = r.Customer
		}
		if long := []rune(text); len(long) > maxText {
			text = string(long[:maxText-1]) + "…"
		}
		id, err := s.Talk.Post(ctx, tx, talk.Message{Subject: subject(r.ID), Person: e.Actor, Unit: unit, Kind: kind,
			Text: strings.ReplaceAll(text, "@[", "@ ["), At: e.At, Quiet: true})
		if err != nil {
			return err
		}
		e.Message = id
	}
	return nil
}
