package app

import (
	"context"
	"math"

	"github.com/a-h/templ"

	"neike/internal/disclose"
	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/measure"
	"neike/internal/org"
	"neike/internal/relation"
)

// edgeGrains is what is known of edges: it adds up to units and the company.
var edgeGrains = []measure.Grain{measure.OfEdge, measure.OfUnit, measure.OfCompany}

// measure registers what the rooms know, and shows the courses of a relation on its page. Every series is the one that the matrix and
// the page of the relation read, with the same right to see it.
func (a *App) measure() {
	share := func(code, zh, en, aboutZh, aboutEn, formulaZh, formulaEn string, of func(relation.Figures) (hits, n int64), target func(relation.Run) (float64, bool)) {
		a.Measure.Register(measure.Measure{Code: code, Name: lang.Text{Zh: zh, En: en}, About: lang.Text{Zh: aboutZh, En: aboutEn}, Formula: lang.Text{Zh: formulaZh, En: formulaEn},
			Unit: measure.Percent, Direction: measure.More, Kind: measure.Share, Grains: edgeGrains, Seen: measure.Concerned}, a.edgeSeries(func(m relation.Month) (measure.Point, bool) {
			hits, n := of(m.Figures)
			return measure.Point{Month: m.Month, Hits: hits, N: n, Value: float64(hits) / float64(n)}, n > 0
		}, target))
	}
	count := func(code, zh, en, aboutZh, aboutEn, formulaZh, formulaEn string, direction measure.Direction, of func(relation.Figures) int64) {
		series := a.edgeSeries(func(m relation.Month) (measure.Point, bool) {
			return measure.Point{Month: m.Month, Value: float64(of(m.Figures))}, true
		}, nil)
		a.Measure.Register(measure.Measure{Code: code, Name: lang.Text{Zh: zh, En: en}, About: lang.Text{Zh: aboutZh, En: aboutEn}, Formula: lang.Text{Zh: formulaZh, En: formulaEn},
			Unit: measure.Times, Direction: direction, Kind: measure.Count, Grains: edgeGrains, Seen: measure.Concerned}, zeros(series))
	}
	quotient := func(code, zh, en, aboutZh, aboutEn, formulaZh, formulaEn string, unit measure.Unit, of func(relation.Figures) (sum, of float64)) {
		a.Measure.Register(measure.Measure{Code: code, Name: lang.Text{Zh: zh, En: en}, About: lang.Text{Zh: aboutZh, En: aboutEn}, Formula: lang.Text{Zh: formulaZh, En: formulaEn},
			Unit: unit, Direction: measure.Less, Kind: measure.Mean, Grains: edgeGrains, Seen: measure.Concerned}, a.edgeSeries(func(m relation.Month) (measure.Point, bool) {
			sum, of := of(m.Figures)
			return measure.Point{Month: m.Month, N: m.Ended, Sum: sum, Of: of, Value: sum / of}, of > 0 && m.Ended > 0
		}, nil))
	}
	share(relation.Attainment, "办结准时率", "Completed in time", "答应的时间里做完了没有", "whether what was promised was done in time",
		"当月到期并已有结果的请求中，按时完成的占多少。到期未完成算逾期，撤回、重复的不算。", "Of the requests that were due in the month and are decided: those completed in time. Open past due is late; withdrawn and duplicates do not count.",
		func(f relation.Figures) (int64, int64) { return f.InTime.Hits, f.InTime.N }, func(r relation.Run) (float64, bool) { return r.Target.Attainment, r.Agreed })
	share("first_response", "首次响应准时率", "First response in time", "多久有人理", "how soon somebody answers",
		"当月应响应并已有结果的请求中，按时首次响应的占多少。", "Of the requests whose first response was due in the month and is decided: those answered in time.",
		func(f relation.Figures) (int64, int64) { return f.ResponseMet, f.ResponseMet + f.ResponseBreached }, nil)
	share(relation.RightFirst, "一次正确率", "Right first time", "交付后没有被退回", "delivered and not returned",
		"当月验收的请求中，一次也没有被退回的占多少。", "Of the requests accepted in the month: those never returned.",
		func(f relation.Figures) (int64, int64) { return f.Right.Hits, f.Right.N }, func(r relation.Run) (float64, bool) { return r.Target.RightFirst, r.Agreed })
	a.Measure.Register(measure.Measure{Code: "accuracy", Name: lang.Text{Zh: "抽查准确率", En: "Accuracy in review"}, About: lang.Text{Zh: "抽查的结果对不对", En: "whether results are right, by sample"},
		Formula: lang.Text{Zh: "当月验收、被抽中并评完的请求中，结果正确的占多少；部分正确不算正确。不足 5 件不给比例。", En: "Of the requests accepted in the month, drawn and judged: those found correct; partly correct is not. No share below 5."},
		Unit:    measure.Percent, Direction: measure.More, Kind: measure.Share, Grains: edgeGrains, Seen: measure.Concerned, Sample: true}, a.accuracySeries)
	a.Measure.Register(measure.Measure{Code: relation.Satisfaction, Name: lang.Text{Zh: "满意率", En: "Satisfied"}, About: lang.Text{Zh: "客户满不满意", En: "whether customers are satisfied"},
		Formula: lang.Text{Zh: "当月公布的评价中，4–5 分占多少。攒够规定的人数才按批公布；不足 10 人不给比例。", En: "Of the ratings released in the month: those of 4 or 5. They are released in batches of as many people as the rule asks; no share below 10 people."},
		Unit:    measure.Percent, Direction: measure.More, Kind: measure.Share, Grains: edgeGrains, Seen: measure.Concerned, Sample: true}, a.satisfactionSeries)
	count(relation.Volume, "请求量", "Requests", "有多少活", "how much work", "当月提出的请求件数。", "Requests opened in the month.", measure.Neither, func(f relation.Figures) int64 { return f.Opened })
	count("returned", "退回次数", "Returns", "交付后被退回多少次", "how often a result was returned", "当月被退回的次数，一件退回两次算两次。", "Returns in the month; one returned twice counts twice.", measure.Less, func(f relation.Figures) int64 { return f.Returned })
	quotient("paused_share", "暂停占比", "Paused share", "办理时间里有多少在等客户", "how much of the time was spent waiting for the customer",
		"当月办结的请求，暂停的工作时间占全部工作时间（办理加暂停）的多少。按合计时间算，耗时长的请求分量大。超过 30% 值得看看暂停是否都有必要。", "Of the requests accepted in the month: paused working time of all their working time, worked and paused. Added up over requests, so that long ones weigh more. Above 30% it is worth asking whether the pauses were needed.",
		measure.Percent, func(f relation.Figures) (float64, float64) {
			return 100 * float64(f.Paused), float64(f.Paused + f.Worked)
		})
	quotient("hops", "平均经手次数", "Hops per request", "一件事转了几手", "how many hands a request goes through",
		"当月办结的请求，平均每件经过几段经手；一直由一个单位办理算 1 次，转回来再办算新的一次。", "Of the requests accepted in the month: stretches that units had them, on average. One unit from beginning to end is 1; coming back is another.",
		measure.Times, func(f relation.Figures) (float64, float64) { return float64(f.Hops), float64(f.Ended) })
	a.Relation.AddPanel(relation.Panel{Place: relation.OnPage, Order: 30, Render: func(ctx context.Context, p relation.Pair) (templ.Component, error) {
		return a.Measure.EdgePanel(ctx, p.Provider, p.Customer, measure.Span{From: p.Period.From / 100, To: p.Period.To / 100}, []string{relation.Attainment, relation.RightFirst, relation.Satisfaction}, []string{"paused_share", "hops"})
	}})
}

// endsOf are the units that a series is asked of; the unit above all stands for everybody.
func (a *App) endsOf(ctx context.Context, at measure.At) (provider, customer org.ID, err error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return 0, 0, err
	}
	provider, customer = at.Provider.ID, at.Customer.ID
	for _, u := range tree.All() {
		if u.Parent != 0 {
			continue
		}
		if provider == 0 {
			provider = u.ID
		}
		if customer == 0 {
			customer = u.ID
		}
	}
	return provider, customer, nil
}

type runKey struct {
	provider, customer org.ID
	span               measure.Span
}

// runOf is an edge month by month, which several measures are made of.
func (a *App) runOf(ctx context.Context, provider, customer org.ID, span measure.Span) (relation.Run, error) {
	return once.Get(ctx, runKey{provider, customer, span}, func() (relation.Run, error) {
		return a.Relation.RunOf(ctx, provider, customer, span.From, span.To)
	})
}

// edgeSeries is a series out of the months of an edge; of leaves out months that have nothing.
func (a *App) edgeSeries(of func(relation.Month) (measure.Point, bool), target func(relation.Run) (float64, bool)) measure.SeriesFunc {
	return func(ctx context.Context, at measure.At, span measure.Span) (measure.Series, error) {
		out := measure.Series{Target: math.NaN()}
		provider, customer, err := a.endsOf(ctx, at)
		if err != nil {
			return out, err
		}
		run, err := a.runOf(ctx, provider, customer, span)
		if err != nil || !run.Shown {
			return out, err
		}
		out.Shown = true
		if target != nil {
			out.Target, out.Agreed = target(run)
		}
		for _, m := range run.Months {
			if p, ok := of(m); ok {
				out.Points = append(out.Points, p)
			}
		}
		return out, nil
	}
}

// zeros fills the months after the first one that has anything: in a month without a line nothing happened.
func zeros(series measure.SeriesFunc) measure.SeriesFunc {
	return func(ctx context.Context, at measure.At, span measure.Span) (measure.Series, error) {
		got, err := series(ctx, at, span)
		if err != nil || len(got.Points) == 0 {
			return got, err
		}
		first, has := got.Points[0].Month, map[int64]bool{}
		for _, p := range got.Points {
			first, has[p.Month] = min(first, p.Month), true
		}
		for i := range span.Months() {
			if m := measure.After(span.From, i); m >= first && !has[m] {
				got.Points = append(got.Points, measure.Point{Month: m})
			}
		}
		return got, nil
	}
}

// fewestJudged is how many judged cases there must be before a share of them is told.
const fewestJudged = 5

// accuracySeries is what reviews say, for whoever sees the numbers of the edge.
func (a *App) accuracySeries(ctx context.Context, at measure.At, span measure.Span) (measure.Series, error) {
	out := measure.Series{Target: math.NaN()}
	provider, customer, err := a.endsOf(ctx, at)
	if err != nil {
		return out, err
	}
	run, err := a.runOf(ctx, provider, customer, span)
	if err != nil || !run.Shown {
		return out, err
	}
	out.Shown = true
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return out, err
	}
	list, err := a.Review.Months(ctx, span.From, span.To)
	byMonth := map[int64]*measure.Point{}
	for _, j := range list {
		if !tree.Under(j.Provider, provider) || !tree.Under(j.Customer, customer) {
			continue
		}
		p := byMonth[j.Month]
		if p == nil {
			p = &measure.Point{Month: j.Month}
			byMonth[j.Month] = p
		}
		p.Hits, p.N = p.Hits+j.Correct, p.N+j.N
	}
	for _, p := range byMonth {
		if p.Value = float64(p.Hits) / float64(p.N); p.N < fewestJudged {
			p.Value, p.Few = math.NaN(), true
		}
		out.Points = append(out.Points, *p)
	}
	return out, err
}

// satisfactionSeries is what was released of ratings, by month of release, for whoever sees satisfaction on the page of the relation.
func (a *App) satisfactionSeries(ctx context.Context, at measure.At, span measure.Span) (measure.Series, error) {
	out := measure.Series{Target: math.NaN()}
	provider, customer, err := a.endsOf(ctx, at)
	if err != nil {
		return out, err
	}
	if out.Shown, err = a.Disclose.Sees(ctx, provider, customer); err != nil || !out.Shown {
		return out, err
	}
	list, err := a.Disclose.Months(ctx, provider, customer, disclose.Days{From: span.From*100 + 1, To: span.To*100 + 31})
	for _, m := range list {
		p := measure.Point{Month: m.Month, Hits: m.Good(), N: m.Cases, Value: m.Share}
		if m.Size == disclose.Counted {
			p.Value, p.Few = math.NaN(), true
		}
		out.Points = append(out.Points, p)
	}
	return out, err
}
