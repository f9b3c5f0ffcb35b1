package catalog

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

func zh(text string) lang.Text { return lang.Text{Zh: text} }

func TestARewordingLeavesAloneWhatItDidNotTouch(t *testing.T) {
	t.Parallel()
	base := Words{Name: zh("报销"), Description: zh("说明"), Schedule: Schedule{Every: "month"}}
	mine := base
	mine.Name = zh("费用报销")
	for _, c := range []struct {
		name string
		live Words
		want Words
		both string
	}{
		{"the live words are as they were", base, mine, ""},
		{"another part was changed meanwhile", Words{Name: zh("报销"), Description: zh("新说明"), Schedule: Schedule{Every: "week"}}, Words{Name: zh("费用报销"), Description: zh("新说明"), Schedule: Schedule{Every: "week"}}, ""},
		{"the same part was changed meanwhile", Words{Name: zh("差旅报销"), Description: zh("说明"), Schedule: Schedule{Every: "month"}}, mine, "name"},
		{"both said the same", mine, mine, ""},
	} {
		got, both := Rewording{Words: mine, Base: base}.over(c.live)
		if got != c.want || strings.Join(both, " ") != c.both {
			t.Errorf("%s: %+v %v", c.name, got, both)
		}
	}
}

func TestWhereTwoTextsDiffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, now, next, want string }{
		{"in the middle", "五个工作日到账", "三个工作日到账", "|五|三|个工作日到账"},
		{"something more at the end", "报销", "报销单", "报销||单|"},
		{"all of it", "甲", "乙", "|甲|乙|"},
		{"nothing before", "", "新", "||新|"},
		{"repeated characters are counted once", "啊啊", "啊啊啊", "啊啊||啊|"},
	} {
		p := partingOf(c.now, c.next)
		if got := p.Before + "|" + p.Now + "|" + p.Next + "|" + p.Behind; got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestAChangeOfALiveServiceIsReviewed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		const code = "finance.expense"
		agent, head, quality := h.as("2002"), h.as("2001"), h.as("1001")
		live := wordsOf(h.service(code))
		next := live
		next.Name, next.Inputs = zh("费用与差旅报销"), zh("发票")
		_, _, err := h.Reword(h.as("4001"), code, next, 0)
		wants(t, err, fault.NotFound, "not-found")
		_, _, err = h.RewordingOf(h.as("4001"), code)
		wants(t, err, fault.NotFound, "not-found")
		_, r, err := h.Reword(agent, code, next, 0)
		must(t, err)
		if s := h.service(code); wordsOf(s) != live || s.State != Live {
			t.Fatal("the live service is another")
		}
		_, _, err = h.Reword(head, code, next, 0) // has not seen that one is prepared
		wants(t, err, fault.Precondition, "catalog.changed-meanwhile")
		bad := next
		bad.Name, bad.Description = zh(""), zh(strings.Repeat("长", maxDescription+1))
		_, _, err = h.Reword(agent, code, bad, r.Stamp)
		finds(t, err, "name.zh form.required", "description.zh form.too-long")
		_, err = h.PublishWords(agent, code, r.Stamp) // who prepares does not review
		wants(t, err, fault.NotFound, "not-found")
		_, _, err = h.SendBackWords(head, code, "还不用", r.Stamp)
		wants(t, err, fault.Conflict, "catalog.only-review")

		_, r, err = h.ProposeWords(agent, code, r.Stamp)
		must(t, err)
		_, _, err = h.SendBackWords(quality, code, " ", r.Stamp)
		finds(t, err, "reason catalog.reason-missing")
		_, r, err = h.SendBackWords(quality, code, "请写全", r.Stamp)
		must(t, err)
		if r.State != Draft || r.SentBack != "请写全" {
			t.Errorf("%+v", r)
		}
		_, r, err = h.ProposeWords(agent, code, r.Stamp)
		must(t, err)

		changed := live // somebody changes another part of the live service meanwhile
		changed.Description = zh("新说明")
		_, _, err = h.Write(head, changed.definition(code), 0)
		must(t, err)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = h.PublishWords(head, code, r.Stamp) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("of two at once: %v, %v", errs[0], errs[1])
		}
		s := h.service(code)
		if s.Name.Zh != "费用与差旅报销" || s.Inputs.Zh != "发票" || s.Description.Zh != "新说明" || s.Version != 1 {
			t.Errorf("%+v", wordsOf(s))
		}
		_, _, err = h.RewordingOf(head, code)
		wants(t, err, fault.NotFound, "not-found")
		if got := h.kinds(); got["catalog.service-was-proposed"] != 2 || got["catalog.service-was-sent-back"] != 1 {
			t.Errorf("%v", got)
		}

		_, r, err = h.Reword(agent, code, live, 0)
		must(t, err)
		must(t, failed(h.DropWords(agent, code, r.Stamp)))
		wants(t, failed(h.DropWords(agent, code, anyStamp)), fault.Conflict, "catalog.reword-gone")
		_, r, err = h.Reword(agent, code, live, 0)
		must(t, err)
		_, r, err = h.Reword(agent, code, wordsOf(h.service(code)), r.Stamp) // back to what is live: nothing is left of it
		must(t, err)
		if r.Stamp != 0 {
			t.Error("words like the live ones are a change")
		}
	})
}

func failed(_ *Service, err error) error { return err }

func TestAChangeOnPages(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	h.load("finance")
	open := door(t, h)
	agent, head, other := open.With("2002"), open.With("2001"), open.With("4001")
	const at = "/services/finance.expense"
	form := agent.Get(at + "/edit").Is(200).Page()
	if form.Find(`#service [name="stamp"]`).AttrOr("value", "") != "0" || !strings.Contains(form.Text(), "保存改动稿") {
		t.Error("the form does not say that it prepares a change")
	}
	name := h.service("finance.expense").Name
	agent.Form(at+"/edit", "name.zh", "", "stamp", "0").Is(422).Shows(".nk-err", "")
	agent.Form(at+"/edit", "name.zh", name.Zh+"（含差旅）", "name.en", name.En, "stamp", "0").Leads(at + "/change")
	page := agent.Get(at + "/change").Is(200).Page()
	if ins := page.Find("#difference ins").First().Text(); ins != "（含差旅）" {
		t.Errorf("what is new: %q", ins)
	}
	if page.Find(`form[action$="/change/publish"]`).Length() != 0 || page.Find(`form[action$="/change/propose"]`).Length() != 1 {
		t.Error("who prepares is offered the reviewer's steps")
	}
	if h.service("finance.expense").Name != name {
		t.Error("the live service is another")
	}
	stamp := page.Find(`form[action$="/change/propose"] [name=stamp]`).AttrOr("value", "")
	other.Get(at + "/change").Is(404)
	other.Form(at+"/change/publish", "stamp", stamp).Is(404)
	if n := other.Get(at).Is(200).Page().Find("#reworded").Length(); n != 0 {
		t.Error("a customer hears of the change")
	}
	agent.Form(at+"/change/propose", "stamp", stamp).Leads(at)
	if n := head.Get(at).Is(200).Page().Find(`#reworded a[href="` + at + `/change"]`).Length(); n != 1 {
		t.Error("the page does not lead to the change")
	}
	page = head.Get(at + "/change").Is(200).Page()
	head.Form(at+"/change/publish", "stamp", stamp).Is(412) // what was seen is not what is there
	stamp = page.Find(`form[action$="/change/publish"] [name=stamp]`).AttrOr("value", "")
	head.Form(at+"/change/send-back", "stamp", stamp, "reason").Is(422).Shows(".nk-err", "")
	head.Form(at+"/change/publish", "stamp", stamp).Leads(at)
	if got := h.service("finance.expense").Name.Zh; got != name.Zh+"（含差旅）" {
		t.Errorf("live: %s", got)
	}
	head.Get(at + "/change").Leads(at)
}

func TestAChangeByAPI(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	h.load("finance")
	open := door(t, h)
	agent, head := open.With("2002"), open.With("2001")
	const at = "/api/v1/services/finance.expense/change"
	agent.Get(at).Is(404)
	body := string(agent.JSON(http.MethodPut, at, json.RawMessage(`{"inputs":{"zh":"发票原件"}}`)).Is(200).Body)
	for _, want := range []string{`"state":"draft"`, `"changed":["inputs"]`, `"发票原件"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	agent.JSON(http.MethodPost, at+"/publish", nil).Is(404)
	agent.JSON(http.MethodPost, at+"/propose", nil).Is(200)
	head.JSON(http.MethodPost, at+"/send-back", json.RawMessage(`{"reason":""}`)).Is(422)
	head.JSON(http.MethodPost, at+"/publish", nil).Is(200)
	if got := h.service("finance.expense").Inputs.Zh; got != "发票原件" {
		t.Error(got)
	}
	head.JSON(http.MethodDelete, at, nil).Is(409)
}
