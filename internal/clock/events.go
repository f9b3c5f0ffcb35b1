package clock

import "time"

// WasBreached says that a clock passed its due time. It is announced once per clock, within half a minute.
type WasBreached struct {
	Subject  Subject   `json:"subject"`
	Kind     string    `json:"kind"`
	Scope    string    `json:"scope"`
	Unit     int64     `json:"unit"`
	DueAt    time.Time `json:"due_at"`
	ByChange bool      `json:"by_change,omitempty"` // a change of target or calendar did it
	Calendar string    `json:"calendar,omitempty"`  // that the clock counts in
}

// EventKind of WasBreached.
func (WasBreached) EventKind() string { return "clock.was-breached" }

// EventSubject of WasBreached is the subject of the clock.
func (e WasBreached) EventSubject() (string, int64) { return e.Subject.Kind, e.Subject.ID }

// WasRecomputed says that the open clocks of a calendar follow its new version.
type WasRecomputed struct {
	Calendar int64  `json:"calendar"` // id of the version published
	Code     string `json:"code"`
	Version  int    `json:"version"`
	Clocks   int    `json:"clocks"` // looked at
	Moved    int    `json:"moved"`  // whose due time or state changed
}

// EventKind of WasRecomputed.
func (WasRecomputed) EventKind() string { return "clock.was-recomputed" }

// EventSubject of WasRecomputed is the version that was published.
func (e WasRecomputed) EventSubject() (string, int64) { return "calendar", e.Calendar }
