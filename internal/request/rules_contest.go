package request

import (
	"time"

	"neike/internal/kit/fault"
)

// Where a contested pause stands.
const (
	ContestHead    = "head"    // the head of the unit says whether it was needed
	ContestKept    = "kept"    // the head says it was; the customer may turn to the quality office
	ContestQuality = "quality" // the quality office decides
)

// contested is where a contest stands after a verb.
func contested(stage string, v Verb) string {
	switch {
	case v == VerbContest:
		return ContestHead
	case v == VerbAppeal:
		return ContestQuality
	case v == VerbKeep && stage == ContestHead:
		return ContestKept
	}
	return ""
}

// pause is a question for which the completion stood still.
type pause struct {
	n        int // of the question in the log
	from, to time.Time
}

// pausesIn lists the pauses of a log that are over, in order.
func pausesIn(log []Event) []pause {
	var out []pause
	open := false
	for _, e := range log {
		switch e.Kind {
		case VerbAsk:
			out, open = append(out, pause{n: e.N, from: e.At}), true
		case VerbAnswer, VerbDeliver, VerbCancel:
			if open {
				out[len(out)-1].to, open = e.At, false
			}
		}
	}
	if open {
		out = out[:len(out)-1]
	}
	return out
}

// contestable finds the pause that a contest is about: the question named by its number in the log, or the last one.
func contestable(log []Event, stage string, n int) (pause, error) {
	if stage == ContestHead || stage == ContestQuality {
		return pause{}, fault.New(fault.Conflict, "request.contested-already")
	}
	list := pausesIn(log)
	if len(list) == 0 {
		return pause{}, fault.New(fault.Conflict, "request.nothing-paused")
	}
	p := list[len(list)-1]
	if n != 0 {
		p = pause{}
		for _, x := range list {
			if x.n == n {
				p = x
			}
		}
		if p.n == 0 {
			var f fault.Fields
			f.Add("pause", "request.pause-unknown")
			return p, f.Err()
		}
	}
	for _, e := range log {
		if e.Kind == VerbContest && e.Other == int64(p.n) {
			return p, fault.New(fault.Conflict, "request.contested-once")
		}
	}
	return p, nil
}

// lastContest is the number of the question that was contested last; 0: none.
func lastContest(log []Event) int64 {
	n := int64(0)
	for _, e := range log {
		if e.Kind == VerbContest {
			n = e.Other
		}
	}
	return n
}

// voided lists the questions of a log that were found not to be needed: their time counts.
func voided(log []Event) map[int64]bool {
	var out map[int64]bool
	for _, e := range log {
		if e.Kind == VerbVoid {
			if out == nil {
				out = map[int64]bool{}
			}
			out[e.Other] = true
		}
	}
	return out
}

// pausedMuch is the share of pauses from which a request, a unit or a service is flagged.
const pausedMuch = 0.30

// pausedShare is how much of the time of a completion was paused; 0 without any.
func pausedShare(paused, took int64) float64 {
	if paused <= 0 || paused+took <= 0 {
		return 0
	}
	return float64(paused) / float64(paused+took)
}
