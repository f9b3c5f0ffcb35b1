package request

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
	"neike/internal/todo"
)

// link is the page of a request.
func link(number int64) string { return "/requests/" + Ref(number) }

// due is one obligation that a request puts on somebody.
type due struct {
	holder access.Holder
	verb   string
	by     time.Time
	owedTo int64
	unit   int64 // on the other side
}

// owed lists what a request in this state puts on whom. named are the people who may work on a confidential one that
// nobody has taken; judged those who have rated; stand those who stand in for its customer.
func owed(r Request, named, judged []int64, stand ...int64) []due {
	to := r.AskedBy
	if r.For != 0 {
		to = r.For
	}
	provider := func(h access.Holder, verb string, by time.Time) due { return due{h, verb, by, to, r.Customer} }
	customers := func(verb string) []due {
		var out []due
		for _, c := range r.customers() {
			if verb != "rate" || !slices.Contains(judged, c) {
				out = append(out, due{access.Person(c), verb, noTime, r.Assignee, r.Unit})
			}
		}
		if verb == "answer" || verb == "accept" || verb == "agree-date" {
			for _, p := range stand {
				out = append(out, due{access.Person(p), verb, noTime, r.Assignee, r.Unit})
			}
		}
		return out
	}
	answers := func() (out []due) {
		if r.Unconfirmed() {
			out = customers("confirm")
		}
		if !r.Proposed.IsZero() {
			out = append(out, customers("agree-date")...)
		}
		return out
	}
	work := "deliver"
	if r.Returns > 0 || r.Reopens > 0 {
		work = "rework"
	}
	take := func(by time.Time) []due {
		if !r.Confidential {
			return append(answers(), provider(access.Holder{Kind: "unit", ID: r.Unit, Role: "agent"}, "take", by))
		}
		var out []due
		for _, p := range named {
			out = append(out, provider(access.Person(p), "take", by))
		}
		return out
	}
	replies := func() []due { // when nothing else is in the hands of those who owe an answer
		switch {
		case r.ReplyDue.IsZero():
			return nil
		case r.Assignee != 0:
			return []due{provider(access.Person(r.Assignee), verbReply, r.ReplyDue)}
		case !r.Confidential:
			return []due{provider(access.Holder{Kind: "unit", ID: r.Unit, Role: "agent"}, verbReply, r.ReplyDue)}
		}
		var out []due
		for _, p := range named {
			out = append(out, provider(access.Person(p), verbReply, r.ReplyDue))
		}
		return out
	}
	hands := func(work string, by time.Time) []due {
		switch {
		case r.Assignee == 0:
			return take(by)
		case r.PartsOpen > 0: // others have to do their part first
			return replies()
		}
		return []due{provider(access.Person(r.Assignee), work, by)}
	}
	plain := answers
	answers = func() []due {
		if r.Priority != Wanted || r.Confidential {
			return plain()
		}
		return append(plain(), due{access.Holder{Kind: "unit", ID: r.Customer, Role: "head"}, "grant-urgent", noTime, to, r.Unit})
	}
	switch r.State {
	case StateNew:
		return append(answers(), take(r.NextDue)...)
	case StateWorking:
		if r.GoesAlong() { // another one is worked on in its place
			if r.Unconfirmed() {
				return customers("confirm")
			}
			return nil
		}
		return append(answers(), hands(work, r.NextDue)...)
	case StateWaiting:
		return append(append(customers("answer"), answers()...), hands(work, r.ReplyDue)...)
	case StateDelivered:
		if r.Duplicate { // accepted and rated with the other one
			return replies()
		}
		return append(customers("accept"), replies()...)
	case StateDone:
		if r.Duplicate {
			return nil
		}
		return customers("rate")
	}
	return nil
}

// verbReply is what a unit owes that has nothing else to do: an answer to what the customer said next.
const verbReply = "reply"

// owe writes the difference between what the request put on people before and what it puts on them now. log is the log
// of the request with the event that made the difference.
func (s *Service) owe(ctx context.Context, tx *sqldb.Tx, was, r Request, log []Event) error {
	named := takersIn(log)
	before := owed(was, takersIn(log[:len(log)-1]), nil, standing(log[:len(log)-1])...)
	after := owed(r, named, judgedIn(log), standing(log)...)
	var gone []string
	for _, b := range before {
		if !slices.ContainsFunc(after, func(a due) bool { return a.verb == b.verb && a.holder == b.holder }) && !slices.Contains(gone, b.verb) {
			gone = append(gone, b.verb)
		}
	}
	if len(gone) > 0 {
		if err := s.Todo.Fulfil(ctx, tx, subject(r.ID), gone...); err != nil {
			return err
		}
	}
	for _, a := range after {
		if a.by.Equal(never) {
			a.by = noTime
		}
		if slices.Contains(before, a) && !slices.Contains(gone, a.verb) {
			continue
		}
		until := noTime
		if a.verb == "rate" {
			var err error
			if until, err = s.invitedUntil(ctx, r); err != nil {
				return err
			}
			if !until.After(tx.Now) {
				continue // history
			}
		}
		err := s.Todo.Owe(ctx, tx, todo.Todo{Holder: a.holder, For: a.owedTo, Unit: a.unit, Subject: subject(r.ID), Verb: a.verb,
			Title: r.Title, Ref: r.Ref(), Link: link(r.Number), Due: a.by, Until: until, Since: log[len(log)-1].At})
		if err != nil {
			return err
		}
	}
	since := log[len(log)-1].At
	if err := s.oweEnding(ctx, tx, was, r, since); err != nil {
		return err
	}
	return s.oweDecision(ctx, tx, was, r, since)
}

// owedDecision is the question who does a request that was handed over too often, as one who decides it has it.
func owedDecision(r Request, person int64, since time.Time) todo.Todo {
	return asJudge(r, todo.Todo{Holder: access.Person(person), For: r.AskedBy, Unit: r.Customer, Subject: subject(r.ID), Verb: "settle", Title: r.Title,
		Ref: r.Ref(), Link: link(r.Number), Since: since})
}

// invitation is how long a customer is invited to rate. Afterwards the request's page still takes a rating.
var invitation = calendar.Duration{Value: 10, Unit: calendar.WorkdaysEOD}

// invitedUntil is when the invitation to rate lapses, in the customer's calendar.
func (s *Service) invitedUntil(ctx context.Context, r Request) (time.Time, error) {
	table, err := s.Calendar.TableFor(ctx, r.Customer)
	if err != nil {
		return noTime, err
	}
	until, err := table.Due(r.DoneAt, invitation)
	if err != nil { // past the years that the calendar knows
		return r.DoneAt.AddDate(0, 0, 14), nil
	}
	return until, nil
}

// namedIn lists whom the customer has named on a confidential request.
func namedIn(log []Event) []int64 {
	var out []int64
	for _, e := range log {
		if e.Kind == VerbName && !slices.Contains(out, e.Person) {
			out = append(out, e.Person)
		}
	}
	return out
}

// takersIn lists who may take a confidential request that nobody has: whom its last hand-over or decline, or the decision
// about it, names, and who was named since.
func takersIn(log []Event) []int64 {
	for i := len(log) - 1; i >= 0; i-- {
		if (log[i].Kind == VerbHandOver || log[i].Kind == VerbDecline || log[i].Kind == VerbSettle) && log[i].Person != 0 {
			return append([]int64{log[i].Person}, namedIn(log[i+1:])...)
		}
	}
	return namedIn(log)
}

// judgedIn lists who has rated.
func judgedIn(log []Event) []int64 {
	var out []int64
	for _, e := range log {
		if e.Kind == VerbRate {
			out = append(out, e.Actor)
		}
	}
	return out
}

// entry is a change of an edge's counters on a day.
type entry struct {
	edge int64
	day  time.Time
	relation.Delta
}

// counted lists what a request counts as on its edge, whatever happened on the way: the day it was opened, what its
// clocks have come to on the days they were due, and what it took on the day of the acceptance that stands. The zero request counts as
// nothing.
func counted(r Request) []entry {
	if r.ID == 0 {
		return nil
	}
	list := []entry{{r.Edge, r.OpenedAt, relation.Delta{Opened: 1}}}
	switch r.CompletionIs {
	case Met:
		list = append(list, entry{r.Edge, r.Due, relation.Delta{Met: 1}})
	case Breached:
		list = append(list, entry{r.Edge, r.Due, relation.Delta{Breached: 1}})
	case Excluded:
		list = append(list, entry{r.Edge, r.Due, relation.Delta{Excluded: 1}})
	}
	switch r.ResponseIs {
	case Met:
		list = append(list, entry{r.Edge, r.ResponseDue, relation.Delta{ResponseMet: 1}})
	case Breached:
		list = append(list, entry{r.Edge, r.ResponseDue, relation.Delta{ResponseBreached: 1}})
	case Excluded:
		list = append(list, entry{r.Edge, r.ResponseDue, relation.Delta{ResponseExcluded: 1}})
	}
	if r.State == StateDone && !r.DoneAt.IsZero() && !r.Duplicate {
		list = append(list, entry{r.Edge, r.DoneAt, relation.Delta{Ended: 1, Paused: r.PausedTook, Worked: r.CompletionTook, Hops: int64(r.Hops)}})
	}
	return list
}

// happened is what one event of a request counts as on the edge it happened on. edge is the request's before the event.
// Of a request that was reopened the first acceptance counts, and it was not right first time. What is delivered, accepted
// and returned as a duplicate counts once, with the other; when it goes on by itself, what was delivered counts from then on.
func happened(edge int64, r Request, e Event) (entry, bool) {
	d := entry{edge: edge, day: e.At}
	if delivered, accepted := leaves(e); delivered {
		if d.Delivered = 1; accepted {
			d.Accepted = 1
		}
		if e.Kind == VerbReturn {
			d.Returned = 1
		}
		return d, true
	}
	if e.Code == codeDuplicate {
		return d, false
	}
	switch e.Kind {
	case VerbDeliver:
		d.Delivered = 1
	case VerbAccept:
		if e.Other > 0 {
			return d, false
		}
		d.Accepted = 1
		if r.Returns == 0 && r.Reopens == 0 {
			d.RightFirst = 1
		}
	case VerbReturn:
		d.Returned = 1
	case VerbDecline:
		d.Declined = 1
	case VerbHandOver:
		d.HandedOver = 1
	case VerbWithdraw:
		d.Withdrawn = 1
	case VerbCancel, VerbDisown:
		d.Cancelled = 1
	default:
		return d, false
	}
	return d, true
}

// tally adds to the counters what a verb changed: one statement pair per edge and day.
func (s *Service) tally(ctx context.Context, tx *sqldb.Tx, was, r Request, e Event) error {
	var list []entry
	for _, x := range counted(was) {
		x.Delta = relation.Delta{}.Minus(x.Delta)
		list = append(list, x)
	}
	list = append(list, counted(r)...)
	if x, counts := happened(was.Edge, was, e); counts {
		if e.Kind == VerbHandOver && was.Unit != was.Provider {
			var err error
			if x.edge, err = s.Relation.Edge(ctx, tx, was.Unit, was.Customer); err != nil {
				return err
			}
		}
		list = append(list, x)
	}
	if e.Kind == VerbReopen && e.Code == "" && was.Reopens == 0 && was.Returns == 0 { // it had counted as right first time
		list = append(list, entry{was.Edge, was.DoneAt, relation.Delta{RightFirst: -1}})
	}
	zone := s.Org.Company(ctx).Location()
	for _, x := range summed(list, zone) {
		if err := s.Relation.Tally(ctx, tx, x.edge, x.day, x.Delta); err != nil {
			return err
		}
	}
	return s.countHands(ctx, tx, was, r)
}

// summed adds up entries of the same edge and local day, and orders them: two transactions take the rows in one order.
func summed(list []entry, zone *time.Location) []entry {
	var out []entry
	for _, x := range list {
		x.day = x.day.In(zone)
		i := slices.IndexFunc(out, func(o entry) bool {
			return o.edge == x.edge && relation.DayOf(o.day) == relation.DayOf(x.day)
		})
		if i < 0 {
			out = append(out, x)
			continue
		}
		out[i].Delta = out[i].Delta.Plus(x.Delta)
	}
	out = slices.DeleteFunc(out, func(x entry) bool { return x.Delta == relation.Delta{} })
	sorting.By(out, func(a, b entry) int {
		if a.edge != b.edge {
			return int(min(max(a.edge-b.edge, -1), 1))
		}
		return int(relation.DayOf(a.day) - relation.DayOf(b.day))
	})
	return out
}
