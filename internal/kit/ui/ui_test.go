package ui

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"neike/assets"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

func reader(t testing.TB, locale string) context.Context {
	t.Helper()
	book, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	return lang.With(context.Background(), book, locale, "Asia/Shanghai")
}

func html(t testing.TB, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWords(t *testing.T) {
	book, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Errorf("only in one language: %v", missing)
	}
}

// Every icon named anywhere in the house is in the sprite.
func TestIconsExist(t *testing.T) {
	named := regexp.MustCompile(`Icon: +"([a-z0-9-]+)"|Icon(?:Small|Large)?\("([a-z0-9-]+)"\)|icon\("([a-z0-9-]+)"`)
	err := filepath.WalkDir("../../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if ext := filepath.Ext(path); d.IsDir() || ext != ".templ" && ext != ".go" && ext != ".js" || strings.Contains(path, "vendor/") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range named.FindAllStringSubmatch(string(src), -1) {
			if name := m[1] + m[2] + m[3]; !assets.HasIcon(name) {
				t.Errorf("%s: no icon %q in assets/src/icons.svg", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"陈思远": "陈", "Zhou Min": "ZM", "Maria de Oliveira": "MO", "ana": "A", "": "?", "欧阳 锋": "欧"} {
		if got := initials(name); got != want {
			t.Errorf("%q has %q, want %q", name, got, want)
		}
	}
}

func TestText(t *testing.T) {
	got := html(t, context.Background(), Text("看 https://example.com/a?b=c。 @[罗佳] <script> (http://x.cn/y)."))
	for _, want := range []string{`href="https://example.com/a?b=c"`, `<span class="nk-mention">@罗佳</span>`, "&lt;script&gt;", `>http://x.cn/y</a>`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	if got := html(t, context.Background(), Text("@[不闭合 和 @")); got != "@[不闭合 和 @" {
		t.Errorf("an open bracket is text: %s", got)
	}
}

func TestErrorsOf(t *testing.T) {
	ctx := reader(t, "zh")
	var f fault.Fields
	f.Add("amount", "ui.optional")
	f.Add("why", "ui.remove", "name", "甲")
	e := ErrorsOf(ctx, f.Err(), map[string]string{"amount": "金额"})
	if e.At("amount") != "选填" || e.At("why") != "去掉 甲" || e.At("other") != "" || e.Form != "" {
		t.Errorf("%+v", e)
	}
	page := html(t, ctx, ErrorSummary(e))
	if !strings.Contains(page, `href="#f-amount">金额</a>、<a href="#f-why">去掉 甲</a>`) {
		t.Error(page)
	}
	var many fault.Fields
	for _, name := range []string{"a", "b", "c"} {
		many.Add(name, "ui.optional")
	}
	many.Add("d", "ui.remove", "name", "甲")
	if page = html(t, ctx, ErrorSummary(ErrorsOf(ctx, many.Err(), nil))); strings.Count(page, "选填") != 1 || !strings.Contains(page, `>选填</a>、<a href="#f-d">去掉 甲</a>`) || !strings.Contains(page, "4") {
		t.Error(page)
	}
	if page = html(t, ctx, ErrorSummary(ErrorsOf(ctx, many.Err(), map[string]string{"a": "甲", "b": "乙", "c": "丙"}))); !strings.Contains(page, `>甲</a>、<a href="#f-b">乙</a>、<a href="#f-c">丙</a>`) {
		t.Error(page)
	}
	if e := ErrorsOf(ctx, fault.New(fault.Conflict, "ui.close"), nil); e.Form != "关闭" {
		t.Errorf("%+v", e)
	}
	if ErrorsOf(ctx, nil, nil).Any() {
		t.Error("no error has no sentences")
	}
	var long fault.Fields
	long.Add("why", "ui.remove", "name", strings.Repeat("长", 10_000))
	if said := ErrorsOf(ctx, long.Err(), nil).At("why"); len([]rune(said)) > 70 || !strings.HasSuffix(said, "长…") {
		t.Errorf("a sentence of %d characters repeats what was typed", len([]rune(said)))
	}
}

func TestSentence(t *testing.T) {
	ctx := reader(t, "zh")
	for _, c := range []struct {
		of   Errors
		want string
	}{
		{Errors{}, ""},
		{Errors{Form: "太多了"}, "太多了"},
		{Errors{Fields: []FieldError{{Text: "选填"}}}, "选填"},
		{Errors{Fields: []FieldError{{Name: "a", Text: "选填"}, {Name: "b", Text: "选填"}}}, "选填"},
		{Errors{Fields: []FieldError{{Label: "单位", Text: "没有"}, {Label: "日期", Text: "不是日期"}, {Label: "服务", Text: "没有"}}}, "单位、服务：没有；日期：不是日期"},
		{Errors{Fields: []FieldError{{Label: "单位", Text: "没有"}, {Text: "不是日期"}}}, "单位：没有；不是日期"},
		{Errors{Form: "太多了", Fields: []FieldError{{Label: "单位", Text: "没有"}}}, "单位：没有"},
	} {
		if got := c.of.Sentence(ctx); got != c.want {
			t.Errorf("%+v: %q, want %q", c.of, got, c.want)
		}
	}
	if got := (Errors{Fields: []FieldError{{Label: "Unit", Text: "none"}, {Label: "Date", Text: "wrong"}}}).Sentence(reader(t, "en")); got != "Unit: none; Date: wrong" {
		t.Errorf("%q", got)
	}
}

func TestWhisker(t *testing.T) {
	p := WhiskerProps{Min: 50, Max: 100}
	for v, want := range map[float64]string{50: "0%", 75: "50%", 100: "100%", 20: "0%", 120: "100%"} {
		if got := p.at(v); got != want {
			t.Errorf("%v lies at %s, want %s", v, got, want)
		}
	}
	if got := (WhiskerProps{}).at(25); got != "25%" {
		t.Errorf("the scale is 0 to 100 by default: %s", got)
	}
}

func day(d int) HopDay {
	at := func(h int) time.Time { return time.Date(2026, 10, d, h, 0, 0, 0, time.UTC) }
	return HopDay{Label: "x", Start: at(0), End: at(24), Open: []TimeSpan{{at(8), at(12)}, {at(13), at(17)}}}
}

func TestHopChart(t *testing.T) {
	at := func(d, h int) time.Time { return time.Date(2026, 10, d, h, 0, 0, 0, time.UTC) }
	holiday := HopDay{Label: "x", Start: at(9, 0), End: at(10, 0)}
	c := newHopChart(HopLaneProps{Days: []HopDay{day(8), holiday, day(10)}})
	if c.Long || c.Width != hopWidth {
		t.Errorf("three days fit: %v", c.Width)
	}
	wide := (hopWidth - hopLeft - 4 - hopClosed) / 2
	for name, x := range map[string][2]float64{
		"before the first day":         {c.at(at(7, 12)), hopLeft},
		"before work is its start":     {c.at(at(8, 6)), hopLeft},
		"half the day at lunch":        {c.at(at(8, 12)), hopLeft + wide/2},
		"lunch has no width":           {c.at(at(8, 13)), hopLeft + wide/2},
		"the night belongs to the end": {c.at(at(8, 23)), hopLeft + wide},
		"a holiday has its strip":      {c.at(at(9, 12)), hopLeft + wide + hopClosed/2},
		"after the last day":           {c.at(at(20, 1)), hopWidth - 4},
	} {
		if d := x[0] - x[1]; d > 0.01 || d < -0.01 {
			t.Errorf("%s: at %v, want %v", name, x[0], x[1])
		}
	}
	var month []HopDay
	for d := 1; d <= 28; d++ {
		month = append(month, day(d))
	}
	if c := newHopChart(HopLaneProps{Days: month}); !c.Long || c.Days[27].W < hopDayMin {
		t.Error("a month is wider than the card and each day has room for its name")
	}
	quiet := func(days int) string { return strconv.Itoa(days) + " days" }
	held := HopLane{Unit: "u", Segments: []HopSegment{{From: at(1, 9), To: at(3, 10)}, {From: at(3, 10), To: at(27, 16)}}}
	whole := newHopChart(HopLaneProps{Days: month, Lanes: []HopLane{held}, Now: &HopFlag{At: at(27, 16), Text: "now"}, Quiet: quiet})
	var names []string
	for _, d := range whole.Days {
		names = append(names, d.Label)
	}
	if whole.Long || strings.Join(names, ",") != "x,x,x,23 days,x,x" || whole.Days[3].W > 80 {
		t.Errorf("a month on which little happened is seen at a glance: %v wide, %v", whole.Width, names)
	}
	if before, after := whole.at(at(4, 8)), whole.at(at(26, 17)); before >= after || before != whole.Days[3].X || after > whole.Now.X {
		t.Errorf("a folded day lies at %v, the last of them at %v, now at %v", before, after, whole.Now.X)
	}
	if c := newHopChart(HopLaneProps{Days: month[:5], Lanes: []HopLane{held}, Quiet: quiet}); len(c.Days) != 5 {
		t.Errorf("five days fit, and %d are drawn", len(c.Days))
	}
	empty := newHopChart(HopLaneProps{Now: &HopFlag{At: at(8, 9), Text: "now"}, Due: &HopFlag{At: at(8, 9), Text: "due"}})
	if empty.Width != hopWidth {
		t.Error("a chart without days is drawn")
	}
	near := newHopChart(HopLaneProps{Days: []HopDay{day(8)}, Now: &HopFlag{At: at(8, 9), Text: "此刻 09:00"}, Due: &HopFlag{At: at(8, 9), Text: "到期 09:00"}})
	if near.Now.BoxX < near.Due.BoxX+near.Due.BoxW && near.Due.BoxX < near.Now.BoxX+near.Now.BoxW && near.Now.Y == near.Due.Y {
		t.Error("two flags at one moment do not cover each other")
	}
}

func TestQR(t *testing.T) {
	svg := qrSVG(QRProps{Text: "https://neike.example.com/a/" + strings.Repeat("x", 80), Label: `"扫码"`})
	if !strings.Contains(svg, "&#34;扫码&#34;") || strings.Count(svg, "M") < 100 {
		t.Error(svg[:min(200, len(svg))])
	}
	if qrSVG(QRProps{Text: strings.Repeat("x", 5000)}) != "" {
		t.Error("what no code holds gives none")
	}
}

func TestGroups(t *testing.T) {
	got := groups([]Option{{Text: "a"}, {Text: "b", Group: "1"}, {Text: "c", Group: "1"}, {Text: "d", Group: "2"}})
	if !slices.EqualFunc(got, []int{1, 2, 1}, func(g []Option, n int) bool { return len(g) == n }) {
		t.Error(got)
	}
	if groups(nil) != nil {
		t.Error("nothing has no groups")
	}
}

// A frame for nobody has no navigation, no search, no inbox, no menu, no stream.
func TestFrameOfNobody(t *testing.T) {
	page := html(t, reader(t, "zh"), Page(PageProps{Title: "页"}))
	for _, not := range []string{"nk-search", "nk-tabbar", "sse-connect", "nk-menu", "nk-ask", "<form"} {
		if strings.Contains(page, not) {
			t.Errorf("the frame of nobody has %s", not)
		}
	}
}

func TestDisabledButtonSaysWhy(t *testing.T) {
	got := html(t, reader(t, "zh"), Button(ButtonProps{Text: "交付", Disabled: "子请求办完后才能交付", Kind: "primary"}))
	if !strings.Contains(got, `aria-disabled="true"`) || !strings.Contains(got, "交付：子请求办完后才能交付") || strings.Contains(got, "submit") {
		t.Error(got)
	}
}

// A class that the stylesheet does not know is a page that looks wrong.
func TestClassesExist(t *testing.T) {
	var css strings.Builder
	sheets, err := filepath.Glob("../../../assets/src/css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range sheets {
		b, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		css.Write(b)
	}
	known := map[string]bool{"nk-more": true} // found by the script alone
	for _, m := range regexp.MustCompile(`\.(nk-[a-z0-9-]+)`).FindAllStringSubmatch(css.String(), -1) {
		known[m[1]] = true
	}
	class := regexp.MustCompile(`class="([^"]*)"`)
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range class.FindAllStringSubmatch(string(src), -1) {
			for _, name := range strings.Fields(m[1]) {
				if strings.HasPrefix(name, "nk-") && !known[name] {
					t.Errorf("%s: the stylesheet has no class %s", path, name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestManyFiltersStandInASheet: few stand in the bar; of many a box opens them on a phone, and says how many are set.
func TestManyFiltersStandInASheet(t *testing.T) {
	ctx := reader(t, "zh")
	p := FilterProps{Action: "/x", Target: "list", Search: &FilterSearch{Name: "q", Label: "找"}, Filters: []Filter{{Name: "a", Label: "甲", On: true}, {Name: "b", Label: "乙"}}}
	if few := html(t, ctx, FilterBar(p)); strings.Contains(few, "nk-sheet") || strings.Count(few, "<select") != 2 {
		t.Errorf("few filters: %s", few)
	}
	p.Inputs = []FilterInput{{Name: "field.n.min", Label: "≥", Type: "text", Value: "5"}}
	many := html(t, ctx, FilterBar(p))
	for _, want := range []string{`type="checkbox" id="filters-list"`, `for="filters-list"`, `<b class="nk-num">2</b>`, `name="field.n.min" value="5"`} {
		if strings.Count(many, want) == 0 {
			t.Errorf("many filters lack %s: %s", want, many)
		}
	}
	if strings.Contains(many, `id="filters-list" name=`) {
		t.Error("the box is sent")
	}
}
