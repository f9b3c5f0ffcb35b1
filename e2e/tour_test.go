package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"
)

// stop is one page of the tour and who looks at it.
type stop struct {
	name, path, who string
	status          int // 200 when 0
}

// pages shows, for every address of the product that answers with a page, where the tour stops for it. What is no page
// says so.
func pages(t *testing.T, s *stage) map[string][]stop {
	t.Helper()
	q := known(t, s)
	open, done, secret := "/requests/"+q.open, "/requests/"+q.done, "/requests/"+q.secret
	return map[string][]stop{
		"GET /{$}":                             {{"home.customer", "/", customer, 0}, {"home.agent", "/", agent, 0}, {"home.head", "/", head, 0}, {"home.executive", "/", executive, 0}},
		"GET /todos":                           {{"todos", "/todos", agent, 0}},
		"GET /inbox":                           {{"inbox", "/inbox", customer, 0}},
		"GET /services":                        {{"services", "/services", customer, 0}, {"services.none", "/services?q=zzzz", customer, 0}},
		"GET /services/{code}":                 {{"service", "/services/finance.expense", customer, 0}, {"service.head", "/services/finance.expense", head, 0}},
		"GET /services/{code}/edit":            {{"service.edit", "/services/finance.expense/edit", head, 0}},
		"GET /services/{code}/standard":        {{"standard", "/services/finance.expense/standard", head, 0}},
		"GET /standards":                       {{"standards", "/standards", head, 0}},
		"GET /requests":                        {{"requests", "/requests", customer, 0}, {"requests.all", "/requests?view=all", administrator, 0}, {"requests.none", "/requests?q=zzzz", customer, 0}},
		"GET /requests/new":                    {{"ask.pick", "/requests/new", customer, 0}},
		"GET /requests/new/{code}":             {{"ask", "/requests/new/finance.expense", customer, 0}},
		"GET /requests/{number}":               {{"request.agent", open, agent, 0}, {"request.customer", open, customer, 0}, {"request.secret", secret, "1012", 0}, {"request.done", done, administrator, 0}},
		"GET /requests/{number}/{verb}":        {{"request.verb", open + "/deliver", agent, 0}},
		"GET /queue":                           {{"queue", "/queue", agent, 0}, {"queue.head", "/queue", head, 0}, {"queue.none", "/queue?q=zzzz", agent, 0}},
		"GET /relations":                       {{"relations", "/relations", administrator, 0}, {"relations.drawer", "/relations?edge=finance:proj1", administrator, 0}},
		"GET /relations/{provider}/{customer}": {{"edge", "/relations/finance/proj1", administrator, 0}, {"edge.none", "/relations/marketing/production", administrator, 0}},
		"GET /org":                             {{"org", "/org", customer, 0}},
		"GET /org/units/{code}":                {{"unit", "/org/units/finance", customer, 0}},
		"GET /people/{no}":                     {{"person", "/people/1005", customer, 0}},
		"GET /people/{no}/account":             {{"account", "/people/1005/account", administrator, 0}},
		"GET /settings/company":                {{"settings.company", "/settings/company", administrator, 0}},
		"GET /settings/org":                    {{"settings.org", "/settings/org", administrator, 0}},
		"GET /settings/org/people/{no}":        {{"settings.person", "/settings/org/people/1005", administrator, 0}},
		"GET /settings/org/units/{code}":       {{"settings.unit", "/settings/org/units/finance", administrator, 0}},
		"GET /settings/import":                 {{"settings.import", "/settings/import", administrator, 0}},
		"GET /settings/calendars":              {{"settings.calendars", "/settings/calendars", administrator, 0}},
		"GET /settings/calendars/{code}":       {{"settings.calendar", "/settings/calendars/default", administrator, 0}},
		"GET /me":                              {{"me", "/me", customer, 0}},
		"GET /password":                        {{"password", "/password", customer, 0}},
		"GET /signin":                          {{"signin", "/signin", "", 0}},
		"GET /signin/help":                     {{"signin.help", "/signin/help", "", 0}},
		"GET /activate/{key}":                  {{"activate", q.activate, "", 0}, {"activate.gone", "/activate/nothing", "", 410}},
		"GET /api/docs":                        {{"api.docs", "/api/docs", customer, 0}},
		"/":                                    {{"missing", "/nowhere", customer, 404}, {"missing.stranger", "/nowhere", "", 404}},
	}
}

// facts are what the tour needs to know of the company.
type facts struct{ open, done, secret, activate string }

// known makes the requests at which the tour stops: one in full course, one done and rated, a confidential one.
func known(t *testing.T, s *stage) facts {
	t.Helper()
	open := s.ask(t, customer, "宁德产线项目借款：安装队住宿与交通")
	s.does(t, agent, "take", open, "")
	s.does(t, agent, "message", open, "收到，今天先看资料，明天上午给您进展。")
	s.does(t, agent, "note", open, "@[1006] 先按标准流程走，超标部分另报。")
	s.does(t, agent, "ask", open, "请补充安装队名单，方便核对天数。")
	s.does(t, customer, "answer", open, "名单：王工、李工、赵工，共 12 天。")
	s.does(t, agent, "deliver", open, "借款已批，今天下午到账。")
	s.does(t, customer, "return", open, "金额少了一天的住宿，请核对。")
	done := s.ask(t, customer, "越南安装队备用金")
	s.does(t, agent, "take", done, "")
	s.does(t, agent, "deliver", done, "已付款，回单明天可以下载。")
	s.does(t, customer, "accept", done, "")
	s.does(t, customer, "rate", done, "")
	return facts{open: ref(open), done: ref(done), secret: ref(s.secret(t)), activate: s.link(t, "1030")}
}

// TestTour0 is for looking.
func TestTour0(t *testing.T) {
	dir := os.Getenv("NEIKE_SHOTS")
	s := house(t)
	only := os.Getenv("NEIKE_PAGE")
	for pattern, stops := range pages(t, s) {
		for _, at := range stops {
			if only != "" && !slices.Contains(strings.Split(only, ","), at.name) {
				continue
			}
			t.Run(at.name, func(t *testing.T) {
				r := s.visit(t, at.who, look{stranger: at.who == "", locale: os.Getenv("NEIKE_LOCALE")})
				r.expects("status of 4")
				for _, phone := range []bool{false, true} {
					r.fit(r.p, phone)
					r.opens(at.path)
					_ = pattern
					shoot(t, r, filepath.Join(dir, fmt.Sprintf("%s.%v", at.name, map[bool]string{true: "phone", false: "desk"}[phone])))
				}
			})
		}
	}
}

func shoot(t *testing.T, r *reader, name string) {
	size := r.eval(`() => [innerWidth, document.documentElement.scrollHeight]`).Value.Arr()
	width, height := size[0].Num(), size[1].Num()
	img, err := r.p.Screenshot(true, &proto.PageCaptureScreenshot{
		Format: proto.PageCaptureScreenshotFormatPng, CaptureBeyondViewport: true,
		Clip: &proto.PageViewport{Width: width, Height: min(1800, height), Scale: 1},
	})
	if err == nil {
		err = os.WriteFile(name+".png", img, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
