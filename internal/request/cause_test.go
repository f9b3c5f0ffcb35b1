package request

import (
	"context"
	"slices"
	"strings"
	"testing"

	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
)

func TestWhatBecomesOfACause(t *testing.T) {
	for _, c := range []struct {
		name    string
		from    string
		verb    Verb
		cause   Cause
		state   string
		excused bool
	}{
		{"one's own fault needs nobody's consent, and excuses nothing", CauseAsked, VerbCause, CauseOwn, CauseSettled, false},
		{"the customer's is first to be accepted", CauseAsked, VerbCause, CauseCustomer, CauseStated, false},
		{"so is another unit's", CauseAsked, VerbCause, CauseThird, CauseStated, false},
		{"accepted, it excuses", CauseStated, VerbCauseAgree, CauseForce, CauseSettled, true},
		{"disputed, it does not", CauseStated, VerbCauseDispute, CauseForce, CauseDisputed, false},
		{"decided for the provider, it excuses", CauseDisputed, VerbCauseDecide, CauseCustomer, CauseSettled, true},
		{"decided against it, it does not", CauseDisputed, VerbCauseDecide, CauseOwn, CauseSettled, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Breach{State: c.from, Cause: c.cause}.after(c.verb, c.cause, 0)
			if b.State != c.state || b.Excused != c.excused {
				t.Errorf("%+v", b)
			}
		})
	}
}

// tardy is an advance that 2002 has, past its due time.
func (h house) tardy() Request {
	h.t.Helper()
	r := h.begun()
	must(h.t, second(h.Message(h.as("2002"), r.Number, "在办", nil, When{})))
	dbtest.Clock(h.db).Set(r.Due.Add(3_600_000_000_000))
	must(h.t, h.Clock.Breach(h.ctx))
	return r
}

func (h house) breaches(n int64) []Breach {
	h.t.Helper()
	v, err := h.ByNumber(h.as("3002"), n)
	must(h.t, err)
	return v.Breaches
}

func TestACauseIsStatedDisputedAndDecided(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.tardy()
		n, agent, customer, quality := r.Number, h.as("2002"), h.as("3002"), h.as("1001")
		if list := h.breaches(n); len(list) != 1 || list[0].Clock != clock.Completion || list[0].State != CauseAsked || list[0].Unit != r.Unit {
			t.Fatalf("%+v", list)
		}
		if owes := h.owes("2002", "person"); !slices.ContainsFunc(owes, func(s string) bool { return strings.Contains(s, "cause") }) {
			t.Errorf("the assignee is not asked: %v", owes)
		}
		_, err := h.StateCause(agent, n, CauseSaid{Cause: CauseThird}, When{})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 2 {
			t.Errorf("what is wrong does not come at once: %v", err)
		}
		fails(t, second(h.AgreeCause(customer, n, CauseSaid{}, When{})), fault.Conflict, "request.cause-not-cause-agree")
		must(t, second(h.StateCause(agent, n, CauseSaid{Cause: CauseThird, Unit: "it", Text: "系统停机两天"}, When{})))
		must(t, second(h.DisputeCause(customer, n, CauseSaid{Text: "只停了一小时"}, When{})))
		fails(t, second(h.StateCause(agent, n, CauseSaid{Cause: CauseOwn, Text: "算了"}, When{})), fault.Conflict, "request.cause-not-cause")
		must(t, second(h.DecideCause(quality, n, CauseSaid{Cause: CauseForce, Text: "机房断电"}, When{})))
		if b := h.breaches(n)[0]; b.State != CauseSettled || !b.Excused || b.Cause != CauseForce || b.Third != 0 {
			t.Errorf("%+v", b)
		}
		fails(t, second(h.DecideCause(quality, n, CauseSaid{Cause: CauseOwn, Text: "改主意"}, When{})), fault.Conflict, "request.cause-not-cause-decide")
		v, err := h.ByNumber(customer, n)
		must(t, err)
		if text := happenedText(customer, v, v.Log[len(v.Log)-1]); !strings.Contains(text, "不可抗力") || !strings.Contains(text, "机房断电") {
			t.Error(text)
		}
		h.sound()
	})
}

func TestNothingIsAskedOfWhatIsInTime(t *testing.T) {
	h := quick(t)
	r := h.finished()
	fails(t, second(h.StateCause(h.as("2002"), r.Number, CauseSaid{Cause: CauseOwn, Text: "没有"}, When{})), fault.Conflict, "request.not-late")
}

// paused is begun, asked back on Monday at 10:00 and answered on Tuesday at 10:00: a working day was paused.
func (h house) paused() Request {
	h.t.Helper()
	r := h.begun()
	h.on("2026-11-23 10:00")
	must(h.t, second(h.AskBack(h.as("2002"), r.Number, "金额是多少", nil, When{})))
	h.on("2026-11-24 10:00")
	r, err := h.Answer(h.as("3002"), r.Number, "表单里写了", nil, nil, When{})
	must(h.t, err)
	return r
}

func TestAPauseIsContested(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		plain := h.begun()
		r := h.paused()
		n, customer, head, quality := r.Number, h.as("3002"), h.as("2001"), h.as("1001")
		if !r.Due.After(plain.Due) || pausedShare(r.PausedTook, r.CompletionTook) < 0.8 {
			t.Fatalf("due %s, paused %d of %d", r.Due, r.PausedTook, r.CompletionTook)
		}
		must(t, second(h.Contest(customer, n, 0, "表单里已经填了", When{})))
		fails(t, second(h.Contest(customer, n, 0, "再来", When{})), fault.Conflict, "request.contested-already")
		fails(t, second(h.KeepPause(quality, n, "先等等", When{})), fault.Conflict, "request.contest-with-head")
		must(t, second(h.KeepPause(head, n, "附件看不清", When{})))
		must(t, second(h.Appeal(customer, n, "附件很清楚", When{})))
		fails(t, second(h.VoidPause(head, n, "那就算了", When{})), fault.Conflict, "request.contest-with-quality")
		after, err := h.VoidPause(quality, n, "附件清楚", When{})
		must(t, err)
		if !after.Due.Equal(plain.Due) || after.PausedTook != 0 || after.Contest != "" {
			t.Errorf("counted again: due %s, want %s; %+v", after.Due, plain.Due, after)
		}
		fails(t, second(h.Contest(customer, n, 0, "再来", When{})), fault.Conflict, "request.contested-once")
		h.sound()
	})
}

// TestAVoidPauseMakesAFinishedRequestLate: it was in time only because of the pause; after the fact it is late, is asked
// for the cause, and the tallies follow.
func TestAVoidPauseMakesAFinishedRequestLate(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.paused()
		h.on("2026-11-26 09:00") // the 25th at 18:00 without the pause
		must(t, second(h.Deliver(h.as("2002"), r.Number, "好了", nil, When{})))
		done, err := h.Accept(h.as("3002"), r.Number, When{})
		must(t, err)
		if done.CompletionIs != Met {
			t.Fatalf("%+v", done)
		}
		must(t, second(h.Contest(h.as("3002"), r.Number, 0, "不该问", When{})))
		after, err := h.VoidPause(h.as("2001"), r.Number, "确实不该问", When{})
		must(t, err)
		if after.CompletionIs != Breached || len(h.breaches(r.Number)) != 1 {
			t.Errorf("%+v", after)
		}
		if d := h.tallied(r.Edge); d.Met != 0 || d.Breached != 1 {
			t.Errorf("%+v", d)
		}
		h.sound()
	})
}

func TestAContestIsTooLate(t *testing.T) {
	h := quick(t)
	r := h.paused()
	h.on("2026-12-02 09:00")
	fails(t, second(h.Contest(h.as("3002"), r.Number, 0, "想起来了", When{})), fault.Conflict, "request.contest-late")
	fails(t, second(h.Contest(h.as("3002"), r.Number, 77, "哪一次", When{})), fault.Invalid, "")
}

// TestTwiceAtOnceAboutTime fires what is said of a cause and of a pause twice at once: exactly one wins.
func TestTwiceAtOnceAboutTime(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		asked := h.paused()
		contested := h.paused()
		must(t, second(h.Contest(h.as("3002"), contested.Number, 0, "不该问", When{})))
		late := h.tardy()
		must(t, second(h.StateCause(h.as("2002"), late.Number, CauseSaid{Cause: CauseForce, Text: "停电"}, When{})))
		for _, a := range []struct {
			attempt
			n int64
		}{
			{attempt{VerbCauseAgree, "3002", "", func(h house, ctx context.Context, n int64) (Request, error) {
				return h.AgreeCause(ctx, n, CauseSaid{}, When{})
			}}, late.Number},
			{attempt{VerbContest, "3002", "", func(h house, ctx context.Context, n int64) (Request, error) {
				return h.Contest(ctx, n, 0, "不该问", When{})
			}}, asked.Number},
			{attempt{VerbVoid, "2001", "", func(h house, ctx context.Context, n int64) (Request, error) {
				return h.VoidPause(ctx, n, "不该问", When{})
			}}, contested.Number},
		} {
			errs := h.both(a.attempt, a.n)
			if errs[0] != nil {
				errs[0], errs[1] = errs[1], errs[0]
			}
			if errs[0] != nil || fault.KindOf(errs[1]) != fault.Conflict {
				t.Errorf("%s: got %v and %v, want one success and one conflict", a.verb, errs[0], errs[1])
			}
		}
		h.sound()
	})
}
