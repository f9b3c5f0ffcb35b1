package request

import (
	"context"
	"slices"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// TestWhatIsADuplicate: nobody but the other's customers asked for it, on the same edge.
func TestWhatIsADuplicate(t *testing.T) {
	lead := Request{ID: 2, Provider: 9, Customer: 3, AskedBy: 30, For: 31}
	with := func(change func(*Request)) Request {
		r := Request{ID: 1, Provider: 9, Customer: 3, AskedBy: 30}
		change(&r)
		return r
	}
	for _, c := range []struct {
		name string
		r    Request
		want bool
	}{
		{"who asked for the other asks again", with(func(*Request) {}), true},
		{"whom the other is for asks, too", with(func(r *Request) { r.AskedBy = 31 }), true},
		{"for the same colleague again", with(func(r *Request) { r.For = 31 }), true},
		{"a colleague asks for the same", with(func(r *Request) { r.AskedBy = 32 }), false},
		{"for a third person", with(func(r *Request) { r.For = 32 }), false},
		{"for another of one's units", with(func(r *Request) { r.Customer = 4 }), false},
		{"of another unit", with(func(r *Request) { r.Provider = 8 }), false},
		{"the unit that has it in hand does not matter", with(func(r *Request) { r.Unit = 7 }), true},
	} {
		if got := c.r.duplicateOf(lead); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// TestWhatIsCarried: what becomes of a request with what happened to the one that it goes along with.
func TestWhatIsCarried(t *testing.T) {
	for _, c := range []struct {
		name      string
		state     State
		duplicate bool
		kind      Verb
		ended     bool
		want      []Verb
	}{
		{"it is delivered with the other", StateWorking, false, VerbDeliver, false, []Verb{VerbDeliver}},
		{"it is delivered when the other is accepted at once", StateWorking, false, VerbAccept, false, []Verb{VerbDeliver}},
		{"its own customer accepts it", StateDelivered, false, VerbAccept, false, nil},
		{"its own customer returns it", StateDelivered, false, VerbReturn, false, nil},
		{"it goes on by itself when the other ends", StateWorking, false, VerbCancel, true, []Verb{VerbUnmerge}},
		{"what is delivered stays so when the other ends", StateDelivered, false, VerbDisown, true, nil},
		{"a duplicate is delivered with the other", StateWorking, true, VerbDeliver, false, []Verb{VerbDeliver}},
		{"and accepted with it", StateDelivered, true, VerbAccept, false, []Verb{VerbAccept}},
		{"both when the other is accepted at once", StateWorking, true, VerbAccept, false, []Verb{VerbDeliver, VerbAccept}},
		{"and sent back with it", StateDelivered, true, VerbReturn, false, []Verb{VerbReturn}},
		{"a duplicate goes on by itself when the other ends", StateWorking, true, VerbCancel, true, []Verb{VerbUnmerge}},
		{"also when it is delivered", StateDelivered, true, VerbDisown, true, []Verb{VerbUnmerge}},
		{"what is done stays so", StateDone, true, VerbReturn, false, nil},
		{"what was withdrawn stays so", StateWithdrawn, true, VerbDeliver, false, nil},
		{"words carry nothing", StateDelivered, true, VerbMessage, false, nil},
	} {
		r := Request{State: c.state, MergedInto: 1, Duplicate: c.duplicate}
		if got := carried(r, c.kind, c.ended); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestWhatADuplicateCountsAs: its clocks count as nothing, and what happens to it counts once.
func TestWhatADuplicateCountsAs(t *testing.T) {
	target := calendar.Duration{Value: 4, Unit: calendar.WorkingHours}
	twice := Request{ID: 1, Duplicate: true}
	for state, want := range map[string]Outcome{clock.Running: Excluded, clock.Met: Excluded, clock.Breached: Excluded, clock.Cancelled: Excluded} {
		if got := twice.counting(clock.State{Target: target, State: state}); got != want {
			t.Errorf("%s: %q", state, got)
		}
	}
	if got := twice.counting(clock.State{State: clock.Running}); got != Pending {
		t.Errorf("without a target: %q", got)
	}
	for _, c := range []struct {
		name   string
		e      Event
		counts relation.Delta
	}{
		{"delivered with the other", Event{Kind: VerbDeliver, Code: codeDuplicate}, relation.Delta{}},
		{"accepted with it", Event{Kind: VerbAccept, Code: codeDuplicate}, relation.Delta{}},
		{"returned with it", Event{Kind: VerbReturn, Code: codeDuplicate}, relation.Delta{}},
		{"returned by itself", Event{Kind: VerbReturn, Code: codeApart}, relation.Delta{Delivered: 1, Returned: 1}},
		{"reopened", Event{Kind: VerbReopen, Code: codeApart}, relation.Delta{Delivered: 1, Accepted: 1}},
		{"delivered when the other ended", Event{Kind: VerbUnmerge, Code: "delivered"}, relation.Delta{Delivered: 1}},
		{"taken back", Event{Kind: VerbUnmerge, Code: "working"}, relation.Delta{}},
		{"withdrawn by its customer", Event{Kind: VerbWithdraw}, relation.Delta{Withdrawn: 1}},
	} {
		if x, _ := happened(1, twice, c.e); x.Delta != c.counts {
			t.Errorf("%s: %+v", c.name, x.Delta)
		}
	}
}

// onEdge is all that an edge's days count.
func (h house) onEdge(edge int64) (d relation.Delta) {
	h.t.Helper()
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		d, err = sqldb.One(ctx, rd, func(row sqldb.Row) (d relation.Delta, err error) {
			return d, row.Scan(&d.Opened, &d.Met, &d.Breached, &d.Excluded, &d.Delivered, &d.Accepted, &d.RightFirst, &d.Returned)
		}, `select cast(sum(opened) as bigint), cast(sum(met) as bigint), cast(sum(breached) as bigint), cast(sum(excluded) as bigint),
	cast(sum(delivered) as bigint), cast(sum(accepted) as bigint), cast(sum(right_first) as bigint), cast(sum(returned) as bigint)
from tally_day where edge = $1`, edge)
		return err
	}))
	return d
}

// twice is a request and another of the same customer, 3002, that goes along with it; 2002 has the first.
func (h house) twice() (lead, again Request) {
	h.t.Helper()
	lead, again = h.open("3002"), h.open("3002")
	must(h.t, second(h.Take(h.as("2002"), lead.Number, When{})))
	must(h.t, second(h.Merge(h.as("2002"), again.Number, lead.Ref(), "", When{})))
	return lead, again
}

// TestADuplicateCountsOnce: one delivery, one acceptance, one rating; the doctor agrees after each.
func TestADuplicateCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, customer := h.as("2002"), h.as("3002")
		lead, again := h.twice()
		is := func(want relation.Delta) {
			t.Helper()
			if got := h.onEdge(lead.Edge); got != want {
				t.Errorf("the edge counts %+v, want %+v", got, want)
			}
			h.coherent(t, lead.ID)
			h.coherent(t, again.ID)
			h.prove(t)
		}
		is(relation.Delta{Opened: 2, Excluded: 1})
		h.later(time.Hour)
		must(t, second(h.Deliver(agent, lead.Number, "好了", nil, When{})))
		is(relation.Delta{Opened: 2, Excluded: 1, Delivered: 1})
		h.mustOwe(t, "3002", lead.Number, "accept")
		h.owesNot(t, "3002", again.Number, "accept")
		fails(t, second(h.Accept(customer, again.Number, When{})), fault.Conflict, "request.duplicate-accept")
		must(t, second(h.Return(customer, lead.Number, "金额不对", When{})))
		is(relation.Delta{Opened: 2, Excluded: 1, Delivered: 1, Returned: 1})
		if r := h.row(again.Number); !r.GoesAlong() || !r.Duplicate || r.Returns != 1 {
			t.Fatalf("sent back with the other it is %+v", r)
		}
		h.later(time.Hour)
		must(t, second(h.Deliver(agent, lead.Number, "改了", nil, When{})))
		must(t, second(h.Accept(customer, lead.Number, When{})))
		is(relation.Delta{Opened: 2, Met: 1, Excluded: 1, Delivered: 2, Accepted: 1, Returned: 1})
		if r := h.row(again.Number); r.State != StateDone || r.Silent || !r.Duplicate {
			t.Fatalf("accepted with the other it is %+v", r)
		}
		h.mustOwe(t, "3002", lead.Number, "rate")
		h.owesNot(t, "3002", again.Number, "rate")
		err := second(h.Rate(customer, again.Number, Rating{Score: 5}, When{}))
		fails(t, err, fault.Conflict, "request.duplicate-rate")
		if f, ok := fault.As(err); !ok || !slices.Contains(fault.Flat(f.Args), any(lead.Ref())) {
			t.Errorf("the refusal names no other: %+v", err)
		}
		must(t, second(h.Rate(customer, lead.Number, Rating{Score: 4}, When{})))
		is(relation.Delta{Opened: 2, Met: 1, Excluded: 1, Delivered: 2, Accepted: 1, Returned: 1})
	})
}

// TestADuplicateThatGoesOnByItself counts as any other request from then on, however that came.
func TestADuplicateThatGoesOnByItself(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, customer := h.as("2002"), h.as("3002")
		before := relation.Delta{}
		since := func(edge int64, what string, want relation.Delta) {
			t.Helper()
			now := h.onEdge(edge)
			if got := now.Plus(relation.Delta{}.Minus(before)); got != want {
				t.Errorf("%s: %+v, want %+v", what, got, want)
			}
			before = now
			h.prove(t)
		}
		lead, again := h.twice()
		edge := lead.Edge
		since(edge, "merged", relation.Delta{Opened: 2, Excluded: 1})
		must(t, second(h.Unmerge(agent, again.Number, When{})))
		since(edge, "taken back", relation.Delta{Excluded: -1})
		must(t, second(h.Merge(agent, again.Number, lead.Ref(), "", When{})))
		must(t, second(h.Cancel(customer, lead.Number, "不要了", When{})))
		if r := h.row(again.Number); r.State != StateNew || r.Duplicate || r.MergedInto != 0 {
			t.Fatalf("the other was called off: %+v", r)
		}
		since(edge, "the other was called off", relation.Delta{Excluded: 1}) // the other's
		must(t, second(h.Take(agent, again.Number, When{})))
		must(t, second(h.Deliver(agent, again.Number, "好了", nil, When{})))
		must(t, second(h.Accept(customer, again.Number, When{})))
		must(t, second(h.Rate(customer, again.Number, Rating{Score: 3}, When{})))
		since(edge, "done by itself", relation.Delta{Met: 1, Delivered: 1, Accepted: 1, RightFirst: 1})

		lead, again = h.twice()
		must(t, second(h.Deliver(agent, lead.Number, "好了", nil, When{})))
		since(edge, "delivered together", relation.Delta{Opened: 2, Excluded: 1, Delivered: 1})
		must(t, second(h.Return(customer, again.Number, "这是另一笔", When{})))
		if r := h.row(again.Number); r.State != StateWorking || r.Duplicate || r.MergedInto != 0 {
			t.Fatalf("returned by itself: %+v", r)
		}
		since(edge, "returned by itself", relation.Delta{Excluded: -1, Delivered: 1, Returned: 1})
		must(t, second(h.Accept(customer, lead.Number, When{})))
		since(edge, "the other was accepted", relation.Delta{Met: 1, Accepted: 1, RightFirst: 1})
		must(t, second(h.Take(agent, again.Number, When{})))
		must(t, second(h.Deliver(agent, again.Number, "也好了", nil, When{})))
		must(t, second(h.Accept(customer, again.Number, When{})))
		since(edge, "accepted by itself", relation.Delta{Met: 1, Delivered: 1, Accepted: 1})

		lead, again = h.twice()
		must(t, second(h.Deliver(agent, lead.Number, "好了", nil, When{})))
		must(t, second(h.Accept(customer, lead.Number, When{})))
		since(edge, "accepted together", relation.Delta{Opened: 2, Met: 1, Excluded: 1, Delivered: 1, Accepted: 1, RightFirst: 1})
		must(t, second(h.Reopen(customer, again.Number, "还差一笔", When{})))
		if r := h.row(again.Number); !r.State.Open() || r.Duplicate || r.MergedInto != 0 || h.row(lead.Number).State != StateDone {
			t.Fatalf("reopened: %+v", r)
		}
		since(edge, "reopened", relation.Delta{Excluded: -1, Delivered: 1, Accepted: 1})
		must(t, second(h.Take(agent, again.Number, When{})))
		must(t, second(h.Deliver(agent, again.Number, "补了", nil, When{})))
		must(t, second(h.Accept(customer, again.Number, When{})))
		since(edge, "accepted again", relation.Delta{Met: 1, Delivered: 1})
		must(t, second(h.Rate(customer, again.Number, Rating{Score: 3}, When{})))
		h.coherent(t, again.ID)
	})
}

// TestADuplicateOfWhatWasDisowned is its customer's to accept when the other, delivered, was never asked for.
func TestADuplicateOfWhatWasDisowned(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent := h.as("2002")
		c := call(ThenTake)
		c.For = "3002"
		lead, err := h.Log(agent, c)
		must(t, err)
		again := h.open("3002")
		must(t, second(h.Merge(agent, again.Number, lead.Ref(), "", When{})))
		must(t, second(h.Deliver(agent, lead.Number, "好了", nil, When{})))
		if r := h.row(again.Number); !r.Duplicate || !r.AcceptBy.IsZero() {
			t.Fatalf("%+v", r)
		}
		must(t, second(h.Disown(h.as("3002"), lead.Number, "没有打过电话", When{})))
		r := h.row(again.Number)
		if r.State != StateDelivered || r.Duplicate || r.MergedInto != 0 {
			t.Fatalf("%+v", r)
		}
		h.mustOwe(t, "3002", again.Number, "accept")
		must(t, second(h.Accept(h.as("3002"), again.Number, When{})))
		if d := h.onEdge(again.Edge); d.Delivered != 2 || d.Accepted != 1 || d.RightFirst != 1 {
			t.Errorf("%+v", d)
		}
		h.prove(t)
	})
}

// TestTheHouseAcceptsADuplicateWithTheOther, and tells its customer once.
func TestTheHouseAcceptsADuplicateWithTheOther(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		lead, again := h.twice()
		must(t, second(h.Deliver(h.as("2002"), lead.Number, "好了", nil, When{})))
		for range 30 {
			h.later(24 * time.Hour)
			must(t, h.AcceptSilent(h.ctx))
		}
		if a, b := h.row(lead.Number), h.row(again.Number); !a.Silent || a.State != StateDone || !b.Silent || b.State != StateDone || !a.DoneAt.Equal(b.DoneAt) {
			t.Errorf("%+v\n%+v", a, b)
		}
		if n, err := sqldbCount(h, `select count(*) from outbox where subject_kind = 'request' and subject = $1 and kind = 'request.acceptance-nears'`, again.ID); err != nil || n != 0 {
			t.Errorf("told of the duplicate %d times, %v", n, err)
		}
		h.prove(t)
	})
}

func sqldbCount(h house, text string, args ...any) (n int64, err error) {
	err = h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = sqldb.Value[int64](ctx, rd, text, args...)
		return err
	})
	return n, err
}

// TestALateDuplicateIsLateForNobody: what was late is left out with the merge, with what is said of its cause, and comes back
// when the merge is taken back; what becomes late meanwhile alarms nobody, and is told then.
func TestALateDuplicateIsLateForNobody(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start, _ := time.Parse(time.RFC3339, "2026-11-24T09:00:00+08:00")
		dbtest.Clock(h.db).Set(start.AddDate(0, 0, -1))
		must(t, h.Calendar.Prepare(h.ctx))
		h.standard(func(s *catalog.Standard) {
			s.Completion = calendar.Duration{Value: 4, Unit: calendar.ElapsedHours}
			s.Response = calendar.Duration{Value: 1, Unit: calendar.ElapsedHours}
			s.NextResponse, s.NextResponseTarget = calendar.Duration{Value: 1, Unit: calendar.ElapsedHours}, 0.9
		})
		dbtest.Clock(h.db).Set(start)
		agent, quality := h.as("2002"), h.as("1001")
		late := h.open("3002")
		must(t, second(h.Take(agent, late.Number, When{})))
		must(t, second(h.Message(agent, late.Number, "收到", nil, When{})))
		must(t, second(h.Message(h.as("3002"), late.Number, "多久？", nil, When{})))
		h.later(5 * time.Hour)
		h.tick()
		must(t, second(h.StateCause(agent, late.Number, CauseSaid{Clock: clock.Completion, Cause: CauseForce, Text: "停电"}, When{})))
		must(t, second(h.AgreeCause(h.as("3002"), late.Number, CauseSaid{}, When{})))
		lead := h.open("3002")
		counts := func(what string, clock string, breached, excluded, excused, duplicates int64) {
			t.Helper()
			rows, err := h.Attained(quality, Cohort{By: ByService, Clock: clock, Span: Span{start.AddDate(0, 0, -1), start.AddDate(0, 0, 9)}})
			must(t, err)
			if len(rows) != 1 || rows[0].Breached != breached || rows[0].Excluded != excluded || rows[0].Excused != excused || rows[0].Duplicates != duplicates {
				t.Errorf("%s, %s: %+v", what, clock, rows)
			}
		}
		counts("late", "completion", 1, 0, 1, 0)
		counts("late", "next_response", 1, 0, 0, 0)
		if !h.presses("2001", late.ID) {
			t.Error("the head is not to see that it moves")
		}
		must(t, second(h.Merge(agent, late.Number, lead.Ref(), "", When{})))
		counts("merged", "completion", 0, 1, 0, 1)
		counts("merged", "next_response", 0, 1, 0, 1)
		v, err := h.ByNumber(agent, late.Number)
		must(t, err)
		if h.presses("2001", late.ID) || len(v.Breaches) != 0 || v.CompletionIs != Excluded || v.May(VerbCause) || h.onEdge(late.Edge).Breached != 0 {
			t.Errorf("merged: %+v, %v, %+v", v.Breaches, v.Verbs, h.onEdge(late.Edge))
		}
		fails(t, second(h.StateCause(agent, late.Number, CauseSaid{Cause: CauseOwn, Text: "忘了"}, When{})), fault.Conflict, "request.not-late")
		if list, err := h.List(quality, Filter{Cause: "force"}); err != nil || len(list.Items) != 0 {
			t.Errorf("its cause lists %+v, %v", list.Items, err)
		}
		h.prove(t)
		must(t, second(h.Unmerge(agent, late.Number, When{})))
		counts("taken back", "completion", 1, 0, 1, 0)
		counts("taken back", "next_response", 1, 0, 0, 0)
		if v, err = h.ByNumber(agent, late.Number); err != nil || len(v.Breaches) != 2 || v.Breaches[0].State != CauseSettled || !v.May(VerbCause) {
			t.Errorf("taken back: %+v, %v", v.Breaches, err)
		}
		h.coherent(t, late.ID)

		meanwhile := h.open("3002")
		must(t, second(h.Merge(agent, meanwhile.Number, lead.Ref(), "", When{})))
		h.later(5 * time.Hour)
		h.tick()
		h.later(2 * time.Hour)
		h.tick()
		if h.presses("2001", meanwhile.ID) || len(h.steps(meanwhile.ID)) != 0 || h.row(meanwhile.Number).CompletionIs != Excluded {
			t.Errorf("a duplicate alarms: %v", h.steps(meanwhile.ID))
		}
		h.prove(t)
		must(t, second(h.Unmerge(agent, meanwhile.Number, When{})))
		if r := h.row(meanwhile.Number); r.CompletionIs != Breached || len(h.steps(meanwhile.ID)) == 0 || len(h.breaches(meanwhile.Number)) != 2 {
			t.Errorf("late by itself: %+v, %v, %+v", r.CompletionIs, h.steps(meanwhile.ID), h.breaches(meanwhile.Number))
		}
		h.coherent(t, meanwhile.ID)
		h.sound()
	})
}

// TestADuplicateIsAFactOfTheLog: it stays one when its customer changes, and one that became none before stays none; a merge
// of before that says nothing is none.
func TestADuplicateIsAFactOfTheLog(t *testing.T) {
	merge := Event{N: 2, Kind: VerbMerge, Other: 7, Code: codeDuplicate}
	r := Request{State: StateNew, AskedBy: 30}
	for _, e := range []Event{merge, {N: 3, Kind: VerbSucceed, Side: CustomerSide, Person: 31}, {N: 4, Kind: VerbTakeOver, Side: CustomerSide, Person: 32}} {
		must(t, r.happen(e))
		if !r.Duplicate || !r.GoesAlong() {
			t.Errorf("after %s: %+v", e.Kind, r)
		}
	}
	merge.Code = ""
	old := Request{State: StateNew, AskedBy: 30}
	must(t, old.happen(merge))
	if old.Duplicate || !old.GoesAlong() {
		t.Errorf("a merge of before: %+v", old)
	}
}

// TestDoctorNamesAWrongDuplicate: the row is what the log says.
func TestDoctorNamesAWrongDuplicate(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		_, again := h.twice()
		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `update request set duplicate = false where id = $1`, again.ID)
			return err
		}))
		flaws, n, err := h.Check(h.ctx)
		if err != nil || n != 1 || flaws[0].Field != "duplicate" || flaws[0].Number != again.Ref() {
			t.Errorf("%+v, %v", flaws, err)
		}
	})
}

// TestADryRunLeavesDuplicatesOut as the report does, on both sides and of what is open.
func TestADryRunLeavesDuplicatesOut(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent := h.as("2002")
		lead, _ := h.twice()
		must(t, second(h.Deliver(agent, lead.Number, "好了", nil, When{})))
		must(t, second(h.Accept(h.as("3002"), lead.Number, When{})))
		h.twice()
		rows, err := h.Attained(h.as("1001"), Cohort{By: ByService, Clock: "completion", Span: Span{lead.OpenedAt.AddDate(0, 0, -1), lead.OpenedAt.AddDate(0, 1, 0)}})
		must(t, err)
		snap, err := h.Catalog.Snapshot(h.ctx)
		must(t, err)
		service, _ := snap.ByCode("finance.advance")
		run, err := trials{h.Service}.Try(h.as("2001"), catalog.TrialAsk{Service: service, Standard: service.Standard, From: lead.OpenedAt.AddDate(0, 0, -1), To: lead.OpenedAt.AddDate(0, 1, 0)})
		must(t, err)
		if run.Result == nil || len(rows) != 1 {
			t.Fatalf("%+v, %+v", run, rows)
		}
		x := run.Result
		if w := x.Completion.Was; w.Met != rows[0].Met || w.Pending != rows[0].Pending || w.Excluded != 2 || rows[0].Excluded != 2 || x.Completion.Would.Excluded != 2 || x.Open != 1 {
			t.Errorf("the dry run counts %+v, %d open, the report %+v", x.Completion, x.Open, rows[0])
		}
	})
}
