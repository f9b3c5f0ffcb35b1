package request

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/clock"
	"neike/internal/kit/fault"
)

// pair is two open requests for the same: of project, and of sales.
func (h house) pair(t *testing.T) (a, b Request) {
	t.Helper()
	return h.open("3002"), h.open("4001")
}

// TestMerge: the other is worked on in its place, and each customer reads the own request alone.
func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a, b := h.pair(t)
		agent := h.as("2002")
		fails(t, second(h.Merge(h.as("4001"), b.Number, a.Ref(), "", When{})), fault.NotFound, "")
		fails(t, second(h.Merge(h.as("2102"), b.Number, a.Ref(), "", When{})), fault.NotFound, "")
		fails(t, second(h.Merge(agent, b.Number, b.Ref(), "", When{})), fault.Invalid, "")
		fails(t, second(h.Merge(agent, b.Number, "R-999999", "", When{})), fault.Invalid, "")
		must(t, second(h.Merge(agent, b.Number, a.Ref(), "与同类报销一并办理", When{})))
		v, err := h.ByNumber(h.as("4001"), b.Number)
		must(t, err)
		if v.State != StateWorking || v.Into == nil || v.Into.Seen || v.Into.Number != 0 || v.Into.Title != "" || !v.NextDue.Equal(never) || v.RespondedAt.IsZero() {
			t.Fatalf("its customer sees %+v, goes along with %+v", v.Request, v.Into)
		}
		if v.May(VerbNudge) != true || v.May(VerbAnswer) || !v.May(VerbCancel) {
			t.Errorf("its customer may %v", v.Verbs)
		}
		for _, e := range v.Log {
			if text := happenedText(h.as("4001"), v, e); strings.Contains(text, a.Ref()) || strings.Contains(text, "周敏") {
				t.Errorf("its customer reads %q", text)
			}
		}
		other, err := h.ByNumber(h.as("3002"), a.Number)
		must(t, err)
		if len(other.Along) != 0 || len(other.Log) != 1 {
			t.Errorf("the other customer sees %+v, %d events", other.Along, len(other.Log))
		}
		served, err := h.ByNumber(agent, a.Number)
		must(t, err)
		if len(served.Along) != 1 || served.Along[0].Number != b.Number || served.alongOpen() != 1 {
			t.Errorf("who serves it sees %+v", served.Along)
		}
		h.owesNot(t, "2002", b.Number, "take")
		for _, err := range []error{second(h.Take(agent, b.Number, When{})), second(h.Deliver(agent, b.Number, "x", nil, When{})), second(h.Merge(agent, b.Number, a.Ref(), "", When{}))} {
			fails(t, err, fault.Conflict, "request.already-merged")
		}
		fails(t, second(h.Merge(agent, a.Number, b.Ref(), "", When{})), fault.Invalid, "") // no circle
		must(t, second(h.Take(agent, a.Number, When{})))
		fails(t, second(h.Split(agent, a.Number, accountPart("修电脑"), When{})), fault.Conflict, "request.split-merged")
		h.later(3 * time.Hour)
		must(t, second(h.DeliverAll(agent, a.Number, "周敏您好，已付款", "已付款", nil, When{})))
		got, err := h.ByNumber(h.as("4001"), b.Number)
		must(t, err)
		if got.State != StateDelivered || got.CompletionIs == Breached || got.Assignee != 0 {
			t.Fatalf("delivered together: %+v", got.Request)
		}
		m, err := h.gather(h.as("4001"), b.Number)
		must(t, err)
		if len(m.entries) != 2 {
			t.Fatalf("%d messages", len(m.entries))
		}
		for _, e := range m.entries {
			if strings.Contains(e.Text, "周敏") {
				t.Errorf("the other customer reads %q", e.Text)
			}
		}
		h.mustOwe(t, "4001", b.Number, "accept")
		must(t, second(h.Accept(h.as("4001"), b.Number, When{})))
		must(t, second(h.Rate(h.as("4001"), b.Number, Rating{Score: 2}, When{})))
		must(t, second(h.Return(h.as("3002"), a.Number, "金额不对", When{})))
		if got, err := h.ByNumber(h.as("4001"), b.Number); err != nil || got.State != StateDone || got.CompletionIs != Met {
			t.Errorf("who accepted has %v, %v", got.Request, err)
		}
		h.prove(t)
	})
}

// TestALateMergedRequestIsLate: the other being in time does not make this one so.
func TestALateMergedRequestIsLate(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		b := h.open("3003")
		h.later(60 * 24 * time.Hour)
		a := h.open("3002")
		must(t, second(h.Merge(h.as("2002"), b.Number, a.Ref(), "", When{})))
		must(t, second(h.Take(h.as("2002"), a.Number, When{})))
		must(t, second(h.Deliver(h.as("2002"), a.Number, "好了", nil, When{})))
		v, lines, err := h.Explained(h.as("3003"), b.Number, "")
		must(t, err)
		w, err := h.ByNumber(h.as("3002"), a.Number)
		must(t, err)
		if v.CompletionIs != Breached || w.CompletionIs == Breached || len(lines) == 0 {
			t.Errorf("the late one is %q, the other %q", v.CompletionIs, w.CompletionIs)
		}
		h.prove(t)
	})
}

// TestUnmerge: within a working day it goes on where it stood, as if it had never been merged; afterwards it does not.
func TestUnmerge(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a, b, twin := h.open("3002"), h.open("3003"), h.open("3003")
		agent := h.as("2002")
		for _, n := range []int64{b.Number, twin.Number} {
			must(t, second(h.Take(agent, n, When{})))
			must(t, second(h.AskBack(agent, n, "缺发票", nil, When{})))
		}
		must(t, second(h.Merge(agent, b.Number, a.Ref(), "", When{})))
		h.owesNot(t, "3003", b.Number, "answer")
		if v, err := h.ByNumber(agent, b.Number); err != nil || v.State != StateWorking || !v.May(VerbUnmerge) {
			t.Fatalf("%v, %v", v.State, err)
		}
		h.later(4 * time.Hour)
		must(t, second(h.Unmerge(agent, b.Number, When{})))
		fails(t, second(h.Unmerge(agent, b.Number, When{})), fault.Conflict, "request.not-merged")
		h.mustOwe(t, "3003", b.Number, "answer")
		v, err := h.ByNumber(agent, b.Number)
		must(t, err)
		w, err := h.ByNumber(agent, twin.Number)
		must(t, err)
		c, _ := v.Clock(clock.Completion)
		d, _ := w.Clock(clock.Completion)
		if v.State != StateWaiting || c.State != d.State || c.ElapsedSeconds() != d.ElapsedSeconds() || c.PausedSeconds() != d.PausedSeconds() || !c.DueAt.Equal(d.DueAt) {
			t.Errorf("%s with %+v, never merged would be %+v", v.State, c, d)
		}
		must(t, second(h.Merge(agent, b.Number, a.Ref(), "", When{})))
		h.later(5 * 24 * time.Hour)
		fails(t, second(h.Unmerge(agent, b.Number, When{})), fault.Conflict, "request.merge-too-late")
		h.prove(t)
	})
}

// TestWhatBecomesOfAMergedRequest when the other ends without a result, and when its own customer sends the result back.
func TestWhatBecomesOfAMergedRequest(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a, b := h.pair(t)
		agent := h.as("2002")
		must(t, second(h.Merge(agent, b.Number, a.Ref(), "", When{})))
		must(t, second(h.Withdraw(h.as("3002"), a.Number, When{})))
		v, err := h.ByNumber(agent, b.Number)
		must(t, err)
		if v.State != StateNew || v.MergedInto != 0 {
			t.Fatalf("the other is called off, it is %+v", v.Request)
		}
		h.mustOwe(t, "2002", b.Number, "take")
		c := h.open("3003")
		must(t, second(h.Merge(agent, b.Number, c.Ref(), "", When{})))
		must(t, second(h.Take(agent, c.Number, When{})))
		must(t, second(h.Deliver(agent, c.Number, "好了", nil, When{})))
		must(t, second(h.Return(h.as("4001"), b.Number, "没有收到", When{})))
		if v, err = h.ByNumber(agent, b.Number); err != nil || v.State != StateWorking || v.MergedInto != 0 || !v.May(VerbTake) {
			t.Errorf("sent back it is %+v, %v", v.Request, err)
		}
		if v, err = h.ByNumber(agent, c.Number); err != nil || v.State != StateDelivered {
			t.Errorf("the other is %v, %v", v.State, err)
		}
		h.prove(t)
	})
}

// TestMergingRefuses what cannot go along; the sentence is chosen by a pure rule.
func TestMergingRefuses(t *testing.T) {
	r := Request{ID: 1, Provider: 9, State: StateNew}
	into := Request{ID: 2, Provider: 9, State: StateWorking}
	with := func(x Request, change func(*Request)) Request { change(&x); return x }
	for _, c := range []struct {
		name    string
		r, into Request
		want    string
	}{
		{"two open requests of one unit may be merged", r, into, ""},
		{"nothing is merged into itself", r, r, "request.merge-itself"},
		{"a confidential one is not merged", with(r, func(x *Request) { x.Confidential = true }), into, "request.merge-confidential"},
		{"nothing is merged into a confidential one", r, with(into, func(x *Request) { x.Confidential = true }), "request.merge-confidential"},
		{"another unit's is not", r, with(into, func(x *Request) { x.Provider = 8 }), "request.merge-other-unit"},
		{"a part is not", with(r, func(x *Request) { x.Parent = 5 }), into, "request.merge-parts"},
		{"nothing is merged into what was split", r, with(into, func(x *Request) { x.Parts = 1 }), "request.merge-parts"},
		{"nothing is merged into what is merged itself", r, with(into, func(x *Request) { x.MergedInto = 3 }), "request.merge-into-merged"},
		{"nothing is merged into what is delivered", r, with(into, func(x *Request) { x.State = StateDelivered }), "request.merge-ended"},
		{"nothing is merged into what is done", r, with(into, func(x *Request) { x.State = StateDone }), "request.merge-ended"},
	} {
		if got := mergeable(c.r, c.into); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestOfTwoMergesAtOnce exactly one wins, also the other way round.
func TestOfTwoMergesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for range 3 {
			a, b := h.pair(t)
			errs := make(chan error, 2)
			go func() { errs <- second(h.Merge(h.as("2002"), b.Number, a.Ref(), "", When{})) }()
			go func() { errs <- second(h.Merge(h.as("2003"), a.Number, b.Ref(), "", When{})) }()
			won := 0
			for range 2 {
				if err := <-errs; err == nil {
					won++
				} else if k := fault.KindOf(err); k != fault.Conflict && k != fault.Invalid {
					t.Fatal(err)
				}
			}
			if won != 1 {
				t.Fatalf("%d merges won", won)
			}
		}
		h.prove(t)
	})
}

// TestLinks: a link is there for those who may see both, and for nobody else.
func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a, b := h.pair(t)
		before, err := h.ByNumber(h.as("3002"), a.Number)
		must(t, err)
		fails(t, h.LinkTo(h.as("3002"), a.Number, Related, b.Ref()), fault.Invalid, "")
		fails(t, h.LinkTo(h.as("4001"), a.Number, Related, b.Ref()), fault.NotFound, "")
		fails(t, h.LinkTo(h.as("2002"), a.Number, "cousin", a.Ref()), fault.Invalid, "")
		must(t, h.LinkTo(h.as("2002"), a.Number, BlockedBy, b.Ref()))
		fails(t, h.LinkTo(h.as("2002"), a.Number, BlockedBy, b.Ref()), fault.Conflict, "request.linked-already")
		v, err := h.ByNumber(h.as("2003"), b.Number)
		must(t, err)
		if len(v.Tied) != 1 || v.Tied[0].Says != "blocks" || v.Tied[0].To.Number != a.Number {
			t.Errorf("from the other side: %+v", v.Tied)
		}
		after, err := h.ByNumber(h.as("3002"), a.Number)
		must(t, err)
		if len(after.Tied) != 0 || len(after.Log) != len(before.Log) || !after.LastAt.Equal(before.LastAt) || etag(after) != etag(before) {
			t.Errorf("who may not see the other notices: %+v", after.Tied)
		}
		must(t, h.Unlink(h.as("2003"), b.Number, BlockedBy, a.Ref()))
		fails(t, h.Unlink(h.as("2003"), b.Number, BlockedBy, a.Ref()), fault.Conflict, "request.not-linked")
		if v, err = h.ByNumber(h.as("2003"), a.Number); err != nil || len(v.Tied) != 0 || len(v.Untied) != 1 || len(withTies(h.as("2003"), nil, v)) != 2 {
			t.Errorf("taken back: %+v %+v, %v", v.Tied, v.Untied, err)
		}
		must(t, h.LinkTo(h.as("2002"), a.Number, BlockedBy, b.Ref()))
	})
}

// TestMergeMany merges what was chosen into one of them, and takes it back.
func TestMergeMany(t *testing.T) {
	h := quick(t)
	a, b := h.pair(t)
	agent := h.as("2002")
	page, err := h.Queue(agent, ViewUnit, Filter{})
	must(t, err)
	if len(page.Items) != 2 {
		t.Fatalf("%d in the queue", len(page.Items))
	}
	done, err := h.Many(agent, VerbMerge, []string{b.Ref()}, h.merging(a.Ref()))
	must(t, err)
	if page, err = h.Queue(agent, ViewUnit, Filter{}); err != nil || len(page.Items) != 1 || done.Done() != 1 {
		t.Fatalf("%d in the queue, %+v, %v", len(page.Items), done, err)
	}
	if list, err := h.List(agent, Filter{Merged: "yes"}); err != nil || len(list.Items) != 1 || list.Items[0].Number != b.Number {
		t.Fatalf("merged: %+v, %v", list.Items, err)
	}
	back, err := h.Undo(agent, done.ID)
	must(t, err)
	if page, err = h.Queue(agent, ViewUnit, Filter{}); err != nil || len(page.Items) != 2 || back.Done() != 1 {
		t.Errorf("%d in the queue after undo, %+v, %v", len(page.Items), back, err)
	}
}

// TestPagesOfAMerge: the same by the pages, in the words of each side.
func TestPagesOfAMerge(t *testing.T) {
	d := quick(t).open4()
	a, b := d.pair(t)
	shows := func(no, target, selector, text string) {
		t.Helper()
		if got := d.page(d.get(no, target), 200).Find(selector).Text(); !strings.Contains(got, text) {
			t.Errorf("%s on %s: %s reads %q, want %q", no, target, selector, got, text)
		}
	}
	shows("2002", link(b.Number)+"/merge", `select[name="likely"]`, a.Ref())
	wrong := d.page(d.post("2002", link(b.Number)+"/merge", url.Values{"into": {"R-1"}, "text": {"一并办理"}}), 422)
	if got := wrong.Find("#f-merge").Text(); !strings.Contains(got, "没有找到") || wrong.Find("#f-merge textarea").Text() != "一并办理" {
		t.Errorf("a wrong number comes back as %q", got)
	}
	d.page(d.post("2002", link(b.Number)+"/merge", url.Values{"into": {a.Ref()}, "text": {"一并办理"}}), 303)
	shows("2002", link(b.Number), "#into", a.Ref())
	shows("2002", link(b.Number), "#into", "可以撤销")
	shows("2002", link(a.Number), "#along", b.Ref())
	shows("4001", link(b.Number), "#into", "您看不到内容")
	shows("4001", link(b.Number), "#state", "已并入")
	if p := d.page(d.get("3002", link(a.Number)), 200); p.Find("#along").Length() != 0 || strings.Contains(p.Text(), b.Ref()) {
		t.Error("the other customer sees that it is there")
	}
	links := func(n int64, status int, form url.Values) *goquery.Document {
		return d.page(d.post("2002", link(n)+"/links", form), status)
	}
	links(b.Number, 303, url.Values{"kind": {"follows"}, "other": {a.Ref()}})
	shows("2002", link(a.Number), "#together", "后续是")
	links(a.Number, 303, url.Values{"kind": {"follows"}, "other": {b.Ref()}, "stop": {"true"}})
	links(a.Number, 409, url.Values{"kind": {"follows"}, "other": {"R-1"}})
	if code := d.call("2002", "POST", "/api/v1/requests/"+b.Ref()+"/links", `{"kind":"related","other":"`+a.Ref()+`"}`).Code; code != 200 {
		t.Errorf("linked by a call: %d", code)
	}
	d.page(d.post("2002", link(b.Number)+"/unmerge", nil), 303)
	d.page(d.post("2002", "/queue/merge", url.Values{"n": {a.Ref(), b.Ref()}, "into": {a.Ref()}}), 303)
	shows("2002", link(b.Number), "#into", a.Ref())
}
