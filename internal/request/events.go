package request

import "time"

// About is what every event of a request carries. No words of the conversation: whoever needs them reads them with
// the rights of the reader.
type About struct {
	Request  int64     `json:"request"`
	Number   int64     `json:"number"`
	Service  int64     `json:"service"`
	Edge     int64     `json:"edge"`
	Provider int64     `json:"provider"`
	Customer int64     `json:"customer"`
	Unit     int64     `json:"unit"`     // holding unit after the event
	Assignee int64     `json:"assignee"` // after the event
	By       int64     `json:"by"`       // person who did it
	At       time.Time `json:"at"`
	For      int64     `json:"for,omitempty"`      // in whose place, by a deputy
	Imported bool      `json:"imported,omitempty"` // history: nobody is notified
}

// EventSubject names the request.
func (a About) EventSubject() (string, int64) { return Kind, a.Request }

// Kind is the subject kind of requests in grants, todos, conversations and events.
const Kind = "request"

// The events of a request, in the past tense.
type (
	// WasOpened says that somebody asked.
	WasOpened struct{ About }
	// WasTaken says that the assignee took it.
	WasTaken struct{ About }
	// WasAssigned says that it was given to the assignee.
	WasAssigned struct{ About }
	// WasDeclined says that a unit named the right one, which holds it now.
	WasDeclined struct {
		About
		From int64 `json:"from"` // the unit that declined
	}
	// WasHandedOver says that another unit has it in hand now; who owes the result stays.
	WasHandedOver struct {
		About
		From      int64 `json:"from"`                // the unit that handed it over
		Unsettled bool  `json:"unsettled,omitempty"` // so often that the quality office is to decide
	}
	// WasPutBack says that whoever had it gave it back to the queue of the unit.
	WasPutBack struct {
		About
		From int64 `json:"from"` // who had it
	}
	// WasSettled says that it was decided who does it.
	WasSettled struct {
		About
		From int64 `json:"from"` // the unit that had it, which may be the one that keeps it
	}
	// WasAsked says that the customer owes an answer.
	WasAsked struct{ About }
	// WasAnswered says that the customer answered.
	WasAnswered struct{ About }
	// WasSaid says that a message or an internal note was added.
	WasSaid struct {
		About
		Note bool `json:"note,omitempty"`
	}
	// WasDelivered says that the customer is to accept or return.
	WasDelivered struct {
		About
		Told bool `json:"told,omitempty"` // its customers hear of it with the request that it went along with
	}
	// WasReturned says that the delivery was not right first time.
	WasReturned struct {
		About
		Duplicate bool `json:"duplicate,omitempty"` // with the request that it goes along with
	}
	// WasAccepted says that the request is done.
	WasAccepted struct {
		About
		InTime     bool `json:"in_time"`
		RightFirst bool `json:"right_first"`
		Duplicate  bool `json:"duplicate,omitempty"` // with the request that it goes along with
	}
	// WasRated says that somebody rated; never how.
	WasRated struct{ About }
	// WasNudged says that the customer urged.
	WasNudged struct{ About }
	// WasWithdrawn says that the customer took it back before anybody took it.
	WasWithdrawn struct{ About }
	// WasCancelled says that the customer called it off later.
	WasCancelled struct{ About }
	// WasSucceeded says that somebody else works on it, or is its customer, from now on: the person before has left it.
	WasSucceeded struct {
		About
		From int64  `json:"from"`
		Side string `json:"side"` // provider: the assignee is another one; customer: who asked is
	}
	// HasFollowed says that it went along with a unit that ended, to the one that follows it.
	HasFollowed struct {
		About
		From int64  `json:"from"` // the unit that ended
		Side string `json:"side"` // provider: it had it in hand; customer: it had asked
	}
	// WasLogged says that an agent wrote it down for a colleague who called and is to confirm it.
	WasLogged struct{ About }
	// WasConfirmed says that the customer did ask for what an agent wrote down.
	WasConfirmed struct{ About }
	// WasDisowned says that the customer did not; the request has ended.
	WasDisowned struct{ About }
	// WasNamed says that one more person may see a confidential request.
	WasNamed struct {
		About
		Person int64 `json:"person"`
	}
	// DueMoved says that a new version of its calendar moved the due time.
	DueMoved struct {
		About
		Calendar string    `json:"calendar"`
		Version  int       `json:"version"`
		From     time.Time `json:"from"`
		To       time.Time `json:"to"`
	}
)

// StepWasReached says that so much of a clock's time is used, and who is told, by what they are to it.
type StepWasReached struct {
	About
	Clock    string             `json:"clock,omitempty"` // "": completion
	Turn     int                `json:"turn,omitempty"`  // of next_response
	Percent  int                `json:"percent"`
	Calendar string             `json:"calendar,omitempty"` // of the standard: people are told within its hours
	Urgent   bool               `json:"urgent,omitempty"`   // told outside them, too
	Told     map[string][]int64 `json:"told"`
}

// WasRouted says that a rule of a unit gave a request to somebody, or sent it to a unit below.
type WasRouted struct {
	About
	Rule    int64  `json:"rule"`
	Version int    `json:"version"` // of the unit's rules
	Way     string `json:"way"`
	From    int64  `json:"from"`              // unit that decided
	Opening bool   `json:"opening,omitempty"` // while it was opened
}

// EventKind of WasRouted.
func (WasRouted) EventKind() string { return "request.routed" }

// WasRetargeted says that a new standard holds for an open request, too, and what that made of its due time.
type WasRetargeted struct {
	About
	Version int       `json:"version"`
	Policy  string    `json:"policy"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
}

// EventKind is the name of the event in the log.
func (WasOpened) EventKind() string     { return "request.opened" }
func (WasTaken) EventKind() string      { return "request.taken" }
func (WasAssigned) EventKind() string   { return "request.assigned" }
func (WasDeclined) EventKind() string   { return "request.declined" }
func (WasAsked) EventKind() string      { return "request.asked" }
func (WasAnswered) EventKind() string   { return "request.answered" }
func (WasSaid) EventKind() string       { return "request.said" }
func (WasDelivered) EventKind() string  { return "request.delivered" }
func (WasReturned) EventKind() string   { return "request.returned" }
func (WasAccepted) EventKind() string   { return "request.accepted" }
func (WasRated) EventKind() string      { return "request.rated" }
func (WasNudged) EventKind() string     { return "request.nudged" }
func (WasWithdrawn) EventKind() string  { return "request.withdrawn" }
func (WasCancelled) EventKind() string  { return "request.cancelled" }
func (WasLogged) EventKind() string     { return "request.logged" }
func (WasConfirmed) EventKind() string  { return "request.confirmed" }
func (WasDisowned) EventKind() string   { return "request.disowned" }
func (WasNamed) EventKind() string      { return "request.named" }
func (WasSucceeded) EventKind() string  { return "request.succeeded" }
func (HasFollowed) EventKind() string   { return "request.followed" }
func (DueMoved) EventKind() string      { return "request.due-moved" }
func (WasRetargeted) EventKind() string { return "request.retargeted" }
func (WasHandedOver) EventKind() string { return "request.handed-over" }
func (WasSettled) EventKind() string    { return "request.settled" }

// EventKind of WasPutBack.
func (WasPutBack) EventKind() string     { return "request.put-back" }
func (StepWasReached) EventKind() string { return "request.step-reached" }

// LimitsWereSet says how much a unit, and each of its people, has in hand at most from now on.
type LimitsWereSet struct {
	Unit     int64  `json:"unit"`
	Work     int    `json:"work"`
	WhenFull string `json:"when_full"`
	Hands    int    `json:"hands"`
	Beyond   string `json:"beyond"`
}

// EventKind is the name of the event in the log.
func (LimitsWereSet) EventKind() string { return "request.limits-set" }

// EventSubject names the unit.
func (e LimitsWereSet) EventSubject() (string, int64) { return "unit", e.Unit }
