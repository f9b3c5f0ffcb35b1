package relation_test

import (
	"bytes"
	"encoding/csv"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/lang"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
	"neike/internal/relation"
)

// fill makes a quarter with something of everything: purchasing misses twice, finance meets, sales has few.
func fill(h house) {
	h.Helper()
	h.tally("purchasing", "sales", "2026-10-12", relation.Delta{Opened: 30, Met: 15, Breached: 15, Excluded: 2, Accepted: 30, RightFirst: 28})
	h.tally("purchasing", "finance", "2026-11-12", relation.Delta{Opened: 40, Met: 24, Breached: 16, Accepted: 40, RightFirst: 40})
	h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 60, Met: 60, Accepted: 50, RightFirst: 48, Returned: 2})
	h.tally("finance", "purchasing", "2026-11-02", relation.Delta{Opened: 20, Met: 18, Breached: 2})
	h.tally("sales", "finance", "2026-11-02", relation.Delta{Opened: 7, Met: 6, Breached: 1})
}

func TestTheMatrixSaysWhatItFinds(t *testing.T) {
	h := quick(t)
	fill(h)
	h.as("1001", "quality")
	doc := h.page("/relations?period=2026-Q4")
	if got := doc.Find("h1").Text(); got != "2 段关系确定未达标，服务方都是采购部" {
		t.Error("title:", got)
	}
	for sel, want := range map[string]string{
		`.lo3[href*="provider=purchasing"][href*="customer=sales"]`: "50",
		`a[href*="provider=finance"][href*="customer=sales"].hi2`:   "100",
		`a[href*="provider=finance"][href*="customer=purchasing"]`:  "90",
		`.few[href*="provider=sales"][href*="customer=finance"]`:    "6/7",
	} {
		if got := doc.Find(sel); got.Length() != 1 || !strings.Contains(got.Text(), want) {
			t.Errorf("%s: %d × %q, want %s", sel, got.Length(), got.Text(), want)
		}
	}
	text := doc.Find(`a[href*="provider=finance"][href*="customer=purchasing"]`).AttrOr("aria-label", "")
	for _, want := range []string{"财务部 到 采购部：90% 20 件", "区间 69.9%–97.2%", "无法判断"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sentence of a cell lacks %q: %s", want, text)
		}
	}
	if got := doc.Find(".nk-legend").Text(); !strings.Contains(got, "未达标 2") || !strings.Contains(got, "达标 1") || !strings.Contains(got, "样本不足（n<10） 1") {
		t.Error("legend:", got)
	}
	if doc.Find(".only-phone tr a[href*='/relations/purchasing/finance']").Length() != 1 {
		t.Error("the phone has no list of edges")
	}
}

// Where nothing was due the cell is empty, and says so to whoever cannot see it.
func TestACellWithNothingDueIsEmpty(t *testing.T) {
	h := quick(t)
	fill(h)
	h.tally("sales", "purchasing", "2026-11-02", relation.Delta{Opened: 3})
	h.as("1001", "quality")
	cell := h.page("/relations?period=2026-Q4").Find(`a[href*="provider=sales"][href*="customer=purchasing"]`)
	if text := strings.TrimSpace(cell.Text()); cell.Length() != 1 || text != "" || !strings.Contains(cell.AttrOr("aria-label", ""), "销售部 到 采购部：这段时间没有到期的") {
		t.Errorf("%d × %q, %q", cell.Length(), text, cell.AttrOr("aria-label", ""))
	}
}

// Departments stand in the order in which the company made them, whatever their codes.
func TestUnitsStandInTheOrderOfTheCompany(t *testing.T) {
	h := quick(t)
	if _, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: "admin", NameZh: "行政部", NameEn: "Administration", Parent: "hq"}); err != nil {
		t.Fatal(err)
	}
	fill(h)
	h.tally("admin", "sales", "2026-11-02", relation.Delta{Opened: 3})
	h.as("1001", "quality")
	var heads []string
	h.page("/relations?period=2026-Q4").Find(".nk-mx tbody th").Each(func(_ int, s *goquery.Selection) { heads = append(heads, s.Text()) })
	if want := []string{"财务部", "采购部", "销售部", "行政部"}; !slices.Equal(heads, want) {
		t.Errorf("%v, want %v", heads, want)
	}
}

// The company as a whole stands among its departments only when something ran between it and them: an empty row says
// something of a department, nothing of the company.
func TestTheCompanyIsNoEmptyRow(t *testing.T) {
	h := quick(t)
	fill(h)
	h.tally("finance", "hq", "2026-02-02", relation.Delta{Opened: 1})
	h.as("1001", "quality")
	heads := func(page string) (rows, columns int, company bool) {
		mx := h.page(page).Find(".nk-mx")
		return mx.Find("tbody th").Length(), mx.Find("thead th").Length() - 1, strings.Contains(mx.Find("thead").Text()+mx.Find("tbody th").Text(), "总部")
	}
	quietRows, quietColumns, there := heads("/relations?period=2026-Q4")
	if there || quietRows != quietColumns {
		t.Errorf("%d rows, %d columns, the company among them: %t", quietRows, quietColumns, there)
	}
	rows, columns, there := heads("/relations?period=2026-Q1")
	if !there || rows != quietRows+1 || columns != quietColumns+1 {
		t.Errorf("with a request of its own: %d rows, %d columns, the company among them: %t", rows, columns, there)
	}
}

// Somebody above the departments sees on the home page how all of them do.
func TestTheHomeOfThoseAboveTheDepartments(t *testing.T) {
	h := quick(t)
	fill(h)
	if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "9001", Name: "江一帆", Unit: "hq"}); err != nil {
		t.Fatal(err)
	}
	panel, err := h.rel.HomePanel().Render(h.as("9001", "executive"))
	if err != nil || panel == nil {
		t.Fatal(panel, err)
	}
	var b strings.Builder
	if err := panel.Render(h.as("9001", "executive"), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var units []string
	doc.Find("tbody td.t-title").Each(func(_ int, s *goquery.Selection) { units = append(units, strings.TrimSpace(s.Text())) })
	if want := []string{"采购部", "财务部", "销售部"}; !slices.Equal(units, want) { // purchasing misses; finance has more cases than sales
		t.Errorf("%v, want %v", units, want)
	}
	if text := doc.Text(); !strings.Contains(text, "各部门做得怎样") || strings.Contains(text, "各部门为内部客户办理") { // an executive has read that at the top
		t.Error(text)
	}
	if panel, err := h.rel.HomePanel().Render(h.as("9001")); err != nil || panel != nil {
		t.Error("without the role there is nothing to show:", panel, err)
	}
}

func TestADrawerKeepsTheMatrixInView(t *testing.T) {
	h := quick(t)
	fill(h)
	h.tally("purchasing", "sales", "2026-07-12", relation.Delta{Opened: 30, Met: 30})
	h.as("1001", "quality")
	doc := h.page("/relations?period=2026-Q4&provider=purchasing&customer=sales")
	drawer := doc.Find(".nk-drawer")
	for _, want := range []string{"采购部 → 销售部", "50.0", "15 / 30 件，目标 90%：未达到", "比2026 年三季度低", "撤回、取消"} {
		if !strings.Contains(drawer.Text(), want) {
			t.Errorf("the drawer lacks %q: %s", want, drawer.Text())
		}
	}
	if doc.Find(".nk-mx .is-sel").Length() != 1 || doc.Find(`.nk-drawer a[href^="/relations/purchasing/sales"]`).Length() != 2 {
		t.Error("no selected cell, or no way to the edge and to its ratings")
	}
	if w := h.get("/relations?provider=nobody&customer=sales"); w.Code != 404 {
		t.Error("an unknown unit:", w.Code)
	}
}

func TestVolumeHasNoHueAndTheListDropsNothing(t *testing.T) {
	h := quick(t)
	fill(h)
	h.as("1001", "quality")
	doc := h.page("/relations?period=2026-Q4&measure=requests")
	if got := doc.Find("h1").Text(); got != "共 157 件请求，财务部 服务得最多，占 51%" && got != "共 157 件请求，财务部服务得最多，占 51%" {
		t.Error("title:", got)
	}
	if n := doc.Find(".nk-mx .hi1, .nk-mx .hi2, .nk-mx .lo1, .nk-mx .lo2, .nk-mx .lo3").Length(); n != 0 {
		t.Errorf("%d coloured cells", n)
	}
	rows := h.page("/relations?period=2026-Q4&view=list").Find("#matrix tbody tr")
	if rows.Length() != 5 || !strings.Contains(rows.First().Text(), "采购部") {
		t.Errorf("%d edges, first %s", rows.Length(), rows.First().Text())
	}
}

func TestWithheldLooksTheSameEverywhere(t *testing.T) {
	h := quick(t)
	fill(h)
	h.as("3001") // sales: sees purchasing → sales, not purchasing → finance
	doc := h.page("/relations?period=2026-Q4")
	cell := doc.Find(`.nk-mx a[href*="provider=purchasing"][href*="customer=finance"]`)
	if cell.Length() != 1 || !strings.Contains(cell.AttrOr("aria-label", ""), "不显示") || strings.ContainsAny(cell.Text(), "0123456789") {
		t.Error("the cell:", cell.Text())
	}
	page := func() string {
		doc := h.page("/relations/purchasing/finance?period=2026-Q4")
		return doc.Find("#edge").Text()
	}
	before := page()
	if !strings.Contains(before, "只给双方部门") || strings.Contains(before, "24 / 40") {
		t.Error("the edge page:", before)
	}
	api := func() string {
		return h.get("/api/v1/relations/purchasing/finance?from=2026-10-01&to=2026-12-31").Body.String()
	}
	wire := api()
	h.tally("purchasing", "finance", "2026-11-12", relation.Delta{Opened: 9, Breached: 9})
	if page() != before || api() != wire {
		t.Error("hidden numbers shine through")
	}
	if got := h.page("/relations/finance/sales?period=2026-Q4").Find("#edge").Text(); !strings.Contains(got, "60 / 60") {
		t.Error("own numbers are missing:", got)
	}
}

func TestTheEdgePageHasBothDirections(t *testing.T) {
	h := quick(t)
	fill(h)
	h.as("2002")
	doc := h.page("/relations/finance/purchasing?period=2026-Q4")
	text := doc.Find("#edge").Text()
	for _, want := range []string{"财务部 → 采购部", "采购部 → 财务部", "18 / 20 件，目标 90%：达到", "24 / 40 件，目标 90%：未达到", "2026 年 11 月"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q: %s", want, text)
		}
	}
	if got := doc.Find("h1").Text(); got != "财务部 ⇌ 采购部" {
		t.Error(got)
	}
	if got := h.page("/relations/sales/purchasing").Find("#edge").Text(); !strings.Contains(got, "没有往来") && !strings.Contains(got, "还没有往来") {
		t.Error("an edge that is not there:", got)
	}
}

func TestAnEmptyCompanyIsTaught(t *testing.T) {
	h := quick(t)
	h.as("3001")
	if got := h.page("/relations").Text(); !strings.Contains(got, "还没有关系") || !strings.Contains(got, "行是服务方，列是客户") {
		t.Error(got)
	}
}

func TestExports(t *testing.T) {
	h := quick(t)
	fill(h)
	h.as("3001")
	w := h.get("/relations/export?format=csv&period=2026-Q4")
	body := strings.TrimPrefix(w.Body.String(), "\ufeff")
	r := csv.NewReader(strings.NewReader(body))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 6 {
		t.Fatalf("%d rows, %v: %s", len(rows), err, body)
	}
	for _, row := range rows[1:] {
		switch row[0] + " " + row[2] {
		case "purchasing sales":
			if row[4] != "30" || row[5] != "15" {
				t.Error(row)
			}
		case "purchasing finance":
			if row[4] != "不显示" {
				t.Error("withheld numbers are exported:", row)
			}
		}
	}
	x := h.get("/relations/export?format=xlsx&period=2026-Q4").Body.Bytes()
	read, err := xlsx.Open(bytes.NewReader(x), int64(len(x)), xlsx.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if row, err := read.Next(); err != nil || row.Cells[0] != "服务方编码" {
		t.Error(row, err)
	}
	if w := h.get("/relations/export?format=pdf"); w.Code != 400 {
		t.Error(w.Code)
	}
}

func TestRelationsByAPI(t *testing.T) {
	each(t, func(h house) {
		fill(h)
		h.as("1001", "quality")
		items := h.json("/api/v1/relations?from=2026-10-01&to=2026-12-31")["items"].([]any)
		var edge map[string]any
		for _, x := range items {
			if e := x.(map[string]any); e["provider"] == "finance" && e["customer"] == "purchasing" {
				edge = e
			}
		}
		if len(items) != 5 || edge == nil || edge["requests"] != 20.0 {
			h.Fatalf("%d items, %v", len(items), edge)
		}
		in := edge["attainment"].(map[string]any)
		signal := in["signal"].(map[string]any)
		interval := signal["interval"].([]any)
		if in["value"] != 0.9 || in["n"] != 20.0 || in["fact"] != "met" || signal["capable"] != "undetermined" || signal["change"] != nil || in["reason"] != nil ||
			interval[0].(float64) < 0.69 || interval[0].(float64) > 0.70 {
			h.Errorf("attainment %v", in)
		}
		if s := edge["satisfaction"].(map[string]any); s["share"] != nil || s["reason"] != "waiting" {
			h.Errorf("satisfaction %v", s)
		}
		if r := edge["right_first_time"].(map[string]any); r["value"] != nil || r["reason"] != "no_data" || r["n"] != 0.0 {
			h.Errorf("right first time %v", r)
		}
		for _, bad := range []string{"level=galaxy", "from=yesterday", "from=2026-12-01&to=2026-11-01", "cursor=zzz"} {
			if w := h.get("/api/v1/relations?" + bad); w.Code != 422 {
				h.Errorf("%s: %d", bad, w.Code)
			}
		}
	})
}

func TestRelationsArePaged(t *testing.T) {
	h := quick(t)
	fill(h)
	h.as("1001", "quality")
	seen := map[string]int{}
	cursor := ""
	for range 5 {
		page := h.json("/api/v1/relations?from=2026-10-01&to=2026-12-31&limit=2&cursor=" + url.QueryEscape(cursor))
		for _, x := range page["items"].([]any) {
			e := x.(map[string]any)
			seen[e["provider"].(string)+" "+e["customer"].(string)]++
		}
		if cursor, _ = page["next_cursor"].(string); cursor == "" {
			break
		}
	}
	if len(seen) != 5 || seen["finance sales"] != 1 {
		t.Errorf("%v", seen)
	}
}

func TestOneRelationByAPI(t *testing.T) {
	h := quick(t)
	fill(h)
	h.as("2002")
	got := h.json("/api/v1/relations/finance/purchasing?from=2026-10-01T00:00:00%2B08:00&to=2027-01-01T00:00:00%2B08:00")
	if got["requests"] != 20.0 || got["exists"] != true || len(got["months"].([]any)) != 1 || got["reverse"].(map[string]any)["requests"] != 40.0 {
		t.Errorf("%v", got)
	}
	foreign, missing := h.get("/api/v1/relations/finance/nobody"), h.get("/api/v1/relations/nobody/finance")
	if foreign.Code != 404 || missing.Code != 404 {
		t.Error(foreign.Code, missing.Code)
	}
}

func TestWordsAreComplete(t *testing.T) {
	book, err := lang.New(relation.Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := book.Missing(); len(missing) > 0 {
		t.Error(missing)
	}
}
