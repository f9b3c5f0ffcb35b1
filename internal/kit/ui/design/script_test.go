package design

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/input"

	"neike/internal/kit/webtest/chromium"
)

// until waits until the function in the page says yes. While a page loads, what it asks about may
// not stand yet, and the function throws: that is a no.
func until(t *testing.T, p *rod.Page, what, js string) {
	t.Helper()
	page, asked := p.Timeout(6*time.Second), `() => { try { return (`+js+`)() } catch { return false } }`
	for {
		err := page.Wait(rod.Eval(asked))
		if err == nil {
			return
		}
		if !errors.Is(err, cdp.ErrCtxDestroyed) && !errors.Is(err, cdp.ErrObjNotFound) && !strings.Contains(err.Error(), "navigated or closed") {
			t.Fatalf("%s: %v; asked %s", what, err, js)
		}
	}
}

func typeIn(t *testing.T, p *rod.Page, selector, text string) {
	t.Helper()
	el, err := p.Element(selector)
	if err == nil {
		err = el.Input(text)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func press(t *testing.T, p *rod.Page, keys ...input.Key) {
	t.Helper()
	if err := p.Keyboard.Type(keys...); err != nil {
		t.Fatal(err)
	}
}

// TestScripts uses what scripts add, as a person would.
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base, b := serve(t), chromium.Open(t)

	t.Run("slash opens the search field, arrows walk the hits, Enter opens", func(t *testing.T) {
		p := open(t, b, base+"/design/queue", 1440, 900)
		press(t, p, '/')
		until(t, p, "focus", `() => document.activeElement.name === 'q'`)
		typeIn(t, p, ".nk-search input", "差旅")
		until(t, p, "hits", `() => document.querySelectorAll('#nk-found [role=option]').length === 4`)
		press(t, p, input.ArrowDown)
		press(t, p, input.ArrowDown)
		until(t, p, "second hit", `() => document.querySelector('.nk-search input').getAttribute('aria-activedescendant') === 'nk-hit-0-1'`)
		press(t, p, input.ArrowUp)
		press(t, p, input.Enter)
		until(t, p, "page", `() => location.pathname === '/design/request'`)
	})

	t.Run("j, k and x walk and pick rows, Enter opens", func(t *testing.T) {
		p := open(t, b, base+"/design/queue", 1440, 900)
		press(t, p, 'j')
		press(t, p, 'j')
		press(t, p, 'x')
		until(t, p, "three picked", `() => document.querySelector('[data-picked]').textContent === '已选 3 件'`)
		press(t, p, 'k')
		press(t, p, input.Enter)
		until(t, p, "page", `() => location.pathname === '/design/request'`)
	})

	t.Run("? lists the keys, Escape closes", func(t *testing.T) {
		p := open(t, b, base+"/design/queue", 1440, 900)
		press(t, p, input.Slash)
		press(t, p, input.Escape)
		eval(t, p, `() => document.activeElement.blur()`)
		eval(t, p, `() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }))`)
		until(t, p, "open", `() => document.getElementById('nk-keys').open`)
		press(t, p, input.Escape)
		until(t, p, "closed", `() => !document.getElementById('nk-keys').open`)
	})

	t.Run("a draft survives a reload and goes with success", func(t *testing.T) {
		p := open(t, b, base+"/design/request", 1440, 900)
		typeIn(t, p, "#reply textarea", "写到一半")
		until(t, p, "kept", `() => document.querySelector('#reply [data-draft-status]').textContent.startsWith('草稿已保存')`)
		if err := p.Reload(); err != nil {
			t.Fatal(err)
		}
		until(t, p, "restored", `() => document.querySelector('#reply textarea').value === '写到一半'`)
		eval(t, p, `() => document.querySelector('#reply textarea').focus()`)
		if err := p.KeyActions().Press(input.ControlLeft).Type(input.Enter).Do(); err != nil {
			t.Fatal(err)
		}
		until(t, p, "sent and forgotten", `() => document.readyState === 'complete' && document.querySelector('#reply textarea').value === '' && localStorage.length === 0`)
	})

	t.Run("a note looks like a note", func(t *testing.T) {
		p := open(t, b, base+"/design/request", 1440, 900)
		eval(t, p, `() => document.querySelector('#reply input[value=note]').click()`)
		until(t, p, "note", `() => document.querySelector('#reply').classList.contains('is-note') && getComputedStyle(document.querySelector('#reply .s-note')).display !== 'none'`)
	})

	t.Run("@ offers people, writes their name and sends their number", func(t *testing.T) {
		p := open(t, b, base+"/design/request", 1440, 900)
		typeIn(t, p, "#reply textarea", "请 @罗")
		until(t, p, "offer", `() => document.querySelectorAll('.nk-at .nk-hit').length === 2`)
		press(t, p, input.ArrowDown)
		press(t, p, input.Enter)
		until(t, p, "name", `() => document.querySelector('#reply textarea').value === '请 @罗佳 '`)
		until(t, p, "number", `() => new FormData(document.querySelector('#reply textarea').form).get('text') === '请 @[10407] '`)
	})

	t.Run("a dialog opens over the page and takes the focus", func(t *testing.T) {
		p := open(t, b, base+"/design/request", 1440, 900)
		eval(t, p, `() => document.querySelector('[data-opens=d-ask]').click()`)
		until(t, p, "open", `() => document.getElementById('d-ask').open && document.activeElement.name === 'ask'`)
		eval(t, p, `() => document.querySelector('#d-ask [data-close]').click()`)
		until(t, p, "closed", `() => !document.getElementById('d-ask').open`)
	})

	t.Run("the theme changes at once and is kept", func(t *testing.T) {
		p := open(t, b, base+"/design/queue", 1440, 900)
		eval(t, p, `() => { document.querySelector('.nk-menu summary').click(); document.querySelector('.nk-menu button[value=dark]').click() }`)
		until(t, p, "dark", `() => document.documentElement.dataset.bsTheme === 'dark'`)
		if !eval(t, p, `async () => {
			for (let i = 0; i < 50; i++) {
				if ((await (await fetch(location.href)).text()).includes('data-bs-theme="dark"')) return true
			}
			return false
		}`).Value.Bool() {
			t.Error("the next page is light again")
		}
	})

	t.Run("the language changes and comes back to the page", func(t *testing.T) {
		p := open(t, b, base+"/design/queue", 1440, 900)
		eval(t, p, `() => document.querySelector('.nk-menu button[value=en]').click()`)
		until(t, p, "English", `() => document.documentElement.lang === 'en' && location.pathname === '/design/queue'`)
	})

	t.Run("a form is sent once", func(t *testing.T) {
		p := open(t, b, base+"/design/form", 1440, 900)
		n := eval(t, p, `() => {
			let n = 0
			document.addEventListener('submit', e => { if (!e.defaultPrevented) n++; e.preventDefault() })
			const b = document.querySelector('.nk-form .btn-primary')
			b.click(); b.click(); b.click()
			return n
		}`).Value.Int()
		if n != 1 {
			t.Errorf("sent %d times", n)
		}
	})

	t.Run("files show as chips and can be taken out", func(t *testing.T) {
		p := open(t, b, base+"/design/form", 1440, 900)
		eval(t, p, `() => {
			const d = new DataTransfer()
			d.items.add(new File(['a'], '一.pdf')); d.items.add(new File(['b'], '二.pdf'))
			document.querySelector('.nk-drop').dispatchEvent(new DragEvent('drop', { dataTransfer: d, bubbles: true, cancelable: true }))
		}`)
		until(t, p, "two", `() => document.querySelector('#f-vouchers').files.length === 2 && document.querySelectorAll('[data-new]').length === 2`)
		eval(t, p, `() => document.querySelector('[data-drop="0"]').click()`)
		until(t, p, "one", `() => document.querySelector('#f-vouchers').files.length === 1 && document.querySelector('#f-vouchers').files[0].name === '二.pdf'`)
	})

	t.Run("stars are never preset and light up to the chosen one", func(t *testing.T) {
		p := open(t, b, base+"/design", 1440, 900)
		if n := eval(t, p, `() => document.querySelectorAll('.nk-star.is-lit, .nk-star input:checked').length`).Value.Int(); n != 0 {
			t.Fatalf("%d preset", n)
		}
		eval(t, p, `() => document.querySelector('.nk-star input[value="4"]').click()`)
		until(t, p, "four", `() => document.querySelectorAll('.nk-star.is-lit').length === 4`)
	})

	t.Run("a picker finds people and keeps the number", func(t *testing.T) {
		p := open(t, b, base+"/design", 1440, 900)
		until(t, p, "picker", `() => !!document.querySelector('#f-a5').tomselect`)
		until(t, p, "name", `() => document.querySelector('#f-a5 + .ts-wrapper .item, .ts-wrapper .item').textContent === '陈思远'`)
		eval(t, p, `() => { const s = document.querySelector('#f-a5').tomselect; s.focus(); s.clear(); s.load('罗') }`)
		until(t, p, "options", `() => Object.keys(document.querySelector('#f-a5').tomselect.options).includes('10407')`)
		eval(t, p, `() => document.querySelector('#f-a5').tomselect.addItem('10407')`)
		until(t, p, "number", `() => document.querySelector('#f-a5').value === '10407'`)
	})

	t.Run("an event renews its region; what is half written stays", func(t *testing.T) {
		p := open(t, b, base+"/design/live", 1440, 900)
		until(t, p, "count", `() => document.querySelector('.nk-top .nk-dot').textContent === '7'`)
		until(t, p, "renewed", `() => document.getElementById('n').textContent === '2'`)
		until(t, p, "untouched field follows", `() => document.getElementById('x').value === '2'`)
		eval(t, p, `() => { document.getElementById('y').value = 'half'; htmx.trigger('#now', 'nk-awake') }`)
		until(t, p, "renewed again", `() => document.getElementById('n').textContent === '3'`)
		until(t, p, "kept", `() => document.getElementById('y').value === 'half' && document.getElementById('x').value === '3'`)
	})

	t.Run("on the phone the menu is under 'more' and search opens over the bar", func(t *testing.T) {
		p := open(t, b, base+"/design/queue", 360, 740)
		eval(t, p, `() => document.querySelector('.nk-more summary').click()`)
		until(t, p, "more", `() => document.querySelector('.nk-more-panel').getBoundingClientRect().height > 200`)
		shoot(t, p, "more.360")
		eval(t, p, `() => document.querySelector('[data-search]').click()`)
		until(t, p, "search", `() => document.activeElement.name === 'q' && document.querySelector('.nk-search').getBoundingClientRect().width > 300`)
		if s := eval(t, p, `() => String(document.documentElement.scrollWidth)`).Value.Str(); s != "360" {
			t.Errorf("the page is %s wide", s)
		}
	})
}

// Without scripts everything is there: fields, filters, menus.
func TestWithoutScripts(t *testing.T) {
	ctx := words(t, "zh")
	html := render(t, ctx, queuePage())
	for _, want := range []string{`method="get"`, `class="btn btn-sm nk-apply"`, `<details`} {
		if want == "<details" {
			html = render(t, ctx, catalogue())
		}
		if !strings.Contains(html, want) {
			t.Errorf("no %s", want)
		}
	}
}
