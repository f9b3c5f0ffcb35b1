package clock

import (
	"time"

	"neike/internal/calendar"
)

// Kinds of clocks.
const (
	FirstResponse = "first_response"
	Completion    = "completion"
	NextResponse  = "next_response" // the running turn of the customer's words, or the last one
)

// Scopes of clocks.
const (
	Customer = "customer"
	HopScope = "hop"
)

// States of clocks.
const (
	Running   = "running"
	Paused    = "paused"
	Met       = "met"
	Breached  = "breached"
	Cancelled = "cancelled"
)

// Kinds of marks.
const (
	Open     = "open"     // with Unit, Calendar, Version and the targets
	Respond  = "respond"  // the holding unit's first message, proposed date or decline; pause and deliver respond by themselves
	Pause    = "pause"    // the customer was asked
	Resume   = "resume"   // the customer answered
	Deliver  = "deliver"  // also ends a pause
	Return   = "return"   // the delivery was not right
	Accept   = "accept"   // the delivery was; a subject accepted without one ends here
	Reopen   = "reopen"   // the accepted delivery turned out not to be right: the same cycle goes on
	Cancel   = "cancel"   // cancelled or withdrawn
	Hop      = "hop"      // Unit holds it from here on, with Calendar, Version and perhaps Hop
	Retarget = "retarget" // with new targets, perhaps another Calendar, and Policy
	Word     = "word"     // the customer said something; an answer to a question, a return and a reopening are followed by one
	Agree    = "agree"    // with Due: both sides agreed that the completion is due then
)

// Policies of a retarget mark.
const (
	Carry     = "carry"      // what is used counts toward the new target
	Restart   = "restart"    // the new target begins here
	FromStart = "from_start" // as if the new target had held from the beginning
)

// Mark is one thing that happened, in the order of time. Which fields a kind reads stands beside the kinds.
type Mark struct {
	At       time.Time
	Kind     string
	Unit     int64
	Calendar string // code; a retarget without one counts in the calendar that the clock began with
	Version  int    // of the calendar, as known when the mark was recorded; 0 is the newest

	Response   calendar.Duration // target of the customer's first_response; zero is none
	Completion calendar.Duration // target of the customer's completion
	Next       calendar.Duration // target of each of the customer's next_response; counted in ResponseIn
	Hop        calendar.Duration // target of the hop of Unit (a sub-request, an agreement); zero is none
	Policy     string            // of a retarget; "" is carry
	// ResponseIn and CompletionIn are the calendars of the customer's clocks where they are not Calendar. What is said next
	// is answered in ResponseIn as well.
	ResponseIn, CompletionIn In
	Due                      time.Time // of an agreement, after At
}

// In is a calendar in a version: that known when a mark was recorded, or 0 for the newest. The zero In says nothing.
type In struct {
	Calendar string
	Version  int
}

// Tables gives compiled calendars; calendar.Book is one.
type Tables interface {
	// Table of a calendar at a version, the newest for 0.
	Table(code string, version int) (*calendar.Table, error)
	// Later lists the publications of a calendar after a version, oldest first.
	Later(code string, version int) []calendar.Publication
}

// State is where a clock stands.
type State struct {
	Kind, Scope string
	Unit        int64  // customer: the unit that held the subject at first
	Calendar    string // that it counts in now
	Version     int    // of the calendar that was counted with
	Began       string // the calendar that it began with; not stored in rows
	Target      calendar.Duration

	State     string
	StartedAt time.Time
	DueAt     time.Time // zero: no target
	EndedAt   time.Time // zero: not over; of completion: the delivery that was accepted
	PausedAt  time.Time // zero: not paused; since when the customer is waited for
	// BreachedAt is the due time that passed; zero: none did. A cancelled clock may have been breached before.
	BreachedAt time.Time

	Budget    time.Duration // counted time that the target allows
	Elapsed   time.Duration // counted
	Paused    time.Duration // counted time taken by pauses
	Delivered time.Duration // counted time between delivery and return or acceptance

	Turn   int       // of a next_response: which of the subject's turns it is, from 1; not stored in rows
	Step   int       // of a clock of the customer: the last of the told shares of its time that is used, in per cent
	StepAt time.Time // when the next one is, if nothing happens; zero: none

	Provisional bool // the due time reaches into a year whose days are not settled
	ByChange    bool // breached by a change of target or calendar, not by the handler

	// AgreedDue is the last date that both sides agreed on before the clock was breached; zero: none, then the two below
	// are zero, too. Original is what the clock would be without any agreement. They are not stored in rows.
	AgreedDue     time.Time
	OriginalDue   time.Time
	OriginalState string
}

// HasTarget says whether the clock can be met or breached: it has a target, or a date that was agreed on.
func (s State) HasTarget() bool { return !s.Target.IsZero() || !s.DueAt.IsZero() }

// Over says whether the clock has ended.
func (s State) Over() bool { return !s.EndedAt.IsZero() }

// TargetSeconds, ElapsedSeconds and PausedSeconds are whole seconds, rounded down.
func (s State) TargetSeconds() int64 { return s.Budget.Milliseconds() / 1000 }

// ElapsedSeconds is the counted time in whole seconds; the counted intervals of Explain add up to it.
func (s State) ElapsedSeconds() int64 { return s.Elapsed.Milliseconds() / 1000 }

// PausedSeconds is the counted time taken by pauses in whole seconds.
func (s State) PausedSeconds() int64 { return s.Paused.Milliseconds() / 1000 }

// Left is the counted time that remains: negative when the budget is overdrawn, zero without a target.
func (s State) Left() time.Duration {
	if !s.HasTarget() {
		return 0
	}
	return s.Budget - s.Elapsed
}

// Used is the share of the budget that is used; it may exceed 1. Without a target, or with a budget of 0, it is 0.
func (s State) Used() float64 {
	if s.Budget <= 0 {
		return 0
	}
	return float64(s.Elapsed) / float64(s.Budget)
}
