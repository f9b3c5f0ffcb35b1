package form

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMoreAnswersBecomeCanonical(t *testing.T) {
	ctx := zone(t)
	for _, c := range []struct {
		name string
		kind Type
		raw  any
		want string
	}{
		{"a percentage with its sign", Percent, "１２．５％", "12.5"},
		{"a percentage as a number", Percent, json.Number("6"), "6"},
		{"no percentage", Percent, "很多", "!form.percent"},
		{"a way by codes", Cascade, "hardware/laptop", `"hardware/laptop"`},
		{"a way by labels", Cascade, "硬件 / 笔记本", `"hardware/laptop"`},
		{"a way from three selects", Cascade, []string{"hardware", "laptop", ""}, `"hardware/laptop"`},
		{"a way that stops half-way", Cascade, "hardware", "!form.choice"},
		{"a way of one step", Cascade, "other", `"other"`},
		{"ticked", Checkbox, "true", "true"},
		{"ticked in JSON", Checkbox, true, "true"},
		{"not ticked is no answer", Checkbox, false, ""},
		{"neither", Checkbox, "vielleicht", "!form.tick"},
		{"four stars", Rating, "4", "4"},
		{"six of five stars", Rating, 6.0, "!form.rating"},
		{"no star", Rating, "0", "!form.rating"},
		{"half a star", Rating, "3.5", "!form.rating"},
		{"a mail address", EmailURL, " Li@Example.COM ", `"Li@example.com"`},
		{"a full-width mail address", EmailURL, "ｌｉ＠example.com", `"li@example.com"`},
		{"a web address gets its scheme", EmailURL, "example.com/a?b=1", `"https://example.com/a?b=1"`},
		{"a web address as it is", EmailURL, "http://oa.intern:8080/x", `"http://oa.intern:8080/x"`},
		{"no script", EmailURL, "javascript:alert(1)", "!form.address"},
		{"a word is no address", EmailURL, "没有", "!form.address"},
		{"a name with an address is none", EmailURL, "Li <li@example.com>", "!form.address"},
		{"a relation by its number", Relation, "R-1", `"R-1"`},
		{"rows", Table, []any{map[string]any{"what": "车", "price": "3", "count": "2"}, map[string]any{"what": ""}}, `[{"cost":"6.00","count":2,"price":"3.00","what":"车"}]`},
		{"no rows", Table, []any{}, ""},
		{"a row that is none", Table, []any{"x"}, "!form.rows"},
		{"a text is no table", Table, "x", "!form.rows"},
	} {
		field, _ := all().Field(string(c.kind))
		v, errs, err := Form{Fields: []Field{field}}.Validate(ctx, Resolve{}, map[string]any{field.Key: c.raw})
		got := ""
		switch {
		case err != nil:
			t.Fatal(err)
		case errs.Len() > 0:
			got = "!" + errs.All()[0].Key
		case v[field.Key] != nil:
			b, _ := json.Marshal(v[field.Key])
			got = string(b)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestFindingsOfATableNameTheirRow(t *testing.T) {
	field, _ := all().Field("table")
	f := Form{Fields: []Field{field}}
	rows := []any{map[string]any{"what": "车", "price": "3"}, map[string]any{}, map[string]any{"price": "3.005", "sum": "1"}}
	_, errs, err := f.Validate(zone(t), Resolve{}, map[string]any{"table": rows})
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(errs.All()); !slices.Equal(got, []string{"fields.table[2].what", "fields.table[2].price", "fields.table[2].sum"}) {
		t.Errorf("%v", got)
	}
	posted := f.Posted(url.Values{"fields.table": {""}, "fields.table[7].what": {"乙"}, "fields.table[2].what": {"甲"}, "fields.table[2].price": {"1"}})
	v, errs, err := f.Validate(zone(t), Resolve{}, posted)
	if err != nil || errs.Len() > 0 || v.JSON() != `{"table":[{"cost":"0.00","price":"1.00","what":"甲"},{"what":"乙"}]}` {
		t.Errorf("%s %v %v", v.JSON(), errs.All(), err)
	}
	many := make([]any, MaxRows+1)
	for i := range many {
		many[i] = map[string]any{"what": "x"}
	}
	if _, errs, _ = f.Validate(zone(t), Resolve{}, map[string]any{"table": many}); errs.Len() != 1 || errs.All()[0].Key != "form.too-many-rows" {
		t.Errorf("%v", errs.All())
	}
}

func TestBoundsHold(t *testing.T) {
	ctx := zone(t)
	find := Resolve{Given: func(context.Context, string) (string, error) { return "2026-11-22", nil }}
	for _, c := range []struct {
		name  string
		field Field
		raw   any
		want  string
	}{
		{"too short", Field{Type: Text, Min: "4"}, "三个字", "form.min-length"},
		{"long enough", Field{Type: Text, Min: "3"}, "三个字", ""},
		{"too little", Field{Type: Number, Min: "0.5"}, "0.49", "form.min"},
		{"just enough", Field{Type: Number, Min: "0.5"}, "0.50", ""},
		{"too much money", Field{Type: Currency, Max: "500"}, "500.01", "form.max"},
		{"all the money", Field{Type: Currency, Max: "500"}, "500", ""},
		{"yesterday", Field{Type: Date, Min: "today"}, "2026-11-21", "form.min-day"},
		{"today", Field{Type: Date, Min: "today"}, "2026-11-22", ""},
		{"too far", Field{Type: Date, Max: "today+7"}, "2026-11-30", "form.max-day"},
		{"a moment of today in the reader's zone", Field{Type: DateTime, Max: "today"}, "2026-11-22T15:59:00Z", ""},
		{"a moment of tomorrow there", Field{Type: DateTime, Max: "today"}, "2026-11-22T16:00:00Z", "form.max-day"},
		{"a month gone by", Field{Type: Month, Min: "today"}, "2026-10", "form.min-day"},
		{"this month", Field{Type: Month, Min: "today"}, "2026-11", ""},
		{"one file is too few", Field{Type: Attachment, Min: "2"}, []string{"7001"}, "form.min-count"},
		{"eight stars", Field{Type: Rating, Max: "8"}, "8", ""},
		{"a code as it should be", Field{Type: Text, Pattern: `[A-Z]\d{3}`}, "A123", ""},
		{"a code with more", Field{Type: Text, Pattern: `[A-Z]\d{3}`}, "A1234", "form.pattern"},
		{"a code with our sentence", Field{Type: Text, Pattern: `\d+`, PatternText: text("只写数字", "Digits only")}, "A", "form.pattern-own"},
	} {
		c.field.Key, c.field.Label = "x", text("甲", "A")
		f := Form{Fields: []Field{c.field}}
		if errs := f.Check(); errs.Len() > 0 {
			t.Fatal(c.name, errs.All())
		}
		_, errs, err := f.Validate(ctx, find, map[string]any{"x": c.raw})
		got := ""
		if errs.Len() > 0 {
			got = errs.All()[0].Key
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}

func TestFormulasCountExactly(t *testing.T) {
	ctx := zone(t)
	two, none := 4, 0
	for _, c := range []struct {
		name, formula string
		as            Type
		decimals      *int
		want          string
	}{
		{"a tenth and two tenths", "a + b", Number, nil, "0.3"},
		{"a cent is not lost", "a * 3 * 100", Currency, nil, `"30.00"`},
		{"brackets", "(a + b) * 10 - 1", Number, nil, "2"},
		{"a third with four decimals", "1 / 3", Number, &two, "0.3333"},
		{"half goes up", "0.125 * 1", Number, nil, "0.13"},
		{"half goes down below nothing", "0 - 0.125", Number, nil, "-0.13"},
		{"whole numbers", "7 / 2", Number, &none, "4"},
		{"a percentage is its fraction", "money * rate", Currency, nil, `"13.00"`},
		{"a share as a percentage", "a / (a + b)", Percent, nil, "33.33"},
		{"nothing is divided by nothing", "a / blank", Number, nil, ""},
		{"a blank counts as nothing", "a + blank", Number, nil, "0.1"},
		{"only blanks are blank", "blank * 2", Number, nil, ""},
		{"a sum of a column", "sum(rows.price)", Currency, nil, `"20.09"`},
		{"a mean", "avg(rows.price)", Currency, nil, `"10.05"`},
		{"the least", "min(rows.price)", Currency, nil, `"0.10"`},
		{"the most of two", "max(a, b)", Number, nil, "0.2"},
		{"how many rows", "count(rows)", Number, nil, "2"},
		{"days", "days(from, to) + 1", Number, nil, "4"},
		{"a day is missing", "days(from, never)", Number, nil, ""},
		{"either", "money > 99.99 ? 1 : 2", Number, nil, "1"},
		{"or else", "money > 100 and agree ? 1 : 2", Number, nil, "2"},
		{"a tick", "agree ? 10 : 20", Number, nil, "10"},
		{"rounded inside", "round(a / b * 3, 0) * 10", Number, nil, "20"},
		{"without its sign", "abs(a - b)", Number, nil, "0.1"},
		{"a minus before it", "-a", Number, nil, "-0.1"},
	} {
		f := Form{Fields: []Field{
			{Key: "a", Type: Number, Label: text("甲", "A")}, {Key: "b", Type: Number, Label: text("乙", "B")}, {Key: "blank", Type: Number, Label: text("空", "Blank")},
			{Key: "money", Type: Currency, Label: text("金额", "Money")}, {Key: "rate", Type: Percent, Label: text("税率", "Rate")},
			{Key: "from", Type: Date, Label: text("自", "From")}, {Key: "to", Type: Date, Label: text("至", "To")}, {Key: "never", Type: Date, Label: text("无", "Never")},
			{Key: "agree", Type: Checkbox, Label: text("同意", "Agree")},
			{Key: "rows", Type: Table, Label: text("明细", "Rows"), Fields: []Field{{Key: "price", Type: Currency, Label: text("单价", "Price")}}},
			{Key: "x", Type: Formula, As: c.as, Decimals: c.decimals, Formula: c.formula, Label: text("结果", "Result")},
		}}
		if errs := f.Check(); errs.Len() > 0 {
			t.Errorf("%s: %v", c.name, errs.All())
			continue
		}
		v, errs, err := f.Validate(ctx, Resolve{}, map[string]any{"a": "0.1", "b": "0.2", "money": "100", "rate": "13", "from": "2026-09-28", "to": "2026-10-01", "agree": true,
			"rows": []any{map[string]any{"price": "0.1"}, map[string]any{"price": "19.99"}}, "x": "999"})
		got := ""
		if v["x"] != nil {
			b, _ := json.Marshal(v["x"])
			got = string(b)
		}
		if err != nil || errs.Len() > 0 || got != c.want {
			t.Errorf("%s: %s, want %s (%v %v)", c.name, got, c.want, errs.All(), err)
		}
	}
}

func TestFormulasThatAreNoneAreRefused(t *testing.T) {
	for formula, want := range map[string]string{
		"":                             "form.formula.syntax",
		"a +":                          "form.formula.syntax",
		"later * 2":                    "form.formula.field",
		"name * 2":                     "form.formula.field",
		"env.secret":                   "form.formula.field",
		"rows.price":                   "form.formula.no-number",
		"sum(rows.name)":               "form.formula.field",
		"a > 1":                        "form.formula.no-number",
		"a ** 9":                       "form.formula.unknown",
		`"x" + "y"`:                    "form.formula.unknown",
		"map(1..1000000, # * 2)":       "form.formula.unknown",
		"let x = 1; x":                 "form.formula.unknown",
		"now()":                        "form.formula.unknown",
		"round(a, b)":                  "form.formula.round",
		"days(a, b)":                   "form.formula.kind",
		"a ? 1 : 2":                    "form.formula.kind",
		"0.1234567890123456":           "form.formula.digits",
		"days(a)":                      "form.formula.arguments",
		strings.Repeat("a+", 60) + "a": "form.formula.too-big",
		strings.Repeat("(", 600):       "form.formula.too-long",
	} {
		f := Form{Fields: []Field{
			{Key: "a", Type: Number, Label: text("甲", "A")}, {Key: "b", Type: Number, Label: text("乙", "B")}, {Key: "name", Type: Text, Label: text("名", "Name")},
			{Key: "rows", Type: Table, Label: text("明细", "Rows"), Fields: []Field{{Key: "price", Type: Currency, Label: text("单价", "Price")}, {Key: "name", Type: Text, Label: text("名", "Name")}}},
			{Key: "x", Type: Formula, Formula: formula, Label: text("结果", "Result")},
			{Key: "later", Type: Number, Label: text("后", "Later")},
		}}
		errs := f.Check()
		if errs.Len() != 1 || errs.All()[0].Name != "fields[4].formula" || errs.All()[0].Key != want {
			t.Errorf("%q: %v, want %s", formula, errs.All(), want)
		}
	}
}

func TestNumbersAreGivenOnce(t *testing.T) {
	f := Form{Fields: []Field{{Key: "no", Type: AutoNumber, Number: "BX-{yyyy}{mm}-{0000}", Label: text("单号", "No")}}}
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var asked []string
	next := func(series string) (int64, error) { asked = append(asked, series); return int64(len(asked)) + 41, nil }
	v := Values{}
	for range 2 {
		if err := f.Numbered(v, at, next); err != nil {
			t.Fatal(err)
		}
	}
	if v["no"] != "BX-202611-0042" || len(asked) != 1 || asked[0] != "no:BX-202611-{0000}" {
		t.Errorf("%v %v", v, asked)
	}
	kept, errs, err := f.Validate(zone(t), Resolve{Before: v}, map[string]any{"no": "forged"})
	if err != nil || errs.Len() > 0 || kept["no"] != "BX-202611-0042" {
		t.Errorf("%v %v %v", kept, errs.All(), err)
	}
	if fresh, _, _ := f.Validate(zone(t), Resolve{}, map[string]any{"no": "forged"}); len(fresh) != 0 {
		t.Errorf("a number was forged: %v", fresh)
	}
}

func TestAnOptionThatIsGoneMayStay(t *testing.T) {
	f := Form{Fields: []Field{{Key: "s", Type: SingleSelect, Label: text("选", "S"), Options: []Option{option("a", "甲", "A"), {Code: "b", Label: text("乙", "B"), Inactive: true}}}}}
	if _, errs, _ := f.Validate(zone(t), Resolve{}, map[string]any{"s": "b"}); errs.Len() != 1 {
		t.Error("what is not offered was chosen")
	}
	if v, errs, _ := f.Validate(zone(t), Resolve{Before: Values{"s": "b"}}, map[string]any{"s": "b"}); errs.Len() != 0 || v["s"] != "b" {
		t.Error("what was chosen before is gone")
	}
}

func TestAnswersAreIndexed(t *testing.T) {
	f := all()
	for i := range f.Fields {
		f.Fields[i].Indexed = f.Fields[i].Type.Indexable()
	}
	v := Values{
		"text": " ＡＢＣ  笔记本 ", "number": json.Number("-12.5"), "currency": "38462.50", "percent": json.Number("6"), "date": "2026-10-14", "datetime": "2026-10-14T01:30:00Z",
		"month": "2026-10", "single_select": "oa", "multi_select": []string{"oa", "erp"}, "cascade": "hardware/laptop", "checkbox": true, "rating": json.Number("4"),
		"person": "01023", "formula": "38462.50", "autonumber": "BX-2026-0001", "long_text": "x", "attachment": []string{"7001"},
	}
	day := time.Date(2026, 10, 14, 0, 0, 0, 0, time.UTC).UnixMilli()
	number := func(key string, n int64) Entry { return Entry{Key: key, Number: n, IsNumber: true} }
	word := func(key, s string) Entry { return Entry{Key: key, Text: s} }
	want := []Entry{
		word("text", "abc 笔记本"), number("number", -12_500_000), number("currency", 38_462_500_000), number("percent", 6_000_000), number("date", day),
		number("datetime", day+90*60*1000), number("month", time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).UnixMilli()),
		word("single_select", "oa"), word("multi_select", "oa"), word("multi_select", "erp"), word("cascade", "hardware"), word("cascade", "hardware/laptop"),
		word("checkbox", "true"), number("rating", 4_000_000), word("person", "01023"), number("formula", 38_462_500_000), word("autonumber", "bx-2026-0001"),
	}
	if got := Indexed(f, v); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	big := Indexed(f, Values{"number": json.Number("999999999999.999999")})
	if len(big) != 1 || big[0].Number != 999999999999_999999 {
		t.Errorf("the largest number is %v", big)
	}
	f.Fields[0].Indexed = false
	if got := Indexed(f, Values{"text": "x"}); len(got) != 0 {
		t.Error("an index of what is not indexed")
	}
	for typed, entry := range map[[2]string]Entry{
		{"currency", "38,462.5"}: number("currency", 38_462_500_000), {"date", "2026年10月14日"}: number("date", day), {"single_select", "协同"}: word("single_select", "oa"),
		{"cascade", "hardware"}: word("cascade", "hardware"), {"multi_select", "erp"}: word("multi_select", "erp"), {"formula", "38462.5"}: number("formula", 38_462_500_000),
		{"text", "abc　笔记本"}: word("text", "abc 笔记本"), {"checkbox", "true"}: word("checkbox", "true"),
	} {
		field, _ := f.Field(typed[0])
		if got, ok := field.Sought(zone(t), typed[1]); !ok || got != entry {
			t.Errorf("%v is sought as %v %v", typed, got, ok)
		}
	}
	field, _ := f.Field("date")
	if _, ok := field.Sought(zone(t), "下周"); ok {
		t.Error("next week is no date")
	}
}

func TestOldDefinitionsKeepTheirBytes(t *testing.T) {
	const old = `{"fields":[{"key":"amount","type":"currency","label":{"zh":"金额","en":"Amount"},"required":true,"hint":{"zh":"元","en":"yuan"}},` +
		`{"key":"kind","type":"single_select","label":{"zh":"类别","en":"Kind"},"required":false,"options":[{"code":"a","label":{"zh":"甲","en":"A"}}]}]}`
	f, err := Parse([]byte(old))
	if err != nil || string(f.Canonical()) != old {
		t.Errorf("%s\n%s %v", old, f.Canonical(), err)
	}
}

func TestMoreDefinitionsAreChecked(t *testing.T) {
	label := text("甲", "A")
	is := func(field string, op Op, v ...string) *Condition {
		return &Condition{All: []Rule{{Field: field, Op: op, Value: v}}}
	}
	f := Form{
		Fields: []Field{
			{Key: "a", Type: Number, Label: label, Min: "5", Max: "1"},
			{Key: "b", Type: Text, Label: label, Min: "x", Pattern: "(", VisibleIf: is("c", Filled)},
			{Key: "c", Type: Rating, Label: label, Max: "11", Default: "3", Required: true, VisibleIf: is("a", Contains, "1")},
			{Key: "d", Type: Formula, Label: label, Formula: "a", Required: true, Indexed: true},
			{Key: "e", Type: LongText, Label: label, Indexed: true, Default: "{salary}"},
			{Key: "f", Type: Date, Label: label, Default: "gestern", VisibleIf: is("a", Above), RequiredIf: is("a", Is, "viel")},
			{Key: "g", Type: Table, Label: label, Fields: []Field{{Key: "h", Type: Table, Label: label}, {Key: "i", Type: AutoNumber, Number: "{00}", Label: label}, {Key: "a", Type: Text, Label: label, Sum: true}}},
			{Key: "j", Type: Attachment, Label: label, Accept: "pdf", Of: "x"},
			{Key: "k", Type: AutoNumber, Label: label, Number: "{yyyy}"},
			{Key: "l", Type: Text, Label: label, VisibleIf: &Condition{All: []Rule{{All: []Rule{{Any: []Rule{{Field: "a", Op: Filled}}}}}}}},
			{Key: "m", Type: Relation, Label: label},
		},
		Sections: []Section{{Key: "s", Title: label, Fields: []string{"b", "a"}}, {Key: "s", Title: label, Columns: 3, Fields: []string{"b", "zz"}}},
	}
	var got []string
	errs := f.Check()
	for _, x := range errs.All() {
		got = append(got, x.Name+" "+strings.TrimPrefix(x.Key, "form.definition."))
	}
	want := []string{
		"sections[0].fields[1] section-order", "sections[1].key section-key", "sections[1].columns columns", "sections[1].fields[0] section-twice", "sections[1].fields[1] section-field", "sections section-rest",
		"fields[0].max crossed",
		"fields[1].min bound", "fields[1].pattern pattern", "fields[1].visible_if.all[0].field rule-field",
		"fields[2].max bound", "fields[2].default default-unwanted", "fields[2].visible_if.all[0].op rule-op",
		"fields[3].required not-asked",
		"fields[4].default place", "fields[4].indexed indexed",
		"fields[5].default default", "fields[5].visible_if.all[0].value rule-value", "fields[5].required_if.all[0].value rule-answer",
		"fields[6].fields[0].type table-in-table", "fields[6].fields[1].number number", "fields[6].fields[2].sum sum",
		"fields[7].of unwanted", "fields[7].accept one-of",
		"fields[8].number number", "fields[9].visible_if.all[0].all[0] nested", "fields[10].of of",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestBothDoorsAgree proves for any answers: a posted form and JSON come to the same, and what came out can be sent again unchanged.
func TestBothDoorsAgree(t *testing.T) {
	ctx, f := zone(t), all()
	words := rapid.SampledFrom([]string{"", "12.5", "1,200", "2026-10-14", "2026年3月", "2026-10-14T09:30", "13800138000", "oa", "ERP", "hardware/laptop", "other", "true", "3",
		"li@example.com", "01023", "7001", "甲", "a\nb", "<b>", "x/y", "0.005"})
	rapid.Check(t, func(t *rapid.T) {
		posted, asJSON := url.Values{}, map[string]any{}
		for _, x := range f.Fields {
			switch x.Type {
			case MultiSelect, Attachment:
				list := rapid.SliceOfN(words, 0, 3).Draw(t, x.Key)
				posted["fields."+x.Key] = append([]string{""}, list...)
				asJSON[x.Key] = anys(list)
			case Table:
				posted.Set("fields."+x.Key, "")
				rows := []any{}
				for i := range rapid.IntRange(0, 3).Draw(t, "rows") {
					row := map[string]any{}
					for _, c := range x.Fields {
						s := words.Draw(t, c.Key)
						posted.Set(fmt.Sprintf("fields.%s[%d].%s", x.Key, i*2, c.Key), s)
						row[c.Key] = s
					}
					rows = append(rows, row)
				}
				asJSON[x.Key] = rows
			default:
				s := words.Draw(t, x.Key)
				posted.Set("fields."+x.Key, s)
				asJSON[x.Key] = s
			}
		}
		a, errsA, err := f.Validate(ctx, Resolve{}, f.Posted(posted))
		if err != nil {
			t.Fatal(err)
		}
		b, errsB, err := f.Validate(ctx, Resolve{}, asJSON)
		if err != nil || !slices.Equal(namesOf(errsA.All()), namesOf(errsB.All())) {
			t.Fatalf("%v\n%v", errsA.All(), errsB.All())
		}
		if errsA.Len() > 0 {
			var bad []string
			for _, name := range namesOf(errsA.All()) { // keep what is right, to go on with it
				key, _, _ := strings.Cut(strings.TrimPrefix(name, "fields."), "[")
				bad = append(bad, key)
			}
			for _, key := range bad {
				delete(asJSON, key)
			}
			if a, errsA, err = f.Validate(ctx, Resolve{}, asJSON); err != nil || errsA.Len() > 0 {
				t.Fatal(errsA.All(), err)
			}
			b = a
		}
		if a.JSON() != b.JSON() {
			t.Fatalf("posted %s, JSON %s", a.JSON(), b.JSON())
		}
		stored, err := ParseValues(a.JSON())
		if err != nil {
			t.Fatal(err)
		}
		again, errs, err := f.Validate(ctx, Resolve{Before: stored}, stored)
		if err != nil || errs.Len() > 0 || again.JSON() != a.JSON() {
			t.Fatalf("%s became %s (%v %v)", a.JSON(), again.JSON(), errs.All(), err)
		}
		back, err := Decode([]byte(a.JSON()))
		if err != nil {
			t.Fatal(err)
		}
		if again, errs, err = f.Validate(ctx, Resolve{Before: stored}, back); err != nil || errs.Len() > 0 || again.JSON() != a.JSON() {
			t.Fatalf("%s posted by the API became %s (%v %v)", a.JSON(), again.JSON(), errs.All(), err)
		}
	})
}

func anys(list []string) []any {
	out := make([]any, 0, len(list))
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

func TestADayThatWasAnsweredStands(t *testing.T) {
	f := Form{Fields: []Field{{Key: "due", Type: Date, Min: "today"}}}
	find := Resolve{Given: func(context.Context, string) (string, error) { return "2026-11-22", nil }}
	for _, c := range []struct {
		name, before, now string
		wrong             int
	}{{"as it was", "2026-11-20", "2026-11-20", 0}, {"another one gone by", "2026-11-20", "2026-11-21", 1}, {"first given", "", "2026-11-20", 1}} {
		if find.Before = nil; c.before != "" {
			find.Before = map[string]any{"due": c.before}
		}
		if _, errs, err := f.Validate(zone(t), find, map[string]any{"due": c.now}); err != nil || errs.Len() != c.wrong {
			t.Errorf("%s: %v %v", c.name, errs.All(), err)
		}
	}
}
