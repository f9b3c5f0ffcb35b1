package delivery

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// deliveries lists what there is, oldest first, as the house sees it.
func (h house) deliveries() []Delivery {
	h.t.Helper()
	var out []Delivery
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		return eachWithLog(ctx, rd, func(d Delivery, _ []Event) error { out = append(out, d); return nil })
	}))
	return out
}

// of is the delivery of a period for a unit.
func (h house) of(slot, unit string) Delivery {
	h.t.Helper()
	tree, err := h.Org.Tree(h.ctx)
	must(h.t, err)
	u, _ := tree.ByCode(unit)
	for _, d := range h.deliveries() {
		if d.Slot == slot && d.Customer == u.ID {
			return d
		}
	}
	h.t.Fatalf("no delivery of %s for %s", slot, unit)
	return Delivery{}
}

// figures are the counters of finance → unit, all days together.
func (h house) figures(provider, customer string) relation.Figures {
	h.t.Helper()
	d, err := h.Relation.Direction(h.ctx, provider, customer, relation.Period{From: 20200101, To: 20391231})
	must(h.t, err)
	return d.Figures
}

// sound fails unless rows, clocks and tallies are what the logs say.
func (h house) sound() {
	h.t.Helper()
	flaws, n, err := h.Check(h.ctx)
	must(h.t, err)
	if n > 0 {
		h.t.Errorf("rows: %+v", flaws)
	}
	report, err := h.Clock.Check(h.ctx, nil)
	must(h.t, err)
	if report.Wrong > 0 {
		h.t.Errorf("clocks: %+v", report)
	}
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		diffs, err := h.Relation.Recount(ctx, rd, h.Tallies())
		if len(diffs) > 0 {
			h.t.Errorf("tallies: %+v", diffs)
		}
		if err != nil {
			return err
		}
		days := map[int64]time.Time{}
		err = h.Tallies().Facts(ctx, rd, func(f relation.Fact) error { days[relation.DayOf(f.Day)] = f.Day; return nil })
		for _, day := range days { // one by one they come to the same
			diffs, wrong := h.Relation.RecountDay(ctx, rd, h.Tallies(), day)
			if len(diffs) > 0 {
				h.t.Errorf("tallies of %s: %+v", day.Format(time.DateOnly), diffs)
			}
			err = errors.Join(err, wrong)
		}
		return err
	}))
}

// conflicts fails unless the error is a Conflict with this key.
func conflicts(t *testing.T, err error, key string) {
	t.Helper()
	if f, ok := fault.As(err); !ok || f.Kind != fault.Conflict || f.Key != key {
		t.Errorf("got %v, want the conflict %s", err, key)
	}
}

func TestAnArrangementFallsDueOnceForEachCustomer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		st := h.arrange()
		if len(h.deliveries()) != 0 {
			t.Fatal("something opened at once")
		}
		next, _, err := h.Upcoming(h.ctx, st.Provider, st.Schedule, 1)
		must(t, err)
		slot := next[0].Slot
		h.later(st.NextAt.Sub(h.db.Now()))
		h.work()
		h.work() // again: nothing more
		if got := h.deliveries(); len(got) != 2 {
			t.Fatalf("%d deliveries, want one for each customer", len(got))
		}
		d := h.of(slot, "project")
		if d.State != StateDue || !d.Due.Equal(next[0].At) {
			t.Fatalf("%+v, want due %s", d, next[0].At)
		}
		_, err = h.Deliver(h.as("3002"), d.Number, Goods{}, When{})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("the receiver delivers: %v", err)
		}
		_, err = h.Deliver(h.as("2002"), d.Number, Goods{Text: "应收账龄表", Quantity: "1"}, When{})
		must(t, err)
		_, err = h.Accept(h.as("4001"), d.Number, When{})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("another unit accepts: %v", err)
		}
		_, err = h.Return(h.as("3002"), d.Number, "缺少华东区", When{})
		must(t, err)
		_, err = h.Deliver(h.as("2002"), d.Number, Goods{}, When{})
		must(t, err)
		_, err = h.Accept(h.as("3002"), d.Number, When{})
		must(t, err)
		_, err = h.Rate(h.as("3002"), d.Number, Rating{Score: 4}, When{})
		must(t, err)
		_, err = h.Rate(h.as("3002"), d.Number, Rating{Score: 5}, When{})
		conflicts(t, err, "delivery.already-rated")
		f := h.figures("finance", "project")
		if f.Opened != 1 || f.Met != 1 || f.Delivered != 2 || f.Returned != 1 || f.Accepted != 1 || f.RightFirst != 0 {
			t.Errorf("counts of the edge: %+v", f.Delta)
		}
		h.sound()
	})
}

func TestSilenceAcceptsAndLatenessIsNoticed(t *testing.T) {
	t.Parallel()
	h := quick(t)
	st := h.arrange()
	h.later(st.NextAt.Sub(h.db.Now()))
	h.work()
	list := h.deliveries()
	_, err := h.Deliver(h.as("2002"), list[0].Number, Goods{}, When{})
	must(t, err)
	h.later(14 * 24 * hour)
	h.work()
	h.work()
	list = h.deliveries()
	if list[0].State != StateAccepted || list[0].CompletionIs != Met {
		t.Errorf("nobody said anything: %s %s", list[0].State, list[0].CompletionIs)
	}
	if list[1].State != StateDue || list[1].CompletionIs != Breached {
		t.Errorf("nobody delivered: %s %s", list[1].State, list[1].CompletionIs)
	}
	h.sound()
}

func TestAfterAStandstillOnlyTheLastOneOpens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		h.arrange()
		h.later(130 * 24 * hour)
		h.work()
		count := map[State]int{}
		for _, d := range h.deliveries() {
			count[d.State]++
		}
		if count[StateMissed] == 0 || count[StateMissed]%2 != 0 || count[StateDue] < 2 || count[StateDue] > 4 {
			t.Errorf("after four months: %v", count)
		}
		f := h.figures("finance", "project")
		if f.Excluded != int64(count[StateMissed]/2) || f.Breached > 1 {
			t.Errorf("counts of the edge: %+v", f.Delta)
		}
		h.work()
		h.sound()
	})
}

func TestWhoeverObjectsGetsNothing(t *testing.T) {
	t.Parallel()
	h := quick(t)
	st := h.arrange()
	_, err := h.Say(h.as("4001"), st.Number, "sales", false, "不需要")
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody who does not head sales objects: %v", err)
	}
	_, err = h.Say(h.as("3001"), st.Number, "project", false, "")
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("an objection without a reason: %v", err)
	}
	h.later(st.NextAt.Sub(h.db.Now()))
	h.work()
	_, err = h.Say(h.as("3001"), st.Number, "project", false, "本部门不用这张表")
	must(t, err)
	for _, d := range h.deliveries() {
		if want := map[bool]State{true: StateSkipped, false: StateDue}[d.Receiver != 0]; d.State != want {
			t.Errorf("%s is %s, want %s", d.Title, d.State, want)
		}
	}
	h.later(60 * 24 * hour)
	h.work()
	n := 0
	for _, d := range h.deliveries() {
		if d.Receiver != 0 {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d deliveries for who objected", n)
	}
	_, err = h.Say(h.as("3001"), st.Number, "project", true, "")
	must(t, err)
	h.sound()
}

func TestWhatIsBroughtUnaskedMayBeContested(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		push := func() Delivery {
			d, err := h.Push(h.as("2002"), Push{Customer: "project", Title: "差旅政策解读", Goods: Goods{Text: "供参考"}})
			must(t, err)
			return d
		}
		_, err := h.Push(h.as("2002"), Push{Provider: "it", Customer: "finance", Goods: Goods{Quantity: "viel"}})
		if e, ok := fault.As(err); !ok || len(e.Fields) != 3 {
			t.Errorf("everything wrong at once: %v", err)
		}
		kept, dropped := push(), push()
		if kept.State != StateDelivered || h.figures("finance", "project").Delivered != 2 {
			t.Fatalf("%+v", kept)
		}
		for _, d := range []Delivery{kept, dropped} {
			_, err := h.Contest(h.as("3001"), d.Number, "没有要过", When{})
			must(t, err)
		}
		if f := h.figures("finance", "project"); f.Delivered != 0 || f.Opened != 0 {
			t.Errorf("contested ones count: %+v", f.Delta)
		}
		_, err = h.Drop(h.as("2002"), dropped.Number, "弄错了", When{})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("an agent settles: %v", err)
		}
		_, err = h.Accept(h.as("3001"), dropped.Number, When{})
		conflicts(t, err, "delivery.is-contested")
		_, err = h.Drop(h.as("2001"), dropped.Number, "弄错了", When{})
		must(t, err)
		_, err = h.Uphold(h.as("1001"), kept.Number, "是项目部要的", When{})
		must(t, err)
		_, err = h.Accept(h.as("3001"), kept.Number, When{})
		must(t, err)
		if f := h.figures("finance", "project"); f.Delivered != 1 || f.Opened != 1 || f.RightFirst != 1 {
			t.Errorf("one counts: %+v", f.Delta)
		}
		h.sound()
	})
}

func TestLeavingOutIsAgreedOn(t *testing.T) {
	t.Parallel()
	h := quick(t)
	st := h.arrange()
	h.later(st.NextAt.Sub(h.db.Now()))
	h.work()
	list := h.deliveries()
	_, err := h.Skip(h.as("2002"), list[0].Number, "这次没有数据", When{})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("the provider leaves it out by itself: %v", err)
	}
	_, err = h.AskSkip(h.as("2002"), list[0].Number, "这次没有数据", When{})
	must(t, err)
	_, err = h.RefuseSkip(h.as("3002"), list[0].Number, "要的", When{})
	must(t, err)
	_, err = h.AskSkip(h.as("2002"), list[0].Number, "真的没有", When{})
	must(t, err)
	d, err := h.Skip(h.as("3002"), list[0].Number, "", When{})
	must(t, err)
	if d.State != StateSkipped || d.CompletionIs != Excluded {
		t.Errorf("%s %s", d.State, d.CompletionIs)
	}
	_, err = h.Contest(h.as("1001"), list[1].Number, "x", When{})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("quality contests: %v", err)
	}
	h.sound()
}

func TestOfTwoWhoAcceptExactlyOneDoes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		d, err := h.Push(h.as("2002"), Push{Customer: "project", Title: "报表"})
		must(t, err)
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() { _, errs[i] = h.Accept(h.as("3001"), d.Number, When{}) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, fault.ErrNotFound) && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d accepted", won)
		}
		h.sound()
	})
}

func TestDeliveriesFollowPeopleAndUnits(t *testing.T) {
	t.Parallel()
	h := quick(t)
	st := h.arrange()
	h.later(st.NextAt.Sub(h.db.Now()))
	h.work()
	person := func(no string) int64 { p, err := h.Org.PersonByNo(h.ctx, no); must(t, err); return p.ID }
	tree, err := h.Org.Tree(h.ctx)
	must(t, err)
	unit := func(code string) int64 { u, _ := tree.ByCode(code); return u.ID }
	hand := func(code string, from, to int64) {
		t.Helper()
		for _, hold := range h.Holdings() {
			if hold.Code != code {
				continue
			}
			must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				out, err := hold.Hand(ctx, tx, org.Handing{From: from, To: to, Limit: 100})
				if err == nil && (out.Moved == 0 || out.Next != 0) {
					t.Errorf("%s: %+v", code, out)
				}
				return err
			}))
		}
	}
	hand("delivery.received", person("3002"), person("3003"))
	hand("delivery.standing-receiver", person("3002"), person("3003"))
	hand("delivery.due", unit("sales"), unit("it"))
	hand("delivery.standing-customer", unit("sales"), unit("it"))
	if f := h.figures("finance", "it"); f.Opened != 1 {
		t.Errorf("counts went along: %+v", f.Delta)
	}
	if f := h.figures("finance", "sales"); f.Opened != 0 {
		t.Errorf("counts stayed: %+v", f.Delta)
	}
	again, err := h.Standing(h.ctx, st.Number)
	must(t, err)
	for _, c := range again.Customers {
		if c.Receiver == person("3002") || c.Unit == unit("sales") && c.State != Gone {
			t.Errorf("left behind: %+v", c)
		}
	}
	h.sound()
}
