package e2e

import (
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
)

// stops notes where Tab can stop: everything that can be seen and takes the focus, of a group of radio buttons one. A field
// of a date has stops of its own inside.
const stops = `() => {
	window.stops = new Set(Array.from(document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')).filter(e =>
		e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden' && e.checkVisibility({ visibilityProperty: true }) &&
		(e.type !== 'radio' || e.checked || !e.form || !Array.from(e.form.elements).some(x => x !== e && x.name === e.name && (x.checked || x.compareDocumentPosition(e) & 4)))))
	document.activeElement.blur()
	return window.stops.size
}`

// stopped notes that the focus is where it is: "" when it has left the page, else what is wrong with the place.
const stopped = `async () => {
	const e = document.activeElement
	if (!e || e === document.body) return ''
	window.stops.delete(e)
	for (const end = performance.now() + 3000; performance.now() < end; await new Promise(requestAnimationFrame)) {
		const box = e.getBoundingClientRect()
		if (box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth) return 'ok'
	}
	return 'out of sight: ' + e.outerHTML.slice(0, 200)
}`

// TestTabGetsThrough walks the pages on which people work by Tab alone: every stop is reached and can be seen, none holds
// the focus, and after the last one it leaves the page; from there it comes back the other way.
func TestTabGetsThrough(t *testing.T) {
	t.Parallel()
	s := house(t)
	one := "/requests/" + ref(s.ask(t, customer, "只用键盘"))
	for _, page := range []struct{ name, who, path string }{
		{"the catalogue", customer, "/services"},
		{"the form to ask", customer, "/requests/new/finance.expense"},
		{"the customer's page of the request", customer, one},
		{"the queue", agent, "/queue"},
		{"the board", agent, "/queue?look=board"},
		{"the agent's page of the request", agent, one},
		{"a call that is written down", agent, "/requests/log"},
		{"a promise", agent, "/promises/new"},
	} {
		t.Run(page.name, func(t *testing.T) {
			r := s.visit(t, page.who, look{})
			still := proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}
			if err := still.Call(r.p); err != nil { // a page that scrolls gently is slower than who presses Tab
				t.Fatal(err)
			}
			r.opens(page.path)
			r.until("pickers", `() => document.readyState === 'complete' && (!document.querySelector('[data-picker]:not([data-waits])') || !!window.nkPick)`)
			n := r.eval(stops).Value.Int()
			if n < 10 {
				t.Fatalf("%d stops", n)
			}
			walk := func(most int, press func()) (out bool) {
				for range most {
					press()
					switch said := r.eval(stopped).Value.Str(); said {
					case "":
						return true
					case "ok":
					default:
						t.Error(said)
					}
				}
				return false
			}
			// where a form takes the focus by itself, Tab begins there: the second round has it all
			first := walk(2*n+40, func() { r.types(input.Tab) })
			if !first || r.eval(`() => window.stops.size`).Value.Int() > 0 && !walk(2*n+40, func() { r.types(input.Tab) }) {
				t.Fatalf("Tab never leaves the page: the focus is in %s", r.eval(`() => document.activeElement.outerHTML.slice(0, 300)`).Value.Str())
			}
			if left := r.eval(`() => Array.from(window.stops).filter(e => e.isConnected).map(e => e.outerHTML.slice(0, 200)).join('\n')`).Value.Str(); left != "" {
				t.Errorf("Tab does not come to:\n%s", left)
			}
			back := func() {
				if err := r.p.Timeout(patience).KeyActions().Press(input.ShiftLeft).Type(input.Tab).Release(input.ShiftLeft).Do(); err != nil {
					t.Fatal(err)
				}
			}
			if !walk(2*n+40, back) {
				t.Error("Shift and Tab never leave the page")
			}
		})
	}
}

// TestDialogsGiveTheFocusBack opens every dialog of a request by the keyboard: Tab stays in it, Escape closes it, and the
// focus is where it was, or at the menu that the dialog was chosen from.
func TestDialogsGiveTheFocusBack(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "对话框里的键盘")
	s.does(t, agent, "take", n, "")
	for _, who := range []string{agent, customer} {
		r := s.visit(t, who, look{}).opens("/requests/" + ref(n))
		all := strings.Fields(r.eval(`() => Array.from(document.querySelectorAll('#main [data-opens]')).map(e => e.dataset.opens).join(' ')`).Value.Str())
		if len(all) < 3 {
			t.Fatalf("%v", all)
		}
		for _, id := range all {
			r.eval(`id => { const opener = document.querySelector('[data-opens="' + id + '"]'), menu = opener.closest('details'); if (menu) menu.open = true; opener.focus() }`, id)
			r.types(input.Enter)
			r.until(id, `id => document.getElementById(id).open`, id)
			if at := r.eval(`id => { const e = document.activeElement, box = e.getBoundingClientRect(); return document.getElementById(id).contains(e) && box.width > 2 && box.height > 2 ? '' : e.outerHTML.slice(0, 200) }`, id).Value.Str(); at != "" {
				t.Errorf("%s opens with the focus in %s", id, at)
			}
			for range 12 {
				r.types(input.Tab)
				if !r.eval(`id => document.activeElement === document.body || document.getElementById(id).contains(document.activeElement)`, id).Value.Bool() {
					t.Fatalf("%s: Tab leaves it", id)
				}
			}
			r.types(input.Escape)
			if r.eval(`id => document.getElementById(id).open`, id).Value.Bool() {
				r.types(input.Escape) // the first closed the list of a picker
			}
			r.until("closed", `id => !document.getElementById(id).open`, id)
			r.until(id+" gives the focus back", `id => {
				const opener = document.querySelector('[data-opens="' + id + '"]'), menu = opener.closest('details')
				return document.activeElement === (menu ? menu.querySelector('summary') : opener)
			}`, id)
		}
	}
}
