package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
	"github.com/go-rod/rod/lib/utils"
)

// sessionCookie holds the session of a browser.
const sessionCookie = "neike"

// patience is how long anything may take to show.
const patience = 30 * time.Second

// soon is when the page is asked again.
func soon() utils.Sleeper {
	return utils.BackoffSleeper(20*time.Millisecond, 100*time.Millisecond, nil)
}

// look is how a reader sees the product. The zero value is Chinese, light, on a desktop.
type look struct {
	locale, theme string
	phone         bool
	noScript      bool
	stranger      bool // has not signed in
	scale         float64
}

func (l look) size() (width, height int) {
	if l.phone {
		return 360, 740
	}
	return 1440, 900
}

// reader is a person in front of a browser of their own.
type reader struct {
	t    *testing.T
	on   *stage
	own  *rod.Browser
	p    *rod.Page
	look look

	there bool // at a page of the product

	mu   sync.Mutex
	said []string // complaints of the browser
	fine []string // what it may complain of
}

// visit opens a browser for somebody who has signed in, on an empty page.
func (s *stage) visit(t *testing.T, no string, l look) *reader {
	t.Helper()
	own, err := shared.browser.Incognito()
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, on: s, own: own, look: l}
	t.Cleanup(func() {
		r.content()
		_ = own.Close()
	})
	cookies := map[string]string{"lang": l.locale, "theme": l.theme}
	if !l.stranger {
		cookies[sessionCookie] = s.session(t, no)
	}
	for name, value := range cookies {
		if value == "" {
			continue
		}
		if err := own.SetCookies([]*proto.NetworkCookieParam{{Name: name, Value: value, URL: s.base, HTTPOnly: true, SameSite: proto.NetworkCookieSameSiteLax}}); err != nil {
			t.Fatal(err)
		}
	}
	r.p = r.tab()
	return r
}

// tab is one more tab of the same browser.
func (r *reader) tab() *rod.Page {
	r.t.Helper()
	p, err := r.own.Page(proto.TargetCreateTarget{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.fit(p, r.look.phone)
	if err := (proto.LogEnable{}).Call(p); err != nil {
		r.t.Fatal(err)
	}
	if r.look.noScript {
		if err := (proto.EmulationSetScriptExecutionDisabled{Value: true}).Call(p); err != nil {
			r.t.Fatal(err)
		}
	}
	go p.EachEvent(func(e *proto.RuntimeExceptionThrown) {
		if e.ExceptionDetails.Exception != nil {
			r.say(e.ExceptionDetails.Exception.Description)
		}
	}, func(e *proto.LogEntryAdded) {
		if e.Entry.Level == proto.LogLogEntryLevelError {
			r.say(e.Entry.Text + " " + e.Entry.URL)
		}
	}, func(e *proto.RuntimeConsoleAPICalled) {
		if e.Type == proto.RuntimeConsoleAPICalledTypeError {
			r.say("console.error " + spoken(e.Args))
		}
	})()
	return p.Timeout(10 * time.Minute)
}

// spoken is what a script wrote to the console.
func spoken(args []*proto.RuntimeRemoteObject) string {
	var parts []string
	for _, a := range args {
		parts = append(parts, a.Value.String()+a.Description)
	}
	return strings.Join(parts, " ")
}

func (r *reader) fit(p *rod.Page, phone bool) {
	r.t.Helper()
	width, height := look{phone: phone}.size()
	scale := r.look.scale
	if scale == 0 {
		scale = 1
	}
	if err := p.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: scale}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) say(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, s)
}

// expects allows a complaint: a refused form is an error to the console of a browser.
func (r *reader) expects(part string) *reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fine = append(r.fine, part)
	return r
}

// content fails the test when the browser complained of something since the last time.
func (r *reader) content() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.said {
		if !slices.ContainsFunc(r.fine, func(part string) bool { return strings.Contains(s, part) }) {
			r.t.Errorf("the browser complains: %s", s)
		}
	}
	r.said = nil
}

// opens goes to an address and waits until it is there. The page goes by itself, so that it knows that it is left.
func (r *reader) opens(path string) *reader {
	r.t.Helper()
	wait := r.p.Timeout(patience).WaitNavigation(proto.PageLifecycleEventNameLoad)
	var err error
	if r.look.noScript || !r.there {
		err = r.p.Timeout(patience).Navigate(r.on.base + path)
		r.there = true
	} else {
		_, err = r.p.Timeout(patience).Eval(`to => { location.href = to }`, path)
	}
	if err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	wait()
	return r
}

// eval runs a function in the page.
func (r *reader) eval(js string, args ...any) *proto.RuntimeRemoteObject {
	r.t.Helper()
	v, err := r.p.Timeout(patience).Eval(js, args...)
	if err != nil {
		r.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// until waits until the function in the page says yes. While a page loads, what it asks about may
// not stand yet, and the function throws: that is a no.
func (r *reader) until(what, js string, args ...any) *reader {
	r.t.Helper()
	page, asked := r.p.Timeout(patience).Sleeper(soon), `async (...a) => { try { return await (`+js+`)(...a) } catch { return false } }`
	for {
		err := page.Wait(rod.Eval(asked, args...).ByPromise())
		if err == nil {
			return r
		}
		if !errors.Is(err, cdp.ErrCtxDestroyed) && !errors.Is(err, cdp.ErrObjNotFound) && !strings.Contains(err.Error(), "navigated or closed") {
			r.t.Fatalf("%s: %v; at %s, the page says: %.600s", what, err, r.eval(`() => location.href`).Value.Str(), r.text("#main"))
		}
	}
}

// sees waits until what the selector finds shows the words.
func (r *reader) sees(selector, words string) *reader {
	r.t.Helper()
	return r.until(fmt.Sprintf("%q in %s", words, selector), `(s, w) => Array.from(document.querySelectorAll(s)).some(e => e.textContent.replace(/\s+/g, ' ').includes(w))`, selector, words)
}

// at waits until the address of the page begins so.
func (r *reader) at(path string) *reader {
	r.t.Helper()
	return r.until("at "+path, `p => document.readyState === 'complete' && (location.pathname + location.search).startsWith(p)`, path)
}

// text is what the selector finds, with single spaces; "" when there is nothing.
func (r *reader) text(selector string) string {
	r.t.Helper()
	v, err := r.p.Timeout(patience).Eval(`s => Array.from(document.querySelectorAll(s)).map(e => e.innerText).join(' ').replace(/\s+/g, ' ').trim()`, selector)
	if err != nil {
		r.t.Fatalf("text of %s: %v", selector, err)
	}
	return v.Value.Str()
}

// has says whether the selector finds something that can be seen.
func (r *reader) has(selector string) bool {
	r.t.Helper()
	return r.eval(`s => Array.from(document.querySelectorAll(s)).some(e => e.getClientRects().length > 0)`, selector).Value.Bool()
}

// aim waits until the middle of the first visible element that the selector finds can be hit with the mouse, and says
// where that is. What a dialog covers cannot be hit.
func (r *reader) aim(selector string) proto.Point {
	r.t.Helper()
	js := `selector => {
		const e = Array.from(document.querySelectorAll(selector)).find(e => e.getClientRects().length > 0)
		if (!e || document.readyState === 'loading') return null
		e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
		const box = e.getClientRects()[0], x = box.left + box.width / 2, y = box.top + box.height / 2
		const hit = document.elementFromPoint(x, y)
		return hit && (e.contains(hit) || hit.contains(e) && hit.matches('label, a, button')) ? [x, y] : null
	}`
	var at proto.Point
	r.until(selector+" can be pressed", `selector => (`+js+`)(selector) !== null`, selector)
	if list := r.eval(js, selector).Value.Arr(); len(list) == 2 {
		at = proto.Point{X: list[0].Num(), Y: list[1].Num()}
	}
	return at
}

// clicks presses what the selector finds, with the mouse.
func (r *reader) clicks(selector string) *reader {
	r.t.Helper()
	at := r.aim(selector)
	m := r.p.Timeout(patience).Mouse
	if err := m.MoveTo(at); err != nil {
		r.t.Fatal(err)
	}
	if err := m.Click(proto.InputMouseButtonLeft, 1); err != nil {
		r.t.Fatalf("press %s: %v", selector, err)
	}
	return r
}

// writes replaces the value of a field, as somebody does who clicks into it and types.
func (r *reader) writes(selector, text string) *reader {
	r.t.Helper()
	r.clicks(selector)
	r.until("the focus in "+selector, `s => { const e = document.activeElement; if (!e || !e.matches(s)) return false; e.select(); return true }`, selector)
	if err := r.p.Timeout(patience).InsertText(text); err != nil {
		r.t.Fatalf("write into %s: %v", selector, err)
	}
	return r
}

// types presses keys, wherever the focus is.
func (r *reader) types(keys ...input.Key) *reader {
	r.t.Helper()
	if err := r.p.Timeout(patience).Keyboard.Type(keys...); err != nil {
		r.t.Fatal(err)
	}
	return r
}
