package request

import (
	"context"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// took is what the days of an edge say of accepted requests: how many, paused, worked, hops.
func (h house) took(edge int64) (out [4]int64) {
	h.t.Helper()
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out, err = sqldb.One(ctx, rd, func(row sqldb.Row) (x [4]int64, err error) { return x, row.Scan(&x[0], &x[1], &x[2], &x[3]) },
			`select cast(sum(ended) as bigint), cast(sum(paused) as bigint), cast(sum(worked) as bigint), cast(sum(hops) as bigint) from tally_day where edge = $1`, edge)
		return err
	}))
	return out
}

func TestWhatEndedRequestsTook(t *testing.T) {
	done, day := Request{ID: 1, Edge: 7, State: StateDone, DoneAt: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC), PausedTook: 60, CompletionTook: 180, Hops: 3}, relation.Delta{Opened: 1}
	with := func(change func(*Request)) Request {
		r := done
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		r    Request
		want relation.Delta
	}{
		"accepted":          {done, relation.Delta{Opened: 1, Ended: 1, Paused: 60, Worked: 180, Hops: 3}},
		"goes on":           {with(func(r *Request) { r.State, r.DoneAt = StateWorking, time.Time{} }), day},
		"delivered":         {with(func(r *Request) { r.State = StateDelivered }), day},
		"withdrawn":         {with(func(r *Request) { r.State = StateWithdrawn }), day},
		"duplicate":         {with(func(r *Request) { r.Duplicate = true }), day},
		"nobody knows when": {with(func(r *Request) { r.DoneAt = time.Time{} }), day},
	} {
		var sum relation.Delta
		for _, x := range counted(c.r) {
			sum = sum.Plus(x.Delta)
		}
		if sum != c.want {
			t.Errorf("%s: %+v, want %+v", name, sum, c.want)
		}
	}
}

// TestAnAcceptedRequestSaysWhatItTook: paused and worked time and its hands on the day of acceptance; taken back while it goes on again; the
// doctor agrees throughout.
func TestAnAcceptedRequestSaysWhatItTook(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, other, customer := h.as("2002"), h.as("2102"), h.as("3002")
		r := h.paused()
		if got := h.took(r.Edge); got != [4]int64{} {
			t.Errorf("open, it counts %v", got)
		}
		must(t, second(h.HandOver(agent, r.Number, "it", "要开权限", "", When{})))
		must(t, second(h.Take(other, r.Number, When{})))
		h.later(time.Hour)
		must(t, second(h.HandOver(other, r.Number, "finance", "开了", "", When{})))
		must(t, second(h.Deliver(agent, r.Number, "好了", nil, When{})))
		r, err := h.Accept(customer, r.Number, When{})
		must(t, err)
		want := [4]int64{1, r.PausedTook, r.CompletionTook, 3}
		if got := h.took(r.Edge); got != want || r.PausedTook == 0 || r.CompletionTook == 0 {
			t.Errorf("accepted, it counts %v, want %v", got, want)
		}
		h.sound()
		must(t, second(h.Reopen(customer, r.Number, "少一笔", When{})))
		if got := h.took(r.Edge); got != [4]int64{} {
			t.Errorf("reopened, it counts %v", got)
		}
		h.sound()
		must(t, second(h.Take(agent, r.Number, When{})))
		h.later(time.Hour)
		must(t, second(h.Deliver(agent, r.Number, "补了", nil, When{})))
		r, err = h.Accept(customer, r.Number, When{})
		must(t, err)
		if got, want := h.took(r.Edge), [4]int64{1, r.PausedTook, r.CompletionTook, int64(r.Hops)}; got != want {
			t.Errorf("accepted again, it counts %v, want %v", got, want)
		}
		h.sound()
		lead, _ := h.twice()
		must(t, second(h.Deliver(agent, lead.Number, "好了", nil, When{})))
		must(t, second(h.Accept(customer, lead.Number, When{})))
		if got := h.took(r.Edge); got[0] != 2 {
			t.Errorf("a duplicate counts: %v", got)
		}
		h.sound()
	})
}
