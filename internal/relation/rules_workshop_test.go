package relation

import (
	"strings"
	"testing"

	"neike/internal/kit/fault"
)

// TestSheetsFaceToFace: who lists whom, in which words, and who has not handed in yet.
func TestSheetsFaceToFace(t *testing.T) {
	line := func(side Side, other int64, what string) SheetLine {
		return SheetLine{Side: side, Other: other, Deliverable: what, Frequency: "monthly"}
	}
	sheets := []Sheet{
		{Unit: 1, State: SheetHandedIn, Lines: []SheetLine{line(Customer, 2, "月报"), line(Customer, 3, "报表"), line(Customer, 4, "凭证"), line(Customer, 9, "付款"), line(Provider, 2, "预测")}},
		{Unit: 2, State: SheetHandedIn, Lines: []SheetLine{line(Provider, 1, " 月报 ")}},
		{Unit: 3, State: SheetHandedIn, Lines: []SheetLine{line(Provider, 1, "经营报表"), line(Provider, 4, "合同")}},
		{Unit: 4, State: SheetDraft, Lines: []SheetLine{line(Provider, 1, "凭证"), line(Customer, 3, "合同")}},
	}
	want := "2→1 only_customer; 1→3 differs; 1→4 waits; 1→9 waits; 4→3 waits; 1→2 agrees"
	var got []string
	for _, f := range faced(sheets) {
		got = append(got, string('0'+rune(f.Provider))+"→"+string('0'+rune(f.Customer))+" "+string(f.Agreement))
	}
	if text := strings.Join(got, "; "); text != want {
		t.Errorf("%s\nwant %s", text, want)
	}
	sheets[3].State = SheetHandedIn
	sheets[3].Lines = nil
	n := 0
	for _, f := range faced(sheets) {
		if f.Agreement == OnlyProvider && f.Provider == 1 && f.Customer == 4 || f.Agreement == OnlyCustomer && f.Provider == 4 {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d of two conflicts with a sheet that lists nobody", n)
	}
}

// TestAWordOfASheet: the order of lines, blanks and capitals are no difference; how often and how good are.
func TestAWordOfASheet(t *testing.T) {
	a := []SheetLine{{Deliverable: "KPI 表", Frequency: "weekly"}, {Deliverable: "凭证", Criterion: "无误"}}
	for name, c := range map[string]struct {
		b    []SheetLine
		same bool
	}{
		"the other way round":  {[]SheetLine{{Deliverable: " 凭证", Criterion: "无误 "}, {Deliverable: "kpi  表", Frequency: "weekly", Expects: "快"}}, true},
		"less often":           {[]SheetLine{{Deliverable: "KPI 表", Frequency: "monthly"}, {Deliverable: "凭证", Criterion: "无误"}}, false},
		"by another criterion": {[]SheetLine{{Deliverable: "KPI 表", Frequency: "weekly"}, {Deliverable: "凭证", Criterion: "一天内"}}, false},
		"less":                 {a[:1], false},
	} {
		if got := wording(a) == wording(c.b); got != c.same {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestWhatASheetLacks: a draft may be unfinished, what is handed in may not.
func TestWhatASheetLacks(t *testing.T) {
	names := func(err error) string {
		var out []string
		if f, ok := fault.As(err); ok {
			for _, x := range f.Fields {
				out = append(out, x.Name)
			}
		}
		return strings.Join(out, " ")
	}
	if got := names(ready(nil)); got != "lines" {
		t.Error(got)
	}
	if got := names(ready([]SheetLine{{Other: 2}, {Other: 3, Deliverable: "月报", Expects: "快"}, {Other: 4, Deliverable: "月报", Expects: "快", Importance: 3}})); got != "deliverable.0 importance.1" {
		t.Error(got)
	}
	var bad fault.Fields
	l := SheetLine{Other: 1, Deliverable: strings.Repeat("长", 101), Frequency: "hourly", Criterion: strings.Repeat("长", 201), Expects: strings.Repeat("长", 501), Importance: 6}
	l.check("7", 1, &bad)
	if got := names(bad.Err()); got != "deliverable.7 criterion.7 expects.7 frequency.7 importance.7 other.7" {
		t.Error(got)
	}
	kept := tidied([]SheetLine{{Other: 2}, {Other: 2, Deliverable: "月报"}, {Other: 3}, {Other: 3}})
	if len(kept) != 2 || kept[0].Deliverable != "月报" || kept[1].Other != 3 {
		t.Errorf("%+v", kept)
	}
}
