package request

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/clock"
	"neike/internal/kit/fault"
)

// State is where a request stands. The wire and the table carry the word itself.
type State string

// The states; doc.go draws the way between them.
const (
	StateNew       State = "new"
	StateWorking   State = "working"
	StateWaiting   State = "waiting"
	StateDelivered State = "delivered"
	StateDone      State = "done"
	StateWithdrawn State = "withdrawn"
	StateCancelled State = "cancelled"
)

// States lists every state in the order of the way.
var States = []State{StateNew, StateWorking, StateWaiting, StateDelivered, StateDone, StateWithdrawn, StateCancelled}

// Open says whether somebody still owes something: neither accepted nor taken back.
func (s State) Open() bool {
	return s == StateNew || s == StateWorking || s == StateWaiting || s == StateDelivered
}

// Verb is what a person does to a request. The last part of the route and the kind of the event.
type Verb string

// The verbs.
const (
	VerbOpen     Verb = "open"
	VerbTake     Verb = "take"
	VerbAssign   Verb = "assign"
	VerbDecline  Verb = "decline"
	VerbAsk      Verb = "ask"
	VerbAnswer   Verb = "answer"
	VerbDeliver  Verb = "deliver"
	VerbReturn   Verb = "return"
	VerbAccept   Verb = "accept"
	VerbRate     Verb = "rate"
	VerbNudge    Verb = "nudge"
	VerbWithdraw Verb = "withdraw"
	VerbCancel   Verb = "cancel"
	VerbMessage  Verb = "message"
	VerbNote     Verb = "note"
	VerbName     Verb = "name" // a confidential request: one more person may see it
)

// Side says for whom an actor acts on a request.
type Side string

// The sides. The house acts alone only through jobs and imports.
const (
	CustomerSide Side = "customer"
	ProviderSide Side = "provider"
	HouseSide    Side = "house"
)

// move is one row of the state machine: the states in which the verb is allowed, and the one it leads to
// ("" stays).
type move struct {
	from []State
	to   State
}

var ways = map[Verb]move{
	VerbTake:     {[]State{StateNew, StateWorking}, StateWorking}, // Working: only to confirm an assignment, see taken
	VerbAssign:   {[]State{StateNew, StateWorking, StateWaiting}, StateWorking},
	VerbDecline:  {[]State{StateNew}, StateNew},
	VerbAsk:      {[]State{StateWorking}, StateWaiting},
	VerbAnswer:   {[]State{StateWaiting}, StateWorking},
	VerbDeliver:  {[]State{StateWorking, StateWaiting}, StateDelivered},
	VerbReturn:   {[]State{StateDelivered}, StateWorking},
	VerbAccept:   {[]State{StateDelivered}, StateDone},
	VerbRate:     {[]State{StateDone}, ""},
	VerbNudge:    {[]State{StateNew, StateWorking}, ""},
	VerbWithdraw: {[]State{StateNew}, StateWithdrawn},
	VerbCancel:   {[]State{StateWorking, StateWaiting}, StateCancelled},
	VerbMessage:  {States, ""},
	VerbNote:     {States, ""},
	VerbName:     {[]State{StateNew, StateWorking, StateWaiting, StateDelivered}, ""},
}

// Verbs lists every verb but open, in the order of the way.
var Verbs = []Verb{VerbTake, VerbAssign, VerbDecline, VerbAsk, VerbAnswer, VerbDeliver, VerbReturn, VerbAccept, VerbRate, VerbNudge, VerbWithdraw, VerbCancel, VerbMessage, VerbNote, VerbName}

// allowed decides whether the state permits the verb and gives the state it leads to. Otherwise a Conflict whose key
// says what is the matter in that state.
func allowed(s State, v Verb) (State, error) {
	m, known := ways[v]
	if !known {
		return s, fault.ErrNotFound
	}
	if !slices.Contains(m.from, s) {
		return s, fault.New(fault.Conflict, refusal(s, v), "verb", string(v), "state", string(s))
	}
	switch {
	case m.to == "":
		return s, nil
	case v == VerbAssign && s == StateWaiting: // the customer still owes the answer, whoever works on it
		return StateWaiting, nil
	}
	return m.to, nil
}

// refusal is the message id for a verb that the state does not allow. Each tells what to do instead.
func refusal(s State, v Verb) string {
	switch {
	case s == StateDone || s == StateWithdrawn || s == StateCancelled:
		return "request.already-" + string(s)
	case v == VerbTake:
		return "request.already-taken"
	case v == VerbDecline:
		return "request.decline-only-new"
	case v == VerbWithdraw:
		return "request.withdraw-only-new"
	case v == VerbCancel && s == StateNew:
		return "request.withdraw-instead"
	case v == VerbCancel:
		return "request.return-instead"
	case v == VerbRate:
		return "request.not-accepted"
	case s == StateDelivered && (v == VerbNudge || v == VerbAnswer || v == VerbDeliver || v == VerbAsk || v == VerbAssign):
		return "request.already-delivered"
	case s == StateNew:
		return "request.not-taken"
	case v == VerbAsk:
		return "request.already-asked"
	case v == VerbAnswer:
		return "request.nothing-asked"
	case v == VerbNudge:
		return "request.waits-for-you"
	default:
		return "request.not-delivered"
	}
}

// happen makes the request what it is after the event: the fold of a log is its row. What the clocks say (copyClocks) and
// the edge of the provider are not in the log.
func (r *Request) happen(e Event) error {
	to, err := allowed(r.State, e.Kind)
	if err != nil {
		return err
	}
	r.State, r.Events, r.LastAt = to, e.N, e.At
	switch e.Kind {
	case VerbTake:
		r.Assignee, r.TakenAt = e.Person, e.At
	case VerbAssign:
		r.Assignee = e.Person
		switch {
		case e.Person != e.Actor:
			r.TakenAt = time.Time{} // the colleague has not said so yet
		case r.TakenAt.IsZero():
			r.TakenAt = e.At
		}
	case VerbDecline:
		r.Hops++
		r.Unit, r.Provider = e.Unit, e.Unit
	case VerbDeliver:
		r.DeliveredAt = e.At
	case VerbReturn:
		r.Returns++
		r.DeliveredAt = time.Time{}
	case VerbAccept:
		r.DoneAt = e.At
	case VerbNudge:
		r.Nudges++
		r.NudgedAt = e.At
	case VerbRate:
		r.Rated = true
	}
	if !r.State.Open() && r.ClosedAt.IsZero() {
		r.ClosedAt = e.At
	}
	return nil
}

// Possible lists the verbs that the state allows, in the order of the way.
func Possible(s State) []Verb {
	var out []Verb
	for _, v := range Verbs {
		if slices.Contains(ways[v].from, s) {
			out = append(out, v)
		}
	}
	return out
}

// texts bounds what people write, in characters.
const (
	maxTitle = 200
	maxText  = 8000
)

// need adds a finding when the text is missing or too long, and gives the text trimmed.
func need(f *fault.Fields, name, text string) string {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		f.Add(name, "form.required")
	case utf8.RuneCountInString(text) > maxText:
		f.Add(name, "form.too-long", "max", maxText)
	}
	return text
}

// taken decides who may take: anybody while nobody has, and later only the person it was assigned to, once.
func taken(s State, assignee int64, takenAt time.Time, person int64) error {
	if s == StateNew {
		return nil
	}
	if s == StateWorking && assignee == person && takenAt.IsZero() {
		return nil
	}
	return fault.New(fault.Conflict, "request.already-taken")
}

// The cap of nudging: in all, and the working time between two.
const (
	maxNudges  = 3
	nudgeEvery = 4 * time.Hour
)

// nudged decides whether the customer may nudge now. nextAt is when nudgeEvery of working time will have passed since
// the last nudge; it is not read for the first.
func nudged(count int, nextAt, now time.Time) error {
	switch {
	case count >= maxNudges:
		return fault.New(fault.Conflict, "request.nudged-enough", "count", maxNudges)
	case count > 0 && now.Before(nextAt):
		return fault.New(fault.Conflict, "request.nudged-too-soon", "at", nextAt)
	}
	return nil
}

// Reasons are the codes a rating may carry: what was good or bad. The page shows those that fit the score.
var Reasons = []string{"fast", "clear", "right", "friendly", "slow", "unclear", "wrong", "unfriendly", "back-and-forth"}

// rated checks a rating. There is no default score: 0 is 'not given'.
func rated(score int, reasons []string, comment string) error {
	var f fault.Fields
	switch {
	case score == 0:
		f.Add("score", "form.required")
	case score < 1 || score > 5:
		f.Add("score", "request.score-range")
	}
	for _, r := range reasons {
		if !slices.Contains(Reasons, r) {
			f.Add("reasons", "request.reason-unknown", "reason", r)
			break
		}
	}
	if utf8.RuneCountInString(comment) > maxText {
		f.Add("comment", "form.too-long", "max", maxText)
	}
	return f.Err()
}

// moment decides at what time a verb happened. Only an import may say another time than now, never one before the last
// event of the request and never one in the future.
func moment(imports bool, at, last, now time.Time) (time.Time, error) {
	if at.IsZero() {
		if now.Before(last) { // the clock of the machine went back; order is kept
			return last, nil
		}
		return now, nil
	}
	var f fault.Fields
	switch {
	case !imports:
		f.Add("at", "request.at-needs-import")
	case at.Before(last):
		f.Add("at", "request.at-before-last", "last", last)
	case at.After(now):
		f.Add("at", "request.at-future")
	}
	return at.UTC().Truncate(time.Millisecond), f.Err()
}

// never is the next_due of a request for which no clock runs: it sorts behind all that have one.
var never = time.UnixMilli(1 << 52).UTC()

// nextDue is the moment by which the provider owes something next: the first response until it is given, or the
// completion while its clock runs; never when neither runs.
func nextDue(s State, responded bool, responseDue, due time.Time) time.Time {
	next := never
	if s != StateNew && s != StateWorking && s != StateWaiting {
		return next
	}
	if !responded && !responseDue.IsZero() {
		next = responseDue
	}
	if s != StateWaiting && !due.IsZero() && due.Before(next) {
		next = due
	}
	return next
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
	case c.State == clock.Cancelled:
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
	for _, c := range states {
		switch {
		case c.Scope != clock.Customer:
		case c.Kind == clock.FirstResponse:
			r.ResponseDue, r.ResponseIs, r.ResponseTook = c.DueAt, outcome(c), c.ElapsedSeconds()
			if c.State != clock.Cancelled {
				r.RespondedAt = c.EndedAt
			}
		default:
			r.Due, r.CompletionIs, r.CompletionTook = c.DueAt, outcome(c), c.ElapsedSeconds()
		}
	}
	r.NextDue = nextDue(r.State, !r.RespondedAt.IsZero(), r.ResponseDue, r.Due)
}

// marks turns the log of a request into what its clocks care about, in order.
func marks(log []Event) []clock.Mark {
	out := make([]clock.Mark, 0, len(log))
	for _, e := range log {
		m := clock.Mark{At: e.At, Unit: e.Unit, Calendar: e.Terms.Calendar, Version: e.Terms.Version}
		switch e.Kind {
		case VerbOpen:
			m.Kind, m.Response, m.Completion = clock.Open, e.Terms.Response, e.Terms.Completion
		case VerbDecline: // the decline itself is the first response; the next unit holds it from here on
			out = append(out, clock.Mark{At: e.At, Kind: clock.Respond})
			m.Kind = clock.Hop
		case VerbMessage:
			if e.Side != ProviderSide {
				continue
			}
			m.Kind = clock.Respond
		case VerbAsk:
			m.Kind = clock.Pause
		case VerbAnswer:
			m.Kind = clock.Resume
		case VerbDeliver:
			m.Kind = clock.Deliver
		case VerbReturn:
			m.Kind = clock.Return
		case VerbAccept:
			m.Kind = clock.Accept
		case VerbWithdraw, VerbCancel:
			m.Kind = clock.Cancel
		default: // take, assign, note, nudge, rate, name stop and start nothing
			continue
		}
		out = append(out, m)
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

// unlike folds a log and names the first thing in which the row differs; "" when nothing does.
func unlike(r Request, log []Event) string {
	if len(log) == 0 || log[0].Kind != VerbOpen {
		return "the log does not begin with open"
	}
	fold := Request{ID: r.ID, AskedBy: r.AskedBy, For: r.For, State: StateNew, OpenedAt: log[0].At, LastAt: log[0].At, Unit: log[0].Unit,
		Provider: log[0].Unit, Events: 1, Hops: 1}
	for i, e := range log[1:] {
		if e.N != i+2 || e.At.Before(fold.LastAt) {
			return fmt.Sprintf("event %d is out of order", e.N)
		}
		if err := fold.happen(e); err != nil {
			return fmt.Sprintf("event %d, %s, cannot happen in %s", e.N, e.Kind, fold.State)
		}
	}
	for _, x := range []struct {
		name      string
		row, fold any
	}{
		{"state", r.State, fold.State}, {"unit", r.Unit, fold.Unit}, {"assignee", r.Assignee, fold.Assignee}, {"events", r.Events, fold.Events},
		{"hops", r.Hops, fold.Hops}, {"returns", r.Returns, fold.Returns}, {"nudges", r.Nudges, fold.Nudges}, {"rated", r.Rated, fold.Rated},
		{"opened_at", r.OpenedAt.UnixMilli(), fold.OpenedAt.UnixMilli()}, {"taken_at", r.TakenAt.UnixMilli(), fold.TakenAt.UnixMilli()},
		{"delivered_at", r.DeliveredAt.UnixMilli(), fold.DeliveredAt.UnixMilli()}, {"done_at", r.DoneAt.UnixMilli(), fold.DoneAt.UnixMilli()},
		{"closed_at", r.ClosedAt.UnixMilli(), fold.ClosedAt.UnixMilli()}, {"last_at", r.LastAt.UnixMilli(), fold.LastAt.UnixMilli()},
	} {
		if x.row != x.fold {
			return fmt.Sprintf("%s is %v, the log says %v", x.name, x.row, x.fold)
		}
	}
	return ""
}
