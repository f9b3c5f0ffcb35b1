package form

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func reader(t *testing.T, locale string) context.Context {
	t.Helper()
	book, err := lang.New(Locale, ui.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return lang.With(context.Background(), book, locale, "Asia/Shanghai")
}

func draw(t *testing.T, ctx context.Context, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestEveryTypeHasAnInput(t *testing.T) {
	ctx := reader(t, "zh")
	page := draw(t, ctx, Inputs(InputsProps{Form: all(), PeopleSource: "/people", UnitSource: "/units"}))
	for name, selector := range map[Type]string{
		Text: `input[type=text]`, LongText: `textarea`, Number: `input[inputmode=decimal]`, Currency: `input[inputmode=decimal]`, Date: `input[type=date]`,
		DateTime: `input[type=datetime-local]`, Month: `input[type=month]`, Phone: `input[type=tel]`, Person: `input[data-picker="/people"]`,
		Department: `input[data-picker="/units"]`, Attachment: `input[type=file][multiple]`, SingleSelect: `select`, MultiSelect: `input[type=checkbox]`,
	} {
		if n := page.Find(selector + `[name="fields.` + string(name) + `"]`).Length(); n == 0 {
			t.Errorf("%s has no %s", name, selector)
		}
	}
	units := draw(t, ctx, Inputs(InputsProps{Form: all(), Units: []ui.Option{{Value: "finance", Text: "财务部"}}}))
	if units.Find(`select[name="fields.department"] option`).Length() != 2 {
		t.Error("few units are no select")
	}
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	ctx := reader(t, "zh")
	f := all()
	raw := map[string]any{
		"currency": "38462.505", "datetime": "2026-10-14T01:30:00Z", "single_select": "erp", "multi_select": []string{"oa", "mail"},
		"attachment": []string{"7001", "9"}, "person": "01023", "text": `<b>"x"</b>`,
	}
	_, errs, err := f.Validate(ctx, finder, raw)
	if err != nil {
		t.Fatal(err)
	}
	page := draw(t, ctx, Inputs(InputsProps{
		Form: f, Raw: raw, Errors: ui.ErrorsOf(ctx, errs.Err(), nil),
		Chosen: map[string][]Ref{"attachment": {{Code: "7001", Name: "发票.pdf", Detail: "1 MB"}}, "person": {{Code: "01023", Name: "张伟"}}},
	}))
	if v, _ := page.Find(`[name="fields.currency"]`).Attr("value"); v != "38462.505" {
		t.Errorf("amount %q", v)
	}
	if v, _ := page.Find(`[name="fields.datetime"]`).Attr("value"); v != "2026-10-14T09:30" {
		t.Errorf("time %q", v)
	}
	if v, _ := page.Find(`[name="fields.single_select"] option[selected]`).Attr("value"); v != "erp" {
		t.Errorf("select %q", v)
	}
	if n := page.Find(`[name="fields.multi_select"][checked]`).Length(); n != 2 {
		t.Errorf("%d boxes", n)
	}
	if n := page.Find(`input[type=hidden][name="fields.attachment"]:not([value=""])`).Length(); n != 2 {
		t.Errorf("%d files are kept", n)
	}
	if v, _ := page.Find(`[name="fields.text"]`).Attr("value"); v != `<b>"x"</b>` {
		t.Errorf("text %q", v)
	}
	var said []string
	page.Find(".nk-err").Each(func(_ int, s *goquery.Selection) { said = append(said, strings.TrimSpace(s.Text())) })
	if len(said) != 2 || said[0] != "金额最多两位小数，例如 38462.50" || !strings.Contains(said[1], "找不到文件") {
		t.Errorf("said %q", said)
	}
}

func TestAnswersAreShown(t *testing.T) {
	f := all()
	zh := reader(t, "zh")
	v, errs, err := f.Validate(zh, finder, map[string]any{
		"text": "甲", "long_text": "一\n二", "number": "1200.50", "currency": "-38462.5", "date": "2026-10-14", "datetime": "2026-10-14 09:30", "month": "2026-10",
		"phone": "13800138000", "person": "张伟", "department": "finance", "attachment": []string{"7001"}, "single_select": "oa", "multi_select": []string{"mail", "oa"},
		"percent": "12.5%", "cascade": "硬件/笔记本", "checkbox": "true", "rating": "4", "email_url": "example.com/a", "relation": "R-1",
		"table": []any{map[string]any{"what": "出租车", "price": "38.5", "count": 2}},
	})
	if err != nil || errs.Len() > 0 {
		t.Fatal(errs.All(), err)
	}
	for locale, want := range map[string]map[string]string{
		"zh": {"currency": "−38,462.50", "date": "2026年10月14日 周三", "datetime": "2026年10月14日 周三 09:30", "person": "张伟 01023", "department": "财务部 finance", "single_select": "协同", "multi_select": "协同、邮箱"},
		"en": {"currency": "−38,462.50", "date": "Wed 14 Oct 2026", "single_select": "OA", "multi_select": "OA, Mail"},
	} {
		ctx := reader(t, locale)
		pairs, err := f.Shown(ctx, finder, v)
		if err != nil || len(pairs) != len(f.Fields)-1 { // no autonumber yet
			t.Fatal(len(pairs), err)
		}
		for i, x := range f.Fields[:len(f.Fields)-1] {
			if text, ok := want[x.Key]; ok && pairs[i].Text != text {
				t.Errorf("%s %s shows %q, want %q", locale, x.Key, pairs[i].Text, text)
			}
		}
		if page := draw(t, ctx, ui.Pairs(pairs)); page.Find(".nk-lines").Length() != 1 || page.Find(".nk-att").Length() != 1 {
			t.Error("lines or files are not drawn")
		}
	}
	f.Fields[0].Required = true
	pairs, err := f.Shown(zh, finder, Values{})
	if err != nil || len(pairs) != 1 || pairs[0].Text != "未填" {
		t.Errorf("%v %v", pairs, err)
	}
}

func TestTheSchemaDescribesTheAnswers(t *testing.T) {
	f := all()
	f.Fields[3].Required = true
	s := f.Schema(reader(t, "en"))
	properties := s["properties"].(map[string]any)
	if len(properties) != len(Types) || s["additionalProperties"] != false || s["required"].([]string)[0] != "currency" {
		t.Errorf("%v", s)
	}
	if codes := properties["single_select"].(map[string]any)["enum"].([]string); len(codes) != 3 {
		t.Errorf("%v", codes)
	}
}
