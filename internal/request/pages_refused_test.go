package request

import (
	"net/url"
	"testing"
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
