package chat

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The signatures below were computed with other programs; those called official are the platforms' own examples.

func TestRobotSignatures(t *testing.T) {
	if got := feishuRobotSign("1599360473", "demo"); got != "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=" {
		t.Errorf("Feishu robot: %s", got)
	}
	got := dingtalkRobotSign("1577262236757", "SECdemo")
	if got != "sLRlUUvzoOXn5DR/+o+s6tOqX+bWe3JGaZ7JQ7844l8=" {
		t.Errorf("DingTalk robot: %s", got)
	}
	if q := (url.Values{"sign": {got}}).Encode(); q != "sign=sLRlUUvzoOXn5DR%2F%2Bo%2Bs6tOqX%2BbWe3JGaZ7JQ7844l8%3D" {
		t.Errorf("DingTalk robot in an address: %s", q)
	}
}

func TestFeishuCallbackVectors(t *testing.T) {
	const sealed = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="
	if plain, err := feishuOpen("test key", sealed); err != nil || string(plain) != "hello world" { // official
		t.Errorf("official example: %q, %v", plain, err)
	}
	body := []byte(`{"encrypt":"` + sealed + `"}`)
	if got := feishuEventSign("1600000000", "nonce", "test key", body); got != "6eaec02189b9656660b57fc99f5a3c394903d7dcd7d22ac546a7aed5db86151a" {
		t.Errorf("event signature: %s", got)
	}
}

// official: the sample of WeCom's own library.
func TestWeComCallbackVector(t *testing.T) {
	const sealed = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
	if got := sortedSign("QDG6eK", "1409659589", "263014780", sealed); got != "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3" {
		t.Fatalf("signature: %s", got)
	}
	c, err := newClient(Settings{Platform: WeCom, Corp: "wx5823bf96d3bd56c7", App: "1", Secret: "secret", Token: "QDG6eK",
		Key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"}, at(1409659589))
	if err != nil {
		t.Fatal(err)
	}
	q := url.Values{"msg_signature": {"5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"}, "timestamp": {"1409659589"}, "nonce": {"263014780"}, "echostr": {sealed}}
	got, err := c.Receive(httptest.NewRequest(http.MethodGet, "/?"+q.Encode(), nil), nil)
	if err != nil || string(got.Reply.Body) != "1616140317555161061" || got.Kind != OnCheck {
		t.Errorf("%+v, %v", got, err)
	}
	late, err := newClient(Settings{Platform: WeCom, Corp: "wx5823bf96d3bd56c7", App: "1", Secret: "secret", Token: "QDG6eK",
		Key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"}, at(1409659589+301))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Receive(httptest.NewRequest(http.MethodGet, "/?"+q.Encode(), nil), nil); !codeIn(err, "stale") {
		t.Errorf("five minutes later: %v", err)
	}
}

// official: the sample of DingTalk's description. It is filled up by 22 bytes, more than a block of the cipher.
func TestDingTalkCallbackVector(t *testing.T) {
	const sealed = "1a3NBxmCFwkCJvfoQ7WhJHB+iX3qHPsc9JbaDznE1i03peOk1LaOQoRz3+nlyGNhwmwJ3vDMG+OzrHMeiZI7gTRWVdUBmfxjZ8Ej23JVYa9VrYeJ5as7XM/ZpulX8NEQis44w53h1qAgnC3PRzM7Zc/D6Ibr0rgUathB6zRHP8PYrfgnNOS9PhSBdHlegK+AGGanfwjXuQ9+0pZcy0w9lQ=="
	c, err := newClient(Settings{Platform: DingTalk, Corp: "ding1", App: "suite4xxxxxxxxxxxxxxx", Secret: "secret", Token: "123456",
		Key: "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij"}, at(1445827045))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"signature", "msg_signature"} {
		q := url.Values{name: {"5a65ceeef9aab2d149439f82dc191dd6c5cbe2c0"}, "timestamp": {"1445827045067"}, "nonce": {"nEXhMP4r"}}
		got, err := c.Receive(httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), nil), []byte(`{"encrypt":"`+sealed+`"}`))
		if err != nil || got.Kind != OnCheck {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	e, _ := newEnvelope("4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij")
	plain, owner, err := e.open(sealed)
	if err != nil || owner != "suite4xxxxxxxxxxxxxxx" || !strings.Contains(string(plain), `"EventType":"check_create_suite_url"`) {
		t.Errorf("%s for %q, %v", plain, owner, err)
	}
}

func at(seconds int64) func() time.Time {
	return func() time.Time { return time.Unix(seconds, 0) }
}

// Every length of filling opens again, and nothing opens when one bit is another.
func TestEnvelopeComesBack(t *testing.T) {
	e, err := newEnvelope("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 70 {
		text := strings.Repeat("字", n)
		sealed, err := e.seal([]byte(text), "corp")
		if err != nil {
			t.Fatal(err)
		}
		plain, receiver, err := e.open(sealed)
		if err != nil || string(plain) != text || receiver != "corp" {
			t.Fatalf("%d: %q for %q, %v", n, plain, receiver, err)
		}
	}
	for _, bad := range []string{"", "AAAA", "!", strings.Repeat("A", 64), strings.Repeat("A", 43)} {
		if _, _, err := e.open(bad); err == nil {
			t.Errorf("%q opened", bad)
		}
	}
	for _, key := range []string{"", "short", strings.Repeat("a", 44), strings.Repeat("!", 43)} {
		if _, err := newEnvelope(key); err == nil {
			t.Errorf("%q is no key", key)
		}
	}
}

func FuzzCallbacks(f *testing.F) {
	f.Add("POST", "msg_signature=a&timestamp=1&nonce=b", []byte(`{"encrypt":"P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="}`))
	f.Add("GET", "echostr=P9nAzCzyDtyT", []byte(`<xml><Encrypt>AAAA</Encrypt></xml>`))
	f.Add("POST", "", []byte(`{"type":"url_verification","challenge":"x","token":"t"}`))
	var clients []Client
	for _, s := range []Settings{
		{Platform: WeCom, Corp: "c", App: "1", Key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"},
		{Platform: DingTalk, Corp: "c", App: "a", Key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"},
		{Platform: Feishu, App: "a", Key: "k"}, {Platform: Feishu, App: "a"}} {
		s.Secret, s.Token = "secret", "t"
		c, err := New(s)
		if err != nil {
			f.Fatal(err)
		}
		clients = append(clients, c)
	}
	f.Fuzz(func(t *testing.T, method, query string, body []byte) {
		r := &http.Request{Method: method, URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{}}
		for i, c := range clients {
			if got, err := c.Receive(r, body); err == nil && i < 2 {
				t.Errorf("an unsigned callback passed: %+v", got)
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("P9nAzCzyDtyTWESHep1vC5X9xho"), byte(7))
	e, err := newEnvelope("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte, last byte) {
		e.open(string(text))
		feishuOpen("key", string(text))
		plain := append(text, last)
		if out, err := unpad(plain, padding); err == nil && len(out)+int(last) != len(plain) {
			t.Errorf("%d bytes of %d, filled by %d", len(out), len(plain), last)
		}
	})
}

func TestCutsAtTheEndOfACharacter(t *testing.T) {
	for n := 3; n < 40; n++ {
		got := cut("请求已超时，请尽快处理", n)
		if len(got) > n || strings.ContainsRune(got, '\uFFFD') || !strings.HasSuffix(got, "…") && len("请求已超时，请尽快处理") > n {
			t.Errorf("%d: %q (%d bytes)", n, got, len(got))
		}
	}
	if got := cutRunes("一二三四五", 4); got != "一二三…" {
		t.Error(got)
	}
}
