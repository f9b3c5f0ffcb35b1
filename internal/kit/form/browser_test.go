package form

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"neike/assets"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/webtest/chromium"
)

// page is one page of forms with the application's script, in a real browser.
func page(t *testing.T, forms ...InputsProps) *rod.Page {
	t.Helper()
	return shown(t, func(ctx context.Context, w io.Writer) {
		for _, f := range forms {
			fmt.Fprint(w, "<form>")
			_ = Inputs(f).Render(ctx, w)
			fmt.Fprint(w, "</form>")
		}
	})
}

// shown is a page with the application's script and style, in a real browser.
func shown(t *testing.T, body func(ctx context.Context, w io.Writer)) *rod.Page {
	t.Helper()
	book, err := lang.New(Locale, ui.Locale)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		ctx := lang.With(r.Context(), book, "zh", "Asia/Shanghai")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html><html><body>")
		body(ctx, w)
		fmt.Fprintf(w, `<script src="%s"></script></body></html>`, assets.URL("app.js"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := chromium.Open(t)
	p, err := b.Page(proto.TargetCreateTarget{})
	if err != nil {
		t.Fatal(err)
	}
	p = p.Timeout(40 * time.Second)
	if err := p.Navigate(server.URL); err != nil {
		t.Fatal(err)
	}
	if err := p.WaitLoad(); err != nil {
		t.Fatal(err)
	}
	return p
}

func eval(t *testing.T, p *rod.Page, js string, args ...any) *proto.RuntimeRemoteObject {
	t.Helper()
	v, err := p.Eval(js, args...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTheBrowserAgrees runs the cases of conditions.json by the script: what it hides is what the server does not ask.
func TestTheBrowserAgrees(t *testing.T) {
	c := readConditions(t)
	var forms []InputsProps
	for _, x := range c.Cases {
		forms = append(forms, InputsProps{Form: probe(c.Fields, x.When), Raw: x.Answers})
	}
	p := page(t, forms...)
	shown := eval(t, p, `() => Array.from(document.forms, f => { const q = f.querySelector('[data-q=probe]'); return !q.hidden && q.offsetHeight > 0 })`).Value.Arr()
	if len(shown) != len(c.Cases) {
		t.Fatalf("%d forms of %d", len(shown), len(c.Cases))
	}
	for i, x := range c.Cases {
		if shown[i].Bool() != x.Holds {
			t.Errorf("%s: the browser shows it: %v, want %v", x.Name, shown[i].Bool(), x.Holds)
		}
	}
}

// TestFormsFollowWhatIsTyped uses a form as a person does: rows come and go, sums and formulas follow, a cascade is chosen step by step.
func TestFormsFollowWhatIsTyped(t *testing.T) {
	c := readConditions(t)
	f := probe(c.Fields, Condition{All: []Rule{{Field: "total", Op: Above, Value: Operand{"5000"}}}})
	for i := range f.Fields {
		if f.Fields[i].Key == "items" {
			f.Fields[i].Fields[2].Sum = true
		}
	}
	p := page(t, InputsProps{Form: f})
	const set = `(name, value) => new Promise(done => {
		const el = document.querySelector('[name="' + name + '"]')
		el.value = value
		el.dispatchEvent(new Event('input', { bubbles: true }))
		requestAnimationFrame(() => requestAnimationFrame(() => done()))
	})`
	said := func() string {
		return eval(t, p, `() => [document.querySelector('[data-q=total] [data-out]').textContent, document.querySelector('[data-sum=cost]').textContent,
			document.querySelectorAll('[data-rows] > [data-row]').length, document.querySelector('[data-q=probe]').hidden].join(' ')`).Value.Str()
	}
	put := func(name, value string) { t.Helper(); eval(t, p, set, "fields."+name, value) }
	put("items[0].price", "1,980.55")
	put("items[0].pieces", "2")
	if got := said(); got != "3,961.10 3,961.10 1 true" {
		t.Errorf("after a row: %s", got)
	}
	eval(t, p, `() => document.querySelector('[data-row-add]').click()`)
	put("items[1].price", "0.005")
	put("items[1].pieces", "1")
	put("amount", "1100")
	if got := said(); got != "5,061.11 3,961.11 2 false" {
		t.Errorf("after two rows: %s", got)
	}
	eval(t, p, `() => document.querySelector('[data-row-out]').click()`)
	eval(t, p, set, "fields.note", "x")
	if got := said(); got != "1,100.01 0.01 1 true" {
		t.Errorf("after taking one out: %s", got)
	}
	way := eval(t, p, `() => {
		const pick = (n, v) => { const s = document.querySelectorAll('.nk-cascade select')[n]; s.value = v; s.dispatchEvent(new Event('change', { bubbles: true })) }
		const whole = document.querySelector('[name="fields.place"]')
		pick(0, 'gz')
		const half = whole.value
		pick(1, 'b')
		return half + '|' + whole.value + '|' + document.querySelectorAll('.nk-cascade select').length
	}`).Value.Str()
	if way != "|gz/b|2" {
		t.Errorf("the way is %s", way)
	}
}

// TestPartsAreDragged drags parts of a form by their grips: the button of the list is pressed with what goes before what, and not when
// nothing moves; a condition asks for what can be chosen when its field changes.
func TestPartsAreDragged(t *testing.T) {
	p := shown(t, func(ctx context.Context, w io.Writer) {
		fmt.Fprint(w, `<form><button hidden name="do" value="" data-place></button><ol data-arrange style="margin:0;padding:0">`)
		for _, x := range []struct{ path, kind string }{{"a", "field"}, {"#s", "section"}, {"items", "field"}, {"items.what", "column"}, {"items.price", "column"}, {"#t", "section"}, {"b", "field"}} {
			fmt.Fprintf(w, `<li data-path="%s" data-kind="%s" style="display:block;height:40px"><span data-grip style="display:block;height:40px;width:40px"></span></li>`, x.path, x.kind)
		}
		fmt.Fprint(w, `</ol></form><form>`)
		_ = Builder(BuilderProps{Name: "visible", Sketch: Sketch{Match: MatchAny, Rules: []SketchRule{{}}}, Before: []Field{{Key: "a", Type: Number, Label: text("甲", "A")}}}).Render(ctx, w)
		fmt.Fprint(w, `</form>`)
	})
	eval(t, p, `() => { window.said = []; document.addEventListener('submit', e => { e.preventDefault(); window.said.push(e.submitter.value) }) }`)
	drag := func(from, over float64) string {
		t.Helper()
		for _, do := range []func() error{
			func() error { return p.Mouse.MoveTo(proto.NewPoint(20, from*40+20)) },
			func() error { return p.Mouse.Down(proto.InputMouseButtonLeft, 1) },
			func() error { return p.Mouse.MoveTo(proto.NewPoint(22, over*40+10)) },
			func() error { return p.Mouse.Up(proto.InputMouseButtonLeft, 1) },
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
		return eval(t, p, `() => window.said.splice(0).join(' ')`).Value.Str()
	}
	for _, c := range []struct {
		name       string
		from, over float64
		want       string
	}{
		{"a field goes up", 2, 0, "place:items:a"},
		{"a field goes to the end", 0, 7, "place:a:"},
		{"a field goes before a section", 6, 1, "place:b:#s"},
		{"over the columns of a table it goes behind the table", 0, 3, "place:a:#t"},
		{"a column stays in its table", 4, 0, "place:items.price:items.what"},
		{"a section goes before another", 5, 0, "place:#t:#s"},
		{"a section goes to the end", 1, 7, "place:#s:"},
		{"let go where it stands", 2, 2, ""},
	} {
		if got := drag(c.from, c.over); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	asked := eval(t, p, `() => { const s = document.querySelector('[name="visible[0].field"]'); s.value = 'a'; s.dispatchEvent(new Event('change', { bubbles: true })); return window.said.join(' ') }`).Value.Str()
	if asked != "visible:same" {
		t.Errorf("a chosen field asks for %q", asked)
	}
}
