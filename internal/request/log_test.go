package request

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// call is a good Call: 3002 rings 2002 about an advance.
func call(then string) Call {
	return Call{Service: "finance.advance", For: "3002", Text: "越南那边要先借五千，月底还", Via: ViaPhone, Then: then}
}

func TestACallIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, customer := h.as("2002"), h.as("3002")
		for then, want := range map[string]State{ThenTake: StateWorking, ThenQueue: StateNew, ThenDeliver: StateDelivered} {
			r, err := h.Log(agent, call(then))
			must(t, err)
			theirs, err := h.ByNumber(customer, r.Number)
			must(t, err)
			ours, err := h.ByNumber(agent, r.Number)
			must(t, err)
			if r.State != want || theirs.Side != CustomerSide || ours.Side != ProviderSide || r.Title != "越南那边要先借五千，月底还" {
				t.Errorf("%s: %s, %s, %s, %q", then, r.State, theirs.Side, ours.Side, r.Title)
			}
			if c, _ := ours.Clock("first_response"); c.EndedAt.IsZero() {
				t.Errorf("%s: who speaks with the customer has responded", then)
			}
			if !slices.Contains(theirs.Verbs, VerbConfirm) || slices.Contains(ours.Verbs, VerbConfirm) || slices.Contains(ours.Verbs, VerbDisown) {
				t.Errorf("%s: customer %v, agent %v", then, theirs.Verbs, ours.Verbs)
			}
			must(t, second(h.Confirm(customer, r.Number, When{})))
			fails(t, second(h.Confirm(customer, r.Number, When{})), fault.Conflict, "request.nothing-to-confirm")
			fails(t, second(h.Disown(customer, r.Number, "不是", When{})), fault.Conflict, "request.nothing-to-confirm")
		}
		h.prove(t)
	})
}

func TestItCountsOnceItIsConfirmed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, customer := h.as("2002"), h.as("3002")
		r, err := h.Log(agent, call(ThenDeliver))
		must(t, err)
		if r.ResponseIs != Excluded {
			t.Errorf("before: the response is %q", r.ResponseIs)
		}
		must(t, second(h.Accept(customer, r.Number, When{}))) // going on with it confirms it
		v, err := h.ByNumber(customer, r.Number)
		must(t, err)
		if v.Unconfirmed() || v.ResponseIs != Met || v.CompletionIs != Met {
			t.Errorf("after: %v, response %q, completion %q", v.ConfirmedAt, v.ResponseIs, v.CompletionIs)
		}
		h.prove(t)
	})
}

func TestWhoDidNotAskSaysSo(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for _, then := range Thens {
			r, err := h.Log(h.as("2002"), call(then))
			must(t, err)
			fails(t, second(h.Disown(h.as("3002"), r.Number, " ", When{})), fault.Invalid, "")
			for _, no := range []string{"2002", "2003", "3003", "4001", "1001"} {
				fails(t, second(h.Disown(h.as(no), r.Number, "不是", When{})), fault.NotFound, "")
			}
			after, err := h.Disown(h.as("3002"), r.Number, "我没有打过这个电话", When{})
			must(t, err)
			if after.State != StateCancelled || after.CompletionIs != Excluded || after.ResponseIs != Excluded {
				t.Errorf("%s: %s, %s, %s", then, after.State, after.CompletionIs, after.ResponseIs)
			}
		}
		h.prove(t)
	})
}

func TestAnEarlyConfirmationIsOwed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r, err := h.Log(h.as("2002"), call(ThenTake))
		must(t, err)
		owes := func() []string {
			var verbs []string
			must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
				list, err := h.Todo.On(ctx, rd, subject(r.ID))
				for _, x := range list {
					verbs = append(verbs, x.Verb)
				}
				return err
			}))
			slices.Sort(verbs)
			return verbs
		}
		if got := owes(); !slices.Equal(got, []string{"confirm", "deliver"}) {
			t.Errorf("owed %v", got)
		}
		must(t, second(h.Message(h.as("3002"), r.Number, "对，最好今天", nil, When{})))
		if got := owes(); !slices.Equal(got, []string{"deliver"}) {
			t.Errorf("owed after a word of the customer: %v", got)
		}
		h.prove(t)
	})
}

func TestWhatIsWrongWithACall(t *testing.T) {
	h := quick(t)
	agent := h.as("2002")
	_, err := h.Log(agent, Call{Via: "pigeon", Then: "never"})
	f, ok := fault.As(err)
	var names []string
	if ok {
		for _, x := range f.Fields {
			names = append(names, x.Name)
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"for", "service", "text", "then", "via"}) {
		t.Errorf("all at once: %v %v", names, err)
	}
	for name, c := range map[string]Call{
		"for":           {Service: "finance.advance", For: "2002", Text: "自己"},
		"service":       {Service: "it.incident", For: "3002", Text: "别的单位的服务"},
		"fields.amount": {Service: "finance.advance", For: "3002", Text: "金额不对", Fields: map[string]any{"amount": "很多"}},
		"title":         {Service: "finance.advance", For: "3002", Text: "x", Title: strings.Repeat("长", maxTitle+1)},
	} {
		_, err := h.Log(agent, c)
		if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCallPage(t *testing.T) {
	d := quick(t).open4()
	if w := d.send("4001", http.MethodGet, "/requests/log", "", ""); w.Code != http.StatusNotFound && w.Code != http.StatusOK {
		t.Errorf("somebody of sales: %d", w.Code)
	}
	page := d.page(d.get("2002", "/requests/log"), 200)
	if page.Find("#log [name=for]").Length() != 1 || page.Find("#log [name=service] option").Length() == 0 || page.Find("#log [name=then][checked]").AttrOr("value", "") != ThenTake {
		t.Fatal(page.Find("#main").Text())
	}
	page.Find("#log [name=service] option").Each(func(_ int, o *goquery.Selection) {
		if !strings.HasPrefix(o.AttrOr("value", ""), "finance.") {
			t.Errorf("offers %s", o.AttrOr("value", ""))
		}
	})
	bad := url.Values{"service": {"finance.advance"}, "for": {""}, "text": {"已经写了很多"}, "via": {"phone"}, "then": {"take"}}
	w := d.send("2002", http.MethodPost, "/requests/log", "application/x-www-form-urlencoded", bad.Encode())
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "已经写了很多") || !strings.Contains(w.Body.String(), "请选提出的同事") {
		t.Errorf("refused: %d", w.Code)
	}
	good := url.Values{"service": {"finance.advance"}, "for": {"3002"}, "text": {"借五千"}, "via": {"phone"}, "then": {"take"}, "once": {"k"}}
	first := d.send("2002", http.MethodPost, "/requests/log", "application/x-www-form-urlencoded", good.Encode())
	again := d.send("2002", http.MethodPost, "/requests/log", "application/x-www-form-urlencoded", good.Encode())
	if first.Code != http.StatusSeeOther || first.Header().Get("Location") != again.Header().Get("Location") {
		t.Fatalf("pressed twice: %d %s, %s", first.Code, first.Header().Get("Location"), again.Header().Get("Location"))
	}
	at := first.Header().Get("Location")
	theirs := d.page(d.get("3002", at), 200)
	if got := theirs.Find("#state").Text(); !strings.Contains(got, "代录，待客户确认") || theirs.Find("form[action$='/confirm']").Length() == 0 {
		t.Error(got)
	}
	if got := theirs.Find("#main").Text(); !strings.Contains(got, "替 周敏 登记了请求（电话）") {
		t.Error("the timeline does not say who wrote it down")
	}
	w = d.send("3002", http.MethodPost, at+"/confirm", "application/x-www-form-urlencoded", "")
	if w.Code != http.StatusSeeOther || d.page(d.get("3002", at), 200).Find("form[action$='/confirm']").Length() != 0 {
		t.Errorf("confirmed: %d", w.Code)
	}
}

func TestACallByAPI(t *testing.T) {
	d := quick(t).open4()
	w := d.send("2002", http.MethodPost, "/api/v1/requests/log", "application/json", `{"service":"finance.advance","for":"3002","text":"借五千","via":"chat","then":"deliver"}`)
	if w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), `"state":"delivered"`) || !strings.Contains(w.Body.String(), `"logged_by":"2002"`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	w = d.send("4001", http.MethodPost, "/api/v1/requests/log", "application/json", `{"service":"finance.advance","for":"3002","text":"借五千"}`)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("not an agent of finance: %d %s", w.Code, w.Body)
	}
}

func TestACallThatIsNotTakenIsStillTimed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r, err := h.Log(h.as("2002"), call(ThenQueue))
		must(t, err)
		h.later(30 * 24 * time.Hour)
		must(t, second(h.Take(h.as("2003"), r.Number, When{})))
		late, err := h.ByNumber(h.as("2003"), r.Number)
		must(t, err)
		if late.CompletionIs != Excluded {
			t.Errorf("late, but nobody confirmed it: %q", late.CompletionIs)
		}
		after, err := h.Confirm(h.as("3002"), r.Number, When{})
		must(t, err)
		if after.CompletionIs != Breached {
			t.Errorf("confirmed: %q", after.CompletionIs)
		}
		h.prove(t)
	})
}

// TestALateUnconfirmedRequestIsNobodysBreach: what an agent wrote down and nobody confirmed is left out when it becomes late,
// and asks nobody for a cause; once it is confirmed it is late.
func TestALateUnconfirmedRequestIsNobodysBreach(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r, err := h.Log(h.as("2002"), call(ThenTake))
		must(t, err)
		h.later(60 * 24 * time.Hour)
		must(t, h.Clock.Breach(h.ctx))
		if d, row := h.onEdge(r.Edge), h.row(r.Number); d.Breached != 0 || d.Excluded != 1 || row.CompletionIs != Excluded || len(h.breaches(r.Number)) != 0 {
			t.Errorf("%+v, %s", d, row.CompletionIs)
		}
		h.owesNot(t, "2002", r.Number, "cause")
		h.prove(t)
		must(t, second(h.Confirm(h.as("3002"), r.Number, When{})))
		if d, row := h.onEdge(r.Edge), h.row(r.Number); d.Breached != 1 || d.Excluded != 0 || row.CompletionIs != Breached || len(h.breaches(r.Number)) == 0 {
			t.Errorf("confirmed: %+v, %s", d, row.CompletionIs)
		}
		h.coherent(t, r.ID)
		h.prove(t)
	})
}
