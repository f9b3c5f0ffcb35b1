package proofs_test

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// wider are ways to ask lists for more than they show at first.
func wider(word string) []string {
	q := url.QueryEscape(word)
	return []string{"", "?view=all&state=any", "?view=unit&state=any", "?state=any&limit=200", "?view=late", "?q=" + q, "?q=" + q + "&kind=request",
		"?view=all&state=any&q=" + q, "?provider=finance&state=any", "?customer=project&state=any&view=all", "?assignee=2002&state=any&view=all", "?unit=finance&view=unit",
		"?by=service", "?by=edge&from=2000-01-01&to=2100-01-01", "?format=xlsx", "?format=csv", "?only=mentions"}
}

// TestNobodyReadsWhatIsNotTheirs asks every list, page, export and search of the house in many ways as everybody: no title
// of a request that the reader may not see, no word of a note that the reader may not read, in any byte.
func TestNobodyReadsWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	s.must(s.Catch(s.System()))
	c := crawl{stage: s}
	words := []string{"标题暗号", "备注暗号", "R-1"}
	for _, r := range s.Mux.Routes() {
		path, ok := strings.CutPrefix(r.Pattern, "GET ")
		if !ok || path == "/live" || strings.Contains(path, "/api/openapi") || strings.Contains(path, "/api/docs") {
			continue
		}
		door := "page"
		if strings.HasPrefix(path, "/api/v1/") {
			door = "program"
		}
		places, err := c.places(r)
		if err != nil {
			t.Fatalf("%s: %v", r.Pattern, err)
		}
		var tails []string
		for _, w := range words {
			tails = append(tails, wider(w)...)
		}
		slices.Sort(tails)
		tails = slices.Compact(tails)
		if strings.Contains(path, "{") {
			tails = []string{"?show=notes", "?show=customer"}
		}
		for _, at := range places {
			for i, p := range cast {
				for j, tail := range tails {
					if !long && len(tails) > 2 && i > 8 && (i+j)%8 > 0 { // the customer's side hears everything, the others a part
						continue
					}
					c.blind(r, c.ask(p.no, http.MethodGet, at.path+tail, door, r.Pattern), p)
				}
			}
		}
	}
	c.report(t)
	s.reach(t)
}

// reach proves that the words are to be found at all, by those who may.
func (s *stage) reach(t *testing.T) {
	t.Helper()
	one := s.records[0]
	s.pages["2003"].For(t).Get("/requests/"+one.working).Is(200).Shows("body", one.note)
	s.tokens["2003"].For(t).Get("/api/v1/requests/"+one.working+"/timeline").Is(200).Shows("*", one.note)
	s.pages["2003"].For(t).Get("/inbox").Is(200).Shows("body", one.note)
	s.pages["3002"].For(t).Get("/requests?state=any").Is(200).Shows("body", one.title)
	s.tokens["3002"].For(t).Get("/api/v1/requests").Is(200).Shows("*", one.title)
	s.pages["2003"].For(t).Get(one.hidden).Is(200)
}

// TestTheCustomerHearsNoNote listens on the live streams of everybody who must not know of a note while one is written,
// and asks for the request again: nothing of the note is in any byte.
func TestTheCustomerHearsNoNote(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	one := s.records[0]
	before := told(s.tokens["3002"].Get("/api/v1/requests/" + one.working))
	streams := map[string]*stream{}
	for _, no := range []string{"3002", "3004", "3003", "3001", "5001", "2003"} {
		streams[no] = s.listen(t, no, "request:"+strconv.FormatInt(one.ids[0], 10)+",request:"+strconv.FormatInt(one.ids[1], 10)+",person:"+strconv.FormatInt(s.ID(no), 10))
	}
	reader := s.listen(t, "2003", "notes:"+strconv.FormatInt(one.ids[0], 10))
	s.tokens["2002"].Post("/api/v1/requests/"+one.working+"/note", map[string]any{"text": "暗号二 @[2003]"}).Is(200)
	if after := told(s.tokens["3002"].Get("/api/v1/requests/" + one.working)); after.head != before.head {
		t.Errorf("the customer can tell that there is a note:\n%s\n%s", before.head, after.head)
	}
	s.tokens["2002"].Post("/api/v1/requests/"+one.working+"/message", map[string]any{"text": "明说"}).Is(200)
	s.tokens["2002"].Post("/api/v1/requests/"+one.done+"/message", map[string]any{"text": "完"}).Is(200)
	for no, l := range streams {
		heard := l.until(t, "request", 2)
		if strings.Contains(heard, "暗号") || strings.Contains(heard, "note") || !strings.Contains(heard, one.done) {
			t.Errorf("%s hears %s", no, heard)
		}
	}
	reader.until(t, "request", 1)
	after := s.tokens["3002"].Get("/api/v1/requests/" + one.working)
	for _, a := range []answer{before, told(after), told(s.tokens["3002"].Get("/api/v1/requests/" + one.working + "/clocks")),
		told(s.tokens["3002"].Get("/api/v1/requests/" + one.working + "/timeline")), told(s.pages["3002"].Get("/requests/" + one.working)),
		told(s.pages["3002"].Get("/inbox")), told(s.pages["3002"].Get("/"))} {
		if bytes.Contains(a.body, []byte("暗号二")) {
			t.Errorf("the customer reads the note: %s", around(a.body, "暗号二"))
		}
	}
}

// TestTheQueueSaysNoNumber: every agent of a unit hears that its queue has changed, and not that there is a confidential
// request.
func TestTheQueueSaysNoNumber(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	l := s.listen(t, "2004", "unit:"+strconv.FormatInt(unitID(t, s, "finance"), 10))
	for _, one := range s.records {
		if one.kind == veiled {
			s.tokens["3002"].Post("/api/v1/requests/"+one.working+"/message", map[string]any{"text": "还在等"}).Is(200)
			if heard := l.until(t, "queue", 1); strings.Contains(heard, one.working) {
				t.Errorf("an agent who is not named hears %s", heard)
			}
			return
		}
	}
	t.Error("there is no confidential request on the stage")
}

// TestTopicsKeepToTheTable: who may not see a request cannot listen to it, and cannot tell it from one that is not there.
func TestTopicsKeepToTheTable(t *testing.T) {
	t.Parallel()
	s := raise(t, sqldb.SQLite)
	nothing := s.records[0].ids[0] + 1
	for _, one := range s.records {
		for _, p := range cast {
			ask := func(id request.ID) answer {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				return s.head(t, ctx, p.no, "request:"+strconv.FormatInt(id, 10))
			}
			got := ask(one.ids[0])
			if may := p.may("request.see", one.kind); may != (got.status == 200) {
				t.Errorf("%s listens to the %s request: %d, the table says %v", p.who, one.kind, got.status, may)
			} else if none := ask(nothing); !may && (got.status != none.status || got.head != none.head || !bytes.Equal(got.body, none.body)) {
				t.Errorf("%s can tell the %s request from nothing: %s and %s", p.who, one.kind, got.body, none.body)
			}
			ctx, stop := context.WithCancel(t.Context())
			if notes := s.head(t, ctx, p.no, "notes:"+strconv.FormatInt(one.ids[0], 10)); p.may("request.note.see", one.kind) != (notes.status == 200) {
				t.Errorf("%s listens to the notes of the %s request: %d", p.who, one.kind, notes.status)
			}
			stop()
		}
	}
	for _, topic := range []string{"person:" + strconv.FormatInt(s.ID("3002"), 10), "unit:" + strconv.FormatInt(unitID(t, s, "finance"), 10), "unit:1", "unit:x", "x", "person:"} {
		if a := s.tokens["5003"].Get("/live?topics=" + topic); a.Status != 404 {
			t.Errorf("a stranger listens to %s: %d", topic, a.Status)
		}
	}
}

func unitID(t *testing.T, s *stage, code string) int64 {
	t.Helper()
	tree, err := s.Org.Tree(t.Context())
	s.must(err)
	u, _ := tree.ByCode(code)
	return u.ID
}

// head opens a stream and reads its answer when it is not one.
func (s *stage) head(t *testing.T, ctx context.Context, no, topics string) answer {
	t.Helper()
	res := s.open1(t, ctx, no, topics)
	defer res.Body.Close()
	a := answer{status: res.StatusCode, head: res.Header.Get("Content-Type") + res.Header.Get("Content-Length")}
	if res.StatusCode != http.StatusOK {
		var b bytes.Buffer
		_, err := b.ReadFrom(res.Body)
		s.must(err)
		a.body = b.Bytes()
	}
	return a
}

func (s *stage) open1(t *testing.T, ctx context.Context, no, topics string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Base+"/live?topics="+topics, nil)
	s.must(err)
	r.AddCookie(&http.Cookie{Name: "neike", Value: s.pages[no].Cookie("neike")})
	res, err := http.DefaultClient.Do(r)
	s.must(err)
	return res
}

// stream is what somebody hears.
type stream struct {
	lines chan string
}

// listen hears topics until the test ends.
func (s *stage) listen(t *testing.T, no, topics string) *stream {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	res := s.open1(t, ctx, no, topics)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s may not listen: %d", no, res.StatusCode)
	}
	l := &stream{lines: make(chan string, 100)}
	scan := bufio.NewScanner(res.Body)
	scan.Scan() // the first bytes: it listens
	go func() {
		defer close(l.lines)
		for scan.Scan() {
			l.lines <- scan.Text()
		}
	}()
	t.Cleanup(func() { stop(); _ = res.Body.Close() })
	return l
}

// until is everything heard up to the nth event of that name, with its data.
func (l *stream) until(t *testing.T, event string, n int) string {
	t.Helper()
	var b strings.Builder
	end := time.After(10 * time.Second)
	for {
		select {
		case line, ok := <-l.lines:
			b.WriteString(line + "\n")
			if line == "event: "+event {
				n--
			}
			if !ok || n <= 0 && line == "" {
				return b.String()
			}
		case <-end:
			t.Fatalf("no %s; heard %s", event, b.String())
		}
	}
}
