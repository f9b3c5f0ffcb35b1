package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/directory"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

func init() { offer("sync", syncDirectory) }

// SyncArgs are those of `neike sync`.
type SyncArgs struct {
	Connection string // id, kind or name; "" lists the connections
	Apply      bool
	Stop       int  // how many people may be stopped, when the run is guarded; -1: not said
	Keep       bool // nobody is stopped
	JSON       bool
}

// syncPause is how long the command waits for what another process, or the platform's patience, holds up.
const syncPause = 200 * time.Millisecond

// syncOutput is what `neike sync --json` prints.
type syncOutput struct {
	Run     string           `json:"run"`
	State   string           `json:"state"`
	Whole   bool             `json:"whole"`
	Planned directory.Counts `json:"planned"`
	Applied directory.Counts `json:"applied"`
	Leaving int              `json:"leaving"`
	Guarded bool             `json:"guarded"`
	Asks    int              `json:"asks"`
	Failure string           `json:"failure,omitempty"`
	Items   []syncItem       `json:"items"`
}

type syncItem struct {
	Sort    string             `json:"sort"`
	Plan    string             `json:"plan"`
	Label   string             `json:"label"`
	State   string             `json:"state"`
	Changes []directory.Change `json:"changes"`
	Reason  string             `json:"reason,omitempty"`
}

// syncDirectory reads a company's directory, says what would change, and changes it when told to. Without Apply the
// comparison stays, to be looked at and applied on its page.
func syncDirectory(ctx context.Context, a *App, c *Call) error {
	var args SyncArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	connections, err := a.syncable(ctx)
	if err != nil {
		return err
	}
	if args.Connection == "" {
		return a.listSyncable(ctx, c, connections, args.JSON)
	}
	chosen, err := choose(connections, args.Connection)
	if err != nil {
		return err
	}
	r, err := a.Directory.Begin(ctx, chosen.ID, "command")
	if err != nil {
		return err
	}
	if r, err = a.workSync(ctx, c, r.ID); err != nil {
		return err
	}
	items, err := a.syncItems(ctx, r)
	if err != nil {
		return err
	}
	if !args.JSON {
		if err := printPlan(ctx, c, r, items); err != nil {
			return err
		}
	}
	if args.Apply && r.State == directory.Planned {
		if r, err = a.applySync(ctx, c, r, args); err != nil {
			return err
		}
		if items, err = a.syncItems(ctx, r); err != nil {
			return err
		}
	}
	return a.endSync(ctx, c, r, items, args)
}

// syncable are the connections whose directory is synchronised.
func (a *App) syncable(ctx context.Context) (list []directory.Connection, err error) {
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := a.Directory.Connections(ctx, rd)
		list = slices.DeleteFunc(all, func(x directory.Connection) bool { return !x.Active() || !x.Sync })
		return err
	})
	return list, err
}

func (a *App) listSyncable(ctx context.Context, c *Call, list []directory.Connection, asJSON bool) error {
	rows := [][]string{{"ID", "KIND", "NAME", "LAST SYNC", "STATE"}}
	type line struct {
		ID    string    `json:"id"`
		Kind  string    `json:"kind"`
		Name  string    `json:"name"`
		Last  time.Time `json:"last_at,omitzero"`
		State string    `json:"state,omitempty"`
	}
	lines := []line{}
	for _, x := range list {
		last, err := a.Directory.Runs(ctx, x.ID, time.Time{}, 1)
		if err != nil {
			return err
		}
		l := line{ID: strconv.FormatInt(x.ID, 10), Kind: x.Kind, Name: x.Name.In(ctx)}
		if len(last) > 0 {
			l.Last, l.State = last[0].Began, last[0].State
		}
		lines = append(lines, l)
		rows = append(rows, []string{l.ID, l.Kind, l.Name, stamp(l.Last), l.State})
	}
	if asJSON {
		return printJSON(c, lines)
	}
	return printTable(c, rows)
}

// choose finds a connection by its id, its kind when there is one of it, or its name.
func choose(list []directory.Connection, by string) (directory.Connection, error) {
	var found []directory.Connection
	for _, x := range list {
		if strconv.FormatInt(x.ID, 10) == by || x.Kind == by || x.Name.Zh == by || x.Name.En == by {
			found = append(found, x)
		}
	}
	switch len(found) {
	case 0:
		return directory.Connection{}, fmt.Errorf("no connection %q whose directory is synchronised; `neike sync` lists them", by)
	case 1:
		return found[0], nil
	}
	return directory.Connection{}, fmt.Errorf("%d connections are %q: name one by its id", len(found), by)
}

// workSync goes on with a run until it waits for a decision or has ended. A job of the house may do the same beside.
func (a *App) workSync(ctx context.Context, c *Call, id int64) (directory.Run, error) {
	for {
		r, err := a.Directory.Work(ctx, id)
		if err != nil {
			return r, err
		}
		if r, err = a.Directory.Run(ctx, id); err != nil {
			return r, err
		}
		switch r.State {
		case directory.Reading, directory.Planning, directory.Applying:
		default:
			return r, nil
		}
		c.Progress(int64(r.Done), int64(r.Total), r.State)
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(syncPause):
		}
	}
}

// applySync takes in what was planned. Where the house wants a person to say how many are stopped, the flag says it.
func (a *App) applySync(ctx context.Context, c *Call, r directory.Run, args SyncArgs) (directory.Run, error) {
	if r.Guarded && !args.Keep && args.Stop < 0 {
		return r, fmt.Errorf("this would stop %d people, and the house wants that to be said: add --stop %d, or --keep to stop nobody", r.Leaving, r.Leaving)
	}
	if err := a.Directory.Apply(ctx, r.ID, !args.Keep, args.Stop); err != nil {
		return r, err
	}
	return a.workSync(ctx, c, r.ID)
}

func (a *App) syncItems(ctx context.Context, r directory.Run) ([]syncItem, error) {
	list, _, err := a.Directory.Items(ctx, r.ID, directory.ItemFilter{})
	out := make([]syncItem, len(list))
	for i, x := range list {
		out[i] = syncItem{Sort: x.Sort, Plan: x.Plan, Label: x.Label, State: x.State, Changes: x.Changes}
		if out[i].Changes == nil {
			out[i].Changes = []directory.Change{}
		}
		for _, w := range []*directory.Why{x.Why, x.Failure} { // what went wrong says more than what was foreseen
			if w != nil {
				out[i].Reason = w.In(ctx)
			}
		}
	}
	return out, err
}

// marks are what a line of the comparison begins with.
var marks = map[string]string{"create": "+", "update": "~", "link": "=", "stop": "-", "close": "-", "ask": "?", "waits": "…", "conflict": "!", "kept": "·"}

func printPlan(ctx context.Context, c *Call, r directory.Run, items []syncItem) error {
	var b strings.Builder
	for _, i := range items {
		fmt.Fprintf(&b, "%s %-6s %s", marks[i.Plan], i.Sort, i.Label)
		for _, x := range i.Changes {
			fmt.Fprintf(&b, "  %s: %s → %s", x.Column, orDash(x.Old), orDash(x.New))
		}
		if i.Reason != "" {
			fmt.Fprintf(&b, "  (%s)", i.Reason)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s\n", countLine(r, r.Planned))
	if r.Asks > 0 {
		fmt.Fprintf(&b, "%d departments are not placed yet: say what they are on %s\n", r.Asks, syncPage(r))
	}
	_, err := c.Out.Write([]byte(b.String()))
	return err
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func syncPage(r directory.Run) string { return "/settings/syncs/" + strconv.FormatInt(r.ID, 10) }

func countLine(r directory.Run, n directory.Counts) string {
	sight := "the whole directory"
	if !r.Whole {
		sight = "a part of the directory"
	}
	return fmt.Sprintf("%s: units %d new, %d changed, %d closed; people %d new, %d changed, %d stopped; %d linked, %d waiting, %d conflicts, %d kept, %d unchanged",
		sight, n.UnitsNew, n.UnitsChanged, n.UnitsClosed, n.PeopleNew, n.PeopleChanged, n.PeopleStopped, n.Linked, n.Waiting, n.Conflicts, n.Kept, n.Unchanged)
}

// endSync says what came of it; a run that failed, or in which something could not be taken in, is an error.
func (a *App) endSync(ctx context.Context, c *Call, r directory.Run, items []syncItem, args SyncArgs) error {
	failure := ""
	if r.Failure != nil {
		failure = r.Failure.In(ctx)
	}
	var err error
	switch {
	case args.JSON:
		err = printJSON(c, syncOutput{Run: strconv.FormatInt(r.ID, 10), State: r.State, Whole: r.Whole, Planned: r.Planned, Applied: r.Applied, Leaving: r.Leaving,
			Guarded: r.Guarded, Asks: r.Asks, Failure: failure, Items: items})
	case r.State == directory.Planned:
		_, err = fmt.Fprintf(c.Out, "nothing is changed yet; apply with --apply, or on %s\n", syncPage(r))
	case r.State == directory.Done && r.Total == 0:
		_, err = fmt.Fprintln(c.Out, "there is nothing to take in")
	case r.State == directory.Done:
		_, err = fmt.Fprintf(c.Out, "applied: %s\n", countLine(r, r.Applied))
	}
	switch {
	case err != nil:
		return err
	case r.State == directory.Failed:
		return fmt.Errorf("the sync failed: %s", failure)
	case r.State == directory.Dropped:
		return fault.New(fault.Conflict, "directory.run-not-ready")
	case r.State == directory.Done && r.Applied.Failed > 0:
		return errors.New(lang.T(ctx, "directory.done-failed", "count", r.Applied.Failed))
	}
	return nil
}
