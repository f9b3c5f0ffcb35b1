package promise

import "time"

// About is what every event of a promise carries; none of its words.
type About struct {
	Promise      int64     `json:"promise"`
	Number       int64     `json:"number"`
	Giver        int64     `json:"giver"`
	GiverUnit    int64     `json:"giver_unit"`
	Receiver     int64     `json:"receiver,omitempty"`
	ReceiverUnit int64     `json:"receiver_unit"`
	AboutKind    string    `json:"about_kind,omitempty"`
	AboutID      int64     `json:"about_id,omitempty"`
	Confidential bool      `json:"confidential,omitempty"`
	By           int64     `json:"by"`
	For          int64     `json:"for,omitempty"` // in whose place, by a deputy
	At           time.Time `json:"at"`
}

// EventSubject names the promise.
func (a About) EventSubject() (string, int64) { return Kind, a.Promise }

// The events of a promise, in the past tense.
type (
	// WasMade says that somebody gave a promise.
	WasMade struct{ About }
	// WasClaimed says that the giver calls it done; the receiver is asked.
	WasClaimed struct{ About }
	// WasSaidNotYet says that the receiver does not call it done, and there is time left.
	WasSaidNotYet struct{ About }
	// WasSaid says how it went, by the receiver's word.
	WasSaid struct {
		About
		How State `json:"how"`
	}
	// WasProposed says that the giver asks for another date.
	WasProposed struct{ About }
	// WasMoved says that the receiver agreed to another date.
	WasMoved struct {
		About
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	}
	// WasRefused says that the receiver stays with the date.
	WasRefused struct{ About }
	// WasWithdrawn says that the giver took it back before it was due.
	WasWithdrawn struct{ About }
	// IsNear says that it is due the next workday.
	IsNear struct{ About }
	// FellDue says that its time has come, and the receiver is asked.
	FellDue struct{ About }
	// WasAskedAgain says that the receiver has said nothing and is reminded.
	WasAskedAgain struct{ About }
	// HasLapsed says that the receiver said nothing in time.
	HasLapsed struct{ About }
	// WasSucceeded says that somebody else answers for it, or hears of it, from now on.
	WasSucceeded struct {
		About
		From int64 `json:"from"`
		Side Side  `json:"side"`
	}
	// HasFollowed says that it went along with a unit that ended.
	HasFollowed struct {
		About
		From int64 `json:"from"`
		Side Side  `json:"side"`
	}
)

// EventKind is the name of the event in the log.
func (WasMade) EventKind() string       { return "promise.made" }
func (WasClaimed) EventKind() string    { return "promise.claimed" }
func (WasSaidNotYet) EventKind() string { return "promise.not-yet" }
func (WasSaid) EventKind() string       { return "promise.said" }
func (WasProposed) EventKind() string   { return "promise.proposed" }
func (WasMoved) EventKind() string      { return "promise.moved" }
func (WasRefused) EventKind() string    { return "promise.refused" }
func (WasWithdrawn) EventKind() string  { return "promise.withdrawn" }
func (IsNear) EventKind() string        { return "promise.near" }
func (FellDue) EventKind() string       { return "promise.due" }
func (WasAskedAgain) EventKind() string { return "promise.asked-again" }
func (HasLapsed) EventKind() string     { return "promise.lapsed" }
func (WasSucceeded) EventKind() string  { return "promise.succeeded" }
func (HasFollowed) EventKind() string   { return "promise.followed" }
