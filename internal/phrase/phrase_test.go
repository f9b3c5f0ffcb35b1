package phrase_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/content"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/phrase"
	"neike/internal/request"
)

var _ = dbtest.Each // the house runs on both engines

// working is a house with a request of 3002 that 2002 of finance has in hand.
func working(t *testing.T, h *house.House) request.Request {
	t.Helper()
	h.Settle()
	data, _ := content.Pack("finance")
	if _, err := h.Catalog.Import(h.System(), "finance", data, false); err != nil {
		t.Fatal(err)
	}
	r, err := h.Request.Open(h.As("3002"), request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2099-12-01"}})
	if err == nil {
		r, err = h.Request.Take(h.As("2002"), r.Number, request.When{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAPhraseIsPutIntoAnAnswer: by its initials, filled for the request, with and without a script, and counted once per answer.
func TestAPhraseIsPutIntoAnAnswer(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		r := working(t, h)
		agent := h.SignedIn("2002")
		agent.Form("/units/finance/phrases", "name", "缺发票", "text_zh", "{asker}您好，{number}（{service}）还缺发票。{me}").Is(303)
		agent.Form("/units/finance/phrases", "name", "别的服务", "text_zh", "x", "services", "finance.expense").Is(303)
		agent.Form("/me/phrases", "name", "谢谢", "text_zh", "谢谢！").Is(303)
		var found struct {
			Items []struct{ Value, Text, Note string }
		}
		find := func(q string) string {
			found.Items = nil
			agent.Get("/phrases/find?request=" + r.Ref() + "&q=" + url.QueryEscape(q)).Is(200).Decode(&found)
			var names []string
			for _, i := range found.Items {
				names = append(names, i.Text)
			}
			return strings.Join(names, " ")
		}
		if got := find(""); got != "缺发票 谢谢" {
			t.Errorf("offered: %q", got)
		}
		for _, q := range []string{"qfp", "quefa", "发票"} {
			if got := find(q); got != "缺发票" {
				t.Errorf("%s: %q", q, got)
			}
		}
		want := "林晓您好，" + r.Ref() + "（备用金借款）还缺发票。陈思远"
		if found.Items[0].Note != want {
			t.Errorf("filled: %q, want %q", found.Items[0].Note, want)
		}
		id := found.Items[0].Value
		page := agent.Form("/requests/"+r.Ref()+"/message", "kind", "message", "text", "写了一半", "phrase", id, "insert", "1").Is(200).Page()
		if got := page.Find("#reply textarea").Text(); got != "写了一半\n"+want {
			t.Errorf("without a script: %q", got)
		}
		used := page.Find("[name=phrases]").AttrOr("value", "")
		agent.Form("/requests/"+r.Ref()+"/message", "kind", "message", "text", want, "phrases", used+","+id).Is(303)
		list, err := h.Phrase.Of(h.As("2003"), "finance")
		if err != nil || len(list) != 2 || list[0].Used+list[1].Used != 1 {
			t.Errorf("counted: %+v %v", list, err)
		}
		customer := h.SignedIn("3002")
		if customer.Get("/requests/"+r.Ref()).Is(200).Page().Find("[data-phrases]").Length() != 0 {
			t.Error("the customer is offered phrases")
		}
		if customer.Get("/phrases/find?request=" + r.Ref()).Is(200).Decode(&found); len(found.Items) != 0 {
			t.Error("the customer finds phrases")
		}
	})
}

// TestWhoKeepsPhrases: a unit's are its agents' and heads', a person's own nobody else's.
func TestWhoKeepsPhrases(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		h.Settle()
		unit, err := h.Phrase.Save(h.As("2002"), "finance", 0, phrase.Input{Name: "a", Zh: "b"}, web.IfMatch{})
		if err != nil {
			t.Fatal(err)
		}
		own, err := h.Phrase.Save(h.As("2002"), "", 0, phrase.Input{Name: "a", Zh: "b"}, web.IfMatch{})
		if err != nil {
			t.Fatal(err)
		}
		for _, no := range []string{"2003", "2001"} {
			if _, err := h.Phrase.Save(h.As(no), "finance", unit.ID, phrase.Input{Name: "c", Zh: "b"}, web.IfMatch{}); err != nil {
				t.Errorf("%s: %v", no, err)
			}
			if _, err := h.Phrase.Save(h.As(no), "", own.ID, phrase.Input{Name: "c", Zh: "b"}, web.IfMatch{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s changes another's own: %v", no, err)
			}
		}
		if _, err := h.Phrase.Of(h.As("3002"), "finance"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another unit reads: %v", err)
		}
		_, err = h.Phrase.Save(h.As("2002"), "finance", 0, phrase.Input{Zh: "{asker} {what}", Services: []string{"no.such"}}, web.IfMatch{})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 3 {
			t.Errorf("everything wrong at once: %v", err)
		}
		a := h.TokenOf("2002").Post("/api/v1/units/finance/phrases", map[string]any{"name": "英文", "text_zh": "{asker}您好", "text_en": "Dear {asker}"}).Is(201)
		var made struct{ ID string }
		a.Decode(&made)
		h.TokenOf("2003").JSON("DELETE", "/api/v1/units/finance/phrases/"+made.ID, nil).Is(204)
	})
}

// TestSomebodyWroteMeanwhile: the second of two colleagues is told before the answer goes out, nothing typed is lost, and it
// can be sent all the same.
func TestSomebodyWroteMeanwhile(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		r := working(t, h)
		first, second := h.SignedIn("2002"), h.SignedIn("2003")
		at := "/requests/" + r.Ref()
		seen := second.Get(at).Is(200).Page().Find("#reply [name=seen]").AttrOr("value", "")
		first.Form(at+"/message", "kind", "message", "text", "已付款", "seen", seen).Is(303)
		page := second.Form(at+"/message", "kind", "message", "text", "马上付款", "seen", seen).Is(409).Page()
		if page.Find("#reply textarea").Text() != "马上付款" || !strings.Contains(page.Find("#talk").Text(), "已付款") {
			t.Errorf("lost, or not shown: %q", page.Find("#talk-card").Text())
		}
		if got := page.Find("#reply .s-reply").Text(); got != "仍然发送" {
			t.Errorf("the button says %q", got)
		}
		now := page.Find("#reply [name=seen]").AttrOr("value", "")
		second.Form(at+"/message", "kind", "message", "text", "马上付款", "seen", now).Is(303)
		// One's own words are nothing that one has not seen; a note is nothing that its customer hears of.
		second.Form(at+"/message", "kind", "note", "text", "内部", "seen", now).Is(303)
		customer := h.SignedIn("3002")
		seen = customer.Get(at).Is(200).Page().Find("#reply [name=seen]").AttrOr("value", "")
		first.Form(at+"/message", "kind", "note", "text", "再记一笔").Is(303)
		customer.Form(at+"/message", "kind", "message", "text", "收到", "seen", seen).Is(303)
	})
}

// TestColleaguesSeeEachOther: whoever serves sees who else is at a request and who writes; its customer neither sees nor asks.
func TestColleaguesSeeEachOther(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		at := "/requests/" + working(t, h).Ref()
		first, second, customer := h.SignedIn("2002"), h.SignedIn("2003"), h.SignedIn("3002")
		sees := func(words string) { // of another process it is heard a little later
			t.Helper()
			for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				got := second.Get(at + "/here").Is(200).Page().Find("[data-here]").Text()
				if strings.Contains(got, words) {
					return
				}
				if time.Now().After(end) {
					t.Fatalf("sees %q, not %q", got, words)
				}
			}
		}
		first.Form(at+"/here", "writing", "false").Is(200)
		sees("陈思远 正在看")
		first.Form(at+"/here", "writing", "true").Is(200)
		sees("陈思远 正在写回复")
		if got := first.Get(at).Is(200).Page().Find("[data-here]").Text(); strings.Contains(got, "陈思远") {
			t.Errorf("one is told of oneself: %q", got)
		}
		customer.Get(at + "/here").Is(404)
		customer.Form(at+"/here", "writing", "true").Is(404)
		if customer.Get(at).Is(200).Page().Find("[data-here]").Length() != 0 {
			t.Error("the customer is shown who writes")
		}
	})
}
