package request

import (
	"time"

	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/fault"
)

// endsProposal says whether a verb makes a proposed date moot.
func endsProposal(v Verb) bool {
	switch v {
	case VerbDeliver, VerbAccept, VerbCancel, VerbDecline, VerbHandOver, VerbSettle:
		return true
	}
	return false
}

// farthest is how far ahead a date may be proposed.
const farthest = 366 * 24 * time.Hour

// proposable checks a date that the provider proposes at a moment; due is the due time so far.
func proposable(f *fault.Fields, to, due, at time.Time) {
	switch {
	case to.IsZero():
		f.Add("due_at", "form.required")
	case !to.After(at):
		f.Add("due_at", "request.date-past")
	case to.Sub(at) > farthest:
		f.Add("due_at", "request.date-too-far")
	case to.Equal(due):
		f.Add("due_at", "request.date-same", "due", due)
	}
}

// answerable decides whether the customer may answer a proposed date at a moment: a date that has passed cannot be agreed
// to any more.
func answerable(proposed time.Time, agree bool, at time.Time) error {
	switch {
	case proposed.IsZero():
		return fault.New(fault.Conflict, "request.no-date-proposed")
	case agree && !proposed.After(at):
		return fault.New(fault.Conflict, "request.date-passed", "at", proposed)
	}
	return nil
}

// reopening decides how a matter is taken up again at a moment. until is the end of the days in which the same request
// goes on; it is read for InGrace alone.
func reopening(p catalog.Reopening, until, at time.Time) catalog.Reopening {
	if p != catalog.ReopenInGrace {
		return p
	}
	if at.After(until) {
		return catalog.ReopenNew
	}
	return catalog.ReopenContinue
}

// secondFrom is the share of the budget from which who has a request does not make it usual again alone.
const secondFrom = 0.8

// lowered decides whether a person may lower a priority: of what is nearly used up somebody else than who has it must.
func lowered(from, to Priority, used float64, assignee, person int64) error {
	if from == Urgent && to == Usual && used >= secondFrom && assignee == person {
		return fault.New(fault.Conflict, "request.downgrade-second")
	}
	return nil
}

// usedOf is the share of its budget that the customer's completion has used.
func usedOf(states []clock.State) float64 {
	for _, c := range states {
		if c.Scope == clock.Customer && c.Kind == clock.Completion {
			return c.Used()
		}
	}
	return 0
}
