package e2e

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
	"neike/internal/org"
)

// companyIn are the stops at the pages by which a company comes in and changes over time.
func companyIn(t *testing.T, s *stage) map[string][]stop {
	t.Helper()
	all := map[string][]stop{}
	maps.Copy(all, overTime(t, s))
	maps.Copy(all, atTheDoor(t, s))
	maps.Copy(all, connected(t, s))
	maps.Copy(all, whoMay(s))
	maps.Copy(all, agreed())
	maps.Copy(all, pictured())
	maps.Copy(all, looked())
	maps.Copy(all, rated())
	return all
}

// id is the id as it stands in addresses.
func id(n int64) string { return strconv.FormatInt(n, 10) }

// overTime are the stops at absences, duty lists, places, changes of people and units, and calendars.
func overTime(t *testing.T, s *stage) map[string][]stop {
	t.Helper()
	absent, err := s.Org.SetAbsence(s.ctx(t, agent), agent, org.AbsenceInput{From: "2026-12-28", Until: "2026-12-31", Kind: org.Holiday, Deputy: colleague, Note: "回家过年"})
	if err != nil {
		t.Fatal(err)
	}
	planned, _, err := s.Org.PlanPerson(s.ctx(t, administrator), "1031", org.ChangeInput{Kind: org.Leaving, Date: "2026-12-31", Receiver: colleague}, false)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]stop{
		"GET /me/absence":                 {{name: "my absence", path: "/me/absence", who: agent}},
		"GET /people/{no}/absence":        {{name: "absence of a person", path: "/people/" + agent + "/absence", who: head}},
		"GET /absences/{id}":              {{name: "absence", path: "/absences/" + id(absent.ID), who: agent}},
		"GET /units/{code}/duty":          {{name: "duty list", path: "/units/it/duty", who: administrator}, {name: "no duty list", path: "/units/finance/duty", who: head}},
		"GET /duty/{id}/note":             {{name: "hand-over note", path: "/duty/" + id(s.shift(t)) + "/note", who: s.onDuty(t)}},
		"GET /org/places":                 {{name: "places", path: "/org/places", who: customer}},
		"GET /org/places/{code}":          {{name: "place", path: "/org/places/huaheng", who: customer}},
		"GET /settings/org/places/{code}": {{name: "place edited", path: "/settings/org/places/huaheng", who: administrator}},
		"GET /people/{no}/holds": {{name: "what an agent holds", path: "/people/" + agent + "/holds", who: administrator},
			{name: "a transfer", path: "/people/" + agent + "/holds?do=transfer", who: administrator}},
		"GET /changes/{id}": {{name: "change planned", path: "/changes/" + id(planned.ID), who: administrator}},
		"GET /settings/org/reorganise": {{name: "merge", path: "/settings/org/reorganise", who: administrator},
			{name: "split", path: "/settings/org/reorganise?kind=split&from=finance", who: administrator}},
		"GET /company":                        {{name: "what is decided for all", path: "/company", who: customer}},
		"GET /calendars":                      {{name: "calendar of the own unit", path: "/calendars", who: customer}},
		"GET /settings/calendar-years":        {{name: "statutory years", path: "/settings/calendar-years", who: administrator}},
		"GET /settings/calendars/{code}/test": {{name: "calendar tried out", path: "/settings/calendars/default/test", who: administrator}},
	}
}

// shift is a shift of IT that is over or under way, and onDuty whose it is.
func (s *stage) shift(t *testing.T) int64   { return s.shiftNow(t).ID }
func (s *stage) onDuty(t *testing.T) string { return s.no(t, s.shiftNow(t).Person) }

func (s *stage) shiftNow(t *testing.T) org.Shift {
	t.Helper()
	tree, err := s.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	unit, _ := tree.ByCode("it")
	var list []org.Shift
	err = s.DB.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = s.Org.ShiftsAt(ctx, rd, unit.ID, began)
		return err
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("nobody of IT is on duty: %v", err)
	}
	return list[0]
}

func (s *stage) no(t *testing.T, person org.ID) string {
	t.Helper()
	p, err := s.Org.Person(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return p.No
}

// atTheDoor are the stops at activation, posters, second factors and the first run.
func atTheDoor(t *testing.T, s *stage) map[string][]stop {
	t.Helper()
	poster, err := s.Signin.MakePoster(s.ctx(t, administrator), "finance", "30", s.base)
	if err != nil {
		t.Fatal(err)
	}
	join := poster.URL[len(s.base):]
	waiting := webtest.New(t, s.base)
	waiting.Form(join, "no", "1032", "name", "无名", "digits", "", "password", "waiting-phone-2026", "again", "waiting-phone-2026").Is(http.StatusSeeOther)
	claim := waiting.Cookie("neike-claim")
	if claim == "" {
		t.Fatal("the phone at the poster got no cookie")
	}
	way, err := s.Directory.SaveConnection(s.ctx(t, administrator), 0, directory.ConnectionInput{Kind: directory.KindOIDC, NameZh: "集团统一登录", NameEn: "Group sign-in",
		SignIn: true, Settings: map[string]string{"issuer": "https://login.example.com", "app": "neike"}, Secrets: map[string]string{"secret": "s"}})
	if err != nil {
		t.Fatal(err)
	}
	left := s.Secrets.Seal("signin.leave", `{"p":1,"w":`+id(way.ID)+`,"e":"https://login.example.com/end","c":"neike"}`)
	const poor = "status of 404"
	return map[string][]stop{
		"GET /signin/left":                      {{name: "signed out", path: "/signin/left", cookies: map[string]string{"neike-leave": left}}},
		"GET /settings/activation":              {{name: "activation of all", path: "/settings/activation", who: administrator}},
		"GET /settings/activation/posters/{id}": {{name: "poster", path: "/settings/activation/posters/" + id(poster.ID), who: administrator}},
		"GET /activate":                         {{name: "code of a slip", path: "/activate"}},
		"GET /join/{key}":                       {{name: "poster scanned", path: join}, {name: "poster gone", path: "/join/nothing", says: poor}},
		"GET /join":                             {{name: "phone waits", path: "/join", cookies: map[string]string{"neike-claim": claim}}},
		"GET /me/factors":                       {{name: "my factors", path: "/me/factors", who: customer}},
		"GET /signin/factor":                    {{name: "second factor", path: "/signin/factor", cookies: map[string]string{"neike-half": "half"}}},
		"GET /signin/link":                      {{name: "account of nobody", path: "/signin/link?via=企业微信", cookies: map[string]string{"neike-link": "key"}}},
		"GET /settings/door":                    {{name: "rules of the door", path: "/settings/door", who: administrator}},
		"GET /setup":                            {{name: "first run", path: "/setup", on: empty(t)}},
	}
}

// empty is a house in which nobody lives yet.
func empty(t *testing.T) *stage {
	t.Helper()
	s, err := open(app.Config{Data: t.TempDir()}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Errorf("the empty house did not stop: %v", err)
		}
	})
	return s
}

// connected are the stops at a connection with WeCom, with a sync that waits for its departments to be placed.
func connected(t *testing.T, s *stage) map[string][]stop {
	t.Helper()
	f := chattest.New(t, chat.WeCom)
	f.AddDepartment(chat.Department{ID: "20", Parent: "1", Name: "财务部", Order: 1}, chat.Department{ID: "30", Parent: "1", Name: "海外工程部", Order: 2})
	f.AddUser(chat.User{ID: "zhangsan", No: agent, Name: "张三", Departments: []string{"20"}},
		chat.User{ID: "new", No: "9901", Name: "新来的", Departments: []string{"30"}}, chat.User{ID: "nobody", Name: "没有工号", Departments: []string{"30"}})
	ctx, with := s.ctx(t, administrator), f.Settings()
	c, err := s.Directory.SaveConnection(ctx, 0, directory.ConnectionInput{Kind: chat.WeCom, NameZh: "企业微信", NameEn: "WeCom", Sync: true,
		Settings: map[string]string{"corp": with.Corp, "app": with.App, "api": with.API, "private": "true"},
		Secrets:  map[string]string{"secret": with.Secret}, Rules: directory.DefaultRules()})
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Directory.Begin(ctx, c.ID, "hand")
	for end := time.Now().Add(time.Minute); err == nil && (run.State == directory.Reading || run.State == directory.Planning) && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		run, err = s.Directory.Run(ctx, run.ID)
	}
	if err != nil || run.State != directory.Planned {
		t.Fatalf("the sync is %s %+v, %v", run.State, run.Failure, err)
	}
	page := "/settings/connections/" + id(c.ID)
	return map[string][]stop{
		"GET /settings/connections": {{name: "connections", path: "/settings/connections", who: administrator}},
		"GET /settings/connections/new": {{name: "connection to choose", path: "/settings/connections/new", who: administrator},
			{name: "new connection", path: "/settings/connections/new?kind=feishu", who: administrator}},
		"GET /settings/connections/{id}":         {{name: "connection", path: page, who: administrator}},
		"GET /settings/connections/{id}/edit":    {{name: "connection edited", path: page + "/edit", who: administrator}},
		"GET /settings/syncs/{run}":              {{name: "sync", path: "/settings/syncs/" + id(run.ID), who: administrator}},
		"GET /settings/org/people/{no}/accounts": {{name: "accounts of a person", path: "/settings/org/people/" + agent + "/accounts", who: administrator}},
		"GET /me/accounts":                       {{name: "my accounts", path: "/me/accounts", who: agent}},
	}
}

// whoMay are the stops at who may do what, and who has looked.
func whoMay(s *stage) map[string][]stop {
	return map[string][]stop{
		"GET /settings/access":       {{name: "who may what", path: "/settings/access", who: administrator}},
		"GET /settings/access/give":  {{name: "role to give", path: "/settings/access/give", who: administrator}},
		"GET /settings/access/take":  {{name: "role to take", path: "/settings/access/take?person=" + agent + "&role=agent&scope=finance", who: administrator}},
		"GET /settings/access/idle":  {{name: "roles unused", path: "/settings/access/idle", who: administrator}},
		"GET /settings/access/table": {{name: "table of permissions", path: "/settings/access/table", who: administrator}},
		"GET /settings/access/glass": {{name: "broken glass", path: "/settings/access/glass", who: "1024"}},
		"GET /settings/access/view":  {{name: "view as", path: "/settings/access/view", who: administrator}},
		"GET /settings/privacy":      {{name: "privacy", path: "/settings/privacy", who: administrator}, {name: "nobody erased", path: "/settings/privacy?state=erased", who: administrator}},
		"GET /people/{no}/data":      {{name: "personal data of a person", path: "/people/" + agent + "/data", who: administrator}},
		"GET /me/data":               {{name: "my personal data", path: "/me/data", who: customer}},
		"GET /access/why":            {{name: "why it is seen", path: "/access/why", who: administrator}},
		"GET /me/access":             {{name: "who has looked", path: "/me/access", who: customer}},
	}
}
