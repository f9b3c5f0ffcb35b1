package talk_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/talk"
)

func TestTheInboxShowsAndEmpties(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		first := h.say("3001", talk.KindMessage, "第一句")
		last := h.say("3001", talk.KindAnswer, "第二句 @[2001]")
		h.as("2001")
		doc := h.page("/inbox")
		lines := doc.Find("#inbox li")
		if lines.Length() != 2 || !strings.Contains(lines.First().Text(), "第二句 @陈思远") || !strings.Contains(lines.First().Text(), "提到您") {
			h.Fatal(lines.Text())
		}
		if href := lines.First().Find("a").First().AttrOr("href", ""); href != fmt.Sprintf("/matters/1#m-%d", last) {
			h.Error("href", href)
		}
		if got := h.page("/inbox?only=mentions").Find("#inbox li").Length(); got != 1 {
			h.Errorf("%d mentions", got)
		}
		r := httptest.NewRequest(http.MethodPost, "/inbox/read", strings.NewReader(url.Values{"up_to": {fmt.Sprint(first)}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.door.ServeHTTP(w, r)
		if w.Code != http.StatusSeeOther || h.unread("2001") != 1 {
			h.Errorf("%d, %d unread: what arrived after the page was shown stays", w.Code, h.unread("2001"))
		}
		if err := h.talk.MarkRead(h.as("2001"), matter(1)); err != nil {
			h.Fatal(err)
		}
		if got := h.page("/inbox").Find("#inbox").Text(); !strings.Contains(got, "都读过了") {
			h.Error(got)
		}
	})
}

func TestAFileIsSentSafely(t *testing.T) {
	h := quick(t)
	h.as("2001")
	for _, c := range []struct{ name, content, kind, how string }{
		{"截图.png", "\x89PNG\r\n\x1a\n0000", "image/png", "inline"},
		{"page.html", "<!doctype html><script>alert(1)</script>", "text/html", "attachment"},
		{"drawing.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "", "attachment"},
		{"fake.png", "<html><script>1</script></html>", "text/html", "attachment"},
		{"../../etc/pass\"wd\r\n.txt", "x", "text/plain", "attachment"},
	} {
		_, ids := h.upload(map[string]string{c.name: c.content})
		if len(ids) != 1 {
			t.Fatalf("%s was not kept", c.name)
		}
		w := h.get(fmt.Sprintf("/files/%d/name", ids[0]))
		how, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
		if err != nil || how != c.how || strings.ContainsAny(params["filename"], "/\\\"\r\n") || params["filename"] == "" {
			t.Errorf("%s: %q %v", c.name, w.Header().Get("Content-Disposition"), err)
		}
		if got := w.Header().Get("Content-Type"); c.kind != "" && got != c.kind {
			t.Errorf("%s: type %s", c.name, got)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s may run: %v", c.name, w.Header())
		}
		if w.Body.String() != c.content {
			t.Errorf("%s came back changed", c.name)
		}
	}
}

func TestAFileHasALimit(t *testing.T) {
	h := quick(t)
	h.as("2001")
	if w, _ := h.upload(map[string]string{"big.bin": strings.Repeat("x", talk.MaxFile+1)}); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", w.Code)
	}
	if w, ids := h.upload(map[string]string{"just.bin": strings.Repeat("x", talk.MaxFile)}); w.Code != http.StatusCreated || len(ids) != 1 {
		t.Errorf("just right: %d", w.Code)
	}
	if w, _ := h.upload(map[string]string{"empty.txt": ""}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("empty: %d", w.Code)
	}
	if w, _ := h.upload(nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("none: %d", w.Code)
	}
}

func TestPeopleAreOfferedAfterAt(t *testing.T) {
	h := quick(t)
	h.as("3001")
	var out struct{ Items []map[string]string }
	if err := json.Unmarshal(h.get("/talk/people?q="+url.QueryEscape("罗")).Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Items) != 1 || out.Items[0]["value"] != "2002" || out.Items[0]["text"] != "罗佳" || out.Items[0]["note"] != "财务部" {
		t.Error(out)
	}
}

func TestTextIsShownWithoutItsHTML(t *testing.T) {
	h := quick(t)
	var b strings.Builder
	text := "见 https://example.com/a?b=1&c=\"x\"。\n<script>alert(1)</script> @[2002]"
	if err := talk.Body(text, map[string]lang.Text{"2002": {Zh: "罗<b>佳"}}).Render(h.ctx, &b); err != nil {
		t.Fatal(err)
	}
	want := `<p>见 <a href="https://example.com/a?b=1&amp;c=" rel="noopener noreferrer nofollow" target="_blank">https://example.com/a?b=1&amp;c=</a>&#34;x&#34;。` +
		"\n" + `&lt;script&gt;alert(1)&lt;/script&gt; <span class="nk-mention">@罗&lt;b&gt;佳</span></p>`
	if b.String() != want {
		t.Errorf("got %s", b.String())
	}
}

func TestTheConversationOnAPage(t *testing.T) {
	h := quick(t)
	h.open(1)
	h.say("3001", talk.KindMessage, "请办")
	h.say("2001", talk.KindNote, "内部一句")
	var b strings.Builder
	p := talk.Props(h.ctx, h.list(true), talk.View{Customer: h.unit("sales"), Hidden: "销售部"})
	if err := ui.Conversation(p).Render(h.ctx, &b); err != nil {
		t.Fatal(err)
	}
	if p.Messages[0].Tone != 2 || p.Messages[1].Hidden != "销售部" || !strings.Contains(b.String(), "内部一句") || !strings.Contains(b.String(), "周敏") {
		t.Error(b.String())
	}
}

func TestWordsAreComplete(t *testing.T) {
	book, err := lang.New(talk.Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Error(missing)
	}
}

func TestTheCountIsLive(t *testing.T) {
	h := quick(t)
	h.open(1)
	ctx, stop := context.WithCancel(h.ctx)
	defer stop()
	running := make(chan error, 1)
	if err := h.bus.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	go func() { running <- h.bus.Run(ctx) }()
	h.as("2001")
	*h.listens = *h.who // also while somebody else writes
	server := httptest.NewServer(h.door)
	defer server.Close()
	defer h.door.Live().Close()
	answer, err := http.Get(fmt.Sprintf("%s/live?topics=person:%d", server.URL, h.id("2001")))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	heard := func(want string) {
		for lines.Scan() {
			if lines.Text() == "event: unread" && lines.Scan() {
				if lines.Text() != "data: "+want {
					t.Errorf("heard %q, want %s", lines.Text(), want)
				}
				return
			}
		}
		t.Fatal("the stream ended")
	}
	lines.Scan() // the greeting: the page listens now
	h.say("3001", talk.KindMessage, "请办")
	heard("1")
	if err := h.talk.MarkRead(h.as("2001"), matter(1)); err != nil {
		t.Fatal(err)
	}
	heard("") // nothing on the badge
	stop()
	if err := <-running; err != nil && ctx.Err() == nil {
		t.Error(err)
	}
}
