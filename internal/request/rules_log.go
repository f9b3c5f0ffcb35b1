package request

import (
	"slices"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
)

// happen makes the request what it is after the event: the fold of a log is its row. What the clocks say (copyClocks) and
// the edge of the provider are not in the log.
func (r *Request) happen(e Event) error {
	to, err := allowed(r.State, e.Kind)
	if err != nil {
		return err
	}
	r.State, r.Events, r.LastAt = to, e.N, e.At
	unit := r.Unit
	defer func() { r.staged(e, unit) }()
	r.confirmed(e)
	r.merged(e)
	switch e.Kind {
	case VerbReopen:
		r.reopen(e)
	case VerbRecur:
		r.Recurs++
	case VerbUrgent, VerbGrant, VerbPriority:
		r.Priority = e.Code
	case VerbContest, VerbAppeal, VerbVoid, VerbKeep:
		r.Contest = contested(r.Contest, e.Kind)
	case VerbTake:
		r.Assignee, r.TakenAt = e.Person, e.At
	case VerbPutBack:
		r.Assignee, r.TakenAt = 0, time.Time{}
		if r.HandOvers > 0 || r.Returns > 0 { // it is not new to anybody: only nobody has it
			r.State = StateWorking
		}
	case VerbAssign:
		r.Assignee = e.Person
		switch {
		case e.Person != e.Actor:
			r.TakenAt = time.Time{} // the colleague has not said so yet
		case r.TakenAt.IsZero():
			r.TakenAt = e.At
		}
	case VerbSucceed:
		if e.Side == ProviderSide {
			r.Assignee = e.Person
		}
	case VerbFollow:
		if e.Side == ProviderSide {
			r.Hops++
			if r.Provider == r.Unit { // otherwise another unit goes on owing the result
				r.Provider = e.Unit
			}
			r.Unit = e.Unit
		}
		if e.Side == HouseSide {
			r.Provider = e.Other
		}
	case VerbHandOver:
		r.Hops++
		r.HandOvers++
		r.Passes++
		r.Unit, r.Assignee, r.TakenAt = e.Unit, 0, time.Time{}
	case VerbSettle:
		r.Passes = 0
		if e.Unit != r.Unit {
			r.Hops++
			r.Unit, r.Assignee, r.TakenAt = e.Unit, 0, time.Time{}
		}
	case VerbRoute:
		if e.Unit != r.Unit {
			r.Hops++
			r.Unit, r.Assignee, r.TakenAt = e.Unit, 0, time.Time{}
		}
		if e.Person != 0 { // as when a colleague assigns it: who has it has not said so yet
			r.Assignee, r.TakenAt, r.State = e.Person, time.Time{}, StateWorking
		}
	case VerbSplit:
		r.Parts++
		r.PartsOpen++
	case VerbPart:
		r.PartsOpen--
	case VerbPartAgain:
		r.PartsOpen++
	case VerbDecline:
		r.Hops++
		r.Unit, r.Provider = e.Unit, e.Unit
	case VerbDeliver:
		r.DeliveredAt = e.At
	case VerbReturn:
		r.Returns++
		r.DeliveredAt = time.Time{}
	case VerbAccept:
		r.DoneAt, r.Silent = e.At, e.Side == HouseSide
	case VerbNudge:
		r.Nudges++
		r.NudgedAt = e.At
	case VerbRate:
		r.Rated = true
	case VerbPropose:
		r.Proposed = e.DueTo
	case VerbAgree:
		r.Proposed = time.Time{}
		if !e.DueTo.IsZero() {
			r.Agreed++
		}
	}
	if endsProposal(e.Kind) {
		r.Proposed = time.Time{}
	}
	if !r.State.Open() && r.ClosedAt.IsZero() {
		r.ClosedAt = e.At
	}
	return nil
}

// reopen takes up a request that was accepted: with whoever had it, or with nobody when they are gone.
func (r *Request) reopen(e Event) {
	r.Reopens++
	r.DeliveredAt, r.DoneAt, r.ClosedAt, r.Silent = time.Time{}, time.Time{}, time.Time{}, false
	if r.Assignee = e.Person; e.Person == 0 {
		r.State, r.TakenAt = StateNew, time.Time{}
	}
}

// Outcome is what a clock of the customer counts as for attainment. Pending: it has not ended, and nobody has noticed
// yet that it is late.
type Outcome string

// The outcomes.
const (
	Pending  Outcome = ""
	Met      Outcome = "met"
	Breached Outcome = "breached"
	Excluded Outcome = "excluded"
)

// outcome reads off a clock of the customer what it counts as.
func outcome(c clock.State) Outcome {
	switch {
	case !c.HasTarget():
		return Pending
	case c.State == clock.Cancelled, c.State == clock.Breached && c.ByChange: // a change made it late, not who has it in hand
		return Excluded
	case c.State == clock.Breached:
		return Breached
	case c.State == clock.Met:
		return Met
	}
	return Pending
}

// copyClocks writes onto the request what its lists and tallies read off the clocks.
func copyClocks(r *Request, states []clock.State) {
	r.ReplySince, r.ReplyDue = time.Time{}, time.Time{}
	for _, c := range states {
		switch {
		case c.Scope != clock.Customer:
		case c.Kind == clock.NextResponse:
			if !c.Over() {
				r.ReplySince, r.ReplyDue = c.StartedAt, c.DueAt
			}
		case c.Kind == clock.FirstResponse:
			r.ResponseDue, r.ResponseIs, r.ResponseTook = c.DueAt, r.counting(c), c.ElapsedSeconds()
			if c.State != clock.Cancelled {
				r.RespondedAt = c.EndedAt
			}
		default:
			r.Due, r.CompletionIs, r.CompletionTook, r.PausedTook = c.DueAt, r.counting(c), c.ElapsedSeconds(), c.PausedSeconds()
			copyOriginal(r, c)
		}
	}
	r.NextDue = r.nextDue()
}

// nextDue is when its unit owes something next: never while another request is worked on in its place.
func (r Request) nextDue() time.Time {
	if r.GoesAlong() {
		return never
	}
	next := nextDue(r.State, !r.RespondedAt.IsZero(), r.ResponseDue, r.Due)
	if !r.ReplyDue.IsZero() && r.ReplyDue.Before(next) {
		return r.ReplyDue
	}
	return next
}

// copyOriginal writes what the completion would be if no other date had been agreed on.
func copyOriginal(r *Request, c clock.State) {
	switch {
	case r.Agreed == 0:
	case c.AgreedDue.IsZero(): // agreed too late: the date moved nothing
		r.OriginalDue, r.OriginalIs = c.DueAt, r.counting(c)
	default:
		original := c
		original.State, original.ByChange = c.OriginalState, false
		r.OriginalDue, r.OriginalIs = c.OriginalDue, r.counting(original)
	}
}

// cameBack is 1 when the event gives the request back to a unit that had it before: log is what happened until then.
func cameBack(log []Event, e Event) int {
	passed := e.Kind == VerbDecline || e.Kind == VerbHandOver || e.Kind == VerbSettle
	if n := len(log); !passed || n == 0 || log[n-1].Unit == e.Unit {
		return 0
	}
	if slices.ContainsFunc(log, func(x Event) bool { return x.Unit == e.Unit }) {
		return 1
	}
	return 0
}

// marks turns the log of a request into what its clocks care about, in order.
func marks(log []Event) []clock.Mark { return marksSince(log, false) }

// allMarks are the marks with every word of the customer, also of those of which nothing was promised: a dry run promises it.
func allMarks(log []Event) []clock.Mark { return marksSince(log, true) }

// marksSince are the marks; next says whether something is promised of the customer's next words from the beginning.
func marksSince(log []Event, next bool) []clock.Mark {
	out := make([]clock.Mark, 0, len(log))
	void, back := voided(log), takenBack(log)
	part := calendar.Duration{} // what a part of another request has to be done in: whoever holds it has that target
	for _, e := range log {
		m := clock.Mark{At: e.At, Unit: e.Unit, Calendar: e.Terms.Calendar, Version: e.Terms.Version}
		switch e.Kind {
		case VerbOpen:
			m.Kind, m.Response, m.Completion, m.Next = clock.Open, e.Terms.Response, e.Terms.Completion, e.Terms.Next
			m.ResponseIn, m.CompletionIn = e.Terms.ResponseIn, e.Terms.CompletionIn
			if e.Other != 0 {
				part = e.Terms.Completion
			}
		case VerbDecline: // the decline itself is the first response; the next unit holds it from here on
			out = append(out, clock.Mark{At: e.At, Kind: clock.Respond})
			m.Kind = clock.Hop
		case VerbFollow:
			if e.Side != ProviderSide {
				continue
			}
			m.Kind = clock.Hop
		case VerbRoute:
			if e.Terms.Calendar == "" { // to somebody in the unit
				continue
			}
			m.Kind = clock.Hop
		case VerbHandOver, VerbSettle: // no response: the customer has heard nothing yet
			m.Kind = clock.Hop
		case VerbMessage:
			if e.Side != ProviderSide {
				if next && isWord(e) {
					out = append(out, clock.Mark{At: e.At, Kind: clock.Word})
				}
				continue
			}
			m.Kind = clock.Respond
		case VerbPropose:
			m.Kind = clock.Respond
		case VerbAgree:
			if e.DueTo.IsZero() {
				continue
			}
			m.Kind, m.Due = clock.Agree, e.DueTo
		case VerbUrgent, VerbGrant, VerbPriority:
			if e.Terms.Response.IsZero() && e.Terms.Completion.IsZero() && e.Terms.Next.IsZero() { // the standard names no times for urgent ones
				continue
			}
			m.Kind, m.Policy, m.Response, m.Completion = clock.Retarget, e.Clock, e.Terms.Response, e.Terms.Completion
			m.Next = e.Terms.Next
			m.ResponseIn, m.CompletionIn = e.Terms.ResponseIn, e.Terms.CompletionIn
		case VerbRetarget:
			m.Kind, m.Policy, m.Response, m.Completion = clock.Retarget, e.Why, e.Terms.Response, e.Terms.Completion
			m.Next = e.Terms.Next
			m.ResponseIn, m.CompletionIn = e.Terms.ResponseIn, e.Terms.CompletionIn
		case VerbAsk:
			m.Kind = clock.Pause
			if void[int64(e.N)] { // it was not needed: it answered the customer, and its time counts
				m.Kind = clock.Respond
			}
		case VerbMerge: // a question that it waits for is moot; its customer has heard from the unit when something was said
			if e.Clock != "" {
				out = append(out, clock.Mark{At: e.At, Kind: clock.Respond})
			}
			if back[e.N] {
				continue
			}
			m.Kind = clock.Resume
		case VerbAnswer:
			m.Kind = clock.Resume
		case VerbDeliver:
			m.Kind = clock.Deliver
		case VerbReturn:
			m.Kind = clock.Return
		case VerbAccept:
			m.Kind = clock.Accept
		case VerbReopen:
			m.Kind = clock.Reopen
		case VerbWithdraw, VerbCancel, VerbDisown:
			m.Kind = clock.Cancel
		case VerbNudge:
			if !next || !isWord(e) {
				continue
			}
			m.Kind = clock.Word
		default: // take, assign, note, rate, name, due stop and start nothing
			continue
		}
		if m.Kind == clock.Open || m.Kind == clock.Hop {
			m.Hop = part
		}
		out = append(out, m)
		next = next || !m.Next.IsZero()
		if next && isWord(e) && m.Kind != clock.Word {
			out = append(out, clock.Mark{At: e.At, Kind: clock.Word})
		}
	}
	return out
}

// implied lists the events that must have happened before a verb can in this state, and that other systems do not write
// down: whoever works on a request has taken it, what is accepted was delivered, what is answered was asked.
func implied(s State, v Verb) []Verb {
	switch {
	case s == StateNew && (v == VerbAsk || v == VerbDeliver):
		return []Verb{VerbTake}
	case s == StateNew && v == VerbAccept:
		return []Verb{VerbTake, VerbDeliver}
	case s == StateNew && (v == VerbPropose || v == VerbAgree):
		return []Verb{VerbTake}
	case (s == StateWorking || s == StateWaiting) && v == VerbAccept:
		return []Verb{VerbDeliver}
	case (s == StateWorking || s == StateWaiting) && v == VerbRate:
		return []Verb{VerbDeliver, VerbAccept}
	case s == StateDelivered && v == VerbRate:
		return []Verb{VerbAccept}
	case s == StateWorking && v == VerbAnswer:
		return []Verb{VerbAsk}
	}
	return nil
}

// tellable says whether a file of history may tell of the event: what a person did to one request.
func tellable(v Verb) bool {
	switch v {
	case VerbOpen, VerbTake, VerbAssign, VerbDecline, VerbHandOver, VerbAsk, VerbAnswer, VerbDeliver, VerbReturn, VerbAccept, VerbRate, VerbNudge,
		VerbWithdraw, VerbCancel, VerbMessage, VerbNote, VerbName, VerbPropose, VerbAgree, VerbReopen:
		return true
	}
	return false
}

// changing is the verb that leads from one state to another in a log that only tells states; "" when nothing changed.
func changing(from, to State) Verb {
	switch {
	case from == to:
		return ""
	case from == "":
		return VerbOpen // whatever the first line says, the case began there
	case to == StateWaiting:
		return VerbAsk
	case to == StateDelivered:
		return VerbDeliver
	case to == StateDone:
		return VerbAccept
	case to == StateWithdrawn:
		return VerbWithdraw
	case to == StateCancelled:
		return VerbCancel
	case to == StateWorking && from == StateWaiting:
		return VerbAnswer
	case to == StateWorking && from == StateDelivered:
		return VerbReturn
	case to == StateWorking:
		return VerbTake
	}
	return ""
}
