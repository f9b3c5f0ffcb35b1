package repeat

// About is what every event of a template carries; none of its words.
type About struct {
	Template int64 `json:"template"`
	Number   int64 `json:"number"`
	Service  int64 `json:"service"`
	Owner    int64 `json:"owner"`
	Unit     int64 `json:"unit"`
}

// EventSubject names the template.
func (a About) EventSubject() (string, int64) { return Kind, a.Template }

func about(t Template) About { return About{t.ID, t.Number, t.Service, t.Owner, t.Unit} }

type (
	// WasMade says that there is a new template.
	WasMade struct{ About }
	// WasChanged says that it reads otherwise, was paused, resumed or ended, or that one of its dates was skipped or changed.
	WasChanged struct {
		About
		State string `json:"state"`
		Slot  string `json:"slot,omitempty"`
	}
	// WasOpened says that a date opened its request.
	WasOpened struct {
		About
		Slot    string `json:"slot"`
		Request int64  `json:"request"`
	}
	// HasStopped says that a date could not be asked; its owner owes a look at it.
	HasStopped struct {
		About
		Told int64 `json:"told"`
	}
	// WasSucceeded says that it is asked in another name from now on, or for another unit.
	WasSucceeded struct {
		About
		From int64 `json:"from"`
	}
)

// EventKind is the name of the event in the log.
func (WasMade) EventKind() string      { return "repeat.made" }
func (WasChanged) EventKind() string   { return "repeat.changed" }
func (WasOpened) EventKind() string    { return "repeat.opened" }
func (HasStopped) EventKind() string   { return "repeat.stopped" }
func (WasSucceeded) EventKind() string { return "repeat.succeeded" }
