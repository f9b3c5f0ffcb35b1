package relation

import (
	"net/http"
	"slices"

	"neike/internal/kit/lang"
	"neike/internal/kit/xlsx"
)

// showExport sends the matrix as a table: one line per edge, all that the reader may see. As SVG it is a picture of the page.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := queryOf(r.URL.Query(), s.today(ctx))
	m, err := s.asked(ctx, q)
	if err != nil {
		return err
	}
	if err := s.add(ctx, m, q.Measure, q.As); err != nil {
		return err
	}
	if r.URL.Query().Get("format") == "svg" {
		return s.sendMatrixPicture(ctx, w, m, q)
	}
	if err := s.addPending(ctx, m); err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "relation.export.file", "period", q.Period.Code()))
	if err != nil {
		return err
	}
	columns := exportColumns
	if q.Measure == AccountMeasure || q.Measure == HealthMeasure {
		columns = append(slices.Clone(columns), q.Measure, "index_low", "index_high")
	}
	if q.Measure == Satisfaction {
		columns = ratedColumns
	}
	if err := out.Heading(ctx, "relation.export.", columns); err != nil {
		return err
	}
	for p, unit := range m.Units {
		for _, c := range m.Row(p) {
			if !m.in(c, q.Measure, q.State) {
				continue
			}
			customer := m.Units[c.Customer]
			row := []any{unit.Code, unit.Name.In(ctx), customer.Code, customer.Name.In(ctx)}
			switch {
			case !c.Shown:
				row = append(row, lang.T(ctx, "relation.withheld"))
			case q.Measure == Satisfaction:
				row = append(row, c.Rated.cells(ctx)...)
			default:
				row = append(row, c.Opened, c.Met, c.Breached, c.Pending, c.Excluded)
				row = append(append(row, measureCells(c.InTime)...), c.Accepted, c.RightFirst)
				row = append(append(row, measureCells(c.Right)...), c.Returned, c.Declined)
				if c.Index.Known {
					row = append(row, c.Index.Value, c.Index.Low, c.Index.High)
				}
			}
			if err := out.Row(row...); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

var exportColumns = []string{"provider", "provider_name", "customer", "customer_name", "requests", "met", "breached", "pending", "excluded",
	"attainment", "attainment_low", "attainment_high", "attainment_fact", "attainment_capable", "accepted", "right_first",
	"right_first_time", "right_first_time_low", "right_first_time_high", "right_first_time_fact", "right_first_time_capable", "returned", "declined"}

func measureCells(m Measure) []any {
	if m.N == 0 {
		return []any{nil, nil, nil, nil, nil}
	}
	return []any{m.Value(), m.Low, m.High, m.Fact, m.Capable}
}
