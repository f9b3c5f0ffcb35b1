package measure

import (
	"math"
	"slices"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

func shares(counts ...[2]int64) []Point {
	var out []Point
	for i, c := range counts {
		out = append(out, Point{Month: After(202501, i), Hits: c[0], N: c[1], Value: share(c[0], c[1])})
	}
	return out
}

func singles(values ...float64) []Point {
	var out []Point
	for i, v := range values {
		out = append(out, Point{Month: After(202501, i), Value: v})
	}
	return out
}

func many(n int, c [2]int64) (out [][2]int64) {
	for range n {
		out = append(out, c)
	}
	return out
}

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
		ok   bool
	}{
		{"2026-11", 202611, true}, {" 2026-1 ", 202601, true}, {"2026/11", 202611, true}, {"202611", 202611, true}, {"2026年11月", 202611, true}, {"2026 年 1 月", 202601, true},
		{"2026.11", 202611, true}, {"2026-11-01", 202611, true}, {"2026-11-01 00:00:00", 202611, true}, {"2026-13", 202613, false}, {"11-2026", 0, false}, {"", 0, false}, {"26-11", 0, false},
	} {
		if got, ok := MonthOf(c.text); ok != c.ok || ok && got != c.want {
			t.Errorf("%q: %d, %v", c.text, got, ok)
		}
	}
	if After(202611, 2) != 202701 || After(202601, -1) != 202512 || MonthText(202601) != "2026-01" || (Span{202611, 202701}).Months() != 3 || (Span{202701, 202611}).Months() != 0 {
		t.Error("months do not add up")
	}
}

func TestHowAChartIsChosen(t *testing.T) {
	worse := append(many(12, [2]int64{95, 100}), many(6, [2]int64{70, 100})...)
	wild := many(6, [2]int64{9000, 10000})
	wild = append(append(wild, many(1, [2]int64{8000, 10000})...), many(1, [2]int64{9600, 10000})...)
	wild = append(wild, wild...)
	for _, c := range []struct {
		name     string
		kind     Kind
		points   []Point
		running  int64
		method   string
		why      string
		quarters bool
		baseline int
		signals  []string
	}{
		{"of nothing there is a line without points", Share, nil, 0, ByRun, FewDots, false, 0, nil},
		{"eleven months have no limits", Share, shares(many(11, [2]int64{95, 100})...), 0, ByRun, FewDots, false, 0, nil},
		{"a month that runs is no twelfth", Share, shares(many(12, [2]int64{95, 100})...), 202512, ByRun, FewDots, false, 0, nil},
		{"twelve months have", Share, shares(many(12, [2]int64{95, 100})...), 0, ByP, Plain, false, 0, nil},
		{"what changed after the baseline stands out", Share, shares(worse...), 0, ByP, Plain, false, 12, []string{Below, Below, Below, Below, Below, Below, Drift}},
		{"few cases are taken together by quarter", Share, shares(many(24, [2]int64{8, 10})...), 0, ByRun, FewCases, true, 0, nil},
		{"so are rare misses", Share, shares(many(24, [2]int64{99, 100})...), 0, ByRun, RareCases, true, 0, nil},
		{"five years of quarters have limits", Share, shares(many(60, [2]int64{8, 10})...), 0, ByXmR, FewCases, true, 12, nil},
		{"many cases that spread more than by chance", Share, shares(wild...), 0, ByLaney, WideSpread, false, 12, nil},
		{"values", Mean, singles(4, 4.1, 4, 3.9, 4, 4.1, 3.9, 4, 4.1, 4, 4, 3.9, 9), 0, ByXmR, Plain, false, 12, []string{Above}},
	} {
		got := ChartOf(c.kind, c.points, c.running)
		if got.Method != c.method || got.Why != c.why || got.Quarters != c.quarters || got.Baseline != c.baseline {
			t.Errorf("%s: %s %q quarters %v baseline %d", c.name, got.Method, got.Why, got.Quarters, got.Baseline)
		}
		var kinds []string
		for _, x := range got.Signals {
			kinds = append(kinds, x.Kind)
		}
		if c.signals != nil && len(kinds) < len(c.signals) || c.signals == nil && len(kinds) > 0 && c.name != "many cases that spread more than by chance" {
			t.Errorf("%s: %v", c.name, kinds)
		}
		for i, k := range c.signals {
			if i < len(kinds) && kinds[i] != k {
				t.Errorf("%s: %v, want %v", c.name, kinds, c.signals)
			}
		}
	}
}

func TestLimitsStayWithinWhatCanBe(t *testing.T) {
	c := ChartOf(Count, singles(0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9), 0)
	if c.Method != ByXmR || c.Dots[0].Low != 0 {
		t.Errorf("%s from %v", c.Method, c.Dots[0].Low)
	}
	c = ChartOf(Mean, singles(0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9), 0)
	if c.Dots[0].Low >= 0 {
		t.Errorf("a mean may be below 0: %v", c.Dots[0].Low)
	}
}

func TestAQuarterOfASampleBelowFiveIsNotTold(t *testing.T) {
	points := []Point{{Month: 202601, Hits: 1, N: 1, Value: none, Few: true}, {Month: 202602, Hits: 2, N: 2, Value: none, Few: true}, {Month: 202603, Value: none},
		{Month: 202604, Hits: 2, N: 3, Value: none, Few: true}, {Month: 202605, Hits: 3, N: 3, Value: none, Few: true}, {Month: 202606, Value: none}}
	c := ChartOf(Share, points, 0)
	if !c.Quarters || len(c.Dots) != 2 || c.Dots[0].Is() || !c.Dots[0].Few || !c.Dots[1].Is() || math.Abs(c.Dots[1].Value-5.0/6) > 1e-12 || c.Dots[1].Few {
		t.Errorf("%+v", c.Dots)
	}
}

func TestTwoRangesOfMonths(t *testing.T) {
	fell := shares(append(many(3, [2]int64{95, 100}), many(3, [2]int64{70, 100})...)...)
	for _, c := range []struct {
		name      string
		kind      Kind
		direction Direction
		points    []Point
		running   int64
		n         int
		says      string
		by        float64
	}{
		{"what fell is worse where more is better", Share, More, fell, 0, 3, Worse, -0.25},
		{"and better where less is", Share, Less, fell, 0, 3, Better, -0.25},
		{"and lower where neither is", Share, Neither, fell, 0, 3, Lower, -0.25},
		{"a month against one of ten cases", Share, More, shares([2]int64{9, 10}, [2]int64{10, 10}), 0, 1, CannotTell, 0.1},
		{"too few months", Share, More, fell, 0, 4, "", none},
		{"the month that runs is left out", Share, More, fell, 202506, 3, "", none},
		{"values have no interval", Mean, More, singles(3, 3, 4, 4), 0, 2, "", 1},
	} {
		got := Differ(c.kind, c.direction, c.points, c.running, c.n)
		if got.Says != c.says || math.IsNaN(got.By) != math.IsNaN(c.by) || !math.IsNaN(c.by) && math.Abs(got.By-c.by) > 1e-9 {
			t.Errorf("%s: %q, %v", c.name, got.Says, got.By)
		}
	}
}

func TestBudgets(t *testing.T) {
	for _, c := range []struct {
		target     float64
		total, bad int64
		ok, alarm  bool
	}{{0.95, 240, 9, true, false}, {0.95, 100, 6, true, true}, {0.95, 10, 2, true, false}, {1, 10, 0, false, false}, {0, 10, 0, false, false}, {0.9, 0, 0, false, false}, {0.9, 2, 3, false, false}} {
		b, ok := BudgetOf(c.target, c.total, c.bad)
		if ok != c.ok || ok && b.Alarming() != c.alarm {
			t.Errorf("%v: %v, %+v", c, ok, b)
		}
	}
	if b, _ := BudgetOf(0.9, 100, 0); !math.IsNaN(b.Lasts) || b.Left != 1 {
		t.Errorf("of nothing missed: %+v", b)
	}
	s := Series{Shown: true, Agreed: true, Target: 0.9, Points: shares([2]int64{9, 10}, [2]int64{8, 10}, [2]int64{10, 10})}
	if b, ok := budgetOf(s, Span{202502, 202503}); !ok || b.Total != 20 || b.Bad != 2 || math.Abs(b.Spent-1) > 1e-9 {
		t.Errorf("of a quarter: %+v", b)
	}
	if s.Agreed = false; true {
		if _, ok := budgetOf(s, Span{202502, 202503}); ok {
			t.Error("a budget of what nobody agreed on")
		}
	}
}

func TestLines(t *testing.T) {
	byUnit := Own{Kind: Share, ByUnit: true}
	lines, at := linesOf("部门\t月份\t达到\t总数\n\nproduction\t2026-10\t1,180\t1204\t复核后更正\r\nsales\t2026/10\t12\t12\n", byUnit)
	if len(lines) != 2 || at[0] != 3 || lines[0] != (Typed{Unit: "production", Month: "2026-10", Hits: "1,180", N: "1204", Note: "复核后更正"}) || lines[1].Unit != "sales" {
		t.Errorf("%+v %v", lines, at)
	}
	lines, _ = linesOf("2026-10; 4.2; 130", Own{Kind: Mean})
	if len(lines) != 1 || lines[0] != (Typed{Month: "2026-10", Amount: "4.2", N: "130"}) {
		t.Errorf("%+v", lines)
	}
	if e := lines[0]; true {
		f := newFields()
		if got := e.entry(f); f.Len() != 0 || got.Month != 202610 || *got.Amount != 4.2 || *got.N != 130 || got.Gone {
			t.Errorf("%+v", got)
		}
	}
	f := newFields()
	if (Typed{Month: "x", Hits: "1.5", N: "many"}).entry(f); f.Len() != 2 {
		t.Errorf("%v", f.All())
	}
}

func newFields() *fault.Fields { return &fault.Fields{} }

func TestWhatIsWrongWithADefinition(t *testing.T) {
	right := Own{Code: "scrap", Name: lang.Text{Zh: "废品率"}, Formula: lang.Text{Zh: "废品 ÷ 产量"}, Kind: Share, Unit: Percent, Direction: Less, Seen: Everybody}
	if f := right.check("zh"); f.Len() != 0 {
		t.Fatal(f.All())
	}
	over := 101.0
	for _, c := range []struct {
		name   string
		change func(*Own)
		field  string
	}{
		{"no code", func(o *Own) { o.Code = "" }, "code"}, {"a code in Chinese", func(o *Own) { o.Code = "废品" }, "code"}, {"a word of addresses", func(o *Own) { o.Code = "new" }, "code"},
		{"no name", func(o *Own) { o.Name.Zh = "" }, "name_zh"}, {"no formula", func(o *Own) { o.Formula.Zh = "" }, "formula_zh"}, {"no kind", func(o *Own) { o.Kind = "x" }, "kind"},
		{"a share in days", func(o *Own) { o.Unit = Days }, "measured_in"}, {"no direction", func(o *Own) { o.Direction = "up" }, "direction"}, {"nobody sees it", func(o *Own) { o.Seen = "x" }, "seen"},
		{"a share above all", func(o *Own) { o.Target = &over }, "target"},
	} {
		o := right
		c.change(&o)
		if f := o.check("zh"); f.Len() != 1 || f.All()[0].Name != c.field {
			t.Errorf("%s: %v", c.name, f.All())
		}
	}
}

func TestWhatIsWrongWithAnEntry(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	x := func(v float64) *float64 { return &v }
	shared, mean, by := Own{Kind: Share}, Own{Kind: Mean}, Own{Kind: Count, ByUnit: true}
	for _, c := range []struct {
		name  string
		of    Own
		entry Entry
		want  []string
	}{
		{"right", shared, Entry{Month: 202610, Hits: n(9), N: n(10)}, nil},
		{"right, a mean below 0", mean, Entry{Month: 202610, Amount: x(-1)}, nil},
		{"taken back", shared, Entry{Month: 202610, Gone: true}, nil},
		{"of a month to come", shared, Entry{Month: 202612, Hits: n(9), N: n(10)}, []string{"month"}},
		{"all of it at once", shared, Entry{Unit: "x", Amount: x(1)}, []string{"month", "unit", "value", "n", "hits"}},
		{"more than all", shared, Entry{Month: 202610, Hits: n(11), N: n(10)}, []string{"hits"}},
		{"of nothing", shared, Entry{Month: 202610, Hits: n(0), N: n(0)}, []string{"n"}},
		{"no unit", by, Entry{Month: 202610, Amount: x(1)}, []string{"unit"}},
		{"less than nothing", by, Entry{Unit: "x", Month: 202610, Amount: x(-1)}, []string{"value"}},
		{"counts of what is no share", mean, Entry{Month: 202610, Hits: n(1), Amount: x(1)}, []string{"hits"}},
	} {
		f := c.entry.check(c.of, 202611)
		var got []string
		for _, e := range f.All() {
			got = append(got, e.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
