package app

import (
	"context"
	"net/http"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/todo"
)

// guard fills the slots of access: what records there are, when people last signed in, who is told what on the home page.
func (a *App) guard() {
	a.Access.Announce(a.Bus)
	a.Access.SeenBy(a.Signin.LastSeen)
	a.Access.AddKind(a.Request.AccessKind())
	a.Access.AddKind(a.Promise.AccessKind())
	a.Access.AddKind(a.Delivery.AccessKind())
	a.Todo.AddPanel(todo.Panel{Slot: todo.Doing, Order: 0, Render: a.Access.HomePanel})
	a.Todo.AddPanel(todo.Panel{Slot: todo.Doing, Order: 0, Render: a.Signin.HomePanel})
}

// who says who asks, and with whose eyes.
func (a *App) who(r *http.Request) (actor.Actor, error) {
	who, err := a.Signin.Who(r)
	if err != nil {
		return who, err
	}
	return a.Access.Eyes(r.Context(), who)
}

// viewing is the band over every page while a security officer looks with somebody else's eyes.
func (a *App) viewing(ctx context.Context, who actor.Actor) *ui.ViewingProps {
	v, err := a.Access.Viewing(ctx)
	if err != nil {
		a.Log.WarnContext(ctx, "look up a view", "error", err)
	}
	if v.ID == 0 {
		return nil
	}
	name := who.Name
	if p, err := a.Org.Person(ctx, who.Person); err == nil {
		name = p.Display(ctx)
	}
	return &ui.ViewingProps{Text: lang.T(ctx, "access.viewing", "who", name, "until", lang.Clock(ctx, v.Until)), Stop: lang.T(ctx, "access.stop"), Post: "/settings/access/view/stop"}
}
