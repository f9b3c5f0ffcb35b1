package chat

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// window is how far the clock of a callback may be from ours.
const window = 5 * time.Minute

// The kinds of a callback.
const (
	OnCheck             = "check"
	OnUserChanged       = "user-changed"
	OnUserLeft          = "user-left"
	OnDepartmentChanged = "department-changed"
	OnScopeChanged      = "scope-changed"
	OnOther             = "other"
)

func (o *outside) bad(code, text string) (Callback, error) { return Callback{}, o.refuse(code, text) }

// timely says whether a callback was said now. unit is what its number counts.
func timely(now time.Time, stamp string, unit time.Duration) bool {
	n, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(unit) {
		return false
	}
	d := now.Sub(time.Unix(0, n*int64(unit)))
	return d > -window && d < window
}

// eventID names an event by what it says: a repetition says the same.
func eventID(plain []byte) string {
	sum := sha256.Sum256(plain)
	return hex.EncodeToString(sum[:16])
}

// receive is a callback of Feishu: the question whether this address is ours, or an event of either version.
func (c *feishu) receive(r *http.Request, body []byte) (Callback, error) {
	if c.s.Key == "" && c.s.Token == "" {
		return c.out.bad("settings", "callbacks want the verification token or the encrypt key")
	}
	if r.Method != http.MethodPost || len(body) > MaxBody {
		return c.out.bad("malformed", "not a callback")
	}
	plain := body
	if c.s.Key != "" {
		var sealed struct {
			Encrypt string `json:"encrypt"`
		}
		if json.Unmarshal(body, &sealed) != nil || sealed.Encrypt == "" {
			return c.out.bad("malformed", "not encrypted")
		}
		var err error
		if plain, err = feishuOpen(c.s.Key, sealed.Encrypt); err != nil {
			return c.out.bad("sealed", err.Error())
		}
	}
	var e feishuEvent
	if json.Unmarshal(plain, &e) != nil {
		return c.out.bad("malformed", "not understood")
	}
	if c.s.Token != "" && !same(first(e.Header.Token, e.Token), c.s.Token) {
		return c.out.bad("token", "another verification token")
	}
	if e.Type == "url_verification" {
		reply, err := json.Marshal(map[string]string{"challenge": e.Challenge})
		return Callback{Kind: OnCheck, Reply: Reply{"application/json", reply}}, err
	}
	if c.s.Key != "" {
		stamp := r.Header.Get("X-Lark-Request-Timestamp")
		sign := feishuEventSign(stamp, r.Header.Get("X-Lark-Request-Nonce"), c.s.Key, body)
		if !same(sign, r.Header.Get("X-Lark-Signature")) {
			return c.out.bad("signature", "the signature is wrong")
		}
		if !timely(c.now(), stamp, time.Second) {
			return c.out.bad("stale", "said too long ago, or the clock is wrong")
		}
	}
	if e.Header.App != "" && e.Header.App != c.s.App || c.s.Corp != "" && e.Header.Tenant != "" && e.Header.Tenant != c.s.Corp {
		return c.out.bad("receiver", "meant for another app or company")
	}
	return e.neutral(plain), nil
}

type feishuEvent struct {
	Type, Token, Challenge, UUID string
	Header                       struct {
		ID     string `json:"event_id"`
		Type   string `json:"event_type"`
		Token  string `json:"token"`
		App    string `json:"app_id"`
		Tenant string `json:"tenant_key"`
	} `json:"header"`
	Event struct {
		Object feishuUser `json:"object"`
		Old    feishuUser `json:"old_object"`
	} `json:"event"`
}

func (e feishuEvent) neutral(plain []byte) Callback {
	c := Callback{ID: first(e.Header.ID, e.UUID, eventID(plain)), Kind: OnOther, Reply: Reply{"application/json", []byte("{}")}}
	kind := e.Header.Type
	switch {
	case kind == "contact.user.deleted_v3":
		c.Kind = OnUserLeft
	case strings.HasPrefix(kind, "contact.user."):
		c.Kind = OnUserChanged
	case strings.HasPrefix(kind, "contact.department."):
		c.Kind = OnDepartmentChanged
	case strings.HasPrefix(kind, "contact.scope."):
		c.Kind = OnScopeChanged
	}
	if c.Kind != OnUserLeft && c.Kind != OnUserChanged {
		return c
	}
	id, before := first(e.Event.Object.UserID, e.Event.Object.OpenID), e.Event.Old.UserID
	if id != "" {
		c.Users = []string{id}
	}
	if before != "" && e.Event.Object.UserID != "" && before != id {
		c.Before = before
	}
	return c
}

// opened is what WeCom and DingTalk have in common: signature, time, envelope, receiver.
func (o *outside) opened(s Settings, now time.Time, sign, stamp, nonce, sealed string, unit time.Duration, receivers ...string) (plain []byte, receiver string, e envelope, err error) {
	if s.Token == "" || s.Key == "" {
		return nil, "", e, o.refuse("settings", "callbacks want the token and the EncodingAESKey")
	}
	if e, err = newEnvelope(s.Key); err != nil {
		return nil, "", e, o.refuse("settings", err.Error())
	}
	if !same(sortedSign(s.Token, stamp, nonce, sealed), strings.ToLower(sign)) {
		return nil, "", e, o.refuse("signature", "the signature is wrong")
	}
	if !timely(now, stamp, unit) {
		return nil, "", e, o.refuse("stale", "said too long ago, or the clock is wrong")
	}
	if plain, receiver, err = e.open(sealed); err != nil {
		return nil, "", e, o.refuse("sealed", err.Error())
	}
	for _, r := range receivers {
		if r != "" && same(receiver, r) {
			return plain, receiver, e, nil
		}
	}
	return nil, "", e, o.refuse("receiver", "meant for another app or company")
}

// receive is a callback of WeCom: GET asks whether this address is ours, POST tells an event.
func (c *wecom) receive(r *http.Request, body []byte) (Callback, error) {
	q := r.URL.Query()
	sealed := q.Get("echostr")
	if r.Method == http.MethodPost {
		var outer struct {
			Encrypt string
		}
		if len(body) > MaxBody || xml.Unmarshal(body, &outer) != nil {
			return c.out.bad("malformed", "not understood")
		}
		sealed = outer.Encrypt
	}
	plain, _, _, err := c.out.opened(c.s, c.now(), q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), sealed, time.Second, c.s.Corp)
	if err != nil {
		return Callback{}, err
	}
	if r.Method != http.MethodPost {
		return Callback{Kind: OnCheck, Reply: Reply{"text/plain; charset=utf-8", plain}}, nil
	}
	var e struct {
		Event      string
		ChangeType string
		UserID     string
		NewUserID  string
	}
	if xml.Unmarshal(plain, &e) != nil {
		return c.out.bad("malformed", "not understood")
	}
	back := Callback{ID: eventID(plain), Kind: OnOther, Reply: Reply{"text/plain; charset=utf-8", nil}}
	if e.Event != "change_contact" {
		return back, nil
	}
	switch e.ChangeType {
	case "create_user", "update_user":
		back.Kind = OnUserChanged
	case "delete_user":
		back.Kind = OnUserLeft
	case "create_party", "update_party", "delete_party":
		back.Kind = OnDepartmentChanged
	}
	id, now := strings.ToLower(e.UserID), strings.ToLower(e.NewUserID)
	if now != "" && now != id {
		id, back.Before = now, id
	}
	if id != "" {
		back.Users = []string{id}
	}
	return back, nil
}

// dingtalkKinds are the events of DingTalk that mean something here.
var dingtalkKinds = map[string]string{"check_url": OnCheck, "check_create_suite_url": OnCheck, "check_update_suite_url": OnCheck,
	"user_add_org": OnUserChanged, "user_modify_org": OnUserChanged, "user_active_org": OnUserChanged, "user_leave_org": OnUserLeft,
	"org_dept_create": OnDepartmentChanged, "org_dept_modify": OnDepartmentChanged, "org_dept_remove": OnDepartmentChanged,
	"org_admin_add": OnOther, "change_auth": OnScopeChanged}

// receive is a callback of DingTalk. The reply is always "success", sealed and signed.
func (c *dingtalk) receive(r *http.Request, body []byte) (Callback, error) {
	var outer struct {
		Encrypt string `json:"encrypt"`
	}
	if r.Method != http.MethodPost || len(body) > MaxBody || json.Unmarshal(body, &outer) != nil {
		return c.out.bad("malformed", "not understood")
	}
	q := r.URL.Query()
	plain, owner, e, err := c.out.opened(c.s, c.now(), first(q.Get("msg_signature"), q.Get("signature")), q.Get("timestamp"), q.Get("nonce"),
		outer.Encrypt, time.Millisecond, c.s.App, c.s.Corp)
	if err != nil {
		return Callback{}, err
	}
	var event struct {
		Kind   string   `json:"EventType"`
		UserID []string `json:"UserId"`
	}
	if json.Unmarshal(plain, &event) != nil {
		return c.out.bad("malformed", "not understood")
	}
	reply, err := c.success(e, owner)
	return Callback{ID: eventID(plain), Kind: first(dingtalkKinds[event.Kind], OnOther), Users: event.UserID, Reply: reply}, err
}

func (c *dingtalk) success(e envelope, owner string) (Reply, error) {
	sealed, err := e.seal([]byte("success"), owner)
	if err != nil {
		return Reply{}, err
	}
	stamp, nonce := strconv.FormatInt(c.now().UnixMilli(), 10), rand.Text()[:12]
	body, err := json.Marshal(map[string]string{"msg_signature": sortedSign(c.s.Token, stamp, nonce, sealed),
		"timeStamp": stamp, "nonce": nonce, "encrypt": sealed})
	return Reply{"application/json", body}, err
}
