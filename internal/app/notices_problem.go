package app

import (
	"context"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/notice"
	"neike/internal/problem"
)

// tellProblems lets those who have a known problem be told of each step, and be asked whether it is solved for them.
func (a *App) tellProblems() {
	a.Notice.AddKind(notice.Kind{Code: "problem.updated", Group: "asking", Icon: "info-circle", As: map[string]string{"": notice.Now}, Ends: []string{"problem.updated"}})
	a.Notice.AddKind(notice.Kind{Code: "problem.solved", Group: "asking", Icon: "circle-check", As: map[string]string{"": notice.Now}, Ends: []string{"problem.updated"}})
	a.Notice.AddKind(notice.Kind{Code: "problem.withdrawn", Group: "asking", Icon: "ban", As: map[string]string{"": notice.Now}, Ends: []string{"problem.updated"}})
	for _, e := range []event.Event{problem.WasUpdated{}, problem.WasEnded{}} {
		a.Notice.AddSource(e.EventKind(), func(ctx context.Context, rd sqldb.Reader, r event.Record) ([]notice.Told, error) {
			d, err := event.Decode[problem.WasEnded](r) // both begin alike; an update has no state
			if err != nil {
				return nil, err
			}
			kind := "problem.updated"
			if d.State != "" {
				kind = "problem." + d.State
			}
			people, err := problem.People(ctx, rd, d.Problem)
			out := make([]notice.Told, 0, len(people))
			for _, p := range people {
				if p != d.By {
					out = append(out, notice.Told{Kind: kind, Person: p, As: notice.AsSelf})
				}
			}
			return out, err
		})
	}
}
