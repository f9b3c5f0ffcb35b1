package notice_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/request"
)

func TestOneInboxForMessagesAndNotices(t *testing.T) {
	h := quick(t)
	h.duty("2002")
	r := h.ask("收件箱")
	h.must(h.Request.Message(h.As("3002"), r.Number, "@[2002] 麻烦看看", nil, request.When{}))
	h.catch()
	c := h.SignedIn("2002")
	c.Get("/inbox").Is(200).Shows("#inbox", "林晓 提了新请求").Shows("#inbox", "麻烦看看")
	if text := c.Get("/inbox?only=notices").Is(200).Text("#inbox"); strings.Contains(text, "麻烦看看") || !strings.Contains(text, "提了新请求") {
		t.Errorf("notices alone: %s", text)
	}
	if text := c.Get("/inbox?only=mentions").Is(200).Text("#inbox"); !strings.Contains(text, "麻烦看看") || strings.Contains(text, "提了新请求") {
		t.Errorf("mentions alone: %s", text)
	}
	if n, err := h.Talk.Unread(h.System(), h.ID("2002")); err != nil || n != 2 {
		t.Errorf("the badge says %d, %v", n, err)
	}
	c.Get("/notices").Leads("/inbox?only=notices")
	var page struct {
		Items []struct {
			ID   int64  `json:"id"`
			URL  string `json:"url"`
			Kind string `json:"kind"`
		} `json:"items"`
	}
	api := h.TokenOf("2002")
	api.Get("/api/v1/notices?unread=true").Is(200).Decode(&page)
	if len(page.Items) != 1 || page.Items[0].Kind != "request.opened" || page.Items[0].URL != "/requests/R-1001" {
		t.Fatalf("%+v", page)
	}
	h.SignedIn("2003").Get("/notices/" + itoa(page.Items[0].ID)).Is(404)
	c.Get("/notices/" + itoa(page.Items[0].ID)).Leads("/requests/R-1001")
	if got := h.unread("2002"); len(got) != 0 {
		t.Errorf("still unread: %q", got)
	}
	h.TokenOf("2003").Post("/api/v1/notices/read", map[string]any{}).Is(204)
	if got := h.unread("2003"); len(got) != 0 {
		t.Errorf("still unread: %q", got)
	}
}

// TestTheBadgeCountsWhatTheInboxLists: what somebody may no longer see is neither listed nor counted, a notice as little as
// a message.
func TestTheBadgeCountsWhatTheInboxLists(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.duty("2002")
		r := h.ask("调走以后")
		h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
		h.must(h.Request.Message(h.As("3002"), r.Number, "请抓紧", nil, request.When{}))
		h.catch()
		listed := func() int {
			return h.SignedIn("2002").Get("/inbox").Is(200).Page().Find("#inbox li").Length()
		}
		badge := func() int {
			t.Helper()
			n, err := h.Talk.Unread(h.System(), h.ID("2002"))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := badge(); n == 0 || n != listed() {
			t.Fatalf("before: %d counted, %d listed", n, listed())
		}
		h.must(h.Request.Assign(h.As("2001"), r.Number, "2003", request.When{}))
		if err := h.Org.SetRoles(h.System(), "2002", nil, 0); err != nil {
			t.Fatal(err)
		}
		p, err := h.Org.PersonByNo(t.Context(), "2002")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: "2002", Name: p.Name, Unit: "root", Email: p.Email, Revision: p.Revision}); err != nil {
			t.Fatal(err)
		}
		h.catch()
		if n := badge(); n != listed() {
			t.Errorf("after: %d counted, %d listed", n, listed())
		}
	})
}

func TestAPersonChooses(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		c := h.SignedIn("2002")
		c.Get("/me/notices").Is(200).Shows("#my-notices", "2002@example.com")
		c.Form("/me/notices", "quiet", "hours", "from", "08:00", "to", "08:00", "digest", "never", "choice.request.opened.mail", "loud").Is(422).
			Shows("#my-notices", "开始和结束不能是同一时间").Shows("#my-notices", "never")
		back := c.Form("/me/notices", "quiet", "hours", "from", "08:00", "to", "08:00", "digest", "daily", "choice.talk.mention.mail", "off").Is(422)
		if back.Page().Find(`[name="choice.talk.mention.mail"] option[value=off][selected]`).Length() != 1 {
			t.Error("a form that comes back has lost what was chosen")
		}
		c.Form("/me/notices", "quiet", "hours", "from", "08:00", "to", "20:00", "digest", "daily", "choice.request.opened.mail", "off", "choice.talk.mention.mail", "").Leads("/me/notices")
		h.ask("不要邮件")
		h.later(2 * time.Minute)
		if got := h.mailed("2002"); len(got) != 0 {
			t.Errorf("mailed %q", got)
		}
		var mine struct {
			Quiet   string          `json:"quiet"`
			Choices []notice.Chosen `json:"choices"`
		}
		api := h.TokenOf("2002")
		api.Get("/api/v1/me/notice-settings").Is(200).Decode(&mine)
		if mine.Quiet != "hours" || len(mine.Choices) != 1 || mine.Choices[0] != choose("request.opened", "mail", "off")[0] {
			t.Errorf("%+v", mine)
		}
		api.JSON("PUT", "/api/v1/me/notice-settings", map[string]any{"quiet": "never", "from": "08:00", "to": "20:00", "digest": "weekly",
			"choices": []any{map[string]any{"kind": "request.opened", "channel": "mail", "value": ""}}}).Is(200)
		admin := h.TokenOf("1001", "read", "write", "admin")
		admin.JSON("PUT", "/api/v1/settings/notices", map[string]any{"choices": choose("request.opened", "mail", "digest")}).Is(200)
		h.TokenOf("2002", "read", "write", "admin").JSON("PUT", "/api/v1/settings/notices", map[string]any{"choices": choose("request.opened", "mail", "digest")}).Is(404)
		h.ask("公司说汇总")
		h.later(2 * time.Minute)
		if got := h.mailed("2002"); len(got) != 0 {
			t.Errorf("the company's default is a digest, mailed %q", got)
		}
	})
}

func TestTheMailServerIsSetAndItsPasswordIsNeverShown(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		c := h.SignedIn("1001")
		bad := c.Form("/settings/mail", "revision", "1", "host", "smtp example", "mode", "ssl", "from", "nobody", "port", "70000", "reply_to", "x", "ca", "x", "active", "1").Is(422)
		for _, field := range []string{"host", "mode", "from", "port", "reply_to", "ca"} {
			if bad.Page().Find(`a[href="#f-`+field+`"]`).Length() == 0 {
				t.Errorf("%s is not named among the errors", field)
			}
		}
		c.Form("/settings/mail", "revision", "1", "active", "1", "host", "127.0.0.1", "port", itoa(int64(h.mail.Port())), "mode", "none", "from", "neike@example.com",
			"user", "neike", "password", "sehr-geheim").Leads("/settings/mail")
		c.Form("/settings/mail", "revision", "1", "active", "1", "host", "127.0.0.1", "mode", "none", "from", "neike@example.com").Is(412)
		page := string(c.Get("/settings/mail").Is(200).Body)
		api := string(h.TokenOf("1001", "read", "admin").Get("/api/v1/settings/mail").Is(200).Body)
		if strings.Contains(page+api, "sehr-geheim") || !strings.Contains(api, `"has_password":true`) {
			t.Error("the password is shown, or forgotten")
		}
		c.Form("/settings/mail", "revision", "2", "active", "1", "host", "other.example.com", "mode", "none", "from", "neike@example.com", "user", "neike").Is(422).
			Shows("#mail", "请重新输入密码")
		h.SignedIn("2002").Get("/settings/mail").Is(404)
		h.server(true)
		c.Form("/settings/mail", "do", "test", "to", "boss@example.com").Leads("/settings/mail")
		if got := h.mailed("boss"); len(got) != 1 {
			t.Errorf("test mails: %q", got)
		}
		c.Form("/settings/mail", "do", "test", "to", "no address").Is(422)
		h.TokenOf("1001", "read", "write", "admin").Post("/api/v1/settings/mail/test", map[string]any{"to": "x@example.com"}).Is(204)
	})
}

func TestRobotsByPageAndAPI(t *testing.T) {
	h := quick(t)
	fake := chattest.New(t, chat.Feishu)
	robot := fake.Robot()
	c := h.SignedIn("1001")
	c.Get("/settings/notices/robots/+").Is(200)
	c.Form("/settings/notices/robots/+", "name", "", "platform", "pigeon", "unit", "nowhere", "locale", "fr", "address", "ftp://x", "kinds", "talk.message").Is(422).
		Shows("#robot", "请写群名").Shows("#robot", "请选择平台").Shows("#robot", "请选择单位")
	to := c.Form("/settings/notices/robots/+", "name", "财务群", "platform", "feishu", "unit", "finance", "locale", "zh", "address", robot.URL, "secret", robot.Secret,
		"inside", "1", "active", "1", "kinds", "request.opened").Is(303).Header.Get("Location")
	if page := string(c.Get(to).Is(200).Body); strings.Contains(page, robot.Secret) || strings.Contains(page, robot.URL) {
		t.Error("the page shows the secret")
	}
	c.Form(to, "do", "test").Leads(to)
	if len(fake.Messages()) != 1 {
		t.Error("the group heard nothing")
	}
	admin := h.TokenOf("1001", "read", "write", "admin")
	list := string(admin.Get("/api/v1/notices/robots").Is(200).Body)
	if strings.Contains(list, robot.Secret) || strings.Contains(list, "hook") || !strings.Contains(list, "财务群") {
		t.Error(list)
	}
	id := strings.TrimPrefix(to, "/settings/notices/robots/")
	admin.Post("/api/v1/notices/robots/"+id+"/test", nil).Is(204)
	admin.JSON("PUT", "/api/v1/notices/robots/"+id, map[string]any{"unit": "finance", "platform": "feishu", "name": "改名", "locale": "en", "kinds": []string{}, "inside": true, "active": false, "revision": 1}).Is(200)
	admin.JSON("PUT", "/api/v1/notices/robots/"+id, map[string]any{"unit": "finance", "platform": "feishu", "name": "再改", "locale": "en", "kinds": []string{}, "inside": true, "active": false, "revision": 1}).Is(412)
	admin.JSON("DELETE", "/api/v1/notices/robots/"+id, nil).Is(204)
	c.Get(to).Is(404)
}

func TestARobotIsEditedWithTheUnitItHas(t *testing.T) {
	h := quick(t)
	c := h.SignedIn("1001")
	c.Form("/settings/notices/robots/+", "unit", "finance", "platform", "wecom", "name", "财务群", "locale", "zh",
		"address", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc", "active", "1").Is(303)
	robots, err := h.Notice.Robots(h.System())
	if err != nil || len(robots) != 1 {
		t.Fatalf("%d robots, %v", len(robots), err)
	}
	page := c.Get("/settings/notices/robots/" + strconv.FormatInt(robots[0].ID, 10)).Is(200)
	if page.Page().Find(`[name=unit][value=finance]`).Length() != 1 {
		t.Error("the page of a robot does not know its unit: it cannot be saved")
	}
}

func TestAnnouncementsReachEverybodyOnce(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		c := h.SignedIn("1001")
		c.Get("/settings/notices/announce").Is(200)
		c.Form("/settings/notices/announce", "title", "", "link", "https://evil.example.com", "unit", "nowhere").Is(422)
		if c.Form("/settings/notices/announce", "title", "", "unit", "finance").Is(422).Page().Find(`[name=unit][value=finance]`).Length() != 1 {
			t.Error("a form that comes back has lost its unit: sent again it would go to everybody")
		}
		c.Form("/settings/notices/announce", "title", "周六停机维护", "text", "上午九点到十点。", "link", "/services").Leads("/settings/notices")
		h.later(time.Minute)
		for _, no := range []string{"2002", "3003", "4001"} {
			if got := h.unread(no); len(got) != 1 || !strings.Contains(got[0], "发了公告") {
				t.Errorf("%s reads %q", no, got)
			}
		}
		h.SignedIn("3003").Get("/inbox").Is(200).Shows("#inbox", "周六停机维护")
		h.TokenOf("1001").Post("/api/v1/announcements", map[string]any{"title": "只给财务", "unit": "finance"}).Is(201)
		h.later(time.Minute)
		if got := h.unread("2003"); len(got) != 2 {
			t.Errorf("finance reads %q", got)
		}
		if got := h.unread("3003"); len(got) != 1 {
			t.Errorf("project reads %q", got)
		}
		h.TokenOf("2002").Post("/api/v1/announcements", map[string]any{"title": "x"}).Is(404)
		admin := h.TokenOf("1001", "read", "write", "admin")
		var past struct {
			Items []struct {
				Told int  `json:"told"`
				Done bool `json:"done"`
			} `json:"items"`
		}
		admin.Get("/api/v1/announcements").Is(200).Decode(&past)
		if len(past.Items) != 2 || past.Items[1].Told != 8 || !past.Items[1].Done || past.Items[0].Told != 3 {
			t.Errorf("announcements: %+v", past)
		}
		admin.Get("/api/v1/notices/channels").Is(200)
		admin.Get("/api/v1/notices/dead").Is(200)
		admin.Post("/api/v1/notices/dead/replay", map[string]any{}).Is(200)
		admin.Post("/api/v1/notices/dead/1/replay", map[string]any{}).Is(404)
	})
}

func TestADeputyIsToldAsWell(t *testing.T) {
	h := quick(t)
	r := h.ask("代理人")
	h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
	h.later(2 * time.Minute)
	h.away("2002", "2003")
	h.must(h.Request.Message(h.As("3002"), r.Number, "@[2002] 在吗", nil, request.When{}))
	h.later(2 * time.Minute)
	got := h.letters("2003")
	if len(got) < 2 || !strings.Contains(got[len(got)-1].Text(), "代陈思远：林晓 提到您") {
		t.Errorf("the deputy was mailed %q", h.mailed("2003"))
	}
}

func TestWhatFallsDueSoonIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		r := h.ask("快到期")
		h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
		h.later(2 * time.Minute)
		v, err := h.Request.ByNumber(h.As("2002"), r.Number)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.set(v.NextDue.Add(-90 * time.Minute))
		for range 4 {
			h.later(time.Minute)
		}
		soon := 0
		for _, text := range h.unread("2002") {
			if strings.Contains(text, "两小时内到时限") {
				soon++
			}
		}
		if soon != 1 {
			t.Errorf("told %d times: %q", soon, h.unread("2002"))
		}
		h.clock.set(v.NextDue.Add(time.Minute))
		h.later(time.Minute)
		if got := strings.Join(h.unread("2001"), " "); !strings.Contains(got, "已超过时限") {
			t.Errorf("the head reads %q", got)
		}
	})
}
