package app

import (
	"context"
	"neike/internal/agreement"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/talk"
)

// relate fills the slots of relation, and keeps the declared edges what the catalogue says: whenever a unit declares
// its customers, or the units change that it names.
func (a *App) relate() {
	a.Catalog.Relate(a.Relation)
	a.tellExpectations()
	a.tellStandings()
	a.tellAgreements()
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
	}, catalog.StandardWasSet{}.EventKind(), catalog.ServiceWasPublished{}.EventKind(), catalog.ServiceWasRetired{}.EventKind(), agreement.CameIntoForce{}.EventKind(), agreement.WasEnded{}.EventKind())
}

// tellExpectations lets whoever wrote an expectation down be told that it will not be met.
func (a *App) tellExpectations() {
	a.Talk.AddPolicy(relation.ExpectKind, talk.Policy{About: a.Relation.AboutExpectations})
	a.Notice.AddKind(notice.Kind{Code: "expectation.refused", Group: "asking", Icon: "list-check", As: map[string]string{"": notice.Digest}})
	a.Notice.AddSource(relation.ExpectationWasRefused{}.EventKind(), func(_ context.Context, _ sqldb.Reader, r event.Record) ([]notice.Told, error) {
		d, err := event.Decode[relation.ExpectationWasRefused](r)
		if err != nil || d.Writer == 0 {
			return nil, err
		}
		return []notice.Told{{Kind: "expectation.refused", Person: d.Writer, As: notice.AsSelf}}, nil
	})
}
