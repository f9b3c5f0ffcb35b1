package e2e

import (
	"bytes"
	"cmp"
	"hash/crc32"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"neike/internal/delivery"
	"neike/internal/kit/webtest/chromium"
	"neike/internal/promise"
)

// stop is one page of the tour and who looks at it; nobody when who is empty.
type stop struct {
	name, path, who string
	says            string // what the browser may complain of
	cookies         map[string]string
	on              *stage // nil: the house of all
}

// notPages are addresses that answer with something else than a page.
var notPages = []string{
	"GET /settings/first-run", "GET /live", "GET /metrics", "GET /notices", "GET /notices/{id}", "GET /api/openapi.json", "GET /people/find", "GET /phrases/find", "GET /units/find", "GET /services/find", "GET /places/find", "GET /search/misses/find", "GET /places/export", "GET /problems/export", "GET /talk/people", "GET /views/counts",
	"GET /files/{id}/{name}", "GET /files/{id}/{name}/small", "GET /relations/export", "GET /relations/map/export", "GET /relations/graph/export", "GET /relations/walls/export", "GET /measures/{code}/export", "GET /reviews/export", "GET /articles/report/export", "GET /services/{code}/articles/{number}", "GET /deliveries/export", "GET /promises/export", "GET /deliveries/standing/export", "GET /settings/import/template/{name}", "GET /settings/import/{run}/errors/all", "GET /settings/audit/export", "GET /requests/export", "GET /queue/export", "GET /reports/attainment/export", "GET /reports/handling/export", "GET /breaches/export", "GET /insight/adoption/export", "GET /insight/units/export", "GET /insight/cost/export",
	"GET /org/export", "GET /settings/notices/dead/export", "GET /units/{code}/duty/export", "GET /services/export", "GET /standards/export", "GET /settings/privacy/export", "GET /settings/access/export", "GET /settings/syncs/{run}/export", "GET /calendars/{code}/days-off.ics", "GET /hooks/{hook}",
	"GET /signin/via/{id}", "GET /signin/back/{id}", "GET /signin/leave",
}

// tour says, for every address of the product that answers with a page, where to stop for it.
func tour(t *testing.T, s *stage) map[string][]stop {
	t.Helper()
	q := known(t, s)
	const refused = "status of 404"
	return map[string][]stop{
		"GET /{$}": {{name: "home of a customer", path: "/", who: customer}, {name: "home of an agent", path: "/", who: agent},
			{name: "home of a head", path: "/", who: head}, {name: "home of an executive", path: "/", who: executive}, {name: "home of the quality office", path: "/", who: administrator}},
		"GET /todos":                            {{name: "todos", path: "/todos", who: agent}},
		"GET /inbox":                            {{name: "inbox", path: "/inbox", who: agent}, {name: "notices alone", path: "/inbox?only=notices", who: agent}},
		"GET /me/notices":                       {{name: "my notices", path: "/me/notices", who: customer}},
		"GET /settings/notices":                 {{name: "settings of notices", path: "/settings/notices", who: administrator}},
		"GET /settings/notices/dead":            {{name: "dead letters", path: "/settings/notices/dead", who: administrator}},
		"GET /settings/notices/robots/{id}":     {{name: "robot of a group", path: "/settings/notices/robots/+", who: administrator}},
		"GET /settings/notices/announce":        {{name: "announce", path: "/settings/notices/announce", who: administrator}},
		"GET /settings/mail":                    {{name: "mail server", path: "/settings/mail", who: administrator}},
		"GET /announcements/{id}":               {{name: "announcement", path: announced(t, s), who: customer}},
		"GET /n/{token}":                        {{name: "dead link", path: "/n/x", says: refused}},
		"GET /search":                           {{name: "search", path: "/search?q=费用", who: customer}, {name: "search for nothing", path: "/search", who: customer}},
		"GET /services":                         {{name: "services", path: "/services", who: customer}, {name: "no services", path: "/services?q=zzzz", who: customer}},
		"GET /services/{code}":                  {{name: "service", path: "/services/finance.expense", who: customer}, {name: "service of a head", path: "/services/finance.expense", who: head}},
		"GET /services/new":                     {{name: "service begun", path: "/services/new", who: head}},
		"GET /services/{code}/audience":         {{name: "service audience", path: "/services/finance.expense/audience", who: head}},
		"GET /services/{code}/retire":           {{name: "service to be retired", path: "/services/finance.expense/retire", who: head}},
		"GET /services/{code}/policy":           {{name: "service policy", path: "/services/finance.expense/policy", who: head}},
		"GET /services/{code}/form":             {{name: "form designed", path: "/services/finance.expense/form", who: head}},
		"GET /services/{code}/form/field":       {{name: "field of a form", path: "/services/finance.expense/form/field?at=amount", who: head}, {name: "new field of a form", path: "/services/finance.expense/form/field?type=cascade", who: head}},
		"GET /services/{code}/form/section":     {{name: "section of a form", path: "/services/finance.expense/form/section", who: head}},
		"GET /services/{code}/form/preview":     {{name: "form tried", path: "/services/finance.expense/form/preview", who: head}},
		"GET /services/{code}/change":           {{name: "service changed", path: "/services/finance.expense/change", who: head}},
		"GET /services/{code}/edit":             {{name: "service edited", path: "/services/finance.expense/edit", who: head}},
		"GET /services/{code}/standard":         {{name: "standard", path: "/services/finance.expense/standard", who: head}},
		"GET /services/{code}/ladder":           {{name: "ladder of a service", path: "/services/finance.expense/ladder", who: head}},
		"GET /standards/ladder":                 {{name: "ladder of the company", path: "/standards/ladder", who: administrator}},
		"GET /settings/topics":                  {{name: "topics", path: "/settings/topics", who: administrator}, {name: "topic changed", path: "/settings/topics?edit=money", who: administrator}},
		"GET /settings/topics/{topic}/remove":   {{name: "topic removed", path: "/settings/topics/money/remove", who: administrator}},
		"GET /standards/starting":               {{name: "starting values to confirm", path: "/standards/starting", who: "1010"}, {name: "nothing to confirm", path: "/standards/starting", who: head}},
		"GET /standards/library":                {{name: "library of standards", path: "/standards/library?function=finance", who: customer}, {name: "library for a service", path: "/standards/library?for=finance.expense&function=hr", who: head}},
		"GET /standards":                        {{name: "standards", path: "/standards", who: head}},
		"GET /support/{ref}":                    {{name: "no such conversation", path: "/support/P-AAAAAAAAAA", who: head, says: refused}},
		"GET /services/{code}/support":          {{name: "no personal support", path: "/services/finance.expense/support", who: head, says: refused}},
		"GET /places":                           {{name: "places with labels", path: "/places", who: customer}, {name: "no places", path: "/places?q=zzzz", who: customer}},
		"GET /places/labels":                    {{name: "labels", path: "/places/labels?under=hq", who: customer}, {name: "one label", path: "/places/labels?code=hq-3f-pr02", who: customer}},
		"GET /places/kinds":                     {{name: "services of kinds of places", path: "/places/kinds", who: administrator}},
		"GET /places/new":                       {{name: "place begun", path: "/places/new?under=hq-3f", who: administrator}},
		"GET /places/{code}":                    {{name: "printer", path: "/places/hq-3f-pr02", who: customer}, {name: "place out of use", path: "/places/hq-3f-plot", who: administrator}},
		"GET /places/{code}/edit":               {{name: "printer edited", path: "/places/hq-3f-pr02/edit", who: administrator}},
		"GET /p/{code}":                         {{name: "label scanned", path: "/p/hq-3f-301", who: customer}, {name: "label of nothing", path: "/p/hq-3f-plot", who: customer, says: refused}},
		"GET /support":                          {{name: "personal support", path: "/support", who: head}},
		"GET /services/{code}/standard/dry-run": {{name: "dry run", path: "/services/finance.expense/standard/dry-run?trial=" + q.trial, who: head}},
		"GET /services/{code}/standard/cases": {{name: "cases of a dry run", path: "/services/finance.expense/standard/cases?trial=" + q.trial, who: head},
			{name: "answers of a dry run", path: "/services/finance.expense/standard/cases?clock=next_response&trial=" + q.trial, who: head}},
		"GET /requests": {{name: "requests", path: "/requests", who: customer}, {name: "all requests", path: "/requests?view=all&state=any", who: administrator},
			{name: "no requests", path: "/requests?q=zzzz", who: customer}},
		"GET /reports/handling":    {{name: "hands and time", path: "/reports/handling?from=2020-01-01", who: administrator}, {name: "nobody had anything in hand", path: "/reports/handling?from=2020-01-01&to=2020-01-02", who: administrator}},
		"GET /reports/attainment":  {{name: "kept in time", path: "/reports/attainment?from=2020-01-01", who: administrator}, {name: "nothing was due", path: "/reports/attainment?from=2020-01-01&to=2020-01-02", who: administrator}},
		"GET /breaches":            {{name: "what was late", path: "/breaches", who: administrator}, {name: "nothing late", path: "/breaches?cause=force&cause_state=disputed", who: customer}},
		"GET /requests/new":        {{name: "what to ask for", path: "/requests/new", who: customer}},
		"GET /requests/new/{code}": {{name: "form with files", path: "/requests/new/finance.expense", who: customer}, {name: "form with choices", path: "/requests/new/hr.recruit", who: customer}},
		"GET /requests/{number}": {{name: "request of an agent", path: q.open, who: agent}, {name: "request of a customer", path: q.open, who: customer},
			{name: "request confidential", path: q.secret, who: recruiter}, {name: "request done", path: q.done, who: administrator}, {name: "request to rate", path: q.rate, who: customer}},
		"GET /requests/{number}/{verb}": {{name: "deliver", path: q.open + "/deliver", who: agent}, {name: "decline", path: q.fresh + "/decline", who: agent}, {name: "hand over", path: q.open + "/hand-over", who: agent}, {name: "split", path: q.open + "/split", who: agent}},
		"GET /requests/log":             {{name: "log a call", path: "/requests/log", who: agent}},
		"GET /queue/done":               {{name: "what came of many", path: "/queue/done?id=1", who: agent, says: refused}},
		"GET /slips":                    {{name: "slips", path: "/slips?n=" + strings.TrimPrefix(q.open, "/requests/"), who: agent}, {name: "no slips", path: "/slips?size=a5", who: customer}},
		"GET /requests/board":           {{name: "what a unit waits for", path: "/requests/board", who: customer}, {name: "nothing is waited for", path: "/requests/board?unit=legal", who: agent}},
		"GET /views":                    {{name: "views", path: "/views", who: agent}},
		"GET /queue":                    {{name: "queue", path: "/queue", who: agent}, {name: "queue of a head", path: "/queue", who: head}, {name: "queue as a board", path: "/queue?look=board", who: agent}, {name: "queue by hands", path: "/queue?look=board&group=assignee", who: agent}, {name: "on duty", path: "/queue?view=duty", who: agent}, {name: "empty queue", path: "/queue?q=zzzz", who: agent}},
		"GET /queue/load":               {{name: "work in hand", path: "/queue/load", who: head}, {name: "work in hand of colleagues", path: "/queue/load", who: agent}},
		"GET /relations":                {{name: "matrix", path: "/relations", who: administrator}, {name: "matrix as a list", path: "/relations?view=list", who: administrator}, {name: "matrix of satisfaction", path: "/relations?measure=satisfaction", who: administrator}},
		"GET /deliveries": {{name: "deliveries to bring", path: "/deliveries", who: agent}, {name: "all deliveries", path: "/deliveries?view=all&state=any", who: administrator},
			{name: "no deliveries", path: "/deliveries?view=all&q=zzzz", who: customer}},
		"GET /repeats":                           {{name: "repeating requests", path: "/repeats", who: customer}, {name: "repeating requests of a unit", path: "/repeats?view=unit", who: head}},
		"GET /repeats/new":                       {{name: "repeating request begun", path: "/repeats/new?service=finance.advance", who: customer}, {name: "repeating request of which service", path: "/repeats/new", who: customer}},
		"GET /repeats/expected":                  {{name: "requests to come", path: "/repeats/expected", who: agent}},
		"GET /repeats/{number}":                  {{name: "repeating request", path: "/repeats/RP-101", who: customer}},
		"GET /repeats/{number}/edit":             {{name: "repeating request changed", path: "/repeats/RP-101/edit", who: customer}},
		"GET /repeats/{number}/dates/{slot}":     {{name: "one date of a repeating request", path: "/repeats/RP-101/dates/" + began.AddDate(0, 1, 0).Format("2006-01"), who: customer}},
		"GET /promises":                          {{name: "promises given", path: "/promises", who: agent}, {name: "promises of a unit", path: "/promises?view=unit&state=any", who: head}, {name: "no promises", path: "/promises?q=zzzz", who: customer}},
		"GET /promises/new":                      {{name: "promise begun", path: "/promises/new?unit=proj1", who: agent}},
		"GET /promises/{number}":                 {{name: "promise judged", path: "/promises/P-1001", who: customer}, {name: "promise to be judged", path: q.asked, who: customer}},
		"GET /promises/{number}/{verb}":          {{name: "promise not kept", path: q.asked + "/broken", who: customer}},
		"GET /deliveries/month":                  {{name: "a month of deliveries", path: "/deliveries/month", who: head}},
		"GET /deliveries/push":                   {{name: "deliver unasked", path: "/deliveries/push", who: agent}},
		"GET /deliveries/standing":               {{name: "arrangements", path: "/deliveries/standing", who: head}},
		"GET /deliveries/standing/new":           {{name: "arrangement begun", path: "/deliveries/standing/new", who: head}},
		"GET /deliveries/standing/{number}":      {{name: "arrangement", path: "/deliveries/standing/SD-102", who: head}},
		"GET /deliveries/standing/{number}/edit": {{name: "arrangement edited", path: "/deliveries/standing/SD-102/edit", who: head}},
		"GET /deliveries/{number}":               {{name: "delivery to bring", path: q.bring, who: agent}, {name: "delivery accepted", path: "/deliveries/D-1001", who: administrator}},
		"GET /deliveries/{number}/{verb}":        {{name: "delivery handed over", path: q.bring + "/deliver", who: agent}},
		"GET /measures":                          {{name: "measures", path: "/measures", who: administrator}, {name: "measures of a customer", path: "/measures?unit=proj1", who: customer}},
		"GET /measures/new":                      {{name: "measure begun", path: "/measures/new", who: administrator}},
		"GET /measures/{code}":                   {{name: "measure with signals", path: "/measures/on_time_shipping", who: customer}, {name: "measure by unit", path: "/measures/scrap?unit=production.b", who: administrator}, {name: "measure of a relation", path: "/measures/attainment?provider=finance&customer=proj1", who: head}, {name: "measure withheld", path: "/measures/scrap?unit=production.b", who: customer}},
		"GET /measures/{code}/edit":              {{name: "measure edited", path: "/measures/scrap/edit", who: administrator}},
		"GET /measures/{code}/values":            {{name: "values entered", path: "/measures/scrap/values", who: administrator}},
		"GET /relations/map":                     {{name: "relation map", path: "/relations/map", who: administrator}, {name: "relation map, nothing waits", path: "/relations/map?view=mine&unit=hr", who: administrator}},
		"GET /relations/changes":                 {{name: "relation changes", path: "/relations/changes", who: administrator}},
		"GET /relations/expectations":            {{name: "expectations", path: "/relations/expectations", who: administrator}, {name: "no expectations", path: "/relations/expectations?unit=legal", who: administrator}},
		"GET /relations/{provider}/{customer}/expectations": {{name: "expectations of a unit", path: "/relations/finance/proj1/expectations", who: administrator},
			{name: "first expectation", path: "/relations/legal/equipment/expectations", who: administrator}},
		"GET /expectations/{id}":      {{name: "expectation to answer", path: q.expected, who: head}},
		"GET /relations/workshop":     {{name: "workshop", path: "/relations/workshop", who: administrator}},
		"GET /relations/workshop/new": {{name: "workshop begun", path: "/relations/workshop/new", who: administrator}},
		"GET /workshops/{id}":         {{name: "workshop of an agent", path: q.workshop + "?show=differs", who: agent}},
		"GET /workshops/{id}/sheets/{unit}": {{name: "sheet handed in", path: q.workshop + "/sheets/finance", who: head}, {name: "sheet of whom", path: q.workshop + "/sheets/procurement?step=1", who: buyer},
			{name: "sheet of what", path: q.workshop + "/sheets/procurement?step=2", who: buyer}, {name: "sheet looked over", path: q.workshop + "/sheets/procurement?step=5", who: buyer}},
		"GET /relations/new": {{name: "relation proposed", path: "/relations/new", who: administrator}},
		"GET /relations/{provider}/{customer}/account": {{name: "relationship account", path: "/relations/finance/proj1/account", who: administrator},
			{name: "relationship account, too little", path: "/relations/legal/equipment/account", who: administrator}},
		"GET /relations/{provider}/{customer}": {{name: "edge disputed", path: "/relations/marketing/service", who: administrator}, {name: "edge", path: "/relations/finance/proj1", who: administrator},
			{name: "edge without traffic", path: "/relations/marketing/production", who: administrator}},
		"GET /org":                          {{name: "org", path: "/org", who: customer}, {name: "org searched", path: "/org?q=chen", who: customer}},
		"GET /org/units/{code}":             {{name: "unit", path: "/org/units/finance", who: customer}},
		"GET /units/{code}/phrases":         {{name: "phrases of a unit", path: "/units/finance/phrases", who: agent}, {name: "phrase begun", path: "/units/finance/phrases?new=1", who: agent}},
		"GET /me/phrases":                   {{name: "phrases of one's own", path: "/me/phrases", who: agent}},
		"GET /units/{code}/settings":        {{name: "settings of a unit", path: "/units/finance/settings", who: head}},
		"GET /units/{code}/routing":         {{name: "routing rules", path: "/units/finance/routing", who: agent}, {name: "routing rules of a head", path: "/units/finance/routing", who: head}},
		"GET /units/{code}/routing/rule":    {{name: "routing rule begun", path: "/units/finance/routing/rule", who: head}},
		"GET /units/{code}/routing/skills":  {{name: "skills of a unit", path: "/units/finance/routing/skills", who: head}},
		"GET /units/{code}/routing/dry-run": {{name: "no dry run of rules", path: "/units/finance/routing/dry-run?run=1", who: head, says: refused}},
		"GET /units/{code}/routing/cases":   {{name: "no cases of rules", path: "/units/finance/routing/cases?run=1", who: head, says: refused}},
		"GET /units/{code}/poster":          {{name: "poster to ask by", path: "/units/finance/poster", who: head}},
		"GET /people/{no}":                  {{name: "person", path: "/people/" + agent, who: customer}},
		"GET /people/{no}/account":          {{name: "account", path: "/people/" + agent + "/account", who: administrator}},
		"GET /settings":                     {{name: "settings", path: "/settings", who: administrator}},
		"GET /settings/audit":               {{name: "audit trail", path: "/settings/audit", who: "1024"}},
		"GET /me/activity":                  {{name: "own actions", path: "/me/activity", who: agent}},
		"GET /settings/company":             {{name: "settings of the company", path: "/settings/company", who: administrator}},
		"GET /settings/org":                 {{name: "settings of people", path: "/settings/org", who: administrator}},
		"GET /settings/org/units":           {{name: "settings of units", path: "/settings/org/units", who: administrator}},
		"GET /settings/org/people/{no}":     {{name: "settings of a person", path: "/settings/org/people/" + agent, who: administrator}},
		"GET /settings/org/units/{code}":    {{name: "settings of a unit", path: "/settings/org/units/finance", who: administrator}},
		"GET /settings/import":              {{name: "import", path: "/settings/import", who: administrator}},
		"GET /settings/import/{run}":        {{name: "import checked", path: q.run, who: administrator}},
		"GET /settings/first-run/{step}": {{name: "first run: company", path: "/settings/first-run/company", who: administrator}, {name: "first run: calendar", path: "/settings/first-run/calendar", who: administrator},
			{name: "first run: people", path: "/settings/first-run/people", who: administrator}, {name: "first run: packs", path: "/settings/first-run/packs", who: administrator},
			{name: "first run: sight", path: "/settings/first-run/sight", who: administrator}, {name: "first run: entry", path: "/settings/first-run/entry", who: administrator},
			{name: "first run: done", path: "/settings/first-run/done", who: administrator}},
		"GET /reviews":                 {{name: "reviews", path: "/reviews?show=all", who: administrator}, {name: "no reviews", path: "/reviews", who: customer}},
		"GET /problems":                {{name: "known problems", path: "/problems", who: customer}, {name: "known problems looked after", path: "/problems", who: agent}},
		"GET /problems/new":            {{name: "known problem begun", path: "/problems/new", who: agent}},
		"GET /problems/{problem}":      {{name: "known problem", path: "/problems/K-1", who: customer}, {name: "known problem looked after", path: "/problems/K-2", who: agent}},
		"GET /problems/{problem}/edit": {{name: "known problem edited", path: "/problems/K-2/edit", who: agent}},
		"GET /articles":                {{name: "articles", path: "/articles", who: customer}, {name: "articles kept", path: "/articles?mine=1", who: agent}},
		"GET /articles/new":            {{name: "article new", path: "/articles/new?service=it.device", who: agent}},
		"GET /articles/report":         {{name: "articles report", path: "/articles/report", who: administrator}},
		"GET /articles/{number}":       {{name: "article", path: "/articles/A-101", who: administrator}, {name: "article before asking", path: "/articles/A-104?ask=finance.expense&key=k", who: customer}},
		"GET /search/misses":           {{name: "searches that miss", path: "/search/misses", who: administrator}},
		"GET /articles/{number}/edit":  {{name: "article edited", path: "/articles/A-101/edit", who: administrator}},
		"GET /reviews/accuracy":        {{name: "accuracy", path: "/reviews/accuracy", who: administrator}},
		"GET /reviews/{id}":            {{name: "review", path: drawn(t, s), who: administrator}},
		"GET /services/{code}/review":  {{name: "review plan", path: "/services/it.device/review", who: administrator}},
		"GET /insight/adoption":        {{name: "adoption", path: "/insight/adoption", who: administrator}},
		"GET /insight/cost":            {{name: "cost", path: "/insight/cost", who: administrator}, {name: "cost of a head", path: "/insight/cost", who: head}},
		"GET /insight/units":           {{name: "units live", path: "/insight/units", who: administrator}}, "GET /insight/cost/assumptions": {{name: "assumed times", path: "/insight/cost/assumptions", who: administrator}},
		"GET /settings/calendars": {{name: "calendars", path: "/settings/calendars", who: administrator}},
		"GET /settings/calendars/{code}": {{name: "calendar", path: "/settings/calendars/default", who: administrator},
			{name: "calendar of a plant", path: "/settings/calendars/plant-3shift", who: administrator}},
		"GET /settings/calendars/{code}/edit": {{name: "calendar edited", path: "/settings/calendars/default/edit", who: administrator}},
		"GET /me":                             {{name: "me", path: "/me", who: customer}},
		"GET /password":                       {{name: "password", path: "/password", who: customer}},
		"GET /signin":                         {{name: "sign in", path: "/signin"}},
		"GET /signin/help":                    {{name: "help to sign in", path: "/signin/help"}},
		"GET /activate/{key}":                 {{name: "activation", path: q.activate}, {name: "activation too late", path: "/activate/nothing", says: refused}},
		"GET /api/docs":                       {{name: "docs of the API", path: "/api/docs", who: customer}},
		"GET /api/docs/{id}":                  {{name: "docs of a call", path: "/api/docs/open-request", who: customer}},
		"GET /design":                         {{name: "patterns", path: "/design", who: customer}},
		"GET /design/{name}":                  {{name: "pattern", path: "/design/states", who: customer}},
		"/":                                   {{name: "not there", path: "/nowhere", who: customer, says: refused}, {name: "not there for a stranger", path: "/nowhere", says: refused}},
	}
}

// facts are the addresses of what the tour needs to find.
type facts struct{ expected, workshop, asked, bring, fresh, open, done, rate, secret, activate, run, trial string }

// known makes what the tour stops at: requests in every stage, a confidential one, an activation link, a checked file.
func known(t *testing.T, s *stage) facts {
	t.Helper()
	page := func(n int64) string { return "/requests/" + ref(n) }
	fresh := s.ask(t, customer, "越南安装队备用金")
	open := s.ask(t, customer, "宁德产线项目借款：安装队住宿与交通")
	s.does(t, agent, "take", open, "")
	s.does(t, agent, "message", open, "收到，今天先看资料，明天上午给您进展。\n参考 https://example.com/policy")
	s.does(t, agent, "note", open, "@[1006] 先按标准流程走，超标部分另报。")
	s.does(t, agent, "ask", open, "请补充安装队名单，方便核对天数。")
	s.does(t, customer, "answer", open, "名单：王工、李工、赵工，共 12 天。")
	s.does(t, agent, "deliver", open, "借款已批，今天下午到账。")
	s.does(t, customer, "return", open, "金额少了一天的住宿，请核对。")
	done := func() int64 {
		n := s.ask(t, customer, "南京调试差旅借款")
		s.does(t, agent, "take", n, "")
		s.does(t, agent, "deliver", n, "已付款，回单明天可以下载。")
		s.does(t, customer, "accept", n, "")
		return n
	}
	rated, rate := done(), done()
	s.does(t, customer, "rate", rated, "办得很快")
	due, err := s.Delivery.List(s.ctx(t, agent), delivery.Filter{View: delivery.ViewBring, State: "due", Limit: 1})
	if err != nil || len(due.Items) == 0 {
		t.Fatalf("the agent has nothing to bring: %v", err)
	}
	given, err := s.Promise.Make(s.ctx(t, agent), promise.Word{Receiver: customer, What: "这周内把借款余额表发给您", Due: began.AddDate(0, 0, 9).Format(time.DateOnly)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Promise.Do(s.ctx(t, agent), given.Number, promise.Deed{Verb: promise.VerbDone}); err != nil {
		t.Fatal(err)
	}
	expected, workshop := s.wanted(t)
	return facts{expected: expected, workshop: workshop, asked: "/promises/" + given.Ref(), bring: "/deliveries/" + due.Items[0].Ref(), fresh: page(fresh), open: page(open), done: page(rated), rate: page(rate), secret: page(s.secret(t)), trial: s.tried(t),
		activate: s.link(t, "1030"), run: s.uploads(t, "units", "code,name_zh,parent\nfinance,财务管理部,huaheng\nfinance.tax,税务组,finance\n,没有编码,huaheng\n")}
}

// tried tries a new standard on the last quarter and says which dry run that is, when it has ended.
func (s *stage) tried(t *testing.T) string {
	t.Helper()
	ctx, code := s.ctx(t, head), "finance.expense"
	of, err := s.Catalog.Visible(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Catalog.Try(ctx, code, of.Standard, began.AddDate(0, -3, 0), began)
	for end := time.Now().Add(patience); err == nil && run.Result == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		run, err = s.Catalog.Tried(ctx, code, run.ID)
	}
	if err != nil || run.Result == nil {
		t.Fatalf("the dry run did not end: %v", err)
	}
	return id(run.ID)
}

// uploads has a file judged on the import page and says where the judgement stands.
func (s *stage) uploads(t *testing.T, kind, text string) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("kind", kind); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", kind+".csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/settings/import", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.as(t, administrator).Do(r).Is(http.StatusSeeOther).Header.Get("Location")
}

// TestPages looks at every page that the product has. Each is loaded in Chinese and in English; each of the two is looked
// at on a desktop and on a phone; nothing scrolls sideways in any of the four, and the browser complains of nothing. Of
// axe's rules every one holds for the Chinese page in light colours on one of the two screens, half of the pages each; those
// about words and sizes hold for the English page on the other one; those of contrast hold in dark colours on a desktop.
// NEIKE_LONG=1 holds every rule in all eight. The window is out of sight: nothing is drawn. NEIKE_PAGE=part looks at the pages with such a name only; NEIKE_SHOTS=folder
// leaves pictures.
func TestPages(t *testing.T) {
	t.Parallel()
	s := house(t)
	all := tour(t, s)
	maps.Copy(all, companyIn(t, s))
	var stops []stop
	for _, route := range s.Mux.Routes() {
		page := strings.HasPrefix(route.Pattern, "GET /") && !strings.Contains(route.Pattern, " /api/v1/") || route.Pattern == "/"
		if !page || slices.Contains(notPages, route.Pattern) {
			continue
		}
		if len(all[route.Pattern]) == 0 {
			t.Errorf("the tour does not stop at %s", route.Pattern)
		}
		stops = append(stops, all[route.Pattern]...)
		delete(all, route.Pattern)
	}
	for pattern := range all {
		t.Errorf("the tour stops at %s, which is no address of the product", pattern)
	}
	axe, err := os.ReadFile("../internal/kit/ui/testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	only := os.Getenv("NEIKE_PAGE")
	next := make(chan stop)
	var tourists sync.WaitGroup
	for range 2 {
		tourists.Go(func() {
			x := &tourist{T: t, on: s, axe: string(axe), by: map[string]*reader{}}
			for at := range next {
				t.Run(at.name, func(t *testing.T) { x.visit(t, at) })
			}
		})
	}
	for _, at := range stops {
		if strings.Contains(at.name, only) {
			next <- at
		}
	}
	close(next)
	tourists.Wait()
}

// tourist goes from stop to stop, with one window for each person.
type tourist struct {
	*testing.T
	on  *stage
	axe string
	by  map[string]*reader
}

func (x *tourist) visit(t *testing.T, at stop) {
	r := x.by[at.who]
	if r == nil || at.on != nil {
		on := cmp.Or(at.on, x.on)
		r = on.visit(x.T, at.who, look{stranger: at.who == ""})
		if on == x.on {
			x.by[at.who] = r
		}
		if _, err := r.p.EvalOnNewDocument(x.axe); err != nil {
			t.Fatal(err)
		}
		if os.Getenv("NEIKE_SHOTS") == "" {
			if err := chromium.Shut(r.own, r.p); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.t, r.fine = t, nil
	if at.says != "" {
		r.expects(at.says)
	}
	for name, value := range at.cookies {
		r.keeps(name, value)
	}
	for _, locale := range []string{"zh", "en"} {
		r.speaks(locale)
		r.fit(r.p, false)
		r.opens(at.path)
		for _, phone := range []bool{false, true} {
			r.fit(r.p, phone)
			r.shoots(at.name + "." + locale + "." + screen(phone))
			if wide := r.sideways(); wide != "" {
				t.Errorf("%s %s scrolls sideways: %s", locale, screen(phone), wide)
			}
			for _, theme := range []string{"light", "dark"} {
				rules := rulesFor(locale, theme, phone, phone == at.onPhone())
				if rules == nil {
					continue
				}
				r.eval(`theme => document.documentElement.setAttribute('data-bs-theme', theme)`, theme)
				if found := r.faults(rules); found != "" {
					t.Errorf("%s %s %s: %s", locale, screen(phone), theme, found)
				}
			}
		}
	}
	r.content()
}

// onPhone says on which screen the page is held to every rule: by its name, so that a new stop changes no other one.
func (at stop) onPhone() bool { return crc32.ChecksumIEEE([]byte(at.name))%2 == 0 }

// rulesFor are the rules of axe to look with, by name, on the page's own screen or the other one; nil is none, and "all" all
// of them.
func rulesFor(locale, theme string, phone, own bool) []string {
	switch {
	case os.Getenv("NEIKE_LONG") != "" || own && locale == "zh" && theme == "light":
		return []string{"all"}
	case !own && locale == "en" && theme == "light":
		return ofWords
	case locale == "zh" && theme == "dark" && !phone:
		return ofColours
	}
	return nil
}

// ofColours is what a theme can break.
var ofColours = []string{"color-contrast", "link-in-text-block"}

// ofWords is what another language can break: names that are missing or differ from what is shown, and what longer words
// push together or out of view. The elements, their roles and their order come from the same templates.
var ofWords = []string{
	"area-alt", "aria-command-name", "aria-dialog-name", "aria-input-field-name", "aria-meter-name", "aria-progressbar-name", "aria-tab-name",
	"aria-toggle-field-name", "aria-tooltip-name", "aria-treeitem-name", "aria-valid-attr-value", "button-name", "document-title", "empty-heading",
	"empty-table-header", "form-field-multiple-labels", "frame-title", "html-has-lang", "html-lang-valid", "image-alt", "image-redundant-alt",
	"input-button-name", "input-image-alt", "label", "label-content-name-mismatch", "label-title-only", "landmark-unique", "link-name", "object-alt",
	"page-has-heading-one", "role-img-alt", "scrollable-region-focusable", "select-name", "summary-name", "svg-img-alt", "table-duplicate-name",
	"target-size", "valid-lang",
}

// shoots leaves a picture in the folder NEIKE_SHOTS, for looking.
func (r *reader) shoots(name string) {
	r.t.Helper()
	folder := os.Getenv("NEIKE_SHOTS")
	if folder == "" {
		return
	}
	size := r.eval(`() => [innerWidth, Math.min(document.documentElement.scrollHeight, 1800)]`).Value.Arr()
	shot, err := r.p.Screenshot(true, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng, CaptureBeyondViewport: true,
		Clip: &proto.PageViewport{Width: size[0].Num(), Height: size[1].Num(), Scale: 1}})
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".png"), shot, 0o644)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func screen(phone bool) string {
	if phone {
		return "phone"
	}
	return "desktop"
}

// speaks changes the language of the browser.
func (r *reader) speaks(locale string) {
	r.t.Helper()
	r.keeps("lang", locale)
}

// keeps puts a cookie into the browser.
func (r *reader) keeps(name, value string) {
	r.t.Helper()
	if err := r.own.SetCookies([]*proto.NetworkCookieParam{{Name: name, Value: value, URL: r.on.base, HTTPOnly: true, SameSite: proto.NetworkCookieSameSiteLax}}); err != nil {
		r.t.Fatal(err)
	}
}

// sideways is what makes the page wider than the window; "" when nothing does.
func (r *reader) sideways() string {
	r.t.Helper()
	return r.eval(`() => {
		const w = document.documentElement.clientWidth
		if (document.documentElement.scrollWidth <= w) return ''
		return Array.from(document.querySelectorAll('body *')).filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest('.nk-scroll, .nk-board, .nk-filter, .nk-tabs, .nk-seg, .nk-found'))
			.slice(0, 8).map(e => e.tagName + '.' + (e.getAttribute('class') || '') + ' ' + Math.round(e.getBoundingClientRect().right)).join(', ') || 'the page is wider than the window'
	}`).Value.Str()
}

// faults is what of these rules axe finds broken seriously or critically on the page; "" when nothing is.
func (r *reader) faults(rules []string) string {
	r.t.Helper()
	return r.eval(`async rules => {
		const all = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
		// a bar that stays over a page that scrolls hides another line at each moment: it is put into the page meanwhile
		const bars = Array.from(document.querySelectorAll('.nk-sticky, .nk-tabbar'))
		bars.forEach(b => { b.style.position = 'static' })
		const r = await axe.run(document, { resultTypes: ['violations'], runOnly: rules[0] === 'all' ? all : { type: 'rule', values: rules } })
		bars.forEach(b => { b.style.position = '' })
		return r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
			.map(v => v.id + ' ' + v.impact + ' ×' + v.nodes.length + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' | ' + n.any.concat(n.all, n.none).map(c => c.message).join('; ').slice(0, 200)).join('\n    ')).join('\n')
	}`, rules).Value.Str()
}
