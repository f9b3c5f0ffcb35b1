package request

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestHandsAndTime: two units, one of them late with it, and what the report says of both.
func TestHandsAndTime(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		agent, it := h.as("2002"), h.as("2102")
		quick, long, along := h.open("3002"), h.open("3002"), h.open("3003")
		must(t, second(h.Take(agent, quick.Number, When{})))
		must(t, second(h.Take(agent, long.Number, When{})))
		must(t, second(h.Merge(agent, along.Number, quick.Ref(), "", When{})))
		h.later(time.Hour)
		must(t, second(h.Deliver(agent, quick.Number, "好了", nil, When{})))
		must(t, second(h.HandOver(agent, long.Number, "it", "要信息部开权限", "", When{})))
		h.later(time.Hour)
		must(t, second(h.Take(it, long.Number, When{})))
		must(t, second(h.HandOver(it, long.Number, "finance", "权限早就有", "", When{})))
		h.later(30 * 24 * time.Hour)
		must(t, h.Clock.Breach(h.ctx))
		must(t, second(h.Take(agent, long.Number, When{})))
		span := Span{quick.OpenedAt, quick.OpenedAt.AddDate(0, 2, 0)}
		all, err := h.HandlingOf(h.as("1001"), ByUnit, span)
		must(t, err)
		if all.Of != 3 || all.Read != 3 || all.Requests != 3 || all.Passed != 1 || all.CameBack != 1 || all.Quality != 0 || all.Along != 1 || all.HandlingTotals.Median != 1 || all.P90 != 3 {
			t.Errorf("over all: %+v", all.HandlingTotals)
		}
		if len(all.Rows) != 2 || len(all.Ways) != 2 || all.Ways[0].Back+all.Ways[1].Back != 1 {
			t.Fatalf("%+v, %+v", all.Rows, all.Ways)
		}
		own, lent := all.Rows[0], all.Rows[1]
		const hour = 3600
		if own.Requests != 3 || own.Sent != 1 || own.Got != 1 || own.Back != 1 || own.InHand != 2*hour || own.Late != 1 || own.Owed < .9 {
			t.Errorf("finance: %+v", own)
		}
		if lent.Requests != 1 || lent.Sent != 1 || lent.Waiting != hour || lent.InHand != 0 || lent.Late != 1 || own.Owed+lent.Owed != 1 || lent.Owed <= 0 {
			t.Errorf("it: %+v", lent)
		}
		mine, err := h.HandlingOf(it, ByUnit, span)
		must(t, err)
		if mine.Requests != 1 || len(mine.Rows) != 1 || mine.Rows[0].Key != lent.Key || len(mine.Ways) != 2 {
			t.Errorf("it reads %+v", mine)
		}
		if none, err := h.HandlingOf(h.as("4001"), ByService, span); err != nil || none.Requests != 0 || len(none.Rows)+len(none.Ways) != 0 {
			t.Errorf("who had nothing in hand reads %+v, %v", none, err)
		}
		services, err := h.HandlingOf(h.as("1001"), ByService, span)
		must(t, err)
		if len(services.Rows) != 1 || services.Rows[0].Requests != 3 || services.Rows[0].Sent != 2 || services.Rows[0].Late != 1 {
			t.Errorf("by service: %+v", services.Rows)
		}
		if _, err := h.HandlingOf(agent, ByEdge, Span{span.To, span.From}); err == nil {
			t.Error("a span that ends before it begins, by edge")
		}
	})
}

// TestHandsAndTimeInPages shows the report as a page, a file and by API, with the same numbers; of few nothing is said.
func TestHandsAndTimeInPages(t *testing.T) {
	d := quick(t).open4()
	agent := d.as("2002")
	r := d.begun()
	must(t, second(d.HandOver(agent, r.Number, "it", "要信息部开权限", "", When{})))
	const span = "from=2026-11-01&to=2026-12-31"
	page := d.page(d.get("2001", "/reports/handling?"+span), 200)
	if row := has(t, page, "#handling tbody tr"); !strings.Contains(row.Text(), "说不准") || row.Length() != 1 {
		t.Errorf("the own unit's row: %s", row.Text())
	}
	if ways := has(t, page, "#ways tbody tr").Text(); !strings.Contains(ways, "信息技术部") {
		t.Errorf("ways: %s", ways)
	}
	has(t, page, "nav a[href^='/reports/attainment']")
	has(t, d.page(d.get("2001", "/reports/attainment?"+span), 200), "nav a[href^='/reports/handling?from=']")
	has(t, d.page(d.get("1001", "/reports/handling?by=service&"+span), 200), "#handling tbody tr")
	lacks(t, d.page(d.get("4001", "/reports/handling?"+span), 200), "#handling, #ways")
	for file, words := range map[string]string{"/reports/handling/export?" + span: "财务部", "/reports/handling/export?show=ways&" + span: "信息技术部"} {
		if w := d.get("2001", file+"&format=csv"); w.Code != 200 || !strings.Contains(w.Body.String(), words) {
			t.Errorf("%s: %d %s", file, w.Code, w.Body.String())
		}
	}
	if w := d.get("2001", "/reports/handling?from=gestern"); w.Code != 422 {
		t.Errorf("a day that is none: %d", w.Code)
	}
	var j struct {
		Items []struct {
			Unit       string   `json:"unit"`
			HandedOver int64    `json:"handed_over"`
			Share      *float64 `json:"delay_share"`
			Reason     string   `json:"reason"`
		} `json:"items"`
		Ways []struct{ From, To string } `json:"ways"`
	}
	w := d.get("2001", "/api/v1/reports/handling?"+span)
	must(t, json.Unmarshal(w.Body.Bytes(), &j))
	if len(j.Items) != 1 || j.Items[0].Unit != "finance" || j.Items[0].HandedOver != 1 || j.Items[0].Share != nil || j.Items[0].Reason != "few" || len(j.Ways) != 1 || j.Ways[0].To != "it" {
		t.Errorf("%d %s", w.Code, w.Body.String())
	}
	if w := d.get("2001", "/api/v1/reports/handling?by=edge"); w.Code != 422 {
		t.Errorf("by edge: %d", w.Code)
	}
}
