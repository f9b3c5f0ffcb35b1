package request

import (
	"context"
	"errors"
	"testing"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// TestTheWalkingPath goes from asking to rating and looks at what each step leaves behind.
func TestTheWalkingPath(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		customer, agent := h.as("3002"), h.as("2002")
		r, err := h.Open(customer, h.expense(customer))
		must(t, err)
		if r.Number != 1001 || r.State != StateNew || r.Due.IsZero() || r.ResponseDue.IsZero() {
			t.Fatalf("opened as %+v", r)
		}
		n := r.Number
		h.later(30 * time.Minute)
		r, err = h.Take(agent, n, When{})
		must(t, err)
		if r.State != StateWorking || r.Assignee == 0 || !r.RespondedAt.IsZero() {
			t.Fatalf("taken: %+v", r)
		}
		h.later(30 * time.Minute)
		r, err = h.AskBack(agent, n, "请补 3 项", nil, When{})
		must(t, err)
		if r.State != StateWaiting || r.RespondedAt.IsZero() {
			t.Fatalf("asked back: %+v", r)
		}
		h.later(2 * time.Hour)
		r, err = h.Answer(customer, n, "已补", map[string]any{"amount": "38000"}, nil, When{})
		must(t, err)
		if r.State != StateWorking {
			t.Fatalf("answered: %+v", r)
		}
		h.later(time.Hour)
		must(t, second(h.Deliver(agent, n, "已付款", nil, When{})))
		h.later(time.Hour)
		r, err = h.Return(customer, n, "少付一笔", When{})
		must(t, err)
		if r.State != StateWorking || r.Returns != 1 || !r.DeliveredAt.IsZero() {
			t.Fatalf("returned: %+v", r)
		}
		h.later(time.Hour)
		must(t, second(h.Deliver(agent, n, "补付完成", nil, When{})))
		r, err = h.Accept(customer, n, When{})
		must(t, err)
		if r.State != StateDone || r.CompletionIs != Met || r.ClosedAt.IsZero() {
			t.Fatalf("accepted: %+v", r)
		}
		must(t, second(h.Rate(customer, n, Rating{Score: 5, Reasons: []string{"fast"}, Share: true}, When{})))
		v, err := h.ByNumber(customer, n)
		must(t, err)
		if v.Own == nil || v.Own.Score != 5 || len(v.Log) != 9 || v.Fields == "" {
			t.Fatalf("the view of the customer: %+v", v)
		}
		c, _ := v.Clock(clock.Completion)
		if c.State != clock.Met || c.Paused != 2*time.Hour || c.Elapsed != 2*time.Hour {
			t.Errorf("completion: %s, elapsed %v, paused %v", c.State, c.Elapsed, c.Paused)
		}
		h.prove(t)
	})
}

func second(_ Request, err error) error { return err }

// prove checks everything that is derived against what it is derived from.
func (h house) prove(t *testing.T) {
	t.Helper()
	report, err := h.Clock.Check(h.ctx, nil)
	must(t, err)
	if report.Wrong > 0 {
		t.Errorf("clocks: %+v", report)
	}
	flaws, _, err := h.Check(h.ctx)
	must(t, err)
	for _, f := range flaws {
		t.Errorf("%+v", f)
	}
	h.loadTrue()
	must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		diffs, err := h.Relation.Recount(ctx, rd, h.Tallies())
		for _, d := range diffs {
			t.Errorf("tally %+v", d)
		}
		if err != nil {
			return err
		}
		days := map[int64]time.Time{}
		err = h.Tallies().Facts(ctx, rd, func(f relation.Fact) error { days[relation.DayOf(f.Day)] = f.Day; return nil })
		for _, day := range days { // one by one they come to the same
			diffs, wrong := h.Relation.RecountDay(ctx, rd, h.Tallies(), day)
			for _, d := range diffs {
				t.Errorf("tally of %s: %+v", day.Format(time.DateOnly), d)
			}
			err = errors.Join(err, wrong)
		}
		return err
	}))
}

// fails says that err is a fault of this kind and key.
func fails(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || key != "" && f.Key != key {
		t.Errorf("got %v, want %v %s", err, kind, key)
	}
}
