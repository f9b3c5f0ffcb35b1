package relation

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// company is units departments and edges edges with a quarter of numbers, in memory.
func company(units, edges int) (*org.Tree, *vectors, []int64) {
	list := []org.Unit{{ID: 1, Code: "hq", Name: lang.Text{Zh: "总部", En: "Head office"}, Level: org.Entity}}
	for i := range units {
		list = append(list, org.Unit{ID: int64(i + 2), Code: fmt.Sprintf("unit-%03d", i), Name: lang.Text{Zh: fmt.Sprintf("第%d事业部", i), En: fmt.Sprintf("Unit %d", i)},
			Level: org.Department, Parent: 1})
	}
	v := newVectors()
	months := []int64{202607, 202608, 202609}
	for i := range edges {
		p, c := i%units, (i*7+i/units+1)%units
		v.put(edgeRow{ID: int64(i + 1), Provider: int64(p + 2), Customer: int64(c + 2), Observed: true})
	}
	for m, month := range months {
		var rows []tallyRow
		for i := range edges {
			n := int64(i%40 + 1)
			d := Delta{Opened: n, Met: n - n/8, Breached: n / 8, Accepted: n, RightFirst: n - n/10}
			rows = append(rows, tallyRow{int64(i + 1), month, d.counters()})
		}
		v.apply(want{month: month}, rows, time.Unix(int64(m), 0))
	}
	v.ready = true
	return org.NewTree(list, nil), v, months
}

// BenchmarkVectors adds a quarter of 5 000 edges up and rolls it up to departments: 'matrix of any range in memory'.
func BenchmarkVectors(b *testing.B) {
	tree, v, months := company(500, 5000)
	edges, _ := v.list()
	r := newRollup(org.Department, AsItIs, tree, edges)
	var sums []small
	b.ReportAllocs()
	for b.Loop() {
		sums = v.sum(months, sums)
		r.add(sums)
	}
}

// BenchmarkRollup is what a changed tree or a new edge costs once.
func BenchmarkRollup(b *testing.B) {
	tree, v, _ := company(500, 5000)
	edges, _ := v.list()
	for b.Loop() {
		newRollup(org.Department, AsItIs, tree, edges)
	}
}

func pageOf40(b *testing.B) (context.Context, *Service, *Matrix, query) {
	tree, v, months := company(40, 1600)
	book, err := lang.New(ui.Locale, web.Locale, Locale)
	if err != nil {
		b.Fatal(err)
	}
	ctx := lang.With(context.Background(), book, "zh", "Asia/Shanghai")
	edges, _ := v.list()
	r := newRollup(org.Department, AsItIs, tree, edges)
	return ctx, &Service{store: v}, matrixOf(r, r.add(v.sum(months, nil)), sight{all: true}.see, func(_, _ org.ID) Target { return usual }), queryOf(url.Values{}, time.Now())
}

// BenchmarkTable makes the view of 40 × 40 cells out of a matrix.
func BenchmarkTable(b *testing.B) {
	ctx, s, m, q := pageOf40(b)
	b.ReportAllocs()
	for b.Loop() {
		c := s.census(m, q)
		finding(ctx, c, q.Measure)
		s.table(ctx, m, q)
	}
}

// BenchmarkPage makes and draws the page of 40 × 40 cells, without the frame; its budget is 5 ms.
func BenchmarkPage(b *testing.B) {
	ctx, s, m, q := pageOf40(b)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		c := s.census(m, q)
		v := matrixView{q: q, Title: finding(ctx, c, q.Measure), Lead: lead(ctx, c, q), Census: c, Legend: legend(ctx, c, q), Filters: filters(ctx, q, time.Unix(1_790_000_000, 0), false)}
		v.Table = s.table(ctx, m, q)
		v.List, v.ListMore = edgeList(ctx, m, q, 0, listBeside(m))
		w := &counter{}
		if err := matrixContent(v).Render(ctx, w); err != nil {
			b.Fatal(err)
		}
		n = w.n
	}
	b.ReportMetric(float64(n)/1000, "KB/page")
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }
