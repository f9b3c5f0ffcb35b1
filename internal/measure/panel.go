package measure

import (
	"context"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/org"
)

// edgeSide is one direction of a relation on its page.
type edgeSide struct {
	Name, All string // All: where every measure of the edge is listed
	Charts    []edgeChart
	Lines     []edgeLine
	Budget    *budgetView
}

// edgeLine is a measure of the edge as it stood in the last month that is over.
type edgeLine struct{ Code, Name, Href, Value, Note string }

type edgeChart struct {
	Name, Href, Finding string
	Chart               chartView
}

type budgetView struct {
	Text string
	Used float64
	Tone string
}

// EdgePanel is what the page of a relation shows of some measures in either direction: their courses, and of the first of them
// what its target leaves of room in the span of the page; of others the newest month that is over. nil when there is nothing to show.
func (s *Service) EdgePanel(ctx context.Context, provider, customer org.Unit, span Span, drawn, named []string) (templ.Component, error) {
	var sides []edgeSide
	ways := []At{{provider, customer}}
	if provider.ID != customer.ID {
		ways = append(ways, At{customer, provider})
	}
	for _, at := range ways {
		side, err := s.edgeSide(ctx, at, span, drawn, named)
		if err != nil {
			return nil, err
		}
		if len(side.Charts)+len(side.Lines) > 0 || side.Budget != nil {
			sides = append(sides, side)
		}
	}
	if len(sides) == 0 {
		return nil, nil
	}
	return edgePanel(sides), nil
}

// fewestDrawn is how many points make a course worth drawing beside other things.
const fewestDrawn = 2

func (s *Service) edgeSide(ctx context.Context, at At, span Span, drawn, named []string) (edgeSide, error) {
	q := query{At: at, Months: usualMonths, Compare: compared[0]}
	side := edgeSide{Name: at.Provider.Name.In(ctx) + " → " + at.Customer.Name.In(ctx), All: "/measures?" + q.values().Encode()}
	running := s.month(ctx)
	ctx = once.With(ctx)
	read := func(code string) (Measure, Series, error) {
		m, err := s.ByCode(ctx, code)
		if err != nil {
			return m, Series{}, err
		}
		got, err := s.SeriesOf(ctx, m, at, Span{min(After(span.To, 1-usualMonths), span.From), span.To})
		return m, got, err
	}
	for _, code := range named {
		m, got, err := read(code)
		if err != nil {
			return side, err
		}
		if p, ok := lastOf(got.Points, running); ok {
			side.Lines = append(side.Lines, edgeLine{Code: code, Name: m.Name.In(ctx), Href: href(code, q), Value: m.text(ctx, p.Value), Note: monthName(ctx, p.Month, false) + m.cases(ctx, p)})
		}
	}
	for i, code := range drawn {
		m, got, err := read(code)
		if err != nil {
			return side, err
		}
		if b, ok := budgetOf(got, span); ok && i == 0 {
			side.Budget = &budgetView{Text: budgetText(ctx, b), Used: min(b.Spent, 1)}
			switch {
			case b.Alarming():
				side.Budget.Tone = "bad"
			case b.Spent > 1:
				side.Budget.Tone = "warn"
			}
		}
		c := ChartOf(m.Kind, got.Points, running)
		if c.Count() < fewestDrawn {
			continue
		}
		says := finding(ctx, c)
		side.Charts = append(side.Charts, edgeChart{Name: m.Name.In(ctx), Href: href(code, q), Finding: says,
			Chart: m.chartView(ctx, c, got.Target, m.Name.In(ctx)+lang.T(ctx, "ui.colon")+says)})
	}
	return side, nil
}
