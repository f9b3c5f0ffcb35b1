package housed_test

import (
	"net/http"
	"strings"
	"testing"

	product "neike/internal/app/house"
)

// TestSomebodyEntersAnAbsenceAndEverybodySeesIt: by the page, with the deputy; strangers see until when and who, not why.
func TestSomebodyEntersAnAbsenceAndEverybodySeesIt(t *testing.T) {
	h := product.Start(t).Settle()
	agent, colleague, head, stranger := h.SignedIn("2002"), h.SignedIn("2003"), h.SignedIn("2001"), h.SignedIn("3002")
	agent.Get("/me/absence").Is(http.StatusOK).Shows("h1", "我的缺勤").Shows("#planned", "没有登记缺勤")
	bad := agent.Form("/me/absence", "span", "today", "kind", "party", "deputy", "2002").Is(http.StatusUnprocessableEntity)
	bad.Shows("#absence", "没有类型").Shows("#absence", "代理人不能是本人")
	agent.Form("/me/absence", "span", "today", "kind", "sick", "deputy", "2003", "note", "流感").Leads("/me/absence")
	page := agent.Get("/me/absence").Is(http.StatusOK).Shows("#absences", "正在缺勤").Shows("#planned", "罗佳代理").Shows("#planned", "流感")
	one, _ := page.Page().Find("#planned a").First().Attr("href")
	stranger.Get("/people/2002").Is(http.StatusOK).Shows("#person", "缺勤至").Shows("#person", "由罗佳代理")
	if text := stranger.Get("/people/2002").Text("#person"); strings.Contains(text, "病假") || strings.Contains(text, "流感") {
		t.Errorf("a stranger learns why: %q", text)
	}
	stranger.Get("/org/units/finance").Shows("#members", "缺勤至")
	var picks struct {
		Items []struct{ Value, Note string }
	}
	stranger.Get("/people/find?q=2002").Decode(&picks)
	if len(picks.Items) != 1 || !strings.Contains(picks.Items[0].Note, "缺勤至") {
		t.Errorf("the picker says %+v", picks.Items)
	}
	stranger.Get("/people/2002/absence").Is(http.StatusNotFound)
	stranger.Get(one).Is(http.StatusNotFound)
	stranger.Form(one+"/end", "revision", "0").Is(http.StatusNotFound)
	head.Get("/people/2002/absence").Is(http.StatusOK).Shows("#planned", "病假")
	colleague.Get("/").Is(http.StatusOK).Shows("#deputy", "您代理的待办").Shows("#deputy", "陈思远")
	colleague.Get("/todos?holder=deputy").Is(http.StatusOK).Shows("#todos", "没有需要您代办的事")
	agent.Get(one).Is(http.StatusOK).Shows("#deeds", "没有代办记录").Shows("#end", "我已回来")
	agent.Form(one, "from", "2026-01-01", "until", "", "kind", "trip", "deputy", "", "revision", "1").Is(http.StatusUnprocessableEntity).Shows("#absence", "请填写最后一天")
	agent.Form(one+"/end", "revision", "1").Leads(one)
	agent.Form(one+"/end", "revision", "0").Is(http.StatusConflict)
	agent.Get(one).Is(http.StatusOK).Shows("#facts", "结束人")
	if text := colleague.Get("/").Text("#home"); strings.Contains(text, "您代理的待办") {
		t.Error("a deputy after the end")
	}
	agent.Form("/me/absence", "from", "2099-01-01", "until", "2099-01-05", "kind", "holiday", "deputy", "").Leads("/me/absence")
}

func TestAnActingHeadIsNamedFromAbove(t *testing.T) {
	h := product.Start(t).Settle()
	admin, head, member := h.SignedIn("1001"), h.SignedIn("2001"), h.SignedIn("2003")
	admin.Form("/settings/org/units/+", "code", "tax", "name_zh", "税务组", "parent", "finance", "level", "team", "revision", "0").Leads("/settings/org/units/tax")
	member.Get("/org/units/tax").Is(http.StatusOK).Shows("#facts", "空缺，暂由财务部的许慧负责")
	member.Form("/org/units/tax/acting", "person", "2003").Is(http.StatusNotFound)
	head.Form("/org/units/tax/acting", "person", "", "until", "x").Is(http.StatusUnprocessableEntity).Shows("#acting", "请填写")
	head.Form("/org/units/tax/acting", "person", "2003", "why", "负责人待定").Leads("/org/units/tax")
	head.Get("/org/units/tax").Shows("#facts", "代理负责人罗佳").Shows("#acting", "负责人待定")
	member.Get("/people/2003").Shows("#roles", "税务组 · 代理负责人")
	end, _ := head.Get("/org/units/tax").Page().Find("#acting form").First().Attr("action")
	head.Form(end).Leads("/org/units/tax")
	member.Get("/org/units/tax").Shows("#facts", "空缺，暂由财务部的许慧负责")
}
