// Package webtest talks to a door in tests as a browser or a program does: a client with cookies, a client with a
// token, pages asked by selector, JSON compared with golden files. Package house starts the whole product for it.
package webtest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

var update = flag.Bool("update-golden", false, "write golden files anew")

// Serve lets a handler listen on a port of its own until the test ends, and gives a client without any identity.
func Serve(t testing.TB, h http.Handler) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return New(t, server.URL)
}

// Client asks one server as one reader.
type Client struct {
	T     testing.TB
	Base  string // http://127.0.0.1:1234
	Token string // sent as bearer token when not empty
	Lang  string // Accept-Language; "" sends none
	HTMX  string // id of the element to swap; "" asks as a browser
	http  *http.Client
}

// New is a client without cookies yet. It does not follow redirects: tests look at them.
func New(t testing.TB, base string) *Client {
	jar, err := cookiejar.New(nil)
	if err != nil { // has no reason to
		t.Fatal(err)
	}
	return &Client{T: t, Base: base, http: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Fresh is another reader at the same server.
func (c *Client) Fresh() *Client { return New(c.T, c.Base) }

// With is the same server asked with a token.
func (c *Client) With(token string) *Client {
	other := c.Fresh()
	other.Token, other.Lang = token, c.Lang
	return other
}

// For is the same reader, reporting to another test.
func (c *Client) For(t testing.TB) *Client {
	other := *c
	other.T = t
	return &other
}

// Cookie is the value of a cookie the client holds; "" when there is none.
func (c *Client) Cookie(name string) string {
	u, err := url.Parse(c.Base)
	if err != nil {
		c.T.Fatal(err)
	}
	for _, one := range c.http.Jar.Cookies(u) {
		if one.Name == name {
			return one.Value
		}
	}
	return ""
}

// SetCookie gives the client a cookie.
func (c *Client) SetCookie(name, value string) {
	u, err := url.Parse(c.Base)
	if err != nil {
		c.T.Fatal(err)
	}
	c.http.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// Answer is what came back.
type Answer struct {
	T      testing.TB
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request and reads the answer.
func (c *Client) Do(r *http.Request) *Answer {
	c.T.Helper()
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.Lang != "" {
		r.Header.Set("Accept-Language", c.Lang)
	}
	if c.HTMX != "" {
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Target", c.HTMX)
	}
	res, err := c.http.Do(r)
	if err != nil {
		c.T.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	return &Answer{T: c.T, Status: res.StatusCode, Header: res.Header, Body: body}
}

func (c *Client) request(method, path string, body io.Reader, headers []string) *http.Request {
	c.T.Helper()
	r, err := http.NewRequestWithContext(c.T.Context(), method, c.Base+path, body)
	if err != nil {
		c.T.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// Get asks for a page or a record. Headers are name, value, …
func (c *Client) Get(path string, headers ...string) *Answer {
	c.T.Helper()
	return c.Do(c.request(http.MethodGet, path, nil, headers))
}

// Form posts a form as a browser of this site does. Fields are name, value, …; a name may come again.
func (c *Client) Form(path string, fields ...string) *Answer {
	c.T.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return c.Do(c.request(http.MethodPost, path, strings.NewReader(values.Encode()),
		[]string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}))
}

// JSON sends a document: a string as it is, anything else encoded, nil as nothing.
func (c *Client) JSON(method, path string, body any, headers ...string) *Answer {
	c.T.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			c.T.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	return c.Do(c.request(method, path, r, append([]string{"Content-Type", "application/json"}, headers...)))
}

// Post sends a document by POST.
func (c *Client) Post(path string, body any, headers ...string) *Answer {
	c.T.Helper()
	return c.JSON(http.MethodPost, path, body, headers...)
}

// Is fails the test when the status is another one, and shows what came back.
func (a *Answer) Is(status int) *Answer {
	a.T.Helper()
	if a.Status != status {
		a.T.Fatalf("status %d, want %d: %s", a.Status, status, clip(a.Body))
	}
	return a
}

func clip(b []byte) string {
	if len(b) > 2000 {
		return string(b[:2000]) + " …"
	}
	return string(b)
}

// Leads fails the test unless the answer sends the reader there.
func (a *Answer) Leads(to string) *Answer {
	a.T.Helper()
	at := a.Header.Get("Location")
	if at == "" {
		at = a.Header.Get("HX-Location")
	}
	if at != to {
		a.T.Fatalf("leads to %q, want %q (status %d: %s)", at, to, a.Status, clip(a.Body))
	}
	return a
}

// Decode reads the JSON of the answer.
func (a *Answer) Decode(v any) *Answer {
	a.T.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.T.Fatalf("%v in %s", err, clip(a.Body))
	}
	return a
}

// Key is the key of a problem.
func (a *Answer) Key() string {
	a.T.Helper()
	var p struct{ Key string }
	a.Decode(&p)
	return p.Key
}

// Page reads the answer as HTML.
func (a *Answer) Page() *goquery.Document {
	a.T.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	if err != nil {
		a.T.Fatal(err)
	}
	return doc
}

// Text is the text of what a selector finds, with single spaces.
func (a *Answer) Text(selector string) string {
	a.T.Helper()
	return strings.Join(strings.Fields(a.Page().Find(selector).Text()), " ")
}

// Shows fails the test unless the selector finds something whose text holds the words.
func (a *Answer) Shows(selector, words string) *Answer {
	a.T.Helper()
	if got := a.Text(selector); !strings.Contains(got, words) {
		a.T.Errorf("%s shows %q, want %q in it", selector, got, words)
	}
	return a
}

// volatile are values that differ from run to run: moments, secrets and long ids.
var volatile = []struct {
	pattern *regexp.Regexp
	word    string
}{
	{regexp.MustCompile(`"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)"`), `"<time>"`},
	{regexp.MustCompile(`nk_[A-Za-z0-9_-]{20,}`), `<token>`},
	{regexp.MustCompile(`"\d{12,}"`), `"<id>"`},
	{regexp.MustCompile(`: ?\d{12,}`), `: "<id>"`},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), `<base>`},
	{regexp.MustCompile(`urn:neike:request:[a-z0-9]+`), `urn:neike:request:<id>`},
}

// Golden compares the JSON of the answer with testdata/NAME.json, with moments, secrets and long ids blotted out.
// -update-golden writes the file.
func (a *Answer) Golden(name string) *Answer {
	a.T.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, a.Body, "", "  "); err != nil {
		a.T.Fatalf("%v in %s", err, clip(a.Body))
	}
	got := pretty.String()
	for _, v := range volatile {
		got = v.pattern.ReplaceAllString(got, v.word)
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			a.T.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.TrimSpace(got)+"\n"), 0o644); err != nil {
			a.T.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		a.T.Fatal(err)
	}
	if strings.TrimSpace(got) != strings.TrimSpace(string(want)) {
		a.T.Errorf("%s differs (-update-golden writes it anew):\n%s", path, difference(got, string(want)))
	}
	return a
}

// difference shows where two texts part: a few lines from there.
func difference(got, want string) string {
	g, w := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	at := 0
	for at < len(g) && at < len(w) && g[at] == w[at] {
		at++
	}
	part := func(lines []string) string { return strings.Join(lines[max(0, at-3):min(len(lines), at+12)], "\n") }
	return fmt.Sprintf("line %d\ngot\n%s\nwant\n%s", at+1, part(g), part(w))
}
