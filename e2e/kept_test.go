package e2e

import (
	"testing"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"neike/internal/app/demo"
)

// TestSessionEndsInAForm signs in again in the middle of a long form, and finds everything as it was written; once it is
// sent, the next form is empty.
func TestSessionEndsInAForm(t *testing.T) {
	t.Parallel()
	s := house(t)
	r := s.visit(t, customer, look{}).opens("/requests/new/finance.advance")
	r.writes("#ask [name=title]", "写到一半").writes("#ask [name='fields.reason']", "很长的原因")
	if err := (proto.NetworkDeleteCookies{Name: sessionCookie, URL: s.base}).Call(r.p); err != nil {
		t.Fatal(err)
	}
	r.clicks("#ask [type=submit]").at("/signin")
	r.writes("input[name=login]", customer).writes("input[name=password]", demo.Password).clicks("main button[type=submit]")
	r.at("/requests/new/finance.advance")
	written := `() => ['title', 'fields.reason'].map(n => document.querySelector('#ask [name="' + n + '"]').value).join('|')`
	if got := r.eval(written).Value.Str(); got != "写到一半|很长的原因" {
		t.Fatalf("after signing in the form holds %q", got)
	}
	r.writes("#ask [name='fields.amount']", "10").eval(`() => { document.querySelector('[name="fields.due"]').value = '2026-11-30' }`)
	r.clicks("#ask [type=submit]").at("/requests/R-")
	if got := r.opens("/requests/new/finance.advance").eval(written).Value.Str(); got != "|" {
		t.Errorf("what was sent comes back: %q", got)
	}
	r.content()
}

// TestNoNetwork presses the button while the network is away: the page stays, and says so.
func TestNoNetwork(t *testing.T) {
	t.Parallel()
	s := house(t)
	r := s.visit(t, customer, look{}).expects("ERR_INTERNET_DISCONNECTED").opens("/requests/new/finance.advance")
	r.writes("#ask [name=title]", "断网时写的")
	away := proto.NetworkEmulateNetworkConditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}
	if err := away.Call(r.p); err != nil {
		t.Fatal(err)
	}
	r.clicks("#ask [type=submit]").sees("#nk-toasts", "网络断开了")
	if got := r.eval(`() => location.pathname + document.querySelector('[name=title]').value`).Value.Str(); got != "/requests/new/finance.advance断网时写的" {
		t.Errorf("left with %q", got)
	}
}

// TestNoteStaysANote leaves a note half written and comes back: it is not taken for a reply to the customer.
func TestNoteStaysANote(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "备注草稿")
	s.does(t, agent, "take", n, "")
	page := "/requests/" + ref(n)
	r := s.visit(t, agent, look{}).opens(page)
	r.clicks("#reply label:nth-of-type(2)").writes("#reply textarea", "只给同事看")
	r.until("the draft", `() => Object.keys(localStorage).some(k => localStorage[k].includes('只给同事看'))`)
	half := `() => [document.querySelector('#reply [name=kind]:checked').value, document.querySelector('#reply textarea').value, document.querySelector('#reply').classList.contains('is-note')].join('|')`
	s.does(t, colleague, "note", n, "另一条备注") // the open page is refreshed below the writer's hands
	r.sees("#talk-card", "另一条备注")
	if got := r.eval(half).Value.Str(); got != "note|只给同事看|true" {
		t.Errorf("after a refresh the box holds %q", got)
	}
	if got := r.opens(page).eval(half).Value.Str(); got != "note|只给同事看|true" {
		t.Errorf("opened again, the box holds %q", got)
	}
	r.content()
}

// TestPicks begins a request with the keyboard alone: what fits shows while one types, Enter opens the first.
func TestPicks(t *testing.T) {
	t.Parallel()
	s := house(t)
	r := s.visit(t, customer, look{}).opens("/requests/new")
	r.until("the field has the focus", `() => document.activeElement.matches('input[data-first]')`)
	r.types('b', 'y', 'j').sees("#found[data-query=byj] a", "备用金借款")
	if got := r.eval(`() => document.activeElement.value + location.search`).Value.Str(); got != "byj?q=byj" {
		t.Errorf("while typing: %q", got)
	}
	r.types(input.Enter).at("/requests/new/finance.advance")
	r.content()
}

// TestMentions names a colleague while writing: the box shows the name, the colleague is told.
func TestMentions(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "提到同事")
	s.does(t, agent, "take", n, "")
	r := s.visit(t, agent, look{}).opens("/requests/" + ref(n))
	r.clicks("#reply label:nth-of-type(2)").writes("#reply textarea", "请 @luojia").sees(".nk-at [role=option]", "罗佳")
	r.types(input.Enter)
	if got := r.eval(`() => document.querySelector('#reply textarea').value`).Value.Str(); got != "请 @罗佳 " {
		t.Errorf("the box shows %q", got)
	}
	r.clicks("#reply .btn-primary[type=submit]").sees("#talk-card .nk-mention", "罗佳")
	s.visit(t, colleague, look{}).opens("/inbox?only=mentions").sees("#main", "提到同事")
	r.content()
}
