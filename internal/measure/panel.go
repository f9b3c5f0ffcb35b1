package measure

import (
	"context"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/org"
)

// edgeSide is one direction of a relation on its page.
type edgeSide struct {
	Name   string
	Charts []edgeChart
	Budget *budgetView
}

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
// what its target leaves of room in the span of the page. nil when there is nothing to show.
func (s *Service) EdgePanel(ctx context.Context, provider, customer org.Unit, span Span, codes ...string) (templ.Component, error) {
	var sides []edgeSide
	ways := []At{{provider, customer}}
	if provider.ID != customer.ID {
		ways = append(ways, At{customer, provider})
	}
	for _, at := range ways {
		side, err := s.edgeSide(ctx, at, span, codes)
		if err != nil {
			return nil, err
		}
		if len(side.Charts) > 0 || side.Budget != nil {
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

func (s *Service) edgeSide(ctx context.Context, at At, span Span, codes []string) (edgeSide, error) {
	side := edgeSide{Name: at.Provider.Name.In(ctx) + " → " + at.Customer.Name.In(ctx)}
	running := s.month(ctx)
	ctx = remembering(ctx)
	for i, code := range codes {
		m, err := s.ByCode(ctx, code)
		if err != nil {
			return side, err
		}
		got, err := s.SeriesOf(ctx, m, at, Span{min(After(span.To, 1-usualMonths), span.From), span.To})
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
		side.Charts = append(side.Charts, edgeChart{Name: m.Name.In(ctx), Href: href(code, query{At: at, Months: usualMonths, Compare: compared[0]}), Finding: says,
			Chart: m.chartView(ctx, c, got.Target, m.Name.In(ctx)+lang.T(ctx, "ui.colon")+says)})
	}
	return side, nil
}
