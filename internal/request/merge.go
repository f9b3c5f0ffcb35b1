package request

import (
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Merge lets a request go along with another one that asks for the same (并入). The other is worked on in its place; when
// that is delivered, this one is, too, and its customer accepts, returns and rates for themselves. Its clocks run on: it is
// in time when that delivery is in time for it. Each customer goes on reading the own request alone. When nobody but the
// other's customers asked for it, it is a duplicate: it counts for nothing and is accepted with the other. text, when there
// is one, is said to its customer. The actor serves both; both are of one unit that owes the result.
func (s *Service) Merge(ctx context.Context, number int64, into, text string, when When) (Request, error) {
	ctx, err := s.by(ctx, when.By)
	if err != nil {
		return Request{}, err
	}
	other, unread := ParseRef(strings.TrimSpace(into))
	var after Request
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		to, err := s.target(ctx, tx, number, other)
		if err != nil {
			return err
		}
		t, err := s.begin(ctx, tx, number, VerbMerge, when)
		if err != nil {
			return err
		}
		if to, err = s.mayMerge(ctx, tx, t, to.ID, unread); err != nil {
			return err
		}
		if t.event.Other = to.ID; t.r.duplicateOf(to) {
			t.event.Code = codeDuplicate
		}
		t.said = func(a About) event.Event { return WasMerged{a, to.Number, to.Assignee, t.event.Code == codeDuplicate} }
		if text = strings.TrimSpace(text); text != "" {
			if err := s.speak(ctx, tx, t, text, nil); err != nil {
				return err
			}
			t.event.Clock = "first_response" // the customer has heard from the unit
		}
		if err := s.finish(ctx, tx, t, &after); err != nil {
			return err
		}
		return s.note(ctx, tx, to.ID, VerbTakeIn, t)
	})
	return after, spoken(ctx, err)
}

// target reads the other request and locks both in one go, so that of two merges the other way round none waits for the
// other; a zero request when there is none of that number.
func (s *Service) target(ctx context.Context, tx *sqldb.Tx, number, other int64) (Request, error) {
	to, err := byNumber(ctx, tx, other)
	if fault.KindOf(err) == fault.NotFound {
		return Request{}, nil
	}
	if err != nil || tx.Engine() == sqldb.SQLite {
		return to, err
	}
	r, err := byNumber(ctx, tx, number)
	if err != nil {
		return to, err
	}
	return to, tx.Lock(ctx, "request", r.ID, to.ID)
}

// mayMerge is the other request, when the actor serves it, too, and the one of the turn may go along with it.
func (s *Service) mayMerge(ctx context.Context, tx *sqldb.Tx, t *turn, id ID, unread error) (Request, error) {
	var f fault.Fields
	if id == 0 || unread != nil {
		f.Add("into", "request.merge-unknown")
		return Request{}, f.Err()
	}
	to, err := byID(ctx, tx, id)
	if err != nil {
		return to, err
	}
	_, err = s.Access.Require(ctx, tx, action(VerbMerge), subject(to.ID), to.Confidential)
	if fault.KindOf(err) == fault.NotFound {
		f.Add("into", "request.merge-unknown")
		return to, f.Err()
	}
	if err != nil {
		return to, err
	}
	if why := mergeable(t.r, to); why != "" {
		f.Add("into", why, "number", to.Ref())
		return to, f.Err()
	}
	of, err := mergedIDs(ctx, tx, t.r.ID)
	if err != nil {
		return to, err
	}
	if len(of) > 0 {
		return to, fault.New(fault.Conflict, "request.merge-has-merged", "number", t.r.Ref(), "count", len(of))
	}
	if of, err = mergedIDs(ctx, tx, to.ID); err == nil && len(of) >= maxMerged {
		f.Add("into", "request.merge-full", "number", to.Ref(), "max", maxMerged)
		err = f.Err()
	}
	return to, err
}

// note writes into the log of a request what happened to one that goes along with it; of a log without room that one says
// it alone.
func (s *Service) note(ctx context.Context, tx *sqldb.Tx, id ID, verb Verb, t *turn) error {
	about, _, written, err := s.beside(ctx, tx, t, id, verb, true)
	if err != nil || !written {
		return err
	}
	return s.events.Emit(ctx, tx, HasGoneAlong{about, t.r.Number, verb == VerbLetGo})
}

// Unmerge takes a merge back within a working day: the request goes on where it stood, its clocks as if it had never been
// merged.
func (s *Service) Unmerge(ctx context.Context, number int64, when When) (Request, error) {
	var to Request
	return s.turn(ctx, number, VerbUnmerge, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		m, _ := lastMerge(t.log)
		until, err := s.undoMergeBy(ctx, t.r, m)
		if err != nil {
			return err
		}
		if err := undoableMerge(until, t.at); err != nil {
			return err
		}
		if to, err = byID(ctx, tx, t.r.MergedInto); err != nil {
			return err
		}
		t.event.Other, t.event.Code = to.ID, string(stateBefore(t.log, m.N))
		t.said = func(a About) event.Event { return WasUnmerged{a, to.Number, ""} }
		return s.note(ctx, tx, to.ID, VerbLetGo, t)
	})
}

// undoMergeBy is until when a merge may be taken back: a working day of the unit that owes the result.
func (s *Service) undoMergeBy(ctx context.Context, r Request, m Event) (time.Time, error) {
	table, err := s.Calendar.TableFor(ctx, r.Provider)
	if err != nil {
		return noTime, err
	}
	until, err := table.Due(m.At, calendar.Duration{Value: 1, Unit: calendar.WorkdaysSameTime})
	if err != nil { // past the years that the calendar knows
		return m.At.AddDate(0, 0, 1), nil
	}
	return until, nil
}

// stateBefore is the state that the events before the n-th led to.
func stateBefore(log []Event, n int) State {
	r := Request{State: StateNew}
	for _, e := range log[1:] {
		if e.N >= n || r.happen(e) != nil {
			break
		}
	}
	return r.State
}

// oneWork are the requests that are one piece of work with a request: the one that is worked on first, then those that go
// along with it.
func oneWork(ctx context.Context, rd sqldb.Reader, r Request) ([]Request, error) {
	lead := r
	if r.GoesAlong() {
		var err error
		if lead, err = byID(ctx, rd, r.MergedInto); err != nil {
			return nil, err
		}
	}
	list, err := mergedInto(ctx, rd, lead.ID)
	return append([]Request{lead}, slices.DeleteFunc(list, func(x Request) bool { return !x.GoesAlong() })...), err
}

// inHandsOf is a request with who works on it: whoever has the one that it goes along with, as long as that is in the same
// unit, whose people may see both.
func inHandsOf(r, lead Request) Request {
	if r.MergedInto == lead.ID && r.Unit == lead.Unit {
		r.Assignee = lead.Assignee
	}
	return r
}

// carry hands on to the requests that go along with one what became of it: its delivery, or that it ended without one; to
// duplicates also that it was accepted or sent back.
func (s *Service) carry(ctx context.Context, tx *sqldb.Tx, t *turn) error {
	if (t.verb == VerbReturn || t.verb == VerbReopen) && t.was.MergedInto != 0 && t.r.MergedInto == 0 {
		return s.note(ctx, tx, t.was.MergedInto, VerbLetGo, t)
	}
	ended := t.was.State.Open() && !t.r.State.Open() && t.event.Kind != VerbAccept
	if !ended && t.event.Kind != VerbDeliver && t.event.Kind != VerbAccept && t.event.Kind != VerbReturn {
		return nil
	}
	list, err := mergedInto(ctx, tx, t.r.ID)
	if err != nil {
		return err
	}
	for _, r := range list {
		for _, verb := range carried(r, t.event.Kind, ended) {
			if r, err = s.carryTo(ctx, tx, t, r, verb); err != nil {
				return err
			}
		}
	}
	return nil
}

// carryTo is carry for one of them, with one verb.
func (s *Service) carryTo(ctx context.Context, tx *sqldb.Tx, t *turn, r Request, verb Verb) (after Request, err error) {
	log, err := eventsOf(ctx, tx, r.ID)
	if err != nil {
		return r, err
	}
	c := t.along(r, log, verb)
	switch verb {
	case VerbUnmerge:
		if c.event.Code = string(goesOnAs(r)); r.State == StateDelivered {
			c.event.Code = string(StateDelivered)
		}
		c.said = func(a About) event.Event { return WasUnmerged{a, t.r.Number, "ended"} }
	case VerbAccept:
		c.accepts()
	case VerbReturn:
		c.said = func(a About) event.Event { return WasReturned{a, true} }
	default:
		c.quiet = r.onlyFor(t.r.customers())
		c.said = func(a About) event.Event { return WasDelivered{a, c.quiet} }
		if t.shared != "" {
			if err := s.speak(ctx, tx, c, t.shared, nil); err != nil {
				return r, err
			}
		}
	}
	return after, s.finish(ctx, tx, c, &after)
}

// DeliverAll is Deliver with words for the customers of the requests that go along with it: what is said to the customer
// of this one may name them, so it is not shown to others.
func (s *Service) DeliverAll(ctx context.Context, number int64, text, others string, files []int64, when When) (Request, error) {
	return s.turn(ctx, number, VerbDeliver, when, func(ctx context.Context, tx *sqldb.Tx, t *turn) error {
		if err := s.wholeAgain(ctx, tx, t.r); err != nil {
			return err
		}
		t.shared = strings.TrimSpace(others)
		var f fault.Fields
		if t.shared != "" {
			t.shared = need(&f, "others", others)
		}
		if err := f.Err(); err != nil {
			return err
		}
		t.said = func(a About) event.Event { return WasDelivered{About: a} }
		if text == "" && len(files) == 0 {
			return nil
		}
		return s.speak(ctx, tx, t, text, files)
	})
}

// aloneOnly refuses to split what others go along with.
func (s *Service) aloneOnly(ctx context.Context, rd sqldb.Reader, r Request) error {
	of, err := mergedIDs(ctx, rd, r.ID)
	if err == nil && len(of) > 0 {
		err = fault.New(fault.Conflict, "request.split-merged", "count", len(of))
	}
	return err
}

// LinkTo says that two requests that the actor may see belong together; the actor has a part in the first. Each side shows it to
// those who may see the other.
func (s *Service) LinkTo(ctx context.Context, number int64, kind LinkKind, other string) error {
	return s.tie(ctx, number, kind, other, func(ctx context.Context, tx *sqldb.Tx, r, o Request, links []Link) error {
		for _, l := range links {
			if l.EndedAt.IsZero() && l.end(r.ID) == o.ID && l.seenFrom(r.ID) == string(kind) {
				return fault.New(fault.Conflict, "request.linked-already")
			}
		}
		if len(links) >= maxLinks {
			return fault.New(fault.Conflict, "request.links-full", "max", maxLinks)
		}
		me := actor.From(ctx).Person
		l := Link{ID: tx.NewID(), Request: r.ID, Other: o.ID, Kind: kind, By: me, At: tx.Now}
		if err := insertLink(ctx, tx, l); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasLinked{About: about(r, me, tx.Now), Other: o.Number, Kind: string(kind)})
	})
}

// maxLinks bounds how often a request is ever linked.
const maxLinks = 200

// Unlink takes a link back, from either side.
func (s *Service) Unlink(ctx context.Context, number int64, kind LinkKind, other string) error {
	return s.tie(ctx, number, kind, other, func(ctx context.Context, tx *sqldb.Tx, r, o Request, links []Link) error {
		me := actor.From(ctx).Person
		for _, l := range links {
			if !l.EndedAt.IsZero() || l.end(r.ID) != o.ID || l.Kind != kind {
				continue
			}
			l.EndedAt, l.EndedBy = tx.Now, me
			if was, err := endLink(ctx, tx, l); err != nil || was {
				if err != nil {
					return err
				}
				return s.events.Emit(ctx, tx, WasLinked{About: about(r, me, tx.Now), Other: o.Number, Kind: string(kind), Ended: true})
			}
		}
		return fault.New(fault.Conflict, "request.not-linked")
	})
}

// tie loads two requests that the actor may see, the first of them the actor's to link.
func (s *Service) tie(ctx context.Context, number int64, kind LinkKind, other string, do func(context.Context, *sqldb.Tx, Request, Request, []Link) error) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		if _, err := s.Access.Require(ctx, tx, "request.link", subject(r.ID), r.Confidential); err != nil {
			return err
		}
		var f fault.Fields
		if !knownLink(kind) {
			f.Add("kind", "request.link-kind-unknown")
		}
		o, err := s.seeable(ctx, tx, other)
		switch {
		case fault.KindOf(err) == fault.NotFound && err != nil:
			f.Add("other", "request.link-unknown")
		case err != nil:
			return err
		case o.ID == r.ID:
			f.Add("other", "request.link-itself")
		}
		if err := f.Err(); err != nil {
			return err
		}
		links, err := linksOf(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		return do(ctx, tx, r, o, links)
	})
	return spoken(ctx, err)
}

func knownLink(kind LinkKind) bool {
	for _, k := range LinkKinds {
		if k == kind {
			return true
		}
	}
	return false
}

// seeable is the request of a number, when the actor may see it.
func (s *Service) seeable(ctx context.Context, rd sqldb.Reader, ref string) (Request, error) {
	number, err := ParseRef(strings.TrimSpace(ref))
	if err != nil {
		return Request{}, err
	}
	r, err := byNumber(ctx, rd, number)
	if err != nil {
		return r, err
	}
	_, err = s.Access.Require(ctx, rd, "request.see", subject(r.ID), r.Confidential)
	return r, err
}

// mayLink says whether the reader of a view may link the request.
func (v View) mayLink() bool { return access.May("request.link", v.Set, v.Confidential) }
