package org

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// Shift is a time in which somebody is on duty for a unit.
type Shift struct {
	ID       ID
	Unit     ID
	Person   ID
	From     time.Time
	Until    time.Time // first moment of being off
	Task     string    // what as: "first line"
	Phone    string    // of the duty; "" is the person's own
	Note     string
	By       ID
	At       time.Time
	Revision int64
}

// Valid says whether the person is on duty at a moment.
func (h Shift) Valid(at time.Time) bool { return !at.Before(h.From) && at.Before(h.Until) }

// OnDuty are the persons on duty for a unit at a moment; empty: there is no list, or nobody is.
func (s *Service) OnDuty(ctx context.Context, rd sqldb.Reader, unit ID, at time.Time) ([]ID, error) {
	shifts, err := shiftsAt(ctx, rd, unit, at)
	ids := make([]ID, len(shifts))
	for i, h := range shifts {
		ids[i] = h.Person
	}
	return ids, err
}
