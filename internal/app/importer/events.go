package importer

import (
	"context"
	"strconv"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// HasEnded says that a run is over, well or not, to whoever began it.
type HasEnded struct {
	Run    int64  `json:"run"`
	Kind   string `json:"kind"`
	Person int64  `json:"person"`
	Failed bool   `json:"failed,omitempty"`
	Count
}

// WasTakenBack says that a run was taken back, as far as it could be.
type WasTakenBack struct {
	Run    int64  `json:"run"`
	Kind   string `json:"kind"`
	Person int64  `json:"person"`
	Undone int    `json:"undone"`
	Kept   int    `json:"kept"`
}

// EventKind is the name of the event in the log.
func (HasEnded) EventKind() string     { return "import.has-ended" }
func (WasTakenBack) EventKind() string { return "import.was-taken-back" }

// EventSubject is the run.
func (e HasEnded) EventSubject() (string, int64)     { return "import", e.Run }
func (e WasTakenBack) EventSubject() (string, int64) { return "import", e.Run }

// AnnounceBy lets the importer say what has ended. Call it while wiring.
func (im *Importer) AnnounceBy(bus *event.Bus) { im.bus = bus }

func (im *Importer) announce(ctx context.Context, tx *sqldb.Tx, e event.Event) error {
	if im.bus == nil {
		return nil
	}
	return im.bus.Emit(ctx, tx, e)
}

// RunHref is the page of a run.
func RunHref(id int64) string { return "/settings/import/" + strconv.FormatInt(id, 10) }
