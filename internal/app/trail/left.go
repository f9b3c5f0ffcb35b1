package trail

import (
	"context"
	"net/http"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// FileWasTaken says that somebody took a list out of the house as a file.
type FileWasTaken struct {
	File  string `json:"file"`
	Path  string `json:"path"`
	Query string `json:"query,omitempty"` // what narrowed the list
}

// EventKind is the name of the event in the log.
func (FileWasTaken) EventKind() string { return "trail.file-was-taken" }

// EventSubject is no record: a list holds many.
func (FileWasTaken) EventSubject() (string, int64) { return "list", 0 }

// AnnounceBy lets the trail note what leaves. Call it while wiring.
func (r *Reader) AnnounceBy(bus *event.Bus) { r.bus = bus }

// Left notes that a list is about to leave as a file, by whom and narrowed by what. What cannot be noted does not leave.
func (r *Reader) Left(req *http.Request, file string) error {
	return r.Note(req.Context(), FileWasTaken{File: file, Path: req.URL.Path, Query: req.URL.RawQuery})
}

// Note writes that a file leaves, of whatever way.
func (r *Reader) Note(ctx context.Context, e FileWasTaken) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return r.bus.Emit(ctx, tx, e) })
}
