package delivery

import "time"

// About is what every event of a delivery carries. No words of the conversation: whoever needs them reads them with the
// rights of the reader.
type About struct {
	Delivery int64     `json:"delivery"`
	Number   int64     `json:"number"`
	Standing int64     `json:"standing,omitempty"`
	Service  int64     `json:"service"`
	Edge     int64     `json:"edge"`
	Provider int64     `json:"provider"`
	Customer int64     `json:"customer"`
	Receiver int64     `json:"receiver,omitempty"`
	Assignee int64     `json:"assignee,omitempty"`
	By       int64     `json:"by"`
	At       time.Time `json:"at"`
	For      int64     `json:"for,omitempty"`      // in whose place, by a deputy
	Imported bool      `json:"imported,omitempty"` // history: nobody is notified
}

// EventSubject names the delivery.
func (a About) EventSubject() (string, int64) { return Kind, a.Delivery }

// The events of a delivery, in the past tense.
type (
	// WasOpened says that a delivery is to be made, or was told of.
	WasOpened struct{ About }
	// WasDelivered says that the customer is to accept or return.
	WasDelivered struct{ About }
	// WasReturned says that it was not right first time.
	WasReturned struct{ About }
	// WasAccepted says that it is done.
	WasAccepted struct {
		About
		ByItself bool `json:"by_itself,omitempty"` // nobody said anything in time
	}
	// WasRated says that somebody rated; never how.
	WasRated struct{ About }
	// WasSaid says that a message was added.
	WasSaid struct{ About }
	// SkipWasAsked says that the provider asks to leave it out.
	SkipWasAsked struct{ About }
	// SkipWasRefused says that the customer wants it.
	SkipWasRefused struct{ About }
	// WasSkipped says that it is left out, as both sides agree.
	WasSkipped struct{ About }
	// WasContested says that the customer holds it is not theirs.
	WasContested struct{ About }
	// WasUpheld says that a contested one is the customer's and counts.
	WasUpheld struct{ About }
	// WasDropped says that a contested one is not the customer's and counts as nothing.
	WasDropped struct{ About }
	// WasCancelled says that the provider took it back.
	WasCancelled struct{ About }
	// WasMissed says that it fell due while the house was down.
	WasMissed struct{ About }
	// WasSucceeded says that somebody else brings it or takes it over from now on.
	WasSucceeded struct {
		About
		From int64  `json:"from"`
		Side string `json:"side"`
	}
	// HasFollowed says that it went along with a unit that ended.
	HasFollowed struct {
		About
		From int64  `json:"from"`
		Side string `json:"side"`
	}
	// DueMoved says that a new version of its calendar moved the due time.
	DueMoved struct {
		About
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	}
)

// EventKind is the name of the event in the log.
func (WasOpened) EventKind() string      { return "delivery.opened" }
func (WasDelivered) EventKind() string   { return "delivery.delivered" }
func (WasReturned) EventKind() string    { return "delivery.returned" }
func (WasAccepted) EventKind() string    { return "delivery.accepted" }
func (WasRated) EventKind() string       { return "delivery.rated" }
func (WasSaid) EventKind() string        { return "delivery.said" }
func (SkipWasAsked) EventKind() string   { return "delivery.skip-asked" }
func (SkipWasRefused) EventKind() string { return "delivery.skip-refused" }
func (WasSkipped) EventKind() string     { return "delivery.skipped" }
func (WasContested) EventKind() string   { return "delivery.contested" }
func (WasUpheld) EventKind() string      { return "delivery.upheld" }
func (WasDropped) EventKind() string     { return "delivery.dropped" }
func (WasCancelled) EventKind() string   { return "delivery.cancelled" }
func (WasMissed) EventKind() string      { return "delivery.missed" }
func (WasSucceeded) EventKind() string   { return "delivery.succeeded" }
func (HasFollowed) EventKind() string    { return "delivery.followed" }
func (DueMoved) EventKind() string       { return "delivery.due-moved" }

// AboutStanding is what every event of an arrangement carries.
type AboutStanding struct {
	Standing  int64     `json:"standing"`
	Number    int64     `json:"number"`
	Service   int64     `json:"service"`
	Provider  int64     `json:"provider"`
	Customers []int64   `json:"customers,omitempty"` // units whom it is news for
	By        int64     `json:"by"`
	At        time.Time `json:"at"`
}

// EventSubject names the arrangement.
func (a AboutStanding) EventSubject() (string, int64) { return StandingKind, a.Standing }

// The events of an arrangement.
type (
	// WasArranged says that a unit brings something to others from now on.
	WasArranged struct{ AboutStanding }
	// StandingWasChanged says that an arrangement is another one from now on, or that it rests or goes on.
	StandingWasChanged struct {
		AboutStanding
		What string `json:"what"` // changed, paused, resumed
	}
	// StandingHasEnded says that nothing falls due any more.
	StandingHasEnded struct{ AboutStanding }
	// WasAgreed says that a customer has confirmed an arrangement.
	WasAgreed struct{ AboutStanding }
	// WasObjected says that a customer does not want it.
	WasObjected struct{ AboutStanding }
)

// EventKind is the name of the event in the log.
func (WasArranged) EventKind() string        { return "delivery.arranged" }
func (StandingWasChanged) EventKind() string { return "delivery.standing-changed" }
func (StandingHasEnded) EventKind() string   { return "delivery.standing-ended" }
func (WasAgreed) EventKind() string          { return "delivery.standing-agreed" }
func (WasObjected) EventKind() string        { return "delivery.standing-objected" }
