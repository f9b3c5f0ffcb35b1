package request

import (
	"slices"
	"strconv"
	"strings"

	"neike/internal/clock"
	"neike/internal/kit/fault"
)

// Cause says why a clock was late.
type Cause string

// The causes.
const (
	CauseOwn      Cause = "own"      // the unit that had it
	CauseCustomer Cause = "customer" // its customer
	CauseThird    Cause = "third"    // another unit
	CauseForce    Cause = "force"    // nobody: force majeure
)

// Causes lists them in the order in which a form offers them.
var Causes = []Cause{CauseOwn, CauseCustomer, CauseThird, CauseForce}

// The states of a breach's cause.
const (
	CauseAsked    = "asked"    // nobody has said anything
	CauseStated   = "stated"   // the provider has; the customer accepts or disputes
	CauseDisputed = "disputed" // the customer does not agree; the quality office decides
	CauseSettled  = "settled"  // accepted, or decided
)

// CauseStates lists them in the order of the way.
var CauseStates = []string{CauseAsked, CauseStated, CauseDisputed, CauseSettled}

// Breach is one late clock of a request with what is said of its cause.
type Breach struct {
	Request ID
	Clock   string // completion, first_response, next_response
	Turn    int    // of next_response
	Unit    int64  // had it in hand when it became late
	State   string
	Cause   Cause
	Third   int64 // of CauseThird
	Excused bool  // left out of the unit's score; the fact stays
}

// name is that of the late clock, of a turn with its number: completion, first_response, next_response:2.
func (b Breach) name() string {
	if b.Turn == 0 {
		return b.Clock
	}
	return b.Clock + ":" + strconv.Itoa(b.Turn)
}

// causeVerbs says in which states of a cause a verb is possible.
var causeVerbs = map[Verb][]string{
	VerbCause:        {CauseAsked, CauseStated},
	VerbCauseAgree:   {CauseStated},
	VerbCauseDispute: {CauseStated},
	VerbCauseDecide:  {CauseDisputed},
}

// pickBreach finds the breach that a verb is about: the one named, or the first that the verb can do something with.
func pickBreach(list []Breach, verb Verb, name string) (Breach, error) {
	var f fault.Fields
	kind, _, _ := strings.Cut(name, ":")
	if name != "" && !slices.Contains(clocksJudged, kind) {
		f.Add("clock", "request.clock-unknown", "value", name)
		return Breach{}, f.Err()
	}
	found := false
	for _, b := range list {
		if name != "" && b.Clock != name && b.name() != name {
			continue
		}
		found = true
		if slices.Contains(causeVerbs[verb], b.State) {
			return b, nil
		}
	}
	if !found {
		return Breach{}, fault.New(fault.Conflict, "request.not-late")
	}
	return Breach{}, fault.New(fault.Conflict, "request.cause-not-"+string(verb))
}

// after is what a verb makes of a breach. The own fault needs nobody's consent; only a cause outside the unit that is
// accepted or decided excuses it.
func (b Breach) after(verb Verb, cause Cause, third int64) Breach {
	switch verb {
	case VerbCause:
		b.State, b.Cause, b.Third = CauseStated, cause, third
		if cause == CauseOwn {
			b.State = CauseSettled
		}
	case VerbCauseAgree:
		b.State = CauseSettled
	case VerbCauseDispute:
		b.State = CauseDisputed
	case VerbCauseDecide:
		b.State, b.Cause, b.Third = CauseSettled, cause, third
	}
	b.Excused = b.State == CauseSettled && b.Cause != CauseOwn
	return b
}

// lateNow lists the clocks of a request that count as late.
func lateNow(r Request) []string {
	var out []string
	if r.CompletionIs == Breached {
		out = append(out, clock.Completion)
	}
	if r.ResponseIs == Breached {
		out = append(out, clock.FirstResponse)
	}
	return out
}
