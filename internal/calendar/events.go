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
	Cause     string `json:"cause,omitempty"`      // base, statutory:2027: it follows what lies beneath; "" for its own sake
}

// EventKind of WasPublished.
func (WasPublished) EventKind() string { return "calendar.was-published" }

// EventSubject of WasPublished.
func (e WasPublished) EventSubject() (string, int64) { return "calendar", e.Calendar }

// YearWasImported says that an administrator brought in the statutory days of a year.
type YearWasImported struct {
	Year     int64  `json:"id"`
	Country  string `json:"country"`
	Of       int    `json:"year"`
	Official bool   `json:"official"`
	Changed  int    `json:"changed"`  // days that are another than before
	Versions int    `json:"versions"` // of calendars that follow
}

// EventKind of YearWasImported.
func (YearWasImported) EventKind() string { return "calendar.year-was-imported" }

// EventSubject of YearWasImported is the row of the year.
func (e YearWasImported) EventSubject() (string, int64) { return "calendar_year", e.Year }

// listen keeps the book true: in this process when the transaction has committed, in others when they see the event.
func (s *Service) listen(bus *event.Bus) {
	event.Hear(bus, "calendar", func(ctx context.Context, tx *sqldb.Tx, e WasPublished) error {
		tx.OnCommit(s.forget)
		return nil
	})
	event.Hear(bus, "calendar", func(ctx context.Context, tx *sqldb.Tx, e YearWasImported) error {
		tx.OnCommit(s.forget)
		return nil
	})
	bus.Live(func(r event.Record) {
		if r.Kind == (WasPublished{}).EventKind() || r.Kind == (YearWasImported{}).EventKind() {
			s.forget()
		}
	})
}
