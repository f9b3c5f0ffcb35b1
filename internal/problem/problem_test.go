package problem_test

import (
	"strings"
	"testing"
	"time"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/problem"
)

// each opens a house with finance (head 2001, agent 2002) and its services, and project (3002), on either engine.
func each(t *testing.T, fn func(t *testing.T, h *house.House)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := app.Config{Data: t.TempDir(), Fast: true}
			if engine == "postgres" {
				c.DatabaseURL = dbtest.URL(t, app.Schemas()...)
			}
			h := house.With(t, c)
			h.Settle()
			data, _ := content.Pack("finance")
			_, err := h.Catalog.Import(h.System(), "finance", data, false)
			must(t, err)
			fn(t, h)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if err == nil || fault.KindOf(err) != kind || key != "" && (!ok || f.Key != key) {
		t.Errorf("got %v, want %v %s", err, kind, key)
	}
}

func slow() problem.Input {
	return problem.Input{Services: []string{"finance.advance", "finance.expense"}, Title: lang.Text{Zh: "报销系统很慢", En: "Expenses are slow"},
		Words: lang.Text{Zh: "正在扩容", En: "More servers are on the way"}}
}

// TestAKnownProblem from the day it is known to the answer whether it is solved.
func TestAKnownProblem(t *testing.T) {
	each(t, func(t *testing.T, h *house.House) {
		s := h.Problem
		for _, bad := range []problem.Input{{}, {Services: []string{"finance.advance"}}, {Services: []string{"nothing"}, Title: slow().Title, Words: slow().Words},
			{Services: slow().Services, Title: slow().Title, Words: slow().Words, Expected: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}} {
			_, err := s.Open(h.As("2002"), bad)
			wants(t, err, fault.Invalid, "")
		}
		_, err := s.Open(h.As("3002"), slow())
		wants(t, err, fault.Invalid, "") // the services are not theirs to speak for
		p, err := s.Open(h.As("2002"), slow())
		must(t, err)

		customer := h.SignedIn("3002")
		customer.Get("/requests/new/finance.advance").Is(200).Shows("[data-problem]", "报销系统很慢")
		customer.Get("/services/finance.expense").Is(200).Shows("[data-problem]", "正在扩容")
		customer.Get("/services").Is(200).Shows("#problems", "报销系统很慢")
		customer.Form("/problems/"+p.Ref()+"/me-too", "words", "每天下午都这样").Is(303)
		customer.Get("/problems/"+p.Ref()).Is(200).Shows("#count", "有人遇到").Shows("#leave", "收回")
		if got := customer.Get("/problems/" + p.Ref()).Page(); got.Find("#affected, #said, #end").Length() != 0 {
			t.Error("who does not serve the unit sees who is affected")
		}
		agent := h.SignedIn("2002")
		agent.Get("/problems/"+p.Ref()).Is(200).Shows("#affected", "1 人").Shows("#said", "每天下午都这样")
		customer.Form("/problems/"+p.Ref(), "title_zh", "x", "words_zh", "y").Is(404)
		customer.Form("/problems/"+p.Ref()+"/end", "state", "solved").Is(404)
		agent.Form("/problems/"+p.Ref(), "title_zh", "", "words_zh", "y", "revision", "1").Is(422).Shows("textarea[name=words_zh]", "y")
		agent.Form("/problems/"+p.Ref(), "title_zh", "报销系统很慢", "words_zh", "明早恢复", "revision", "1").Is(303)
		agent.Form("/problems/"+p.Ref(), "title_zh", "报销系统很慢", "words_zh", "又改", "revision", "1").Is(409)

		wants(t, second(s.Answer(h.As("3002"), p.Number, true)), fault.Conflict, "problem.not-asked")
		_, err = s.End(h.As("2001"), p.Number, problem.Solved, lang.Text{}, problem.Input{})
		must(t, err)
		_, err = s.End(h.As("2001"), p.Number, problem.Solved, lang.Text{}, problem.Input{})
		wants(t, err, fault.Conflict, "problem.ended-already")
		wants(t, s.Share(h.As("3003"), p.Number, ""), fault.Conflict, "problem.ended-already")
		customer.Get("/problems/"+p.Ref()).Is(200).Shows("#answer", "没有")
		made := customer.Form("/problems/"+p.Ref()+"/answer", "solved", "no").Is(303).Header.Get("Location")
		if !strings.HasPrefix(made, "/requests/new/finance.") || !strings.Contains(made, "title=") {
			t.Errorf("a no leads to %s", made)
		}
		customer.Get(made).Is(200).Shows("form#ask", "")
		customer.Form("/problems/"+p.Ref()+"/answer", "solved", "yes").Is(409)
		agent.Get("/problems/"+p.Ref()).Is(200).Shows("#affected", "1 人说没有")
		if list, err := s.OfService(h.As("3002"), p.Services[0]); err != nil || len(list) != 0 {
			t.Errorf("what is solved is still shown before one asks: %v %v", list, err)
		}
		must(t, h.Bus.Drain(h.System()))
		told, err := h.Notice.List(h.As("3002"), false, web.Paging{Limit: 10})
		must(t, err)
		if len(told.Items) != 2 || told.Items[0].Kind != "problem.solved" || told.Items[0].Link != "/problems/"+p.Ref() {
			t.Errorf("who has it was told %+v", told.Items)
		}
	})
}

func second(_ int64, _ string, err error) error { return err }

// TestWhoMayKnowOfAProblem: what was withdrawn is for those who serve it and those who have it; not there and not yours are
// the same bytes.
func TestWhoMayKnowOfAProblem(t *testing.T) {
	each(t, func(t *testing.T, h *house.House) {
		s := h.Problem
		p, err := s.Open(h.As("2002"), slow())
		must(t, err)
		must(t, s.Share(h.As("3002"), p.Number, ""))
		must(t, s.Leave(h.As("3002"), p.Number))
		wants(t, s.Leave(h.As("3002"), p.Number), fault.Conflict, "problem.not-shared")
		must(t, s.Share(h.As("3002"), p.Number, "还在"))
		if v, err := s.ByNumber(h.As("2002"), p.Number); err != nil || v.Count.People != 1 || len(v.MeToos) != 1 {
			t.Errorf("counted %+v, %v", v.Count, err)
		}
		_, err = s.End(h.As("2002"), p.Number, problem.Withdrawn, lang.Text{}, problem.Input{})
		must(t, err)
		h.SignedIn("3002").Get("/problems/" + p.Ref()).Is(200)
		other := h.SignedIn("3003")
		gone, never := other.Get("/problems/"+p.Ref()).Is(404), other.Get("/problems/K-999").Is(404)
		if strings.ReplaceAll(string(gone.Body), p.Ref(), "") != strings.ReplaceAll(string(never.Body), "K-999", "") {
			t.Error("not yours and not there differ")
		}
	})
}

// TestProblemsByCalls: the same for programs.
func TestProblemsByCalls(t *testing.T) {
	h := house.With(t, app.Config{Data: t.TempDir(), Fast: true}).Settle()
	data, _ := content.Pack("finance")
	_, err := h.Catalog.Import(h.System(), "finance", data, false)
	must(t, err)
	agent, customer := h.SignedIn("2002"), h.SignedIn("3002")
	var made struct{ Number, State string }
	body := map[string]any{"services": []string{"finance.advance"}, "title": map[string]string{"zh": "系统很慢"}, "words": map[string]string{"zh": "正在处理"}}
	agent.Post("/api/v1/problems", body).Is(200).Decode(&made)
	path := "/api/v1/problems/" + made.Number
	var got struct {
		People *int
		Reason string
		MeToo  bool `json:"me_too"`
		Asked  bool
		Said   []struct{ Words string }
	}
	customer.Post(path+"/me-too", map[string]any{"words": "我也是"}).Is(200).Decode(&got)
	if !got.MeToo || got.People != nil || got.Reason != "few" || len(got.Said) != 0 {
		t.Errorf("its customer reads %+v", got)
	}
	customer.Post(path+"/update", body).Is(404)
	agent.Post(path+"/update", body, "If-Match", `"stale"`).Is(412)
	agent.Post(path+"/update", body).Is(200)
	agent.Post(path+"/end", map[string]any{"state": "solved"}).Is(200)
	customer.Get(path).Is(200).Decode(&got)
	if !got.Asked {
		t.Errorf("is not asked: %+v", got)
	}
	customer.Post(path+"/answer", map[string]any{"solved": true}).Is(200).Decode(&got)
	var list struct{ Items []struct{ Number string } }
	customer.Get("/api/v1/problems?state=ended").Is(200).Decode(&list)
	if len(list.Items) != 1 {
		t.Errorf("%d ended", len(list.Items))
	}
}

// TestThePublicCount says a number from five people on.
func TestThePublicCount(t *testing.T) {
	for people, want := range map[int]int{0: 0, 1: -1, 4: -1, 5: 5, 40: 40} {
		if got := (problem.Counted{People: people, Least: 5}).Public(); got != want {
			t.Errorf("%d people: %d, want %d", people, got, want)
		}
	}
}

// Known problems are searched by title, words and number, sent as a file that says no small number, and the list listens.
func TestKnownProblemsAreSearchedAndSent(t *testing.T) {
	each(t, func(t *testing.T, h *house.House) {
		known := func(zh, words string) problem.Problem {
			t.Helper()
			p, err := h.Problem.Open(h.As("2002"), problem.Input{Services: []string{"finance.advance"}, Title: lang.Text{Zh: zh, En: "VPN"}, Words: lang.Text{Zh: words}})
			must(t, err)
			return p
		}
		first, second := known("报销系统打不开", "正在重启"), known("打印 100% 变形", "等厂家")
		must(t, h.Problem.Share(h.As("3002"), first.Number, "我也是"))
		_, err := h.Problem.End(h.As("2002"), second.Number, problem.Solved, lang.Text{}, problem.Input{})
		must(t, err)
		c := h.SignedIn("3002")
		for q, want := range map[string][2]int{"": {1, 1}, "报销": {1, 0}, "100%25": {0, 1}, "100_": {0, 0}, "vpn": {1, 1}, "重启+报销": {1, 0}, "重启+厂家": {0, 0}, second.Ref(): {0, 1}} {
			page := c.Get("/problems?q=" + q).Is(200).Page()
			if open, ended := page.Find("#open li").Length(), page.Find("#ended li").Length(); open != want[0] || ended != want[1] {
				t.Errorf("%q finds %d open, %d ended", q, open, ended)
			}
		}
		c.Get("/problems?q=nichts").Is(200).Shows("#open", "没有找到").Shows(`#list a[href$="format=csv"]`, "CSV")
		if at := c.Get("/problems").Page().Find("[sse-connect]").AttrOr("sse-connect", ""); !strings.Contains(at, "problems") {
			t.Errorf("the list listens to %q", at)
		}
		file := func(no, q string) string {
			return string(h.SignedIn(no).Get("/problems/export?format=csv&q=" + q).Is(200).Body)
		}
		if text := file("3002", ""); !strings.Contains(text, first.Ref()) || !strings.Contains(text, second.Ref()) || !strings.Contains(text, "不足 5 人") {
			t.Errorf("to its customers the file says %s", text)
		}
		if text := file("2002", "报销"); strings.Contains(text, second.Ref()) || strings.Contains(text, "不足 5 人") {
			t.Errorf("to its unit the file says %s", text)
		}
		var list struct{ Items []struct{ Number string } }
		h.TokenOf("3002").Get("/api/v1/problems?q=报销").Is(200).Decode(&list)
		if len(list.Items) != 1 || list.Items[0].Number != first.Ref() {
			t.Errorf("by call: %+v", list.Items)
		}
	})
}
