package org_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// twice runs a use case twice at once and says how each ended.
func twice(fn func() error) [2]error {
	var out [2]error
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range out {
		wait.Go(func() {
			<-start
			out[i] = fn()
		})
	}
	close(start)
	wait.Wait()
	return out
}

func TestEachUseCaseTwiceAtOnceHasOneWinner(t *testing.T) {
	each(t, func(h house) {
		person, unit := h.no("A-7"), h.code("it")
		for name, c := range map[string]struct {
			do   func() error
			lose fault.Kind
		}{
			"make a unit": {func() error {
				_, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: "new", NameZh: "新", Parent: "hq"})
				return err
			}, fault.Invalid},
			"change a unit": {func() error {
				_, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: "it", NameZh: "数字部", Parent: "hq", Revision: unit.Revision})
				return err
			}, fault.Precondition},
			"add a person": {func() error {
				_, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "N-1", Name: "新人", Unit: "hr"})
				return err
			}, fault.Invalid},
			"change a person": {func() error {
				_, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "A-7", Name: "李雷雷", Unit: "it", Revision: person.Revision})
				return err
			}, fault.Precondition},
			"end a unit":      {func() error { return h.org.CloseUnit(h.ctx, "plant", nil) }, fault.Conflict},
			"set the company": {func() error { return h.org.SetCompany(h.ctx, org.NewCompany()) }, fault.Precondition},
		} {
			got := twice(c.do)
			if got[0] != nil {
				got[0], got[1] = got[1], got[0]
			}
			if got[0] != nil || fault.KindOf(got[1]) != c.lose {
				h.Errorf("%s: %v and %v", name, got[0], got[1])
			}
		}
		p := h.no("A-8")
		got := twice(func() error { return h.org.SetRoles(h.ctx, "A-8", []string{"agent"}, p.Revision) })
		if (got[0] == nil) == (got[1] == nil) {
			h.Errorf("set roles: %v and %v", got[0], got[1])
		}
		if got = twice(func() error { return h.org.Deactivate(h.ctx, "A-8") }); got[0] != nil || got[1] != nil {
			h.Errorf("deactivate twice is once: %v and %v", got[0], got[1])
		}
	})
}

func TestTwoMovesAtOnceMakeNoCircle(t *testing.T) {
	each(t, func(h house) {
		h.unit(org.UnitInput{Code: "a", NameZh: "甲"})
		h.unit(org.UnitInput{Code: "b", NameZh: "乙"})
		a, b := h.code("a"), h.code("b")
		moves := make(chan org.UnitInput, 2)
		moves <- org.UnitInput{Code: "a", NameZh: "甲", Parent: "b", Revision: a.Revision}
		moves <- org.UnitInput{Code: "b", NameZh: "乙", Parent: "a", Revision: b.Revision}
		got := twice(func() error { _, err := h.org.SaveUnit(h.ctx, <-moves); return err })
		if (got[0] == nil) == (got[1] == nil) {
			h.Errorf("%v and %v", got[0], got[1])
		}
	})
}

// TestOtherProcessesHearOfChanges has two services over one database, as two processes have.
func TestOtherProcessesHearOfChanges(t *testing.T) {
	each(t, func(h house) {
		bus := event.NewBus(h.db)
		other := org.New(h.db, bus)
		heard := make(chan struct{}, 1)
		bus.Live(func(event.Record) {
			select {
			case heard <- struct{}{}:
			default:
			}
		})
		ctx, stop := context.WithCancel(h.ctx)
		ended := make(chan error, 1)
		go func() { ended <- bus.Run(ctx) }()
		defer func() { stop(); <-ended }()
		it, person := h.code("it").ID, h.no("A-8").ID
		for listening := false; !listening; { // a process hears from the moment it runs
			if err := h.org.SetLocale(h.ctx, person, "en"); err != nil {
				h.Fatal(err)
			}
			select {
			case <-heard:
				listening = true
			case <-time.After(100 * time.Millisecond):
			}
		}
		sees := func(want bool) {
			h.Helper()
			for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				a, err := other.ActorOf(h.ctx, person)
				if err != nil {
					h.Fatal(err)
				}
				if a.In(it, "agent") == want {
					return
				}
				if time.Now().After(end) {
					h.Fatalf("the other process never learns that agent is %v", want)
				}
			}
		}
		sees(true)
		if err := h.org.SetRoles(h.ctx, "A-7", []string{"agent"}, 0); err != nil {
			h.Fatal(err)
		}
		sees(false)
	})
}

func TestWordsOfTheRoomAreComplete(t *testing.T) {
	book, err := lang.New(org.Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
}

// TestALargeCompany measures what a company of 100 000 people in 3 000 units asks of the room.
func TestALargeCompany(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		h := house{t, context.Background(), db, org.New(db, event.NewBus(db))}
		h.fill(3_000, 20_000)
		began := time.Now()
		tree, err := h.org.Tree(h.ctx)
		if err != nil || tree.Len() != 3_000 {
			t.Fatal(tree.Len(), err)
		}
		t.Logf("tree of 3 000: %v", time.Since(began))
		h.read(func(rd sqldb.Reader) error {
			for _, q := range []string{"zhang", "zs", "张", "0001", "不存在", "zzzz"} {
				began := time.Now()
				people, err := h.org.FindPeople(h.ctx, rd, q, 20)
				if err != nil {
					return err
				}
				took := time.Since(began)
				t.Logf("find %q: %d in %v", q, len(people), took)
				if took > time.Second {
					t.Errorf("finding %q took %v", q, took)
				}
			}
			return nil
		})
	})
}

func (h house) fill(units, people int) {
	h.Helper()
	if err := org.Fill(h.ctx, h.db, units, people); err != nil {
		h.Fatal(err)
	}
}
