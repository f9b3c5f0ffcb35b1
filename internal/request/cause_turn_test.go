package request

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
)

// lateTwice is an advance of 2002 whose customer was twice answered late, and once in time between.
func (h house) lateTwice() Request {
	h.t.Helper()
	h.replying()
	r := h.open("3002")
	must(h.t, second(h.Take(h.as("2002"), r.Number, When{})))
	must(h.t, second(h.Message(h.as("2002"), r.Number, "收到", nil, When{})))
	for _, late := range []bool{true, false, true} {
		h.later(time.Minute)
		x, err := h.Message(h.as("3002"), r.Number, "还差什么", nil, When{})
		must(h.t, err)
		if late {
			dbtest.Clock(h.db).Set(x.ReplyDue.Add(time.Minute))
			must(h.t, h.Clock.Breach(h.ctx))
		}
		must(h.t, second(h.Message(h.as("2002"), r.Number, "不差了", nil, When{})))
	}
	return r
}

// A late answer has a cause like any other late clock, turn by turn: stated, disputed, decided, left out of the score.
func TestTheCauseOfALateAnswer(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		start := h.db.Now()
		r := h.lateTwice()
		n, agent, customer, quality := r.Number, h.as("2002"), h.as("3002"), h.as("1001")
		is := func(want ...string) {
			t.Helper()
			var got []string
			for _, b := range h.breaches(n) {
				got = append(got, strings.TrimSpace(b.name()+" "+b.State+" "+string(b.Cause)))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("causes are %v, want %v", got, want)
			}
		}
		is("next_response:1 asked", "next_response:3 asked")
		asked := 0
		for _, s := range h.owes("2002", "person") {
			if strings.Contains(s, "cause") {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("the assignee is asked %d times", asked)
		}
		fails(t, second(h.StateCause(agent, n, CauseSaid{Clock: clock.Completion, Cause: CauseOwn, Text: "没有"}, When{})), fault.Conflict, "request.not-late")
		fails(t, second(h.StateCause(agent, n, CauseSaid{Clock: "next_response:2", Cause: CauseOwn, Text: "没有"}, When{})), fault.Conflict, "request.not-late")
		fails(t, second(h.StateCause(agent, n, CauseSaid{Clock: "yours:1", Cause: CauseOwn, Text: "没有"}, When{})), fault.Invalid, "")
		must(t, second(h.StateCause(agent, n, CauseSaid{Clock: "next_response:3", Cause: CauseThird, Unit: "it", Text: "系统停机"}, When{})))
		is("next_response:1 asked", "next_response:3 stated third")
		must(t, second(h.DisputeCause(customer, n, CauseSaid{Text: "没有停"}, When{})))
		must(t, second(h.DecideCause(quality, n, CauseSaid{Clock: clock.NextResponse, Cause: CauseForce, Text: "机房断电"}, When{})))
		must(t, second(h.StateCause(agent, n, CauseSaid{Cause: CauseOwn, Text: "忘了"}, When{})))
		is("next_response:1 settled own", "next_response:3 settled force")
		h.sound()

		span := Span{start.AddDate(0, 0, -1), start.AddDate(0, 0, 14)}
		rows, err := h.Attained(quality, Cohort{By: ByService, Clock: clock.NextResponse, Span: span})
		must(t, err)
		if len(rows) != 1 || rows[0].Met != 1 || rows[0].Breached != 2 || rows[0].Excused != 1 {
			t.Fatalf("%+v", rows)
		}
		if score, ok := rows[0].Score(); !ok || score != 0.5 {
			t.Errorf("the score is %v", score)
		}
		d := h.open4()
		listed := func(query string, want int, says string) {
			t.Helper()
			doc := d.page(d.get("2001", "/breaches?clock=next_response&"+query), 200)
			if got := doc.Find("#list tbody tr, tbody tr").Length(); got != want || want > 0 && !strings.Contains(doc.Text(), says) {
				t.Errorf("%s lists %d: %s", query, got, doc.Find("tbody").Text())
			}
		}
		listed("", 1, "后续答复（第 3 次） · 不计入得分")
		listed("cause=force", 1, "后续答复（第 1 次）")
		listed("cause=customer", 0, "")
		last := h.turnsIn(r.ID)[2]
		listed(url.Values{"cause": {"own"}, "due_from": {last.Due.Add(-time.Minute).Format(time.RFC3339)}}.Encode(), 0, "")
		page := d.page(d.get("2002", "/requests/"+r.Ref()), 200)
		if text := page.Text(); !strings.Contains(text, "裁定后续答复（第 3 次）超时原因是不可抗力") {
			t.Error("the timeline does not say which answer it was")
		}
		if body := d.get("2002", "/api/v1/requests/"+r.Ref()).Body.String(); !strings.Contains(body, `"clock":"next_response","turn":3`) {
			t.Error(body)
		}
		if w := d.get("2001", "/breaches/export?format=csv&clock=next_response"); !strings.Contains(w.Body.String(), "不可抗力") {
			t.Errorf("the file says %s", w.Body)
		}
	})
}

// Where several clocks were late the form asks which is meant, and keeps what was chosen.
func TestTheFormOfACauseAsksWhichClock(t *testing.T) {
	d := quick(t).open4()
	r := d.lateTwice()
	form := d.page(d.get("2002", "/requests/"+r.Ref()), 200).Find("#d-cause [name=clock] option")
	if form.Length() != 2 || form.Eq(1).AttrOr("value", "") != "next_response:3" || form.Eq(1).Text() != "后续答复（第 3 次）" {
		t.Errorf("%s", form.Text())
	}
	path := "/requests/" + r.Ref() + "/cause"
	bad := d.page(d.post("2002", path, url.Values{"clock": {"next_response:3"}, "cause": {"customer"}}), 422)
	if v, _ := bad.Find("[name=clock] option[selected]").Attr("value"); v != "next_response:3" {
		t.Errorf("what was chosen is lost: %q", v)
	}
	if w := d.post("2002", path, url.Values{"clock": {"next_response:3"}, "cause": {"customer"}, "text": {"没有接电话"}}); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if list := d.breaches(r.Number); len(list) != 2 || list[0].State != CauseAsked || list[1].State != CauseStated {
		t.Errorf("%+v", list)
	}
}

// The cause of a late first response is stated and settled like that of a late completion.
func TestTheCauseOfALateFirstResponse(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.begun()
		dbtest.Clock(h.db).Set(r.Due.Add(time.Hour))
		must(t, h.Clock.Breach(h.ctx))
		list := h.breaches(r.Number)
		if len(list) != 2 || list[1].Clock != clock.FirstResponse || list[1].State != CauseAsked {
			t.Fatalf("%+v", list)
		}
		must(t, second(h.StateCause(h.as("2002"), r.Number, CauseSaid{Clock: clock.FirstResponse, Cause: CauseCustomer, Text: "留的电话不对"}, When{})))
		must(t, second(h.AgreeCause(h.as("3002"), r.Number, CauseSaid{}, When{})))
		rows, err := h.Attained(h.as("1001"), Cohort{By: ByUnit, Clock: clock.FirstResponse, Span: Span{r.OpenedAt.AddDate(0, 0, -1), r.OpenedAt.AddDate(0, 0, 30)}})
		must(t, err)
		if len(rows) != 1 || rows[0].Breached != 1 || rows[0].Excused != 1 {
			t.Errorf("%+v", rows)
		}
		if tag := causeTag(h.as("2002"), h.breaches(r.Number)[1]); !strings.HasPrefix(tag.Text, "首次响应 · ") {
			t.Errorf("the tag says %q", tag.Text)
		}
		h.sound()
	})
}

// Where several causes were stated, accepting asks which is meant and says what each was; of a single one it is a click.
func TestAcceptingOneOfSeveralCauses(t *testing.T) {
	d := quick(t).open4()
	r := d.lateTwice()
	path := "/requests/" + r.Ref()
	state := func(turn string, cause Cause) {
		t.Helper()
		must(t, second(d.StateCause(d.as("2002"), r.Number, CauseSaid{Clock: turn, Cause: cause, Text: "看情况"}, When{})))
	}
	state("next_response:1", CauseForce)
	page := d.page(d.get("3002", path), 200)
	if page.Find("#d-cause-agree").Length() != 0 || page.Find(`form[action="`+path+`/cause-agree"]`).Length() != 1 {
		t.Error("a single cause asks which")
	}
	state("next_response:3", CauseCustomer)
	options := d.page(d.get("3002", path), 200).Find("#d-cause-agree [name=clock] option")
	if options.Length() != 2 || options.Eq(1).Text() != "后续答复（第 3 次） · 客户" {
		t.Errorf("%q", options.Text())
	}
	if d.page(d.get("3002", path+"/cause-agree"), 200).Find("[name=clock] option").Length() != 2 {
		t.Error("the page of its own does not ask which")
	}
	if bad := d.page(d.post("3002", path+"/cause-agree", url.Values{"clock": {"yours"}}), 422); bad.Find("#f-cause-agree [name=clock]").Length() != 1 {
		t.Error("a wrong one comes without the form")
	}
	d.page(d.post("3002", path+"/cause-agree", url.Values{"clock": {"next_response:3"}}), 303)
	if list := d.breaches(r.Number); list[0].State != CauseStated || list[1].State != CauseSettled || !list[1].Excused {
		t.Fatalf("%+v", list)
	}
	if w := d.call("3002", "POST", "/api/v1/requests/"+r.Ref()+"/cause-agree", `{"clock":"next_response:1"}`); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if list := d.breaches(r.Number); list[0].State != CauseSettled {
		t.Errorf("%+v", list)
	}
}
