package chat_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
)

var message = chat.Message{ID: "notice-17", Title: "REQ-1024 入职办理即将超时", Text: "剩余 2 工作小时\n请尽快处理", Tone: "warning",
	Facts:   []chat.Fact{{Label: "申请人", Value: "张三"}, {Label: "单位", Value: "一车间"}},
	Actions: []chat.Action{{Text: "查看", URL: "https://neike.example/r/1024"}, {Text: "受理", URL: "https://neike.example/r/1024/accept"}},
	At:      time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}

func TestSend(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		r, err := c.Send(ctx, []string{"zhangsan", "lisi"}, message)
		if err != nil || len(r.Failed) > 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		for _, who := range []string{"zhangsan", "lisi"} {
			got := f.MessagesTo(who)
			if len(got) != 1 {
				t.Fatalf("%s got %d messages", who, len(got))
			}
			if !strings.Contains(got[0].Text, "REQ-1024") || !strings.Contains(got[0].Text, "剩余 2 工作小时") || !strings.Contains(got[0].Text, "一车间") ||
				got[0].Links[0] != "https://neike.example/r/1024" || !strings.Contains(got[0].Text, "2026-11-23 09:00") {
				t.Errorf("%+v", got[0])
			}
		}
		for _, m := range []chat.Message{{Title: "只有标题"}, {Title: "t", Text: "x", Actions: []chat.Action{{URL: "javascript:alert(1)"}, {URL: "::"}}}} {
			f.Forget()
			if _, err := c.Send(ctx, []string{"lisi"}, m); err != nil {
				t.Errorf("%+v: %v", m, err)
			}
			if got := f.Messages()[0]; len(got.Links) != 0 {
				t.Errorf("a link that is none: %v", got.Links)
			}
		}
	})
}

// A to-do stands in the list, or is a card, until it is closed; closing twice is nothing.
func TestTodo(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		m := message
		m.Todo = true
		r, err := c.Send(ctx, []string{"zhangsan", "lisi"}, m)
		if err != nil || r.Unlisted != nil {
			t.Fatalf("%+v, %v", r, err)
		}
		open := func() (n int) {
			for _, s := range f.Messages() {
				if s.Todo && !s.Closed {
					n += len(s.To)
				}
			}
			return n
		}
		if n := open(); n != 2 {
			t.Fatalf("%d to-dos are open", n)
		}
		done := chat.Message{Title: "REQ-1024 已受理", Tone: "done", Actions: m.Actions[:1]}
		for range 2 {
			if err := c.Close(ctx, r, done); err != nil {
				t.Fatal(err)
			}
			if n := open(); n != 0 {
				t.Errorf("%d to-dos are open after closing", n)
			}
		}
		f.Heal()
		if err := c.Close(ctx, chat.Receipt{}, done); err != nil {
			t.Errorf("nothing to close: %v", err)
		}
	})
}

// The same message again, after a crash, is shown once, or is not worse than twice.
func TestSameMessageAgain(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		m := message
		m.Todo = true
		for range 2 {
			if _, err := c.Send(ctx, []string{"zhangsan"}, m); err != nil {
				t.Fatal(err)
			}
		}
		shown := map[string]int{}
		for _, s := range f.MessagesTo("zhangsan") {
			shown[s.Kind]++
		}
		for kind, n := range shown {
			if n != 1 {
				t.Errorf("%d × %s", n, kind)
			}
		}
	})
}

// DingTalk drops what somebody was told today in the same words: two messages of the same title are not the same.
func TestDingTalkDropsEqualWords(t *testing.T) {
	f := company(t, chat.DingTalk)
	c := f.Client()
	m := chat.Message{ID: "1", Title: "您有一条新请求"}
	for i := range 3 {
		m.ID = fmt.Sprint("notice-", i)
		if _, err := c.Send(ctx, []string{"zhangsan"}, m); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(f.MessagesTo("zhangsan")); n != 3 {
		t.Errorf("%d of 3 arrived", n)
	}
	r, err := c.Send(ctx, []string{"zhangsan"}, m)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = c.Check(ctx, r); err != nil || r.Failed["zhangsan"] == nil || r.Failed["zhangsan"].Code != "forbidden-user" {
		t.Errorf("%+v, %v", r, err)
	}
}

// Some do not get it: the receipt names them, and it is no error. Nobody gets it: it is one.
func TestPartOfThemFails(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		f.Invalid("wangwu")
		r, err := c.Send(ctx, []string{"zhangsan", "wangwu", "nobody"}, message)
		if err != nil {
			t.Fatal(err)
		}
		if r, err = c.Check(ctx, r); err != nil {
			t.Fatal(err)
		}
		if len(r.Failed) != 2 || r.Failed["wangwu"].Reason != chat.Gone || r.Failed["nobody"].Again() {
			t.Errorf("%+v", r.Failed)
		}
		if f.Platform != chat.DingTalk { // which knows only afterwards
			if _, err := c.Send(ctx, []string{"wangwu"}, message); why(err).Reason != chat.Gone {
				t.Errorf("to nobody: %v", err)
			}
		}
	})
}

// Who has no licence gets nothing while WeCom says that all is well.
func TestWeComWithoutALicence(t *testing.T) {
	f := company(t, chat.WeCom)
	c := f.Client()
	f.Unlicensed("wangwu")
	r, err := c.Send(ctx, []string{"zhangsan", "wangwu"}, message)
	if err != nil || len(r.Failed) != 1 || r.Failed["wangwu"].Reason != chat.Gone || r.Failed["wangwu"].Code != "unlicenseduser" {
		t.Errorf("%+v, %v", r.Failed, err)
	}
	if _, err := c.Send(ctx, []string{"wangwu"}, message); why(err).Code != "unlicenseduser" {
		t.Errorf("to nobody: %v", err)
	}
}

// More people than a call takes; the second portion fails.
func TestPortions(t *testing.T) {
	sizes := map[string]int{chat.WeCom: 1000, chat.Feishu: 1, chat.DingTalk: 100}
	paths := map[string]string{chat.WeCom: "/cgi-bin/message/send", chat.Feishu: "/open-apis/im/v1/messages",
		chat.DingTalk: "/topapi/message/corpconversation/asyncsend_v2"}
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		size := sizes[f.Platform]
		var to []string
		for i := range size + 2 {
			id := fmt.Sprint("p", i)
			to = append(to, id)
			f.AddUser(chat.User{ID: id, Departments: []string{"30"}})
		}
		if r, err := c.Send(ctx, to, message); err != nil || len(r.Failed) > 0 {
			t.Fatalf("%d failed, %v", len(r.Failed), err)
		}
		want := 2
		if f.Platform == chat.Feishu {
			want = 3
		}
		if n := f.Calls(paths[f.Platform]); n != want {
			t.Errorf("%d calls", n)
		}
	})
}

// Feishu says wait in the middle: who is left is in the receipt and worth another try; nobody is asked in vain.
func TestFeishuSlowsDownInTheMiddle(t *testing.T) {
	f := company(t, chat.Feishu)
	c := f.Client()
	if _, err := c.Send(ctx, []string{"zhangsan"}, message); err != nil {
		t.Fatal(err)
	}
	f.Fail("/open-apis/im/v1/messages", 99991400, 1)
	_, err := c.Send(ctx, []string{"lisi", "wangwu"}, message)
	if e := why(err); e.Reason != chat.Slow || e.After != time.Second || f.Calls("/open-apis/im/v1/messages") != 2 {
		t.Errorf("%v, %d calls", err, f.Calls("/open-apis/im/v1/messages"))
	}
}

// Lengths are counted in bytes and cut at the end of a character.
func TestLongMessages(t *testing.T) {
	long := message
	long.Title, long.Text = strings.Repeat("很长的标题", 300), strings.Repeat("很长的内容，\n“有引号”和<标签>", 3000)
	for i := range 50 {
		long.Facts = append(long.Facts, chat.Fact{Label: strings.Repeat("字段", 40), Value: strings.Repeat("值", 400+i)})
	}
	for i := range 12 {
		long.Actions = append(long.Actions, chat.Action{Text: strings.Repeat("打开", 30), URL: fmt.Sprint("https://neike.example/", i)})
	}
	bare := long
	bare.Actions = nil
	todo := long
	todo.Todo = true
	todo.ID = strings.Repeat("很长的编号", 100)
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		for _, m := range []chat.Message{long, bare, todo} {
			if r, err := c.Send(ctx, []string{"zhangsan"}, m); err != nil || r.Unlisted != nil {
				t.Errorf("%+v, %v", r.Unlisted, err)
			}
		}
		for _, m := range f.Messages() {
			if strings.ContainsRune(m.Body, '\uFFFD') {
				t.Error("a character was cut in two")
			}
		}
	})
	for _, platform := range chat.RobotPlatforms {
		f := chattest.New(t, platform)
		for _, m := range []chat.Message{long, bare} {
			if err := chat.SendTo(ctx, f.Robot(), m); err != nil {
				t.Errorf("%s: %v", platform, err)
			}
		}
	}
}

// What somebody typed mentions nobody, hides no link and loads no picture.
func TestWordsStayWords(t *testing.T) {
	evil := chat.Message{Title: "<@all> [点我](https://evil.example) <font color=\"info\">x</font>",
		Text:  "![](https://evil.example/p.png) <at user_id=\"all\">所有人</at> <a href=\"https://evil.example\">x</a>",
		Facts: []chat.Fact{{Label: "备注", Value: "<@zhangsan> [x](https://evil.example)"}}}
	check := func(name, body string, marks bool) {
		for _, bad := range []string{"<@", "<at", "<a ", "](https://evil", `"tag":"lark_md"`} {
			if !marks && bad == "](https://evil" { // there it means nothing
				continue
			}
			if strings.Contains(strings.ReplaceAll(body, `\u003c`, "<"), bad) {
				t.Errorf("%s: %q in %s", name, bad, body)
			}
		}
	}
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		m := evil
		m.Actions = message.Actions
		if f.Platform == chat.Feishu { // plain text: no mark means anything
			m.Text, m.Title, m.Facts = "t", "t", nil
		}
		if _, err := c.Send(ctx, []string{"lisi"}, m); err != nil {
			t.Fatal(err)
		}
		check(f.Platform, f.Messages()[0].Body, f.Platform == chat.DingTalk)
	})
	for _, platform := range []string{chat.WeCom, chat.DingTalk, chat.Teams} {
		f := chattest.New(t, platform)
		if err := chat.SendTo(ctx, f.Robot(), evil); err != nil {
			t.Fatal(err)
		}
		check(platform, f.Messages()[0].Body, true)
	}
}

// WeCom does not know the server's address: the administrator reads it in the error.
func TestWeComNamesTheAddress(t *testing.T) {
	f := company(t, chat.WeCom)
	f.Fail("/cgi-bin/message/send", 60020, 1)
	_, err := f.Client().Send(ctx, []string{"lisi"}, message)
	if e := why(err); e.Code != "60020" || e.Reason != chat.Refused || !strings.Contains(e.Text, "IP 203.0.113.7 ") {
		t.Errorf("%v", err)
	}
}

func TestDingTalkWithoutTheTodoPermission(t *testing.T) {
	f := company(t, chat.DingTalk)
	f.Fail("/v1.0/todo/", "Forbidden.AccessDenied.AccessTokenPermissionDenied", -1)
	m := message
	m.Todo = true
	r, err := f.Client().Send(ctx, []string{"lisi"}, m)
	if err != nil || r.Unlisted == nil || r.Unlisted.Reason != chat.Refused || len(f.MessagesTo("lisi")) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	f.Heal()
	f.Fail("/v1.0/todo/", "Forbidden.AccessDenied.ApiCountLimitForOrg", -1)
	m.ID = "another"
	if r, err = f.Client().Send(ctx, []string{"lisi"}, m); err != nil || r.Unlisted.Reason != chat.Spent {
		t.Errorf("%+v, %v", r, err)
	}
}

// No error shows a secret, whatever the platform or the network writes into it.
func TestErrorsShowNoSecret(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		s := f.Settings()
		check := func(what string, err error) {
			t.Helper()
			if err == nil {
				t.Errorf("%s: no error", what)
				return
			}
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprint(errors.Unwrap(err))} {
				if strings.Contains(text, s.Secret) || strings.Contains(text, s.Key) || strings.Contains(text, "access_token=") || strings.Contains(text, "word-of-proxy") {
					t.Errorf("%s: %s", what, text)
				}
			}
		}
		wrong := s
		wrong.Secret = "another-secret-2026"
		other, err := chat.New(wrong)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = other.Departments(ctx)
		check("a wrong secret", err)
		if why(err).Reason != chat.Refused || strings.Contains(err.Error(), wrong.Secret) {
			t.Errorf("a wrong secret, echoed: %v", err)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		gone := s
		gone.API, gone.Accounts = "http://"+l.Addr().String(), ""
		l.Close()
		other, err = chat.New(gone)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = other.Departments(ctx)
		check("nobody there", err)
		gone.Proxy = "http://user:word-of-proxy@" + strings.TrimPrefix(gone.API, "http://")
		if other, err = chat.New(gone); err != nil {
			t.Fatal(err)
		}
		_, _, err = other.Departments(ctx)
		check("a proxy that is away", err)
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		_, _, err = c.Departments(cancelled)
		check("cancelled", err)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(text, s.Secret) || strings.Contains(text, s.Key) {
			t.Errorf("settings show their secrets: %s", text)
		}
	})
}

// A proxy carries the calls when one is set, and nothing goes around it.
func TestProxy(t *testing.T) {
	f := company(t, chat.WeCom)
	through := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through++
		r.RequestURI = ""
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		w.WriteHeader(res.StatusCode)
		buf := make([]byte, 1<<16)
		n, _ := res.Body.Read(buf)
		w.Write(buf[:n])
	}))
	defer proxy.Close()
	s := f.Settings()
	s.Proxy = proxy.URL
	// Go keeps loopback addresses off proxies that the environment names; a proxy of the settings takes all.
	c, err := chat.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Person(ctx, "lisi"); err != nil || through != 2 {
		t.Errorf("%d calls through the proxy, %v", through, err)
	}
	s.Proxy = "ftp://x"
	if _, err := chat.New(s); why(err).Code != "proxy" {
		t.Errorf("no proxy: %v", err)
	}
}

// Only what the settings name is called, over https, and nothing inside unless they say so.
func TestOnlyOutside(t *testing.T) {
	f := company(t, chat.WeCom)
	s := f.Settings()
	s.Private = false
	if _, err := chat.New(s); why(err).Code != "address" {
		t.Errorf("http: %v", err)
	}
	for _, inside := range []string{"https://127.0.0.1:1", "https://[::1]:1", "https://10.0.0.1:1", "https://169.254.169.254", "https://0.0.0.0:1",
		"https://[::ffff:10.0.0.1]:1", "https://localhost:1", "https://100.64.0.1:1", "https://[fd00::1]:1"} {
		s.API = inside
		s.Accounts = ""
		c, err := chat.New(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Person(ctx, "lisi"); why(err).Code != "address" || why(err).Reason != chat.Refused {
			t.Errorf("%s: %v", inside, err)
		}
	}
	for _, bad := range []string{"qyapi.weixin.qq.com", "https://user:word@host", "https://host?x=1", "file:///etc/passwd", "https://"} {
		s.API = bad
		if _, err := chat.New(s); err == nil {
			t.Errorf("%s is taken as an address", bad)
		}
	}
	for _, s := range []chat.Settings{{}, {Platform: "skype", Corp: "c", App: "a", Secret: "s"}, {Platform: chat.WeCom, Corp: "c", App: "x", Secret: "s"},
		{Platform: chat.DingTalk, App: "a", Secret: "s"}, {Platform: chat.Feishu, App: "a"}} {
		if _, err := chat.New(s); why(err).Code != "settings" {
			t.Errorf("%v: %v", s, err)
		}
	}
}
