package request

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
	VerbOpen         Verb = "open"
	VerbTake         Verb = "take"
	VerbAssign       Verb = "assign"
	VerbDecline      Verb = "decline"
	VerbAsk          Verb = "ask"
	VerbAnswer       Verb = "answer"
	VerbDeliver      Verb = "deliver"
	VerbReturn       Verb = "return"
	VerbAccept       Verb = "accept"
	VerbRate         Verb = "rate"
	VerbNudge        Verb = "nudge"
	VerbWithdraw     Verb = "withdraw"
	VerbCancel       Verb = "cancel"
	VerbMessage      Verb = "message"
	VerbNote         Verb = "note"
	VerbConfirm      Verb = "confirm" // the customer did ask for what an agent wrote down
	VerbDisown       Verb = "disown"  // did not
	VerbName         Verb = "name"    // a confidential request: one more person may see it
	VerbSucceed      Verb = "succeed" // by the house: somebody else works on it, or is its customer, from now on
	VerbFollow       Verb = "follow"  // by the house: it goes along with a unit that ends
	VerbPropose      Verb = "propose-date"
	VerbAgree        Verb = "agree-date" // or not
	VerbHandOver     Verb = "hand-over"
	VerbSettle       Verb = "settle" // by who judges: who does what was handed over too often
	VerbSplit        Verb = "split"
	VerbReopen       Verb = "reopen"
	VerbCause        Verb = "cause" // why a clock was late
	VerbCauseAgree   Verb = "cause-agree"
	VerbCauseDispute Verb = "cause-dispute"
	VerbCauseDecide  Verb = "cause-decide"
	VerbContest      Verb = "contest" // a pause was not needed
	VerbAppeal       Verb = "appeal"  // to the quality office
	VerbVoid         Verb = "void-pause"
	VerbKeep         Verb = "keep-pause"
	VerbPutBack      Verb = "put-back"     // whoever had it gives it back to the queue
	VerbRecur        Verb = "recur"        // what a reopening is when another request is opened instead
	VerbUrgent       Verb = "urgent"       // the customer says so
	VerbGrant        Verb = "grant-urgent" // the head of the customer: or not
	VerbPriority     Verb = "set-priority" // the provider
	VerbStage        Verb = "stage"        // how far the work is
	// VerbRoute is no verb of a person: a rule of the unit gives it to somebody, or sends it to a unit below.
	VerbRoute Verb = "route"
	// VerbDue is no verb of a person: a new version of the calendar moved the due time.
	VerbDue Verb = "due"
	// VerbRetarget is no verb of a person either: a new standard holds for the open request, too.
	VerbRetarget Verb = "retarget"
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

// living is every state but those in which nothing was ever owed.
var living = []State{StateNew, StateWorking, StateWaiting, StateDelivered, StateDone}

var ways = map[Verb]move{
	VerbTake:     {[]State{StateNew, StateWorking, StateWaiting}, StateWorking}, // later than new: what nobody has, or to confirm an assignment, see taken
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
	VerbPropose:  {[]State{StateWorking, StateWaiting}, ""},
	VerbAgree:    {[]State{StateWorking, StateWaiting}, ""},
	VerbStage:    {[]State{StateWorking, StateWaiting}, ""},
	VerbReopen:   {[]State{StateDone}, StateWorking},
	VerbUrgent:   {[]State{StateNew, StateWorking, StateWaiting}, ""}, VerbGrant: {[]State{StateNew, StateWorking, StateWaiting}, ""}, VerbPriority: {[]State{StateNew, StateWorking, StateWaiting}, ""},
	VerbRecur: {[]State{StateDone}, ""},
	VerbCause: {living, ""}, VerbCauseAgree: {living, ""}, VerbCauseDispute: {living, ""}, VerbCauseDecide: {living, ""},
	VerbContest: {living, ""}, VerbAppeal: {living, ""}, VerbVoid: {living, ""}, VerbKeep: {living, ""},
	VerbMessage:  {States, ""},
	VerbNote:     {States, ""},
	VerbConfirm:  {[]State{StateNew, StateWorking, StateWaiting, StateDelivered, StateDone}, ""},
	VerbDisown:   {[]State{StateNew, StateWorking, StateWaiting, StateDelivered}, StateCancelled},
	VerbName:     {[]State{StateNew, StateWorking, StateWaiting, StateDelivered}, ""},
	VerbSucceed:  {[]State{StateNew, StateWorking, StateWaiting, StateDelivered}, ""},
	VerbFollow:   {[]State{StateNew, StateWorking, StateWaiting, StateDelivered}, ""},
	VerbPutBack:  {[]State{StateWorking}, StateNew},
	VerbHandOver: {[]State{StateWorking, StateWaiting}, ""},
	VerbSettle:   {[]State{StateWorking, StateWaiting, StateDelivered}, ""},
	VerbSplit:    {[]State{StateWorking, StateWaiting}, ""},
	VerbRoute:    {[]State{StateNew, StateWorking}, ""},
	VerbDue:      {[]State{StateNew, StateWorking, StateWaiting, StateDelivered}, ""},
	VerbRetarget: {[]State{StateNew, StateWorking, StateWaiting, StateDelivered}, ""},
}

// Verbs lists every verb of people but open, in the order of the way.
var Verbs = []Verb{VerbTake, VerbAssign, VerbDecline, VerbAsk, VerbAnswer, VerbDeliver, VerbReturn, VerbAccept, VerbRate, VerbNudge, VerbWithdraw, VerbCancel, VerbMessage, VerbNote, VerbName,
	VerbConfirm, VerbDisown,
	VerbPropose, VerbAgree,
	VerbStage,
	VerbHandOver, VerbSettle, VerbSplit,
	VerbMerge, VerbUnmerge,
	VerbStandIn, VerbStandDown, VerbTakeOver,
	VerbReopen,
	VerbPutBack,
	VerbCause, VerbCauseAgree, VerbCauseDispute, VerbCauseDecide,
	VerbContest, VerbAppeal, VerbVoid, VerbKeep,
	VerbUrgent, VerbGrant, VerbPriority,
}

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
	case (v == VerbAssign || v == VerbTake) && s == StateWaiting: // the customer still owes the answer, whoever works on it
		return StateWaiting, nil
	}
	return m.to, nil
}

// refusal is the message id for a verb that the state does not allow. Each tells what to do instead.
func refusal(s State, v Verb) string {
	switch {
	case s == StateDelivered && (v == VerbUrgent || v == VerbGrant || v == VerbPriority):
		return "request.already-delivered"
	case v == VerbUnmerge:
		return "request.not-merged"
	case v == VerbReopen && s.Open():
		return "request.not-done"
	case s == StateDone || s == StateWithdrawn || s == StateCancelled:
		return "request.already-" + string(s)
	case v == VerbTake:
		return "request.already-taken"
	case v == VerbDecline:
		return "request.decline-only-new"
	case s == StateNew && v == VerbHandOver:
		return "request.decline-instead"
	case s == StateNew && v == VerbPutBack:
		return "request.not-taken"
	case v == VerbPutBack:
		return "request.not-put-back"
	case s == StateNew && v == VerbSettle:
		return "request.nothing-to-settle"
	case v == VerbWithdraw:
		return "request.withdraw-only-new"
	case v == VerbCancel && s == StateNew:
		return "request.withdraw-instead"
	case v == VerbCancel:
		return "request.return-instead"
	case v == VerbRate:
		return "request.not-accepted"
	case v == VerbAgree:
		return "request.no-date-proposed"
	case s == StateDelivered && (v == VerbNudge || v == VerbAnswer || v == VerbDeliver || v == VerbAsk || v == VerbAssign || v == VerbPropose || v == VerbHandOver || v == VerbSplit || v == VerbMerge || v == VerbStage):
		return "request.already-delivered"
	case s == StateNew && (v == VerbAsk || v == VerbDeliver || v == VerbPropose || v == VerbSplit || v == VerbStage):
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
		f.Add(name, "form.too-long", "max", maxText, "count", utf8.RuneCountInString(text))
	}
	return text
}

// taken decides who may take: anybody while nobody has it, and otherwise only the person it was assigned to, once.
func taken(s State, assignee int64, takenAt time.Time, person int64) error {
	if s == StateNew || assignee == 0 {
		return nil
	}
	if assignee == person && takenAt.IsZero() {
		return nil
	}
	return fault.New(fault.Conflict, "request.already-taken")
}

// putBack decides whether a request can be given back to the queue: somebody has it, nothing was split off it, and no other
// date is agreed or proposed, which whoever made it answers for.
func putBack(r Request) error {
	switch {
	case r.Assignee == 0:
		return fault.New(fault.Conflict, "request.not-taken")
	case r.PartsOpen > 0 || !r.Proposed.IsZero():
		return fault.New(fault.Conflict, "request.not-put-back")
	}
	return nil
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
		f.Add("comment", "form.too-long", "max", maxText, "count", utf8.RuneCountInString(comment))
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
