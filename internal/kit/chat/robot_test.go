package chat_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
)

func TestRobots(t *testing.T) {
	for _, platform := range chat.RobotPlatforms {
		t.Run(platform, func(t *testing.T) {
			f := chattest.New(t, platform)
			if err := chat.SendTo(ctx, f.Robot(), message); err != nil {
				t.Fatal(err)
			}
			got := f.Messages()
			if len(got) != 1 || !got[0].Robot || !strings.Contains(got[0].Text, "REQ-1024") || !strings.Contains(got[0].Body, "https://neike.example/r/1024") {
				t.Errorf("%+v", got)
			}
			if err := chat.CheckRobot(f.Robot()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whatever is wrong with the signature, the robot says so above HTTP 200.
func TestRobotsRefuse(t *testing.T) {
	for _, platform := range []string{chat.Feishu, chat.DingTalk} {
		f := chattest.New(t, platform)
		code := map[string]string{chat.Feishu: "19021", chat.DingTalk: "310000"}[platform]
		for name, try := range map[string]func() error{
			"no secret":     func() error { r := f.Robot(); r.Secret = ""; return chat.SendTo(ctx, r, message) },
			"wrong secret":  func() error { r := f.Robot(); r.Secret = "SECother"; return chat.SendTo(ctx, r, message) },
			"two hours ago": func() error { return chat.SendToAt(ctx, f.Robot(), message, time.Now().Add(-2*time.Hour)) },
			"tomorrow":      func() error { return chat.SendToAt(ctx, f.Robot(), message, time.Now().Add(24*time.Hour)) },
		} {
			e := why(try())
			if e.Code != code || e.Reason != chat.Refused {
				t.Errorf("%s, %s: %v", platform, name, e)
			}
		}
	}
	f := chattest.New(t, chat.WeCom)
	r := f.Robot()
	r.URL += "x"
	if e := why(chat.SendTo(ctx, r, message)); e.Code != "93000" || e.Reason != chat.Refused {
		t.Errorf("%v", e)
	}
}

// The fake itself refuses the mistakes that programs make: this proves that it would notice.
func TestTheFakeNotices(t *testing.T) {
	ding := chattest.New(t, chat.DingTalk)
	base, _ := url.Parse(ding.Robot().URL)
	secret := ding.Robot().Secret
	post := func(t *testing.T, address, body string) string {
		t.Helper()
		res, err := http.Post(address, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK {
			t.Errorf("HTTP %d: platforms answer 200", res.StatusCode)
		}
		return string(text)
	}
	now := time.Now()
	text := `{"msgtype":"markdown","markdown":{"title":"t","text":"x"}}`
	for name, c := range map[string]struct{ stamp, key, message string }{
		"seconds":              {fmt.Sprint(now.Unix()), secret, fmt.Sprint(now.Unix()) + "\n" + secret},
		"key and words turned": {fmt.Sprint(now.UnixMilli()), fmt.Sprint(now.UnixMilli()) + "\n" + secret, ""},
	} {
		q := base.Query()
		q.Set("timestamp", c.stamp)
		q.Set("sign", mac(c.key, c.message))
		if got := post(t, base.Scheme+"://"+base.Host+base.Path+"?"+q.Encode(), text); !strings.Contains(got, "310000") {
			t.Errorf("%s: %s", name, got)
		}
	}
	stamp := fmt.Sprint(now.UnixMilli())
	q := base.Query()
	q.Set("timestamp", stamp)
	q.Set("sign", url.QueryEscape(mac(secret, stamp+"\n"+secret))) // and Encode once more
	if got := post(t, base.Scheme+"://"+base.Host+base.Path+"?"+q.Encode(), text); !strings.Contains(got, "编码了两次") {
		t.Errorf("encoded twice: %s", got)
	}
	q.Set("sign", mac(secret, stamp+"\n"+secret))
	if got := post(t, base.Scheme+"://"+base.Host+base.Path+"?"+q.Encode(), text); !strings.Contains(got, `"errcode":0`) {
		t.Errorf("rightly signed: %s", got)
	}
	inBody := `{"timestamp":"` + stamp + `","sign":"` + mac(secret, stamp+"\n"+secret) + `",` + text[1:]
	if got := post(t, ding.Robot().URL, inBody); !strings.Contains(got, "310000") {
		t.Errorf("signature in the body: %s", got)
	}

	lark := chattest.New(t, chat.Feishu)
	seconds := fmt.Sprint(now.Unix())
	card := `"msg_type":"interactive","card":{"elements":[]}}`
	key := lark.Robot().Secret
	for name, head := range map[string]string{
		"key and words turned": `{"timestamp":"` + seconds + `","sign":"` + mac(key, seconds+"\n"+key) + `",`,
		"milliseconds":         `{"timestamp":"` + stamp + `","sign":"` + mac(stamp+"\n"+key, "") + `",`,
		"a number":             `{"timestamp":` + seconds + `,"sign":"` + mac(seconds+"\n"+key, "") + `",`,
	} {
		if got := post(t, lark.Robot().URL, head+card); !strings.Contains(got, "19021") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := post(t, lark.Robot().URL+"?timestamp="+seconds+"&sign="+url.QueryEscape(mac(seconds+"\n"+key, "")), "{"+card); !strings.Contains(got, "19021") {
		t.Errorf("signature in the address: %s", got)
	}
	wecom := chattest.New(t, chat.WeCom)
	if got := post(t, wecom.Robot().URL, `{"msgtype":"markdown","markdown":{"content":"`+strings.Repeat("字", 1366)+`"}}`); !strings.Contains(got, "40058") {
		t.Errorf("4098 bytes: %s", got)
	}
}

// More than twenty a minute: silence for a while. The pacer keeps below.
func TestRobotsPace(t *testing.T) {
	for _, platform := range []string{chat.WeCom, chat.DingTalk} {
		f := chattest.New(t, platform)
		var last chat.Error
		for i := range 21 {
			m := message
			m.Title = fmt.Sprint(i)
			if err := chat.SendTo(ctx, f.Robot(), m); err != nil {
				last = why(err)
			}
		}
		if last.Reason != chat.Slow || last.After < time.Minute {
			t.Errorf("%s: %v after %v", platform, last, last.After)
		}
	}
	p, now, sent := chat.NewPacer(), time.Now(), 0
	for end := now.Add(10 * time.Minute); now.Before(end); {
		if wait := p.Take("robot 1", chat.RobotLimits[chat.DingTalk], now); wait > 0 {
			now = now.Add(wait)
			continue
		}
		sent++
	}
	if sent != 180 {
		t.Errorf("%d in ten minutes", sent)
	}
}

func TestPacer(t *testing.T) {
	p, start := chat.NewPacer(), time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	limits := chat.RobotLimits[chat.Feishu] // 5 a second, 100 a minute
	take := func(after time.Duration) time.Duration { return p.Take("a", limits, start.Add(after)) }
	for range 5 {
		if wait := take(0); wait != 0 {
			t.Fatal(wait)
		}
	}
	if wait := take(200 * time.Millisecond); wait != 800*time.Millisecond {
		t.Errorf("the sixth waits %v", wait)
	}
	if wait := p.Take("b", limits, start); wait != 0 {
		t.Errorf("another target waits %v", wait)
	}
	for i := 1; i < 20; i++ {
		for range 5 {
			if wait := take(time.Duration(i) * time.Second); wait != 0 {
				t.Fatalf("%d: %v", i, wait)
			}
		}
	}
	if wait := take(20 * time.Second); wait != 40*time.Second {
		t.Errorf("the hundred and first waits %v", wait)
	}
	if wait := take(60 * time.Second); wait != 0 {
		t.Errorf("after a minute: %v", wait)
	}
	p.Hold("b", limits, start.Add(10*time.Minute))
	if wait := p.Take("b", limits, start.Add(time.Minute)); wait != 9*time.Minute {
		t.Errorf("held: %v", wait)
	}
	if wait := p.Take("b", limits, start.Add(10*time.Minute)); wait != 0 {
		t.Errorf("held no longer: %v", wait)
	}
	if wait := p.Take("c", nil, start); wait != 0 {
		t.Errorf("without limits: %v", wait)
	}
}

func TestRobotAddresses(t *testing.T) {
	for _, c := range []struct {
		robot chat.Robot
		ok    bool
	}{
		{chat.Robot{Platform: chat.WeCom, URL: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdefgh"}, true},
		{chat.Robot{Platform: chat.Feishu, URL: "https://open.larksuite.com/open-apis/bot/v2/hook/abc"}, true},
		{chat.Robot{Platform: chat.Teams, URL: "https://prod-1.westeurope.logic.azure.com:443/workflows/abc?sig=x"}, true},
		{chat.Robot{Platform: chat.WeCom, URL: "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdefgh"}, false},
		{chat.Robot{Platform: chat.WeCom, URL: "https://qyapi.weixin.qq.com.evil.example/?key=abcdefgh"}, false},
		{chat.Robot{Platform: chat.WeCom, URL: "https://qyapi.weixin.qq.com@evil.example/?key=abcdefgh"}, false},
		{chat.Robot{Platform: chat.DingTalk, URL: "https://127.0.0.1/robot/send?access_token=abcdefgh"}, false},
		{chat.Robot{Platform: "skype", URL: "https://x.example"}, false},
		{chat.Robot{Platform: chat.Slack, URL: ""}, false},
		{chat.Robot{Platform: chat.Slack, URL: "abc\x00def"}, false},
	} {
		err := chat.CheckRobot(c.robot)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.robot.URL, err)
		}
		if err != nil && (strings.Contains(err.Error(), "abcdefgh") || why(err).Reason != chat.Refused) {
			t.Errorf("%v", err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", c.robot, c.robot, c.robot), "key=") {
			t.Error("a robot shows its address")
		}
	}
	inside := chat.Robot{Platform: chat.Teams, URL: "https://127.0.0.1:1/workflows/secretsecret"}
	if e := why(chat.SendTo(ctx, inside, message)); e.Code != "address" || strings.Contains(e.Text, "secretsecret") {
		t.Errorf("inside: %v", e)
	}
}
