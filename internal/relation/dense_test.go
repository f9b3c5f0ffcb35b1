package relation

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// dense draws the matrix of 40 units that all serve each other, with names of real length.
func dense(t *testing.T, q query) (*bytes.Buffer, *goquery.Document) {
	t.Helper()
	_, v, months := company(40, 1600)
	list := []org.Unit{{ID: 1, Code: "hq", Name: lang.Text{Zh: "总部", En: "Head office"}, Level: org.Entity}}
	for i := range 40 {
		code := string(rune('a'+i/10)) + string(rune('a'+i%10)) + "-manufacturing"
		list = append(list, org.Unit{ID: int64(i + 2), Code: code, Name: lang.Text{Zh: "华东智能制造第" + code[:2] + "事业部", En: "Smart manufacturing " + code[:2]},
			Level: org.Department, Parent: 1})
	}
	book, err := lang.New(ui.Locale, web.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	ctx := lang.With(context.Background(), book, "zh", "Asia/Shanghai")
	edges, _ := v.list()
	r := newRollup(org.Department, AsItIs, org.NewTree(list, nil), edges)
	m := matrixOf(r, r.add(v.sum(months, nil)), sight{all: true}.see, func(_, _ org.ID) Target { return usual })
	s := &Service{store: v}
	c := s.census(m, q)
	view := matrixView{q: q, Title: finding(ctx, c, q.Measure), Lead: lead(ctx, c, q), Census: c, Legend: legend(ctx, c, q), Filters: filters(ctx, q, time.Unix(1_790_000_000, 0), false)}
	view.Table = s.table(ctx, m, q)
	view.List, view.ListMore = edgeList(ctx, m, q, 0, listBeside(m))
	var out bytes.Buffer
	if err := matrixContent(view).Render(ctx, &out); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return &out, doc
}

// TestADenseMatrixFitsItsPage: 1 600 relations with figures stay below the budget of a page, frame (12 KB) included, each
// has its figure, its cases and the shape of its verdict, and its codes stand at the heads of its row and column.
func TestADenseMatrixFitsItsPage(t *testing.T) {
	out, doc := dense(t, queryOf(url.Values{}, time.Now()))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(out.Bytes()); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	if out.Len() > 88<<10 || packed.Len() > 12<<10 {
		t.Errorf("%d bytes, %d packed", out.Len(), packed.Len())
	}
	table := doc.Find("table.nk-mx")
	if open, _ := table.Attr("data-open"); open != "?edge=" {
		t.Errorf("opens %q", open)
	}
	if n := table.Find("thead th[data-code]").Length(); n != 40 {
		t.Errorf("%d columns have a code", n)
	}
	row := table.Find("tbody tr").Eq(1)
	if code, _ := row.Find("th").Attr("data-code"); code != "ab-manufacturing" {
		t.Errorf("the row is %q", code)
	}
	if href, _ := row.Find("th a").Attr("href"); href != "/relations?provider=ab-manufacturing&view=list" {
		t.Errorf("without a script the row leads to %q", href)
	}
	figures, verdicts := 0, 0
	table.Find("tbody td").Each(func(_ int, cell *goquery.Selection) {
		if strings.Contains(cell.Text(), "\n") {
			figures++
		}
		if strings.ContainsAny(cell.Text(), "✓▲") {
			verdicts++
		}
	})
	if figures < 1000 || verdicts < 40 {
		t.Errorf("%d figures, %d verdicts", figures, verdicts)
	}
	if n := table.Find("td[tabindex]").Length(); n != 1 {
		t.Errorf("%d cells take the focus", n)
	}
}

// TestTheListOfOneUnit: the list that the head of a dense row leads to holds the relations of that unit alone.
func TestTheListOfOneUnit(t *testing.T) {
	_, doc := dense(t, queryOf(url.Values{"view": {"list"}, "provider": {"ab-manufacturing"}}, time.Now()))
	lines := doc.Find("td.t-title a")
	if lines.Length() < 5 {
		t.Fatalf("%d lines", lines.Length())
	}
	lines.Each(func(_ int, a *goquery.Selection) {
		if !strings.HasPrefix(a.Text(), "华东智能制造第ab事业部 → ") {
			t.Errorf("a line of another unit: %s", a.Text())
		}
	})
}
