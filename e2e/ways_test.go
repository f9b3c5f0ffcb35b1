package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
)

// TestAgentAsCustomer proves that who asks is the customer, whatever else that person may be: no notes, no verbs of the
// serving side.
func TestAgentAsCustomer(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, agent, "自己的借款")
	s.does(t, colleague, "take", n, "")
	s.does(t, colleague, "message", n, "同事收到")
	s.does(t, colleague, "note", n, "内部话题：额度偏高")
	page := "/requests/" + ref(n)
	r := s.visit(t, agent, look{}).opens(page).sees("#talk-card", "同事收到")
	if text := r.text("body"); strings.Contains(text, "额度偏高") || r.has("#reply [value=note]") || r.has("#state a[href$='/deliver']") {
		t.Errorf("the agent who asked serves the request: %.300s", text)
	}
	r.content()
	other := s.visit(t, colleague, look{}).opens(page).sees("#talk-card", "额度偏高")
	other.sees("#state", "交付")
	other.content()
}

// TestConfidential proves that a request which one may not see looks like one that is not there, to the byte.
func TestConfidential(t *testing.T) {
	t.Parallel()
	s := house(t)
	secret, none := ref(s.secret(t)), "R-999999"
	s.visit(t, recruiter, look{}).opens("/requests/"+secret).sees("h1, .nk-top-title", "落户用在职证明")
	const headOfHR = "1003"
	c := s.as(t, headOfHR)
	hidden, missing := c.Get("/requests/"+secret).Is(404), c.Get("/requests/"+none).Is(404)
	if a, b := strings.ReplaceAll(string(hidden.Body), secret, none), string(missing.Body); a != b {
		t.Errorf("not yours and not there differ:\n%s\n%s", a, b)
	}
	if a, b := headers(hidden.Header), headers(missing.Header); a != b {
		t.Errorf("headers differ: %s, %s", a, b)
	}
	r := s.visit(t, headOfHR, look{}).expects("status of 404")
	r.opens("/requests/"+secret).sees("#main", "这里没有东西")
	if r.opens("/requests?view=all&q=" + secret); strings.Contains(r.text("#main"), "落户") {
		t.Error("a list shows it")
	}
	r.content()
}

func headers(h map[string][]string) string {
	var out []string
	for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control", "Etag", "Vary"} {
		out = append(out, name+"="+strings.Join(h[name], ","))
	}
	return strings.Join(out, " ")
}

// TestBack walks from a filtered list into a request, does something there, and comes back to the list as it was.
func TestBack(t *testing.T) {
	t.Parallel()
	s := house(t)
	title := "返回键"
	n := s.ask(t, customer, title)
	r := s.visit(t, agent, look{}).opens("/queue")
	r.writes(".nk-filter input[name=q]", ref(n)).types(input.Enter)
	filtered := func() *reader {
		return r.until("the filtered list", `q => location.pathname === '/queue' && location.search.includes('q=' + q) && document.querySelectorAll('#main tbody tr').length === 1`, ref(n)).sees("#main td", title)
	}
	filtered()
	r.clicks("#main td a").at("/requests/" + ref(n))
	r.clicks("form[action$='/take'] button").sees("#state h2", "办理中")
	for range 3 {
		if strings.HasPrefix(r.eval(`() => location.pathname`).Value.Str(), "/queue") {
			break
		}
		if err := r.p.Timeout(patience).NavigateBack(); err != nil {
			t.Fatal(err)
		}
		r.until("the page", `() => document.readyState === 'complete'`)
	}
	filtered()
	if got := r.eval(`() => document.querySelector('.nk-filter input[name=q]').value`).Value.Str(); got != ref(n) {
		t.Errorf("the filter holds %q", got)
	}
	// an answer that the list asked for before it was filtered comes too late
	late := r.eval(`() => ['/queue?view=unit&q=other', document.querySelector('#main [data-live]').getAttribute('hx-get')].map(path => {
		const region = document.querySelector('#main [data-live]')
		const detail = { shouldSwap: true, target: region, requestConfig: { elt: region, path } }
		region.dispatchEvent(new CustomEvent('htmx:beforeSwap', { bubbles: true, detail }))
		return String(detail.shouldSwap)
	}).join(' ')`).Value.Str()
	if late != "false true" {
		t.Errorf("of an old and a new answer is shown: %s", late)
	}
	filtered()
	r.content()
}

// TestDoubleSubmit presses a button twice, as hasty people do, and finds one request.
func TestDoubleSubmit(t *testing.T) {
	t.Parallel()
	s := house(t)
	r := s.visit(t, customer, look{}).opens("/requests/new/finance.advance")
	title := "只提一次"
	r.writes("[name=title]", title).writes("[name='fields.amount']", "1").writes("[name='fields.reason']", "试两下")
	r.eval(`() => { document.querySelector('[name="fields.due"]').value = '2026-11-30' }`)
	at := r.aim("#ask [type=submit]")
	if err := r.p.Mouse.MoveTo(at); err != nil {
		t.Fatal(err)
	}
	if err := r.p.Mouse.Click(proto.InputMouseButtonLeft, 2); err != nil {
		t.Fatal(err)
	}
	r.at("/requests/R-")
	var list struct{ Items []struct{ Number string } }
	s.as(t, customer).Get("/api/v1/requests?mine=true&q=" + title).Is(200).Decode(&list)
	if len(list.Items) != 1 {
		t.Errorf("%d requests after two clicks", len(list.Items))
	}
	r.content()
}

// TestTwoTabs proves that who comes second is told what happened and sees how it stands.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "两个人同时受理")
	late := s.visit(t, agent, look{noScript: true}).expects("status of 409") // without scripts the page stays as it was
	late.opens("/requests/" + ref(n))
	s.does(t, colleague, "take", n, "")
	late.clicks("form[action$='/take'] button")
	late.sees("[role=alert]", "罗佳 已经在办这个请求").sees("#state h2", "办理中")
	if late.has("form[action$='/take']") {
		t.Error("the page still offers to take it")
	}
	late.content()

	open := s.visit(t, agent, look{}).opens("/requests/" + ref(n))
	s.does(t, colleague, "deliver", n, "好了")
	open.sees("#state h2", "待验收") // with scripts it follows
	open.content()

	const stream = `document.body['htmx-internal-data'].sseEventSource`
	open.until("a while", `() => performance.now() > 3000`) // the stream is not a new one any more
	open.eval(`() => ` + stream + `.drop()`)
	s.does(t, customer, "accept", n, "")
	open.eval(`() => ` + stream + `.open()`)
	open.sees("#state h2", "已办结") // what was said while nobody heard it
}

// TestALostAnswer cuts the line at the moment in which a page asks what has become of its request: it asks again.
func TestALostAnswer(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "断线")
	r := s.visit(t, agent, look{}).expects("htmx:afterRequest").expects("htmx:sendError").opens("/requests/" + ref(n))
	r.until("the page listens", `() => document.body['htmx-internal-data'].sseEventSource.readyState === 1`)
	r.eval(`() => {
		const send = XMLHttpRequest.prototype.send
		XMLHttpRequest.prototype.send = function (...a) {
			XMLHttpRequest.prototype.send = send
			window.cut = true
			setTimeout(() => this.onerror(new ProgressEvent('error')), 0)
		}
	}`)
	s.does(t, colleague, "take", n, "")
	r.until("the line is cut", `() => window.cut`).sees("#state h2", "办理中")
}

// TestKeys works through the queue with the keyboard alone.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := house(t)
	for i := range 3 {
		s.ask(t, customer, "键盘走查 "+strconv.Itoa(i))
	}
	r := s.visit(t, agent, look{}).opens("/queue?q=键盘走查")
	r.types('j').types('j').types('k')
	const first = `n => { const rows = Array.from(document.querySelectorAll('[data-keys] [data-href]')); return rows.length === n && rows[0].classList.contains('is-cursor') && document.activeElement === rows[0] }`
	r.until("the first row", first, 3)
	s.ask(t, customer, "键盘走查，后来的")
	r.until("the first row of a list that has renewed itself", first, 4)
	r.types('j').types(input.Enter).at("/requests/R-").sees("h1, .nk-top-title", "键盘走查")
	r.types('r').until("the reply box", `() => document.activeElement.name === 'text'`)
	r.types(input.Escape)
	r.eval(`() => document.activeElement.blur()`)
	r.types('/').until("the search field", `() => document.activeElement.name === 'q'`)
	r.eval(`() => document.activeElement.blur()`)
	if err := r.p.Timeout(patience).KeyActions().Press(input.ControlLeft).Type('k').Do(); err != nil {
		t.Fatal(err)
	}
	r.until("the search field again", `() => document.activeElement.name === 'q'`)
	r.content()
}

// TestFinds types into the search field and goes where a hit leads.
func TestFinds(t *testing.T) {
	t.Parallel()
	s := house(t)
	r := s.visit(t, customer, look{}).opens("/services")
	for _, x := range []struct{ typed, hit, leads string }{
		{"陈思远", "陈思远", "/people/1005"},
		{"chensiyuan", "陈思远", "/people/1005"},
		{"备用金", "备用金借款", ""},
	} {
		r.writes(".nk-search input", x.typed).sees("#nk-found [role=option]", x.hit)
		if x.leads != "" {
			r.types(input.ArrowDown).types(input.Enter).at(x.leads)
		}
	}
	r.content()
}

// TestLook switches theme and language in the person menu; both stay.
func TestLook(t *testing.T) {
	t.Parallel()
	s := house(t)
	r := s.visit(t, customer, look{}).opens("/services")
	r.clicks(".nk-menu summary").clicks(".nk-menu button[value=dark]")
	r.until("dark at once", `() => document.documentElement.dataset.bsTheme === 'dark'`)
	r.until("kept", `async () => (await (await fetch('/services')).text()).includes('data-bs-theme="dark"')`)
	r.opens("/requests").until("dark on the next page", `() => document.documentElement.dataset.bsTheme === 'dark'`)
	r.clicks(".nk-menu summary").clicks(".nk-menu button[value=en]")
	r.until("in English, on the same page", `() => document.documentElement.lang === 'en' && location.pathname === '/requests'`)
	r.opens("/services").sees("h1", "Service catalogue")
	r.content()
}

// TestPrint looks at a request as it comes out of a printer: no frame, no buttons, the conversation in black on white.
func TestPrint(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "打印")
	s.does(t, agent, "message", n, "印在纸上")
	r := s.visit(t, customer, look{theme: "dark"}).opens("/requests/" + ref(n))
	if err := (proto.EmulationSetEmulatedMedia{Media: "print"}).Call(r.p); err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{".nk-rail", ".nk-top", ".nk-tabbar", ".nk-state-acts button", "#reply"} {
		if r.has(hidden) {
			t.Errorf("%s is printed", hidden)
		}
	}
	if text := r.text("#main"); !strings.Contains(text, "印在纸上") {
		t.Errorf("the conversation is not printed: %.200s", text)
	}
	if bg := r.eval(`() => getComputedStyle(document.body).backgroundColor`).Value.Str(); bg != "rgb(255, 255, 255)" && bg != "rgba(0, 0, 0, 0)" {
		t.Errorf("printed on %s", bg)
	}
	if scheme := r.eval(`() => getComputedStyle(document.documentElement).colorScheme`).Value.Str(); scheme != "light" {
		t.Errorf("printed in the colours of a %s screen", scheme)
	}
	r.content()
}

// TestPicker names a colleague in a form by typing a part of the name.
func TestPicker(t *testing.T) {
	t.Parallel()
	s := house(t)
	r := s.visit(t, customer, look{}).opens("/requests/new/hr.cert")
	r.clicks("#ask details summary").clicks("#ask details .ts-control")
	if err := r.p.Timeout(patience).InsertText("shenjia"); err != nil {
		t.Fatal(err)
	}
	r.until("only what was sought is offered", `() => document.querySelectorAll('.ts-dropdown .option').length === 1`)
	r.sees(".ts-dropdown .option", "沈佳").clicks(".ts-dropdown .option[data-value='1012']")
	r.until("the number is in the form", `() => new FormData(document.getElementById('ask')).get('on_behalf_of') === '1012'`)
	r.content()
}
