package chat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// wecom is a client of an app of a company at WeCom. One access token belongs to one app.
type wecom struct {
	s            Settings
	out          *outside
	now          func() time.Time
	api          string
	inApp, inWeb string // bases of the sign-in pages
	agent        int
	token        token
}

func newWeCom(s Settings, out *outside, now func() time.Time) (*wecom, error) {
	bases, err := out.bases(s.API, "https://qyapi.weixin.qq.com", s.Accounts, "https://open.weixin.qq.com",
		s.Accounts, "https://login.work.weixin.qq.com")
	if err != nil {
		return nil, err
	}
	agent, err := strconv.Atoi(s.App)
	if err != nil {
		return nil, out.refuse("settings", "the app's agent id is a number")
	}
	c := &wecom{s: s, out: out, now: now, api: bases[0], inApp: bases[1], inWeb: bases[2], agent: agent}
	c.token = token{now: now, fetch: c.fetchToken}
	return c, nil
}

func (c *wecom) fetchToken(ctx context.Context) (string, time.Duration, error) {
	var got struct {
		Token string `json:"access_token"`
		Lives int    `json:"expires_in"`
	}
	err := c.read(ctx, call{method: "GET", url: c.api + "/cgi-bin/gettoken",
		query: url.Values{"corpid": {c.s.Corp}, "corpsecret": {c.s.Secret}}}, "", &got)
	if err == nil && got.Token == "" {
		err = c.out.fail("token", "no access token in the answer", Broken, 0)
	}
	return got.Token, time.Duration(got.Lives) * time.Second, err
}

// ask calls with the app's token.
func (c *wecom) ask(ctx context.Context, method, path string, query url.Values, body, into any) error {
	ended := func(err error) bool { return codeIn(err, "40014", "42001") }
	return c.token.with(ctx, ended, func(token string) error {
		q := url.Values{"access_token": {token}}
		for name, values := range query {
			q[name] = values
		}
		return c.read(ctx, call{method: method, url: c.api + path, query: q, body: body}, token, into)
	})
}

// wecomWhy says what to do about the error codes that have a meaning here; the rest is Unfit.
var wecomWhy = map[int]Reason{-1: Broken, 45009: Slow, 45033: Slow, 45011: Slow, 6000: Slow,
	40031: Gone, 60111: Gone, 60123: Gone, 60003: Gone, 81013: Gone, 40014: Broken, 42001: Broken,
	40001: Refused, 40013: Refused, 40056: Refused, 40091: Refused, 42009: Refused, 48002: Refused, 48004: Refused, 48009: Refused,
	50001: Refused, 50002: Refused, 50003: Refused, 60011: Refused, 60020: Refused, 93000: Refused, 301002: Refused, 301005: Refused,
	40029: Refused, 40078: Refused}

func (c *wecom) read(ctx context.Context, q call, token string, into any) error {
	a, err := c.out.ask(ctx, q)
	if err != nil {
		return err
	}
	return wecomAnswer(c.out, a, token, into)
}

// wecomAnswer reads an answer of WeCom: what counts is errcode.
func wecomAnswer(out *outside, a answer, token string, into any) error {
	var head struct {
		Code *int   `json:"errcode"`
		Text string `json:"errmsg"`
	}
	if json.Unmarshal(a.body, &head) != nil || head.Code == nil {
		return out.unread(a)
	}
	if *head.Code != 0 {
		why, known := wecomWhy[*head.Code]
		if !known {
			why = Unfit
		}
		after := waitOf(a.header)
		if why == Slow && after == 0 {
			after = time.Minute
		}
		text := head.Text
		if token != "" {
			text = strings.ReplaceAll(text, token, "***")
		}
		return out.fail(strconv.Itoa(*head.Code), wecomText(*head.Code, text), why, after)
	}
	if into == nil {
		return nil
	}
	if json.Unmarshal(a.body, into) != nil {
		return out.unread(a)
	}
	return nil
}

var fromIP = regexp.MustCompile(`from ip:?\s*([0-9a-fA-F.:]*[0-9a-fA-F])`)

// wecomText puts the address that WeCom does not know to the front: the administrator has to enter it there.
func wecomText(code int, text string) string {
	if found := fromIP.FindStringSubmatch(text); code == 60020 && found != nil {
		return "IP " + found[1] + " not allowed (企业可信IP): " + text
	}
	return text
}

// LoginURL is where a browser signs in.
func (c *wecom) LoginURL(back, state string, inApp bool) string {
	if inApp {
		q := "appid=" + url.QueryEscape(c.s.Corp) + "&redirect_uri=" + url.QueryEscape(back) + "&response_type=code" +
			"&scope=snsapi_base&state=" + url.QueryEscape(state) + "&agentid=" + url.QueryEscape(c.s.App)
		return c.inApp + "/connect/oauth2/authorize?" + q + "#wechat_redirect"
	}
	q := url.Values{"login_type": {"CorpApp"}, "appid": {c.s.Corp}, "agentid": {c.s.App}, "redirect_uri": {back}, "state": {state}}
	return c.inWeb + "/wwlogin/sso/login?" + q.Encode()
}

// Login is who came back. WeCom names only members of the company; of anybody else it gives an openid, who is Refused.
func (c *wecom) Login(ctx context.Context, query url.Values, _ string) (User, error) {
	code := query.Get("code")
	if code == "" {
		return User{}, c.out.refuse("no-code", "the browser came back without a code")
	}
	var got struct {
		UserID  string `json:"userid"`
		UserID2 string `json:"UserId"` // as the older call writes it
		OpenID  string `json:"openid"`
	}
	if err := c.ask(ctx, "GET", "/cgi-bin/auth/getuserinfo", url.Values{"code": {code}}, nil, &got); err != nil {
		return User{}, err
	}
	id := strings.ToLower(got.UserID)
	if id == "" {
		id = strings.ToLower(got.UserID2)
	}
	if id == "" {
		return User{}, c.out.refuse("not-a-member", "not a member of the company")
	}
	u, err := c.Person(ctx, id)
	if codeIn(err, "60011", "48002", "60111") { // outside of what the app may see: known by the id alone
		return User{ID: id}, nil
	}
	return u, err
}

// Person is one member.
func (c *wecom) Person(ctx context.Context, id string) (User, error) {
	var got wecomUser
	if err := c.ask(ctx, "GET", "/cgi-bin/user/get", url.Values{"userid": {id}}, nil, &got); err != nil {
		return User{}, err
	}
	return got.neutral(c.s.NoField), nil
}

// Receive checks and opens a callback.
func (c *wecom) Receive(r *http.Request, body []byte) (Callback, error) { return c.receive(r, body) }
