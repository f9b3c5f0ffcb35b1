package e2e

import (
	"strings"
	"testing"
	"time"
)

// TestThreeTaps does every daily act on a phone, from the home page on, with three taps at most; writing is no tap.
func TestThreeTaps(t *testing.T) {
	t.Parallel()
	s := house(t)
	const asker = "1011"
	c, a := s.visit(t, asker, look{phone: true}), s.visit(t, agent, look{phone: true})
	s.ask(t, asker, "先前的借款") // so that the service is among those used lately

	{ // ask
		f := finger{reader: c.opens("/")}
		f.taps("nav a[href='/requests/new']").taps("#main a[href='/requests/new/finance.advance']")
		c.until("the form", `() => !!document.querySelector("#ask [name='fields.amount']")`)
		c.writes("#ask [name='fields.amount']", "800").writes("#ask [name='fields.reason']", "打车")
		c.eval(`() => { document.querySelector('[name="fields.due"]').value = '2026-11-30' }`)
		f.taps("#ask .btn-primary[type=submit]")
		c.at("/requests/R-")
		f.count(3)
	}
	number := s.ask(t, asker, "三下就够")
	at := "/requests/" + ref(number)
	s.does(t, agent, "take", number, "")
	a.words(at, "ask", "几号出发？")
	c.words(at, "answer", "下周二")
	a.words(at, "deliver", "已到账")
	{ // accept
		f := finger{reader: c.opens("/")}
		f.taps("#main a[href='" + at + "']")
		c.at(at)
		f.taps("form[action='" + at + "/accept'] button")
		c.sees("#state h2", "已办结")
		f.count(2)
	}
	{ // rate
		f := finger{reader: c.opens("/")}
		f.taps("#main a[href='" + at + "']")
		c.at(at)
		f.taps("#rate .nk-star:nth-child(1)").taps("#rate [type=submit]")
		c.until("rated", `() => document.readyState === 'complete' && !document.querySelector('#rate')`)
		f.count(3)
	}
	{ // write down a call
		f := finger{reader: a.opens("/queue")}
		f.taps("#main a[href='/requests/log'], .nk-head a[href='/requests/log'], a.btn[href='/requests/log']")
		a.at("/requests/log")
		a.writes("#log [name=text]", "电话里说要借八百")
		a.eval(`no => { const f = document.querySelector('#log [name=for]'); if (f.tomselect) { f.tomselect.addOption({ value: no, text: no }); f.tomselect.setValue(no) } else f.value = no }`, asker)
		f.taps("#log .btn-primary[type=submit]")
		a.at("/requests/R-").sees("#state", "代录，待客户确认")
		f.count(2)
	}
}

// TestFromALabelToSent: a phone that is signed in scans the label of a machine; nothing is typed but what is wrong, and one tap sends it.
// What is measured is the machine's part of the way: from the address of the label to the form that can be typed in, and from the tap
// to the page that says it was sent. Finding the camera and typing are the person's.
func TestFromALabelToSent(t *testing.T) {
	t.Parallel()
	s := house(t)
	c := s.visit(t, "1012", look{phone: true})
	f := finger{reader: c.opens("/")}
	began := time.Now()
	c.opens("/p/plant-w1-a-cnc07").at("/requests/new/equipment.scan?place=plant-w1-a-cnc07")
	c.until("the form", `() => document.querySelector("#ask [name='fields.device']")?.value === 'SB-0107' && document.querySelector('#ask [name=title]').value === '数控车床 07：'`)
	machine := time.Since(began)
	c.writes("#ask [name='fields.steps']", "主轴异响")
	began = time.Now()
	f.taps("#ask .btn-primary[type=submit]")
	c.at("/requests/R-").sees("h1", "数控车床 07：主轴异响")
	if machine += time.Since(began); machine > 10*time.Second {
		t.Errorf("the machine's part of 20 s took %s", machine)
	}
	t.Logf("label to sent: %d tap, %s of the machine", f.n, machine.Round(time.Millisecond))
	f.count(3)

	several := finger{reader: c.opens("/p/hq-3f-301")}
	several.taps("a.nk-offer[href*='admin.repair']")
	c.at("/requests/new/admin.repair")
	c.writes("#ask [name='fields.steps']", "灯不亮")
	several.taps("#ask .btn-primary[type=submit]")
	c.at("/requests/R-").sees("h1", "301 会议室：灯不亮")
	several.count(3)
}

// words does an act that takes words: from the home page to the request, its button, and the button that sends.
func (r *reader) words(at, verb, text string) {
	r.t.Helper()
	f := finger{reader: r.opens("/")}
	f.taps("#main a[href='" + at + "']")
	r.at(at)
	f.taps("a[href='" + at + "/" + verb + "']")
	r.until("the box", `v => !!document.querySelector('#f-' + v + ' [name=text]') && document.querySelector('#f-' + v).offsetParent !== null`, verb)
	r.writes("#f-"+verb+" [name=text]", text)
	f.taps("#f-" + verb + " [type=submit]")
	r.sees("#talk-card", text)
	f.count(3)
}

// finger counts taps.
type finger struct {
	*reader
	n int
	l []string
}

// taps touches what can be seen.
func (f *finger) taps(selector string) *finger {
	f.t.Helper()
	f.clicks(selector)
	f.n, f.l = f.n+1, append(f.l, selector)
	return f
}

func (f *finger) count(most int) {
	f.t.Helper()
	if f.n > most {
		f.t.Errorf("%d taps: %s", f.n, strings.Join(f.l, ", "))
	}
}
