package request

import (
	"neike/internal/clock"
	"neike/internal/kit/fault"
)

// A duplicate is a request that its customer asked for twice: it goes along with another one of the same customer. Its
// outcome is left out of every count (methods §7.8), it is accepted and sent back with the other, and nobody rates it.

// The codes of events that say so.
const (
	codeDuplicate = "duplicate" // merge: it is one from here on; deliver, accept, return: with the other, so it counts nothing; take-in, let-go: of one
	codeApart     = "apart"     // return, reopen: it is none any more, and what was delivered counts after all
)

// duplicateOf says whether a request that goes along with another is a duplicate: both stand on one edge, and nobody but the
// other's customers is its customer.
func (r Request) duplicateOf(lead Request) bool {
	return r.Customer == lead.Customer && r.Provider == lead.Provider && r.onlyFor(lead.customers())
}

// carried lists what becomes of a request with what happened to the one that it goes, or went, along with; ended says that
// there it ended without a result.
func carried(r Request, kind Verb, ended bool) []Verb {
	along, waits := r.GoesAlong(), r.Duplicate && r.State == StateDelivered
	switch {
	case ended && (along || waits):
		return []Verb{VerbUnmerge}
	case kind == VerbAccept && along && r.Duplicate:
		return []Verb{VerbDeliver, VerbAccept}
	case (kind == VerbDeliver || kind == VerbAccept) && along:
		return []Verb{VerbDeliver}
	case (kind == VerbAccept || kind == VerbReturn) && waits:
		return []Verb{kind}
	}
	return nil
}

// doneWithTheOther refuses what the customer of a duplicate does on the other request. number is the other's; "" when the
// actor may not see that one.
func doneWithTheOther(r Request, v Verb, number string) error {
	if !r.Duplicate || v != VerbAccept && v != VerbRate {
		return nil
	}
	if number == "" {
		return fault.New(fault.Conflict, "request.duplicate-"+string(v)+"-unseen")
	}
	return fault.New(fault.Conflict, "request.duplicate-"+string(v), "number", number)
}

// counting is what a clock of its customer counts as. Until the customer confirmed the request, nobody's figures rest on it;
// on a duplicate nobody's do.
func (r Request) counting(c clock.State) Outcome {
	o := outcome(c)
	if r.Duplicate && c.HasTarget() || r.Unconfirmed() && o != Pending {
		return Excluded
	}
	return o
}

// acceptedAlone counts how often a request was accepted by itself, or counts as if it had been.
func acceptedAlone(log []Event) int64 {
	n := int64(0)
	for _, e := range log {
		if e.Kind == VerbAccept && e.Code == "" || e.Kind == VerbReopen && e.Code == codeApart {
			n++
		}
	}
	return n
}

// leaves says whether an event makes a request of its own of a duplicate that was delivered, and what counts for it then.
func leaves(e Event) (delivered, accepted bool) {
	switch {
	case e.Kind == VerbReopen && e.Code == codeApart:
		return true, true
	case e.Kind == VerbReturn && e.Code == codeApart, e.Kind == VerbUnmerge && e.Code == string(StateDelivered):
		return true, false
	}
	return false, false
}

// lateAgain says whether a request is late that was excluded as a duplicate until now: nobody has been told.
func lateAgain(was, r Request) bool {
	return was.Duplicate && !r.Duplicate && r.CompletionIs == Breached
}

// awaitsAcceptance says whether it is delivered and to be accepted by itself; a duplicate is accepted with the other.
func (r Request) awaitsAcceptance() bool { return r.State == StateDelivered && !r.Duplicate }
