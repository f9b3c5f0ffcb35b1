package chattest

import (
	"encoding/base64"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/chat"
)

const (
	robotKey    = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
	robotSecret = "SECthisisthesecretoftherobot"
)

// Robot is a group's robot of this platform.
func (f *Fake) Robot() chat.Robot {
	r := chat.Robot{Platform: f.Platform, Private: true}
	switch f.Platform {
	case chat.WeCom:
		r.URL = f.URL + "/cgi-bin/webhook/send?key=" + robotKey
	case chat.Feishu:
		r.URL, r.Secret = f.URL+"/open-apis/bot/v2/hook/"+robotKey, robotSecret
	case chat.DingTalk:
		r.URL, r.Secret = f.URL+"/robot/send?access_token="+robotKey, robotSecret
	case chat.Slack:
		r.URL = f.URL + "/services/T00/B00/" + robotKey
	case chat.Teams:
		r.URL = f.URL + "/workflows/" + robotKey + "/triggers/manual/paths/invoke?sig=abcdefgh"
	}
	return r
}

// AnyTime lets robots take messages that were signed at any time, for official examples.
func (f *Fake) AnyTime() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.nostale = true
}

// robots are the addresses of the groups' robots.
func (f *Fake) robots(mux *http.ServeMux) {
	robot := func(do func(r *http.Request, m map[string]any, raw []byte) (int, map[string]any)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			f.mu.Lock()
			defer f.mu.Unlock()
			m, raw := body(r)
			status, out := do(r, m, raw)
			answer(w, status, out)
		}
	}
	switch f.Platform {
	case chat.WeCom:
		mux.HandleFunc("POST /cgi-bin/webhook/send", robot(f.wecomRobot))
	case chat.Feishu:
		mux.HandleFunc("POST /open-apis/bot/v2/hook/{id}", robot(f.larkRobot))
	case chat.DingTalk:
		mux.HandleFunc("POST /robot/send", robot(f.dingRobot))
	case chat.Slack:
		mux.HandleFunc("POST /services/{a}/{b}/{c}", f.plainRobot(http.StatusOK, "ok", "text"))
	case chat.Teams:
		mux.HandleFunc("POST /workflows/{id}/triggers/manual/paths/invoke", f.plainRobot(http.StatusAccepted, "", "attachments"))
	}
}

// tooFast counts messages of the last minute.
func (f *Fake) tooFast(most int) bool {
	now := time.Now()
	for len(f.robot) > 0 && now.Sub(f.robot[0]) >= time.Minute {
		f.robot = f.robot[1:]
	}
	if len(f.robot) >= most {
		return true
	}
	f.robot = append(f.robot, now)
	return false
}

func (f *Fake) robotGot(kind, title string, content any, raw []byte) {
	s := Sent{ID: f.name("robot"), Robot: true, Kind: kind, Title: title, Body: string(raw)}
	words := []string{}
	gather(content, &words, &s.Links)
	s.Text = strings.Join(words, "\n")
	f.keep(s)
}

func (f *Fake) wecomRobot(r *http.Request, m map[string]any, raw []byte) (int, map[string]any) {
	kind := str(m["msgtype"])
	text := str(obj(m[kind])["content"])
	most := map[string]int{"text": 2048, "markdown": 4096, "markdown_v2": 4096}[kind]
	switch {
	case r.URL.Query().Get("key") != robotKey:
		return 200, wrong(93000, "invalid webhook url")
	case most == 0 || text == "":
		return 200, wrong(40008, "invalid message type")
	case len(text) > most:
		return 200, wrong(40058, kind+".content exceed max length "+strconv.Itoa(most))
	case f.tooFast(20):
		return 200, wrong(45009, "api freq out of limit")
	}
	f.robotGot(kind, "", m[kind], raw)
	return 200, fine(nil)
}

func (f *Fake) larkRobot(r *http.Request, m map[string]any, raw []byte) (int, map[string]any) {
	stamp, isText := m["timestamp"].(string)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	late := math.Abs(float64(time.Now().Unix()-seconds)) > 3600
	switch {
	case r.PathValue("id") != robotKey:
		return 200, larkWrong(19001, "param invalid: incoming webhook access token invalid")
	case r.URL.Query().Get("sign") != "" || r.Header.Get("sign") != "" || !isText || err != nil || late && !f.nostale:
		return 200, larkWrong(19021, "sign match fail or timestamp is not within one hour from current time")
	case str(m["sign"]) != hmac64(stamp+"\n"+robotSecret, ""):
		return 200, larkWrong(19021, "sign match fail or timestamp is not within one hour from current time")
	case len(raw) > 20<<10:
		return 200, larkWrong(9499, "Bad Request")
	case f.tooFast(100):
		return 200, larkWrong(11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]")
	}
	card := obj(m["card"])
	if str(m["msg_type"]) != "interactive" || card == nil {
		return 200, larkWrong(9499, "Bad Request")
	}
	f.robotGot("interactive", str(obj(obj(card["header"])["title"])["content"]), card, raw)
	f.sent[len(f.sent)-1].read(card)
	return 200, map[string]any{"code": 0, "msg": "success", "data": map[string]any{}, "StatusCode": 0, "StatusMessage": "success"}
}

func (f *Fake) dingRobot(r *http.Request, m map[string]any, raw []byte) (int, map[string]any) {
	const badSign = "description:机器人发送签名不匹配"
	q := r.URL.Query()
	stamp, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	late := math.Abs(float64(time.Now().UnixMilli()-stamp)) > 3600_000
	want := hmac64(robotSecret, q.Get("timestamp")+"\n"+robotSecret)
	kind := str(m["msgtype"])
	switch {
	case q.Get("access_token") != robotKey:
		return 200, wrong(300001, "token is not exist")
	case err != nil || late && !f.nostale:
		return 200, wrong(310000, "description:timestamp 无效")
	case q.Get("sign") != want:
		if again, err := url.QueryUnescape(q.Get("sign")); err == nil && again == want {
			return 200, wrong(310000, badSign+"（编码了两次）")
		}
		if _, err := base64.StdEncoding.DecodeString(q.Get("sign")); err != nil {
			return 200, wrong(310000, badSign+"（不是 base64）")
		}
		return 200, wrong(310000, badSign)
	case len(raw) > 20000:
		return 200, wrong(460101, "message too long")
	case kind != "text" && kind != "markdown" && kind != "actionCard" || obj(m[kind]) == nil:
		return 200, wrong(400101, "不支持的消息类型")
	case f.tooFast(20):
		return 200, wrong(130101, "send too fast, exceed 20 times per minute")
	}
	f.robotGot(kind, str(obj(m[kind])["title"]), m[kind], raw)
	return 200, fine(nil)
}

// plainRobot is a robot of Slack or Teams: it answers with a status.
func (f *Fake) plainRobot(status int, words, wants string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		m, raw := body(r)
		switch {
		case m[wants] == nil:
			http.Error(w, "invalid_payload", http.StatusBadRequest)
			return
		case len(raw) > 28<<10:
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		f.robotGot("card", "", m, raw)
		w.WriteHeader(status)
		w.Write([]byte(words))
	}
}
