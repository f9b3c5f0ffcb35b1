package request

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/dbtest"
)

// TestEveryDeadlineIsExplained: completion, first response, each turn of the customer's words and the part of a unit, on the
// page and by the API.
func TestEveryDeadlineIsExplained(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start := h.replying()
		to := func(clock string) {
			at, err := time.Parse(time.RFC3339, start.Format("2006-01-02")+"T"+clock+":00+08:00")
			must(t, err)
			dbtest.Clock(h.db).Set(at)
		}
		r := h.open("3002")
		say := func(no string) {
			t.Helper()
			_, err := h.Message(h.as(no), r.Number, "话", nil, When{})
			must(t, err)
		}
		to("09:31")
		say("2002")
		to("10:00")
		say("3002")
		to("11:00")
		say("2002")
		to("11:30")
		say("3002")
		to("14:00")
		d := h.open4()
		page := "/requests/" + r.Ref()
		panel := func(query string) *goquery.Selection {
			t.Helper()
			return d.page(d.get("3002", page+query), 200).Find("#why")
		}
		usual := panel("")
		if n := usual.Find(".nk-seg a").Length(); n != 3 {
			t.Fatalf("%d clocks to choose from: %s", n, usual.Text())
		}
		for i, want := range []string{"办结", "首次响应", "后续答复"} {
			if a := usual.Find(".nk-seg a").Eq(i); a.Text() != want || a.AttrOr("aria-current", "") != map[bool]string{true: "true"}[i == 0] {
				t.Errorf("choice %d is %s", i, a.Text())
			}
		}
		if other := panel("?clock=none"); other.Text() != usual.Text() {
			t.Error("a clock there is not shows something else than the completion")
		}
		for query, want := range map[string]struct {
			on, lead, sum string
			turns         int
		}{
			"?clock=first_response":            {"首次响应", "首次响应。", "0:30", 0},
			"?clock=next_response":             {"后续答复", "客户来话后4 工作小时答复。", "4:00", 2}, // with what lies ahead
			"?clock=next_response:1":           {"后续答复", "11:00 结束计时", "1:00", 2},
			"?show=customer&clock=completion":  {"办结", "办结。", "", 0},
			"?clock=next_response%3A2&show=no": {"后续答复", "期限", "4:00", 2},
		} {
			w := panel(query)
			if on := w.Find(`.nk-seg [aria-current]`).Text(); on != want.on || !strings.Contains(w.Text(), want.lead) || w.Find("#turns li").Length() != want.turns {
				t.Errorf("%s shows %s, %d turns: %s", query, on, w.Find("#turns li").Length(), w.Text())
			}
			if sum := w.Find(".sum td").Text(); want.sum != "" && sum != want.sum {
				t.Errorf("%s adds up to %s, want %s", query, sum, want.sum)
			}
		}
		if href, _ := panel("?show=customer&clock=next_response").Find("#turns a").Attr("href"); href != page+"?clock=next_response%3A1&show=customer#why" {
			t.Errorf("the earlier turn is at %s", href)
		}

		api := "/api/v1/requests/" + r.Ref() + "/clocks"
		for query, want := range map[string][]string{
			"":                      {`"name":"first_response"`, `"name":"completion"`, `"name":"next_response:2"`, `"name":"hop:finance`},
			"?clock=first_response": {`"name":"first_response"`}, "?clock=next_response": {`"name":"next_response:2"`},
			"?clock=next_response:1": {`"name":"next_response:1"`, `"elapsed_seconds":3600`, `"turn":1`},
		} {
			w := d.get("3002", api+query)
			for _, text := range want {
				if !strings.Contains(w.Body.String(), text) {
					t.Errorf("%s %d does not say %s: %s", query, w.Code, text, w.Body)
				}
			}
			if n := strings.Count(w.Body.String(), `"scope":`); query != "" && n != 1 || query == "" && n != 4 {
				t.Errorf("%s gives %d clocks", query, n)
			}
		}
		if w := d.get("3002", api+"?clock=next_response:3"); w.Code != 422 || !strings.Contains(w.Body.String(), "next_response:2, next_response:1") {
			t.Errorf("a turn there is not: %d %s", w.Code, w.Body)
		}
		if w := d.get("4001", api+"?clock=completion"); w.Code != 404 {
			t.Errorf("a stranger reads it: %d", w.Code)
		}
	})
}

// Of a part of another request the unit's own stretch has a due time, and is explained.
func TestTheStretchOfAUnitIsExplained(t *testing.T) {
	d := quick(t).open4()
	part := d.split(t, "2002", d.scene(StateWorking).Number, "修电脑")
	why := d.page(d.get("2002", "/requests/"+part.Ref()+"?clock=hop%3Ait"), 200).Find("#why")
	if on := why.Find(".nk-seg [aria-current]").Text(); !strings.HasSuffix(on, "流转") || !strings.Contains(why.Text(), "这一部分要在") {
		t.Errorf("%s: %s", on, why.Text())
	}
	if w := d.get("2002", "/api/v1/requests/"+part.Ref()+"/clocks?clock=hop:it"); !strings.Contains(w.Body.String(), `"scope":"hop"`) || strings.Contains(w.Body.String(), `"scope":"customer"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
