package chattest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/chat"
)

// Event is something that the platform tells by itself.
type Event struct {
	ID     string   // the same ID is the same event, told again; "" a new one
	Kind   string   // chat.OnUserChanged, …
	Users  []string // whom it is about; Feishu and WeCom name one
	Before string   // the id before a rename (WeCom, Feishu)
	Name   string   // the platform's own name of the event, when Kind is chat.OnOther

	// What must be refused:
	Stale    bool // said an hour ago
	Forged   bool // signed with another token or key
	Altered  bool // changed on the way
	Stranger bool // sealed for another company or app
	Open     bool // not encrypted
}

// Push is a callback as the platform sends it, to be sent to an address or given to a handler.
func (f *Fake) Push(address string, e Event) *http.Request {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.ID == "" {
		e.ID = f.name("event")
	}
	plain := f.events[e.ID]
	if plain == nil {
		plain = f.plain(e)
		f.events[e.ID] = plain
	}
	return f.request(address, plain, e)
}

// Ask is the question whether an address takes callbacks.
func (f *Fake) Ask(address string) *http.Request {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	switch f.Platform {
	case chat.WeCom:
		sealed := sealCorp(f.settings.Key, f.settings.Corp, []byte("1616140317555161061"))
		return f.make(http.MethodGet, f.signed(address, sealed, time.Now(), Event{}, url.Values{"echostr": {sealed}}), nil)
	case chat.Feishu:
		plain := `{"challenge":"ajls384kdjx98XX","token":"` + f.settings.Token + `","type":"url_verification"}`
		return f.make(http.MethodPost, address, quote(map[string]any{"encrypt": sealLark(f.settings.Key, []byte(plain))}))
	}
	return f.request(address, []byte(`{"EventType":"check_url"}`), Event{})
}

// Heard says what is wrong with the answer to Push or Ask, as the platform would: nil when it is content.
func (f *Fake) Heard(asked *http.Request, status int, reply []byte) error {
	if status != http.StatusOK {
		return fmt.Errorf("HTTP %d: %s", status, reply)
	}
	switch f.Platform {
	case chat.WeCom:
		if asked.Method == http.MethodGet && string(reply) != "1616140317555161061" {
			return fmt.Errorf("the echo is %q", reply)
		}
		return nil
	case chat.Feishu:
		var got map[string]any
		if err := json.Unmarshal(reply, &got); err != nil {
			return fmt.Errorf("%q is no JSON", reply)
		}
		if c, set := got["challenge"]; set && c != "ajls384kdjx98XX" {
			return fmt.Errorf("the challenge came back as %v", c)
		}
		return nil
	}
	var got map[string]string
	if err := json.Unmarshal(reply, &got); err != nil {
		return fmt.Errorf("%q is no JSON", reply)
	}
	if got["msg_signature"] != sha1Of(f.settings.Token, got["timeStamp"], got["nonce"], got["encrypt"]) {
		return fmt.Errorf("the reply's signature is wrong: %s", reply)
	}
	plain, _, err := openCorp(f.settings.Key, got["encrypt"])
	if err != nil || plain != "success" {
		return fmt.Errorf("the reply says %q, %v", plain, err)
	}
	return nil
}

// plain is what the event says before it is sealed.
func (f *Fake) plain(e Event) []byte {
	one := ""
	if len(e.Users) > 0 {
		one = e.Users[0]
	}
	switch f.Platform {
	case chat.WeCom:
		kind := map[string]string{chat.OnUserChanged: "update_user", chat.OnUserLeft: "delete_user", chat.OnDepartmentChanged: "update_party"}[e.Kind]
		event := "change_contact"
		if kind == "" {
			event, kind = e.Name, "x"
		}
		id, renamed := one, ""
		if e.Before != "" {
			id, renamed = e.Before, "<NewUserID><![CDATA["+one+"]]></NewUserID>"
		}
		return fmt.Appendf(nil, "<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>"+
			"<CreateTime>%d</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[%s]]></Event><ChangeType><![CDATA[%s]]></ChangeType>"+
			"<UserID><![CDATA[%s]]></UserID>%s<Seq>%s</Seq></xml>", f.settings.Corp, time.Now().Unix(), event, kind, id, renamed, e.ID)
	case chat.Feishu:
		kind := map[string]string{chat.OnUserChanged: "contact.user.updated_v3", chat.OnUserLeft: "contact.user.deleted_v3",
			chat.OnDepartmentChanged: "contact.department.updated_v3", chat.OnScopeChanged: "contact.scope.updated_v3"}[e.Kind]
		if kind == "" {
			kind = e.Name
		}
		object := map[string]any{"object": map[string]any{"open_id": "ou_" + one, "user_id": f.visible("id", one), "union_id": "union" + one}}
		if e.Before != "" {
			object["old_object"] = map[string]any{"user_id": e.Before}
		}
		token, app := f.settings.Token, f.settings.App
		if e.Forged {
			token = "another token"
		}
		if e.Stranger {
			app = "cli_another"
		}
		return quote(map[string]any{"schema": "2.0", "header": map[string]any{"event_id": e.ID, "event_type": kind, "token": token,
			"create_time": strconv.FormatInt(time.Now().UnixMilli(), 10), "app_id": app, "tenant_key": f.settings.Corp}, "event": object})
	}
	kind := map[string]string{chat.OnUserChanged: "user_modify_org", chat.OnUserLeft: "user_leave_org", chat.OnDepartmentChanged: "org_dept_modify",
		chat.OnScopeChanged: "change_auth"}[e.Kind]
	if kind == "" {
		kind = e.Name
	}
	return quote(map[string]any{"EventType": kind, "UserId": e.Users, "CorpId": f.settings.Corp, "TimeStamp": e.ID})
}

// request seals and signs.
func (f *Fake) request(address string, plain []byte, e Event) *http.Request {
	now := time.Now()
	if e.Stale {
		now = now.Add(-time.Hour)
	}
	if f.Platform == chat.Feishu {
		key, raw := f.settings.Key, plain
		if !e.Open {
			raw = quote(map[string]any{"encrypt": sealLark(key, plain)})
		}
		if e.Forged {
			key = "another key"
		}
		stamp, nonce := strconv.FormatInt(now.Unix(), 10), f.name("n")
		sign := larkSign(stamp, nonce, key, raw)
		if e.Altered {
			raw = append(raw, ' ')
		}
		r := f.make(http.MethodPost, address, raw)
		r.Header.Set("X-Lark-Request-Timestamp", stamp)
		r.Header.Set("X-Lark-Request-Nonce", nonce)
		r.Header.Set("X-Lark-Signature", sign)
		return r
	}
	receiver := f.settings.Corp
	if f.Platform == chat.DingTalk {
		receiver = f.settings.App
	}
	if e.Stranger {
		receiver = "another0000000000"
	}
	sealed := sealCorp(f.settings.Key, receiver, plain)
	to := f.signed(address, sealed, now, e, nil)
	if e.Altered {
		sealed = "AAAA" + sealed[4:]
	}
	raw := quote(map[string]any{"encrypt": sealed})
	switch {
	case e.Open:
		raw = plain
	case f.Platform == chat.WeCom:
		raw = fmt.Appendf(nil, "<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt><AgentID><![CDATA[%s]]></AgentID></xml>",
			f.settings.Corp, sealed, f.settings.App)
	}
	return f.make(http.MethodPost, to, raw)
}

// signed adds the signature to an address. WeCom counts seconds, DingTalk milliseconds.
func (f *Fake) signed(address, sealed string, now time.Time, e Event, more url.Values) string {
	stamp, nonce, token := strconv.FormatInt(now.Unix(), 10), f.name("n"), f.settings.Token
	if f.Platform == chat.DingTalk {
		stamp = strconv.FormatInt(now.UnixMilli(), 10)
	}
	if e.Forged {
		token = "another token"
	}
	q := url.Values{"msg_signature": {sha1Of(token, stamp, nonce, sealed)}, "timestamp": {stamp}, "nonce": {nonce}}
	for name, values := range more {
		q[name] = values
	}
	mark := "?"
	if strings.Contains(address, "?") {
		mark = "&"
	}
	return address + mark + q.Encode()
}

func (f *Fake) make(method, address string, raw []byte) *http.Request {
	r, err := http.NewRequest(method, address, bytes.NewReader(raw))
	if err != nil {
		f.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		if f.Platform == chat.WeCom {
			r.Header.Set("Content-Type", "text/xml")
		}
	}
	return r
}

func quote(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
