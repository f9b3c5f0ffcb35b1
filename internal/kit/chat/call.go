package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Limits of one call.
const (
	callTime  = 15 * time.Second
	maxAnswer = 32 << 20 // the members of a large WeCom department come in one answer
	maxWords  = 400      // bytes of a platform's own words that an error keeps
)

// outside is a way to one platform: where to, through what, and what must never be shown.
type outside struct {
	platform string
	http     *http.Client
	private  bool
	hosts    map[string]bool // nil: any
	secrets  []string        // blotted out of everything that becomes an error
}

func newOutside(platform, proxy string, private bool, hosts map[string]bool, secrets ...string) (*outside, error) {
	o := &outside{platform: platform, private: private, hosts: hosts, secrets: secrets}
	dial := &net.Dialer{Timeout: 5 * time.Second}
	transport := &http.Transport{DialContext: dial.DialContext, TLSHandshakeTimeout: 5 * time.Second, MaxIdleConnsPerHost: 8,
		IdleConnTimeout: 60 * time.Second, ResponseHeaderTimeout: callTime, ForceAttemptHTTP2: true}
	switch {
	case proxy != "":
		u, err := url.Parse(proxy)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
			return nil, o.refuse("proxy", "the proxy's address is not understood")
		}
		if password, set := u.User.Password(); set {
			o.secrets = append(o.secrets, password)
		}
		transport.Proxy = http.ProxyURL(u)
	case !private:
		dial.Control = OnlyPublic
	}
	o.http = &http.Client{Transport: transport, Timeout: callTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return o, nil
}

// base checks an address of the settings.
func (o *outside) base(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", o.refuse("address", "an address of the settings is not understood")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !o.private) {
		return "", o.refuse("address", "https is wanted: "+u.Host)
	}
	return strings.TrimRight(address, "/"), nil
}

// call is one question to a platform.
type call struct {
	method string
	url    string
	query  url.Values
	header http.Header
	body   any // becomes JSON; nil: none
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a question. It fails only when no answer came; what the answer says is for the caller.
func (o *outside) ask(ctx context.Context, c call) (answer, error) {
	address := c.url
	if len(c.query) > 0 {
		address += "?" + c.query.Encode()
	}
	var body io.Reader
	if c.body != nil {
		text, err := plainJSON(c.body)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, c.method, address, body)
	if err != nil {
		return answer{}, o.refuse("address", "the address is not understood")
	}
	if o.hosts != nil && !o.hosts[r.URL.Hostname()] || r.URL.Scheme != "https" && !o.private {
		return answer{}, o.refuse("address", "not an address of this platform: "+r.URL.Hostname())
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	res, err := o.http.Do(r)
	if err != nil {
		return answer{}, o.away(ctx, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return answer{}, o.away(ctx, err)
	}
	if len(text) > maxAnswer {
		return answer{}, o.fail("too-large", "the answer is too large", Broken, 0)
	}
	return answer{res.StatusCode, res.Header, text}, nil
}

// plainJSON writes a body as the platforms' own programs do: & and < stay what they are, so that lengths are as counted.
func plainJSON(body any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// away is the failure to get an answer. The address is left out: it may hold a secret.
func (o *outside) away(ctx context.Context, err error) *Error {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	e := o.fail("network", err.Error(), Broken, 0)
	var wire *net.OpError
	e.Away = errors.As(err, &wire) && (wire.Op == "dial" || wire.Op == "proxyconnect") // nothing was sent
	if errors.Is(err, ErrInside) {
		e.Code, e.Reason, e.Away = "address", Refused, false
	}
	if e.cause = ctx.Err(); e.cause != nil {
		e.Text = e.cause.Error()
	}
	return e
}

func (o *outside) refuse(code, text string) *Error { return o.fail(code, text, Refused, 0) }

func (o *outside) fail(code, text string, why Reason, after time.Duration) *Error {
	return &Error{Platform: o.platform, Code: code, Text: cut(o.blot(text), maxWords), Reason: why, After: after}
}

// blot takes out what must not be shown, as it is and as it stands in an address.
func (o *outside) blot(text string) string {
	for _, secret := range o.secrets {
		if len(secret) >= 4 {
			text = strings.ReplaceAll(text, secret, "***")
			text = strings.ReplaceAll(text, url.QueryEscape(secret), "***")
		}
	}
	return text
}

// unread is an answer that is not what the platform writes: an error page, a proxy's words.
func (o *outside) unread(a answer) *Error {
	why := Broken
	if a.status == http.StatusTooManyRequests {
		why = Slow
	}
	e := o.fail("http-"+strconv.Itoa(a.status), "the answer is not understood", why, waitOf(a.header))
	e.Away = a.status == http.StatusBadGateway || a.status == http.StatusServiceUnavailable
	return e
}

// brokenOff is a list that says there is more and not where: taken as its end, it would make people look gone.
func (o *outside) brokenOff() *Error {
	return o.fail("list", "the list breaks off: there is more, and no place to go on", Broken, 0)
}

// waitOf is when the platform wants to be asked again, 0 when it does not say.
func waitOf(h http.Header) time.Duration {
	for _, name := range []string{"X-Ogw-Ratelimit-Reset", "Retry-After"} {
		if n, err := strconv.Atoi(h.Get(name)); err == nil && n > 0 {
			return min(time.Duration(n)*time.Second, 24*time.Hour)
		}
	}
	return 0
}

// patient repeats a question of a long walk that was refused for haste: a walk that gives up begins anew and asks more.
func patient(ctx context.Context, ask func() error) error {
	const tries, longest = 4, 5 * time.Second
	for try := 1; ; try++ {
		err := ask()
		var e *Error
		if !errors.As(err, &e) || e.Reason != Slow || try == tries || e.After > longest {
			return err
		}
		wait := e.After
		if wait == 0 {
			wait = time.Duration(try) * time.Second
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}

// cut shortens a text to so many bytes, at the end of a character.
func cut(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	const more = "…"
	end := max(0, bytes-len(more))
	for end > 0 && text[end]&0xC0 == 0x80 {
		end--
	}
	return text[:end] + more
}
