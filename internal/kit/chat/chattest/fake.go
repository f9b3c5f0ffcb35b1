// Package chattest is a chat platform to test against: a server on loopback that behaves as WeCom, Feishu or DingTalk do,
// with a directory, sign-in pages, apps' messages, to-do lists, robots and callbacks. It checks what it is sent with an
// implementation of its own, refuses as they refuse, above HTTP 200, and plays their tricks when told to:
//
//	f := chattest.New(t, chat.WeCom)
//	f.AddDepartment(chat.Department{ID: "2", Parent: "1", Name: "生产部"})
//	f.AddUser(chat.User{ID: "zhangsan", Name: "张三", No: "1001", Departments: []string{"2"}})
//	client, _ := chat.New(f.Settings())
//	client.Login(ctx, f.LoginCode("zhangsan"), back)
//	f.Fail("/cgi-bin/message/send", 60020, 1) // the next one fails so
//	client.Send(ctx, []string{"zhangsan"}, chat.Message{Title: "新请求"})
//	f.Messages() // what people were told
//	http.DefaultClient.Do(f.Push(callbackURL, chattest.Event{Kind: chat.OnUserLeft, Users: []string{"zhangsan"}}))
//
// Nothing of package chat's signatures is used here. Of its types, those that say what a person or department is.
package chattest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/chat"
)

// Fake is one platform with one company and one app. It is safe for concurrent use.
type Fake struct {
	Platform string
	URL      string // of everything: calls, sign-in pages, robots
	t        testing.TB
	settings chat.Settings

	mu          sync.Mutex
	departments []chat.Department
	users       []chat.User
	scope       []string // departments that the app sees; nil: the whole company
	people      []string // people whom it sees one by one
	hidden      map[string]bool
	tokens      map[string]time.Time
	life        time.Duration
	codes       map[string]*login
	signsIn     string
	fails       []*failure
	calls       map[string]int
	total       int
	sent        []*Sent
	invalid     map[string]bool
	unlicensed  map[string]bool
	page        int
	empty       bool
	robot       []time.Time
	made        int
	events      map[string][]byte
	nostale     bool
}

type failure struct {
	path   string
	code   string
	status int
	times  int
}

type login struct {
	user, back, challenge string
	foreign, pkce         bool
	token                 string
}

// Sent is a message that somebody or a group got.
type Sent struct {
	ID     string
	Robot  bool     // to a group; else by the app
	To     []string // whom it reached
	Kind   string   // as the platform calls it: textcard, template_card, interactive, action_card, markdown …
	Title  string
	Text   string // all words of it, the title too
	Links  []string
	Todo   bool // stands in a to-do list, or is a card that can be closed
	Closed bool
	Body   string // as it came
}

// New starts a platform; it ends with the test.
func New(t testing.TB, platform string) *Fake {
	t.Helper()
	f := &Fake{Platform: platform, t: t, tokens: map[string]time.Time{}, life: 2 * time.Hour, codes: map[string]*login{},
		calls: map[string]int{}, invalid: map[string]bool{}, unlicensed: map[string]bool{}, hidden: map[string]bool{}, page: 50, events: map[string][]byte{}}
	s := chat.Settings{Platform: platform, Secret: "secret-of-the-app-" + f.name("s"), Token: "callbackTOKEN1",
		Key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", Private: true}
	mux := http.NewServeMux()
	switch platform {
	case chat.WeCom:
		s.Corp, s.App = "ww1234567890abcdef", "1000002"
		f.departments = []chat.Department{{ID: "1", Name: "示例公司"}}
		f.wecom(mux)
	case chat.Feishu:
		s.Corp, s.App, s.Key = "tenant2k3j4h", "cli_a1b2c3d4e5f6", "encrypt key of events"
		f.feishu(mux)
	case chat.DingTalk:
		s.Corp, s.App, s.Agent = "ding0123456789abcdef", "dingappkey123456", "3344556677"
		f.departments = []chat.Department{{ID: "1", Name: "示例公司"}}
		f.dingtalk(mux)
	case chat.Slack, chat.Teams:
	default:
		t.Fatalf("chattest: no platform %q", platform)
	}
	f.robots(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	server := httptest.NewServer(f.count(mux))
	t.Cleanup(server.Close)
	f.URL, s.API, s.Accounts = server.URL, server.URL, server.URL
	f.settings = s
	return f
}

// Settings are those of the app.
func (f *Fake) Settings() chat.Settings { return f.settings }

// Client is a client of the app.
func (f *Fake) Client() chat.Client {
	f.t.Helper()
	c, err := chat.New(f.Settings())
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// AddDepartment adds departments, or replaces those with the same ID. WeCom and DingTalk have the company itself as "1"
// from the beginning.
func (f *Fake) AddDepartment(list ...chat.Department) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range list {
		if i := slices.IndexFunc(f.departments, func(x chat.Department) bool { return x.ID == d.ID }); i >= 0 {
			f.departments[i] = d
		} else {
			f.departments = append(f.departments, d)
		}
	}
}

// RemoveDepartment removes departments; their people stay.
func (f *Fake) RemoveDepartment(ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.departments = slices.DeleteFunc(f.departments, func(d chat.Department) bool { return slices.Contains(ids, d.ID) })
}

// AddUser adds people, or replaces those with the same ID. Without a Union one is made up.
func (f *Fake) AddUser(list ...chat.User) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range list {
		if u.Union == "" {
			u.Union = "union" + u.ID
		}
		if i := slices.IndexFunc(f.users, func(x chat.User) bool { return x.ID == u.ID }); i >= 0 {
			f.users[i] = u
		} else {
			f.users = append(f.users, u)
		}
	}
}

// RemoveUser takes people out of the directory.
func (f *Fake) RemoveUser(ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users = slices.DeleteFunc(f.users, func(u chat.User) bool { return slices.Contains(ids, u.ID) })
}

// Scope lets the app see only these departments and what is below them; none: the whole company again.
func (f *Fake) Scope(departments ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scope = departments
}

// ScopePeople lets the app see these people besides, one by one. It matters when there is a Scope.
func (f *Fake) ScopePeople(ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.people = ids
}

// Hide keeps a field from the app, as a permission that was not asked for does: phone, email, no (工号), id (Feishu's
// user_id), name.
func (f *Fake) Hide(fields ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range fields {
		f.hidden[name] = true
	}
}

// Page is how many rows a page of a list has at most.
func (f *Fake) Page(size int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.page = size
}

// EmptyFirstPage begins every list in pages with an empty page that says there is more.
func (f *Fake) EmptyFirstPage() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.empty = true
}

// Invalid makes messages to these people fail while those to others pass.
func (f *Fake) Invalid(ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		f.invalid[strings.ToLower(id)] = true
	}
}

// Unlicensed makes WeCom's messages to these people fail for want of a licence, beside an answer that says all is well.
func (f *Fake) Unlicensed(ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		f.unlicensed[strings.ToLower(id)] = true
	}
}

// Fail makes the next calls to a path (or to any below it) fail with a code of the platform, above HTTP 200 where the
// platform does so. times < 0: until Heal.
func (f *Fake) Fail(path string, code any, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = append(f.fails, &failure{path: path, code: fmt.Sprint(code), times: times})
}

// FailHTTP makes the next calls to a path fail with a status of HTTP and words that are not the platform's.
func (f *Fake) FailHTTP(path string, status, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = append(f.fails, &failure{path: path, status: status, times: times})
}

// Heal ends all failures.
func (f *Fake) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = nil
}

// ExpireTokens makes every access token given out so far end now.
func (f *Fake) ExpireTokens() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.tokens)
}

// TokenLife is how long access tokens given out from now on hold.
func (f *Fake) TokenLife(life time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.life = life
}

// Calls is how often a path was called; "" counts all calls.
func (f *Fake) Calls(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if path == "" {
		return f.total
	}
	return f.calls[path]
}

// Messages are what people and groups got, in order.
func (f *Fake) Messages() []Sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Sent
	for _, s := range f.sent {
		one := *s
		one.To = slices.Clone(s.To)
		out = append(out, one)
	}
	return out
}

// Forget empties Messages.
func (f *Fake) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = nil
}

// MessagesTo are those that one person got.
func (f *Fake) MessagesTo(id string) []Sent {
	return slices.DeleteFunc(f.Messages(), func(s Sent) bool {
		return !slices.ContainsFunc(s.To, func(to string) bool { return strings.EqualFold(to, id) })
	})
}

// count counts calls, plays the failures and shields the rest from bodies that are too large.
func (f *Fake) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.calls[r.URL.Path]++
		f.total++
		var now *failure
		for _, one := range f.fails {
			if one.times != 0 && strings.HasPrefix(r.URL.Path, one.path) {
				one.times--
				now = one
				break
			}
		}
		f.mu.Unlock()
		if now != nil {
			f.refuse(w, r, now)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		next.ServeHTTP(w, r)
	})
}

// refuse answers as the platform does when something is wrong.
func (f *Fake) refuse(w http.ResponseWriter, r *http.Request, x *failure) {
	if x.status != 0 {
		http.Error(w, "<html>upstream is away</html>", x.status)
		return
	}
	text := words[f.Platform+" "+x.code]
	if text == "" {
		text = "scripted failure"
	}
	switch {
	case f.Platform == chat.Feishu:
		status := http.StatusOK
		switch x.code {
		case "99991400":
			w.Header().Set("X-Ogw-Ratelimit-Reset", "1")
			status = http.StatusTooManyRequests
		case "40004", "43010":
			status = http.StatusForbidden
		}
		answer(w, status, map[string]any{"code": json.Number(x.code), "msg": text})
	case f.Platform == chat.DingTalk && strings.HasPrefix(r.URL.Path, "/v1.0/"):
		answer(w, http.StatusForbidden, map[string]any{"code": x.code, "message": text, "requestid": "r-1"})
	default:
		answer(w, http.StatusOK, map[string]any{"errcode": json.Number(x.code), "errmsg": text})
	}
}

// words are what the platforms write beside their codes.
var words = map[string]string{
	"wecom 60020":     "not allow to access from your ip, hint: [1700000000_1_abc], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=60020",
	"wecom 45009":     "api freq out of limit",
	"wecom 42001":     "access_token expired",
	"wecom 40014":     "invalid access_token",
	"dingtalk 90020":  "本组织调用接口次数已超过当月上限",
	"dingtalk 90018":  "您的服务器调用钉钉开放平台所有接口的请求都被暂时禁用了",
	"feishu 99991400": "request trigger frequency limit",
	"feishu 99991663": "Invalid access token for authorization. Please make a test attempt by obtaining a new token.",
	"feishu 40004":    "no dept authority error",
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// body reads JSON; what is no JSON is an empty object.
func body(r *http.Request) (map[string]any, []byte) {
	raw, _ := io.ReadAll(r.Body)
	out := map[string]any{}
	json.Unmarshal(raw, &out)
	return out, raw
}

func str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return ""
}

func obj(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// name makes a name that was not given before.
func (f *Fake) name(prefix string) string {
	f.made++
	return fmt.Sprintf("%s%d-%x", prefix, f.made, random(6))
}

// keep notes a message.
func (f *Fake) keep(s Sent) *Sent {
	f.sent = append(f.sent, &s)
	return f.sent[len(f.sent)-1]
}

// gather collects all words and addresses of a message.
func gather(v any, words, links *[]string) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(keys(v)) {
			gather(v[name], words, links)
		}
	case []any:
		for _, one := range v {
			gather(one, words, links)
		}
	case string:
		if u, err := url.Parse(v); err == nil && u.Host != "" {
			if !slices.Contains(*links, v) {
				*links = append(*links, v)
			}
			return
		}
		*words = append(*words, v)
	}
}

func keys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// user finds somebody; lower case and upper case are one.
func (f *Fake) user(id string) (chat.User, bool) {
	for _, u := range f.users {
		if strings.EqualFold(u.ID, id) || u.Union == id && id != "" {
			return u, true
		}
	}
	return chat.User{}, false
}

// sees says whether the app sees a department.
func (f *Fake) sees(id string) bool {
	if len(f.scope) == 0 {
		return true
	}
	for range 50 {
		if slices.Contains(f.scope, id) {
			return true
		}
		i := slices.IndexFunc(f.departments, func(d chat.Department) bool { return d.ID == id })
		if i < 0 || f.departments[i].Parent == "" {
			return false
		}
		id = f.departments[i].Parent
	}
	return false
}

// seesUser says whether the app sees somebody.
func (f *Fake) seesUser(u chat.User) bool {
	return len(f.scope) == 0 || slices.Contains(f.people, u.ID) || slices.ContainsFunc(u.Departments, f.sees)
}

func (f *Fake) visible(field, value string) string {
	if f.hidden[field] {
		return ""
	}
	return value
}
