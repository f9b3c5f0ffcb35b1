package e2e

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/demo"
	"neike/internal/kit/dbtest"
)

// TestWalk goes the main path as the two people on it: a customer asks, with a mistake at first; an agent takes it, asks
// back, delivers; the customer returns it once, accepts and rates. Each sees what the other does without loading the page.
func TestWalk(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, asker string // each has an inbox of their own
		look
	}{
		{"desktop in Chinese", "1017", look{}},
		{"phone in English", "1011", look{phone: true, locale: "en"}},
		{"desktop in English, dark", "1013", look{locale: "en", theme: "dark"}},
		{"phone in Chinese", "1014", look{phone: true}},
		{"no scripts", "1015", look{noScript: true}},
		{"no scripts on a phone in English", "1016", look{noScript: true, phone: true, locale: "en"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			walk(t, house(t), x.asker, x.look)
		})
	}
}

// TestWalkOnPostgres goes the same path on the other engine.
func TestWalkOnPostgres(t *testing.T) {
	t.Parallel()
	house(t) // for the browser
	url := dbtest.URL(t, app.Schemas()...)
	s, err := raise(app.Config{Data: t.TempDir(), DatabaseURL: url}, 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Errorf("the house did not stop: %v", err)
		}
	})
	walk(t, s, customer, look{})
}

// path is one request and the two in front of it.
type path struct {
	*testing.T
	asker, server *reader
	number        string
	live          bool // pages renew themselves
}

func walk(t *testing.T, s *stage, asker string, l look) {
	stranger := l
	stranger.stranger = true
	w := &path{T: t, asker: s.visit(t, "", stranger), server: s.visit(t, agent, l), live: !l.noScript}
	w.asker.expects("status of 422") // a refused form
	w.signsIn(asker)
	title := "安装队备用金 " + strconv.Itoa(len(t.Name())) + t.Name()
	w.asks(title)
	w.served(title)
	w.rated()
	w.asker.content()
	w.server.content()
}

// signsIn comes to a page that wants to know who asks, and goes on to it.
func (w *path) signsIn(no string) {
	c := w.asker
	c.opens("/requests/new/finance.advance").at("/signin")
	c.writes("input[name=login]", no).writes("input[name=password]", "wrong").clicks("main button[type=submit]")
	c.until("told that it is wrong", `no => document.querySelector('input[name=login]') && document.querySelector('input[name=login]').value === no && !!document.querySelector('[data-errors], [role=alert], .is-bad')`, no)
	c.writes("input[name=password]", demo.Password).clicks("main button[type=submit]")
	c.at("/requests/new/finance.advance")
}

// asks fills the form in, wrongly at first: all mistakes are told at once and what was written stays.
func (w *path) asks(title string) {
	c := w.asker
	c.writes("#ask [name=title]", title).writes("#ask [name='fields.amount']", "很多").clicks("#ask [type=submit]")
	c.until("three mistakes told together", `() => document.querySelectorAll('[data-errors] a').length === 3`)
	if got := c.eval(`() => [document.querySelector('[name=title]').value, document.querySelector('[name="fields.amount"]').value].join('|')`).Value.Str(); got != title+"|很多" {
		w.Errorf("the form holds %q after the mistake", got)
	}
	if w.live { // a moment after it is there
		c.until("the focus in the summary of mistakes", `() => document.activeElement.closest('[data-errors]') !== null`)
	}
	c.writes("#ask [name='fields.amount']", "12,800").writes("#ask [name='fields.reason']", "现场 12 天，三人。")
	c.eval(`() => { document.querySelector('[name="fields.due"]').value = '2026-11-30' }`)
	c.clicks("#ask [type=submit]").at("/requests/R-")
	w.number = c.eval(`() => location.pathname.split('/').pop()`).Value.Str()
	c.sees("h1, .nk-top-title", title)
}

// served is the part in which each waits for the other.
func (w *path) served(title string) {
	c, a := w.asker, w.server
	a.opens("/queue?q="+w.number).sees("#main", title)
	a.opens(w.page())
	w.does(a, "take", "")
	w.shows(c, "#state h2", w.word(c, "办理中", "In progress"))
	w.heard("收到，今天先看资料。")
	w.notes("超标部分另报")
	w.does(a, "ask", "请补充名单")
	w.shows(c, "#talk-card", "请补充名单")
	if strings.Contains(c.text("body"), "超标部分另报") {
		w.Error("the customer reads the note")
	}
	w.does(c, "answer", "王工、李工、赵工")
	w.shows(a, "#talk-card", "王工、李工、赵工")
	w.does(a, "deliver", "借款已批")
	w.shows(c, "#talk-card", "借款已批")
	w.does(c, "return", "金额少了一天")
	w.shows(a, "#talk-card", "金额少了一天")
	w.does(a, "deliver", "已更正，请再看")
	w.shows(c, "#talk-card", "已更正，请再看")
	w.does(c, "accept", "")
	w.shows(a, "#state h2", w.word(a, "已办结", "Done"))
}

// rated is the end of it: nothing is chosen for the customer, and the request says so afterwards.
func (w *path) rated() {
	c := w.asker
	w.shows(c, "#state h2", w.word(c, "已办结", "Done"))
	c.until("the stars, none chosen", `() => document.querySelectorAll('#rate input[name=score]').length === 5 && !document.querySelector('#rate input[name=score]:checked')`)
	c.clicks("#rate .nk-star:nth-child(1)").writes("#rate textarea", "很快").clicks("#rate [type=submit]")
	c.until("rated", `() => document.readyState === 'complete' && !document.querySelector('#rate')`)
	c.sees("#main", "很快")
}

// does presses a verb's button and fills in its form, in the dialog or on the page of its own.
func (w *path) does(r *reader, verb, text string) {
	w.Helper()
	to := w.page() + "/" + verb
	if text == "" {
		r.clicks("form[action='" + to + "'] button")
		r.until(verb+" done", `to => document.readyState === 'complete' && !document.querySelector('form[action="' + to + '"]')`, to)
		return
	}
	r.clicks("a[href='" + to + "']")
	form := "form[action='" + to + "']"
	r.writes(form+" textarea", text).clicks(form + " [type=submit]")
	r.at(w.page()).sees("#talk-card", text)
}

// heard is a message that finds the customer on another page: the count beside the inbox goes up, is what the inbox lists,
// and lists the message once; the request shows it, and then it is read together with what the house had to say of the
// same request. What else is unread stays so; more may come.
func (w *path) heard(text string) {
	c, a := w.asker, w.server
	c.opens("/services")
	before := w.unread()
	a.writes("#reply textarea", text).clicks("#reply .btn-primary[type=submit]")
	a.sees("#talk-card", text)
	if !w.live {
		c.opens("/services")
	}
	c.until("the inbox counts it", `n => Number(document.querySelector('.nk-top .nk-dot').textContent) > n`, before)
	about, said := w.inbox(text)
	if said != 1 {
		w.Errorf("the inbox lists the message %d times", said)
	}
	listed := w.unread()
	c.opens(w.page()).sees("#talk-card", text)
	if left, said := w.inbox(text); left != 0 || said != 0 || w.unread() < listed-about {
		w.Errorf("of %d unread, %d about this request, there are %d and %d after reading it", listed, about, w.unread(), left)
	}
	c.opens(w.page())
}

// inbox opens the customer's inbox, holds the count against what is listed, and says how many lines are about this request
// and how many have the words. What comes between the two makes it look again.
func (w *path) inbox(words string) (about, said int) {
	w.Helper()
	c := w.asker
	for end := time.Now().Add(patience); ; {
		c.opens("/inbox")
		lines := c.eval(`(ref, words) => { const all = [...document.querySelectorAll('#inbox .nk-line')]
			return [all.length, all.filter(l => l.innerText.includes(ref) || l.querySelector('a[href*="' + ref + '"]') || (l.dataset.href || '').includes(ref)).length, all.filter(l => l.innerText.includes(words)).length] }`, w.number, words).Value.Arr()
		if lines[0].Int() == w.unread() {
			return lines[1].Int(), lines[2].Int()
		}
		if time.Now().After(end) {
			w.Fatalf("%d unread are counted and %d listed", w.unread(), lines[0].Int())
		}
	}
}

func (w *path) unread() int {
	n, err := strconv.Atoi("0" + strings.TrimSpace(w.asker.text(".nk-top .nk-dot")))
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// notes writes down what the customer must not see.
func (w *path) notes(text string) {
	a := w.server
	a.clicks("#reply [value=note]").writes("#reply textarea", text).clicks("#reply .btn-primary[type=submit]")
	a.sees("#talk-card .nk-note-bubble, #talk-card .is-note, #talk-card", text)
}

// shows waits until the page of the other shows something: by itself, or after loading it again where there are no scripts.
func (w *path) shows(r *reader, selector, words string) {
	w.Helper()
	if !w.live {
		r.opens(w.page())
	}
	r.sees(selector, words)
}

func (w *path) word(r *reader, zh, en string) string {
	if r.look.locale == "en" {
		return en
	}
	return zh
}

func (w *path) page() string { return "/requests/" + w.number }
