package request

import "time"

// What becomes of a request's promises about time.
type (
	// DateProposed says that the provider proposes another date; the customer answers.
	DateProposed struct {
		About
		From time.Time `json:"from"` // the due time so far
		To   time.Time `json:"to"`
	}
	// DateAnswered says whether the customer agreed to the date proposed.
	DateAnswered struct {
		About
		Agreed bool      `json:"agreed"`
		From   time.Time `json:"from"` // the due time so far
		To     time.Time `json:"to"`   // the date proposed
	}
	// WasReopened says that an accepted request goes on, because its customer found it not right after all.
	WasReopened struct{ About }
	// WasAskedAgain says that instead of being reopened a request was opened anew.
	WasAskedAgain struct {
		About
		New int64 `json:"new"` // its number
	}
	// AcceptanceNears says that the house will accept the delivery unless its customer does something.
	AcceptanceNears struct {
		About
		Until time.Time `json:"until"` // when the house accepts
	}
	// WasAcceptedByHouse says that the house accepted the delivery: its customer had said nothing.
	WasAcceptedByHouse struct {
		About
		InTime     bool `json:"in_time"`
		RightFirst bool `json:"right_first"`
		Duplicate  bool `json:"duplicate,omitempty"` // with the request that it goes along with
	}
	// CauseMoved says that the provider stated why a clock was late, that the customer answered, or that it was decided.
	CauseMoved struct {
		About
		Clock   string `json:"clock"`
		Turn    int    `json:"turn,omitempty"` // of next_response
		State   string `json:"state"`          // stated, disputed, settled
		Cause   string `json:"cause"`
		Excused bool   `json:"excused,omitempty"`
	}
	// PauseContested says where a contested pause stands: head, kept, quality, or "" when it is settled.
	PauseContested struct {
		About
		Stage string `json:"stage"`
		Void  bool   `json:"void,omitempty"` // the pause counts as work
	}
	// StageMoved says how far the work is.
	StageMoved struct {
		About
		Stage string `json:"stage"` // code; "": none of the service's stages
		Zh    string `json:"zh,omitempty"`
		En    string `json:"en,omitempty"`
		Waits bool   `json:"waits,omitempty"` // for somebody other than the customer
	}
	// PriorityMoved says that a request is urgent, is wanted to be, or is not any more.
	PriorityMoved struct {
		About
		Priority string `json:"priority"`        // "", wanted, urgent
		Asked    bool   `json:"asked,omitempty"` // by its customer
	}
)

// EventKind is the name of the event in the log.
func (DateProposed) EventKind() string       { return "request.date-proposed" }
func (DateAnswered) EventKind() string       { return "request.date-answered" }
func (WasReopened) EventKind() string        { return "request.reopened" }
func (WasAskedAgain) EventKind() string      { return "request.asked-again" }
func (AcceptanceNears) EventKind() string    { return "request.acceptance-nears" }
func (WasAcceptedByHouse) EventKind() string { return "request.accepted-by-house" }
func (CauseMoved) EventKind() string         { return "request.cause-moved" }
func (PauseContested) EventKind() string     { return "request.pause-contested" }
func (StageMoved) EventKind() string         { return "request.stage-moved" }
func (PriorityMoved) EventKind() string      { return "request.priority-moved" }
