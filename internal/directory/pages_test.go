package directory_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	product "neike/internal/app/house"
	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
)

// fields are what an administrator types to connect a platform.
func fields(f *chattest.Fake, more ...string) []string {
	s := f.Settings()
	return append([]string{"kind", f.Platform, "name_zh", "企业微信", "sign_in", "true", "sync", "true", "notify", "true", "revision", "0",
		"settings.corp", s.Corp, "settings.app", s.App, "settings.api", s.API, "settings.accounts", s.Accounts, "settings.private", "true",
		"secrets.secret", s.Secret, "secrets.token", s.Token, "secrets.key", s.Key, "rules.new_units", "ask", "rules.number", "no", "rules.new_people", "true",
		"rules.owns", "unit", "rules.owns", "name", "rules.owns", "active", "rules.percent", "5", "rules.hour", "2"}, more...)
}

func TestAnAdministratorConnectsAndSyncs(t *testing.T) {
	h := product.Start(t).Settle()
	f := suite(t, chat.WeCom)
	admin := h.SignedIn("1001")
	admin.Get("/settings/connections").Is(http.StatusOK).Shows("#connections", "还没有连接")
	admin.Get("/settings/connections/new").Is(http.StatusOK).Shows("#kind", "企业微信")
	bad := admin.Form("/settings/connections/new", "kind", "wecom", "rules.percent", "200", "settings.api", "http://x", "revision", "0").Is(http.StatusUnprocessableEntity)
	for _, words := range []string{"请填写", "请填 1 到 100", "内网部署"} {
		bad.Shows("#connection-form", words)
	}
	at := admin.Form("/settings/connections/new", fields(f)...).Is(http.StatusSeeOther).Header.Get("Location")
	page := admin.Get(at).Is(http.StatusOK).Shows("#facts", "已设置").Shows("#runs", "还没有同步过")
	secretless(t, f, string(page.Body))
	secretless(t, f, string(admin.Get(at+"/edit").Is(http.StatusOK).Shows("#connection", "").Body))
	admin.Form(at + "/test").Leads(at + "#test")
	admin.Get(at).Shows("#test", "连接正常")
	f.Fail("/cgi-bin/department", 60020, -1)
	admin.Form(at + "/test").Leads(at + "#test")
	admin.Get(at).Shows("#test", "可信名单")
	f.Heal()

	run := admin.Form(at + "/sync").Is(http.StatusSeeOther).Header.Get("Location")
	work(t, h, run)
	admin.Get(run).Is(http.StatusOK).Shows("#run", "对不上").Shows("#place", "生产部")
	admin.Form(run + "/apply").Is(http.StatusConflict)
	admin.Form(run+"/place", "choice.20", "", "unit.20", "nowhere").Is(http.StatusUnprocessableEntity)
	admin.Form(run+"/place", "unit.1", "root", "unit.20", "finance", "choice.1", "", "choice.20", "", "choice.21", "create", "choice.30", "", "all", "create").Leads(run)
	work(t, h, run)
	admin.Get(run).Is(http.StatusOK).Shows("#decide", "新增 3 人")
	admin.Get(run+"?show=people-new").Is(http.StatusOK).Shows("#items", "1002 李四")
	if body := string(admin.Get(run + "/export?format=csv").Is(http.StatusOK).Body); !strings.Contains(body, "1002 李四") {
		t.Errorf("the table: %s", body)
	}
	admin.Form(run + "/apply").Leads(run)
	work(t, h, run)
	admin.Get(run).Is(http.StatusOK).Shows("#run", "同步完成")
	if p, err := h.Org.PersonByNo(t.Context(), "1002"); err != nil || p.Unit == 0 {
		t.Errorf("%+v, %v", p, err)
	}

	admin.Get("/settings/org/people/1002/accounts").Is(http.StatusOK).Shows("#linked", "lisi")
	if href, _ := admin.Get("/people/1002").Is(http.StatusOK).Shows("#linked", "lisi").Page().Find("#linked li a").Attr("href"); href != "/settings/org/people/1002/accounts" {
		t.Errorf("the page of the person leads to %q", href)
	}
	if text := h.SignedIn("3002").Get("/people/1002").Is(http.StatusOK).Text("#linked"); text != "" {
		t.Errorf("everybody sees the accounts: %q", text)
	}
	admin.Form("/settings/org/people/3002/accounts", "connection", last(at), "subject", "LISI").Is(http.StatusConflict).Shows("#accounts", "已经关联了另一个人")
	admin.Form("/settings/org/people/1002/accounts/unlink", "connection", last(at)).Leads("/settings/org/people/1002/accounts")
	admin.Form("/settings/org/people/3002/accounts", "connection", last(at), "subject", "LISI").Leads("/settings/org/people/3002/accounts")
	h.SignedIn("3002").Get("/me/accounts").Is(http.StatusOK).Shows("#linked", "LISI")

	for _, no := range []string{"3002", "4001"} {
		other := h.SignedIn(no)
		for _, path := range []string{"/settings/connections", at, at + "/edit", run, run + "/export?format=csv", "/settings/org/people/1002/accounts"} {
			other.Get(path).Is(http.StatusNotFound)
		}
	}
	admin.Form(at + "/end").Leads(at)
	admin.Form(at + "/sync").Is(http.StatusConflict)
	admin.Get("/settings/connections").Shows("#list", "已停用")
}

// TestSecretsAreTypedOnce: with something else wrong in the form its secrets come back sealed, are good for their writer
// alone, and are not shown.
func TestSecretsAreTypedOnce(t *testing.T) {
	h := product.Start(t).Settle()
	f := suite(t, chat.WeCom)
	admin := h.SignedIn("1001")
	wrong := append(fields(f), "settings.proxy", "nowhere")
	page := admin.Form("/settings/connections/new", wrong...).Is(http.StatusUnprocessableEntity)
	secretless(t, f, string(page.Body))
	sealed, _ := page.Page().Find("input[name=kept]").Attr("value")
	if sealed == "" || page.Page().Find("input[name='secrets.secret']").AttrOr("placeholder", "") == "" {
		t.Fatal("what was typed is lost")
	}
	again := fields(f, "kept", sealed)
	for i := 0; i+1 < len(again); i += 2 {
		if strings.HasPrefix(again[i], "secrets.") {
			again[i+1] = ""
		}
	}
	if err := h.Org.SetRoles(h.System(), "2002", []string{"admin"}, 0); err != nil {
		t.Fatal(err)
	}
	h.SignedIn("2002").Form("/settings/connections/new", again...).Is(http.StatusUnprocessableEntity)
	at := admin.Form("/settings/connections/new", again...).Is(http.StatusSeeOther).Header.Get("Location")
	admin.Form(at + "/test").Leads(at + "#test")
	admin.Get(at).Shows("#test", "连接正常")
}

func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// work goes on with a run until it waits or has ended, whoever else does.
func work(t *testing.T, h *product.House, run string) {
	t.Helper()
	id, err := strconv.ParseInt(last(run), 10, 64)
	for busy := true; busy; {
		if err != nil {
			t.Fatal(err)
		}
		var r directory.Run
		r, err = h.Directory.Work(h.System(), id)
		busy = err != nil || r.State == directory.Reading || r.State == directory.Planning || r.State == directory.Applying
	}
}

// secretless says that none of the secrets stands in a text.
func secretless(t *testing.T, f *chattest.Fake, text string) {
	t.Helper()
	s := f.Settings()
	for _, secret := range []string{s.Secret, s.Token, s.Key} {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("a secret is shown: %s", secret)
		}
	}
}

func TestTheAPIKeepsSecretsToItself(t *testing.T) {
	h := product.Start(t).Settle()
	f := suite(t, chat.Feishu)
	s := f.Settings()
	admin := h.TokenOf("1001", "read", "write", "admin")
	body := map[string]any{"kind": "feishu", "name_zh": "飞书", "sync": true, "settings": map[string]string{"app": s.App, "api": s.API, "accounts": s.Accounts, "private": "true"},
		"secrets": map[string]string{"secret": s.Secret, "token": s.Token, "key": s.Key}, "rules": map[string]any{"new_people": true, "new_units": "create", "owns": []string{"name", "unit"}}}
	made := admin.Post("/api/v1/connections", body).Is(http.StatusCreated)
	var c struct {
		ID     string   `json:"id"`
		Sealed []string `json:"secrets_set"`
	}
	made.Decode(&c)
	if len(c.Sealed) != 3 {
		t.Errorf("sealed %v", c.Sealed)
	}
	all := string(made.Body)
	all += string(admin.Get("/api/v1/connections").Is(http.StatusOK).Body)
	all += string(admin.JSON("PUT", "/api/v1/connections/"+c.ID, body).Is(http.StatusOK).Body)
	admin.JSON("PUT", "/api/v1/connections/"+c.ID, body, "If-Match", `"old"`).Is(http.StatusPreconditionFailed)
	all += string(admin.Post("/api/v1/connections/"+c.ID+"/test", nil).Is(http.StatusOK).Body)
	var r struct {
		ID      string `json:"id"`
		State   string `json:"state"`
		Applied struct {
			New int `json:"people_new"`
		} `json:"applied"`
	}
	admin.Post("/api/v1/connections/"+c.ID+"/syncs", nil).Is(http.StatusCreated).Decode(&r)
	admin.Post("/api/v1/connections/"+c.ID+"/syncs", nil).Is(http.StatusConflict)
	work(t, h, r.ID)
	all += string(admin.Get("/api/v1/syncs/" + r.ID + "/items?limit=2").Is(http.StatusOK).Body)
	admin.Post("/api/v1/syncs/"+r.ID+"/apply", map[string]any{}).Is(http.StatusOK)
	work(t, h, r.ID)
	if admin.Get("/api/v1/syncs/" + r.ID).Decode(&r); r.State != "done" || r.Applied.New != 3 {
		t.Errorf("%+v", r)
	}
	admin.Get("/api/v1/connections/" + c.ID + "/syncs").Is(http.StatusOK)
	admin.Get("/api/v1/people/1002/accounts").Is(http.StatusOK).Shows("*", "lisi")
	admin.JSON("DELETE", "/api/v1/people/1002/accounts?connection="+c.ID, nil).Is(http.StatusOK)
	admin.Post("/api/v1/people/1002/accounts", map[string]any{"connection": c.ID, "subject": "lisi"}).Is(http.StatusCreated)
	admin.Post("/api/v1/people/1002/accounts", map[string]any{"connection": "x", "subject": "lisi"}).Is(http.StatusUnprocessableEntity)
	admin.Post("/api/v1/connections/"+c.ID+"/end", nil).Is(http.StatusOK)
	admin.Post("/api/v1/connections/"+c.ID+"/resume", nil).Is(http.StatusOK)
	all += string(h.SignedIn("1001").Get("/settings/connections/" + c.ID + "/edit").Body)
	secretless(t, f, all)
	secretless(t, f, dump(t, h))
}

// TestWhatIsWrongIsSaidInWords: saving tests at once, and whatever the other side or the network answers is said in the
// reader's language with what to do.
func TestWhatIsWrongIsSaidInWords(t *testing.T) {
	h := product.Start(t).Settle()
	f := suite(t, chat.WeCom)
	admin := h.SignedIn("1001")
	at := strings.TrimSuffix(admin.Form("/settings/connections/new", fields(f, "then", "test")...).Is(http.StatusSeeOther).Header.Get("Location"), "#test")
	admin.Get(at).Is(http.StatusOK).Shows("#test", "连接正常").Shows("#places", "授权回调域")
	for _, c := range []struct{ name, field, value, says string }{
		{"the secret of another app", "secrets.secret", "not the secret", "密钥不对"},
		{"another app's AgentId", "settings.app", "9999999", "AgentId 不对"},
		{"nobody listens there", "settings.api", "http://127.0.0.1:1", "对方拒绝连接"},
		{"a host that is nowhere", "settings.api", "http://nowhere.invalid", "找不到这个域名"},
	} {
		wrong := fields(f, "then", "test")
		for i := 0; i < len(wrong); i += 2 {
			if wrong[i] == c.field {
				wrong[i+1] = c.value
			}
			if wrong[i] == "revision" {
				wrong[i+1] = admin.Get(at+"/edit").Page().Find("input[name=revision]").AttrOr("value", "")
			}
		}
		admin.Form(at+"/edit", wrong...).Leads(at + "#test")
		if said := admin.Get(at).Text("#test"); !strings.Contains(said, c.says) || strings.Contains(said, "dial") {
			t.Errorf("%s: %s", c.name, said)
		}
	}
}

// A callback is heard once, from whoever knows the key, and makes a sync due; a renamed account stays the same person.
func TestCallbacks(t *testing.T) {
	h := product.Start(t).Settle()
	f := suite(t, chat.WeCom)
	admin := h.SignedIn("1001")
	at := admin.Form("/settings/connections/new", fields(f)...).Is(http.StatusSeeOther).Header.Get("Location")
	admin.Form("/settings/org/people/3002/accounts", "connection", last(at), "subject", "zhangsan").Is(http.StatusSeeOther)
	hook := regexp.MustCompile(`http://[^ <"]+/hooks/[0-9a-f]{32}`).FindString(string(admin.Get(at).Body))
	if hook == "" {
		t.Fatal("no address of callbacks")
	}
	send := func(r *http.Request) int {
		t.Helper()
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	if got := send(f.Ask(hook)); got != http.StatusOK {
		t.Errorf("the question: %d", got)
	}
	for name, e := range map[string]chattest.Event{"forged": {Forged: true}, "altered": {Altered: true}, "a stranger's": {Stranger: true}} {
		e.Kind, e.Users = chat.OnUserLeft, []string{"zhangsan"}
		if got := send(f.Push(hook, e)); got != http.StatusNotFound {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := send(f.Push(hook[:len(hook)-1]+"z", chattest.Event{Kind: chat.OnUserChanged, Users: []string{"zhangsan"}})); got != http.StatusNotFound {
		t.Errorf("nobody's address: %d", got)
	}
	if strings.Contains(string(admin.Get(at).Body), "通讯录有变动") {
		t.Error("due, and nobody has said anything that counts")
	}
	for range 2 {
		if got := send(f.Push(hook, chattest.Event{ID: "e1", Kind: chat.OnUserChanged, Users: []string{"zhang.san"}, Before: "zhangsan"})); got != http.StatusOK {
			t.Errorf("a change: %d", got)
		}
	}
	admin.Get(at).Shows("#connection", "通讯录有变动")
	h.SignedIn("3002").Get("/me/accounts").Shows("#linked", "zhang.san")
}

func TestVerificationFiles(t *testing.T) {
	h := product.Start(t).Settle()
	if err := h.Directory.PutProof(h.As("1001"), "WW_verify_abcdef.txt", "gNcTyL5sR2kGcE1Z\n"); err != nil {
		t.Fatal(err)
	}
	a := h.Fresh().Get("/WW_verify_abcdef.txt").Is(http.StatusOK)
	if string(a.Body) != "gNcTyL5sR2kGcE1Z" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("%s %q", a.Header, a.Body)
	}
	h.Fresh().Get("/WW_verify_other.txt").Is(http.StatusNotFound)
	for name, body := range map[string]string{"../x.txt": "a", "a.html": "a", "robots.txt": "a", "WW_verify_x.txt": "<script>", "WW_verify_y.txt": ""} {
		if err := h.Directory.PutProof(h.As("1001"), name, body); err == nil {
			t.Errorf("%s with %q is kept", name, body)
		}
	}
	h.SignedIn("1001").Get("/settings/connections").Shows("#proofs", "WW_verify_abcdef.txt")
}
