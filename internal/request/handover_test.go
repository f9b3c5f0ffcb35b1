package request

import (
	"context"
	"slices"
	"testing"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// TestHandOver: another unit has it in hand, the first goes on owing the result and reads on, and nobody has it until
// somebody takes it.
func TestHandOver(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, other := h.as("2002"), h.as("2102")
		n := h.open("3002").Number
		fails(t, second(h.HandOver(agent, n, "it", "要开权限", "", When{})), fault.Conflict, "request.decline-instead")
		must(t, second(h.Take(agent, n, When{})))
		for _, bad := range []string{"", "nowhere", "finance", "project"} {
			fails(t, second(h.HandOver(agent, n, bad, "要开权限", "", When{})), fault.Invalid, "")
		}
		fails(t, second(h.HandOver(agent, n, "it", " ", "", When{})), fault.Invalid, "")
		fails(t, second(h.HandOver(h.as("3002"), n, "it", "x", "", When{})), fault.NotFound, "")
		h.later(time.Hour)
		got, err := h.HandOver(agent, n, "it", "要开权限", "", When{})
		must(t, err)
		if got.State != StateWorking || got.Assignee != 0 || got.Unit == got.Provider || got.HandOvers != 1 || got.CameBack != 0 || !got.RespondedAt.IsZero() {
			t.Fatalf("handed over: %+v", got)
		}
		fails(t, second(h.Deliver(agent, n, "好了", nil, When{})), fault.NotFound, "")
		for _, no := range []string{"2001", "2002", "2003", "3002"} { // owes it, had it, works there, asked for it
			_, err := h.ByNumber(h.as(no), n)
			must(t, err)
		}
		h.mustOwe(t, "2102", n, "take")
		must(t, second(h.Take(other, n, When{})))
		h.mustOwe(t, "2102", n, "deliver")
		h.later(time.Hour)
		got, err = h.HandOver(other, n, "finance", "权限已开，请付款", "", When{})
		must(t, err)
		if got.Unit != got.Provider || got.HandOvers != 2 || got.CameBack != 1 || got.Hops != 3 {
			t.Fatalf("came back: %+v", got)
		}
		must(t, second(h.Deliver(h.as("2003"), n, "已付款", nil, When{}))) // nobody took it again
		v, err := h.ByNumber(h.as("3002"), n)
		must(t, err)
		if hops := hopClocks(v); len(hops) != 2 || hops[0].Elapsed != time.Hour || hops[1].Elapsed != time.Hour {
			t.Errorf("the units took %+v", hops)
		}
		h.prove(t)
	})
}

func hopClocks(v View) []clock.State {
	return slices.DeleteFunc(slices.Clone(v.Clocks), func(c clock.State) bool { return c.Scope != clock.HopScope })
}

// mustOwe says that a person's list has the verb on the request, by themselves or by their unit.
func (h house) mustOwe(t *testing.T, no string, number int64, verb string) {
	t.Helper()
	var have []string
	for _, holder := range []string{"person", "unit"} {
		mine, err := h.Todo.Mine(h.as(no), todo.Filter{Holder: holder})
		must(t, err)
		for _, x := range mine.Items {
			if x.Ref == Ref(number) {
				have = append(have, x.Verb)
			}
		}
	}
	if !slices.Contains(have, verb) {
		t.Errorf("%s owes %v on %s, want %s", no, have, Ref(number), verb)
	}
}

// TestHandOverWhileTheCustomerIsAsked: the question stays the customer's, and the next unit takes it meanwhile.
func TestHandOverWhileTheCustomerIsAsked(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWaiting).Number
		h.later(time.Hour)
		got, err := h.HandOver(h.as("2002"), n, "it", "问的是系统的事", "", When{})
		must(t, err)
		if got.State != StateWaiting || got.Assignee != 0 {
			t.Fatalf("handed over: %+v", got)
		}
		h.mustOwe(t, "3002", n, "answer")
		h.mustOwe(t, "2102", n, "take")
		must(t, second(h.Take(h.as("2102"), n, When{})))
		h.later(time.Hour)
		must(t, second(h.Answer(h.as("3002"), n, "是这个系统", nil, nil, When{})))
		h.mustOwe(t, "2102", n, "deliver")
		h.later(time.Hour)
		v, err := h.ByNumber(h.as("2102"), n)
		must(t, err)
		if hops := hopClocks(v); hops[1].Paused != time.Hour || hops[1].Elapsed != time.Hour {
			t.Errorf("the second unit waited %v and took %v", hops[1].Paused, hops[1].Elapsed)
		}
		h.prove(t)
	})
}

// TestTheThirdHandOver goes through, and the quality office decides; then it counts anew.
func TestTheThirdHandOver(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		fails(t, second(h.Settle(h.as("1001"), n, "", "x", "", When{})), fault.Conflict, "request.nothing-to-settle")
		for _, to := range []struct{ by, unit string }{{"2002", "it"}, {"2102", "finance"}, {"2002", "it"}} {
			must(t, second(h.HandOver(h.as(to.by), n, to.unit, "请接着办", "", When{})))
		}
		h.mustOwe(t, "1001", n, "settle")
		fails(t, second(h.Settle(h.as("2002"), n, "", "x", "", When{})), fault.NotFound, "")
		fails(t, second(h.Settle(h.as("1001"), n, "nowhere", "", "", When{})), fault.Invalid, "")
		got, err := h.Settle(h.as("1001"), n, "finance", "归口财务部", "", When{})
		must(t, err)
		if got.Unit != got.Provider || got.HandOvers != 3 || got.CameBack != 3 || got.Unsettled() {
			t.Fatalf("settled: %+v", got)
		}
		h.mustOwe(t, "2003", n, "take")
		mine, err := h.Todo.Mine(h.as("1001"), todo.Filter{})
		must(t, err)
		if len(mine.Items) != 0 {
			t.Errorf("the quality office still owes %+v", mine.Items)
		}
		fails(t, second(h.Settle(h.as("1001"), n, "", "又来", "", When{})), fault.Conflict, "request.nothing-to-settle")
		h.prove(t)
	})
}

// TestAConfidentialHandOver names who goes on, and lets nobody else in.
func TestAConfidentialHandOver(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		secret := advance()
		secret.Confidential, secret.Named = true, []string{"2003"}
		r, err := h.Open(h.as("3002"), secret)
		must(t, err)
		must(t, second(h.Take(h.as("2003"), r.Number, When{})))
		fails(t, second(h.HandOver(h.as("2003"), r.Number, "it", "要开权限", "", When{})), fault.Invalid, "")
		fails(t, second(h.HandOver(h.as("2003"), r.Number, "it", "要开权限", "4001", When{})), fault.Invalid, "")
		must(t, second(h.HandOver(h.as("2003"), r.Number, "it", "要开权限", "2102", When{})))
		h.mustOwe(t, "2102", r.Number, "take")
		for _, no := range []string{"2101", "2001", "2002", "1001"} {
			_, err := h.ByNumber(h.as(no), r.Number)
			fails(t, err, fault.NotFound, "")
		}
		must(t, second(h.Take(h.as("2102"), r.Number, When{})))
		must(t, second(h.Deliver(h.as("2102"), r.Number, "好了", nil, When{})))
		h.prove(t)
	})
}

// TestWhatIsLentIsListed: whoever may open what the own unit owes finds it in the list, and only then.
func TestWhatIsLentIsListed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		must(t, second(h.HandOver(h.as("2002"), n, "it", "要开权限", "", When{})))
		must(t, second(h.HandOver(h.as("2102"), n, "sales", "要销售确认", "", When{})))
		for _, no := range []string{"1001", "2001", "2002", "2003", "2101", "2102", "3001", "3002", "3003", "4001", "9001"} {
			page, err := h.List(h.as(no), Filter{})
			must(t, err)
			_, err = h.ByNumber(h.as(no), n)
			if listed := slices.Contains(idsOf(page.Items), h.idOf(t, n)); listed != (err == nil) {
				t.Errorf("%s: listed %v, opens %v", no, listed, err == nil)
			}
		}
		queue, err := h.Queue(h.as("4001"), ViewUnit, Filter{})
		must(t, err)
		if len(queue.Items) != 1 {
			t.Errorf("the queue of the unit that has it shows %d", len(queue.Items))
		}
	})
}

func (h house) idOf(t *testing.T, number int64) ID {
	t.Helper()
	var id ID
	must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err := byNumber(ctx, rd, number)
		id = r.ID
		return err
	}))
	return id
}

// TestLikelyUnits: those that such requests went on to come first.
func TestLikelyUnits(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		must(t, second(h.HandOver(h.as("2002"), n, "sales", "要销售确认", "", When{})))
		ask := advance()
		ask.Title = "财务系统开通账号和权限"
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		v, err := h.ByNumber(h.as("2002"), r.Number)
		must(t, err)
		units, err := h.likelyUnits(h.as("2002"), v)
		must(t, err)
		var codes []string
		for _, u := range units {
			codes = append(codes, u.Code)
		}
		if !slices.Equal(codes, []string{"sales", "it"}) {
			t.Errorf("offered %v", codes)
		}
	})
}
