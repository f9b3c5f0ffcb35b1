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

// EventKind is the name of the event in the log.
func (WasSplit) EventKind() string     { return "request.split" }
func (PartHasEnded) EventKind() string { return "request.part-ended" }
