package request

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// TestADuplicateByTheAPI: it is said where it is shown, listed apart, and merged many at once.
func TestADuplicateByTheAPI(t *testing.T) {
	d := quick(t).open4()
	lead, again, colleague := d.open("3002"), d.open("3002"), d.open("3003")
	done, err := d.Many(d.as("2002"), VerbMerge, []string{again.Ref(), colleague.Ref()}, d.merging(lead.Ref()))
	must(t, err)
	if done.Done() != 2 {
		t.Fatalf("%+v", done)
	}
	var one struct {
		Duplicate bool
		Merged    []struct {
			Number    string
			Duplicate bool
		}
		Verbs []Verb
	}
	must(t, json.Unmarshal(d.get("3002", "/api/v1/requests/"+again.Ref()).Body.Bytes(), &one))
	if !one.Duplicate {
		t.Errorf("%+v", one)
	}
	must(t, json.Unmarshal(d.get("2002", "/api/v1/requests/"+lead.Ref()).Body.Bytes(), &one))
	said := map[string]bool{}
	for _, m := range one.Merged {
		said[m.Number] = m.Duplicate
	}
	if len(said) != 2 || !said[again.Ref()] || said[colleague.Ref()] {
		t.Errorf("who serves it reads %v", said)
	}
	var list struct {
		Items []struct {
			Number    string
			Duplicate bool
		}
	}
	must(t, json.Unmarshal(d.get("2002", "/api/v1/requests?merged=duplicate").Body.Bytes(), &list))
	if len(list.Items) != 1 || list.Items[0].Number != again.Ref() || !list.Items[0].Duplicate {
		t.Errorf("%+v", list)
	}
	must(t, second(d.Take(d.as("2002"), lead.Number, When{})))
	must(t, second(d.Deliver(d.as("2002"), lead.Number, "好了", nil, When{})))
	for verb, body := range map[string]string{"accept": "", "rate": `{"score":5}`} {
		w := d.call("3002", "POST", "/api/v1/requests/"+again.Ref()+"/"+verb, body)
		if verb == "accept" && (w.Code != 409 || !strings.Contains(w.Body.String(), "请在 "+lead.Ref()+" 上验收")) {
			t.Errorf("%s: %d %s", verb, w.Code, w.Body)
		}
	}
	must(t, second(d.Accept(d.as("3002"), lead.Number, When{})))
	if w := d.call("3002", "POST", "/api/v1/requests/"+again.Ref()+"/rate", `{"score":5}`); w.Code != 409 || !strings.Contains(w.Body.String(), lead.Ref()) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if r := d.row(colleague.Number); r.State != StateDelivered {
		t.Errorf("a colleague accepts for themselves: %s", r.State)
	}
	if w := d.get("2002", "/requests/export?format=csv&view=all"); !strings.Contains(w.Body.String(), "重复") {
		t.Errorf("%s", w.Body)
	}
}

// TestPagesOfADuplicate: what will happen is said before the merge, and what it is afterwards, in the words of each side.
func TestPagesOfADuplicate(t *testing.T) {
	d := quick(t).open4()
	lead, again, other := d.open("3002"), d.open("3002"), d.open("4001")
	shows := func(no, target, selector, text string) {
		t.Helper()
		if got := d.page(d.get(no, target), 200).Find(selector).Text(); !strings.Contains(got, text) {
			t.Errorf("%s on %s: %s reads %q, want %q", no, target, selector, got, text)
		}
	}
	options := d.page(d.get("2002", link(again.Number)+"/merge"), 200).Find(`select[name="likely"]`)
	if text := options.Find(`[value="` + lead.Ref() + `"]`).Text(); !strings.Contains(text, "按重复计") {
		t.Errorf("not said beforehand: %q", text)
	}
	if text := options.Find(`[value="` + other.Ref() + `"]`).Text(); text == "" || strings.Contains(text, "按重复计") {
		t.Errorf("another customer's: %q", text)
	}
	shows("2002", link(again.Number)+"/merge", "#f-merge", "按重复计")
	d.page(d.post("2002", link(again.Number)+"/merge", url.Values{"into": {lead.Ref()}}), 303)
	shows("2002", link(again.Number), "#state", "重复")
	shows("2002", link(again.Number), "#into", "不计入达成率")
	shows("2002", link(lead.Number), "#along", "重复")
	shows("3002", link(lead.Number), "#along", again.Ref())
	shows("3002", link(again.Number), "#state", "这与您提的 "+lead.Ref()+" 是同一件事")
	must(t, second(d.Take(d.as("2002"), lead.Number, When{})))
	must(t, second(d.Deliver(d.as("2002"), lead.Number, "好了", nil, When{})))
	page := d.page(d.get("3002", link(again.Number)), 200)
	if page.Find(`form[action$="/accept"], #rate`).Length() != 0 || !strings.Contains(page.Find("#state").Text(), "在 "+lead.Ref()+" 上验收") {
		t.Errorf("its customer reads %q", page.Find("#state").Text())
	}
	if !strings.Contains(page.Find("#d-return").Text(), "请退回 "+lead.Ref()) {
		t.Errorf("sending it back: %q", page.Find("#d-return").Text())
	}
	shows("3002", "/requests", `#r-`+again.Ref()+`, tr:contains("`+again.Ref()+`")`, "重复")
	d.page(d.post("3002", link(lead.Number)+"/accept", nil), 303)
	shows("3002", link(again.Number), "#state", "已随 "+lead.Ref()+" 验收了结")
	if p := d.page(d.get("3002", link(again.Number)), 200); p.Find("#rate").Length() != 0 {
		t.Error("it asks for a rating")
	}
	shows("1001", "/reports/attainment", ".r-excluded", "重复 1 件")
	d.inLanguage(t, "en", "3002", link(again.Number))
}
