package delivery

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/fault"
)

// State is where a delivery stands. The wire and the table carry the word itself.
type State string

// The states; doc.go draws the way between them.
const (
	StateDue       State = "due"       // to be delivered
	StateDelivered State = "delivered" // the customer is to accept or return it
	StateReturned  State = "returned"  // it was not right; to be delivered again
	StateAccepted  State = "accepted"
	StateContested State = "contested" // the customer says it is not theirs; it counts as nothing meanwhile
	StateDropped   State = "dropped"   // the contest was right
	StateSkipped   State = "skipped"   // left out, as both sides agree
	StateCancelled State = "cancelled"
	StateMissed    State = "missed" // the house was down when it fell due
)

// States lists every state in the order of the way.
var States = []State{StateDue, StateDelivered, StateReturned, StateAccepted, StateContested, StateDropped, StateSkipped, StateCancelled, StateMissed}

// openStates are those in which somebody still owes something.
var openStates = []State{StateDue, StateDelivered, StateReturned, StateContested}

// Open says whether somebody still owes something.
func (s State) Open() bool { return slices.Contains(openStates, s) }

// Verb is what happens to a delivery. The last part of the route and the kind of the event.
type Verb string

// The verbs. Those after VerbMessage are the house's own.
const (
	VerbOpen       Verb = "open"
	VerbDeliver    Verb = "deliver"
	VerbReturn     Verb = "return"
	VerbAccept     Verb = "accept"
	VerbRate       Verb = "rate"
	VerbSkip       Verb = "skip"        // the customer leaves it out, or agrees to
	VerbAskSkip    Verb = "ask-skip"    // the provider asks to
	VerbRefuseSkip Verb = "refuse-skip" // the customer wants it
	VerbContest    Verb = "contest"
	VerbUphold     Verb = "uphold" // contested: it was theirs, it counts
	VerbDrop       Verb = "drop"   // contested: it was not
	VerbCancel     Verb = "cancel"
	VerbMessage    Verb = "message"
	VerbDue        Verb = "due"     // a new version of the calendar moved the due time
	VerbLapse      Verb = "lapse"   // nobody said anything in time: accepted
	VerbMiss       Verb = "miss"    // it fell due while the house was down
	VerbSucceed    Verb = "succeed" // somebody else brings or takes it over from now on
	VerbFollow     Verb = "follow"  // it goes along with a unit that ends
)

// Verbs lists what people do, in the order of the way.
var Verbs = []Verb{VerbDeliver, VerbReturn, VerbAccept, VerbRate, VerbSkip, VerbAskSkip, VerbRefuseSkip, VerbContest, VerbUphold, VerbDrop, VerbCancel, VerbMessage}

// Side says for whom an actor acts.
type Side string

// The sides.
const (
	CustomerSide Side = "customer"
	ProviderSide Side = "provider"
	HouseSide    Side = "house"
)

// move is one row of the state machine: the states in which the verb is allowed, and the one it leads to ("" stays).
type move struct {
	from []State
	to   State
}

var toDo = []State{StateDue, StateReturned}

var ways = map[Verb]move{
	VerbDeliver:    {toDo, StateDelivered},
	VerbReturn:     {[]State{StateDelivered}, StateReturned},
	VerbAccept:     {[]State{StateDelivered}, StateAccepted},
	VerbLapse:      {[]State{StateDelivered}, StateAccepted},
	VerbRate:       {[]State{StateAccepted}, ""},
	VerbSkip:       {toDo, StateSkipped},
	VerbAskSkip:    {toDo, ""},
	VerbRefuseSkip: {toDo, ""},
	VerbContest:    {[]State{StateDue, StateDelivered}, StateContested},
	VerbUphold:     {[]State{StateContested}, ""}, // back to what it was
	VerbDrop:       {[]State{StateContested}, StateDropped},
	VerbCancel:     {[]State{StateDue, StateDelivered, StateReturned}, StateCancelled},
	VerbMessage:    {States, ""},
	VerbDue:        {toDo, ""},
	VerbMiss:       {[]State{StateDue}, StateMissed},
	VerbSucceed:    {openStates, ""},
	VerbFollow:     {openStates, ""},
}

// allowed decides whether the delivery's state permits the verb and gives the state it leads to. Otherwise a Conflict
// whose key says what is the matter.
func allowed(d Delivery, v Verb) (State, error) {
	m, known := ways[v]
	if !known {
		return d.State, fault.ErrNotFound
	}
	if !slices.Contains(m.from, d.State) {
		return d.State, fault.New(fault.Conflict, refusal(d.State, v), "verb", string(v), "state", string(d.State))
	}
	switch {
	case v == VerbContest && d.Origin == Scheduled:
		return d.State, fault.New(fault.Conflict, "delivery.arranged", "verb", string(v), "state", string(d.State))
	case v == VerbCancel && d.Origin == Scheduled:
		return d.State, fault.New(fault.Conflict, "delivery.ask-to-skip", "verb", string(v), "state", string(d.State))
	case v == VerbAskSkip && d.SkipAsked:
		return d.State, fault.New(fault.Conflict, "delivery.skip-asked-already", "verb", string(v), "state", string(d.State))
	case v == VerbRefuseSkip && !d.SkipAsked:
		return d.State, fault.New(fault.Conflict, "delivery.skip-not-asked", "verb", string(v), "state", string(d.State))
	case v == VerbUphold:
		return d.Before, nil
	case m.to == "":
		return d.State, nil
	}
	return m.to, nil
}

// refusal is the message id for a verb that the state does not allow. Each tells what is the matter.
func refusal(s State, v Verb) string {
	switch {
	case s == StateContested:
		return "delivery.is-contested"
	case !s.Open() && s != StateAccepted:
		return "delivery.already-" + string(s)
	case s == StateAccepted:
		return "delivery.already-accepted"
	case v == VerbUphold || v == VerbDrop:
		return "delivery.not-contested"
	case v == VerbRate:
		return "delivery.not-accepted"
	case s == StateDelivered:
		return "delivery.already-delivered"
	}
	return "delivery.not-delivered"
}

// Possible lists the verbs of people that the delivery allows, in the order of the way.
func Possible(d Delivery) []Verb {
	var out []Verb
	for _, v := range Verbs {
		if _, err := allowed(d, v); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// Bounds of what people write, in characters.
const (
	maxTitle = 200
	maxText  = 8000
)

// need adds a finding when the text is missing or too long, and gives the text trimmed.
func need(f *fault.Fields, name, text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		f.Add(name, "form.required")
	}
	return atMost(f, name, text, maxText)
}

func atMost(f *fault.Fields, name, text string, most int) string {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > most {
		f.Add(name, "form.too-long", "max", most, "count", utf8.RuneCountInString(text))
	}
	return text
}

var decimal = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,6})?$`)

// quantity reads a decimal number as people and systems write it; "" is none. What it is a number of, the service says.
func quantity(f *fault.Fields, name, text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), ",", "")
	if text != "" && !decimal.MatchString(text) {
		f.Add(name, "delivery.not-a-number", "value", text)
	}
	return text
}

// rated checks a rating. There is no default score: 0 is 'not given'.
func rated(score int, comment string) error {
	var f fault.Fields
	switch {
	case score == 0:
		f.Add("score", "form.required")
	case score < 1 || score > 5:
		f.Add("score", "delivery.score-range")
	}
	atMost(&f, "comment", comment, maxText)
	return f.Err()
}

// moment decides at what time a verb happened. Only an import may say another time than now, never one before the last
// event of the delivery and never one in the future.
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
		f.Add("at", "delivery.at-needs-import")
	case at.Before(last):
		f.Add("at", "delivery.at-before-last", "last", last)
	case at.After(now):
		f.Add("at", "delivery.at-future")
	}
	return at.UTC().Truncate(time.Millisecond), f.Err()
}

// never is the next_due of a delivery for which no clock runs: it sorts behind all that have one.
var never = time.UnixMilli(1 << 52).UTC()

// nextDue is the moment by which the provider owes it; never when it is not to be delivered, or at no time.
func nextDue(s State, due time.Time) time.Time {
	if due.IsZero() || s != StateDue && s != StateReturned {
		return never
	}
	return due
}
