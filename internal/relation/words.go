package relation

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// facts are the counts beside a direction's measures; back, when given, is the other direction in a line.
func facts(ctx context.Context, d *Direction, back *Direction) []ui.Pair {
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	out := []ui.Pair{
		{Term: lang.T(ctx, "relation.measure.requests"), Text: n(d.Opened)},
		{Term: lang.T(ctx, "relation.fact.pending"), Text: n(d.Pending)},
		{Term: lang.T(ctx, "relation.fact.excluded"), Text: n(d.Excluded)},
		{Term: lang.T(ctx, "relation.fact.returned"), Text: n(d.Returned)},
	}
	if d.Declined > 0 {
		out = append(out, ui.Pair{Term: lang.T(ctx, "relation.fact.declined"), Text: n(d.Declined)})
	}
	if r := d.ResponseMet + d.ResponseBreached; r > 0 {
		out = append(out, ui.Pair{Term: lang.T(ctx, "relation.fact.response"), Text: n(d.ResponseMet) + " / " + n(r)})
	}
	if back != nil && back.Shown && back.InTime.N > 0 {
		out = append(out, ui.Pair{Term: lang.T(ctx, "relation.fact.back"), Href: edgeHref(back.Provider.Code, back.Customer.Code, back.Period),
			Text: back.Provider.Name.In(ctx) + " → " + back.Customer.Name.In(ctx) + " " + n(back.InTime.Hits) + " / " + n(back.InTime.N)})
	}
	return out
}

// ratio is hits and n of a month: "18 / 20".
func ratio(m Measure) string {
	if m.N == 0 {
		return "–"
	}
	return strconv.FormatInt(m.Hits, 10) + " / " + strconv.FormatInt(m.N, 10)
}

// existence says how the relation came about.
func existence(ctx context.Context, d Direction) string {
	switch {
	case d.Declared:
		return lang.T(ctx, "relation.declared")
	case d.Exists:
		return lang.T(ctx, "relation.observed")
	}
	return ""
}

// toneOf tells the customer's people from the provider's.
func toneOf(d directionView, p Person) int {
	if d.Customers[p.Unit] {
		return 2
	}
	return 0
}

func drawerOf(v matrixView) templ.Component {
	if v.Drawer == nil {
		return nil
	}
	return drawerBody(v, v.Drawer)
}

func closeHref(q query) string {
	return q.with(func(q *query) { q.Provider, q.Customer = "", "" }).href()
}

func measures(ctx context.Context, q query) []ui.SegmentProps {
	var out []ui.SegmentProps
	for _, m := range []string{Attainment, RightFirst, Satisfaction, Volume, AccountMeasure, HealthMeasure} {
		out = append(out, ui.SegmentProps{Text: measureName(ctx, m), Href: q.with(func(q *query) { q.Measure = m }).href(), On: q.Measure == m})
	}
	return out
}

func views(ctx context.Context, q query) []ui.SegmentProps {
	return []ui.SegmentProps{
		{Text: lang.T(ctx, "relation.view.matrix"), Icon: "table", Href: q.with(func(q *query) { q.View, q.State, q.Rows = "", "", 0 }).href(), On: q.View == ""},
		{Text: lang.T(ctx, "relation.view.list"), Icon: "list", Href: q.with(func(q *query) { q.View, q.Rows = "list", 0 }).href(), On: q.View == "list"},
	}
}

// narrowed says how many edges a narrowed list shows, and how many it cannot speak of.
func narrowed(ctx context.Context, v matrixView) string {
	text := lang.T(ctx, "relation.list.narrowed", "count", v.q.Rows*listRows+len(v.List)+v.ListMore)
	if v.Withheld > 0 {
		text += lang.T(ctx, "relation.list.withheld", "count", v.Withheld)
	}
	return text
}

func listPager(v matrixView) ui.PagerProps {
	var p ui.PagerProps
	if v.q.Rows > 0 {
		p.PrevHref = v.q.with(func(q *query) { q.Rows-- }).href()
	}
	if v.ListMore > 0 {
		p.NextHref = v.q.with(func(q *query) { q.Rows++ }).href()
	}
	return p
}

// shareText is a share with its cases; of few the cases alone.
func shareText(ctx context.Context, m Measure) string {
	if m.N < Thin {
		return ratio(m)
	}
	return lang.Percent(ctx, m.Value(), 1) + " · " + ratio(m)
}
