package request

import (
	"context"
	"testing"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// delivered is begun and delivered on Monday 23 November 2026 at 10:00.
func (h house) delivered() Request {
	h.t.Helper()
	r := h.begun()
	h.later(time.Hour)
	r, err := h.Deliver(h.as("2002"), r.Number, "好了", nil, When{})
	must(h.t, err)
	return r
}

func TestTheHouseAcceptsWhatNobodySpokeOf(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		told, accepted := 0, 0
		event.Hear(h.bus, "test", func(context.Context, *sqldb.Tx, AcceptanceNears) error { told++; return nil })
		event.Hear(h.bus, "test", func(context.Context, *sqldb.Tx, WasAcceptedByHouse) error { accepted++; return nil })
		r := h.delivered()
		if want := h.on("2026-11-30 18:00"); !r.AcceptBy.Equal(want) {
			t.Fatalf("accepted by the house at %s, want %s", r.AcceptBy, want)
		}
		step := func(at string) Request {
			h.on(at)
			must(t, h.AcceptSilent(h.ctx))
			v, err := h.ByNumber(h.as("3002"), r.Number)
			must(t, err)
			return v.Request
		}
		if x := step("2026-11-27 09:59"); x.AcceptTell.IsZero() {
			t.Error("told too early")
		}
		if x := step("2026-11-27 10:00"); !x.AcceptTell.IsZero() || x.State != StateDelivered {
			t.Errorf("not told a working day before: %+v", x)
		}
		if x := step("2026-11-30 17:59"); x.State != StateDelivered {
			t.Error("accepted too early")
		}
		x := step("2026-11-30 18:00")
		if x.State != StateDone || !x.Silent || x.CompletionIs != Met {
			t.Fatalf("%+v", x)
		}
		v, err := h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		if last := v.Log[len(v.Log)-1]; last.Side != HouseSide || last.Actor != 0 || happenedText(h.as("3002"), v, last) == "" {
			t.Errorf("%+v", last)
		}
		must(t, second(h.Rate(h.as("3002"), r.Number, Rating{Score: 4}, When{})))
		if told != 1 || accepted != 1 {
			t.Errorf("told %d times before and %d after", told, accepted)
		}
		after, err := h.Reopen(h.as("3002"), r.Number, "刚休假回来，不对", When{})
		must(t, err)
		if after.State != StateWorking || after.Silent {
			t.Errorf("%+v", after)
		}
		h.sound()
	})
}

func TestAWordOfTheCustomerEndsTheWait(t *testing.T) {
	h := quick(t)
	r := h.delivered()
	x, err := h.Return(h.as("3002"), r.Number, "不对", When{})
	must(t, err)
	if !x.AcceptBy.IsZero() || !x.AcceptTell.IsZero() {
		t.Errorf("%+v", x)
	}
	h.on("2026-12-20 09:00")
	must(t, h.AcceptSilent(h.ctx))
	v, err := h.ByNumber(h.as("3002"), r.Number)
	must(t, err)
	if v.State != StateWorking {
		t.Error(v.State)
	}
}

// TestToldLate: the job stood still for weeks; the customer still gets a working day.
func TestToldLate(t *testing.T) {
	h := quick(t)
	r := h.delivered()
	h.on("2026-12-21 09:00")
	must(t, h.AcceptSilent(h.ctx))
	v, err := h.ByNumber(h.as("3002"), r.Number)
	must(t, err)
	if v.State != StateDelivered || !v.AcceptBy.Equal(h.on("2026-12-22 09:00")) {
		t.Fatalf("%s, by %s", v.State, v.AcceptBy)
	}
	must(t, h.AcceptSilent(h.ctx))
	v, err = h.ByNumber(h.as("3002"), r.Number)
	must(t, err)
	if v.State != StateDone || !v.Silent {
		t.Errorf("%+v", v.Request)
	}
	h.sound()
}

func TestAServiceThatIsNeverAcceptedByTheHouse(t *testing.T) {
	h := quick(t)
	snap, err := h.Catalog.Snapshot(h.ctx)
	must(t, err)
	service, _ := snap.ByCode("finance.advance")
	p := catalog.DefaultPolicy()
	p.AcceptDays = 0
	_, err = h.Catalog.SetPolicy(h.ctx, service.Code, p, service.Revision)
	must(t, err)
	if r := h.delivered(); !r.AcceptBy.IsZero() {
		t.Errorf("accepted at %s", r.AcceptBy)
	}
}
