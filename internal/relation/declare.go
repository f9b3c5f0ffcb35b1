package relation

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Declare makes the declared edges exactly these pairs of provider and customer, and says how many changed. An edge
// that is no longer declared stays as long as work ran over it. Not to be called inside a transaction.
func (s *Service) Declare(ctx context.Context, pairs [][2]org.ID) (changed int, err error) {
	var have []edgeRow
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		have, err = allEdges(ctx, rd)
		return err
	})
	if err != nil {
		return 0, err
	}
	changes := undeclared(have, pairs)
	for chunk := range slices.Chunk(changes, 500) {
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return s.declare(ctx, tx, chunk) })
		if err != nil {
			return changed, err
		}
		changed += len(chunk)
	}
	return changed, nil
}

func (s *Service) declare(ctx context.Context, tx *sqldb.Tx, list []edgeRow) error {
	events := make([]event.Event, len(list))
	for i, want := range list {
		e, err := setDeclared(ctx, tx, want.Provider, want.Customer, want.Declared)
		if err != nil {
			return err
		}
		what := "declared"
		events[i] = WasDeclared{Edge: e.ID, Provider: e.Provider, Customer: e.Customer}
		if !want.Declared {
			what = "undeclared"
			events[i] = WasUndeclared{Edge: e.ID, Provider: e.Provider, Customer: e.Customer}
		}
		if err := note(ctx, tx, e, what, Word{}); err != nil {
			return err
		}
	}
	tx.OnCommit(s.store.forget)
	return s.events.Emit(ctx, tx, events...)
}

// undeclared lists the edges whose declaration differs from the pairs, as they should be.
func undeclared(have []edgeRow, pairs [][2]org.ID) []edgeRow {
	want := make(map[[2]org.ID]bool, len(pairs))
	for _, p := range pairs {
		want[p] = true
	}
	var out []edgeRow
	for _, e := range have {
		pair := [2]org.ID{e.Provider, e.Customer}
		if e.Declared != want[pair] {
			e.Declared = want[pair]
			out = append(out, e)
		}
		delete(want, pair)
	}
	for _, p := range pairs {
		if want[p] {
			out = append(out, edgeRow{Provider: p[0], Customer: p[1], Declared: true})
			delete(want, p)
		}
	}
	return out
}

// Numbers says whose numbers the actor of ctx may see: the one rule for the matrix, the edge page and every report.
func (s *Service) Numbers(ctx context.Context) (func(provider, customer org.ID) bool, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return sightOf(actor.From(ctx), tree, s.org.Company(ctx).Switches.NumbersToAll).see, nil
}

// WasDeclared says that a provider declares to serve the customer.
type WasDeclared struct {
	Edge     ID     `json:"edge"`
	Provider org.ID `json:"provider"`
	Customer org.ID `json:"customer"`
}

// EventKind names the event.
func (WasDeclared) EventKind() string { return "relation.was-declared" }

// EventSubject is the edge.
func (e WasDeclared) EventSubject() (string, int64) { return "edge", e.Edge }

// WasUndeclared says that the provider no longer declares it.
type WasUndeclared struct {
	Edge     ID     `json:"edge"`
	Provider org.ID `json:"provider"`
	Customer org.ID `json:"customer"`
}

// EventKind names the event.
func (WasUndeclared) EventKind() string { return "relation.was-undeclared" }

// EventSubject is the edge.
func (e WasUndeclared) EventSubject() (string, int64) { return "edge", e.Edge }
