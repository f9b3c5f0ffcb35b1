package form

import (
	"context"
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

func text(zh, en string) lang.Text { return lang.Text{Zh: zh, En: en} }

func option(code, zh, en string) Option { return Option{Code: code, Label: text(zh, en)} }

// all has one field of every type.
func all() Form {
	var f Form
	for _, t := range Types {
		x := Field{Key: string(t), Type: t, Label: text("甲", "A")}
		if t.Selects() {
			x.Options = []Option{option("oa", "协同", "OA"), option("erp", "ERP", "ERP"), option("mail", "邮箱", "Mail")}
		}
		switch t {
		case Cascade:
			x.Options = []Option{{Code: "hardware", Label: text("硬件", "Hardware"), Options: []Option{option("laptop", "笔记本", "Laptop"), option("screen", "显示器", "Screen")}}, option("other", "其他", "Other")}
		case Relation:
			x.Of = "request"
		case Table:
			x.Fields = []Field{{Key: "what", Type: Text, Label: text("事由", "What"), Required: true}, {Key: "price", Type: Currency, Label: text("单价", "Price"), Sum: true},
				{Key: "count", Type: Number, Label: text("数量", "Count")}, {Key: "cost", Type: Formula, As: Currency, Formula: "price * count", Label: text("小计", "Cost"), Sum: true}}
		case Formula:
			x.Formula, x.As = "sum(table.cost) + currency", Currency
		case AutoNumber:
			x.Number = "BX-{yyyy}-{0000}"
		}
		f.Fields = append(f.Fields, x)
	}
	return f
}

// finder knows one person of each of these numbers, two called 王芳, one unit and one file.
var finder = Resolve{
	People: func(_ context.Context, s string) ([]Ref, error) {
		switch s {
		case "01023", "张伟":
			return []Ref{{Code: "01023", Name: "张伟"}}, nil
		case "王芳":
			return []Ref{{Code: "01030", Name: "王芳"}, {Code: "01031", Name: "王芳"}}, nil
		}
		return nil, nil
	},
	Units: func(_ context.Context, s string) ([]Ref, error) {
		if s == "finance" || s == "财务部" {
			return []Ref{{Code: "finance", Name: "财务部"}}, nil
		}
		return nil, nil
	},
	Files: func(_ context.Context, ids []string) ([]Ref, error) {
		var out []Ref
		for _, id := range ids {
			if id == "7001" || id == "7002" {
				out = append(out, Ref{Code: id})
			}
		}
		return out, nil
	},
}

func zone(t testing.TB) context.Context {
	t.Helper()
	book, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	return lang.With(context.Background(), book, "zh", "Asia/Shanghai")
}

func TestAnswersBecomeCanonical(t *testing.T) {
	ctx := zone(t)
	for _, c := range []struct {
		name string
		kind Type
		raw  any
		want string // canonical JSON, "" for no answer, "!key" for a finding
	}{
		{"text is trimmed", Text, "  研发工程师　", `"研发工程师"`},
		{"text is one line", Text, "a\r\nb", `"a b"`},
		{"blank text is no answer", Text, " 　 ", ""},
		{"a number where a text is wanted keeps its digits", Text, 12.0, `"12"`},
		{"an object is no text", Text, map[string]any{"a": 1}, "!form.one-value"},
		{"control characters are dropped", Text, "a\x07b", `"ab"`},
		{"only control characters are no answer", Text, "\x07", ""},
		{"a null byte is refused", Text, "a\x00b", "!form.not-text"},
		{"text has 200 characters at most", Text, strings.Repeat("字", 201), "!form.too-long"},
		{"200 are fine", Text, strings.Repeat("字", 200), `"` + strings.Repeat("字", 200) + `"`},
		{"long text keeps its lines", LongText, "第一行\r\n第二行", `"第一行\n第二行"`},
		{"long text has 5000 at most", LongText, strings.Repeat("字", 5001), "!form.too-long"},

		{"a whole number", Number, "12", "12"},
		{"leading and trailing zeros go", Number, "0012.500", "12.5"},
		{"full-width digits", Number, "１２．５", "12.5"},
		{"thousands separators", Number, "1,200,000", "1200000"},
		{"misplaced separators are no number", Number, "12,00", "!form.number"},
		{"negative zero is zero", Number, "-0.0", "0"},
		{"a JSON number", Number, 3.25, "3.25"},
		{"words are no number", Number, "三个", "!form.number"},
		{"an exponent is no number", Number, "1e5", "!form.number"},
		{"seven decimals are too many", Number, "0.1234567", "!form.number-decimals"},
		{"thirteen digits are too many", Number, "1234567890123", "!form.number-range"},

		{"money has two decimals", Currency, "38462.5", `"38462.50"`},
		{"money without decimals", Currency, 100.0, `"100.00"`},
		{"money with a sign and separators", Currency, "￥38,462.50元", `"38462.50"`},
		{"trailing zeros do not count as decimals", Currency, "1.500", `"1.50"`},
		{"a third decimal is refused", Currency, "38462.505", "!form.currency-decimals"},
		{"a credit is negative", Currency, "-3", `"-3.00"`},
		{"no money", Currency, "多少都行", "!form.currency"},

		{"an ISO date", Date, "2026-10-14", `"2026-10-14"`},
		{"slashes", Date, "2026/3/5", `"2026-03-05"`},
		{"Chinese", Date, "2026年3月5日", `"2026-03-05"`},
		{"eight digits", Date, "20260305", `"2026-03-05"`},
		{"a leap day", Date, "2028-02-29", `"2028-02-29"`},
		{"a day that is not in the calendar", Date, "2026-02-30", "!form.date-unreal"},
		{"a year nobody means", Date, "0026-02-03", "!form.date-unreal"},
		{"not a date", Date, "下周三", "!form.date"},

		{"local time is taken in the reader's zone", DateTime, "2026-10-14T09:30", `"2026-10-14T01:30:00Z"`},
		{"with a blank and Chinese", DateTime, "2026年10月14日 9:30", `"2026-10-14T01:30:00Z"`},
		{"an instant", DateTime, "2026-10-14T09:30:00+08:00", `"2026-10-14T01:30:00Z"`},
		{"a day alone is no time", DateTime, "2026-10-14", "!form.datetime"},
		{"25 o'clock", DateTime, "2026-10-14 25:00", "!form.datetime"},

		{"a month", Month, "2026-10", `"2026-10"`},
		{"a month in Chinese", Month, "2026年3月", `"2026-03"`},
		{"six digits", Month, "202603", `"2026-03"`},
		{"a thirteenth month", Month, "2026-13", "!form.date-unreal"},
		{"a day is no month", Month, "2026-10-14", "!form.month"},

		{"a mobile", Phone, "138 0013 8000", `"13800138000"`},
		{"a mobile with the country", Phone, "+86 138-0013-8000", `"13800138000"`},
		{"a landline of three and eight", Phone, "01062345678", `"010-62345678"`},
		{"a landline of four and seven, with an extension", Phone, "（0519）8234567转812", `"0519-8234567-812"`},
		{"an extension", Phone, "8021", `"8021"`},
		{"a service number", Phone, "4008123456", `"400-812-3456"`},
		{"abroad", Phone, "+49 30 123456", `"+4930123456"`},
		{"not a phone", Phone, "找前台", "!form.phone"},
		{"a mobile with a digit missing", Phone, "1380013800", "!form.phone"},

		{"a person by 工号 keeps the leading zero", Person, "01023", `"01023"`},
		{"a person by a name only one bears", Person, "张伟", `"01023"`},
		{"a name two bear", Person, "王芳", "!form.person-several"},
		{"nobody", Person, "赵无", "!form.person"},
		{"a unit by code", Department, "finance", `"finance"`},
		{"a unit by name", Department, "财务部", `"finance"`},
		{"no unit", Department, "保密局", "!form.department"},

		{"files once each", Attachment, []any{"7001", 7002.0, "7001"}, `["7001","7002"]`},
		{"a single file", Attachment, "7001", `["7001"]`},
		{"no file", Attachment, []string{""}, ""},
		{"a file that is not there", Attachment, []string{"7001", "9"}, "!form.file"},
		{"a path is no file", Attachment, "../etc/passwd", "!form.file"},
		{"more files than fit", Attachment, strings.Split(strings.Repeat("a,b1,c2,d3,e4,f5,g6,h7,i8,j9,", 1)+"k,l,m,n,o,p,q,r,s,t,u", ","), "!form.too-many-files"},

		{"an option by code", SingleSelect, "erp", `"erp"`},
		{"an option by label", SingleSelect, "邮箱", `"mail"`},
		{"an option by English label", SingleSelect, "mail", `"mail"`},
		{"no such option", SingleSelect, "sap", "!form.choice"},
		{"several where one is asked", SingleSelect, []any{"oa", "erp"}, "!form.one-value"},
		{"options come in the order of the form", MultiSelect, []any{"mail", "oa", "mail"}, `["oa","mail"]`},
		{"one option", MultiSelect, "erp", `["erp"]`},
		{"no option", MultiSelect, []any{}, ""},
		{"one wrong option", MultiSelect, []any{"oa", "sap"}, "!form.choice"},
		{"an object is no list", MultiSelect, map[string]any{}, "!form.list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			field, _ := all().Field(string(c.kind))
			f := Form{Fields: []Field{field}}
			values, errs, err := f.Validate(ctx, finder, map[string]any{field.Key: c.raw})
			if err != nil {
				t.Fatal(err)
			}
			if key, wrong := strings.CutPrefix(c.want, "!"); wrong {
				if errs.Len() != 1 || errs.All()[0].Key != key || errs.All()[0].Name != "fields."+field.Key {
					t.Fatalf("got %v %v, want %s", values, errs.All(), key)
				}
				said := lang.T(ctx, key, fault.Flat(errs.All()[0].Args)...)
				if strings.Contains(said, "{{") || strings.Contains(said, "no value") || said == key {
					t.Errorf("the sentence is not complete: %s", said)
				}
				return
			}
			want := "{}"
			if c.want != "" {
				want = `{"` + field.Key + `":` + c.want + `}`
			}
			if errs.Len() > 0 || values.JSON() != want {
				t.Fatalf("got %s %v, want %s", values.JSON(), errs.All(), want)
			}
		})
	}
}

func TestErrorsComeAllAtOnce(t *testing.T) {
	f := Form{Fields: []Field{
		{Key: "amount", Type: Currency, Label: text("金额（元）", "Amount"), Required: true},
		{Key: "invoice", Type: Attachment, Label: text("发票", "Invoice"), Required: true},
		{Key: "reason", Type: LongText, Label: text("原因", "Reason"), Required: true},
		{Key: "due", Type: Date, Label: text("日期", "Date")},
	}}
	_, errs, err := f.Validate(zone(t), finder, map[string]any{"amount": "38462.505", "reason": " ", "ammount": 3, "due": nil})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range errs.All() {
		got = append(got, x.Name+" "+x.Key)
	}
	want := []string{"fields.amount form.currency-decimals", "fields.invoice form.required-file", "fields.reason form.required", "fields.ammount form.unknown-field"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	said := lang.T(zone(t), errs.All()[0].Key, fault.Flat(errs.All()[0].Args)...)
	if said != "金额最多两位小数，例如 38462.50" {
		t.Errorf("said %s", said)
	}
}

func TestAPostedFormAndJSONAgree(t *testing.T) {
	ctx, f := zone(t), all()
	posted := url.Values{
		"fields.text": {"甲"}, "fields.currency": {"12.5"}, "fields.multi_select": {"oa", "mail"}, "fields.attachment": {"7001", "7002"},
		"fields.date": {""}, "title": {"not a field"},
	}
	a, errs, err := f.Validate(ctx, finder, f.Posted(posted))
	if err != nil || errs.Len() > 0 {
		t.Fatal(errs.All(), err)
	}
	raw, err := Decode([]byte(`{"text":"甲","currency":12.50,"multi_select":["mail","oa"],"attachment":[7001,"7002"],"date":null}`))
	if err != nil {
		t.Fatal(err)
	}
	b, errs, err := f.Validate(ctx, finder, raw)
	if err != nil || errs.Len() > 0 {
		t.Fatal(errs.All(), err)
	}
	want := `{"attachment":["7001","7002"],"currency":"12.50","formula":"12.50","multi_select":["oa","mail"],"text":"甲"}`
	if a.JSON() != want || b.JSON() != want {
		t.Errorf("posted %s, JSON %s, want %s", a.JSON(), b.JSON(), want)
	}
	if fen, ok := a.Cents("currency"); !ok || fen != 1250 {
		t.Errorf("cents %d %v", fen, ok)
	}
	if ids := f.Files(a); !reflect.DeepEqual(ids, []string{"7001", "7002"}) {
		t.Errorf("files %v", ids)
	}
	back, err := ParseValues(a.JSON())
	if err != nil || back.JSON() != want {
		t.Errorf("read back %s %v", back.JSON(), err)
	}
	if _, errs, _ := f.Validate(ctx, finder, f.Posted(url.Values{"fields.gone": {"x"}})); errs.Len() != 1 {
		t.Error("an input of an older form was dropped silently")
	}
}

func TestDefinitionsAreChecked(t *testing.T) {
	if errs := all().Check(); errs.Len() != 0 {
		t.Fatal(errs.All())
	}
	f := Form{Fields: []Field{
		{Key: "Amount", Type: Currency, Label: text("金额", "")},
		{Key: "a", Type: "money", Label: text("", "")},
		{Key: "a", Type: SingleSelect, Label: text("甲", "A")},
		{Key: "b", Type: Text, Label: text(strings.Repeat("长", 81), "A"), Options: []Option{option("x", "乙", "B")}},
		{Key: "c", Type: MultiSelect, Label: text("丙", "C"), Options: []Option{option("x", "乙", "B"), option("x", "", ""), option("空 格", "丁", "D")}},
	}}
	errs := f.Check()
	var got []string
	for _, x := range errs.All() {
		got = append(got, x.Name+" "+x.Key)
	}
	want := []string{
		"fields[0].key form.definition.key", "fields[1].type form.definition.type", "fields[1].label form.definition.label",
		"fields[2].key form.definition.key-twice", "fields[2].options form.definition.options-missing",
		"fields[3].label form.too-long", "fields[3].options form.definition.options-unwanted",
		"fields[4].options[1].code form.definition.code-twice", "fields[4].options[1].label form.definition.label",
		"fields[4].options[2].code form.definition.code",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestADefinitionSurvivesStorage(t *testing.T) {
	f := all()
	back, err := Parse(f.Canonical())
	if err != nil || string(back.Canonical()) != string(f.Canonical()) {
		t.Fatalf("%s %v", back.Canonical(), err)
	}
	f.Fields[0].Required = true
	if string(back.Canonical()) == string(f.Canonical()) {
		t.Error("a changed definition has the same bytes")
	}
	if string(Form{}.Canonical()) != `{"fields":[]}` {
		t.Errorf("empty form is %s", Form{}.Canonical())
	}
}

func TestWordsAreComplete(t *testing.T) {
	book, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Error(missing)
	}
}

// FuzzAnswers proves that no answer breaks the reading, and that what is canonical stays as it is.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{"", "12.5", "2026年3月5日", "１２，０００", "-0", "+86 13800138000", "2026-10-14T09:30", "oa", "\xff", "\u202e", "7001", "[]"} {
		f.Add(s)
	}
	ctx := zone(f)
	form := all()
	anyone := Resolve{}
	f.Fuzz(func(t *testing.T, s string) {
		raw := map[string]any{}
		for _, x := range form.Fields {
			raw[x.Key] = s
		}
		for _, x := range form.Fields {
			one := Form{Fields: []Field{x}}
			values, errs, err := one.Validate(ctx, anyone, map[string]any{x.Key: s})
			if err != nil {
				t.Fatal(err)
			}
			if errs.Len() > 0 {
				continue
			}
			stored := values.JSON()
			if !json.Valid([]byte(stored)) {
				t.Fatalf("%s of %q is no JSON: %s", x.Key, s, stored)
			}
			again, err := Decode([]byte(stored))
			if err != nil {
				t.Fatal(err)
			}
			twice, errs, err := one.Validate(ctx, anyone, again)
			if err != nil || errs.Len() > 0 || twice.JSON() != stored {
				t.Fatalf("%s of %q: %s became %s, %v %v", x.Key, s, stored, twice.JSON(), errs.All(), err)
			}
		}
		if _, _, err := form.Validate(ctx, anyone, raw); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	ctx := zone(b)
	f := Form{Fields: []Field{
		{Key: "amount", Type: Currency, Label: text("金额", "Amount"), Required: true},
		{Key: "budget", Type: Text, Label: text("预算", "Budget"), Required: true},
		{Key: "reason", Type: LongText, Label: text("原因", "Reason"), Required: true},
	}}
	raw := map[string]any{"amount": "38462.50", "budget": "6602.04", "reason": "宁德产线项目 9 月现场安装调试"}
	b.ReportAllocs()
	for b.Loop() {
		if _, errs, err := f.Validate(ctx, Resolve{}, raw); err != nil || errs.Len() > 0 {
			b.Fatal(err)
		}
	}
}
