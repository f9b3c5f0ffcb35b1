package measure

import (
	"math"
	"net/http"

	"neike/internal/kit/xlsx"
)

// showExport sends the chart as a table.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	m, q, got, err := s.asked(ctx, r)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), m.Name.In(ctx))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "measure.export.", []string{"code", "provider", "customer", "month", "value", "hits", "n", "low", "high", "method", "signal"}); err != nil {
		return err
	}
	c := ChartOf(m.Kind, got.Points, s.month(ctx))
	for _, d := range c.Dots {
		if !d.Is() && !d.Few {
			continue
		}
		signal := ""
		if d.Out {
			if signal = Below; d.Value > d.High {
				signal = Above
			}
		}
		row := []any{m.Code, q.Provider.Code, q.Customer.Code, MonthText(d.Month), cell(d.Value), nil, d.N, cell(d.Low), cell(d.High), c.Method, signal}
		if m.Kind == Share && d.Is() {
			row[5] = d.Hits
		}
		if err := out.Row(row...); err != nil {
			return err
		}
	}
	return out.Close()
}

// cell is a number of a file; what cannot be computed is empty.
func cell(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}
