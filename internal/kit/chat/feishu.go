package chat

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// feishu is a client of an app that a company made for itself at Feishu or Lark.
type feishu struct {
	s        Settings
	out      *outside
	now      func() time.Time
	api      string
	accounts string
	token    token
	openIDs  atomic.Bool // the app may not see user ids: people are known by their open_id
}

func newFeishu(s Settings, out *outside, now func() time.Time) (*feishu, error) {
	if s.Accounts == "" && s.API != "" { // open.larksuite.com signs in at accounts.larksuite.com
		s.Accounts = strings.Replace(s.API, "://open.", "://accounts.", 1)
	}
	bases, err := out.bases(s.API, "https://open.feishu.cn", s.Accounts, "https://accounts.feishu.cn")
	if err != nil {
		return nil, err
	}
	c := &feishu{s: s, out: out, now: now, api: bases[0], accounts: bases[1]}
	c.token = token{now: now, fetch: c.fetchToken}
	return c, nil
}

func (c *feishu) fetchToken(ctx context.Context) (string, time.Duration, error) {
	var got struct {
		Token string `json:"tenant_access_token"`
		Lives int    `json:"expire"`
	}
	err := c.read(ctx, call{method: "POST", url: c.api + "/open-apis/auth/v3/tenant_access_token/internal",
		body: map[string]any{"app_id": c.s.App, "app_secret": c.s.Secret}}, "", nil, &got)
	if err == nil && got.Token == "" {
		err = c.out.fail("token", "no access token in the answer", Broken, 0)
	}
	return got.Token, time.Duration(got.Lives) * time.Second, err
}

// ask calls with the app's token; into gets what stands under "data".
func (c *feishu) ask(ctx context.Context, method, path string, query url.Values, body, into any) error {
	ended := func(err error) bool { return codeIn(err, "99991663", "99991664", "99991671") }
	return c.token.with(ctx, ended, func(token string) error {
		return c.read(ctx, call{method: method, url: c.api + path, query: query, body: body}, token, into, nil)
	})
}

// feishuWhy says what to do about the error codes that have a meaning here; the rest is Unfit.
var feishuWhy = map[int]Reason{10003: Refused, 10012: Refused, 10014: Refused, 10015: Refused, 19001: Refused, 19021: Refused, 19022: Refused, 19024: Refused,
	99991401: Refused, 99991661: Refused, 99991662: Refused, 99991672: Refused, 99991679: Refused, 40004: Refused, 40014: Refused, 230006: Refused,
	230027: Refused, 20002: Refused, 20003: Refused, 20005: Refused, 20010: Refused, 20049: Refused, 20071: Refused,
	99991400: Slow, 11232: Slow, 11233: Slow, 230020: Slow, 99991403: Spent,
	99991663: Broken, 99991664: Broken, 99991671: Broken, 40003: Broken, 1500: Broken, 20050: Broken,
	230013: Gone, 230029: Gone, 230034: Gone, 230035: Gone, 230038: Gone, 230053: Gone, 232009: Gone, 230002: Gone, 230049: Broken, 41012: Gone, 41050: Gone, 40008: Gone, 230011: Gone, 230031: Gone}

func (c *feishu) read(ctx context.Context, q call, token string, data, whole any) error {
	if token != "" {
		q.header = http.Header{"Authorization": {"Bearer " + token}}
	}
	a, err := c.out.ask(ctx, q)
	if err != nil {
		return err
	}
	return feishuAnswer(c.out, a, token, data, whole)
}

// feishuAnswer reads an answer of Feishu: what counts is code, whatever the status of HTTP.
func feishuAnswer(out *outside, a answer, token string, data, whole any) error {
	var head struct {
		Code *int            `json:"code"`
		Msg  string          `json:"msg"`
		Text string          `json:"error_description"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(a.body, &head) != nil || head.Code == nil {
		return out.unread(a)
	}
	if *head.Code != 0 {
		why, known := feishuWhy[*head.Code]
		switch {
		case known:
		case a.status == http.StatusTooManyRequests:
			why = Slow
		case a.status >= 500:
			why = Broken
		default:
			why = Unfit
		}
		text := first(head.Msg, head.Text)
		if *head.Code == 230001 && strings.Contains(text, "receive_id") { // nobody has this id
			why = Gone
		}
		if token != "" {
			text = strings.ReplaceAll(text, token, "***")
		}
		return out.fail(strconv.Itoa(*head.Code), text, why, waitOf(a.header))
	}
	if data != nil && json.Unmarshal(head.Data, data) != nil || whole != nil && json.Unmarshal(a.body, whole) != nil {
		return out.unread(a)
	}
	return nil
}

// LoginURL is where a browser signs in, the same inside and outside of the app. It carries the challenge of a secret
// that is made from the state and the app's secret (PKCE): nobody has to keep it.
func (c *feishu) LoginURL(back, state string, _ bool) string {
	sum := sha256.Sum256([]byte(c.verifier(state)))
	q := url.Values{"client_id": {c.s.App}, "redirect_uri": {back}, "response_type": {"code"}, "state": {state},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	return c.accounts + "/open-apis/authen/v1/authorize?" + q.Encode()
}

func (c *feishu) verifier(state string) string {
	mac := hmac.New(sha256.New, []byte(c.s.Secret))
	mac.Write([]byte("pkce\x00" + state))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Login is who came back.
func (c *feishu) Login(ctx context.Context, query url.Values, back string) (User, error) {
	code := query.Get("code")
	if code == "" {
		return User{}, c.out.refuse("no-code", first(query.Get("error"), "the browser came back without a code"))
	}
	token, err := c.userToken(ctx, map[string]any{"grant_type": "authorization_code", "client_id": c.s.App, "client_secret": c.s.Secret,
		"code": code, "redirect_uri": back, "code_verifier": c.verifier(query.Get("state"))})
	if err != nil {
		return User{}, err
	}
	var got struct {
		feishuUser
		Tenant string `json:"tenant_key"`
	}
	if err := c.read(ctx, call{method: "GET", url: c.api + "/open-apis/authen/v1/user_info"}, token, &got, nil); err != nil {
		return User{}, err
	}
	if c.s.Corp != "" && got.Tenant != c.s.Corp {
		return User{}, c.out.refuse("other-company", "signed in with another company's account")
	}
	u := got.neutral()
	if u.ID == "" {
		return User{}, c.out.unread(answer{status: http.StatusOK})
	}
	return u, nil
}

// userToken gets the token of who signs in: from the third version of the call, from the second where that is not known
// yet (private installations).
func (c *feishu) userToken(ctx context.Context, body map[string]any) (string, error) {
	a, err := c.out.ask(ctx, call{method: "POST", url: c.accounts + "/oauth/v3/token", body: body})
	if err == nil && a.status == http.StatusNotFound {
		a, err = c.out.ask(ctx, call{method: "POST", url: c.api + "/open-apis/authen/v2/oauth/token", body: body})
	}
	if err != nil {
		return "", err
	}
	var got struct {
		Code  json.RawMessage `json:"code"`
		Token string          `json:"access_token"`
		Error string          `json:"error"`
		Text  string          `json:"error_description"`
	}
	if json.Unmarshal(a.body, &got) != nil {
		return "", c.out.unread(a)
	}
	if got.Token == "" {
		code := first(strings.Trim(string(got.Code), `"`), got.Error, "token")
		if code == "0" || code == "null" {
			code = "token"
		}
		why := Refused
		if n, err := strconv.Atoi(code); err == nil && feishuWhy[n] != 0 {
			why = feishuWhy[n]
		}
		return "", c.out.fail(code, first(got.Text, got.Error, "no token in the answer"), why, waitOf(a.header))
	}
	return got.Token, nil
}

// Person is one person.
func (c *feishu) Person(ctx context.Context, id string) (User, error) {
	var got struct {
		User feishuUser `json:"user"`
	}
	err := c.ask(ctx, "GET", "/open-apis/contact/v3/users/"+url.PathEscape(id),
		url.Values{"user_id_type": {receiveKind(id)}, "department_id_type": {"open_department_id"}}, nil, &got)
	return got.User.neutral(), err
}

// Receive checks and opens a callback.
func (c *feishu) Receive(r *http.Request, body []byte) (Callback, error) { return c.receive(r, body) }
