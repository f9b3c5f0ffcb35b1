package todo_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// TestWhoHeadsManyUnitsHasAPageOfTodo: a statement joins at most 500 selects, and an acting head of a large company has
// more holders than that.
func TestWhoHeadsManyUnitsHasAPageOfTodo(t *testing.T) {
	each(t, func(h house) {
		const units = 400
		a, err := h.org.ActorOf(h.ctx, h.id("2001"))
		if err != nil {
			h.Fatal(err)
		}
		for i := range units {
			id := int64(900_000 + i)
			a.Groups = append(a.Groups, actor.Group{ID: id, Role: "head"})
			if i%40 == 0 {
				h.owe(todo.Todo{Holder: access.Holder{Kind: "unit", ID: id, Role: "head"}, Subject: request(int64(i + 1)), Verb: "take",
					Ref: fmt.Sprintf("R-%d", i/40), Due: dbtest.Start.Add(time.Duration(units-i) * time.Minute)})
			}
		}
		ctx := actor.With(h.ctx, a)
		first, err := h.todos.Mine(ctx, todo.Filter{Limit: 6})
		if err != nil || refs(first.Items) != "R-9 take, R-8 take, R-7 take, R-6 take, R-5 take, R-4 take" {
			h.Fatal(refs(first.Items), err)
		}
		rest, err := h.todos.Mine(ctx, todo.Filter{Limit: 6, Cursor: first.NextCursor})
		if err != nil || refs(rest.Items) != "R-3 take, R-2 take, R-1 take, R-0 take" || rest.NextCursor != "" {
			h.Error(refs(rest.Items), rest.NextCursor, err)
		}
	})
}

// TestTheNightsSweepGoesInSteps: a night of a large company has more lapsed invitations than one write may take.
func TestTheNightsSweepGoesInSteps(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		h.write(func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range int64(1001) {
				if err := h.todos.Owe(ctx, tx, todo.Todo{Holder: me, Subject: request(i + 1), Verb: "rate", Ref: "R", Until: dbtest.Start.Add(time.Hour)}); err != nil {
					return err
				}
			}
			return h.todos.Owe(ctx, tx, todo.Todo{Holder: me, Subject: request(2000), Verb: "answer", Ref: "R-2000"})
		})
		dbtest.Clock(h.db).Set(dbtest.Start.Add(time.Hour))
		if err := h.todos.Forget(h.Context()); err != nil {
			h.Fatal(err)
		}
		err := h.db.Read(h.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			n, err := sqldb.Value[int](ctx, rd, "select count(*) from todo")
			if n != 1 {
				h.Errorf("%d rows are left", n)
			}
			return err
		})
		if err != nil {
			h.Fatal(err)
		}
	})
}
