package calendar

import (
	"context"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// WasPublished says that a version of a calendar was published: open clocks of that calendar follow it.
type WasPublished struct {
	Calendar  int64  `json:"calendar"` // id of the version
	Code      string `json:"code"`
	Version   int    `json:"version"`
	ValidFrom string `json:"valid_from,omitempty"` // "" replaces all older versions
}

// EventKind of WasPublished.
func (WasPublished) EventKind() string { return "calendar.was-published" }

// EventSubject of WasPublished.
func (e WasPublished) EventSubject() (string, int64) { return "calendar", e.Calendar }

// listen keeps the book true: in this process when the transaction has committed, in others when they see the event.
func (s *Service) listen(bus *event.Bus) {
	event.Hear(bus, "calendar", func(ctx context.Context, tx *sqldb.Tx, e WasPublished) error {
		tx.OnCommit(s.forget)
		return nil
	})
	bus.Live(func(r event.Record) {
		if r.Kind == (WasPublished{}).EventKind() {
			s.forget()
		}
	})
}
