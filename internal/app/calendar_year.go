package app

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/todo"
)

// yearPanel reminds administrators, from 1 November on, of the days off of the next year.
func (a *App) yearPanel() todo.Panel {
	return todo.Panel{Slot: todo.Doing, Order: 2, Render: func(ctx context.Context) (templ.Component, error) {
		if !actor.From(ctx).Has("admin") {
			return nil, nil
		}
		return a.Calendar.MissingCard(ctx)
	}}
}

// remind prints what is no damage and yet to be done: a year whose days off were not brought in.
func (a *App) remind(ctx context.Context, w io.Writer) error {
	text, err := a.Calendar.MissingText(ctx)
	if err != nil || text == "" {
		return err
	}
	_, err = fmt.Fprintln(w, "! "+text)
	return err
}
