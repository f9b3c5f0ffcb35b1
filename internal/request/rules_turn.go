package request

import (
	"slices"
	"time"

	"neike/internal/clock"
)

// A turn begins with a word of the customer that comes after the first response and finds nothing else unanswered. It ends
// with the unit's next word, and counts by itself.

// clocksJudged are the clocks that lists and reports read.
var clocksJudged = []string{clock.Completion, clock.FirstResponse, clock.NextResponse}

// Turn is one of a request as its table holds it.
type Turn struct {
	Request ID
	N       int
	Service int64
	Began   time.Time
	Due     time.Time
	Ended   time.Time // zero: the customer waits
	Is      Outcome
	Took    int64 // counted seconds, as of the last event
}

// isWord says whether an event carries words of the customer that want an answer.
func isWord(e Event) bool {
	if e.Side != CustomerSide {
		return false
	}
	switch e.Kind {
	case VerbMessage, VerbAnswer, VerbReturn, VerbReopen:
		return true
	case VerbNudge:
		return e.Message != 0
	}
	return false
}

// lastTurn is the running or last turn among the clocks of a request; ok is false when there was none.
func lastTurn(states []clock.State) (turn clock.State, ok bool) {
	i := slices.IndexFunc(states, func(c clock.State) bool { return c.Kind == clock.NextResponse })
	if i < 0 {
		return turn, false
	}
	return states[i], true
}

// turnOf is a turn as its row is written.
func turnOf(r Request, c clock.State) Turn {
	return Turn{Request: r.ID, N: c.Turn, Service: r.Service, Began: c.StartedAt, Due: c.DueAt, Ended: c.EndedAt, Is: r.counting(c), Took: c.ElapsedSeconds()}
}

// like says whether a row is what the log comes to. What grows while a turn runs is looked at when it has ended; one that
// runs and whose breach is about to be noticed is right.
func (t Turn) like(log Turn) bool {
	if log.Ended.IsZero() {
		log.Took = t.Took
		if t.Is == Pending {
			log.Is = Pending
		}
	}
	return t.N == log.N && t.Service == log.Service && t.Began.Equal(log.Began) && t.Due.Equal(log.Due) && t.Ended.Equal(log.Ended) && t.Is == log.Is && t.Took == log.Took
}
