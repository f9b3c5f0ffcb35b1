package proofs_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/kit/webtest"
)

// TestRoutesKeepToTheTable asks for every address of the mux as everybody, before every kind of record, and compares who
// gets through with what the table of access says. What is not somebody's must look like what is not there.
func TestRoutesKeepToTheTable(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	c := crawl{stage: s, every: 1}
	for _, r := range inOrder(s.Mux.Routes()) {
		c.route(r)
	}
	c.report(t)
}

// TestRoutesKeepToTheTableOnPostgres is a sample of the same.
func TestRoutesKeepToTheTableOnPostgres(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.Postgres)
	c := crawl{stage: s, every: 7}
	for _, r := range inOrder(s.Mux.Routes()) {
		c.route(r)
	}
	c.report(t)
}

// TestTheCrawlFinds shows the crawl what it must not let pass.
func TestTheCrawlFinds(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	for _, x := range []struct {
		what string
		web.Route
	}{
		{"an action without a row", web.Route{Pattern: "GET /org", Action: "org.nothing"}},
		{"a stricter door than the table", web.Route{Pattern: "GET /settings/org", Action: "org.see"}},
		{"a wider door than the table", web.Route{Pattern: "GET /org", Action: "org.change"}},
		{"a record open to more than the table", web.Route{Pattern: "GET /requests/{number}", Action: "request.rate"}},
		{"parameters of which nobody knows what they are", web.Route{Pattern: "GET /things/{thing}", Action: "org.see"}},
		{"an address that is not there", web.Route{Pattern: "GET /orgs", Action: "org.see"}},
		{"what everybody may do and nobody can", web.Route{Pattern: "GET /orgs", Action: web.SignedIn}},
	} {
		c := crawl{stage: s, every: 1}
		if c.route(x.Route); len(c.findings) == 0 {
			t.Errorf("the crawl does not see %s", x.what)
		}
	}
}

// inOrder puts the addresses of records first: what an administrator may change could change who may see them. What ends
// sessions comes last.
func inOrder(routes []web.Route) []web.Route {
	weight := func(r web.Route) int {
		switch {
		case strings.Contains(r.Pattern, "signout"):
			return 4
		case strings.Contains(r.Pattern, "sessions"):
			return 3
		case strings.Contains(r.Pattern, "{number}") || strings.Contains(r.Pattern, "/files/"):
			return 0
		case strings.HasPrefix(r.Pattern, "GET "):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(routes, func(a, b web.Route) int { return weight(a) - weight(b) })
	return routes
}

// long is whether everything is asked for, where otherwise a part of it is.
var long = os.Getenv("NEIKE_LONG") != ""

// crawl goes from address to address.
type crawl struct {
	*stage
	every  int // 1: everybody everywhere; n: each n-th question
	turn   int
	asked  int
	absent map[string]answer

	findings []string
}

func (c *crawl) found(format string, args ...any) {
	c.findings = append(c.findings, fmt.Sprintf(format, args...))
}

func (c *crawl) report(t *testing.T) {
	t.Helper()
	for i, f := range c.findings {
		if i == 40 {
			t.Errorf("and %d more", len(c.findings)-i)
			break
		}
		t.Error(f)
	}
	t.Logf("%d questions at %d addresses", c.asked, len(c.Mux.Routes()))
}

// place is an address with its parameters filled in.
type place struct {
	path   string // where something is
	absent string // of the same length, where nothing is
	kind   string // of record
	also   string // a second action that must be allowed: a file of a note
	set    func(player) access.Set
}

// answer is what the reader can tell from an answer.
type answer struct {
	status int
	head   string // every header but the date and the id of the question
	body   []byte
}

// verdict is what an answer means.
func (a answer) verdict() string {
	switch {
	case a.status >= 500:
		return "broken"
	case a.status == http.StatusNotFound:
		return "not there"
	case a.status == http.StatusForbidden:
		return "forbidden"
	case a.status == http.StatusUnauthorized, strings.Contains(a.head, "Location: /signin"), strings.Contains(a.head, "Hx-Redirect: /signin"):
		return "sign in"
	}
	return "allowed"
}

func (c *crawl) route(r web.Route) {
	method, pattern, ok := strings.Cut(r.Pattern, " ")
	if !ok { // the address of everything that is not there
		return
	}
	rule, known := access.RuleFor(r.Action)
	if !known && r.Action != web.Public && r.Action != web.SignedIn {
		c.found("%s: no row of the table allows %q", r.Pattern, r.Action)
		return
	}
	doors := []string{"page", "fragment"}
	if strings.HasPrefix(pattern, "/api/v1/") {
		doors = []string{"program"}
	}
	for _, door := range doors {
		if again := renew[r.Pattern]; again != nil {
			again(c.stage)
		}
		places, err := c.places(r)
		if err != nil {
			c.found("%s: %v", r.Pattern, err)
			return
		}
		c.absent = map[string]answer{}
		for _, at := range places {
			for _, p := range append([]player{{who: "nobody"}}, cast...) {
				// the same page as a fragment is asked for by each third: it comes from the same door and use case
				if c.turn++; c.turn%c.every == 0 && (door != "fragment" || long || c.turn%3 == 0) {
					c.question(r, rule, method, door, at, p)
				}
			}
		}
	}
}

// question is one person at one address.
func (c *crawl) question(r web.Route, rule access.Rule, method, door string, at place, p player) {
	got := c.ask(p.no, method, at.path, door, r.Pattern)
	want := "not there"
	switch {
	case r.Action == web.Public:
		if got.verdict() == "broken" {
			c.found("%s for %s: status %d", r.Pattern, p.who, got.status)
		}
		return
	case p.no == "":
		want = "sign in"
	case r.Action == web.SignedIn, c.expected(rule, at, p):
		want = "allowed"
	}
	if got.verdict() != want {
		c.found("%s (%s) as %s %s, %s: %s (%d), the table says %s\n%s", r.Pattern, door, p.no, p.who, at.kind, got.verdict(), got.status, want, clip(got.body))
		return
	}
	if method == http.MethodGet && strings.Contains(got.head, "Set-Cookie: toast=") { // a word that the page before has left
		got = c.ask(p.no, method, at.path, door, r.Pattern)
	}
	c.blind(r, got, p)
	if want != "allowed" && at.absent != "" {
		c.compare(r, method, door, at, p, got)
	}
}

// expected is the table's answer.
func (c *crawl) expected(rule access.Rule, at place, p player) bool {
	switch {
	case at.kind != "":
		return p.may(rule.Action, at.kind) && (at.also == "" || p.may(at.also, at.kind))
	case at.set != nil:
		return access.May(rule.Action, at.set(p), false) && (at.also == "" || access.May(at.also, at.set(p), false))
	}
	const byRecord = access.Self | access.Asked | access.SameUnit | access.Delegate | access.Assignee | access.Watcher | access.Named
	return p.at().Has(rule.Allow) || rule.Allow.Has(byRecord)
}

// compare holds an answer against the one where nothing is: the same bytes, but for the address that was asked.
func (c *crawl) compare(r web.Route, method, door string, at place, p player, got answer) {
	key := p.no + at.absent
	nothing, ok := c.absent[key]
	if !ok {
		nothing = c.ask(p.no, method, at.absent, door, r.Pattern).blot(at.absent)
		c.absent[key] = nothing
	}
	got = got.blot(at.path)
	if !got.like(nothing) { // what the person is told of may have grown since: a page counts it. Asked one after the other, both count the same
		nothing = c.ask(p.no, method, at.absent, door, r.Pattern).blot(at.absent)
		got = c.ask(p.no, method, at.path, door, r.Pattern).blot(at.path)
		c.absent[key] = nothing
	}
	if !got.like(nothing) {
		from := 0 // where they part
		for from < min(len(got.body), len(nothing.body)) && got.body[from] == nothing.body[from] {
			from++
		}
		c.found("%s (%s) as %s, %s: not yours and not there differ\n%d %s\n… %s\n%d %s\n… %s", r.Pattern, door, p.who, at.kind,
			got.status, got.head, clip(got.body[from:]), nothing.status, nothing.head, clip(nothing.body[from:]))
	}
}

func (a answer) like(b answer) bool {
	return a.status == b.status && a.head == b.head && bytes.Equal(a.body, b.body)
}

// blot takes what the reader asked for out of an answer.
func (a answer) blot(word string) answer {
	a.head = strings.NewReplacer(word, "…", (&url.URL{Path: word}).EscapedPath(), "…", url.QueryEscape(word), "…").Replace(a.head)
	a.body = bytes.ReplaceAll(a.body, []byte(word), []byte("…"))
	return a
}

// blind holds whatever came back against what the person may know: no title of a request that is not theirs, no word of
// a note that they may not read, whatever the address.
func (c *crawl) blind(r web.Route, got answer, p player) {
	if p.no == "" {
		p.is = nil
	}
	for _, one := range c.records {
		if !p.may("request.see", one.kind) && bytes.Contains(got.body, []byte(one.title)) {
			c.found("%s shows %s the %s request: %s", r.Pattern, p.who, one.kind, around(got.body, one.title))
		}
		if !p.may("request.note.see", one.kind) && bytes.Contains(got.body, []byte(one.note)) {
			c.found("%s shows %s a note of the %s request: %s", r.Pattern, p.who, one.kind, around(got.body, one.note))
		}
	}
}

// ask sends one question.
func (c *crawl) ask(no, method, path, door, pattern string) answer {
	c.T.Helper()
	c.asked++
	client, body := c.pages[no], sent[pattern].form
	headers := []string{"Sec-Fetch-Site", "same-origin", "Accept-Encoding", "identity"}
	switch {
	case door == "program":
		client = c.tokens[no]
		if body == "" {
			body = "{}"
		}
		headers = append(headers, "Content-Type", "application/json")
	case method == http.MethodPost:
		headers = append(headers, "Content-Type", "application/x-www-form-urlencoded")
	}
	if door == "fragment" {
		headers = append(headers, "HX-Request", "true", "HX-Target", "main")
	}
	if method == http.MethodGet {
		body = ""
	}
	return told(client.JSON(method, path, body, headers...))
}

// told is what of an answer the reader can tell.
func told(a *webtest.Answer) answer {
	var lines []string
	for name, values := range a.Header {
		if name != "Date" && name != "X-Request-Id" {
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(lines)
	return answer{a.Status, strings.Join(lines, "\n"), a.Body}
}

func clip(b []byte) string { return string(b[:min(len(b), 300)]) }

func around(b []byte, word string) string {
	at := bytes.Index(b, []byte(word))
	return fmt.Sprintf("…%s…", b[max(0, at-120):min(len(b), at+120)])
}
