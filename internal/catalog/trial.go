package catalog

import (
	"context"
	"time"

	"neike/internal/kit/fault"
)

// TrialAsk is the question 'what would have been': the requests of a service that were due in [From, To), counted as if
// the standard had held when they were opened.
type TrialAsk struct {
	Service  *Service
	Standard Standard
	From, To time.Time
}

// Trial is a dry run of a standard over past requests. It changes nothing; it may run for a while.
type Trial struct {
	ID       int64
	Service  ID
	Standard Standard
	At       time.Time // when it was asked
	From, To time.Time
	Done     int64 // requests looked at
	Total    int64
	Result   *TrialResult // nil while it runs
	Failed   bool
}

// TrialResult is what a dry run found. Counts are complete, nothing is sampled.
type TrialResult struct {
	Completion TrialPair     `json:"completion"`
	Response   TrialPair     `json:"response"`
	Units      []TrialUnit   `json:"units"` // customers, the largest first, at most five; all others in one without a unit
	Better     int64         `json:"better"`
	Worse      int64         `json:"worse"`
	Enough     []TrialEnough `json:"enough,omitempty"`
	Open       int64         `json:"open"` // requests in hand now
	Carry      TrialOpen     `json:"carry"`
	FromStart  TrialOpen     `json:"from_start"`
	Next       *TrialNext    `json:"next_response,omitempty"` // nil: nothing was, and nothing would be promised of it
}

// TrialNext are the answers to what customers said next, turn by turn: of those that began in the span.
type TrialNext struct {
	TrialPair
	Better int64 `json:"better"`
	Worse  int64 `json:"worse"`
}

// TrialPair is a clock as it was and as it would have been.
type TrialPair struct {
	Was   TrialSide `json:"was"`
	Would TrialSide `json:"would"`
}

// TrialSide counts one clock. Median and P90 are counted seconds of those that have ended, nil without any.
type TrialSide struct {
	Met      int64  `json:"met"`
	Breached int64  `json:"breached"`
	Pending  int64  `json:"pending"`
	Excluded int64  `json:"excluded"`
	Median   *int64 `json:"median_seconds"`
	P90      *int64 `json:"p90_seconds"`
}

// N is what the share is of.
func (s TrialSide) N() int64 { return s.Met + s.Breached }

// Rate is the share in time; false when nothing was decided.
func (s TrialSide) Rate() (float64, bool) {
	if s.N() == 0 {
		return 0, false
	}
	return float64(s.Met) / float64(s.N()), true
}

// TrialUnit is the completion for one customer unit.
type TrialUnit struct {
	Unit   int64     `json:"unit"` // 0: all others
	Others int64     `json:"others,omitempty"`
	Was    TrialSide `json:"was"`
	Would  TrialSide `json:"would"`
}

// TrialEnough is a time in the unit of the standard that would have been enough.
type TrialEnough struct {
	Value int   `json:"value"`
	Met   int64 `json:"met"`
	N     int64 `json:"n"`
	Sure  bool  `json:"sure"` // the lower end of the interval reaches the target, too
}

// TrialOpen is what becomes of the requests in hand if the standard holds for them as well.
type TrialOpen struct {
	TrialMoved            // the completion
	Response   TrialMoved `json:"first_response"`
	Next       TrialMoved `json:"next_response"` // the answer that the customer waits for
}

// TrialMoved is what becomes of one clock of theirs, where it runs.
type TrialMoved struct {
	Earlier int64 `json:"earlier" doc:"Due earlier, or at all"`
	Later   int64 `json:"later"`
	Late    int64 `json:"late" doc:"Past due at once, of those that are not late yet"`
}

// TrialCase is a request, or one turn of it, that would be on the other side.
type TrialCase struct {
	Ref, Link, Title string
	Customer         string
	Turn             int       // 0: the request
	Said             time.Time // since when the customer waited; of a turn
	Due, Would       time.Time // zero: nothing was, or would be promised
}

// TrialList says which list of a dry run is asked for.
type TrialList struct {
	Turns  bool // the answers to what customers said next; otherwise the requests
	Better bool
	After  TrialPlace
	Limit  int
}

// TrialPlace is an entry of such a list.
type TrialPlace struct {
	Request int64
	Turn    int
}

// TrialCases is a page of them.
type TrialCases struct {
	Items  []TrialCase
	Hidden int        // of this page, that the reader may not see
	Next   TrialPlace // zero: no more
}

// Trials is the slot of the room of requests, which has their logs.
type Trials interface {
	// Try begins a dry run, and finishes it if it is small.
	Try(ctx context.Context, ask TrialAsk) (Trial, error)
	// TrialOf is a dry run of a service; not found when there is none any more.
	TrialOf(ctx context.Context, service ID, id int64) (Trial, error)
	// CasesOf lists what is on the other side.
	CasesOf(ctx context.Context, trial Trial, list TrialList) (TrialCases, error)
	// InHand is how many requests of a service are open.
	InHand(ctx context.Context, service ID) (int64, error)
}

// TrialsBy fills the slot. Without it no standard can be tried.
func (c *Catalog) TrialsBy(t Trials) { c.trials = t }

// How a new standard treats the requests that are open.
const (
	OpenKeep      = ""           // they keep what was promised when they were asked
	OpenCarry     = "carry"      // what is used counts toward the new time, the rest in the new calendar
	OpenFromStart = "from_start" // as if it had held when they were opened
)

// Try is a dry run of a standard for who may set it.
func (c *Catalog) Try(ctx context.Context, code string, std Standard, from, to time.Time) (Trial, error) {
	s, err := c.Visible(ctx, code)
	if err != nil {
		return Trial{}, err
	}
	if _, err := c.mayStandard(ctx, s); err != nil {
		return Trial{}, err
	}
	var f fault.Fields
	checkStandard(&f, c.main(ctx), s.Kind, std)
	if err := c.checkCalendars(ctx, &f, std); err != nil {
		return Trial{}, err
	}
	switch {
	case !from.Before(to):
		f.Add("to", "catalog.trial-span")
	case s.Kind == Standing:
		f.Add("completion.unit", "catalog.trial-standing")
	}
	if err := f.Err(); err != nil {
		return Trial{}, err
	}
	if c.trials == nil {
		return Trial{}, fault.ErrNotFound
	}
	return c.trials.Try(ctx, TrialAsk{Service: s, Standard: std, From: from, To: to})
}

// Tried is a dry run for who may set the standard.
func (c *Catalog) Tried(ctx context.Context, code string, id int64) (Trial, error) {
	s, err := c.Visible(ctx, code)
	if err != nil {
		return Trial{}, err
	}
	if _, err := c.mayStandard(ctx, s); err != nil {
		return Trial{}, err
	}
	if c.trials == nil {
		return Trial{}, fault.ErrNotFound
	}
	return c.trials.TrialOf(ctx, s.ID, id)
}
