package request

import (
	"context"

	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// accepts fills in what an acceptance says.
func (t *turn) accepts() {
	t.event.Other = acceptedAlone(t.log)
	alone := t.event.Code != codeDuplicate
	t.said = func(a About) event.Event {
		inTime, right := alone && t.r.CompletionIs == Met, alone && t.r.Returns == 0 && t.r.Reopens == 0
		if t.event.Side == HouseSide {
			return WasAcceptedByHouse{a, inTime, right, !alone}
		}
		return WasAccepted{a, inTime, right, !alone}
	}
}

// apart notes that a duplicate is none any more.
func (t *turn) apart() {
	if t.was.Duplicate {
		t.event.Code = codeApart
	}
}

// refuseDuplicate names the request on which a duplicate is accepted and rated, to those who may see that one.
func (s *Service) refuseDuplicate(ctx context.Context, rd sqldb.Reader, r, lead Request, verb Verb) error {
	err := doneWithTheOther(r, verb, lead.Ref())
	if err == nil {
		return nil
	}
	_, unseen := s.Access.Require(ctx, rd, "request.see", subject(lead.ID), lead.Confidential)
	if fault.KindOf(unseen) == fault.NotFound && unseen != nil {
		return doneWithTheOther(r, verb, "")
	}
	if unseen != nil {
		return unseen
	}
	return err
}

// along makes the turn of a request one of those that go along with it. What is written of a duplicate says so.
func (t *turn) along(r Request, log []Event, verb Verb) *turn {
	c := &turn{verb: verb, who: t.who, side: ProviderSide, set: t.set, at: later(t.at, r.LastAt), was: r, r: r, log: log}
	switch verb {
	case VerbUnmerge, VerbReturn:
		c.side = HouseSide // nobody said a word here
	case VerbAccept:
		c.side = t.event.Side
	}
	c.event = Event{Request: r.ID, N: r.Events + 1, At: c.at, Kind: verb, Actor: t.who.Person, Side: c.side, Unit: r.Unit,
		Imported: t.who.Import, For: t.event.For, Other: t.r.ID}
	if r.Duplicate && verb != VerbUnmerge {
		c.event.Code = codeDuplicate
	}
	return c
}

// recount writes what a request's turns count as, and asks for the causes of the late ones, when it has become a duplicate
// or is none any more.
func (s *Service) recount(ctx context.Context, tx *sqldb.Tx, was, r Request, log []Event, clocks []clock.State) error {
	if _, replies := lastTurn(clocks); was.Duplicate == r.Duplicate || !replies {
		return nil
	}
	list, err := s.turnsOf(ctx, r, log, tx.Now)
	if err != nil {
		return err
	}
	for _, x := range list {
		if err := s.noteTurn(ctx, tx, r, x); err != nil {
			return err
		}
	}
	return nil
}
