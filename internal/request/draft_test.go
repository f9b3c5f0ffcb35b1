package request

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

func TestADraftWaitsForItsPerson(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		me, other := h.as("3002"), h.as("3003")
		f, err := h.Talk.Upload(me, "发票.pdf", strings.NewReader("%PDF-1.4 invoice"))
		must(t, err)
		d := Draft{Code: "finance.expense", Title: "九月差旅", Fields: map[string]any{"amount": "不是数", "invoice": []string{idText(f.ID)}}}
		must(t, h.KeepDraft(me, d))
		d.Title = "十月差旅"
		must(t, h.KeepDraft(me, d)) // in the place of the first
		mine, err := h.Drafts(me)
		must(t, err)
		if len(mine) != 1 || mine[0].Title != "十月差旅" || mine[0].Fields["amount"] != "不是数" {
			t.Fatalf("%+v", mine)
		}
		if theirs, err := h.Drafts(other); err != nil || len(theirs) > 0 {
			t.Errorf("somebody else sees %v %v", theirs, err)
		}
		fails(t, h.DropDraft(other, "finance.expense"), fault.NotFound, "")

		h.later(29 * 24 * time.Hour)
		must(t, h.ForgetDrafts(h.ctx))
		must(t, h.Talk.Sweep(h.ctx))
		ask := h.expense(me)
		ask.Fields["invoice"] = []any{idText(f.ID)} // the file is still there
		ask.Draft = true
		must(t, second(h.Open(me, ask)))
		if left, err := h.Drafts(me); err != nil || len(left) > 0 {
			t.Errorf("the draft of what was sent stays: %v %v", left, err)
		}
	})
}

func TestAnOldDraftGoes(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		me := h.as("3002")
		must(t, h.KeepDraft(me, Draft{Code: "finance.advance", Fields: map[string]any{"amount": "1"}}))
		h.later(31 * 24 * time.Hour)
		must(t, h.ForgetDrafts(h.ctx))
		if left, err := h.Drafts(me); err != nil || len(left) > 0 {
			t.Errorf("%v %v", left, err)
		}
		fails(t, h.DropDraft(me, "finance.advance"), fault.NotFound, "")
	})
}

func TestADraftHasBounds(t *testing.T) {
	h := quick(t)
	me := h.as("3002")
	fails(t, h.KeepDraft(me, Draft{Code: "no.such"}), fault.NotFound, "")
	fails(t, h.KeepDraft(me, Draft{Code: "finance.advance", Title: strings.Repeat("长", maxTitle+1), Fields: map[string]any{"x": strings.Repeat("长", draftBytes)}}), fault.Invalid, "")
	must(t, h.KeepDraft(me, Draft{Code: "finance.advance", Fields: map[string]any{"invoice": map[string]any{"a": []any{1}}, "amount": []any{"x"}}})) // rubbish is kept as it came
	if w := (h.open4()).get("3002", "/requests/new/finance.advance"); w.Code != http.StatusOK {
		t.Errorf("rubbish in a draft: %d", w.Code)
	}
}

func TestTheDraftOnPages(t *testing.T) {
	d := quick(t).open4()
	form := url.Values{"service": {"finance.advance"}, "title": {"越南备用金"}, "fields.amount": {"五千"}, "once": {"k"}}
	if w := d.post("3002", "/requests/drafts", form); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if got := d.page(d.get("3002", "/requests/new"), 200).Find("#drafts").Text(); !strings.Contains(got, "越南备用金") {
		t.Error(got)
	}
	doc := d.page(d.get("3002", "/requests/new/finance.advance"), 200)
	if v := has(t, doc, `#ask [name="fields.amount"]`).AttrOr("value", ""); v != "五千" {
		t.Errorf("amount %q", v)
	}
	if v := has(t, doc, `#ask [name=title]`).AttrOr("value", ""); v != "越南备用金" {
		t.Errorf("title %q", v)
	}
	has(t, doc, "#drafted")
	good := url.Values{"service": {"finance.advance"}, "title": {"越南备用金"}, "fields.amount": {"5000"}, "fields.reason": {"备用金"}, "fields.due": {"2026-12-01"}, "once": {"k"}}
	if w := d.post("3002", "/requests", good); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	lacks(t, d.page(d.get("3002", "/requests/new"), 200), "#drafts")
	must(t, d.KeepDraft(d.as("3002"), Draft{Code: "finance.advance"}))
	for range 2 { // pressed twice
		if w := d.post("3002", "/requests/drafts/discard", url.Values{"service": {"finance.advance"}}); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
	}
	lacks(t, d.page(d.get("3002", "/requests/new/finance.advance"), 200), "#drafted")
}

func TestDraftsByAPI(t *testing.T) {
	d := quick(t).open4()
	if w := d.send("3002", http.MethodPut, "/api/v1/drafts/finance.advance", "application/json", `{"title":"越南","fields":{"amount":12.50}}`); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	w := d.get("3002", "/api/v1/drafts")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"amount":12.5`) || !strings.Contains(w.Body.String(), `"service":"finance.advance"`) {
		t.Fatal(w.Code, w.Body)
	}
	for _, want := range []int{http.StatusNoContent, http.StatusNotFound} {
		if w := d.send("3002", http.MethodDelete, "/api/v1/drafts/finance.advance", "application/json", ""); w.Code != want {
			t.Errorf("%d, want %d", w.Code, want)
		}
	}
}
