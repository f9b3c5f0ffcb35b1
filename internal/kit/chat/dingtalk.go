package chat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// dingtalk is a client of an app that a company made for itself at DingTalk. Older calls live at another host than newer
// ones; a private installation (Settings.API) has one address for both.
type dingtalk struct {
	s        Settings
	out      *outside
	now      func() time.Time
	old, api string
	accounts string
	token    token

	mu     sync.Mutex
	unions map[string]string // user id → union id
}

func newDingTalk(s Settings, out *outside, now func() time.Time) (*dingtalk, error) {
	bases, err := out.bases(s.API, "https://oapi.dingtalk.com", s.API, "https://api.dingtalk.com", s.Accounts, "https://login.dingtalk.com")
	if err != nil {
		return nil, err
	}
	c := &dingtalk{s: s, out: out, now: now, old: bases[0], api: bases[1], accounts: bases[2], unions: map[string]string{}}
	c.token = token{now: now, fetch: c.fetchToken}
	return c, nil
}

func (c *dingtalk) fetchToken(ctx context.Context) (string, time.Duration, error) {
	var got struct {
		Token string `json:"accessToken"`
		Lives int    `json:"expireIn"`
	}
	err := c.readNew(ctx, call{method: "POST", url: c.api + "/v1.0/oauth2/accessToken",
		body: map[string]any{"appKey": c.s.App, "appSecret": c.s.Secret}}, "", &got)
	if err == nil && got.Token == "" {
		err = c.out.fail("token", "no access token in the answer", Broken, 0)
	}
	return got.Token, time.Duration(got.Lives) * time.Second, err
}

func dingtalkEnded(err error) bool { return codeIn(err, "40014", "42001", "InvalidAuthentication") }

// ask calls the older interface; into gets the whole answer.
func (c *dingtalk) ask(ctx context.Context, method, path string, body, into any) error {
	return c.token.with(ctx, dingtalkEnded, func(token string) error {
		a, err := c.out.ask(ctx, call{method: method, url: c.old + path, query: url.Values{"access_token": {token}}, body: body})
		if err != nil {
			return err
		}
		return dingtalkAnswer(c.out, a, token, into)
	})
}

// askNew calls the newer interface.
func (c *dingtalk) askNew(ctx context.Context, method, path string, query url.Values, body, into any) error {
	return c.token.with(ctx, dingtalkEnded, func(token string) error {
		return c.readNew(ctx, call{method: method, url: c.api + path, query: query, body: body}, token, into)
	})
}

// dingtalkWhy says what to do about the error codes that have a meaning here; the rest is Unfit.
var dingtalkWhy = map[string]Reason{"40001": Refused, "40089": Refused, "40078": Refused, "50002": Refused, "50004": Refused, "60011": Refused,
	"60020": Refused, "300001": Refused, "310000": Refused, "88": Refused, "41042": Refused, "43007": Refused, "33001": Refused,
	"-1": Broken, "15": Broken, "40014": Broken, "42001": Broken,
	"90018": Slow, "90005": Slow, "90006": Slow, "90007": Slow, "410100": Slow, "130101": Slow, "90020": Spent,
	"33012": Gone, "60121": Gone, "40103": Gone}

// dingtalkAnswer reads an answer of the older interface: errcode counts, and under 88 the sub_code.
func dingtalkAnswer(out *outside, a answer, token string, into any) error {
	var head struct {
		Code    *int   `json:"errcode"`
		Text    string `json:"errmsg"`
		SubCode string `json:"sub_code"`
		SubText string `json:"sub_msg"`
	}
	if json.Unmarshal(a.body, &head) != nil || head.Code == nil {
		return out.unread(a)
	}
	if *head.Code == 0 {
		if into != nil && json.Unmarshal(a.body, into) != nil {
			return out.unread(a)
		}
		return nil
	}
	code, text := strconv.Itoa(*head.Code), head.Text
	if *head.Code == 88 && head.SubCode != "" {
		code, text = head.SubCode, first(head.SubText, head.Text)
	}
	why, known := dingtalkWhy[code]
	if !known {
		why = Unfit
	}
	after := waitOf(a.header)
	if why == Slow && after == 0 {
		after = time.Second
	}
	if token != "" {
		text = strings.ReplaceAll(text, token, "***")
	}
	return out.fail(code, text, why, after)
}

// readNew reads an answer of the newer interface: failures have a status of HTTP and a code in words.
func (c *dingtalk) readNew(ctx context.Context, q call, token string, into any) error {
	if token != "" {
		q.header = http.Header{"X-Acs-Dingtalk-Access-Token": {token}}
	}
	a, err := c.out.ask(ctx, q)
	if err != nil {
		return err
	}
	var head struct {
		Code string `json:"code"`
		Text string `json:"message"`
	}
	if json.Unmarshal(a.body, &head) != nil {
		return c.out.unread(a)
	}
	if a.status < 300 && head.Code == "" {
		if into != nil && json.Unmarshal(a.body, into) != nil {
			return c.out.unread(a)
		}
		return nil
	}
	if head.Code == "" {
		return c.out.unread(a)
	}
	text := head.Text
	if token != "" {
		text = strings.ReplaceAll(text, token, "***")
	}
	why, after := newWhy(head.Code, a.status), waitOf(a.header)
	if why == Slow && after == 0 {
		after = time.Second
	}
	return c.out.fail(head.Code, text, why, after)
}

func newWhy(code string, status int) Reason {
	switch {
	case strings.Contains(code, "ApiCountLimit") || code == "90020":
		return Spent
	case strings.Contains(code, "QpsLimit") || strings.Contains(code, "Throttling") || status == http.StatusTooManyRequests:
		return Slow
	case strings.HasPrefix(code, "InvalidAuthentication") || status >= 500:
		return Broken
	case status == http.StatusNotFound:
		return Gone
	case strings.HasPrefix(code, "Forbidden") || strings.HasPrefix(code, "invalid") || status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Refused
	}
	return Unfit
}

// LoginURL is where a browser signs in, the same inside and outside of the app.
func (c *dingtalk) LoginURL(back, state string, _ bool) string {
	q := "redirect_uri=" + url.QueryEscape(back) + "&response_type=code&client_id=" + url.QueryEscape(c.s.App) +
		"&scope=openid%20corpid&state=" + url.QueryEscape(state) + "&prompt=consent"
	return c.accounts + "/oauth2/auth?" + q
}

// Login is who came back: from the sign-in page with authCode, from a page inside the app with code. The page signs in
// anybody who uses DingTalk; the company is told by the token.
func (c *dingtalk) Login(ctx context.Context, query url.Values, _ string) (User, error) {
	if code := query.Get("authCode"); code != "" {
		return c.loginOutside(ctx, code)
	}
	code := query.Get("code")
	if code == "" {
		return User{}, c.out.refuse("no-code", first(query.Get("error"), "the browser came back without a code"))
	}
	var got struct {
		Result struct {
			UserID  string `json:"userid"`
			UnionID string `json:"unionid"`
			Name    string `json:"name"`
		} `json:"result"`
	}
	if err := c.ask(ctx, "POST", "/topapi/v2/user/getuserinfo", map[string]any{"code": code}, &got); err != nil {
		return User{}, err
	}
	if got.Result.UserID == "" {
		return User{}, c.out.refuse("not-a-member", "not a member of the company")
	}
	return User{ID: got.Result.UserID, Union: got.Result.UnionID, Name: got.Result.Name}, nil
}

func (c *dingtalk) loginOutside(ctx context.Context, code string) (User, error) {
	var user struct {
		Token string `json:"accessToken"`
		Corp  string `json:"corpId"`
	}
	err := c.readNew(ctx, call{method: "POST", url: c.api + "/v1.0/oauth2/userAccessToken", body: map[string]any{
		"clientId": c.s.App, "clientSecret": c.s.Secret, "code": code, "grantType": "authorization_code"}}, "", &user)
	if err != nil {
		return User{}, err
	}
	if user.Corp != c.s.Corp {
		return User{}, c.out.refuse("other-company", "signed in for another company")
	}
	var me struct {
		Nick, Mobile, Email, StateCode, UnionID string
	}
	if err := c.readNew(ctx, call{method: "GET", url: c.api + "/v1.0/contact/users/me"}, user.Token, &me); err != nil {
		return User{}, err
	}
	var got struct {
		Result struct {
			UserID string `json:"userid"`
			Kind   int    `json:"contact_type"` // 1: an outside contact
		} `json:"result"`
	}
	err = c.ask(ctx, "POST", "/topapi/user/getbyunionid", map[string]any{"unionid": me.UnionID}, &got)
	if codeIn(err, "60121", "33012") || err == nil && (got.Result.UserID == "" || got.Result.Kind != 0) {
		return User{}, c.out.refuse("not-a-member", "not a member of the company")
	}
	if err != nil {
		return User{}, err
	}
	return User{ID: got.Result.UserID, Union: me.UnionID, Name: me.Nick, Phone: dingtalkPhone(me.StateCode, me.Mobile), Email: me.Email}, nil
}

func dingtalkPhone(state, mobile string) string {
	if mobile == "" || state == "" || state == "86" || state == "+86" {
		return phone(mobile)
	}
	return "+" + strings.TrimPrefix(state, "+") + mobile
}

// Receive checks and opens a callback.
func (c *dingtalk) Receive(r *http.Request, body []byte) (Callback, error) { return c.receive(r, body) }
