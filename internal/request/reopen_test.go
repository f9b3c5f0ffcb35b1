package request

import (
	"context"
	"testing"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

func TestHowAMatterIsTakenUpAgain(t *testing.T) {
	until := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		rule catalog.Reopening
		at   time.Time
		want catalog.Reopening
	}{
		{"always the same, however late", catalog.ReopenContinue, until.AddDate(1, 0, 0), catalog.ReopenContinue},
		{"always another, however early", catalog.ReopenNew, until.AddDate(0, 0, -5), catalog.ReopenNew},
		{"in the days of grace the same", catalog.ReopenInGrace, until.Add(-time.Hour), catalog.ReopenContinue},
		{"at their very end still the same", catalog.ReopenInGrace, until, catalog.ReopenContinue},
		{"after them another", catalog.ReopenInGrace, until.Add(time.Millisecond), catalog.ReopenNew},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := reopening(c.rule, until, c.at); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// tallied is the sum of an edge's counters over all days.
func (h house) tallied(edge int64) (d relation.Delta) {
	h.t.Helper()
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		d, err = sqldb.One(ctx, rd, func(row sqldb.Row) (relation.Delta, error) {
			var d relation.Delta
			err := row.Scan(&d.Met, &d.Breached, &d.Accepted, &d.RightFirst)
			return d, err
		}, `select cast(sum(met) as bigint), cast(sum(breached) as bigint), cast(sum(accepted) as bigint), cast(sum(right_first) as bigint) from tally_day where edge = $1`, edge)
		return err
	}))
	return d
}

// finished is begun, delivered at once and accepted an hour later.
func (h house) finished() Request {
	h.t.Helper()
	r := h.begun()
	h.later(time.Hour)
	must(h.t, second(h.Deliver(h.as("2002"), r.Number, "好了", nil, When{})))
	h.later(time.Hour)
	r, err := h.Accept(h.as("3002"), r.Number, When{})
	must(h.t, err)
	return r
}

func TestTheSameRequestGoesOn(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.finished()
		n, customer, agent := r.Number, h.as("3002"), h.as("2002")
		if d := h.tallied(r.Edge); d.Met != 1 || d.RightFirst != 1 || d.Accepted != 1 {
			t.Fatalf("before: %+v", d)
		}
		due := r.Due
		h.later(2 * time.Hour)
		_, err := h.Reopen(customer, n, " ", When{})
		fails(t, err, fault.Invalid, "")
		r, err = h.Reopen(customer, n, "少付一笔", When{})
		must(t, err)
		if r.State != StateWorking || r.Reopens != 1 || r.Assignee == 0 || !r.ClosedAt.IsZero() || r.CompletionIs != Pending {
			t.Fatalf("reopened: %+v", r)
		}
		if took := r.CompletionTook; took != 3600 || !r.Due.After(due) {
			t.Errorf("the time since the delivery counts: %d s, due %s", took, r.Due)
		}
		if d := h.tallied(r.Edge); d.Met != 0 || d.RightFirst != 0 || d.Accepted != 1 {
			t.Errorf("reopened: %+v", d)
		}
		h.sound()
		h.on("2026-12-10 09:00")
		must(t, h.Clock.Breach(h.ctx))
		must(t, second(h.Deliver(agent, n, "补付", nil, When{})))
		r, err = h.Accept(customer, n, When{})
		must(t, err)
		if d := h.tallied(r.Edge); d.Met != 0 || d.Breached != 1 || d.RightFirst != 0 || d.Accepted != 1 {
			t.Errorf("finished again: %+v", d)
		}
		if r.ResponseIs != Met {
			t.Errorf("the first response is measured again: %+v", r)
		}
		h.sound()
	})
}

func TestAnotherRequestRepeatsIt(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.finished()
		h.on("2026-12-08 09:00") // accepted on 23 November: the fifth working day after was the 30th
		again, err := h.Reopen(h.as("3002"), r.Number, "又多扣了", When{})
		must(t, err)
		if again.Number == r.Number || again.State != StateNew || again.AgainOf != r.ID || again.Title != r.Title || again.ResponseDue.IsZero() {
			t.Fatalf("%+v", again)
		}
		fails(t, second(h.Reopen(h.as("3002"), r.Number, "再来", When{})), fault.Conflict, "request.asked-again-already")
		old, err := h.ByNumber(h.as("3002"), r.Number)
		must(t, err)
		if old.State != StateDone || old.Recurs != 1 || old.CompletionIs != Met || len(old.again()) != 1 || old.again()[0] != again.Ref() {
			t.Errorf("%+v", old.Request)
		}
		v, err := h.ByNumber(h.as("3002"), again.Number)
		must(t, err)
		if v.Repeats != r.Ref() {
			t.Errorf("repeats %q", v.Repeats)
		}
		h.sound()
	})
}

func TestWhoeverIsGoneDoesNotGetItBack(t *testing.T) {
	h := quick(t)
	r := h.finished()
	must(t, h.Org.SetRoles(h.ctx, "2001", []string{"head@finance", "agent@finance"}, 0)) // from now on only the head serves
	after, err := h.Reopen(h.as("3002"), r.Number, "少付一笔", When{})
	must(t, err)
	if after.State != StateNew || after.Assignee != 0 {
		t.Errorf("%+v", after)
	}
	must(t, second(h.Take(h.as("2001"), r.Number, When{})))
	h.sound()
}
