package app

import (
	"context"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/todo"
)

// setupStep is one thing a new company needs before people can ask each other for anything.
type setupStep struct {
	key, href string // the words are app.setup.KEY and app.setup.KEY-note
	done      bool
}

// setupPanel leads the administrator of a new company from an empty house to the first request. It goes by itself when
// the company has a name, units, people and services.
func (a *App) setupPanel() todo.Panel {
	return todo.Panel{Slot: todo.Doing, Order: 1, Render: func(ctx context.Context) (templ.Component, error) {
		if !actor.From(ctx).Has("admin") {
			return nil, nil
		}
		steps, err := a.setupSteps(ctx)
		for _, s := range steps {
			if !s.done {
				return setupCard(steps), err
			}
		}
		return nil, err
	}}
}

func (a *App) setupSteps(ctx context.Context) ([]setupStep, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	services, err := a.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var people int
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err = a.Org.CountActive(ctx, rd)
		return err
	})
	return []setupStep{
		{"company", "/settings/company", a.Org.Company(ctx).Name != org.NewCompany().Name},
		{"units", "/settings/import?kind=units", len(tree.All()) > 1},
		{"people", "/settings/import?kind=people", people > 1},
		{"services", "/settings/import?kind=services#ready-services", len(services.All()) > 0},
	}, err
}

// setupState is the word beside a step.
func setupState(ctx context.Context, s setupStep) string {
	if s.done {
		return lang.T(ctx, "app.setup.done")
	}
	return lang.T(ctx, "app.setup.open")
}
