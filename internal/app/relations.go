package app

import (
	"context"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/org"
)

// relate fills the slots of relation, and keeps the declared edges what the catalogue says: whenever a unit declares
// its customers, or the units change that it names.
func (a *App) relate() {
	a.Catalog.Relate(a.Relation)
	a.Bus.Follow("relation.declared", func(ctx context.Context, _ []event.Record) error {
		edges, err := a.Catalog.DeclaredEdges(ctx)
		if err != nil {
			return err
		}
		pairs := make([][2]org.ID, len(edges))
		for i, e := range edges {
			pairs[i] = [2]org.ID{e.Provider, e.Customer}
		}
		_, err = a.Relation.Declare(ctx, pairs)
		return err
	}, catalog.CustomersWereDeclared{}.EventKind(), org.UnitWasChanged{}.EventKind())
	a.Bus.Follow("relation.answers", func(ctx context.Context, _ []event.Record) error {
		return a.Relation.Recheck(ctx)
	}, catalog.StandardWasSet{}.EventKind(), catalog.ServiceWasPublished{}.EventKind(), catalog.ServiceWasRetired{}.EventKind())
}
