package design

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"neike/assets"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/webtest/chromium"
)

// policy is the content policy of the application: what breaks here would
// break there.
const policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// serve is /design on its own, as the application serves it.
func serve(t testing.TB) string {
	t.Helper()
	book, err := lang.New(ui.Locale)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /design/people", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, People)
	})
	mux.HandleFunc("GET /design/search", func(w http.ResponseWriter, r *http.Request) {
		ctx := lang.With(r.Context(), book, "zh", "Asia/Shanghai")
		_ = Found(ctx, r.FormValue("q")).Render(ctx, w)
	})
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: unread\ndata: 7\n\nevent: request\ndata: 1\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	var asked atomic.Int64
	mux.HandleFunc("GET /design/live", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		ctx := lang.With(r.Context(), book, "zh", "Asia/Shanghai")
		chrome := Sample(ctx, "/design/live", "")
		chrome.LiveHref, chrome.LiveTopic = "/live", "person:12"
		region := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			_, err := fmt.Fprintf(w, `<p id="n">%d</p><label>x <input id="x" value="%d"></label><label>y <input id="y" value="%d"></label>`, asked.Load(), asked.Load(), asked.Load())
			return err
		})
		asked.Add(1)
		body := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return ui.Live(ui.LiveProps{ID: "now", Event: "request", URL: "/design/live"}).Render(templ.WithChildren(ctx, region), w)
		})
		_ = ui.Page(ui.PageProps{Title: "live", Live: []string{"request:1"}}).Render(templ.WithChildren(ui.With(ctx, chrome), body), w)
	})
	mux.Handle("POST /look", web.New(web.Options{Book: book}))
	page := func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/design"), "/")
		view := View(name)
		if view == nil {
			http.NotFound(w, r)
			return
		}
		locale, theme := "zh", web.Theme(r)
		if c, err := r.Cookie("lang"); err == nil {
			locale = c.Value
		}
		if l := r.FormValue("lang"); l != "" {
			locale = l
		}
		if th := r.FormValue("theme"); th != "" {
			theme = th
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		ctx := lang.With(r.Context(), book, locale, "Asia/Shanghai")
		chrome := Sample(ctx, r.URL.Path, theme)
		if f, ok := web.TakeToast(w, r); ok {
			chrome.Toast = &ui.ToastProps{Text: f.Text}
		}
		_ = view.Render(ui.With(ctx, chrome), w)
	}
	mux.HandleFunc("GET /design", page)
	mux.HandleFunc("GET /design/{name}", page)
	mux.HandleFunc("POST /design/{name}", func(w http.ResponseWriter, r *http.Request) {
		web.Toast(w, r, "已发送", "")
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// window is a tab of its own, in which pages are looked at one after the other.
type window struct {
	*rod.Page
	own  *rod.Browser
	mu   sync.Mutex
	said []string // complaints of the browser
}

func (w *window) say(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, s)
}

// content fails the test when the browser complained of something since the last time.
func (w *window) content(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.said) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(w.said, "\n"))
	}
	w.said = nil
}

func newWindow(t *testing.T, b *rod.Browser) *window {
	t.Helper()
	own, err := b.Incognito()
	if err != nil {
		t.Fatal(err)
	}
	p, err := own.Page(proto.TargetCreateTarget{})
	if err != nil {
		t.Fatal(err)
	}
	w := &window{Page: p, own: own}
	if err := (proto.LogEnable{}).Call(p); err != nil {
		t.Fatal(err)
	}
	go p.EachEvent(func(e *proto.RuntimeExceptionThrown) {
		if e.ExceptionDetails.Exception != nil {
			w.say(e.ExceptionDetails.Exception.Description)
		}
	}, func(e *proto.LogEntryAdded) {
		if e.Entry.Level == proto.LogLogEntryLevelError {
			w.say(e.Entry.Text + " " + e.Entry.URL)
		}
	})()
	t.Cleanup(func() {
		w.content(t)
		_ = own.Close()
	})
	return w
}

// goes shows a page at a width, and gives it for a while.
func (w *window) goes(t *testing.T, url string, width, height int) *rod.Page {
	t.Helper()
	p := w.Page.Timeout(40 * time.Second)
	if err := p.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: 1}); err != nil {
		t.Fatal(err)
	}
	if err := p.Navigate(url); err != nil {
		t.Fatal(err)
	}
	if err := p.WaitLoad(); err != nil {
		t.Fatal(err)
	}
	return p
}

// open shows a page in a window of its own.
func open(t *testing.T, b *rod.Browser, url string, width, height int) *rod.Page {
	t.Helper()
	return newWindow(t, b).goes(t, url, width, height)
}

func eval(t *testing.T, p *rod.Page, js string, args ...any) *proto.RuntimeRemoteObject {
	t.Helper()
	v, err := p.Eval(js, args...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPages looks at every page of /design in both languages and themes, wide
// and at 360 px: no serious fault of accessibility, no sideways scroll, nothing
// that the content policy had to stop. Each two of language, theme and width
// meet; NEIKE_LONG=1 looks at all three together. With NEIKE_SHOTS=folder it
// leaves pictures there.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	axe, err := os.ReadFile("../testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	base, b := serve(t), chromium.Open(t)
	w := newWindow(t, b)
	if _, err := w.EvalOnNewDocument(string(axe)); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("NEIKE_SHOTS") == "" {
		if err := chromium.Shut(w.own, w.Page); err != nil {
			t.Fatal(err)
		}
	}
	only := os.Getenv("NEIKE_PAGE")
	all := only != "" || os.Getenv("NEIKE_LONG") != "" || os.Getenv("NEIKE_SHOTS") != ""
	for _, name := range Names {
		if only != "" && only != or(name, "index") {
			continue
		}
		for l, locale := range []string{"zh", "en"} {
			for h, theme := range []string{"light", "dark"} {
				for n, width := range []int{1440, 360} {
					if !all && (l+h+n)%2 == 1 {
						continue
					}
					label := fmt.Sprintf("%s.%s.%s.%d", or(name, "index"), locale, theme, width)
					t.Run(label, func(t *testing.T) {
						p := w.goes(t, fmt.Sprintf("%s%s?lang=%s&theme=%s", base, strings.TrimSuffix("/design/"+name, "/"), locale, theme), width, 900)
						look(t, p)
						shoot(t, p, label)
						w.content(t)
					})
				}
			}
		}
	}
}

func look(t *testing.T, p *rod.Page) {
	t.Helper()
	// Written before axe runs: it adds elements of its own.
	if v := eval(t, p, `() => {
		const w = document.documentElement.clientWidth
		if (document.documentElement.scrollWidth <= w) return ''
		return Array.from(document.querySelectorAll('body *')).filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest('.nk-scroll, .nk-board, .nk-filter, .nk-tabs, .nk-seg, .nk-found'))
			.slice(0, 8).map(e => e.tagName + '.' + (e.getAttribute('class') || '') + ' ' + Math.round(e.getBoundingClientRect().right)).join(', ') || 'the page is wider than the window'
	}`).Value.Str(); v != "" {
		t.Errorf("scrolls sideways: %s", v)
	}
	v := eval(t, p, `async () => {
		const r = await axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
		return r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
			.map(v => v.id + ' ' + v.impact + ' ×' + v.nodes.length + ': ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + ' | ' + n.any.concat(n.all, n.none).map(c => c.message).join('; ').slice(0, 200)).join('\n    ')).join('\n')
	}`)
	if s := v.Value.Str(); s != "" {
		t.Error(s)
	}
}

func shoot(t *testing.T, p *rod.Page, label string) {
	t.Helper()
	dir := os.Getenv("NEIKE_SHOTS")
	if dir == "" {
		return
	}
	size := eval(t, p, `() => [innerWidth, document.documentElement.scrollHeight]`).Value.Arr()
	width, height := size[0].Num(), size[1].Num()
	const piece = 1800 // taller pictures cannot be read
	for y, n := 0.0, 0; y < height; y, n = y+piece, n+1 {
		img, err := p.Screenshot(true, &proto.PageCaptureScreenshot{
			Format: proto.PageCaptureScreenshotFormatPng, CaptureBeyondViewport: true,
			Clip: &proto.PageViewport{Y: y, Width: width, Height: min(piece, height-y), Scale: 1},
		})
		name := label
		if n > 0 {
			name += fmt.Sprintf(".%d", n)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+".png"), img, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
