package problem

// About is what every event of a problem carries; no words of those who have it.
type About struct {
	Problem int64 `json:"problem"`
	Number  int64 `json:"number"`
	Unit    int64 `json:"unit"`
	By      int64 `json:"by"`
}

// EventSubject names the problem.
func (a About) EventSubject() (string, int64) { return Kind, a.Problem }

func about(p Problem, by int64) About { return About{p.ID, p.Number, p.Unit, by} }

type (
	// WasOpened says that a problem is known.
	WasOpened struct{ About }
	// WasUpdated says that its words changed.
	WasUpdated struct{ About }
	// WasEnded says that it is solved, or was none.
	WasEnded struct {
		About
		State string `json:"state"`
	}
	// WasShared says that somebody has it, too, or takes that back.
	WasShared struct {
		About
		Left bool `json:"left,omitempty"`
	}
	// WasAnswered says whether it is solved for somebody.
	WasAnswered struct {
		About
		Solved bool `json:"solved"`
	}
)

// EventKind is the name of the event in the log.
func (WasOpened) EventKind() string   { return "problem.opened" }
func (WasUpdated) EventKind() string  { return "problem.updated" }
func (WasEnded) EventKind() string    { return "problem.ended" }
func (WasShared) EventKind() string   { return "problem.shared" }
func (WasAnswered) EventKind() string { return "problem.answered" }
