package request

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// The home page says what its reader waits for: how much of the time is used, or how late it is; and when there is nothing,
// that there is nothing.
func TestWhatIWaitFor(t *testing.T) {
	h := quick(t)
	customer, agent := h.as("3002"), h.as("2002")
	shown := func(ctx context.Context) *goquery.Document {
		t.Helper()
		panel, err := h.waitingPanel(ctx)
		must(t, err)
		var b strings.Builder
		must(t, panel.Render(ctx, &b))
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
		must(t, err)
		return doc
	}
	if text := shown(customer).Find("#waiting").Text(); !strings.Contains(text, "没有在等的") {
		t.Errorf("with nothing to wait for: %s", text)
	}
	r, err := h.Open(customer, h.expense(customer))
	must(t, err)
	must(t, second(h.Take(agent, r.Number, When{})))
	doc := shown(customer)
	if text := doc.Find("li.nk-wait").Text(); !strings.Contains(text, "陈思远") || !strings.Contains(text, r.Title) || !strings.Contains(text, "已用") {
		t.Errorf("with something to wait for: %s", text)
	}
	if text := shown(agent).Find("#waiting").Text(); !strings.Contains(text, "没有在等的") {
		t.Errorf("who serves waits for nothing: %s", text)
	}
	h.later(10 * 24 * time.Hour)
	if doc := shown(customer); doc.Find(".nk-wait .nk-bar").Length() != 1 || !strings.Contains(doc.Find(".nk-wait").Text(), "超出") {
		t.Errorf("late: %s", doc.Find(".nk-wait").Text())
	}
	must(t, second(h.Deliver(agent, r.Number, "已付款", nil, When{})))
	if doc := shown(customer); doc.Find(".nk-wait").Length() != 0 {
		t.Error("what is delivered is not waited for")
	}
}
