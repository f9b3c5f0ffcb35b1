package request

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// What both sides of a confidential request differ about is decided by a security officer who opens it, and by nobody else.
func TestADisputedConfidentialRequestHasAJudge(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.Access.AddKind(h.AccessKind())
		must(t, h.Org.SetRoles(h.ctx, "4001", []string{"security"}, 0))
		h.on("2026-11-23 09:00")
		must(t, h.Calendar.Prepare(h.ctx))
		ask := advance()
		ask.Confidential, ask.Named = true, []string{"2002"}
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		_, err = h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		must(t, second(h.Message(h.as("2002"), r.Number, "在办", nil, When{})))
		dbtest.Clock(h.db).Set(r.Due.Add(3_600_000_000_000))
		must(t, h.Clock.Breach(h.ctx))
		_, err = h.StateCause(h.as("2002"), r.Number, CauseSaid{Cause: CauseCustomer, Text: "客户没给账号"}, When{})
		must(t, err)
		_, err = h.DisputeCause(h.as("3002"), r.Number, CauseSaid{Text: "给过了"}, When{})
		must(t, err)
		page, err := h.Todo.Mine(h.as("4001"), todo.Filter{})
		must(t, err)
		i := slices.IndexFunc(page.Items, func(x todo.Entry) bool { return x.Verb == "cause-decide" })
		if i < 0 || page.Items[i].Title != r.Ref() || !strings.HasPrefix(page.Items[i].Link, "/settings/access/glass?record=") || page.Items[i].For != 0 {
			t.Fatalf("the officer owes %+v", page.Items)
		}
		decide := CauseSaid{Cause: CauseOwn, Text: "邮件里有账号"}
		fails(t, second(h.DecideCause(h.as("1001"), r.Number, decide, When{})), fault.NotFound, "not-found") // the quality office may not read it
		fails(t, second(h.DecideCause(h.as("4001"), r.Number, decide, When{})), fault.NotFound, "not-found") // not opened yet
		_, err = h.Access.BreakGlass(h.as("4001"), r.Ref(), "双方对超时原因说法不一")
		must(t, err)
		_, err = h.DecideCause(h.as("4001"), r.Number, decide, When{})
		must(t, err)
		if b := h.breaches(r.Number); len(b) != 1 || b[0].State != CauseSettled || b[0].Excused {
			t.Errorf("%+v", b)
		}
		page, err = h.Todo.Mine(h.as("4001"), todo.Filter{})
		must(t, err)
		if slices.ContainsFunc(page.Items, func(x todo.Entry) bool { return x.Verb == "cause-decide" }) {
			t.Error("still owed")
		}
		h.sound()
	})
}

// The quality office of a subsidiary is asked about what its units do not agree on, as the company's is.
func TestAScopedQualityOfficeJudgesItsUnits(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		must(t, h.Org.SetRoles(h.ctx, "2102", []string{"quality@it"}, 0))
		tree, err := h.Org.Tree(h.ctx)
		must(t, err)
		it, _ := tree.ByCode("it")
		finance, _ := tree.ByCode("finance")
		must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			over, err := h.judges(ctx, rd, Request{Unit: it.ID})
			must(t, err)
			other, err := h.judges(ctx, rd, Request{Unit: finance.ID})
			must(t, err)
			if len(over) != 2 || len(other) != 1 || !slices.Contains(over, h.id("2102")) {
				t.Errorf("%v, %v", over, other)
			}
			return nil
		}))
	})
}

// A confidential request that was handed over three times is settled by a security officer who opens it, and by nobody who
// had it in hand or asked for it.
func TestAConfidentialRequestThatWentRoundIsSettled(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.Access.AddKind(h.AccessKind())
		for _, no := range []string{"4001", "2102", "3002"} { // a stranger, one who gets it in hand, and who asks
			must(t, h.Org.SetRoles(h.ctx, no, []string{"security"}, 0))
		}
		h.on("2026-11-23 09:00")
		must(t, h.Calendar.Prepare(h.ctx))
		ask := advance()
		ask.Confidential, ask.Named = true, []string{"2002"}
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		must(t, second(h.Take(h.as("2002"), r.Number, When{})))
		must(t, second(h.HandOver(h.as("2002"), r.Number, "it", "要开权限", "2102", When{})))
		must(t, second(h.HandOver(h.as("2102"), r.Number, "finance", "归财务", "2003", When{})))
		owes := func(no string) (todo.Entry, bool) {
			page, err := h.Todo.Mine(h.as(no), todo.Filter{})
			must(t, err)
			i := slices.IndexFunc(page.Items, func(x todo.Entry) bool { return x.Verb == "settle" && x.Ref == r.Ref() })
			if i < 0 {
				return todo.Entry{}, false
			}
			return page.Items[i], true
		}
		if _, early := owes("4001"); early {
			t.Error("asked after the second hand-over")
		}
		must(t, second(h.HandOver(h.as("2003"), r.Number, "it", "还是要开权限", "2102", When{})))
		x, asked := owes("4001")
		if !asked || x.Title != r.Ref() || !strings.HasPrefix(x.Link, "/settings/access/glass?record=") || x.For != 0 {
			t.Fatalf("the officer owes %+v", x)
		}
		if _, asked := owes("3002"); asked {
			t.Error("its customer is asked")
		}
		if _, asked := owes("1001"); asked {
			t.Error("the quality office, which may not read it, is asked")
		}
		n := r.Number
		for _, no := range []string{"1001", "4001", "2002", "3002"} { // may not read it, has not opened it, had it, asked
			fails(t, second(h.Settle(h.as(no), n, "", "就这样", "", When{})), fault.NotFound, "")
		}
		for _, no := range []string{"4001", "2102", "3002"} {
			_, err = h.Access.BreakGlass(h.as(no), r.Ref(), "移交了三次，没人办")
			must(t, err)
		}
		fails(t, second(h.Settle(h.as("2102"), n, "", "我来定", "", When{})), fault.Conflict, "request.judge-own")
		fails(t, second(h.Settle(h.as("3002"), n, "", "我来定", "", When{})), fault.Conflict, "request.judge-own")
		fails(t, second(h.Settle(h.as("4001"), n, "finance", "归财务办", "", When{})), fault.Invalid, "")
		fails(t, second(h.Settle(h.as("4001"), n, "finance", "归财务办", "4001", When{})), fault.Invalid, "") // serves no such unit
		got, err := h.Settle(h.as("4001"), n, "finance", "归财务办", "2003", When{})
		must(t, err)
		if got.Unit != got.Provider || got.Unsettled() || got.HandOvers != 3 || !got.Confidential {
			t.Fatalf("settled: %+v", got)
		}
		if _, still := owes("4001"); still {
			t.Error("still owed")
		}
		h.mustOwe(t, "2003", n, "take")
		fails(t, second(h.Take(h.as("2001"), n, When{})), fault.NotFound, "") // the unit's other people read nothing of it
		must(t, second(h.Take(h.as("2003"), n, When{})))
		h.prove(t)
	})
}

// On the page who opened it is offered the decision and nothing else of the serving side; moved without a name, the form
// comes back with what was typed.
func TestAConfidentialRequestIsSettledOnItsPageAndByTheAPI(t *testing.T) {
	h := quick(t)
	h.Access.AddKind(h.AccessKind())
	must(t, h.Org.SetRoles(h.ctx, "4001", []string{"security"}, 0))
	ask := advance()
	ask.Confidential, ask.Named = true, []string{"2002"}
	r, err := h.Open(h.as("3002"), ask)
	must(t, err)
	must(t, second(h.Take(h.as("2002"), r.Number, When{})))
	must(t, second(h.HandOver(h.as("2002"), r.Number, "it", "要开权限", "2102", When{})))
	must(t, second(h.HandOver(h.as("2102"), r.Number, "finance", "归财务", "2003", When{})))
	must(t, second(h.HandOver(h.as("2003"), r.Number, "it", "还是要开权限", "2102", When{})))
	_, err = h.Access.BreakGlass(h.as("4001"), r.Ref(), "移交了三次，没人办")
	must(t, err)
	v, err := h.ByNumber(h.as("4001"), r.Number)
	must(t, err)
	if !v.May(VerbSettle) || v.May(VerbTake) || v.May(VerbMessage) {
		t.Errorf("who opened it may %v", v.Verbs)
	}
	d := h.open4()
	doc := d.page(d.get("4001", link(r.Number)), 200)
	if text := has(t, doc, ".nk-state").Text(); !strings.Contains(text, "等安全管理员裁定由谁办") {
		t.Errorf("its state reads %q", text)
	}
	if refs, _ := has(t, doc, `[href$="/settle"], [data-href$="/settle"], form[action$="/settle"]`).Attr("class"); refs == "" {
		t.Error("the decision is not offered")
	}
	doc = d.page(d.get("4001", link(r.Number)+"/settle"), 200)
	has(t, doc, `form [name="person"]`)
	form := url.Values{"unit": {"finance"}, "reason": {"归财务办"}}
	doc = d.page(d.post("4001", link(r.Number)+"/settle", form), 422)
	if got := has(t, doc, `form textarea[name="reason"]`).Text(); got != "归财务办" {
		t.Errorf("the reason came back as %q", got)
	}
	if w := d.call("1001", "POST", "/api/v1/requests/"+r.Ref()+"/settle", `{"reason":"x"}`); w.Code != 404 {
		t.Errorf("the quality office gets %d %s", w.Code, w.Body)
	}
	if w := d.call("4001", "POST", "/api/v1/requests/"+r.Ref()+"/settle", `{"unit":"finance","reason":"归财务办"}`); w.Code != 422 || !strings.Contains(w.Body.String(), `"person"`) {
		t.Errorf("without a name: %d %s", w.Code, w.Body)
	}
	w := d.call("4001", "POST", "/api/v1/requests/"+r.Ref()+"/settle", `{"unit":"finance","reason":"归财务办","person":"2003"}`)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"unsettled":false`) {
		t.Errorf("settled: %d %s", w.Code, w.Body)
	}
	h.mustOwe(t, "2003", r.Number, "take")
	h.prove(t)
}
