package todo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// owe notes an obligation of a person.
func (h house) owe(t todo.Todo) {
	h.Helper()
	h.write(func(ctx context.Context, tx *sqldb.Tx) error { return h.todos.Owe(ctx, tx, t) })
}

func refs(list []todo.Entry) string {
	var out []string
	for _, e := range list {
		out = append(out, e.Ref+" "+e.Verb)
	}
	return strings.Join(out, ", ")
}

func TestOweTwiceIsOnceWithTheNewWords(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		since := dbtest.Start.Add(-time.Hour)
		h.owe(todo.Todo{Holder: me, Subject: request(1), Verb: "deliver", Title: "旧", Ref: "R-1", Link: "/requests/R-1", Since: since, Due: dbtest.Start})
		h.owe(todo.Todo{Holder: me, Subject: request(1), Verb: "deliver", Title: "新", Ref: "R-1", Link: "/requests/R-1", Due: dbtest.Start.Add(time.Hour)})
		got := h.mine("2001", todo.Filter{}).Items
		if len(got) != 1 || got[0].Title != "新" || !got[0].Since.Equal(since) || !got[0].Due.Equal(dbtest.Start.Add(time.Hour)) {
			h.Errorf("got %+v", got)
		}
	})
}

func TestTheNextDueComesFirstAndWhatHasNoDueLast(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		h.owe(todo.Todo{Holder: me, Subject: request(1), Verb: "answer", Ref: "R-1"})
		h.owe(todo.Todo{Holder: me, Subject: request(2), Verb: "deliver", Ref: "R-2", Due: dbtest.Start.Add(2 * time.Hour)})
		h.owe(todo.Todo{Holder: me, Subject: request(3), Verb: "deliver", Ref: "R-3", Due: dbtest.Start.Add(time.Hour)})
		if got := refs(h.mine("2001", todo.Filter{}).Items); got != "R-3 deliver, R-2 deliver, R-1 answer" {
			h.Error(got)
		}
		if got := refs(h.mine("2001", todo.Filter{Side: todo.Served}).Items); got != "R-1 answer" {
			h.Error("served:", got)
		}
		if got := refs(h.mine("2001", todo.Filter{Side: todo.Serving}).Items); got != "R-3 deliver, R-2 deliver" {
			h.Error("serving:", got)
		}
		if got := h.mine("2002", todo.Filter{}).Items; len(got) != 0 {
			h.Errorf("a colleague sees %+v", got)
		}
		_, err := h.todos.Mine(h.as("2001"), todo.Filter{Side: "both"})
		if fault.KindOf(err) != fault.Invalid {
			h.Error("an unknown side:", err)
		}
	})
}

func TestPagesOfTheListMeetWithoutGapOrRepeat(t *testing.T) {
	each(t, func(h house) {
		me, unit := access.Person(h.id("2001")), access.Unit(h.unit("finance"))
		var want []string
		h.write(func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range 25 {
				holder := me
				if i%3 == 0 {
					holder = unit
				}
				ref := fmt.Sprintf("R-%02d", i)
				want = append(want, ref)
				due := dbtest.Start.Add(time.Duration(i/4) * time.Hour) // several at the same moment
				if err := h.todos.Owe(ctx, tx, todo.Todo{Holder: holder, Subject: request(int64(i + 1)), Verb: "take", Ref: ref, Due: due}); err != nil {
					return err
				}
			}
			return nil
		})
		var got []string
		cursor := ""
		for pages := 0; pages < 10; pages++ {
			page := h.mine("2001", todo.Filter{Limit: 7, Cursor: cursor})
			for _, e := range page.Items {
				got = append(got, e.Ref)
			}
			if cursor = page.NextCursor; cursor == "" {
				break
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			h.Errorf("got %v", got)
		}
	})
}

func TestAUnitHoldsWhatNobodyHasTaken(t *testing.T) {
	each(t, func(h house) {
		agents := access.Holder{Kind: "unit", ID: h.unit("finance"), Role: "agent"}
		h.owe(todo.Todo{Holder: agents, For: h.id("3001"), Subject: request(1), Verb: "take", Title: "对公付款", Ref: "R-1"})
		for _, no := range []string{"2001", "2002"} {
			got := h.mine(no, todo.Filter{Holder: "unit"}).Items
			if len(got) != 1 || !got[0].Unclaimed() || got[0].HolderCode != "finance" || got[0].ForName != "周敏" || got[0].UnitCode != "sales" {
				h.Errorf("%s sees %+v", no, got)
			}
		}
		if got := h.mine("3001", todo.Filter{}).Items; len(got) != 0 {
			h.Errorf("the customer sees %+v", got)
		}
		h.write(func(ctx context.Context, tx *sqldb.Tx) error {
			return h.todos.Move(ctx, tx, request(1), "take", access.Person(h.id("2002")))
		})
		if got := h.mine("2001", todo.Filter{}).Items; len(got) != 0 {
			h.Errorf("after the move 2001 sees %+v", got)
		}
		if got := refs(h.mine("2002", todo.Filter{Holder: "person"}).Items); got != "R-1 take" {
			h.Error("after the move 2002 owes", got)
		}
	})
}

func TestMoveLeavesOneRowAlsoWhenTheNewHolderHadIt(t *testing.T) {
	each(t, func(h house) {
		one, two := access.Person(h.id("2001")), access.Person(h.id("2002"))
		h.owe(todo.Todo{Holder: one, Subject: request(1), Verb: "deliver", Ref: "R-1"})
		h.owe(todo.Todo{Holder: two, Subject: request(1), Verb: "deliver", Ref: "R-1"})
		h.owe(todo.Todo{Holder: one, Subject: request(1), Verb: "reply", Ref: "R-1"})
		h.write(func(ctx context.Context, tx *sqldb.Tx) error {
			return h.todos.Move(ctx, tx, request(1), "deliver", two)
		})
		if got := refs(h.mine("2001", todo.Filter{}).Items); got != "R-1 reply" {
			h.Error("2001 owes", got)
		}
		if got := refs(h.mine("2002", todo.Filter{}).Items); got != "R-1 deliver" {
			h.Error("2002 owes", got)
		}
	})
}

func TestFulfilEndsTheVerbsGivenOrAll(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		for _, verb := range []string{"take", "reply", "deliver"} {
			h.owe(todo.Todo{Holder: me, Subject: request(1), Verb: verb, Ref: "R-1", Due: dbtest.Start})
			h.owe(todo.Todo{Holder: me, Subject: request(2), Verb: verb, Ref: "R-2", Due: dbtest.Start})
		}
		h.write(func(ctx context.Context, tx *sqldb.Tx) error {
			return h.todos.Fulfil(ctx, tx, request(1), "take", "reply")
		})
		h.write(func(ctx context.Context, tx *sqldb.Tx) error { return h.todos.Fulfil(ctx, tx, request(2)) })
		if got := refs(h.mine("2001", todo.Filter{}).Items); got != "R-1 deliver" {
			h.Error(got)
		}
	})
}

func TestDueMovesAndIsTakenAway(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		h.owe(todo.Todo{Holder: me, Subject: request(1), Verb: "deliver", Due: dbtest.Start})
		for _, due := range []time.Time{dbtest.Start.Add(3 * time.Hour), {}} {
			h.write(func(ctx context.Context, tx *sqldb.Tx) error { return h.todos.Due(ctx, tx, request(1), "deliver", due) })
			if got := h.mine("2001", todo.Filter{}).Items[0].Due; !got.Equal(due) {
				h.Errorf("due %v, want %v", got, due)
			}
		}
	})
}

func TestCountIsWhatTheListShows(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		h.owe(todo.Todo{Holder: me, Subject: request(1), Verb: "deliver", Due: dbtest.Start.Add(-time.Hour)})
		h.owe(todo.Todo{Holder: me, Subject: request(2), Verb: "deliver"})
		h.owe(todo.Todo{Holder: me, Subject: request(3), Verb: "accept"})
		got, err := h.todos.Count(h.as("2001"))
		if err != nil || got != (todo.Counts{Serving: 2, Served: 1, Late: 1}) {
			h.Errorf("%+v, %v", got, err)
		}
	})
}

func TestTwoOweTheSameAtOnce(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				errs[i] = h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					return h.todos.Owe(ctx, tx, todo.Todo{Holder: me, Subject: request(1), Verb: "answer", Ref: "R-1"})
				})
			}()
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				h.Error(err)
			}
		}
		if got := refs(h.mine("2001", todo.Filter{}).Items); got != "R-1 answer" {
			h.Error(got)
		}
	})
}

func TestAnInvitationLapses(t *testing.T) {
	each(t, func(h house) {
		me := access.Person(h.id("2001"))
		h.owe(todo.Todo{Holder: me, Subject: request(1), Verb: "rate", Ref: "R-1", Until: dbtest.Start.Add(time.Hour)})
		h.owe(todo.Todo{Holder: me, Subject: request(2), Verb: "answer", Ref: "R-2"})
		got := h.mine("2001", todo.Filter{}).Items
		if refs(got) != "R-2 answer, R-1 rate" || !got[1].Until.Equal(dbtest.Start.Add(time.Hour)) || !got[0].Until.IsZero() {
			h.Errorf("got %+v", got)
		}
		dbtest.Clock(h.db).Set(dbtest.Start.Add(time.Hour))
		if got := refs(h.mine("2001", todo.Filter{}).Items); got != "R-2 answer" {
			h.Error("after it lapsed:", got)
		}
		if c, err := h.todos.Count(h.as("2001")); err != nil || c.All() != 1 {
			h.Error("counted", c, err)
		}
		rows := func() int {
			var n int
			err := h.db.Read(h.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
				n, err = sqldb.Value[int](ctx, rd, "select count(*) from todo")
				return err
			})
			if err != nil {
				h.Fatal(err)
			}
			return n
		}
		if n := rows(); n != 2 {
			h.Errorf("%d rows before they are forgotten", n)
		}
		if err := h.todos.Forget(h.Context()); err != nil || rows() != 1 {
			h.Errorf("%d rows after, %v", rows(), err)
		}
	})
}
