package request

import (
	"maps"
	"slices"
	"time"

	"neike/internal/kit/fault"
)

// Verbs of requests that ask for the same.
const (
	VerbMerge   Verb = "merge"   // it goes along with another request from now on
	VerbUnmerge Verb = "unmerge" // it goes on by itself: taken back by who serves it, or by the house because the other ended without a result
	VerbTakeIn  Verb = "take-in" // by the house: another request goes along with this one
	VerbLetGo   Verb = "let-go"  // by the house: that one goes on by itself
)

func init() {
	maps.Copy(ways, map[Verb]move{
		VerbMerge:   {[]State{StateNew, StateWorking, StateWaiting}, StateWorking},
		VerbUnmerge: {[]State{StateWorking, StateDelivered}, ""}, // to where it stood, see merged; delivered only by the house
		VerbTakeIn:  {States, ""},
		VerbLetGo:   {States, ""},
	})
}

// maxMerged is how many requests may go along with one.
const maxMerged = 200

// merged is what an event of merging makes of the request. A delivery that its customer sends back, and a matter taken up
// again, go on by themselves; a duplicate that is sent back with the other goes along again.
func (r *Request) merged(e Event) {
	switch {
	case e.Kind == VerbMerge:
		r.MergedInto, r.Duplicate = e.Other, e.Code == codeDuplicate
	case e.Kind == VerbUnmerge:
		r.MergedInto, r.Duplicate, r.State = 0, false, State(e.Code)
	case e.Kind == VerbReopen, e.Kind == VerbReturn && e.Code != codeDuplicate:
		r.MergedInto, r.Duplicate = 0, false
	}
}

// GoesAlong says that another request is worked on in its place: it is in no queue, and delivered when that one is.
func (r Request) GoesAlong() bool { return r.MergedInto != 0 && r.State == StateWorking }

// onlyFor says that nobody but these people is the request's customer.
func (r Request) onlyFor(people []int64) bool {
	return !slices.ContainsFunc(r.customers(), func(p int64) bool { return !slices.Contains(people, p) })
}

// barred are the verbs that are not possible, or mean nothing, while another request is worked on in its place.
var barred = []Verb{VerbTake, VerbAssign, VerbPutBack, VerbDecline, VerbHandOver, VerbSettle, VerbSplit, VerbAsk, VerbAnswer, VerbDeliver,
	VerbStage, VerbPropose, VerbAgree, VerbUrgent, VerbGrant, VerbPriority, VerbMerge}

// allowedMerged refuses what is not possible on a request because of a merge, or because there is none.
func allowedMerged(r Request, v Verb) error {
	switch {
	case r.GoesAlong() && slices.Contains(barred, v):
		return fault.New(fault.Conflict, "request.already-merged")
	case v == VerbUnmerge && !r.GoesAlong():
		return fault.New(fault.Conflict, "request.not-merged")
	}
	return doneWithTheOther(r, v, "")
}

// mergeable says why one request cannot go along with another; "" when it can. Nobody of its customer's learns a word or a
// name of the other's: each goes on reading its own request alone. So customers need not know each other.
func mergeable(r, into Request) string {
	switch {
	case r.ID == into.ID:
		return "request.merge-itself"
	case r.Confidential || into.Confidential:
		return "request.merge-confidential"
	case r.Provider != into.Provider:
		return "request.merge-other-unit"
	case r.Parent != 0 || into.Parent != 0 || r.Parts > 0 || into.Parts > 0:
		return "request.merge-parts"
	case into.GoesAlong():
		return "request.merge-into-merged"
	case into.State != StateNew && into.State != StateWorking && into.State != StateWaiting:
		return "request.merge-ended"
	}
	return ""
}

// lastMerge is the event with which it began to go along with another; false when it does not.
func lastMerge(log []Event) (Event, bool) {
	for i := len(log) - 1; i >= 0; i-- {
		if log[i].Kind == VerbMerge {
			return log[i], true
		}
	}
	return Event{}, false
}

// takenBack lists, by their number, the merges that somebody took back: the clock counts as if they had never been.
func takenBack(log []Event) map[int]bool {
	var out map[int]bool
	last := 0
	for _, e := range log {
		switch {
		case e.Kind == VerbMerge:
			last = e.N
		case e.Kind == VerbUnmerge && e.Side != HouseSide:
			if out == nil {
				out = map[int]bool{}
			}
			out[last] = true
		}
	}
	return out
}

// goesOnAs is the state of a request that goes on by itself because the other ended without a result: a question that it
// had been waiting for is moot.
func goesOnAs(r Request) State {
	if r.Assignee == 0 && r.HandOvers == 0 && r.Returns == 0 {
		return StateNew
	}
	return StateWorking
}

// undoableMerge says whether a merge can still be taken back at a moment; until is the end of its working day.
func undoableMerge(until, at time.Time) error {
	if at.After(until) {
		return fault.New(fault.Conflict, "request.merge-too-late", "until", until)
	}
	return nil
}

// LinkKind says how one request belongs to another.
type LinkKind string

// The kinds of links. Read from the other side, a request is related, followed by, or blocks.
const (
	Related   LinkKind = "related"
	Follows   LinkKind = "follows"
	BlockedBy LinkKind = "blocked-by"
)

// LinkKinds lists them.
var LinkKinds = []LinkKind{Related, Follows, BlockedBy}

// seenFrom is the kind as the request with this id sees it.
func (l Link) seenFrom(id ID) string {
	if l.Request == id || l.Kind == Related {
		return string(l.Kind)
	}
	return map[LinkKind]string{Follows: "followed-by", BlockedBy: "blocks"}[l.Kind]
}

// end is the request on the other end.
func (l Link) end(id ID) ID {
	if l.Request == id {
		return l.Other
	}
	return l.Request
}

// Link says that two requests belong together.
type Link struct {
	ID             int64
	Request, Other ID
	Kind           LinkKind
	By             int64
	At             time.Time
	EndedAt        time.Time
	EndedBy        int64
}
