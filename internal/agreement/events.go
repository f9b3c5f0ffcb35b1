package agreement

// About is what every event of an agreement carries; none of its words.
type About struct {
	Agreement int64 `json:"agreement"`
	Number    int64 `json:"number"`
	Provider  int64 `json:"provider"`
	Customer  int64 `json:"customer"`
	Version   int   `json:"version"`
}

// EventSubject names the agreement.
func (a About) EventSubject() (string, int64) { return Kind, a.Agreement }

func about(a Agreement, n int) About { return About{a.ID, a.Number, a.Provider, a.Customer, n} }

// The events of an agreement.
type (
	// WasDrafted says that somebody wrote a version, or changed one that is not signed by both.
	WasDrafted struct{ About }
	// WasSignedBy says that one side signed.
	WasSignedBy struct {
		About
		Side Side `json:"side"`
	}
	// CameIntoForce says that both sides have signed; it counts from its first day on.
	CameIntoForce struct{ About }
	// WasObjectedTo says that a side does not sign the draft as it is.
	WasObjectedTo struct {
		About
		Side Side `json:"side"`
	}
	// WasDropped says that a draft was taken back.
	WasDropped struct{ About }
	// WasEnded says that a side, or the quality office, ended it.
	WasEnded struct{ About }
	// WasCommented says that a side said something about a quarter.
	WasCommented struct {
		About
		Side    Side `json:"side"`
		Quarter int  `json:"quarter"`
	}
	// IsToBeReviewed says that its review day is near.
	IsToBeReviewed struct{ About }
	// HasFollowed says that it went along with a unit that ended.
	HasFollowed struct {
		About
		From int64 `json:"from"`
	}
)

// EventKind is the name of the event in the log.
func (WasDrafted) EventKind() string     { return "agreement.drafted" }
func (WasSignedBy) EventKind() string    { return "agreement.signed" }
func (CameIntoForce) EventKind() string  { return "agreement.in-force" }
func (WasObjectedTo) EventKind() string  { return "agreement.objected" }
func (WasDropped) EventKind() string     { return "agreement.dropped" }
func (WasEnded) EventKind() string       { return "agreement.ended" }
func (WasCommented) EventKind() string   { return "agreement.commented" }
func (IsToBeReviewed) EventKind() string { return "agreement.to-review" }
func (HasFollowed) EventKind() string    { return "agreement.followed" }
