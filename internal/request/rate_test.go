package request

import (
	"testing"
	"time"

	"neike/internal/todo"
)

// Somebody who accepted is invited to rate for ten working days; the request takes a rating after that, too.
func TestRatingsAreInvitedNotUrged(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		customer, agent := h.as("3002"), h.as("2002")
		r, err := h.Open(customer, h.expense(customer))
		must(t, err)
		must(t, second(h.Take(agent, r.Number, When{})))
		must(t, second(h.Deliver(agent, r.Number, "已付款", nil, When{})))
		r, err = h.Accept(customer, r.Number, When{})
		must(t, err)
		invited := func() []todo.Entry {
			page, err := h.Todo.Mine(customer, todo.Filter{})
			must(t, err)
			return page.Items
		}
		list := invited()
		if len(list) != 1 || list[0].Verb != "rate" {
			t.Fatalf("accepted, and owes %+v", list)
		}
		table, err := h.Calendar.TableFor(h.ctx, r.Customer)
		must(t, err)
		until, err := table.Due(r.DoneAt, invitation)
		must(t, err)
		if !list[0].Until.Equal(until) || until.Sub(r.DoneAt) < 12*24*time.Hour {
			t.Errorf("invited until %v, want %v", list[0].Until, until)
		}
		h.later(until.Sub(r.DoneAt))
		if list := invited(); len(list) != 0 {
			t.Errorf("still asked: %+v", list)
		}
		must(t, h.Todo.Forget(h.ctx))
		must(t, second(h.Rate(customer, r.Number, Rating{Score: 4}, When{})))
	})
}
