package catalog

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/webtest"
)

func named(key string, kind form.Type) form.Field {
	x := form.Field{Key: key, Type: kind, Label: lang.Text{Zh: key, En: key}}
	if kind == form.Table {
		x.Fields = []form.Field{named("what", form.Text), named("price", form.Currency)}
	}
	return x
}

// order writes a form as its items: sections with #, columns in brackets.
func order(f form.Form) string {
	var out []string
	for _, x := range itemsOf(f) {
		s := x.key()
		if len(x.field.Fields) > 0 {
			var columns []string
			for _, c := range x.field.Fields {
				columns = append(columns, c.Key)
			}
			s += "[" + strings.Join(columns, " ") + "]"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestAFormIsArranged(t *testing.T) {
	start := formOf([]item{
		{field: named("a", form.Text)}, {section: &form.Section{Key: "s"}}, {field: named("b", form.Number)}, {field: named("items", form.Table)}, {section: &form.Section{Key: "t"}},
	})
	if got := order(start); got != "a #s b items[what price] #t" {
		t.Fatal(got)
	}
	for _, c := range []struct {
		name string
		do   func(form.Form) form.Form
		want string
	}{
		{"down over the head of a section it comes into it", func(f form.Form) form.Form { return move(f, "a", 1) }, "#s a b items[what price] #t"},
		{"up at the beginning it stays", func(f form.Form) form.Form { return move(f, "a", -1) }, "a #s b items[what price] #t"},
		{"a section moves with what follows", func(f form.Form) form.Form { return move(f, "#s", 1) }, "a b #s items[what price] #t"},
		{"columns move within their table", func(f form.Form) form.Form { return move(f, "items.price", -1) }, "a #s b items[price what] #t"},
		{"without its head the fields of a section stay", func(f form.Form) form.Form { return remove(f, "#s") }, "a b items[what price] #t"},
		{"a column goes", func(f form.Form) form.Form { return remove(f, "items.what") }, "a #s b items[price] #t"},
		{"a field goes", func(f form.Form) form.Form { return remove(f, "b") }, "a #s items[what price] #t"},
		{"a new field stands last, in the last section", func(f form.Form) form.Form { return put(f, "c", named("c", form.Date)) }, "a #s b items[what price] #t c"},
		{"a new column stands last", func(f form.Form) form.Form { return put(f, "items.n", named("n", form.Number)) }, "a #s b items[what price n] #t"},
		{"a field is replaced where it stands", func(f form.Form) form.Form { return put(f, "b", named("b", form.Currency)) }, "a #s b items[what price] #t"},
		{"a field dragged before another", func(f form.Form) form.Form { return arrange(f, "items", "a") }, "items[what price] a #s b #t"},
		{"a field dragged before the head of a section ends the one before", func(f form.Form) form.Form { return arrange(f, "a", "#t") }, "#s b items[what price] a #t"},
		{"a field dragged to the end", func(f form.Form) form.Form { return arrange(f, "b", "") }, "a #s items[what price] #t b"},
		{"a column dragged within its table", func(f form.Form) form.Form { return arrange(f, "items.price", "items.what") }, "a #s b items[price what] #t"},
		{"a column dragged to the end of its table", func(f form.Form) form.Form { return arrange(f, "items.what", "") }, "a #s b items[price what] #t"},
		{"a column stays in its table", func(f form.Form) form.Form { return arrange(f, "items.what", "b") }, "a #s b items[what price] #t"},
		{"a section is dragged with its fields", func(f form.Form) form.Form { return arrange(put(f, "c", named("c", form.Date)), "#t", "#s") }, "a #t c #s b items[what price]"},
		{"a section dragged into another goes before the next", func(f form.Form) form.Form { return arrange(put(f, "c", named("c", form.Date)), "#t", "b") }, "a #s b items[what price] #t c"},
		{"a section dragged to the end", func(f form.Form) form.Form { return arrange(put(f, "c", named("c", form.Date)), "#s", "") }, "a #t c #s b items[what price]"},
		{"what is dragged onto itself stays", func(f form.Form) form.Form { return arrange(f, "b", "b") }, "a #s b items[what price] #t"},
		{"what is not there is dragged nowhere", func(f form.Form) form.Form { return arrange(f, "zz", "a") }, "a #s b items[what price] #t"},
		{"what is not there changes nothing", func(f form.Form) form.Form { return remove(move(f, "zz", 1), "zz") }, "a #s b items[what price] #t"},
	} {
		before := string(start.Canonical())
		if got := order(c.do(start)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if string(start.Canonical()) != before {
			t.Fatalf("%s: the form it began with was changed", c.name)
		}
	}
	var keys []string
	for _, x := range before(start, "items.price") {
		keys = append(keys, x.Key)
	}
	if got := strings.Join(keys, " "); got != "what a b" {
		t.Errorf("a column sees %s", got)
	}
}

// full has everything that an editor can change.
func full() form.Form {
	two := 3
	is := func(v ...string) *form.Condition {
		return &form.Condition{Any: []form.Rule{{Field: "kind", Op: form.In, Value: v}, {Field: "amount", Op: form.Above, Value: form.Operand{"500"}}}}
	}
	grouped := func() *form.Condition {
		return &form.Condition{Not: true, All: []form.Rule{{Field: "kind", Op: form.Is, Value: form.Operand{"a"}},
			{Not: true, Any: []form.Rule{{Field: "amount", Op: form.Filled}, {Field: "place", Op: form.In, Value: form.Operand{"gz", "gz/x"}}}}, {All: []form.Rule{{Field: "kind", Op: form.Empty}}}}}
	}
	text := func(s string) lang.Text { return lang.Text{Zh: s, En: s} }
	return form.Form{Fields: []form.Field{
		{Key: "kind", Type: form.SingleSelect, Label: text("类别"), Options: []form.Option{{Code: "a", Label: text("甲")}, {Code: "b", Label: text("乙"), Inactive: true}}},
		{Key: "place", Type: form.Cascade, Label: text("地点"), Hint: text("选到楼"), Options: []form.Option{
			{Code: "gz", Label: text("广州"), Options: []form.Option{{Code: "x", Label: text("甲楼")}, {Code: "y", Label: text("乙楼")}}}, {Code: "sz", Label: text("深圳")}}},
		{Key: "amount", Type: form.Currency, Label: text("金额"), Min: "1", Max: "9000", Required: true, Indexed: true},
		{Key: "note", Type: form.Text, Label: text("备注"), Min: "2", Max: "50", Pattern: "[A-Z]+", PatternText: text("大写"), Default: "AB", Sensitive: true, VisibleIf: is("a", "b"), RequiredIf: grouped(), ReadOnlyIf: &form.Condition{}},
		{Key: "photos", Type: form.Attachment, Label: text("照片"), Accept: "image", Max: "3"},
		{Key: "stars", Type: form.Rating, Label: text("满意"), Max: "7"},
		{Key: "rel", Type: form.Relation, Label: text("相关"), Of: "request"},
		{Key: "items", Type: form.Table, Label: text("明细"), Max: "9", Fields: []form.Field{{Key: "price", Type: form.Currency, Label: text("单价"), Sum: true}}},
		{Key: "total", Type: form.Formula, Label: text("合计"), Formula: "sum(items.price) / 3", As: form.Percent, Decimals: &two, Indexed: true, VisibleIf: is("a")},
		{Key: "no", Type: form.AutoNumber, Label: text("编号"), Number: "N-{0000}"},
	}}
}

// TestAnEditorKeepsWhatItShows proves for each field: shown in its editor and saved untouched, it is the same to the byte.
func TestAnEditorKeepsWhatItShows(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		f := full()
		if errs := checkForm(f, "zh"); errs.Len() > 0 {
			t.Fatal(errs.All())
		}
		paths := []string{"items.price"}
		for _, x := range f.Fields {
			paths = append(paths, x.Key)
		}
		for _, path := range paths {
			x, _ := fieldAt(f, path)
			p := placeOf(f, path)
			editor := editorOf(h.ctx, x.Type, p)
			if errs := editor.Check(); errs.Len() > 0 {
				t.Fatalf("%s: the editor itself is no form: %v", path, errs.All())
			}
			v, errs, err := editor.Validate(h.ctx, form.Resolve{}, editedOf(x))
			if err != nil || errs.Len() > 0 {
				t.Errorf("%s: %v %v", path, errs.All(), err)
				continue
			}
			was, _ := json.Marshal(x)
			if is, _ := json.Marshal(apply(x, v, fieldBuilders(h.ctx, x, p.before))); string(is) != string(was) {
				t.Errorf("%s became\n%s, was\n%s", path, is, was)
			}
		}
		for _, kind := range form.Types {
			if errs := editorOf(h.ctx, kind, placeOf(f, "")); func() int { e := errs.Check(); return e.Len() }() > 0 {
				t.Errorf("the editor of a new %s is no form", kind)
			}
		}
	})
}

func TestDraftsOfAForm(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head, code := h.as("2001"), "finance.expense"
		add := func(key string) func(form.Form) (form.Form, error) {
			return func(f form.Form) (form.Form, error) { return put(f, key, named(key, form.Text)), nil }
		}
		_, d, err := h.formDraft(head, code)
		must(t, err)
		if _, err := h.EditForm(head, code, d.token(), add("one")); err != nil {
			t.Fatal(err)
		}
		if s := h.service(code); s.Version != 1 || len(s.Form.Fields) != 4 {
			t.Error("a draft is asked already")
		}
		if _, err := h.EditForm(h.as("1001"), code, d.token(), add("two")); fault.KindOf(err) != fault.Precondition {
			t.Errorf("who had not seen the change was not told: %v", err)
		}
		_, d, _ = h.formDraft(head, code)
		_, err = h.EditForm(head, code, d.token(), func(f form.Form) (form.Form, error) {
			x := named("late", form.Text)
			x.VisibleIf = &form.Condition{All: []form.Rule{{Field: "nobody", Op: form.Filled}}}
			return put(f, "late", x), nil
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("a draft with a fault was stored: %v", err)
		}
		s, err := h.PublishForm(head, code, d.token(), false)
		if err != nil || s.Version != 2 || len(s.Form.Fields) != 5 {
			t.Fatalf("%v %v", s, err)
		}
		if _, d, _ = h.formDraft(head, code); d.Stamp != 0 {
			t.Error("a published draft is still there")
		}
		if _, err := h.PublishForm(head, code, d.token(), false); fault.KindOf(err) != fault.Conflict {
			t.Errorf("nothing was published: %v", err)
		}

		// an older version is taken up again, and is the same to the byte
		if _, err := h.takeVersion(head, code, d.token(), "1"); err != nil {
			t.Fatal(err)
		}
		_, d, _ = h.formDraft(head, code)
		if first, _ := h.service(code).Numbered(1); !sameForm(first.Form, d.Form) {
			t.Error("the old version is another")
		}

		// meanwhile somebody publishes by the interface
		f := h.service(code).Form
		f.Fields = append(slices.Clone(f.Fields), named("by_api", form.Text))
		if _, err := h.SetForm(h.as("1001"), code, f, 0); err != nil {
			t.Fatal(err)
		}
		_, err = h.PublishForm(head, code, d.token(), false)
		if !errors.Is(err, fault.New(fault.Conflict, "catalog.form-overtaken")) {
			t.Errorf("the draft went over what it had not seen: %v", err)
		}
		if s, err = h.PublishForm(head, code, d.token(), true); err != nil || s.Version != 4 || len(s.Form.Fields) != 4 {
			t.Errorf("%v", err)
		}

		// a copy, thrown away
		_, d, _ = h.formDraft(head, code)
		if _, err := h.copyForm(head, code, d.token(), "finance.pay"); err != nil {
			t.Fatal(err)
		}
		_, d, _ = h.formDraft(head, code)
		if !sameForm(d.Form, h.service("finance.pay").Form) {
			t.Error("the copy is another form")
		}
		if _, err := h.DiscardForm(head, code, d.token()); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"edit":    second(h.EditForm(h.as("4001"), code, "v4", add("x"))),
			"publish": second(h.PublishForm(h.as("4001"), code, "v4", false)),
			"put":     second(h.SetForm(h.as("4001"), code, f, 0)),
			"no form": second(h.SetForm(head, code+"x", f, 0)),
		} {
			if k := fault.KindOf(err); k != fault.NotFound && k != fault.Denied {
				t.Errorf("%s by a stranger: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestOfTwoEditorsOneWins(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		_, d, err := h.formDraft(h.as("2001"), "finance.pay")
		must(t, err)
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			who := h.as([]string{"2001", "1001"}[i%2])
			wg.Go(func() {
				_, errs[i] = h.EditForm(who, "finance.pay", d.token(), func(f form.Form) (form.Form, error) {
					key := "f" + itoa(i)
					return put(f, key, named(key, form.Text)), nil
				})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.Precondition {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d of four won", won)
		}
	})
}

func TestTheDesigner(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		open := door(t, h)
		head, at := open.With("2001"), "/services/finance.expense/form"
		token := func() string {
			v, _ := head.Get(at).Is(200).Page().Find(`#designer input[name="token"]`).First().Attr("value")
			return v
		}
		first := token()
		if n := head.Get(at).Page().Find(".nk-fd-item[data-path]").Length(); n != 4 {
			t.Errorf("%d fields", n)
		}

		// a select, with a rule that is clicked together
		head.Get(at + "/field?type=single_select").Is(200)
		head.Form(at+"/field", "token", first, "type", "single_select", "fields.label_zh", "类别", "fields.options", "",
			"fields.options[0].zh", "差旅", "fields.options[0].code", "travel", "fields.options[1].zh", "日常", "fields.key", "kind").Is(303)
		head.Form(at+"/field", "token", token(), "type", "text", "fields.label_zh", "目的地", "fields.key", "city",
			"visible[0].field", "kind", "visible[0].op", "eq", "visible[0].value", "差旅").Is(303)
		buildByClicks(t, head, at+"/field", token())
		_, d, err := h.formDraft(h.as("2001"), "finance.expense")
		must(t, err)
		city, _ := d.Form.Field("city")
		if city.VisibleIf == nil || city.VisibleIf.All[0].Value[0] != "travel" {
			t.Errorf("%+v", city)
		}

		// what is wrong is told at its input, and nothing is lost
		page := head.Form(at+"/field", "token", token(), "type", "formula", "fields.label_zh", "含税", "fields.formula", "nobody * 2", "fields.as", "currency").Is(422).Page()
		if v := page.Find(`textarea[name="fields.formula"]`).Text(); v != "nobody * 2" || page.Find(".nk-err").Length() != 1 {
			t.Errorf("formula %q", v)
		}
		head.Form(at+"/field", "token", token(), "type", "formula", "fields.label_zh", "含税", "fields.formula", "amount * 1.06", "fields.as", "currency", "fields.key", "gross").Is(303)
		if note := head.Get(at + "/field?at=gross").Is(200).Page().Find(".nk-note-line").Text(); !strings.Contains(note, "106.00") {
			t.Errorf("sample %q", note)
		}

		// what others need cannot go, what is needed first cannot move behind
		if page := head.Form(at, "token", token(), "do", "remove:kind").Is(422).Page(); !strings.Contains(page.Find("[data-errors]").Text(), "kind") {
			t.Error("nobody says why")
		}
		head.Form(at, "token", token(), "do", "up:city").Is(422)
		head.Form(at, "token", token(), "do", "up:kind").Is(303)
		head.Form(at, "token", token(), "do", "place:city:kind").Is(422)
		head.Form(at, "token", first, "do", "place:city:").Is(412)
		head.Form(at, "token", token(), "do", "place:city:").Is(303)
		if path, _ := head.Get(at).Page().Find(".nk-fd-item[data-path]").Last().Attr("data-path"); path != "city" {
			t.Errorf("%s stands last", path)
		}

		// somebody else was faster: what was typed stays
		page = head.Form(at+"/field", "token", first, "type", "text", "fields.label_zh", "不能丢").Is(412).Page()
		if v, _ := page.Find(`input[name="fields.label_zh"]`).Attr("value"); v != "不能丢" {
			t.Errorf("typed %q", v)
		}
		again, _ := page.Find(`input[name="token"]`).Attr("value")
		head.Form(at+"/field", "token", again, "type", "text", "fields.label_zh", "不能丢").Is(303)

		// tried, then offered
		tried := head.Form(at+"/preview", "fields.amount", "100", "fields.kind", "travel").Is(422).Page()
		if tried.Find(".nk-err").Length() == 0 {
			t.Error("the trial found nothing")
		}
		if r := head.Get(at + "/preview").Is(200); r.Header.Get("X-Frame-Options") != "SAMEORIGIN" || head.Get(at).Header.Get("X-Frame-Options") != "DENY" {
			t.Error("frames")
		}
		head.Form(at, "token", token(), "do", "publish").Is(303)
		if s := h.service("finance.expense"); s.Version != 2 || len(s.Form.Fields) != 8 {
			t.Errorf("version %d, %d fields", s.Version, len(s.Form.Fields))
		}
		head.Form(at, "token", token(), "do", "take:1").Is(303)
		head.Form(at, "token", token(), "do", "discard").Is(303)
		head.Form(at+"/section", "token", token(), "fields.title_zh", "费用").Is(303)

		stranger := open.With("4001")
		stranger.Get(at).Is(404)
		stranger.Get(at + "/preview").Is(404)
		stranger.Form(at, "token", "v2", "do", "publish").Is(404)
		head.Get(at + "/field?at=nobody").Is(404)
		head.Get("/services/finance.aging/form").Is(404)
	})
}

func TestFormsByInterface(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head, at := door(t, h).With("2001"), "/api/v1/services/finance.expense/form"
		got := head.Get(at).Is(200)
		tag := got.Header.Get("ETag")
		f := full()
		body, err := json.Marshal(f)
		must(t, err)
		put := func(tag string, body []byte) int {
			return head.JSON(http.MethodPut, at, json.RawMessage(body), "If-Match", tag).Status
		}
		if code := put(tag, body); code != 200 {
			t.Fatalf("put %d", code)
		}
		if !sameForm(h.service("finance.expense").Form, f) {
			t.Error("what came out is not what went in")
		}
		if code := put(tag, body); code != http.StatusPreconditionFailed {
			t.Errorf("an old state was written over: %d", code)
		}
		if code := put("*", []byte(`{"fields":[{"key":"a","type":"text","label":{"zh":"甲"},"visible":1}]}`)); code != 422 && code != 400 {
			t.Errorf("a misspelt key: %d", code)
		}
		if !strings.Contains(string(head.Get(at+"?version=1").Is(200).Body), `"invoice"`) {
			t.Error("the first version is gone")
		}
		head.Get(at + "?version=9").Is(404)
	})
}

func TestAPackWithAWholeForm(t *testing.T) {
	const pack = `schema: icm.template/v1
locale_order: [zh, en]
department: {code: finance, name: {zh: 财务部, en: Finance}, mission: {zh: 管账, en: Money}}
internal_customers: []
services:
  - code: finance.trip
    name: {zh: 差旅, en: Trip}
    description: {zh: 差旅, en: Trip}
    kind: request
    form:
      fields:
        - {key: kind, type: single_select, label: {zh: 类别, en: Kind}, required: true, options: [{code: car, label: {zh: 车, en: Car}}]}
        - key: items
          type: table
          label: {zh: 明细, en: Items}
          required: true
          max: 5
          fields:
            - {key: price, type: currency, label: {zh: 单价, en: Price}, required: true, sum: true, min: 0}
        - {key: total, type: formula, as: currency, label: {zh: 合计, en: Total}, required: false, formula: sum(items.price)}
        - key: why
          type: text
          label: {zh: 原因, en: Why}
          required: true
          visible_if: {all: [{field: total, op: gt, value: 5000}, {any: [{field: kind, op: in, value: [car]}]}]}
      sections:
        - {key: a, title: {zh: 甲, en: A}, columns: 2, fields: [kind, items]}
        - {key: b, title: {zh: 乙, en: B}, fields: [total, why]}
    standards: {response: {value: 1, unit: workdays_eod}, response_target_pct: 95, completion: {value: 5, unit: workdays_eod}, completion_target_pct: 90}
`
	p, problems := ParsePack([]byte(pack))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	f := p.Entries[0].Form
	if len(f.Sections) != 2 || len(f.Fields) != 4 || f.Fields[1].Fields[0].Min != "0" || f.Fields[3].VisibleIf.All[0].Value[0] != "5000" {
		t.Errorf("%s", f.Canonical())
	}
	_, problems = ParsePack([]byte(strings.Replace(strings.Replace(pack, "sum(items.price)", "sum(items.cost)", 1), "fields: [kind, items]", "fields: [items, kind]", 1)))
	var at []string
	for _, x := range problems {
		at = append(at, x.Column+" "+itoa(x.Line))
	}
	if want := []string{"services[0].form.fields[2].formula 20", "services[0].form.sections[0].fields[1] 27", "services[0].form.sections[1].fields[0] 28"}; !slices.Equal(at, want) {
		t.Errorf("%v, want %v", at, want)
	}
}

// buildByClicks puts a condition together as a reader without a script does: every button sends the form and stores nothing.
func buildByClicks(t *testing.T, head *webtest.Client, at, token string) {
	t.Helper()
	first := head.Form(at, "token", token, "at", "city", "build", "visible:group", "fields.label_zh", "目的地城市",
		"visible.match", "any", "visible[0].field", "kind", "visible[0].op", "eq", "visible[0].value", "travel").Is(200).Page()
	if n := first.Find(`select[name="visible[1][1].field"]`).Length(); n != 1 {
		t.Fatalf("%d places for the second rule of the group", n)
	}
	if v, _ := first.Find(`input[name="fields.label_zh"]`).Attr("value"); v != "目的地城市" {
		t.Errorf("a click lost what was typed: %q", v)
	}
	if n := first.Find(`select[name="visible[0].value"] option[value="travel"][selected]`).Length(); n != 1 {
		t.Error("the option is not offered")
	}
	page := head.Form(at, "token", token, "at", "city", "build", "visible:same", "fields.label_zh", "目的地", "visible.match", "none",
		"visible[0].field", "kind", "visible[0].op", "in", "visible[1].match", "all", "visible[1][0].field", "amount", "visible[1][0].op", "gt", "visible[1][1].field", "").Is(200).Page()
	if n := page.Find(`input[type=checkbox][name="visible[0].value"]`).Length(); n != 2 {
		t.Errorf("%d options to tick", n)
	}
	if n := page.Find(`input[name="visible[1][0].value"]`).Length(); n != 1 {
		t.Error("no place for the amount")
	}
	bad := head.Form(at, "token", token, "at", "city", "fields.label_zh", "目的地", "visible.match", "none", "visible[0].field", "kind", "visible[0].op", "in", "visible[0].value", "travel",
		"visible[1].match", "all", "visible[1][0].field", "", "visible[1][1].field", "amount", "visible[1][1].op", "gt").Is(422).Page()
	if bad.Find(".nk-build-group .nk-err").Length() != 1 || bad.Find(`select[name="visible[1][0].op"] option[value=gt][selected]`).Length() != 1 {
		t.Error("what is wrong is not told at its rule, or what was chosen is lost")
	}
	if out := head.Form(at, "token", token, "at", "city", "build", "visible:out:1", "fields.label_zh", "目的地", "visible[0].field", "kind", "visible[1].match", "all", "visible[1][0].field", "amount").Is(200).Page(); out.Find(".nk-build-group").Length() != 0 {
		t.Error("the group is still there")
	}
}
