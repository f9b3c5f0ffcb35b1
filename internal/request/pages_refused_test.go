package request

import (
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/lang"
)

// TestRefusedWordsComeBack: whoever writes for an act that is not possible any more gets the words back, not only the refusal.
func TestRefusedWordsComeBack(t *testing.T) {
	h := quick(t)
	r := h.scene(StateDelivered)
	d := h.open4()
	for verb, field := range map[Verb]string{VerbAsk: "text", VerbDecline: "reason"} {
		form := url.Values{field: {"第一行\n第二行 <b>"}, "unit": {"hr"}}
		doc := d.page(d.post("2002", link(r.Number)+"/"+string(verb), form), 409)
		if got := has(t, doc, "#unsent textarea[readonly]").Text(); got != "第一行\n第二行 <b>" {
			t.Errorf("%s gives back %q", verb, got)
		}
	}
	lacks(t, d.page(d.post("2003", link(r.Number)+"/take", nil), 409), "#unsent")
}

// TestWordsThatNobodySees: a title or an answer of zero-width signs is none, and no sign turns the rest of a list round.
func TestWordsThatNobodySees(t *testing.T) {
	h := quick(t)
	d := h.open4()
	body := func(title, reason string) string {
		return `{"service":"finance.advance","title":"` + title + `","fields":{"amount":"5","due":"2026-12-01","reason":"` + reason + `"}}`
	}
	w := d.call("3002", "POST", "/api/v1/requests", body("\u200b", "\u3164"))
	if said := w.Body.String(); w.Code != 422 || !strings.Contains(said, "request.need-title") || !strings.Contains(said, `"fields.reason"`) {
		t.Errorf("%d %s", w.Code, said)
	}
	w = d.call("3002", "POST", "/api/v1/requests", body("\u202e备用金", "\u202e出差"))
	if said := w.Body.String(); w.Code != 201 || !strings.Contains(said, `"title":"备用金"`) || !strings.Contains(said, `"reason":"出差"`) {
		t.Errorf("%d %s", w.Code, said)
	}
	doc := d.page(d.post("3002", "/requests", url.Values{"service": {"finance.advance"}, "fields.amount": {"5"}, "fields.due": {"2026-12-01"}, "fields.reason": {"\u200b"}}), 422)
	has(t, doc, `[name="fields.reason"][aria-invalid=true]`)
	r := h.open("3002")
	must(t, second(h.Take(h.as("2002"), r.Number, When{})))
	if w = d.call("2002", "POST", "/api/v1/requests/"+r.Ref()+"/ask", `{"text":"\u200b"}`); w.Code != 422 {
		t.Errorf("asked back nothing: %d", w.Code)
	}
}

// TestDialogsFollowTheState: the page is refreshed while it is open; a button that appears then finds its dialog.
func TestDialogsFollowTheState(t *testing.T) {
	h := quick(t)
	r := h.scene(StateWorking)
	d := h.open4()
	doc := d.page(d.get("2002", link(r.Number)), 200)
	buttons := has(t, doc, "#request [data-opens]")
	for i := range buttons.Length() {
		id, _ := buttons.Eq(i).Attr("data-opens")
		has(t, doc, "#request dialog#"+id)
	}
}

// TestPick: a request begins with a service, found by its name, its unit or pinyin; what the name says comes first.
func TestPick(t *testing.T) {
	d := quick(t).open4()
	doc := d.page(d.get("3002", "/requests/new"), 200)
	all := has(t, doc, ".nk-offers a").Length()
	has(t, doc, `form.nk-filter input[data-first]`)
	jumps := has(t, doc, ".nk-jumps a")
	for i := range jumps.Length() {
		href, _ := jumps.Eq(i).Attr("href")
		has(t, doc, href)
	}
	doc = d.page(d.get("3002", "/requests/new?q="+url.QueryEscape("备用金")), 200)
	found := has(t, doc, `#found[data-query="备用金"] a`)
	if href, _ := found.First().Attr("href"); href != "/requests/new/finance.advance" || found.Length() >= all {
		t.Errorf("the first of %d of %d is %q", found.Length(), all, href)
	}
	doc = d.page(d.get("3002", "/requests/new?q=byj"), 200)
	has(t, doc, `#found a[href="/requests/new/finance.advance"]`)
	doc = d.page(d.get("3002", "/requests/new?q=zzzz"), 200)
	lacks(t, doc, ".nk-offers")
	has(t, doc, ".nk-empty")
}

// TestListsNameTheOtherSide: who asked reads who serves and what waits for them; who serves reads who asked.
func TestListsNameTheOtherSide(t *testing.T) {
	h := quick(t)
	r := h.scene(StateDelivered)
	d := h.open4()
	row := has(t, d.page(d.get("3002", "/requests"), 200), "table#requests tbody tr")
	if text := row.Text(); !strings.Contains(text, "财务部") || !strings.Contains(text, "等您验收") {
		t.Errorf("who asked reads %q", text)
	}
	row = has(t, d.page(d.get("2002", "/queue"), 200), "table#requests tbody tr")
	if text := row.Text(); strings.Contains(text, "财务部") || !strings.Contains(text, "待验收") {
		t.Errorf("who serves reads %q", text)
	}
	row = has(t, d.page(d.get("3002", "/requests?view=all&state=any&q="+Ref(r.Number)), 200), "table#requests tbody tr")
	if text := row.Text(); !strings.Contains(text, " → 财务部") {
		t.Errorf("among all: %q", text)
	}
}

// TestNamesInTheReadersLanguage: a list calls a colleague as the request's page does.
func TestNamesInTheReadersLanguage(t *testing.T) {
	h := quick(t)
	h.scene(StateWorking)
	ctx := lang.With(h.as("2002"), h.book, "en", "Asia/Shanghai")
	page, err := h.Queue(ctx, ViewUnit, Filter{})
	must(t, err)
	if len(page.Items) != 1 || page.Items[0].Asker.Display(ctx) != "Zhou Min" {
		t.Errorf("%+v", page.Items)
	}
}
