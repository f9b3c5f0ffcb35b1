package request

import (
	"maps"
	"time"

	"neike/internal/kit/fault"
)

// Verbs about who acts for the customer.
const (
	VerbStandIn   Verb = "stand-in"   // the customer names who may answer, accept and return in their place, until a date
	VerbStandDown Verb = "stand-down" // no longer: by the customer, by who stood in, or by the house when the date has passed
	VerbTakeOver  Verb = "take-over"  // a colleague of the customer's unit is its customer from now on; in the log it is succeed
)

func init() {
	open := []State{StateNew, StateWorking, StateWaiting, StateDelivered}
	maps.Copy(ways, map[Verb]move{
		VerbStandIn:   {open, ""},
		VerbStandDown: {States, ""},
		VerbTakeOver:  {open, ""},
	})
}

// StandIn is who acts for a customer of a request, and until when.
type StandIn struct {
	Person, By int64
	Until      time.Time
}

// standIns reads off the log who stands in now. Another customer names their own.
func standIns(log []Event) []StandIn {
	var out []StandIn
	drop := func(person int64) {
		kept := out[:0]
		for _, x := range out {
			if x.Person != person {
				kept = append(kept, x)
			}
		}
		out = kept
	}
	for _, e := range log {
		switch {
		case e.Kind == VerbStandIn:
			drop(e.Person)
			out = append(out, StandIn{e.Person, e.Actor, e.DueTo})
		case e.Kind == VerbStandDown:
			drop(e.Person)
		case e.Kind == VerbSucceed && e.Side == CustomerSide:
			out = nil
		}
	}
	return out
}

// standing are the persons of standIns.
func standing(log []Event) []int64 {
	var out []int64
	for _, x := range standIns(log) {
		out = append(out, x.Person)
	}
	return out
}

// inPlaceOf is for whom a person stands in; 0: for nobody.
func inPlaceOf(log []Event, person int64) int64 {
	for _, x := range standIns(log) {
		if x.Person == person {
			return x.By
		}
	}
	return 0
}

// maxStandIns is how many people stand in on one request at once.
const maxStandIns = 5

// standInUntil checks until when somebody stands in.
func standInUntil(f *fault.Fields, until, now time.Time, unread bool) {
	switch {
	case unread:
		f.Add("until", "request.not-a-time")
	case until.IsZero():
		f.Add("until", "form.required")
	case !until.After(now):
		f.Add("until", "request.stand-in-past")
	case until.Sub(now) > farthest:
		f.Add("until", "request.date-too-far")
	}
}
