package org

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// The steps of the first set-up that leave no trace of their own when things stay as they came, and its end.
const (
	SetupCalendar = "calendar" // the working hours are right
	SetupSight    = "sight"    // who sees what is right
	SetupEntry    = "entry"    // somebody has seen how people get in
	SetupFinished = "finished" // nobody wants to be led any more
)

var setupSteps = []string{SetupCalendar, SetupSight, SetupEntry, SetupFinished}

// SetupWasMarked says that a step of the first set-up was settled as it is.
type SetupWasMarked struct {
	Step string `json:"step"`
}

// EventKind of SetupWasMarked.
func (SetupWasMarked) EventKind() string { return "org.setup-was-marked" }

// EventSubject of SetupWasMarked.
func (SetupWasMarked) EventSubject() (string, int64) { return "company", 1 }

// MarkSetup settles a step of the first set-up. A step that is settled stays so. Who may is the gate's matter
// (settings.change).
func (s *Service) MarkSetup(ctx context.Context, step string) error {
	if !slices.Contains(setupSteps, step) {
		return fault.ErrNotFound
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := markSetup(ctx, tx, step, actor.From(ctx).Person)
		if err != nil || n == 0 {
			return err
		}
		return s.events.Emit(ctx, tx, SetupWasMarked{Step: step})
	})
}

// SetupMarks lists the steps that were settled.
func (s *Service) SetupMarks(ctx context.Context, rd sqldb.Reader) ([]string, error) {
	return setupMarks(ctx, rd)
}
