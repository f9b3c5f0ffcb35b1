package catalog

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/webtest"
	"neike/internal/org"
)

// door opens the house to browsers and programs. A client says who it is in a header of its tests: "Bearer 2001" is the
// person with that 工号.
func door(t *testing.T, h house) *webtest.Client {
	t.Helper()
	book, err := lang.New(Locale, calendar.Locale, form.Locale, ui.Locale, web.Locale, access.Locale, org.Locale)
	must(t, err)
	book.Clock = h.db.Now
	m := web.New(web.Options{
		Book: book, Gate: h.access.Gate(), Locale: "zh", Zone: "Asia/Shanghai",
		Who: func(r *http.Request) (actor.Actor, error) {
			no := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			if no == "" {
				return actor.Actor{}, nil
			}
			p, err := h.org.PersonByNo(h.ctx, no)
			if err != nil {
				return actor.Actor{}, err
			}
			a, err := h.org.ActorOf(h.ctx, p.ID)
			a.Scopes, a.Token = []string{"read", "write"}, 1
			return a, err
		},
	})
	h.Mount(m)
	return webtest.Serve(t, m)
}

func TestTheCatalogueForPeople(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		h.load("hr")
		c := door(t, h).With("4001")

		page := c.Get("/services").Is(200).Page()
		if got := page.Find("h1").Text(); got != "服务目录" {
			t.Errorf("h1 %q", got)
		}
		if got := page.Find(".nk-lead").Text(); !strings.Contains(got, "2 个部门办理 14 项服务") {
			t.Errorf("lead %q", got)
		}
		if n := page.Find(".nk-cat-units a").Length(); n != 2 {
			t.Errorf("%d departments", n)
		}
		if n := page.Find("li.nk-svc").Length(); n != 9 { // the first department, seven on request and two standing
			t.Errorf("%d services", n)
		}
		row := page.Find(`li[data-code="finance.expense"]`)
		if text := row.Text(); !strings.Contains(text, "费用报销") || !strings.Contains(text, "5 个工作日") || !strings.Contains(text, "建议值") {
			t.Errorf("row %q", text)
		}
		if href, _ := row.Find("a.btn").Attr("href"); href != "/requests/new/finance.expense" {
			t.Errorf("asks at %q", href)
		}
		if text := page.Find(`li[data-code="finance.aging"]`).Text(); !strings.Contains(text, "每周一 10:00") {
			t.Errorf("standing %q", text)
		}
		if n := page.Find(`li[data-code="finance.aging"] a.btn`).Length(); n != 0 {
			t.Error("a standing delivery can be asked for")
		}
		hr := c.Get("/services?unit=hr").Is(200).Page()
		if hr.Find(`li[data-code="hr.cert"]`).Length() != 1 || hr.Find(`li[data-code="finance.pay"]`).Length() != 0 {
			t.Error("the department was not chosen")
		}
		for _, q := range []string{"报销", "fybx", "expense"} {
			found := c.Get("/services?q=" + q).Is(200).Page()
			if found.Find(`li[data-code="finance.expense"]`).Length() != 1 {
				t.Errorf("%s does not find it", q)
			}
		}
		if none := c.Get("/services?q=xyzzy").Is(200).Page().Find(".nk-empty").Text(); !strings.Contains(none, "xyzzy") {
			t.Errorf("nothing found says %q", none)
		}
		if n := c.Get("/services?q=%3Cscript%3E").Is(200).Page().Find("main script").Length(); n != 0 {
			t.Error("a search became a script")
		}
		if file := string(c.Get("/services/export?format=csv").Is(200).Body); !strings.Contains(file, "finance,财务部,finance.expense,费用报销") || !strings.Contains(file, "hr.cert") {
			t.Errorf("the file holds %s", file)
		}
		if file := string(c.Get("/services/export?format=csv&unit=hr").Is(200).Body); strings.Contains(file, "finance.") || !strings.Contains(file, "hr.cert") {
			t.Errorf("the file of a department holds %s", file)
		}
		if file := string(c.Get("/standards/export?format=csv&unit=finance").Is(200).Body); !strings.Contains(file, "5 个工作日") || strings.Contains(file, "hr.") {
			t.Errorf("the file of standards holds %s", file)
		}
		c.Get("/services/export?format=xlsx").Is(200)
		htmx := door(t, h).With("4001")
		htmx.HTMX = "catalog"
		if body := string(htmx.Get("/services?q=fybx").Is(200).Body); strings.Contains(body, "<html") || !strings.Contains(body, `id="catalog"`) {
			t.Error("htmx does not get the content alone")
		}
	})
}

func TestTheServicePage(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		open := door(t, h)
		c := open.With("4001")
		page := c.Get("/services/finance.expense").Is(200).Page()
		if got := page.Find(".nk-due time").Text(); got == "" {
			t.Error("no promise")
		}
		if got := page.Find(".nk-asks-for li").Length(); got != 4 {
			t.Errorf("%d fields", got)
		}
		aside := page.Find("aside").Text()
		for _, want := range []string{"财务部的承诺", "现在提交，最晚办结", "首次响应", "98%", "建议值"} {
			if !strings.Contains(aside, want) {
				t.Errorf("aside lacks %s", want)
			}
		}
		if page.Find(`form[action$="/confirm"]`).Length() != 0 || page.Find(`a[href$="/edit"]`).Length() != 0 {
			t.Error("a customer is offered what only the head may do")
		}
		head := open.With("2001").Get("/services/finance.expense").Is(200).Page()
		if head.Find(`form[action$="/confirm"]`).Length() != 1 || head.Find(`a[href$="/standard"]`).Length() != 1 || head.Find(`a[href$="/edit"]`).Length() != 1 {
			t.Error("the head is not offered what the head may do")
		}
		if got := c.Get("/services/finance.aging").Is(200).Page().Find("main").Text(); !strings.Contains(got, "每周一 10:00") {
			t.Error("the standing service does not say when it is due")
		}
		en := open.With("4001")
		en.Lang = "en"
		if got := en.Get("/services/finance.expense").Is(200).Page().Find("h1").Text(); got != "Expense claim" {
			t.Errorf("in English %q", got)
		}
		foreign := c.Get("/services/finance.nothing")
		d := repair()
		d.State = Draft
		_, _, err := h.Write(h.as("2001"), d, 0)
		must(t, err)
		hidden := c.Get("/services/finance.repair")
		if foreign.Status != 404 || hidden.Status != 404 {
			t.Errorf("%d and %d", foreign.Status, hidden.Status)
		}
		open.Get("/services").Is(401)
	})
}

func TestTheStandardPage(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		open := door(t, h)
		head := open.With("2001")
		page := head.Get("/services/finance.expense/standard").Is(200).Page()
		if got := page.Find("h1").Text(); got != "费用报销 标准 v2" {
			t.Errorf("h1 %q", got)
		}
		cards := page.Find(".nk-choice")
		if cards.Length() != 7 {
			t.Fatalf("%d ways of counting", cards.Length())
		}
		if n := page.Find(".nk-choice .nk-num").Length(); n != 7 {
			t.Errorf("%d due times", n)
		}
		if v, _ := page.Find(`input[name="completion.unit"][checked]`).Attr("value"); v != "workdays_eod" {
			t.Errorf("chosen %q", v)
		}
		other := head.Get("/services/finance.expense/standard?completion.value=24&completion.unit=working_hours&example=0").Is(200).Page()
		if got := other.Find("#examples").Text(); !strings.Contains(got, "24 工作小时") || !strings.Contains(got, "不同算法最多差") {
			t.Errorf("the examples do not follow: %q", got)
		}
		revision, _ := page.Find(`input[name="revision"]`).Attr("value")
		fields := []string{"revision", revision, "completion.value", "24", "completion_target", "90", "response.value", "4", "response.unit", "working_hours", "response_target", "95", "metric.zh", "一次审核准确率", "accuracy", "98"}

		refused := head.Form("/services/finance.expense/standard", append([]string{"completion.unit", ""}, fields...)...).Is(422).Page()
		if got := refused.Find(".nk-err").Text(); !strings.Contains(got, "按什么算") {
			t.Errorf("without a unit: %q", got)
		}
		if v, _ := refused.Find(`input[name="completion.value"]`).Attr("value"); v != "24" {
			t.Errorf("what was typed is lost: %q", v)
		}
		bad := head.Form("/services/finance.expense/standard", "revision", revision, "completion.value", "viele", "completion_target", "190", "response.value", "4", "metric.zh", "x").Is(422).Page()
		if n := bad.Find(".nk-err").Length(); n != 4 {
			t.Errorf("%d findings: %s", n, bad.Find(".nk-err").Text())
		}
		head.Form("/services/finance.expense/standard", append([]string{"completion.unit", "working_hours"}, fields...)...).Is(303).Leads("/services/finance.expense")
		if s := h.service("finance.expense"); s.Standard.Completion != hours(24) || s.Standard.Starting || s.Standard.Accuracy != 0.98 {
			t.Errorf("%+v", s.Standard)
		}
		head.Form("/services/finance.expense/standard", append([]string{"completion.unit", "elapsed_hours"}, fields...)...).Is(412)
		open.With("4001").Get("/services/finance.expense/standard").Is(404)
		open.With("2002").Form("/services/finance.expense/standard", fields...).Is(404)

		standing := head.Get("/services/finance.aging/standard").Is(200).Page()
		if standing.Find(".nk-choice").Length() != 0 {
			t.Error("a standing service has a completion time")
		}
		head.Form("/services/finance.aging/standard", "revision", "1", "completion_target", "99", "metric.zh", "账龄数据准确率", "accuracy", "99").Is(303)
	})
}

func TestStandardsOfMyUnits(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		h.load("hr")
		open := door(t, h)
		head := open.With("2001")
		page := head.Get("/standards").Is(200).Page()
		if n := page.Find("tbody tr").Length(); n != 9 {
			t.Errorf("%d services", n)
		}
		if n := page.Find(".nk-starting").Length(); n != 9 {
			t.Errorf("%d starting values", n)
		}
		if n := page.Find(`form[action="/standards/confirm"]`).Length(); n != 1 {
			t.Error("the head cannot confirm them at once")
		}
		head.Form("/standards/confirm", "unit", "finance", "back", "/standards?unit=finance").Is(303).Leads("/standards?unit=finance")
		if n := head.Get("/standards").Is(200).Page().Find(".nk-starting").Length(); n != 0 {
			t.Errorf("%d starting values remain", n)
		}
		other := open.With("4001")
		if n := other.Get("/standards?unit=hr").Is(200).Page().Find(`a.btn[href$="/standard"]`).Length(); n != 0 {
			t.Error("a stranger is offered a change")
		}
		if text := other.Get("/standards").Is(200).Page().Find(".nk-empty").Text(); text == "" {
			t.Error("a unit without services is not told so")
		}
		other.Form("/standards/confirm", "unit", "hr").Is(404)
		head.Form("/standards/confirm", "unit", "hr").Is(404)
		head.Form("/standards/confirm", "unit", "finance", "back", "https://evil.example").Is(303).Leads("/standards")
	})
}

func TestEditingAService(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		open := door(t, h)
		head := open.With("2001")
		page := head.Get("/services/finance.aging/edit").Is(200).Page()
		if v, _ := page.Find(`input[name="schedule.at"]`).Attr("value"); v != "10:00" {
			t.Errorf("at %q", v)
		}
		refused := head.Form("/services/finance.aging/edit", "revision", "1", "name.zh", "", "deliverable.zh", "清单", "schedule.every", "week", "schedule.on", "workday 3", "schedule.at", "10:00").Is(422).Page()
		if n := refused.Find(".nk-err").Length(); n != 2 {
			t.Errorf("%d findings", n)
		}
		head.Form("/services/finance.aging/edit", "revision", "1", "name.zh", "账龄周报", "name.en", "Ageing", "deliverable.zh", "清单", "schedule.every", "week", "schedule.on", "tue", "schedule.at", "11:00").Leads("/services/finance.aging/change")
		_, re, err := h.RewordingOf(h.as("2001"), "finance.aging")
		must(t, err)
		head.Form("/services/finance.aging/edit", "stamp", "1", "name.zh", "又改", "deliverable.zh", "清单", "schedule.every", "week", "schedule.on", "tue", "schedule.at", "11:00").Is(412)
		head.Form("/services/finance.aging/change/publish", "stamp", stampText(re.Stamp)).Is(303)
		if s := h.service("finance.aging"); s.Name.Zh != "账龄周报" || s.Schedule.On != "tue" || s.Version != 1 || s.Revision != 2 {
			t.Errorf("%+v", s)
		}
		head.Form("/services/finance.pay/retire").Is(303)
		open.With("4001").Get("/services/finance.pay").Is(404)
		head.Get("/services/finance.pay").Is(200)
		head.Form("/services/finance.pay/publish").Is(303)
		open.With("4001").Form("/services/finance.pay/retire").Is(404)
		open.With("4001").Get("/services/finance.pay/edit").Is(404)
	})
}

func TestTheInterface(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		open := door(t, h)
		c := open.With("4001")
		var list struct {
			Items []struct {
				Code, Unit, Kind, State string
				Standard                struct {
					Completion calendar.Duration
					Target     float64 `json:"completion_target"`
					Starting   bool
				}
			}
			Next string `json:"next_cursor"`
		}
		c.Get("/api/v1/services?limit=4").Is(200).Decode(&list)
		if len(list.Items) != 4 || list.Items[0].Code != "finance.expense" || list.Items[0].Unit != "finance" || list.Items[0].Standard.Target != 0.9 || !list.Items[0].Standard.Starting || list.Next == "" {
			t.Errorf("%+v", list)
		}
		seen := map[string]bool{}
		for next := ""; ; {
			list.Items, list.Next = nil, ""
			c.Get("/api/v1/services?limit=4&cursor=" + next).Is(200).Decode(&list)
			for _, x := range list.Items {
				seen[x.Code] = true
			}
			if next = list.Next; next == "" {
				break
			}
		}
		if len(seen) != 9 {
			t.Errorf("%d services over all pages", len(seen))
		}
		for query, want := range map[string]int{"kind=standing": 2, "q=fybx": 1, "unit=finance": 9, "unit=hr": 0, "unit=none": 0, "state=draft": 0, "state=retired": 0} {
			list.Items = nil
			c.Get("/api/v1/services?" + query).Is(200).Decode(&list)
			if len(list.Items) != want {
				t.Errorf("%s: %d", query, len(list.Items))
			}
		}
		c.Get("/api/v1/services?cursor=nonsense").Is(422)
		one := c.Get("/api/v1/services/finance.expense").Is(200)
		var s struct {
			Code string
			Form struct {
				Fields []struct {
					Key, Type string
					Required  bool
				}
			}
			Promise struct {
				Due string `json:"due_at"`
			}
		}
		one.Decode(&s)
		if len(s.Form.Fields) != 4 || s.Form.Fields[0].Type != "currency" || s.Promise.Due == "" || one.Header.Get("ETag") == "" {
			t.Errorf("%+v", s)
		}
		c.Get("/api/v1/services/finance.none").Is(404)
	})
}

func TestWritingByInterface(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		open := door(t, h)
		head := open.With("2001")
		body := `{"code":"finance.repair","name":{"zh":"修印机","en":"Printer repair"},"form":{"fields":[{"key":"place","type":"text","label":{"zh":"地点","en":"Place"},"required":true}]},
"standard":{"completion":{"value":8,"unit":"working_hours"},"completion_target":0.9,"accuracy":{"metric":{"zh":"一次修好率"},"target":0.85}}}`
		made := head.Post("/api/v1/services", body).Is(201)
		etag := made.Header.Get("ETag")
		if s := h.service("finance.repair"); !s.Askable() || s.Standard.Starting || s.Standard.Accuracy != 0.85 {
			t.Errorf("%+v", s)
		}
		if again := head.Post("/api/v1/services", body).Is(200); again.Header.Get("ETag") != etag {
			t.Error("the same again is another state")
		}
		head.Post("/api/v1/services", `{"code":"finance.repair","description":{"zh":"办公区"}}`, "If-Match", etag).Is(200)
		if s := h.service("finance.repair"); s.Name.Zh != "修印机" || s.Description.Zh != "办公区" || len(s.Form.Fields) != 1 {
			t.Errorf("what was left out did not stay: %+v", s)
		}
		head.Post("/api/v1/services", `{"code":"finance.repair","description":{"zh":"全厂"}}`, "If-Match", etag).Is(412)
		std := `{"completion":{"value":2,"unit":"workdays_eod"},"completion_target":0.95}`
		head.JSON("PUT", "/api/v1/services/finance.repair/standard", std, "If-Match", etag).Is(412)
		now := head.Get("/api/v1/services/finance.repair").Is(200).Header.Get("ETag")
		head.JSON("PUT", "/api/v1/services/finance.repair/standard", std, "If-Match", now).Is(200)
		if s := h.service("finance.repair"); s.Version != 2 || s.Standard.Completion.Value != 2 {
			t.Errorf("%+v", s)
		}
		var problem struct {
			Fields []struct{ Name, Key, Message string }
		}
		head.JSON("PUT", "/api/v1/services/finance.repair/standard", `{"completion":{"value":24},"completion_target":90}`).Is(422).Decode(&problem)
		if len(problem.Fields) != 2 || problem.Fields[0].Name != "completion.unit" || problem.Fields[1].Key != "catalog.share-range" || problem.Fields[0].Message == "" {
			t.Errorf("%+v", problem)
		}
		pack := `{"code":"finance.stamp","name":{"zh":"盖章"},"kind":"request","form":[],"standards":{"response":{"value":1,"unit":"working_hours"},"response_target_pct":95,"completion":{"value":1,"unit":"workdays_eod"},"completion_target_pct":99.5,"quality":{"metric":{"zh":"准确率"},"target_pct":99}}}`
		head.Post("/api/v1/services", pack).Is(201)
		if s := h.service("finance.stamp"); s.Standard.CompletionTarget != 0.995 || s.Standard.ResponseTarget != 0.95 {
			t.Errorf("%+v", s.Standard)
		}
		stranger := open.With("4001")
		stranger.Post("/api/v1/services", pack).Is(403) // the service and its unit are there for everybody to see
		fresh := strings.Replace(pack, "finance.stamp", "finance.another", 1)
		hidden := strings.Replace(pack, "finance.stamp", "finance.hidden", 1)
		head.Post("/api/v1/services", strings.Replace(hidden, `"kind"`, `"state":"draft","kind"`, 1)).Is(201)
		there, not := stranger.Post("/api/v1/services", hidden).Is(403), stranger.Post("/api/v1/services", fresh).Is(403)
		if string(there.Body) != string(not.Body) || !strings.Contains(string(not.Body), "财务部") {
			t.Errorf("what is hidden and what is not there differ, or the reason is missing:\n%s\n%s", there.Body, not.Body)
		}
		must(t, h.org.SetRoles(h.ctx, "2002", []string{"agent@finance"}, 0))
		agentOf := open.With("2002")
		if got := agentOf.Post("/api/v1/services", fresh).Is(403); got.Key() != "catalog.not-to-offer" {
			t.Errorf("%s", got.Body)
		}
		stranger.JSON("PUT", "/api/v1/services/finance.stamp/standard", std).Is(404)
		head.Post("/api/v1/services/finance.stamp/retire", nil).Is(200)
		stranger.Get("/api/v1/services/finance.stamp").Is(404)
		head.Post("/api/v1/services/finance.stamp/retire", nil).Is(409)
		head.Post("/api/v1/services/finance.stamp/publish", nil).Is(200)
		head.Post("/api/v1/services", `{"code":"x","state":"gone"}`).Is(422)
		head.Post("/api/v1/services", `{"code":`).Is(400)
	})
}

func TestWordsAreComplete(t *testing.T) {
	book, err := lang.New(Locale)
	must(t, err)
	if missing := book.Missing(); len(missing) > 0 {
		t.Error(missing)
	}
	ctx := lang.With(context.Background(), book, "en", "UTC")
	for _, p := range parts {
		if lang.T(ctx, "catalog.kept-"+p) == "" || lang.T(ctx, "catalog.kept-both-"+p) == "" {
			t.Error(p)
		}
	}
}
