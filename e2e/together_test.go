package e2e

import (
	"strings"
	"testing"
)

// TestPromiseOnAPhone: what an agent said becomes a promise with two taps, and the customer says with two that it was kept.
func TestPromiseOnAPhone(t *testing.T) {
	t.Parallel()
	s := house(t)
	const said = "周五前把原件送到项目部"
	at := "/requests/" + ref(s.ask(t, customer, "一句话作为承诺"))
	a, c := s.visit(t, agent, look{phone: true}), s.visit(t, customer, look{phone: true})
	a.opens(at).writes("#reply textarea", said).clicks("#reply .btn-primary[type=submit]").sees("#talk-card", said)

	f := finger{reader: a}
	f.taps("#talk-card .nk-msg-act[href*='/promises/new?about=']")
	a.at("/promises/new").until("the words", `words => document.querySelector('#f-promise [name=what]').value === words`, said)
	a.eval(`() => { document.querySelector('#f-promise [name=due]').value = '2026-11-27' }`)
	f.taps("#f-promise .btn-primary")
	a.at("/promises/P-").sees("#state h2", "待兑现").sees("#words", said)
	f.count(2)
	promise := a.eval(`() => location.pathname`).Value.Str()
	f = finger{reader: a}
	f.taps("form[action='" + promise + "/done'] button")
	a.sees("#state h2", "请接受人确认")
	f.count(1)

	f = finger{reader: c.opens("/")}
	f.taps("#main a[href='" + promise + "']")
	c.at(promise)
	f.taps(".nk-sticky form[action='" + promise + "/kept'] button")
	c.sees("#state h2", "已兑现")
	f.count(2)
	c.until("nothing more to say", `() => !document.querySelector('.nk-sticky')`)
	a.sees("#state h2", "已兑现") // the giver's page follows, and so does the foot of it
	a.until("nothing more to do", `() => !document.querySelector('.nk-sticky')`)
	c.opens(at).sees("#promises", said)
	a.content()
	c.content()
}

// TestMergedOnAPhone: of two requests for the same thing one goes along with the other, under 'more'; one delivery serves
// both, each customer is told in words of their own and accepts on their own.
func TestMergedOnAPhone(t *testing.T) {
	t.Parallel()
	s := house(t)
	const second, done, theirs = "1012", "12800 元已到您的账户", "同一笔借款已到账"
	main, along := s.ask(t, customer, "同一笔借款"), s.ask(t, second, "也是这笔借款")
	into, from := "/requests/"+ref(main), "/requests/"+ref(along)
	s.does(t, agent, "take", main, "")

	a := s.visit(t, agent, look{phone: true})
	f := finger{reader: a.opens(from)}
	a.until("what is rare folded", `() => !document.querySelector('.nk-acts-more').open && !document.querySelector('.nk-state-acts > a[href$="/merge"]')`)
	f.taps(".nk-acts-more > summary").taps(".nk-acts-more a[href='" + from + "/merge']")
	a.until("the box", `() => document.querySelector('#f-merge').offsetParent !== null && !document.querySelector('.nk-acts-more[open]')`)
	a.writes("#f-merge [name=into]", ref(main))
	f.taps("#f-merge .btn-primary")
	a.sees("#state", "已并入").sees("#into", "同一笔借款")
	f.count(3)

	c, d := s.visit(t, customer, look{phone: true}).opens(into), s.visit(t, second, look{phone: true}).opens(from)
	if text := c.text("body"); strings.Contains(text, "也是这笔借款") {
		t.Error("a customer reads the other one's request")
	}
	a.opens(into).clicks(".nk-sticky a[href='" + into + "/deliver']")
	a.writes("#f-deliver [name=text]", done).writes("#f-deliver [name=others]", theirs).clicks("#f-deliver .btn-primary").sees("#talk-card", done)
	for _, x := range []struct {
		r        *reader
		at, said string
	}{{c, into, done}, {d, from, theirs}} { // both pages follow by themselves
		x.r.sees("#state h2", "待验收").sees("#talk-card", x.said)
		x.r.clicks(".nk-sticky form[action='"+x.at+"/accept'] button").sees("#state h2", "已办结")
		x.r.content()
	}
	if strings.Contains(d.text("body"), done) {
		t.Error("a customer reads what the other one was told")
	}
	a.sees("#state h2", "已办结").content()
}
