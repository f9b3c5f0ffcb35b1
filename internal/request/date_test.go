package request

import (
	"strings"
	"testing"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
)

// on sets the clock of the house to a moment in Shanghai: 2026-11-23 09:00.
func (h house) on(text string) time.Time {
	h.t.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	must(h.t, err)
	t, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	must(h.t, err)
	dbtest.Clock(h.db).Set(t)
	return t.UTC()
}

var agreed, refused = func() (*bool, *bool) { y, n := true, false; return &y, &n }()

// begun is an advance of finance, asked by 3002 on Monday 23 November 2026 at 9:00 and taken by 2002.
func (h house) begun() Request {
	h.t.Helper()
	h.on("2026-11-23 09:00")
	r := h.open("3002")
	must(h.t, second(h.Take(h.as("2002"), r.Number, When{})))
	return r
}

func TestWhatDateMayBeProposed(t *testing.T) {
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	due := at.Add(48 * time.Hour)
	for _, c := range []struct {
		name string
		to   time.Time
		key  string
	}{
		{"a later one", due.Add(time.Hour), ""},
		{"an earlier one that is still to come", at.Add(time.Hour), ""},
		{"none", time.Time{}, "form.required"},
		{"this very moment", at, "request.date-past"},
		{"one that has passed", at.Add(-time.Hour), "request.date-past"},
		{"the one that holds", due, "request.date-same"},
		{"in a year and two days", at.AddDate(1, 0, 2), "request.date-too-far"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f fault.Fields
			proposable(&f, c.to, due, at)
			key := ""
			if x, ok := fault.As(f.Err()); ok {
				key = x.Fields[0].Key
			}
			if key != c.key {
				t.Errorf("got %q, want %q", key, c.key)
			}
		})
	}
}

func TestADateIsAgreedOn(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.begun()
		n, customer, agent := r.Number, h.as("3002"), h.as("2002")
		due := r.Due
		fails(t, second(h.AgreeDate(customer, n, agreed, When{})), fault.Conflict, "request.no-date-proposed")
		h.later(time.Hour)
		to := h.db.Now().AddDate(0, 0, 13)
		r, err := h.ProposeDate(agent, n, Date{To: to, Reason: "等总部批复"}, When{})
		must(t, err)
		if !r.Proposed.Equal(to) || !r.Due.Equal(due) || r.RespondedAt.IsZero() || r.ResponseIs != Met {
			t.Fatalf("proposed: %+v", r)
		}
		v, err := h.ByNumber(customer, n)
		must(t, err)
		if !v.May(VerbAgree) {
			t.Error("the customer may not answer")
		}
		text, err := h.proposalText(customer, v)
		must(t, err)
		if !strings.Contains(text, "等总部批复") || !strings.Contains(text, "工作时间") {
			t.Error(text)
		}
		r, err = h.AgreeDate(customer, n, agreed, When{})
		must(t, err)
		if !r.Due.Equal(to) || !r.Proposed.IsZero() || r.Agreed != 1 || !r.OriginalDue.Equal(due) {
			t.Fatalf("agreed: %+v", r)
		}
		fails(t, second(h.AgreeDate(customer, n, refused, When{})), fault.Conflict, "request.no-date-proposed")
		dbtest.Clock(h.db).Set(due.Add(time.Hour)) // late by the original, not by what was agreed
		must(t, h.Clock.Breach(h.ctx))
		must(t, second(h.Deliver(agent, n, "好了", nil, When{})))
		r, err = h.Accept(customer, n, When{})
		must(t, err)
		if r.CompletionIs != Met || r.OriginalIs != Breached {
			t.Errorf("%s by what was agreed, %s by the original", r.CompletionIs, r.OriginalIs)
		}
		h.sound()
	})
}

func TestADateIsNotAgreedOn(t *testing.T) {
	h := quick(t)
	r := h.begun()
	n, customer, agent := r.Number, h.as("3002"), h.as("2002")
	must(t, second(h.ProposeDate(agent, n, Date{To: h.db.Now().AddDate(0, 0, 9), Reason: "缺货"}, When{})))
	must(t, second(h.ProposeDate(agent, n, Date{To: h.db.Now().AddDate(0, 0, 12), Reason: "还是缺货"}, When{})))
	v, err := h.ByNumber(customer, n)
	must(t, err)
	if p, ok, err := h.proposalOf(customer, v); err != nil || !ok || p.Why != "还是缺货" {
		t.Errorf("the newer proposal does not stand: %+v %v", p, err)
	}
	after, err := h.AgreeDate(customer, n, refused, When{})
	must(t, err)
	if !after.Due.Equal(r.Due) || !after.Proposed.IsZero() || after.Agreed != 0 {
		t.Errorf("%+v", after)
	}
	must(t, second(h.ProposeDate(agent, n, Date{To: h.db.Now().Add(time.Hour), Reason: "提前"}, When{})))
	h.later(2 * time.Hour)
	fails(t, second(h.AgreeDate(customer, n, agreed, When{})), fault.Conflict, "request.date-passed")
	must(t, second(h.Deliver(agent, n, "好了", nil, When{})))
	fails(t, second(h.AgreeDate(customer, n, refused, When{})), fault.Conflict, "request.no-date-proposed")
	h.sound()
}

func TestALateCaseIsNotMadePunctual(t *testing.T) {
	h := quick(t)
	r := h.begun()
	n, customer, agent := r.Number, h.as("3002"), h.as("2002")
	dbtest.Clock(h.db).Set(r.Due.Add(time.Hour))
	must(t, h.Clock.Breach(h.ctx))
	must(t, second(h.ProposeDate(agent, n, Date{To: h.db.Now().AddDate(0, 0, 5), Reason: "补救"}, When{})))
	after, err := h.AgreeDate(customer, n, agreed, When{})
	must(t, err)
	if after.CompletionIs != Breached || !after.Due.Equal(r.Due) || after.Agreed != 1 {
		t.Errorf("%+v", after)
	}
	v, err := h.ByNumber(customer, n)
	must(t, err)
	if text := happenedText(customer, v, v.Log[len(v.Log)-1]); !strings.Contains(text, "仍记为超期") {
		t.Error(text)
	}
	if c, _ := v.Clock(clock.Completion); c.State != clock.Breached {
		t.Errorf("%+v", c)
	}
	h.sound()
}

func TestWhatIsWrongWithAProposalComesAtOnce(t *testing.T) {
	h := quick(t)
	r := h.begun()
	_, err := h.ProposeDate(h.as("2002"), r.Number, Date{Unreadable: true}, When{})
	f, ok := fault.As(err)
	if !ok || len(f.Fields) != 2 || f.Fields[0].Name != "due_at" || f.Fields[1].Name != "reason" {
		t.Errorf("%v", err)
	}
}
