package app

import "context"

// Problem is something that doctor found: where, and what, in a sentence for the operator; for scripts, what kind of
// thing, in which field, and both values.
type Problem struct {
	Where string `json:"where"`
	What  string `json:"what"`
	Key   string `json:"key"`
	Field string `json:"field,omitempty"`
	Have  string `json:"have,omitempty"`
	Want  string `json:"want,omitempty"`
	more  int    // how many it stands for beside itself
}

// Check is one proof of doctor over the whole database.
type Check struct {
	Name  string
	Run   func(ctx context.Context) ([]Problem, error)
	Asked bool // runs only when asked for by name
}

// Replayer rebuilds derived rows from the records they come from, and says how many it changed.
type Replayer struct {
	Name string
	Run  func(ctx context.Context) (changed int, err error)
}
