package request

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/todo"
)

// split asks it for a part, as the person.
func (h house) split(t *testing.T, no string, number int64, title string) Request {
	t.Helper()
	part, err := h.Split(h.as(no), number, accountPart(title), When{})
	must(t, err)
	return part
}

func accountPart(title string) Part {
	return Part{Service: "it.outage", Title: title, Fields: map[string]any{"system": "erp", "impact": "one", "steps": "无法开机"}}
}

// TestSplit: the part is a request of its own between the two units, and the whole waits for it.
func TestSplit(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		fails(t, second(h.Split(h.as("3002"), n, accountPart("修电脑"), When{})), fault.NotFound, "")
		fails(t, second(h.Split(h.as("2002"), h.open("3002").Number, accountPart("修电脑"), When{})), fault.Conflict, "request.not-taken")
		for _, bad := range []Part{{}, {Service: "finance.expense", Title: "自己的"}, {Service: "finance.advance", Title: "同一项"}, {Service: "it.nothing", Title: "x"}} {
			fails(t, second(h.Split(h.as("2002"), n, bad, When{})), fault.Invalid, "")
		}
		part := h.split(t, "2002", n, "修电脑")
		whole, err := h.ByNumber(h.as("2003"), n)
		must(t, err)
		if part.Customer != whole.Unit || part.AskedBy != whole.Assignee || part.Parent != whole.ID || part.Depth != 1 || whole.PartsOpen != 1 || whole.WaitsFor != 1 || len(whole.Split) != 1 {
			t.Fatalf("part %+v of %+v", part, whole.Request)
		}
		if whole.May(VerbDeliver) || whole.May(VerbHandOver) {
			t.Error("what waits for a part is offered to be delivered")
		}
		for _, err := range []error{second(h.Deliver(h.as("2002"), n, "好了", nil, When{})), second(h.HandOver(h.as("2002"), n, "it", "x", "", When{}))} {
			fails(t, err, fault.Conflict, "request.parts-open")
			if f, ok := fault.As(err); !ok || !strings.Contains(f.Args["parts"].(string), part.Ref()) {
				t.Errorf("does not name the part: %v", err)
			}
		}
		h.owesNot(t, "2002", n, "deliver")
		h.mustOwe(t, "2102", part.Number, "take")
		must(t, second(h.Take(h.as("2102"), part.Number, When{})))
		v, err := h.ByNumber(h.as("2002"), part.Number)
		must(t, err)
		if hops := hopClocks(v); len(hops) != 1 || hops[0].Target.IsZero() || !hops[0].DueAt.Equal(v.Due) || v.Whole == nil || v.Whole.Number != n {
			t.Errorf("the hop of the part %+v, part of %+v", hops, v.Whole)
		}
		customer, err := h.ByNumber(h.as("3002"), n)
		must(t, err)
		if customer.WaitsFor != 1 || len(customer.Split) != 0 {
			t.Errorf("its customer sees %d, %+v", customer.WaitsFor, customer.Split)
		}
		served, err := h.ByNumber(h.as("2102"), part.Number)
		must(t, err)
		if served.Whole == nil || served.Whole.Seen || served.Whole.Title != "" || served.Whole.Number != 0 {
			t.Errorf("the unit that does the part reads of the whole %+v", served.Whole)
		}
		must(t, second(h.Deliver(h.as("2102"), part.Number, "修好了", nil, When{})))
		must(t, second(h.Accept(h.as("2002"), part.Number, When{})))
		h.mustOwe(t, "2002", n, "deliver")
		must(t, second(h.Deliver(h.as("2002"), n, "好了", nil, When{})))
		h.prove(t)
	})
}

// owesNot says that a person's list does not have the verb on the request.
func (h house) owesNot(t *testing.T, no string, number int64, verb string) {
	t.Helper()
	mine, err := h.Todo.Mine(h.as(no), todo.Filter{})
	must(t, err)
	for _, x := range mine.Items {
		if x.Ref == Ref(number) && x.Verb == verb {
			t.Errorf("%s still owes %s on %s", no, verb, Ref(number))
		}
	}
}

// TestALatePart is its unit's delay, on its own edge.
func TestALatePart(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		part := h.split(t, "2002", n, "修电脑")
		must(t, second(h.Take(h.as("2102"), part.Number, When{})))
		h.later(60 * 24 * time.Hour)
		must(t, h.Clock.Breach(h.ctx))
		v, err := h.ByNumber(h.as("2002"), n)
		must(t, err)
		if len(v.Split) != 1 || !v.Split[0].Late || v.Split[0].Provider == v.Provider {
			t.Errorf("the page shows %+v", v.Split)
		}
		p, err := h.ByNumber(h.as("2002"), part.Number)
		must(t, err)
		if hops := hopClocks(p); p.CompletionIs != Breached || hops[0].State != clock.Breached {
			t.Errorf("the part is %q, its hop %q", p.CompletionIs, hops[0].State)
		}
		h.prove(t)
	})
}

// TestPartsOfWhatWasCalledOff: who split it is asked, and calls the parts off in one go.
func TestPartsOfWhatWasCalledOff(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		a, b := h.split(t, "2002", n, "修电脑"), h.split(t, "2002", n, "修打印机")
		c := h.split(t, "2003", n, "修投影")
		must(t, second(h.Take(h.as("2102"), a.Number, When{})))
		must(t, second(h.Cancel(h.as("3002"), n, "不需要了", When{})))
		h.mustOwe(t, "2002", n, "end-parts")
		h.mustOwe(t, "2003", n, "end-parts")
		_, _, err := h.EndParts(h.as("3002"), n, "x", When{})
		fails(t, err, fault.NotFound, "")
		_, _, err = h.EndParts(h.as("2002"), n, "", When{})
		fails(t, err, fault.Invalid, "")
		ended, left, err := h.EndParts(h.as("2002"), n, "主请求取消了", When{})
		must(t, err)
		if len(ended) != 2 || ended[0] != a.Number || ended[1] != b.Number || len(left) != 1 || left[0].Number != c.Number {
			t.Fatalf("ended %v, left %+v", ended, left)
		}
		if _, left, err = h.EndParts(h.as("2003"), n, "主请求取消了", When{}); err != nil || len(left) != 0 {
			t.Fatalf("left %+v, %v", left, err)
		}
		h.owesNot(t, "2002", n, "end-parts")
		_, _, err = h.EndParts(h.as("2002"), n, "再来", When{})
		fails(t, err, fault.Conflict, "request.no-parts-open")
		h.prove(t)
	})
}

// TestConfidentialParts: the part is confidential as well, and the heads of the unit that is asked are named for it.
func TestConfidentialParts(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		secret := advance()
		secret.Confidential, secret.Named = true, []string{"2003"}
		r, err := h.Open(h.as("3002"), secret)
		must(t, err)
		must(t, second(h.Take(h.as("2003"), r.Number, When{})))
		part := h.split(t, "2003", r.Number, "修电脑")
		if !part.Confidential {
			t.Error("the part is open to all")
		}
		must(t, second(h.Take(h.as("2101"), part.Number, When{})))
		for _, no := range []string{"2102", "2002", "3002", "1001"} {
			_, err := h.ByNumber(h.as(no), part.Number)
			fails(t, err, fault.NotFound, "")
		}
		h.prove(t)
	})
}

// TestPartsOfParts go down so far, and not in circles.
func TestPartsOfParts(t *testing.T) {
	h := quick(t)
	n := h.scene(StateWorking).Number
	part := h.split(t, "2002", n, "修电脑")
	must(t, second(h.Take(h.as("2102"), part.Number, When{})))
	_, err := h.Split(h.as("2102"), part.Number, Part{Service: "finance.advance", Title: "备用金", Fields: advance().Fields}, When{})
	fails(t, err, fault.Invalid, "")
	if f, _ := fault.As(err); f.Fields[0].Key != "request.split-circle" {
		t.Errorf("%+v", f.Fields)
	}
}

// TestTheRowsOfASplitStayApart: a row without a title leaves the next one its own.
func TestTheRowsOfASplitStayApart(t *testing.T) {
	d := quick(t).open4()
	r := d.scene(StateWorking)
	w := d.post("2002", link(r.Number)+"/split", url.Values{"service": {"it.outage", "it.outage"}, "title": {"", "修打印机"}})
	next, err := url.Parse(w.Header().Get("Location"))
	must(t, err)
	if w.Code != 303 || !strings.Contains(next.String(), url.QueryEscape("修打印机")) || next.Query().Get("title") == "修打印机" {
		t.Errorf("%d, then %s", w.Code, next)
	}
}
