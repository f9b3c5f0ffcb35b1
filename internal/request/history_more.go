package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/app/importer"
	"neike/internal/clock"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// knownCase is a case of an earlier file, as it is here now.
type knownCase struct {
	request Request
	log     []Event
}

// more judges what a file tells of a case that is here already: the steps of its log are passed over, those after its
// last one are added. History that is here is not rewritten, and a request that went on here goes on here only.
func (j *judging) more(ctx context.Context) error {
	j.p = past{request: j.known.request, log: slices.Clone(j.known.log), said: map[int]string{}}
	news := j.news()
	if len(news) == 0 {
		return nil
	}
	if slices.ContainsFunc(j.known.log, func(e Event) bool { return !e.Imported }) {
		j.kept = append(j.kept, importer.Wrong(news[0].Line, columnOf(news[0]), "request.import.continued", "number", j.known.request.Ref()))
		return nil
	}
	for _, e := range news {
		if e.Kind == VerbOpen || e.At.Before(j.known.request.LastAt) {
			j.wrong(e.Line, columnOf(e), "request.import.earlier", "value", e.At.Format(time.RFC3339), "last", j.known.request.LastAt.Format(time.RFC3339))
			return nil
		}
		if err := j.next(ctx, e); err != nil || len(j.problems) > 0 {
			return err
		}
	}
	j.reclock(ctx)
	return nil
}

// news lists the events that the log does not have. The file may tell the case from its beginning or go on where an
// earlier one ended.
func (j *judging) news() []pastEvent {
	r, list, from := &j.known.request, j.c.Events, State("")
	if len(list) > 0 && list[0].At.After(r.OpenedAt) {
		from = r.State
		list = slices.DeleteFunc(slices.Clone(list), func(e pastEvent) bool {
			return e.State != "" && slices.ContainsFunc(j.known.log, func(x Event) bool { return x.At.Equal(e.At) })
		})
	}
	return slices.DeleteFunc(steppedEvents(list, from), func(e pastEvent) bool {
		return slices.ContainsFunc(j.known.log, func(x Event) bool {
			return x.At.Equal(e.At) && (x.Kind == e.Kind || x.Kind == VerbWithdraw && e.Kind == VerbCancel)
		})
	})
}

// changes tells what becomes of a known case: its state and how much has happened to it.
func (j *judging) changes() []importer.Change {
	was, is := &j.known.request, &j.p.request
	if is.Events == was.Events {
		return nil
	}
	return []importer.Change{{Column: "state", Old: string(was.State), New: string(is.State)}}
}

// goOn writes what a file tells beyond the log of a case, and gives what that changes in the tallies. Nobody is told.
func (s *Service) goOn(ctx context.Context, tx *sqldb.Tx, j *judging) ([]entry, error) {
	r, fresh := &j.p.request, j.p.log[len(j.known.log):]
	was, err := lock(ctx, tx, r.Number, VerbDeliver)
	if err != nil || was.Events != j.known.request.Events { // it went on here between the check and now
		return nil, err
	}
	for i := range fresh {
		fresh[i].Request = r.ID
	}
	tallies, err := s.follow(ctx, tx, was, r, fresh)
	if err != nil {
		return nil, err
	}
	if err := s.retell(ctx, tx, &j.p); err != nil {
		return nil, err
	}
	if err := updateRequest(ctx, tx, *r); err != nil {
		return nil, err
	}
	if err := s.reindex(ctx, tx, was, *r); err != nil {
		return nil, err
	}
	if err := insertEvents(ctx, tx, fresh...); err != nil {
		return nil, err
	}
	if err := s.Clock.Save(ctx, tx, clock.Subject{Kind: Kind, ID: r.ID}, j.p.clocks); err != nil {
		return nil, err
	}
	if _, replies := lastTurn(j.p.clocks); replies {
		if err := s.saveTurns(ctx, tx, *r, j.p.log); err != nil {
			return nil, err
		}
	}
	if err := s.regrant(ctx, tx, was, *r); err != nil {
		return nil, err
	}
	if j.p.rating != nil {
		j.p.rating.Request = r.ID
		if err := insertRating(ctx, tx, *j.p.rating); err != nil {
			return nil, err
		}
	}
	if err := s.owe(ctx, tx, was, *r, j.p.log); err != nil {
		return nil, err
	}
	if err := s.Relation.Contact(ctx, tx, r.Edge, r.AskedBy, r.LastAt); err != nil {
		return nil, err
	}
	if err := s.countHands(ctx, tx, was, *r); err != nil {
		return nil, err
	}
	for _, x := range counted(was) {
		x.Delta = relation.Delta{}.Minus(x.Delta)
		tallies = append(tallies, x)
	}
	return append(tallies, counted(*r)...), s.events.Emit(ctx, tx, told(was, *r, fresh[len(fresh)-1]))
}

// follow traces new events from unit to unit: the hops, the edge, and what counts on which edge.
func (s *Service) follow(ctx context.Context, tx *sqldb.Tx, was Request, r *Request, fresh []Event) (tallies []entry, err error) {
	n, unit := was.Hops, was.Unit
	for _, e := range fresh {
		if x, counts := happened(r.Edge, *r, e); counts {
			if e.Kind == VerbHandOver {
				if x.edge, err = s.Relation.Edge(ctx, tx, unit, r.Customer); err != nil {
					return nil, err
				}
			}
			tallies = append(tallies, x)
		}
		unit = e.Unit
		if e.Kind != VerbDecline && e.Kind != VerbHandOver {
			continue
		}
		if err := closeHop(ctx, tx, Hop{Request: r.ID, N: n, To: e.At}); err != nil {
			return nil, err
		}
		n++
		if err := insertHop(ctx, tx, Hop{Request: r.ID, N: n, Unit: e.Unit, From: e.At, Why: e.Kind}); err != nil {
			return nil, err
		}
		if e.Kind == VerbHandOver { // who owes the result stays
			continue
		}
		if r.Edge, err = s.Relation.Edge(ctx, tx, e.Unit, r.Customer); err != nil {
			return nil, err
		}
	}
	if was.State.Open() && !r.State.Open() {
		err = closeHop(ctx, tx, Hop{Request: r.ID, N: n, To: r.ClosedAt})
	}
	return tallies, err
}

// regrant lets those see the request who serve it now.
func (s *Service) regrant(ctx context.Context, tx *sqldb.Tx, was, r Request) error {
	var list []access.Grant
	if was.Unit != r.Unit {
		if err := s.Access.RevokeAll(ctx, tx, subject(r.ID), access.WhyServes); err != nil {
			return err
		}
		list = append(list, access.Grant{Subject: subject(r.ID), Holder: access.Unit(r.Unit), Why: access.WhyServes})
		if r.Unit != r.Provider {
			list = append(list, access.Grant{Subject: subject(r.ID), Holder: access.Unit(r.Provider), Why: access.WhyOwes})
		}
	}
	if was.Assignee != r.Assignee {
		if err := s.Access.RevokeAll(ctx, tx, subject(r.ID), access.WhyAssigned); err != nil {
			return err
		}
		if r.Assignee != 0 {
			list = append(list, access.Grant{Subject: subject(r.ID), Holder: access.Person(r.Assignee), Why: access.WhyAssigned})
		}
	}
	return s.Access.Grant(ctx, tx, list...)
}

// told is what is announced of a case that went on elsewhere: its last step.
func told(was, r Request, e Event) event.Event {
	a := about(r, e.Actor, e.At)
	switch e.Kind {
	case VerbTake:
		return WasTaken{a}
	case VerbAssign:
		return WasAssigned{a}
	case VerbDecline:
		return WasDeclined{a, was.Unit}
	case VerbHandOver:
		return WasHandedOver{a, was.Unit, false}
	case VerbAsk:
		return WasAsked{a}
	case VerbAnswer:
		return WasAnswered{a}
	case VerbDeliver:
		return WasDelivered{About: a}
	case VerbReturn:
		return WasReturned{About: a}
	case VerbAccept:
		return WasAccepted{About: a, InTime: r.CompletionIs == Met, RightFirst: r.Returns == 0}
	case VerbRate:
		return WasRated{a}
	case VerbNudge:
		return WasNudged{a}
	case VerbWithdraw:
		return WasWithdrawn{a}
	case VerbCancel:
		return WasCancelled{a}
	}
	return WasSaid{About: a, Note: e.Kind == VerbNote}
}
