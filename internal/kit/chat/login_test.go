package chat_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
)

var ctx = context.Background()

const back = "https://neike.example/sign-in/chat/1"

// company is a fake with a small company in it.
func company(t *testing.T, platform string) *chattest.Fake {
	t.Helper()
	f := chattest.New(t, platform)
	top := ""
	if platform != chat.Feishu {
		top = "1"
	}
	f.AddDepartment(chat.Department{ID: "20", Parent: top, Name: "生产部", Order: 1, Heads: []string{"lisi"}},
		chat.Department{ID: "21", Parent: "20", Name: "一车间", Order: 2}, chat.Department{ID: "30", Parent: top, Name: "质量部", Order: 3})
	f.AddUser(
		chat.User{ID: "zhangsan", No: "1001", Name: "张三", NameEn: "San Zhang", Phone: "13800000001", Email: "zhang@neike.example", Position: "班长",
			Departments: []string{"21", "30"}, Leads: []string{"21"}, Manager: "lisi", Dotted: []string{"wangwu"}},
		chat.User{ID: "lisi", No: "1002", Name: "李四", Departments: []string{"20"}, Leads: []string{"20"}},
		chat.User{ID: "wangwu", No: "1003", Name: "王五", Departments: []string{"30"}, State: chat.Waiting})
	return f
}

func each(t *testing.T, run func(t *testing.T, f *chattest.Fake, c chat.Client)) {
	for _, platform := range chat.Platforms {
		t.Run(platform, func(t *testing.T) {
			f := company(t, platform)
			run(t, f, f.Client())
		})
	}
}

// why is the error as the platform wrote it.
func why(err error) chat.Error {
	var e *chat.Error
	if errors.As(err, &e) {
		return *e
	}
	return chat.Error{}
}

func TestLogin(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		code := f.LoginCode("zhangsan")
		u, err := c.Login(ctx, code, back)
		if err != nil || u.ID != "zhangsan" {
			t.Fatalf("%+v, %v", u, err)
		}
		if _, err := c.Login(ctx, code, back); why(err).Reason != chat.Refused {
			t.Errorf("a code that was used: %v", err)
		}
		if _, err := c.Login(ctx, f.ForeignCode(), back); why(err).Reason != chat.Refused {
			t.Errorf("somebody of another company: %v", err)
		}
		if _, err := c.Login(ctx, url.Values{}, back); why(err).Code != "no-code" {
			t.Errorf("no code: %v", err)
		}
		whole, err := c.Person(ctx, u.ID)
		if err != nil || whole.No != "1001" || whole.Name != "张三" || whole.Phone != "13800000001" || whole.Departments[0] != "21" {
			t.Errorf("%+v, %v", whole, err)
		}
	})
}

// A browser goes to the page and comes back; state and the proof of the code stay together.
func TestLoginThroughTheBrowser(t *testing.T) {
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		for _, inApp := range []bool{false, true} {
			f.SignsIn("zhangsan")
			address, _, _ := strings.Cut(c.LoginURL(back, "state+/= 1", inApp), "#")
			res, err := browser.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			came, err := res.Location()
			if err != nil {
				t.Fatalf("HTTP %d", res.StatusCode)
			}
			if came.Query().Get("state") != "state+/= 1" {
				t.Errorf("the state came back as %q", came.Query().Get("state"))
			}
			if u, err := c.Login(ctx, came.Query(), back); err != nil || u.ID != "zhangsan" {
				t.Errorf("%+v, %v", u, err)
			}
		}
	})
}

func TestLoginAddresses(t *testing.T) {
	for _, c := range []struct {
		settings chat.Settings
		inApp    bool
		want     string
	}{
		{chat.Settings{Platform: chat.WeCom, Corp: "wwabc", App: "1000002"}, true,
			"https://open.weixin.qq.com/connect/oauth2/authorize?appid=wwabc&redirect_uri=https%3A%2F%2Fneike.example%2Fsign-in%2Fchat%2F1" +
				"&response_type=code&scope=snsapi_base&state=s&agentid=1000002#wechat_redirect"},
		{chat.Settings{Platform: chat.WeCom, Corp: "wwabc", App: "1000002"}, false,
			"https://login.work.weixin.qq.com/wwlogin/sso/login?agentid=1000002&appid=wwabc&login_type=CorpApp" +
				"&redirect_uri=https%3A%2F%2Fneike.example%2Fsign-in%2Fchat%2F1&state=s"},
		{chat.Settings{Platform: chat.DingTalk, Corp: "ding1", App: "key"}, false,
			"https://login.dingtalk.com/oauth2/auth?redirect_uri=https%3A%2F%2Fneike.example%2Fsign-in%2Fchat%2F1&response_type=code" +
				"&client_id=key&scope=openid%20corpid&state=s&prompt=consent"},
		{chat.Settings{Platform: chat.Feishu, App: "cli_1", API: "https://open.larksuite.com"}, false,
			"https://accounts.larksuite.com/open-apis/authen/v1/authorize?client_id=cli_1"},
		{chat.Settings{Platform: chat.Feishu, App: "cli_1"}, false, "https://accounts.feishu.cn/open-apis/authen/v1/authorize?client_id=cli_1"},
	} {
		c.settings.Secret = "secret"
		client, err := chat.New(c.settings)
		if err != nil {
			t.Fatal(err)
		}
		got := client.LoginURL(back, "s", c.inApp)
		if c.settings.Platform == chat.Feishu {
			u, _ := url.Parse(got)
			if q := u.Query(); len(q.Get("code_challenge")) != 43 || q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != back {
				t.Error(got)
			}
			got = strings.Replace(u.Scheme+"://"+u.Host+u.Path+"?client_id="+u.Query().Get("client_id"), "", "", 1)
		}
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// The code of one sign-in is no use with the state of another: the proof is made from the state.
func TestFeishuProvesItsCode(t *testing.T) {
	f := company(t, chat.Feishu)
	c := f.Client()
	f.SignsIn("lisi")
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(c.LoginURL(back, "one", false))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	came, err := res.Location()
	if err != nil {
		t.Fatal(err)
	}
	stolen := came.Query()
	stolen.Set("state", "another")
	if _, err := c.Login(ctx, stolen, back); why(err).Reason != chat.Refused || why(err).Code != "20049" {
		t.Errorf("%v", err)
	}
	if _, err := c.Login(ctx, came.Query(), "https://neike.example/elsewhere"); why(err).Code != "20071" {
		t.Errorf("another address to come back to: %v", err)
	}
}

func TestFeishuFallsBackToTheOlderToken(t *testing.T) {
	f := company(t, chat.Feishu)
	f.FailHTTP("/oauth/v3/token", http.StatusNotFound, -1)
	u, err := f.Client().Login(ctx, f.LoginCode("lisi"), back)
	if err != nil || u.No != "1002" || f.Calls("/open-apis/authen/v2/oauth/token") != 1 {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestFeishuWithoutUserIDs(t *testing.T) {
	f := company(t, chat.Feishu)
	f.Hide("id", "phone", "email", "no")
	u, err := f.Client().Login(ctx, f.LoginCode("lisi"), back)
	if err != nil || u.ID != "ou_lisi" || u.Phone != "" || u.No != "" {
		t.Errorf("%+v, %v", u, err)
	}
	r, err := f.Client().Send(ctx, []string{u.ID}, chat.Message{Title: "t"})
	if err != nil || len(r.Failed) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestDingTalkInsideTheApp(t *testing.T) {
	f := company(t, chat.DingTalk)
	u, err := f.Client().Login(ctx, f.InAppCode("lisi"), back)
	if err != nil || u.ID != "lisi" || u.Union != "unionlisi" {
		t.Errorf("%+v, %v", u, err)
	}
}

// Twenty callers at once want one token; one that has ended is replaced once, in the middle of whatever goes on.
func TestOneTokenForMany(t *testing.T) {
	tokens := map[string]string{chat.WeCom: "/cgi-bin/gettoken", chat.Feishu: "/open-apis/auth/v3/tenant_access_token/internal",
		chat.DingTalk: "/v1.0/oauth2/accessToken"}
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		all := func() {
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if _, err := c.Person(ctx, "lisi"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		all()
		if n := f.Calls(tokens[f.Platform]); n != 1 {
			t.Errorf("%d tokens for twenty callers", n)
		}
		f.ExpireTokens()
		all()
		if n := f.Calls(tokens[f.Platform]); n != 2 {
			t.Errorf("%d tokens after the first ended", n)
		}
		f.Fail(tokens[f.Platform], 1, -1)
		f.ExpireTokens()
		if _, err := c.Person(ctx, "lisi"); err == nil {
			t.Error("no token, and yet an answer")
		}
		f.Heal()
		if _, err := c.Person(ctx, "lisi"); err != nil {
			t.Errorf("after the failure: %v", err)
		}
	})
}

// A token is replaced before its end: three minutes early.
func TestTokenIsReplacedBeforeItsEnd(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, _ chat.Client) {
		now := time.Now()
		c, err := chat.NewAt(f.Settings(), func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			after time.Duration
			calls int
		}{{0, 2}, {116 * time.Minute, 1}, {2 * time.Minute, 2}} {
			now = now.Add(step.after)
			before := f.Calls("")
			if _, err := c.Person(ctx, "lisi"); err != nil {
				t.Fatal(err)
			}
			if n := f.Calls("") - before; n != step.calls {
				t.Errorf("after %v more: %d calls, not %d", step.after, n, step.calls)
			}
		}
	})
}
