package house

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
	"neike/internal/kit/webtest"
)

// platformWay is a connection by which people come in, with the platform's stand-in behind it.
type platformWay struct {
	*chattest.Fake
	h  *House
	id string
}

func (h *House) platformWay(t *testing.T, platform, name string) platformWay {
	t.Helper()
	f := chattest.New(t, platform)
	s := f.Settings()
	f.AddUser(chat.User{ID: "chen", No: "2002", Name: "陈思远", Departments: []string{"1"}},
		chat.User{ID: "luojia", Name: "罗佳", Departments: []string{"1"}}) // without a 工号
	c, err := h.Directory.SaveConnection(h.System(), 0, directory.ConnectionInput{Kind: platform, NameZh: name, SignIn: true,
		Settings: map[string]string{"corp": s.Corp, "app": s.App, "agent": s.Agent, "api": s.API, "private": "true"},
		Secrets:  map[string]string{"secret": s.Secret, "token": s.Token, "key": s.Key}, Rules: directory.DefaultRules()})
	if err != nil {
		t.Fatal(err)
	}
	return platformWay{f, h, strconv.FormatInt(c.ID, 10)}
}

// answer lets a browser go to the platform as somebody and gives the path it comes back to, unopened.
func (p platformWay) answer(t *testing.T, c *webtest.Client, as, agent string) string {
	t.Helper()
	p.SignsIn(as)
	gone := c.Get("/signin/via/"+p.id+"?to=/me", "User-Agent", agent).Is(http.StatusSeeOther)
	to, err := url.Parse(gone.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	at := p.URL + to.EscapedPath() + "?" + to.RawQuery // the sign-in page's host is the platform's own
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := res.Location()
	if err != nil || !strings.HasPrefix(back.String(), p.h.Base+"/signin/back/"+p.id+"?") {
		t.Fatalf("HTTP %d leads to %v, %v", res.StatusCode, back, err)
	}
	return back.RequestURI()
}

var agents = map[string]string{"web": "Mozilla/5.0", chat.WeCom: "Mozilla/5.0 wxwork/4.1.20", chat.DingTalk: "Mozilla/5.0 DingTalk/7.0",
	chat.Feishu: "Mozilla/5.0 Lark/7.1"}

// Whoever the platform knows comes in once, in the browser that left; whoever it does not, does not.
func TestChatSignIn(t *testing.T) {
	for _, platform := range []string{chat.WeCom, chat.Feishu, chat.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			Each(t, func(t *testing.T, h *House) {
				comesIn(t, h.Settle(), platform)
			})
		})
	}
}

// comesIn signs in by the web and in the platform's own browser, and answers what does not belong.
func comesIn(t *testing.T, h *House, platform string) {
	p := h.platformWay(t, platform, "办公平台")
	for _, agent := range []string{agents["web"], agents[platform]} {
		c := h.Fresh()
		back := p.answer(t, c, "chen", agent)
		h.Fresh().Get(back).Is(http.StatusUnprocessableEntity) // the attacker's answer in another browser
		c.Get(back, "User-Agent", agent).Is(http.StatusSeeOther).Leads("/me")
		in := c.Cookie("neike")
		if page := c.Get("/me").Is(http.StatusOK); !strings.Contains(string(page.Body), "陈思远") {
			t.Error("somebody else came in")
		}
		c.Get(back).Is(http.StatusSeeOther) // the back button: who is in stays in
		if session := c.Cookie("neike"); session != in {
			t.Error("the same answer again has made another session")
		}
		c.SetCookie("neike", "")
		c.Get(back).Is(http.StatusUnprocessableEntity) // the same answer again lets nobody in
	}
	c := h.Fresh()
	back, err := url.Parse(p.answer(t, c, "chen", agents["web"]))
	if err != nil {
		t.Fatal(err)
	}
	foreign := p.ForeignCode()
	foreign.Set("state", back.Query().Get("state"))
	c.Get(back.Path + "?" + foreign.Encode()).Is(http.StatusUnprocessableEntity)
	c.Get("/me").Is(http.StatusSeeOther)
	c.Get(back.RequestURI()).Is(http.StatusUnprocessableEntity) // the journey has ended
}

// An account without a 工号 is nobody's until its owner gives the own password; a name links nobody.
func TestChatStrangerIsLinkedByPassword(t *testing.T) {
	for _, platform := range []string{chat.WeCom, chat.Feishu, chat.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			Each(t, func(t *testing.T, h *House) {
				p := h.Settle().platformWay(t, platform, "办公平台")
				c := h.Fresh()
				back := p.answer(t, c, "luojia", agents["web"])
				link := c.Get(back).Is(http.StatusSeeOther).Header.Get("Location")
				if !strings.HasPrefix(link, "/signin/link") {
					t.Fatalf("a stranger is led to %s", link)
				}
				h.Fresh().Form("/signin/link", "login", "2003", "password", Password).Is(http.StatusUnprocessableEntity)
				c.Form("/signin/link", "login", "2003", "password", "wrong wrong").Is(http.StatusUnprocessableEntity)
				c.Form("/signin/link", "login", "2003", "password", Password).Is(http.StatusSeeOther).Leads("/me")
				again := h.Fresh()
				again.Get(p.answer(t, again, "luojia", agents["web"])).Is(http.StatusSeeOther).Leads("/me")
			})
		})
	}
}

// The answer of one connection is none at another, and the platform's own browser goes in by itself where there is one way.
func TestChatSignInByTwoConnections(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		one, two := h.platformWay(t, chat.WeCom, "企业微信"), h.platformWay(t, chat.Feishu, "飞书")
		c := h.Fresh()
		back := one.answer(t, c, "chen", agents["web"])
		c.Get(strings.Replace(back, "/back/"+one.id, "/back/"+two.id, 1)).Is(http.StatusUnprocessableEntity)
		c.Get("/me").Is(http.StatusSeeOther)
		h.Fresh().Get("/signin", "User-Agent", agents[chat.Feishu]).Is(http.StatusSeeOther).Leads("/signin/via/" + two.id + "?to=%2F")
		h.Fresh().Get("/signin", "User-Agent", agents["web"]).Is(http.StatusOK)
	})
}

// Two companies of one group, each with a WeCom of its own: two buttons by their names, and one userid is two people.
func TestTwoConnectionsOfOneKind(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		east, west := h.platformWay(t, chat.WeCom, "华东企业微信"), h.platformWay(t, chat.WeCom, "华西企业微信")
		west.AddUser(chat.User{ID: "chen", No: "3002", Name: "陈思", Departments: []string{"1"}})
		door := h.Fresh().Get("/signin", "User-Agent", agents[chat.WeCom]).Is(http.StatusOK).Page() // it lets choose
		for way, name := range map[*platformWay]string{&east: "华东企业微信", &west: "华西企业微信"} {
			button := door.Find(".nk-ways a[href^='/signin/via/" + way.id + "?']")
			if strings.TrimSpace(button.Text()) != name {
				t.Errorf("the button of %s says %q", name, button.Text())
			}
		}
		for way, name := range map[*platformWay]string{&east: "陈思远", &west: "林晓"} {
			c := h.Fresh()
			c.Get(way.answer(t, c, "chen", agents["web"])).Is(http.StatusSeeOther).Leads("/me")
			if page := c.Get("/me").Is(http.StatusOK); !strings.Contains(page.Text("main"), name) {
				t.Errorf("by connection %s comes in somebody else than %s", way.id, name)
			}
		}
		c := h.Fresh()
		back := east.answer(t, c, "chen", agents["web"])
		c.Get(strings.Replace(back, "/back/"+east.id, "/back/"+west.id, 1)).Is(http.StatusUnprocessableEntity)
		c.Get("/me").Is(http.StatusSeeOther)
	})
}
