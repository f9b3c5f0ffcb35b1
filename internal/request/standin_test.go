package request

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

// stands names who stands in for 3002 for three days.
func (h house) stands(t *testing.T, number int64, no string) error {
	t.Helper()
	return second(h.NameStandIn(h.as("3002"), number, no, h.db.Now().AddDate(0, 0, 3), false, When{}))
}

// TestAStandIn answers and accepts in the customer's place, until the date.
func TestAStandIn(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.open("3002").Number
		fails(t, second(h.NameStandIn(h.as("3003"), n, "4001", h.db.Now().Add(time.Hour), false, When{})), fault.NotFound, "")
		for _, no := range []string{"", "9999", "3002", "2002"} { // nobody, no such, the customer, who serves it
			fails(t, h.stands(t, n, no), fault.Invalid, "")
		}
		fails(t, second(h.NameStandIn(h.as("3002"), n, "4001", h.db.Now().Add(-time.Hour), false, When{})), fault.Invalid, "")
		fails(t, seen(h.ByNumber(h.as("4001"), n)), fault.NotFound, "")
		must(t, h.stands(t, n, "4001"))
		must(t, second(h.Take(h.as("2002"), n, When{})))
		must(t, second(h.AskBack(h.as("2002"), n, "缺发票", nil, When{})))
		h.mustOwe(t, "4001", n, "answer")
		must(t, second(h.Answer(h.as("4001"), n, "补上了", nil, nil, When{})))
		must(t, second(h.Deliver(h.as("2002"), n, "好了", nil, When{})))
		fails(t, second(h.Cancel(h.as("4001"), n, "不要了", When{})), fault.NotFound, "")
		must(t, second(h.Return(h.as("4001"), n, "少一笔", When{})))
		must(t, second(h.Deliver(h.as("2002"), n, "补上了", nil, When{})))
		must(t, second(h.Accept(h.as("4001"), n, When{})))
		fails(t, second(h.Rate(h.as("4001"), n, Rating{Score: 5}, When{})), fault.NotFound, "")
		v, err := h.ByNumber(h.as("3002"), n)
		must(t, err)
		for _, e := range v.Log {
			if (e.Kind == VerbAccept || e.Kind == VerbReturn || e.Kind == VerbAnswer) && (e.For != v.AskedBy || !strings.Contains(happenedText(h.as("3002"), v, e), "周敏")) {
				t.Errorf("%s is recorded as for %d: %s", e.Kind, e.For, happenedText(h.as("3002"), v, e))
			}
		}
		must(t, h.EndStandIns(h.ctx))
		must(t, seen(h.ByNumber(h.as("4001"), n)))
		h.later(4 * 24 * time.Hour)
		must(t, h.EndStandIns(h.ctx))
		fails(t, seen(h.ByNumber(h.as("4001"), n)), fault.NotFound, "")
		h.prove(t)
	})
}

// TestStandingDown ends it before the date; on a confidential request nobody stands in.
func TestStandingDown(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.open("3002").Number
		fails(t, second(h.StandDown(h.as("3002"), n, "", When{})), fault.Conflict, "request.no-stand-in")
		must(t, h.stands(t, n, "4001"))
		must(t, second(h.StandDown(h.as("4001"), n, "", When{})))
		fails(t, seen(h.ByNumber(h.as("4001"), n)), fault.NotFound, "")
		must(t, h.stands(t, n, "4001"))
		must(t, h.stands(t, n, "3003"))
		must(t, second(h.StandDown(h.as("3002"), n, "4001", When{})))
		fails(t, seen(h.ByNumber(h.as("4001"), n)), fault.NotFound, "")
		ask := advance()
		ask.Confidential, ask.Named = true, []string{"2002"}
		secret, err := h.Open(h.as("3002"), ask)
		must(t, err)
		fails(t, h.stands(t, secret.Number, "4001"), fault.Invalid, "")
		h.prove(t)
	})
}

// TestTakingOver: given by the customer or the head; of somebody who has left a colleague takes over.
func TestTakingOver(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.open("3002").Number
		must(t, h.stands(t, n, "4001"))
		fails(t, second(h.TakeOver(h.as("3003"), n, "", When{})), fault.Conflict, "request.take-over-there")
		fails(t, second(h.TakeOver(h.as("4001"), n, "", When{})), fault.NotFound, "")
		fails(t, second(h.TakeOver(h.as("3002"), n, "4001", When{})), fault.Invalid, "") // of another unit
		fails(t, second(h.TakeOver(h.as("3002"), n, "", When{})), fault.Invalid, "")
		must(t, second(h.TakeOver(h.as("3002"), n, "3003", When{})))
		v, err := h.ByNumber(h.as("3003"), n)
		must(t, err)
		if p, err := h.Org.PersonByNo(h.ctx, "3003"); err != nil || v.AskedBy != p.ID || !v.May(VerbWithdraw) || len(standIns(v.Log)) != 0 {
			t.Errorf("the customer is %d, may %v", v.AskedBy, v.Verbs)
		}
		fails(t, seen(h.ByNumber(h.as("4001"), n)), fault.NotFound, "") // the new customer names their own
		must(t, second(h.TakeOver(h.as("3001"), n, "3002", When{})))    // the head's word
		must(t, h.Org.Deactivate(h.ctx, "3002"))
		if v, err = h.ByNumber(h.as("3003"), n); err != nil || !v.May(VerbTakeOver) {
			t.Errorf("a colleague of who has left may %v, %v", v.Verbs, err)
		}
		must(t, second(h.TakeOver(h.as("3003"), n, "", When{})))
		h.prove(t)
	})
}

// TestPagesOfAStandIn: by the pages, with what was wrong beside the fields.
func TestPagesOfAStandIn(t *testing.T) {
	d := quick(t).open4()
	n := d.open("3002").Number
	if wrong := d.page(d.post("3002", link(n)+"/stand-in", url.Values{"person": {"4001"}, "until": {"gestern"}}), 422); wrong.Find("#f-stand-in").Length() != 1 {
		t.Error("the form does not come back")
	}
	d.page(d.post("3002", link(n)+"/stand-in", url.Values{"person": {"4001"}, "until": {d.db.Now().AddDate(0, 0, 2).Format("2006-01-02")}}), 303)
	if text := d.page(d.get("4001", link(n)), 200).Text(); !strings.Contains(text, "代 周敏") {
		t.Error("it does not say who stands in for whom")
	}
	d.page(d.post("3002", link(n)+"/stand-down", nil), 303)
	d.page(d.get("4001", link(n)), 404)
}

func seen(_ View, err error) error { return err }

// TestThePageSaysWhatAStandInMayNot: who stands in is told that the rating is the customer's own, and the customer of a
// confidential request that nobody stands in on it.
func TestThePageSaysWhatAStandInMayNot(t *testing.T) {
	d := quick(t).open4()
	n := d.open("3002").Number
	must(t, d.stands(t, n, "4001"))
	doc := d.page(d.get("4001", link(n)), 200)
	if text := has(t, doc, "#state").Text(); !strings.Contains(text, "评价只能由本人做") || !strings.Contains(text, "周敏") {
		t.Error(text)
	}
	if text := has(t, d.page(d.get("3002", link(n)), 200), "#state").Text(); strings.Contains(text, "评价只能由本人做") {
		t.Error("the customer is told to stand in for herself")
	}
	ask := advance()
	ask.Confidential, ask.Named = true, []string{"2002"}
	r, err := d.Open(d.as("3002"), ask)
	must(t, err)
	if doc := d.page(d.get("3002", link(r.Number)), 200); !strings.Contains(doc.Text(), "保密请求不能由别人代办") {
		t.Error("nothing says why nobody can be named")
	}
	if doc := d.page(d.get("2002", link(r.Number)), 200); strings.Contains(doc.Text(), "保密请求不能由别人代办") {
		t.Error("who serves it is told what is its customer's")
	}
}
