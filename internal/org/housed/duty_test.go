package housed_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	product "neike/internal/app/house"
)

// TestThePageOfADutyList: the head keeps it, everybody sees it, its people hand over.
func TestThePageOfADutyList(t *testing.T) {
	h := product.Start(t).Settle()
	head, agent, next, stranger := h.SignedIn("2001"), h.SignedIn("2002"), h.SignedIn("2003"), h.SignedIn("3002")
	stranger.Get("/units/finance/duty").Is(http.StatusOK).Shows("h1", "财务部值班表").Shows("#now", "现在无人当班").Shows("#week", "无人值班")
	if stranger.Get("/units/finance/duty").Text("#keep") != "" {
		t.Error("a stranger keeps the list")
	}
	stranger.Get("/units/nowhere/duty").Is(http.StatusNotFound)
	stranger.Form("/units/finance/duty", "person", "2002").Is(http.StatusNotFound)
	head.Form("/units/finance/duty", "person", "", "from", "", "until", "").Is(http.StatusUnprocessableEntity).Shows("#shift", "请填写").Shows("#shift [role=alert]", "开始")
	now := time.Now().In(time.FixedZone("", 8*3600))
	at := func(hours int) string { return now.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04") }
	head.Form("/units/finance/duty", "person", "2002", "from", at(-2), "until", at(2), "task", "一线", "phone", "6100").Leads("/units/finance/duty")
	page := stranger.Get("/units/finance/duty").Is(http.StatusOK).Shows("#now", "陈思远").Shows("#now", "一线").Shows("#now", "6100")
	stranger.Get("/org/units/finance").Shows("#facts", "当班陈思远")
	next.Get("/queue").Is(http.StatusOK).Shows("#on-duty", "陈思远")
	if page.Text("#notes") != "" {
		t.Error("a stranger reads the notes")
	}
	for _, format := range []string{"csv", "xlsx"} {
		head.Get("/units/finance/duty/export?format=" + format).Is(http.StatusOK)
	}
	if file := string(head.Get("/units/finance/duty/export?format=csv").Body); !strings.Contains(file, "单位编码,开始,结束,工号,岗位,值班电话,备注") || !strings.Contains(file, ",2002,一线,6100,") {
		t.Errorf("the file holds %s", file)
	}
	head.Get("/units/finance/duty/export?format=pdf").Is(http.StatusBadRequest)
	stranger.Get("/units/finance/duty/export?format=csv").Is(http.StatusNotFound)
	note, _ := agent.Get("/units/finance/duty").Shows("#duty", "还没写交接").Page().Find("#now a[href$='/note']").Attr("href")
	stranger.Get(note).Is(http.StatusNotFound)
	agent.Get(note).Is(http.StatusOK).Shows("#note", "交接内容")
	agent.Form(note, "text", "", "revision", "0").Is(http.StatusUnprocessableEntity).Shows("#note", "请填写")
	agent.Form(note, "text", "付款批次明早九点发", "revision", "0").Leads("/units/finance/duty")
	next.Get("/units/finance/duty").Shows("#notes", "付款批次明早九点发").Shows("#notes", "待接班人确认")
	next.Form(strings.TrimSuffix(note, "/note") + "/read").Leads("/units/finance/duty")
	next.Get("/units/finance/duty").Shows("#notes", "已读：罗佳")
	stranger.Form(strings.TrimSuffix(note, "/note") + "/read").Is(http.StatusNotFound)
	head.Form("/units/finance/duty/copy", "week", "").Leads("/units/finance/duty")
	head.Form(strings.TrimSuffix(note, "/note") + "/remove").Is(http.StatusSeeOther)
	stranger.Get("/units/finance/duty").Shows("#now", "现在无人当班")
}
