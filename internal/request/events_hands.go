package request

// What is announced of a request that goes through several hands.
type (
	// WasSplit says that the unit that has it in hand asks another for a part of it.
	WasSplit struct {
		About
		Part int64 `json:"part"` // its number
	}
	// PartHasEnded says that a part has ended, or goes on after all.
	PartHasEnded struct {
		About
		Part  int64 `json:"part"`            // its number
		Open  int   `json:"open"`            // parts that have not ended
		Again bool  `json:"again,omitempty"` // it goes on after all
	}
)

// What is announced of requests that ask for the same, or belong together.
type (
	// WasMerged says that it goes along with another request.
	WasMerged struct {
		About
		Into   int64 `json:"into"`             // number of the other
		Holder int64 `json:"holder,omitempty"` // who works on that one; 0: nobody yet
		// Duplicate says that the other's customer asked for it, too: it counts once.
		Duplicate bool `json:"duplicate,omitempty"`
	}
	// WasUnmerged says that it goes on by itself.
	WasUnmerged struct {
		About
		From int64  `json:"from"`          // number of the other
		Why  string `json:"why,omitempty"` // ended: the other ended without a result; "": taken back
	}
	// HasGoneAlong says, of the other one, that a request goes along with it, or does not any more.
	HasGoneAlong struct {
		About
		With  int64 `json:"with"` // number of that request
		LetGo bool  `json:"let_go,omitempty"`
	}
	// WasLinked says that it belongs together with another request, or does not any more.
	WasLinked struct {
		About
		Other int64  `json:"other"` // its number
		Kind  string `json:"kind"`  // related, follows, blocked-by
		Ended bool   `json:"ended,omitempty"`
	}
)

// EventKind is the name of the event in the log.
func (WasMerged) EventKind() string    { return "request.merged" }
func (WasUnmerged) EventKind() string  { return "request.unmerged" }
func (HasGoneAlong) EventKind() string { return "request.gone-along" }
func (WasLinked) EventKind() string    { return "request.linked" }

// EventKind is the name of the event in the log.
func (WasSplit) EventKind() string     { return "request.split" }
func (PartHasEnded) EventKind() string { return "request.part-ended" }
