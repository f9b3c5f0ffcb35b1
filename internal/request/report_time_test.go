package request

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestWhatIsCountedApart: an agreed date, an excused breach, a silent acceptance and a reopening, each in its own column,
// and none of them changes the rate in silence.
func TestWhatIsCountedApart(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, customer := h.as("2002"), h.as("3002")
		moved := h.begun()
		must(t, second(h.ProposeDate(agent, moved.Number, Date{To: h.db.Now().AddDate(0, 0, 8), Reason: "缺货"}, When{})))
		must(t, second(h.AgreeDate(customer, moved.Number, agreed, When{})))
		silent := h.begun()
		must(t, second(h.Deliver(agent, silent.Number, "好了", nil, When{})))
		again := h.begun()
		must(t, second(h.Deliver(agent, again.Number, "好了", nil, When{})))
		must(t, second(h.Accept(customer, again.Number, When{})))
		must(t, second(h.Reopen(customer, again.Number, "不对", When{})))
		must(t, second(h.Deliver(agent, again.Number, "这回好了", nil, When{})))
		must(t, second(h.Accept(customer, again.Number, When{})))
		late := h.tardy()
		must(t, second(h.StateCause(agent, late.Number, CauseSaid{Cause: CauseForce, Text: "停电"}, When{})))
		must(t, second(h.AgreeCause(customer, late.Number, CauseSaid{}, When{})))
		h.on("2026-12-01 08:00") // the moved one is late by its original due time, in time by the agreed one
		must(t, second(h.Deliver(agent, moved.Number, "好了", nil, When{})))
		must(t, second(h.Accept(customer, moved.Number, When{})))
		h.on("2026-12-03 19:00")
		must(t, h.AcceptSilent(h.ctx))
		h.later(6 * 24 * time.Hour)
		must(t, h.AcceptSilent(h.ctx))

		rows, err := h.Attained(h.as("1001"), Cohort{By: ByService, Clock: "completion", Span: Span{moved.OpenedAt, moved.OpenedAt.AddDate(0, 1, 0)}})
		must(t, err)
		if len(rows) != 1 {
			t.Fatalf("%+v", rows)
		}
		a := rows[0]
		if a.Met != 3 || a.Breached != 1 || a.Renegotiated != 1 || a.AsAgreed != 1 || a.ByOriginal != 0 || a.Excused != 1 || a.Done != 3 || a.Silent != 1 || a.Reopened != 1 {
			t.Errorf("%+v", a)
		}
		fact, _ := a.Rate()
		original, _ := a.ByOriginalRate()
		score, _ := a.Score()
		if fact != 0.75 || original != 0.5 || score != 1 {
			t.Errorf("rate %v, by original %v, score %v", fact, original, score)
		}
		h.sound()
	})
}

// TestBreachesInPages: the number of the report leads to as many lines, which the filter narrows by cause.
func TestBreachesInPages(t *testing.T) {
	d := quick(t).open4()
	late, own := d.tardy(), d.tardy()
	must(t, second(d.StateCause(d.as("2002"), own.Number, CauseSaid{Cause: CauseOwn, Text: "人手不够"}, When{})))
	number := has(t, d.page(d.get("2001", "/reports/attainment?from=2026-11-01&to=2026-12-31"), 200), "#attainment a[href^='/breaches']")
	href, _ := number.Attr("href")
	if number.Text() != "2" {
		t.Errorf("%s late", number.Text())
	}
	if n := d.page(d.get("2001", href), 200).Find("#breaches tbody tr").Length(); n != 2 {
		t.Errorf("%d lines", n)
	}
	rows := d.page(d.get("2001", href+"&cause=own"), 200).Find("#breaches tbody tr")
	if rows.Length() != 1 || !strings.Contains(rows.Text(), own.Ref()) || strings.Contains(rows.Text(), late.Ref()) {
		t.Errorf("%d lines: %s", rows.Length(), rows.Text())
	}
	for _, file := range []string{"/reports/attainment/export?from=2026-11-01&to=2026-12-31&format=csv", "/breaches/export?format=csv"} {
		if w := d.get("2001", file); w.Code != 200 || !strings.Contains(w.Body.String(), "备用金") {
			t.Errorf("%s: %d %s", file, w.Code, w.Body.String())
		}
	}
	lacks(t, d.page(d.get("4001", "/breaches"), 200), "#breaches")
}

// TestTheVerbsAboutTimeInPages goes through their forms: what is wrong comes back, what is right is done.
func TestTheVerbsAboutTimeInPages(t *testing.T) {
	d := quick(t).open4()
	at := link(d.begun().Number)
	bad := d.page(d.post("2002", at+"/propose-date", url.Values{"due_at": {"morgen"}}), 422)
	if v, _ := has(t, bad, "input[name=due_at]").Attr("value"); v != "morgen" {
		t.Errorf("what was typed is lost: %q", v)
	}
	if n := bad.Find("[aria-invalid=true]").Length(); n < 2 {
		t.Errorf("%d fields are marked", n)
	}
	d.page(d.post("2002", at+"/propose-date", url.Values{"due_at": {"2026-12-04T17:00"}, "reason": {"等批复"}}), 303)
	shows := func(who, selector, words string) {
		t.Helper()
		if text := has(t, d.page(d.get(who, at), 200), selector).Text(); !strings.Contains(text, words) {
			t.Errorf("%s does not say %s: %s", selector, words, text)
		}
	}
	shows("3002", "#state", "等批复")
	d.page(d.post("3002", at+"/agree-date", url.Values{"agree": {"yes"}}), 303)
	shows("3002", "#why", "双方约定")
	d.page(d.post("2002", at+"/ask", url.Values{"text": {"金额？"}}), 303)
	d.later(time.Hour)
	d.page(d.post("3002", at+"/answer", url.Values{"text": {"表单里有"}}), 303)
	d.page(d.post("3002", at+"/contest", url.Values{"reason": {"表单里有"}}), 303)
	shows("2001", "#state", "暂停被质疑")
	d.page(d.post("2001", at+"/void-pause", url.Values{"reason": {"确实有"}}), 303)
	d.page(d.post("2002", at+"/deliver", url.Values{"text": {"好了"}}), 303)
	shows("3002", "#state", "自动验收")
	d.page(d.post("3002", at+"/accept", nil), 303)
	d.page(d.post("3002", at+"/reopen", url.Values{"reason": {""}}), 422)
	d.page(d.post("3002", at+"/reopen", url.Values{"reason": {"少一笔"}}), 303)
	shows("2002", "#state", "重开 1 次")
}
